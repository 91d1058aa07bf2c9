//! The plan of the demo: which dossiers there are and how each one goes, so that the figures are met by construction.

use super::dice::Dice;
use super::figures::{FROM, Figures};
use super::people::Citizen;
use super::popular::{Pace, Popular};
use super::script::{Author, Case, Course, Deed, Detour, Reply, Script};
use super::staff::Roster;
use super::team::Team;
use crate::ended::Stop;
use app::house::Snapshot;
use domain::calendar::WorkingClock;
use domain::dossier::Outcome;
use domain::ids::UnitId;
use domain::procedure::{Channel, Quantities, StepKind, estimate};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};

/// The demo is lived until then; staff have gone home on the Friday before.
pub const END: DateTime = date(2025, 3, 30).at(23, 0, 0, 0);
/// The first day of the demo.
pub const BEGIN: Date = date(2024, 12, 2);
/// Papers asked for from this day on are not overdue when the demo is opened.
const ASKED_FROM: Date = date(2025, 3, 5);
/// The form counts an open dossier as late when it was due before this day.
const LAST_DAY: Date = date(2025, 3, 31);
/// So often a case is thought up anew until it fits what is wished.
const TRIES_MAX: u32 = 20_000;
/// Of a hundred online applications, so many come with a code of the national portal.
const FOREIGN_PERCENT: i64 = 15;

/// One dossier that will be lived.
#[derive(Clone, Debug)]
pub struct Planned {
    /// What it is.
    pub case: Case,
    /// How it goes.
    pub script: Script,
    /// Whose it is, by place.
    pub citizen: usize,
    /// The desk that takes it.
    pub unit: UnitId,
    /// True where the national portal gave its code.
    pub is_foreign: bool,
}

/// Which of the form's cells a dossier is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
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
}

/// Where an open dossier stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Received,
    Working,
    Consulting,
    Citizen,
    Sign,
    Issue,
    Supplement,
    Payment,
}

#[derive(Clone, Copy, Debug)]
struct Wish {
    cell: Cell,
    channel: Channel,
    course: Course,
    detour: Detour,
    reply: Reply,
    pace: Pace,
    is_guided: bool,
}

impl Wish {
    const fn new(cell: Cell, channel: Channel, course: Course) -> Self {
        Self { cell, channel, course, detour: Detour::Straight, reply: Reply::Soon, pace: Pace::Any, is_guided: false }
    }
}

/// Everything a plan is made of.
pub struct Planner<'a> {
    /// The house's units and catalogue.
    pub known: &'a Snapshot,
    /// When the office works.
    pub clock: WorkingClock<'a>,
    /// Who works there.
    pub roster: &'a Roster,
    /// Who comes.
    pub citizens: &'a [Citizen],
    /// What they come for.
    pub popular: Popular,
    /// The district, where a procedure is not a ward's.
    pub district: UnitId,
}

