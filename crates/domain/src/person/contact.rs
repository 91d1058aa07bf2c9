//! How a person is reached: telephone and e-mail.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest telephone number as typed.
const PHONE_CHARS_MAX: usize = 40;
/// Longest e-mail address. Căn cứ: RFC 5321, 4.5.3.1.
const EMAIL_CHARS_MAX: usize = 254;
/// Longest part before the `@`.
const LOCAL_CHARS_MAX: usize = 64;
/// Longest label of a domain name.
const LABEL_CHARS_MAX: usize = 63;

/// A Vietnamese telephone number as people write it: ten digits from 0 for a mobile, ten or eleven from 02 for a fixed
/// line.
///
/// ```
/// use domain::person::Phone;
///
/// let phone = Phone::parse("+84 999 000.412").unwrap();
/// assert_eq!(phone.as_str(), "0999000412");
/// assert_eq!(phone.masked(), "••••••412");
/// ```
#[doc(alias = "số điện thoại")]
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

/// Why a text is no telephone number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum PhoneError {
    /// Nothing.
    #[error("no telephone number")]
    Empty,
    /// Longer than any number.
    #[error("longer than {chars_max} characters")]
    TooLong {
        /// Most characters.
        chars_max: usize,
    },
    /// Something other than digits, spaces, dots, hyphens, brackets and a leading `+`.
    #[error("{found:?} in a telephone number")]
    Character {
        /// The first one.
        found: char,
    },
    /// A number of another country, or without its 0.
    #[error("neither 0… nor +84…")]
    NotVietnamese,
    /// No such range of numbers, or the wrong count of digits for it.
    #[error("{digits} digits do not make a number of this range")]
    Length {
        /// Digits, the leading 0 included.
        digits: usize,
    },
}

impl Phone {
    /// Reads a number in the usual ways of writing it: `0912 345 678`, `+84-912-345-678`, `84.912.345.678`, `(0225) 3
    /// 123 456`.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let text = text.trim();
        if text.chars().nth(PHONE_CHARS_MAX).is_some() {
            return Err(PhoneError::TooLong { chars_max: PHONE_CHARS_MAX });
        }
        let international = text.strip_prefix('+');
        let mut digits = String::new();
        for c in international.unwrap_or(text).chars() {
            match c {
                '0'..='9' => digits.push(c),
                ' ' | '\u{a0}' | '.' | '-' | '(' | ')' => {}
                found => return Err(PhoneError::Character { found }),
            }
        }
        if digits.is_empty() {
            return Err(PhoneError::Empty);
        }
        let national = match (international, digits.strip_prefix("84")) {
            (Some(_), rest) => rest.ok_or(PhoneError::NotVietnamese)?,
            (None, Some(rest)) => rest,
            (None, None) => {
                digits.strip_prefix("0084").or(digits.strip_prefix('0')).ok_or(PhoneError::NotVietnamese)?
            }
        };
        // People also write +84 (0)912…
        let national = national.strip_prefix('0').unwrap_or(national);
        let fits = match national.as_bytes() {
            [b'2', rest @ ..] => matches!(rest.len(), 8 | 9),
            [b'3' | b'5' | b'7' | b'8' | b'9', rest @ ..] => rest.len() == 8,
            _ => false,
        };
        if !fits {
            return Err(PhoneError::Length { digits: national.len() + 1 });
        }
        Ok(Self(format!("0{national}")))
    }

    /// The number from its leading 0, digits only.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For screens others can see: the last three digits.
    pub fn masked(&self) -> String {
        let from = self.0.len().saturating_sub(3);
        format!("••••••{}", self.0.get(from..).unwrap_or_default())
    }

    /// With the country's prefix and without `+`, as message gateways want it: `84912345678`.
    pub fn international(&self) -> String {
        format!("84{}", self.0.strip_prefix('0').unwrap_or(&self.0))
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

impl std::str::FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, PhoneError> {
        Self::parse(text)
    }
}

/// An e-mail address, its domain in lower case.
///
/// The plain form that mail servers in use accept: no quotes, no comments, no bare host, ASCII only.
#[doc(alias = "thư điện tử")]
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

/// Why a text is no e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum EmailError {
    /// Nothing.
    #[error("no address")]
    Empty,
    /// Longer than an address can be.
    #[error("longer than {chars_max} characters")]
    TooLong {
        /// Most characters.
        chars_max: usize,
    },
    /// Not one `@` between two parts.
    #[error("expected one @")]
    At,
    /// The part before the `@` is empty, too long, or has a character or dot where none may be.
    #[error("the part before @ is not one that mail servers take")]
    Local,
    /// The part after the `@` is no domain name with a dot.
    #[error("the part after @ is no domain name")]
    Domain,
}

