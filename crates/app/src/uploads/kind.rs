//! What kind of file something is, read from its bytes: the name and what the browser says of it count for nothing.

/// So much of the beginning of a file is kept to look at.
const HEAD_BYTES: usize = 4 << 10;
/// So much of the end: the list of contents of an office file stands there.
const TAIL_BYTES: usize = 128 << 10;
/// Most entries of an office file that are looked at.
const ENTRIES_MAX: usize = 4_000;
/// Most bytes an office file may have once it is unpacked: who opens it has no more patience, and maybe no more memory.
pub(super) const UNPACKED_BYTES_MAX: u64 = 400 << 20;

/// The kinds of files the office takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// A photograph.
    Jpeg,
    /// A picture.
    Png,
    /// A text of an office program, without macros.
    Docx,
    /// A table of an office program, without macros.
    Xlsx,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Pdf, Self::Jpeg, Self::Png, Self::Docx, Self::Xlsx];

    /// As browsers name it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// How names of such files end; the usual one first.
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
        }
    }

    /// All kinds as people name them: "PDF, JPG, PNG, DOCX, XLSX".
    pub fn names() -> String {
        let usual = Self::ALL.iter().filter_map(|it| it.endings().first());
        usual.map(|it| it.to_ascii_uppercase()).collect::<Vec<_>>().join(", ")
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// It is of none of the kinds.
    Kind,
    /// It grows beyond measure when it is unpacked.
    Unpacked,
}

/// The beginning and the end of a file, gathered while it passes.
#[derive(Default)]
pub(super) struct Glimpse {
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Glimpse {
    /// The next piece of the file.
    pub(super) fn take(&mut self, piece: &[u8]) {
        let room = HEAD_BYTES.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend(piece.iter().take(room));
        if !self.head.starts_with(b"PK") && self.head.len() >= 2 {
            return;
        }
        self.tail.extend(piece.iter().skip(piece.len().saturating_sub(TAIL_BYTES)));
        if self.tail.len() > 2 * TAIL_BYTES {
            self.tail.drain(..self.tail.len() - TAIL_BYTES);
        }
    }

    /// What it is.
    pub(super) fn kind(&self) -> Result<FileKind, NotTaken> {
        if self.head.starts_with(b"PK\x03\x04") {
            return office_kind(&self.tail);
        }
        let media_type = infer::get(&self.head).ok_or(NotTaken::Kind)?.mime_type();
        // Readers find a PDF also behind other things, such as a page with programs: those are not taken.
        if media_type == FileKind::Pdf.media_type() && !self.head.starts_with(b"%PDF-") {
            return Err(NotTaken::Kind);
        }
        let own = |it: &FileKind| it.media_type() == media_type;
        [FileKind::Pdf, FileKind::Jpeg, FileKind::Png].into_iter().find(own).ok_or(NotTaken::Kind)
    }
}

/// The kind of an office file from the list of contents at its end.
fn office_kind(tail: &[u8]) -> Result<FileKind, NotTaken> {
    let mut is_office = false;
    let mut kind = None;
    let mut unpacked_bytes = 0_u64;
    for entry in contents(tail).ok_or(NotTaken::Kind)? {
        unpacked_bytes = unpacked_bytes.saturating_add(entry.unpacked_bytes);
        match entry.name {
            b"[Content_Types].xml" => is_office = true,
            b"word/document.xml" => kind = Some(FileKind::Docx),
            b"xl/workbook.xml" => kind = Some(FileKind::Xlsx),
            // Programs inside a file are not taken.
            name if name.ends_with(b"vbaProject.bin") => return Err(NotTaken::Kind),
            _ => {}
        }
    }
    let kind = kind.filter(|_| is_office).ok_or(NotTaken::Kind)?;
    if unpacked_bytes > UNPACKED_BYTES_MAX { Err(NotTaken::Unpacked) } else { Ok(kind) }
}

/// One line of a zip's list of contents.
struct Entry<'a> {
    name: &'a [u8],
    /// As the list says: a program that unpacks goes by it.
    unpacked_bytes: u64,
}

/// What is in a zip; none where the list is broken, not all of it at hand, or too long.
fn contents(tail: &[u8]) -> Option<Vec<Entry<'_>>> {
    let end = tail.windows(4).rposition(|it| it == b"PK\x05\x06")?;
    let count = usize::from(number16(tail, end + 10)?);
    let length = usize::try_from(number32(tail, end + 12)?).ok()?;
    let mut at = end.checked_sub(length)?;
    if count > ENTRIES_MAX {
        return None;
    }
    let mut entries = Vec::with_capacity(count);
    for _ in 0..count {
        if tail.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        let name_length = usize::from(number16(tail, at + 28)?);
        let rest = usize::from(number16(tail, at + 30)?) + usize::from(number16(tail, at + 32)?);
        let name = tail.get(at + 46..at + 46 + name_length)?;
        entries.push(Entry { name, unpacked_bytes: u64::from(number32(tail, at + 24)?) });
        at += 46 + name_length + rest;
    }
    (at <= end).then_some(entries)
}

