//! Answers and fees in words, for everybody who reads an application.

use super::form_view::{boxes, row_numbers};
use super::views::{Answer, ReviewSection};
use crate::spoken;
use crate::{say, say_with};
use domain::procedure::{
    AnswerGap, Answers, ApplicationForm, Channel, Condition, FeeKind, FeePer, Field, FieldKind, ProcedureRevision,
    Quantities, RawAnswers, Requirement, RequirementGroup, day_in_words, day_typed, estimate,
};
use jiff::civil::{Date, DateTime};

/// Where answers are corrected, and which cannot stand.
#[derive(Clone, Copy, Debug, Default)]
pub struct Correcting<'a> {
    /// Address of the form; none once sent.
    pub form_href: Option<&'a str>,
    /// What cannot stand.
    pub gaps: &'a [AnswerGap],
}

/// Everything typed on a form, section by section; questions that were not asked are left out.
pub fn answered(form: &ApplicationForm, raw: &RawAnswers, correcting: Correcting<'_>) -> Vec<ReviewSection> {
    let all: Vec<&Field> = form.fields().collect();
    let reading = Reading { raw, correcting };
    form.sections
        .iter()
        .map(|section| {
            let mut answers = Vec::new();
            for field in &section.fields {
                reading.field(field, &all, "", "", &mut answers);
            }
            let first = section.fields.first().map_or("", |it| it.id.as_str());
            ReviewSection {
                title: section.title.clone(),
                edit: correcting.form_href.map(|href| format!("{href}#{first}")),
                answers,
            }
        })
        .filter(|it| !it.answers.is_empty())
        .collect()
}

struct Reading<'a> {
    raw: &'a RawAnswers,
    correcting: Correcting<'a>,
}

impl Reading<'_> {
    fn values(&self, name: &str) -> &[String] {
        self.raw.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    fn is_asked(&self, field: &Field, beside: &[&Field], path: &str) -> bool {
        let Some(condition) = &field.show_if else { return true };
        let asks = beside.iter().find(|it| it.id == condition.field);
        let given = self.values(&format!("{path}{}", condition.field));
        asks.is_some_and(|it| self.is_asked(it, beside, path)) && holds(condition, given)
    }

    /// Where an answer that cannot stand is corrected.
    fn gap(&self, is_at: impl Fn(&str) -> bool) -> Option<String> {
        let gap = self.correcting.gaps.iter().find(|it| is_at(&it.field_id))?;
        self.correcting.form_href.map(|href| format!("{href}#{}", gap.field_id))
    }

    fn field(&self, field: &Field, beside: &[&Field], path: &str, before: &str, answers: &mut Vec<Answer>) {
        if !self.is_asked(field, beside, path) {
            return;
        }
        let name = format!("{path}{}", field.id);
        let label = format!("{before}{}", field.label);
        let children: Vec<&Field> = field.children.iter().collect();
        match field.kind {
            FieldKind::Attachments => {}
            FieldKind::Group => {
                for child in &children {
                    self.field(child, &children, &format!("{name}."), &format!("{}: ", field.label), answers);
                }
            }
            FieldKind::Repeat => {
                let rows = row_numbers(self.raw, &name);
                if rows.is_empty() {
                    answers.push(Answer { label, value: String::new(), gap: self.gap(|id| id == name), field: name });
                    return;
                }
                for (row, place) in rows.iter().zip(1..) {
                    let row = self.row(
                        &children,
                        &format!("{name}.{row}."),
                        say_with("form-row", &[("label", &label), ("place", &place)]),
                    );
                    answers.push(Answer { field: name.clone(), ..row });
                }
            }
            _ => {
                let value = self.in_words(field, path).unwrap_or_else(|| value(field, self.values(&name)));
                if field.words_of.is_none() || !value.is_empty() {
                    answers.push(Answer { label, value, gap: self.gap(|id| id == name), field: name });
                }
            }
        }
    }

    /// The words that follow from a day, where they were not kept with it.
    fn in_words(&self, field: &Field, path: &str) -> Option<String> {
        let day = field.words_of.as_ref().filter(|_| self.values(&format!("{path}{}", field.id)).is_empty())?;
        self.values(&format!("{path}{day}")).first().and_then(|it| day_typed(it)).map(day_in_words)
    }

    fn row(&self, children: &[&Field], path: &str, label: String) -> Answer {
        let said: Vec<String> = children
            .iter()
            .filter(|it| self.is_asked(it, children, path))
            .map(|it| (it.label.as_str(), value(it, self.values(&format!("{path}{}", it.id)))))
            .filter(|(_, value)| !value.is_empty())
            .map(|(label, value)| format!("{label}: {value}"))
            .collect();
        Answer { label, value: said.join("; "), gap: self.gap(|id| id.starts_with(path)), field: String::new() }
    }
}

