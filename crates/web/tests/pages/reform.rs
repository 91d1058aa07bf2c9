//! A reorganisation through the pages: the district and seven wards of Lê Chân become two new wards on 1 July 2025.

use app::reform;
use app::slips::{self, SlipBody, SlipKind, SlipOrder};
use domain::dossier::{Command, Dossier};
use domain::ids::UnitId;
use domain::organisation::reform::Reorganisation;
use domain::procedure::Channel;
use testkit::{Answer, Browser, Office};

/// As the resolution of 16 June 2025, with whole wards: how it split some is another test's.
const PLAN: &str = r#"
schema = "motcua.reform/1"
id = "le-chan"
title = "Kết thúc hoạt động quận Lê Chân, thành lập phường Lê Chân và phường An Biên"
instrument = "Nghị quyết"
number = "1669/NQ-UBTVQH15"
signed_on = "2025-06-16"
effective_at = "2025-07-01T00:00"
era = "post-2025-07"
ends = [DISTRICT, WARDS_OF_LE_CHAN, WARDS_OF_AN_BIEN]
[provenance]
invented = ["everything"]
[[unit]]
key = "phuong-le-chan"
name = "Phường Lê Chân"
level = "ward"
standing = "authority"
codes = { gso = "11383", agency = "H24.30.51" }
[[unit]]
key = "phuong-an-bien"
name = "Phường An Biên"
level = "ward"
standing = "authority"
codes = { gso = "11407", agency = "H24.30.52" }
[[edge]]
from = [DISTRICT, WARDS_OF_LE_CHAN]
to = "phuong-le-chan"
extent = "whole"
[[edge]]
from = [WARDS_OF_AN_BIEN]
to = "phuong-an-bien"
extent = "whole"
[[staff]]
from = [DISTRICT, WARDS_OF_LE_CHAN]
to = "phuong-le-chan"
[[staff]]
from = [WARDS_OF_AN_BIEN]
to = "phuong-an-bien"
[[offer]]
unit = "phuong-le-chan"
from = [DISTRICT, WARDS_OF_LE_CHAN]
[[offer]]
unit = "phuong-an-bien"
from = ["quan-le-chan", WARDS_OF_AN_BIEN]
"#;
const DISTRICT: &str = r#""quan-le-chan", "phong-tu-phap", "phong-quan-ly-do-thi", "phong-lao-dong", "phong-giao-duc", "phong-tai-chinh", "phong-kinh-te", "phong-tai-nguyen", "phong-y-te", "phong-noi-vu", "thanh-tra", "phong-van-hoa""#;
const WARDS_OF_LE_CHAN: &str =
    r#""phuong-hang-kenh", "phuong-du-hang-kenh", "phuong-kenh-duong", "phuong-tran-nguyen-han""#;
const WARDS_OF_AN_BIEN: &str = r#""phuong-an-bien", "phuong-an-duong", "phuong-vinh-niem""#;
const BIRTH: &str = "dang-ky-khai-sinh@ward";

/// A plan with the units it speaks of.
fn filled(plan: &str) -> String {
    let lists =
        [("DISTRICT", DISTRICT), ("WARDS_OF_LE_CHAN", WARDS_OF_LE_CHAN), ("WARDS_OF_AN_BIEN", WARDS_OF_AN_BIEN)];
    lists.iter().fold(plan.to_owned(), |text, (name, units)| text.replace(name, units))
}

/// An office in June 2025 that keeps accounts of its own, with the plan staged.
async fn planned() -> (Office, Reorganisation) {
    let office = Office::open_with(|rules| rules.citizen_accounts = Some(true));
    office.turn_to("2025-06-27T09:00");
    let plan = reform::check(&office.house, "le-chan.toml", &filled(PLAN)).unwrap();
    reform::plan(&office.house, &plan, None).await.unwrap();
    (office, plan)
}

fn begun(plan: &Reorganisation, name: &str) -> UnitId {
    plan.begins.iter().find(|it| it.1.name == name).unwrap().0
}

