//! One act on several dossiers of a list: first a page that says for which of the ticked ones it is lawful, why not for the others and
//! what each citizen will get; then each is done by itself, and what came of it is said line by line.

use super::act_forms;
use super::act_readings::{self, Typed};
use super::dossier::{self, code_of};
use super::phrases;
use super::views::{BulkPage, BulkRow, StaffField};
use super::work_list;
use crate::Web;
use crate::frame::{self, html_as, safe_return};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::desk;
use app::dossiers::DossierView;
use app::handle::{Asked, Once, handle};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::dossier::{Act, DossierCode};
use domain::post::Post;

/// Acts on several dossiers, who has them, and the key of what is said where no row of a list suits.
pub const ACTS: [(Act, &[Post], &str); 5] = [
    (Act::Accept, &[Post::Reception], "bulk-none-accept"),
    (Act::Sign, &[Post::Leader], "bulk-none-sign"),
    (Act::TakeOn, &[Post::Specialist, Post::Head, Post::Leader, Post::Clerk], "bulk-none-take-on"),
    (Act::Assign, &[Post::Head, Post::Leader], "bulk-none-assign"),
    (Act::Forward, &[Post::Specialist, Post::Head], "bulk-none-forward"),
];
/// Most dossiers at once.
pub const TICKED_MAX: usize = 100;
/// Longest message shown in a row, in characters.
const MESSAGE_CHARS_MAX: usize = 200;

/// One ticked dossier.
struct Ticked {
    code: DossierCode,
    version: u32,
    view: DossierView,
}

fn act_of(text: &str) -> Result<Act, Problem> {
    let act: Act = text.parse().map_err(|_| Problem::BadForm)?;
    if ACTS.iter().any(|it| it.0 == act) { Ok(act) } else { Err(Problem::BadForm) }
}

/// The ticks of a list, or the order to do it.
pub async fn post(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let is_order = posted.trimmed("lenh") == "lam";
    let act = act_of(posted.trimmed(if is_order { "viec" } else { "lenh" }))?;
    let back = safe_return(posted.text("ve"), "/nghiep-vu");
    let mut ticked = Vec::new();
    let mut rows = Vec::new();
    let all = posted.trimmed("ca-danh-sach") == "1" && !is_order;
    let ticks = if all { work_list::all_in(&web, &visitor, &back).await? } else { ticks(&posted)? };
    for (code, version) in ticks.into_iter().take(TICKED_MAX) {
        match dossier::opened(&web, &visitor, &code, "làm hàng loạt").await {
            Ok(Ok(view)) => ticked.push(Ticked { code, version, view }),
            Err(why) if !matches!(why.app(), Some(AppError::NotFound)) => return Err(why),
            Ok(Err(_)) | Err(_) => rows.push(row(&code, "", say("bulk-not-yours"))),
        }
    }
    if is_order {
        ordered(&web, &visitor, act, &ticked, &posted, rows, &back).await
    } else {
        asked(&web, &visitor, act, &ticked, rows, &back)
    }
}

/// What was ticked: code and the version seen.
fn ticks(posted: &Posted) -> Result<Vec<(DossierCode, u32)>, Problem> {
    let read = |tick: &String| {
        let (code, version) = tick.rsplit_once('@').ok_or(Problem::BadForm)?;
        Ok((code_of(code)?, version.parse().map_err(|_| Problem::BadForm)?))
    };
    posted.all("chon").iter().map(read).collect()
}

fn row(code: &DossierCode, about: &str, refused: &str) -> BulkRow {
    BulkRow {
        code: code.to_string(),
        href: phrases::dossier_address(code),
        about: about.to_owned(),
        refused: refused.to_owned(),
        ..BulkRow::default()
    }
}

/// Why it cannot be done to a dossier now; none where it can.
fn refusal(it: &Ticked, act: Act) -> Option<String> {
    if it.version != it.view.dossier.version {
        return Some(say("bulk-changed").to_owned());
    }
    match it.view.acts.iter().find(|own| own.0 == act) {
        None => Some(say("bulk-not-yours").to_owned()),
        Some((_, Err(why))) => Some(texts::refusal(why).what),
        Some((_, Ok(()))) => None,
    }
}

