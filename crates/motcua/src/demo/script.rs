//! The life of one dossier, written before it is lived: who does what, and when, so that the due date is kept (or not, on purpose).

use super::dice::Dice;
use super::story::{Beat, Story, Wait, intake};
use super::team::Team;
use crate::ended::Stop;
use app::actor::Actor;
use domain::calendar::Term;
use domain::calendar::WorkingClock;
use domain::dossier::Outcome;
use domain::ids::PersonId;
use domain::procedure::{Answers, Channel, ProcedureRevision};
use jiff::ToSpan;
use jiff::civil::DateTime;
use std::sync::Arc;

/// So much of a term is left untouched at least, in working minutes.
const MARGIN_MINUTES: i64 = 12;
/// Minutes an act takes at least.
const ACT_MINUTES_MIN: i64 = 2;
/// Working minutes a promised new date lies after the old one.
const NEW_DATE_MINUTES: i64 = 1_440;

/// One act of a dossier's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It is sent, or handed in.
    File,
    /// The desk takes it.
    Accept,
    /// The desk does not.
    Refuse,
    /// The citizen is asked for papers, within the usual days or these.
    Ask(Option<u16>),
    /// The citizen supplies.
    Supply,
    /// The time to supply passed.
    Lapse,
    /// An officer takes it on.
    TakeOn,
    /// A leader names an officer.
    Assign(PersonId),
    /// It goes to the next step.
    Forward(Option<PersonId>),
    /// The citizen confirms.
    Confirm,
    /// The draft goes up.
    Submit(PersonId, Outcome),
    /// It comes back to a step.
    SendBack(u16),
    /// The officer takes the draft back.
    Recall,
    /// A leader signs.
    Sign,
    /// The clerk issues.
    Issue,
    /// The desk hands over.
    Deliver,
    /// The fee is paid.
    Pay,
    /// A duty is asked for.
    NotifyDuty,
    /// The duty is paid.
    PayDuty,
    /// A leader apologises and gives this date.
    Apologise(DateTime),
    /// The citizen takes it back.
    Withdraw,
    /// The office stops it.
    Discontinue,
}

/// An act with its moment and who does it.
#[derive(Clone, Debug)]
pub struct Act {
    /// Local time.
    pub at: DateTime,
    /// Who.
    pub by: Actor,
    /// What.
    pub deed: Deed,
}

/// How a dossier ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// With a decision.
    Resolved(Outcome),
    /// With a decision after its due date: a leader was away.
    Late,
    /// The citizen takes it back after it was received.
    Withdrawn,
    /// The office stops it.
    Discontinued,
    /// Papers asked for during appraisal never came.
    Lapsed,
    /// The desk does not take it.
    NotAccepted,
    /// Taken back before the desk answered.
    WithdrawnNew,
    /// Papers asked for by the desk never came.
    LapsedAtIntake,
    /// The desk asked for papers and waits.
    AskedAtIntake,
    /// Nobody has answered yet.
    New,
}

/// What happens on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detour {
    /// Nothing.
    Straight,
    /// The desk asks for papers first.
    IntakeSupplement,
    /// The officer asks for papers.
    Supplement,
    /// A duty has to be paid.
    Duty,
    /// The leader sends the draft back once.
    SendBack,
    /// The officer takes the draft back once.
    Recall,
    /// A leader names the officer.
    Assign,
    /// An apology that turns out not to be needed.
    Apology,
}

/// When the citizen answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Within days.
    Soon,
    /// At that time, with so many days to do it where not the usual ones.
    At(DateTime, Option<u16>),
    /// Never: the time to do it passes.
    Never,
}

/// What a script is written from.
#[derive(Clone, Debug)]
pub struct Case {
    /// The procedure.
    pub revision: Arc<ProcedureRevision>,
    /// How it comes.
    pub channel: Channel,
    /// When it is filed.
    pub filed: DateTime,
    /// How it ends.
    pub course: Course,
    /// What happens on the way.
    pub detour: Detour,
    /// When the citizen answers.
    pub reply: Reply,
    /// How much of the term is used, in thousandths.
    pub pace: i64,
    /// The form as it is filled in.
    pub answers: Answers,
    /// Fee, in đồng.
    pub fee_vnd: i64,
    /// Working minutes from the decision to its hand-over.
    pub collected_after: i64,
}

