//! What people who come for the first time must not stumble over: the door of officers, a date that passed, numbers that open what they
//! count, what is signed, confirmed or left blank without being read.

use app::work::{Counted, behind, overview};
use domain::dossier::Command;
use domain::ids::DraftId;
use domain::procedure::{StepClock, StepKind};
use testkit::{Answer, Browser, Office};

const BIRTH: &str = "dang-ky-khai-sinh@ward";

async fn citizen(office: &Office) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in("congdan").await.is(303);
    browser
}

async fn staff(office: &Office, login: &str) -> Browser {
    let mut browser = Browser::new(office);
    browser.sign_in_staff(login).await.is(303);
    browser
}

#[tokio::test]
async fn an_officer_finds_the_door_from_every_page_of_citizens() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    assert!(browser.get("/").await.shows("Dành cho cán bộ").body.contains("href=\"/can-bo\""));
    assert_eq!(browser.get("/can-bo").await.is(303).location, "/can-bo/dang-nhap");
    let page = browser.get("/dang-nhap").await;
    page.hides("Cán bộ đăng nhập ở đây");
    let wrong = browser.post(&page, "/dang-nhap", &[("ten", "tn.hangkenh"), ("mat_khau", "khong-dung")]).await;
    wrong.is(422).shows("Cán bộ đăng nhập ở đây");
    staff(&office, "cv.hangkenh").await.get("/nghiep-vu").await.hides("Dành cho cán bộ");
}

#[tokio::test]
async fn a_late_dossier_says_so_first_with_whom_to_ask() {
    let office = Office::open();
    let filed = office.file_online(BIRTH).await;
    office.act(office.staff.reception, filed.id, Command::Accept).await.unwrap();
    let own = format!("/ho-so-cua-toi/{}", filed.code);
    citizen(&office).await.get(&own).await.is(200).shows("Đang giải quyết.").hides("Xin lỗi bạn");
    office.turn_to("2025-03-20T09:00");
    let late = citizen(&office).await.get(&own).await;
    late.shows("Đã trễ hẹn").shows("làm việc. Xin lỗi bạn.").shows("Hỏi Bộ phận Một cửa").shows("So với ngày hẹn");
    assert!(late.body.contains("<a href=\"#trao-doi\">Gửi phản ánh</a>"));
    let mut anybody = Browser::new(&office);
    let form = anybody.get("/tra-cuu").await;
    let found = anybody.post(&form, "/tra-cuu", &[("ma", &filed.code.to_string()), ("so", "3412")]).await;
    found.is(200).shows("Đã trễ hẹn").shows("Giao người giải quyết hồ sơ").hides("Nhận việc hoặc phân công");
    let mut officer = staff(&office, "cv.hangkenh").await;
    officer.get(&format!("/nghiep-vu/ho-so/{}", filed.code)).await.is(200).shows("quá hạn");
}

#[tokio::test]
async fn every_number_of_a_leader_opens_the_dossiers_it_counts() {
    let office = Office::open();
    let late = office.file_online(BIRTH).await;
    office.act(office.staff.reception, late.id, Command::Accept).await.unwrap();
    office.turn_to("2025-03-20T09:00");
    let other = office.file_online(BIRTH).await;
    office.act(office.staff.reception, other.id, Command::Accept).await.unwrap();
    for (login, person) in [("ld.hangkenh", office.staff.leader), ("ld.quan", office.staff.district_leader)] {
        let seen = overview(&office.house, person).await.unwrap();
        let counts = |of: fn(&app::work::UnitLoad) -> i64| seen.loads.iter().map(of).sum::<i64>();
        for (number, count) in [
            (Counted::Late, counts(|it| it.late)),
            (Counted::DueToday, counts(|it| it.due_today)),
            (Counted::Open, counts(|it| it.open)),
            (Counted::Waiting, counts(|it| it.waiting)),
        ] {
            let listed = behind(&office.house, person, number, None).await.unwrap();
            assert_eq!(listed.len() as i64, count, "{login} {number:?}");
            for load in &seen.loads {
                let of_unit = behind(&office.house, person, number, Some(load.unit)).await.unwrap();
                assert!(of_unit.iter().all(|it| listed.iter().any(|all| all.id == it.id)));
            }
        }
        let mut leader = staff(&office, login).await;
        let page = leader.get("/lanh-dao").await;
        page.is(200).shows("Đang quá hạn").hides("Không có hồ sơ quá hạn");
        assert!(page.body.contains("/lanh-dao/ho-so?so=qua-han"));
        let list = leader.get("/lanh-dao/ho-so?so=qua-han").await;
        list.is(200).shows(&late.code.to_string()).hides(&other.code.to_string());
    }
    let mut ward = staff(&office, "ld.hangkenh").await;
    ward.get(&format!("/lanh-dao/ho-so?so=qua-han&don-vi={}", office.district)).await.is(404);
}

