//! Correcting what was written down at the reception: the questions with what stands there, and the command they become.

use super::act_readings::{Problems, Typed};
use super::answer_fields;
use super::intake::{WAYS, person};
use super::views::{ChoiceView, StaffField};
use crate::citizen::form_view::problem_words;
use crate::posted::Posted;
use crate::{say, say_with};
use app::applying::known_of;
use app::dossiers::DossierView;
use app::words;
use domain::dossier::{Collection, Command, Filing, Party};
use domain::procedure::{Answers, Completeness, RawAnswers, validate};

/// Longest postal address, in characters.
const ADDRESS_CHARS_MAX: usize = 300;
/// Questions about the submitter, and behind `chu-` about the applicant: name, key of the words, how it is typed.
const QUESTIONS: [(&str, &str, &str); 6] = [
    ("ten", "account-name", "text"),
    ("so", "intake-number", "digits"),
    ("sinh", "account-birth", "text"),
    ("dien-thoai", "account-phone", "tel"),
    ("thu", "account-email", "email"),
    ("dia-chi", "account-address", "text"),
];

/// What stands in a part of a person, as it is typed.
fn shown(party: &Party, name: &str) -> String {
    match name {
        "ten" => party.name.clone(),
        "so" => party.number.clone(),
        "sinh" => party.birth.parse().map_or_else(|_| party.birth.clone(), words::short_day),
        "dien-thoai" => party.phone.clone(),
        "thu" => party.email.clone(),
        _ => party.address.clone(),
    }
}

fn stored<'a>(party: &'a mut Party, name: &str) -> &'a mut String {
    match name {
        "ten" => &mut party.name,
        "so" => &mut party.number,
        "sinh" => &mut party.birth,
        "dien-thoai" => &mut party.phone,
        "thu" => &mut party.email,
        _ => &mut party.address,
    }
}

/// Questions of an applicant who is not the submitter: how to reach them is not asked.
fn asked_of_applicant(name: &str) -> bool {
    !matches!(name, "dien-thoai" | "thu")
}

/// The questions, filled with what is written now.
pub fn questions(view: &DossierView) -> Vec<StaffField> {
    let Some(filing) = view.dossier.filing.get() else { return Vec::new() };
    let mut fields = vec![StaffField::lines("ly-do", say("correct-why"), 2).with_hint(say("correct-why-hint"))];
    let mut party = |prefix: &str, whose: &'static str, it: &Party| {
        for (name, key, kind) in QUESTIONS.into_iter().filter(|it| prefix.is_empty() || asked_of_applicant(it.0)) {
            let (id, label) = (format!("{prefix}{name}"), say_with(whose, &[("what", &say(key))]));
            let field = match kind {
                "digits" => StaffField::digits(id, label),
                kind => StaffField::of_kind(
                    id,
                    label,
                    if kind == "tel" {
                        "tel"
                    } else if kind == "email" {
                        "email"
                    } else {
                        "text"
                    },
                ),
            };
            let field = field.with_value(shown(it, name));
            fields.push(if name == "ten" { field } else { field.as_optional() });
        }
    };
    party("", "correct-of-submitter", &filing.submitter);
    if let Some(applicant) = &filing.applicant {
        party("chu-", "correct-of-applicant", applicant);
    }
    let reason = StaffField::line("ly-do-lech", say("correct-mismatch"));
    fields.push(reason.with_value(filing.identity_override.clone()).as_optional());
    fields.extend(collection(filing));
    fields.extend(answers(view, filing));
    fields
}

fn collection(filing: &Filing) -> Vec<StaffField> {
    let (chosen, address) = match &filing.collection {
        Collection::Desk => ("quay", ""),
        Collection::Post { address } => ("buu-chinh", address.as_str()),
        Collection::Electronic => ("dien-tu", ""),
    };
    let ways =
        WAYS.into_iter().map(|(value, key)| ChoiceView { chosen: value == chosen, ..ChoiceView::new(value, say(key)) });
    let told = ChoiceView::new("1", say("correct-by-message"));
    let told = ChoiceView { chosen: filing.by_message, ..told };
    vec![
        StaffField::radios("nhan", say("apply-collect"), ways.collect()),
        StaffField::line("nhan-dia-chi", say("counter-postal-address")).with_value(address).as_optional(),
        StaffField::tick("bao", String::new(), told),
    ]
}

/// The answers as the page of an officer shows and posts them: days as people write them.
fn posted(raw: &RawAnswers) -> Posted {
    let is_day = |it: &str| it.len() == 10 && it.split('-').map(str::len).eq([4, 2, 2]);
    let typed = |it: &String| match it.parse() {
        Ok(day) if is_day(it) => words::short_day(day),
        Ok(_) | Err(_) => it.clone(),
    };
    let pairs = raw.iter().flat_map(|(name, values)| {
        values.iter().map(move |it| (format!("{}{name}", answer_fields::PREFIX), typed(it)))
    });
    Posted::from_pairs(pairs)
}

fn answers(view: &DossierView, filing: &Filing) -> Vec<StaffField> {
    let Some(form) = view.revision.forms.first().filter(|_| !filing.answers.0.is_empty()) else { return Vec::new() };
    answer_fields::fields(form, &posted(&filing.answers.to_raw()), &[], view.now.day())
        .into_iter()
        .map(StaffField::as_optional)
        .collect()
}

