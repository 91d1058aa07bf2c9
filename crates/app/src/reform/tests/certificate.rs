//! The certificate says what was the same before and after, and notices whatever is changed behind its back.

use super::*;
use storage::args;
use storage::engine::Sql;

storage::statements! {
    CHANGE_FACTS: "UPDATE dossier_event SET facts = replace(facts, '\"fee_vnd\":8000', '\"fee_vnd\":1000') WHERE seq = 1";
    CHANGE_WORDS: "UPDATE dossier_event_body SET body = replace(body, 'Nguyễn', 'Trần') WHERE seq = 1";
    CHANGE_TOLD: "UPDATE dossier_event SET facts = replace(facts, '12/NQ-HĐND', '13/NQ-HĐND') WHERE kind = 'transferred'";
    DROP_TOLD: "UPDATE transfer SET told_seq = NULL";
    CHANGE_PLAN: "UPDATE reform SET body = replace(body, 'phường Một', 'phường Mốt')";
    CHANGE_SUM: "UPDATE certificate SET body = replace(body, '\"owed_vnd\":16000', '\"owed_vnd\":15000')";
    CHANGE_KEY: "UPDATE certificate SET public_key = replace(public_key, '0', '1')";
}

fn what(test: &TestHouse, id: ReformId) -> Vec<&'static str> {
    let mut found: Vec<_> =
        check_certificate(&test.house, id).unwrap().unwrap().mismatches.iter().map(|it| it.what).collect();
    found.dedup();
    found
}

async fn settled(test: &TestHouse) -> Reorganisation {
    for fee_vnd in [8_000, 8_000] {
        test.file_at_desk(|it| it.fee_vnd = fee_vnd).await;
    }
    let reform = staged(test).await;
    turned(test, "2025-04-02T08:00");
    flip_due(&test.house).await.unwrap();
    assert!(certificate(&test.house, reform.id).unwrap().is_none(), "not every history tells of it");
    settle(&test.house).await.unwrap();
    reform
}

#[test]
fn it_is_signed_when_every_history_tells_of_the_plan_and_it_holds() {
    run(async {
        let test = TestHouse::with_catalogue();
        let reform = settled(&test).await;
        let said = certificate(&test.house, reform.id).unwrap().unwrap().statement;
        assert_eq!(said.instrument, "Nghị quyết 12/NQ-HĐND");
        assert_eq!(said.plan_sha256.len(), 64);
        let line = said.lines.first().unwrap();
        assert_eq!((line.from_name.as_str(), line.to_name.as_str()), ("Phường Một", "Phường Mới"));
        assert!(said.lines.len() == 1 && line.sums.holds() && said.total == line.sums);
        assert_eq!((said.total.before.dossiers, said.total.after.owed_vnd), (2, 16_000));
        assert_eq!(what(&test, reform.id), Vec::<&str>::new());
        test.act("nguoi.la", &first(&test), Command::TakeOn).await;
        assert_eq!(what(&test, reform.id), Vec::<&str>::new(), "what happens later is not its business");
    });
}

fn first(test: &TestHouse) -> Handled {
    let card = test.house.db.read_now(|tx| {
        let id = reforms::told_after(tx, list(&test.house).unwrap()[0].id, None, 1)?[0].0;
        Ok::<_, AppError>(dossiers::card(tx, id)?.unwrap())
    });
    let card = card.unwrap();
    Handled { id: card.id, code: card.code, version: card.version, fresh: true }
}

#[test]
fn whatever_is_changed_behind_its_back_is_named() {
    run(async {
        let changes: [(Sql, &[&str]); 7] = [
            (CHANGE_FACTS, &["owed", "chain"]),
            (CHANGE_WORDS, &["chain"]),
            (CHANGE_TOLD, &["chain"]),
            (DROP_TOLD, &["dossiers", "histories"]),
            (CHANGE_PLAN, &["plan"]),
            (CHANGE_SUM, &["signature", "owed"]),
            (CHANGE_KEY, &["signature", "installation"]),
        ];
        for (sql, named) in changes {
            let test = TestHouse::with_catalogue();
            let reform = settled(&test).await;
            test.house.db.write_now(|tx| tx.put(sql, args![])).unwrap();
            let found = what(&test, reform.id);
            assert!(named.iter().all(|it| found.contains(it)), "{sql:?}: {found:?}");
        }
    });
}
