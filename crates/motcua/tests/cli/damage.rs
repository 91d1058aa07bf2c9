//! `verify` bites: whatever is changed behind the program's back is named; `rebuild` heals what follows from the events.

use crate::run::{Ran, copy, motcua, small_demo, text};
use rusqlite::Connection;
use std::path::{Path, PathBuf};

fn verify(data: &Path) -> Ran {
    motcua(&["verify", "--data", text(data)])
}

fn blob(folder: &Path) -> PathBuf {
    let entries = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let found = entries.map(|it| if it.is_dir() { blob(&it) } else { it }).next();
    found.expect("the demo has files")
}

struct Damage<'a> {
    whole: &'a Path,
    folder: &'a Path,
}

impl Damage<'_> {
    /// Damages a copy with SQL; `verify` names the part, and `rebuild` heals it or does not.
    #[track_caller]
    fn named(&self, sql: &str, part: &str, healed: bool) {
        let data = self.folder.join(part.replace(' ', "-"));
        copy(self.whole, &data);
        let db = Connection::open(data.join("motcua.db")).unwrap();
        assert_eq!(db.execute(sql, []).unwrap(), 1, "{sql}");
        drop(db);
        let ran = verify(&data);
        assert_eq!(ran.code, 1, "{sql}: {ran:?}");
        assert!(ran.stdout.lines().any(|line| line.starts_with(&format!("{part}: "))), "{part} in {}", ran.stdout);
        assert_eq!(motcua(&["verify", "--seal", "--data", text(&data)]).code, 1, "what differs is not sealed");
        let rebuilt = motcua(&["rebuild", "--data", text(&data)]);
        assert_eq!(rebuilt.code == 0 && verify(&data).code == 0, healed, "{part} after a rebuild");
        std::fs::remove_dir_all(&data).unwrap();
    }
}

#[test]
fn every_damage_is_named_and_what_can_be_made_again_heals() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole");
    small_demo(&whole, 1);
    let ran = verify(&whole).done();
    assert_eq!(ran.stdout, "", "a clean house has nothing to say");
    assert_eq!(motcua(&["rebuild", "--data", text(&whole)]).code, 0);
    verify(&whole).done();
    motcua(&["verify", "--seal", "--data", text(&whole)]).done();

    let damage = Damage { whole: &whole, folder: folder.path() };
    let one = "SELECT dossier FROM dossier_event WHERE kind = 'issued' LIMIT 1";
    let first = "SELECT id FROM dossier WHERE is_open = 1 LIMIT 1";
    damage.named(
        &format!("UPDATE dossier_event SET body = replace(body, '999', '998') WHERE seq = 1 AND dossier = ({one})"),
        "body",
        false,
    );
    damage.named(
        &format!("UPDATE dossier_event SET at = at - 1000000 WHERE kind = 'signed' AND dossier = ({one})"),
        "chain",
        false,
    );
    damage.named(&format!("UPDATE dossier SET applicant = 'Ai Đó' WHERE id = ({first})"), "read model", true);
    damage.named(
        &format!("UPDATE dossier_fact SET finished_on = finished_on + 1, outcome = 'late' WHERE dossier = ({one})"),
        "facts",
        true,
    );
    damage.named(
        &format!("UPDATE due_history SET due_on = due_on + 1 WHERE dossier = ({one}) AND seq = (SELECT min(seq) FROM due_history WHERE dossier = ({one}))"),
        "due dates",
        true,
    );
    damage.named("UPDATE checkpoint SET root = replace(root, substr(root, 1, 4), '0000')  WHERE sealed_at = (SELECT max(sealed_at) FROM checkpoint)", "checkpoint", false);
    damage.named(
        &format!("UPDATE dossier_event SET seq = 99 WHERE kind = 'issued' AND dossier = ({one})"),
        "fold",
        false,
    );
}

#[test]
fn a_changed_or_missing_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    small_demo(folder.path(), 1);
    let path = blob(&folder.path().join("tep"));
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, b"%PDF-1.4 something else").unwrap();
    let ran = verify(folder.path());
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.starts_with("blob: "), "{}", ran.stdout);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(verify(folder.path()).code, 1);
    std::fs::write(&path, bytes).unwrap();
    verify(folder.path()).done();
}
