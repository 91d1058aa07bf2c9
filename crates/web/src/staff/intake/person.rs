//! Who stands at the counter: typed, or read from the card.

use super::gap_link;
use crate::Web;
use crate::citizen::form_view::problem_words;
use crate::page::FieldLink;
use crate::posted::Posted;
use crate::staff::phrases::{dossier_address, typed_day};
use crate::staff::views::{PersonPart, RunningDossier, StaffField};
use crate::{say, say_with};
use app::words;
use domain::dossier::{DossierCode, Party};
use domain::person::{CardDisagreement, CardError, CardQr, NumberWarning, PartialBirth, PersonalNumber, Sex};
use domain::procedure::{
    AnswerGap, Answers, ApplicationForm, Completeness, Field, FieldKind, RawAnswers, Section, validate,
};
use jiff::civil::Date;

/// Longest reason for going on all the same, in characters.
const REASON_CHARS_MAX: usize = 300;
/// Questions about the person who stands here, and about the applicant where that is somebody else: name, key of the words, kind,
/// whether it must be answered.
const QUESTIONS: [(&str, &str, FieldKind, bool); 10] = [
    ("so", "intake-number", FieldKind::NationalId, true),
    ("ten", "account-name", FieldKind::PersonName, true),
    ("sinh", "account-birth", FieldKind::Text, false),
    ("dien-thoai", "account-phone", FieldKind::Phone, false),
    ("thu", "account-email", FieldKind::Email, false),
    ("dia-chi", "account-address", FieldKind::Address, false),
    ("chu-so", "intake-applicant-number", FieldKind::NationalId, false),
    ("chu-ten", "intake-applicant-name", FieldKind::PersonName, true),
    ("chu-sinh", "intake-applicant-birth", FieldKind::Text, false),
    ("chu-dia-chi", "intake-applicant-address", FieldKind::Address, false),
];

/// The part about the person as read.
pub(in crate::staff) struct PersonRead {
    raw: RawAnswers,
    answers: Answers,
    gaps: Vec<AnswerGap>,
    wrong_births: Vec<(&'static str, &'static str)>,
    other_applicant: bool,
    card_text: String,
    card_error: String,
    source: String,
    hint: String,
    mismatch: String,
    override_reason: String,
}

/// Reads what was typed; a card's text fills in what it says.
pub(in crate::staff) fn read(posted: &Posted, today: Date, completeness: Completeness) -> PersonRead {
    let other_applicant = posted.has("chu-khac");
    let mut raw: RawAnswers = QUESTIONS
        .iter()
        .map(|(name, ..)| ((*name).to_owned(), vec![posted.text(name).chars().take(1_000).collect::<String>()]))
        .collect();
    let card = CardReading::of(posted.trimmed("the"), today, &mut raw);
    let fields = QUESTIONS
        .iter()
        .filter(|(name, ..)| other_applicant || !name.starts_with("chu-"))
        .map(|it| Field { required: it.3, ..Field::new(it.0, say(it.1), it.2) })
        .collect();
    let form =
        ApplicationForm { sections: vec![Section { fields, ..Section::default() }], ..ApplicationForm::default() };
    let (answers, gaps) = validate(&form, &raw, today, completeness);
    let mut wrong_births = Vec::new();
    for name in ["sinh", "chu-sinh"] {
        if let Some(text) = answers.text(name)
            && birth(text, today).is_none()
        {
            wrong_births.push((name, say("intake-birth-wrong")));
        }
    }
    let number = answers.text("so").and_then(|it| PersonalNumber::parse(it, today).ok());
    let mut mismatch = card.mismatch;
    if let (Some((number, _)), Some(year)) = (&number, answers.text("sinh").and_then(|it| birth(it, today)))
        && number.birth_year() != year
    {
        let differs = say_with("intake-year-differs", &[("year", &year), ("number", &number.birth_year())]);
        mismatch = format!("{differs} {mismatch}");
    }
    let abroad = number.and_then(|(_, warnings)| {
        warnings.into_iter().map(|NumberWarning::PlaceNotListed { place_code }| place_code).next()
    });
    PersonRead {
        raw,
        answers,
        gaps,
        wrong_births,
        other_applicant,
        card_text: card.text,
        card_error: card.error,
        source: card.source,
        hint: abroad
            .map(|it| say_with("intake-place-unknown", &[("code", &format_args!("{it:03}"))]))
            .unwrap_or_default(),
        mismatch: mismatch.trim().to_owned(),
        override_reason: posted.trimmed("ly-do-lech").chars().take(REASON_CHARS_MAX).collect(),
    }
}

