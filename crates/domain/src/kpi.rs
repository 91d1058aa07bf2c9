//! What a dossier counts as in the statutory reports.

use crate::calendar::{Timeliness, timeliness};
use crate::dossier::{Dossier, Status};
use crate::organisation::reform::Address;
use jiff::civil::Date;

/// How the books close a stopped dossier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoppedIn {
    /// It leaves the books on its day, in column 9 (on time).
    #[default]
    ResolvedOnTime,
    /// It stays open, within its term. Căn cứ: the other reading of the form, handbook §1.2.
    Open,
}

/// What form II.06a counts of one dossier, written when it changes and never guessed later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The day it was received; none for one never received, which the form leaves out.
    pub received_on: Option<Date>,
    /// The day it left the books.
    pub finished_on: Option<Date>,
    /// Early, on time, late: judged by the due date with its pauses, whatever was apologised for.
    pub outcome: Option<Timeliness>,
    /// True for a dossier that was stopped.
    pub stopped: bool,
    /// The due date as it stands, and whether the clock stands still: what "open" is judged by.
    pub due_on: Option<Date>,
    /// True while the clock stands still.
    pub waiting: bool,
    /// Where its subject lives ([`Address::key`]): for sums by territory. Empty where nobody said, and once it was erased.
    pub place: String,
}

/// The facts of a dossier as it stands.
pub fn facts(dossier: &Dossier) -> Facts {
    let counted = dossier.received_at.is_some();
    let due_on = dossier.due.map(|it| it.at.day());
    let finished_on = dossier.finished_at.filter(|_| counted).map(|it| it.day());
    let given_back = matches!(dossier.status, Status::Withdrawn | Status::Discontinued);
    let outcome = finished_on.map(|on| if given_back { Timeliness::OnTime } else { timeliness(on, due_on) });
    Facts {
        received_on: dossier.received_at.map(|it| it.day()),
        finished_on,
        outcome,
        stopped: dossier.status == Status::Discontinued,
        due_on,
        waiting: dossier.pause.is_some(),
        place: dossier.filing.get().map(|it| Address::read(&it.owner().address).key()).unwrap_or_default(),
    }
}