#[tokio::test]
async fn a_leader_reads_the_draft_where_it_is_signed() {
    let office = Office::open();
    let (_, code) = super::officer::to_sign(&office).await;
    let mut leader = staff(&office, "ld.hangkenh").await;
    let home = format!("/nghiep-vu/ho-so/{code}");
    leader.get(&home).await.is(200).shows("Đọc dự thảo");
    let page = leader.get(&format!("{home}/viec/ky")).await;
    page.is(200).shows("Dự thảo: giải quyết theo yêu cầu").shows("Đủ điều kiện đăng ký.");
    let (read, signed) = (page.body.find("Đủ điều kiện đăng ký").unwrap(), page.body.find("value=\"lam\"").unwrap());
    assert!(read < signed, "read before it is signed");
}

#[tokio::test]
async fn what_is_confirmed_stands_to_be_read() {
    let office = Office::open();
    let mut revision = (*office.house.now_known().catalogue.current(&BIRTH.parse().unwrap()).unwrap()).clone();
    let at = revision.steps.iter().position(|it| it.kind == StepKind::Work).unwrap() + 1;
    let asks = domain::procedure::Step {
        kind: StepKind::Citizen,
        clock: StepClock::Paused,
        clock_stated: Some("waiting_applicant_max_1_day".to_owned()),
        ..revision.steps[at - 1].clone()
    };
    revision.steps.insert(at, asks);
    for (step, number) in revision.steps.iter_mut().zip(1..) {
        step.number = number;
    }
    app::catalogue::publish(&office.house, &[revision], None).unwrap();
    let filed = office.file_online(BIRTH).await;
    office.act(office.staff.reception, filed.id, Command::Accept).await.unwrap();
    let onward = Command::Forward { to: None, note: String::new() };
    office.act(office.staff.specialist, filed.id, onward).await.unwrap();
    let mut browser = citizen(&office).await;
    browser.get("/ho-so-cua-toi").await.shows("Đọc lại thông tin sẽ ghi trên giấy và xác nhận, chậm nhất");
    let own = format!("/ho-so-cua-toi/{}", filed.code);
    browser.get(&own).await.shows("Đọc và xác nhận");
    let page = browser.get(&format!("{own}/xac-nhan")).await;
    page.is(200).shows("Thông tin").shows("Đúng, tôi xác nhận").shows("Có chỗ sai").shows("coi như bạn đồng ý");
    let told = office.dossier(filed.id);
    let name = told.filing.get().unwrap().answers.text("con_ho_ten").unwrap_or_default().to_owned();
    page.shows(&name).shows("Hỏi Bộ phận Một cửa");
    browser.post(&page, &format!("{own}/xac-nhan"), &[("phien", &page.hidden("phien"))]).await.is(303);
}

#[tokio::test]
async fn what_is_left_blank_is_said_and_what_is_corrected_leads_back() {
    let office = Office::open();
    let mut browser = citizen(&office).await;
    let start = format!("/nop-ho-so/{BIRTH}");
    let page = browser.get(&start).await;
    let form = browser.post(&page, &start, &[("don_vi", &office.ward.to_string())]).await.is(303).location.clone();
    let review = browser.get(&form.replace("to-khai", "xem-lai")).await;
    review.is(200).shows("Các phần bạn để trống:").hides("ghi bằng chữ").hides("Không có");
    let again = browser.get(&format!("{form}?soat=1")).await;
    again.shows("Lưu, về trang xem lại").hides("Tiếp tục");
    let fields = [("soat", "1"), ("phien-ban", &again.hidden("phien-ban")), ("viec", "luu-lai")];
    assert!(browser.post(&again, &form, &fields).await.is(303).location.ends_with("/to-khai?soat=1"));
    browser.get(&form).await.shows("Tiếp tục").hides("Lưu, về trang xem lại");
}

#[tokio::test]
async fn a_number_in_groups_is_a_number_and_one_mistake_is_told_once() {
    let office = Office::open();
    let mut browser = Browser::new(&office);
    let page = browser.get("/dang-ky").await;
    let typed = [
        ("ho_ten", "Ngô Thị Mẫu"),
        ("so_can_cuoc", "031 163 001.234"),
        ("ngay_sinh.d", "5"),
        ("ngay_sinh.m", "3"),
        ("ngay_sinh.y", "63"),
        ("dien_thoai", "12"),
        ("mat_khau", "mot-cau-rat-dai"),
    ];
    let wrong = browser.post(&page, "/dang-ky", &typed).await;
    wrong.is(422).shows("Năm gồm 4 số").hides("gồm 12 chữ số").hides("Tên đăng nhập (không bắt buộc): Chưa điền");
    wrong.hides("Tên đăng nhập: Chưa điền");
}

