//! The published procedures: what is offered, importing them, entering a term the source does not give.

use crate::error::{AppError, FieldProblem};
use crate::house::{House, Snapshot};
use crate::search::{CatalogueIndex, Entry, SearchError};
use domain::calendar::TimeLimit;
use domain::ids::{PersonId, ReformId, UnitId};
use domain::post::Post;
use domain::procedure::{ImportProblem, ProcedureCode, ProcedureId, ProcedureRevision, RevisionId, content_hash};
use domain::time::Instant;
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use storage::catalogue::{self as stored, Publisher};
use storage::engine::Tx;
use storage::publication::Local;

/// Longest legal basis, in characters.
pub(crate) const BASIS_CHARS_MAX: usize = 500;

/// How people say things: the files that feed the search.
#[derive(Clone, Debug, Default)]
pub struct SearchWords {
    /// `phrasings.csv`.
    pub phrasings: String,
    /// `elsewhere.csv`.
    pub elsewhere: String,
    /// `synonyms.csv`.
    pub synonyms: String,
}

impl SearchWords {
    /// The search over these procedures.
    ///
    /// # Errors
    /// One of the three files cannot be read as what it is.
    pub fn index(&self, revisions: &[ProcedureRevision]) -> Result<CatalogueIndex, SearchError> {
        let entries: Vec<Entry> = revisions
            .iter()
            .map(|it| Entry {
                key: it.procedure.slug.clone(),
                tab: it.procedure.tab.as_str().to_owned(),
                code: it.code.as_ref().map(ToString::to_string).unwrap_or_default(),
                name: it.name.clone(),
                sector: it.sector.clone(),
                tokens: String::new(),
            })
            .collect();
        CatalogueIndex::from_catalogue(&entries, &self.phrasings, &self.elsewhere, &self.synonyms)
    }
}

/// The newest revision of every procedure, with its search.
#[derive(Clone, Default)]
pub struct Catalogue {
    procedures: BTreeMap<ProcedureId, Arc<ProcedureRevision>>,
    /// The same by their keys: dossiers name those.
    by_key: HashMap<RevisionId, Arc<ProcedureRevision>>,
    withdrawn: BTreeMap<ProcedureId, (Date, String)>,
    locals: BTreeMap<(ProcedureId, UnitId), (Local, Arc<ProcedureRevision>)>,
    index: Option<Arc<CatalogueIndex>>,
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Catalogue({} procedures)", self.procedures.len())
    }
}

impl Catalogue {
    pub(crate) fn new(revisions: Vec<ProcedureRevision>, words: &SearchWords) -> Result<Self, AppError> {
        let index =
            words.index(&revisions).map_err(|why| AppError::fault("building the search of the catalogue", why))?;
        let procedures: BTreeMap<_, _> = revisions.into_iter().map(|it| (it.procedure.clone(), Arc::new(it))).collect();
        let by_key = procedures.values().map(|it| (it.id.clone(), Arc::clone(it))).collect();
        Ok(Self { procedures, by_key, index: Some(Arc::new(index)), ..Self::default() })
    }

    /// The same with what was decided beside the revisions: withdrawals, and what units do otherwise.
    pub(crate) fn decided(mut self, tx: &Tx) -> Result<Self, AppError> {
        let withdrawn = storage::publication::withdrawals(tx)?;
        self.withdrawn = withdrawn.into_iter().map(|(id, from, basis)| (id, (from, basis))).collect();
        for local in storage::publication::locals(tx)? {
            let Some(revision) = self.procedures.get(&local.procedure) else { continue };
            let own = Arc::new(revision.as_done_with(&local.rule));
            self.locals.insert((local.procedure.clone(), local.unit), (local, own));
        }
        Ok(self)
    }

    /// The revision in force as one unit carries it out: with the amounts its city sets and its further ways to file.
    pub fn at(&self, id: &ProcedureId, unit: UnitId) -> Option<Arc<ProcedureRevision>> {
        let own = self.locals.get(&(id.clone(), unit)).map(|it| Arc::clone(&it.1));
        own.or_else(|| self.current(id))
    }

    /// What units do otherwise, of one procedure.
    pub fn locals_of(&self, id: &ProcedureId) -> impl Iterator<Item = &Local> {
        self.locals.values().map(|it| &it.0).filter(move |it| it.procedure == *id)
    }

    /// From when a procedure is withdrawn, and by which decision.
    pub fn withdrawal(&self, id: &ProcedureId) -> Option<&(Date, String)> {
        self.withdrawn.get(id)
    }

    /// The first day it is not received any more, where that day has come.
    pub fn withdrawn_since(&self, id: &ProcedureId, today: Date) -> Option<Date> {
        self.withdrawn.get(id).map(|it| it.0).filter(|from| *from <= today)
    }

    /// The revision in force.
    pub fn current(&self, id: &ProcedureId) -> Option<Arc<ProcedureRevision>> {
        self.procedures.get(id).cloned()
    }

    /// The revision of that key, where it is the one in force.
    fn current_by_key(&self, id: &RevisionId) -> Option<Arc<ProcedureRevision>> {
        self.by_key.get(id).cloned()
    }

