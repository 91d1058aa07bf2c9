//! The people of one dossier, chosen before it is lived.

use super::dice::Dice;
use super::staff::Roster;
use crate::ended::Stop;
use app::house::Snapshot;
use domain::ids::{PersonId, UnitId};
use domain::post::Post;
use domain::procedure::ProcedureRevision;
use jiff::civil::DateTime;

/// The people of one dossier.
#[derive(Clone, Debug)]
pub struct Team {
    /// Whose it is.
    pub citizen: PersonId,
    /// Who takes it in.
    pub desk: PersonId,
    /// Who hands it over.
    pub desk_back: PersonId,
    /// Who appraises.
    pub specialist: PersonId,
    /// Who reviews.
    pub head: PersonId,
    /// Who signs.
    pub leader: PersonId,
    /// Another leader, where there is one.
    pub deputy: PersonId,
    /// Who issues.
    pub clerk: PersonId,
    /// Posts that one person holds.
    alone: Vec<Post>,
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
        let seat = |post: Post| known.organisation.seat_of(competent, post, on.date());
        let alone = [Post::Specialist, Post::Head, Post::Leader, Post::Clerk];
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
            alone: alone.into_iter().filter(|post| roster.holders(seat(*post), *post).len() == 1).collect(),
        })
    }

    /// Who of them holds a post.
    pub const fn in_post(&self, post: Post) -> PersonId {
        match post {
            Post::Reception => self.desk,
            Post::Specialist => self.specialist,
            Post::Head => self.head,
            Post::Leader | Post::ControlOfficer | Post::Administrator => self.leader,
            Post::Clerk => self.clerk,
        }
    }

    /// True where nobody else holds that post: a step that waits for it is theirs from the beginning.
    pub fn is_only(&self, post: Post) -> bool {
        self.alone.contains(&post)
    }
}
