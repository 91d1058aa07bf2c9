//! What a citizen is told, and the texts it is told with: which notices there are, what may stand in their texts, how a text
//! becomes a message.

use crate::text_message::{measured, unaccented};
use std::collections::BTreeMap;

/// Longest text of a template, in characters.
pub const TEMPLATE_CHARS_MAX: usize = 600;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $key:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$note])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word it is kept under.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            /// The one of that word.
            pub fn of_key(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.key() == key)
            }
        }
    };
}

named! {
    /// What a notice tells of.
    #[doc(alias = "tin nhắn, thông báo")]
    NoticeKind {
        /// The desk has the dossier and will answer.
        Filed = "filed",
        /// It is received; the date is promised.
        Received = "received",
        /// It was not accepted.
        NotAccepted = "not_accepted",
        /// Papers are missing.
        SupplementRequested = "supplement_requested",
        /// The papers came.
        Supplemented = "supplemented",
        /// The papers did not come in time.
        SupplementLapsed = "supplement_lapsed",
        /// The citizen is asked to confirm; silence is consent.
        ConfirmationAsked = "confirmation_asked",
        /// It is late; an apology with a new date.
        Apologised = "apologised",
        /// Money is owed.
        ObligationNotified = "obligation_notified",
        /// Withdrawn as asked.
        Withdrawn = "withdrawn",
        /// Ended by the office.
        Discontinued = "discontinued",
        /// The paper is ready.
        Issued = "issued",
        /// The paper was handed over.
        Delivered = "delivered",
        /// What was written down at the reception was corrected.
        Corrected = "corrected",
        /// The paper still lies at the desk.
        Uncollected = "uncollected",
        /// A reorganisation moved it: the same code, the same date, a new address.
        Transferred = "transferred",
        /// Of a split unit, and somebody found out that it belongs to another successor.
        Routed = "routed",
        /// Somebody of the office answered a message.
        Answered = "answered",
    }
}

named! {
    /// A place in a template that each message fills in its own way. Written in braces: `{ma}`.
    Placeholder {
        /// Code of the dossier.
        Code = "ma",
        /// The unit whose desk it is, as called today.
        Unit = "don_vi",
        /// A moment: promised, or until when to supply or to answer.
        By = "han",
        /// Why, in the words of the officer.
        Reason = "ly_do",
        /// The papers asked for.
        Papers = "giay_to",
        /// An amount.
        Amount = "so_tien",
        /// Where the paper lies.
        Place = "noi_tra",
    }
}

named! {
    /// How a notice travels.
    NoticeChannel {
        /// As a text message.
        Text = "sms",
        /// By e-mail.
        Mail = "email",
    }
}

impl NoticeKind {
    /// What may stand in its template; the code must.
    pub const fn placeholders(self) -> &'static [Placeholder] {
        use Placeholder::{Amount, By, Code, Papers, Place, Reason, Unit};
        match self {
            Self::Filed | Self::Received | Self::ConfirmationAsked => &[Code, Unit, By],
            Self::NotAccepted | Self::Discontinued => &[Code, Unit, Reason],
            Self::SupplementRequested => &[Code, Unit, Papers, By],
            Self::Supplemented | Self::SupplementLapsed | Self::Withdrawn | Self::Delivered | Self::Answered => {
                &[Code, Unit]
            }
            Self::Apologised => &[Code, Unit, Reason, By],
            Self::ObligationNotified => &[Code, Unit, Amount],
            Self::Issued | Self::Uncollected => &[Code, Unit, Place],
            Self::Corrected => &[Code, Unit, Reason, By],
            Self::Transferred => &[Code, Unit, Reason, Place],
            Self::Routed => &[Code, Unit, Place],
        }
    }
}

/// What a message fills a template with.
pub type Values = BTreeMap<Placeholder, String>;

