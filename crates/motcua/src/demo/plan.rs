//! The plan of the demo: which dossiers there are and how each one goes, so that the figures are met by construction.

use super::dice::Dice;
use super::figures::Figures;
use super::people::{Citizen, Citizens};
use super::popular::Popular;
use super::script::{Author, Case, Course, Script};
use super::staff::Roster;
use super::team::Team;
use super::wishes::{Chapter, LAST_DAY, Who, Wish, fits, wishes};
use crate::ended::Stop;
use app::applying::known_of;
use app::house::Snapshot;
use domain::calendar::WorkingClock;
use domain::ids::UnitId;
use domain::procedure::{Answers, Channel, Completeness, ProcedureRevision, RawAnswers, sample_answers, validate};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};

/// The quarter is lived until then; staff have gone home on the Friday before.
pub const END: DateTime = date(2025, 3, 30).at(23, 0, 0, 0);
/// The first day of the demo.
pub const BEGIN: Date = date(2024, 12, 2);
/// Working minutes of a day.
const A_WORKING_DAY_MINUTES: i64 = 480;
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

/// Everything the plan of a chapter is made of.
pub struct Planner<'a> {
    /// The house's units and catalogue, as they stand when the chapter begins.
    pub known: &'a Snapshot,
    /// When the office works.
    pub clock: WorkingClock<'a>,
    /// Who works there.
    pub roster: &'a Roster,
    /// Who comes.
    pub citizens: &'a Citizens,
    /// What they come for.
    pub popular: Popular,
    /// The district, where a procedure is not a ward's; none once it has ended.
    pub district: Option<UnitId>,
}

impl Planner<'_> {
    /// The plan of all dossiers of a chapter, in the order of their filing.
    ///
    /// # Errors
    /// A wish that nothing in the catalogue can fulfil.
    pub fn plan(&self, chapter: Chapter, figures: &Figures, dice: &mut Dice) -> Result<Vec<Planned>, Stop> {
        let wishes = wishes(chapter, figures, dice);
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
            self.spare_the_last_day(&mut planned.script)?;
            if fits(wish, &planned) {
                return Ok(planned);
            }
        }
        Err(anyhow::anyhow!("the demo cannot think up {wish:?}").into())
    }

    /// The quarter ends a day after the demo of it does. What would be decided on that day, and be one more in its figures where
    /// the demo goes on, is done a working day later.
    fn spare_the_last_day(&self, script: &mut Script) -> Result<(), Stop> {
        if script.finished.is_none_or(|at| at.date() != LAST_DAY) {
            return Ok(());
        }
        let acts = script.acts.iter_mut().map(|act| &mut act.at);
        for at in acts.chain(&mut script.received).chain(&mut script.finished).filter(|at| **at > END) {
            *at = self.clock.add_minutes(*at, A_WORKING_DAY_MINUTES)?;
        }
        Ok(())
    }

    fn thought_up(&self, wish: &Wish, dice: &mut Dice) -> Result<Option<Planned>, Stop> {
        let Some(revision) = self.popular.one(wish.channel, wish.pace, dice) else { return Ok(None) };
        let is_foreign = wish.channel == Channel::Online && wish.who != Who::Guided && dice.percent(FOREIGN_PERCENT);
        let citizen = self.citizens.place(wish.who, dice);
        let Some(who) = self.citizens.all.get(citizen) else { return Ok(None) };
        if wish.channel == Channel::Online && !is_foreign && !who.has_account {
            return Ok(None);
        }
        let is_wards = revision.procedure.tab.as_str() == "ward";
        let Some(unit) = (if is_wards { Some(who.home) } else { self.district }) else { return Ok(None) };
        if !is_wards && matches!(wish.who, Who::Unsaid | Who::Neighbour(_)) {
            return Ok(None);
        }
        let filed = self.filed(wish, dice)?;
        let answers = answers(&revision, who, filed.date(), seed_of(filed, citizen));
        let case = Case {
            fee_vnd: revision.fee_of(&answers).total_vnd,
            answers,
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
        let (from, days) = wish.filed_within();
        let day = from.saturating_add(dice.between(0, days).days());
        if wish.channel != Channel::Online {
            let opening = self.clock.normalise(day.at(0, 0, 0, 0))?;
            let at = self.clock.add_minutes(opening, dice.between(1, 470))?;
            return Ok(at.saturating_add(dice.between(0, 40).seconds()));
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

/// Another number for every filing; it takes nothing from the dice.
fn seed_of(filed: DateTime, citizen: usize) -> u64 {
    let second = u64::from(filed.hour().unsigned_abs()) * 3600
        + u64::from(filed.minute().unsigned_abs()) * 60
        + u64::from(filed.second().unsigned_abs());
    u64::from(filed.day_of_year().unsigned_abs()) * 86_400 + second + ((citizen as u64) << 32)
}

/// A form filled in with invented answers, and with the citizen's own name where it asks for the applicant's.
fn answers(revision: &ProcedureRevision, citizen: &Citizen, today: Date, seed: u64) -> Answers {
    let Some(form) = revision.forms.first() else { return Answers::default() };
    let mut raw = sample_answers(form, today, seed);
    // The invented answers name somebody: what is known of the citizen takes their place.
    raw.extend(known_of(revision, &citizen.party(), &RawAnswers::new()));
    validate(form, &raw, today, Completeness::Complete).0
}
