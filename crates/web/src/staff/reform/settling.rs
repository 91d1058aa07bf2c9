//! Conflicts, settled one by one: what somebody chooses is written into the plan, which is checked again.

use super::said as told;
use super::{Away, Step, address, head_of, look, page, unit_words};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Tone};
use crate::posted::Posted;
use crate::staff::phrases;
use crate::staff::views::{ChoiceView, ConflictView, PlanProblem, ReformConflictsPage, StaffField};
use crate::texts;
use crate::visitor::Visitor;
use app::reform_drafts::{self, DraftError, Looked, REASON_CHARS_MAX, Scope, Way};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::PersonId;
use domain::organisation::reform::{Conflict, Settlement};
use domain::procedure::ProcedureId;

/// Conflicts shown at once: the others come when these are settled.
const SHOWN_MAX: usize = 10;

/// More ways than these are a list that opens: a post is offered to everybody who could take it over.
const RADIOS_MAX: usize = 8;

/// What was sent and could not be done.
#[derive(Default)]
struct Refused {
    name: String,
    way: String,
    reason: String,
    error: Option<String>,
    problems: Vec<PlanProblem>,
}

/// The page.
pub async fn show(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    let mut view = view(&web, &visitor, &looked, &Refused::default());
    if phrases::asked(&visitor).has("xong") {
        view.page = frame::flash(view.page, Tone::Good, "Đã ghi vào phương án và kiểm tra lại.");
    }
    Ok(html(&view))
}

/// One of them is settled.
pub async fn settle(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    let seen = posted.version("phien-ban")?;
    let typed = |name: &str| posted.trimmed(name).chars().take(REASON_CHARS_MAX).collect::<String>();
    let mut refused = Refused {
        name: typed("vuong-mac"),
        way: typed("cach"),
        reason: typed("ly-do"),
        error: None,
        problems: Vec::new(),
    };
    let way = looked
        .found
        .conflicts
        .iter()
        .find(|it| looked.name_of(it) == refused.name)
        .and_then(|it| looked.ways(it).into_iter().find(|way| way_key(&looked, way) == refused.way));
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let done = match way {
        _ if seen != looked.draft.version => Err(reform_drafts::ReformDraftRefusal::PlanWrittenSince.into()),
        None if refused.way.is_empty() => {
            refused.error = Some("Chọn một cách giải quyết.".to_owned());
            Ok(())
        }
        None => Err(reform_drafts::ReformDraftRefusal::ConflictGone.into()),
        Some(way) => {
            let scope = if posted.has("tat-ca") { Scope::AllAlike } else { Scope::One };
            let settlement = (refused.name.as_str(), &way, scope);
            reform_drafts::settle(&web.house, visitor.person()?, &looked, settlement, &refused.reason).await
        }
    };
    match done {
        Ok(()) if refused.error.is_none() => {
            return Ok(Redirect::to(&format!("{}?xong=1", address(looked.draft.id, Step::Conflicts))).into_response());
        }
        Ok(()) => {}
        Err(DraftError::Refused(no)) => {
            let is_typed = no == reform_drafts::ReformDraftRefusal::WhyMissing;
            status = if is_typed { status } else { StatusCode::CONFLICT };
            refused.error = Some(told::refused(&no));
        }
        Err(DraftError::Wrong(problems)) => {
            refused.error = Some("Ghi như vậy thì phương án không còn đúng: xem các dòng dưới đây.".to_owned());
            refused.problems = told::problems("", &problems);
        }
        Err(DraftError::House(error)) => return Err(error.into()),
    }
    // As it is now: somebody else may have settled something meanwhile.
    let looked = look(&web, &visitor, &id).await?;
    Ok(html_as(status, &view(&web, &visitor, &looked, &refused)))
}

