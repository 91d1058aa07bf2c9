//! The house: everything the functions of this crate need, wired once.

use crate::accounts::turns::Turns;
use crate::catalogue::{Catalogue, SearchWords};
use crate::clock::{Clock, Ids};
use crate::error::{AppError, in_full};
use crate::health::OutboxPulse;
use crate::key::InstallationKey;
use crate::lately::Lately;
use crate::notice_texts::NoticeTexts;
use crate::reform::Tries;
use arc_swap::ArcSwap;
use domain::calendar::{ClockRules, HoursHistory, Unpublished, WorkingCalendar, WorkingClock};
use domain::dossier::{CodePattern, Context, Dossier};
use domain::ids::{PersonId, ReformId, UnitId};
use domain::kpi::StoppedIn;
use domain::organisation::reform::{Address, Reorganisation, Router, Ways};
use domain::organisation::{Mandates, Organisation, OrganisationError};
use domain::person::{PersonalNumber, in_order};
use domain::procedure::ProcedureRevision;
use domain::regime::{FormSet, Regime, Regimes};
use domain::time::Instant;
use jiff::civil::Date;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use storage::blobs::Blobs;
use storage::dossiers::Titles;
use storage::engine::{Db, Tx};
use storage::lists::{Histories, Shelf};
use storage::reforms::{Reform, State, Unreadable};
use tokio::sync::watch;
use tokio::time::timeout;

/// What the office set.
#[derive(Clone, Debug)]
pub struct OfficeRules {
    /// The name in the head of the citizens' pages, instead of the topmost unit's.
    pub office_name: Option<String>,
    /// The place named beside the unit's name ("Thành phố Hải Phòng"); none: nothing.
    pub place: Option<String>,
    /// The regime of new dossiers, instead of the one in force on the day.
    pub regime: Option<String>,
    /// Where citizens reach this house, without a slash at the end.
    pub public_url: String,
    /// True in a demonstration: every page and paper says so, and nothing leaves the house.
    pub demo: bool,
    /// Another code pattern than the regime's.
    pub code_pattern: Option<CodePattern>,
    /// Another rule on citizens' accounts than the regime's.
    pub citizen_accounts: Option<bool>,
    /// Another number of requests per stage than the regime's.
    pub supplement_max_per_stage: Option<u16>,
    /// Another number of days to supply than the regime's.
    pub supplement_days: Option<u16>,
    /// Working days in which a message of a citizen is answered.
    pub answer_working_days: u16,
    /// Days after its end in which a dossier can be rated.
    pub rating_days: u16,
    /// Days between two reminders of a decision nobody fetched, and before the first.
    pub remind_every_days: u32,
    /// How stopped dossiers are counted.
    pub stopped_in: StoppedIn,
    /// Wrong tries before a login is locked.
    pub login_tries: u32,
    /// Wrong tries before a code is locked.
    pub lookup_tries: u32,
    /// Wrong tries at either before an address is locked.
    pub address_tries: u32,
    /// How long a lock holds, in minutes.
    pub lock_minutes: u32,
    /// How many of the priority lane a counter calls one after the other while somebody else waits; 0: there is no such lane.
    pub queue_priority_in_a_row: u32,
    /// Tickets of a queue from one address before it is locked.
    pub queue_tickets_per_address: u32,
    /// Minutes a session may be idle.
    pub idle_minutes: u32,
    /// Hours after which a session ends in any case.
    pub absolute_hours: u32,
    /// Largest file, in bytes.
    pub file_bytes_max: u64,
    /// Most files of one application.
    pub files_max: usize,
    /// Largest sum of files of one application, in bytes.
    pub dossier_bytes_max: u64,
    /// Where the outbox writes messages.
    pub outbox_folder: PathBuf,
    /// A private folder with room for a copy of the house, while a reorganisation is rehearsed.
    pub scratch_folder: PathBuf,
    /// What the operator asks for one part of a text message, in đồng; none: nobody said.
    pub text_part_vnd: Option<u32>,
    /// Most parts of one text message: what people wrote is shortened for it.
    pub text_parts_max: usize,
    /// What the gateway of text messages signs its reports with; none: there is no gateway.
    pub gateway_secret: Option<integrations::Secret>,
    /// The command that reads a text aloud, with its arguments; empty: this office has no voice.
    pub speech_command: Vec<String>,
}