/// The list must empty also where nobody of the control officers works in the unit the dossier lies with.
#[tokio::test]
async fn a_control_officer_of_another_unit_routes_what_the_list_shows_them() {
    let office = Office::open();
    office.turn_to("2025-06-27T09:00");
    let whole = "[[edge]]\nfrom = [WARDS_OF_AN_BIEN]\nto = \"phuong-an-bien\"\nextent = \"whole\"\n";
    let split = r#"[[edge]]
from = ["phuong-an-duong", "phuong-vinh-niem"]
to = "phuong-an-bien"
extent = "whole"
[[edge]]
from = ["phuong-an-bien"]
to = "phuong-an-bien"
extent = "default"
[[edge]]
from = ["phuong-an-bien"]
to = "phuong-le-chan"
extent = "part"
[[territory]]
from = ["phuong-an-bien"]
to = "phuong-le-chan"
streets = ["Mẫu Đông"]
"#;
    let plan = reform::check(&office.house, "le-chan.toml", &filled(&PLAN.replace(whole, split))).unwrap();
    reform::plan(&office.house, &plan, None).await.unwrap();
    let mut paper = office.plan(BIRTH, Channel::Counter, office.other_ward, None);
    paper.filing.submitter.address = "Số 3 Không Đâu".to_owned();
    paper.fee_vnd = 8_000;
    let receiver = app::actor::Actor::Staff(office.staff.other_reception);
    let code = app::handle::file(&office.house, receiver, paper, None).await.unwrap().code.to_string();
    office.turn_to("2025-07-01T08:00");
    reform::flip_before_acting(&office.house).await.unwrap();
    reform::settle(&office.house).await.unwrap();

    // Theirs is phường Lê Chân from now on; the dossier lies with phường An Biên.
    let mut browser = Browser::new(&office);
    browser.sign_in_staff("kiemsoat").await.is(303);
    browser.get("/nghiep-vu/phan-tuyen").await.is(200).shows(&code).shows("Phường An Biên");
    let address = format!("/nghiep-vu/ho-so/{code}/viec/phan-tuyen");
    let why = browser.get(&address).await;
    let asked = why.is(303).location.clone();
    let page = browser.get(&asked).await;
    let given = browser.post(&page, &asked, &[("ly-do", "kiem-tra"), ("ghi", "Danh sách cần phân tuyến")]).await;
    assert_eq!(given.is(303).location, address);
    let form = browser.get(&address).await;
    form.is(200).shows("Địa chỉ của chủ hồ sơ: Số 3 Không Đâu.");
    let (once, version) = (form.hidden("mot-lan"), form.hidden("phien-ban"));
    let unit = begun(&plan, "Phường Lê Chân").to_string();
    let fields = [("phien-ban", version.as_str()), ("mot-lan", &once), ("don-vi", &unit), ("ly-do", "Nhà ở Mẫu Đông.")];
    let routed = browser.post_files(&form, &address, &fields, &[]).await;
    browser.get(&routed.is(303).location).await.is(200).shows("Không còn hồ sơ nào cần phân tuyến.");
}

/// A birth filed online and received in phường Hàng Kênh.
async fn received(office: &Office) -> Dossier {
    let filed = office.file_online(BIRTH).await;
    office.act(office.staff.reception, filed.id, Command::Accept).await.unwrap();
    office.dossier(filed.id)
}

async fn looked_up(site: &Browser, code: &str) -> Answer {
    let mut nobody = site.another();
    let page = nobody.get(&format!("/tra-cuu?ma={code}")).await;
    nobody.post(&page, "/tra-cuu", &[("ma", code), ("so", "3412")]).await
}

