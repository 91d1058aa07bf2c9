//! A small district in March 2025, its people, and lives of dossiers in it.

use std::sync::LazyLock;

use jiff::civil::date;
use uuid::Uuid;

pub use super::lives::*;
use crate::calendar::{ClockRules, HoursHistory, OpeningHours, TimeLimit, Unpublished, WorkingCalendar, WorkingClock};
use crate::dossier::*;
use crate::ids::{DossierId, PersonId, UnitId};
use crate::organisation::{Mandate, Mandates, Organisation, Standing, UnitAttributes, UnitEvent};
use crate::post::Post;
use crate::procedure::{
    ApplicationForm, Basis, Channel, Field, FieldKind, Need, OnlineLevel, ProcedureRevision, Requirement,
    RequirementGroup, Section, Step, StepClock, StepKind, StepsSource, Tab, standard_steps,
};
use crate::regime::{Regime, Regimes};
use crate::time::Instant;

pub const DISTRICT: UnitId = UnitId::from_uuid(Uuid::from_u128(1));
pub const DIVISION: UnitId = UnitId::from_uuid(Uuid::from_u128(2));
pub const OTHER_WARD: UnitId = UnitId::from_uuid(Uuid::from_u128(3));

pub const CITIZEN: PersonId = PersonId::from_uuid(Uuid::from_u128(10));
pub const RECEPTIONIST: PersonId = PersonId::from_uuid(Uuid::from_u128(11));
pub const SPECIALIST: PersonId = PersonId::from_uuid(Uuid::from_u128(12));
pub const COLLEAGUE: PersonId = PersonId::from_uuid(Uuid::from_u128(13));
pub const HEAD: PersonId = PersonId::from_uuid(Uuid::from_u128(14));
pub const LEADER: PersonId = PersonId::from_uuid(Uuid::from_u128(15));
pub const CLERK: PersonId = PersonId::from_uuid(Uuid::from_u128(16));
pub const STRANGER: PersonId = PersonId::from_uuid(Uuid::from_u128(17));

/// Everybody who ever acts; none is a timer.
pub const CAST: [Option<PersonId>; 9] = [
    Some(CITIZEN),
    Some(RECEPTIONIST),
    Some(SPECIALIST),
    Some(COLLEAGUE),
    Some(HEAD),
    Some(LEADER),
    Some(CLERK),
    Some(STRANGER),
    None,
];

pub const ID: DossierId = DossierId::from_uuid(Uuid::from_u128(99));
/// A Monday morning.
pub const MONDAY: &str = "2025-03-03T09:00";

static CALENDAR: LazyLock<WorkingCalendar> =
    LazyLock::new(|| WorkingCalendar::parse(include_str!("../../../../../catalogue/holidays.toml")).unwrap());
static REGIMES: LazyLock<Regimes> =
    LazyLock::new(|| Regimes::parse(include_str!("../../../../../catalogue/regimes.toml")).unwrap());

/// What surrounds a dossier. A test changes what it is about.
#[derive(Clone)]
pub struct World {
    pub organisation: Organisation,
    pub mandates: Vec<Mandate>,
    pub regime: Regime,
    pub hours: HoursHistory,
    pub revision: ProcedureRevision,
}

impl World {
    /// Desk, head, specialist, head, leader, clerk, desk: the standard workflow; 10 working days by law, 5 promised.
    pub fn new() -> Self {
        let limit = TimeLimit { legal: "10wd".parse().unwrap(), committed: Some("5wd".parse().unwrap()) };
        Self {
            organisation: organisation(),
            mandates: mandates(),
            regime: REGIMES.named("2018").unwrap().clone(),
            hours: HoursHistory::default(),
            revision: revision(standard_steps(&Tab::district(), None), Some(limit)),
        }
    }

    /// Desk; specialist; another body is asked and the clock waits; the citizen confirms and the clock waits; signature; a last
    /// word with another body; clerk; desk.
    pub fn with_waits() -> Self {
        let steps = vec![
            step(1, Post::Reception, StepKind::Receive),
            step(2, Post::Specialist, StepKind::Work),
            Step { clock: StepClock::Paused, send_back_to: vec![2], ..step(3, Post::Specialist, StepKind::Consult) },
            Step { clock: StepClock::Paused, ..step(4, Post::Specialist, StepKind::Citizen) },
            Step { send_back_to: vec![2, 3], ..step(5, Post::Leader, StepKind::Sign) },
            Step { send_back_to: vec![2, 3], ..step(6, Post::Specialist, StepKind::Consult) },
            step(7, Post::Clerk, StepKind::Issue),
            step(8, Post::Reception, StepKind::HandOver),
        ];
        let mut world = Self::new();
        world.revision.steps = steps;
        world
    }

