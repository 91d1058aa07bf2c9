//! Acts that were planned while the district stood, done by whoever has their duty once it has ended: a dossier goes where its
//! subject lives, an officer where the plan sends them, and the two need not be the same ward.

use super::dice::Dice;
use super::script::{Act, Deed};
use crate::ended::Stop;
use app::actor::Actor;
use app::house::Snapshot;
use domain::dossier::{Dossier, Status};
use domain::ids::{PersonId, UnitId};
use domain::post::Post;
use domain::procedure::{ProcedureRevision, StepKind};
use jiff::civil::Date;

/// A dossier that a split found open, as it stands on a day.
pub struct Recast<'a> {
    /// The house's units and rights.
    pub known: &'a Snapshot,
    /// The dossier.
    pub dossier: &'a Dossier,
    /// The revision it pinned.
    pub revision: &'a ProcedureRevision,
    /// The day.
    pub on: Date,
}

impl Recast<'_> {
    /// The authority it lies with.
    pub fn authority(&self) -> UnitId {
        self.known.organisation.authority_of(self.responsible(), self.on)
    }

    fn responsible(&self) -> UnitId {
        self.known.organisation.responsible_now(self.dossier)
    }

    /// The same deed by those who may do it, after taking the dossier on where nobody of the new office has yet.
    ///
    /// # Errors
    /// A post that nobody holds.
    pub fn deeds(&self, act: &Act, dice: &mut Dice) -> Result<Vec<(Actor, Deed)>, Stop> {
        if !matches!(act.by, Actor::Staff(_)) {
            return Ok(vec![(act.by.clone(), act.deed.clone())]);
        }
        let organisation = &self.known.organisation;
        let owner = organisation.owner_now(self.dossier);
        let named = owner.person;
        let (by, deed) = match &act.deed {
            Deed::TakeOn if named.is_some() => return Ok(Vec::new()),
            Deed::File | Deed::Supply | Deed::Pay | Deed::PayDuty | Deed::Withdraw => {
                (self.somebody(organisation.desk_now(self.dossier), Post::Reception, dice)?, act.deed.clone())
            }
            Deed::Deliver => {
                (self.somebody(organisation.collect_now(self.dossier), Post::Reception, dice)?, Deed::Deliver)
            }
            Deed::Assign(_) => {
                let to = match named {
                    Some(person) => person,
                    None => self.somebody(owner.unit, owner.post, dice)?,
                };
                (self.somebody(self.authority(), Post::Leader, dice)?, Deed::Assign(to))
            }
            Deed::Apologise(_) | Deed::Discontinue => {
                (self.somebody(self.authority(), Post::Leader, dice)?, act.deed.clone())
            }
            Deed::Forward(Some(_)) => (self.owner(dice)?, Deed::Forward(Some(self.next(dice)?))),
            Deed::Submit(_, outcome) => (self.owner(dice)?, Deed::Submit(self.next(dice)?, *outcome)),
            Deed::Forward(None)
            | Deed::Accept
            | Deed::Refuse
            | Deed::Ask(_)
            | Deed::Lapse
            | Deed::TakeOn
            | Deed::Confirm
            | Deed::SendBack(_)
            | Deed::Recall
            | Deed::Sign
            | Deed::Issue
            | Deed::NotifyDuty => (self.owner(dice)?, act.deed.clone()),
        };
        let works = matches!(deed, Deed::Forward(_) | Deed::Submit(..) | Deed::Ask(_) | Deed::NotifyDuty);
        let takes_on = works && named.is_none() && self.dossier.status != Status::New;
        let first = takes_on.then_some((Actor::Staff(by), Deed::TakeOn));
        Ok(first.into_iter().chain([(Actor::Staff(by), deed)]).collect())
    }

    /// Whoever owes the next act, or somebody in that post.
    fn owner(&self, dice: &mut Dice) -> Result<PersonId, Stop> {
        let owner = self.known.organisation.owner_now(self.dossier);
        match owner.person {
            Some(person) => Ok(person),
            None => self.somebody(owner.unit, owner.post, dice),
        }
    }

    /// Somebody in the post of the next step.
    fn next(&self, dice: &mut Dice) -> Result<PersonId, Stop> {
        let channel = self.dossier.channel;
        let fits = |it: &&domain::procedure::Step| {
            it.number > self.dossier.step.number
                && it.kind != StepKind::Receive
                && it.only_channel.is_none_or(|only| only == channel)
        };
        let step = self.revision.steps.iter().filter(fits).min_by_key(|it| it.number);
        let step = step.ok_or_else(|| anyhow::anyhow!("no step after {}", self.dossier.step.number))?;
        self.somebody(self.known.organisation.seat_of(self.responsible(), step.post, self.on), step.post, dice)
    }

    fn somebody(&self, unit: UnitId, post: Post, dice: &mut Dice) -> Result<PersonId, Stop> {
        let holders: Vec<PersonId> = self.known.mandates.holders(unit, post, self.on).collect();
        let found = dice.one(&holders).copied();
        found.ok_or_else(|| anyhow::anyhow!("the demo has nobody as {post} in {unit} on {}", self.on).into())
    }
}
