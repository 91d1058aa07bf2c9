//! Every field of every form of every page, as everybody who reaches it: one field at a time says what nobody should say.
//!
//! The pages are found by walking: every route, and every link on it. The seed is `SWEEP_SEED`; `SWEEP_TRIES` is how many posts one form
//! gets at most. What is found is told with the form, the field and the value.

use super::bad_values::{Bad, Dice, NEVER_KEPT, NEVER_SHOWN, Try, plausible, tries};
use super::page_forms::{Button, Field, Kind, PageForm, links, page_forms};
use super::stages::{Stage, World};
use axum::http::Method;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use testkit::{Answer, Browser, Office};
use web::door::Door;

/// Forms that end the session they are sent with.
const ENDING: [&str; 3] = ["/dang-xuat", "/tai-khoan/thoat", "/can-bo/bo-dang-nhap"];
/// Routes that take a form no page of this walk shows, and why.
const NOT_ON_A_PAGE: [(&str, &str); 27] = [
    ("/quen-mat-khau/ma", "comes with the answer that a code was sent: account.rs"),
    ("/tai-khoan/thoat", "its form names another session of the same person: account.rs"),
    ("/tai-khoan/thoat-het", "the same: account.rs"),
    ("/nop-ho-so/don/{draft}/bo", "stands among the drafts, whose tab is not the first: every draft has it"),
    ("/ho-so-cua-toi/nhan-chia-se", "stands on a tab of its own: citizens_voice.rs"),
    ("/ho-so-cua-toi/thoi-theo-doi", "only beside what somebody shared: citizens_voice.rs"),
    ("/ho-so-cua-toi/{code}/xac-nhan", "only where a step waits for the citizen"),
    ("/can-bo/ma-xac-thuc", "between password and house: second_proof.rs"),
    ("/can-bo/mat-khau-moi", "the same: people.rs"),
    ("/can-bo/bo-dang-nhap", "the same: second_proof.rs"),
    ("/quay/tiep-nhan/xem-truoc", "the script sends the counter's own form there"),
    ("/quay/truc-tuyen/{code}/tra-lai", "only while somebody looks at an application: counter.rs"),
    ("/quay/cho-tra/nhac-het", "only where a reminder is due: counter.rs"),
    ("/quay/cho-tra/{code}/nhac", "the same: counter.rs"),
    ("/quay/theo-danh-sach", "its boxes come with the procedure: counter.rs"),
    ("/nghiep-vu/ho-so/{code}/nhan-viec", "a button of a list that is not the first: officer.rs"),
    ("/kiem-soat/danh-muc/{id}/cong-bo", "only where a revision is written: catalogue.rs"),
    ("/kiem-soat/sap-xep/{id}/lap-lai", "once a plan is in force: reform_wizard.rs"),
    ("/kiem-soat/sap-xep/{id}/dien-tap", "once nothing is in conflict: reform_wizard.rs"),
    ("/kiem-soat/sap-xep/{id}/thoi-diem", "once it is rehearsed: reform_wizard.rs"),
    ("/kiem-soat/sap-xep/{id}/tiep", "once it is begun: reform_wizard.rs"),
    ("/kiem-soat/sap-xep/{id}/thoi", "once it is begun: reform_wizard.rs"),
    ("/kiem-soat/sap-xep/{id}/dong-ho", "in the demonstration alone"),
    ("/kiem-soat/sap-xep/{id}/chung-nhan", "once a plan is settled: reform_wizard.rs"),
    ("/kiem-soat/sap-xep/{id}/hoan-tac", "once a plan is in force: reform_wizard.rs"),
    ("/quan-tri/gui-lai", "only where a message could not be delivered"),
    ("/quan-tri/gui-lai-het", "the same"),
];
/// Other addresses of one route that are walked, at most.
const VISITS_MAX: usize = 2;

/// A form on a page, as it is told apart from others.
#[derive(Clone, Debug)]
struct Place {
    /// The page, with marks for dossiers.
    page: String,
    /// Route, fields and button.
    key: String,
    /// True where everybody may send it.
    is_public: bool,
}

struct Walker<'w> {
    world: &'w mut World,
    browser: Browser,
    login: Option<(&'static str, bool)>,
    seed: u64,
    tries_max: usize,
    posts: usize,
    faults: BTreeMap<String, String>,
    found: BTreeMap<String, Place>,
    /// The language of the page whose form is sent.
    spoken: &'static str,
}

