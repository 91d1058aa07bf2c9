//! Finding a procedure: home, search, the list of all.

use super::Asked;
use super::views::{
    Elsewhere, HomePage, LifeEvent, Link, LookUpForm, ProcedureCard, ProcedureListPage, Said, SearchPage, Tab, TermView,
};
use super::words::fee_in_short;
use crate::Web;
use crate::frame::{self, encoded, html};
use crate::page::{Icon, PageLink, Pager, Section};
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::house::Snapshot;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use domain::calendar::TimeLimit;
use domain::person::fold;
use domain::procedure::{Basis, OnlineLevel, ProcedureId, ProcedureRevision};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most hits of a search page.
const HITS_MAX: usize = 12;
/// Most suggestions while typing.
const SUGGESTIONS_MAX: usize = 8;
/// Rows of a page of the list.
const ROWS: usize = 25;
/// Longest text that is searched for, in characters.
const QUERY_CHARS_MAX: usize = 200;

/// What people search for: in Vietnamese and in English, which the search knows too (`phrasings.csv`).
type Words = (&'static str, &'static str);

/// Searches people often make.
const FREQUENT: [Words; 4] = [
    ("đăng ký khai sinh", "register a birth"),
    ("giấy xác nhận độc thân", "certificate of single status"),
    ("sao y chứng thực", "certified copy"),
    ("giấy phép xây dựng", "building permit"),
];

/// What happens in a life: drawing, key of its name, and what people then search for.
const LIFE: [(Icon, &str, [Words; 2]); 8] = [
    (
        Icon::Baby,
        "life-birth",
        [
            ("đăng ký khai sinh", "register a birth"),
            ("khai sinh, thường trú và thẻ bảo hiểm y tế", "birth, residence and health insurance together"),
        ],
    ),
    (
        Icon::Ring,
        "life-marriage",
        [
            ("giấy xác nhận tình trạng hôn nhân", "certificate of marital status"),
            ("đăng ký kết hôn", "register a marriage"),
        ],
    ),
    (
        Icon::Home,
        "life-home",
        [
            ("giấy phép xây dựng nhà ở riêng lẻ", "permit to build a house"),
            ("chuyển mục đích sử dụng đất", "change the use of land"),
        ],
    ),
    (
        Icon::Shop,
        "life-business",
        [
            ("đăng ký hộ kinh doanh", "register a household business"),
            ("giấy đủ điều kiện an toàn thực phẩm", "food safety certificate"),
        ],
    ),
    (
        Icon::Copy,
        "life-copies",
        [
            ("chứng thực bản sao từ bản chính", "certified copy of an original"),
            ("chứng thực chữ ký", "certify a signature"),
        ],
    ),
    (
        Icon::Pen,
        "life-papers",
        [
            ("cải chính thông tin hộ tịch", "correct a civil status record"),
            ("bản sao trích lục hộ tịch", "copy of a civil status extract"),
        ],
    ),
    (
        Icon::Heart,
        "life-help",
        [
            ("trợ cấp xã hội hằng tháng", "monthly social allowance"),
            ("xác định mức độ khuyết tật", "assess a disability"),
        ],
    ),
    (
        Icon::Flower,
        "life-death",
        [("đăng ký khai tử", "register a death"), ("hỗ trợ chi phí mai táng", "help with funeral costs")],
    ),
];

/// Words to try where a search found little.
const OTHER_WORDS: [Words; 4] = [
    ("mới sinh em bé", "new baby"),
    ("mất giấy khai sinh", "lost birth certificate"),
    ("mở quán ăn", "open a restaurant"),
    ("sửa nhà", "repair a house"),
];

fn search_link((vietnamese, english): Words) -> Link {
    let words = if texts::language() == texts::Language::English { english } else { vietnamese };
    Link { href: format!("/tim?q={}", encoded(words)), label: words.to_owned() }
}

fn search_links(all: &[Words]) -> Vec<Link> {
    all.iter()
        .map(|it| {
            let link = search_link(*it);
            Link { label: crate::telling::opening(&link.label), ..link }
        })
        .collect()
}

/// The first page.
pub async fn home(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let known = web.house.now_known();
    let announcements = app::announcements::said_today(&web.house)?;
    Ok(html(&HomePage {
        announcements: announcements.iter().map(|it| said(&web, it)).collect(),
        page: frame::citizen(&web, &visitor, say("home-title"), Section::Elsewhere),
        frequent: FREQUENT.into_iter().map(search_link).collect(),
        life_events: LIFE
            .iter()
            .map(|(icon, title, links)| LifeEvent {
                icon: *icon,
                title: say(title).to_owned(),
                links: search_links(links),
            })
            .collect(),
        procedure_count: known.catalogue.len(),
        look_up: LookUpForm::default(),
        desk_facts: Vec::new(),
    }))
}