/// One answer of a form as people read it, whether or not its question is asked now.
pub fn answer_in_words(form: &ApplicationForm, name: &str, answer: &domain::procedure::Answer) -> String {
    let raw = Answers([(name.to_owned(), answer.clone())].into()).to_raw();
    let reading = Reading { raw: &raw, correcting: Correcting::default() };
    let (top, child) = name.split_once('.').map_or((name, None), |(top, child)| (top, Some(child)));
    let Some(field) = form.fields().find(|it| it.id == top) else { return String::new() };
    let own = child.map_or(Some(field), |child| field.children.iter().find(|it| it.id == child));
    let Some(own) = own else { return String::new() };
    if own.kind != FieldKind::Repeat {
        return value(own, reading.values(name));
    }
    let children: Vec<&Field> = own.children.iter().collect();
    let rows = row_numbers(&raw, name);
    let said: Vec<String> =
        rows.iter().map(|row| reading.row(&children, &format!("{name}.{row}."), String::new()).value).collect();
    said.join(" | ")
}

fn holds(condition: &Condition, given: &[String]) -> bool {
    let said: Vec<&String> = given.iter().filter(|it| !matches!(it.trim(), "" | "false")).collect();
    if condition.equals.is_empty() { !said.is_empty() } else { condition.equals.iter().any(|it| said.contains(&it)) }
}

/// An answer as people read it.
fn value(field: &Field, given: &[String]) -> String {
    let first = given.first().map_or("", |it| it.trim());
    match field.kind {
        FieldKind::Date => first.parse::<Date>().map_or_else(|_| date_as_typed(first), spoken::short_day),
        FieldKind::Datetime => first
            .parse::<DateTime>()
            .map_or_else(|_| first.to_owned(), |at| format!("{}, {}", spoken::time(at), spoken::short_day(at.date()))),
        FieldKind::Money => first.parse().map_or_else(|_| first.to_owned(), spoken::dong),
        FieldKind::Decimal => first.replace('.', ","),
        FieldKind::Bool | FieldKind::Consent => match first {
            "true" => say("form-yes").to_owned(),
            _ => String::new(),
        },
        FieldKind::MultiEnum => given.join("; "),
        _ => first.to_owned(),
    }
}

/// A day as a draft keeps it, "5/3/2025"; what is no day stands as typed, boxes all left empty are no answer.
fn date_as_typed(text: &str) -> String {
    let [day, month, year] = boxes(text);
    if day.is_empty() && month.is_empty() && year.is_empty() {
        return String::new();
    }
    let read = (year.parse().ok(), month.parse().ok(), day.parse().ok());
    match read {
        (Some(year), Some(month), Some(day)) => {
            Date::new(year, month, day).map_or_else(|_| text.to_owned(), spoken::short_day)
        }
        _ => text.to_owned(),
    }
}