impl Planner<'_> {
    /// The plan of all dossiers, in the order of their filing.
    ///
    /// # Errors
    /// A wish that nothing in the catalogue can fulfil.
    pub fn plan(&self, figures: &Figures, dice: &mut Dice) -> Result<Vec<Planned>, Stop> {
        let wishes = wishes(figures, dice);
        let mut planned = Vec::with_capacity(wishes.len());
        for wish in &wishes {
            planned.push(self.fulfil(wish, dice)?);
        }
        planned.sort_by_key(|it| it.case.filed);
        Ok(planned)
    }

    fn fulfil(&self, wish: &Wish, dice: &mut Dice) -> Result<Planned, Stop> {
        for _ in 0..TRIES_MAX {
            let Some(mut planned) = self.thought_up(wish, dice)? else { continue };
            planned.script.acts.retain(|it| it.at <= END);
            if fits(wish, &planned) {
                return Ok(planned);
            }
        }
        Err(anyhow::anyhow!("the demo cannot think up {wish:?}").into())
    }

    fn thought_up(&self, wish: &Wish, dice: &mut Dice) -> Result<Option<Planned>, Stop> {
        let Some(revision) = self.popular.one(wish.channel, wish.pace, dice) else { return Ok(None) };
        let is_foreign = wish.channel == Channel::Online && !wish.is_guided && dice.percent(FOREIGN_PERCENT);
        let citizen = if wish.is_guided { 0 } else { 1 + dice.place(self.citizens.len().saturating_sub(1)) };
        let Some(who) = self.citizens.get(citizen) else { return Ok(None) };
        if wish.channel == Channel::Online && !is_foreign && !who.has_account {
            return Ok(None);
        }
        let unit = if revision.procedure.tab.as_str() == "ward" { who.home } else { self.district };
        let filed = self.filed(wish, dice)?;
        let case = Case {
            fee_vnd: estimate(&revision.fees, &Quantities::default()).total_vnd,
            revision,
            channel: wish.channel,
            filed,
            course: wish.course,
            detour: wish.detour,
            reply: wish.reply,
            pace: if wish.course == Course::Late { 700 } else { dice.between(280, 960) },
            collected_after: collected_after(dice),
        };
        let team = Team::of(self.known, self.roster, unit, &case.revision, who.person.id, filed, dice)?;
        let script = Author { clock: self.clock }.write(&case, &team, dice)?;
        Ok(Some(Planned { case, script, citizen, unit, is_foreign }))
    }

    /// A moment for a filing: online at any hour, at a desk while it is open.
    fn filed(&self, wish: &Wish, dice: &mut Dice) -> Result<DateTime, Stop> {
        let (from, days) = match (wish.cell, wish.course) {
            (Cell::December, _) => (BEGIN, 27),
            (Cell::Carried, _) => (date(2024, 12, 9), 22),
            (Cell::CarriedOpen, _) => (date(2024, 12, 16), 14),
            (Cell::Quarter, _) => (FROM, 87),
            (Cell::Open(At::Received | At::Sign | At::Issue | At::Citizen), _) => (date(2025, 3, 25), 3),
            (Cell::OpenLate, _) => (date(2025, 3, 20), 6),
            (Cell::Open(_), _) => (date(2025, 3, 3), 25),
            (Cell::Aside, Course::New) => (date(2025, 3, 28), 2),
            (Cell::Aside, Course::AskedAtIntake) => (date(2025, 3, 10), 18),
            (Cell::Aside, _) => (date(2024, 12, 5), 90),
        };
        let day = from.saturating_add(dice.between(0, days).days());
        if wish.channel != Channel::Online {
            let opening = self.clock.normalise(day.at(0, 0, 0, 0))?;
            let at = self.clock.add_minutes(opening, dice.between(1, 470))?;
            return Ok(at.saturating_add(dice.between(0, 40).seconds()).min(END));
        }
        let minute = match dice.between(1, 10) {
            1..=6 => dice.between(7 * 60, 17 * 60),
            7..=9 => dice.between(17 * 60, 22 * 60),
            _ => dice.between(5 * 60, 23 * 60),
        };
        Ok(day.at(0, 0, 0, 0).saturating_add(minute.minutes()).saturating_add(dice.between(0, 59).seconds()))
    }
}

fn collected_after(dice: &mut Dice) -> i64 {
    match dice.between(1, 10) {
        1..=5 => dice.between(3, 90),
        6..=8 => dice.between(90, 960),
        9 => dice.between(960, 2_400),
        _ => dice.between(2_400, 9_600),
    }
}

/// Whether a case is one for its cell.
fn fits(wish: &Wish, it: &Planned) -> bool {
    let script = &it.script;
    let received = script.received.filter(|at| *at <= END).map(|at| at.date());
    let finished = script.finished.filter(|at| *at <= END).map(|at| at.date());
    let in_quarter = received.is_some_and(|on| on >= FROM);
    let is_late = script.finished.zip(script.due).is_some_and(|(at, due)| at.date() > due.date());
    let last = script.acts.last().map(|act| &act.deed);
    let kept = script.acts.len();
    match wish.cell {
        Cell::December => received.is_some() && finished.is_some_and(|on| on < FROM),
        Cell::Carried => received.is_some_and(|on| on < FROM) && finished.is_some_and(|on| on >= FROM),
        Cell::CarriedOpen => {
            received.is_some_and(|on| on < FROM) && finished.is_none() && matches!(last, Some(Deed::Ask(_)))
        }
        Cell::Quarter => {
            in_quarter
                && finished.is_some()
                && (wish.course != Course::Late || is_late)
                && (wish.detour != Detour::Apology
                    || script.acts.iter().any(|act| matches!(act.deed, Deed::Apologise(_))))
        }
        Cell::OpenLate => {
            in_quarter
                && finished.is_none()
                && script.due.is_some_and(|due| due.date() < LAST_DAY)
                && matches!(last, Some(Deed::Apologise(_)))
        }
        Cell::Open(at) => {
            let asked_late = script.acts.last().is_some_and(|act| act.at.date() >= ASKED_FROM);
            let waits = matches!(at, At::Supplement | At::Payment);
            let in_time = waits || script.due.is_some_and(|due| due.date() >= LAST_DAY);
            let stands = stands_at(it, kept);
            in_quarter && in_time && asked_late && stands == Some(at) && finished.is_none()
        }
        Cell::Aside => match wish.course {
            Course::New => it.case.filed.date() >= date(2025, 3, 28) && it.case.filed.time().hour() >= 12,
            Course::AskedAtIntake => matches!(last, Some(Deed::Ask(_))),
            _ => script.acts.len() >= 2 && finished.is_some() || wish.course == Course::NotAccepted && kept == 2,
        },
    }
}

