//! Slips given at the counter before there is a dossier: their list with counts, and each as a print page.
//!
//! Căn cứ: Thông tư 01/2018/TT-VPCP, mẫu 02 và 03.

use super::phrases;
use super::views::{DeskSlips, DeskTab, FactView, Num, SlipCountRow, SlipCountsPage, SlipRow, SlipsPage, StaffField};
use super::work_list::cut;
use crate::Web;
use crate::citizen::views::Link;
use crate::frame::{self, html, html_as};
use crate::page::FieldLink;
use crate::paper::{LetterBlock, LetterPage, PaperHead, PaperLine, PaperRow, SignBlock};
use crate::papers;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::telling::{stopped, within};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::slips::{self, GROUNDS, GivenSlip, SlipCount, SlipKind};
use app::words;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::ids::UnitId;
use domain::post::Post;
use domain::procedure::ProcedureId;
use jiff::civil::Date;

/// Where the list stands.
pub const ADDRESS: &str = "/quay/phieu";
/// Longest words of a slip in a row, in characters.
const WORDS_CHARS_MAX: usize = 120;
/// Longest matter in a row, in characters.
const MATTER_CHARS_MAX: usize = 60;

/// The period somebody asks for, with its two questions.
struct Period {
    from: Date,
    to: Date,
    fields: Vec<StaffField>,
    errors: Vec<FieldLink>,
}

impl Period {
    fn of(web: &Web, asked: &Posted) -> Self {
        let (from, to, wrong) = phrases::period(asked, web.house.clock.now().day());
        let mut errors: Vec<FieldLink> =
            wrong.iter().map(|it| FieldLink { href: format!("#{it}"), text: say("gap-day").to_owned() }).collect();
        if errors.is_empty() && from > to {
            let text = say("slips-period-wrong").to_owned();
            errors.push(FieldLink { href: "#den".to_owned(), text });
        }
        let field = |name: &'static str, label: &str, otherwise: Date| {
            let typed: String = asked.trimmed(name).chars().take(40).collect();
            let value = if typed.is_empty() { words::short_day(otherwise) } else { typed };
            let field = StaffField::day(name, label).with_value(value);
            match errors.iter().find(|it| it.href.strip_prefix('#') == Some(name)) {
                Some(error) => field.with_error(error.text.clone()),
                None => field,
            }
        };
        let fields = vec![field("tu", say("slips-from"), from), field("den", say("slips-to"), to)];
        Self { from, to, fields, errors }
    }
}

/// Counts of every desk of the authority somebody watches over, for the report.
///
/// # Errors
/// The house failed.
pub async fn counts(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let Period { from, to, fields, errors } = Period::of(&web, &asked);
    let known = web.house.now_known();
    let today = web.house.clock.now().day();
    let watching = [Post::ControlOfficer, Post::Leader, Post::Head];
    let own = watching.iter().find_map(|post| visitor.units_as(*post).first().copied()).ok_or(AppError::Forbidden)?;
    let root = known.organisation.authority_of(own, today);
    let found = if errors.is_empty() { slips::counted(&web.house, root, (from, to)).await? } else { Vec::new() };
    let mut desks: Vec<UnitId> = found.iter().map(|it| it.unit).collect();
    desks.sort_unstable();
    desks.dedup();
    let mut rows: Vec<DeskSlips> = desks
        .into_iter()
        .map(|unit| DeskSlips {
            desk: known.organisation.name_on(unit, to).to_owned(),
            ..summed(found.iter().filter(|it| it.unit == unit))
        })
        .collect();
    rows.sort_by(|a, b| a.desk.cmp(&b.desk));
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = frame::staff(&web, &visitor, say("slip-counts-page"), "/kiem-soat");
    Ok(html_as(
        status,
        &SlipCountsPage {
            page: if errors.is_empty() { page } else { page.with_error_title() },
            fields,
            errors,
            period: period_in_words(from, to),
            grounds: GROUNDS.iter().map(|it| within(&ground_words(it))).collect(),
            rows,
            total: summed(found.iter()),
        },
    ))
}

fn period_in_words(from: Date, to: Date) -> String {
    say_with("slips-period", &[("from", &spoken::short_day(from)), ("to", &spoken::short_day(to))])
}

fn summed<'a>(counts: impl Iterator<Item = &'a SlipCount> + Clone) -> DeskSlips {
    let of = |kind: SlipKind| to_num(counts.clone().filter(|it| it.kind == kind.key()).map(|it| it.count).sum());
    let on = |ground: &str| to_num(counts.clone().filter(|it| it.ground == ground).map(|it| it.count).sum());
    DeskSlips {
        desk: String::new(),
        guidance: of(SlipKind::Guidance),
        refusal: of(SlipKind::Refusal),
        by_ground: GROUNDS.iter().map(|it| on(it)).collect(),
    }
}

