//! The beats of a dossier's life: its way through the steps of its pinned workflow, with what interrupts it.

use super::dice::Dice;
use super::script::{Case, Course, Deed, Detour, Reply};
use super::team::Team;
use app::actor::Actor;
use domain::dossier::Outcome;
use domain::ids::PersonId;
use domain::post::Post;
use domain::procedure::{Channel, Step, StepClock, StepKind};
use jiff::civil::DateTime;

/// How long until the next act.
#[derive(Clone, Copy, Debug)]
pub enum Wait {
    /// A share of the part of the term that is used.
    Share(i64),
    /// Working minutes.
    Working(i64),
    /// Minutes on anybody's watch; staff answer once the office is open.
    Watch(i64),
    /// Until then, if that is still to come; staff answer once the office is open.
    Until(DateTime),
    /// The early morning after so many days.
    DaysAfter(i64),
}

/// Days to supply where nobody says otherwise. Căn cứ: `catalogue/regimes.toml`.
const USUAL_DAYS: i64 = 30;

/// One act before it has its moment.
pub struct Beat {
    /// How long after the act before it.
    pub wait: Wait,
    /// Who.
    pub by: Actor,
    /// What.
    pub deed: Deed,
}

/// Until the desk received it; false where it never does.
pub fn intake(case: &Case, team: &Team, dice: &mut Dice) -> (Vec<Beat>, bool) {
    let (desk, citizen) = (Actor::Staff(team.desk), Actor::Citizen(team.citizen));
    let answer = Wait::Working(dice.between(6, 230));
    let beat = |wait, by: &Actor, deed| Beat { wait, by: by.clone(), deed };
    match case.course {
        Course::NotAccepted => (vec![beat(answer, &desk, Deed::Refuse)], false),
        Course::WithdrawnNew => (vec![beat(Wait::Watch(dice.between(4, 50)), &citizen, Deed::Withdraw)], false),
        Course::LapsedAtIntake => (
            vec![beat(answer, &desk, Deed::Ask(Some(10))), beat(Wait::DaysAfter(10), &Actor::Timer, Deed::Lapse)],
            false,
        ),
        Course::Resolved(_)
        | Course::Late
        | Course::Withdrawn
        | Course::Discontinued
        | Course::Lapsed
        | Course::AskedAtIntake
        | Course::New => {
            let mut beats = Vec::new();
            let asks = case.detour == Detour::IntakeSupplement || case.course == Course::AskedAtIntake;
            if asks {
                let soon = Wait::Watch(dice.between(90, 5_000));
                let reply = if let Reply::At(then, _) = case.reply { Wait::Until(then) } else { soon };
                beats.push(beat(answer, &desk, Deed::Ask(None)));
                beats.push(beat(reply, &citizen, Deed::Supply));
            }
            beats.push(beat(Wait::Working(dice.between(5, 200)), &desk, Deed::Accept));
            (beats, true)
        }
    }
}

/// From its reception to its hand-over.
pub struct Story<'a> {
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

impl<'a> Story<'a> {
    /// Not told yet.
    pub const fn of(case: &'a Case, team: &'a Team) -> Self {
        Self { case, team, beats: Vec::new(), owner_named: false, started: false, asked: false, over: false }
    }

    /// Its beats, for a term of so many working minutes; an apology would name the new date.
    pub fn beats(mut self, term: i64, new_date: DateTime, dice: &mut Dice) -> Vec<Beat> {
        self.tell(term, new_date, dice);
        self.beats
    }

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
        let soon = Wait::Watch(dice.between(120, 8_000));
        if self.case.course == Course::Lapsed {
            self.staff(Wait::Share(15), person, Deed::Ask(Some(10)));
            self.beat(Wait::DaysAfter(10), Actor::Timer, Deed::Lapse);
            self.over = true;
            return;
        }
        let (reply, days) = match self.case.reply {
            Reply::Soon => (soon, None),
            Reply::At(then, days) => (Wait::Until(then), days),
            Reply::Never => (Wait::DaysAfter(USUAL_DAYS), None),
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
        if self.case.reply == Reply::Never {
            self.beat(reply, Actor::Timer, Deed::Lapse);
            self.over = true;
            return;
        }
        // At a counter nobody has an account: the desk takes the papers.
        let by = if self.case.channel == Channel::Online { by } else { Actor::Staff(self.team.desk) };
        self.beat(reply, by, deed);
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
