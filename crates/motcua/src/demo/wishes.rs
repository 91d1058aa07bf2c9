//! What is wished of each chapter of the demo: so many dossiers of each kind, and whether one that was thought up is of its kind.
//! The totals of the quarter are the district's own; every other number here is invented.

use super::dice::Dice;
use super::figures::{FROM, Figures};
use super::plan::{BEGIN, END, Planned};
use super::popular::Pace;
use super::script::{Act, Course, Deed, Detour, Reply};
use domain::dossier::Outcome;
use domain::procedure::{Channel, StepKind};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};

/// Papers asked for from this day on are not overdue when the quarter ends.
const ASKED_FROM: Date = date(2025, 3, 5);
/// Last day of the quarter: the form counts an open dossier as late when it was due before it.
pub const LAST_DAY: Date = date(2025, 3, 31);
/// What comes in from then on, nobody answers before the quarter ends.
const UNANSWERED_FROM: DateTime = date(2025, 3, 28).at(12, 0, 0, 0);
/// The district ends then, and its wards are split.
pub const SPLIT: DateTime = date(2025, 7, 1).at(0, 0, 0, 0);
/// Days to supply of a dossier that waits through both reorganisations.
const SUPPLY_DAYS_OVER_BOTH: u16 = 210;
/// Days to supply of somebody who is away all summer.
const SUPPLY_DAYS_OF_ONE_AWAY: u16 = 60;
/// Dossiers of a month after the quarter.
const A_MONTH: u32 = 240;
/// Dossiers filed in the second half of June that the second reorganisation finds open, beside what it finds of the month's.
const OPEN_ON_THE_EVE: u32 = 40;
/// Dossiers filed late in July that are open when it ends, beside what is of the month's.
const OPEN_AT_THE_END: u32 = 60;
/// The first day after the longest demo.
const AFTER_ALL: DateTime = date(2025, 8, 1).at(0, 0, 0, 0);
/// Of those of June, dossiers in the wards of quận Ngô Quyền.
const OF_NEIGHBOURS: u32 = 6;

/// A throw of the dice for each detour.
const ONE_OF_EACH: [i64; 7] = [1, 11, 19, 22, 26, 28, 40];

const GRANTED: Course = Course::Resolved(Outcome::Granted);

/// A stretch of the demo in which the units stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chapter {
    /// Fifteen wards, until the end of 2024.
    December,
    /// Seven wards: the quarter of the figures.
    Quarter,
    /// The same seven, until the end of June.
    Spring,
    /// Two wards, and no district.
    July,
}

impl Chapter {
    /// Its first day.
    pub const fn begins_on(self) -> Date {
        match self {
            Self::December => BEGIN,
            Self::Quarter => FROM,
            Self::Spring => date(2025, 4, 1),
            Self::July => date(2025, 7, 1),
        }
    }
}

/// Which of the form's cells a dossier is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Received and resolved in December.
    December,
    /// Received in December, resolved in the quarter.
    Carried,
    /// Received in December, open.
    CarriedOpen,
    /// Received and resolved in the quarter.
    Quarter,
    /// Received in the quarter, open, at such a place.
    Open(At),
    /// Received in the quarter, open, late.
    OpenLate,
    /// In no cell of the form.
    Aside,
    /// The same, in December.
    AsideInDecember,
    /// Filed in the month of that first day.
    Month(Date),
    /// Received before the second reorganisation and resolved after it.
    Crossing,
    /// Received late in July and open when it ends.
    OpenAtTheEnd,
}

/// Where an open dossier stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Received,
    Working,
    Consulting,
    Citizen,
    Sign,
    Issue,
    Supplement,
    Payment,
}

/// Whose a dossier is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody's of the district.
    Anybody,
    /// The citizen's whom guided walks are written for.
    Guided,
    /// Somebody's whose address names no group and no street.
    Unsaid,
    /// Somebody's in a ward of quận Ngô Quyền: the first, the second, … one after the other.
    Neighbour(usize),
}

/// One dossier as it is wished.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    pub cell: Cell,
    pub channel: Channel,
    pub course: Course,
    pub detour: Detour,
    pub reply: Reply,
    pub pace: Pace,
    pub who: Who,
}

