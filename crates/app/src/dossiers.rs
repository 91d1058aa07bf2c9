//! One dossier for a page: everything about it in one snapshot, and what the reader may do.

use crate::actor::{Actor, Relation, relations};
use crate::authorise;
use crate::error::AppError;
use crate::house::{House, Snapshot};
use crate::lately::{History, Log};
use domain::dossier::{
    Act, ClockView, Dossier, DossierCode, DossierRefusal, Event, Holder, Owner, Recorded, Share, available,
};
use domain::ids::{DossierId, PersonId, UnitId};
use domain::organisation::reform::Address;
use domain::procedure::ProcedureRevision;
use domain::regime::Regime;
use domain::time::Instant;
use std::collections::BTreeMap;
use std::sync::Arc;
use storage::drafts::Document;
use storage::engine::Tx;
use storage::{dossiers as stored, drafts, people, readings};

/// A reason given holds this long, in seconds.
pub(crate) const REASON_SECONDS: i64 = 8 * 3_600;

/// A dossier as a page needs it.
#[derive(Clone)]
pub struct DossierView {
    /// The dossier.
    pub dossier: Dossier,
    /// Its events.
    pub log: Arc<Vec<Recorded>>,
    /// Its pinned revision.
    pub revision: Arc<ProcedureRevision>,
    /// Its regime.
    pub regime: Regime,
    /// Its files.
    pub documents: Vec<Document>,
    /// What its clock shows.
    pub clock: ClockView,
    /// Who held it for how many working minutes.
    pub shares: Vec<Share>,
    /// What the reader is to it.
    pub relations: Vec<Relation>,
    /// What the reader may do, with the reason where not now.
    pub acts: Vec<(Act, Result<(), DossierRefusal>)>,
    /// Names of the people in its history.
    pub names: BTreeMap<PersonId, String>,
    /// When it was looked at.
    pub now: Instant,
    /// The units and posts of the day.
    pub known: Arc<Snapshot>,
}

impl DossierView {
    /// The events a slip was given with: the reception, and whatever it was made anew for since.
    pub fn slips(&self) -> impl Iterator<Item = &Recorded> {
        let is_reception = |it: &Recorded| matches!(it.event, Event::Received { .. });
        let renews = |it: &Recorded| matches!(it.event, Event::Corrected { .. } | Event::FeeSet { .. });
        self.log.iter().skip_while(move |it| !is_reception(it)).filter(move |it| is_reception(it) || renews(it))
    }

    /// As it was when its slip was given with the event of that number; none where none was.
    pub fn when_slip_was_given(&self, seq: u32) -> Option<Self> {
        let mut slips = self.slips().skip_while(|it| it.seq != seq);
        slips.next()?;
        let next = slips.next().map(|it| it.seq);
        let log: Vec<Recorded> = self.log.iter().take_while(|it| next != Some(it.seq)).cloned().collect();
        let dossier = Dossier::fold(self.dossier.id, &log).ok()?;
        Some(Self { dossier, log: Arc::new(log), ..self.clone() })
    }

    /// A dossier as its facts alone tell it: no reader, no acts, nobody's name, no file.
    pub(crate) fn of_facts(tx: &Tx, house: &House, dossier: Dossier, now: Instant) -> Result<Self, AppError> {
        let known = house.known_in(tx)?;
        let (dossier, _) = crate::reform::as_told(tx, house, &known, dossier, Log::default())?;
        let revision = crate::catalogue::revision(tx, &known, &dossier.revision)?;
        let regime = house.regime_named(&dossier.regime)?;
        let unit = known.organisation.responsible_now(&dossier);
        let clock = dossier.clock_view(&house.working_clock(&known, unit, regime), now)?;
        Ok(Self {
            dossier,
            log: Log::default(),
            revision,
            regime: regime.clone(),
            documents: Vec::new(),
            clock,
            shares: Vec::new(),
            relations: Vec::new(),
            acts: Vec::new(),
            names: BTreeMap::new(),
            now,
            known,
        })
    }

    /// Name of a person of its history.
    pub fn name(&self, person: PersonId) -> &str {
        self.names.get(&person).map_or("", String::as_str)
    }

    /// What the unit was called at that moment.
    pub fn unit_name(&self, unit: UnitId, at: Instant) -> &str {
        self.known.organisation.name_on(unit, at.day())
    }