/// The slips of a period, with their counts.
///
/// # Errors
/// The house failed.
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let Period { from, to, fields, errors } = Period::of(&web, &asked);
    let found = if errors.is_empty() {
        slips::listed(&web.house, visitor.person()?, (from, to)).await?
    } else {
        slips::SlipList::default()
    };
    let number = phrases::page_number(&asked);
    let base = format!("{ADDRESS}?{}", phrases::query(&[("tu", asked.trimmed("tu")), ("den", asked.trimmed("den"))]));
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = frame::staff(&web, &visitor, say("slips-page"), "/quay");
    Ok(html_as(
        status,
        &SlipsPage {
            page: if errors.is_empty() { page } else { page.with_error_title() },
            tab: DeskTab::Slips,
            fields,
            errors,
            period: period_in_words(from, to),
            sums: sums(&found.counts),
            counts: by_procedure(&web, &found.counts),
            is_cut: found.slips.len() >= slips::LISTED_MAX as usize,
            pager: phrases::pager(found.slips.len(), number, &base),
            rows: phrases::page_of(found.slips, number).iter().map(|it| row(&web, it)).collect(),
        },
    ))
}

fn to_num(count: i64) -> Num {
    Num(u64::try_from(count).unwrap_or(0))
}

fn sums(counts: &[SlipCount]) -> Vec<FactView> {
    let of = |kind: SlipKind, ground: &str| {
        let wanted = counts.iter().filter(|it| it.kind == kind.key() && (ground.is_empty() || it.ground == ground));
        to_num(wanted.map(|it| it.count).sum()).to_string()
    };
    let fact = |label: String, value: String| FactView { label, value, ..FactView::default() };
    let mut facts = vec![
        fact(say("slips-guidances").to_owned(), of(SlipKind::Guidance, "")),
        fact(say("slips-refusals").to_owned(), of(SlipKind::Refusal, "")),
    ];
    facts.extend(GROUNDS.iter().map(|it| fact(format!("… {}", ground_words(it)), of(SlipKind::Refusal, it))));
    facts
}

fn by_procedure(web: &Web, counts: &[SlipCount]) -> Vec<SlipCountRow> {
    let known = web.house.now_known();
    let mut rows: Vec<(String, i64, i64)> = Vec::new();
    for it in counts {
        let (guidance, refusal) = if it.kind == SlipKind::Guidance.key() { (it.count, 0) } else { (0, it.count) };
        match rows.iter_mut().find(|row| row.0 == it.procedure) {
            Some(row) => (row.1, row.2) = (row.1 + guidance, row.2 + refusal),
            None => rows.push((it.procedure.clone(), guidance, refusal)),
        }
    }
    rows.sort_by_key(|it| (std::cmp::Reverse(it.1 + it.2), it.0.clone()));
    let name = |key: &str| {
        let revision = key.parse::<ProcedureId>().ok().and_then(|id| known.catalogue.current(&id));
        revision.map_or_else(|| say("slips-no-procedure").to_owned(), |it| it.name.clone())
    };
    rows.into_iter()
        .map(|(key, guidance, refusal)| SlipCountRow {
            name: name(&key),
            guidance: to_num(guidance),
            refusal: to_num(refusal),
        })
        .collect()
}

/// Words of a ground of refusal.
pub fn ground_words(ground: &str) -> String {
    texts::word(&format!("slip-ground-{ground}"))
}

fn kind_words(kind: SlipKind) -> String {
    texts::word(&format!("slip-{}", kind.key()))
}

fn row(web: &Web, it: &GivenSlip) -> SlipRow {
    SlipRow {
        number: it.number(),
        href: format!("{ADDRESS}/{}", it.slip.id),
        kind: kind_words(it.kind),
        name: if it.body.is_forgotten() { say("slips-forgotten").to_owned() } else { it.body.name.clone() },
        matter: cut(&it.body.matter, MATTER_CHARS_MAX),
        words: cut(&texts::in_vietnamese(|| said(it)).join(" "), WORDS_CHARS_MAX),
        at: spoken::short_moment(it.slip.at.local()),
        officer: web.house.now_known().staff_name(it.slip.person).to_owned(),
    }
}

/// Everything a slip says, part by part.
fn said(it: &GivenSlip) -> Vec<String> {
    let mut parts = Vec::new();
    if !it.slip.ground.is_empty() {
        parts.push(stopped(&ground_words(&it.slip.ground)));
    }
    if it.kind == SlipKind::Guidance && !it.body.papers.is_empty() {
        let names: Vec<&str> = it.body.papers.iter().map(|it| it.name.as_str()).collect();
        parts.push(stopped(&names.join("; ")));
    }
    parts.extend(it.body.words.lines().map(stopped).filter(|it| !it.is_empty()));
    parts
}