fn said(web: &Web, it: &app::announcements::Announcement) -> Said {
    Said {
        title: it.title.clone(),
        to: it.unit.map(|unit| frame::unit_today(web, unit)).unwrap_or_default(),
        text: it.text.lines().map(str::to_owned).collect(),
        until: say_with("home-until", &[("day", &spoken::short_day(it.until))]),
    }
}

fn asked_text(asked: &Asked) -> String {
    let text = asked.get("q").map_or("", String::as_str);
    let plain: String = text.chars().filter(|it| !it.is_control()).take(QUERY_CHARS_MAX).collect();
    plain.trim().to_owned()
}

fn found(known: &Snapshot, text: &str, most: usize) -> (Vec<Arc<ProcedureRevision>>, Option<Elsewhere>) {
    if text.is_empty() {
        return (Vec::new(), None);
    }
    let mut hits = Vec::new();
    // People also paste the code that is printed on a list.
    hits.extend(app::catalogue::find(known, text));
    let answer = known.catalogue.search(text, most);
    let ids = answer.hits.iter().filter_map(|hit| format!("{}@{}", hit.key, hit.tab).parse::<ProcedureId>().ok());
    for hit in ids.filter_map(|id| known.catalogue.current(&id)) {
        if hits.iter().all(|it: &Arc<ProcedureRevision>| it.procedure != hit.procedure) {
            hits.push(hit);
        }
    }
    let elsewhere = answer.elsewhere.map(|it| Elsewhere {
        matter: format!("“{text}”"),
        authority: it.where_to_go,
        explanation: it.answer,
        link: None,
    });
    (hits, elsewhere)
}

/// What a search found.
pub async fn search(State(web): State<Web>, visitor: Visitor, asked: Asked) -> Response {
    let query = asked_text(&asked);
    let (hits, elsewhere) = found(&web.house.now_known(), &query, HITS_MAX);
    let title =
        if query.is_empty() { say("search-title").to_owned() } else { say_with("search-page", &[("query", &query)]) };
    html(&SearchPage {
        page: frame::citizen(&web, &visitor, title, Section::Procedures),
        hits: hits.iter().map(|it| card(it)).collect(),
        elsewhere,
        other_words: if hits.len() < 3 { OTHER_WORDS.into_iter().map(search_link).collect() } else { Vec::new() },
        query,
    })
}

/// One suggestion while typing.
#[derive(Debug, Serialize)]
pub struct Suggestion {
    label: String,
    detail: String,
    href: String,
}

/// Suggestions while typing.
pub async fn suggest(State(web): State<Web>, asked: Asked) -> Json<Vec<Suggestion>> {
    let query = asked_text(&asked);
    let (hits, elsewhere) = found(&web.house.now_known(), &query, SUGGESTIONS_MAX);
    let other = elsewhere.map(|it| Suggestion {
        label: say_with("search-elsewhere", &[("matter", &it.matter), ("authority", &it.authority)]),
        detail: it.explanation,
        href: format!("/tim?q={}", encoded(&query)),
    });
    let own = hits.iter().map(|it| Suggestion {
        label: it.name.clone(),
        detail: format!("{} · {}", tab_words(it), it.sector),
        href: address(it),
    });
    Json(other.into_iter().chain(own).take(SUGGESTIONS_MAX).collect())
}

/// Address of a procedure's page.
pub fn address(it: &ProcedureRevision) -> String {
    format!("/thu-tuc/{}", it.procedure)
}

/// The level that publishes a procedure.
pub(super) fn tab_words(it: &ProcedureRevision) -> String {
    texts::word(&it.procedure.tab.label_key())
}

/// A procedure in a list.
pub fn card(it: &ProcedureRevision) -> ProcedureCard {
    ProcedureCard {
        href: address(it),
        name: it.name.clone(),
        level: tab_words(it),
        sector: it.sector.clone(),
        term: term(it.time_limit.as_ref()),
        fee: fee_in_short(it).map(|text| shortened(&text)),
        online: online(it.online_level).map(str::to_owned),
        reconstructed: !is_verified(it),
    }
}

/// The words of a source can be long; a list shows where they begin.
fn shortened(text: &str) -> String {
    if text.chars().count() <= 80 {
        text.to_owned()
    } else {
        format!("{}…", text.chars().take(78).collect::<String>())
    }
}

/// Whether the level was read in a source.
pub(super) const fn is_verified(it: &ProcedureRevision) -> bool {
    matches!(it.level_basis, Basis::Verified | Basis::PartlyVerified)
}

fn online(level: OnlineLevel) -> Option<&'static str> {
    match level {
        OnlineLevel::Full => Some(say("procedure-online-full")),
        OnlineLevel::Partial => Some(say("procedure-online-part")),
        OnlineLevel::InformationOnly => Some(say("procedure-online-information")),
        OnlineLevel::Unknown => None,
    }
}

