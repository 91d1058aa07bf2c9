//! Names of things for machines: one newtype a kind, so that a person is never taken for a dossier.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// An id could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: {0:?}")]
pub struct BadId(pub String);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// From a value minted elsewhere: this crate has neither clock nor chance.
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            /// The value as stored.
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// The bytes as stored.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_simple().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                Uuid::parse_str(text).map(Self).map_err(|_| BadId(text.chars().take(60).collect()))
            }
        }
    )+};
}

ids! {
    /// One dossier for ever, whatever its code and its unit.
    #[doc(alias = "hồ sơ")]
    DossierId
    /// One person who deals with the office: a citizen, or somebody on its staff.
    PersonId
    /// One unit for ever: its names and codes change, this never does.
    #[doc(alias = "đơn vị")]
    UnitId
    /// One file handed in or made by the office.
    #[doc(alias = "giấy tờ")]
    DocumentId
    /// One draft of an application not yet sent.
    DraftId
    /// One message waiting to leave the house.
    MessageId
    /// One message between a citizen and the office.
    ExchangeId
    /// One dossier that somebody else in the house may follow.
    ShareId
    /// One slip given at a counter before there is a dossier.
    #[doc(alias = "phiếu hướng dẫn, phiếu từ chối")]
    SlipId
    /// One reorganisation of units.
    #[doc(alias = "sắp xếp, sáp nhập")]
    ReformId
    /// One ticket of a queue.
    #[doc(alias = "số thứ tự")]
    TicketId
}
