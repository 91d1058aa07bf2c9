//! The table of answers in `access.txt`: every route, as everybody, towards a dossier of their own and of others.
//!
//! The rows are the router's own list of routes, so a route nobody wrote answers for fails; so does a line without a route.

use axum::http::Method;
use domain::dossier::{Act, Command, FiledPaper};
use domain::procedure::Channel;
use std::collections::BTreeMap;
use testkit::{Answer, Browser, Office};
use web::door::{Door, RouteInfo};

const TABLE: &str = include_str!("access.txt");
const PROCEDURE: &str = "dang-ky-khai-sinh@ward";
/// Routes that end the session they are asked with: tried last, each with a session of its own.
const ENDING: [&str; 1] = ["POST /dang-xuat"];

/// Everybody, as the head of the table names them: who, with which login, and by which door. The dossiers are the applicant's, and
/// of the ward of those without "elsewhere".
const EVERYBODY: [(&str, Option<(&str, bool)>); 17] = [
    ("nobody", None),
    ("applicant", Some(("congdan", false))),
    ("citizen", Some(("congdan2", false))),
    ("reception", Some(("tn.hangkenh", true))),
    ("~elsewhere", Some(("tn.anbien", true))),
    ("specialist", Some(("cv.hangkenh", true))),
    ("~elsewhere", Some(("cv.anbien", true))),
    ("head", Some(("tp.tuphap", true))),
    ("leader", Some(("ld.hangkenh", true))),
    ("~elsewhere", Some(("ld.quan", true))),
    ("clerk", Some(("vt.hangkenh", true))),
    ("~elsewhere", Some(("vt.quan", true))),
    ("control", Some(("kiemsoat", true))),
    ("~elsewhere", Some(("kiemsoat.anbien", true))),
    ("admin", Some(("quantri", true))),
    ("~elsewhere", Some(("quantri.anbien", true))),
    ("former", Some(("nghihuu", true))),
];

/// How far the dossier of a row is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Sent online, at the desk.
    Sent,
    /// Received, and taken on by the specialist of the ward.
    TakenOn,
}

impl Stage {
    const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::TakenOn => "taken-on",
        }
    }
}

/// One row: a route, and what stands in the braces.
pub struct Row {
    /// The route, with how far the dossier is.
    pub label: String,
    /// As the router has it.
    pub route: RouteInfo,
    stage: Stage,
    act: &'static str,
}

pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for route in web::route_list() {
        let acts: Vec<&'static str> =
            if route.path.contains("{act}") { Act::ALL.iter().map(|it| it.key()).collect() } else { vec![""] };
        let of_dossier = ["{code}", "{document}"].iter().any(|it| route.path.contains(it));
        let stages: &[Stage] = if of_dossier { &[Stage::Sent, Stage::TakenOn] } else { &[Stage::Sent] };
        for act in acts {
            for stage in stages {
                let path = route.path.replace("{act}", act);
                let about = if of_dossier { format!(" {}", stage.word()) } else { String::new() };
                let label = format!("{} {path}{about}", route.method);
                rows.push(Row { label, route: route.clone(), stage: *stage, act });
            }
        }
    }
    rows
}

pub struct World {
    /// The office.
    pub office: Office,
    /// Rows tried so far.
    turn: usize,
    /// Of the dossier of this row.
    version: u32,
    /// Dossiers that are only looked at, by how far they are.
    looked_at: Vec<(Stage, (String, String, u32))>,
}

impl World {
    /// An office with a queue.
    pub async fn of(office: Office) -> Self {
        office.open_desk(office.ward).await;
        Self { office, turn: 0, version: 1, looked_at: Vec::new() }
    }

    /// A dossier nobody touched yet, as far as the row wants it, with one file: its code, the file and its version.
    async fn dossier(&self, stage: Stage) -> (String, String, u32) {
        let office = &self.office;
        let mut incoming = app::uploads::begin(&office.house, u64::MAX).unwrap();
        incoming.write(b"%PDF-1.7 a scan").await.unwrap();
        let document = incoming.finish("a.pdf", "giay", Some(office.citizen)).await.unwrap();
        let mut plan = office.plan(PROCEDURE, Channel::Online, office.ward, Some(office.citizen));
        let paper = FiledPaper { documents: vec![document.id], ..plan.filing.papers[0].clone() };
        plan.filing.papers[0] = paper;
        plan.documents = vec![document.clone()];
        let citizen = app::actor::Actor::Citizen(office.citizen);
        let filed = app::handle::file(&office.house, citizen, plan, None).await.unwrap();
        if stage == Stage::TakenOn {
            office.act(office.staff.reception, filed.id, Command::Accept).await.unwrap();
            office.act(office.staff.specialist, filed.id, Command::TakeOn).await.unwrap();
        }
        (filed.code.to_string(), document.id.to_string(), office.dossier(filed.id).version)
    }