const OWN: &str = "Tôn Nữ Hoàng Ngọc Phương Quỳnh Trâm";
const HOME: &str = "Số 18 ngõ 64 phố Mẫu, phường Hàng Kênh";
const PARENTS: [&str; 5] = ["me_ho_ten", "me_nam_sinh", "me_noi_cu_tru", "cha_ho_ten", "cha_nam_sinh"];

/// A form about a birth that a citizen is writing.
struct Writing {
    office: Office,
    browser: Browser,
    draft: DraftId,
}

impl Writing {
    async fn begun() -> Self {
        let office = Office::open();
        let browser = citizen(&office).await;
        let id = BIRTH.parse().unwrap();
        let draft = app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap();
        Self { office, browser, draft }
    }

    fn path(&self) -> String {
        format!("/nop-ho-so/don/{}/to-khai", self.draft)
    }

    async fn page(&mut self) -> Answer {
        let path = self.path();
        self.browser.get(&path).await
    }

    /// Sends a page with nothing else on it than this; what the draft holds of the parents then.
    async fn sent(&mut self, page: &Answer, typed: &[(&str, &str)]) -> [String; 5] {
        let (path, seen) = (self.path(), page.hidden("phien-ban"));
        let typed = [typed, &[("phien-ban", seen.as_str()), ("viec", "luu-lai")][..]].concat();
        self.browser.post(page, &path, &typed).await.is(303);
        let raw = app::applying::load(&self.office.house, self.office.citizen, self.draft).await.unwrap().body.raw;
        PARENTS.map(|it| raw.get(it).and_then(|values| values.first()).cloned().unwrap_or_default())
    }

    /// The same from a page that was opened for it.
    async fn kept(&mut self, typed: &[(&str, &str)]) -> [String; 5] {
        let page = self.page().await;
        self.sent(&page, typed).await
    }

    /// A mother's form whose part the house filled in.
    async fn of_mother() -> Self {
        let mut form = Self::begun().await;
        assert_eq!(form.kept(&[("nyc_quan_he", "Mẹ")]).await, [OWN, "1994", HOME, "", ""]);
        form
    }
}

/// Who applies, and the mother's part as a page shows it.
fn said<'a>(who: &'a str, [name, year, home]: [&'a str; 3]) -> [(&'static str, &'a str); 4] {
    [("nyc_quan_he", who), ("me_ho_ten", name), ("me_nam_sinh", year), ("me_noi_cu_tru", home)]
}

#[tokio::test]
async fn whoever_says_they_are_the_mother_does_not_type_what_is_known() {
    let mut form = Writing::begun().await;
    form.page().await.shows("những gì tài khoản đã có được điền vào khi bạn đi tiếp");
    assert_eq!(form.kept(&[("nyc_quan_he", "Mẹ")]).await, [OWN, "1994", HOME, "", ""]);
    let page = form.page().await;
    assert!(page.body.contains(&format!("name=\"me_ho_ten\" value=\"{OWN}\"")), "the next page shows it");
    // Said otherwise on that page it goes along, however often that page saves itself.
    for _ in 0..2 {
        let held = form.sent(&page, &said("Cha", [OWN, "1994", HOME])).await;
        assert_eq!(held, ["", "", "", OWN, "1994"]);
    }
}

#[tokio::test]
async fn a_part_that_somebody_made_anothers_keeps_what_they_left_in_it() {
    let hers = ["Ngô Thị Mẫu", "1970", HOME];
    let mut form = Writing::of_mother().await;
    let held = form.kept(&said("Ông, bà", hers)).await;
    assert_eq!(held, ["Ngô Thị Mẫu", "1970", HOME, "", ""], "they live in one household");

    // A page that saves itself in between is sent with half of it.
    let mut form = Writing::of_mother().await;
    let page = form.page().await;
    let held = form.sent(&page, &said("Ông, bà", [OWN, "1994", HOME])).await;
    assert_eq!(held, ["", "", "", "", ""], "who is no mother is not named as one");
    assert_eq!(form.sent(&page, &said("Ông, bà", hers)).await, ["Ngô Thị Mẫu", "1970", HOME, "", ""]);
    assert_eq!(form.kept(&said("Ông, bà", hers)).await, ["Ngô Thị Mẫu", "1970", HOME, "", ""]);
}