    /// All procedures in the order of their ids.
    pub fn all(&self) -> impl Iterator<Item = &Arc<ProcedureRevision>> {
        self.procedures.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.procedures.len()
    }

    /// True before the first import.
    pub fn is_empty(&self) -> bool {
        self.procedures.is_empty()
    }

    /// Searches as people speak.
    pub fn search(&self, text: &str, limit: usize) -> crate::search::SearchAnswer {
        self.index.as_ref().map(|it| it.search(text, limit)).unwrap_or_default()
    }
}

/// The revision a dossier pinned, from memory where it is the newest.
pub(crate) fn revision(tx: &Tx, known: &Snapshot, id: &RevisionId) -> Result<Arc<ProcedureRevision>, AppError> {
    if let Some(current) = known.catalogue.current_by_key(id) {
        return Ok(current);
    }
    let stored = stored::revision(tx, id)?;
    stored.map(Arc::new).ok_or_else(|| AppError::fault("reading a pinned revision", format!("{} is missing", id.0)))
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Procedures that were new.
    pub new: usize,
    /// Procedures with a new revision.
    pub changed: usize,
    /// Procedures that stayed as they were.
    pub unchanged: usize,
}

/// A folder that cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Something in the files, each named with file, line, field and what was expected. Nothing was taken.
    #[error("{} problem(s) in the catalogue; nothing was taken", .0.len())]
    Problems(Vec<ImportProblem>),
    /// A file cannot be read.
    #[error("cannot read {path}")]
    File {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The house failed.
    #[error(transparent)]
    House(#[from] AppError),
}

/// Reads a catalogue folder: `*.csv` rows at its top named `le-chan-2025-q1.csv` or `rows.csv`, `flagship/*.toml`, `option-lists.toml`.
///
/// # Errors
/// Every problem of every file at once.
pub fn read_folder(folder: &Path) -> Result<Vec<ProcedureRevision>, ImportError> {
    use domain::procedure::{build, read_flagship, read_option_lists, read_rows};
    let mut problems = Vec::new();
    let mut flagships = Vec::new();
    let lists_path = folder.join("option-lists.toml");
    let lists_text = read(&lists_path)?;
    let lists = read_option_lists("option-lists.toml", &lists_text).map_err(|it| problems.extend(it)).ok();
    let mut files: Vec<_> = match std::fs::read_dir(folder.join("flagship")) {
        Ok(entries) => entries.filter_map(Result::ok).map(|it| it.path()).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(ImportError::File { path: folder.join("flagship").display().to_string(), source }),
    };
    files.retain(|it| it.extension().is_some_and(|end| end == "toml"));
    files.sort();
    for path in &files {
        let name = format!("flagship/{}", path.file_name().unwrap_or_default().to_string_lossy());
        match read_flagship(&name, &read(path)?) {
            Ok(flagship) => flagships.push(flagship),
            Err(found) => problems.extend(found),
        }
    }
    let rows_name =
        ["le-chan-2025-q1.csv", "rows.csv"].into_iter().find(|it| folder.join(it).exists()).unwrap_or("rows.csv");
    let rows = read_rows(rows_name, &read(&folder.join(rows_name))?).map_err(|it| problems.extend(it)).ok();
    match (rows, lists) {
        (Some(rows), Some(lists)) if problems.is_empty() => {
            build(&rows, &flagships, &lists).map_err(ImportError::Problems)
        }
        _ => Err(ImportError::Problems(problems)),
    }
}

fn read(path: &Path) -> Result<String, ImportError> {
    let failed = |source| ImportError::File { path: path.display().to_string(), source };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > domain::procedure::FILE_BYTES_MAX as u64 {
        return Err(failed(std::io::Error::other("larger than any catalogue file may be")));
    }
    std::fs::read_to_string(path).map_err(failed)
}

/// Publishes what is new or changed, in one transaction. Importing the same again changes nothing.
///
/// # Errors
/// The house failed.
pub fn publish(house: &House, revisions: &[ProcedureRevision], by: Option<PersonId>) -> Result<Imported, AppError> {
    let now = house.clock.now();
    let imported = house.db.write_now(|tx| {
        let mut imported = Imported::default();
        for revision in revisions {
            match publish_one(tx, revision, now, Publisher::Person(by), &revision.announced_by)? {
                Published::New => imported.new += 1,
                Published::Changed => imported.changed += 1,
                Published::Unchanged => imported.unchanged += 1,
            }
        }
        Ok::<_, AppError>(imported)
    })?;
    house.refresh()?;
    Ok(imported)
}

pub(crate) enum Published {
    New,
    Changed,
    Unchanged,
}

pub(crate) fn publish_one(
    tx: &mut Tx,
    revision: &ProcedureRevision,
    now: Instant,
    by: Publisher,
    basis: &str,
) -> Result<Published, AppError> {
    let imported_hash = content_hash(revision);
    let (slug, tab) = (&revision.procedure.slug, revision.procedure.tab.as_str());
    let last = stored::last(tx, slug, tab)?;
    let outcome = match &last {
        Some((_, same)) if *same == imported_hash => return Ok(Published::Unchanged),
        Some(_) => Published::Changed,
        None => Published::New,
    };
    let mut next = revision.clone().numbered(stored::numbered(tx, slug, tab)? + 1);
    if let Some((number, _)) = last.filter(|_| next.time_limit.is_none()) {
        // A term that a control officer entered outlives a file that still gives none.
        let before = stored::revision(tx, &revision.procedure.revision(number))?;
        next.time_limit = before.and_then(|it| it.time_limit);
    }
    stored::publish(tx, &next, (&content_hash(&next), &imported_hash), now, by, basis)?;
    Ok(outcome)
}

/// Withdraws what a plan of reorganisation published, where it is taken back.
pub(crate) fn withdraw(tx: &mut Tx, reform: ReformId, now: Instant) -> Result<(), AppError> {
    let withdrawn = stored::withdraw(tx, reform, now)?;
    if withdrawn > 0 {
        storage::house::audit(tx, now, None, "revisions withdrawn", &reform.to_string(), &withdrawn.to_string())?;
    }
    Ok(())
}

/// A term the source does not give, entered by a control officer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermEntry {
    /// Of which procedure.
    pub procedure: ProcedureId,
    /// What the law allows, as typed: "3wd".
    pub legal: String,
    /// What the office commits to; empty for the same.
    pub committed: String,
    /// The decision that publishes it.
    pub basis: String,
}