/// One slip as a print page, with the names of the day it was given.
///
/// # Errors
/// There is none this person may see, or the house failed.
pub async fn paper(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let slip = slips::open(&web.house, visitor.person()?, id).await?;
    let asked = phrases::asked(&visitor);
    let procedure = asked.trimmed("thu-tuc").parse::<ProcedureId>().ok();
    let onward = procedure.map(|it| format!("?thu-tuc={}", frame::encoded(&it.to_string()))).unwrap_or_default();
    let back = Link { href: format!("/quay/tiep-nhan{onward}"), label: "Về quầy tiếp nhận".to_owned() };
    Ok(texts::in_vietnamese(|| html(&letter(&web, &visitor, &slip, back))))
}

/// What is missing before there is a dossier is asked for with form 02, as what is missing in one is: the law knows no other.
///
/// Căn cứ: handbook §1.3, §2.4 (signed by "người hướng dẫn", numbered ".../HDHS").
fn letter(web: &Web, visitor: &Visitor, slip: &GivenSlip, back: Link) -> LetterPage {
    let known = web.house.now_known();
    let day = slip.slip.at.day();
    let (title, post) = match slip.kind {
        SlipKind::Guidance => ("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "NGƯỜI HƯỚNG DẪN"),
        SlipKind::Refusal => ("Phiếu từ chối tiếp nhận giải quyết hồ sơ", "NGƯỜI TIẾP NHẬN HỒ SƠ"),
    };
    let blank = |post: &str, name: String| SignBlock {
        post: post.to_owned(),
        instruction: "(Ký và ghi rõ họ tên)".to_owned(),
        name,
    };
    let left = (slip.kind == SlipKind::Refusal).then(|| blank("NGƯỜI NỘP HỒ SƠ", slip.body.name.clone()));
    LetterPage {
        page: frame::paper(web, visitor, format!("{title}, số {}", slip.number())),
        back,
        head: PaperHead {
            number: Some(format!("Số: {}", slip.number())),
            ..papers::desk_head(&known, slip.slip.unit, day)
        },
        title: title.to_uppercase(),
        addressee: None,
        body: body(web, &known, slip),
        copies_to: Vec::new(),
        left,
        right: blank(post, known.staff_name(slip.slip.person).to_owned()),
    }
}

fn body(web: &Web, known: &app::house::Snapshot, slip: &GivenSlip) -> Vec<LetterBlock> {
    let it = &slip.body;
    let to_ask = papers::desk_to_ask(web, known, slip.slip.unit, slip.slip.at.day());
    let line = |label: &str, value: String| LetterBlock::Line(PaperLine { label: label.to_owned(), value });
    let desk = papers::with_parents(known, slip.slip.unit, slip.slip.at.day());
    let mut body = vec![line("Bộ phận Tiếp nhận và Trả kết quả", desk)];
    let lines = [
        ("Tiếp nhận hồ sơ/yêu cầu của Ông/Bà", it.name.clone()),
        ("Địa chỉ", it.address.clone()),
        ("Số điện thoại", phrases::masked_number(&it.phone)),
        ("Email", phrases::masked_number(&it.email)),
        ("Số căn cước", phrases::masked_number(&it.number)),
        ("Nội dung yêu cầu giải quyết", it.matter.clone()),
    ];
    body.extend(lines.into_iter().filter(|it| !it.1.is_empty()).map(|(label, value)| line(label, value)));
    match slip.kind {
        SlipKind::Guidance => {
            let text = "Yêu cầu Ông/Bà hoàn thiện hồ sơ gồm những nội dung như sau:";
            body.push(LetterBlock::Text(text.to_owned()));
            if !it.papers.is_empty() {
                let rows = it.papers.iter().map(|paper| PaperRow {
                    name: paper.name.clone(),
                    originals: u32::from(paper.originals),
                    copies: u32::from(paper.copies),
                    photocopies: 0,
                });
                body.push(LetterBlock::Papers(rows.collect()));
            }
            let mut reasons: Vec<String> = it.words.lines().map(stopped).filter(|it| !it.is_empty()).collect();
            if reasons.is_empty() {
                reasons.push("Hồ sơ chưa có đủ giấy tờ trong thành phần hồ sơ đã công bố.".to_owned());
            }
            body.push(LetterBlock::Reasons(reasons));
            body.push(LetterBlock::Text(papers::closing_of_guidance(&to_ask)));
        }
        SlipKind::Refusal => {
            let text = "Qua xem xét, Bộ phận Tiếp nhận và Trả kết quả thông báo không tiếp nhận, giải quyết hồ sơ này với lý do cụ thể như sau:";
            body.push(LetterBlock::Text(text.to_owned()));
            let mut reasons = said(slip);
            if !it.legal_basis.is_empty() {
                reasons.push(format!("Căn cứ: {}", stopped(&it.legal_basis)));
            }
            body.push(LetterBlock::Reasons(reasons));
            body.push(LetterBlock::Text(papers::closing_of_refusal(&to_ask)));
        }
    }
    body
}