/// A text cannot be a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateRefusal {
    /// There is nothing in it.
    #[error("the template is empty")]
    TemplateEmpty,
    /// It is too long, or has signs no message carries.
    #[error("the template is longer than {max} characters")]
    TemplateTooLong {
        /// The most.
        max: usize,
    },
    /// A place this notice does not fill.
    #[error("this notice does not fill {name:?}")]
    PlaceholderUnknown {
        /// What was written between the braces.
        name: String,
    },
    /// A brace without its other one.
    #[error("a brace has no other one")]
    BraceOpen,
    /// Nobody could tell which dossier it is about.
    #[error("the code is missing")]
    CodeMissing,
}

/// A text with places to fill.
#[doc(alias = "mẫu tin")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Words(String),
    Place(Placeholder),
}

impl Template {
    /// Reads the text of a notice.
    ///
    /// ```
    /// use domain::notice::{NoticeKind, Placeholder, Template};
    ///
    /// let template = Template::parse(NoticeKind::Delivered, "Hồ sơ {ma} đã trả kết quả.").unwrap();
    /// let values = [(Placeholder::Code, "H24-0001".to_owned())].into();
    /// assert_eq!(template.filled(&values), "Hồ sơ H24-0001 đã trả kết quả.");
    /// assert!(Template::parse(NoticeKind::Delivered, "Hồ sơ {ma}, nộp {so_tien}").is_err());
    /// ```
    ///
    /// # Errors
    /// It is empty or too long, has a brace alone, names something this notice does not fill, or leaves the code out.
    pub fn parse(kind: NoticeKind, text: &str) -> Result<Self, TemplateRefusal> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TemplateRefusal::TemplateEmpty);
        }
        if text.chars().count() > TEMPLATE_CHARS_MAX || text.chars().any(|it| it.is_control() && it != '\n') {
            return Err(TemplateRefusal::TemplateTooLong { max: TEMPLATE_CHARS_MAX });
        }
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or(TemplateRefusal::BraceOpen)?;
            let place = Placeholder::of_key(name).filter(|it| kind.placeholders().contains(it));
            let unknown = || TemplateRefusal::PlaceholderUnknown { name: name.chars().take(30).collect() };
            pieces.push(Piece::Words(closed(words)?));
            pieces.push(Piece::Place(place.ok_or_else(unknown)?));
            rest = after;
        }
        pieces.push(Piece::Words(closed(rest)?));
        if !pieces.contains(&Piece::Place(Placeholder::Code)) {
            return Err(TemplateRefusal::CodeMissing);
        }
        Ok(Self(pieces))
    }

    /// The message; a place nobody filled is left empty. What was cut short at the end of a sentence ends it with its own dots.
    pub fn filled(&self, values: &Values) -> String {
        self.0.iter().fold(String::new(), |mut message, it| {
            match it {
                Piece::Words(words) if message.ends_with("...") => {
                    message.push_str(words.strip_prefix('.').unwrap_or(words));
                }
                Piece::Words(words) => message.push_str(words),
                Piece::Place(place) => message.push_str(values.get(place).map_or("", String::as_str)),
            }
            message
        })
    }

    /// The text message: without marks where they were not wanted, and in no more parts than an office pays for. What people
    /// wrote (a reason, a list of papers) is shortened for that, never the code or the date.
    pub fn filled_within(&self, values: &Values, marks: Marks, parts_max: usize) -> String {
        let mut values = values.clone();
        loop {
            let message = marks.put_on(&self.filled(&values));
            let longest = [Placeholder::Reason, Placeholder::Papers]
                .into_iter()
                .filter_map(|it| values.get(&it).map(|text| (text.chars().count(), it)))
                .max();
            let Some((chars, place)) = longest.filter(|it| it.0 > 4 && measured(&message).parts > parts_max) else {
                return message;
            };
            values.entry(place).and_modify(|it| *it = shortened(it, chars - chars.div_ceil(8).min(chars - 4)));
        }
    }
}

/// Whether a text message keeps the marks of its letters: without them it is cheaper and harder to read.
#[doc(alias = "có dấu, không dấu")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// As written.
    Kept,
    /// Taken off.
    TakenOff,
}