impl Default for OfficeRules {
    fn default() -> Self {
        Self {
            office_name: None,
            place: None,
            regime: None,
            public_url: "http://127.0.0.1:8080".to_owned(),
            demo: false,
            code_pattern: None,
            citizen_accounts: None,
            supplement_max_per_stage: None,
            supplement_days: None,
            answer_working_days: 2,
            rating_days: 30,
            remind_every_days: 10,
            stopped_in: StoppedIn::ResolvedOnTime,
            login_tries: 5,
            lookup_tries: 5,
            address_tries: 100,
            lock_minutes: 60,
            queue_priority_in_a_row: 2,
            queue_tickets_per_address: 300,
            idle_minutes: 30,
            absolute_hours: 12,
            file_bytes_max: 20 << 20,
            files_max: 30,
            dossier_bytes_max: 100 << 20,
            outbox_folder: PathBuf::from("hop-thu-di"),
            scratch_folder: PathBuf::from("scratch"),
            text_part_vnd: None,
            text_parts_max: 5,
            gateway_secret: None,
            speech_command: Vec::new(),
        }
    }
}

impl OfficeRules {
    /// The regimes with what the office set instead of their rules.
    fn adjusted(&self, regimes: Regimes) -> Regimes {
        regimes.adjusted(|regime| {
            regime.supplement_max_per_stage = self.supplement_max_per_stage.unwrap_or(regime.supplement_max_per_stage);
            regime.supplement_days = self.supplement_days.unwrap_or(regime.supplement_days);
            regime.citizen_accounts = self.citizen_accounts.unwrap_or(regime.citizen_accounts);
        })
    }
}

/// What every node keeps in memory and reads again when its edition changes.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The units.
    pub organisation: Organisation,
    /// Who holds which post.
    pub mandates: Mandates,
    /// Names of the staff.
    pub staff: HashMap<PersonId, String>,
    /// The published procedures.
    pub catalogue: Catalogue,
    /// The texts notices are told with.
    pub notices: NoticeTexts,
    /// Plans of reorganisation whose instant is still to come.
    pub staged: Vec<Reorganisation>,
    /// Plans whose rows cannot be read any more.
    pub unreadable: Vec<Unreadable>,
    /// Plans in force that not every history tells of yet.
    pub in_force: Vec<Reform>,
    /// Plans that every history tells of.
    pub settled: Vec<Reform>,
    hours: HashMap<UnitId, HoursHistory>,
    /// The table of days off decided on here, with its number; none where the file of the installation holds.
    calendar: Option<(u32, Arc<WorkingCalendar>)>,
    editions: (i64, i64, i64),
    /// What the plans to come make of the units and rights above, worked out when first asked.
    ways: Mutex<HashMap<ReformId, Arc<Ways>>>,
}

impl Snapshot {
    /// Answers where a plan puts a dossier; worked out once for these units and rights, for every command that asks.
    pub(crate) fn router<'a>(&'a self, plan: &'a Reorganisation) -> Result<Router<'a>, OrganisationError> {
        let mut kept = self.ways.lock().unwrap_or_else(PoisonError::into_inner);
        let ways = match kept.get(&plan.id) {
            Some(ways) => Arc::clone(ways),
            None => {
                let ways = Arc::new(Ways::new(plan, &self.organisation, &self.mandates)?);
                kept.insert(plan.id, Arc::clone(&ways));
                ways
            }
        };
        Ok(Router::over(plan, &self.organisation, ways))
    }