impl Wish {
    const fn new(cell: Cell, channel: Channel, course: Course) -> Self {
        let (detour, reply, pace) = (Detour::Straight, Reply::Soon, Pace::Any);
        Self { cell, channel, course, detour, reply, pace, who: Who::Anybody }
    }

    /// The first day it may be filed, and how many more there are.
    pub fn filed_within(&self) -> (Date, i64) {
        match (self.cell, self.course) {
            (Cell::December, _) => (BEGIN, 27),
            (Cell::Carried, _) => (date(2024, 12, 9), 22),
            (Cell::CarriedOpen, _) => (date(2024, 12, 16), 14),
            (Cell::AsideInDecember, _) => (date(2024, 12, 5), 24),
            (Cell::Quarter, _) => (FROM, 87),
            (Cell::Open(At::Received | At::Sign | At::Issue | At::Citizen), _) => (date(2025, 3, 25), 3),
            (Cell::OpenLate, _) => (date(2025, 3, 20), 6),
            (Cell::Open(_), _) => (date(2025, 3, 3), 25),
            (Cell::Aside, Course::New) => (date(2025, 3, 28), 2),
            (Cell::Aside, Course::AskedAtIntake) => (date(2025, 3, 10), 18),
            (Cell::Aside, _) => (FROM, 63),
            (Cell::Month(first), _) => (first, i64::from(first.days_in_month()) - 1),
            (Cell::Crossing, _) => (date(2025, 6, 16), 14),
            (Cell::OpenAtTheEnd, _) => (date(2025, 7, 21), 8),
        }
    }
}

/// Everything that is wished of a chapter, cell by cell.
pub fn wishes(chapter: Chapter, figures: &Figures, dice: &mut Dice) -> Vec<Wish> {
    match chapter {
        Chapter::December => of_december(figures, dice),
        Chapter::Quarter => of_the_quarter(figures, dice),
        Chapter::Spring => of_spring(figures, dice),
        Chapter::July => of_july(figures, dice),
    }
}

/// Before the wards merged: some are resolved by then, some live on in the new wards, some are open through both reorganisations.
fn of_december(figures: &Figures, dice: &mut Dice) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for place in 0..figures.december {
        let channel = if place % 12 == 0 { Channel::Counter } else { Channel::Online };
        wishes.push(Wish { who: guided(place == 1), ..Wish::new(Cell::December, channel, GRANTED) });
    }
    for place in 0..figures.carried_online + figures.carried_direct {
        let channel = if place < figures.carried_online { Channel::Online } else { Channel::Counter };
        let wish = Wish::new(Cell::Carried, channel, GRANTED);
        wishes.push(Wish { pace: Pace::Slow, who: guided(place == 0), ..wish });
    }
    for place in 0..figures.carried_open {
        let wish = Wish::new(Cell::CarriedOpen, Channel::Online, GRANTED);
        let reply = Reply::At(some_morning(date(2025, 7, 2), dice), Some(SUPPLY_DAYS_OVER_BOTH));
        wishes.push(Wish { pace: Pace::Slow, detour: Detour::Supplement, reply, who: guided(place == 0), ..wish });
    }
    for (course, whole) in [(Course::NotAccepted, 8), (Course::WithdrawnNew, 3)] {
        wishes.extend((0..figures.part(whole)).map(|_| Wish::new(Cell::AsideInDecember, Channel::Online, course)));
    }
    wishes
}

fn of_the_quarter(figures: &Figures, dice: &mut Dice) -> Vec<Wish> {
    let mut wishes = Vec::new();
    let online = figures.resolved_online - figures.carried_online;
    let direct = figures.resolved - figures.resolved_online - figures.carried_direct;
    let late_direct = u32::from(figures.late > 1);
    let part = |whole| figures.part(whole);
    quarter(
        &mut wishes,
        Channel::Online,
        online,
        [part(28), part(10), part(7), part(42), figures.late - late_direct],
        dice,
    );
    quarter(&mut wishes, Channel::Counter, direct, [part(5), 0, 0, part(4), late_direct], dice);
    open(&mut wishes, figures, dice);
    aside(&mut wishes, figures, dice);
    wishes
}

