//! Bringing the schema up to date, one numbered step after the other, never backwards. Both databases have the same numbers.

use std::error::Error;

use refinery::{Report, Runner, error::Kind};
use rusqlite::Connection;

use super::{error::StorageError, sqlite};

mod sqlite_steps {
    refinery::embed_migrations!("migrations/sqlite");
}

mod postgres_steps {
    refinery::embed_migrations!("migrations/postgres");
}

/// Runs every step this file lacks, all in one transaction; refuses a database that knows more steps than we do.
pub(super) fn in_file(connection: &mut Connection) -> Result<(), StorageError> {
    let runner = sqlite_steps::migrations::runner().set_grouped(true);
    refuse_newer(&runner, sqlite::newest_step(connection)?)?;
    // A table can only be rebuilt while nobody checks who points to it; afterwards everything is checked at once.
    sqlite::foreign_keys(connection, false)?;
    let outcome = apply_in_file(connection, &runner);
    sqlite::foreign_keys(connection, true)?;
    outcome
}

/// The same on a server, whose connection is the caller's: `newest` is the last step it has seen, `run` runs the others.
pub(super) fn on_server(
    newest: i64,
    run: impl FnOnce(&Runner) -> Result<Report, refinery::Error>,
) -> Result<(), StorageError> {
    let runner = postgres_steps::migrations::runner().set_grouped(true);
    refuse_newer(&runner, newest)?;
    run(&runner).map(|report| tell(&report)).map_err(failed)
}

/// The number of the newest step this program knows: what every database it has opened is at.
pub fn schema_step_known() -> i64 {
    newest_of(&sqlite_steps::migrations::runner())
}

fn newest_of(runner: &Runner) -> i64 {
    runner.get_migrations().iter().map(|step| i64::from(step.version())).max().unwrap_or(0)
}

fn refuse_newer(runner: &Runner, found: i64) -> Result<(), StorageError> {
    let known = newest_of(runner);
    if found > known { Err(StorageError::NewerSchema { found, known }) } else { Ok(()) }
}

fn apply_in_file(connection: &mut Connection, runner: &Runner) -> Result<(), StorageError> {
    let report = runner.run(connection).map_err(failed)?;
    if report.applied_migrations().is_empty() {
        return Ok(());
    }
    tell(&report);
    match sqlite::dangling_table(connection)? {
        None => Ok(()),
        Some(table) => Err(StorageError::Migration { reason: format!("rows of {table} point to rows that are gone") }),
    }
}

fn tell(report: &Report) {
    let steps = report.applied_migrations().len();
    if steps > 0 {
        tracing::info!(steps, "the database was brought up to date");
    }
}

/// The driver of servers says "db error" and leaves the words to the cause.
fn with_causes(error: &dyn Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        words = format!("{words}: {deeper}");
        cause = deeper.source();
    }
    words
}