    /// Plans to come whose instant has come by then, also where they cannot be read.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        let unreadable = self.unreadable.iter().filter(|it| it.waits());
        self.staged.iter().any(|it| it.effective_at <= now) || unreadable.into_iter().any(|it| it.effective_at <= now)
    }

    /// True where both are pictures of the same units, rights, procedures and texts.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        self.editions == other.editions
    }

    /// True for a plan that is still to come, by its id.
    pub(crate) fn waits_for(&self, plan: ReformId) -> bool {
        let unreadable = self.unreadable.iter().filter(|it| it.waits());
        self.staged.iter().map(|it| it.id).chain(unreadable.map(|it| it.id)).any(|it| it == plan)
    }

    /// Every plan of reorganisation that is to come or holds, in the order of their instants: what was taken back, and the taking
    /// back, is nobody's plan any more.
    pub fn reforms(&self) -> impl Iterator<Item = &Reorganisation> {
        let mut all = self.carried_out();
        all.extend(&self.staged);
        all.sort_by_key(|it| (it.effective_at, it.id));
        all.into_iter()
    }

    /// Whether the histories of all dossiers tell where they lie, in a transaction that sees the same house.
    pub(crate) fn histories(&self) -> Histories {
        if self.in_force.is_empty() { Histories::Tell } else { Histories::Lag }
    }

    /// Those that came into force and hold, oldest first.
    pub fn carried_out(&self) -> Vec<&Reorganisation> {
        let holds = self.settled.iter().chain(&self.in_force).filter(|it| it.undoes.is_none());
        let mut plans: Vec<&Reorganisation> = holds.map(|it| &it.plan).collect();
        plans.sort_by_key(|it| (it.effective_at, it.id));
        plans
    }

    /// The unit that has the duties of another today for a subject at that address, by the rules of every plan carried out; with the
    /// first unit on the way that was split and no rule says to which successor its subject belongs.
    pub fn ground_after(&self, unit: UnitId, address: &Address) -> (UnitId, Option<UnitId>) {
        self.carried_out().into_iter().fold((unit, None), |(here, doubt), plan| {
            let (heir, is_certain) = plan.heir_at(here, address);
            (heir, doubt.or_else(|| (!is_certain).then_some(here)))
        })
    }

    /// Name of somebody of the staff; empty for others.
    pub fn staff_name(&self, person: PersonId) -> &str {
        self.staff.get(&person).map_or("", String::as_str)
    }

    /// The topmost unit above a unit.
    pub fn root_unit(&self, on: Date, unit: UnitId) -> UnitId {
        let mut here = unit;
        for _ in 0..16 {
            match self.organisation.attributes_on(here, on).and_then(|it| it.parent) {
                Some(parent) => here = parent,
                None => break,
            }
        }
        here
    }

    /// The number of the table of days off decided on here; 0 where the file of the installation holds.
    pub fn calendar_number(&self) -> u32 {
        self.calendar.as_ref().map_or(0, |it| it.0)
    }

    /// Opening hours of a unit.
    pub fn hours(&self, unit: UnitId) -> Option<&HoursHistory> {
        self.hours.get(&unit)
    }

    /// The unit competent for a sector in the authority that takes the dossier in: its office for that sector, else itself.
    pub fn competent_for(&self, authority: UnitId, sector: &str, on: Date) -> UnitId {
        self.organisation
            .standing_on(on)
            .find(|(_, it)| it.parent == Some(authority) && it.sectors.iter().any(|own| own == sector))
            .map_or(authority, |(id, _)| id)
    }

    /// Authorities of a level, in the order of their names: the desks that take a procedure of that level in.
    pub fn desks_of_level(&self, level: &str, on: Date) -> Vec<UnitId> {
        use domain::organisation::Standing;
        let mut found: Vec<(String, UnitId)> = self
            .organisation
            .standing_on(on)
            .filter(|(_, it)| it.level == level && it.standing == Standing::Authority)
            .map(|(id, it)| (it.name.clone(), id))
            .collect();
        found.sort_by_cached_key(|(name, unit)| (in_order(name), *unit));
        found.into_iter().map(|(_, id)| id).collect()
    }
}

/// Everything that stands still while the program runs.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// The files.
    pub blobs: Blobs,
    /// The moment.
    pub clock: Clock,
    /// New ids.
    pub ids: Ids,
    /// The installation's key.
    pub key: InstallationKey,
    /// Days off.
    pub calendar: WorkingCalendar,
    /// The regimes.
    pub regimes: Regimes,
    /// What the office set.
    pub rules: OfficeRules,
    /// How people say things, for the search.
    pub words: SearchWords,
}