    /// The unit that answers for it today.
    pub fn responsible(&self) -> UnitId {
        self.known.organisation.responsible_now(&self.dossier)
    }

    /// Who owes the next act today.
    pub fn owner(&self) -> Owner {
        self.known.organisation.owner_now(&self.dossier)
    }

    /// The desk its citizen turns to today.
    pub fn desk(&self) -> UnitId {
        self.known.organisation.desk_now(&self.dossier)
    }

    /// Where its decision is handed over today.
    pub fn collect(&self) -> UnitId {
        self.known.organisation.collect_now(&self.dossier)
    }

    /// The desk that took it in, for papers of that day.
    pub fn received_by(&self) -> UnitId {
        self.known.organisation.received_by(&self.dossier)
    }

    /// The unit that has the place of a unit of the past today, where this dossier is concerned: itself while it stands.
    pub fn today_of(&self, unit: UnitId) -> UnitId {
        let (units, today) = (&self.known.organisation, self.now.day());
        let ended = units.find_unit(unit).and_then(|it| it.ended_on()).is_some_and(|end| end <= today);
        if !ended {
            return unit;
        }
        if unit == self.received_by() {
            return self.desk();
        }
        let heirs = units.successors_of(unit, today);
        let responsible = self.responsible();
        let near = [responsible, units.authority_of(responsible, today)];
        let heir = near.into_iter().find(|it| heirs.iter().any(|heir| heir.unit == *it));
        heir.unwrap_or_else(|| units.heir_of(unit))
    }

    /// Whose the ground of its subject is today that was a unit's, by the rules of the plans carried out since, and whether they say so:
    /// of a closed dossier nobody asked, for what is closed does not move.
    pub fn ground_of(&self, unit: UnitId) -> (UnitId, bool) {
        let address = Address::read(self.dossier.filing.get().map_or("", |it| it.owner().address.as_str()));
        let (heir, doubt) = self.known.ground_after(unit, &address);
        (heir, doubt.is_none())
    }

    /// True where the ball is with the citizen.
    pub fn waits_for_citizen(&self) -> bool {
        matches!(self.dossier.holder(), Holder::Citizen | Holder::Payment)
    }

    /// True where the reader may do this now.
    pub fn can(&self, act: Act) -> bool {
        self.acts.iter().any(|(it, answer)| *it == act && answer.is_ok())
    }
}

/// The dossier of a code for somebody who reads it as part of their task, or gave a reason today.
///
/// # Errors
/// Not there, or not for this citizen ([`AppError::NotFound`], the same to them); staff outside their task must give a reason
/// first ([`AppError::ReasonNeeded`]).
pub async fn open(house: &Arc<House>, actor: &Actor, code: &DossierCode) -> Result<DossierView, AppError> {
    let inside = Arc::clone(house);
    let (actor, code) = (actor.clone(), code.clone());
    house.db.read_page(move |tx| open_in(tx, &inside, &actor, &code)).await
}

fn open_in(tx: &Tx, house: &House, actor: &Actor, code: &DossierCode) -> Result<DossierView, AppError> {
    let id = stored::find_id(tx, code)?.ok_or(AppError::NotFound)?;
    let History { dossier, log, .. } = house.lately.find(tx, id)?.ok_or(AppError::NotFound)?;
    let known = house.known_in(tx)?;
    let now = house.clock.now();
    let relations = relations(actor, &dossier, &log, &known, now);
    if !authorise::reads_by_task(&relations) {
        match actor {
            Actor::Staff(person) => {
                holds_a_post(&known, *person, now)?;
                let given = readings::reason_given(tx, *person, id)?;
                if given.is_none_or(|at| at.plus_seconds(REASON_SECONDS) < now) {
                    return Err(AppError::ReasonNeeded);
                }
            }
            Actor::Citizen(_) | Actor::Timer => {
                authorise::noted(actor, id);
                return Err(AppError::NotFound);
            }
        }
    }
    view(tx, house, known, dossier, log, actor, relations, now)
}