    /// Looking changes nothing: one dossier serves all who look. Whoever acts gets one of their own.
    async fn dossier_for(&mut self, row: &Row) -> (String, String, u32) {
        if row.route.method != Method::GET {
            return self.dossier(row.stage).await;
        }
        if let Some((_, known)) = self.looked_at.iter().find(|it| it.0 == row.stage) {
            return known.clone();
        }
        let made = self.dossier(row.stage).await;
        self.looked_at.push((row.stage, made.clone()));
        made
    }

    /// A number of the ward's queue.
    async fn ticket(&self) -> String {
        let house = &self.office.house;
        let id = app::queue::fresh_id(house);
        let from = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
        let (unit, series) = (self.office.ward, "A".parse().unwrap());
        let wish = app::queue::Wish { unit, series, lane: domain::queue::Lane::Ordinary, id, from };
        app::queue::take(house, wish).await.unwrap().to_string()
    }

    /// The address of a row, with something for each of its braces.
    pub async fn path(&mut self, row: &Row) -> String {
        self.turn += 1;
        let mut path = row.route.path.replace("{act}", row.act).replace("{seq}", "1");
        if path.contains("{code}") || path.contains("{document}") {
            let (code, document, version) = self.dossier_for(row).await;
            self.version = version;
            path = path.replace("/tep/{id}", &format!("/tep/{document}"));
            path = path.replace("{code}", &code).replace("{document}", &document);
        }
        if path.contains("{draft}") {
            let id = PROCEDURE.parse().unwrap();
            let office = &self.office;
            let draft = app::applying::begin(&office.house, office.citizen, &id, office.ward).await.unwrap();
            path = path.replace("{draft}", &draft.to_string());
        }
        if path.contains("{ticket}") {
            path = path.replace("{ticket}", &self.ticket().await);
        }
        let path = path.replace("{unit}", "phuong-hang-kenh");
        let path = path.replace("{person}", &self.office.staff.second_specialist.to_string());
        let path = path.replace("{id}", PROCEDURE).replace("/06a/ho-so", "/06a/ho-so?cot=3");
        assert!(!path.contains('{'), "{path}: this part of a path needs something to stand for it");
        path
    }
}

async fn signed_in(site: &Browser, login: Option<(&str, bool)>) -> (Browser, Answer) {
    let mut browser = site.another();
    match login {
        Some((login, true)) => browser.sign_in_staff(login).await.is(303).clone(),
        Some((login, false)) => browser.sign_in(login).await.is(303).clone(),
        None => browser.get("/").await,
    };
    let page = browser.get("/tra-cuu").await;
    assert!(!page.hidden("csrf").is_empty(), "a page with a form carries a token");
    (browser, page)
}

/// One word for what came: the same words as in the table.
fn word(answer: &Answer) -> String {
    let to = answer.location.as_str();
    match answer.status.as_u16() {
        200 => "open".to_owned(),
        303 if to.contains("dang-nhap") => "sign-in".to_owned(),
        303 if to.contains("/ly-do?") => "why".to_owned(),
        303 => "on".to_owned(),
        401 => "sign-in".to_owned(),
        403 => "closed".to_owned(),
        404 => "hidden".to_owned(),
        409 => "refused".to_owned(),
        422 => "mend".to_owned(),
        other => other.to_string(),
    }
}

/// Asks for a row, or sends an empty form to it.
pub async fn knock(browser: &mut Browser, page: &Answer, row: &Row, path: &str, world: &World) -> Answer {
    if row.route.method == Method::GET {
        return browser.get(path).await;
    }
    // Wrong logins are counted: everybody has their own.
    let (once, nobody) = (format!("mot-lan-{}", world.turn), format!("khong-ai-{}", world.turn));
    let version = world.version.to_string();
    let fields =
        [("phien-ban", version.as_str()), ("mot-lan", once.as_str()), ("ten", &nobody), ("tai-khoan", &nobody)];
    if row.route.takes_files() {
        browser.post_files(page, path, &fields, &[]).await
    } else {
        browser.post(page, path, &fields).await
    }
}