#[tokio::test]
async fn pages_and_papers_of_the_past_say_what_became_of_the_unit() {
    let (office, _plan) = planned().await;
    let it = received(&office).await;
    let code = it.code.as_str();
    let site = Browser::new(&office);
    let mut citizen = site.another();
    citizen.sign_in("congdan").await;
    let (own, slip) = (format!("/ho-so-cua-toi/{code}"), format!("/ho-so-cua-toi/{code}/giay-hen"));
    citizen.get(&own).await.is(200).hides("nay thuộc");
    let before = citizen.get(&slip).await;
    before.is(200).shows("PHƯỜNG HÀNG KÊNH").hides("nay thuộc");
    let due = before.text().split("Thời gian trả kết quả").nth(1).map(|it| it.chars().take(60).collect::<String>());

    // Nobody puts the plan in force but the first request after its instant.
    office.turn_to("2025-07-01T08:00");
    citizen.sign_in("congdan").await.is(303);
    let since = "Phường Hàng Kênh nay thuộc phường Lê Chân, từ ngày 01/07/2025";
    for _ in ["unsettled", "settled"] {
        citizen
            .get(&own)
            .await
            .is(200)
            .shows(since)
            .shows("Mã hồ sơ và ngày hẹn không đổi")
            .shows("Sắp xếp đơn vị hành chính");
        let after = citizen.get(&slip).await;
        after.is(200).shows("PHƯỜNG HÀNG KÊNH").shows("In lại ngày 01/07/2025").shows(since).shows("vẫn có giá trị");
        let same = after.text().split("Thời gian trả kết quả").nth(1).map(|it| it.chars().take(60).collect::<String>());
        assert_eq!(due, same);
        // The code and the link of the QR are those of the old paper.
        looked_up(&site, code).await.is(200).shows(since).shows("Nơi nhận hồ sơ Phường Lê Chân").hides("Quỳnh Trâm");
        citizen.get("/ho-so-cua-toi").await.is(200).shows(code).shows("Phường Lê Chân");
        let mut officer = site.another();
        officer.sign_in_staff("cv.hangkenh").await;
        let page = officer.get(&format!("/nghiep-vu/ho-so/{code}")).await;
        page.is(200).shows(since).shows("Theo Nghị quyết 1669/NQ-UBTVQH15");
        for text in ["H%C3%A0ng+K%C3%AAnh", "L%C3%AA+Ch%C3%A2n", "H24.30.51"] {
            officer.get(&format!("/nghiep-vu/tim?q={text}")).await.is(200).shows(code);
        }
        reform::settle(&office.house).await.unwrap();
    }
    // What is made from now on carries the new name alone.
    let new = office.file_online(BIRTH).await;
    assert_eq!(new.code.as_str(), "H24.30.51-250701-0001", "a form for the old desk goes to its heir");
    citizen.get(&format!("/ho-so-cua-toi/{}", new.code)).await.is(200).shows("phường Lê Chân").hides("Hàng Kênh nay");
    assert_eq!((office.dossier(it.id).regime.as_str(), office.dossier(new.id).regime.as_str()), ("2018", "2025"));
}

/// A slip that was given before there was a dossier is of its day; who is asked about it answers today.
#[tokio::test]
async fn a_slip_of_a_unit_that_ended_names_who_answers_today() {
    let office = Office::open();
    office.turn_to("2025-06-27T09:00");
    let named = "name = \"Phường Lê Chân\"\n";
    let seated = format!("{named}seat = \"Số 10 Hồ Sen\"\nphone = \"0999 302 051\"\n");
    let plan = reform::check(&office.house, "le-chan.toml", &filled(&PLAN.replace(named, &seated))).unwrap();
    reform::plan(&office.house, &plan, None).await.unwrap();
    let (name, words) = ("Đặng Thị Kiên Nhẫn".to_owned(), "Nộp ở nơi cư trú của mẹ".to_owned());
    let body = SlipBody { name, words, ..SlipBody::default() };
    let order = |kind| SlipOrder {
        desk: office.ward,
        kind,
        procedure: Some(BIRTH.parse().unwrap()),
        ground: "khong-tham-quyen".to_owned(),
        body: body.clone(),
    };
    let reception = office.staff.reception;
    let guidance = slips::give(&office.house, reception, order(SlipKind::Guidance), "mot").await.unwrap();
    let refusal = slips::give(&office.house, reception, order(SlipKind::Refusal), "hai").await.unwrap();
    let (known, given_on) = (office.house.now_known(), office.house.clock.now().day());
    let old = known.organisation.attributes_on(office.ward, given_on).expect("the ward");
    let site = Browser::new(&office);
    let asked = async |shown: &str, hidden: &str| {
        let mut desk = site.another();
        desk.sign_in_staff("tn.hangkenh").await.is(303);
        for slip in [guidance, refusal] {
            let paper = desk.get(&format!("/quay/phieu/{slip}")).await;
            paper.is(200).shows("PHƯỜNG HÀNG KÊNH").shows(shown).hides(hidden);
        }
    };
    assert!(!old.seat.is_empty() && !old.phone.is_empty());
    let before = format!("Bộ phận Một cửa phường Hàng Kênh, {}, điện thoại {}, hoặc trang ", old.seat, old.phone);
    asked(&before, "0999 302 051").await;
    office.turn_to("2025-07-01T08:00");
    asked("Bộ phận Một cửa phường Lê Chân, Số 10 Hồ Sen, điện thoại 0999 302 051, hoặc trang ", &old.phone).await;
}

