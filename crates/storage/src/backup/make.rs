//! Making a backup while people work.

use super::{ABOUT, About, BackupError, BackupName, BackupPlace, CONTENTS, Contents, DATABASE, FILES, FORGET_FILE};
use super::{FORMAT, KEYS, PublicKey, files};
use crate::blobs::{BlobName, Blobs};
use crate::copy::{contents, copy};
use crate::engine::{Db, Durability, Options, schema_step_known};
use crate::{args, drafts, verify};
use age::Encryptor;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use tokio::runtime::Handle;

/// So many files are asked for at once.
const PIECE: u32 = 200;

/// The house that is backed up.
pub struct Source<'a> {
    /// Its database. On a server it must be opened without [patience](Options::patience_seconds): a large table takes its time.
    pub db: &'a Db,
    /// Its files.
    pub blobs: &'a Blobs,
    /// Names and texts of the key files without which a restored house cannot be used.
    pub keys: &'a [(&'static str, String)],
    /// The moment, in microseconds since 1970, UTC.
    pub made_at: i64,
    /// The version of the program.
    pub program: &'a str,
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its name.
    pub name: BackupName,
    /// Its size as it lies there.
    pub bytes: u64,
    /// What is in it.
    pub contents: Contents,
}

/// Makes a backup on this thread, which must not be one of the runtime's own: one picture of the database, then every file that
/// picture names. `scratch` is an empty folder with room for the database; `on_step` hears what is done and how far it is.
///
/// A file deleted by its owner while this runs is left out together with its row. One that is missing in the house is named in
/// [`Contents::missing`], and one that is damaged is backed up as it is: a bad file must not keep an office from its backups.
///
/// # Errors
/// The house, the disk or the place failed; nothing of the backup stays.
pub fn make(
    source: &Source<'_>,
    place: &BackupPlace,
    keys: &[PublicKey],
    scratch: &Path,
    runtime: &Handle,
    on_step: &dyn Fn(&'static str, u64),
) -> Result<Made, BackupError> {
    let name = BackupName::at(source.made_at);
    if runtime.block_on(place.names())?.iter().any(|(taken, _)| *taken == name) {
        return Err(BackupError::Taken { name });
    }
    let file = scratch.join(DATABASE);
    let picture = Db::open(&file, Options { durability: Durability::Relaxed, ..Options::default() })?;
    copy(source.db, &picture, on_step)?;
    let recipients = keys.iter().map(|it| &it.0 as &dyn age::Recipient);
    let encryptor = Encryptor::with_recipients(recipients).map_err(|_| BackupError::NoKey)?;
    let writing = |why| BackupError::store(format!("writing {name} to {place}"), why);
    let sealed = encryptor.wrap_output(place.write(&name, runtime)?).map_err(writing)?;
    let mut archive = Archive { tar: tar::Builder::new(sealed), at: source.made_at };
    let about = About {
        format: FORMAT,
        schema_step: schema_step_known(),
        made_at: source.made_at,
        program: source.program.to_owned(),
    };
    archive.add(ABOUT, &json(&about)?).map_err(writing)?;
    let mut found = Contents::default();
    add_files(source, &picture, &mut archive, &mut found, runtime, on_step, &writing)?;
    for (name, text) in source.keys {
        archive.add(&format!("{KEYS}{name}"), text.as_bytes()).map_err(writing)?;
    }
    found.tables = contents(&picture)?;
    // Closing it writes its log into the file.
    drop(picture);
    let database = File::open(&file).and_then(|it| it.metadata().map(|about| (it, about.len())));
    let (database, size) = database.map_err(|why| BackupError::disk("reading the picture of the database", why))?;
    on_step("database", size);
    archive.add_from(DATABASE, size, database).map_err(writing)?;
    archive.add(CONTENTS, &json(&found)?).map_err(writing)?;
    let sealed = archive.tar.into_inner().map_err(writing)?;
    let bytes = sealed.finish().and_then(super::place::PlaceWriter::finish).map_err(writing)?;
    Ok(Made { name, bytes, contents: found })
}

fn add_files<W: Write>(
    source: &Source<'_>,
    picture: &Db,
    archive: &mut Archive<W>,
    found: &mut Contents,
    runtime: &Handle,
    on_step: &dyn Fn(&'static str, u64),
    writing: &dyn Fn(io::Error) -> BackupError,
) -> Result<(), BackupError> {
    let mut after = String::new();
    let mut listing = files::Listing::default();
    loop {
        let page = picture.read_now(|tx| verify::documents_after(tx, &after, PIECE))?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.blob);
        for blob in page.iter().map(|it| &it.blob) {
            let bytes = match BlobName::parse(blob) {
                Some(name) => files::read(source.blobs, &name, runtime)?,
                None => None,
            };
            match bytes {
                Some(bytes) => {
                    found.files += 1;
                    found.files_bytes += bytes.len() as u64;
                    listing.add(blob, &bytes);
                    archive.add(&format!("{FILES}{blob}"), &bytes).map_err(writing)?;
                }
                None if source.db.read_now(|tx| drafts::is_named(tx, blob))? => found.missing.push(blob.clone()),
                None => picture.write_now(|tx| tx.put(FORGET_FILE, args![blob.as_str()]))?,
            }
        }
        on_step("files", found.files);
    }
    found.files_hash = listing.digits();
    Ok(())
}

fn json(it: &impl serde::Serialize) -> Result<Vec<u8>, BackupError> {
    serde_json::to_vec_pretty(it).map_err(|why| BackupError::disk("describing the backup", why.into()))
}

/// The archive while it is written.
struct Archive<W: Write> {
    tar: tar::Builder<W>,
    at: i64,
}

impl<W: Write> Archive<W> {
    fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.add_from(name, bytes.len() as u64, bytes)
    }

    fn add_from(&mut self, name: &str, size: u64, from: impl Read) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.at / 1_000_000).unwrap_or(0));
        self.tar.append_data(&mut header, name, from)
    }
}
