//! Backups: made while people work, sealed for others, put back whole on either engine, and proved.

use crate::databases::{everything, on_server};
use crate::run::{Ran, Serving, motcua, program, small_demo, text, told_to};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use testkit::{BUCKET, Postgres, S3};

/// A house, a place for its backups, and the key that opens them.
struct Setting {
    folder: tempfile::TempDir,
    data: PathBuf,
    place: PathBuf,
    secret: PathBuf,
    public: String,
}

impl Setting {
    fn lived(seed: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (data, place, secret) =
            (folder.path().join("data"), folder.path().join("backups"), folder.path().join("secret.key"));
        small_demo(&data, seed);
        let made = motcua(&["backup", "--make-key", text(&secret)]).done();
        Self { folder, data, place, secret, public: made.stdout.trim().to_owned() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn backup(&self, more: &[&str]) -> Ran {
        let words = ["backup", "--data", text(&self.data), "--to", text(&self.place), "--key", &self.public];
        motcua(&[&words[..], more].concat())
    }

    fn restore_to(&self, place: &[&str]) -> Ran {
        let words = ["restore", "--from", text(&self.place), "--key-file", text(&self.secret)];
        motcua(&[&words[..], place].concat())
    }

    /// The one archive that lies in the place.
    fn archive(&self) -> PathBuf {
        let mut found = std::fs::read_dir(&self.place).unwrap().map(|it| it.unwrap().path());
        let path = found.next().unwrap();
        assert_eq!(found.next(), None);
        path
    }
}

/// Every file below a folder, by its path from there, with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = PathBuf::from(path.file_name().unwrap());
        if path.is_dir() {
            all.extend(files(&path).into_iter().map(|(below, bytes)| (name.join(below), bytes)));
        } else {
            all.insert(name, std::fs::read(&path).unwrap());
        }
    }
    all
}

/// All rows but what is known of backups themselves.
pub fn house(database: &Path) -> Vec<(String, Vec<String>)> {
    let mut all = everything(database);
    for (_, rows) in all.iter_mut().filter(|(name, _)| name == "house") {
        rows.retain(|it| !it.contains("\"backup\""));
    }
    all
}

#[test]
fn a_house_comes_back_from_its_backup_as_it_was() {
    let it = Setting::lived(1);
    let ran = it.backup(&["--prove"]).done();
    assert!(ran.stderr.contains("tất cả khớp"), "{ran:?}");
    let archive = std::fs::read(it.archive()).unwrap();
    assert!(archive.starts_with(b"age-encryption.org/v1\n"));
    for word in ["SQLite format", "dossier_event", "installation.key", "%PDF"] {
        assert!(!archive.windows(word.len()).any(|bytes| bytes == word.as_bytes()), "{word} can be read");
    }
    assert_eq!(std::fs::read_dir(it.data.join("scratch")).unwrap().count(), 1, "only the lock is left");
    let back = it.path("back");
    let ran = it.restore_to(&["--data", text(&back)]).done();
    assert!(ran.stderr.contains("Đã kiểm"), "{ran:?}");
    assert_eq!(house(&back.join("motcua.db")), house(&it.data.join("motcua.db")));
    assert_eq!(files(&back.join("tep")), files(&it.data.join("tep")));
    assert!(!files(&back.join("tep")).is_empty());
    let key = |dir: &Path| std::fs::read_to_string(dir.join("installation.key")).unwrap();
    assert_eq!(key(&back), key(&it.data));
    let ring = |dir: &Path| std::fs::read_to_string(dir.join("files.keys")).unwrap();
    assert_eq!(ring(&back), ring(&it.data));
    let mut left: Vec<String> =
        std::fs::read_dir(&back).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    left.retain(|it| !it.starts_with("motcua."));
    left.sort();
    assert_eq!(left, ["files.keys", "installation.key", "tep"], "nothing of the restore is left");

    // Nothing is written over, and nothing is opened with another's key.
    let again = it.restore_to(&["--data", text(&back)]);
    assert!(again.code == 1 && again.stderr.contains("không trống"), "{again:?}");
    let other = it.path("other.key");
    motcua(&["backup", "--make-key", text(&other)]).done();
    let empty = it.path("empty");
    let words = ["restore", "--from", text(&it.place), "--key-file", text(&other), "--data", text(&empty)];
    let refused = motcua(&words);
    assert!(refused.code == 1 && refused.stderr.contains("không mở được"), "{refused:?}");
    assert!(!empty.join("motcua.db").exists());
}

