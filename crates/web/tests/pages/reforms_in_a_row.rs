//! Five reorganisations one after the other, each drawn by lot, over dossiers wherever one can stand: nothing that was promised changes,
//! every code, link and paper of before opens, and somebody who stands today owes every next act.

use app::actor::Actor;
use app::report::By;
use domain::dossier::{
    Command, Dossier, Draft, Evidence, ObligationItem, Outcome, Owner, Proxy, Recorded, Status, SupplementItem,
};
use domain::ids::{DossierId, UnitId};
use domain::post::Post;
use std::fmt::Write as _;
use testkit::{Browser, Office, at};

const BIRTH: &str = "dang-ky-khai-sinh@ward";
/// The last is carried out at noon.
const INSTANTS: [&str; 5] =
    ["2025-03-10T00:00", "2025-03-20T00:00", "2025-04-01T00:00", "2025-04-10T00:00", "2025-04-22T12:00"];

/// The same lots for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

fn key(office: &Office, unit: UnitId) -> String {
    let today = office.house.clock.now().day();
    office.house.now_known().organisation.attributes_on(unit, today).unwrap().code("house").unwrap().to_owned()
}

/// The file of a plan while it is written.
struct File(String);

impl File {
    fn begun(nth: usize, effective_at: &str, ends: &[&str]) -> Self {
        let ends: Vec<String> = ends.iter().map(|it| format!("{it:?}")).collect();
        Self(format!(
            "schema = \"motcua.reform/1\"\nid = \"lan-{nth}\"\ntitle = \"Sắp xếp lần {nth}\"\ninstrument = \"Nghị quyết\"\n\
             number = \"{nth}/NQ-HĐND\"\nsigned_on = \"2025-03-01\"\neffective_at = \"{effective_at}\"\nends = [{}]\n\
             [provenance]\ninvented = [\"everything\"]\n",
            ends.join(", ")
        ))
    }

    fn unit(&mut self, key: &str, name: &str, code: &str) {
        write!(
            self.0,
            "[[unit]]\nkey = {key:?}\nname = {name:?}\nlevel = \"ward\"\nstanding = \"authority\"\nparent = \"quan-le-chan\"\n\
             codes = {{ agency = {code:?} }}\n"
        )
        .unwrap();
    }

    fn edge(&mut self, from: &str, to: &str, extent: &str) {
        writeln!(self.0, "[[edge]]\nfrom = [{from:?}]\nto = {to:?}\nextent = {extent:?}").unwrap();
    }

    fn street(&mut self, from: &str, to: &str, street: &str) {
        writeln!(self.0, "[[territory]]\nfrom = [{from:?}]\nto = {to:?}\nstreets = [{street:?}]").unwrap();
    }

    fn staff(&mut self, from: &str, to: &str) {
        writeln!(self.0, "[[staff]]\nfrom = [{from:?}]\nto = {to:?}").unwrap();
    }
}

/// A plan about the ward where the dossiers lie and another one: merged, split, dissolved or renamed.
fn drawn(office: &Office, dice: &mut Dice, here: UnitId, nth: usize, effective_at: &str) -> String {
    let known = office.house.now_known();
    let today = office.house.clock.now().day();
    let wards = known.organisation.standing_on(today).filter(|(id, it)| it.level == "ward" && *id != here);
    let others: Vec<UnitId> = wards.map(|it| it.0).collect();
    let other = key(office, others[dice.below(others.len())]);
    let old_code = known.organisation.attributes_on(here, today).unwrap().code("agency").unwrap().to_owned();
    let here = key(office, here);
    // Every other time the State gives key and code of the old unit to the new one.
    let reuses = dice.below(2) == 0;
    let code = if reuses { old_code } else { format!("H24.30.7{nth}") };
    let (new, name) = (format!("phuong-moi-{nth}"), format!("Phường Mới {nth}"));
    match dice.below(4) {
        0 => {
            let mut file = File::begun(nth, effective_at, &[&here, &other]);
            file.unit(&new, &name, &code);
            for from in [&here, &other] {
                file.edge(from, &new, "whole");
                file.staff(from, &new);
            }
            file.0
        }
        1 => {
            let mut file = File::begun(nth, effective_at, &[&here]);
            let own = if reuses { here.clone() } else { new };
            let part = format!("phuong-tach-{nth}");
            file.unit(&own, &name, &code);
            file.unit(&part, &format!("Phường Tách {nth}"), &format!("H24.30.8{nth}"));
            file.edge(&here, &own, "default");
            file.edge(&here, &part, "part");
            file.street(&here, &part, "phố Mẫu");
            file.street(&here, &own, "phố Khác");
            // Where the people went, the dossiers may not have gone.
            file.staff(&here, if dice.below(2) == 0 { &own } else { &part });
            file.0
        }
        2 => {
            let mut file = File::begun(nth, effective_at, &[&here]);
            file.edge(&here, &other, "whole");
            file.staff(&here, &other);
            file.0
        }
        _ => {
            let mut file = File::begun(nth, effective_at, &[]);
            writeln!(file.0, "[[change]]\nunit = {here:?}\nname = \"Phường Đổi Tên {nth}\"").unwrap();
            file.0
        }
    }
}

