//! Is the house what its events say? Verifying, rebuilding, sealing.

use crate::error::AppError;
use crate::house::{House, Snapshot};
use crate::key::is_signed_by;
use crate::reform::{self, Mismatch, State};
use domain::dossier::Dossier;
use domain::procedure::content_hash;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use storage::blobs::{BlobError, BlobName};
use storage::dossiers::Titles;
use storage::engine::Tx;
use storage::verify::{self, Named};
pub use storage::verify::{Checkpoint, Flaw, How as Kept};

/// Dossiers looked at in one go, so that nobody waits long for the writer.
const PIECE: u32 = 50;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The dossier, the unit, the file, the plan, the revision, the moment of the checkpoint, or what was counted and what is there.
    pub subject: String,
    /// What is wrong: `chain`, `body`, `fold`, `read model`, `facts`, `due dates`, `owner`, `checkpoint`, `blob`, `heirs`,
    /// `counts`, `revision`, `certificate`.
    pub part: &'static str,
    /// How.
    pub how: How,
}

impl From<verify::Difference> for Difference {
    fn from(it: verify::Difference) -> Self {
        Self { subject: it.subject, part: it.part, how: How::Kept(it.how) }
    }
}

/// How something is not as it should be. Its own words are for the command line and the log; a page has others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// What is kept of a dossier or a unit differs from its events.
    #[error("{0}")]
    Kept(Kept),
    /// A revision is another than the one that was published.
    #[error("a published revision was changed")]
    RevisionChanged,
    /// The row of a plan of reorganisation cannot be read.
    #[error("the plan cannot be read: {why}")]
    PlanUnreadable {
        /// Why, as the program says it.
        why: String,
    },
    /// A plan was carried out, and its certificate is gone.
    #[error("it is missing")]
    CertificateMissing,
    /// A certificate says what is not so.
    #[error("{0}")]
    CertificateDiffers(Mismatch),
    /// A file holds something else than what was handed in.
    #[error("the file was changed")]
    FileChanged,
    /// A file cannot be opened.
    #[error("{why}")]
    FileUnread {
        /// Why, as the program says it.
        why: String,
    },
    /// Dossiers or events until then.
    #[error("the number of dossiers or events until then is another")]
    SealedCounts,
    /// The history until then.
    #[error("the history until then is not the one that was sealed")]
    SealedHistory,
    /// Who sealed.
    #[error("it was sealed with another key than this installation's")]
    SealedByAnother,
    /// The signature of the seal.
    #[error("its signature does not hold")]
    SealUnsigned,
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Dossiers folded.
    pub dossiers: u64,
    /// Files opened and compared with their hashes.
    pub files: u64,
    /// Those of them that lie there in plain, from before there were keys.
    pub plain_files: u64,
    /// Certificates of reorganisations, each counted again.
    pub certificates: u64,
    /// What is not as it should be.
    pub differences: Vec<Difference>,
    /// The checkpoint that was checked.
    pub checkpoint: Option<Checkpoint>,
}

/// Folds every log again and compares; checks chains, bodies, files and the last checkpoint. `progress` hears done and total.
///
/// # Errors
/// The house failed.
pub async fn verify(house: &House, mut progress: impl FnMut(u64, u64)) -> Result<Verified, AppError> {
    let mut found = Verified::default();
    let (total, _) = house.db.read_now(|tx| Ok::<_, AppError>(verify::count(tx)?))?;
    let total = u64::try_from(total).unwrap_or(0);
    let known = house.now_known();
    let mut after = None;
    loop {
        let (last, count, mut differences) = house.db.read_now(|tx| {
            let ids = verify::ids_after(tx, after, PIECE)?;
            let mut differences = Vec::new();
            for id in &ids {
                let found = verify::dossier(tx, *id, &|dossier| titles(tx, house, &known, dossier))?;
                differences.extend(found.into_iter().map(Difference::from));
            }
            Ok::<_, AppError>((ids.last().copied(), ids.len(), differences))
        })?;
        found.differences.append(&mut differences);
        found.dossiers += count as u64;
        progress(found.dossiers, total);
        match last {
            Some(id) => after = Some(id),
            None => break,
        }
    }
    let alone = house.db.read_now(|tx| Ok::<_, AppError>(verify::rows_without_log(tx)?))?;
    let heirs = house.db.read_now(|tx| Ok::<_, AppError>(verify::heirs(tx)?))?;
    let lying = house.db.read_now(|tx| Ok::<_, AppError>(verify::lying(tx)?))?;
    found.differences.extend(alone.into_iter().chain(heirs).chain(lying).map(Difference::from));
    verify_certificates(house, &mut found)?;
    verify_revisions(house, &mut found)?;
    verify_files(house, &mut found).await?;
    verify_checkpoint(house, &mut found)?;
    Ok(found)
}