/// From April to the eve of the second reorganisation, with what is open that night: on ground a rule knows, on ground none
/// does, and in the wards of the neighbours that gave a part.
fn of_spring(figures: &Figures, dice: &mut Dice) -> Vec<Wish> {
    let mut wishes = months(&[date(2025, 4, 1), date(2025, 5, 1), date(2025, 6, 1)], figures, dice);
    let crossing = Wish { pace: Pace::Slow, ..Wish::new(Cell::Crossing, Channel::Online, GRANTED) };
    for place in 0..figures.part(OPEN_ON_THE_EVE) {
        let detour = if place % 6 == 5 { Detour::Supplement } else { Detour::Straight };
        wishes.push(Wish { detour, ..crossing });
    }
    // Of two of whom no rule says where they belong, one goes its way and one still waits for papers when the demo ends.
    let unsaid = Wish { who: Who::Unsaid, ..crossing };
    let in_august = Reply::At(some_morning(date(2025, 8, 5), dice), Some(SUPPLY_DAYS_OF_ONE_AWAY));
    wishes.extend([unsaid, Wish { detour: Detour::Supplement, reply: in_august, ..unsaid }]);
    let neighbours = usize::try_from(figures.part(OF_NEIGHBOURS)).unwrap_or(0).max(2);
    wishes.extend((0..neighbours).map(|nth| Wish { who: Who::Neighbour(nth), ..crossing }));
    wishes
}

/// The two new wards' first month, with work on their desks when it ends.
fn of_july(figures: &Figures, dice: &mut Dice) -> Vec<Wish> {
    let mut wishes = months(&[date(2025, 7, 1)], figures, dice);
    for place in 0..figures.part(OPEN_AT_THE_END) {
        let wish = Wish::new(Cell::OpenAtTheEnd, Channel::Online, GRANTED);
        wishes.push(Wish { pace: Pace::Slow, who: guided(place == 0), ..wish });
    }
    wishes
}

/// What comes in whole months.
fn months(first_days: &[Date], figures: &Figures, dice: &mut Dice) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for first in first_days {
        for place in 0..figures.part(A_MONTH) {
            let channel = if place % 13 == 6 { Channel::Counter } else { Channel::Online };
            let course = match (channel, dice.between(1, 60)) {
                (Channel::Online, 1) => Course::NotAccepted,
                (_, 2) => Course::Withdrawn,
                (_, 3) => Course::Resolved(Outcome::Declined),
                _ => GRANTED,
            };
            let (detour, pace) = match (course, dice.between(1, 20)) {
                (GRANTED, 1) if channel == Channel::Online => (Detour::IntakeSupplement, Pace::Any),
                (GRANTED, 2) => (Detour::Supplement, Pace::Slow),
                (GRANTED, 3) => (Detour::Assign, Pace::Any),
                (Course::Withdrawn, _) => (Detour::Straight, Pace::Slow),
                _ => (Detour::Straight, Pace::Any),
            };
            wishes.push(Wish { detour, pace, ..Wish::new(Cell::Month(*first), channel, course) });
        }
    }
    wishes
}

/// Some moment of a working morning within three days.
fn some_morning(first: Date, dice: &mut Dice) -> DateTime {
    let day = first.saturating_add(dice.between(0, 2).days());
    day.at(0, 0, 0, 0).saturating_add(dice.between(8 * 60, 11 * 60).minutes())
}

const fn guided(is_guided: bool) -> Who {
    if is_guided { Who::Guided } else { Who::Anybody }
}

