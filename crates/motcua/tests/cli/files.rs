//! Files and their keys from the command line: made at the first start, changed for others, kept in a bucket, swept.

use crate::run::{Ran, motcua, program, small_demo, text};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use storage::blobs::{BlobName, Blobs, KeyRing, WrappedKey};
use testkit::{BUCKET, Postgres, S3};

fn verify(data: &Path) -> Ran {
    motcua(&["verify", "--data", text(data)])
}

/// Every key: id, state, files.
fn keys(args: &[&str]) -> Vec<(String, String, u64)> {
    let listed = motcua(&[&["keys", "list"], args].concat()).done().stdout;
    let key = |line: &str| {
        let parts: Vec<&str> = line.split('\t').collect();
        (parts[0].to_owned(), parts[2].to_owned(), parts[3].parse().unwrap())
    };
    listed.lines().map(key).collect()
}

fn objects(folder: &Path) -> Vec<PathBuf> {
    let folders = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).filter(|it| it.is_dir());
    folders.flat_map(|it| std::fs::read_dir(it).unwrap()).map(|it| it.unwrap().path()).collect()
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

/// Makes a house what it was before there were keys: files in plain, rows and house that know of none.
fn as_before_keys(data: &Path) {
    let ring = KeyRing::open(&data.join("files.keys")).unwrap();
    let files = Blobs::folder(&data.join("tep"), Arc::new(ring)).unwrap();
    let db = Connection::open(data.join("motcua.db")).unwrap();
    let mut rows = db.prepare("SELECT blob, key_id, data_key FROM document").unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, WrappedKey { ring_key: row.get(1)?, bytes: row.get(2)? }));
    let rows: Vec<(String, WrappedKey)> = rows.query_map([], row).unwrap().map(Result::unwrap).collect();
    assert!(!rows.is_empty());
    run(async {
        for (blob, key) in rows {
            let name = BlobName::parse(&blob).unwrap();
            let plain = files.read(&name, Some(&key)).unwrap().whole().await.unwrap();
            let mut raw = files.raw_put(&name);
            raw.write(&plain).await.unwrap();
            raw.finish().await.unwrap();
        }
    });
    db.execute("UPDATE document SET key_id = NULL, data_key = NULL", []).unwrap();
    db.execute("DELETE FROM house WHERE name = 'files_key'", []).unwrap();
    std::fs::remove_file(data.join("files.keys")).unwrap();
}

fn holds_plain(data: &Path) -> usize {
    objects(&data.join("tep")).iter().filter(|it| std::fs::read(it).unwrap().starts_with(b"%PDF")).count()
}

#[test]
fn keys_are_made_at_the_first_start_and_changed_without_touching_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    small_demo(data, 1);
    let files = objects(&data.join("tep")).len();
    assert!(files > 0 && holds_plain(data) == 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(data.join("files.keys")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let place = ["--data", text(data)];
    let first = keys(&place);
    assert!(first.len() == 1 && first[0].1 == "in-use" && first[0].2 > 0, "{first:?}");
    let ran = motcua(&[&["keys", "rotate"], &place[..]].concat()).done();
    assert!(ran.stderr.contains(&format!("bọc lại khóa của {} tệp, mã hóa 0 tệp", first[0].2)), "{ran:?}");
    let second = keys(&place);
    assert_eq!((second[0].1.as_str(), second[0].2, second[1].1.as_str()), ("old", 0, "in-use"));
    assert_eq!(second[1].2, first[0].2);
    verify(data).done();
    assert_eq!(motcua(&["keys", "forget", &second[1].0, "--data", text(data)]).code, 1, "in use");
    assert_eq!(motcua(&["keys", "forget", &second[0].0, "--data", text(data)]).code, 1, "not a day ago");
    assert_eq!(motcua(&["keys", "forget", "khong-co", "--data", text(data)]).code, 1);
}

#[test]
fn without_its_keys_or_with_others_a_house_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    small_demo(data, 1);
    let path = data.join("files.keys");
    let own = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let ran = verify(data);
    assert!(ran.code == 1 && ran.stderr.contains("files.keys"), "{ran:?}");
    assert!(!path.exists(), "no other is made in its place");
    KeyRing::make(&path, [7; 32], domain::time::Instant::from_micros(0)).unwrap();
    let ran = verify(data);
    assert!(ran.code == 1 && ran.stderr.contains("không phải của cơ sở dữ liệu này"), "{ran:?}");
    std::fs::write(&path, "no key\n").unwrap();
    assert_eq!(verify(data).code, 1);
    std::fs::write(&path, own).unwrap();
    verify(data).done();
}