fn number16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|it| u16::from_le_bytes(*it))
}

fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|it| u32::from_le_bytes(*it))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A zip of empty files with these names.
    pub(crate) fn zip_of(names: &[&str]) -> Vec<u8> {
        zip_that_claims(names, 0)
    }

    /// The same, where each file claims to have so many bytes unpacked.
    pub(crate) fn zip_that_claims(names: &[&str], unpacked_bytes: u32) -> Vec<u8> {
        let mut zip = Vec::new();
        let mut list = Vec::new();
        for name in names {
            let length = u16::try_from(name.len()).unwrap();
            let offset = u32::try_from(zip.len()).unwrap();
            zip.extend(b"PK\x03\x04\x14\0\0\0\0\0");
            zip.extend([0; 16]);
            zip.extend(length.to_le_bytes());
            zip.extend([0, 0]);
            zip.extend(name.bytes());
            list.extend(b"PK\x01\x02");
            list.extend([0; 20]);
            list.extend(unpacked_bytes.to_le_bytes());
            list.extend(length.to_le_bytes());
            list.extend([0; 12]);
            list.extend(offset.to_le_bytes());
            list.extend(name.bytes());
        }
        let (count, start) = (u16::try_from(names.len()).unwrap(), u32::try_from(zip.len()).unwrap());
        let length = u32::try_from(list.len()).unwrap();
        zip.extend(list);
        zip.extend(b"PK\x05\x06\0\0\0\0");
        zip.extend(count.to_le_bytes());
        zip.extend(count.to_le_bytes());
        zip.extend(length.to_le_bytes());
        zip.extend(start.to_le_bytes());
        zip.extend([0, 0]);
        zip
    }

    fn kind_of(bytes: &[u8]) -> Result<FileKind, NotTaken> {
        let [once, piecewise] = [bytes.len().max(1), 3].map(|size| {
            let mut glimpse = Glimpse::default();
            bytes.chunks(size).for_each(|piece| glimpse.take(piece));
            glimpse.kind()
        });
        assert_eq!(once, piecewise, "pieces make no difference");
        once
    }

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(kind_of(b"%PDF-1.7\n..."), Ok(FileKind::Pdf));
        assert_eq!(kind_of(b"\xff\xd8\xff\xe0\0\x10JFIF"), Ok(FileKind::Jpeg));
        assert_eq!(kind_of(b"\x89PNG\r\n\x1a\n\0\0"), Ok(FileKind::Png));
        assert_eq!(kind_of(&zip_of(&["[Content_Types].xml", "word/document.xml"])), Ok(FileKind::Docx));
        assert_eq!(kind_of(&zip_of(&["_rels/.rels", "xl/workbook.xml", "[Content_Types].xml"])), Ok(FileKind::Xlsx));
    }

    #[test]
    fn everything_else_is_not_taken() {
        let mut cut = zip_of(&["[Content_Types].xml", "word/document.xml"]);
        cut.truncate(cut.len() - 30);
        let mut lying = zip_of(&["[Content_Types].xml", "word/document.xml"]);
        let at = lying.len() - 10;
        lying[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        for bytes in [
            b"".as_slice(),
            b"P",
            b"PK",
            b"PK\x03\x04",
            b"MZ\x90\0",
            b"GIF89a",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"<html>%PDF-1.7</html>",
            b"just words",
            &zip_of(&[]),
            &zip_of(&["a.exe"]),
            &zip_of(&["word/document.xml"]),
            &zip_of(&["[Content_Types].xml", "ppt/presentation.xml"]),
            &zip_of(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]),
            &cut,
            &lying,
        ] {
            assert_eq!(kind_of(bytes), Err(NotTaken::Kind), "{:?}", String::from_utf8_lossy(bytes));
        }
    }
    #[test]
    fn a_file_that_unpacks_beyond_measure_is_not_taken() {
        let names = ["[Content_Types].xml", "word/document.xml", "word/media/a.png"];
        let each = u32::try_from(UNPACKED_BYTES_MAX / 3).unwrap();
        assert_eq!(kind_of(&zip_that_claims(&names, each)), Ok(FileKind::Docx));
        for claimed in [each + 1, u32::MAX] {
            assert_eq!(kind_of(&zip_that_claims(&names, claimed)), Err(NotTaken::Unpacked));
        }
    }
}