fn view(web: &Web, visitor: &Visitor, looked: &Looked, refused: &Refused) -> ReformConflictsPage {
    // Of those that can be settled alike one is enough to read: the next comes when it is settled, unless it went with it.
    let kind = std::mem::discriminant::<Conflict>;
    let mut kinds = Vec::new();
    let mut is_shown = |it: &&Conflict| {
        let is_first = !kinds.contains(&kind(it));
        kinds.push(kind(it));
        is_first || looked.ways(it).is_empty() || looked.name_of(it) == refused.name
    };
    let shown: Vec<ConflictView> = looked
        .found
        .conflicts
        .iter()
        .filter(|it| is_shown(it))
        .take(SHOWN_MAX)
        .enumerate()
        .map(|(place, it)| conflict(looked, it, place, refused))
        .collect();
    let at = shown.iter().find(|it| it.name == refused.name).map_or("#main".to_owned(), |it| format!("#{}", it.id));
    let frame = page(web, visitor, Step::Conflicts);
    let mut head = head_of(looked, Step::Conflicts);
    if !looked.found.conflicts.is_empty() {
        head.next = None;
    }
    ReformConflictsPage {
        page: if refused.error.is_some() { frame.with_error_title() } else { frame },
        head,
        total: looked.found.conflicts.len(),
        errors: refused.error.iter().map(|it| FieldLink { href: at.clone(), text: it.clone() }).collect(),
        problems: refused.problems.clone(),
        conflicts: shown,
        settled: looked.plan.settled.iter().map(|it| (settled(looked, &it.what), it.reason.clone())).collect(),
    }
}

fn person_words(looked: &Looked, person: PersonId) -> String {
    let name = looked.known.staff_name(person);
    let on = looked.plan.effective_on();
    let eve = on.yesterday().unwrap_or(on);
    let posts: Vec<String> = looked
        .known
        .mandates
        .of(person, eve)
        .map(|it| format!("{}, {}", texts::post(it.post), looked.known.organisation.name_on(it.unit, eve)))
        .collect();
    if posts.is_empty() { name.to_owned() } else { format!("{name} ({})", posts.join("; ")) }
}

fn procedure_words(looked: &Looked, id: &ProcedureId) -> String {
    let name = looked.known.catalogue.current(id).map(|it| it.name.clone());
    let level = match id.tab.as_str() {
        "ward" => "cấp phường",
        "district" => "cấp quận",
        other => other,
    };
    name.map_or_else(|| id.to_string(), |name| format!("{name} ({level})"))
}

fn settled(looked: &Looked, what: &Settlement) -> String {
    match what {
        Settlement::PersonInUnits { person } => {
            format!("{} làm ở nhiều đơn vị", looked.known.staff_name(*person))
        }
        Settlement::PersonLeaves { person } => {
            format!("{} thôi việc ở các đơn vị này", looked.known.staff_name(*person))
        }
        Settlement::Workflow { keep } => format!("Giữ quy trình của {}", procedure_words(looked, keep)),
        Settlement::PostOpen { unit, post } => {
            format!("{} chưa có {}", unit_words(looked, *unit), texts::post(*post))
        }
    }
}

/// What a conflict is, and why it must be settled.
fn said(looked: &Looked, it: &Conflict) -> (String, String) {
    let unit = |it: &domain::ids::UnitId| unit_words(looked, *it);
    match it {
        Conflict::TwoWorkflows { one, other } => (
            format!("Một thủ tục có hai quy trình: {}", procedure_words(looked, one)),
            format!(
                "Ở đơn vị mới, “{}” và “{}” thành một thủ tục nhưng các bước khác nhau. Chọn quy trình được giữ; hồ sơ đã nhận vẫn theo quy trình cũ của nó.",
                procedure_words(looked, one),
                procedure_words(looked, other)
            ),
        ),
        Conflict::PersonInUnits { person, units } => (
            format!("Một người ở nhiều đơn vị: {}", looked.known.staff_name(*person)),
            format!(
                "{} sẽ có việc ở {}. Chọn một đơn vị, hoặc ghi lý do được giữ cả hai.",
                person_words(looked, *person),
                units.iter().map(unit).collect::<Vec<_>>().join(" và ")
            ),
        ),
        Conflict::PersonLeaves { person, unit: of } => (
            format!("Một người không còn đơn vị: {}", looked.known.staff_name(*person)),
            format!(
                "{} đang làm ở {}, đơn vị này kết thúc và phương án chưa nói người này về đâu. Từ thời điểm đó người này không đăng nhập làm việc được.",
                person_words(looked, *person),
                unit(of)
            ),
        ),
        Conflict::PostOpen { unit: of, post, dossiers } => (
            format!("{} chưa có {}", unit(of), texts::post(*post)),
            if *dossiers == 0 {
                "Trước đó vị trí này có người. Chọn người giữ, hoặc ghi lý do còn để trống: việc mới về người đứng đầu."
                    .to_owned()
            } else {
                format!(
                    "{dossiers} hồ sơ đang chờ vị trí này. Chọn người giữ, hoặc ghi lý do còn để trống: hồ sơ về người đứng đầu, có báo động."
                )
            },
        ),
        Conflict::SplitWithoutRule { unit: of } => (
            format!("{} bị chia mà chưa có quy tắc", unit(of)),
            "Thêm mục [[territory]] nói rõ phường, tổ dân phố hoặc đường phố nào về đâu.".to_owned(),
        ),
        Conflict::EdgeToEnding { from, to } => (
            format!("{} giao cho {}, đơn vị này cũng kết thúc", unit(from), unit(to)),
            "Sửa dòng [[edge]] để giao cho đơn vị hoạt động tiếp.".to_owned(),
        ),
        Conflict::PlanOverlaps { plan, unit: of } => (
            format!("{} đã nằm trong phương án {plan}", unit(of)),
            "Chờ phương án kia làm xong, hoặc bỏ đơn vị này khỏi phương án.".to_owned(),
        ),
        Conflict::SameCode { scheme, value, units } => (
            format!("Hai đơn vị cùng mã {value} ({scheme})"),
            format!(
                "{} cùng mang mã này sau khi sắp xếp, mã hồ sơ có thể trùng nhau. Sửa mục codes của một đơn vị.",
                units.iter().map(unit).collect::<Vec<_>>().join(" và ")
            ),
        ),
    }
}

