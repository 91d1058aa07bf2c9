//! A reorganisation as data: what the resolution says, with the units it names.

use super::territory::TerritoryRule;
use crate::ids::{PersonId, ReformId, UnitId};
use crate::organisation::{Extent, Succession, UnitAttributes, UnitEvent};
use crate::post::Post;
use crate::procedure::ProcedureId;
use crate::time::Instant;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One plan: which units end, begin and change at one instant, and what goes where. Made from a file by
/// [`Plan::check`](super::Plan::check); kept as it was carried out.
#[doc(alias = "phương án sắp xếp đơn vị")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reorganisation {
    /// Its id for ever.
    pub id: ReformId,
    /// The key of its file.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// The resolution, with its number: "Nghị quyết 1232/NQ-UBTVQH15".
    pub instrument: String,
    /// When it was signed.
    pub signed_on: Date,
    /// The instant from which all is new.
    pub effective_at: Instant,
    /// What of it is made up, in words every page and certificate repeats.
    pub invented: Vec<String>,
    /// The era of the catalogue that begins with it: procedures go to whoever is competent there.
    pub era: Option<String>,
    /// Units that begin.
    pub begins: Vec<(UnitId, UnitAttributes)>,
    /// Units that stay and are called or seated otherwise.
    pub changes: Vec<(UnitId, UnitAttributes)>,
    /// Units that end.
    pub ends: Vec<UnitId>,
    /// What goes where.
    pub edges: Vec<Edge>,
    /// How the ground of split units is told apart.
    pub territory: Vec<TerritoryRule>,
    /// Who goes where.
    pub staff: Vec<StaffMove>,
    /// What the successors offer.
    pub offers: Vec<Offer>,
    /// Conflicts that somebody settled.
    pub settled: Vec<Settled>,
    /// SHA-256 of the text of its file, in hexadecimal digits: what `sha256sum` says of it.
    #[serde(default)]
    pub text_sha256: String,
}

/// What goes from one unit to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Edge {
    /// Who gives.
    pub from: UnitId,
    /// Who takes.
    pub to: UnitId,
    /// How much.
    pub extent: Extent,
}

/// Who of a unit works where from the instant on. A right is granted anew, never carried along: whom no rule names has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffMove {
    /// The unit of before.
    pub from: UnitId,
    /// One person only; everybody where none.
    pub person: Option<PersonId>,
    /// One post only; every post where none.
    pub post: Option<Post>,
    /// The unit of after.
    pub to: UnitId,
    /// The post of after; the same where none.
    pub becomes: Option<Post>,
}

/// Which procedures of the units of before a successor offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The successor.
    pub unit: UnitId,
    /// Whose procedures.
    pub from: Vec<UnitId>,
    /// These only; all of them where none is named.
    pub procedures: Vec<ProcedureId>,
}

/// A conflict somebody settled, with the words why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Which.
    pub what: Settlement,
    /// Why it may be so.
    pub reason: String,
}

/// What was settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Settlement {
    /// This person works in several units.
    PersonInUnits {
        /// Who.
        person: PersonId,
    },
    /// This person works nowhere from then on.
    PersonLeaves {
        /// Who.
        person: PersonId,
    },
    /// Of two workflows of one procedure, the one of this catalogue entry holds.
    Workflow {
        /// Whose workflow is kept.
        keep: ProcedureId,
    },
    /// Nobody is there for this post yet; the head answers meanwhile.
    PostOpen {
        /// Where.
        unit: UnitId,
        /// Which.
        post: Post,
    },
}

impl Reorganisation {
    /// The first day of the new units.
    pub fn effective_on(&self) -> Date {
        self.effective_at.day()
    }

    /// The number of the resolution, which ends its name: "1232/NQ-UBTVQH15".
    pub fn number(&self) -> &str {
        self.instrument.rsplit(' ').next().unwrap_or_default()
    }

    /// True where what somebody typed is that number; blanks and small letters are forgiven.
    pub fn is_its_number(&self, typed: &str) -> bool {
        let plain = |text: &str| text.split_whitespace().collect::<String>().to_uppercase();
        plain(typed) == plain(self.number())
    }

    /// The law by which old papers stay good, nothing is filed again and nothing is charged. The resolution of 2025 came after the
    /// reorganisations that were decided before it.
    ///
    /// Căn cứ: handbook §11.1 (NQ 190/2025/QH15 of 19 February 2025, NQ 35/2023/UBTVQH15).
    pub fn legal_bases(&self) -> &'static [&'static str] {
        const SINCE_2025: &[&str] =
            &["Nghị quyết 190/2025/QH15, Điều 5 và Điều 10", "Nghị quyết 35/2023/UBTVQH15, Điều 21"];
        if self.signed_on < jiff::civil::date(2025, 2, 19) {
            SINCE_2025.get(1..).unwrap_or_default()
        } else {
            SINCE_2025
        }
    }

    /// Who inherits from a unit, and how much.
    pub fn successors_of(&self, unit: UnitId) -> Vec<Succession> {
        let edges = self.edges.iter().filter(|it| it.from == unit);
        edges.map(|it| Succession { unit: it.to, extent: it.extent }).collect()
    }

    /// What happens to the units at the instant, in the order in which it is written: founders first.
    pub fn unit_events(&self) -> Vec<(UnitId, UnitEvent)> {
        let on = self.effective_on();
        let begun = self.begins.iter().map(|(id, it)| (*id, UnitEvent::Established { on, attributes: it.clone() }));
        let changed =
            self.changes.iter().map(|(id, it)| (*id, UnitEvent::Changed { from: on, attributes: it.clone() }));
        let ended = self.ends.iter().map(|id| {
            let successors = self.successors_of(*id);
            (*id, UnitEvent::Ended { on, successors, instrument: self.instrument.clone() })
        });
        begun.chain(changed).chain(ended).collect()
    }

    /// Every unit it ends, changes, takes ground from or gives ground to: two plans must not share one.
    pub fn touches(&self) -> impl Iterator<Item = UnitId> {
        let given = self.edges.iter().flat_map(|it| [it.from, it.to]);
        self.ends.iter().copied().chain(self.changes.iter().map(|(id, _)| *id)).chain(given)
    }

    /// True where the person who answers for the plan said so.
    pub(super) fn is_settled(&self, what: &Settlement) -> bool {
        self.settled.iter().any(|it| it.what == *what)
    }
}
