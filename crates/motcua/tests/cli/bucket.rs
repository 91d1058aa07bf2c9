//! A house whose files are in a bucket: backed up to a folder and to another bucket, put back into either kind of store on
//! either engine, proved every night, and moved from one kind of store to the other.

use crate::backup::house;
use crate::run::{Ran, Serving, motcua, program, text, told_to};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::blobs::{Blobs, KeyRing};
use testkit::{BUCKET, Postgres, S3, bucket_of};

/// Buckets beside the house's own: for backups, and to restore into.
const BACKUPS: &str = "sao-luu";
const SECOND: &str = "tep-moi";

/// Who asks the buckets, of files and of backups.
const SECRETS: [(&str, &str); 4] = [
    ("MOTCUA_FILES_ACCESS_KEY", "who"),
    ("MOTCUA_FILES_SECRET_KEY", "A-SECRET-WORD"),
    ("MOTCUA_BACKUP_ACCESS_KEY", "who"),
    ("MOTCUA_BACKUP_SECRET_KEY", "A-SECRET-WORD"),
];

struct Setting {
    folder: tempfile::TempDir,
    server: S3,
    /// The settings of the house that was lived in.
    config: PathBuf,
    data: PathBuf,
    secret: PathBuf,
    public: String,
}

impl Setting {
    fn lived(seed: &str) -> Self {
        let (folder, server) = (tempfile::tempdir().unwrap(), S3::start());
        for name in [BACKUPS, SECOND] {
            let made = server.ask("PUT", &format!("/{name}"));
            assert!(made.starts_with("HTTP/1.1 200"), "{made}");
        }
        let (data, secret) = (folder.path().join("data"), folder.path().join("secret.key"));
        let public = motcua(&["backup", "--make-key", text(&secret)]).done().stdout.trim().to_owned();
        let mut it = Self { folder, server, config: PathBuf::new(), data, secret, public };
        it.config = it.settings("own.toml", &it.data, Some(BUCKET), "");
        it.run(&["demo", "--config", text(&it.config), "--no-serve", "--scale-percent", "4", "--seed", seed]).done();
        assert!(!it.data.join("tep").exists(), "no file is in a folder");
        it
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Settings of a house: where its data lies, in which bucket its files are (none: a folder), and what else is set.
    fn settings(&self, name: &str, data: &Path, bucket: Option<&str>, more: &str) -> PathBuf {
        let path = self.path(name);
        let files = bucket.map(|it| format!("[files]\nbucket = {it:?}\nendpoint = {:?}\n", self.server.endpoint()));
        let words = format!("[data]\ndir = {:?}\n\n{}\n{more}", text(data), files.unwrap_or_default());
        std::fs::write(&path, words).unwrap();
        path
    }

    fn run(&self, words: &[&str]) -> Ran {
        let mut command = program();
        command.args(words).envs(SECRETS).env("MOTCUA_BACKUP_ENDPOINT", self.server.endpoint());
        told_to(&mut command, "")
    }

    fn backup(&self, config: &Path, to: &str) -> Ran {
        self.run(&["backup", "--config", text(config), "--to", to, "--key", &self.public, "--prove"])
    }

    fn restore(&self, config: &Path, from: &str) -> Ran {
        self.run(&["restore", "--config", text(config), "--from", from, "--key-file", text(&self.secret)])
    }

    /// What lies in a bucket, by name, as it lies there.
    fn in_bucket(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        let bucket = storage::blobs::Bucket { name: name.to_owned(), ..bucket_of(&self.server) };
        all_of(&Blobs::bucket(&bucket, Arc::new(KeyRing::without_keys())).unwrap())
    }
}

fn in_folder(path: &Path) -> BTreeMap<String, Vec<u8>> {
    all_of(&Blobs::folder(path, Arc::new(KeyRing::without_keys())).unwrap())
}

fn all_of(files: &Blobs) -> BTreeMap<String, Vec<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut all = BTreeMap::new();
        for folder in 0..=u8::MAX {
            for listed in files.raw_list(folder).await.unwrap() {
                all.insert(listed.name.to_string(), files.raw_get(&listed.name).whole().await.unwrap());
            }
        }
        all
    })
}