    pub fn clock(&self) -> WorkingClock<'_> {
        let rules = ClockRules { same_day_cutoff: self.regime.same_day_cutoff, unpublished: Unpublished::Project };
        WorkingClock::new(&CALENDAR, &self.hours, rules)
    }

    /// Asks with the context of that person at that moment.
    pub fn ask<T>(&self, who: Option<PersonId>, now: Instant, question: impl FnOnce(&Context<'_>) -> T) -> T {
        let mandates = Mandates::new(self.mandates.clone());
        question(&Context {
            now,
            actor: who,
            revision: &self.revision,
            regime: &self.regime,
            clock: self.clock(),
            calendar_version: CALENDAR.version(),
            organisation: &self.organisation,
            mandates: &mandates,
        })
    }

    /// A post is left: from that day on the person holds it no more.
    pub fn leaves(&mut self, person: PersonId, on: &str) {
        for mandate in self.mandates.iter_mut().filter(|it| it.person == person) {
            mandate.until = Some(on.parse().unwrap());
        }
    }
}

pub fn attributes(name: &str, level: &str, standing: Standing, parent: Option<UnitId>) -> UnitAttributes {
    UnitAttributes {
        name: name.to_owned(),
        level: level.to_owned(),
        standing,
        parent,
        codes: Vec::new(),
        seat: String::new(),
        phone: String::new(),
        hours: OpeningHours::default(),
        sectors: Vec::new(),
    }
}

fn organisation() -> Organisation {
    let on = date(2020, 1, 1);
    let established = |id, attributes| (id, UnitEvent::Established { on, attributes });
    let events = [
        established(DISTRICT, attributes("UBND quận Lê Chân", "district", Standing::Authority, None)),
        established(DIVISION, attributes("Phòng Tư pháp", "district", Standing::Office, Some(DISTRICT))),
        established(OTHER_WARD, attributes("Phường Hàng Kênh", "ward", Standing::Authority, Some(DISTRICT))),
    ];
    Organisation::fold(events.iter().map(|(id, event)| (*id, event))).unwrap()
}

fn mandates() -> Vec<Mandate> {
    let holds = |person, unit, post| Mandate { person, unit, post, from: date(2024, 1, 1), until: None };
    vec![
        holds(RECEPTIONIST, DISTRICT, Post::Reception),
        holds(SPECIALIST, DIVISION, Post::Specialist),
        holds(COLLEAGUE, DIVISION, Post::Specialist),
        holds(HEAD, DIVISION, Post::Head),
        holds(LEADER, DISTRICT, Post::Leader),
        holds(CLERK, DISTRICT, Post::Clerk),
        holds(STRANGER, OTHER_WARD, Post::Specialist),
    ]
}

pub fn step(number: u16, post: Post, kind: StepKind) -> Step {
    let plain = standard_steps(&Tab::ward(), None).remove(0);
    Step { number, post, kind, send_back_to: Vec::new(), ..plain }
}

fn requirement(id: &str, name: &str, need: Need) -> Requirement {
    Requirement {
        id: id.to_owned(),
        name: name.to_owned(),
        group: RequirementGroup::Submit,
        originals: 1,
        copies: 0,
        need,
        when: String::new(),
        replaced_by: Vec::new(),
        not_online: false,
        asked_if: None,
        basis: Basis::Verified,
    }
}

fn form() -> ApplicationForm {
    let required = |id: &str, label: &str, kind| Field { required: true, ..Field::new(id, label, kind) };
    let mother = required("ho_ten", "Họ tên mẹ", FieldKind::PersonName);
    let group = Field { children: vec![mother], ..Field::new("me", "Mẹ", FieldKind::Group) };
    let fields = vec![
        required("ho_ten", "Họ tên con", FieldKind::PersonName),
        required("ngay_sinh", "Ngày sinh", FieldKind::Date),
        group,
    ];
    ApplicationForm { sections: vec![Section { fields, ..Section::default() }], ..ApplicationForm::default() }
}

fn revision(steps: Vec<Step>, time_limit: Option<TimeLimit>) -> ProcedureRevision {
    let procedure: crate::procedure::ProcedureId = "cai-chinh-ho-tich@district".parse().unwrap();
    ProcedureRevision {
        id: procedure.revision(1),
        procedure,
        number: 1,
        code: None,
        name: "Thủ tục mẫu".to_owned(),
        sector: "Hộ tịch".to_owned(),
        channels: Channel::ALL.to_vec(),
        online_level: OnlineLevel::Full,
        authorities: Vec::new(),
        time_limit,
        time_limit_stated: String::new(),
        time_limit_variants: Vec::new(),
        time_limit_excluded: Vec::new(),
        fees: Vec::new(),
        fee_stated: String::new(),
        requirements: vec![
            requirement("to-khai", "Tờ khai", Need::Always),
            requirement("giay-chung-sinh", "Giấy chứng sinh", Need::Conditional),
            requirement("so-ho-khau", "Sổ hộ khẩu", Need::Never),
        ],
        outcomes: Vec::new(),
        legal_basis: Vec::new(),
        steps,
        steps_source: StepsSource::StandardOfLevel,
        forms: vec![form()],
        linked: Vec::new(),
        level_basis: Basis::Verified,
        source: String::new(),
        announced_by: String::new(),
        who_may_apply: Vec::new(),
        may_authorize: true,
        authorization_note: String::new(),
        source_hash: String::new(),
    }
}