/// The house. Cheap to share.
pub struct House {
    /// The database.
    pub db: Db,
    /// The files.
    pub blobs: Blobs,
    /// The moment.
    pub clock: Clock,
    /// New ids.
    pub ids: Ids,
    /// The installation's key.
    pub key: InstallationKey,
    /// What the office set.
    pub rules: OfficeRules,
    /// The last signs of life of the outbox's workers.
    pub outbox_pulse: OutboxPulse,
    /// The public figures as they were counted last.
    pub(crate) figures: crate::figures::Kept,
    calendar: WorkingCalendar,
    regimes: Regimes,
    words: SearchWords,
    default_hours: HoursHistory,
    state: ArcSwap<Snapshot>,
    /// One reader at a time reads again what is kept in memory.
    reading_again: Mutex<()>,
    /// One after the other stages plans of reorganisation and puts them in force: the others find it done.
    pub(crate) reorganising: tokio::sync::Mutex<()>,
    /// What could not be put in force at its instant.
    pub(crate) tries: Tries,
    sealed_until: AtomicI64,
    /// Histories read a moment ago.
    pub(crate) lately: Lately,
    /// Rows of lists read a while ago.
    pub shelf: Shelf,
    /// Who tries something right now that is not counted yet.
    pub(crate) turns: Turns,
}

