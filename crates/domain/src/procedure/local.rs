//! What one unit does otherwise than the catalogue says, as far as law leaves it to the place.

use serde::{Deserialize, Serialize};

use super::fee::FeeRule;
use super::revision::{Channel, ProcedureRevision};

/// Longest word on place or hours, in characters.
pub const LOCAL_WORDS_MAX: usize = 300;
/// Largest amount a city sets, in đồng.
pub const LOCAL_AMOUNT_MAX: i64 = 1_000_000_000;

/// What a unit does otherwise: amounts the State leaves to the province or city, further ways to file, a word on where and when this
/// procedure is taken in. Papers, times and steps are the State's and never a unit's.
///
/// Căn cứ: Luật Phí và lệ phí 97/2015/QH13.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[doc(alias = "khác biệt của đơn vị")]
pub struct LocalRule {
    /// Amounts of fees that the State does not set.
    #[serde(default)]
    pub fees: Vec<LocalFee>,
    /// Ways to file that the catalogue does not list.
    #[serde(default)]
    pub channels: Vec<Channel>,
    /// Where it is taken in, if not at the unit's own seat; empty for there.
    #[serde(default)]
    pub place: String,
    /// When it is taken in, if not in the unit's hours; empty for those.
    #[serde(default)]
    pub hours: String,
}

/// An amount set by the place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalFee {
    /// The words of the source on the fee it belongs to.
    pub stated: String,
    /// The amount, in đồng.
    pub amount_vnd: i64,
}

impl LocalRule {
    /// True where nothing is otherwise.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl FeeRule {
    /// Whether a place may set its amount: the State names who does, or gives no amount.
    pub fn is_set_locally(&self) -> bool {
        self.tiers.is_empty() && (self.set_by.is_some() || self.amount_vnd.is_none())
    }
}

impl ProcedureRevision {
    /// The revision as a unit carries it out: the same id, because what it asks and how long it takes are the same.
    #[must_use]
    pub fn as_done_with(&self, rule: &LocalRule) -> Self {
        let mut own = self.clone();
        for fee in own.fees.iter_mut().filter(|it| it.is_set_locally()) {
            if let Some(local) = rule.fees.iter().find(|it| it.stated == fee.stated) {
                fee.amount_vnd = Some(local.amount_vnd);
            }
        }
        for channel in &rule.channels {
            if !own.channels.contains(channel) {
                own.channels.push(*channel);
            }
        }
        own.channels.sort_unstable();
        own
    }
}