/// The life of one dossier.
#[derive(Clone, Debug)]
pub struct Script {
    /// Its acts, in order.
    pub acts: Vec<Act>,
    /// When it is received.
    pub received: Option<DateTime>,
    /// When it leaves the books.
    pub finished: Option<DateTime>,
    /// When it was due at first.
    pub due: Option<DateTime>,
}

/// Writes scripts.
pub struct Author<'a> {
    /// When the office works.
    pub clock: WorkingClock<'a>,
}

impl Author<'_> {
    /// Writes the life of one dossier.
    ///
    /// # Errors
    /// The clock cannot answer.
    pub fn write(&self, case: &Case, team: &Team, dice: &mut Dice) -> Result<Script, Stop> {
        let by_citizen = case.channel == Channel::Online;
        let by = if by_citizen { Actor::Citizen(team.citizen) } else { Actor::Staff(team.desk) };
        let mut script = Script {
            acts: vec![Act { at: case.filed, by, deed: Deed::File }],
            received: None,
            finished: None,
            due: None,
        };
        let mut at = case.filed;
        if by_citizen {
            let (beats, goes_on) = intake(case, team, dice);
            at = self.play(&mut script, at, beats, 0, dice)?;
            if !goes_on {
                return Ok(script);
            }
        }
        script.received = Some(at);
        let Some(limit) = case.revision.time_limit else { return Ok(script) };
        let due = self.clock.due(at, limit.binding())?.at;
        script.due = Some(due);
        let term = self.clock.elapsed(at, due)?;
        let new_date = self.clock.add_minutes(due, NEW_DATE_MINUTES)?;
        let beats = Story::of(case, team).beats(term, new_date, dice);
        let budget = (term * case.pace / 1_000).min(term - MARGIN_MINUTES);
        self.play(&mut script, at, beats, budget, dice)?;
        Ok(script)
    }

    /// Puts beats on the clock.
    fn play(
        &self,
        script: &mut Script,
        from: DateTime,
        beats: Vec<Beat>,
        budget: i64,
        dice: &mut Dice,
    ) -> Result<DateTime, Stop> {
        let shares: i64 = beats.iter().map(|it| if let Wait::Share(part) = it.wait { part } else { 0 }).sum();
        let mut at = from;
        let mut shown = from;
        for beat in beats {
            let is_staff = matches!(beat.by, Actor::Staff(_));
            at = match beat.wait {
                Wait::Share(part) => {
                    self.clock.add_minutes(at, (budget * part / shares.max(1)).max(ACT_MINUTES_MIN))?
                }
                Wait::Working(minutes) => self.clock.add_minutes(at, minutes)?,
                Wait::Watch(minutes) => {
                    let at = at.saturating_add(minutes.minutes());
                    if is_staff { self.clock.add_minutes(at, ACT_MINUTES_MIN)? } else { at }
                }
                Wait::Until(then) => {
                    let then = then.max(at.saturating_add(1.minutes()));
                    if is_staff { self.clock.add_minutes(then, ACT_MINUTES_MIN)? } else { then }
                }
                Wait::DaysAfter(days) => {
                    // The last day is never a day off, as the rule of the request says.
                    let days = u16::try_from(days).unwrap_or(1);
                    let last = self.clock.due(at, Term::CalendarDays(days))?.at.date();
                    let minute = i8::try_from(dice.between(5, 40)).unwrap_or(10);
                    last.saturating_add(1.day()).at(0, minute, 0, 0)
                }
            };
            shown = self.to_the_second(at, is_staff, dice)?;
            if matches!(beat.deed, Deed::Issue | Deed::Withdraw | Deed::Discontinue | Deed::Lapse) {
                script.finished = Some(shown);
            }
            script.acts.push(Act { at: shown, by: beat.by, deed: beat.deed });
        }
        Ok(shown)
    }

    /// Nobody acts on the stroke of a minute; staff do not act after closing either.
    fn to_the_second(&self, at: DateTime, is_staff: bool, dice: &mut Dice) -> Result<DateTime, Stop> {
        let later = at.saturating_add(dice.between(1, 58).seconds());
        let fits = !is_staff || self.clock.normalise(later)? == later;
        Ok(if fits { later } else { at })
    }
}
