//! The life of one dossier, written before it is lived: who does what, and when, so that the due date is kept (or not, on purpose).

use super::dice::Dice;
use super::staff::Roster;
use crate::ended::Stop;
use app::actor::Actor;
use app::house::Snapshot;
use domain::calendar::WorkingClock;
use domain::dossier::Outcome;
use domain::ids::{PersonId, UnitId};
use domain::post::Post;
use domain::procedure::{Channel, ProcedureRevision, Step, StepClock, StepKind};
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
    /// Not before the demo ends, with so many days to do it where not the usual ones.
    NotYet(Option<u16>),
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

/// The people of one dossier.
#[derive(Clone, Debug)]
pub struct Team {
    citizen: PersonId,
    desk: PersonId,
    desk_back: PersonId,
    specialist: PersonId,
    head: PersonId,
    leader: PersonId,
    deputy: PersonId,
    clerk: PersonId,
    one_head: bool,
    one_leader: bool,
}

impl Team {
    /// People for a dossier of a unit.
    ///
    /// # Errors
    /// A post that nobody holds.
    pub fn of(
        known: &Snapshot,
        roster: &Roster,
        receiving: UnitId,
        revision: &ProcedureRevision,
        citizen: PersonId,
        on: DateTime,
        dice: &mut Dice,
    ) -> Result<Self, Stop> {
        let competent = known.competent_for(receiving, &revision.sector, on.date());
        let authority = known.organisation.authority_of(competent, on.date());
        let leaders = roster.holders(authority, Post::Leader);
        let leader = roster.somebody(authority, Post::Leader, dice)?;
        Ok(Self {
            citizen,
            desk: roster.somebody(receiving, Post::Reception, dice)?,
            desk_back: roster.somebody(receiving, Post::Reception, dice)?,
            specialist: roster.somebody(competent, Post::Specialist, dice)?,
            head: roster.somebody(competent, Post::Head, dice)?,
            leader,
            deputy: leaders.iter().copied().find(|it| *it != leader).unwrap_or(leader),
            clerk: roster.somebody(authority, Post::Clerk, dice)?,
            one_head: roster.holders(competent, Post::Head).len() == 1,
            one_leader: leaders.len() == 1,
        })
    }

    const fn in_post(&self, post: Post) -> PersonId {
        match post {
            Post::Reception => self.desk,
            Post::Specialist => self.specialist,
            Post::Head => self.head,
            Post::Leader | Post::ControlOfficer | Post::Administrator => self.leader,
            Post::Clerk => self.clerk,
        }
    }

    const fn is_only(&self, post: Post) -> bool {
        match post {
            Post::Head => self.one_head,
            Post::Leader => self.one_leader,
            Post::Reception | Post::Specialist | Post::Clerk | Post::ControlOfficer | Post::Administrator => false,
        }
    }
}

/// How long until the next act.
#[derive(Clone, Copy, Debug)]
enum Wait {
    /// A share of the part of the term that is used.
    Share(i64),
    /// Working minutes.
    Working(i64),
    /// Minutes on anybody's watch; staff answer once the office is open.
    Watch(i64),
    /// The early morning after so many days.
    DaysAfter(i64),
}

struct Beat {
    wait: Wait,
    by: Actor,
    deed: Deed,
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
        let mut story =
            Story { case, team, beats: Vec::new(), owner_named: false, started: false, asked: false, over: false };
        story.tell(term, self.clock.add_minutes(due, NEW_DATE_MINUTES)?, dice);
        let budget = (term * case.pace / 1_000).min(term - MARGIN_MINUTES);
        self.play(&mut script, at, story.beats, budget, dice)?;
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
                Wait::DaysAfter(days) => at.date().saturating_add((days + 1).days()).at(
                    0,
                    i8::try_from(dice.between(5, 40)).unwrap_or(10),
                    0,
                    0,
                ),
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

/// Until the desk received it; false where it never does.
fn intake(case: &Case, team: &Team, dice: &mut Dice) -> (Vec<Beat>, bool) {
    let (desk, citizen) = (Actor::Staff(team.desk), Actor::Citizen(team.citizen));
    let answer = Wait::Working(dice.between(6, 230));
    let beat = |wait, by: &Actor, deed| Beat { wait, by: by.clone(), deed };
    match case.course {
        Course::New => (Vec::new(), false),
        Course::NotAccepted => (vec![beat(answer, &desk, Deed::Refuse)], false),
        Course::WithdrawnNew => (vec![beat(Wait::Watch(dice.between(4, 50)), &citizen, Deed::Withdraw)], false),
        Course::AskedAtIntake => (vec![beat(answer, &desk, Deed::Ask(None))], false),
        Course::LapsedAtIntake => (
            vec![beat(answer, &desk, Deed::Ask(Some(10))), beat(Wait::DaysAfter(10), &Actor::Timer, Deed::Lapse)],
            false,
        ),
        Course::Resolved(_) | Course::Late | Course::Withdrawn | Course::Discontinued | Course::Lapsed => {
            let mut beats = Vec::new();
            if case.detour == Detour::IntakeSupplement {
                beats.push(beat(answer, &desk, Deed::Ask(None)));
                beats.push(beat(Wait::Watch(dice.between(90, 5_000)), &citizen, Deed::Supply));
            }
            beats.push(beat(Wait::Working(dice.between(5, 200)), &desk, Deed::Accept));
            (beats, true)
        }
    }
}

/// From its reception to its hand-over.
struct Story<'a> {
    case: &'a Case,
    team: &'a Team,
    beats: Vec<Beat>,
    /// The step's owner is a person, not only a post.
    owner_named: bool,
    /// Somebody of the office works on it.
    started: bool,
    asked: bool,
    over: bool,
}