fn failed(error: refinery::Error) -> StorageError {
    let reason = match error.kind() {
        Kind::DivergentVersion(applied, ours) => {
            format!("step {applied} was applied to this database with another text than {ours} in this program has")
        }
        Kind::MissingVersion(step) => {
            format!("step {step} is known to the database or to the program, but not to both")
        }
        Kind::Connection(doing, source) => format!("{doing}: {}", with_causes(&**source)),
        other => other.to_string(),
    };
    StorageError::Migration { reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use refinery::Target;

    /// Dossiers of a house of the last step but one: open with words, open whose words were erased, closed.
    const OLD: &str = "
        INSERT INTO dossier (id, code, foreign_code, revision, procedure, procedure_name, sector, channel, status, step, step_kind, next_act,
            owner_unit, owner_post, owner_person, holder, held_since, receiving_unit, competent_unit, collect_at, filed_at, clock_at, waiting,
            owed_vnd, applicant, applicant_folded, number_hash, phone_tail, number_tail, unusual, version, last_hash, changed_at, is_open,
            desk, needs_routing, fell_to_head)
            VALUES (x'01', 'H24.30.20-250331-0001', 0, 'r', 'p', 'n', 's', 1, 2, 2, 'work', 'work', x'aa', 'specialist', x'bb', 'post', 5, x'aa',
            x'aa', x'aa', 5, 6, 0, 0, 'Mẫu', 'mau', 'abcdefabcdefabcdef', '0412', '0904', 0, 2, 'h2', 9, 1, x'aa', 0, 1),
            (x'02', 'H24.30.21-250331-0001', 0, 'r', 'p', 'n', 's', 1, 2, 2, 'work', 'work', x'aa', 'specialist', NULL, 'post', 5, x'aa', x'aa', x'aa',
            5, 6, 0, 0, '', '', '', '', '', 0, 1, 'h', 9, 1, x'aa', 0, 0),
            (x'03', 'X', 1, 'r', 'p', 'n', 's', 2, 10, 2, 'work', '', x'aa', 'specialist', NULL, 'nobody', 5, x'aa', x'aa', x'aa', 5, 6, 0, 0, '', '',
            '', '', '', 0, 1, 'h', 9, 0, x'aa', 0, 0);
        INSERT INTO dossier_event (dossier, seq, at, actor, unit, kind, facts, body_hash, previous, hash) VALUES
            (x'01', 2, 9, NULL, x'aa', 'assigned', '{\"a\":2}', '', 'h1', 'h2'), (x'01', 1, 5, x'bb', x'aa', 'filed', '{\"a\":1}', 'w', '', 'h1'),
            (x'02', 1, 5, NULL, x'aa', 'filed', '{}', 'w', '', 'h'), (x'03', 1, 5, NULL, x'aa', 'filed', '{}', '', '', 'h');
        INSERT INTO dossier_event_body (dossier, seq, salt, body) VALUES (x'01', 1, x'5a', '{\"words\":\"Mẫu\"}');
        INSERT INTO idempotency (actor, key, act, body_hash, answer, at) VALUES (x'bb', 'k', 'assign', 'b', 'answer', 9);
    ";

    fn rows(connection: &Connection, sql: &str) -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn a_house_of_the_step_before_loses_nothing() {
        let mut file = Connection::open_in_memory().unwrap();
        sqlite_steps::migrations::runner().set_target(Target::Version(22)).run(&mut file).unwrap();
        file.execute_batch(OLD).unwrap();
        let before = rows(
            &file,
            "SELECT hex(id) || code || hex(owner_unit) || next_act || fell_to_head || is_open || last_hash FROM dossier ORDER BY id",
        );
        in_file(&mut file).unwrap();
        let after = rows(
            &file,
            "SELECT hex(id) || code || hex(owner_unit) || next_act || fell_to_head || is_open || last_hash FROM dossier ORDER BY id",
        );
        assert_eq!(before, after);
        let events = "SELECT hex(dossier) || seq || kind || facts || body_hash || previous || hash || COALESCE(hex(salt) || body, '-') \
            FROM dossier_event ORDER BY dossier, seq";
        let expected =
            [r#"011filed{"a":1}wh15A{"words":"Mẫu"}"#, r#"012assigned{"a":2}h1h2-"#, "021filed{}wh-", "031filed{}h-"];
        assert_eq!(rows(&file, events), expected);
        assert_eq!(rows(&file, "SELECT key || answer FROM idempotency"), ["kanswer"]);
        let lying = "SELECT hex(owner_unit) || owner_post || status || holder || next_act || CASE WHEN owner_person IS NULL THEN '-' ELSE hex(owner_person) END || dossiers FROM lying ORDER BY 1";
        assert_eq!(rows(&file, lying), ["AAspecialist2postwork-1", "AAspecialist2postworkBB1"]);
        let hand = "SELECT hex(owner_person) || changes FROM hand";
        assert_eq!(rows(&file, hand), ["BB0"]);
        file.execute_batch("UPDATE dossier SET clock_at = 7 WHERE is_open = 1").unwrap();
        assert_eq!(rows(&file, hand), ["BB1"], "it lies where it lay, and is another one");
        file.execute_batch("UPDATE dossier SET owner_person = NULL, version = 3 WHERE id = x'01'; UPDATE dossier SET is_open = 0 WHERE id = x'02'")
            .unwrap();
        assert_eq!(rows(&file, lying), ["AAspecialist2postwork-1"]);
        assert_eq!(rows(&file, hand), ["BB2"]);
        for (change, after) in [
            ("UPDATE dossier SET owner_person = x'bb' WHERE id = x'01'", ["BB3"].as_slice()),
            ("UPDATE dossier SET owner_person = x'cc' WHERE id = x'01'", &["BB4", "CC1"]),
            ("UPDATE dossier SET is_open = 0 WHERE id = x'01'", &["BB4", "CC2"]),
            ("UPDATE dossier SET clock_at = 8 WHERE id = x'01'", &["BB4", "CC2"]),
            ("UPDATE dossier SET is_open = 1 WHERE id = x'01'", &["BB4", "CC3"]),
            (
                "INSERT INTO dossier SELECT * FROM dossier WHERE id = x'01' ON CONFLICT (id) DO UPDATE SET version = 5",
                &["BB4", "CC4"],
            ),
            ("DELETE FROM dossier WHERE id = x'01'", &["BB4", "CC5"]),
        ] {
            file.execute_batch(change).unwrap();
            assert_eq!(rows(&file, hand), after, "{change}");
        }
        sqlite::count_lying_anew(&file).unwrap();
        assert_eq!(rows(&file, hand), ["BB5", "CC6"], "counted anew, no number comes back");
        for refused in [
            "UPDATE dossier SET code = 'X' WHERE id = x'02'",
            "UPDATE dossier_event SET salt = NULL WHERE seq = 1 AND dossier = x'01'",
            "INSERT INTO idempotency SELECT * FROM idempotency",
        ] {
            assert!(file.execute_batch(refused).is_err(), "{refused}");
        }
    }
}
