//! Who a person is to the office: personal number, card, name, birth, telephone, e-mail.
//!
//! Each type is parsed once at the edge and trusted from then on; reading a stored value back checks its shape only.
//! "Today" is always handed in. `Debug` never shows a name, number, telephone or address in full: these must not reach
//! a log.

mod card;
mod contact;
mod name;
mod number;

pub use card::{CardDisagreement, CardError, CardField, CardQr, PartialBirth, PartialBirthError};
pub use contact::{Email, EmailError, Phone, PhoneError};
pub use name::{NameError, PersonName, fold, in_order};
pub use number::{NumberError, NumberWarning, PersonalNumber, Sex};