/// Dossiers received and resolved in the quarter: so many withdrawn, stopped, lapsed, declined and late; the rest granted.
fn quarter(wishes: &mut Vec<Wish>, channel: Channel, count: u32, special: [u32; 5], dice: &mut Dice) {
    let declined = Course::Resolved(Outcome::Declined);
    let courses = [Course::Withdrawn, Course::Discontinued, Course::Lapsed, declined, Course::Late];
    let mut left = count;
    for (course, wanted) in courses.into_iter().zip(special) {
        let these = wanted.min(left);
        left -= these;
        for _ in 0..these {
            let pace = match course {
                Course::Late => Pace::ThreeDays,
                _ => Pace::Slow,
            };
            wishes.push(Wish { pace, ..Wish::new(Cell::Quarter, channel, course) });
        }
    }
    for place in 0..left {
        let channel = if channel == Channel::Counter && place % 9 == 4 { Channel::Post } else { channel };
        let wish = Wish::new(Cell::Quarter, channel, GRANTED);
        // Among the first ones there is one of each, however small the world.
        let of_each =
            usize::try_from(place).ok().and_then(|it| it.checked_sub(2)).and_then(|it| ONE_OF_EACH.get(it).copied());
        let thrown = match of_each {
            Some(certain) if channel == Channel::Online => certain,
            _ => dice.between(1, 200),
        };
        let (detour, pace) = match thrown {
            1..=10 if channel == Channel::Online => (Detour::IntakeSupplement, Pace::Any),
            11..=18 => (Detour::Supplement, Pace::Slow),
            19..=21 if channel == Channel::Online => (Detour::Duty, Pace::WithDuty),
            22..=25 => (Detour::SendBack, Pace::Any),
            26..=27 => (Detour::Recall, Pace::Any),
            28..=39 => (Detour::Assign, Pace::Any),
            40 => (Detour::Apology, Pace::Slow),
            _ => (Detour::Straight, Pace::Any),
        };
        wishes.push(Wish { detour, pace, who: guided(channel == Channel::Online && place < 2), ..wish });
    }
}

/// Dossiers received in the quarter and open at its end, in every place where one can lie.
fn open(wishes: &mut Vec<Wish>, figures: &Figures, dice: &mut Dice) {
    let places = [
        (At::Received, 14, Pace::Any),
        (At::Working, 130, Pace::Slow),
        (At::Consulting, 16, Pace::Slow),
        (At::Citizen, 8, Pace::Any),
        (At::Sign, 20, Pace::Any),
        (At::Issue, 8, Pace::Any),
        (At::Supplement, 34, Pace::Slow),
        (At::Payment, 10, Pace::WithDuty),
    ];
    for (at, whole, pace) in places {
        for place in 0..figures.part(whole) {
            let channel = if matches!(at, At::Working) && place % 11 == 5 { Channel::Counter } else { Channel::Online };
            let detour = match at {
                At::Supplement => Detour::Supplement,
                At::Payment => Detour::Duty,
                At::Received | At::Working | At::Consulting | At::Citizen | At::Sign | At::Issue => Detour::Straight,
            };
            let who = guided(place == 0 && matches!(at, At::Supplement | At::Working | At::Citizen));
            let reply = match at {
                At::Supplement if place % 7 == 3 => Reply::Never,
                At::Supplement | At::Payment => Reply::At(some_morning(date(2025, 4, 1), dice), None),
                At::Received | At::Working | At::Consulting | At::Citizen | At::Sign | At::Issue => Reply::Soon,
            };
            wishes.push(Wish { detour, reply, pace, who, ..Wish::new(Cell::Open(at), channel, GRANTED) });
        }
    }
    for place in 0..figures.open_late {
        // One is the guided citizen's: the apology and the new date can be read by whoever tries the demo.
        let who = guided(place == 0);
        wishes.push(Wish { pace: Pace::ThreeDays, who, ..Wish::new(Cell::OpenLate, Channel::Online, Course::Late) });
    }
}

/// Applications that never came into the books.
fn aside(wishes: &mut Vec<Wish>, figures: &Figures, dice: &mut Dice) {
    let courses = [
        (Course::New, 36),
        (Course::NotAccepted, 50),
        (Course::WithdrawnNew, 11),
        (Course::LapsedAtIntake, 6),
        (Course::AskedAtIntake, 9),
    ];
    for (course, whole) in courses {
        for _ in 0..figures.part(whole) {
            let reply = match course {
                Course::AskedAtIntake => Reply::At(some_morning(date(2025, 4, 1), dice), None),
                _ => Reply::Soon,
            };
            wishes.push(Wish { reply, ..Wish::new(Cell::Aside, Channel::Online, course) });
        }
    }
}

