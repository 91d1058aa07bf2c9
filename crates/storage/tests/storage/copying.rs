//! A house carried from one database to the other and back is the same house.

use crate::world::{Kind, World};
use domain::ids::{MessageId, PersonId};
use domain::time::Instant;
use storage::args;
use storage::copy::{CopyError, copy, tables};
use storage::engine::{Db, Options, StorageError};
use storage::house;
use storage::people::{self, Person};
use storage::sessions::{self, Session};
use uuid::Uuid;

// What lies with each post is kept in a file by triggers and counted by a server when asked, by an index of its own (V0023); so is what
// somebody has in hand (V0024).
storage::statements! {
    COLUMNS_IN_FILE: "SELECT m.name, p.name, p.type, p.\"notnull\", p.pk FROM sqlite_schema m JOIN pragma_table_info(m.name) p
        WHERE m.type = 'table' AND m.name NOT LIKE 'refinery%' ESCAPE '!' AND m.name <> 'lying_count' ORDER BY m.name, p.cid";
    COLUMNS_ON_SERVER: "SELECT c.table_name, c.column_name, c.data_type, CASE WHEN c.is_nullable = 'NO' THEN 1 ELSE 0 END,
        COALESCE((SELECT k.ordinal_position FROM information_schema.key_column_usage k JOIN information_schema.table_constraints t
        ON t.constraint_name = k.constraint_name AND t.table_name = k.table_name WHERE t.constraint_type = 'PRIMARY KEY'
        AND k.table_name = c.table_name AND k.column_name = c.column_name), 0) FROM information_schema.columns c
        WHERE c.table_schema = 'public' AND c.table_name NOT LIKE 'refinery%' AND c.table_name NOT IN ('lying', 'hand') ORDER BY c.table_name COLLATE \"C\", c.ordinal_position";
    INDEXES_IN_FILE: "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND name <> 'lying_hand' ORDER BY name";
    INDEXES_ON_SERVER: "SELECT i.indexname FROM pg_indexes i WHERE i.schemaname = 'public' AND i.indexname <> 'dossier_tabs' AND NOT EXISTS
        (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname) ORDER BY i.indexname COLLATE \"C\"";
    UNSORTED: "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'text'
        AND collation_name IS DISTINCT FROM 'C'";
    NAMES: "SELECT name, value FROM house ORDER BY name";
}

/// Table, column, kind, whether it must be there, place in the key.
type Shape = (String, String, String, bool, i64);

fn shapes(db: &Db, kind: Kind) -> Vec<Shape> {
    let columns = if kind == Kind::InFile { COLUMNS_IN_FILE } else { COLUMNS_ON_SERVER };
    let mut found: Vec<Shape> = db.read_now(|tx| tx.all(columns, args![])).unwrap();
    for (_, _, words, _, _) in &mut found {
        *words = match words.as_str() {
            "INTEGER" | "bigint" => "integer".to_owned(),
            "BLOB" | "bytea" => "bytes".to_owned(),
            "TEXT" | "text" => "text".to_owned(),
            other => panic!("a column of kind {other}"),
        };
    }
    found
}

#[test]
fn the_two_schemas_are_the_same_and_every_column_is_carried() {
    let (file, server) =
        (World::founded(Kind::InFile, Options::default()), World::founded(Kind::OnServer, Options::default()));
    let (in_file, on_server) = (shapes(&file.db, Kind::InFile), shapes(&server.db, Kind::OnServer));
    assert_eq!(in_file, on_server);
    let indexes = |db: &Db, sql| db.read_now(|tx| tx.all::<String>(sql, args![])).unwrap();
    assert_eq!(indexes(&file.db, INDEXES_IN_FILE), indexes(&server.db, INDEXES_ON_SERVER));
    assert_eq!(server.db.read_now(|tx| tx.one::<i64>(UNSORTED, args![])).unwrap(), 0, "a text without COLLATE \"C\"");

    let mut carried: Vec<(String, String)> = tables()
        .into_iter()
        .flat_map(|(table, columns)| columns.into_iter().map(move |column| (table.to_owned(), column.to_owned())))
        .collect();
    let mut there: Vec<(String, String)> = in_file.into_iter().map(|it| (it.0, it.1)).collect();
    carried.sort();
    there.sort();
    assert_eq!(carried, there);
}

