//! The officers' lists: queues with counts, what a leader looks at, the search over all dossiers.

use crate::error::AppError;
use crate::house::{House, Snapshot};
use crate::routing;
use domain::calendar::{Term, WorkingClock};
use domain::dossier::{ClockView, DossierCode, PauseCause, Status};
use domain::ids::{PersonId, UnitId};
use domain::organisation::{Mandate, Organisation, UnitAttributes};
use domain::person::fold;
use domain::post::Post;
use domain::regime::Regime;
use domain::time::Instant;
use jiff::civil::{Date, DateTime};
use std::collections::BTreeSet;
use std::sync::Arc;
use storage::engine::Tx;
use storage::lists;
use storage::lists::ListCard;
pub use storage::lists::{Filter, UnitLoad, UnusualRequest};
use storage::loads::{self, Behind};
pub use storage::readings::Logged;

/// Most readings listed at once; earlier ones are found by their days.
pub const READINGS_MAX: u32 = 2_000;

/// Most dossiers a search finds.
const FOUND_MAX: u32 = 50;
/// Most units a search looks at by their names.
const UNITS_MAX: usize = 20;
/// Most dossiers a leader is shown in one part.
const WATCHED_MAX: u32 = 20;
/// What is due within this is due soon.
const SOON: Term = Term::WorkingDays(3);

/// The queues of a work-list, in the order of its tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Online applications to answer.
    ToReceive,
    /// What I have in hand.
    Mine,
    /// My post's, and nobody took it on yet.
    Unclaimed,
    /// The ball is with the citizen.
    Citizen,
    /// Somebody outside must answer.
    Outside,
    /// To sign.
    ToSign,
    /// To number and issue.
    ToIssue,
    /// To hand over.
    ToHandOver,
    /// Closed.
    Done,
}

impl Queue {
    /// Every queue.
    pub const ALL: [Self; 9] = [
        Self::ToReceive,
        Self::Mine,
        Self::Unclaimed,
        Self::Citizen,
        Self::Outside,
        Self::ToSign,
        Self::ToIssue,
        Self::ToHandOver,
        Self::Done,
    ];

    /// Its word in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ToReceive => "cho-tiep-nhan",
            Self::Mine => "cua-toi",
            Self::Unclaimed => "chua-ai-nhan",
            Self::Citizen => "cho-cong-dan",
            Self::Outside => "cho-don-vi-khac",
            Self::ToSign => "cho-ky",
            Self::ToIssue => "cho-phat-hanh",
            Self::ToHandOver => "cho-tra",
            Self::Done => "da-xong",
        }
    }

    /// The queue of that word.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.key() == key)
    }

    pub(crate) const fn stored(self) -> &'static str {
        match self {
            Self::ToReceive => "to_receive",
            Self::Mine | Self::Done => "",
            Self::Unclaimed => "unclaimed",
            Self::Citizen => "citizen",
            Self::Outside => "outside",
            Self::ToSign => "to_sign",
            Self::ToIssue => "to_issue",
            Self::ToHandOver => "to_hand_over",
        }
    }
}

/// How many lie in each queue of somebody of the staff, `mine` of them in their own hands; done is not counted.
pub(crate) fn queue_counts(
    tx: &Tx,
    known: &Snapshot,
    mandates: &[Mandate],
    mine: i64,
    today: Date,
) -> Result<Vec<(Queue, i64)>, AppError> {
    let mut sum = lists::Counts::default();
    for it in mandates {
        let holds = |person: PersonId| known.mandates.holds(person, it.unit, it.post, today);
        let one = lists::counts(tx, known.histories(), (it.unit, it.post), holds)?;
        sum.to_receive += one.to_receive;
        sum.unclaimed += one.unclaimed;
        sum.citizen += one.citizen;
        sum.outside += one.outside;
        sum.to_sign += one.to_sign;
        sum.to_issue += one.to_issue;
        sum.to_hand_over += one.to_hand_over;
    }
    Ok(vec![
        (Queue::ToReceive, sum.to_receive),
        (Queue::Mine, mine),
        (Queue::Unclaimed, sum.unclaimed),
        (Queue::Citizen, sum.citizen),
        (Queue::Outside, sum.outside),
        (Queue::ToSign, sum.to_sign),
        (Queue::ToIssue, sum.to_issue),
        (Queue::ToHandOver, sum.to_hand_over),
    ])
}