/// The route an address belongs to: the most literal one.
fn route_of(method: &Method, address: &str) -> Option<(&'static str, Door)> {
    let path = address.split(['?', '#']).next().unwrap_or("");
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |pattern: &str| {
        let wanted: Vec<&str> = pattern.split('/').collect();
        wanted.len() == parts.len() && wanted.iter().zip(&parts).all(|(want, is)| want.starts_with('{') || want == is)
    };
    let routes = web::route_list();
    let fitting = routes.iter().filter(|it| it.method == *method && fits(it.path));
    fitting.min_by_key(|it| it.path.matches('{').count()).map(|it| (it.path, it.door))
}

/// The language a page is in.
fn language_of(answer: &Answer) -> &'static str {
    if answer.body.contains("<html lang=\"en\"") { "en" } else { "vi" }
}

fn language(address: &str) -> &'static str {
    if address.contains("lang=en") { "en" } else { "vi" }
}

/// The form with one of its buttons, told apart by where it goes and what it asks.
fn key_of(form: &PageForm, button: &Button) -> Option<String> {
    let action = if button.action.is_empty() { &form.action } else { &button.action };
    let (route, _) = route_of(&Method::POST, action)?;
    let act = if route.ends_with("{act}") { action.split('?').next()?.rsplit('/').next()? } else { "" };
    let mut names: Vec<&str> =
        form.fields.iter().filter(|it| it.kind != Kind::Hidden).map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let what: String = button.value.chars().filter(|it| !it.is_ascii_digit()).take(20).collect();
    Some(format!("{route} {act} [{}] {}={what} {}", names.join(","), button.name, language(action)))
}

