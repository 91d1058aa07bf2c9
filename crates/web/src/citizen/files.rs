//! Files on their way in and out: a form with files read part by part, one file looked at.

use super::note_reading;
use super::views::{FileView, Link};
use crate::Web;
use crate::frame::encoded;
use crate::kept;
use crate::outgoing;
use crate::page::FieldLink;
use crate::posted::{FilePart, Part, Posted, PostedFiles};
use crate::problem::Problem;
use crate::say_with;
use crate::texts;
use crate::visitor::Visitor;
use app::rows::Document;
use app::uploads::{self, FileKind, Opened};
use app::{AppError, FieldProblem};
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use domain::ids::{DocumentId, DossierId, DraftId, PersonId};
use std::collections::{BTreeMap, BTreeSet};

/// What a file may do in a browser: be looked at.
const FILE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; sandbox";
/// A PDF is shown by the browser's own viewer, which a sandbox would lock out; it may load nothing.
const PDF_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";
/// The same beside the facts of its dossier, in a frame of the office's own page.
const FRAMED: [(&str, &str); 2] = [("frame-ancestors 'none'", "frame-ancestors 'self'"), ("DENY", "SAMEORIGIN")];
/// Most fields of a form with files that are read.
const FIELDS_MAX: usize = 500;

/// Where files go.
#[derive(Clone, Copy, Debug)]
pub enum Shelf {
    /// A draft of a citizen's.
    Draft(PersonId, DraftId),
    /// A dossier whose papers were asked for.
    Dossier(PersonId, DossierId),
}

/// What came of a form with files.
#[derive(Debug, Default)]
pub struct Arrived {
    /// Its fields.
    pub fields: Posted,
    /// Files kept.
    pub kept: usize,
    /// Files refused: the paper they were for, and why in words.
    pub refused: BTreeMap<String, String>,
}

impl Arrived {
    /// The lines of the summary, each leading to its paper.
    pub fn errors(&self, name_of: impl Fn(&str) -> String) -> Vec<FieldLink> {
        self.refused
            .iter()
            .map(|(paper, why)| FieldLink { href: format!("#{paper}"), text: format!("{}: {why}", name_of(paper)) })
            .collect()
    }
}

/// Reads a form with files to its end: every file for one of `papers` goes on the shelf or is refused in words. Nothing is kept of
/// a form that is not ours.
///
/// # Errors
/// Not a form of ours, the sending broke off, or the house failed.
pub async fn take(web: &Web, mut form: PostedFiles, shelf: Shelf, papers: &[String]) -> Result<Arrived, Problem> {
    let mut arrived = Arrived::default();
    let mut pairs = Vec::new();
    let mut is_ours = false;
    let mut is_full = false;
    let mut came = BTreeSet::new();
    loop {
        let field = match form.next().await? {
            None => break,
            Some(Part::Field(name, value)) => (name, value),
            Some(Part::File(file)) => {
                if !is_ours {
                    return Err(Problem::OldForm);
                }
                let paper = file.field.clone();
                let is_asked = papers.contains(&paper);
                if let Err(problem) = receive(web, file, shelf, is_asked, &mut is_full, &mut arrived).await {
                    form.hear_rest().await;
                    return Err(problem);
                }
                // Safe, or refused in words: either way nobody has to be told that it did not come.
                form.kept_file(&paper, None);
                came.insert(paper);
                continue;
            }
        };
        if field.0 == "csrf" {
            is_ours = form.is_ours(&field.1);
        } else if pairs.len() < FIELDS_MAX {
            pairs.push(field);
        }
    }
    if !is_ours {
        return Err(Problem::OldForm);
    }
    arrived.fields = Posted::from_pairs(pairs);
    let lost = kept::files_to_choose_again(&arrived.fields, |paper| came.contains(paper));
    arrived.refused.extend(lost.into_iter().filter(|it| papers.contains(&it.0)));
    Ok(arrived)
}

async fn receive(
    web: &Web,
    mut file: FilePart<'_>,
    shelf: Shelf,
    is_asked: bool,
    is_full: &mut bool,
    arrived: &mut Arrived,
) -> Result<(), Problem> {
    // A box nobody chose a file for comes without a name.
    if !is_asked || *is_full || file.file_name.is_empty() {
        return drained(&mut file).await;
    }
    let (paper, name) = (file.field.clone(), file.file_name.clone());
    match keep(web, &mut file, shelf).await {
        Ok(()) => arrived.kept += 1,
        Err(problem) => {
            let refused = match problem.app() {
                Some(AppError::Invalid(problems)) => problems.clone(),
                _ => return Err(problem),
            };
            *is_full = refused.iter().any(|it| matches!(it.key, "gap-files-too-many" | "gap-files-too-large"));
            let why: Vec<String> = refused.iter().map(texts::field_problem).collect();
            let shown: String = name.chars().filter(|it| !it.is_control()).take(80).collect();
            let why = why.join(" ");
            // Some of these words name the file themselves.
            let why = if why.contains('“') { why } else { format!("“{shown}”: {why}") };
            arrived.refused.insert(paper, why);
            drained(&mut file).await?;
        }
    }
    Ok(())
}

/// The rest of a refused file is read and forgotten, so that the browser gets the page that says why.
async fn drained(file: &mut FilePart<'_>) -> Result<(), Problem> {
    while file.piece().await?.is_some() {}
    Ok(())
}