fn words() -> String {
    "Thử nghiệm, không có thật".to_owned()
}

/// A dossier wherever one can stand.
async fn everywhere(office: &Office) -> Vec<DossierId> {
    let staff = office.staff;
    let mut all = Vec::new();
    for stage in 0..11 {
        let id = office.file_online(BIRTH).await.id;
        all.push(id);
        let item = SupplementItem { requirement: None, field: None, name: "Giấy khác".to_owned(), what: words() };
        let asked = Command::RequestSupplement {
            items: vec![item],
            reason: words(),
            legal_basis: "NĐ 61/2018/NĐ-CP".to_owned(),
            override_reason: String::new(),
            days: None,
        };
        match stage {
            0 => continue,
            1 => drop(
                office
                    .act(staff.reception, id, Command::Refuse { reason: words(), legal_basis: words() })
                    .await
                    .unwrap(),
            ),
            2 => drop(office.act(staff.reception, id, asked).await.unwrap()),
            _ => drop(office.act(staff.reception, id, Command::Accept).await.unwrap()),
        }
        if stage == 4 {
            office.ask(Actor::Citizen(office.citizen), id, Command::Withdraw { reason: words() }, None).await.unwrap();
        }
        if stage >= 5 {
            worked_on(office, id, stage).await;
        }
    }
    let statuses: std::collections::BTreeSet<u8> =
        all.iter().map(|id| office.dossier(*id).status.national_code()).collect();
    assert_eq!(statuses.len(), 10, "{statuses:?}");
    all
}

/// What a dossier lives after it was received, as far as the stage.
async fn worked_on(office: &Office, id: DossierId, stage: u8) {
    let staff = office.staff;
    let draft = Draft { text: "Đủ điều kiện".to_owned(), document: None };
    let owed = vec![ObligationItem { name: "Lệ phí".to_owned(), amount_vnd: 8_000 }];
    office.act(staff.specialist, id, Command::TakeOn).await.unwrap();
    if stage == 10 {
        office.act(staff.leader, id, Command::Discontinue { reason: words(), legal_basis: words() }).await.unwrap();
        return;
    }
    if stage == 6 {
        office
            .act(staff.specialist, id, Command::NotifyObligation { items: owed, pay_by: None, note: String::new() })
            .await
            .unwrap();
    }
    if stage < 7 {
        return;
    }
    while office.dossier(id).step.kind != domain::procedure::StepKind::Sign {
        let forward = Command::Forward { to: None, note: String::new() };
        if office.act(staff.specialist, id, forward).await.is_err() {
            let submit = Command::SubmitForSignature { outcome: Outcome::Granted, draft: draft.clone(), to: None };
            office.act(staff.specialist, id, submit).await.unwrap();
        }
    }
    if stage >= 8 {
        office.act(staff.leader, id, Command::Sign).await.unwrap();
        office.act(staff.clerk, id, Command::Issue { number: format!("{stage}/2025"), document: None }).await.unwrap();
    }
    if stage == 9 {
        let evidence =
            Evidence { receiver: "Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm".into(), ..Evidence::default() };
        office.act(staff.reception, id, Command::Deliver { evidence, by_proxy: Proxy::Owner }).await.unwrap();
    }
}