/// Enters a term: a new revision of the procedure, with the decision it rests on.
///
/// # Errors
/// Not a control officer, no such procedure, or a field to correct.
pub async fn enter_term(house: &Arc<House>, officer: PersonId, entry: TermEntry) -> Result<RevisionId, AppError> {
    let known = house.now_known();
    let today = house.clock.now().day();
    if !known.mandates.of(officer, today).any(|it| it.post == Post::ControlOfficer) {
        return Err(AppError::Forbidden);
    }
    let current = known.catalogue.current(&entry.procedure).ok_or(AppError::NotFound)?;
    if !house.db.read_now(|tx| may_enter(tx, &current))? {
        return Err(AppError::invalid("legal", "gap-term-of-source"));
    }
    let limit = checked_term(&entry)?;
    let mut revision = ProcedureRevision::clone(&current);
    revision.time_limit = Some(limit);
    let now = house.clock.now();
    let hash = content_hash(&revision);
    let id = house
        .db
        .write(move |tx| {
            let slug = &revision.procedure.slug;
            let (last, imported_hash) =
                stored::last(tx, slug, revision.procedure.tab.as_str())?.ok_or(AppError::NotFound)?;
            if last != revision.number {
                return Err(AppError::invalid("revision", "gap-revision-changed"));
            }
            let next = revision.clone().numbered(stored::numbered(tx, slug, revision.procedure.tab.as_str())? + 1);
            let by = Publisher::Person(Some(officer));
            stored::publish(tx, &next, (&hash, &imported_hash), now, by, &entry.basis)?;
            storage::house::audit(tx, now, Some(officer), "term entered", &next.id.0, &entry.basis)?;
            Ok::<_, AppError>(next.id)
        })
        .await?;
    house.refresh()?;
    Ok(id)
}

/// A term may be entered where the source gives none, and corrected where an officer entered it: what the source says stands.
///
/// # Errors
/// The house failed.
fn may_enter(tx: &Tx, current: &ProcedureRevision) -> Result<bool, AppError> {
    let by = stored::history(tx, &current.procedure.slug, current.procedure.tab.as_str())?;
    let newest = by.first().and_then(|it| it.3);
    Ok(current.time_limit.is_none() || newest.is_some())
}

pub(crate) fn checked_term(entry: &TermEntry) -> Result<TimeLimit, AppError> {
    let mut problems = Vec::new();
    let legal = entry.legal.trim().parse().map_err(|_| problems.push(FieldProblem::new("legal", "gap-term"))).ok();
    let committed = match entry.committed.trim() {
        "" => Some(None),
        text => text.parse().map(Some).map_err(|_| problems.push(FieldProblem::new("committed", "gap-term"))).ok(),
    };
    let basis = entry.basis.trim().chars().count();
    if basis == 0 {
        problems.push(FieldProblem::new("basis", "gap-missing"));
    } else if basis > BASIS_CHARS_MAX {
        problems.push(FieldProblem::new("basis", "gap-too-long").with("max", BASIS_CHARS_MAX));
    }
    match (legal, committed) {
        (Some(legal), Some(committed)) if problems.is_empty() => {
            TimeLimit::new(legal, committed).map_err(|_| AppError::invalid("committed", "gap-term-longer-than-law"))
        }
        _ => Err(AppError::Invalid(problems)),
    }
}

/// The catalogue's procedure by the code or id somebody typed.
pub fn find(known: &Snapshot, text: &str) -> Option<Arc<ProcedureRevision>> {
    let text = text.trim();
    if let Ok(id) = text.parse::<ProcedureId>() {
        return known.catalogue.current(&id);
    }
    let code: ProcedureCode = text.parse().ok()?;
    known.catalogue.all().find(|it| it.code.as_ref() == Some(&code)).cloned()
}
