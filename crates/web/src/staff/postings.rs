//! Posting sheets: every procedure of a desk as one sheet for the board, and the whole set with a table of contents.
//!
//! Căn cứ: Nghị định 63/2010/NĐ-CP Điều 24 (niêm yết công khai); Thông tư 02/2017/TT-VPCP.

use super::intake::level_of;
use super::views::{DeskTab, Num, PostingRow, PostingSector, PostingsPage};
use crate::Web;
use crate::citizen::procedure::{competent, fee, step};
use crate::citizen::views::{Fact, Link};
use crate::citizen::words::{channel_title, copies, register};
use crate::frame::{self, html};
use crate::paper::{PostingContent, PostingSheet, PostingSheets};
use crate::problem::Problem;
use crate::qr;
use crate::say;
use crate::telling::within;
use crate::texts;
use crate::visitor::Visitor;
use app::{AppError, words};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::UnitId;
use domain::post::Post;
use domain::procedure::{Need, ProcedureId, ProcedureRevision, Requirement, StepsSource};
use std::sync::Arc;

/// Where the list stands.
pub const ADDRESS: &str = "/quay/niem-yet";
/// The whole set, in addresses: no procedure is called so.
const WHOLE: &str = "ca-bo";

/// The desk of somebody and its procedures, by field of administration and name: the order of their sheets.
fn posted(web: &Web, visitor: &Visitor) -> Result<(UnitId, Vec<Arc<ProcedureRevision>>), Problem> {
    let known = web.house.now_known();
    let today = web.house.clock.now().day();
    let desks = visitor.units_as(Post::Reception);
    let unit = desks.first().copied().ok_or(AppError::Forbidden)?;
    let levels: Vec<String> = desks.iter().map(|unit| level_of(&known, *unit, today)).collect();
    let mut found: Vec<Arc<ProcedureRevision>> = known
        .catalogue
        .all()
        .filter(|it| levels.iter().any(|level| level == it.procedure.tab.as_str()))
        .cloned()
        .collect();
    found.sort_by(|a, b| (&a.sector, &a.name, &a.procedure).cmp(&(&b.sector, &b.name, &b.procedure)));
    Ok((unit, found))
}

fn code_of(it: &ProcedureRevision) -> String {
    it.code.as_ref().map_or_else(|| say("postings-no-code").to_owned(), ToString::to_string)
}

fn sector_of(it: &ProcedureRevision) -> String {
    if it.sector.is_empty() { say("procedure-no-sector").to_owned() } else { it.sector.clone() }
}

/// What is posted, with the way to each sheet.
///
/// # Errors
/// Not at a desk.
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let (unit, found) = posted(&web, &visitor)?;
    let mut sectors: Vec<PostingSector> = Vec::new();
    for (place, it) in found.iter().enumerate() {
        let row = PostingRow {
            number: Num(place as u64 + 1),
            name: it.name.clone(),
            code: code_of(it),
            href: format!("{ADDRESS}/{}", frame::encoded(&it.procedure.to_string())),
            gap: if it.time_limit.is_none() { say("postings-termless").to_owned() } else { String::new() },
        };
        let name = sector_of(it);
        match sectors.iter_mut().find(|it| it.name == name) {
            Some(sector) => sector.rows.push(row),
            None => sectors.push(PostingSector { name, rows: vec![row] }),
        }
    }
    Ok(html(&PostingsPage {
        page: frame::staff(&web, &visitor, say("postings-title"), "/quay"),
        tab: DeskTab::Postings,
        unit: within(&frame::unit_today(&web, unit)),
        sectors,
        total: Num(found.len() as u64),
    }))
}

/// One sheet, or the whole set.
///
/// # Errors
/// The desk posts no such procedure.
pub async fn sheets(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let (unit, found) = posted(&web, &visitor)?;
    let wanted = if id == WHOLE { None } else { Some(id.parse::<ProcedureId>().map_err(|_| AppError::NotFound)?) };
    let all: Vec<_> = found
        .iter()
        .enumerate()
        .filter(|(_, it)| wanted.as_ref().is_none_or(|id| it.procedure == *id))
        .map(|(place, it)| (place + 1, it.as_ref()))
        .collect();
    if all.is_empty() {
        return Err(AppError::NotFound.into());
    }
    Ok(texts::in_vietnamese(|| html(&posting(&web, &visitor, unit, &all, wanted.is_none()))))
}

/// The sheets as they are printed: Vietnamese, whoever reads them.
fn posting(
    web: &Web,
    visitor: &Visitor,
    unit: UnitId,
    all: &[(usize, &ProcedureRevision)],
    is_whole: bool,
) -> PostingSheets {
    let sheets: Vec<PostingSheet> = all.iter().map(|(number, it)| sheet(web, *number, it)).collect();
    let title = match sheets.first() {
        Some(it) if !is_whole => format!("Niêm yết: {}", it.name),
        _ => "Niêm yết thủ tục, cả bộ".to_owned(),
    };
    PostingSheets {
        page: frame::paper(web, visitor, title),
        back: Link { href: ADDRESS.to_owned(), label: "Niêm yết thủ tục".to_owned() },
        unit: frame::unit_today(web, unit),
        complain: complain(web, unit),
        printed: words::short_day(web.house.clock.now().day()),
        contents: if is_whole { contents(&sheets) } else { Vec::new() },
        sheets,
    }
}