impl Walker<'_> {
    async fn sign_in(&mut self) {
        match self.login {
            Some((login, true)) => drop(self.browser.sign_in_staff(login).await),
            Some((login, false)) => drop(self.browser.sign_in(login).await),
            None => {}
        }
    }

    async fn open(&mut self, page: &str) -> Answer {
        let path = self.world.filled(page);
        let answer = self.browser.get(&path).await;
        if answer.status == 303 && answer.location.contains("dang-nhap") && self.login.is_some() {
            self.sign_in().await;
            return self.browser.get(&path).await;
        }
        answer
    }

    /// Walks through every page, and notes where each form stands first.
    async fn walk(&mut self) {
        self.sign_in().await;
        let mut waiting: VecDeque<String> = self.world.first_pages().into();
        let mut visits: BTreeMap<String, usize> = BTreeMap::new();
        while let Some(page) = waiting.pop_front() {
            let Some((route, _)) = route_of(&Method::GET, &page) else { continue };
            let stage = Stage::ALL.into_iter().find(|it| page.contains(it.mark()));
            let act = if route.ends_with("{act}") { page.split('?').next().unwrap_or("") } else { "" };
            let known = visits.entry(format!("{route} {stage:?} {act} {}", language(&page))).or_default();
            let most = if stage.is_some() { 1 } else { VISITS_MAX };
            if *known >= most {
                continue;
            }
            *known += 1;
            let answer = self.open(&page).await;
            if answer.status.as_u16() >= 500 {
                self.fault(&page, "", "", &format!("{} {}", answer.status, answer.text()));
            }
            for form in page_forms(&answer.body) {
                for button in &form.buttons {
                    let Some(key) = key_of(&form, button) else {
                        self.fault(&page, &form.action, "", "the form goes to no route");
                        continue;
                    };
                    let action = if button.action.is_empty() { &form.action } else { &button.action };
                    let is_public = route_of(&Method::POST, action).is_some_and(|it| it.1 == Door::Anyone);
                    let place = Place { page: page.clone(), key: key.clone(), is_public };
                    self.found.entry(key).or_insert(place);
                }
            }
            let onward = links(&answer.body).into_iter().chain(Some(answer.location.clone()));
            waiting.extend(onward.filter_map(|it| self.world.marked(&it)));
        }
    }

    fn fault(&mut self, key: &str, field: &str, what: &str, said: &str) {
        let said: String = said.chars().take(400).collect();
        self.faults.entry(format!("{key} | {field} | {what}")).or_insert(said);
    }

    /// The form as it stands now; a dossier that went on is replaced by another of its stage.
    async fn current(&mut self, place: &Place) -> Option<(PageForm, Button)> {
        for is_last in [false, true] {
            let answer = self.open(&place.page).await;
            self.spoken = language_of(&answer);
            for form in page_forms(&answer.body) {
                let button = form.buttons.iter().find(|it| key_of(&form, it).as_deref() == Some(&place.key)).cloned();
                if let Some(button) = button {
                    return Some((form, button));
                }
            }
            if is_last || !self.world.renew(&place.page).await {
                return None;
            }
        }
        None
    }

    /// Every field of a form, one after the other.
    async fn sweep(&mut self, place: &Place) {
        // What another form of the house did may have taken this one away.
        let Some((mut form, mut button)) = self.current(place).await else { return };
        let mut all: Vec<(String, Try)> = Vec::new();
        let mut dice = Dice::of(self.seed, &place.key);
        for field in form.fields.iter().filter(|it| it.name != "csrf" && it.kind != Kind::File) {
            all.extend(tries(field, &mut dice).into_iter().map(|it| (field.name.clone(), it)));
        }
        let mut pressed = button_field(&button);
        if !pressed.name.is_empty() {
            all.extend(tries(&pressed, &mut dice).into_iter().map(|it| (pressed.name.clone(), it)));
        }
        while all.len() > self.tries_max {
            all.swap_remove(dice.below(all.len()));
        }
        for (name, attempt) in all {
            let sent = filled_with(&form, &pressed, &name, &attempt.bad);
            if !self.tried(place, &form, &button, &name, &attempt, &sent).await {
                continue;
            }
            let Some(again) = self.current(place).await else { return };
            (form, button) = again;
            pressed = button_field(&button);
        }
    }

    /// Sends one form and judges what came; true where something was done, and the form is no longer as it stands.
    async fn tried(
        &mut self,
        place: &Place,
        form: &PageForm,
        button: &Button,
        name: &str,
        attempt: &Try,
        sent: &[(String, String)],
    ) -> bool {
        let action = if button.action.is_empty() { &form.action } else { &button.action };
        let before = self.world.as_it_is();
        let fields: Vec<(&str, &str)> = sent.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        let answer = if form.has_files {
            let token = form.held("csrf");
            let rest: Vec<(&str, &str)> = fields.iter().copied().filter(|it| it.0 != "csrf").collect();
            self.browser.post_files_with(token, action, &rest, &[]).await
        } else {
            self.browser.post_raw(action, &fields).await
        };
        self.posts += 1;
        let done = self.world.as_it_is() != before;
        let status = answer.status.as_u16();
        let visible = form.field(name).is_some_and(|it| it.kind != Kind::Hidden);
        // Of what is no form of ours a page in the language of the house says so.
        let spoken = if visible || status < 400 { self.spoken } else { "" };
        let mut said = judged(&answer, spoken);
        if status >= 400 && done {
            said.push(format!("{status}, and yet something was done"));
        }
        let is_chosen = form.field(name).is_some_and(|it| matches!(it.kind, Kind::Select | Kind::Radio));
        let could_be_typed = visible && !is_chosen && matches!(attempt.bad, Bad::Instead(_));
        if (400..500).contains(&status) && ![401, 403, 404, 429].contains(&status) && could_be_typed {
            said.extend(
                lost(form, name, sent, &answer).map(|it| format!("{status} loses what {it} held: {}", answer.text())),
            );
        }
        if status == 303 {
            let next = self.browser.get(&answer.location).await;
            said.extend(judged(&next, spoken).into_iter().map(|it| format!("{it}, on {}", answer.location)));
            if next.status == 303 && next.location.contains("dang-nhap") && self.login.is_some() {
                self.sign_in().await;
            }
        }
        for it in said {
            self.fault(&place.key, name, attempt.what, &it);
        }
        done || status < 400
    }
}

