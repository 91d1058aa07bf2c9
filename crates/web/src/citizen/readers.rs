//! "Ai đã xem dữ liệu của tôi": the log of readings, told to the person it is about.

use super::dossier_address;
use super::views::{ReadDay, ReadLine, ReadersPage};
use crate::Web;
use crate::frame::{self, html};
use crate::page::Section;
use crate::problem::Problem;
use crate::telling::{opening, within};
use crate::texts;
use crate::visitor::Visitor;
use app::readers::{self, Read, Reader};
use app::rows::IN_A_LIST;
use app::words;
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
        let day = words::day(it.on);
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
        page: frame::citizen(&web, &visitor, "Ai đã xem dữ liệu của tôi", Section::Account),
        code,
        days,
        is_cut,
    }))
}

fn line(web: &Web, it: &Read) -> ReadLine {
    let known = web.house.now_known();
    let who = match &it.reader {
        Reader::Staff(Some((post, unit))) => {
            format!("{}, {}", opening(&texts::post(*post)), within(known.organisation.name_on(*unit, it.on)))
        }
        Reader::Staff(None) => "Cán bộ của cơ quan".to_owned(),
        Reader::Follower(name) => format!("{name}, người bạn chia sẻ"),
    };
    let what = match it.what.as_str() {
        IN_A_LIST => "thấy trong danh sách".to_owned(),
        "mở hồ sơ" => "mở hồ sơ".to_owned(),
        what => format!("mở {what}"),
    };
    let at = words::time(it.last_at.local());
    let when = if it.times > 1 { format!("{} lần, lần cuối {at}", it.times) } else { at };
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
