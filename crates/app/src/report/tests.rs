//! Form II.06a across a reorganisation: who had a dossier when counts it then, who has it now counts it in the roll-up, and no
//! dossier is counted twice or lost in any of the views.

use super::*;
use crate::handle::Handled;
use crate::integrity::{rebuild, verify};
use crate::reform::tests::{PLAN, turned};
use crate::reform::{check, flip_due, plan, settle};
use crate::testing::{TestHouse, run};
use domain::dossier::Command;
use jiff::civil::date;

const MARCH: (Date, Date) = (date(2025, 3, 1), date(2025, 3, 31));
const SPRING: (Date, Date) = (date(2025, 3, 1), date(2025, 4, 30));

fn form(test: &TestHouse, (from, to): (Date, Date), unit: Option<UnitId>, by: By) -> Report06a {
    let report = form_06a(&test.house, from, to, unit, by).unwrap();
    assert!(report.adds_up(), "{report:?}");
    report
}

/// As many dossiers lie behind a number as it says, in every view, part and row.
async fn every_number_opens_its_dossiers(test: &TestHouse, report: &Report06a) {
    let total = (None, (report.from, report.to), &report.total);
    let rows = report.rows.iter().map(|it| (Some(&it.of), (it.from, it.to), &it.columns)).chain([total]);
    for (row, days, it) in rows {
        let [c3, c4, c5, c6, c7, _online, c8, c9, c10, c11, c12, c13] = it.values();
        for (column, count) in (3..).zip([c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13]) {
            let behind = behind_06a(&test.house, days, None, (report.by, row), column).await.unwrap();
            assert_eq!(i64::try_from(behind.len()).unwrap(), count, "{:?} {row:?} {days:?} column {column}", report.by);
        }
    }
}

/// Name, received in the period, carried over, resolved, open.
fn short(report: &Report06a) -> Vec<(&str, i64, i64, i64, i64)> {
    let row = |it: &Columns| {
        (it.received_online + it.received_direct_post, it.carried_over, it.resolved_total, it.open_total)
    };
    let rows = report.rows.iter().map(|it| (it.name.as_str(), row(&it.columns)));
    rows.map(|(name, (received, carried, resolved, open))| (name, received, carried, resolved, open)).collect()
}

async fn filed(test: &TestHouse, address: &str) -> Handled {
    test.file_at_desk(|plan| plan.filing.submitter.address = address.to_owned()).await
}

async fn withdrawn(test: &TestHouse, it: &Handled) {
    test.act("tiep.nhan", it, Command::Withdraw { reason: "Không cần nữa".to_owned() }).await;
}

#[test]
fn three_views_of_a_reorganisation_agree_to_the_dossier() {
    run(async {
        let test = TestHouse::with_catalogue();
        let closed = filed(&test, "3 Tô Hiệu, Phường Một").await;
        let moved = filed(&test, "5 Tô Hiệu, P. Hai, Quận Thử Nghiệm").await;
        filed(&test, "").await;
        withdrawn(&test, &closed).await;
        let views = |days| By::ALL.map(|by| form(&test, days, None, by));
        let [sectors, units, ..] = views(MARCH);
        assert_eq!(short(&units), [("Phường Một", 3, 0, 1, 2)]);
        let old = test.unit("phuong");
        let reform = check(&test.house, "thu.toml", PLAN).unwrap();
        plan(&test.house, &reform, None).await.unwrap();
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        let new = reform.begins[0].0;

        let unsettled = views(SPRING);
        assert_eq!(settle(&test.house).await.unwrap(), 2);
        let settled = views(SPRING);
        assert_eq!(unsettled, settled, "a plan in force says what histories say later");
        for views in [&settled, &views(MARCH)] {
            for report in views {
                every_number_opens_its_dossiers(&test, report).await;
                assert_eq!(report.total, views[0].total, "{:?}", report.by);
            }
        }
        let [sectors_after, units_after, heirs, grounds] = views(MARCH);
        assert_eq!((&sectors_after.rows, &units_after.rows), (&sectors.rows, &units.rows), "the past is what it was");
        assert_eq!(short(&heirs), [("Phường Mới", 3, 0, 1, 2)]);
        assert_eq!(short(&grounds), [("(địa chỉ không ghi rõ địa bàn)", 1, 0, 0, 1), ("Phường Mới", 2, 0, 1, 1)]);

        withdrawn(&test, &moved).await;
        let [_, units, heirs, _] = views(SPRING);
        assert_eq!(units.cuts, [date(2025, 4, 2)]);
        assert_eq!(short(&units), [("Phường Một", 3, 0, 1, 2), ("Phường Mới", 0, 2, 1, 1)]);
        assert_eq!(short(&heirs), [("Phường Mới", 3, 0, 2, 1)]);
        assert_eq!((units.total, units.handed_over), (heirs.total, 0));
        every_number_opens_its_dossiers(&test, &units).await;
        let of_old = form(&test, SPRING, Some(old), By::Unit);
        assert_eq!((of_old.total.resolved_total, of_old.total.open_total, of_old.handed_over), (1, 0, 2));
        let of_new = form(&test, SPRING, Some(new), By::Sector);
        assert_eq!((of_new.total.carried_over, of_new.total.received_total, of_new.handed_over), (2, 2, 0));
        assert!(of_old.csv("x", Columns::NAMES).unwrap().contains("Phường Một (01/03/2025–01/04/2025),3,"));

        assert_eq!(verify(&test.house, |_, _| {}).await.unwrap().differences, []);
        rebuild(&test.house, |_, _| {}).unwrap();
        assert_eq!(verify(&test.house, |_, _| {}).await.unwrap().differences, []);
        assert_eq!(form(&test, SPRING, None, By::Unit), units);
    });
}

/// Nobody's lateness passes to who comes after, and what one unit let grow late stays its own.
#[test]
fn lateness_before_the_instant_stays_with_who_let_it_grow() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = filed(&test, "").await;
        let reform = check(&test.house, "thu.toml", &PLAN.replace("2025-04-02", "2025-06-02")).unwrap();
        plan(&test.house, &reform, None).await.unwrap();
        let late =
            |days| form(&test, days, None, By::Unit).rows.iter().map(|it| it.columns.open_late).collect::<Vec<_>>();
        let may = (date(2025, 5, 1), date(2025, 5, 31));
        assert_eq!(late(may), [1], "it was due in April");
        turned(&test, "2025-06-02T08:00");
        flip_due(&test.house).await.unwrap();
        settle(&test.house).await.unwrap();
        withdrawn(&test, &open).await;
        let report = form(&test, (may.0, date(2025, 6, 30)), None, By::Unit);
        assert_eq!(short(&report), [("Phường Một", 0, 1, 0, 1), ("Phường Mới", 0, 1, 1, 0)]);
        assert_eq!(report.rows.iter().map(|it| it.columns.open_late).collect::<Vec<_>>(), [1, 0]);
        assert_eq!(late(may), [1], "and so it stays");
    });
}
