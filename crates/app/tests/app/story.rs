//! One long life of a dossier, every act as the person whose act it is.

use app::AppError;
use app::actor::Actor;
use domain::dossier::{
    ClockView, Command, DossierCode, Draft, Evidence, FiledPaper, Outcome, Proxy, Status, SupplementItem,
};
use std::net::Ipv4Addr;
use storage::dossiers;
use storage::engine::StorageError;
use storage::people::{self, Tries};
use testkit::{Office, at};

#[tokio::test]
async fn a_birth_is_registered_online_with_a_supplement_and_handed_over() {
    a_birth_is_lived(Office::open()).await;
}

#[tokio::test]
async fn a_birth_is_registered_on_a_server_as_it_is_in_a_file() {
    a_birth_is_lived(Office::open_on_server()).await;
}

async fn a_birth_is_lived(office: Office) {
    let staff = office.staff;
    let filed = office.file_online("dang-ky-khai-sinh@ward").await;
    assert_eq!(filed.code.as_str(), "H24.30.23-250303-0001");
    let id = filed.id;
    let stranger = office.act(staff.other_reception, id, Command::Accept).await;
    assert!(matches!(stranger, Err(AppError::Forbidden)), "a desk of another ward");
    office.turn_to("2025-03-03T09:30");
    office.act(staff.reception, id, Command::Accept).await.unwrap();
    assert_eq!(office.dossier(id).due.unwrap().at, at("2025-03-03T17:30"), "received before 15:00, due the same day");

    office.act(staff.specialist, id, Command::TakeOn).await.unwrap();
    let paper = office.dossier(id).filing.get().unwrap().papers[1].requirement.clone();
    let ask = Command::RequestSupplement {
        items: vec![SupplementItem {
            requirement: Some(paper.clone()),
            what: "Bản gửi mờ trang 2".into(),
            ..Default::default()
        }],
        reason: "Không đọc được năm sinh".into(),
        legal_basis: String::new(),
        override_reason: String::new(),
        days: None,
    };
    office.turn_to("2025-03-03T10:30");
    office.act(staff.specialist, id, ask).await.unwrap();
    let view = app::dossiers::open(&office.house, &Actor::Citizen(office.citizen), &filed.code).await.unwrap();
    assert!(view.waits_for_citizen());
    assert!(matches!(view.clock, ClockView::Paused { .. }));

    office.turn_to("2025-03-04T10:30");
    let supply = Command::Supply {
        papers: vec![FiledPaper { requirement: paper, ..Default::default() }],
        answers: Default::default(),
        note: "Bản rõ hơn".into(),
    };
    let other = office.ask(Actor::Citizen(office.other_citizen), id, supply.clone(), None).await;
    assert!(matches!(other, Err(AppError::NotFound)), "to another citizen it does not exist");
    office.ask(Actor::Citizen(office.citizen), id, supply, None).await.unwrap();
    assert_eq!(office.dossier(id).due.unwrap().at, at("2025-03-04T17:30"), "a working day was waited");

    while office.dossier(id).step.kind != domain::procedure::StepKind::Sign {
        let last = office.act(staff.specialist, id, Command::Forward { to: None, note: String::new() }).await;
        if last.is_err() {
            let draft = Draft { text: "Đủ điều kiện".into(), document: None };
            let submit = Command::SubmitForSignature { outcome: Outcome::Granted, draft, to: None };
            office.act(staff.specialist, id, submit).await.unwrap();
        }
    }
    office.act(staff.leader, id, Command::Sign).await.unwrap();
    office.turn_to("2025-03-04T15:00");
    office.act(staff.clerk, id, Command::Issue { number: "12/2025".into(), document: None }).await.unwrap();
    let evidence = Evidence { receiver: "Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm".into(), ..Default::default() };
    office.act(staff.reception, id, Command::Deliver { evidence, by_proxy: Proxy::Owner }).await.unwrap();

    let end = office.dossier(id);
    assert_eq!(end.status, Status::Delivered);
    assert_eq!(end.decision.as_ref().unwrap().code, "H24.30.23-250303-0001-KQ1");
    let report = app::report::form_06a(
        &office.house,
        "2025-03-01".parse().unwrap(),
        "2025-03-31".parse().unwrap(),
        None,
        app::report::By::Sector,
    )
    .unwrap();
    assert_eq!((report.total.resolved_total, report.total.resolved_online, report.total.resolved_on_time), (1, 1, 1));
    assert!(report.total.adds_up());
    every_number_opens_its_dossiers(&office, &report).await;
    let found = app::integrity::verify(&office.house, |_, _| {}).await.unwrap();
    assert_eq!(found.differences, []);
}

/// As many dossiers lie behind a number of form II.06a as it says, in every column of every row.
async fn every_number_opens_its_dossiers(office: &Office, report: &app::report::Report06a) {
    let rows = report.rows.iter().map(|it| (Some(&it.of), &it.columns)).chain([(None, &report.total)]);
    for (row, it) in rows {
        let [c3, c4, c5, c6, c7, _online, c8, c9, c10, c11, c12, c13] = it.values();
        for (column, count) in (3..).zip([c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13]) {
            let behind =
                app::report::behind_06a(&office.house, (report.from, report.to), None, (report.by, row), column)
                    .await
                    .unwrap();
            assert_eq!(i64::try_from(behind.len()).unwrap(), count, "{row:?}, column {column}");
        }
    }
}

