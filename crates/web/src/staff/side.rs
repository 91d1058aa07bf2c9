//! The papers of a dossier beside its facts: the paper on the left, what is known on the right, one after the other. Whoever signs
//! does it here, and goes on to the next of the list.

use super::act_forms;
use super::dossier::{self, code_of};
use super::marks;
use super::phrases;
use super::staged;
use super::views::{DraftPiece, FactView, LinkView, SideMark, SidePage, SideShown, SideSigning, TabView};
use crate::Web;
use crate::frame::{self, html};
use crate::page::Tone;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::telling;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::dossiers::DossierView;
use app::rows::Document;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::dossier::{Act, Outcome};
use domain::ids::PersonId;
use domain::procedure::StepKind;
use jiff::ToSpan;
use jiff::civil::Date;

/// A mandate that ended or begins within so many days is worth a word.
const AROUND_DAYS: i64 = 30;

/// One thing to look at.
struct Piece {
    title: String,
    /// Its place among the papers filed; none for the draft.
    place: Option<usize>,
    shown: SideShown,
}

fn shown(view: &DossierView, document: &Document) -> SideShown {
    let href = format!("{}/tep/{}", phrases::dossier_address(&view.dossier.code), document.id);
    let label = staged::described(document);
    match document.media_type.as_str() {
        "image/jpeg" | "image/png" => SideShown::Image { href, label },
        "application/pdf" => SideShown::Pdf { href, label },
        _ => SideShown::Other { href, label },
    }
}

fn drafted(view: &DossierView) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let signed = view.dossier.signed.is_some();
    if let Some((outcome, draft)) = view.dossier.draft.as_ref().filter(|_| !signed) {
        let title = match outcome {
            Outcome::Granted => say("case-draft-granted"),
            Outcome::Declined => say("case-draft-declined"),
        };
        let text = draft.get().map(|it| it.text.clone()).unwrap_or_default();
        let file = draft.get().and_then(|it| it.document);
        let file = file.and_then(|id| view.documents.iter().find(|it| it.id == id));
        if let Some(file) = file {
            pieces.push(Piece { title: title.to_owned(), place: None, shown: shown(view, file) });
        }
        if !text.is_empty() || file.is_none() {
            let name = if file.is_some() { say("side-draft-text") } else { title };
            pieces.push(Piece { title: name.to_owned(), place: None, shown: SideShown::Text(text) });
        }
    }
    pieces
}

/// What would be signed: the draft as a file, in words, or both.
pub(super) fn draft(view: &DossierView) -> Vec<DraftPiece> {
    drafted(view).into_iter().map(|it| DraftPiece { title: it.title, shown: it.shown }).collect()
}

/// The draft first, then every paper with its files; a paper handed in on paper says so.
fn pieces(view: &DossierView) -> Vec<Piece> {
    let mut pieces = drafted(view);
    let filed = view.dossier.filing.get();
    for (place, paper) in filed.map(|it| it.papers.as_slice()).unwrap_or_default().iter().enumerate() {
        let replaced = filed.is_some_and(|it| it.is_replaced(place));
        let title = if replaced { say_with("side-earlier", &[("paper", &paper.name)]) } else { paper.name.clone() };
        let files: Vec<&Document> =
            paper.documents.iter().filter_map(|id| view.documents.iter().find(|it| it.id == *id)).collect();
        if files.is_empty() {
            pieces.push(Piece { title, place: Some(place), shown: SideShown::Nothing });
        } else {
            let own = |file: &&Document| Piece { title: title.clone(), place: Some(place), shown: shown(view, file) };
            pieces.extend(files.iter().map(own));
        }
    }
    pieces
}

