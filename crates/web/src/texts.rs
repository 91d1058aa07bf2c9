//! Words for people: keys in `locales/`, looked up here and nowhere else.

mod said;

use crate::spoken;
use app::FieldProblem;
use askama::filters::{Escaper, Html};
use domain::calendar::ClockRefusal;
use domain::dossier::{Act, DossierRefusal, Event, NextAct, Status};
use domain::post::Post;
use domain::procedure::Channel;
use domain::queue::QueueRefusal;
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{self, Display, Write};
use std::future::Future;
use std::sync::OnceLock;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "vi",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// The language of every page until another is chosen.
static VIETNAMESE: LanguageIdentifier = langid!("vi");
/// The other one.
static ENGLISH: LanguageIdentifier = langid!("en");

/// The language a page is read in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// First, and where nobody asked for another.
    #[default]
    Vietnamese,
    /// Chosen by the visitor.
    English,
}

impl Language {
    /// The one of that code; Vietnamese for every other.
    pub fn of_code(code: &str) -> Self {
        if code == "en" { Self::English } else { Self::Vietnamese }
    }

    /// Its code, as HTML names it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::English => "en",
        }
    }

    /// Its name in itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vietnamese => "Tiếng Việt",
            Self::English => "English",
        }
    }

    /// Its mark in the head of a page.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Vietnamese => "VI",
            Self::English => "EN",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Vietnamese => Self::English,
            Self::English => Self::Vietnamese,
        }
    }

    fn identifier(self) -> &'static LanguageIdentifier {
        match self {
            Self::Vietnamese => &VIETNAMESE,
            Self::English => &ENGLISH,
        }
    }
}

/// A refusal in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalWords {
    /// What happened.
    pub what: String,
    /// Why, and what to do now.
    pub why: Option<String>,
    /// The law, where law decides.
    pub legal: Option<String>,
}

tokio::task_local! {
    /// What the visitor of the request at hand reads.
    static SPOKEN: Language;
}

/// The language of the request at hand; Vietnamese outside of one (ADR 0019).
pub fn language() -> Language {
    SPOKEN.try_with(|it| *it).unwrap_or_default()
}

/// Answers a request in a language.
pub async fn speaking<T>(language: Language, answer: impl Future<Output = T>) -> T {
    SPOKEN.scope(language, answer).await
}

/// What is Vietnamese whoever reads it: the papers of the office.
pub fn in_vietnamese<T>(make: impl FnOnce() -> T) -> T {
    SPOKEN.sync_scope(Language::Vietnamese, make)
}

/// The words of a key in the language of the request, ready as they stand; the key itself where there are none, so that a gap is seen.
pub fn say(key: &'static str) -> &'static str {
    said::text(language(), key).and_then(said::Text::whole).unwrap_or(key)
}

/// What a page writes as it stands, because HTML reads nothing in it otherwise: both ways in which a page is written, from one.
macro_rules! as_it_stands {
    ($kind:ty, |$it:ident, $out:ident| $write:expr) => {
        impl std::fmt::Display for $kind {
            fn fmt(&self, $out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let $it = self;
                $write
            }
        }

        impl askama::filters::HtmlSafe for $kind {}

        impl askama::FastWritable for $kind {
            fn write_into(&self, $out: &mut dyn std::fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
                let $it = self;
                Ok($write?)
            }
        }
    };
}
pub(crate) use as_it_stands;

/// The words of a key as a page shows them, in the language of the request: [`say`] for pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said(&'static str);

as_it_stands!(Said, |it, out| out.write_str(it.0));

/// A text of people or data for a page that shows many: nearly none has a sign in it that HTML reads otherwise, and whether one has is
/// found out in one go.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<T>(pub T);

impl<T: AsRef<str>> Escaped<T> {
    fn write_to(&self, out: &mut (impl Write + ?Sized)) -> fmt::Result {
        let text = self.0.as_ref();
        // Not `any`: every byte is looked at, many at once.
        let special = |byte: u8| matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\'');
        if text.bytes().fold(false, |found, byte| found | special(byte)) {
            Html.write_escaped_str(out, text)
        } else {
            out.write_str(text)
        }
    }
}

impl<T: AsRef<str>> Display for Escaped<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(out)
    }
}

// It is escaped already.
impl<T: AsRef<str>> askama::filters::HtmlSafe for Escaped<T> {}

impl<T: AsRef<str>> askama::FastWritable for Escaped<T> {
    fn write_into(&self, out: &mut dyn Write, _: &dyn askama::Values) -> askama::Result<()> {
        Ok(self.write_to(out)?)
    }
}