impl Story<'_> {
    fn beat(&mut self, wait: Wait, by: Actor, deed: Deed) {
        self.beats.push(Beat { wait, by, deed });
    }

    fn staff(&mut self, wait: Wait, by: PersonId, deed: Deed) {
        self.beat(wait, Actor::Staff(by), deed);
    }

    fn tell(&mut self, term: i64, new_date: DateTime, dice: &mut Dice) {
        let case = self.case;
        let fits = |it: &&Step| it.only_channel.is_none_or(|only| only == case.channel);
        let path: Vec<&Step> =
            case.revision.steps.iter().filter(fits).filter(|it| it.kind != StepKind::Receive).collect();
        if case.fee_vnd > 0 {
            self.staff(Wait::Share(1), self.team.desk, Deed::Pay);
        }
        self.owner_named = path.first().is_some_and(|it| self.team.is_only(it.post));
        let mut before: Option<&Step> = None;
        for (place, step) in path.iter().enumerate() {
            let next = path.get(place + 1).copied();
            match step.kind {
                StepKind::Work | StepKind::Consult => self.work(step, next, dice),
                StepKind::Citizen => self.citizen_step(next, dice),
                StepKind::Sign => self.sign(step, before, term, new_date, dice),
                StepKind::Issue => self.staff(Wait::Share(6), self.team.clerk, Deed::Issue),
                StepKind::HandOver => {
                    self.staff(Wait::Working(case.collected_after), self.team.desk_back, Deed::Deliver);
                }
                StepKind::Receive => {}
            }
            if self.over {
                return;
            }
            before = Some(step);
        }
        self.cut_short(dice);
    }

    fn work(&mut self, step: &Step, next: Option<&Step>, dice: &mut Dice) {
        let person = self.team.in_post(step.post);
        if !self.owner_named {
            if self.case.detour == Detour::Assign && step.post == Post::Specialist {
                self.staff(Wait::Share(3), self.team.leader, Deed::Assign(person));
            } else {
                self.staff(Wait::Share(5), person, Deed::TakeOn);
            }
            self.started = true;
            self.owner_named = true;
        }
        if self.started && !self.asked && step.kind == StepKind::Work && step.post == Post::Specialist {
            self.detour(person, dice);
            if self.over {
                return;
            }
        }
        let outside = step.kind == StepKind::Consult && step.clock == StepClock::Paused;
        let wait = match (outside, step.kind, step.post) {
            (true, ..) => Wait::Working(dice.between(60, 500)),
            (false, StepKind::Consult, _) => Wait::Share(35),
            (false, _, Post::Specialist) => Wait::Share(40),
            (false, ..) => Wait::Share(8),
        };
        let Some(next) = next else { return };
        match next.kind {
            StepKind::Sign => self.submit(wait, person),
            StepKind::Citizen => {
                self.staff(wait, person, Deed::Forward(None));
                self.owner_named = next.post == step.post;
            }
            StepKind::Receive | StepKind::Work | StepKind::Consult | StepKind::Issue | StepKind::HandOver => {
                self.staff(wait, person, Deed::Forward(Some(self.team.in_post(next.post))));
                self.owner_named = true;
            }
        }
        self.started = true;
    }

    fn submit(&mut self, wait: Wait, person: PersonId) {
        let outcome = match self.case.course {
            Course::Resolved(outcome) => outcome,
            Course::Late
            | Course::Withdrawn
            | Course::Discontinued
            | Course::Lapsed
            | Course::NotAccepted
            | Course::WithdrawnNew
            | Course::LapsedAtIntake
            | Course::AskedAtIntake
            | Course::New => Outcome::Granted,
        };
        self.staff(wait, person, Deed::Submit(self.team.leader, outcome));
        if self.case.detour == Detour::Recall && !self.asked {
            self.asked = true;
            self.staff(Wait::Share(2), person, Deed::Recall);
            self.staff(Wait::Share(10), person, Deed::Submit(self.team.leader, outcome));
        }
    }

    /// What interrupts the appraisal.
    fn detour(&mut self, person: PersonId, dice: &mut Dice) {
        let citizen = self.team.citizen;
        let reply = Wait::Watch(dice.between(120, 8_000));
        if self.case.course == Course::Lapsed {
            self.staff(Wait::Share(15), person, Deed::Ask(Some(10)));
            self.beat(Wait::DaysAfter(10), Actor::Timer, Deed::Lapse);
            self.over = true;
            return;
        }
        let days = match self.case.reply {
            Reply::Soon => None,
            Reply::NotYet(days) => days,
        };
        let answers = match self.case.detour {
            Detour::Supplement => {
                self.staff(Wait::Share(15), person, Deed::Ask(days));
                Some((Actor::Citizen(citizen), Deed::Supply))
            }
            Detour::Duty => {
                self.staff(Wait::Share(25), person, Deed::NotifyDuty);
                Some((Actor::Staff(self.team.desk), Deed::PayDuty))
            }
            Detour::Straight
            | Detour::IntakeSupplement
            | Detour::SendBack
            | Detour::Recall
            | Detour::Assign
            | Detour::Apology => None,
        };
        let Some((by, deed)) = answers else { return };
        self.asked = true;
        if self.case.reply == Reply::Soon {
            // At a counter nobody has an account: the desk takes the papers.
            let by = if self.case.channel == Channel::Online { by } else { Actor::Staff(self.team.desk) };
            self.beat(reply, by, deed);
        } else {
            self.over = true;
        }
    }

    fn citizen_step(&mut self, next: Option<&Step>, dice: &mut Dice) {
        let minutes = if dice.percent(90) { dice.between(4, 400) } else { dice.between(600, 2_800) };
        match next.map(|it| it.kind) {
            Some(StepKind::Sign) => self.submit(Wait::Working(minutes.min(480)), self.team.specialist),
            _ if self.case.channel == Channel::Online => {
                self.beat(Wait::Watch(minutes), Actor::Citizen(self.team.citizen), Deed::Confirm);
            }
            _ => {
                let to = next.map(|it| self.team.in_post(it.post));
                self.staff(Wait::Working(minutes.min(480)), self.team.specialist, Deed::Forward(to));
            }
        }
        self.owner_named = true;
    }

    fn sign(&mut self, step: &Step, before: Option<&Step>, term: i64, new_date: DateTime, dice: &mut Dice) {
        let (leader, deputy) = (self.team.leader, self.team.deputy);
        if self.case.course == Course::Late {
            // The leader is away; the deputy apologises before the date, and the draft waits on the leader's desk.
            self.staff(Wait::Working(term / 8), deputy, Deed::Apologise(new_date));
            self.staff(Wait::Working(term / 4 + dice.between(420, 620)), leader, Deed::Sign);
            return;
        }
        let worker = before.filter(|it| step.send_back_to.contains(&it.number));
        if let (Detour::SendBack, Some(worker)) = (self.case.detour, worker) {
            let person = self.team.in_post(worker.post);
            self.staff(Wait::Share(8), leader, Deed::SendBack(worker.number));
            self.submit(Wait::Share(20), person);
        }
        if self.case.detour == Detour::Apology {
            self.staff(Wait::Share(4), deputy, Deed::Apologise(new_date));
        }
        self.staff(Wait::Share(10), leader, Deed::Sign);
    }

    /// Taken back or stopped somewhere before the signature.
    fn cut_short(&mut self, dice: &mut Dice) {
        let is_begun = |it: &Beat| matches!(it.deed, Deed::TakeOn | Deed::Assign(_) | Deed::Forward(_));
        let begun = self.beats.iter().position(is_begun).map_or(1, |place| place + 1);
        let signed = self.beats.iter().position(|it| it.deed == Deed::Sign).unwrap_or(begun);
        let most = i64::try_from(signed.max(begun)).unwrap_or(1);
        let kept = usize::try_from(dice.between(i64::try_from(begun).unwrap_or(1), most)).unwrap_or(begun);
        match self.case.course {
            Course::Withdrawn => {
                self.beats.truncate(kept);
                if self.case.channel == Channel::Online {
                    self.beat(Wait::Watch(dice.between(30, 900)), Actor::Citizen(self.team.citizen), Deed::Withdraw);
                } else {
                    self.staff(Wait::Working(dice.between(20, 300)), self.team.desk, Deed::Withdraw);
                }
            }
            Course::Discontinued => {
                self.beats.truncate(kept);
                self.staff(Wait::Working(dice.between(20, 300)), self.team.leader, Deed::Discontinue);
            }
            Course::Resolved(_)
            | Course::Late
            | Course::Lapsed
            | Course::NotAccepted
            | Course::WithdrawnNew
            | Course::LapsedAtIntake
            | Course::AskedAtIntake
            | Course::New => {}
        }
    }
}
