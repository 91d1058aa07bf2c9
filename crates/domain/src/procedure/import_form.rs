//! Reads the forms of a procedure file, and joins them with shared lists of options and with sections of other forms.

use super::code::parse_slug;
use super::fee::Quantity;
use super::form::{ApplicationForm, Before, Condition, Field, FieldKind, Section};
use super::import::{ENTRIES_MAX, FIELDS_MAX, ImportProblem, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use super::import_toml::{FlagshipSource, basis, field_id};
use super::option_lists::{OptionLists, check_options};
use super::toml_reader::Table;

pub(super) const FORM_KEYS: [&str; 4] = ["title", "template", "basis", "section"];
const SECTION_KEYS: [&str; 3] = ["title", "submitter_if", "fields"];
const FIELD_KEYS: [&str; 21] = [
    "id",
    "label",
    "type",
    "required",
    "prefill",
    "options",
    "options_from",
    "rule",
    "show_if",
    "children",
    "max_rows",
    "min",
    "max",
    "past",
    "counts",
    "words_of",
    "before",
    "format",
    "include",
    "sections",
    "note",
];
/// What a whole number counts for the fee.
const QUANTITIES: [(&str, Quantity); 4] = [
    ("trang", Quantity::Pages),
    ("ban_sao", Quantity::Copies),
    ("truong_hop", Quantity::Cases),
    ("ban_sao_them", Quantity::ExtraCopies),
];
/// The type of a field that stands for sections of another form.
const INCLUDE: &str = "include";
const ROWS_DEFAULT: i64 = 20;
/// Most rows a repeat may ask for.
pub(super) const REPEAT_ROWS_MAX: i64 = 200;
const BOUND_MAX: i64 = 1_000_000_000_000_000;
/// Most years that one day must lie before another.
const YEARS_BEFORE_MAX: i64 = 100;

/// A form before its lists and included sections are filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FormDraft {
    title: String,
    template: String,
    sections: Vec<SectionDraft>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct SectionDraft {
    title: String,
    line: usize,
    submitter_if: Option<Condition>,
    include: Option<Include>,
    fields: Vec<FieldDraft>,
}

/// Sections of another procedure's first form, by number from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Include {
    slug: String,
    sections: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct FieldDraft {
    field: Field,
    line: usize,
    options_from: Option<String>,
    children: Vec<FieldDraft>,
}

pub(super) fn read_forms(root: &Table<'_, '_>, tables: &[Table<'_, '_>]) -> Vec<FormDraft> {
    let mut count = 0;
    let mut forms: Vec<FormDraft> = Vec::new();
    for table in tables {
        basis(table);
        let title = table.text("title", NAME_CHARS_MAX);
        let template = table.text_or_empty("template", NAME_CHARS_MAX);
        let parts = table.tables("section", ENTRIES_MAX, &SECTION_KEYS);
        let sections: Vec<SectionDraft> = parts.iter().map(|it| read_section(it, &mut count)).collect();
        if sections.is_empty() {
            table.note("section", "at least one section", "nothing");
        }
        check_form(table, &sections);
        check_submitter(&parts, &sections);
        forms.push(FormDraft { title, template, sections });
    }
    if count > FIELDS_MAX {
        root.note("form", format!("at most {FIELDS_MAX} fields"), &format!("{count} fields"));
    }
    forms
}

fn read_section(table: &Table<'_, '_>, count: &mut usize) -> SectionDraft {
    let entries = table.tables("fields", FIELDS_MAX, &FIELD_KEYS);
    if entries.is_empty() {
        table.note("fields", "at least one field", "nothing");
    }
    let mut include = None;
    let mut fields = Vec::new();
    for entry in &entries {
        if entry.optional_text("type", 40).as_deref() == Some(INCLUDE) {
            if entries.len() > 1 {
                entry.note("type", "an include as the only field of its section", INCLUDE);
            }
            include = Some(read_include(entry));
        } else {
            push_field(&mut fields, read_field(entry, count, true));
        }
    }
    let submitter_if = read_condition(table, "submitter_if");
    SectionDraft { title: table.text("title", NAME_CHARS_MAX), line: table.line(), submitter_if, include, fields }
}

/// Adds a field. What a form prints in brackets alone ("(ghi bằng chữ)") asks once more for what stands before it: it carries its name.
fn push_field(fields: &mut Vec<FieldDraft>, mut it: FieldDraft) {
    if it.field.label.starts_with('(')
        && it.field.label.ends_with(')')
        && let Some(before) = fields.last()
    {
        it.field.label = format!("{} {}", before.field.label, it.field.label);
    }
    fields.push(it);
}

fn read_include(entry: &Table<'_, '_>) -> Include {
    field_id(entry);
    entry.text("label", NAME_CHARS_MAX);
    entry.bool("required");
    let slug = entry.text("include", NAME_CHARS_MAX);
    if parse_slug(&slug).is_err() {
        entry.note("include", "the id of another procedure file", &slug);
    }
    let sections: Vec<usize> = entry
        .numbers("sections", ENTRIES_MAX, 1, 300)
        .into_iter()
        .filter_map(|number| usize::try_from(number).ok())
        .collect();
    if sections.is_empty() {
        entry.note("sections", "the numbers of the sections to take, from 1", "nothing");
    }
    Include { slug, sections }
}

fn read_field(entry: &Table<'_, '_>, count: &mut usize, may_nest: bool) -> FieldDraft {
    *count += 1;
    entry.optional_text("note", TEXT_CHARS_MAX);
    let kind = read_kind(entry);
    let mut field = Field::new(&field_id(entry), &entry.text("label", NAME_CHARS_MAX), kind);
    field.required = entry.bool("required");
    field.prefill = entry.optional_text("prefill", NAME_CHARS_MAX);
    field.hint = entry.optional_text("rule", TEXT_CHARS_MAX).unwrap_or_default();
    field.options = entry.texts("options", ENTRIES_MAX, NAME_CHARS_MAX);
    check_options(entry, "options", &field.options);
    field.show_if = read_condition(entry, "show_if");
    field.min = entry.optional_number("min", -BOUND_MAX, BOUND_MAX);
    field.max = entry.optional_number("max", field.min.unwrap_or(-BOUND_MAX), BOUND_MAX);
    field.past = entry.optional_bool("past").unwrap_or_default();
    field.counts = entry.optional_word("counts", &QUANTITIES);
    if field.counts.is_some() && (kind != FieldKind::Int || !may_nest) {
        entry.note("counts", "counts only for a whole number that is asked once", kind.as_str());
    }
    field.words_of = entry.optional_text("words_of", NAME_CHARS_MAX);
    field.before = entry.optional_table("before", &["field", "years"]).map(|it| Before {
        field: it.text("field", NAME_CHARS_MAX),
        years: u8::try_from(it.number("years", 1, YEARS_BEFORE_MAX)).unwrap_or_default(),
    });
    let options_from = entry.optional_text("options_from", NAME_CHARS_MAX);
    check_choice(entry, &field, options_from.as_deref());
    let nested = entry.tables("children", FIELDS_MAX, &FIELD_KEYS);
    check_nesting(entry, kind, nested.len(), may_nest);
    let mut children = Vec::new();
    for child in &nested {
        push_field(&mut children, read_field(child, count, false));
    }
    check_conditions(entry, &children.iter().map(|child| &child.field).collect::<Vec<_>>());
    if kind == FieldKind::Repeat {
        let rows = entry.optional_number("max_rows", 1, REPEAT_ROWS_MAX).unwrap_or(ROWS_DEFAULT);
        field.max_rows = u16::try_from(rows).unwrap_or_default();
    }
    FieldDraft { field, line: entry.line(), options_from, children }
}

/// Another field of the form with one of these answers.
pub(super) fn read_condition(entry: &Table<'_, '_>, key: &str) -> Option<Condition> {
    entry.optional_table(key, &["field", "equals"]).map(|condition| Condition {
        field: condition.text("field", NAME_CHARS_MAX),
        equals: condition.texts("equals", ENTRIES_MAX, NAME_CHARS_MAX),
    })
}

/// True where the first form offers every answer of a condition.
pub(super) fn offers(forms: &[FormDraft], condition: &Condition) -> bool {
    let sections = forms.first().into_iter().flat_map(|form| &form.sections);
    let mut fields = sections.flat_map(|section| &section.fields).map(|it| &it.field);
    fields.any(|it| it.id == condition.field && condition.equals.iter().all(|answer| it.options.contains(answer)))
}

/// The type, made precise by `format`.
fn read_kind(entry: &Table<'_, '_>) -> FieldKind {
    let known: Vec<(&str, FieldKind)> = FieldKind::ALL
        .into_iter()
        .filter(|kind| *kind != FieldKind::PersonName)
        .map(|kind| (kind.as_str(), kind))
        .collect();
    let kind = entry.word("type", &known).unwrap_or(FieldKind::Text);
    match entry.optional_word("format", &[("person_name", FieldKind::PersonName)]) {
        Some(format) if kind == FieldKind::Text => format,
        Some(_) => {
            entry.note("format", "a format only beside type = \"text\"", kind.as_str());
            kind
        }
        None => kind,
    }
}

fn check_choice(entry: &Table<'_, '_>, field: &Field, options_from: Option<&str>) {
    match (field.kind.has_options(), field.options.is_empty(), options_from) {
        (true, true, None) => entry.note("options", "options or options_from for this type", "nothing"),
        (true, false, Some(list)) => entry.note("options_from", "either options or options_from", list),
        (false, false, _) | (false, true, Some(_)) => {
            entry.note("options", "options only for enum and multi_enum", field.kind.as_str());
        }
        (true, true, Some(_)) | (true, false, None) | (false, true, None) => {}
    }
}

fn check_nesting(entry: &Table<'_, '_>, kind: FieldKind, children: usize, may_nest: bool) {
    if kind.has_children() != (children > 0) {
        entry.note("children", "children for repeat and group, and for nothing else", kind.as_str());
    }
    if kind.has_children() && !may_nest {
        entry.note("type", "no repeat or group inside another", kind.as_str());
    }
}

/// Ids are unique in a form; a condition looks at a field that is always asked and comes before.
fn check_form(table: &Table<'_, '_>, sections: &[SectionDraft]) {
    let fields: Vec<&Field> = sections.iter().flat_map(|it| &it.fields).map(|it| &it.field).collect();
    check_conditions(table, &fields);
}

fn check_conditions(table: &Table<'_, '_>, fields: &[&Field]) {
    for (index, field) in fields.iter().enumerate() {
        let mut earlier = fields.iter().take(index);
        if earlier.clone().any(|it| it.id == field.id) {
            table.note("", "ids that no other field of the form has", &field.id);
        }
        if let Some(day) = &field.words_of
            && !(field.kind == FieldKind::Text && earlier.clone().any(|it| it.id == *day && it.kind == FieldKind::Date))
        {
            table.note("", format!("{}: a text with words_of an earlier date of the same form", field.id), day);
        }
        if let Some(before) = &field.before
            && !(is_day(field) && earlier.clone().any(|it| it.id == before.field && is_day(it)))
        {
            let expected = format!("{}: a date or a year before an earlier date or year of the same form", field.id);
            table.note("", expected, &before.field);
        }
        let Some(condition) = &field.show_if else { continue };
        let Some(asked) = earlier.find(|it| it.id == condition.field) else {
            table.note("", format!("{}: show_if with an earlier field of the same form", field.id), &condition.field);
            continue;
        };
        if let Some(answer) = condition.equals.iter().find(|answer| !can_be(asked, answer)) {
            table.note("", format!("{}: show_if with an answer of {}", field.id, asked.id), answer);
        }
    }
}

/// True where a question can be answered so, as far as the file itself says.
fn can_be(asked: &Field, answer: &str) -> bool {
    let ticked = matches!(asked.kind, FieldKind::Bool | FieldKind::Consent);
    if ticked { answer == "true" } else { asked.options.is_empty() || asked.options.iter().any(|it| it == answer) }
}

fn is_day(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Date | FieldKind::Year)
}

