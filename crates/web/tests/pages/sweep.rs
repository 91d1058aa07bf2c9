//! Every route of the router, as everybody. The list is the router's own.

use axum::http::Method;
use testkit::{Answer, Browser, Office};
use web::door::{Door, RouteInfo};

/// Somebody who tries every door.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Who {
    Nobody,
    OtherCitizen,
    OtherOffice,
    Applicant,
    Officer,
    Control,
    Administrator,
    /// Staff whose posts have all ended.
    Former,
}

const EVERYBODY: [Who; 8] = [
    Who::Nobody,
    Who::OtherCitizen,
    Who::OtherOffice,
    Who::Applicant,
    Who::Officer,
    Who::Control,
    Who::Administrator,
    Who::Former,
];

impl Who {
    fn login(self) -> Option<&'static str> {
        match self {
            Self::Nobody => None,
            Self::OtherCitizen => Some("congdan2"),
            Self::Applicant => Some("congdan"),
            Self::OtherOffice => Some("cv.anbien"),
            Self::Officer => Some("tn.hangkenh"),
            Self::Control => Some("kiemsoat"),
            Self::Administrator => Some("quantri"),
            Self::Former => Some("nghihuu"),
        }
    }

    fn is_citizen(self) -> bool {
        matches!(self, Self::OtherCitizen | Self::Applicant)
    }

    fn is_staff(self) -> bool {
        !self.is_citizen() && self != Self::Nobody
    }

    /// Somebody the dossier does not concern.
    fn is_stranger(self) -> bool {
        !matches!(self, Self::Applicant | Self::Officer)
    }
}

struct World {
    office: Office,
    code: String,
    draft: String,
}

impl World {
    async fn new() -> Self {
        Self::of(Office::open()).await
    }

    async fn of(office: Office) -> Self {
        let filed = office.file_online("dang-ky-khai-sinh@ward").await;
        let id = "dang-ky-khai-sinh@ward".parse().unwrap();
        let draft = app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap();
        Self { code: filed.code.to_string(), draft: draft.to_string(), office }
    }

    fn filled(&self, path: &str) -> String {
        path.replace("{code}", &self.code)
            .replace("{draft}", &self.draft)
            .replace("{document}", "0190000000007000800000000000abcd")
            .replace("{ticket}", "0190000000007000800000000000abcd")
            .replace("{unit}", "phuong-hang-kenh")
            .replace("{person}", &self.office.staff.second_specialist.to_string())
            .replace("{seq}", "1")
            .replace("{id}", "dang-ky-khai-sinh@ward")
            .replace("{blob}", "0190000000007000800000000000abcd")
    }
}

async fn browser_of(world: &World, site: &Browser, who: Who) -> (Browser, Answer) {
    let mut browser = site.another();
    if let Some(login) = who.login() {
        let answer = if who.is_staff() { browser.sign_in_staff(login).await } else { browser.sign_in(login).await };
        assert_eq!(answer.status.as_u16(), 303, "{login} cannot sign in: {}", answer.text());
    }
    let page = browser.get("/tra-cuu").await;
    assert!(!page.hidden("csrf").is_empty(), "a page with a form carries a token");
    let _ = world;
    (browser, page)
}

/// Every way to knock at a route: each act by its name; forms with and without files.
async fn tried(
    world: &World,
    browser: &mut Browser,
    page: &Answer,
    route: &RouteInfo,
    who: Who,
) -> Vec<(String, Answer)> {
    let path = world.filled(route.path);
    let paths: Vec<String> = if path.contains("{act}") {
        domain::dossier::Act::ALL.iter().map(|act| path.replace("{act}", act.key())).collect()
    } else {
        vec![path]
    };
    let mut answers = Vec::new();
    for path in paths {
        assert!(!path.contains('{'), "{path}: the sweep does not know this part of a path");
        if route.method == Method::GET {
            answers.push((path.clone(), browser.get(&path).await));
            continue;
        }
        answers.push((path.clone(), browser.post(page, &path, &[]).await));
        if who.is_stranger() {
            let fields = [("phien-ban", "1"), ("mot-lan", path.as_str()), ("lenh", "lam"), ("phien", "1")];
            answers.push((path.clone(), browser.post_files(page, &path, &fields, &[]).await));
        }
    }
    answers
}

fn expected(route: &RouteInfo, who: Who) -> Option<&'static [u16]> {
    let is_get = route.method == Method::GET;
    let sign_in: &[u16] = if is_get { &[303] } else { &[401] };
    match route.door {
        Door::Anyone | Door::Machine => None,
        Door::Account | Door::Citizen | Door::Staff | Door::Posts(_) if who == Who::Nobody => Some(sign_in),
        Door::Account => None,
        Door::Citizen if who.is_staff() => Some(&[403]),
        Door::Citizen => None,
        Door::Staff | Door::Posts(_) if who.is_citizen() => Some(&[404]),
        Door::Staff | Door::Posts(_) if who == Who::Former => Some(&[403]),
        Door::Staff | Door::Posts(_) => None,
    }
}