/// What is wrong with any answer.
fn judged(answer: &Answer, language: &str) -> Vec<String> {
    let mut said = Vec::new();
    let status = answer.status.as_u16();
    if status >= 500 || status == 413 {
        said.push(format!("{status}: {}", answer.text()));
    }
    for raw in NEVER_SHOWN {
        if let Some(at) = answer.body.find(raw) {
            let from = answer.body.floor_char_boundary(at.saturating_sub(60));
            said.push(format!("markup comes back: …{}", &answer.body[from..at + raw.len()]));
        }
    }
    let is_page =
        answer.headers.get("content-type").is_some_and(|it| it.to_str().is_ok_and(|it| it.starts_with("text/html")));
    let is_whole = answer.body.contains("<html");
    if status != 303
        && (status >= 400 || is_whole)
        && (!is_page || !answer.body.contains(&format!("<html lang=\"{language}")))
    {
        said.push(format!("{status} is no page in {language}"));
    }
    said
}

fn button_field(button: &Button) -> Field {
    Field {
        name: button.name.clone(),
        kind: Kind::Hidden,
        held: vec![button.value.clone()],
        offered: vec![button.value.clone()],
        is_required: false,
        is_number: false,
    }
}

/// The form filled in by somebody who means well, but for one field.
fn filled_with(form: &PageForm, pressed: &Field, name: &str, bad: &Bad) -> Vec<(String, String)> {
    let mut sent = Vec::new();
    for field in form.fields.iter().chain(Some(pressed).filter(|it| !it.name.is_empty())) {
        let mut values = plausible(field);
        if field.name == name {
            match bad {
                Bad::Instead(value) => values = vec![value.clone()],
                Bad::Twice(value) => values.push(value.clone()),
                Bad::Missing => values.clear(),
            }
        }
        sent.extend(values.into_iter().map(|it| (field.name.clone(), it)));
    }
    sent
}

/// The first of the other fields whose value is nowhere in the answer.
fn lost<'f>(form: &'f PageForm, bad: &str, sent: &[(String, String)], answer: &Answer) -> Option<&'f str> {
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let kept: BTreeSet<(String, String)> = page_forms(&answer.body)
        .into_iter()
        .flat_map(|form| form.fields)
        .flat_map(|field| {
            let name = field.name.strip_prefix("giu.").unwrap_or(&field.name).to_owned();
            field.held.into_iter().map(move |it| (name.clone(), folded(&it)))
        })
        .collect();
    // Who looks a dossier up proves it with digits: they are secret, and never given back.
    let is_proof = |field: &Field| form.field("ma").is_some() && field.name == "so";
    // Who names somebody else in a part that the house filled in does not give them the rest of it: first_time.rs.
    let part = bad.strip_suffix("ho_ten").filter(|it| matches!(*it, "me_" | "cha_"));
    let others = form
        .fields
        .iter()
        .filter(|it| it.name != bad && !matches!(it.kind, Kind::Hidden | Kind::Secret | Kind::File))
        .filter(|it| part.is_none_or(|part| !it.name.starts_with(part)));
    let mut gone = others.filter(|it| !is_proof(it)).filter(|field| {
        let values = sent.iter().filter(|it| it.0 == field.name && !it.1.trim().is_empty());
        values.into_iter().any(|(name, value)| !kept.contains(&(name.clone(), folded(value))))
    });
    gone.next().map(|it| it.name.as_str())
}

fn number_of(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|it| it.parse().ok()).unwrap_or(otherwise)
}