/// A part that an answer makes the submitter's: the question stands in an earlier part, and something in it is filled from a register.
fn check_submitter(tables: &[Table<'_, '_>], sections: &[SectionDraft]) {
    const KEY: &str = "submitter_if";
    let mut earlier: Vec<&Field> = Vec::new();
    for (table, section) in tables.iter().zip(sections) {
        if let Some(condition) = &section.submitter_if {
            let offers = |it: &Field| condition.equals.iter().all(|answer| can_be(it, answer));
            let is_asked = earlier.iter().any(|it| it.id == condition.field && offers(it));
            if !is_asked || condition.equals.is_empty() {
                table.note(KEY, "an answer of a question in an earlier section", &condition.field);
            }
            if section.fields.iter().all(|it| it.field.prefill.is_none()) {
                table.note(KEY, "a field with prefill in its section", "nothing");
            }
        }
        earlier.extend(section.fields.iter().map(|it| &it.field));
    }
}

/// The forms of a procedure with everything filled in.
pub(super) fn resolve_forms(
    source: &FlagshipSource,
    all: &[FlagshipSource],
    lists: &OptionLists,
    problems: &mut Vec<ImportProblem>,
) -> Vec<ApplicationForm> {
    let mut forms = Vec::new();
    for draft in &source.forms {
        let form = ApplicationForm {
            title: draft.title.clone(),
            template: draft.template.clone(),
            sections: draft.sections.iter().flat_map(|it| resolve_section(source, it, all, lists, problems)).collect(),
        };
        let ids: Vec<&str> = form.fields().map(|field| field.id.as_str()).collect();
        if let Some(twice) = ids.iter().enumerate().find(|(index, id)| ids.iter().take(*index).any(|it| it == *id)) {
            let line = draft.sections.first().map_or(1, |section| section.line);
            let expected = "ids that no other field of the form has, included sections counted";
            problems.push(ImportProblem::new(&source.file, line, "form", expected, twice.1));
        }
        if let Some(unasked) = unasked(&form) {
            let line = draft.sections.iter().find(|it| it.include.is_some()).map_or(1, |section| section.line);
            let expected = "sections to include whose submitter_if looks at a question of this form";
            problems.push(ImportProblem::new(&source.file, line, "form.section.fields.include", expected, unasked));
        }
        forms.push(form);
    }
    forms
}