/// What a reorganisation leaves as it is.
fn promises(it: &Dossier) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        (it.code.clone(), it.revision.clone(), it.regime.clone(), it.calendar.clone(), it.received_at, it.filed_at),
        (it.answer_by, it.due, it.first_due, it.promised_at(), it.finished_at, it.pause),
        (it.owed_vnd, it.paid_vnd, it.filing.clone(), it.draft.clone(), it.signed, it.decision.clone()),
        (it.supplement.clone(), it.status, it.step, it.asked_at_intake, it.asked_at_appraisal),
    )
}

fn log(office: &Office, id: DossierId) -> Vec<Recorded> {
    office.house.db.read_now(|tx| storage::dossiers::log(tx, id)).unwrap()
}

/// Everything of before opens for everybody, and somebody owes the next act.
async fn everything_opens(office: &Office, all: &[DossierId], original_code: &str) {
    let site = Browser::new(office);
    let known = office.house.now_known();
    let today = office.house.clock.now().day();
    let (mut citizen, mut control) = (site.another(), site.another());
    citizen.sign_in("congdan").await.is(303);
    control.sign_in_staff("kiemsoat").await.is(303);
    let found = control.get(&format!("/nghiep-vu/tim?q={original_code}")).await;
    for id in all {
        let it = office.dossier(*id);
        let code = it.code.as_str();
        citizen.get(&format!("/ho-so-cua-toi/{code}")).await.is(200).shows(code);
        found.is(200).shows(code);
        let mut nobody = site.another();
        let page = nobody.get(&format!("/tra-cuu?ma={code}")).await;
        nobody.post(&page, "/tra-cuu", &[("ma", code), ("so", "3412")]).await.is(200).shows(code);
        if it.received_at.is_some() {
            citizen.get(&format!("/ho-so-cua-toi/{code}/giay-hen")).await.is(200).shows("PHƯỜNG HÀNG KÊNH");
        }
        for recorded in
            log(office, *id).iter().filter(|it| ["supplement_requested", "not_accepted"].contains(&it.event.kind()))
        {
            let letter = citizen.get(&format!("/ho-so-cua-toi/{code}/phieu/{}", recorded.seq)).await;
            letter.is(200).shows("PHƯỜNG HÀNG KÊNH");
        }
        let owner = known.organisation.owner_now(&it);
        for unit in [
            owner.unit,
            known.organisation.responsible_now(&it),
            known.organisation.desk_now(&it),
            known.organisation.collect_now(&it),
        ] {
            assert!(known.organisation.find_unit(unit).unwrap().stands_on(today), "{code}");
        }
        assert!(it.is_sound(), "{code}");
        let holders: Vec<_> = known.mandates.holders(owner.unit, owner.post, today).collect();
        if it.status.is_open() && !holders.is_empty() {
            let login = login_of(office, holders[0]);
            let mut officer = site.another();
            officer.sign_in_staff(login).await.is(303);
            officer.get(&format!("/nghiep-vu/ho-so/{code}")).await.is(200).shows(code);
        }
    }
}

fn login_of(office: &Office, person: domain::ids::PersonId) -> &'static str {
    let staff = office.staff;
    let all = [
        (staff.reception, "tn.hangkenh"),
        (staff.specialist, "cv.hangkenh"),
        (staff.second_specialist, "cv2.hangkenh"),
        (staff.leader, "ld.hangkenh"),
        (staff.clerk, "vt.hangkenh"),
        (staff.other_reception, "tn.anbien"),
        (staff.other_specialist, "cv.anbien"),
        (staff.district_leader, "ld.quan"),
        (staff.district_clerk, "vt.quan"),
    ];
    all.into_iter().find(|it| it.0 == person).map(|it| it.1).unwrap()
}