/// The year of a birth as typed: a day that has come, or a year alone.
fn birth(text: &str, today: Date) -> Option<i16> {
    let text = text.trim();
    if text.len() == 4 && text.bytes().all(|it| it.is_ascii_digit()) {
        return text.parse().ok().filter(|year| (1850..=today.year()).contains(year));
    }
    let full = text.matches(['/', '-', '.']).count() == 2;
    typed_day(text, today).filter(|day| full && *day <= today && day.year() >= 1850).map(|it| it.year())
}

#[derive(Default)]
struct CardReading {
    text: String,
    error: String,
    source: String,
    mismatch: String,
}

impl CardReading {
    fn of(text: &str, today: Date, raw: &mut RawAnswers) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        let (card, disagreements) = match CardQr::read(text, today) {
            Ok(read) => read,
            Err(why) => {
                return Self { text: text.chars().take(2_000).collect(), error: card_words(&why), ..Self::default() };
            }
        };
        let born = match card.birth {
            PartialBirth::Full(day) => words::short_day(day),
            PartialBirth::Year(year) => year.to_string(),
        };
        let is_new = raw.get("so").and_then(|it| it.first()).is_none_or(|it| it.trim() != card.number.as_str());
        for (name, value) in
            [("so", card.number.as_str()), ("ten", card.name.as_str()), ("sinh", &born), ("dia-chi", &card.address)]
        {
            let kept = raw.entry(name.to_owned()).or_default();
            // What an officer corrected on the same card stays corrected.
            if is_new || kept.first().is_none_or(|it| it.trim().is_empty()) {
                *kept = vec![value.to_owned()];
            }
        }
        let sex = disagreements.iter().find_map(|it| match it {
            CardDisagreement::Sex { card, number } => Some((*card, *number)),
            CardDisagreement::Birth { .. } => None,
        });
        Self {
            // The sex stands nowhere else on the page: the card stays until somebody said why they go on.
            text: if sex.is_some() { text.to_owned() } else { String::new() },
            error: String::new(),
            source: say("intake-card-read").to_owned(),
            mismatch: sex
                .map(|(card, number)| {
                    say_with("intake-sex-differs", &[("card", &sex_word(card)), ("number", &sex_word(number))])
                })
                .unwrap_or_default(),
        }
    }
}

fn sex_word(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => say("intake-male"),
        Sex::Female => say("intake-female"),
    }
}

fn card_words(why: &CardError) -> String {
    match why {
        CardError::TooLong { .. } => say("intake-card-long").to_owned(),
        CardError::ControlCharacter { .. } => say("intake-card-signs").to_owned(),
        CardError::TooFewFields { found, fields_min } => {
            say_with("intake-card-parts", &[("least", fields_min), ("found", found)])
        }
        CardError::Number(_) => say("intake-card-number").to_owned(),
        CardError::Name(_) => say("intake-card-name").to_owned(),
        CardError::Unreadable { text, .. } => {
            let text: String = text.chars().take(30).collect();
            say_with("intake-card-text", &[("text", &text)])
        }
        CardError::BirthAhead { .. } => say("intake-card-ahead").to_owned(),
        CardError::Disagrees(_) => say("intake-card-disagrees").to_owned(),
    }
}

impl PersonRead {
    fn text(&self, name: &str) -> String {
        self.answers.text(name).unwrap_or_default().to_owned()
    }

    /// The personal number of whose dossier it is.
    pub(in crate::staff) fn owner_number(&self) -> Option<String> {
        let name = if self.other_applicant { "chu-so" } else { "so" };
        self.answers.text(name).filter(|it| it.len() == 12).map(str::to_owned)
    }

    /// Who stands here.
    pub(in crate::staff) fn submitter(&self) -> Party {
        Party {
            name: self.text("ten"),
            number: self.text("so"),
            birth: self.text("sinh"),
            phone: self.text("dien-thoai"),
            email: self.text("thu"),
            address: self.text("dia-chi"),
        }
    }

