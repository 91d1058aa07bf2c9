//! The certificate says what was the same before and after. That it notices what is changed behind its back is tried on a real
//! database by the tests of the command.

use super::*;

fn what(test: &TestHouse, id: ReformId) -> Vec<&'static str> {
    let mut found: Vec<_> =
        check_certificate(&test.house, id).unwrap().unwrap().mismatches.iter().map(|it| it.what.key()).collect();
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
        let id = storage::transfers::told_after(tx, list(&test.house).unwrap()[0].id, None, 1)?[0].0;
        Ok::<_, AppError>(dossiers::card(tx, id)?.unwrap())
    });
    let card = card.unwrap();
    Handled { id: card.id, code: card.code, version: card.version, fresh: true }
}