/// The question that says whether a part is about the submitter, where no part before it asks it.
fn unasked(form: &ApplicationForm) -> Option<&str> {
    let conditions = form.sections.iter().enumerate().filter_map(|it| Some((it.0, it.1.submitter_if.as_ref()?)));
    let mut missing = conditions.filter(|(place, condition)| {
        let mut earlier = form.sections.iter().take(*place).flat_map(|it| &it.fields);
        !earlier.any(|it| it.id == condition.field)
    });
    missing.next().map(|it| it.1.field.as_str())
}

fn resolve_section(
    source: &FlagshipSource,
    draft: &SectionDraft,
    all: &[FlagshipSource],
    lists: &OptionLists,
    problems: &mut Vec<ImportProblem>,
) -> Vec<Section> {
    let Some(include) = &draft.include else {
        let fields = draft.fields.iter().map(|it| resolve_field(source, it, lists, problems)).collect();
        return vec![Section { title: draft.title.clone(), submitter_if: draft.submitter_if.clone(), fields }];
    };
    let mut refuse = |expected: &str, found: &str| {
        problems.push(ImportProblem::new(&source.file, draft.line, "form.section.fields.include", expected, found));
    };
    let other = all.iter().find(|other| other.slug == include.slug && other.slug != source.slug);
    let Some(form) = other.and_then(|other| other.forms.first()) else {
        refuse("the id of another procedure file that has a form", &include.slug);
        return Vec::new();
    };
    let mut taken: Vec<&SectionDraft> = Vec::new();
    for number in &include.sections {
        match number.checked_sub(1).and_then(|index| form.sections.get(index)) {
            Some(section) if section.include.is_none() => taken.push(section),
            Some(_) => refuse("sections that include nothing themselves", &number.to_string()),
            None => refuse(&format!("numbers of sections from 1 to {}", form.sections.len()), &number.to_string()),
        }
    }
    let other = other.unwrap_or(source);
    let numeral = numeral(&draft.title).unwrap_or_default();
    taken
        .into_iter()
        .zip(1..)
        .map(|(section, place)| Section {
            title: included_title(numeral, place, &section.title),
            submitter_if: section.submitter_if.clone(),
            fields: section.fields.iter().map(|it| resolve_field(other, it, lists, problems)).collect(),
        })
        .collect()
}