#[test]
fn a_house_of_before_is_read_as_it_is_and_its_files_are_sealed_by_a_rotation() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    small_demo(data, 1);
    as_before_keys(data);
    let plain = holds_plain(data);
    assert!(plain > 0);
    let ran = verify(data).done();
    assert!(ran.stderr.contains(&format!("{plain} tệp chưa được mã hóa")), "{ran:?}");
    let ran = motcua(&["keys", "rotate", "--data", text(data)]).done();
    assert!(ran.stderr.contains(&format!("mã hóa {plain} tệp")), "{ran:?}");
    assert_eq!((holds_plain(data), objects(&data.join("tep")).len()), (0, plain));
    assert!(!verify(data).done().stderr.contains("chưa được mã hóa"));
}

#[test]
fn the_sweep_takes_what_nothing_names_once_it_is_old() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    small_demo(data, 1);
    let before = objects(&data.join("tep")).len();
    let orphans = ["00000000000000000000000000000a01", "00000000000000000000000000000a02"].map(|name| {
        let path = data.join("tep").join(&name[30..]).join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "nobody's").unwrap();
        path
    });
    let two_days_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    std::fs::File::options().write(true).open(&orphans[0]).unwrap().set_modified(two_days_ago).unwrap();
    let ran = motcua(&["sweep", "--data", text(data)]).done();
    assert_eq!(ran.stdout, "1\n");
    assert!(!orphans[0].exists() && orphans[1].exists());
    assert_eq!(objects(&data.join("tep")).len(), before + 1);
    assert_eq!(motcua(&["sweep", "--grace-hours", "1", "--data", text(data)]).code, 2, "forms may be on their way");
    verify(data).done();
}

fn with_secrets(args: &[&str]) -> Ran {
    let mut command = program();
    command.args(args).env("MOTCUA_FILES_ACCESS_KEY", "who").env("MOTCUA_FILES_SECRET_KEY", "A-SECRET-WORD");
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_house_with_its_files_in_a_bucket_is_lived_verified_rotated_and_carried_to_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (mut bucket, server) = (S3::start(), Postgres::start());
    let config = |name: &str, database: &str| {
        let path = folder.path().join(name);
        let files = format!("[files]\nbucket = {BUCKET:?}\nendpoint = {:?}\n", bucket.endpoint());
        std::fs::write(&path, format!("[data]\ndir = {:?}\n\n{files}\n{database}", text(&data))).unwrap();
        path
    };
    let here = config("here.toml", "");
    let there = config("there.toml", &format!("[database]\nurl = {:?}\n", server.url()));
    let (here, there) = (text(&here), text(&there));
    assert_eq!(motcua(&["check", "--config", here]).code, 1, "who asks the bucket is missing");
    with_secrets(&["demo", "--config", here, "--no-serve", "--scale-percent", "4"]).done();
    assert!(!data.join("tep").exists(), "no file is in a folder");
    let verified = with_secrets(&["verify", "--config", here]).done();
    assert!(!verified.stderr.contains(" 0 tệp"), "{verified:?}");
    with_secrets(&["keys", "rotate", "--config", here]).done();
    assert_eq!(with_secrets(&["sweep", "--config", here]).done().stdout, "0\n");

    let from = format!("sqlite:{}", text(&data.join("motcua.db")));
    let url = server.url();
    // It verifies the copy, files and all.
    with_secrets(&["db", "copy", "--config", there, "--from", &from, "--to", &url]).done();
    let refused = with_secrets(&["keys", "rotate", "--config", there]);
    assert!(refused.code == 1 && refused.stderr.contains("--prepare"), "{refused:?}");
    let waiting = with_secrets(&["keys", "rotate", "--prepare", "--config", there]).done().stdout;
    let listed = with_secrets(&["keys", "list", "--config", there]).done().stdout;
    assert!(listed.lines().any(|it| it.starts_with(waiting.trim()) && it.contains("\twaits\t")), "{listed}");
    let rotated = with_secrets(&["keys", "rotate", "--config", there]).done();
    assert!(rotated.stderr.contains(waiting.trim()), "{rotated:?}");
    with_secrets(&["verify", "--config", there]).done();

    bucket.stop();
    let away = with_secrets(&["verify", "--config", there]);
    assert_eq!(away.code, 1);
    for ran in [&away, &rotated, &verified] {
        assert!(!ran.stderr.contains("A-SECRET-WORD") && !ran.stdout.contains("A-SECRET-WORD"));
    }
}