#[tokio::test]
async fn rights_and_sessions_end_and_begin_at_the_instant() {
    let (office, plan) = planned().await;
    let it = received(&office).await;
    let site = Browser::new(&office);
    let page = format!("/nghiep-vu/ho-so/{}", it.code);
    let take_on = format!("{page}/nhan-viec");
    let (mut old, mut other) = (site.another(), site.another());
    old.sign_in_staff("cv.hangkenh").await;
    other.sign_in_staff("cv.anbien").await;

    office.turn_to("2025-06-30T23:59:59");
    // A session of Friday has ended by Monday night: who works then signs in again.
    old.sign_in_staff("cv.hangkenh").await;
    other.sign_in_staff("cv.anbien").await;
    let seen = old.get(&page).await;
    seen.is(200).shows("Nhận việc");
    let version = office.dossier(it.id).version.to_string();
    let known = office.house.now_known();
    let new = begun(&plan, "Phường Lê Chân");
    assert!(known.mandates.all().iter().all(|held| held.unit != new), "nobody is of the new unit yet");

    office.turn_to("2025-07-01T00:00");
    // The form of a minute ago: the session is over, and nothing was done.
    let late = old.post(&seen, &take_on, &[("phien-ban", &version), ("mot-lan", "a")]).await;
    assert!([303, 401].contains(&late.status.as_u16()), "{} {}", late.status, late.text());
    assert_eq!(office.dossier(it.id).owner.person, None, "nobody of the old unit acted");
    other.get("/nghiep-vu").await.is(303);
    let known = office.house.now_known();
    let today = office.house.clock.now().day();
    let ended = |unit| known.mandates.all().iter().all(|held| held.unit != unit || !held.holds_on(today));
    assert!([office.ward, office.other_ward, office.district].into_iter().all(ended));

    // Signed in anew, in the new unit: the same work, and not that of the other one.
    old.sign_in_staff("cv.hangkenh").await.is(303);
    let seen = old.get(&page).await;
    seen.is(200).shows("Nhận việc");
    let done = old.post(&seen, &take_on, &[("phien-ban", &version), ("mot-lan", "b")]).await;
    done.is(303);
    let after = office.dossier(it.id);
    assert_eq!((after.owner.unit, after.owner.person), (new, Some(office.staff.specialist)));
    other.sign_in_staff("cv.anbien").await.is(303);
    assert_eq!(other.get(&page).await.status.as_u16(), 303, "who is of another unit gives a reason first");
    // Of the district nothing is left, and its control officer watches over the new ward.
    let mut control = site.another();
    control.sign_in_staff("kiemsoat").await.is(303);
    let report = control.get("/kiem-soat?tu=01%2F06%2F2025&den=31%2F07%2F2025&theo=don-vi").await;
    report.is(200).shows("(01/06/2025–30/06/2025)").shows("(01/07/2025–31/07/2025)").shows("Cộng khớp");
    for by in ["linh-vuc", "ke-thua", "dia-ban"] {
        let report = control.get(&format!("/kiem-soat?tu=01%2F06%2F2025&den=31%2F07%2F2025&theo={by}")).await;
        report.is(200).shows("Cộng khớp");
    }
}