/// `II. Trẻ, mẹ, cha` has the numeral `II`.
fn numeral(title: &str) -> Option<&str> {
    let (numeral, _) = title.split_once(". ")?;
    let fits = !numeral.is_empty() && numeral.chars().all(|c| c.is_ascii_digit() || matches!(c, 'I' | 'V' | 'X'));
    fits.then_some(numeral)
}

/// An included section takes the numeral of its host: `III. Người mẹ` becomes `II.2. Người mẹ`.
fn included_title(host: &str, place: usize, title: &str) -> String {
    let bare = match numeral(title) {
        Some(own) => title.get(own.len() + 2..).unwrap_or(title),
        None => title,
    };
    if host.is_empty() { bare.to_owned() } else { format!("{host}.{place}. {bare}") }
}

fn resolve_field(
    source: &FlagshipSource,
    draft: &FieldDraft,
    lists: &OptionLists,
    problems: &mut Vec<ImportProblem>,
) -> Field {
    let mut field = draft.field.clone();
    if let Some(name) = &draft.options_from {
        match lists.get(name) {
            Some(options) => field.options = options.to_vec(),
            None => {
                let expected = format!("one of the lists {}", lists.names().collect::<Vec<_>>().join(", "));
                let at = format!("field {}: options_from", field.id);
                problems.push(ImportProblem::new(&source.file, draft.line, at, expected, name));
            }
        }
    }
    field.children = draft.children.iter().map(|it| resolve_field(source, it, lists, problems)).collect();
    field
}