fn titles(tx: &Tx, house: &House, known: &Snapshot, dossier: &Dossier) -> Titles {
    match crate::catalogue::revision(tx, known, &dossier.revision) {
        Ok(revision) => house.titles(dossier, &revision),
        Err(_) => Titles { procedure_name: String::new(), number_hash: String::new() },
    }
}

fn verify_revisions(house: &House, found: &mut Verified) -> Result<(), AppError> {
    let revisions = house.db.read_now(|tx| Ok::<_, AppError>(storage::catalogue::all_with_hash(tx)?))?;
    for (subject, hash, revision) in revisions {
        let is_sound = revision.is_some_and(|it| it.id.0 == subject && content_hash(&it) == hash);
        if !is_sound {
            found.differences.push(Difference { subject, part: "revision", how: How::RevisionChanged });
        }
    }
    Ok(())
}

/// Counts the certificate of every reorganisation again, and misses those that should be there.
fn verify_certificates(house: &House, found: &mut Verified) -> Result<(), AppError> {
    for it in reform::list(house)? {
        let mut note = |how: How| {
            found.differences.push(Difference { subject: it.key.clone(), part: "certificate", how });
        };
        if let Some(why) = &it.unreadable {
            note(How::PlanUnreadable { why: why.clone() });
        } else if let Some(checked) = reform::check_certificate(house, it.id)? {
            checked.mismatches.into_iter().map(How::CertificateDiffers).for_each(&mut note);
            found.certificates += 1;
        } else if matches!(it.state, State::Settled | State::Undone) && !it.is_of_an_earlier_program {
            note(How::CertificateMissing);
        }
    }
    Ok(())
}

/// So many files the store may fail for, with none read between them, before it is taken to be away.
const FAILED_MAX: u32 = 3;

async fn verify_files(house: &House, found: &mut Verified) -> Result<(), AppError> {
    let mut after = String::new();
    let mut failed = 0;
    loop {
        let page = house.db.read_now(|tx| Ok::<_, AppError>(verify::documents_after(tx, &after, PIECE)?))?;
        let Some(last) = page.last() else { return Ok(()) };
        after.clone_from(&last.blob);
        for it in page {
            found.files += 1;
            found.plain_files += u64::from(it.key.is_none());
            let how = match hash_of(house, &it).await {
                Ok(sha256) => {
                    failed = 0;
                    (sha256 != it.sha256).then_some(How::FileChanged)
                }
                Err(why) if why.is_unavailable() && failed >= FAILED_MAX => return Err(why.into()),
                Err(why) => {
                    failed += u32::from(why.is_unavailable());
                    Some(How::FileUnread { why: why.to_string() })
                }
            };
            if let Some(how) = how {
                found.differences.push(Difference { subject: it.blob, part: "blob", how });
            }
        }
    }
}

/// Hash of what a file holds, opened piece by piece.
async fn hash_of(house: &House, file: &Named) -> Result<String, BlobError> {
    // Nothing in the store has such a name.
    let Some(name) = BlobName::parse(&file.blob) else { return Ok(String::new()) };
    let mut reading = house.blobs.read(&name, file.key.as_ref())?;
    let mut digest = Sha256::new();
    while let Some(piece) = reading.next().await? {
        digest.update(&piece);
    }
    Ok(storage::chain::hex(&digest.finalize()))
}