impl House {
    /// Wires the house and reads what it keeps in memory.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn open(parts: Parts) -> Result<Arc<Self>, AppError> {
        let regimes = parts.rules.adjusted(parts.regimes);
        let house = Arc::new(Self {
            db: parts.db,
            blobs: parts.blobs,
            clock: parts.clock,
            ids: parts.ids,
            key: parts.key,
            rules: parts.rules,
            outbox_pulse: OutboxPulse::default(),
            figures: crate::figures::Kept::default(),
            calendar: parts.calendar,
            regimes,
            words: parts.words,
            default_hours: HoursHistory::default(),
            state: ArcSwap::default(),
            reading_again: Mutex::new(()),
            reorganising: tokio::sync::Mutex::new(()),
            tries: Tries::default(),
            sealed_until: AtomicI64::new(i64::MIN),
            lately: Lately::default(),
            shelf: Shelf::default(),
            turns: Turns::default(),
        });
        house.refresh()?;
        let seal = house.db.read_now(|tx| Ok::<_, AppError>(storage::verify::last_seal(tx)?))?;
        if let Some(seal) = seal {
            house.note_seal(seal.sealed_at);
        }
        Ok(house)
    }

    /// The same house over another database and other files: a restored copy that is looked at before it is trusted.
    ///
    /// # Errors
    /// That database cannot be read.
    pub fn beside(&self, db: Db, blobs: Blobs) -> Result<Arc<Self>, AppError> {
        self.beside_at(db, blobs, self.clock.clone(), self.ids.clone())
    }

    /// The same with a clock and ids of its own: a copy in which time goes on.
    ///
    /// # Errors
    /// That database cannot be read.
    pub(crate) fn beside_at(&self, db: Db, blobs: Blobs, clock: Clock, ids: Ids) -> Result<Arc<Self>, AppError> {
        Self::open(Parts {
            db,
            blobs,
            clock,
            ids,
            key: self.key.clone(),
            calendar: self.calendar.clone(),
            regimes: self.regimes.clone(),
            rules: self.rules.clone(),
            words: self.words.clone(),
        })
    }

    /// The moment of a new event: now, but never before what was sealed, also where the clock was set back.
    pub fn event_time(&self) -> Instant {
        self.clock.now().max(self.sealed_until())
    }

    /// The key of a form that is sent once: different for each, no secret, and in the order of time, so that what is remembered of those
    /// of one day lies together.
    pub fn once(&self) -> String {
        self.ids.uuid(self.clock.now()).simple().to_string()
    }

    /// The first moment after what was sealed.
    pub(crate) fn sealed_until(&self) -> Instant {
        Instant::from_micros(self.sealed_until.load(Ordering::Relaxed).saturating_add(1))
    }

    /// Remembers until when the history is sealed.
    pub(crate) fn note_seal(&self, at: Instant) {
        self.sealed_until.fetch_max(at.micros(), Ordering::Relaxed);
    }

    /// What the house keeps in memory, as it is now.
    pub fn now_known(&self) -> Arc<Snapshot> {
        self.state.load_full()
    }

    /// Reads again what changed since it was read last.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn refresh(&self) -> Result<(), AppError> {
        self.db.read_now(|tx| self.known_in(tx).map(|_| ()))
    }

    /// Keeps a picture in memory, unless it is older than the one that lies there: whose it is keeps it to themselves.
    fn keep_newer(&self, fresh: &Arc<Snapshot>) {
        let (new, old) = (fresh.editions, self.now_known().editions);
        if new.0 >= old.0 && new.1 >= old.1 && new.2 >= old.2 {
            self.state.store(Arc::clone(fresh));
        }
    }

    /// What the house keeps in memory, and never older than this transaction: rights and units may have changed a moment ago, here or
    /// on another node. What one who only reads finds changed, all others find in memory; what a transaction that writes finds it keeps
    /// to itself, for it may be its own, and come to nothing. A page is of one piece: its units and rights are those of the rows it lists.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn known_in(&self, tx: &Tx) -> Result<Arc<Snapshot>, AppError> {
        let known = self.now_known();
        if storage::house::editions(tx)? == known.editions {
            return Ok(known);
        }
        // Somebody reads it already, or did a moment ago: that is waited for.
        let _alone = self.reading_again.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.now_known();
        let Some(fresh) = self.read_state(tx, &known)? else { return Ok(known) };
        let fresh = Arc::new(fresh);
        if tx.only_reads() {
            self.keep_newer(&fresh);
        }
        Ok(fresh)
    }

    fn read_state(&self, tx: &Tx, known: &Snapshot) -> Result<Option<Snapshot>, AppError> {
        use storage::{catalogue, people, reforms, transfers, units};
        let editions = storage::house::editions(tx)?;
        if editions == known.editions {
            return Ok(None);
        }
        let (mut organisation, mandates) = units::load(tx)?;
        organisation.answer_through(Arc::new(transfers::in_force(tx)?));
        let (mut staged, mut in_force, mut settled) = (Vec::new(), Vec::new(), Vec::new());
        let (all, unreadable) = reforms::all_and_unreadable(tx)?;
        for it in &unreadable {
            tracing::error!(reform = %it.id, reform.instrument = it.instrument, error = it.why, "a plan of reorganisation cannot be read");
        }
        for reform in all {
            match reform.state {
                // A way back is taken in one go: it has no instant to wait for.
                State::Staging | State::Staged if reform.undoes.is_none() => staged.push(reform.plan),
                State::InForce => in_force.push(reform),
                State::Settled if reform.undoes.is_none() => settled.push(reform),
                State::Staging | State::Staged | State::Settled | State::Undone | State::GivenUp => {}
            }
        }
        let hours = organisation.ids().map(|id| (id, organisation.hours(id))).collect();
        let catalogue = if editions.1 == known.editions.1 {
            known.catalogue.clone()
        } else {
            Catalogue::new(catalogue::current(tx)?, &self.words)?.decided(tx)?
        };
        let calendar = match storage::calendars::newest(tx)? {
            None => None,
            Some((number, _)) if known.calendar.as_ref().is_some_and(|it| it.0 == number) => known.calendar.clone(),
            Some((number, text)) => {
                let table = WorkingCalendar::parse(&text)
                    .map_err(|why| AppError::fault("reading the table of days off decided on here", why))?;
                Some((number, Arc::new(table)))
            }
        };
        let staff = people::staff_names(tx)?.into_iter().collect();
        let notices = NoticeTexts::new(storage::notices::current(tx)?);
        Ok(Some(Snapshot {
            organisation,
            mandates,
            staff,
            catalogue,
            notices,
            staged,
            unreadable,
            in_force,
            settled,
            hours,
            calendar,
            editions,
            ways: Mutex::default(),
        }))
    }

    /// The regime of a day, with what the office set instead of it.
    ///
    /// # Errors
    /// There is no regime: a fault of the installation.
    pub fn regime_on(&self, day: Date) -> Result<&Regime, AppError> {
        let chosen = self.chosen_regime().or_else(|| self.regimes.on(day));
        chosen.ok_or_else(|| AppError::fault("reading the regimes", "none"))
    }

    /// The regime the office set for all days.
    fn chosen_regime(&self) -> Option<&Regime> {
        self.rules.regime.as_deref().and_then(|key| self.regimes.named(key))
    }

    /// The forms in force on the day of an act: what is printed of it, whichever regime its dossier keeps. An office that set a regime
    /// prints that one's forms.
    ///
    /// # Errors
    /// There is no regime: a fault of the installation.
    pub fn forms_on(&self, day: Date) -> Result<FormSet, AppError> {
        let chosen = self.chosen_regime().map(|it| &it.forms).or_else(|| self.regimes.forms_on(day));
        chosen.map(|it| it.set).ok_or_else(|| AppError::fault("reading the regimes", "none"))
    }

    /// The regime a dossier pinned.
    ///
    /// # Errors
    /// The installation does not know it any more.
    pub fn regime_named(&self, key: &str) -> Result<&Regime, AppError> {
        self.regimes.named(key).ok_or_else(|| AppError::fault("reading the regimes", format!("{key} is not there")))
    }

    /// The working clock of a unit. Years without a table are projected: a reception must not wait for the Government's notice.
    pub fn working_clock<'a>(&'a self, known: &'a Snapshot, unit: UnitId, regime: &Regime) -> WorkingClock<'a> {
        let hours = known.hours(unit).unwrap_or(&self.default_hours);
        let rules = ClockRules { same_day_cutoff: regime.same_day_cutoff, unpublished: Unpublished::Project };
        WorkingClock::new(self.calendar(known), hours, rules)
    }

    /// The hours of a unit that has none of its own.
    pub(crate) fn default_hours(&self) -> &HoursHistory {
        &self.default_hours
    }

    /// The days off: as they were decided on here, else as the file of the installation says.
    pub fn calendar<'a>(&'a self, known: &'a Snapshot) -> &'a WorkingCalendar {
        known.calendar.as_ref().map_or(&self.calendar, |it| &it.1)
    }

    /// Everything a decision about a dossier rests on.
    pub fn context<'a>(
        &'a self,
        known: &'a Snapshot,
        unit: UnitId,
        revision: &'a ProcedureRevision,
        regime: &'a Regime,
        actor: Option<PersonId>,
        now: Instant,
    ) -> Context<'a> {
        Context {
            now,
            actor,
            revision,
            regime,
            clock: self.working_clock(known, unit, regime),
            calendar_version: self.calendar(known).version(),
            organisation: &known.organisation,
            mandates: &known.mandates,
        }
    }

    /// What the read model needs beside a dossier.
    pub fn titles(&self, dossier: &Dossier, revision: &ProcedureRevision) -> Titles {
        let number = dossier.filing.get().map_or("", |it| it.owner().number.as_str());
        Titles { procedure_name: revision.name.clone(), number_hash: self.number_hash(number) }
    }

    /// Keyed hash of a personal number; empty for anything else.
    pub fn number_hash(&self, number: &str) -> String {
        match PersonalNumber::parse(number, self.clock.now().day()) {
            Ok((number, _)) => self.key.hash("personal number", number.as_str()),
            Err(_) => String::new(),
        }
    }

    /// How codes are formed on that day.
    ///
    /// # Errors
    /// There is no regime.
    pub fn code_pattern(&self, on: Date) -> Result<CodePattern, AppError> {
        match &self.rules.code_pattern {
            Some(pattern) => Ok(pattern.clone()),
            None => {
                let codes = match self.chosen_regime() {
                    Some(chosen) => Some(&chosen.codes),
                    None => self.regimes.codes_on(on),
                };
                Ok(codes.ok_or_else(|| AppError::fault("reading the regimes", "none"))?.parsed())
            }
        }
    }
}

/// Between two looks at whether another node changed what is kept in memory.
const LOOKED_EVERY: Duration = Duration::from_secs(2);

/// Reads again what other nodes changed, until told to stop. Where there are no others it ends at once.
pub async fn keep_fresh(house: Arc<House>, mut stop: watch::Receiver<bool>) {
    while house.db.is_shared() && !*stop.borrow() {
        let inside = Arc::clone(&house);
        // Making the index of the search takes its time.
        match tokio::task::spawn_blocking(move || inside.refresh()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = in_full(&error), "what other nodes changed could not be read"),
            Err(broken) => tracing::error!(error = %broken, "reading what other nodes changed broke"),
        }
        if matches!(timeout(LOOKED_EVERY, stop.changed()).await, Ok(Err(_))) {
            break;
        }
    }
}
