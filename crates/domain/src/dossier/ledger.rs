//! The ledger of minutes: each working minute of a dossier belongs to exactly one holder, and the parts sum to the whole.

use super::holder::Holder;
use super::{Dossier, PauseCause, Status};
use crate::calendar::{ClockRefusal, WorkingClock};
use crate::ids::UnitId;
use crate::organisation::Organisation;
use crate::procedure::StepKind;
use crate::time::Instant;
use jiff::civil::DateTime;

/// One holder's stretch of a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Who.
    pub holder: Holder,
    /// From when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// Working minutes.
    pub minutes: i64,
}

/// A time in which one unit was competent.
pub(super) struct Stretch {
    pub(super) unit: UnitId,
    pub(super) from: Instant,
    pub(super) until: Instant,
    /// True for the unit that is competent now.
    pub(super) is_last: bool,
}

/// What the clock of a dossier shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockView {
    /// The desk must answer.
    Answering {
        /// By when.
        by: Instant,
        /// Working minutes left; negative where it is past.
        minutes_left: i64,
    },
    /// It runs.
    Running {
        /// The date promised.
        promised: Instant,
        /// Working minutes left; none on the day itself once its hour has passed, negative from the day after.
        minutes_left: i64,
    },
    /// It stands still.
    Paused {
        /// Why.
        cause: PauseCause,
        /// Working minutes left once it runs on; none where the dossier is not received yet.
        minutes_left: Option<i64>,
    },
    /// It ended.
    Ended,
}

impl ClockView {
    /// A clock that runs towards a date. Lateness is by the day: on the day itself nothing is late, whatever the hour.
    ///
    /// # Errors
    /// A year without a calendar, where the clock does not project.
    pub fn running(clock: &WorkingClock<'_>, now: Instant, promised: Instant) -> Result<Self, ClockRefusal> {
        Self::running_at(clock, now.local(), promised)
    }

    /// The same by what the clock on the wall shows now.
    ///
    /// # Errors
    /// A year without a calendar, where the clock does not project.
    pub fn running_at(clock: &WorkingClock<'_>, now: DateTime, promised: Instant) -> Result<Self, ClockRefusal> {
        let due = promised.local();
        let minutes_left = clock.elapsed(now, due)?;
        let is_the_day = now.date() == due.date();
        Ok(Self::Running { promised, minutes_left: if is_the_day { minutes_left.max(0) } else { minutes_left } })
    }
}

impl Dossier {
    /// Who held it for how many working minutes, from the filing until `until` or its end. The minutes sum to the working
    /// time between the two: the clock is the one of the unit that is competent now, and minutes from before a reorganisation
    /// are those of the unit that was competent then, by its hours and in the name of who held it.
    ///
    /// # Errors
    /// A year without a calendar, where the clock does not project.
    pub fn shares(
        &self,
        clock: &WorkingClock<'_>,
        organisation: &Organisation,
        until: Instant,
    ) -> Result<Vec<Share>, ClockRefusal> {
        let end = self.finished_at.map_or(until, |it| it.min(until));
        let mut shares: Vec<Share> = Vec::with_capacity(self.holdings.len());
        for (place, holding) in self.holdings.iter().enumerate() {
            let next = self.holdings.get(place + 1).map_or(end, |it| it.since.min(end));
            if holding.since >= end || matches!(holding.holder, Holder::Nobody) {
                break;
            }
            for Stretch { unit, from, until, is_last } in self.competent_between(holding.since, next) {
                let minutes = if is_last {
                    clock.elapsed(from.local(), until.local())?
                } else {
                    let hours = organisation.hours(unit);
                    clock.with_hours(&hours).elapsed(from.local(), until.local())?
                };
                shares.push(Share { holder: holding.holder.clone(), from, until, minutes });
            }
        }
        Ok(shares)
    }

    /// The time between two moments, cut where another unit became competent; at least one stretch, none of them empty save a
    /// single one.
    pub(super) fn competent_between(&self, from: Instant, until: Instant) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = Vec::with_capacity(1);
        for (place, competence) in self.competences.iter().enumerate() {
            let end = self.competences.get(place + 1).map(|next| next.since);
            let begins = if place == 0 { from } else { from.max(competence.since) };
            let ends = end.map_or(until, |end| until.min(end));
            if begins < ends || (stretches.is_empty() && begins == ends && end.is_none_or(|end| end > until)) {
                stretches.push(Stretch { unit: competence.unit, from: begins, until: ends, is_last: end.is_none() });
            }
        }
        stretches
    }

    /// Who was competent before the unit that is now, oldest first, each until the moment another became so.
    pub fn competent_before(&self) -> impl Iterator<Item = (UnitId, Instant)> + '_ {
        self.competences.iter().zip(self.competences.iter().skip(1)).map(|(it, next)| (it.unit, next.since))
    }

    /// What its clock shows at that moment.
    ///
    /// # Errors
    /// A year without a calendar, where the clock does not project.
    pub fn clock_view(&self, clock: &WorkingClock<'_>, now: Instant) -> Result<ClockView, ClockRefusal> {
        if self.finished_at.is_some() || !self.status.is_open() {
            return Ok(ClockView::Ended);
        }
        if let Some(pause) = self.pause {
            let minutes_left = match self.promised_at() {
                Some(due) => Some(minutes_between(clock, pause.since, due)?),
                None => None,
            };
            let confirms = pause.cause == PauseCause::Outside && self.step.kind == StepKind::Citizen;
            let cause = if confirms { PauseCause::Confirmation } else { pause.cause };
            return Ok(ClockView::Paused { cause, minutes_left });
        }
        match (self.status, self.answer_by, self.promised_at()) {
            (Status::New, Some(by), _) => {
                Ok(ClockView::Answering { by, minutes_left: minutes_between(clock, now, by)? })
            }
            (_, _, Some(promised)) => Ok(ClockView::running(clock, now, promised)?),
            (_, _, None) => Ok(ClockView::Ended),
        }
    }
}

/// Working minutes from one moment to another, negative where the second lies before the first.
fn minutes_between(clock: &WorkingClock<'_>, from: Instant, to: Instant) -> Result<i64, ClockRefusal> {
    if from <= to {
        clock.elapsed(from.local(), to.local())
    } else {
        clock.elapsed(to.local(), from.local()).map(|minutes| -minutes)
    }
}