async fn keep(web: &Web, file: &mut FilePart<'_>, shelf: Shelf) -> Result<(), Problem> {
    let mut incoming = uploads::begin(&web.house, web.house.rules.file_bytes_max)?;
    while let Some(piece) = file.piece().await? {
        incoming.write(&piece).await?;
    }
    let (paper, name) = (file.field.clone(), file.file_name.clone());
    match shelf {
        Shelf::Draft(person, draft) => {
            uploads::attach_to_draft(&web.house, person, draft, &paper, &name, incoming).await?;
        }
        Shelf::Dossier(person, dossier) => {
            let actor = app::actor::Actor::Citizen(person);
            uploads::attach_to_dossier(&web.house, &actor, dossier, &paper, &name, incoming).await?;
        }
    }
    Ok(())
}

/// The kinds of files taken, as an `accept` attribute.
pub fn accept() -> String {
    let endings: Vec<String> =
        FileKind::ALL.iter().flat_map(|it| it.endings()).map(|ending| format!(".{ending}")).collect();
    endings.join(",")
}

/// The limits in words.
pub fn limits(web: &Web) -> String {
    let rules = &web.house.rules;
    say_with(
        "file-accepted",
        &[("kinds", &FileKind::names()), ("max_mib", &(rules.file_bytes_max >> 20)), ("max_files", &rules.files_max)],
    )
}

/// A file in a list, beside all that its person gave for the same dossier, in the order they came: nobody else's file is compared.
pub fn file_view(it: &Document, given: &[Document]) -> FileView {
    let before = given.iter().take_while(|other| other.id != it.id);
    let same = before.filter(|other| other.owner == it.owner).find(|other| other.sha256 == it.sha256);
    FileView {
        name: it.name.clone(),
        size: size(it.size_bytes),
        href: Some(address(it.id)),
        key: it.id.to_string(),
        same_as: same.map(|other| other.name.clone()),
    }
}

/// Where a file is looked at.
pub fn address(id: DocumentId) -> String {
    format!("/tep/{id}")
}

/// A link to a file.
pub fn link(it: &Document) -> Link {
    Link { href: address(it.id), label: it.name.clone() }
}

/// "1,2 MB".
pub fn size(bytes: i64) -> String {
    let tenths = |unit: i64| {
        let tenths = bytes.saturating_mul(10) / unit;
        if tenths % 10 == 0 { (tenths / 10).to_string() } else { format!("{},{}", tenths / 10, tenths % 10) }
    };
    match bytes {
        ..1_000 => format!("{bytes} byte"),
        1_000..1_000_000 => format!("{} KB", (bytes + 500) / 1_000),
        _ => format!("{} MB", tenths(1_000_000)),
    }
}

/// One file, looked at by somebody who may. That it was read is written down.
///
/// # Errors
/// Not there, or not for this person.
pub async fn open(State(web): State<Web>, visitor: Visitor, Path(document): Path<String>) -> Result<Response, Problem> {
    let id: DocumentId = document.parse().map_err(|_| Problem::from(AppError::NotFound))?;
    let file = uploads::open(&web.house, &visitor.signed_in()?, id).await?;
    if let Some(dossier) = file.document.dossier {
        note_reading(&web, visitor.person()?, dossier, "tệp")?;
    }
    Ok(shown(file))
}

/// A file for the office: it may also stand in a frame of the office's own pages, beside the facts of its dossier.
pub fn framed(file: Opened) -> Response {
    let mut response = shown(file);
    let [(none, own), (_, same)] = FRAMED;
    let headers = response.headers_mut();
    let policy = headers.get(CONTENT_SECURITY_POLICY).and_then(|it| it.to_str().ok()).map(|it| it.replace(none, own));
    if let Some(Ok(policy)) = policy.map(|it| HeaderValue::from_str(&it)) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static(same));
    }
    response
}

/// A file on its way to a browser: of the kind it was found to be, under its own name, with nothing in it that may run.
pub fn shown(file: Opened) -> Response {
    let document = file.document.clone();
    let policy = if document.media_type == "application/pdf" { PDF_POLICY } else { FILE_POLICY };
    let is_shown = matches!(document.media_type.as_str(), "application/pdf" | "image/jpeg" | "image/png");
    let how = if is_shown { "inline" } else { "attachment" };
    let named =
        format!("{how}; filename=\"{}\"; filename*=UTF-8''{}", plain_name(&document.name), encoded(&document.name));
    let mut response = outgoing::body(file).into_response();
    let headers = response.headers_mut();
    outgoing::tell_length(headers, document.size_bytes);
    for (name, value) in [(CONTENT_TYPE, document.media_type.as_str()), (CONTENT_DISPOSITION, &named)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The name in the letters every browser has always understood.
fn plain_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|it| if it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_' | ' ') { it } else { '_' })
        .take(100)
        .collect();
    if plain.is_empty() { "tep".to_owned() } else { plain }
}

/// The words of problems by their fields, for forms that name their boxes otherwise.
pub fn by_field(problems: &[FieldProblem]) -> BTreeMap<&str, String> {
    problems.iter().rev().map(|it| (it.field.as_str(), texts::field_problem(it))).collect()
}