/// One place of a page that says a key: looked up when it is first said.
#[derive(Debug)]
pub struct Saying {
    key: &'static str,
    both: OnceLock<[Said; 2]>,
}

impl Saying {
    /// Of that key.
    pub const fn of(key: &'static str) -> Self {
        Self { key, both: OnceLock::new() }
    }

    /// Its words; the key itself where there are none, so that a gap is seen.
    pub fn said(&self) -> Said {
        let shown = |language| Said(said::text(language, self.key).and_then(said::Text::shown).unwrap_or(self.key));
        let [vietnamese, english] = self.both.get_or_init(|| [Language::Vietnamese, Language::English].map(shown));
        match language() {
            Language::Vietnamese => *vietnamese,
            Language::English => *english,
        }
    }
}

/// The words of a key, for a page: `{{ crate::said!("frame-mine") }}`.
#[macro_export]
macro_rules! said {
    ($key:literal) => {{
        static SAYING: $crate::texts::Saying = $crate::texts::Saying::of($key);
        SAYING.said()
    }};
}

/// The words of a key with what is filled in; the form for one (`key-one`) where the first of it is 1.
pub fn say_with(key: &'static str, args: &[(&str, &dyn Display)]) -> String {
    said::text(language(), key).map_or_else(|| key.to_owned(), |it| it.filled(args))
}

/// The words of a key about so many things; the place of the text is called `count`.
pub fn counted(key: &'static str, count: impl Display) -> String {
    say_with(key, &[("count", &count)])
}

/// Marks what is Vietnamese on a page read in another language: names, forms and laws, which are not translated.
#[derive(Clone, Copy, Debug)]
pub struct Vietnamese {
    /// False for what is written in the language of the page.
    pub is_so: bool,
}

/// The mark, for what always is.
pub const VI: Vietnamese = Vietnamese { is_so: true };

as_it_stands!(Vietnamese, |it, out| out.write_str(if !it.is_so || language() == Language::Vietnamese {
    ""
} else {
    " lang=\"vi\""
}));

/// Marks what was written down in one language on a page read in another.
#[derive(Clone, Copy, Debug)]
pub struct WrittenIn(pub Language);

as_it_stands!(WrittenIn, |it, out| if it.0 == language() { Ok(()) } else { write!(out, " lang=\"{}\"", it.0.code()) });

/// The words of a key; the key itself where there are none, so that a gap is seen.
pub fn word(key: &str) -> String {
    word_in(language(), key)
}

/// The same in a language.
pub fn word_in(language: Language, key: &str) -> String {
    match said::text(language, key).and_then(said::Text::whole) {
        Some(ready) => ready.to_owned(),
        None => LOCALES.try_lookup(language.identifier(), key).unwrap_or_else(|| key.to_owned()),
    }
}