#[test]
fn a_house_whose_files_are_in_a_bucket_comes_back_into_a_folder_and_into_a_bucket() {
    let it = Setting::lived("1");
    let own = it.in_bucket(BUCKET);
    assert!(own.len() >= 5, "{} files", own.len());

    // To a folder, and back into a folder beside a file of SQLite.
    let place = it.path("backups");
    let ran = it.backup(&it.config, text(&place)).done();
    assert!(ran.stderr.contains("tất cả khớp") && !ran.stderr.contains(" 0 tệp"), "{ran:?}");
    let back = it.path("back");
    let in_a_folder = it.settings("folder.toml", &back, None, "");
    it.restore(&in_a_folder, text(&place)).done();
    assert_eq!(house(&back.join("motcua.db")), house(&it.data.join("motcua.db")));
    assert_eq!(in_folder(&back.join("tep")), own);

    // To a bucket, and back into another bucket beside a PostgreSQL.
    let to = format!("s3://{BACKUPS}/nha/mot-cua");
    it.backup(&it.config, &to).done();
    let postgres = Postgres::start();
    let database = format!("[database]\nurl = {:?}\n", postgres.url());
    let on_server = it.settings("server.toml", &it.path("beside"), Some(SECOND), &database);
    it.restore(&on_server, &to).done();
    assert_eq!(it.in_bucket(SECOND), own);
    it.run(&["verify", "--config", text(&on_server)]).done();

    // From there into a folder again: nothing was lost on the way through both engines and both kinds of store.
    let again = it.path("again");
    it.backup(&on_server, text(&again)).done();
    let home = it.path("home");
    it.restore(&it.settings("home.toml", &home, None, ""), text(&again)).done();
    assert_eq!(house(&home.join("motcua.db")), house(&it.data.join("motcua.db")));
    assert_eq!(in_folder(&home.join("tep")), own);

    // A bucket that holds anything is no empty place, whoever's files they are.
    let occupied = it.settings("occupied.toml", &it.path("third"), Some(SECOND), "");
    let refused = it.restore(&occupied, text(&place));
    assert!(refused.code == 1 && refused.stderr.contains("không trống"), "{refused:?}");
    assert!(!it.path("third").join("motcua.db").exists());
    assert_eq!(it.in_bucket(SECOND), own, "nothing was put beside them");
}

#[test]
fn a_file_that_is_missing_in_the_bucket_is_named_and_a_bucket_that_is_away_ends_the_backup() {
    let mut it = Setting::lived("1");
    let place = it.path("backups");
    let gone = it.in_bucket(BUCKET).into_keys().next().unwrap();
    let path = format!("/{BUCKET}/{}/{gone}", &gone[30..]);
    assert!(it.server.ask("DELETE", &path).starts_with("HTTP/1.1 204"));
    let words = ["backup", "--config", text(&it.config), "--to", text(&place), "--key", &it.public];
    let ran = it.run(&words);
    assert!(ran.code == 1 && ran.stderr.contains(&gone), "{ran:?}");
    it.server.stop();
    let ran = it.run(&words);
    assert!(ran.code == 1 && !ran.stderr.contains("A-SECRET-WORD"), "{ran:?}");
    assert_eq!(std::fs::read_dir(&place).unwrap().count(), 1, "nothing of the second one stays");
}

#[test]
fn the_server_proves_by_itself_what_is_in_a_bucket() {
    let it = Setting::lived("1");
    let endpoint = it.server.endpoint();
    let to = format!("s3://{BACKUPS}/dem");
    let mut variables = SECRETS.to_vec();
    variables.extend([
        ("MOTCUA_BACKUP_TO", to.as_str()),
        ("MOTCUA_BACKUP_ENDPOINT", endpoint.as_str()),
        ("MOTCUA_BACKUP_KEYS", it.public.as_str()),
        ("MOTCUA_BACKUP_AT", "00:00"),
        ("MOTCUA_LOG", "info"),
    ]);
    let mut serving = Serving::start_with(&["--config", text(&it.config)], &variables);
    serving.hears("found whole");
    let figures = serving.get("/metrics");
    let proved = figures.lines().find_map(|it| it.strip_prefix("motcua_backup_proved_at_seconds ")).unwrap();
    assert!(proved.parse::<i64>().unwrap() > 1_700_000_000, "{figures}");
    assert_eq!(serving.stop(), Some(0));
    let listed = it.run(&["backup", "--config", text(&it.config), "--to", &to, "--list"]).done();
    assert_eq!(listed.stdout.lines().count(), 1, "{listed:?}");
}

#[test]
fn files_move_from_a_bucket_to_a_folder_and_back() {
    let it = Setting::lived("1");
    let own = it.in_bucket(BUCKET);
    let first = own.keys().next().unwrap();
    let copy = |to: &Path, from: &Path| it.run(&["files", "copy", "--config", text(to), "--from-config", text(from)]);
    // The same house, its files now in a folder.
    let folder = it.settings("folder.toml", &it.data, None, "");
    let nothing = it.run(&["verify", "--config", text(&folder)]);
    assert_eq!(nothing.code, 1, "nothing is there yet: {nothing:?}");
    let ran = copy(&folder, &it.config).done();
    assert_eq!(ran.stdout.trim(), own.len().to_string());
    assert_eq!(in_folder(&it.data.join("tep")), own);
    assert_eq!(copy(&folder, &it.config).done().stdout.trim(), "0", "what is there is not carried twice");

    // And into another bucket: what was missing is named, and comes later.
    let second = it.settings("second.toml", &it.data, Some(SECOND), "");
    let path = it.data.join("tep").join(&first[30..]).join(first);
    let good = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let ran = copy(&second, &folder);
    assert!(ran.code == 1 && ran.stdout.contains(first), "{ran:?}");
    std::fs::write(&path, good).unwrap();
    assert_eq!(copy(&second, &folder).done().stdout.trim(), "1", "the rest had come");
    assert_eq!(it.in_bucket(SECOND), own);
    it.run(&["verify", "--config", text(&second)]).done();

    assert_eq!(copy(&second, &second).code, 2, "to where they are");
    let nowhere = it.settings("nowhere.toml", &it.path("no-such"), None, "");
    assert_eq!(copy(&second, &nowhere).code, 2);
    assert!(!it.path("no-such").exists(), "asking makes no folder");
}
