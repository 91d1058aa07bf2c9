//! Who is told of a reorganisation, and what no rule placed until somebody routed it.

use super::*;
use domain::ids::DossierId;

/// The second plan of a chain: what the first one made is called and seated otherwise from the day after.
const FURTHER: &str = r#"
schema = "motcua.reform/1"
id = "tiep"
title = "Phường Mới nhập vào phường Lớn"
instrument = "Nghị quyết"
number = "13/NQ-HĐND"
signed_on = "2025-04-02"
effective_at = "2025-04-04T00:00"
ends = ["phuong-moi"]
[provenance]
invented = ["everything"]
[[unit]]
key = "phuong-lon"
name = "Phường Lớn"
level = "ward"
standing = "authority"
parent = "quan"
codes = { agency = "H99.30.04" }
seat = "Số 4 phố Mẫu"
[[edge]]
from = ["phuong-moi"]
to = "phuong-lon"
extent = "whole"
[[staff]]
from = ["phuong-moi"]
to = "phuong-lon"
"#;

fn told(test: &TestHouse, kind: &str) -> Vec<(String, String)> {
    let all = test.house.db.read_now(|tx| storage::outbox::latest(tx, 100)).unwrap();
    let mut found: Vec<_> = all.into_iter().filter(|it| it.kind == kind).map(|it| (it.channel, it.body)).collect();
    found.sort();
    found
}

#[test]
fn everybody_with_a_dossier_in_flight_is_told_once_by_every_channel() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = test.file_at_desk(|_| {}).await;
        test.file_at_desk(|plan| plan.filing.by_message = false).await;
        let closed = test.file_at_desk(|_| {}).await;
        test.act("tiep.nhan", &closed, Command::Withdraw { reason: "Không cần nữa".to_owned() }).await;
        staged(&test).await;
        assert_eq!(told(&test, "transferred"), [], "nothing is said before it is so");
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        settle(&test.house).await.unwrap();
        settle(&test.house).await.unwrap();
        let told = told(&test, "transferred");
        let channels: Vec<&str> = told.iter().map(|it| it.0.as_str()).collect();
        assert_eq!(channels, ["email", "email", "sms"], "by every channel asked for, and once");
        let letter = told.iter().find(|it| it.1.contains(open.code.as_str())).unwrap();
        assert!(
            letter.1.contains("được chuyển giao theo Nghị quyết 12/NQ-HĐND. Mã và ngày hẹn trả giữ nguyên"),
            "{letter:?}"
        );
        assert!(told[2].1.contains("Phuong Moi") || told[2].1.contains("Phường Mới"), "{told:?}");
    });
}

#[test]
fn who_was_moved_twice_before_anybody_looked_is_told_where_it_lies_now() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = test.file_at_desk(|_| {}).await;
        staged(&test).await;
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        let further = check(&test.house, "tiep.toml", FURTHER).unwrap();
        plan(&test.house, &further, None).await.unwrap();
        turned(&test, "2025-04-04T08:00");
        flip_due(&test.house).await.unwrap();
        settle(&test.house).await.unwrap();
        let log = test.house.db.read_now(|tx| dossiers::log(tx, open.id)).unwrap();
        let moved = log.iter().filter(|it| it.event.kind() == "transferred").count();
        let told = told(&test, "transferred");
        assert_eq!((moved, told.len()), (2, 2), "two events, one notice by each of two channels: {told:?}");
        assert!(
            told[0].1.contains("Nghị quyết 13/NQ-HĐND") && told[0].1.contains("Phường Lớn, Số 4 phố Mẫu"),
            "{told:?}"
        );
        is_sound(&test).await;
    });
}

