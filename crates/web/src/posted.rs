//! What a form sent, read once, with its token checked.

use crate::Web;
use crate::kept::Typed;
use crate::paced::{Progress, paced};
use crate::pairs::{self, without_nought};
use crate::problem::Problem;
use crate::visitor::Visitor;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::StatusCode;
use std::collections::BTreeMap;

/// Most fields of one form.
pub const FIELDS_MAX: usize = 4_000;
/// Longest name of a field or a file that is read, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Most that is typed into one form, in bytes. What is too long for one field is said beside it, by whoever reads it.
pub const TYPED_BYTES_MAX: usize = crate::door::FORM_BYTES_MAX;

/// The fields of a form, in the order of their names; a name can come several times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    fields: BTreeMap<String, Vec<String>>,
}

impl Posted {
    /// From pairs.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut posted = Self::default();
        for (name, value) in pairs {
            posted.fields.entry(name).or_default().push(value);
        }
        posted
    }

    /// The first value of a field; empty where it is missing.
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(|it| it.first()).map_or("", String::as_str)
    }

    /// The first value without spaces around it.
    pub fn trimmed(&self, name: &str) -> &str {
        self.text(name).trim()
    }

    /// All values of a field.
    pub fn all(&self, name: &str) -> &[String] {
        self.fields.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// True where the field came at all.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Every field.
    pub fn fields(&self) -> &BTreeMap<String, Vec<String>> {
        &self.fields
    }

    /// The version a page showed, from a hidden field.
    ///
    /// # Errors
    /// Not a number: not a form of ours.
    pub fn version(&self, name: &str) -> Result<u32, Problem> {
        self.trimmed(name).parse().map_err(|_| Problem::BadForm)
    }

    /// Everything sent, as bytes for a key that makes twice once; the token and the key itself left out.
    pub fn contents(&self, except: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, values) in self.fields.iter().filter(|(name, _)| !except.contains(&name.as_str())) {
            for value in values {
                bytes.extend_from_slice(name.as_bytes());
                bytes.push(0);
                bytes.extend_from_slice(value.as_bytes());
                bytes.push(0);
            }
        }
        bytes
    }

    fn check(self, visitor: &Visitor) -> Result<Self, Problem> {
        if self.text("csrf").is_empty() || !same(self.text("csrf"), &visitor.csrf) {
            return Err(Problem::OldForm);
        }
        Ok(self)
    }
}

/// Compares without telling by its time where two texts differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0_u8, |sum, (a, b)| sum | (a ^ b)) == 0
}

impl FromRequest<Web> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, web).await?;
        let typed = parts.extensions.get::<Typed>().cloned().unwrap_or_default();
        let request = Request::from_parts(parts, body);
        let bytes = Bytes::from_request(request, web).await.map_err(|why| match why.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
            _ => Problem::BrokenOff,
        })?;
        read_pairs(&bytes, &typed)?.check(&visitor)
    }
}

/// Reads `a=b&c=d`.
pub(crate) fn read_pairs(bytes: &[u8], typed: &Typed) -> Result<Posted, Problem> {
    let mut pairs = Vec::new();
    for pair in pairs::read(bytes) {
        if pairs.len() >= FIELDS_MAX {
            return Err(Problem::TooLarge);
        }
        let (name, value) = pair.ok_or(Problem::BadForm)?;
        typed.heard(&name, &value);
        pairs.push((name, value));
    }
    Ok(Posted::from_pairs(pairs))
}

/// A form with files: its fields come before its files, the token first.
pub struct PostedFiles {
    /// The stream of parts.
    pub parts: Multipart,
    /// Who sent it.
    pub visitor: Visitor,
    typed: Typed,
    typed_bytes: usize,
    parts_read: usize,
    progress: Progress,
}

impl FromRequest<Web> for PostedFiles {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, web).await?;
        let typed = parts.extensions.get::<Typed>().cloned().unwrap_or_default();
        typed.has_files();
        let (request, progress) = paced(Request::from_parts(parts, body));
        let parts = Multipart::from_request(request, web).await.map_err(|_| Problem::BadForm)?;
        Ok(Self { parts, visitor, typed, typed_bytes: 0, parts_read: 0, progress })
    }
}

