//! "Ai đã xem dữ liệu của tôi": the log of readings, told to the person it is about.

use super::dossier_address;
use super::views::{ReadDay, ReadLine, ReadersPage};
use crate::Web;
use crate::frame::{self, html};
use crate::page::Section;
use crate::problem::Problem;
use crate::spoken;
use crate::telling::{opening, within};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::readers::{self, Read, Reader};
use app::rows::IN_A_LIST;
use axum::extract::State;
use axum::response::Response;
use domain::dossier::DossierCode;

/// Days shown at once.
const DAYS_MAX: usize = 60;

/// Who read one's dossiers, by day and dossier.
///
/// # Errors
/// The house failed.
pub async fn page(State(web): State<Web>, visitor: Visitor, asked: super::Asked) -> Result<Response, Problem> {
    let code: String = asked.get("ma").map_or("", String::as_str).trim().to_uppercase().chars().take(60).collect();
    let found = readers::of_own(&web.house, visitor.person()?, &code).await?;
    let mut days: Vec<ReadDay> = Vec::new();
    for it in &found {
        let day = spoken::day(it.on);
        let line = line(&web, it);
        match days.last_mut().filter(|last| last.day == day) {
            Some(last) => last.lines.push(line),
            None => days.push(ReadDay { day, lines: vec![line] }),
        }
    }
    for day in &mut days {
        day.lines.sort_by(|a, b| a.code.cmp(&b.code));
    }
    let is_cut = days.len() > DAYS_MAX || found.iter().map(|it| it.times).sum::<u32>() >= readers::READINGS_MAX;
    days.truncate(DAYS_MAX);
    Ok(html(&ReadersPage {
        page: frame::citizen(&web, &visitor, say("account-readers"), Section::Account),
        code,
        days,
        is_cut,
    }))
}

/// What was opened, as the log of readings has it, and its words.
const OPENED: [(&str, &str); 10] = [
    ("trang hồ sơ", "readers-opened-page"),
    ("trang hồ sơ, được chia sẻ", "readers-opened-shared"),
    ("trang việc", "readers-opened-act"),
    ("tệp", "readers-opened-file"),
    ("giấy tiếp nhận và hẹn trả", "readers-opened-slip"),
    ("phiếu của hồ sơ", "readers-opened-letter"),
    ("giấy tờ cạnh thông tin", "readers-opened-side"),
    ("đánh giá giấy tờ", "readers-opened-marks"),
    ("làm hàng loạt", "readers-opened-bulk"),
    ("quầy tiếp nhận", "readers-opened-counter"),
];

fn opened(what: &str) -> String {
    match OPENED.iter().find(|(own, _)| *own == what) {
        Some((_, key)) => say(key).to_owned(),
        None => match what.strip_prefix("tệp ") {
            Some(name) => say_with("readers-opened-file-named", &[("name", &name)]),
            None => say_with("readers-opened", &[("what", &what)]),
        },
    }
}

fn line(web: &Web, it: &Read) -> ReadLine {
    let known = web.house.now_known();
    let who = match &it.reader {
        Reader::Staff(Some((post, unit))) => {
            format!("{}, {}", opening(&texts::post(*post)), within(known.organisation.name_on(*unit, it.on)))
        }
        Reader::Staff(None) => say("readers-officer").to_owned(),
        Reader::Follower(name) => say_with("readers-follower", &[("name", &name)]),
    };
    let what = match it.what.as_str() {
        IN_A_LIST => say("readers-in-a-list").to_owned(),
        "mở hồ sơ" => say("readers-opened-dossier").to_owned(),
        what => opened(what),
    };
    let at = spoken::time(it.last_at.local());
    let when = if it.times > 1 { say_with("readers-times", &[("count", &it.times), ("at", &at)]) } else { at };
    ReadLine {
        who,
        what,
        when,
        code: it.code.clone(),
        href: DossierCode::parse(&it.code).map(|code| dossier_address(&code)).unwrap_or_default(),
        procedure: it.procedure.clone(),
        outside_task: it.outside_task,
    }
}
