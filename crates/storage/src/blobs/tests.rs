use super::sealing::SEALED_CHUNK_BYTES;
use super::*;

fn files(folder: &FilePath) -> Blobs {
    Blobs::folder(folder, Arc::new(KeyRing::of([1; 32]))).unwrap()
}

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(test)
}

fn new_key(of: u8) -> NewKey {
    NewKey::of([of; 32], [of; 24])
}

async fn put(files: &Blobs, name: &BlobName, bytes: &[u8]) -> Stored {
    let mut upload = files.upload(name, &new_key(name.as_str().len().try_into().unwrap()), u64::MAX).unwrap();
    upload.write(bytes).await.unwrap();
    upload.finish().await.unwrap()
}

async fn get(files: &Blobs, name: &BlobName, stored: &Stored) -> Result<Vec<u8>, BlobError> {
    files.read(name, Some(&stored.key))?.whole().await
}

#[test]
fn a_file_is_kept_whole_and_sealed_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("files");
    let files = files(&root);
    run(async {
        let (large, small, empty) = (BlobName::of([1; 16]), BlobName::of([2; 16]), BlobName::of([3; 16]));
        let mut upload = files.upload(&large, &new_key(1), 1 << 20).unwrap();
        for _ in 0..700 {
            upload.write(&[b'g'; 1000]).await.unwrap();
        }
        let stored = upload.finish().await.unwrap();
        assert_eq!(stored.size_bytes, 700_000);
        let once = put(&files, &small, &[b'g'; 700_000]).await;
        assert_eq!(stored.sha256, once.sha256, "pieces make no difference");
        let (one, other) = (get(&files, &large, &stored).await.unwrap(), get(&files, &small, &once).await.unwrap());
        assert!(one == vec![b'g'; 700_000] && one == other);
        let lies = std::fs::read(root.join("01").join(large.as_str())).unwrap();
        assert!(!lies.windows(8).any(|it| it == b"gggggggg"), "nothing is there in plain");
        assert!(get(&files, &large, &once).await.is_err(), "the key of another file");
        let nothing = put(&files, &empty, b"").await;
        assert_eq!((nothing.size_bytes, get(&files, &empty, &nothing).await.unwrap()), (0, vec![]));

        let too_large = BlobName::of([4; 16]);
        let mut upload = files.upload(&too_large, &new_key(4), 1_000_000).unwrap();
        upload.write(&[0; 900_000]).await.unwrap();
        let refused = upload.write(&[0; 100_001]).await.unwrap_err();
        assert!(matches!(refused, BlobError::TooLarge { limit_bytes: 1_000_000 }));
        assert!(matches!(upload.write(b"x").await, Err(BlobError::GivenUp { .. })));
        assert!(matches!(upload.finish().await, Err(BlobError::GivenUp { .. })));
        assert!(matches!(files.raw_get(&too_large).next().await, Err(BlobError::Missing { .. })));
        let left = std::fs::read_dir(root.join("04")).map(|it| it.count()).unwrap_or(0);
        assert_eq!(left, 0, "nothing lies about");

        assert!(files.delete(&small).await.unwrap());
        assert!(!files.delete(&small).await.unwrap());
    });
}

#[test]
fn what_was_changed_or_cut_off_on_the_disk_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(folder.path());
    run(async {
        let name = BlobName::of([0xab; 16]);
        let stored = put(&files, &name, &vec![7; 5_000_000]).await;
        let path = folder.path().join("ab").join(name.as_str());
        let whole = std::fs::read(&path).unwrap();
        let mut changed = whole.clone();
        *changed.last_mut().unwrap() ^= 1;
        let chunks = whole.chunks(SEALED_CHUNK_BYTES).collect::<Vec<_>>();
        let moved = [chunks[1], chunks[0], &chunks[2..].concat()].concat();
        for wrong in [changed, moved, chunks[..chunks.len() - 1].concat(), chunks[..64].concat(), Vec::new()] {
            std::fs::write(&path, wrong).unwrap();
            assert!(matches!(get(&files, &name, &stored).await, Err(BlobError::Damaged { .. })));
        }
        std::fs::write(&path, whole).unwrap();
        assert_eq!(get(&files, &name, &stored).await.unwrap().len(), 5_000_000);
    });
}

