//! Putting a backup back: into a scratch folder to prove it, or into an empty place to work with.

use super::{ABOUT, About, BackupError, BackupName, BackupPlace, CONTENTS, Contents, DATABASE, FILES};
use super::{FORMAT, KEYS, SecretKey, files};
use crate::blobs::{BlobName, Blobs};
use crate::copy::{contents, copy};
use crate::engine::{Db, Durability, Options, schema_step_known};
use crate::verify;
use age::{DecryptError, Decryptor};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use tar::{Archive, Entry};
use tokio::runtime::Handle;

/// The largest description of a backup, and the largest key file.
const WORDS_BYTES_MAX: u64 = 64 << 20;
/// The largest single file of a house.
const FILE_BYTES_MAX: u64 = 2 << 30;
/// So many files are asked for at once.
const PIECE: u32 = 500;

/// A backup that was opened: its files are where they belong, its database waits in the scratch folder.
pub struct Unpacked {
    /// What it said of itself.
    pub about: About,
    /// What it said it holds: compared with what was found.
    pub contents: Contents,
    /// Names and texts of the key files in it.
    pub keys: Vec<(String, String)>,
    /// The database.
    pub db: Db,
}

/// What was read of an archive so far.
#[derive(Default)]
struct Found {
    about: Option<About>,
    contents: Option<Contents>,
    keys: Vec<(String, String)>,
    has_database: bool,
    files: HashSet<String>,
    files_bytes: u64,
    listing: files::Listing,
}

