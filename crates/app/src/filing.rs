//! Filing: who may, where it goes, which revision and code it gets.

use crate::actor::Actor;
use crate::error::AppError;
use crate::handle::Minted;
use crate::house::{House, Snapshot};
use domain::dossier::{CodePattern, Command, DossierCode, DossierRefusal, FileRequest, Filing};
use domain::ids::{DossierId, DraftId, UnitId};
use domain::organisation::reform::Address;
use domain::post::Post;
use domain::procedure::{Answer, ApplicationForm, Channel, FieldKind, ProcedureId, ProcedureRevision, RevisionId};
use domain::regime::Regime;
use domain::time::Instant;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::sync::Arc;
use storage::engine::Tx;
use storage::{dossiers, drafts, locks};

/// Scheme of the codes that dossier codes begin with. Căn cứ: QĐ 20/2020/QĐ-TTg.
pub const AGENCY_CODES: &str = "agency";

/// Something to be filed.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which procedure.
    pub procedure: ProcedureId,
    /// The revision the person saw; refused where a newer one is in force.
    pub revision: Option<RevisionId>,
    /// How it comes.
    pub channel: Channel,
    /// The desk that takes it in.
    pub receiving_unit: UnitId,
    /// Where the decision is handed over; the desk that took it in where none.
    pub collect_at: Option<UnitId>,
    /// The national portal's code.
    pub foreign_code: Option<DossierCode>,
    /// Fees owed, in đồng.
    pub fee_vnd: i64,
    /// What is handed in.
    pub filing: Filing,
    /// The draft it was, as it stood when it was read.
    pub draft: Option<(DraftId, Instant)>,
    /// Files uploaded for it at the counter.
    pub documents: Vec<drafts::Document>,
}

impl Plan {
    /// True where the desk receives it in the same act.
    pub fn at_desk(&self) -> bool {
        self.channel != Channel::Online
    }
}

pub(crate) struct Prepared {
    pub(crate) command: Command,
    pub(crate) revision: Arc<ProcedureRevision>,
    pub(crate) regime: Regime,
    pub(crate) competent_unit: UnitId,
    /// The desk that takes it in.
    pub(crate) desk: UnitId,
}

pub(crate) fn prepare(
    tx: &mut Tx,
    house: &House,
    known: &Snapshot,
    actor: &Actor,
    plan: &Plan,
    minted: &Minted,
) -> Result<Prepared, AppError> {
    let today = minted.now.day();
    let revision = known.catalogue.current(&plan.procedure).ok_or(AppError::NotFound)?;
    if plan.revision.as_ref().is_some_and(|seen| *seen != revision.id) {
        return Err(AppError::invalid("revision", "gap-revision-changed"));
    }
    let typed = asks_address(&revision).filter_map(|field| match plan.filing.answers.0.get(field) {
        Some(Answer::Text(text)) => Some(text.as_str()),
        _ => None,
    });
    let addresses = std::iter::once(plan.filing.owner().address.as_str()).chain(typed);
    let (desk, split) = desk_of_today(known, plan.receiving_unit, addresses, today);
    let stands = known.organisation.find_unit(desk).is_some_and(|it| it.stands_on(today));
    let revision = known.catalogue.at(&plan.procedure, desk).unwrap_or(revision);
    if let Some(from) = known.catalogue.withdrawn_since(&plan.procedure, today) {
        return Err(DossierRefusal::Withdrawn { from }.into());
    }
    let unit = known
        .organisation
        .attributes_on(desk, today)
        .filter(|_| stands)
        .filter(|it| it.level == plan.procedure.tab.as_str())
        .ok_or_else(|| AppError::invalid("unit", "gap-unit"))?;
    match actor {
        Actor::Staff(person) if known.mandates.holds(*person, desk, Post::Reception, today) => {}
        Actor::Citizen(_) if !plan.at_desk() => {}
        Actor::Citizen(_) | Actor::Staff(_) | Actor::Timer => return Err(AppError::Forbidden),
    }
    if revision.time_limit.is_none() {
        return Err(DossierRefusal::NoTimeLimit.into());
    }
    let code = match &plan.foreign_code {
        Some(code) => {
            let ours = unit.code(AGENCY_CODES).is_some_and(|own| code.as_str().starts_with(own));
            if ours || dossiers::find_id(tx, code)?.is_some() {
                return Err(AppError::invalid("foreign_code", "gap-code-taken"));
            }
            code.clone()
        }
        None => {
            let own = unit.code(AGENCY_CODES).ok_or_else(|| AppError::invalid("unit", "gap-unit-without-code"))?;
            let pattern = house.code_pattern(today)?;
            free_code(tx, &pattern, own, desk, today)?
        }
    };
    let competent_unit = known.competent_for(desk, &revision.sector, today);
    let request = Box::new(FileRequest {
        code,
        foreign_code: plan.foreign_code.is_some(),
        channel: plan.channel,
        receiving_unit: desk,
        competent_unit,
        collect_at: plan.collect_at.map_or(desk, |unit| known.organisation.heir_of(unit)),
        split_from: split.map(|unit| competent_before(known, unit, &revision.sector)),
        fee_vnd: plan.fee_vnd,
        filing: plan.filing.clone(),
    });
    let command = if plan.at_desk() { Command::ReceiveAtDesk(request) } else { Command::File(request) };
    Ok(Prepared { command, revision, regime: house.regime_on(today)?.clone(), competent_unit, desk })
}