/// What the clock of a row shows, from the read model alone.
///
/// # Errors
/// The clock cannot answer.
pub fn clock_of(house: &House, known: &Snapshot, card: &ListCard, now: Instant) -> Result<ClockView, AppError> {
    Clocks::new(house, known, now)?.of(card)
}

/// The clocks of the rows of a list: most of them are of one unit.
pub struct Clocks<'a> {
    house: &'a House,
    known: &'a Snapshot,
    /// It decides how time is counted from a receipt, and has no say in how much lies between two moments.
    regime: &'a Regime,
    at: DateTime,
    last: Option<(UnitId, WorkingClock<'a>)>,
}

impl<'a> Clocks<'a> {
    /// At that moment.
    ///
    /// # Errors
    /// The installation has no regime.
    pub fn new(house: &'a House, known: &'a Snapshot, now: Instant) -> Result<Self, AppError> {
        let at = now.local();
        Ok(Self { house, known, regime: house.regime_on(at.date())?, at, last: None })
    }

    /// What the clock of a row shows, from the read model alone.
    ///
    /// # Errors
    /// The clock cannot answer.
    pub fn of(&mut self, card: &ListCard) -> Result<ClockView, AppError> {
        if card.finished_at.is_some() || !card.is_open {
            return Ok(ClockView::Ended);
        }
        if card.waiting {
            let cause = match card.holder.as_str() {
                "citizen" if card.status == Status::AwaitingSupplement => PauseCause::Supplement,
                "citizen" => PauseCause::Confirmation,
                "payment" => PauseCause::Payment,
                _ => PauseCause::Outside,
            };
            return Ok(ClockView::Paused { cause, minutes_left: None });
        }
        let (now, clock) = (self.at, self.clock(self.known.organisation.responsible_now(card)));
        Ok(match (card.answer_by, card.promised_at) {
            (Some(by), _) => ClockView::Answering { by, minutes_left: clock.elapsed(now, by.local())? },
            (None, Some(promised)) => ClockView::running_at(clock, now, promised)?,
            (None, None) => ClockView::Ended,
        })
    }

    fn clock(&mut self, unit: UnitId) -> &WorkingClock<'a> {
        let last = self.last.take().filter(|it| it.0 == unit);
        let clock = last.map_or_else(|| self.house.working_clock(self.known, unit, self.regime), |it| it.1);
        &self.last.insert((unit, clock)).1
    }
}

/// Dossiers anywhere: by code, by the applicant's name, or by the name or a code that the unit which took them in ever had or that
/// its successors have. Opening one outside one's task asks for a reason.
///
/// # Errors
/// The house failed.
pub async fn search_all(house: &Arc<House>, text: &str) -> Result<Vec<ListCard>, AppError> {
    let code = DossierCode::parse(text).map(|it| it.as_str().to_owned()).unwrap_or_default();
    let folded = fold(&text.chars().take(100).collect::<String>());
    if folded.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let inside = Arc::clone(house);
    house
        .db
        .read(move |tx| {
            let mut found = lists::anywhere(tx, &code, &folded, FOUND_MAX)?;
            let known = inside.known_in(tx)?;
            for unit in units_called(&known.organisation, &folded, inside.clock.now().day()) {
                found.extend(lists::of_desk(tx, unit, FOUND_MAX)?);
            }
            let mut seen = std::collections::HashSet::new();
            found.retain(|it| seen.insert(it.id));
            found.truncate(FOUND_MAX as usize);
            Ok(found)
        })
        .await
}