#[tokio::test]
async fn what_was_used_of_a_step_is_used_in_the_new_unit_too() {
    let (office, _) = planned().await;
    let known = office.house.now_known();
    let is_slow = |it: &domain::procedure::ProcedureRevision| {
        let ward = it.procedure.tab.as_str() == "ward" && it.channels.contains(&Channel::Counter);
        let budget = it.step(2).and_then(|step| step.budget_minutes).unwrap_or(0);
        ward && it.time_limit.is_some() && budget > 900
    };
    let slow = known.catalogue.all().find(|it| is_slow(it)).expect("a ward's procedure with hours of a step");
    let it = office.receive_at_counter(&slow.procedure.to_string()).await;
    let page = format!("/nghiep-vu/ho-so/{}", it.code);
    let step_by = |page: &Answer| {
        let text = page.text();
        let by = text.split("Bước này nên xong ").nth(1).unwrap_or_else(|| panic!("no clock of the step: {text}"));
        by.chars().take(20).collect::<String>()
    };
    let mut officer = Browser::new(&office);
    officer.sign_in_staff("cv.hangkenh").await;
    let before = step_by(officer.get(&page).await.is(200));

    office.turn_to("2025-07-01T00:00");
    officer.sign_in_staff("cv.hangkenh").await.is(303);
    assert_eq!(step_by(officer.get(&page).await.is(200)), before);
    reform::settle(&office.house).await.unwrap();
    assert_eq!(step_by(officer.get(&page).await.is(200)), before, "also once its history tells of it");
}

#[tokio::test]
async fn the_successor_offers_what_the_district_did_and_the_district_nothing() {
    let (office, plan) = planned().await;
    let known = office.house.now_known();
    let today = office.house.clock.now().day();
    let online = |of: &str| {
        let all = known.catalogue.all().filter(|it| it.procedure.tab.as_str() == of);
        let open = all.filter(|it| !app::applying::desks_online(&known, it, today).is_empty());
        open.map(|it| it.procedure.clone()).collect::<Vec<_>>()
    };
    let of_district = online("district");
    assert!(of_district.len() > 20, "{}", of_district.len());
    let fresh = |slug: &str| known.catalogue.current(&format!("{slug}@ward").parse().unwrap()).is_none();
    let site = Browser::new(&office);
    let mut citizen = site.another();

    office.turn_to("2025-07-01T08:00");
    citizen.sign_in("congdan").await.is(303);
    let after = office.house.now_known();
    let today = office.house.clock.now().day();
    let new = begun(&plan, "Phường Lê Chân");
    let (mut moved, mut left) = (0, 0);
    for id in &of_district {
        let here = format!("{}@ward", id.slug);
        let Some(there) = after.catalogue.current(&here.parse().unwrap()) else {
            left += 1;
            citizen.get(&format!("/thu-tuc/{id}")).await.is(200).shows("Không còn đơn vị nào ở cấp này tiếp nhận");
            continue;
        };
        if !fresh(&id.slug) {
            continue;
        }
        moved += 1;
        let old = after.catalogue.current(id).unwrap();
        assert_eq!((&there.name, &there.steps, &there.time_limit), (&old.name, &old.steps, &old.time_limit));
        assert!(app::applying::desks_online(&after, &there, today).contains(&new), "{here}");
        assert_eq!(app::applying::desks_online(&after, &old, today), [], "{id}");
    }
    assert!(moved > 10, "{moved} moved, {left} left");
    let id = of_district
        .iter()
        .find(|it| fresh(&it.slug) && after.catalogue.current(&format!("{}@ward", it.slug).parse().unwrap()).is_some())
        .unwrap();
    let (old, here) = (format!("/nop-ho-so/{id}"), format!("/nop-ho-so/{}@ward", id.slug));
    assert_eq!(citizen.get(&old).await.is(303).location, format!("/thu-tuc/{id}"), "the ended unit takes nothing");
    citizen.get(&format!("/thu-tuc/{id}")).await.is(200).shows("Không còn đơn vị nào ở cấp này tiếp nhận");
    let page = citizen.get(&here).await;
    page.is(200).shows("phường Lê Chân").shows("phường An Biên").hides("Hàng Kênh");
    citizen.post(&page, &here, &[("don_vi", &office.district.to_string())]).await.is(422);
    let begun = citizen.post(&page, &here, &[("don_vi", &new.to_string())]).await;
    assert!(begun.is(303).location.ends_with("/to-khai"), "{}", begun.location);
    // At the counter, too.
    let plan = office.plan(&format!("{}@ward", id.slug), Channel::Counter, new, None);
    let actor = app::actor::Actor::Staff(office.staff.reception);
    let filed = app::handle::file(&office.house, actor, plan, None).await.unwrap();
    assert_eq!(filed.code.as_str(), "H24.30.51-250701-0001");
    let old = office.plan(&id.to_string(), Channel::Online, office.district, Some(office.citizen));
    let refused = app::handle::file(&office.house, app::actor::Actor::Citizen(office.citizen), old, None).await;
    assert!(matches!(refused, Err(app::AppError::Invalid(_))));
    assert_eq!(app::integrity::verify(&office.house, |_, _| {}).await.unwrap().differences, []);
}