/// Who answers for each of them, owes the next act, and sits at its desks.
fn lies(office: &Office, all: &[DossierId]) -> Vec<(UnitId, Owner, UnitId, UnitId)> {
    let known = office.house.now_known();
    let organisation = &known.organisation;
    let of = |it: &Dossier| {
        let (owner, desk) = (organisation.owner_now(it), organisation.desk_now(it));
        (organisation.responsible_now(it), owner, desk, organisation.collect_now(it))
    };
    all.iter().map(|id| of(&office.dossier(*id))).collect()
}

async fn lived(seed: u64) {
    let office = Office::open_with(|rules| rules.citizen_accounts = Some(true));
    let mut dice = Dice(seed);
    let all = everywhere(&office).await;
    let original = {
        let known = office.house.now_known();
        let today = office.house.clock.now().day();
        known.organisation.attributes_on(office.ward, today).unwrap().code("agency").unwrap().to_owned()
    };
    let before: Vec<_> = all.iter().map(|id| (promises(&office.dossier(*id)), log(&office, *id))).collect();
    let total = |by| {
        app::report::form_06a(&office.house, "2025-03-01".parse().unwrap(), "2025-03-05".parse().unwrap(), None, by)
            .unwrap()
            .total
    };
    let counted = total(By::Unit);
    for (nth, instant) in INSTANTS.into_iter().enumerate() {
        let here = office.house.now_known().organisation.responsible_now(&office.dossier(all[0]));
        let text = drawn(&office, &mut dice, here, nth + 1, instant);
        let plan = app::reform::check(&office.house, "lan.toml", &text)
            .unwrap_or_else(|why| panic!("seed {seed}: {why}\n{text}"));
        app::reform::plan(&office.house, &plan, None).await.unwrap();
        office.house.clock.turn_to(at(instant).plus_seconds(3_600));
        app::reform::flip_before_acting(&office.house).await.unwrap();
        // Now and then the next plan finds dossiers that the one before has not settled.
        if dice.below(2) == 0 {
            app::reform::settle(&office.house).await.unwrap();
        }
        everything_opens(&office, &all, &original).await;
        for (id, (promised, history)) in all.iter().zip(&before) {
            assert_eq!(promises(&office.dossier(*id)), *promised, "seed {seed}, reform {nth}");
            assert_eq!(log(&office, *id).get(..history.len()), Some(history.as_slice()));
        }
        for by in By::ALL {
            assert_eq!(total(by), counted, "seed {seed}, reform {nth}, {by:?}");
        }
        let fresh = office.file_online(BIRTH).await;
        assert!(office.dossier(fresh.id).is_sound());
    }
    app::reform::settle(&office.house).await.unwrap();
    everything_opens(&office, &all, &original).await;
    // One more, which is taken back: everything lies where it lay.
    let before = lies(&office, &all);
    let here = office.house.now_known().organisation.responsible_now(&office.dossier(all[0]));
    let text = drawn(&office, &mut dice, here, 6, "2025-05-06T00:00");
    let plan = app::reform::check(&office.house, "lan.toml", &text).unwrap();
    app::reform::plan(&office.house, &plan, None).await.unwrap();
    office.turn_to("2025-05-06T00:30");
    app::reform::flip_before_acting(&office.house).await.unwrap();
    office.turn_to("2025-05-07T08:00");
    app::reform::undo(&office.house, plan.id, None).await.unwrap();
    app::reform::settle(&office.house).await.unwrap();
    assert_eq!(lies(&office, &all), before, "seed {seed}");
    everything_opens(&office, &all, &original).await;
    for by in By::ALL {
        assert_eq!(total(by), counted, "seed {seed}, taken back, {by:?}");
    }
    let open = all.iter().filter(|id| office.dossier(**id).status.is_open()).count();
    assert_eq!((open, Status::New.is_open()), (7, true));
    assert_eq!(app::integrity::verify(&office.house, |_, _| {}).await.unwrap().differences, [], "seed {seed}");
    assert!(office.house.now_known().mandates.all().iter().any(|it| it.post == Post::ControlOfficer));
}

#[tokio::test]
async fn five_in_a_row_lose_nothing_and_every_code_opens() {
    for seed in [1, 2, 3] {
        lived(seed).await;
    }
}
