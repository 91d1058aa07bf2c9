//! Reads the file of a plan: what stands there, with the lines; whether it can be is asked by [`Plan::check`].

use crate::organisation::entries::{self, UNIT_KEYS, UNITS_MAX, UnitEntry, read_unit};
use crate::organisation::{Extent, UnitCode};
use crate::post::Post;
use crate::procedure::toml_reader::{Reading, Table};
use crate::procedure::{ImportProblem, ProcedureId};
use crate::time::Instant;
use jiff::civil::{Date, DateTime};
use sha2::{Digest, Sha256};

/// The only format there is.
const SCHEMA: &str = "motcua.reform/1";
const KEY_CHARS_MAX: usize = 100;
const NAME_CHARS_MAX: usize = 300;
const TEXT_CHARS_MAX: usize = 2_000;
const EDGES_MAX: usize = 10_000;
const RULES_MAX: usize = 5_000;
const NAMES_MAX: usize = 2_000;
const MOVES_MAX: usize = 5_000;
const EXTENTS: [(&str, Extent); 3] =
    [("whole", Extent::Whole), ("part", Extent::Part), ("default", Extent::DefaultPart)];
const SETTLED: [(&str, SettledKind); 4] = [
    ("person_in_units", SettledKind::PersonInUnits),
    ("person_leaves", SettledKind::PersonLeaves),
    ("workflow", SettledKind::Workflow),
    ("post_open", SettledKind::PostOpen),
];
const ROOT_KEYS: [&str; 17] = [
    "schema",
    "id",
    "title",
    "instrument",
    "number",
    "signed_on",
    "effective_at",
    "invented",
    "era",
    "ends",
    "unit",
    "change",
    "edge",
    "territory",
    "staff",
    "offer",
    "settled",
];

/// A plan as its file says it, units by their keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub(super) file: String,
    /// Its key.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// The resolution as papers cite it, its number included.
    pub instrument: String,
    pub(super) number: String,
    pub(super) lines: RootLines,
    pub(super) signed_on: Date,
    pub(super) effective_at: Instant,
    pub(super) invented: Vec<String>,
    pub(super) era: Option<String>,
    pub(super) ends: Vec<String>,
    pub(super) units: Vec<UnitEntry>,
    pub(super) changes: Vec<ChangeEntry>,
    pub(super) edges: Vec<EdgeEntry>,
    pub(super) territory: Vec<TerritoryEntry>,
    pub(super) staff: Vec<StaffEntry>,
    pub(super) offers: Vec<OfferEntry>,
    pub(super) settled: Vec<SettledEntry>,
    /// SHA-256 of the text, in hexadecimal digits.
    pub text_sha256: String,
}

/// Where the keys at the top stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RootLines {
    pub(super) number: usize,
    pub(super) signed_on: usize,
    pub(super) effective_at: usize,
    pub(super) ends: usize,
}