/// Opens a backup on this thread, which must not be one of the runtime's own: every file goes to `blobs`, the database to
/// the empty folder `scratch`, and all of it is compared with what the database and the backup say it should be.
///
/// # Errors
/// The key does not open it, it is damaged or newer than this program, or the disk or the place failed.
pub fn unpack(
    place: &BackupPlace,
    name: &BackupName,
    keys: &[SecretKey],
    scratch: &Path,
    blobs: &Blobs,
    runtime: &Handle,
    on_step: &dyn Fn(&'static str, u64),
) -> Result<Unpacked, BackupError> {
    let reader = BufReader::with_capacity(1 << 20, place.read(name, runtime)?);
    let sealed = Decryptor::new_buffered(reader).map_err(refused)?;
    let opened = sealed.decrypt(keys.iter().map(|it| &it.0 as &dyn age::Identity)).map_err(refused)?;
    let mut archive = Archive::new(opened);
    let mut found = Found::default();
    let file = scratch.join(DATABASE);
    for entry in archive.entries().map_err(unreadable)? {
        take(entry.map_err(unreadable)?, &mut found, &file, blobs, runtime, on_step)?;
    }
    // Whether the end is the true end is known only once it was read.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(unreadable)?;
    let (Some(about), Some(contents), true) = (found.about.take(), found.contents.take(), found.has_database) else {
        return Err(BackupError::damaged("a part is missing"));
    };
    let db = Db::open(&file, Options { durability: Durability::Relaxed, ..Options::default() })?;
    let unpacked = Unpacked { about, contents, keys: std::mem::take(&mut found.keys), db };
    unpacked.compare_files(found)?;
    if unpacked.is_of_our_schema() {
        unpacked.compare_tables(&unpacked.db)?;
    }
    Ok(unpacked)
}

/// One part of the archive.
fn take(
    mut entry: Entry<'_, impl Read>,
    found: &mut Found,
    database: &Path,
    blobs: &Blobs,
    runtime: &Handle,
    on_step: &dyn Fn(&'static str, u64),
) -> Result<(), BackupError> {
    let name = entry.path().map_err(unreadable)?.to_string_lossy().into_owned();
    if found.about.is_none() && name != ABOUT {
        return Err(BackupError::damaged("it does not begin as a backup does"));
    }
    match name.as_str() {
        ABOUT => {
            let about: About = described(&words(&mut entry)?)?;
            refuse_newer(&about)?;
            found.about = Some(about);
        }
        CONTENTS => found.contents = Some(described(&words(&mut entry)?)?),
        DATABASE => {
            on_step("database", entry.size());
            let mut file = File::create(database).map_err(|why| BackupError::disk("making the database", why))?;
            io::copy(&mut entry, &mut file).map_err(unreadable)?;
            file.sync_all().map_err(|why| BackupError::disk("writing the database", why))?;
            found.has_database = true;
        }
        other if other.starts_with(KEYS) => {
            let text = String::from_utf8(words(&mut entry)?).map_err(|_| BackupError::damaged("a key is no text"))?;
            found.keys.push((other.strip_prefix(KEYS).unwrap_or_default().to_owned(), text));
        }
        other => {
            let blob = other.strip_prefix(FILES).and_then(BlobName::parse);
            let blob = blob.ok_or_else(|| BackupError::damaged("it holds something that is not known"))?;
            let bytes = read_whole(&mut entry, FILE_BYTES_MAX)?;
            files::write(blobs, &blob, &bytes, runtime)?;
            found.files_bytes += bytes.len() as u64;
            found.listing.add(blob.as_str(), &bytes);
            found.files.insert(blob.as_str().to_owned());
            on_step("files", found.files.len() as u64);
        }
    }
    Ok(())
}

fn refuse_newer(about: &About) -> Result<(), BackupError> {
    let known = schema_step_known();
    if about.format > FORMAT {
        return Err(BackupError::Newer { what: "form", found: about.format.into(), known: FORMAT.into() });
    }
    if about.schema_step > known {
        return Err(BackupError::Newer { what: "schema", found: about.schema_step, known });
    }
    Ok(())
}

fn words(entry: &mut Entry<'_, impl Read>) -> Result<Vec<u8>, BackupError> {
    read_whole(entry, WORDS_BYTES_MAX)
}

fn read_whole(entry: &mut Entry<'_, impl Read>, bytes_max: u64) -> Result<Vec<u8>, BackupError> {
    let size = entry.size();
    if size > bytes_max {
        return Err(BackupError::damaged(format!("a part of {size} bytes, {bytes_max} are the most")));
    }
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 == size { Ok(bytes) } else { Err(BackupError::damaged("a part is cut off")) }
}

fn described<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, BackupError> {
    serde_json::from_slice(bytes).map_err(|why| BackupError::damaged(why.to_string()))
}

fn refused(error: DecryptError) -> BackupError {
    match error {
        DecryptError::NoMatchingKeys => BackupError::WrongKey,
        other => BackupError::damaged(other.to_string()),
    }
}

fn unreadable(error: io::Error) -> BackupError {
    match error.kind() {
        // A changed byte, or an end that is not the true one.
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => BackupError::damaged(error.to_string()),
        _ => BackupError::disk("reading the backup", error),
    }
}

impl Unpacked {
    /// Carries the database to where people will work with it; it must be empty. Every row is compared.
    ///
    /// # Errors
    /// It is not empty, or failed.
    pub fn carry_to(&self, target: &Db, on_step: &dyn Fn(&'static str, u64)) -> Result<(), BackupError> {
        copy(&self.db, target, on_step)?;
        if self.is_of_our_schema() { self.compare_tables(target) } else { Ok(()) }
    }

    /// An older one was brought up to date when it was opened, so its tables are no longer those that were summed.
    fn is_of_our_schema(&self) -> bool {
        self.about.schema_step == schema_step_known()
    }

    fn compare_tables(&self, db: &Db) -> Result<(), BackupError> {
        let found = contents(db)?;
        let odd = self.contents.tables.iter().zip(&found).find(|(said, there)| said != there);
        match odd {
            Some((said, _)) => Err(BackupError::damaged(format!("the rows of {} are not those saved", said.table))),
            None if found.len() != self.contents.tables.len() => Err(BackupError::damaged("a table is missing")),
            None => Ok(()),
        }
    }

    /// The files are those saved, and every row has its own.
    fn compare_files(&self, found: Found) -> Result<(), BackupError> {
        let counted = (found.files.len() as u64, found.files_bytes, found.listing.digits());
        if counted != (self.contents.files, self.contents.files_bytes, self.contents.files_hash.clone()) {
            return Err(BackupError::damaged("its files are not those saved"));
        }
        let mut after = String::new();
        loop {
            let page = self.db.read_now(|tx| verify::documents_after(tx, &after, PIECE))?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.blob);
            let odd = page
                .iter()
                .map(|it| &it.blob)
                .find(|it| !found.files.contains(*it) && !self.contents.missing.contains(it));
            if let Some(blob) = odd {
                return Err(BackupError::damaged(format!("the file {blob} is missing")));
            }
        }
    }
}
