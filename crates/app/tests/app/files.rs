//! Keys of files: put in use, wrapped anew, gone with what they locked; in a folder, in a bucket, on several nodes.

use app::actor::Actor;
use app::files::{self, KeysError};
use app::{AppError, uploads};
use domain::dossier::Command;
use domain::ids::{DocumentId, DossierId};
use domain::time::Instant;
use sha2::{Digest, Sha256};
use storage::blobs::{BlobName, WrappedKey};
use storage::drafts::Document;
use testkit::{Office, S3, bucket_of};

fn scan(number: usize) -> Vec<u8> {
    format!("%PDF-1.7 scan {number}").into_bytes()
}

/// So many scans that the desk puts with a dossier.
async fn attached(office: &Office, dossier: DossierId, scans: usize) -> Vec<Document> {
    let desk = Actor::Staff(office.staff.reception);
    let mut documents = Vec::new();
    for number in 0..scans {
        let mut incoming = uploads::begin(&office.house, 1 << 20).unwrap();
        incoming.write(&scan(number)).await.unwrap();
        let kept = uploads::attach_to_dossier(&office.house, &desk, dossier, "giay", "a.pdf", incoming).await;
        documents.push(kept.unwrap());
    }
    documents
}

async fn filed(office: &Office) -> DossierId {
    office.file_online("dang-ky-khai-sinh@ward").await.id
}

async fn read(office: &Office, id: DocumentId) -> Result<Vec<u8>, AppError> {
    uploads::open(&office.house, &Actor::Staff(office.staff.reception), id).await?.whole().await
}

fn row(office: &Office, id: DocumentId) -> Option<Document> {
    office.house.db.read_now(|tx| storage::drafts::document(tx, id)).unwrap()
}

/// A file as it was before there were keys: in plain, in a row without one. `content` is what lies there.
async fn plain(office: &Office, dossier: DossierId, number: u8, content: &[u8]) -> Document {
    let name = BlobName::of([number; 16]);
    let mut raw = office.house.blobs.raw_put(&name);
    raw.write(content).await.unwrap();
    raw.finish().await.unwrap();
    let whole = scan(number.into());
    let like = attached(office, dossier, 1).await.remove(0);
    let document = Document {
        id: DocumentId::from_uuid(office.house.ids.uuid(office.house.clock.now())),
        blob: name.as_str().to_owned(),
        sha256: storage::chain::hex(&Sha256::digest(&whole)),
        size_bytes: i64::try_from(whole.len()).unwrap(),
        key: None,
        ..like
    };
    office.house.db.write_now(|tx| storage::drafts::add_document(tx, &document)).unwrap();
    document
}