#[test]
fn a_backup_of_either_engine_is_restored_on_either() {
    let it = Setting::lived(3);
    it.backup(&[]).done();
    let server = Postgres::start();
    let beside = it.path("beside");
    let config = on_server(it.folder.path(), "server.toml", &beside, &server);
    it.restore_to(&["--config", text(&config)]).done();
    motcua(&["verify", "--config", text(&config)]).done();
    let again = it.restore_to(&["--config", text(&config)]);
    assert!(again.code == 1 && again.stderr.contains("không trống"), "{again:?}");

    let second = it.path("second");
    let words = ["backup", "--config", text(&config), "--to", text(&second), "--key", &it.public, "--prove"];
    motcua(&words).done();
    let back = it.path("back");
    let words = ["restore", "--from", text(&second), "--key-file", text(&it.secret), "--data", text(&back)];
    motcua(&words).done();
    assert_eq!(house(&back.join("motcua.db")), house(&it.data.join("motcua.db")));
    assert_eq!(files(&back.join("tep")), files(&it.data.join("tep")));
}

#[test]
fn a_backup_in_a_bucket_is_as_good_as_one_in_a_folder() {
    let it = Setting::lived(1);
    let server = S3::start();
    let to = format!("s3://{BUCKET}/nha/mot-cua");
    let endpoint = server.endpoint();
    let variables = [
        ("MOTCUA_BACKUP_ENDPOINT", endpoint.as_str()),
        ("MOTCUA_BACKUP_ACCESS_KEY", "test"),
        ("MOTCUA_BACKUP_SECRET_KEY", "test"),
    ];
    let run = |words: &[&str]| told_to(program().args(words).envs(variables), "");
    let made = run(&["backup", "--data", text(&it.data), "--to", &to, "--key", &it.public, "--prove"]).done();
    let listed = run(&["backup", "--data", text(&it.data), "--to", &to, "--list"]).done();
    assert_eq!(listed.stdout, made.stdout, "name and bytes");
    let back = it.path("back");
    run(&["restore", "--from", &to, "--key-file", text(&it.secret), "--data", text(&back)]).done();
    assert_eq!(house(&back.join("motcua.db")), house(&it.data.join("motcua.db")));
    assert_eq!(files(&back.join("tep")), files(&it.data.join("tep")));
    let nobody = motcua(&["backup", "--data", text(&it.data), "--to", &to, "--key", &it.public]);
    assert!(nobody.code == 2 && nobody.stderr.contains("MOTCUA_BACKUP_ACCESS_KEY"), "{nobody:?}");
}