#[tokio::test]
async fn every_route_answers_everybody_as_its_door_says_and_tells_strangers_nothing() {
    let world = World::new().await;
    let site = Browser::new(&world.office);
    let routes = web::route_list();
    assert!(routes.len() > 50, "only {} routes", routes.len());
    let mut faults = Vec::new();
    for who in EVERYBODY {
        let (mut browser, page) = browser_of(&world, &site, who).await;
        for route in &routes {
            if ["/dang-xuat", "/tai-khoan/thoat"].contains(&route.path) {
                continue;
            }
            for (path, answer) in tried(&world, &mut browser, &page, route, who).await {
                let status = answer.status.as_u16();
                let named = format!("{who:?} {} {path}: {status}", route.method);
                if status >= 500 {
                    faults.push(format!("{named} is a fault"));
                }
                if let Some(allowed) = expected(route, who)
                    && !allowed.contains(&status)
                {
                    faults.push(format!("{named}, expected {allowed:?}"));
                }
                let of_dossier = route.path.contains("{code}") || route.path.contains("{draft}");
                if of_dossier && who.is_stranger() {
                    for secret in ["Quỳnh Trâm", "999194006218", "0999123412", "Số 18 ngõ 64"] {
                        if answer.body.contains(secret) {
                            faults.push(format!("{named} shows {secret:?}"));
                        }
                    }
                    if status == 200 && route.method == Method::POST {
                        faults.push(format!("{named}: a stranger's act succeeded"));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(
        world.office.dossier(world.office.id_of(&world.code)).version,
        1,
        "nobody changed the dossier by an empty form"
    );
}

#[tokio::test]
async fn to_the_public_every_miss_is_the_same_404() {
    let world = World::new().await;
    let mut browser = Browser::new(&world.office);
    browser.sign_in("congdan2").await;
    let miss = |answer: &Answer| (answer.status.as_u16(), answer.text());
    let nothing = browser.get("/khong-co-trang-nay").await;
    for path in [
        format!("/ho-so-cua-toi/{}", world.code),
        "/ho-so-cua-toi/H24.30.23-250303-9999".to_owned(),
        format!("/nghiep-vu/ho-so/{}", world.code),
        format!("/nop-ho-so/don/{}/to-khai", world.draft),
        "/tep/0190000000007000800000000000abcd".to_owned(),
        "/thu-tuc/khong-co@ward".to_owned(),
    ] {
        let answer = browser.get(&path).await;
        assert_eq!(miss(&answer), miss(&nothing), "{path}");
    }
}

#[tokio::test]
async fn looking_changes_no_dossier_task_or_account() {
    assert_looking_changes_nothing(World::new().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looking_changes_nothing_with_the_database_on_a_server_either() {
    assert_looking_changes_nothing(World::of(Office::open_on_server()).await).await;
}

async fn assert_looking_changes_nothing(world: World) {
    let site = Browser::new(&world.office);
    let before = world_as_it_is(&world.office);
    for who in EVERYBODY {
        let (mut browser, _) = browser_of(&world, &site, who).await;
        let page = browser.get("/").await;
        for route in web::route_list().iter().filter(|it| it.method == Method::GET) {
            tried(&world, &mut browser, &page, route, who).await;
        }
    }
    assert_eq!(world_as_it_is(&world.office), before);
}

fn world_as_it_is(office: &Office) -> (i64, i64, String, usize) {
    let now = domain::time::Instant::from_micros(i64::MAX);
    let (dossiers, events, root) = office.house.db.read_now(|tx| storage::verify::root_at(tx, now)).unwrap();
    let logins = office.house.db.read_now(storage::people::logins).unwrap();
    (dossiers, events, root, logins.len())
}

#[tokio::test]
async fn a_form_of_another_session_or_site_is_refused() {
    let world = World::new().await;
    let mut browser = Browser::new(&world.office);
    browser.sign_in("congdan").await;
    let without = browser.post_raw(&format!("/ho-so-cua-toi/{}/rut", world.code), &[("ly_do", "Không cần nữa")]).await;
    assert_eq!(without.status.as_u16(), 409, "{}", without.text());
    let mut stranger = browser.another();
    let page = stranger.get("/tra-cuu").await;
    let foreign =
        browser.post(&page, &format!("/ho-so-cua-toi/{}/rut", world.code), &[("ly_do", "Không cần nữa")]).await;
    assert_eq!(foreign.status.as_u16(), 409, "{}", foreign.text());
}