#[tokio::test]
async fn numbers_are_unbroken_also_when_a_filing_is_refused() {
    let office = Office::open();
    let first = office.file_online("dang-ky-khai-sinh@ward").await;
    let mut plan =
        office.plan("dang-ky-khai-sinh@ward", domain::procedure::Channel::Online, office.ward, Some(office.citizen));
    plan.channel = domain::procedure::Channel::Counter;
    let refused = app::handle::file(&office.house, Actor::Citizen(office.citizen), plan, None).await;
    assert!(refused.is_err());
    let second = office.file_online("dang-ky-khai-sinh@ward").await;
    assert!(first.code.as_str().ends_with("-0001") && second.code.as_str().ends_with("-0002"));
}

#[tokio::test]
async fn a_foreign_code_is_kept_and_uses_no_number() {
    let office = Office::open();
    let mut plan =
        office.plan("dang-ky-khai-sinh@ward", domain::procedure::Channel::Online, office.ward, Some(office.citizen));
    plan.foreign_code = Some(domain::dossier::DossierCode::parse("G01.899.105-250303-7001").unwrap());
    let foreign = app::handle::file(&office.house, Actor::Citizen(office.citizen), plan.clone(), None).await.unwrap();
    assert_eq!(foreign.code.as_str(), "G01.899.105-250303-7001");
    let again = app::handle::file(&office.house, Actor::Citizen(office.citizen), plan, None).await;
    assert!(matches!(again, Err(AppError::Invalid(_))), "a code is unique for ever");
    assert!(office.file_online("dang-ky-khai-sinh@ward").await.code.as_str().ends_with("-0001"));
}

#[tokio::test]
async fn codes_of_every_length_are_found() {
    codes_are_found(Office::open()).await;
}

#[tokio::test]
async fn codes_of_every_length_are_found_on_a_server() {
    codes_are_found(Office::open_on_server()).await;
}

/// The database keeps codes by their ends, and cuts the end of a short one off in its own way.
async fn codes_are_found(office: Office) {
    let citizen = Some(office.citizen);
    let mut plan = office.plan("dang-ky-khai-sinh@ward", domain::procedure::Channel::Online, office.ward, citizen);
    let phone = plan.filing.submitter.phone.clone();
    let digits = &phone[phone.len() - 4..];
    let nobody = ("lookup", "nobody");
    for length in 1..=16 {
        let code = DossierCode::parse(&"A7/3-X.15-2B-9Q4"[..length]).unwrap();
        plan.foreign_code = Some(code.clone());
        let filed = app::handle::file(&office.house, Actor::Citizen(office.citizen), plan.clone(), None).await.unwrap();
        let (id, tails, found) = office
            .house
            .db
            .read_now(|tx| {
                let found = people::look_up(tx, nobody, nobody, Some(&code))?;
                Ok::<_, StorageError>((dossiers::find_id(tx, &code)?, dossiers::tails(tx, &code)?, found))
            })
            .unwrap();
        assert_eq!(id, Some(filed.id), "{code}");
        assert_eq!((tails.as_ref().map(|it| it.0), &tails), (Some(filed.id), &found.tails), "{code}");
        let seen = app::lookup::look_up(&office.house, code.as_str(), digits, Ipv4Addr::LOCALHOST.into()).await;
        assert_eq!(seen.unwrap().dossier.id, filed.id, "{code}");
        let again = app::handle::file(&office.house, Actor::Citizen(office.citizen), plan.clone(), None).await;
        assert!(matches!(again, Err(AppError::Invalid(_))), "{code} is taken");
    }
    let missed = office.house.db.read_now(|tx| people::look_up(tx, nobody, nobody, None)).unwrap();
    assert!(missed.tails.is_none());
}

#[tokio::test]
async fn what_is_held_against_a_code_and_an_address_is_told_apart() {
    for office in [Office::open(), Office::open_on_server()] {
        let now = office.house.clock.now();
        let (code, address) = (("lookup", "a"), ("address", "b"));
        let tries = |count| Tries { count, since: now, locked_until: now.plus_seconds(60) };
        let put = office.house.db.write_now(|tx| {
            people::put_tries(tx, address.0, address.1, tries(7))?;
            people::put_tries(tx, "share", code.1, tries(9))
        });
        put.unwrap();
        let found = |one, other| office.house.db.read_now(|tx| people::look_up(tx, one, other, None)).unwrap().tries;
        assert_eq!(found(code, address), [Tries::default(), tries(7)]);
        assert_eq!(found(address, code), [tries(7), Tries::default()]);
    }
}

#[tokio::test]
async fn every_flagship_form_is_filled_in_and_filed() {
    let office = Office::open();
    let known = office.house.now_known();
    let with_form: Vec<_> = known.catalogue.all().filter(|it| !it.forms.is_empty()).cloned().collect();
    let flagships: std::collections::BTreeSet<&str> = with_form.iter().map(|it| it.procedure.slug.as_str()).collect();
    assert_eq!(flagships.len(), 18);
    let mut filed = 0;
    for revision in &with_form {
        let unit = if revision.procedure.tab.as_str() == "ward" { office.ward } else { office.district };
        let desk = if unit == office.ward { office.staff.reception } else { office.staff.district_reception };
        let plan = office.plan(&revision.procedure.to_string(), domain::procedure::Channel::Counter, unit, None);
        let answered = plan.filing.answers.0.len();
        assert!(answered > 0, "{} is answered", revision.procedure);
        let outcome = app::handle::file(&office.house, Actor::Staff(desk), plan, None).await;
        match (revision.time_limit.is_some(), outcome) {
            (true, Ok(handled)) => {
                let kept = office.dossier(handled.id).filing.get().map(|it| it.answers.0.len());
                assert_eq!(kept, Some(answered), "{}", revision.procedure);
                filed += 1;
            }
            (false, Err(AppError::Refused(_))) => {}
            (has_term, other) => panic!("{} with a term ({has_term}): {other:?}", revision.procedure),
        }
    }
    assert!(filed >= 18, "only {filed} were filed");
}