/// Where somebody begins to look who asked for no paper: at the draft that waits for a signature; after a supplement at what was
/// handed in again, not at what was wrong; else at the first paper.
fn newest(view: &DossierView, pieces: &[Piece]) -> usize {
    let Some(filing) = view.dossier.filing.get() else { return 0 };
    let again = |place: usize| {
        let name = filing.papers.get(place).map(|it| (&it.requirement, &it.name));
        let is_same = |it: &usize| filing.papers.get(*it).map(|own| (&own.requirement, &own.name)) == name;
        !filing.is_replaced(place) && (0..place).any(|it| is_same(&it) && filing.is_replaced(it))
    };
    if pieces.first().is_some_and(|it| it.place.is_none()) {
        return 0;
    }
    pieces.iter().position(|it| it.place.is_some_and(again)).unwrap_or(0)
}

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(code): Path<String>) -> Result<Response, Problem> {
    let code = code_of(&code)?;
    let view = match dossier::opened(&web, &visitor, &code, "giấy tờ cạnh thông tin").await? {
        Ok(view) => view,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let asked = phrases::asked(&visitor);
    let list = phrases::list_of(&visitor);
    let home = phrases::dossier_address(&code);
    let person = visitor.person()?;
    let pieces = pieces(&view);
    let first = newest(&view, &pieces) + 1;
    let here = asked.trimmed("so").parse::<usize>().unwrap_or(first).clamp(1, pieces.len().max(1)) - 1;
    let large = asked.trimmed("to") == "1";
    let at = |number: usize, large: bool| {
        let number = (number + 1).to_string();
        let zoom = if large { "1" } else { "" };
        format!("{home}/giay-to?{}", phrases::query(&[("so", &number), ("to", zoom), ("ve", &list)]))
    };
    let mut page = frame::staff(&web, &visitor, say_with("side-page", &[("code", &code)]), "/nghiep-vu");
    if let Ok(act) = asked.trimmed("xong").parse::<Act>() {
        let done = telling::within(&texts::act(act));
        let which = asked.trimmed("truoc").chars().take(60).collect::<String>();
        page = frame::flash(page, Tone::Good, say_with("side-done", &[("act", &done), ("code", &which)]));
    }
    let piece = pieces.get(here);
    let (before, place, after) = dossier::neighbours(&web, &visitor, &list, &code, "/giay-to").await?;
    let tabs = pieces.iter().enumerate().map(|(number, it)| TabView {
        label: super::work_list::cut(&it.title, 40),
        count: None,
        href: at(number, false),
        current: number == here,
        is_name: true,
    });
    let filing = view.dossier.filing.get();
    Ok(html(&SidePage {
        page,
        back: dossier::list_link(&list, &code),
        before,
        place,
        after,
        dossier: LinkView {
            label: say_with("side-dossier", &[("code", &code)]),
            href: phrases::from_list(&home, &list),
        },
        about: phrases::about(&view),
        code: code.to_string(),
        title: piece.map_or_else(|| say("side-none").to_owned(), |it| it.title.clone()),
        is_named: piece.is_some_and(|it| it.place.is_some()),
        tabs: tabs.collect(),
        previous: here.checked_sub(1).map(|it| at(it, large)),
        next: (here + 1 < pieces.len()).then(|| at(here + 1, large)),
        counted: if pieces.is_empty() { String::new() } else { format!("{}/{}", here + 1, pieces.len()) },
        zoom: at(here, !large),
        large,
        mark: mark(&view, piece.and_then(|it| it.place), &list),
        shown: pieces.into_iter().nth(here).map_or(SideShown::Nothing, |it| it.shown),
        clocks: dossier::clocks(&web, &view)?,
        answers: super::answer_fields::sections(&view),
        people: filing.map(|it| people(&it.owner().name, &it.owner().birth, &it.owner().address)).unwrap_or_default(),
        signing: signing(&web, &view, person, &list),
        version: u64::from(view.dossier.version),
    }))
}

fn people(name: &str, birth: &str, address: &str) -> Vec<FactView> {
    let fact = |key: &'static str, value: &str, is_data: bool| FactView {
        label: say(key).to_owned(),
        value: value.to_owned(),
        is_data,
        ..FactView::default()
    };
    let birth = birth.parse::<Date>().map_or_else(|_| birth.to_owned(), spoken::short_day);
    [fact("case-applicant", name, true), fact("account-birth", &birth, false), fact("account-address", address, true)]
        .into_iter()
        .filter(|it| !it.value.is_empty())
        .collect()
}

/// The mark of the paper in view, which can be given here too.
fn mark(view: &DossierView, place: Option<usize>, list: &str) -> Option<SideMark> {
    let place = place?;
    let (mark, reason) = view.dossier.marks.paper(place);
    let replaced = view.dossier.filing.get().is_some_and(|it| it.is_replaced(place));
    let home = phrases::dossier_address(&view.dossier.code);
    let can = view.can(Act::Examine) && !replaced;
    Some(SideMark {
        place: place.to_string(),
        mark: marks::shown(mark),
        reason: reason.to_owned(),
        action: if can { phrases::from_list(&format!("{home}/danh-gia"), list) } else { String::new() },
    })
}

/// Signing and giving back, for whoever may sign now.
fn signing(web: &Web, view: &DossierView, person: PersonId, list: &str) -> Option<SideSigning> {
    if view.dossier.step.kind != StepKind::Sign || !view.dossier.status.is_open() {
        return None;
    }
    let home = phrases::dossier_address(&view.dossier.code);
    let act = |act: Act| phrases::from_list(&format!("{home}/viec/{act}"), list);
    let back = act_forms::form(web, view, Act::SendBack, &Posted::default());
    Some(SideSigning {
        action: if view.can(Act::Sign) { act(Act::Sign) } else { String::new() },
        once: web.house.once(),
        send_back: if view.can(Act::SendBack) { act(Act::SendBack) } else { String::new() },
        send_back_once: web.house.once(),
        send_back_fields: back.fields,
        others: others(view, person),
    })
}

/// Who else may sign in this place, and whose right to it has just ended or is about to begin.
fn others(view: &DossierView, person: PersonId) -> Vec<String> {
    let owner = view.owner();
    let today = view.now.day();
    let name = |person: PersonId| view.known.staff_name(person).to_owned();
    let around =
        |day: Date| day >= today.saturating_sub(AROUND_DAYS.days()) && day <= today.saturating_add(AROUND_DAYS.days());
    let dated =
        |key: &'static str, who: &str, day: Date| say_with(key, &[("name", &who), ("day", &spoken::short_day(day))]);
    let mut said = Vec::new();
    let own = view.known.mandates.all().iter().filter(|it| it.unit == owner.unit && it.post == owner.post);
    for it in own.filter(|it| it.person != person) {
        let who = name(it.person);
        match it.until {
            Some(end) if end <= today && around(end) => {
                said.push(dated("side-away", &who, end));
            }
            Some(end) if it.holds_on(today) => {
                said.push(dated("side-until", &who, end.saturating_sub(1.day())));
            }
            None if it.holds_on(today) => said.push(say_with("side-too", &[("name", &who)])),
            _ if it.from > today && around(it.from) => {
                said.push(dated("side-from", &who, it.from));
            }
            _ => {}
        }
    }
    said.sort();
    said.dedup();
    said
}