/// The desk that takes a form in that was begun with a unit, and the unit that was split where no rule says to which of several heirs
/// it goes. A form begun before a reorganisation goes to the heir of its desk by the same rules as a dossier: nobody has to begin
/// again. The addresses are as people write them: the subject's first, then those of the form, which are asked where the first does
/// not tell and count where they all tell the same.
pub(crate) fn desk_of_today<'a>(
    known: &Snapshot,
    unit: UnitId,
    addresses: impl IntoIterator<Item = &'a str>,
    today: Date,
) -> (UnitId, Option<UnitId>) {
    if known.organisation.find_unit(unit).is_none_or(|it| it.stands_on(today)) {
        return (unit, None);
    }
    let mut addresses = addresses.into_iter().map(|it| known.ground_after(unit, &Address::read(it)));
    let (heir, split) = addresses.next().unwrap_or_else(|| known.ground_after(unit, &Address::default()));
    let told: BTreeSet<UnitId> = match split {
        Some(_) => addresses.filter(|it| it.1.is_none()).map(|it| it.0).collect(),
        None => BTreeSet::new(),
    };
    let (heir, split) = match (told.first(), told.len()) {
        (Some(only), 1) => (*only, None),
        _ => (heir, split),
    };
    (known.organisation.heir_of(heir), split)
}

/// The questions of a procedure that ask for an address.
pub(crate) fn asks_address(revision: &ProcedureRevision) -> impl Iterator<Item = &str> {
    let fields = revision.forms.iter().flat_map(ApplicationForm::fields);
    fields.filter(|it| it.kind == FieldKind::Address).map(|it| it.id.as_str())
}

/// Who of a unit that ended was competent on its last day: its heirs are those a dossier may belong to.
fn competent_before(known: &Snapshot, unit: UnitId, sector: &str) -> UnitId {
    let last_day = known.organisation.find_unit(unit).and_then(|it| it.ended_on()?.yesterday().ok());
    last_day.map_or(unit, |day| known.competent_for(unit, sector, day))
}

/// The next code of a desk. After a reorganisation the day's first codes may be taken: the State gives an old code to a new unit.
fn free_code(
    tx: &mut Tx,
    pattern: &CodePattern,
    own: &str,
    desk: UnitId,
    today: Date,
) -> Result<DossierCode, AppError> {
    loop {
        let code = pattern.code(own, today, dossiers::next_number(tx, desk, today)?);
        if dossiers::find_id(tx, &code)?.is_none() {
            return Ok(code);
        }
    }
}

/// The draft becomes the dossier, and files follow it.
pub(crate) fn settle(tx: &mut Tx, plan: &Plan, id: DossierId) -> Result<(), AppError> {
    if let Some((draft, read_at)) = plan.draft {
        locks::draft(tx, draft)?;
        let now = drafts::find(tx, draft)?.ok_or(AppError::NotFound)?;
        if now.updated_at != read_at {
            return Err(AppError::invalid("draft", "gap-draft-changed"));
        }
        if !drafts::sent(tx, draft, id)? {
            return Err(AppError::KeyReused);
        }
        for document in plan.filing.papers.iter().flat_map(|it| &it.documents) {
            let there = drafts::document(tx, *document)?.is_some_and(|it| it.dossier == Some(id));
            if !there {
                return Err(AppError::invalid("papers", "gap-file-gone"));
            }
        }
    }
    for document in &plan.documents {
        drafts::add_document(tx, &drafts::Document { dossier: Some(id), ..document.clone() })?;
    }
    Ok(())
}