impl Email {
    /// Reads an address, spaces around it dropped.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(EmailError::Empty);
        }
        if text.len() > EMAIL_CHARS_MAX {
            return Err(EmailError::TooLong { chars_max: EMAIL_CHARS_MAX });
        }
        let (local, domain) = text.split_once('@').filter(|(_, rest)| !rest.contains('@')).ok_or(EmailError::At)?;
        if !is_local_part(local) {
            return Err(EmailError::Local);
        }
        if !is_domain(domain) {
            return Err(EmailError::Domain);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For screens others can see: the first letter and the domain.
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or_default();
        format!("{}•••@{domain}", local.chars().take(1).collect::<String>())
    }
}

fn is_local_part(local: &str) -> bool {
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    local.len() <= LOCAL_CHARS_MAX && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        (1..=LABEL_CHARS_MAX).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = domain.rsplit_once('.').map(|(_, top)| top);
    domain.split('.').all(label) && top.is_some_and(|top| top.len() >= 2 && !top.chars().all(|c| c.is_ascii_digit()))
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", self.masked())
    }
}

impl std::str::FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ways_of_writing_a_number_are_one_number() {
        for text in [
            "0999000412",
            " 0999 000 412 ",
            "0999.000.412",
            "0999-000-412",
            "+84999000412",
            "+84 (0)999 000 412",
            "84999000412",
            "0084 999 000 412",
            "(0999)\u{a0}000 412",
        ] {
            assert_eq!(Phone::parse(text).map(|phone| phone.to_string()), Ok("0999000412".to_owned()), "{text}");
        }
        for (text, number) in
            [("0225 3 123 456", "02253123456"), ("+84 24 3999 9999", "02439999999"), ("0845 000 000", "0845000000")]
        {
            assert_eq!(Phone::parse(text).map(|phone| phone.to_string()), Ok(number.to_owned()), "{text}");
        }
        assert_eq!(Phone::parse("0999000412").map(|phone| phone.international()), Ok("84999000412".to_owned()));
    }

    #[test]
    fn what_cannot_be_rung_is_refused() {
        let cases = [
            ("", PhoneError::Empty),
            ("+ -", PhoneError::Empty),
            ("099900041", PhoneError::Length { digits: 9 }),
            ("09990004122", PhoneError::Length { digits: 11 }),
            ("0199000412", PhoneError::Length { digits: 10 }),
            ("999000412", PhoneError::NotVietnamese),
            ("+1 555 0100", PhoneError::NotVietnamese),
            ("0999000４12", PhoneError::Character { found: '４' }),
            ("0999000412 a", PhoneError::Character { found: 'a' }),
            ("+84+999000412", PhoneError::Character { found: '+' }),
        ];
        for (text, refusal) in cases {
            assert_eq!(Phone::parse(text), Err(refusal), "{text}");
        }
        assert_eq!(Phone::parse(&"0".repeat(9_999)), Err(PhoneError::TooLong { chars_max: PHONE_CHARS_MAX }));
    }

    #[test]
    fn addresses_keep_their_letters_and_lower_their_domain() {
        let email = Email::parse(" Nguyen.Binh+1@Mail.EXAMPLE ").unwrap();
        assert_eq!(email.as_str(), "Nguyen.Binh+1@mail.example");
        assert_eq!(
            (email.masked(), format!("{email:?}")),
            ("N•••@mail.example".to_owned(), "Email(N•••@mail.example)".to_owned())
        );
    }

    #[test]
    fn what_no_server_takes_is_refused() {
        let cases = [
            ("", EmailError::Empty),
            ("binh", EmailError::At),
            ("a@b@c.example", EmailError::At),
            ("@x.example", EmailError::Local),
            (".a@x.example", EmailError::Local),
            ("a..b@x.example", EmailError::Local),
            ("bình@x.example", EmailError::Local),
            ("a b@x.example", EmailError::Local),
            ("a\r\nBcc: b@x.example", EmailError::Local),
            ("a@example", EmailError::Domain),
            ("a@-x.example", EmailError::Domain),
            ("a@x..example", EmailError::Domain),
            ("a@127.0.0.1", EmailError::Domain),
            ("a@x.example.", EmailError::Domain),
        ];
        for (text, refusal) in cases {
            assert_eq!(Email::parse(text), Err(refusal), "{text}");
        }
        let long = format!("{}@x.example", "a".repeat(65));
        assert_eq!(Email::parse(&long), Err(EmailError::Local));
        let long = format!("a@{}example", "x.".repeat(200));
        assert_eq!(Email::parse(&long), Err(EmailError::TooLong { chars_max: EMAIL_CHARS_MAX }));
    }

    proptest! {
        #[test]
        fn a_number_read_again_is_the_same(text in "\\PC{0,30}|(\\+84|0)[2-9][0-9 .]{8,12}") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_str()), Ok(phone.clone()));
                prop_assert_eq!(Phone::parse(&phone.international()), Ok(phone));
            }
        }

        #[test]
        fn an_address_read_again_is_the_same(text in "\\PC{0,40}|[a-z.+]{1,9}@[A-Za-z.-]{3,20}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }
    }
}