/// The page before it is done.
fn asked(
    web: &Web,
    visitor: &Visitor,
    act: Act,
    ticked: &[Ticked],
    mut rows: Vec<BulkRow>,
    back: &str,
) -> Result<Response, Problem> {
    let actor = visitor.signed_in()?;
    let mut first = None;
    let mut lawful = Vec::new();
    for it in ticked {
        let about = phrases::about(&it.view);
        if let Some(why) = refusal(it, act) {
            rows.push(row(&it.code, &about, &why));
            continue;
        }
        first = first.or(Some(&it.view));
        let told = act_readings::without_words(act)
            .and_then(|command| desk::foretell(&web.house, &actor, &it.view, &command).ok())
            .and_then(|it| it.told);
        lawful.push(BulkRow {
            message: told.map(|it| work_list::cut(&it.text, MESSAGE_CHARS_MAX)).unwrap_or_default(),
            tick: format!("{}@{}", it.code, it.version),
            ..row(&it.code, &about, "")
        });
    }
    let fields = first.map(|view| questions(web, view, act, &Posted::default())).unwrap_or_default();
    let count = lawful.len();
    lawful.extend(rows);
    let status = if count == 0 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(html_as(status, &filled(web, visitor, act, lawful, fields, back, count)))
}

fn questions(web: &Web, view: &DossierView, act: Act, typed: &Posted) -> Vec<StaffField> {
    let fields = act_forms::form(web, view, act, typed).fields;
    // Whoever is next differs from dossier to dossier: the workflow says it, and a person is named one by one.
    fields.into_iter().filter(|it| act == Act::Assign || it.name != "nguoi").collect()
}

fn filled(
    web: &Web,
    visitor: &Visitor,
    act: Act,
    rows: Vec<BulkRow>,
    fields: Vec<StaffField>,
    back: &str,
    count: usize,
) -> BulkPage {
    let label = texts::act(act);
    BulkPage {
        page: frame::staff(web, visitor, say_with("bulk-page", &[("act", &label)]), "/nghiep-vu"),
        back: back.to_owned(),
        act: act.key().to_owned(),
        explains: texts::act_explains(act),
        button: say_with("bulk-button", &[("count", &count), ("act", &label)]),
        label,
        rows,
        fields,
        once: web.house.once(),
        count,
        done: None,
    }
}

/// Each by itself; what came of each is said.
async fn ordered(
    web: &Web,
    visitor: &Visitor,
    act: Act,
    ticked: &[Ticked],
    posted: &Posted,
    rows: Vec<BulkRow>,
    back: &str,
) -> Result<Response, Problem> {
    let actor = visitor.signed_in()?;
    let once = posted.trimmed("mot-lan");
    let mut done = rows;
    let mut count = 0;
    for it in ticked {
        let about = phrases::about(&it.view);
        let typed = Typed { posted, files: &[], view: &it.view, today: web.house.clock.now().day() };
        let command = match act_readings::command(act, &typed) {
            Ok(command) => command,
            Err(problems) => {
                let fields = questions(web, &it.view, act, posted);
                let fields = act_forms::finished(web, visitor.person()?, fields, &[], &problems);
                let again = ticked.iter().map(|it| BulkRow {
                    tick: format!("{}@{}", it.code, it.version),
                    ..row(&it.code, &phrases::about(&it.view), "")
                });
                let page = filled(web, visitor, act, again.collect(), fields, back, ticked.len());
                return Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
            }
        };
        let once = Once::new(&format!("{once}:{}", it.code), &posted.contents(&["csrf", "mot-lan"]));
        let asked = Asked {
            actor: actor.clone(),
            id: it.view.dossier.id,
            version: Some(it.version),
            command,
            once: Some(once),
        };
        let why = match handle(&web.house, asked).await {
            Ok(_) => {
                count += 1;
                String::new()
            }
            Err(AppError::Refused(why)) => texts::refusal(&why).what,
            Err(AppError::Stale { .. }) => say("bulk-changed-nothing").to_owned(),
            Err(AppError::Forbidden | AppError::NotFound) => say("bulk-not-yours").to_owned(),
            Err(other) => return Err(other.into()),
        };
        done.push(row(&it.code, &about, &why));
    }
    let mut page = filled(web, visitor, act, done, Vec::new(), back, count);
    page.done = Some(count);
    Ok(html_as(StatusCode::OK, &page))
}