impl Marks {
    /// The text as it is sent.
    pub fn put_on(self, text: &str) -> String {
        match self {
            Self::Kept => text.to_owned(),
            Self::TakenOff => unaccented(text),
        }
    }
}

fn closed(words: &str) -> Result<String, TemplateRefusal> {
    if words.contains('}') { Err(TemplateRefusal::BraceOpen) } else { Ok(words.to_owned()) }
}

/// The first characters of a text and three dots.
fn shortened(text: &str, chars: usize) -> String {
    let kept: String = text.trim_end_matches("...").chars().take(chars.saturating_sub(3)).collect();
    format!("{}...", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(reason: &str) -> Values {
        [
            (Placeholder::Code, "H24.30.23-250303-0001".to_owned()),
            (Placeholder::Unit, "Phường Hàng Kênh".to_owned()),
            (Placeholder::Reason, reason.to_owned()),
        ]
        .into()
    }

    #[test]
    fn a_template_says_what_is_wrong_with_it() {
        use TemplateRefusal as R;
        let no = |text: &str| Template::parse(NoticeKind::NotAccepted, text).unwrap_err();
        assert_eq!(no("  \n"), R::TemplateEmpty);
        assert_eq!(no("Hồ sơ {ma"), R::BraceOpen);
        assert_eq!(no("Hồ sơ ma}"), R::BraceOpen);
        assert_eq!(no("Hồ sơ {ma} {{ly_do}}"), R::PlaceholderUnknown { name: "{ly_do".to_owned() });
        assert_eq!(no("Hồ sơ {ma}: {han}"), R::PlaceholderUnknown { name: "han".to_owned() });
        assert_eq!(no("Hồ sơ: {ly_do}"), R::CodeMissing);
        assert_eq!(no(&"x".repeat(601)), R::TemplateTooLong { max: 600 });
        assert_eq!(no("{ma}\u{7}"), R::TemplateTooLong { max: 600 });
    }

    #[test]
    fn what_people_typed_is_no_template() {
        let template = Template::parse(NoticeKind::NotAccepted, "{ma}: {ly_do}").unwrap();
        assert_eq!(template.filled(&values("{don_vi}")), "H24.30.23-250303-0001: {don_vi}");
    }

    #[test]
    fn a_long_reason_is_shortened_until_the_message_is_affordable() {
        let template = Template::parse(NoticeKind::NotAccepted, "{don_vi}: {ma} {ly_do}").unwrap();
        let long = "Thiếu giấy chứng sinh. ".repeat(60);
        for (marks, most) in [(Marks::Kept, 1), (Marks::Kept, 3), (Marks::TakenOff, 1), (Marks::TakenOff, 2)] {
            let message = template.filled_within(&values(&long), marks, most);
            assert!(measured(&message).parts <= most, "{message}");
            assert!(message.contains("H24.30.23-250303-0001") && message.ends_with("..."), "{message}");
        }
        let sentence = Template::parse(NoticeKind::NotAccepted, "{ma}: {ly_do}. Hẹn gặp lại.").unwrap();
        let message = sentence.filled_within(&values(&long), Marks::Kept, 1);
        assert!(message.contains("... Hẹn") && !message.contains("...."), "{message}");
        let short = template.filled_within(&values("Thiếu ảnh."), Marks::Kept, 3);
        assert_eq!(short, template.filled(&values("Thiếu ảnh.")));
    }

    #[test]
    fn what_cannot_be_shortened_goes_as_it_is() {
        let template = Template::parse(NoticeKind::Delivered, &format!("{{ma}} {}", "ậ".repeat(200))).unwrap();
        assert_eq!(measured(&template.filled_within(&values(""), Marks::Kept, 1)).parts, 4);
    }

    #[test]
    fn every_word_leads_back_to_its_thing() {
        assert!(NoticeKind::ALL.iter().all(|it| NoticeKind::of_key(it.key()) == Some(*it)));
        assert!(NoticeKind::ALL.iter().all(|it| it.placeholders().contains(&Placeholder::Code)));
        assert_eq!(NoticeChannel::of_key("fax"), None);
    }
}