/// The table as it is: what everybody got, by row.
async fn table_as_it_is(office: Office) -> BTreeMap<String, Vec<String>> {
    let mut world = World::of(office).await;
    let site = Browser::new(&world.office);
    let nothing = site.another().get("/khong-co-trang-nay").await.text();
    let mut table: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, login) in EVERYBODY {
        let is_staff = login.is_some_and(|it| it.1);
        let (mut browser, page) = signed_in(&site, login).await;
        for row in rows() {
            let path = world.path(&row).await;
            let answer = if ENDING.contains(&row.label.as_str()) {
                let (mut own, page) = signed_in(&site, login).await;
                knock(&mut own, &page, &row, &path, &world).await
            } else {
                knock(&mut browser, &page, &row, &path, &world).await
            };
            let is_machines = row.route.door == Door::Machine;
            if !is_staff && !is_machines && answer.status == 404 && !answer.body.contains("class=\"look-up") {
                let text = answer.text();
                assert!(login.is_some() || text == nothing, "{}: a miss like no other: {text}", row.label);
            }
            if row.route.method == Method::GET {
                let head = browser.head(&path).await;
                assert!(head.body.is_empty() && word(&head) == word(&answer), "HEAD of {}: {}", row.label, head.status);
            }
            table.entry(row.label.clone()).or_default().push(word(&answer));
        }
    }
    table
}

fn drawn(table: &BTreeMap<String, Vec<String>>) -> String {
    let names: Vec<&str> = EVERYBODY.iter().map(|it| it.0).collect();
    let line = |label: &str, words: &[&str]| {
        let cells: String = words.iter().map(|it| format!(" {it:<10}")).collect();
        format!("{label:<62}{cells}").trim_end().to_owned()
    };
    let mut lines = vec![line("#", &names)];
    for row in rows() {
        let words = table.get(&row.label).map(|it| it.iter().map(String::as_str).collect()).unwrap_or_default();
        let words: Vec<&str> = words;
        lines.push(line(&row.label, &words));
    }
    lines.join("\n")
}

fn expected() -> BTreeMap<String, Vec<String>> {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let lines = TABLE.lines().filter(|it| !it.starts_with('#') && !it.trim().is_empty());
    lines
        .map(|line| {
            let mut cells = words(line);
            let answers = cells.split_off(cells.len().saturating_sub(EVERYBODY.len()));
            (cells.join(" "), answers)
        })
        .collect()
}

#[tokio::test]
async fn every_route_answers_every_role_and_relation_as_the_table_says() {
    assert_as_the_table_says(Office::open()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_answers_the_same_with_the_database_on_a_server() {
    assert_as_the_table_says(Office::open_on_server()).await;
}

async fn assert_as_the_table_says(office: Office) {
    let (expected, found) = (expected(), table_as_it_is(office).await);
    let mut faults = Vec::new();
    for row in rows() {
        match (expected.get(&row.label), found.get(&row.label)) {
            (None, _) => faults.push(format!("{}: access.txt does not say who may open it", row.label)),
            (Some(expected), Some(found)) => {
                for (((who, login), expected), found) in EVERYBODY.iter().zip(expected).zip(found) {
                    if expected != found {
                        faults.push(format!("{} as {who} {login:?}: {found}, expected {expected}", row.label));
                    }
                }
            }
            (Some(_), None) => faults.push(format!("{}: nobody tried it", row.label)),
        }
    }
    let known: Vec<String> = rows().into_iter().map(|it| it.label).collect();
    faults.extend(expected.keys().filter(|it| !known.contains(it)).map(|it| format!("{it}: there is no such route")));
    assert!(faults.is_empty(), "{} faults:\n{}\n\nAs it is:\n{}", faults.len(), faults.join("\n"), drawn(&found));
}

#[test]
fn the_table_keeps_what_every_table_must() {
    let columns: Vec<(&str, Option<(&str, bool)>)> = EVERYBODY.to_vec();
    for (label, answers) in expected() {
        assert_eq!(answers.len(), columns.len(), "{label}");
        let is_act = label.starts_with("POST /nghiep-vu/") || label.starts_with("POST /ho-so-cua-toi/");
        for ((who, login), answer) in columns.iter().zip(&answers) {
            let is_public = !login.is_some_and(|it| it.1);
            assert!(!(is_public && answer == "closed"), "{label}: the public is told that something is closed");
            assert!(answer.parse::<u16>().map_or(true, |it| it < 500), "{label}: a fault as {who}");
            let concerned = ["applicant", "reception", "specialist", "leader"].contains(who);
            assert!(!(is_act && answer == "open"), "{label}: an empty form did something as {who}");
            assert!(!(is_act && answer == "on" && !concerned), "{label}: somebody it does not concern acted, {who}");
        }
    }
}
