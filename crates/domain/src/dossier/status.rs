//! Where a dossier stands, and what the national portal calls it.

use serde::{Deserialize, Serialize};

/// Where a dossier stands. Overdue is not here: it is a property of the clock.
///
/// Căn cứ: handbook §1.2, the ten codes exchanged with the national portal.
#[doc(alias = "trạng thái hồ sơ")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Sent online, not yet answered by the desk.
    New,
    /// Received; nobody works on it yet.
    Received,
    /// The desk did not take it, with a reason. Never after it was received.
    NotAccepted,
    /// Somebody works on it.
    InProgress,
    /// The citizen was asked for papers.
    AwaitingSupplement,
    /// The citizen was asked to pay a duty.
    AwaitingPayment,
    /// The citizen took it back.
    Withdrawn,
    /// The office stopped it for a reason of law.
    Discontinued,
    /// The decision is issued and waits to be handed over.
    Decided,
    /// The decision was handed over.
    Delivered,
}

impl Status {
    /// Every status, in the order of the national codes.
    pub const ALL: [Self; 10] = [
        Self::New,
        Self::Received,
        Self::NotAccepted,
        Self::InProgress,
        Self::AwaitingSupplement,
        Self::AwaitingPayment,
        Self::Withdrawn,
        Self::Discontinued,
        Self::Decided,
        Self::Delivered,
    ];

    /// The code the national portal exchanges, 1 to 10.
    pub const fn national_code(self) -> u8 {
        match self {
            Self::New => 1,
            Self::Received => 2,
            Self::NotAccepted => 3,
            Self::InProgress => 4,
            Self::AwaitingSupplement => 5,
            Self::AwaitingPayment => 6,
            Self::Withdrawn => 7,
            Self::Discontinued => 8,
            Self::Decided => 9,
            Self::Delivered => 10,
        }
    }

    /// True while somebody still owes an act, the hand-over included.
    pub const fn is_open(self) -> bool {
        match self {
            Self::New
            | Self::Received
            | Self::InProgress
            | Self::AwaitingSupplement
            | Self::AwaitingPayment
            | Self::Decided => true,
            Self::NotAccepted | Self::Withdrawn | Self::Discontinued | Self::Delivered => false,
        }
    }

    /// The word stored and used as a key for texts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Received => "received",
            Self::NotAccepted => "not_accepted",
            Self::InProgress => "in_progress",
            Self::AwaitingSupplement => "awaiting_supplement",
            Self::AwaitingPayment => "awaiting_payment",
            Self::Withdrawn => "withdrawn",
            Self::Discontinued => "discontinued",
            Self::Decided => "decided",
            Self::Delivered => "delivered",
        }
    }

    /// The status of that key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ten_national_codes_are_one_to_ten() {
        let codes: Vec<u8> = Status::ALL.iter().map(|it| it.national_code()).collect();
        assert_eq!(codes, (1..=10).collect::<Vec<u8>>());
        assert!(Status::ALL.iter().all(|it| Status::from_key(it.key()) == Some(*it)));
    }
}