/// Where a dossier stands once its last act was done.
fn stands_at(it: &Planned, kept: usize) -> Option<At> {
    let last = it.script.acts.get(kept.checked_sub(1)?)?;
    let step_after = |forwards: usize| {
        let path = it.case.revision.steps.iter().filter(|step| {
            step.kind != StepKind::Receive && step.only_channel.is_none_or(|only| only == it.case.channel)
        });
        path.map(|step| step.kind).nth(forwards)
    };
    let forwards = it.script.acts.iter().filter(|act| matches!(act.deed, Deed::Forward(_) | Deed::Confirm)).count();
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

/// Everything that is wished, cell by cell.
fn wishes(figures: &Figures, dice: &mut Dice) -> Vec<Wish> {
    let granted = Course::Resolved(Outcome::Granted);
    let mut wishes = Vec::new();
    for place in 0..figures.december {
        let channel = if place % 12 == 0 { Channel::Counter } else { Channel::Online };
        wishes.push(Wish::new(Cell::December, channel, granted));
    }
    for place in 0..figures.carried_online + figures.carried_direct {
        let channel = if place < figures.carried_online { Channel::Online } else { Channel::Counter };
        wishes.push(Wish { pace: Pace::Slow, ..Wish::new(Cell::Carried, channel, granted) });
    }
    for _ in 0..figures.carried_open {
        let wish = Wish::new(Cell::CarriedOpen, Channel::Online, granted);
        wishes.push(Wish { pace: Pace::Slow, detour: Detour::Supplement, reply: Reply::NotYet(Some(180)), ..wish });
    }
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
    open(&mut wishes, figures);
    aside(&mut wishes, figures);
    wishes
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
        let wish = Wish::new(Cell::Quarter, channel, Course::Resolved(Outcome::Granted));
        let (detour, pace) = match dice.between(1, 200) {
            1..=10 if channel == Channel::Online => (Detour::IntakeSupplement, Pace::Any),
            11..=18 => (Detour::Supplement, Pace::Slow),
            19..=21 if channel == Channel::Online => (Detour::Duty, Pace::WithDuty),
            22..=25 => (Detour::SendBack, Pace::Any),
            26..=27 => (Detour::Recall, Pace::Any),
            28..=39 => (Detour::Assign, Pace::Any),
            40 => (Detour::Apology, Pace::Slow),
            _ => (Detour::Straight, Pace::Any),
        };
        wishes.push(Wish { detour, pace, is_guided: channel == Channel::Online && place < 2, ..wish });
    }
}

/// Dossiers received in the quarter and open at its end, in every place where one can lie.
fn open(wishes: &mut Vec<Wish>, figures: &Figures) {
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
            let waits = matches!(at, At::Supplement | At::Payment);
            let is_guided = place == 0 && matches!(at, At::Supplement | At::Working | At::Citizen);
            let wish = Wish::new(Cell::Open(at), channel, Course::Resolved(Outcome::Granted));
            let reply = if waits { Reply::NotYet(None) } else { Reply::Soon };
            wishes.push(Wish { detour, reply, pace, is_guided, ..wish });
        }
    }
    for _ in 0..figures.open_late {
        wishes.push(Wish { pace: Pace::ThreeDays, ..Wish::new(Cell::OpenLate, Channel::Online, Course::Late) });
    }
}

/// Applications that never came into the books.
fn aside(wishes: &mut Vec<Wish>, figures: &Figures) {
    let courses = [
        (Course::New, 36),
        (Course::NotAccepted, 58),
        (Course::WithdrawnNew, 14),
        (Course::LapsedAtIntake, 6),
        (Course::AskedAtIntake, 9),
    ];
    for (course, whole) in courses {
        for _ in 0..figures.part(whole) {
            wishes.push(Wish::new(Cell::Aside, Channel::Online, course));
        }
    }
}