/// A unit that stays and is called or seated otherwise: what is left out stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ChangeEntry {
    pub(super) line: usize,
    pub(super) unit: String,
    pub(super) name: Option<String>,
    pub(super) parent: Option<String>,
    pub(super) seat: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) codes: Vec<UnitCode>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EdgeEntry {
    pub(super) line: usize,
    pub(super) from: Vec<String>,
    pub(super) to: String,
    pub(super) extent: Extent,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TerritoryEntry {
    pub(super) line: usize,
    pub(super) from: Vec<String>,
    pub(super) to: String,
    pub(super) wards: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) streets: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StaffEntry {
    pub(super) line: usize,
    pub(super) from: Vec<String>,
    pub(super) person: Option<String>,
    pub(super) post: Option<Post>,
    pub(super) to: String,
    pub(super) becomes: Option<Post>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OfferEntry {
    pub(super) line: usize,
    pub(super) unit: String,
    pub(super) from: Vec<String>,
    pub(super) procedures: Vec<ProcedureId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SettledKind {
    PersonInUnits,
    PersonLeaves,
    Workflow,
    PostOpen,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SettledEntry {
    pub(super) line: usize,
    pub(super) what: SettledKind,
    pub(super) person: Option<String>,
    pub(super) keep: Option<ProcedureId>,
    pub(super) unit: Option<String>,
    pub(super) post: Option<Post>,
    pub(super) reason: String,
}

impl Plan {
    /// The moment its file names.
    pub fn effective_at(&self) -> Instant {
        self.effective_at
    }

    /// The same plan, carried out at another moment than its file names: late, because its instant passed while it was made, or
    /// early, on a house that only tries it.
    #[must_use]
    pub fn carried_out_at(self, moment: Instant) -> Self {
        Self { effective_at: moment, ..self }
    }

    /// Reads the file of a plan. Every problem is named with its line; with one problem nothing of it is taken.
    ///
    /// # Errors
    /// Everything wrong with the file by itself.
    pub fn read(file: &str, text: &str) -> Result<Self, Vec<ImportProblem>> {
        let reading = Reading::new(file, text);
        let parsed = reading.parse()?;
        let keys: Vec<&str> = ROOT_KEYS.iter().copied().chain(["provenance"]).collect();
        let root = Table::root(&reading, &parsed, &keys);
        if root.text("schema", KEY_CHARS_MAX) != SCHEMA {
            root.note("schema", SCHEMA, &root.optional_text("schema", KEY_CHARS_MAX).unwrap_or_default());
        }
        provenance(&root);
        let number = root.text("number", KEY_CHARS_MAX);
        let kind = root.text("instrument", NAME_CHARS_MAX);
        let plan = Self {
            file: file.to_owned(),
            key: root.text("id", KEY_CHARS_MAX),
            title: root.text("title", NAME_CHARS_MAX),
            instrument: format!("{kind} {number}").trim().to_owned(),
            number,
            lines: RootLines {
                number: root.line_of("number"),
                signed_on: root.line_of("signed_on"),
                effective_at: root.line_of("effective_at"),
                ends: root.line_of("ends"),
            },
            signed_on: required(&root, "signed_on", entries::day(&root, "signed_on"), "a day such as 2024-10-24")
                .unwrap_or(Date::MIN),
            effective_at: effective_at(&root).unwrap_or_default(),
            invented: root.texts("invented", NAMES_MAX, TEXT_CHARS_MAX),
            era: root.optional_text("era", KEY_CHARS_MAX).filter(|it| !it.is_empty()),
            ends: root.texts("ends", UNITS_MAX, KEY_CHARS_MAX),
            units: root.tables("unit", UNITS_MAX, &UNIT_KEYS).iter().map(read_unit).collect(),
            changes: changes(&root),
            edges: edges(&root),
            territory: territory(&root),
            staff: staff(&root),
            offers: offers(&root),
            settled: settled(&root),
            text_sha256: sha256(text),
        };
        reading.finish(plan)
    }
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn required<T>(table: &Table<'_, '_>, key: &str, value: Option<T>, expected: &str) -> Option<T> {
    if value.is_none() && table.optional_text(key, KEY_CHARS_MAX).is_none() {
        table.note(key, expected, "nothing");
    }
    value
}

fn effective_at(root: &Table<'_, '_>) -> Option<Instant> {
    let text = root.text("effective_at", KEY_CHARS_MAX);
    match text.parse::<DateTime>() {
        Ok(local) => Some(Instant::from_local(local)),
        Err(_) => {
            root.note("effective_at", "a moment of local time such as 2025-01-01T00:00", &text);
            None
        }
    }
}

fn provenance(root: &Table<'_, '_>) {
    let keys = ["sources", "believed", "invented", "notes"];
    let Some(table) = root.optional_table("provenance", &keys) else { return };
    for key in keys {
        table.texts(key, NAMES_MAX, TEXT_CHARS_MAX);
    }
}

/// One key or a list of keys.
fn keys_of(table: &Table<'_, '_>, key: &str) -> Vec<String> {
    let keys = table.texts(key, UNITS_MAX, KEY_CHARS_MAX);
    if keys.is_empty() {
        table.note(key, "a list of units", "nothing");
    }
    keys
}

fn changes(root: &Table<'_, '_>) -> Vec<ChangeEntry> {
    let keys = ["unit", "name", "parent", "seat", "phone", "codes"];
    let tables = root.tables("change", UNITS_MAX, &keys);
    let said = |it: &Table<'_, '_>, key: &str| it.optional_text(key, NAME_CHARS_MAX).filter(|text| !text.is_empty());
    tables
        .iter()
        .map(|it| ChangeEntry {
            line: it.line(),
            unit: it.text("unit", KEY_CHARS_MAX),
            name: said(it, "name"),
            parent: said(it, "parent"),
            seat: said(it, "seat"),
            phone: said(it, "phone"),
            codes: entries::codes(it),
        })
        .collect()
}

fn edges(root: &Table<'_, '_>) -> Vec<EdgeEntry> {
    let tables = root.tables("edge", EDGES_MAX, &["from", "to", "extent"]);
    tables
        .iter()
        .map(|it| EdgeEntry {
            line: it.line(),
            from: keys_of(it, "from"),
            to: it.text("to", KEY_CHARS_MAX),
            extent: it.word("extent", &EXTENTS).unwrap_or(Extent::Whole),
        })
        .collect()
}

fn territory(root: &Table<'_, '_>) -> Vec<TerritoryEntry> {
    let tables = root.tables("territory", RULES_MAX, &["from", "to", "wards", "groups", "streets"]);
    tables
        .iter()
        .map(|it| TerritoryEntry {
            line: it.line(),
            from: keys_of(it, "from"),
            to: it.text("to", KEY_CHARS_MAX),
            wards: it.texts("wards", NAMES_MAX, NAME_CHARS_MAX),
            groups: it.texts("groups", NAMES_MAX, NAME_CHARS_MAX),
            streets: it.texts("streets", NAMES_MAX, NAME_CHARS_MAX),
        })
        .collect()
}

fn staff(root: &Table<'_, '_>) -> Vec<StaffEntry> {
    let posts = Post::ALL.map(|post| (post.as_str(), post));
    let tables = root.tables("staff", MOVES_MAX, &["from", "person", "post", "to", "as"]);
    tables
        .iter()
        .map(|it| StaffEntry {
            line: it.line(),
            from: keys_of(it, "from"),
            person: it.optional_text("person", KEY_CHARS_MAX).filter(|login| !login.is_empty()),
            post: it.optional_word("post", &posts),
            to: it.text("to", KEY_CHARS_MAX),
            becomes: it.optional_word("as", &posts),
        })
        .collect()
}

fn procedure(table: &Table<'_, '_>, key: &str, text: &str) -> Option<ProcedureId> {
    let procedure = text.parse().ok();
    if procedure.is_none() {
        table.note(key, "a procedure such as dang-ky-khai-sinh@ward", text);
    }
    procedure
}

fn offers(root: &Table<'_, '_>) -> Vec<OfferEntry> {
    let tables = root.tables("offer", UNITS_MAX, &["unit", "from", "procedures"]);
    tables
        .iter()
        .map(|it| OfferEntry {
            line: it.line(),
            unit: it.text("unit", KEY_CHARS_MAX),
            from: keys_of(it, "from"),
            procedures: it
                .texts("procedures", NAMES_MAX, KEY_CHARS_MAX)
                .iter()
                .filter_map(|text| procedure(it, "procedures", text))
                .collect(),
        })
        .collect()
}

fn settled(root: &Table<'_, '_>) -> Vec<SettledEntry> {
    let posts = Post::ALL.map(|post| (post.as_str(), post));
    let tables = root.tables("settled", MOVES_MAX, &["what", "person", "keep", "unit", "post", "reason"]);
    let mut entries = Vec::with_capacity(tables.len());
    for it in &tables {
        let Some(what) = it.word("what", &SETTLED) else { continue };
        entries.push(SettledEntry {
            line: it.line(),
            what,
            person: it.optional_text("person", KEY_CHARS_MAX),
            keep: it.optional_text("keep", KEY_CHARS_MAX).and_then(|text| procedure(it, "keep", &text)),
            unit: it.optional_text("unit", KEY_CHARS_MAX),
            post: it.optional_word("post", &posts),
            reason: it.text("reason", TEXT_CHARS_MAX),
        });
    }
    entries
}