#[test]
fn a_damaged_backup_is_refused_and_a_good_one_restored_over_what_it_left() {
    let it = Setting::lived(1);
    let good = it.backup(&[]).done().stdout.split('\t').next().unwrap().to_owned();
    let whole = std::fs::read(it.archive()).unwrap();
    let spoilt = "motcua-20990101T000000Z.tar.age";
    let back = it.path("back");
    let try_with = |bytes: &[u8]| {
        std::fs::write(it.place.join(spoilt), bytes).unwrap();
        let refused = it.restore_to(&["--data", text(&back), "--backup", spoilt]);
        assert!(refused.code == 1 && refused.stderr.contains("bị hỏng"), "{refused:?}");
        assert!(!back.join("motcua.db").exists(), "there is no house to work with");
        let served = motcua(&["serve", "--port", "0", "--data", text(&back)]);
        assert_eq!(served.code, 1, "{served:?}");
    };
    let mut changed = whole.clone();
    let at = changed.len() / 2;
    changed[at] ^= 1;
    try_with(&changed);
    try_with(&whole[..whole.len() - 70_000]);
    // Cut between two pieces of the sealed stream: nothing is half-read, and yet the end is not the true one.
    let head = whole.windows(4).position(|it| it == b"\n---").unwrap();
    let payload = head + 4 + whole[head + 4..].iter().position(|it| *it == b'\n').unwrap() + 1 + 16;
    let pieces = (whole.len() - payload) / (65_536 + 16);
    try_with(&whole[..payload + (pieces - 1) * (65_536 + 16)]);
    it.restore_to(&["--data", text(&back), "--backup", &good]).done();
    assert_eq!(house(&back.join("motcua.db")), house(&it.data.join("motcua.db")));
}

#[test]
fn a_restore_that_was_killed_is_begun_again() {
    let it = Setting::lived(1);
    it.backup(&[]).done();
    let back = it.path("back");
    for after in ["restore.unfinished", "tep", "installation.key", "motcua.db.restored"] {
        let words = ["restore", "--from", text(&it.place), "--key-file", text(&it.secret), "--data", text(&back)];
        let mut child = program().args(words).stderr(std::process::Stdio::null()).spawn().unwrap();
        while child.try_wait().unwrap().is_none() && !back.join(after).exists() {
            std::thread::yield_now();
        }
        drop(child.kill());
        let ended = child.wait().unwrap();
        if ended.success() {
            // It was faster than the eye: there is nothing to go on with.
            std::fs::remove_dir_all(&back).unwrap();
            continue;
        }
        let served = motcua(&["verify", "--data", text(&back)]);
        assert_eq!(served.code, 1, "{after}: half a house is none: {served:?}");
    }
    // A power cut can leave the name of a key without its text.
    std::fs::create_dir_all(&back).unwrap();
    std::fs::write(back.join("restore.unfinished"), "").unwrap();
    std::fs::write(back.join("installation.key"), "").unwrap();
    it.restore_to(&["--data", text(&back)]).done();
    assert_eq!(house(&back.join("motcua.db")), house(&it.data.join("motcua.db")));
}

/// Tells the writer that it has written enough.
struct EndsWriting<'a>(&'a AtomicBool);