/// The first ward is split: no rule for anybody without an address.
const SPLIT: &str = r#"
schema = "motcua.reform/1"
id = "tach"
title = "Tách phường Một"
instrument = "Nghị quyết"
number = "14/NQ-HĐND"
signed_on = "2025-03-20"
effective_at = "2025-04-02T00:00"
ends = ["phuong"]
[provenance]
invented = ["everything"]
[[unit]]
key = "phuong-tay"
name = "Phường Tây"
level = "ward"
standing = "authority"
parent = "quan"
codes = { agency = "H99.30.03" }
[[unit]]
key = "phuong-dong"
name = "Phường Đông"
level = "ward"
standing = "authority"
parent = "quan"
codes = { agency = "H99.30.04" }
seat = "Số 9 phố Đông"
[[edge]]
from = ["phuong"]
to = "phuong-tay"
extent = "default"
[[edge]]
from = ["phuong"]
to = "phuong-dong"
extent = "part"
[[territory]]
from = ["phuong"]
to = "phuong-dong"
groups = ["Tổ 3"]
[[staff]]
from = ["phuong"]
to = "phuong-tay"
"#;

#[test]
fn who_is_told_is_counted_as_notices_are_sent() {
    run(async {
        let test = TestHouse::with_catalogue();
        let told = test.file_at_desk(|_| {}).await;
        let without = |wishes: bool| {
            test.file_at_desk(move |plan| {
                plan.filing.by_message = wishes;
                plan.filing.submitter.email.clear();
                if wishes {
                    plan.filing.submitter.phone.clear();
                }
            })
        };
        for wishes in [true, false] {
            without(wishes).await;
        }
        let split = check(&test.house, "tach.toml", SPLIT).unwrap();
        let found = consequences(&test.house, &split).unwrap();
        assert_eq!((found.total(&Matter::Notices), found.total(&Matter::NotTold)), (1, 2));
        plan(&test.house, &split, None).await.unwrap();
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        settle(&test.house).await.unwrap();
        let sent = test.house.db.read_now(|tx| storage::outbox::latest(tx, 100)).unwrap();
        let mut sent: Vec<_> = sent.iter().filter(|it| it.kind == "transferred").map(|it| it.dossier).collect();
        sent.dedup();
        assert_eq!(sent, [Some(told.id)], "by telephone and by letter");
    });
}

#[test]
fn what_no_rule_placed_is_listed_until_somebody_routes_it() {
    run(async {
        let test = TestHouse::with_catalogue();
        let open = test.file_at_desk(|_| {}).await;
        let ruled = test.file_at_desk(|plan| plan.filing.submitter.address = "Số 1, tổ 3".to_owned()).await;
        let split = check(&test.house, "tach.toml", SPLIT).unwrap();
        plan(&test.house, &split, None).await.unwrap();
        let listed = async |login: &str| -> Vec<(DossierId, bool)> {
            let found = crate::routing::list(&test.house, staff_id(login)).await.unwrap();
            found.into_iter().map(|it| (it.card.id, it.waits_long)).collect()
        };
        assert_eq!(listed("tiep.nhan").await, [], "its instant has not come");
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        for login in ["tiep.nhan", "lanh.dao", "kiem.soat"] {
            assert_eq!(listed(login).await, [(open.id, false)], "{login}: at once, and nothing a rule placed");
        }
        settle(&test.house).await.unwrap();
        assert_eq!(listed("tiep.nhan").await, [(open.id, false)]);
        for login in ["thu.ly", "van.thu", "nguoi.la", "quan.tri"] {
            assert_eq!(listed(login).await, [], "{login} may not route");
        }
        turned(&test, "2025-04-03T08:00");
        assert_eq!(listed("lanh.dao").await, [(open.id, true)], "its head is told after a day");
        is_sound(&test).await;
        let east = split.begins[1].0;
        let route = |to| Command::Route { to, reason: "Nhà ở phố Đông".to_owned() };
        let asked = |login: &str, to| Asked {
            actor: Actor::Staff(staff_id(login)),
            id: open.id,
            version: None,
            command: route(to),
            once: None,
        };
        assert!(matches!(handle(&test.house, asked("thu.ly", east)).await, Err(AppError::Forbidden)));
        handle(&test.house, asked("tiep.nhan", east)).await.unwrap();
        let after = dossier(&test, &open);
        assert_eq!((after.competent_unit, after.desk, after.needs_routing), (east, east, false));
        assert_eq!(dossier(&test, &ruled).competent_unit, east);
        assert_eq!(listed("kiem.soat").await, []);
        let told = told(&test, "routed");
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].1.contains("nay do Phường Đông giải quyết") && told[0].1.contains("Số 9 phố Đông"), "{told:?}");
        is_sound(&test).await;
    });
}