/// Whether a case is one for its cell.
pub fn fits(wish: &Wish, it: &Planned) -> bool {
    let script = &it.script;
    let lived: Vec<&Act> = script.acts.iter().filter(|act| act.at <= END).collect();
    let received = script.received.filter(|at| *at <= END).map(|at| at.date());
    let finished = script.finished.filter(|at| *at <= END).map(|at| at.date());
    let in_quarter = received.is_some_and(|on| on >= FROM);
    let is_late = script.finished.zip(script.due).is_some_and(|(at, due)| at.date() > due.date());
    let last = lived.last().map(|act| &act.deed);
    let is_wards = it.case.revision.procedure.tab.as_str() == "ward";
    // The guided citizen has old receipts of a ward that is another one since.
    let is_told_by = wish.who != Who::Guided || is_wards;
    match wish.cell {
        Cell::December => is_told_by && received.is_some() && finished.is_some_and(|on| on < FROM),
        Cell::Carried => is_told_by && received.is_some_and(|on| on < FROM) && finished.is_some_and(|on| on >= FROM),
        Cell::CarriedOpen => {
            // A ward's: those of the district have nobody new before its end.
            let is_wards = it.case.revision.procedure.tab.as_str() == "ward";
            is_wards && received.is_some_and(|on| on < FROM) && finished.is_none() && matches!(last, Some(Deed::Ask(_)))
        }
        Cell::Quarter => {
            in_quarter
                && finished.is_some()
                && (wish.course != Course::Late || is_late)
                && (wish.detour != Detour::Apology || lived.iter().any(|act| matches!(act.deed, Deed::Apologise(_))))
        }
        Cell::OpenLate => {
            in_quarter
                && finished.is_none()
                && script.due.is_some_and(|due| due.date() < LAST_DAY)
                && matches!(last, Some(Deed::Apologise(_)))
        }
        Cell::Open(at) => {
            let asked_late = lived.last().is_some_and(|act| act.at.date() >= ASKED_FROM);
            let waits = matches!(at, At::Supplement | At::Payment);
            let in_time = waits || script.due.is_some_and(|due| due.date() >= LAST_DAY) && !is_late;
            in_quarter && in_time && asked_late && stands_at(it, &lived) == Some(at) && finished.is_none()
        }
        Cell::Aside | Cell::AsideInDecember => match wish.course {
            Course::New => it.case.filed >= UNANSWERED_FROM && lived.len() == 1,
            Course::AskedAtIntake => matches!(last, Some(Deed::Ask(_))),
            _ => lived.len() >= 2 && finished.is_some() || wish.course == Course::NotAccepted && lived.len() == 2,
        },
        Cell::Month(..) => script.acts.len() >= 2,
        Cell::Crossing => script.received.is_some_and(|at| at < SPLIT) && script.finished.is_some_and(|at| at >= SPLIT),
        Cell::OpenAtTheEnd => {
            script.received.is_some_and(|at| at < AFTER_ALL) && script.finished.is_none_or(|at| at >= AFTER_ALL)
        }
    }
}

/// Where a dossier stands once these acts of its were done.
fn stands_at(it: &Planned, lived: &[&Act]) -> Option<At> {
    let last = lived.last()?;
    let step_after = |forwards: usize| {
        let path = it.case.revision.steps.iter().filter(|step| {
            step.kind != StepKind::Receive && step.only_channel.is_none_or(|only| only == it.case.channel)
        });
        path.map(|step| step.kind).nth(forwards)
    };
    let forwards = lived.iter().filter(|act| matches!(act.deed, Deed::Forward(_) | Deed::Confirm)).count();
    match &last.deed {
        Deed::Accept => Some(At::Received),
        Deed::Submit(..) => Some(At::Sign),
        Deed::Sign => Some(At::Issue),
        Deed::Ask(_) => Some(At::Supplement),
        Deed::NotifyDuty => Some(At::Payment),
        Deed::Forward(_) | Deed::Confirm => match step_after(forwards) {
            Some(StepKind::Citizen) => Some(At::Citizen),
            Some(StepKind::Consult) => Some(At::Consulting),
            _ => Some(At::Working),
        },
        Deed::TakeOn | Deed::Assign(_) | Deed::Supply | Deed::PayDuty | Deed::SendBack(_) => Some(At::Working),
        Deed::File
        | Deed::Refuse
        | Deed::Lapse
        | Deed::Recall
        | Deed::Issue
        | Deed::Deliver
        | Deed::Pay
        | Deed::Apologise(_)
        | Deed::Withdraw
        | Deed::Discontinue => None,
    }
}