impl Drop for EndsWriting<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn one_picture_is_taken_while_people_write() {
    let it = Setting::lived(1);
    let database = it.data.join("motcua.db");
    let done = AtomicBool::new(false);
    let written = std::thread::scope(|scope| {
        // Also where the backup fails: else the writer would never end.
        let ended = EndsWriting(&done);
        let writer = scope.spawn(|| {
            let mut connection = Connection::open(&database).unwrap();
            connection.busy_timeout(std::time::Duration::from_secs(60)).unwrap();
            let mut pairs = 0;
            // Both rows or neither: whoever sees one alone saw half a transaction.
            while !done.load(Ordering::Relaxed) {
                let transaction = connection.transaction().unwrap();
                let name = format!("pair-{pairs}");
                transaction.execute("INSERT INTO edition (name, number) VALUES (?1, 1)", [&name]).unwrap();
                transaction.execute("INSERT INTO house (name, value) VALUES (?1, '')", [&name]).unwrap();
                transaction.commit().unwrap();
                pairs += 1;
                // A house has one program that writes, and it is the backup's own; a stranger leaves it gaps.
                std::thread::park_timeout(std::time::Duration::from_millis(5));
            }
            pairs
        });
        it.backup(&["--prove"]).done();
        drop(ended);
        writer.join().unwrap()
    });
    let back = it.path("back");
    it.restore_to(&["--data", text(&back)]).done();
    let connection = Connection::open(back.join("motcua.db")).unwrap();
    let count = |table: &str| {
        let query = format!("SELECT count(*) FROM {table} WHERE name LIKE 'pair-%'");
        connection.query_row(&query, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(count("edition"), count("house"));
    assert!(count("house") < written, "{} of {written}: nobody wrote meanwhile", count("house"));
}

#[test]
fn a_house_with_a_damaged_file_is_backed_up_but_never_called_proved() {
    let it = Setting::lived(1);
    let spoilt = files(&it.data.join("tep")).into_keys().next().unwrap();
    let path = it.data.join("tep").join(&spoilt);
    let good = std::fs::read(&path).unwrap();
    std::fs::write(&path, b"another").unwrap();
    let ran = it.backup(&["--prove"]);
    assert!(ran.code == 1 && ran.stderr.contains("blob"), "{ran:?}");
    assert!(it.archive().exists());
    std::fs::write(&path, &good).unwrap();
    std::fs::remove_file(it.archive()).unwrap();
    it.backup(&["--prove"]).done();
    std::fs::remove_file(it.archive()).unwrap();
    std::fs::remove_file(&path).unwrap();
    let ran = it.backup(&[]);
    assert!(ran.code == 1 && ran.stderr.contains("không có trong kho tệp"), "{ran:?}");
}

#[test]
fn the_server_makes_and_proves_a_backup_by_itself_and_keeps_so_many() {
    let it = Setting::lived(1);
    std::fs::create_dir(&it.place).unwrap();
    for old in ["motcua-20240101T000000Z.tar.age", "motcua-20240102T000000Z.tar.age"] {
        std::fs::write(it.place.join(old), "old").unwrap();
    }
    std::fs::write(it.place.join("notes.txt"), "mine").unwrap();
    let variables = [
        ("MOTCUA_BACKUP_TO", text(&it.place)),
        ("MOTCUA_BACKUP_KEYS", it.public.as_str()),
        ("MOTCUA_BACKUP_AT", "00:00"),
        ("MOTCUA_BACKUP_KEEP", "2"),
        ("MOTCUA_LOG", "info"),
    ];
    let mut serving = Serving::start_with(&["--data", text(&it.data)], &variables);
    serving.hears("found whole");
    let names: Vec<String> =
        std::fs::read_dir(&it.place).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.contains(&"motcua-20240102T000000Z.tar.age".to_owned()) && names.contains(&"notes.txt".to_owned()));
    let figures = serving.get("/metrics");
    let proved = figures.lines().find_map(|it| it.strip_prefix("motcua_backup_proved_at_seconds ")).unwrap();
    assert!(proved.parse::<i64>().unwrap() > 1_700_000_000, "{figures}");

    let mut administrator = crate::visitor::signed_in(serving.address(), "quantri");
    let page = administrator.get("/quan-tri/toan-ven");
    assert!(page.body.contains("Khôi phục thử gần nhất: ") && page.body.contains("tất cả khớp"), "{}", page.body);
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let refused = |words: &[&str], said: &str| {
        let ran = motcua(&[words, &["--data", text(&data)]].concat());
        assert!(ran.code == 2 && ran.stderr.contains(said), "{words:?}: {ran:?}");
    };
    refused(&["backup"], "backup.to");
    refused(&["backup", "--to", "/tmp/x"], "public key");
    refused(&["backup", "--to", "ftp://x/y", "--key", "age1"], "neither a folder nor s3://");
    refused(&["backup", "--to", "/tmp/x", "--key", "age1nonsense"], "not a public key");
    let key = folder.path().join("key");
    std::fs::write(&key, "nothing").unwrap();
    refused(&["restore", "--from", "/tmp/x", "--key-file", text(&key)], "no secret key");
    assert!(!data.exists());
    motcua(&["backup", "--make-key", text(&folder.path().join("new"))]).done();
    let again = motcua(&["backup", "--make-key", text(&folder.path().join("new"))]);
    assert_eq!(again.code, 1, "a key is never written over");
}