/// The ward that keeps what was closed is one, and the ward on whose ground its subject lives another: both read it, and nobody else
/// without a reason.
#[test]
fn what_was_closed_is_read_where_its_subject_lives_now() {
    run(async {
        let test = TestHouse::with_catalogue();
        let withdrawn = Command::Withdraw { reason: "Không cần nữa".to_owned() };
        let mut closed = Vec::new();
        for address in ["Số 1, tổ 3", "Số 1, tổ 4"] {
            let it = test.file_at_desk(|plan| plan.filing.submitter.address = address.to_owned()).await;
            test.act("tiep.nhan", &it, withdrawn.clone()).await;
            closed.push(it);
        }
        let east = "\n[[staff]]\nfrom = [\"phuong-hai\"]\nto = \"phuong-dong\"\nas = \"reception\"\n";
        let split = check(&test.house, "tach.toml", &format!("{SPLIT}{east}")).unwrap();
        plan(&test.house, &split, None).await.unwrap();
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        let reads = |login: &str, it: &Handled| {
            let (found, log) = test.house.db.read_now(|tx| dossiers::find(tx, it.id)).unwrap().unwrap();
            let actor = Actor::Staff(staff_id(login));
            let relations = crate::actor::relations(&actor, &found, &log, &test.house.now_known(), test.now());
            crate::authorise::reads_by_task(&relations)
        };
        for _ in ["unsettled", "settled"] {
            assert_eq!(closed.iter().map(|it| reads("nguoi.la", it)).collect::<Vec<_>>(), [true, false]);
            assert_eq!(closed.iter().map(|it| reads("lanh.dao", it)).collect::<Vec<_>>(), [true, true]);
            settle(&test.house).await.unwrap();
        }
    });
}

/// A form begun with a ward that was split before it was sent: the rules place it as they place dossiers, and what they do not place
/// is routed by hand.
#[test]
fn a_form_begun_before_a_split_goes_where_its_subject_lives() {
    run(async {
        let test = TestHouse::with_catalogue();
        let split = check(&test.house, "tach.toml", SPLIT).unwrap();
        plan(&test.house, &split, None).await.unwrap();
        turned(&test, "2025-04-02T08:00");
        flip_due(&test.house).await.unwrap();
        let [west, east] = [split.begins[0].0, split.begins[1].0];
        let sent = async |address: &str| {
            let it = test.file_online(|plan| plan.filing.submitter.address = address.to_owned()).await;
            dossier(&test, &it)
        };
        let placed = sent("Số 1, tổ 3").await;
        assert_eq!((placed.desk, placed.competent_unit, placed.needs_routing), (east, east, false));
        let open = sent("Số 1").await;
        assert_eq!((open.desk, open.competent_unit, open.needs_routing), (west, west, true));
        let listed = crate::routing::list(&test.house, staff_id("kiem.soat")).await.unwrap();
        assert_eq!(
            listed.iter().map(|it| (it.card.id, it.since)).collect::<Vec<_>>(),
            [(open.id, Some(open.filed_at))]
        );
        let command = Command::Route { to: east, reason: "Nhà ở phố Đông".to_owned() };
        let asked =
            Asked { actor: Actor::Staff(staff_id("tiep.nhan")), id: open.id, version: None, command, once: None };
        handle(&test.house, asked).await.unwrap();
        let (after, _) = test.house.db.read_now(|tx| dossiers::find(tx, open.id)).unwrap().unwrap();
        assert_eq!((after.desk, after.competent_unit, after.needs_routing), (east, east, false));
        is_sound(&test).await;
    });
}