/// Makes the key of a file another.
fn rekey(office: &Office, id: DocumentId, key: &WrappedKey) {
    let document = row(office, id).unwrap();
    let before = document.key.unwrap();
    let changed = office.house.db.write_now(|tx| storage::file_keys::rewrap(tx, &document.blob, &before, key));
    assert!(changed.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_wraps_every_key_seals_what_lay_in_plain_and_can_break_off() {
    let server = S3::start();
    let office = Office::open_with_bucket(&bucket_of(&server));
    let dossier = filed(&office).await;
    let documents = attached(&office, dossier, 2).await;
    let before_keys = plain(&office, dossier, 7, &scan(7)).await;
    let wrong = plain(&office, dossier, 8, b"another content").await;
    let first = office.house.blobs.ring().current();
    let lies = async |blob: &str| office.house.blobs.raw_get(&BlobName::parse(blob).unwrap()).whole().await;
    assert_eq!(read(&office, before_keys.id).await.unwrap(), scan(7), "a file of before is read as it is");
    let before = lies(&documents[0].blob).await.unwrap();
    let rotated = files::rotate(&office.house, |_, _| {}).await.unwrap();
    assert_ne!(rotated.key, first);
    assert_eq!((rotated.rewrapped, rotated.sealed, rotated.resumed), (4, 1, false));
    assert_eq!(rotated.wrong, [(wrong.blob.clone(), "the file was changed".to_owned())]);
    for (number, document) in [(0, &documents[0]), (1, &documents[1]), (7, &before_keys)] {
        assert_eq!(read(&office, document.id).await.unwrap(), scan(number));
        assert_eq!(row(&office, document.id).unwrap().key.unwrap().ring_key, rotated.key);
    }
    assert_eq!(lies(&documents[0].blob).await.unwrap(), before, "no sealed file is touched");
    assert!(lies(&before_keys.blob).await.is_err(), "the plain one is gone");
    assert!(matches!(files::forget(&office.house, &first), Err(KeysError::TooEarly)));
    assert!(matches!(files::forget(&office.house, &rotated.key), Err(KeysError::InUse(_))));

    // One that broke off: its key is in use, a file is wrapped with the one before.
    let id = documents[1].id;
    let old = row(&office, id).unwrap().key.unwrap();
    let again = files::rotate(&office.house, |_, _| {}).await.unwrap();
    rekey(&office, id, &old);
    assert!(matches!(files::forget(&office.house, &old.ring_key), Err(KeysError::Needed { files: 1, .. })));
    let finished = files::rotate(&office.house, |_, _| {}).await.unwrap();
    assert_eq!((finished.resumed, finished.rewrapped, finished.key), (true, 1, again.key));
    assert_eq!(read(&office, id).await.unwrap(), scan(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_dies_between_two_pieces_goes_on_where_it_was() {
    let server = S3::start();
    let office = Office::open_with_bucket(&bucket_of(&server));
    let mut documents = Vec::new();
    for _ in 0..3 {
        let dossier = filed(&office).await;
        documents.extend(attached(&office, dossier, 20).await);
    }
    let house = office.house.clone();
    let died = tokio::spawn(async move { files::rotate(&house, |_, _| panic!("the power went")).await }).await;
    assert!(died.is_err());
    let (keys, _) = files::keys(&office.house).unwrap();
    assert_eq!(keys.iter().map(|it| it.files).collect::<Vec<_>>(), [10, 50], "one piece is done, whole");
    for document in &documents {
        read(&office, document.id).await.unwrap();
    }
    let mut heard = Vec::new();
    let finished = files::rotate(&office.house, |done, total| heard.push((done, total))).await.unwrap();
    assert_eq!((finished.resumed, finished.rewrapped, finished.key), (true, 10, keys[1].key.id.clone()));
    assert_eq!(heard, [(10, 10)]);
    assert_eq!(app::integrity::verify(&office.house, |_, _| {}).await.unwrap().differences, []);
}

#[tokio::test]
async fn on_a_server_a_key_is_prepared_for_every_node_before_it_is_used() {
    let office = Office::open_on_server();
    assert!(matches!(files::rotate(&office.house, |_, _| {}).await, Err(KeysError::PrepareFirst)));
}

#[tokio::test]
async fn another_ring_is_refused_and_so_is_a_house_without_its_own() {
    let office = Office::open();
    let other = storage::blobs::KeyRing::of([4; 32]);
    assert!(!files::has_ring(&office.house.db).unwrap());
    files::agree_on_ring(&office.house.db, office.house.blobs.ring()).unwrap();
    files::agree_on_ring(&office.house.db, office.house.blobs.ring()).unwrap();
    assert!(files::has_ring(&office.house.db).unwrap());
    assert!(matches!(files::agree_on_ring(&office.house.db, &other), Err(KeysError::AnotherRing(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_erased_loses_its_keys_and_its_files_and_nobody_elses_are_touched() {
    let server = S3::start();
    let office = Office::open_with_bucket(&bucket_of(&server));
    let (erased, other) = (filed(&office).await, filed(&office).await);
    let (documents, others) = (attached(&office, erased, 2).await, attached(&office, other, 1).await);
    let withdraw = Command::Withdraw { reason: "không cần nữa".into() };
    office.ask(Actor::Citizen(office.citizen), erased, withdraw, None).await.unwrap();
    let erase = Command::Erase { basis: "Luật 91/2025/QH15 Điều 4".into() };
    office.act(office.staff.control, erased, erase).await.unwrap();
    for document in &documents {
        assert_eq!(row(&office, document.id), None, "the key went with the row");
        let name = BlobName::parse(&document.blob).unwrap();
        assert!(office.house.blobs.raw_get(&name).next().await.is_err(), "the file is gone at once");
    }
    assert_eq!(read(&office, others[0].id).await.unwrap(), scan(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_takes_old_files_without_a_row_from_a_bucket_too_and_only_of_this_house() {
    let server = S3::start();
    let office = Office::open_with_bucket(&bucket_of(&server));
    let dossier = filed(&office).await;
    let documents = attached(&office, dossier, 1).await;
    let mut orphan = uploads::begin(&office.house, 1 << 20).unwrap();
    orphan.write(&scan(9)).await.unwrap();
    let orphan = orphan.finish("a.pdf", "giay", None).await.unwrap();
    assert_eq!(files::sweep_orphans(&office.house).await.unwrap(), 0, "younger than a day");
    let everything = Instant::from_micros(i64::MAX);
    assert_eq!(files::sweep_older_than(&office.house, everything).await.unwrap(), 1);
    let gone = BlobName::parse(&orphan.blob).unwrap();
    assert!(office.house.blobs.raw_get(&gone).next().await.is_err());
    assert_eq!(read(&office, documents[0].id).await.unwrap(), scan(0));
    office.house.blobs.claim(&office.house.key.public()).await.unwrap();
    assert!(office.house.blobs.claim("somebody else").await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_opens_every_file_and_says_when_the_store_itself_is_away() {
    let mut server = S3::start();
    let office = Office::open_with_bucket(&bucket_of(&server));
    let dossier = filed(&office).await;
    let documents = attached(&office, dossier, 3).await;
    let verify = async || app::integrity::verify(&office.house, |_, _| {}).await;
    plain(&office, dossier, 7, &scan(7)).await;
    assert_eq!(verify().await.unwrap().differences, []);
    let elsewhere =
        WrappedKey { ring_key: "elsewhere".to_owned(), ..row(&office, documents[0].id).unwrap().key.unwrap() };
    rekey(&office, documents[0].id, &elsewhere);
    rekey(&office, documents[1].id, &row(&office, documents[2].id).unwrap().key.unwrap());
    plain(&office, dossier, 8, b"another content").await;
    let found = verify().await.unwrap();
    assert_eq!((found.files, found.plain_files), (7, 2));
    let mut how: Vec<String> = found.differences.iter().map(|it| it.how.to_string()).collect();
    how.sort_unstable();
    let [foreign, lost, changed] = &how[..] else { panic!("{how:?}") };
    assert!(lost.contains("lacks the key elsewhere"), "{lost}");
    assert!(foreign.contains("does not open with its key"), "{foreign}");
    assert_eq!(changed, "the file was changed");
    server.stop();
    assert!(matches!(verify().await, Err(AppError::Unavailable(_))));
}