/// Units that are or were called so or carry or carried that code, and those whose ground they have today.
fn units_called(organisation: &Organisation, folded: &str, today: Date) -> BTreeSet<UnitId> {
    let is_called = |it: &UnitAttributes| {
        let name = fold(&it.name);
        // "An Biên" is the ward of that name, too.
        name == folded
            || name.split_once(' ').is_some_and(|(_, rest)| rest == folded)
            || it.codes.iter().any(|it| fold(&it.value) == folded)
    };
    let units = organisation.ids().filter_map(|id| organisation.find_unit(id));
    let called: Vec<UnitId> =
        units.filter(|unit| unit.all_attributes().any(is_called)).map(|unit| unit.id).take(UNITS_MAX).collect();
    let before = called.iter().flat_map(|unit| organisation.predecessors_of(*unit, today)).map(|it| it.unit);
    let mut found: BTreeSet<UnitId> = before.take(UNITS_MAX).collect();
    found.extend(called);
    found
}

/// What a leader looks at in the morning.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The unit at the top of it.
    pub unit: UnitId,
    /// Open work by competent unit.
    pub loads: Vec<UnitLoad>,
    /// Running dossiers past their date, an apology or not, with their clocks: the first ones due.
    pub late: Vec<(Arc<ListCard>, ClockView)>,
    /// Running dossiers soon due, with their clocks.
    pub soon: Vec<(Arc<ListCard>, ClockView)>,
    /// How many of split units wait for somebody to route them, and how many of them longer than a day.
    pub to_route: (usize, usize),
    /// Waiting for this person's signature.
    pub to_sign: Vec<(Arc<ListCard>, ClockView)>,
    /// How many do.
    pub to_sign_count: i64,
}

/// A number of an overview, behind which there are dossiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Past their date, an apology or not.
    Late,
    /// Due today.
    DueToday,
    /// Received and not finished.
    Open,
    /// The citizen or somebody outside is waited for.
    Waiting,
}

/// The dossiers behind a number of a leader's overview, the first due first; of one unit, or of all below the leader's.
///
/// # Errors
/// No such post, not a unit below it, or the house failed.
pub async fn behind(
    house: &Arc<House>,
    person: PersonId,
    number: Counted,
    unit: Option<UnitId>,
) -> Result<Vec<ListCard>, AppError> {
    let inside = Arc::clone(house);
    house
        .db
        .read(move |tx| {
            let known = inside.known_in(tx)?;
            let today = inside.clock.now().day();
            let led = led_by(&known, person, today)?.unit;
            let top = unit.unwrap_or(led);
            if !known.organisation.is_within(top, led, today) {
                return Err(AppError::NotFound);
            }
            let (midnight, tomorrow) = ends_of(today);
            let mut found = loads::behind(
                tx,
                match number {
                    Counted::Late => Behind::Due(Instant::from_micros(0), midnight),
                    Counted::DueToday => Behind::Due(midnight, tomorrow),
                    Counted::Open => Behind::Open,
                    Counted::Waiting => Behind::Waiting,
                },
            )?;
            found.retain(|it| {
                let own = known.organisation.responsible_now(it);
                if unit.is_some() { own == top } else { known.organisation.is_within(own, top, today) }
            });
            Ok(found)
        })
        .await
}

/// The first post somebody leads from.
fn led_by(known: &Snapshot, person: PersonId, today: Date) -> Result<Mandate, AppError> {
    let leading = |it: &&Mandate| matches!(it.post, Post::Leader | Post::Head);
    known.mandates.of(person, today).find(leading).cloned().ok_or(AppError::Forbidden)
}

/// When a day begins and ends.
fn ends_of(day: Date) -> (Instant, Instant) {
    let begins = |it: Date| Instant::from_local(it.at(0, 0, 0, 0));
    (begins(day), begins(day.tomorrow().unwrap_or(day)))
}

/// Until when a dossier of a unit is due soon: three working days from now, however many days off lie between.
fn soon_until(house: &House, known: &Snapshot, unit: UnitId, now: Instant) -> Result<Instant, AppError> {
    let regime = house.regime_on(now.day())?;
    let clock = house.working_clock(known, unit, regime);
    Ok(Instant::from_local(clock.due(now.local(), SOON)?.at))
}