/// The table of contents, with each field of administration named once.
fn contents(all: &[PostingSheet]) -> Vec<PostingContent> {
    let mut before = "";
    let mut found = Vec::with_capacity(all.len());
    for it in all {
        let sector = if it.sector == before { String::new() } else { it.sector.clone() };
        before = &it.sector;
        found.push(PostingContent { number: it.number, name: it.name.clone(), code: it.code.clone(), sector });
    }
    found
}

/// Where one turns to who is not content: the desk, with its seat and telephone.
fn complain(web: &Web, unit: UnitId) -> String {
    let known = web.house.now_known();
    let it = known.organisation.attributes_on(unit, web.house.clock.now().day());
    let name = within(&frame::unit_today(web, unit));
    let seat = it.map(|it| it.seat.clone()).filter(|it| !it.is_empty()).map(|it| format!(", {it}")).unwrap_or_default();
    let phone = it.map(|it| it.phone.clone()).filter(|it| !it.is_empty());
    let phone = phone.map(|it| format!(", điện thoại {it}")).unwrap_or_default();
    format!(
        "Bộ phận Một cửa {name}{seat}{phone}; hoặc trên Cổng Dịch vụ công quốc gia, mục Phản ánh kiến nghị. Khiếu nại quyết định, hành vi hành chính: gửi Chủ tịch Ủy ban nhân dân {name}."
    )
}

fn sheet(web: &Web, number: usize, it: &ProcedureRevision) -> PostingSheet {
    let (decides, receives) = competent(it, web.house.clock.now().day());
    let address = format!("{}/thu-tuc/{}", web.house.rules.public_url, frame::encoded(&it.procedure.to_string()));
    let term = match it.time_limit {
        Some(limit) => match limit.committed {
            Some(own) if own != limit.legal => {
                format!("{} (pháp luật quy định {})", words::term(own), words::term(limit.legal))
            }
            Some(_) | None => words::term(limit.legal),
        },
        None => "chưa có trong nguồn công bố".to_owned(),
    };
    let mut fees: Vec<String> = it.fees.iter().map(fee).map(|it| fact_line(&it)).collect();
    if fees.is_empty() {
        let stated = it.fee_stated.trim();
        fees.push(if stated.is_empty() { "chưa có trong nguồn công bố".to_owned() } else { stated.to_owned() });
    }
    let own = it.requirements.iter().filter(|it| it.need != Need::Never);
    let (always, special): (Vec<_>, Vec<_>) = own.partition(|it| it.need == Need::Always);
    let asked = always.into_iter().chain(special);
    let steps = it.steps.iter().map(step).map(|it| {
        let time = it.time.map(|time| format!(" ({time})")).unwrap_or_default();
        format!("{}: {}{time}", it.post, it.act)
    });
    let announced = if it.announced_by.is_empty() {
        format!("Bản {} của danh mục", it.number)
    } else {
        format!("Công bố: {}", it.announced_by)
    };
    PostingSheet {
        number,
        name: it.name.clone(),
        code: code_of(it),
        sector: sector_of(it),
        term,
        fees,
        competent: receives.map_or_else(|| decides.clone(), |at| format!("{decides}; {at}")),
        channels: it.channels.iter().map(|it| within(channel_title(*it))).collect::<Vec<_>>().join(", "),
        who: it.who_may_apply.join("; "),
        outcomes: it.outcomes.iter().filter(|it| !it.negative).map(|it| it.name.clone()).collect::<Vec<_>>().join("; "),
        papers: asked.map(paper_line).collect(),
        steps: steps.collect(),
        is_standard: it.steps_source == StepsSource::StandardOfLevel,
        legal: it.legal_basis.clone(),
        qr_svg: qr::svg(&address, &format!("Mã QR trang thủ tục {}", it.name)),
        source: announced,
    }
}

fn fact_line(it: &Fact) -> String {
    let note = it.note.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    format!("{}: {}{note}", it.label, it.value)
}

fn paper_line(it: &Requirement) -> String {
    let mut notes = vec![copies(it)];
    if !it.when.trim().is_empty() {
        notes.push(it.when.trim().to_owned());
    }
    if !it.replaced_by.is_empty() {
        let registers: Vec<String> = it.replaced_by.iter().map(|it| register(it)).collect();
        notes.push(format!("không phải nộp khi đã có trong {}", registers.join(", ")));
    }
    format!("{} ({})", it.name, notes.join("; "))
}