fn filled() -> World {
    let world = World::founded(Kind::InFile, Options::default());
    let now = Instant::from_micros(1_743_379_200_000_000);
    world
        .db
        .write_now(|tx| {
            for number in 0..1_234 {
                house::put_text(tx, &format!("chữ {number:04}"), "Đặng Thị Nở — ∅\n\t'\"\\")?;
                let actor = (number % 3 == 0).then(|| PersonId::from_uuid(Uuid::from_u128(number)));
                // Two lines of the audit may be the same to the letter.
                house::audit(tx, now, actor, "tried", &format!("{}", number / 2), "")?;
            }
            let id = PersonId::from_uuid(Uuid::from_u128(u128::MAX));
            let text = String::new;
            let person = Person {
                id,
                kind: "citizen".to_owned(),
                name: "Âu Dương Hùng".to_owned(),
                number: "999094000904".to_owned(),
                birth: text(),
                phone: text(),
                email: text(),
                address: text(),
            };
            people::add(tx, &person, now)?;
            people::add_account(tx, id, "hung", "$argon2id$…", now)?;
            let session = Session {
                id: MessageId::from_uuid(Uuid::from_u128(5)),
                person: None,
                csrf: "c".to_owned(),
                created_at: now,
                last_seen_at: now,
                expires_at: Instant::from_micros(i64::MAX),
                device: text(),
                proof: storage::sessions::Proof::Password,
                first_password: false,
            };
            sessions::add(tx, "hash", &session)
        })
        .unwrap();
    world
}

#[test]
fn there_and_back_again_it_is_the_same_house() {
    let source = filled();
    let server = World::founded(Kind::OnServer, Options { patience_seconds: 0, ..Options::default() });
    let back = World::founded(Kind::InFile, Options::default());
    let there = copy(&source.db, &server.db, &|_, _| {}).unwrap();
    let rows = |table: &str| there.iter().find(|it| it.table == table).map(|it| it.rows);
    assert_eq!(
        (rows("house"), rows("audit"), rows("person"), rows("session")),
        (Some(1234), Some(1234), Some(1), Some(1))
    );
    assert_eq!(there, copy(&server.db, &back.db, &|_, _| {}).unwrap());
    let texts = |db: &Db| db.read_now(|tx| tx.all::<(String, String)>(NAMES, args![])).unwrap();
    assert_eq!(texts(&source.db), texts(&back.db));
}

#[test]
fn a_house_that_is_there_is_not_written_over() {
    let source = filled();
    let server = World::founded(Kind::OnServer, Options::default());
    server.db.write_now(|tx| house::put_text(tx, "mine", "")).unwrap();
    let refused = copy(&source.db, &server.db, &|_, _| {});
    assert!(matches!(refused, Err(CopyError::NotEmpty { table: "house", rows: 1 })), "{refused:?}");
}

#[test]
fn a_copy_that_fails_leaves_nothing_behind() {
    let source = filled();
    let server = World::founded(Kind::OnServer, Options::default());
    // What a file holds and a server cannot: a zero character.
    source.db.write_now(|tx| house::put_text(tx, "zzz", "\0")).unwrap();
    let refused = copy(&source.db, &server.db, &|_, _| {});
    assert!(matches!(refused, Err(CopyError::Storage(StorageError::Driver { .. }))), "{refused:?}");
    let left: Vec<(String, String)> = server.db.read_now(|tx| tx.all(NAMES, args![])).unwrap();
    assert_eq!(left, []);
}
