//! Reads a procedure file of the catalogue (`catalogue/SCHEMA.md`).

use super::code::{ProcedureCode, parse_slug};
use super::fee::{FeeKind, FeeMoment, FeePer, FeeRule, FeeTier};
use super::import::{ENTRIES_MAX, ImportProblem, NAME_CHARS_MAX, PAPERS_MAX, TEXT_CHARS_MAX};
use super::import_form::{FORM_KEYS, FormDraft, offers, read_condition, read_forms};
use super::import_steps::{FlagshipStep, STEP_KEYS, read_steps};
use super::revision::{
    Authority, Basis, Channel, ExcludedSpan, LinkedProcedure, Need, OutcomePaper, Requirement, RequirementGroup,
    TermVariant,
};
use super::toml_reader::{Reading, Table};
use crate::calendar::Term;

/// The only format there is.
const SCHEMA: &str = "motcua.procedure/1";
const ROOT_KEYS: [&str; 18] = [
    "schema",
    "id",
    "code",
    "name",
    "field",
    "channels",
    "announced_by",
    "authority",
    "applicant",
    "time_limit",
    "fee",
    "paper",
    "result",
    "legal",
    "step",
    "linked",
    "form",
    "provenance",
];
const CHANNELS: [(&str, Channel); 3] =
    [("counter", Channel::Counter), ("online", Channel::Online), ("post", Channel::Post)];
const DAYS_MAX: i64 = 3_650;
const AMOUNT_VND_MAX: i64 = 1_000_000_000_000;

/// A procedure file, read and checked by itself. Lists of options and included sections are joined by
/// [`build`](super::build).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagshipSource {
    /// The file it was read from.
    pub file: String,
    /// Our key of the procedure.
    pub slug: String,
    /// The State's code.
    pub code: Option<ProcedureCode>,
    /// The official name.
    pub name: String,
    /// Field of administration.
    pub sector: String,
    /// Ways in which an application may come.
    pub channels: Vec<Channel>,
    /// The promulgation decision.
    pub announced_by: String,
    /// Who is competent, by era.
    pub authorities: Vec<Authority>,
    /// Who may apply.
    pub who_may_apply: Vec<String>,
    /// Whether somebody else may apply on their behalf.
    pub may_authorize: bool,
    /// What the source says about that.
    pub authorization_note: String,
    /// The time limit.
    pub limit: FlagshipLimit,
    /// Fees and charges.
    pub fees: Vec<FeeRule>,
    /// Papers.
    pub requirements: Vec<Requirement>,
    /// What the applicant gets.
    pub outcomes: Vec<OutcomePaper>,
    /// Documents of law.
    pub legal_basis: Vec<String>,
    /// Procedures done along with it.
    pub linked: Vec<LinkedProcedure>,
    pub(super) steps: Vec<FlagshipStep>,
    pub(super) forms: Vec<FormDraft>,
}

/// The time limit a procedure file states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagshipLimit {
    /// The main term.
    pub term: Option<Term>,
    /// The words of the source.
    pub stated: String,
    /// Other terms for special cases.
    pub variants: Vec<TermVariant>,
    /// Spans that do not count.
    pub excluded: Vec<ExcludedSpan>,
}

/// Reads a procedure file. Every problem is named with its line; with one problem nothing of the file is taken.
pub fn read_flagship(file_name: &str, text: &str) -> Result<FlagshipSource, Vec<ImportProblem>> {
    let reading = Reading::new(file_name, text);
    let parsed = reading.parse()?;
    let root = Table::root(&reading, &parsed, &ROOT_KEYS);
    if root.text("schema", NAME_CHARS_MAX) != SCHEMA {
        root.note("schema", SCHEMA, &root.optional_text("schema", NAME_CHARS_MAX).unwrap_or_default());
    }
    let applicant = root.table("applicant", &["who", "may_authorize", "authorization_note"]);
    let source = FlagshipSource {
        file: reading.file().to_owned(),
        slug: slug(&root, "id"),
        code: code(&root, "code"),
        name: root.text("name", NAME_CHARS_MAX),
        sector: root.text("field", NAME_CHARS_MAX),
        channels: channels(&root),
        announced_by: root.text_or_empty("announced_by", NAME_CHARS_MAX),
        authorities: authorities(&root),
        who_may_apply: applicant.as_ref().map(|it| it.texts("who", ENTRIES_MAX, NAME_CHARS_MAX)).unwrap_or_default(),
        may_authorize: applicant.as_ref().is_some_and(|it| it.bool("may_authorize")),
        authorization_note: applicant
            .as_ref()
            .and_then(|it| it.optional_text("authorization_note", TEXT_CHARS_MAX))
            .unwrap_or_default(),
        limit: limit(&root),
        fees: fees(&root),
        requirements: requirements(&root),
        outcomes: outcomes(&root),
        legal_basis: root
            .table("legal", &["basis"])
            .map(|it| it.texts("basis", ENTRIES_MAX, NAME_CHARS_MAX))
            .unwrap_or_default(),
        linked: linked(&root),
        steps: read_steps(&root, &root.tables("step", super::import::STEPS_MAX, &STEP_KEYS)),
        forms: read_forms(&root, &root.tables("form", ENTRIES_MAX, &FORM_KEYS)),
    };
    for paper in &source.requirements {
        if let Some(condition) = paper.asked_if.as_ref().filter(|it| !offers(&source.forms, it)) {
            root.note("paper.asked_if", "a question of the first form with these options", &condition.field);
        }
    }
    provenance(&root);
    reading.finish(source)
}