/// Căn cứ: catalogue/le-chan-units.toml: 11383 and 11407 mean other ground from 1 July 2025 on.
#[tokio::test]
async fn a_code_of_the_state_means_the_unit_of_its_day() {
    let (office, _plan) = planned().await;
    office.turn_to("2025-07-01T08:00");
    reform::flip_before_acting(&office.house).await.unwrap();
    let known = office.house.now_known();
    let called = |code: &str, day: &str| {
        let day = day.parse().unwrap();
        let unit = known.organisation.unit_by_code("gso", code, day).unwrap();
        known.organisation.name_on(unit, day).to_owned()
    };
    assert_eq!(
        (called("11383", "2025-06-30"), called("11383", "2025-07-01")),
        ("Phường Trần Nguyên Hãn".into(), "Phường Lê Chân".into())
    );
    assert_eq!(
        (called("11407", "2025-06-30"), called("11407", "2025-07-01")),
        ("Phường Vĩnh Niệm".into(), "Phường An Biên".into())
    );
}

/// What the plan opened is closed: units, series, rights and the procedures it published for the successors; and the same plan can be
/// carried out once more.
#[tokio::test]
async fn taken_back_the_catalogue_is_as_before() {
    let (office, plan) = planned().await;
    let offered = || {
        let known = office.house.now_known();
        let mut all: Vec<_> = known.catalogue.all().map(|it| (it.id.0.clone(), it.procedure.to_string())).collect();
        all.sort();
        all
    };
    let standing = || {
        let known = office.house.now_known();
        let today = office.house.clock.now().day();
        let mut all: Vec<_> = known.organisation.standing_on(today).map(|it| it.0).collect();
        all.sort();
        all
    };
    let (before, units) = (offered(), standing());
    office.turn_to("2025-07-01T08:00");
    reform::flip_before_acting(&office.house).await.unwrap();
    let opened = offered();
    assert!(opened.len() > before.len() + 10, "{} and {}", opened.len(), before.len());
    let undone = reform::undo(&office.house, plan.id, None).await.unwrap();
    assert!(matches!(undone, reform::Undone::TakenBack { .. }), "{undone:?}");
    reform::settle(&office.house).await.unwrap();
    assert_eq!(offered(), before);
    assert_eq!(standing(), units);
    let fresh = opened.iter().find(|it| !before.contains(it)).unwrap();
    let mut citizen = Browser::new(&office);
    citizen.get(&format!("/thu-tuc/{}", fresh.1)).await.is(404);
    assert_eq!(app::integrity::verify(&office.house, |_, _| {}).await.unwrap().differences, []);
    let text = filled(PLAN).replace("2025-07-01T00:00", "2025-07-02T00:00");
    let again = reform::check(&office.house, "le-chan.toml", &text);
    reform::plan(&office.house, &again.unwrap(), None).await.unwrap();
    office.turn_to("2025-07-02T08:00");
    reform::flip_before_acting(&office.house).await.unwrap();
    let names = |all: Vec<(String, String)>| all.into_iter().map(|it| it.1).collect::<Vec<_>>();
    assert_eq!(names(offered()), names(opened));
    office.turn_to("2025-07-02T09:00");
    reform::settle(&office.house).await.unwrap();
    assert_eq!(app::integrity::verify(&office.house, |_, _| {}).await.unwrap().differences, []);
}