pub fn moment(local: &str) -> Instant {
    Instant::from_local(local.parse().unwrap())
}

/// A dossier's life so far in a world, and the time on the wall.
#[derive(Clone)]
pub struct Life {
    pub world: World,
    pub now: Instant,
    pub log: Vec<Recorded>,
    pub dossier: Option<Dossier>,
}

/// A life to start from: its log is folded anew, as a server does that was switched on this morning.
pub fn given(mut life: Life) -> Life {
    if !life.log.is_empty() {
        life.dossier = Some(Dossier::fold(ID, &life.log).unwrap());
    }
    life
}

impl Life {
    pub fn in_world(world: World) -> Self {
        Self { world, now: moment(MONDAY), log: Vec::new(), dossier: None }
    }

    /// The clock on the wall.
    pub fn at(mut self, local: &str) -> Self {
        self.now = moment(local);
        self
    }

    pub fn state(&self) -> &Dossier {
        self.dossier.as_ref().unwrap()
    }

    pub fn ask<T>(&self, who: Option<PersonId>, question: impl FnOnce(&Context<'_>) -> T) -> T {
        self.world.ask(who, self.now, question)
    }

    /// Asks one thing; what the house promises is checked after it, whatever it was.
    pub fn when(mut self, who: impl Into<Option<PersonId>>, command: Command) -> Then {
        let who = who.into();
        let answer = self.ask(who, |context| decide(self.dossier.as_ref(), &command, context));
        if let Some(dossier) = &self.dossier {
            let act = act_of(&command);
            let offered = self.ask(who, |context| available(dossier, context));
            if let Some((_, Err(no))) = offered.iter().find(|(it, _)| *it == act) {
                assert_eq!(answer, Err(no.clone()), "the menu says no to {act}, so does the rule");
            }
        }
        for event in answer.iter().flatten() {
            let seq = self.dossier.as_ref().map_or(1, |it| it.version + 1);
            let recorded = Recorded { seq, at: self.now, actor: who, unit: None, event: event.clone() };
            self.dossier = Some(Dossier::apply(ID, self.dossier.take(), &recorded).unwrap());
            self.log.push(recorded);
        }
        self.check();
        Then { life: self, answer }
    }

    /// One owner, one next act, one clock, every minute with one holder, and the log says the same as the state.
    pub fn check(&self) {
        let Some(dossier) = &self.dossier else { return };
        assert!(dossier.is_sound(), "{dossier:#?}");
        assert_eq!(usize::try_from(dossier.version), Ok(self.log.len()));
        assert_eq!(Dossier::fold(ID, &self.log).as_ref(), Ok(dossier));
        let clock = self.world.clock();
        let shares = dossier.shares(&clock, &self.world.organisation, self.now).unwrap();
        let end = dossier.finished_at.unwrap_or(self.now);
        let whole = clock.elapsed(dossier.filed_at.local(), end.local()).unwrap();
        assert_eq!(
            shares.iter().map(|it| it.minutes).sum::<i64>(),
            whole,
            "the minutes of all holders sum to the whole"
        );
        assert!(shares.windows(2).all(|pair| pair[0].until == pair[1].from));
        assert!(dossier.clock_view(&clock, self.now).is_ok());
    }

    /// Something that went well: a step on the way to what a test is about.
    pub fn then_did(self, who: impl Into<Option<PersonId>>, command: Command) -> Self {
        self.when(who, command).accepted()
    }
}

/// What came of it.
pub struct Then {
    pub life: Life,
    pub answer: Result<Vec<Event>, DossierRefusal>,
}

impl Then {
    #[track_caller]
    pub fn accepted(self) -> Life {
        assert!(self.answer.is_ok(), "{:?}", self.answer);
        self.life
    }

    /// Exactly these events.
    #[track_caller]
    pub fn then(self, events: &[Event]) -> Life {
        assert_eq!(self.answer.as_deref(), Ok(events));
        self.life
    }

    /// The national code of the status it is in now.
    #[track_caller]
    pub fn goes_to(self, national_code: u8) -> Life {
        let life = self.accepted();
        assert_eq!(life.state().status.national_code(), national_code);
        life
    }

    #[track_caller]
    pub fn refused(self, why: &DossierRefusal) -> Life {
        assert_eq!(self.answer.as_ref(), Err(why));
        self.life
    }

    /// Refused, because the act does not exist in the status the dossier is in.
    #[track_caller]
    pub fn not_in_this_status(self) -> Life {
        let status = self.life.state().status;
        self.refused(&DossierRefusal::NotInThisStatus { status })
    }
}