/// The command.
pub fn command(typed: &Typed<'_>, problems: &mut Problems) -> Command {
    let nothing = Filing::default();
    let before = typed.view.dossier.filing.get().unwrap_or(&nothing);
    let pairs =
        typed.posted.fields().iter().flat_map(|(name, values)| values.iter().map(move |it| (name.clone(), it.clone())));
    let as_applicant = before.applicant.is_some().then(|| ("chu-khac".to_owned(), "1".to_owned()));
    let read = person::read(&Posted::from_pairs(pairs.chain(as_applicant)), typed.today, Completeness::Complete);
    let submitter = party(typed, "", &before.submitter, read.submitter());
    let applicant = before.applicant.as_ref().map(|it| party(typed, "chu-", it, read.applicant().unwrap_or_default()));
    for error in read.errors(typed.today) {
        let field = error.href.trim_start_matches('#').to_owned();
        let (prefix, name) = field.strip_prefix("chu-").map_or(("", field.as_str()), |name| ("chu-", name));
        let was = if prefix.is_empty() { Some(&before.submitter) } else { before.applicant.as_ref() };
        let unchanged =
            was.is_some_and(|it| shown(it, name) == typed.posted.trimmed(&field) && !shown(it, name).is_empty());
        let optional_number =
            name == "so" && typed.posted.trimmed(&field).is_empty() && was.is_some_and(|it| it.number.is_empty());
        if !unchanged && !optional_number {
            problems.push((field, error.text));
        }
    }
    let collection = way(typed, before, problems);
    let answers = answered(typed, before, &submitter, problems);
    let filing = Filing {
        submitter,
        applicant,
        answers,
        collection,
        by_message: typed.posted.has("bao"),
        identity_override: read.override_reason(),
        ..before.clone()
    };
    Command::Correct { filing: Box::new(filing), reason: typed.posted.trimmed("ly-do").to_owned() }
}

/// A person as typed; what was left alone stays as it was stored.
fn party(typed: &Typed<'_>, prefix: &str, before: &Party, mut read: Party) -> Party {
    let mut after = before.clone();
    for (name, ..) in QUESTIONS.iter().filter(|it| prefix.is_empty() || asked_of_applicant(it.0)) {
        if typed.posted.trimmed(&format!("{prefix}{name}")) != shown(before, name) {
            *stored(&mut after, name) = std::mem::take(stored(&mut read, name));
        }
    }
    after
}

fn way(typed: &Typed<'_>, before: &Filing, problems: &mut Problems) -> Collection {
    let address = typed.posted.trimmed("nhan-dia-chi");
    match typed.posted.trimmed("nhan") {
        "quay" => Collection::Desk,
        "dien-tu" => Collection::Electronic,
        "buu-chinh" => {
            if address.is_empty()
                || address.chars().count() > ADDRESS_CHARS_MAX
                || address.chars().any(char::is_control)
            {
                let text = say("counter-address-wrong").to_owned();
                problems.push(("nhan-dia-chi".to_owned(), text));
            }
            Collection::Post { address: address.to_owned() }
        }
        _ => {
            problems.push(("nhan".to_owned(), say("correct-choose-way").to_owned()));
            before.collection.clone()
        }
    }
}

/// What a page sent under a name.
fn given(posted: &Posted, name: &str) -> Vec<String> {
    posted.all(name).iter().map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

/// The answers with what was typed over them; what the page does not ask and what was left alone stays as it was stored, a day too, and
/// what the form took over from the submitter follows the submitter.
fn answered(typed: &Typed<'_>, before: &Filing, submitter: &Party, problems: &mut Problems) -> Answers {
    let Some(form) = typed.view.revision.forms.first().filter(|_| !before.answers.0.is_empty()) else {
        return before.answers.clone();
    };
    let was = before.answers.to_raw();
    let (mut raw, shown) = (was.clone(), posted(&was));
    for field in answer_fields::fields(form, &shown, &[], typed.today) {
        let Some(name) = field.name.strip_prefix(answer_fields::PREFIX) else { continue };
        let given_now = given(typed.posted, &field.name);
        if given_now == given(&shown, &field.name) {
            continue;
        }
        if given_now.is_empty() {
            raw.remove(name);
        } else {
            raw.insert(name.to_owned(), given_now);
        }
    }
    let mut known = known_of(&typed.view.revision, &before.submitter, &was);
    known.extend(known_of(&typed.view.revision, &before.submitter, &raw));
    let others: RawAnswers =
        raw.iter().filter(|it| known.get(it.0) != Some(it.1)).map(|it| (it.0.clone(), it.1.clone())).collect();
    let known_now = known_of(&typed.view.revision, submitter, &others);
    for (name, value) in known_now {
        if known.contains_key(&name) && raw.get(&name) == known.get(&name) {
            raw.insert(name, value);
        }
    }
    let (answers, gaps) = validate(form, &raw, typed.today, Completeness::Draft);
    if answers.to_raw() == was {
        return before.answers.clone();
    }
    for gap in gaps.iter().filter(|it| was.get(&it.field_id) != raw.get(&it.field_id)) {
        let field = format!("{}{}", answer_fields::PREFIX, gap.field_id);
        problems.push((field, problem_words(&gap.problem, typed.today)));
    }
    answers
}