/// The overview of a head or leader.
///
/// # Errors
/// No such post, or the house failed.
pub async fn overview(house: &Arc<House>, person: PersonId) -> Result<Overview, AppError> {
    let inside = Arc::clone(house);
    house
        .db
        .read(move |tx| {
            let known = inside.known_in(tx)?;
            let now = inside.clock.now();
            let today = now.day();
            let mandate = led_by(&known, person, today)?;
            let (midnight, tomorrow) = ends_of(today);
            let mut loads = lists::by_unit(tx, midnight, tomorrow)?;
            loads.retain(|it| known.organisation.is_within(it.unit, mandate.unit, today));
            let (mut late, mut soon) = (Vec::new(), Vec::new());
            for load in &loads {
                late.extend(lists::soon(tx, load.unit, midnight, WATCHED_MAX)?);
                let most = WATCHED_MAX.saturating_add(u32::try_from(load.late).unwrap_or(0));
                let soon_is = soon_until(&inside, &known, load.unit, now)?;
                let watched = lists::soon(tx, load.unit, soon_is, most)?;
                soon.extend(watched.into_iter().filter(|it| it.due_at.is_some_and(|due| due >= midnight)));
            }
            for watched in [&mut late, &mut soon] {
                watched.sort_by_key(|it| (it.due_at, it.id));
                watched.truncate(WATCHED_MAX as usize);
            }
            let (to_sign, to_sign_count) = lists::queue(
                tx,
                (known.histories(), &inside.shelf),
                (mandate.unit, mandate.post),
                Queue::ToSign.stored(),
                &Filter::default(),
                (today, WATCHED_MAX),
            )?;
            let clocked = |cards: Vec<Arc<ListCard>>| {
                cards
                    .into_iter()
                    .map(|card| clock_of(&inside, &known, &card, now).map(|clock| (card, clock)))
                    .collect::<Result<Vec<_>, AppError>>()
            };
            let routed = routing::list_in(tx, &known, person, now)?;
            let to_route = (routed.len(), routed.iter().filter(|it| it.waits_long).count());
            Ok(Overview {
                unit: mandate.unit,
                loads,
                late: clocked(late)?,
                soon: clocked(soon)?,
                to_route,
                to_sign: clocked(to_sign)?,
                to_sign_count,
            })
        })
        .await
}

/// What a counter took in today, and its latest code.
///
/// # Errors
/// The house failed.
pub async fn desk_today(house: &Arc<House>, unit: UnitId) -> Result<(i64, Option<String>), AppError> {
    let today = house.clock.now().day();
    let since = Instant::from_local(today.at(0, 0, 0, 0));
    house.db.read(move |tx| Ok(lists::desk_today(tx, unit, since)?)).await
}

/// Requests for something outside the published list, and further requests: for the control officer.
///
/// # Errors
/// The house failed.
pub async fn unusual_requests(house: &Arc<House>) -> Result<Vec<UnusualRequest>, AppError> {
    house.db.read(move |tx| Ok(lists::unusual_requests(tx, 200)?)).await
}

/// Readings of personal data from one day to another, the latest first, at most [`READINGS_MAX`]: for the control officer. Of one
/// dossier, where a whole code is given, with the lists it stood in.
///
/// # Errors
/// The house failed.
pub async fn readings(
    house: &Arc<House>,
    code: Option<&DossierCode>,
    (from, to): (Option<Date>, Option<Date>),
) -> Result<Vec<Logged>, AppError> {
    let code = code.map(|it| it.as_str().to_owned()).unwrap_or_default();
    let begins = from.map_or(Instant::from_micros(0), |day| Instant::from_local(day.at(0, 0, 0, 0)));
    let after = to.and_then(|day| day.tomorrow().ok());
    let ends = after.map_or(Instant::from_micros(i64::MAX), |day| Instant::from_local(day.at(0, 0, 0, 0)));
    house.db.read(move |tx| Ok(storage::readings::log(tx, &code, (begins, ends), READINGS_MAX)?)).await
}