/// A time limit in words.
pub fn term(limit: Option<&TimeLimit>) -> TermView {
    match limit {
        None => TermView::NotInSource,
        Some(limit) => TermView::Known {
            committed: spoken::term(limit.binding()),
            legal: limit.committed.filter(|own| *own != limit.legal).map(|_| spoken::term(limit.legal)),
        },
    }
}

// ---- the list ----

/// How the list is narrowed.
#[derive(Clone, Default)]
struct Narrowed {
    query: String,
    tab: String,
    sector: String,
}

impl Narrowed {
    fn address(&self, page: usize) -> String {
        let mut parts = Vec::new();
        for (name, value) in [("q", &self.query), ("cap", &self.tab), ("linh-vuc", &self.sector)] {
            if !value.is_empty() {
                parts.push(format!("{name}={}", encoded(value)));
            }
        }
        if page > 0 {
            parts.push(format!("trang={}", page + 1));
        }
        if parts.is_empty() { "/thu-tuc".to_owned() } else { format!("/thu-tuc?{}", parts.join("&")) }
    }
}

/// The list of all procedures.
pub async fn list(State(web): State<Web>, visitor: Visitor, asked: Asked) -> Response {
    let known = web.house.now_known();
    let text =
        |name: &str| asked.get(name).map_or("", String::as_str).chars().take(QUERY_CHARS_MAX).collect::<String>();
    let narrowed = Narrowed { query: asked_text(&asked), tab: text("cap"), sector: text("linh-vuc") };
    let folded = fold(&narrowed.query);
    let mut matching: Vec<&Arc<ProcedureRevision>> =
        known.catalogue.all().filter(|it| folded.is_empty() || fold(&it.name).contains(&folded)).collect();
    matching.sort_by(|a, b| (&a.name, &a.procedure).cmp(&(&b.name, &b.procedure)));
    let tabs = tabs(&matching, &narrowed);
    matching.retain(|it| narrowed.tab.is_empty() || it.procedure.tab.as_str() == narrowed.tab);
    let sectors = sectors(&matching, &narrowed);
    matching.retain(|it| narrowed.sector.is_empty() || it.sector == narrowed.sector);
    let page = text("trang").parse::<usize>().unwrap_or(1).saturating_sub(1).min(matching.len() / ROWS);
    let verified = known.catalogue.all().filter(|it| is_verified(it)).count();
    let sector = (!narrowed.sector.is_empty()).then(|| Link {
        href: Narrowed { sector: String::new(), ..narrowed.clone() }.address(0),
        label: narrowed.sector.clone(),
    });
    let kept = [("cap", &narrowed.tab), ("linh-vuc", &narrowed.sector)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.clone()));
    html(&ProcedureListPage {
        page: frame::citizen(&web, &visitor, say("frame-all-procedures"), Section::Procedures),
        kept: kept.collect(),
        tabs,
        sectors,
        sector,
        verified_count: verified,
        reconstructed_count: known.catalogue.len() - verified,
        rows: matching.iter().skip(page * ROWS).take(ROWS).map(|it| card(it)).collect(),
        pager: pager(page, matching.len(), |page| narrowed.address(page)),
        query: narrowed.query.clone(),
    })
}

fn tabs(all: &[&Arc<ProcedureRevision>], narrowed: &Narrowed) -> Vec<Tab> {
    let mut counts: BTreeMap<&str, (String, usize)> = BTreeMap::new();
    for it in all {
        counts.entry(it.procedure.tab.as_str()).or_insert_with(|| (tab_words(it), 0)).1 += 1;
    }
    let tab = |key: &str, label: String, count| Tab {
        label,
        count,
        href: Narrowed { tab: key.to_owned(), sector: String::new(), ..narrowed.clone() }.address(0),
        current: narrowed.tab == key,
    };
    let mut tabs = vec![tab("", say("list-all").to_owned(), all.len())];
    tabs.extend(counts.into_iter().map(|(key, (label, count))| tab(key, label, count)));
    tabs
}

fn sectors(all: &[&Arc<ProcedureRevision>], narrowed: &Narrowed) -> Vec<Tab> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for it in all.iter().filter(|it| !it.sector.is_empty()) {
        *counts.entry(it.sector.as_str()).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(sector, count)| Tab {
            label: sector.to_owned(),
            count,
            href: Narrowed { sector: sector.to_owned(), ..narrowed.clone() }.address(0),
            current: narrowed.sector == sector,
        })
        .collect()
}

fn pager(page: usize, total: usize, address: impl Fn(usize) -> String) -> Pager {
    let last_page = total.saturating_sub(1) / ROWS;
    let numbers = page.saturating_sub(2)..=(page + 2).min(last_page);
    Pager {
        first: if total == 0 { 0 } else { page * ROWS + 1 },
        last: ((page + 1) * ROWS).min(total),
        total,
        previous: page.checked_sub(1).map(&address),
        next: (page < last_page).then(|| address(page + 1)),
        links: numbers
            .map(|it| PageLink { label: (it + 1).to_string(), href: address(it), current: it == page })
            .collect(),
    }
}