fn slug(root: &Table<'_, '_>, key: &str) -> String {
    let text = root.text(key, NAME_CHARS_MAX);
    parse_slug(&text).unwrap_or_else(|_| {
        root.note(key, "a key of a-z, 0-9 and hyphens", &text);
        String::new()
    })
}

/// A State code; an empty text says that no source gives one.
fn code(table: &Table<'_, '_>, key: &str) -> Option<ProcedureCode> {
    let text = table.text_or_empty(key, NAME_CHARS_MAX);
    if text.is_empty() {
        return None;
    }
    let code = text.parse();
    if code.is_err() {
        table.note(key, "a procedure code such as 1.000948 or 1.000948.H38", &text);
    }
    code.ok()
}

fn channels(root: &Table<'_, '_>) -> Vec<Channel> {
    let mut channels: Vec<Channel> = Vec::new();
    for word in root.texts("channels", CHANNELS.len(), NAME_CHARS_MAX) {
        match CHANNELS.iter().find(|(name, _)| *name == word) {
            Some((_, channel)) => channels.push(*channel),
            None => root.note("channels", "counter | online | post", &word),
        }
    }
    if channels.is_empty() {
        root.note("channels", "at least one of counter | online | post", "nothing");
    }
    channels.sort_unstable();
    channels.dedup();
    channels
}

fn authorities(root: &Table<'_, '_>) -> Vec<Authority> {
    let keys = ["era", "level", "agency", "receive_at", "any_place", "any_place_basis", "basis"];
    let authorities: Vec<Authority> = root
        .tables("authority", ENTRIES_MAX, &keys)
        .iter()
        .map(|it| {
            it.optional_text("any_place_basis", TEXT_CHARS_MAX);
            Authority {
                era: era(it).unwrap_or_default(),
                level: word_of(it, "level", &["ward", "district", "both", "any"]),
                agency: it.text("agency", NAME_CHARS_MAX),
                receive_at: it.text("receive_at", NAME_CHARS_MAX),
                any_place: it.bool("any_place"),
                basis: basis(it),
                basis_note: it.optional_text("basis", TEXT_CHARS_MAX).unwrap_or_default(),
            }
        })
        .collect();
    if authorities.is_empty() {
        root.note("authority", "at least one authority", "nothing");
    }
    authorities
}

/// The era of a fact: before or after the district level ended.
pub(super) fn era(table: &Table<'_, '_>) -> Option<String> {
    let words = [("pre-2025-07", "pre-2025-07"), ("post-2025-07", "post-2025-07")];
    table.optional_word("era", &words).map(str::to_owned)
}

