//! What a form sent, read once, with its token checked.

use crate::Web;
use crate::door::FORM_BYTES_MAX;
use crate::kept::Typed;
use crate::paced::{Progress, paced};
use crate::pairs;
use crate::problem::Problem;
use crate::visitor::Visitor;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::StatusCode;
use domain::typed;
use futures_core::Stream;
use std::collections::BTreeMap;
use std::pin::Pin;

/// Most fields of one form.
pub const FIELDS_MAX: usize = 4_000;
/// Longest name of a field or a file that is read, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Most that is kept of one field, in bytes: more than any field takes, so that what was cut is still too long, and whoever reads
/// it says so beside the field.
pub const VALUE_BYTES_MAX: usize = 64 << 10;
/// Most that is kept of one form, in bytes: every box of our largest form filled to [`VALUE_BYTES_MAX`].
pub const TYPED_BYTES_MAX: usize = 8 << 20;

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

    /// The first value of a field of one line: ends of lines and tabs, which no box of one line sends, are spaces.
    pub fn line(&self, name: &str) -> String {
        in_one_line(self.trimmed(name))
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

/// A text with spaces for its ends of lines and tabs.
pub(crate) fn in_one_line(text: &str) -> String {
    text.replace(['\n', '\t'], " ")
}

/// Compares without telling by its time where two texts differ.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0_u8, |sum, (a, b)| sum | (a ^ b)) == 0
}

impl FromRequest<Web> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, web).await?;
        let typed = parts.extensions.get::<Typed>().cloned().unwrap_or_default();
        read_body(body, &typed).await?.check(&visitor)
    }
}

/// Reads the body `a=b&c=d` as it comes; of what is longer than any field the beginning is kept.
pub(crate) async fn read_body(body: Body, typed: &Typed) -> Result<Posted, Problem> {
    let (mut body, mut reader, mut bytes_read) = (body.into_data_stream(), PairReader::default(), 0);
    while let Some(piece) = next_piece(&mut body).await {
        let piece = piece.map_err(|_| Problem::BrokenOff)?;
        bytes_read += piece.len();
        if bytes_read > FORM_BYTES_MAX {
            return Err(Problem::TooLarge);
        }
        reader.read(&piece, typed)?;
    }
    reader.finish(typed)
}

async fn next_piece(body: &mut BodyDataStream) -> Option<Result<Bytes, axum::Error>> {
    std::future::poll_fn(|context| Pin::new(&mut *body).poll_next(context)).await
}

/// Pairs of a form, one after the other, however the body was cut on its way.
#[derive(Default)]
struct PairReader {
    pair: Vec<u8>,
    pairs: Vec<(String, String)>,
    typed_bytes: usize,
}

impl PairReader {
    /// Bytes of one pair that are looked at: a name, and a value with every byte of it written as three.
    const PAIR_BYTES_MAX: usize = 3 * (VALUE_BYTES_MAX + 4 * NAME_CHARS_MAX);

    fn read(&mut self, piece: &[u8], typed: &Typed) -> Result<(), Problem> {
        let mut parts = piece.split(|it| *it == b'&');
        self.hold(parts.next().unwrap_or_default());
        for part in parts {
            self.end_pair(typed)?;
            self.hold(part);
        }
        Ok(())
    }

    fn hold(&mut self, part: &[u8]) {
        let room = Self::PAIR_BYTES_MAX - self.pair.len();
        self.pair.extend_from_slice(part.get(..room).unwrap_or(part));
    }

    fn end_pair(&mut self, typed: &Typed) -> Result<(), Problem> {
        if self.pair.len() == Self::PAIR_BYTES_MAX {
            self.pair.truncate(pairs::whole_letters(&self.pair));
        }
        if let Some(pair) = pairs::read(&self.pair).next() {
            let (name, value) = pair.ok_or(Problem::BadForm)?;
            let name = if name.len() > NAME_CHARS_MAX { cut_name(&name) } else { name };
            let value = cut(value);
            self.typed_bytes += name.len() + value.len();
            if self.pairs.len() >= FIELDS_MAX || self.typed_bytes > TYPED_BYTES_MAX {
                return Err(Problem::TooLarge);
            }
            typed.heard(&name, &value);
            self.pairs.push((name, value));
        }
        self.pair.clear();
        Ok(())
    }

    fn finish(mut self, typed: &Typed) -> Result<Posted, Problem> {
        self.end_pair(typed)?;
        Ok(Posted::from_pairs(self.pairs))
    }
}

/// The name of a field or a file, or its beginning.
pub(crate) fn cut_name(name: &str) -> String {
    name.chars().take(NAME_CHARS_MAX).collect()
}

/// A value, or its beginning where it is longer than any field.
fn cut(mut value: String) -> String {
    value.truncate(value.floor_char_boundary(VALUE_BYTES_MAX));
    value
}

