//! Forms with files: what was typed, and files that are safe before the form is accepted.
//!
//! A file that came is durable at once and named by nothing. The page carries its description back in a hidden field, signed with
//! the installation's key and bound to the person, so that a form sent again after a mistake need not bring its files again. What is
//! never named by a row is swept after a day.

use super::act_forms::KEPT_PREFIX;
use super::views::tenths;
use crate::Web;
use crate::kept;
use crate::posted::{FIELDS_MAX, Part, Posted, PostedFiles};
use crate::problem::Problem;
use crate::texts;
use app::AppError;
use app::rows::{Document, WrappedKey};
use app::uploads;
use domain::ids::PersonId;
use domain::time::Instant;
use std::collections::BTreeMap;

/// Purpose of the signature.
const PURPOSE: &str = "staged file";
/// So long a staged file can be used, in seconds: less than the day after which it is swept.
const USABLE_SECONDS: i64 = 20 * 3_600;

/// A form with files as it came.
pub struct Sent {
    /// What was typed.
    pub posted: Posted,
    /// Files by the name of their field.
    pub files: BTreeMap<String, Document>,
    /// What is wrong with files, in words, by field.
    pub wrong: BTreeMap<String, String>,
}

impl Sent {
    /// The contents that make two sendings the same one: typed fields, and files by what is in them.
    pub fn contents(&self) -> Vec<u8> {
        let mut bytes = self.posted.contents(&["csrf", "mot-lan"]);
        for (field, file) in &self.files {
            bytes.extend_from_slice(field.as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(file.sha256.as_bytes());
            bytes.push(0);
        }
        bytes
    }
}

/// Reads a form with files; its token must come before its first file.
///
/// # Errors
/// Not this visitor's form, too large, broken off, or the house failed. A file we do not take is no error: it is said beside its
/// field.
pub async fn receive(web: &Web, mut form: PostedFiles) -> Result<Sent, Problem> {
    let owner = form.visitor.person()?;
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut files = BTreeMap::new();
    let mut wrong = BTreeMap::new();
    let mut is_ours = false;
    loop {
        let token = form.visitor.csrf.clone();
        match form.next().await? {
            None => break,
            Some(Part::Field(name, value)) => {
                if pairs.len() >= FIELDS_MAX {
                    return Err(Problem::TooLarge);
                }
                is_ours = is_ours || (name == "csrf" && !token.is_empty() && value == token);
                pairs.push((name, value));
            }
            Some(Part::File(mut file)) => {
                if !is_ours {
                    return Err(Problem::OldForm);
                }
                if files.len() + wrong.len() >= web.house.rules.files_max {
                    return Err(Problem::TooLarge);
                }
                let (field, name) = (file.field.clone(), file.file_name.clone());
                let mut incoming = Ok(uploads::begin(&web.house, web.house.rules.file_bytes_max)?);
                let mut came = false;
                while let Some(piece) = file.piece().await? {
                    came = came || !piece.is_empty();
                    // What is left of a file that is refused is read and dropped, so that the rest of the form is heard.
                    incoming = match incoming {
                        Ok(mut open) => open.write(&piece).await.map(|()| open),
                        refused => refused,
                    };
                }
                if !came && name.is_empty() {
                    continue;
                }
                let finished = match incoming {
                    Ok(open) => open.finish(&name, "", Some(owner)).await,
                    Err(why) => Err(why),
                };
                match finished {
                    Ok(document) => {
                        let key = stand_in_of(&field);
                        form.kept_file(&field, Some((&key, &signed(web, owner, &document))));
                        files.insert(field, document);
                    }
                    Err(AppError::Invalid(problems)) => {
                        let said: Vec<String> = problems.iter().map(texts::field_problem).collect();
                        wrong.insert(field, format!("{name}: {}", said.join(" ")));
                    }
                    Err(other) => {
                        form.hear_rest().await;
                        return Err(other.into());
                    }
                }
            }
        }
    }
    if !is_ours {
        return Err(Problem::OldForm);
    }
    let posted = Posted::from_pairs(pairs);
    let came = |field: &str| files.contains_key(field) || posted.has(&stand_in_of(field));
    wrong.extend(kept::files_to_choose_again(&posted, came));
    Ok(Sent { posted, files, wrong })
}

/// The hidden field that stands for a file which is safe.
pub fn stand_in_of(field: &str) -> String {
    format!("{KEPT_PREFIX}{field}")
}

/// A file's description for a hidden field.
pub fn signed(web: &Web, owner: PersonId, file: &Document) -> String {
    let text = format!(
        "{}|{}|{}|{}|{}|{}|{}|{}",
        file.id,
        file.blob,
        file.media_type,
        file.size_bytes,
        file.sha256,
        file.uploaded_at.micros(),
        file.key.as_ref().map(ToString::to_string).unwrap_or_default(),
        file.name
    );
    let mark = web.house.key.hash(PURPOSE, &format!("{owner}|{text}"));
    format!("{mark}|{text}")
}

/// The file of a hidden field, where it is this person's and still there.
pub fn opened(web: &Web, owner: PersonId, text: &str) -> Option<Document> {
    let (mark, text) = text.split_once('|')?;
    if web.house.key.hash(PURPOSE, &format!("{owner}|{text}")) != mark {
        return None;
    }
    let mut parts = text.splitn(8, '|');
    let mut next = || parts.next();
    let file = Document {
        id: next()?.parse().ok()?,
        blob: next()?.to_owned(),
        media_type: next()?.to_owned(),
        size_bytes: next()?.parse().ok()?,
        sha256: next()?.to_owned(),
        uploaded_at: Instant::from_micros(next()?.parse().ok()?),
        key: Some(WrappedKey::parse(next()?)?),
        name: next()?.to_owned(),
        dossier: None,
        draft: None,
        owner: Some(owner),
        requirement: String::new(),
    };
    (web.house.clock.now() < file.uploaded_at.plus_seconds(USABLE_SECONDS)).then_some(file)
}

/// "don.pdf, 120 KB".
pub fn described(file: &Document) -> String {
    format!("{}, {}", file.name, size(file.size_bytes))
}

/// "120 KB", "1,2 MB".
pub fn size(bytes: i64) -> String {
    if bytes < 1 << 20 {
        format!("{} KB", (bytes + 1023) / 1024)
    } else {
        format!("{} MB", tenths(bytes.saturating_mul(10) >> 20))
    }
}