fn word_of(table: &Table<'_, '_>, key: &str, words: &[&'static str]) -> String {
    let words: Vec<(&str, &str)> = words.iter().map(|word| (*word, *word)).collect();
    table.word(key, &words).unwrap_or_default().to_owned()
}

fn limit(root: &Table<'_, '_>) -> FlagshipLimit {
    let keys = [
        "value",
        "unit",
        "stated",
        "same_day",
        "cutoff",
        "starts",
        "rule",
        "max_with_verification",
        "extend_when_incomplete",
        "remote_extend",
        "basis",
        "variant",
        "excluded",
    ];
    let Some(table) = root.table("time_limit", &keys) else {
        return FlagshipLimit { term: None, stated: String::new(), variants: Vec::new(), excluded: Vec::new() };
    };
    for key in ["starts", "rule"] {
        table.optional_text(key, TEXT_CHARS_MAX);
    }
    for key in ["max_with_verification", "extend_when_incomplete", "remote_extend"] {
        table.optional_number(key, 1, DAYS_MAX);
    }
    if let Some(cutoff) = table.optional_text("cutoff", NAME_CHARS_MAX)
        && cutoff.parse::<jiff::civil::Time>().is_err()
    {
        table.note("cutoff", "a time of day such as 15:00", &cutoff);
    }
    basis(&table);
    let days = term(&table);
    let variants = table.tables("variant", ENTRIES_MAX, &["when", "value", "unit", "basis"]);
    let excluded = table.tables("excluded", ENTRIES_MAX, &["interval", "owner", "basis"]);
    FlagshipLimit {
        term: if table.optional_bool("same_day").unwrap_or_default() { Some(Term::SameDay) } else { days },
        stated: table.text("stated", TEXT_CHARS_MAX),
        variants: variants
            .iter()
            .filter_map(|it| Some(TermVariant { when: it.text("when", TEXT_CHARS_MAX), term: term(it)? }))
            .collect(),
        excluded: excluded
            .iter()
            .map(|it| ExcludedSpan {
                interval: it.text("interval", TEXT_CHARS_MAX),
                owner: it.text("owner", NAME_CHARS_MAX),
            })
            .collect(),
    }
}

/// A term of `value` and `unit`: both or neither.
fn term(table: &Table<'_, '_>) -> Option<Term> {
    let value = table.optional_number("value", 1, DAYS_MAX);
    let unit = table.optional_word("unit", &[("working_day", true), ("calendar_day", false)]);
    match (value.map(u16::try_from), unit) {
        (Some(Ok(days)), Some(true)) => Some(Term::WorkingDays(days)),
        (Some(Ok(days)), Some(false)) => Some(Term::CalendarDays(days)),
        (Some(Ok(_)), None) => {
            table.note("unit", "working_day | calendar_day beside a value", "nothing");
            None
        }
        (None, Some(_)) => {
            table.note("value", "a number of days beside a unit", "nothing");
            None
        }
        (Some(Err(_)), _) | (None, None) => None,
    }
}

fn fees(root: &Table<'_, '_>) -> Vec<FeeRule> {
    let keys = [
        "kind",
        "amount_vnd",
        "stated",
        "per",
        "tiers",
        "cap_per_copy",
        "exempt",
        "set_by",
        "optional",
        "refundable",
        "moment",
        "basis",
    ];
    let pers = [("trang", FeePer::Page), ("truong_hop", FeePer::Case), ("ban_sao", FeePer::Copy)];
    let moments = [("at_reception", FeeMoment::AtReception), ("at_delivery", FeeMoment::AtDelivery)];
    root.tables("fee", ENTRIES_MAX, &keys)
        .iter()
        .map(|it| {
            let basis = basis(it);
            FeeRule {
                kind: it
                    .word("kind", &[("phi", FeeKind::Fee), ("le_phi", FeeKind::Charge)])
                    .unwrap_or(FeeKind::Unstated),
                // Where no source gives an amount, the 0 in the file is a placeholder and no fee of nothing.
                amount_vnd: it.optional_number("amount_vnd", 0, AMOUNT_VND_MAX).filter(|_| basis != Basis::NotFound),
                stated: it.text("stated", TEXT_CHARS_MAX),
                per: it.optional_word("per", &pers).unwrap_or(FeePer::Dossier),
                tiers: tiers(it),
                cap_per_copy_vnd: it.optional_number("cap_per_copy", 0, AMOUNT_VND_MAX),
                optional: it.optional_bool("optional").unwrap_or_default(),
                exempt: it.texts("exempt", ENTRIES_MAX, NAME_CHARS_MAX),
                set_by: it.optional_text("set_by", NAME_CHARS_MAX),
                refundable: it.optional_bool("refundable"),
                moment: it.optional_word("moment", &moments).unwrap_or(FeeMoment::Unstated),
                basis,
            }
        })
        .collect()
}

fn tiers(fee: &Table<'_, '_>) -> Vec<FeeTier> {
    let page = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    let mut next_page = 1;
    let mut tiers = Vec::new();
    for it in fee.tables("tiers", ENTRIES_MAX, &["from_page", "to_page", "amount"]) {
        let from_page = page(it.number("from_page", 1, i64::from(u32::MAX)));
        let to_page = it.optional_number("to_page", i64::from(from_page), i64::from(u32::MAX)).map(page);
        if from_page != next_page {
            it.note("from_page", format!("{next_page}, the page after the tier before"), &from_page.to_string());
        }
        next_page = to_page.unwrap_or(u32::MAX).saturating_add(1);
        tiers.push(FeeTier { from_page, to_page, amount_vnd: it.number("amount", 0, AMOUNT_VND_MAX) });
    }
    tiers
}

fn requirements(root: &Table<'_, '_>) -> Vec<Requirement> {
    let keys =
        ["id", "name", "group", "original", "copy", "required", "when", "replaced_by", "online", "asked_if", "basis"];
    let groups = [
        ("template", RequirementGroup::Template),
        ("submit", RequirementGroup::Submit),
        ("present", RequirementGroup::Present),
        ("information", RequirementGroup::Information),
    ];
    let needs = [
        ("always", Need::Always),
        ("conditional", Need::Conditional),
        ("optional", Need::Optional),
        ("never", Need::Never),
    ];
    let count = |it: &Table<'_, '_>, key: &str| u8::try_from(it.number(key, 0, 99)).unwrap_or_default();
    let mut requirements: Vec<Requirement> = Vec::new();
    for it in root.tables("paper", PAPERS_MAX, &keys) {
        let id = field_id(&it);
        if requirements.iter().any(|earlier| earlier.id == id) {
            it.note("id", "an id no other paper has", &id);
        }
        requirements.push(Requirement {
            id,
            name: it.text("name", NAME_CHARS_MAX),
            group: it.word("group", &groups).unwrap_or(RequirementGroup::Submit),
            originals: count(&it, "original"),
            copies: count(&it, "copy"),
            need: it.word("required", &needs).unwrap_or(Need::Always),
            when: it.text_or_empty("when", TEXT_CHARS_MAX),
            replaced_by: it.texts("replaced_by", ENTRIES_MAX, NAME_CHARS_MAX),
            not_online: it.optional_bool("online") == Some(false),
            asked_if: read_condition(&it, "asked_if"),
            basis: basis(&it),
        });
    }
    requirements
}

/// An id in the letters of an HTML name: a-z, 0-9, `_`.
pub(super) fn field_id(table: &Table<'_, '_>) -> String {
    let id = table.text("id", 60);
    let fits = id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !fits && !id.is_empty() {
        table.note("id", "a-z, 0-9 and _, a letter first", &id);
    }
    id
}

fn outcomes(root: &Table<'_, '_>) -> Vec<OutcomePaper> {
    root.tables("result", ENTRIES_MAX, &["name", "code", "valid_days", "negative", "basis"])
        .iter()
        .map(|it| OutcomePaper {
            name: it.text("name", NAME_CHARS_MAX),
            code: it.optional_text("code", NAME_CHARS_MAX).filter(|code| !code.is_empty()),
            negative: it.optional_bool("negative").unwrap_or_default(),
            valid_days: it.optional_number("valid_days", 1, DAYS_MAX).and_then(|days| u32::try_from(days).ok()),
            basis: basis(it),
        })
        .collect()
}

fn linked(root: &Table<'_, '_>) -> Vec<LinkedProcedure> {
    root.tables("linked", ENTRIES_MAX, &["code", "name", "owner", "order", "parallel", "basis"])
        .iter()
        .map(|it| {
            basis(it);
            LinkedProcedure {
                code: code(it, "code"),
                name: it.optional_text("name", NAME_CHARS_MAX).unwrap_or_default(),
                owner: it.text("owner", NAME_CHARS_MAX),
                order: u16::try_from(it.number("order", 0, 99)).unwrap_or_default(),
                parallel: it.optional_text("parallel", 10),
            }
        })
        .collect()
}

/// The certainty of a fact: its words may add to the grade, as in `verified (15h: believed)`.
pub(super) fn basis(table: &Table<'_, '_>) -> Basis {
    let text = table.text("basis", TEXT_CHARS_MAX);
    let grade = basis_grade(&text);
    if grade.is_none() && !text.is_empty() {
        table.note("basis", "verified | partly verified | believed | derived | not_found, and words after it", &text);
    }
    grade.unwrap_or(Basis::NotFound)
}

fn basis_grade(text: &str) -> Option<Basis> {
    let starts = |word: &str| {
        text.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    if starts("verified") && text.contains("believed") || starts("partly verified") {
        Some(Basis::PartlyVerified)
    } else if starts("verified") {
        Some(Basis::Verified)
    } else if starts("believed") {
        Some(Basis::Believed)
    } else if starts("derived") {
        Some(Basis::Derived)
    } else if starts("not_found") {
        Some(Basis::NotFound)
    } else {
        None
    }
}

fn provenance(root: &Table<'_, '_>) {
    let Some(table) = root.table("provenance", &["sources", "believed", "not_found", "notes", "retrieved"]) else {
        return;
    };
    for key in ["sources", "believed", "not_found", "notes"] {
        table.texts(key, ENTRIES_MAX, TEXT_CHARS_MAX);
    }
    let retrieved = table.text("retrieved", NAME_CHARS_MAX);
    if !retrieved.is_empty() && retrieved.parse::<jiff::civil::Date>().is_err() {
        table.note("retrieved", "a day such as 2026-11-23", &retrieved);
    }
}