/// A dossier for somebody its applicant lets follow it: they are nothing to it and may do nothing.
pub(crate) fn view_of_follower(tx: &Tx, house: &House, id: DossierId) -> Result<DossierView, AppError> {
    let History { dossier, log, .. } = house.lately.find(tx, id)?.ok_or(AppError::NotFound)?;
    let (known, now) = (house.known_in(tx)?, house.clock.now());
    view(tx, house, known, dossier, log, &Actor::Timer, Vec::new(), now)
}

#[expect(clippy::too_many_arguments, reason = "the parts of one snapshot")]
fn view(
    tx: &Tx,
    house: &House,
    known: Arc<Snapshot>,
    dossier: Dossier,
    log: Log,
    actor: &Actor,
    relations: Vec<Relation>,
    now: Instant,
) -> Result<DossierView, AppError> {
    let (dossier, log) = crate::reform::as_told(tx, house, &known, dossier, log)?;
    let revision = crate::catalogue::revision(tx, &known, &dossier.revision)?;
    let regime = house.regime_named(&dossier.regime)?;
    let unit = known.organisation.responsible_now(&dossier);
    let now = now.max(log.last().map_or(now, |it| it.at));
    let context = house.context(&known, unit, &revision, regime, actor.person(), now);
    let acts =
        available(&dossier, &context).into_iter().filter(|(act, _)| authorise::allows(*act, &relations)).collect();
    let clock = dossier.clock_view(&context.clock, now)?;
    let shares = dossier.shares(&context.clock, &known.organisation, now)?;
    let names = names_in(tx, &known, &dossier, &log)?;
    let documents = drafts::documents_of_dossier(tx, dossier.id)?;
    let regime = regime.clone();
    Ok(DossierView { dossier, log, revision, regime, documents, clock, shares, relations, acts, names, now, known })
}

fn names_in(
    tx: &Tx,
    known: &Snapshot,
    dossier: &Dossier,
    log: &[Recorded],
) -> Result<BTreeMap<PersonId, String>, AppError> {
    let mut names = BTreeMap::new();
    for person in log.iter().filter_map(|it| it.actor).chain(known.organisation.owner_now(dossier).person) {
        if names.contains_key(&person) {
            continue;
        }
        let name = match known.staff_name(person) {
            "" => people::find(tx, person)?.map_or_else(String::new, |it| it.name),
            name => name.to_owned(),
        };
        names.insert(person, name);
    }
    Ok(names)
}

/// Refuses somebody whose posts have all ended.
fn holds_a_post(known: &Snapshot, person: PersonId, now: Instant) -> Result<(), AppError> {
    known.mandates.of(person, now.day()).next().map(|_| ()).ok_or(AppError::Forbidden)
}

/// Writes down why somebody of the staff reads a dossier outside their task.
///
/// # Errors
/// No such dossier, or no reason.
pub async fn give_reason(
    house: &Arc<House>,
    reader: PersonId,
    code: &DossierCode,
    reason: &str,
) -> Result<(), AppError> {
    let reason: String = reason.trim().chars().take(500).collect();
    if reason.chars().count() < 5 {
        return Err(AppError::invalid("ly_do", "gap-reason"));
    }
    let (code, now) = (code.clone(), house.clock.now());
    holds_a_post(&house.now_known(), reader, now)?;
    house
        .db
        .write(move |tx| {
            let dossier = stored::find_id(tx, &code)?.ok_or(AppError::NotFound)?;
            let reading = readings::Reading {
                person: reader,
                dossier,
                at: now,
                what: "mở hồ sơ".to_owned(),
                reason: reason.clone(),
            };
            Ok(readings::add(tx, &reading)?)
        })
        .await
}

/// The citizen's dossiers, newest act first.
///
/// # Errors
/// The house failed.
pub async fn of_citizen(house: &Arc<House>, person: PersonId) -> Result<Vec<storage::lists::ListCard>, AppError> {
    house.db.read(move |tx| Ok(storage::lists::of_account(tx, person)?)).await
}

/// A running dossier of the same person and procedure, by its code: the counter warns, it does not forbid.
///
/// # Errors
/// The house failed.
pub async fn running_twin(house: &Arc<House>, number: &str, procedure: &str) -> Result<Option<String>, AppError> {
    let (hash, procedure) = (house.number_hash(number), procedure.to_owned());
    house.db.read(move |tx| Ok(storage::lists::running_twin(tx, &hash, &procedure)?)).await
}