/// One file on its way in: where its bytes go is the handler's business.
pub struct FilePart<'a> {
    /// Name of the field.
    pub field: String,
    /// Name of the file as the browser gave it.
    pub file_name: String,
    /// Its bytes.
    pub bytes: axum::extract::multipart::Field<'a>,
    progress: Progress,
}

impl FilePart<'_> {
    /// The next piece of the file.
    ///
    /// # Errors
    /// The sending broke off, or the whole form is too large.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, Problem> {
        let piece = self.bytes.chunk().await.map_err(|why| broken(&why))?;
        self.progress.made();
        Ok(piece)
    }
}

fn broken(why: &axum::extract::multipart::MultipartError) -> Problem {
    match why.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        _ => Problem::BrokenOff,
    }
}

/// What comes next in a form with files.
#[expect(clippy::large_enum_variant, reason = "one at a time, and never stored")]
pub enum Part<'a> {
    /// A field, read.
    Field(String, String),
    /// A file, to be read.
    File(FilePart<'a>),
}

impl PostedFiles {
    /// The next field or file. Files that were not chosen are left out.
    ///
    /// # Errors
    /// The sending broke off, or something is too large.
    pub async fn next(&mut self) -> Result<Option<Part<'_>>, Problem> {
        let Some(mut field) = self.parts.next_field().await.map_err(|why| broken(&why))? else { return Ok(None) };
        self.progress.made();
        self.parts_read += 1;
        if self.parts_read > FIELDS_MAX {
            return Err(Problem::TooLarge);
        }
        let cut = |text: &str| text.chars().take(NAME_CHARS_MAX).collect::<String>();
        let name = cut(field.name().unwrap_or(""));
        match field.file_name().map(cut) {
            Some(file_name) => {
                self.typed.heard_file(&name, &file_name);
                let progress = self.progress.clone();
                Ok(Some(Part::File(FilePart { field: name, file_name, bytes: field, progress })))
            }
            None => {
                let mut value = Vec::new();
                while let Some(piece) = field.chunk().await.map_err(|why| broken(&why))? {
                    self.progress.made();
                    value.extend_from_slice(&piece);
                    self.typed_bytes += piece.len();
                    if self.typed_bytes > TYPED_BYTES_MAX {
                        return Err(Problem::TooLarge);
                    }
                }
                let value = without_nought(String::from_utf8(value).map_err(|_| Problem::BadForm)?);
                self.typed.heard(&name, &value);
                Ok(Some(Part::Field(name, value)))
            }
        }
    }

    /// Reads what is left of a form that cannot be taken, files and all: what was typed is heard, and the browser, which goes on
    /// sending, gets to see the page that says why.
    pub async fn hear_rest(&mut self) {
        while let Ok(Some(part)) = self.next().await {
            let Part::File(mut file) = part else { continue };
            while let Ok(Some(_)) = file.piece().await {}
        }
    }

    /// The file of a field is safe; what stands for it when the form is sent again, where anything has to.
    pub fn kept_file(&self, field: &str, stand_in: Option<(&str, &str)>) {
        self.typed.is_safe(field);
        if let Some((name, value)) = stand_in {
            self.typed.heard(name, value);
        }
    }

    /// Whether a token is this visitor's.
    pub fn is_ours(&self, csrf: &str) -> bool {
        !csrf.is_empty() && same(csrf, &self.visitor.csrf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_as_they_were_sent() {
        let heard = Typed::default();
        let read_pairs = |bytes: &[u8]| read_pairs(bytes, &heard);
        let posted = read_pairs("a=1&b=%C4%90%E1%BA%B7ng+Th%E1%BB%8B&a=2&c".as_bytes()).unwrap();
        assert_eq!(posted.all("a"), ["1", "2"]);
        assert_eq!(posted.text("b"), "Đặng Thị");
        assert!(posted.has("c"));
        assert_eq!(read_pairs(b"a=x%00y").unwrap().text("a"), "xy");
        assert!(read_pairs(b"a=%ff").is_err(), "no text");
        assert!(read_pairs(b"a=%f").is_err(), "half a sign");
        assert!(read_pairs("a=1&".repeat(FIELDS_MAX + 1).as_bytes()).is_err());
    }
}