/// What a procedure costs, in a few words; none where the source does not say.
pub fn fee_in_short(revision: &ProcedureRevision) -> Option<String> {
    let owed: Vec<_> = revision.fees.iter().filter(|it| !it.optional).collect();
    if owed.is_empty() {
        return Some(plain_fee(revision.fee_stated.trim())).filter(|it| !it.is_empty());
    }
    let plain = owed.iter().all(|it| it.per == FeePer::Dossier && it.amount_vnd.is_some());
    if plain {
        let total = estimate(&revision.fees, &Quantities::default()).total_vnd;
        return Some(if total == 0 { say("fee-free").to_owned() } else { spoken::dong(total) });
    }
    let stated: Vec<&str> = owed.iter().map(|it| it.stated.trim()).filter(|it| !it.is_empty()).collect();
    Some(plain_fee(&stated.join("; "))).filter(|it| !it.is_empty())
}

/// What a source says of a fee, written as everywhere here: "50,000 Việt Nam Đồng" is 50.000 đồng, and no fee is "free".
fn plain_fee(stated: &str) -> String {
    const NO_FEE: [&str; 4] = ["không", "không có", "không có lệ phí", "miễn lệ phí"];
    if NO_FEE.contains(&stated.trim_end_matches('.').to_lowercase().as_str()) {
        return say("fee-free").to_owned();
    }
    if !stated.is_empty() && stated.chars().all(|it| it.is_ascii_digit() || it == '.') {
        return format!("{stated} đồng");
    }
    let named = ["Việt Nam Đồng", "VNĐ", "VND"].iter().fold(stated.to_owned(), |text, it| text.replace(it, "đồng"));
    let digits: Vec<char> = named.chars().collect();
    let is_digit = |place: usize| digits.get(place).is_some_and(char::is_ascii_digit);
    let groups = |place: usize| {
        place > 0 && is_digit(place - 1) && (1..=3).all(|it| is_digit(place + it)) && !is_digit(place + 4)
    };
    digits.iter().enumerate().map(|(place, it)| if *it == ',' && groups(place) { '.' } else { *it }).collect()
}

/// "Phí" or "Lệ phí".
pub fn fee_kind(kind: FeeKind) -> &'static str {
    match kind {
        FeeKind::Fee => say("fee-fee"),
        FeeKind::Charge => say("fee-charge"),
        FeeKind::Unstated => say("procedure-fees"),
    }
}

/// How many of what: "1 bản chính, 2 bản sao".
pub fn copies(paper: &Requirement) -> String {
    let mut parts = Vec::new();
    if paper.originals > 0 {
        parts.push(say_with("copies-originals", &[("count", &paper.originals)]));
    }
    if paper.copies > 0 {
        parts.push(say_with("copies-copies", &[("count", &paper.copies)]));
    }
    match (paper.group, parts.is_empty()) {
        (RequirementGroup::Present, _) => say("copies-present").to_owned(),
        (RequirementGroup::Template, true) => say("copies-one").to_owned(),
        (_, true) => say("copies-unstated").to_owned(),
        (_, false) => parts.join(", "),
    }
}

/// The register whose data take a paper's place.
pub fn register(name: &str) -> String {
    let key = format!("data-{}", name.replace('_', "-"));
    let words = crate::texts::word(&key);
    if words == key { name.to_owned() } else { words }
}

/// A way of filing as a title.
pub fn channel_title(channel: Channel) -> &'static str {
    match channel {
        Channel::Counter => say("channel-title-counter"),
        Channel::Online => say("channel-title-online"),
        Channel::Post => say("channel-title-post"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fees_of_different_sources_are_written_alike() {
        for (stated, shown) in [
            ("Không có.", "Miễn phí"),
            ("50,000 Việt Nam Đồng", "50.000 đồng"),
            ("10,000 Việt Nam Đồng / 10 USD", "10.000 đồng / 10 USD"),
            ("8.000 VNĐ/bản sao", "8.000 đồng/bản sao"),
            ("8.000", "8.000 đồng"),
            ("4,500,000 VND", "4.500.000 đồng"),
            (
                "Nhà ở riêng lẻ: 50.000 đồng, công trình khác: 100.000 đồng",
                "Nhà ở riêng lẻ: 50.000 đồng, công trình khác: 100.000 đồng",
            ),
        ] {
            assert_eq!(plain_fee(stated), shown);
        }
    }
}