    /// Whose dossier it is, where that is somebody else.
    pub(in crate::staff) fn applicant(&self) -> Option<Party> {
        self.other_applicant.then(|| Party {
            name: self.text("chu-ten"),
            number: self.text("chu-so"),
            birth: self.text("chu-sinh"),
            address: self.text("chu-dia-chi"),
            ..Party::default()
        })
    }

    /// Why the officer goes on although card and number disagree; empty where they agree.
    pub(in crate::staff) fn override_reason(&self) -> String {
        if self.mismatch.is_empty() { String::new() } else { self.override_reason.clone() }
    }

    /// Where the person can be told by message.
    pub(in crate::staff) fn has_phone(&self) -> bool {
        self.answers.text("dien-thoai").is_some()
    }

    /// Links to what is wrong, for receiving.
    pub(in crate::staff) fn errors(&self, today: Date) -> Vec<FieldLink> {
        let mut errors: Vec<FieldLink> = self.gaps.iter().map(|it| gap_link(it, today)).collect();
        if !self.card_error.is_empty() {
            errors.push(FieldLink { href: "#the".to_owned(), text: self.card_error.clone() });
        }
        for (name, text) in &self.wrong_births {
            errors.push(FieldLink { href: format!("#{name}"), text: (*text).to_owned() });
        }
        if !self.mismatch.is_empty() && self.override_reason.is_empty() {
            let text = say("intake-mismatch").to_owned();
            errors.push(FieldLink { href: "#ly-do-lech".to_owned(), text });
        }
        errors
    }
}

/// The part of the page.
pub(in crate::staff) fn part(web: &Web, posted: &Posted, read: &PersonRead) -> PersonPart {
    let today = web.house.clock.now().day();
    let field = |name: &str| -> StaffField {
        let question = QUESTIONS.iter().find(|it| it.0 == name);
        let (label, required) = question.map_or(("", false), |it| (say(it.1), it.3));
        let field = match question.map(|it| it.2) {
            Some(FieldKind::NationalId) => StaffField::digits(name, label),
            Some(FieldKind::Phone) => StaffField::of_kind(name, label, "tel"),
            Some(FieldKind::Email) => StaffField::of_kind(name, label, "email"),
            _ => StaffField::line(name, label),
        };
        let value = read.raw.get(name).and_then(|it| it.first()).cloned().unwrap_or_default();
        let field = field.with_value(value);
        let field = if required { field } else { field.as_optional() };
        let gap = read.gaps.iter().find(|it| it.field_id == name).map(|it| problem_words(&it.problem, today));
        let birth = read.wrong_births.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
        match gap.or(birth) {
            Some(words) => field.with_error(words),
            None => field,
        }
    };
    let fields = ["so", "ten", "sinh", "dien-thoai", "thu", "dia-chi"].map(field);
    let card = StaffField::line("the", say("intake-card")).with_value(read.card_text.clone());
    let reason = StaffField::line("ly-do-lech", say("intake-mismatch-why")).with_value(read.override_reason.clone());
    let unsaid =
        !read.mismatch.is_empty() && read.override_reason.is_empty() && posted.trimmed("lenh").starts_with("tiep-nhan");
    PersonPart {
        card: Some(if read.card_error.is_empty() { card } else { card.with_error(read.card_error.clone()) }),
        fields: fields
            .into_iter()
            .map(|it| if it.name == "so" && !read.hint.is_empty() { it.with_hint(read.hint.clone()) } else { it })
            .collect(),
        role: None,
        other_applicant: read.other_applicant,
        applicant: ["chu-so", "chu-ten", "chu-sinh", "chu-dia-chi"].map(field).into_iter().collect(),
        mismatch: read.mismatch.clone(),
        mismatch_reason: (!read.mismatch.is_empty())
            .then(|| if unsaid { reason.with_error(say("intake-mismatch-unsaid")) } else { reason }),
        running: Vec::new(),
        source: read.source.clone(),
    }
}

/// A dossier of the same procedure that runs already.
pub(in crate::staff) fn running(code: String) -> RunningDossier {
    let href = DossierCode::parse(&code).map_or_else(|_| String::new(), |it| dossier_address(&it));
    RunningDossier { code, href, note: say("intake-running").to_owned() }
}
