//! What an event changes. Never fails on a log that [`super::decide`] made, erased bodies included.

use super::event::{Erasable, Event, Recorded};
use super::holder::{Holder, Holding, Owner};
use super::{
    Apology, Competence, Decision, Dossier, DueDate, LastForward, OpenSupplement, Pause, PauseCause, Stage, Status,
    StepAt,
};
use crate::calendar::TimeLimit;
use crate::ids::{DossierId, UnitId};
use crate::organisation::Placement;
use crate::procedure::StepKind;
use crate::time::Instant;

/// A log that no sequence of commands could have written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// The first event is not the filing.
    #[error("the first event is {0}, not the filing")]
    NotFiledFirst(&'static str),
    /// A second filing.
    #[error("filed twice")]
    FiledTwice,
    /// The numbers of the events have a gap.
    #[error("event {found} stands where event {expected} should")]
    Gap {
        /// What should come.
        expected: u32,
        /// What came.
        found: u32,
    },
    /// There are no events.
    #[error("no events")]
    Empty,
}

impl Dossier {
    /// Folds a whole log.
    ///
    /// # Errors
    /// A log no sequence of commands could have written.
    pub fn fold<'a>(id: DossierId, log: impl IntoIterator<Item = &'a Recorded>) -> Result<Self, FoldError> {
        let mut dossier = None;
        for recorded in log {
            Self::take_in(id, &mut dossier, recorded)?;
        }
        dossier.ok_or(FoldError::Empty)
    }

    /// Takes one more event.
    ///
    /// # Errors
    /// The filing comes first and once; numbers have no gap.
    pub fn apply(id: DossierId, mut before: Option<Self>, recorded: &Recorded) -> Result<Self, FoldError> {
        Self::take_in(id, &mut before, recorded)?;
        before.ok_or(FoldError::Empty)
    }

    /// The same where it lies: a dossier is over a kilobyte, and a history is told event by event.
    ///
    /// # Errors
    /// As [`Dossier::apply`]; then it stays as it was.
    pub fn take_in(id: DossierId, dossier: &mut Option<Self>, recorded: &Recorded) -> Result<(), FoldError> {
        let expected = dossier.as_ref().map_or(1, |it| it.version + 1);
        if recorded.seq != expected {
            return Err(FoldError::Gap { expected, found: recorded.seq });
        }
        match (dossier, &recorded.event) {
            (none @ None, Event::Filed { .. }) => *none = Some(Self::filed(id, recorded)?),
            (None, other) => return Err(FoldError::NotFiledFirst(other.kind())),
            (Some(_), Event::Filed { .. }) => return Err(FoldError::FiledTwice),
            (Some(before), _) => {
                before.change(recorded);
                before.version = recorded.seq;
            }
        }
        Ok(())
    }

    #[expect(clippy::too_many_lines, reason = "a list: each field of a dossier, as it is when it is filed")]
    fn filed(id: DossierId, recorded: &Recorded) -> Result<Self, FoldError> {
        let Event::Filed {
            code,
            foreign_code,
            revision,
            procedure,
            sector,
            regime,
            channel,
            receiving_unit,
            competent_unit,
            collect_at,
            split_from,
            owner,
            answer_by,
            fee_vnd,
            body,
        } = &recorded.event
        else {
            return Err(FoldError::NotFiledFirst(recorded.event.kind()));
        };
        // Room for the hands that most dossiers pass through.
        let mut holdings = Vec::with_capacity(8);
        holdings.push(Holding { holder: Holder::Post { owner: *owner }, since: recorded.at });
        Ok(Self {
            id,
            code: code.clone(),
            foreign_code: *foreign_code,
            revision: revision.clone(),
            procedure: procedure.clone(),
            sector: sector.clone(),
            regime: regime.clone(),
            channel: *channel,
            receiving_unit: *receiving_unit,
            desk: *receiving_unit,
            competent_unit: *competent_unit,
            collect_at: *collect_at,
            status: Status::New,
            step: StepAt { number: 1, kind: StepKind::Receive, reply_by: None },
            owner: *owner,
            reform: None,
            needs_routing: split_from.is_some(),
            fell_to_head: false,
            holdings,
            filed_at: recorded.at,
            answer_by: *answer_by,
            received_at: None,
            limit: None,
            due: None,
            first_due: None,
            calendar: String::new(),
            apology: None,
            pause: None,
            supplement: None,
            asked_at_intake: 0,
            asked_at_appraisal: 0,
            unusual_requests: 0,
            fee_vnd: *fee_vnd,
            owed_vnd: *fee_vnd,
            paid_vnd: 0,
            draft: None,
            signed: None,
            decision: None,
            finished_at: None,
            filing: body.clone(),
            marks: super::Marks::default(),
            erased: false,
            version: 1,
            done: Vec::new(),
            last_forward: None,
            split: *split_from,
            competences: vec![Competence { unit: *competent_unit, since: recorded.at }],
            step_pauses: false,
            duty_open_vnd: 0,
        })
    }

    #[expect(clippy::too_many_lines, reason = "a table: one arm for each event, each a few lines")]
    fn change(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        let last_forward = self.last_forward.take();
        match &recorded.event {
            Event::Filed { .. } => {}
            Event::Received { limit, due, calendar, owner, step, clock_pauses, .. } => {
                self.received(*limit, *due, calendar, at);
                self.leave_step(recorded, None);
                self.enter(*step, *owner, at, *clock_pauses);
                self.status = Status::Received;
            }
            Event::NotAccepted { .. } => self.close(Status::NotAccepted, at),
            Event::SupplementLapsed {} => {
                let status = if self.received_at.is_some() { Status::Discontinued } else { Status::NotAccepted };
                self.close(status, at);
            }
            Event::Withdrawn { .. } => self.close(Status::Withdrawn, at),
            Event::Discontinued { .. } => self.close(Status::Discontinued, at),
            Event::SupplementRequested { stage, reply_by, beyond_list, overridden, body } => {
                self.unusual_requests = self.unusual_requests.saturating_add(u16::from(*beyond_list || *overridden));
                self.asked(OpenSupplement { stage: *stage, reply_by: *reply_by, request: body.clone() });
                self.wait(PauseCause::Supplement, Holder::Citizen, at);
            }
            Event::Supplemented { due, answer_by, body } => self.supplied(*due, *answer_by, body, at),
            Event::Examined { body, .. } => {
                if let Some(said) = body.get() {
                    self.marks.take(said);
                }
            }
            Event::Assigned { owner, .. } => {
                self.owner = *owner;
                self.fell_to_head = false;
                self.status = Status::InProgress;
                if matches!(self.holder(), Holder::Post { .. }) {
                    self.hold(Holder::Post { owner: *owner }, at);
                }
            }
            Event::Forwarded { from_step, step, owner, clock_pauses, due, .. } => {
                self.note_forward(recorded, *from_step);
                self.go_on(*due);
                self.enter(*step, *owner, at, *clock_pauses);
            }
            Event::SubmittedForSignature { from_step, step, owner, outcome, due, body } => {
                self.note_forward(recorded, *from_step);
                self.go_on(*due);
                self.draft = Some((*outcome, body.clone()));
                self.enter(*step, *owner, at, false);
            }
            Event::SentBack { step, owner, clock_pauses, due, .. } => {
                self.leave_step(recorded, None);
                (self.draft, self.signed) = (None, None);
                self.go_on(*due);
                self.enter(*step, *owner, at, *clock_pauses);
            }
            Event::Recalled { step, owner, clock_pauses, due, .. } => {
                self.draft = None;
                self.go_on(*due);
                self.enter(*step, *owner, at, *clock_pauses);
            }
            Event::Apologised { promised, new_date, at_fault, .. } => {
                self.apology = Some(Apology { at, promised: *promised, new_date: *new_date, at_fault: *at_fault });
                self.last_forward = last_forward;
            }
            Event::ObligationNotified { amount_vnd, .. } => {
                self.owed_vnd = self.owed_vnd.saturating_add(*amount_vnd);
                self.duty_open_vnd = *amount_vnd;
                self.status = Status::AwaitingPayment;
                self.wait(PauseCause::Payment, Holder::Payment, at);
            }
            Event::Paid { amount_vnd, due, .. } => {
                if !self.paid(*amount_vnd, *due, at) {
                    self.last_forward = last_forward;
                }
            }
            Event::FeeSet { fee_vnd, .. } => {
                self.owed_vnd = self.owed_vnd.saturating_sub(self.fee_vnd).saturating_add(*fee_vnd);
                self.fee_vnd = *fee_vnd;
                self.last_forward = last_forward;
            }
            Event::Refunded { amount_vnd, .. } => {
                self.paid_vnd = self.paid_vnd.saturating_sub(*amount_vnd);
                self.last_forward = last_forward;
            }
            Event::Signed { from_step, step, owner, outcome, clock_pauses } => {
                self.leave_step(recorded, Some(*from_step));
                self.signed = Some(*outcome);
                self.enter(*step, *owner, at, *clock_pauses);
            }
            Event::Issued { outcome, step, owner, document, decision_code, body } => {
                self.leave_step(recorded, None);
                self.enter(*step, *owner, at, false);
                let (number, code) = (body.clone(), decision_code.clone());
                self.decided(Decision { at, outcome: *outcome, code, number, document: *document });
            }
            Event::Corrected { body, .. } => {
                if let (Some(filing), Some(correction)) = (self.filing.0.as_mut(), body.get()) {
                    *filing = correction.filing.clone();
                }
                self.last_forward = last_forward;
            }
            Event::Delivered { .. } => {
                self.status = Status::Delivered;
                self.hold(Holder::Nobody, at);
            }
            Event::Transferred {
                reform, competent_unit, desk, collect_at, owner, needs_routing, fell_to_head, ..
            } => {
                self.reform = Some(*reform);
                self.doubt(*competent_unit, *needs_routing);
                self.fell_to_head = *fell_to_head;
                let (competent, desk, collect) = (*competent_unit, *desk, *collect_at);
                self.transferred(Placement { competent, desk, collect, owner: *owner }, at);
            }
            Event::Routed { from_unit, competent_unit, desk, collect_at, owner, fell_to_head, .. } => {
                (self.needs_routing, self.split) = (false, None);
                self.fell_to_head = *fell_to_head;
                if from_unit == competent_unit {
                    self.last_forward = last_forward;
                }
                let (competent, desk, collect) = (*competent_unit, *desk, *collect_at);
                self.transferred(Placement { competent, desk, collect, owner: *owner }, at);
            }
            Event::CollectionChosen { body } => {
                if let (Some(filing), Some(chosen)) = (self.filing.0.as_mut(), body.get()) {
                    filing.collection.clone_from(chosen);
                }
                self.last_forward = last_forward;
            }
            Event::Erased { .. } => self.erase(),
        }
    }

    fn received(&mut self, limit: TimeLimit, due: DueDate, calendar: &str, at: Instant) {
        self.received_at = Some(at);
        self.answer_by = None;
        self.limit = Some(limit);
        self.due = Some(due);
        self.first_due = Some(due);
        calendar.clone_into(&mut self.calendar);
    }

    fn asked(&mut self, open: OpenSupplement) {
        match open.stage {
            Stage::Intake => self.asked_at_intake = self.asked_at_intake.saturating_add(1),
            Stage::Appraisal => self.asked_at_appraisal = self.asked_at_appraisal.saturating_add(1),
        }
        self.supplement = Some(open);
        self.status = Status::AwaitingSupplement;
    }

    /// True where that was the last of a duty the dossier waited for.
    fn paid(&mut self, amount_vnd: i64, due: Option<DueDate>, at: Instant) -> bool {
        self.paid_vnd = self.paid_vnd.saturating_add(amount_vnd);
        self.duty_open_vnd = self.duty_open_vnd.saturating_sub(amount_vnd).max(0).min(self.still_owed_vnd());
        let goes_on = self.status == Status::AwaitingPayment && self.duty_open_vnd == 0;
        if goes_on {
            self.status = Status::InProgress;
            self.go_on(due);
            self.be_at_step(at);
        }
        goes_on
    }

    /// Where it belongs is in doubt from the first split that no rule answered until somebody routed it, or until a reorganisation
    /// taken back brings it home.
    fn doubt(&mut self, competent: UnitId, needs_routing: bool) {
        if self.split.is_none() && needs_routing {
            self.split = Some(self.competent_unit);
        }
        if self.split == Some(competent) {
            self.split = None;
        }
        self.needs_routing = self.split.is_some();
    }

    /// It lies elsewhere; what was done stays done, and what runs runs on. The right to recall ended with the old unit.
    fn transferred(&mut self, to: Placement, at: Instant) {
        if self.competent_unit != to.competent {
            self.competences.push(Competence { unit: to.competent, since: at });
        }
        (self.competent_unit, self.desk, self.collect_at) = (to.competent, to.desk, to.collect);
        self.owner = to.owner;
        if matches!(self.holder(), Holder::Post { .. }) {
            self.hold(Holder::Post { owner: to.owner }, at);
        }
    }

    fn decided(&mut self, decision: Decision) {
        self.status = Status::Decided;
        self.finished_at = Some(decision.at);
        self.decision = Some(decision);
    }

    fn erase(&mut self) {
        self.erased = true;
        self.filing = Erasable::default();
        self.marks = super::Marks::default();
        self.draft = self.draft.take().map(|(outcome, _)| (outcome, Erasable::default()));
        if let Some(decision) = self.decision.as_mut() {
            decision.number = Erasable::default();
        }
    }

    fn supplied(
        &mut self,
        due: Option<DueDate>,
        answer_by: Option<Instant>,
        body: &Erasable<super::Supplied>,
        at: Instant,
    ) {
        self.supplement = None;
        self.go_on(due);
        if let (Some(filing), Some(supplied)) = (self.filing.0.as_mut(), body.get()) {
            filing.papers.extend(supplied.papers.iter().cloned());
            for it in &supplied.answers {
                match &it.after {
                    Some(answer) => filing.answers.0.insert(it.field.clone(), answer.clone()),
                    None => filing.answers.0.remove(&it.field),
                };
                self.marks.put_right(&it.field);
            }
        }
        self.status = if self.received_at.is_some() { Status::InProgress } else { Status::New };
        self.answer_by = answer_by;
        self.be_at_step(at);
    }

    /// The clock runs on, with a new due date where it had stood still. A new date that was promised moves with it.
    fn go_on(&mut self, due: Option<DueDate>) {
        self.pause = None;
        if let Some(due) = due {
            self.due = Some(due);
            if let (Some(apology), Some(promised_at)) = (self.apology.as_mut(), due.promised_at) {
                apology.new_date = promised_at;
            }
        }
    }

    /// A clock that stood still already goes on standing still, for the new cause.
    fn wait(&mut self, cause: PauseCause, holder: Holder, at: Instant) {
        let since = self.pause.map_or(at, |it| it.since);
        self.pause = Some(Pause { cause, since });
        self.hold(holder, at);
    }

    fn note_forward(&mut self, recorded: &Recorded, from: u16) {
        let before = LastForward { by: recorded.actor, from: self.step, owner: self.owner };
        self.leave_step(recorded, Some(from));
        self.last_forward = Some(before);
    }

    fn leave_step(&mut self, recorded: &Recorded, from: Option<u16>) {
        let number = from.unwrap_or(self.step.number);
        let owner = Owner { person: recorded.actor.or(self.owner.person), ..self.owner };
        self.done.retain(|(step, _)| *step != number);
        self.done.push((number, owner));
    }

    fn enter(&mut self, step: StepAt, owner: Owner, at: Instant, clock_pauses: bool) {
        self.step = step;
        self.owner = owner;
        self.fell_to_head = false;
        self.step_pauses = clock_pauses;
        if self.status == Status::Received {
            self.status = Status::InProgress;
        }
        self.be_at_step(at);
    }

    /// It lies with whom its step says, and the clock does what the step says.
    fn be_at_step(&mut self, at: Instant) {
        if self.step_pauses {
            self.pause = Some(Pause { cause: PauseCause::Outside, since: at });
        }
        self.hold(self.holder_of_step(), at);
    }

    fn close(&mut self, status: Status, at: Instant) {
        self.status = status;
        self.pause = None;
        self.supplement = None;
        self.answer_by = None;
        self.duty_open_vnd = 0;
        self.finished_at = Some(at);
        self.hold(Holder::Nobody, at);
    }

    fn hold(&mut self, holder: Holder, since: Instant) {
        if self.holder() != &holder {
            self.holdings.push(Holding { holder, since });
        }
    }
}