#[tokio::test]
async fn what_was_typed_by_hand_stays_also_where_it_is_what_the_house_knows() {
    let mut form = Writing::begun().await;
    let typed = [OWN, "1994", HOME];
    assert_eq!(form.kept(&said("Mẹ", typed)).await, [OWN, "1994", HOME, "", ""]);
    assert_eq!(form.kept(&said("Ông, bà", typed)).await, [OWN, "1994", HOME, "", ""]);

    let mut form = Writing::begun().await;
    assert_eq!(form.kept(&said("Mẹ", [OWN, "", ""])).await, [OWN, "1994", HOME, "", ""]);
    assert_eq!(form.kept(&said("Ông, bà", typed)).await, [OWN, "", "", "", ""], "the rest was filled in");

    let mut form = Writing::begun().await;
    assert_eq!(form.kept(&said("Mẹ", ["Ngô Thị Mẫu", "", ""])).await, ["Ngô Thị Mẫu", "", "", "", ""]);
}

#[tokio::test]
async fn a_box_that_was_emptied_stays_empty() {
    let mut form = Writing::of_mother().await;
    for _ in 0..2 {
        assert_eq!(form.kept(&said("Mẹ", [OWN, "", HOME])).await, [OWN, "", HOME, "", ""]);
    }

    // A page that does not show yet what was filled in empties nothing.
    let mut form = Writing::begun().await;
    let page = form.page().await;
    for _ in 0..2 {
        assert_eq!(form.sent(&page, &said("Mẹ", ["", "", ""])).await, [OWN, "1994", HOME, "", ""]);
    }
    assert_eq!(form.kept(&said("Mẹ", ["", "", ""])).await, ["", "", "", "", ""]);
}

#[tokio::test]
async fn who_names_another_mother_does_not_give_her_the_accounts_year_and_home() {
    let mut form = Writing::of_mother().await;
    let page = form.page().await;
    for _ in 0..2 {
        let held = form.sent(&page, &said("Mẹ", ["Ngô Thị Mẫu", "1994", HOME])).await;
        assert_eq!(held, ["Ngô Thị Mẫu", "", "", "", ""]);
    }
    for _ in 0..2 {
        let held = form.kept(&said("Mẹ", ["Ngô Thị Mẫu", "1994", ""])).await;
        assert_eq!(held, ["Ngô Thị Mẫu", "1994", "", "", ""], "typed once more it is hers");
    }

    let mut form = Writing::of_mother().await;
    assert_eq!(form.kept(&said("Mẹ", [OWN, "1993", HOME])).await, [OWN, "1993", HOME, "", ""]);
    let held = form.kept(&said("Mẹ", ["Ngô Thị Mẫu", "1993", HOME])).await;
    assert_eq!(held, ["Ngô Thị Mẫu", "1993", "", "", ""], "what somebody changed stays");
}

#[tokio::test]
async fn a_page_that_is_not_kept_shows_what_would_be_filled_in() {
    let mut form = Writing::begun().await;
    let (path, old) = (form.path(), form.page().await);
    form.kept(&[("nyc_quan_he", "Mẹ"), ("con_ho_ten", "Ngô Mẫu")]).await;
    let seen = old.hidden("phien-ban");
    let typed = [("phien-ban", seen.as_str()), ("nyc_quan_he", "Mẹ"), ("me_nam_sinh", ""), ("viec", "luu-lai")];
    let refused = form.browser.post(&old, &path, &typed).await;
    assert!(refused.is(409).body.contains("name=\"me_nam_sinh\" value=\"1994\""));
    let again = said("Mẹ", [OWN, "", HOME]);
    assert_eq!(form.sent(&refused, &again).await, [OWN, "", HOME, "", ""], "emptied where it was seen");
}

#[tokio::test]
async fn a_mother_born_in_2020_is_told_which_two_answers_to_look_at() {
    let office = Office::open();
    let mut browser = citizen(&office).await;
    let id = BIRTH.parse().unwrap();
    let draft = app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap();
    let path = format!("/nop-ho-so/don/{draft}/to-khai");
    let page = browser.get(&path).await;
    let seen = page.hidden("phien-ban");
    let typed = [
        ("phien-ban", seen.as_str()),
        ("con_ngay_sinh.d", "28"),
        ("con_ngay_sinh.m", "2"),
        ("con_ngay_sinh.y", "2025"),
        ("me_nam_sinh", "2020"),
        ("cha_nam_sinh", "2015"),
        ("viec", "tiep"),
    ];
    let refused = browser.post(&page, &path, &typed).await;
    let told =
        "Năm sinh (III. Người mẹ): Phải trước 28/02/2025 (đã ghi trong tờ khai) ít nhất 10 năm, tức muộn nhất là";
    refused.is(422).shows(told).hides("Năm sinh (IV.");
    assert!(refused.body.contains("href=\"#me_nam_sinh\""));
    let english = browser.get(&format!("{path}?lang=en")).await;
    english.shows("It must lie at least 10 years before 28 February 2025").shows("2015 at the latest");
}