/// The value of one field of a form with files, piece by piece; of what is longer than any field the beginning is kept.
#[derive(Default)]
pub(crate) struct TypedValue {
    bytes: Vec<u8>,
    was_cut: bool,
}

impl TypedValue {
    /// The next piece; gives how much of it is kept.
    pub(crate) fn hold(&mut self, piece: &[u8]) -> usize {
        let room = VALUE_BYTES_MAX - self.bytes.len();
        let kept = piece.get(..room).unwrap_or(piece);
        self.was_cut |= kept.len() < piece.len();
        self.bytes.extend_from_slice(kept);
        kept.len()
    }

    /// The value, as it may be kept; none where it is no text.
    pub(crate) fn text(self) -> Option<String> {
        match String::from_utf8(self.bytes) {
            Ok(text) => Some(typed::kept(text)),
            Err(why) if self.was_cut && why.utf8_error().error_len().is_none() => {
                let whole = why.utf8_error().valid_up_to();
                let mut bytes = why.into_bytes();
                bytes.truncate(whole);
                String::from_utf8(bytes).ok().map(typed::kept)
            }
            Err(_) => None,
        }
    }
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
        let name = cut_name(field.name().unwrap_or(""));
        match field.file_name().map(cut_name) {
            Some(file_name) => {
                self.typed.heard_file(&name, &file_name);
                let progress = self.progress.clone();
                Ok(Some(Part::File(FilePart { field: name, file_name, bytes: field, progress })))
            }
            None => {
                let mut value = TypedValue::default();
                while let Some(piece) = field.chunk().await.map_err(|why| broken(&why))? {
                    self.progress.made();
                    self.typed_bytes += value.hold(&piece);
                    if self.typed_bytes > TYPED_BYTES_MAX {
                        return Err(Problem::TooLarge);
                    }
                }
                let value = value.text().ok_or(Problem::BadForm)?;
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
        let read_pairs = |bytes: &[u8]| read_in_pieces(bytes, bytes.len().max(1), &heard);
        let posted = read_pairs("a=1&b=%C4%90%E1%BA%B7ng+Th%E1%BB%8B&a=2&c".as_bytes()).unwrap();
        assert_eq!(posted.all("a"), ["1", "2"]);
        assert_eq!(posted.text("b"), "Đặng Thị");
        assert!(posted.has("c"));
        assert_eq!(read_pairs(b"a=x%00y").unwrap().text("a"), "xy");
        assert!(read_pairs(b"a=%ff").is_err(), "no text");
        assert!(read_pairs(b"a=%f").is_err(), "half a sign");
        assert!(read_pairs("a=1&".repeat(FIELDS_MAX + 1).as_bytes()).is_err());
    }

    fn read_in_pieces(bytes: &[u8], length: usize, heard: &Typed) -> Result<Posted, Problem> {
        let mut reader = PairReader::default();
        for piece in bytes.chunks(length) {
            reader.read(piece, heard)?;
        }
        reader.finish(heard)
    }

    #[test]
    fn however_the_body_is_cut_on_its_way_the_form_is_the_same() {
        let bytes = "a=1&&b=%C4%90%E1%BA%B7ng+Th%E1%BB%8B&a=2&c&d=".as_bytes();
        let heard = Typed::default();
        let whole = read_in_pieces(bytes, bytes.len(), &heard).unwrap();
        for length in 1..bytes.len() {
            assert_eq!(read_in_pieces(bytes, length, &heard).unwrap(), whole, "{length}");
        }
    }

    #[test]
    fn of_what_is_longer_than_any_field_the_beginning_is_kept_and_all_else() {
        let heard = Typed::default();
        for (sign, letter) in [("%E1%BA%B7", "ặ"), ("a", "a"), ("%C4%91+", "đ ")] {
            let form = format!("a=1&long={}&z=2", sign.repeat(5 << 20 >> 2));
            for length in [4_096, 10_007, form.len()] {
                let posted = read_in_pieces(form.as_bytes(), length, &heard).unwrap();
                let long = posted.text("long");
                assert!(long.len() > VALUE_BYTES_MAX - 8 && long.len() <= VALUE_BYTES_MAX, "{letter}: {}", long.len());
                assert!(letter.repeat(VALUE_BYTES_MAX).starts_with(long), "{letter}");
                assert_eq!((posted.text("a"), posted.text("z")), ("1", "2"));
            }
        }
        let mut value = TypedValue::default();
        for piece in "ặ".repeat(VALUE_BYTES_MAX).as_bytes().chunks(1_000) {
            value.hold(piece);
        }
        let text = value.text().unwrap();
        assert!(text.len() > VALUE_BYTES_MAX - 3 && text.chars().all(|it| it == 'ặ'));
        let half = TypedValue { bytes: vec![b'a', 0xe1], was_cut: false };
        assert_eq!(half.text(), None, "no text");
    }
}