/// Sweeps the forms of these people that are theirs to sweep; at least so many.
async fn swept(world: World, people: &[Option<(&'static str, bool)>], least: usize) {
    let tries_max = usize::try_from(number_of("SWEEP_TRIES", 24)).unwrap();
    swept_with(world, people, least, tries_max).await;
}

async fn swept_with(mut world: World, people: &[Option<(&'static str, bool)>], least: usize, tries_max: usize) {
    let seed = number_of("SWEEP_SEED", 20_250_701);
    let (mut faults, mut known, mut posts) = (BTreeMap::new(), BTreeSet::new(), 0);
    for login in people {
        let browser = Browser::new(&world.office);
        let mut walker = Walker {
            world: &mut world,
            browser,
            login: *login,
            seed,
            tries_max,
            posts: 0,
            faults: BTreeMap::new(),
            found: BTreeMap::new(),
            spoken: "",
        };
        walker.walk().await;
        let places: Vec<Place> = walker.found.values().cloned().collect();
        for place in places {
            let is_ending = ENDING.iter().any(|it| place.key.starts_with(&format!("{it} ")));
            let is_publics = login.is_some_and(|it| it.1) && place.is_public;
            if !is_ending && !is_publics && known.insert(place.key.clone()) {
                walker.sweep(&place).await;
            }
        }
        posts += walker.posts;
        faults.extend(walker.faults.into_iter().map(|(what, said)| (format!("{login:?} {what}"), said)));
    }
    let found = app::integrity::verify(&world.office.house, |_, _| {}).await.unwrap();
    assert_eq!(found.differences, [], "after all that the house is still what its events say");
    faults.extend(
        world
            .keeps(&NEVER_KEPT)
            .into_iter()
            .map(|it| (format!("the database keeps {:?} after {:?}", it.0, it.1), String::new())),
    );
    let told: Vec<String> = faults.iter().map(|(what, said)| format!("{what}: {said}")).collect();
    assert!(told.is_empty(), "seed {seed}, {posts} posts: {} faults:\n{}", told.len(), told.join("\n"));
    assert!(known.len() >= least, "only {} forms: {known:#?}", known.len());
    println!("{} forms, {posts} posts", known.len());
}

#[tokio::test]
async fn no_field_of_the_public_breaks_or_keeps_what_nobody_should_type() {
    swept(World::new().await, &[None, Some(("congdan", false)), Some(("congdan2", false))], 25).await;
}

#[tokio::test]
async fn no_field_of_the_desk_breaks_or_keeps_what_nobody_should_type() {
    swept(World::new().await, &[Some(("tn.hangkenh", true))], 12).await;
}

#[tokio::test]
async fn no_field_of_officers_and_leaders_breaks_or_keeps_what_nobody_should_type() {
    let people = ["cv.hangkenh", "tp.tuphap", "ld.hangkenh", "vt.hangkenh"].map(|it| Some((it, true)));
    swept(World::new().await, &people, 12).await;
}

#[tokio::test]
async fn no_field_of_control_breaks_or_keeps_what_nobody_should_type() {
    swept(World::new().await, &[Some(("kiemsoat", true))], 12).await;
}

#[tokio::test]
async fn no_field_of_administration_breaks_or_keeps_what_nobody_should_type() {
    swept(World::new().await, &[Some(("quantri", true))], 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_database_on_a_server_no_field_breaks_either() {
    // What one engine keeps as text another may refuse: a nought among the letters, halves of letters, numbers without an end.
    let people = [Some(("congdan", false)), Some(("tn.hangkenh", true)), Some(("kiemsoat", true))];
    swept_with(World::of(Office::open_on_server()).await, &people, 30, 4).await;
}

#[tokio::test]
async fn every_route_that_takes_a_form_is_on_a_page_or_says_why_not() {
    let mut world = World::new().await;
    let mut found = BTreeSet::new();
    let people = [
        None,
        Some(("congdan", false)),
        Some(("congdan2", false)),
        Some(("tn.hangkenh", true)),
        Some(("cv.hangkenh", true)),
        Some(("tp.tuphap", true)),
        Some(("ld.hangkenh", true)),
        Some(("vt.hangkenh", true)),
        Some(("kiemsoat", true)),
        Some(("quantri", true)),
    ];
    for login in people {
        let browser = Browser::new(&world.office);
        let (faults, known) = (BTreeMap::new(), BTreeMap::new());
        let mut walker = Walker {
            world: &mut world,
            browser,
            login,
            seed: 1,
            tries_max: 0,
            posts: 0,
            faults,
            found: known,
            spoken: "",
        };
        walker.walk().await;
        assert_eq!(walker.faults, BTreeMap::new(), "{login:?}");
        found.extend(walker.found.keys().filter_map(|it| it.split(' ').next().map(str::to_owned)));
    }
    let is_told = |path: &str| NOT_ON_A_PAGE.iter().any(|it| it.0 == path);
    let routes = web::route_list();
    let takes: Vec<&str> =
        routes.iter().filter(|it| it.method == Method::POST && it.door != Door::Machine).map(|it| it.path).collect();
    let missed: Vec<&&str> = takes.iter().filter(|it| !found.contains(**it) && !is_told(it)).collect();
    assert!(missed.is_empty(), "on no page and without a reason: {missed:#?}");
    let idle: Vec<&str> =
        NOT_ON_A_PAGE.iter().map(|it| it.0).filter(|it| found.contains(*it) || !takes.contains(it)).collect();
    assert!(idle.is_empty(), "these have a page, or no route: {idle:#?}");
}