fn verify_checkpoint(house: &House, found: &mut Verified) -> Result<(), AppError> {
    let Some(seal) = house.db.read_now(|tx| Ok::<_, AppError>(verify::last_seal(tx)?))? else { return Ok(()) };
    let (dossiers, events, root) = house.db.read_now(|tx| Ok::<_, AppError>(verify::root_at(tx, seal.sealed_at)?))?;
    let mut note = |how: How| {
        let subject = seal.sealed_at.local().to_string();
        found.differences.push(Difference { subject, part: "checkpoint", how });
    };
    if (dossiers, events) != (seal.dossiers, seal.events) {
        note(How::SealedCounts);
    }
    if root != seal.root {
        note(How::SealedHistory);
    }
    if seal.public_key != house.key.public() {
        note(How::SealedByAnother);
    }
    if !is_signed_by(&seal.public_key, &seal.message(), &seal.signature) {
        note(How::SealUnsigned);
    }
    found.checkpoint = Some(seal);
    Ok(())
}

/// Seals everything that happened until now with the installation's key.
///
/// # Errors
/// The house failed.
pub fn seal(house: &House) -> Result<Checkpoint, AppError> {
    let now = house.event_time();
    // Who is writing an event is done before this is committed, and from then on no event gets this moment or an earlier
    // one, on whichever node; the long reading is on a snapshot.
    house.db.write_now(|tx| Ok::<_, AppError>(verify::close_history(tx, now)?))?;
    house.note_seal(now);
    let (dossiers, events, root) = house.db.read_now(|tx| Ok::<_, AppError>(verify::root_at(tx, now)?))?;
    let public_key = house.key.public();
    let mut seal = Checkpoint { sealed_at: now, dossiers, events, root, public_key, signature: String::new() };
    seal.signature = house.key.sign(&seal.message());
    house.db.write_now(|tx| Ok::<_, AppError>(verify::seal(tx, &seal)?))?;
    Ok(seal)
}

/// The last sealed day.
///
/// # Errors
/// The house failed.
pub fn last_seal(house: &House) -> Result<Option<Checkpoint>, AppError> {
    house.db.read_now(|tx| Ok::<_, AppError>(verify::last_seal(tx)?))
}

/// Makes the read model, the facts and the due dates again from the events.
///
/// # Errors
/// The house failed.
pub fn rebuild(house: &House, mut progress: impl FnMut(u64, u64)) -> Result<u64, AppError> {
    let (total, _) = house.db.read_now(|tx| Ok::<_, AppError>(verify::count(tx)?))?;
    let total = u64::try_from(total).unwrap_or(0);
    let known = house.now_known();
    let mut after = None;
    let mut done = 0;
    house.db.write_now(|tx| Ok::<_, AppError>(storage::units::put_heirs(tx)?))?;
    loop {
        let (last, count) = house.db.write_now(|tx| {
            let ids = verify::ids_after(tx, after, PIECE)?;
            for id in &ids {
                let dossier = storage::dossiers::find(tx, *id)?;
                let named = dossier.map(|(dossier, _)| titles(tx, house, &known, &dossier));
                let Some(named) = named else { continue };
                verify::rebuild(tx, *id, &|_| named.clone())?;
            }
            Ok::<_, AppError>((ids.last().copied(), ids.len()))
        })?;
        done += count as u64;
        progress(done, total);
        match last {
            Some(id) => after = Some(id),
            None => break,
        }
    }
    house.db.write_now(|tx| Ok::<_, AppError>(verify::count_lying_anew(tx)?))?;
    Ok(done)
}

/// Seals everything until now, once a day: the first round of the timers after midnight, or after a start.
///
/// # Errors
/// The house failed.
pub fn seal_if_due(house: &House) -> Result<Option<Checkpoint>, AppError> {
    let today = house.clock.now().day();
    match last_seal(house)? {
        Some(seal) if seal.sealed_at.day() >= today => Ok(None),
        _ => seal(house).map(Some),
    }
}