/// A way, as a form sends it.
fn way_key(looked: &Looked, way: &Way) -> String {
    match way {
        Way::OnlyIn(unit) => format!("o:{}", looked.key_of(*unit)),
        Way::AsItIs => "giu-nguyen".to_owned(),
        Way::Keep(id) => format!("giu:{id}"),
        Way::Given(person) => format!("giao:{person}"),
    }
}

fn way_words(looked: &Looked, it: &Conflict, way: &Way) -> (String, &'static str) {
    match way {
        Way::OnlyIn(unit) => (format!("Chỉ làm ở {}", unit_words(looked, *unit)), "giữ vị trí đang có"),
        Way::Keep(id) => (format!("Giữ quy trình của {}", procedure_words(looked, id)), "ghi lý do bên dưới"),
        Way::Given(person) => (format!("Giao cho {}", person_words(looked, *person)), "người này thôi các việc khác"),
        Way::AsItIs => match it {
            Conflict::PersonInUnits { .. } => ("Giữ cả các đơn vị".to_owned(), "ghi lý do bên dưới"),
            Conflict::PersonLeaves { .. } => {
                ("Thôi làm việc từ thời điểm đó".to_owned(), "nghỉ hưu, chuyển công tác; ghi lý do bên dưới")
            }
            Conflict::PostOpen { .. } => ("Để trống, sẽ bổ nhiệm sau".to_owned(), "ghi lý do bên dưới"),
            Conflict::TwoWorkflows { .. }
            | Conflict::SplitWithoutRule { .. }
            | Conflict::EdgeToEnding { .. }
            | Conflict::PlanOverlaps { .. }
            | Conflict::SameCode { .. } => (String::new(), ""),
        },
    }
}

fn conflict(looked: &Looked, it: &Conflict, place: usize, refused: &Refused) -> ConflictView {
    let name = looked.name_of(it);
    let is_refused = name == refused.name && !name.is_empty();
    let ways = looked.ways(it);
    let (title, why) = said(looked, it);
    let choices: Vec<ChoiceView> = ways
        .iter()
        .map(|way| {
            let (label, note) = way_words(looked, it, way);
            let value = way_key(looked, way);
            ChoiceView { chosen: is_refused && value == refused.way, ..ChoiceView::new(value, label).with_note(note) }
        })
        .collect();
    let reasoned = ways.iter().any(|it| matches!(it, Way::AsItIs | Way::Keep(_)));
    let reason = StaffField::line("ly-do", "Lý do").as_optional();
    let reason = if is_refused { reason.with_value(&refused.reason) } else { reason };
    let field = if choices.len() > RADIOS_MAX {
        let none = ChoiceView::new("", "Chọn một người, hoặc để trống vị trí");
        StaffField::select("cach", "Cách giải quyết", std::iter::once(none).chain(choices).collect())
    } else {
        StaffField::radios("cach", "Cách giải quyết", choices)
    };
    let field = match &refused.error {
        Some(said) if is_refused => field.with_error(said),
        _ => field,
    };
    ConflictView {
        id: format!("vm-{}", place + 1),
        name,
        title,
        why,
        ways: (!ways.is_empty()).then_some(field),
        reason: reasoned.then_some(reason),
        alike: looked.alike(it).count(),
    }
}
