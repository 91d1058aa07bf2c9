//! `verify` is clean on a sound house and bites on a damaged one; `rebuild` heals what is made from events.

use domain::dossier::Command;
use testkit::Office;

async fn lived() -> Office {
    let office = Office::open();
    for _ in 0..3 {
        office.file_online("dang-ky-khai-sinh@ward").await;
    }
    let id = office.receive_at_counter("dang-ky-khai-tu@ward").await.id;
    office.act(office.staff.specialist, id, Command::TakeOn).await.unwrap();
    app::integrity::seal(&office.house).unwrap();
    office
}

async fn found(office: &Office) -> Vec<&'static str> {
    let found = app::integrity::verify(&office.house, |_, _| {}).await.unwrap();
    found.differences.iter().map(|it| it.part).collect()
}

storage::statements! {
    CHANGE_FACTS: "UPDATE dossier_event SET facts = $1 WHERE seq = 1";
    CHANGE_BODY: "UPDATE dossier_event SET body = $1 WHERE seq = 1";
    LOSE_BODY: "UPDATE dossier_event SET salt = NULL, body = NULL WHERE seq = 1";
    CHANGE_CARD: "UPDATE dossier SET status = 10";
    LOSE_CARD: "DELETE FROM dossier";
    CHANGE_FACT: "UPDATE dossier_fact SET received_on = $1";
    CHANGE_DUE: "UPDATE due_history SET due_on = $1";
    LOSE_THE_END: "DELETE FROM dossier_event WHERE seq >= 2";
    CHANGE_HEIR: "INSERT INTO heir (unit, heir) SELECT unit, unit FROM unit_event WHERE seq = 1 ORDER BY unit LIMIT 1";
    MISCOUNT: "UPDATE lying_count SET dossiers = dossiers + 1 WHERE dossiers = (SELECT max(l.dossiers) FROM lying l)";
    CHANGE_SEAL: "UPDATE checkpoint SET events = events + 1";
}

fn damage(office: &Office, sql: storage::engine::Sql, args: storage::engine::Args<'_>) {
    assert!(office.house.db.write_now(|tx| tx.exec(sql, args)).unwrap() > 0);
}

#[tokio::test]
async fn a_sound_house_is_clean() {
    assert_eq!(found(&lived().await).await, Vec::<&str>::new());
}

#[tokio::test]
async fn every_kind_of_damage_is_named() {
    let cases: [(storage::engine::Sql, &str, bool); 11] = [
        (CHANGE_FACTS, "chain", true),
        (CHANGE_BODY, "body", true),
        (LOSE_BODY, "body", false),
        (CHANGE_CARD, "read model", false),
        (LOSE_CARD, "read model", false),
        (CHANGE_FACT, "facts", true),
        (CHANGE_DUE, "due dates", true),
        (LOSE_THE_END, "checkpoint", false),
        (CHANGE_SEAL, "checkpoint", false),
        (CHANGE_HEIR, "heirs", false),
        (MISCOUNT, "counts", false),
    ];
    for (sql, part, takes) in cases {
        let office = lived().await;
        match (takes, part) {
            (false, _) => damage(&office, sql, storage::args![]),
            (true, "facts" | "due dates") => damage(&office, sql, storage::args![20_250_101_i64]),
            (true, _) => damage(&office, sql, storage::args!["{}"]),
        }
        let found = found(&office).await;
        assert!(found.contains(&part), "{sql:?}: {found:?}");
    }
}

#[tokio::test]
async fn rebuild_heals_what_is_made_from_events() {
    let office = lived().await;
    damage(&office, CHANGE_CARD, storage::args![]);
    damage(&office, MISCOUNT, storage::args![]);
    damage(&office, CHANGE_FACT, storage::args![20_250_101_i64]);
    damage(&office, CHANGE_DUE, storage::args![20_250_101_i64]);
    assert_eq!(app::integrity::rebuild(&office.house, |_, _| {}).unwrap(), 4);
    assert_eq!(found(&office).await, Vec::<&str>::new());
}

#[tokio::test]
async fn a_clock_set_back_after_a_seal_breaks_nothing() {
    let office = lived().await;
    office.turn_to("2025-03-02T08:00");
    office.file_online("dang-ky-khai-sinh@ward").await;
    assert_eq!(found(&office).await, Vec::<&str>::new());
}