/// The words of a key with data.
pub fn word_with(key: &str, args: &[(&'static str, String)]) -> String {
    word_in_with(language(), key, args)
}

/// The same in a language.
pub fn word_in_with(language: Language, key: &str, args: &[(&'static str, String)]) -> String {
    if let Some(text) = said::text(language, key) {
        let args: Vec<(&str, &dyn Display)> = args.iter().map(|(name, it)| (*name, it as &dyn Display)).collect();
        return text.filled(&args);
    }
    let args: HashMap<Cow<'static, str>, FluentValue<'_>> =
        args.iter().map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(value.as_str()))).collect();
    LOCALES.try_lookup_with_args(language.identifier(), key, &args).unwrap_or_else(|| key.to_owned())
}

/// A number with its thousands marked: "4.859", in English "4,859".
pub fn number_in(language: Language, count: i64) -> String {
    let mark = if language == Language::English { ',' } else { '.' };
    let digits = count.unsigned_abs().to_string();
    if (0..1_000).contains(&count) {
        return digits;
    }
    let mut text = if count < 0 { "-".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

/// A lawful no in words.
pub fn refusal(refusal: &DossierRefusal) -> RefusalWords {
    let (key, args, legal) = refusal_key(refusal);
    let key = format!("refusal-{key}");
    let why = word(&format!("{key}-why"));
    RefusalWords { what: word_with(&key, &args), why: Some(why), legal: legal.map(str::to_owned) }
}

type Keyed = (&'static str, Vec<(&'static str, String)>, Option<&'static str>);

fn refusal_key(refusal: &DossierRefusal) -> Keyed {
    use DossierRefusal as R;
    let plain = |key| (key, Vec::new(), None);
    match refusal {
        R::NotInThisStatus { status: at } => ("not-in-this-status", vec![("status", status(*at))], None),
        R::NotAtThisStep => plain("not-at-this-step"),
        R::NotFiled => plain("not-filed"),
        R::AlreadyFiled => plain("already-filed"),
        R::ChannelNotOffered => plain("channel-not-offered"),
        R::NoTimeLimit => plain("no-time-limit"),
        R::Withdrawn { from } => ("withdrawn", vec![("day", spoken::short_day(*from))], None),
        R::ReasonMissing => plain("reason-missing"),
        R::TextTooLong { max } => ("text-too-long", vec![("max", max.to_string())], None),
        R::NothingAsked => plain("nothing-asked"),
        R::NotOnTheList { what } => ("not-on-the-list", vec![("what", what.clone())], Some("NĐ 61/2018/NĐ-CP, Điều 5")),
        R::AskedAlready { asked } => ("asked-already", vec![("asked", asked.to_string())], Some("NĐ 61/2018/NĐ-CP")),
        R::NothingSupplied => plain("nothing-supplied"),
        R::StillTimeToSupply { reply_by } => ("still-time-to-supply", vec![("day", spoken::day(*reply_by))], None),
        R::ReceivedAlready => plain("received-already"),
        R::NotInThatPost => plain("not-in-that-post"),
        R::DraftNeeded => plain("draft-needed"),
        R::NoFurtherStep => plain("no-further-step"),
        R::CannotSendBackThere { to } => ("cannot-send-back-there", vec![("to", to.to_string())], None),
        R::CannotRecall => plain("cannot-recall"),
        R::ReappointedAlready => ("reappointed-already", Vec::new(), Some("NĐ 61/2018/NĐ-CP, Điều 19")),
        R::NewDateTooEarly { promised } => ("new-date-too-early", vec![("promised", spoken::moment(*promised))], None),
        R::NewDateNotWorking => plain("new-date-not-working"),
        R::AmountOutOfRange { max_vnd } => ("amount-out-of-range", vec![("max", spoken::dong(*max_vnd))], None),
        R::MoreThanOwed { owed_vnd } => ("more-than-owed", vec![("owed", spoken::dong(*owed_vnd))], None),
        R::StillOwed { owed_vnd } => ("still-owed", vec![("owed", spoken::dong(*owed_vnd))], None),
        R::FeeAsBefore => plain("fee-as-before"),
        R::MoreThanOverpaid { over_vnd } => ("more-than-overpaid", vec![("over", spoken::dong(*over_vnd))], None),
        R::Overpaid { over_vnd } => ("overpaid", vec![("over", spoken::dong(*over_vnd))], None),
        R::ReceiverMissing => plain("receiver-missing"),
        R::ProxyPaperMissing => plain("proxy-paper-missing"),
        R::AddressMissing => plain("address-missing"),
        R::CollectionAsBefore => plain("collection-as-before"),
        R::NothingCorrected => plain("nothing-corrected"),
        R::NameMissing => plain("name-missing"),
        R::NumberTailWrong => plain("number-tail-wrong"),
        R::NumberTailDiffers => plain("number-tail-differs"),
        R::NumberMissing => plain("number-missing"),
        R::TooMany { max } => ("too-many", vec![("max", max.to_string())], None),
        R::NotOnTheDossier => plain("not-on-the-dossier"),
        R::MarkWithoutReason { .. } => plain("mark-without-reason"),
        R::NothingExamined => plain("nothing-examined"),
        R::NotInOrder { count } => ("not-in-order", vec![("count", count.to_string())], None),
        R::AnswersWrong { count } => ("answers-wrong", vec![("count", count.to_string())], None),
        R::NotToBeRouted => plain("not-to-be-routed"),
        R::NotASuccessor => plain("not-a-successor"),
        R::Clock(ClockRefusal::YearNotPublished { year }) => {
            ("year-not-published", vec![("year", year.to_string())], None)
        }
        R::Clock(ClockRefusal::Minutes { .. }) => plain("minutes"),
        R::Clock(ClockRefusal::PauseBackwards { .. }) => plain("pause-backwards"),
    }
}

/// What is wrong with a field, in words.
pub fn field_problem(problem: &FieldProblem) -> String {
    word_with(problem.key, &problem.args)
}

/// The key of a lawful no of the queue, with its data.
pub fn queue_refusal_key(refusal: &QueueRefusal) -> (String, Vec<(&'static str, String)>) {
    use QueueRefusal as R;
    let (key, number) = match refusal {
        R::NoSuchService => ("no-such-service", None),
        R::DeskClosed => ("desk-closed", None),
        R::NumbersUsedUp => ("numbers-used-up", None),
        R::NoSuchCounter => ("no-such-counter", None),
        R::NoCounterChosen => ("no-counter-chosen", None),
        R::StillCalled { number } => ("still-called", Some(number)),
        R::NobodyWaits => ("nobody-waits", None),
        R::TicketMoved { number } => ("ticket-moved", Some(number)),
        R::NobodyServes => ("nobody-serves", None),
    };
    (format!("refusal-{key}"), number.map(|it| ("number", it.to_string())).into_iter().collect())
}

/// A status in words.
pub fn status(status: Status) -> String {
    word(&format!("status-{}", status.key().replace('_', "-")))
}

/// The next act in words.
pub fn next_act(next: NextAct) -> String {
    word(&format!("next-{}", next.key().replace('_', "-")))
}

/// A post in words.
pub fn post(post: Post) -> String {
    word(&format!("post-{}", post.as_str().replace('_', "-")))
}

/// A way of filing in words.
pub fn channel(channel: Channel) -> String {
    word(&format!("channel-{}", channel.as_str()))
}

/// An act's name on a button.
pub fn act(act: Act) -> String {
    word(&format!("act-{}", act.key()))
}

/// What an act means for the citizen.
pub fn act_explains(act: Act) -> String {
    word(&format!("act-{}-explains", act.key()))
}

/// An event as a line of the history.
pub fn event(event: &Event) -> String {
    let key = format!("event-{}", event.kind().replace('_', "-"));
    let args = match event {
        Event::Received { due, .. } => vec![("due", spoken::moment(due.at.local()))],
        Event::SupplementRequested { reply_by, .. } => vec![("by", spoken::day(*reply_by))],
        Event::Apologised { new_date, .. } => vec![("due", spoken::moment(new_date.local()))],
        Event::ObligationNotified { amount_vnd, .. }
        | Event::Paid { amount_vnd, .. }
        | Event::Refunded { amount_vnd, .. } => vec![("amount", spoken::dong(*amount_vnd))],
        Event::FeeSet { from_vnd, fee_vnd, .. } => {
            vec![("from", spoken::dong(*from_vnd)), ("amount", spoken::dong(*fee_vnd))]
        }
        _ => Vec::new(),
    };
    word_with(&key, &args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_status_act_and_post_has_words() {
        for kind in Event::KINDS {
            let key = format!("event-{}", kind.replace('_', "-"));
            assert_ne!(word_with(&key, &[("due", "x".into()), ("by", "x".into()), ("amount", "x".into())]), key);
        }
        for it in Status::ALL {
            assert!(!status(it).starts_with("status-"), "{it:?}");
        }
        for it in Act::ALL {
            assert!(!act(*it).starts_with("act-"), "{it}");
        }
        for it in Post::ALL {
            assert!(!post(it).starts_with("post-"), "{it:?}");
        }
    }

    #[test]
    fn what_is_cut_here_reads_as_fluent_puts_it_together() {
        for language in [Language::Vietnamese, Language::English] {
            for key in said::keys() {
                assert!(said::text(language, key).is_some(), "{key} in {language:?}");
                if let Some(ready) = said::text(language, key).and_then(said::Text::whole) {
                    assert_eq!(LOCALES.try_lookup(language.identifier(), key).as_deref(), Some(ready), "{key}");
                }
            }
        }
        let args = HashMap::from([(Cow::Borrowed("at"), FluentValue::from("x")), (Cow::Borrowed("left"), "y".into())]);
        let ours = word_in_with(Language::English, "told-due", &[("at", "x".into()), ("left", "y".into())]);
        assert_eq!(LOCALES.try_lookup_with_args(&ENGLISH, "told-due", &args), Some(ours));
    }

    #[tokio::test]
    async fn words_are_those_of_the_request_and_one_is_not_many() {
        assert_eq!(say("frame-mine"), "Hồ sơ của tôi");
        speaking(Language::English, async {
            assert_eq!(say("frame-mine"), "My dossiers");
            assert_eq!(say_with("told-days-left", &[("days", &1)]), "1 day left");
            assert_eq!(say_with("told-days-left", &[("days", &24)]), "24 days left");
            assert_eq!(in_vietnamese(|| say("frame-mine")), "Hồ sơ của tôi");
            assert_eq!(VI.to_string(), " lang=\"vi\"");
        })
        .await;
        assert_eq!(VI.to_string(), "");
    }

    #[test]
    fn a_refusal_says_what_and_why_with_its_data() {
        let words = refusal(&DossierRefusal::StillOwed { owed_vnd: 16_000 });
        assert_eq!(words.what, "Hồ sơ còn phải nộp 16.000 đồng.");
        assert!(words.why.is_some_and(|it| !it.starts_with("refusal-")));
    }
}