#[test]
fn a_file_of_before_is_read_in_plain_and_a_copy_brings_sealed_ones_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (files(&folder.path().join("here")), files(&folder.path().join("there")));
    run(async {
        let (old, name) = (BlobName::of([5; 16]), BlobName::of([6; 16]));
        let mut raw = here.raw_put(&old);
        raw.write(b"a scan of before").await.unwrap();
        raw.finish().await.unwrap();
        assert_eq!(here.read(&old, None).unwrap().whole().await.unwrap(), b"a scan of before");
        let plain = vec![b'x'; 6_000_000];
        let stored = put(&here, &name, &plain).await;
        for listed in here.raw_list(6).await.unwrap() {
            let (mut from, mut to) = (here.raw_get(&listed.name), there.raw_put(&listed.name));
            let mut bytes = 0;
            while let Some(piece) = from.next().await.unwrap() {
                bytes += u64::try_from(piece.len()).unwrap();
                to.write(&piece).await.unwrap();
            }
            to.finish().await.unwrap();
            assert_eq!(bytes, listed.size_bytes);
        }
        assert!(get(&there, &name, &stored).await.unwrap() == plain);
    });
}

#[test]
fn the_sweep_finds_old_files_and_what_a_crash_left() {
    let folder = tempfile::tempdir().unwrap();
    let files = files(folder.path());
    run(async {
        let name = BlobName::of([0xab; 16]);
        let stored = put(&files, &name, b"scan").await;
        let shard = folder.path().join("ab");
        std::fs::write(shard.join(format!("{name}#1")), "half").unwrap();
        let listed = files.raw_list(0xab).await.unwrap();
        assert_eq!(listed.iter().map(|it| &it.name).collect::<Vec<_>>(), [&name]);
        assert!(listed[0].written_micros > 1_700_000_000_000_000);
        assert_eq!(files.raw_list(0xac).await.unwrap(), []);
        assert_eq!(files.remove_unfinished_older_than(0).await.unwrap(), 0);
        assert_eq!(files.remove_unfinished_older_than(i64::MAX).await.unwrap(), 1);
        assert_eq!(get(&files, &name, &stored).await.unwrap(), b"scan");
        files.claim("one house").await.unwrap();
        files.claim("one house").await.unwrap();
        assert!(matches!(files.claim("another").await, Err(BlobError::AnotherHouse { .. })));
    });
    assert_eq!(BlobName::parse("AB"), None);
    assert_eq!(BlobName::parse("0123456789abcdef0123456789abcdef").unwrap().as_str().len(), 32);
}

/// The most memory this process ever had.
#[cfg(target_os = "linux")]
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|it| it.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn sixty_megabytes_go_in_and_come_out_without_ever_being_in_memory() {
    const PIECES: u64 = 240;
    let folder = tempfile::tempdir().unwrap();
    let files = files(folder.path());
    run(async {
        let (name, piece) = (BlobName::of([8; 16]), vec![b's'; 250_000]);
        let before = peak_kib();
        let mut upload = files.upload(&name, &new_key(8), u64::MAX).unwrap();
        for _ in 0..PIECES {
            upload.write(&piece).await.unwrap();
        }
        let stored = upload.finish().await.unwrap();
        let mut reading = files.read(&name, Some(&stored.key)).unwrap();
        let (mut digest, mut size_bytes) = (Sha256::new(), 0);
        while let Some(piece) = reading.next().await.unwrap() {
            digest.update(&piece);
            size_bytes += u64::try_from(piece.len()).unwrap();
        }
        assert_eq!((size_bytes, stored.size_bytes), (60_000_000, 60_000_000));
        assert_eq!(stored.sha256, <[u8; 32]>::from(digest.finalize()));
        let more_kib = peak_kib() - before;
        assert!(more_kib < 30 << 10, "{more_kib} KiB");
    });
}
