//! What a person of the office should do next: queues as tabs, narrowed, sorted, with the most urgent first.

use super::bulk::TICKED_MAX;
use super::phrases::{self, SOON_MINUTES};
use super::routing;
use super::views::{
    BulkAct, ChannelView, ChoiceView, CodeText, DossierRow, FilterChip, FilterRow, Left, Num, RowAct, SortLinks,
    TabView, WorkList,
};
use crate::Web;
use crate::frame::{self, html};
use crate::page::Tone;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::texts::{self, Escaped, Vietnamese};
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::desk::{self, LISTED_MAX};
use app::house::Snapshot;
use app::rows::ListCard;
use app::work::{self, Filter, Queue};
use axum::extract::State;
use axum::response::Response;
use domain::dossier::{Act, ClockView, DossierCode};
use domain::ids::PersonId;
use domain::person::fold;
use domain::post::Post;
use domain::procedure::Channel;
use domain::time::Instant;
use jiff::civil::Date;
use std::borrow::Cow;
use std::sync::Arc;

/// Questions that narrow a list, in the order of their chips.
const QUESTIONS: [&str; 7] = ["q", "thu-tuc", "buoc", "nguoi-giu", "han", "hen", "kenh"];
/// Columns a list can be sorted by: their word in the address and in the view.
const COLUMNS: [(&str, &str); 4] = [("ma", "code"), ("chu", "applicant"), ("con-lai", "left"), ("hen", "due")];
/// Longest short name of a procedure in a row, in characters.
const PROCEDURE_CHARS_MAX: usize = 70;
/// Longest name of a procedure among the choices of a filter, in characters.
const CHOICE_CHARS_MAX: usize = 32;

struct Row {
    card: Arc<ListCard>,
    clock: ClockView,
    holder: HolderKey,
}

impl Row {
    fn all(web: &Web, known: &Snapshot, cards: Vec<Arc<ListCard>>, now: Instant) -> Result<Vec<Self>, Problem> {
        let mut clocks = work::Clocks::new(&web.house, known, now)?;
        let row =
            |card: Arc<ListCard>| Ok(Self { clock: clocks.of(&card)?, holder: HolderKey::of(known, &card), card });
        cards.into_iter().map(row).collect()
    }

    fn minutes(&self) -> Option<i64> {
        match self.clock {
            ClockView::Answering { minutes_left, .. } | ClockView::Running { minutes_left, .. } => Some(minutes_left),
            ClockView::Paused { .. } | ClockView::Ended => None,
        }
    }

    fn limit(&self) -> &'static str {
        match self.minutes() {
            Some(minutes) if minutes < 0 => "qua-han",
            Some(minutes) if minutes <= SOON_MINUTES => "sap-tre",
            Some(_) => "con-han",
            None if matches!(self.clock, ClockView::Paused { .. }) => "tam-dung",
            None => "da-dung",
        }
    }
}

/// Who holds a dossier.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HolderKey {
    Person(PersonId),
    Unclaimed,
    Citizen,
    Payment,
    Outside,
    Nobody,
}

impl HolderKey {
    fn of(known: &Snapshot, card: &ListCard) -> Self {
        match card.holder.as_str() {
            "post" => known.organisation.owner_now(card).person.map_or(Self::Unclaimed, Self::Person),
            "citizen" => Self::Citizen,
            "payment" => Self::Payment,
            "outside" => Self::Outside,
            _ => Self::Nobody,
        }
    }

    fn words(self, known: &Snapshot, own: Option<PersonId>) -> &str {
        match self {
            Self::Person(person) if Some(person) == own => say("work-holder-me"),
            Self::Person(person) => known.staff_name(person),
            Self::Unclaimed => say("work-holder-nobody"),
            Self::Citizen => say("work-holder-citizen"),
            Self::Payment => say("work-holder-payment"),
            Self::Outside => say("work-holder-outside"),
            Self::Nobody => "",
        }
    }
}

/// As the address of a list says it.
impl From<HolderKey> for String {
    fn from(it: HolderKey) -> Self {
        match it {
            HolderKey::Person(person) => return person.to_string(),
            HolderKey::Unclaimed => "chua-ai",
            HolderKey::Citizen => "citizen",
            HolderKey::Payment => "payment",
            HolderKey::Outside => "outside",
            HolderKey::Nobody => "nobody",
        }
        .to_owned()
    }
}

/// What narrows the rows of a list, read once for all of them.
struct Wanted<'a> {
    step: &'a str,
    holder: &'a str,
    limit: &'a str,
    due: Option<(Date, Date)>,
}

impl<'a> Wanted<'a> {
    fn new(asked: &'a Posted, today: Date) -> Self {
        Self {
            step: asked.trimmed("buoc"),
            holder: asked.trimmed("nguoi-giu"),
            limit: asked.trimmed("han"),
            due: span(asked.trimmed("hen"), today),
        }
    }

    fn fits(&self, row: &Row) -> bool {
        let day = || row.card.promised_at.or(row.card.answer_by).map(domain::time::Instant::day);
        (self.step.is_empty() || self.step == row.card.next_act)
            && (self.holder.is_empty() || self.holder == String::from(row.holder))
            && (self.limit.is_empty() || self.limit == row.limit())
            && self.due.is_none_or(|(from, to)| day().is_some_and(|day| (from..=to).contains(&day)))
    }
}

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let person = visitor.person()?;
    let asked = phrases::asked(&visitor);
    let queue = Queue::from_key(asked.trimmed("hang")).unwrap_or_else(|| first_queue(&visitor));
    let filter = stored_filter(&asked);
    let listed = desk::listed(&web.house, person, queue, filter).await?;
    let known = web.house.now_known();
    let now = web.house.clock.now();
    let mut rows = Row::all(&web, &known, listed.cards, now)?;
    let all = rows.len();
    let filters = filter_row(&known, &visitor, &asked, queue, &rows);
    let wanted = Wanted::new(&asked, now.day());
    rows.retain(|it| wanted.fits(it));
    sort(&mut rows, &asked);
    let count = |limit: &str| Num(rows.iter().filter(|it| it.limit() == limit).count() as u64);
    let (late, soon, hold) = (count("qua-han"), count("sap-tre"), count("tam-dung"));
    let pager = phrases::pager(rows.len(), phrases::page_number(&asked), &address(&asked, queue, &["trang"]));
    let is_claimable = queue == Queue::Unclaimed;
    let shown = phrases::page_of(rows, phrases::page_number(&asked));
    web.journal.listed(person, shown.iter().map(|it| it.card.id))?;
    let mut order = order_words(&asked, queue).to_owned();
    if all >= LISTED_MAX as usize {
        let total = Num(to_u64(listed.total));
        order = say_with("work-order-cut", &[("order", &order), ("total", &total), ("max", &LISTED_MAX)]);
    }
    let here = address(&asked, queue, &["xong"]);
    let back = phrases::query(&[("ve", &here)]);
    let view = WorkList {
        page: saying(frame::staff(&web, &visitor, queue_words(queue), "/nghiep-vu"), &asked),
        title: queue_words(queue).to_owned(),
        late,
        soon,
        hold,
        messages: match listed.messages {
            0 => String::new(),
            count => say_with("work-messages", &[("count", &Num(count as u64))]),
        },
        tabs: tabs(&listed.counts, listed.to_route, queue, &visitor),
        chips: chips(&asked, queue, &filters),
        clear_href: format!("/nghiep-vu?hang={}", queue.key()),
        sort: sort_links(&asked, queue),
        order,
        bulk: bulk(&visitor, queue, &shown, &known),
        take_all: if (shown.len() + 1..=TICKED_MAX).contains(&pager.total) {
            say_with("work-take-all", &[("count", &pager.total)])
        } else {
            String::new()
        },
        rows: shown.iter().map(|it| row(&known, it, person, is_claimable, &back)).collect(),
        pager,
        empty: empty_words(queue, all).to_owned(),
        here,
        filters,
    };
    Ok(html(&view))
}

/// Where a dossier stands in the list it was opened from.
pub struct Place {
    /// Its number, from 1; none where it left the list since.
    pub number: Option<usize>,
    /// How many the list has.
    pub of: usize,
    /// The one before.
    pub before: Option<DossierCode>,
    /// The one after.
    pub after: Option<DossierCode>,
}

/// The rows of a list of this page by its address, narrowed and sorted as there; none where it names no such list.
async fn rows_in(web: &Web, visitor: &Visitor, list: &str) -> Result<Option<Vec<Row>>, Problem> {
    if !list.starts_with("/nghiep-vu?") {
        return Ok(None);
    }
    let asked = phrases::asked_in(list);
    let Some(queue) = Queue::from_key(asked.trimmed("hang")) else { return Ok(None) };
    let (known, now) = (web.house.now_known(), web.house.clock.now());
    let listed = desk::listed(&web.house, visitor.person()?, queue, stored_filter(&asked)).await?;
    let mut rows = Row::all(web, &known, listed.cards, now)?;
    let wanted = Wanted::new(&asked, now.day());
    rows.retain(|it| wanted.fits(it));
    sort(&mut rows, &asked);
    Ok(Some(rows))
}

/// Every dossier of a list of this page with its version, in the order of the list.
pub async fn all_in(web: &Web, visitor: &Visitor, list: &str) -> Result<Vec<(DossierCode, u32)>, Problem> {
    let rows = rows_in(web, visitor, list).await?.unwrap_or_default();
    Ok(rows.into_iter().map(|it| (it.card.code.clone(), it.card.version)).collect())
}

/// The place of a dossier in a list of this page, by the list's address: narrowed and sorted as there. None outside a list.
pub async fn place_in(web: &Web, visitor: &Visitor, list: &str, code: &DossierCode) -> Result<Option<Place>, Problem> {
    let Some(rows) = rows_in(web, visitor, list).await? else { return Ok(None) };
    let here = rows.iter().position(|it| it.card.code == *code);
    let at = |place: Option<usize>| place.and_then(|it| rows.get(it)).map(|it| it.card.code.clone());
    Ok(Some(Place {
        number: here.map(|it| it + 1),
        of: rows.len(),
        before: at(here.and_then(|it| it.checked_sub(1))),
        after: at(here.map(|it| it + 1)),
    }))
}

/// Acts on several dossiers at once that somebody in a post has, each with the reason where no row of this list suits it.
fn bulk(visitor: &Visitor, queue: Queue, rows: &[Row], known: &Snapshot) -> Vec<BulkAct> {
    if queue == Queue::Done || rows.is_empty() {
        return Vec::new();
    }
    let suits = |act: Act, row: &Row| match act {
        Act::Accept => row.card.next_act == "answer",
        Act::Sign => row.card.next_act == "sign",
        Act::TakeOn => {
            let free = known.organisation.owner_now(row.card.as_ref()).person.is_none();
            free && matches!(row.card.next_act.as_str(), "assign" | "work" | "await_outside" | "sign" | "issue")
        }
        Act::Assign => matches!(row.card.next_act.as_str(), "assign" | "work"),
        Act::Forward => row.card.next_act == "work",
        _ => false,
    };
    let mut acts: Vec<BulkAct> = super::bulk::ACTS
        .into_iter()
        .filter(|(_, posts, _)| visitor.holds_any(posts))
        .map(|(act, _, none)| BulkAct {
            key: act.key().to_owned(),
            label: texts::act(act),
            disabled: if rows.iter().any(|it| suits(act, it)) { String::new() } else { say(none).to_owned() },
        })
        .collect();
    acts.sort_by_key(|it| !it.disabled.is_empty());
    if acts.iter().all(|it| !it.disabled.is_empty()) { Vec::new() } else { acts }
}

/// What an act brought one back for.
fn saying(page: crate::page::Page, asked: &Posted) -> crate::page::Page {
    match asked.trimmed("xong").parse::<domain::dossier::Act>() {
        Ok(act) => {
            let act = crate::telling::within(&texts::act(act));
            frame::flash(page, Tone::Good, say_with("work-did", &[("act", &act)]))
        }
        Err(_) => page,
    }
}

fn to_u64(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

/// The queue somebody's day begins with.
fn first_queue(visitor: &Visitor) -> Queue {
    let first = visitor.who.as_ref().and_then(|it| it.posts.first()).map(|it| it.1);
    match first {
        Some(Post::Reception) => Queue::ToReceive,
        Some(Post::Leader) => Queue::ToSign,
        Some(Post::Clerk) => Queue::ToIssue,
        Some(Post::Head) => Queue::Unclaimed,
        Some(Post::Specialist | Post::ControlOfficer | Post::Administrator) | None => Queue::Mine,
    }
}

fn stored_filter(asked: &Posted) -> Filter {
    let channel = Channel::ALL.into_iter().find(|it| it.as_str() == asked.trimmed("kenh"));
    Filter {
        text: fold(&asked.trimmed("q").chars().take(100).collect::<String>()),
        channel: channel.map_or(0, Channel::national_code),
        due_before: None,
        procedure: asked.trimmed("thu-tuc").chars().take(200).collect(),
    }
}

/// "08/07" or "01/07 – 08/07"; none where nothing readable stands there.
fn span(text: &str, today: Date) -> Option<(Date, Date)> {
    if let Some(day) = phrases::typed_day(text, today) {
        return Some((day, day));
    }
    let (from, to) = text.split_once('–').or_else(|| text.split_once(" - "))?;
    Some((phrases::typed_day(from, today)?, phrases::typed_day(to, today)?))
}

fn ruling(asked: &Posted) -> Option<&'static str> {
    COLUMNS.iter().find(|it| it.0 == asked.trimmed("xep")).map(|it| it.1)
}

fn sort(rows: &mut [Row], asked: &Posted) {
    match ruling(asked) {
        Some("code") => rows.sort_by(|a, b| a.card.code.cmp(&b.card.code)),
        Some("applicant") => rows.sort_by_cached_key(|it| fold(&it.card.applicant)),
        Some("left") => rows.sort_by_key(|it| it.minutes().unwrap_or(i64::MAX)),
        Some("due") => rows.sort_by_key(|it| it.card.clock_at),
        _ => return,
    }
    if asked.trimmed("chieu") == "xuong" {
        rows.reverse();
    }
}

fn sort_links(asked: &Posted, queue: Queue) -> SortLinks {
    let by = ruling(asked);
    let down = asked.trimmed("chieu") == "xuong";
    let base = address(asked, queue, &["xep", "chieu", "trang", "xong"]);
    let link = |word: &str, column: &str| {
        let turned = by == Some(column) && !down;
        format!("{base}&xep={word}{}", if turned { "&chieu=xuong" } else { "" })
    };
    let of = |column: &str| COLUMNS.iter().find(|it| it.1 == column).map_or_else(String::new, |it| link(it.0, it.1));
    SortLinks {
        code: of("code"),
        applicant: of("applicant"),
        left: of("left"),
        due: of("due"),
        by: by.unwrap_or(""),
        down,
    }
}

fn order_words(asked: &Posted, queue: Queue) -> &'static str {
    say(match (ruling(asked), queue) {
        (Some("code"), _) => "work-by-code",
        (Some("applicant"), _) => "work-by-applicant",
        (Some("left"), _) => "work-by-left",
        (None, Queue::Done) => "work-newest",
        (_, _) => "work-by-due",
    })
}

/// The name of a queue on its tab.
fn queue_words(queue: Queue) -> &'static str {
    say(match queue {
        Queue::ToReceive => "work-queue-to-receive",
        Queue::Mine => "work-queue-mine",
        Queue::Unclaimed => "work-queue-unclaimed",
        Queue::Citizen => "work-queue-citizen",
        Queue::Outside => "work-queue-outside",
        Queue::ToSign => "work-queue-to-sign",
        Queue::ToIssue => "work-queue-to-issue",
        Queue::ToHandOver => "work-queue-to-hand-over",
        Queue::Done => "work-queue-done",
    })
}

/// The address of this list without some of its questions.
fn address(asked: &Posted, queue: Queue, without: &[&str]) -> String {
    let mut pairs = vec![("hang", queue.key())];
    for name in QUESTIONS.into_iter().chain(["xep", "chieu", "trang"]) {
        if !without.contains(&name) {
            pairs.push((name, asked.trimmed(name)));
        }
    }
    ["/nghiep-vu?", &phrases::query(&pairs)].concat()
}

/// Queues that a post has even when nothing lies in them.
const fn usual(post: Post) -> &'static [Queue] {
    match post {
        Post::Reception => &[Queue::ToReceive, Queue::Citizen, Queue::ToHandOver, Queue::Done],
        Post::Specialist | Post::Head => &[Queue::Mine, Queue::Unclaimed, Queue::Citizen, Queue::Outside, Queue::Done],
        Post::Leader => &[Queue::ToSign, Queue::Mine, Queue::Done],
        Post::Clerk => &[Queue::ToIssue, Queue::Done],
        Post::ControlOfficer | Post::Administrator => &[],
    }
}

fn tabs(counts: &[(Queue, i64)], to_route: usize, current: Queue, visitor: &Visitor) -> Vec<TabView> {
    let posts = visitor.who.as_ref().map(|it| it.posts.as_slice()).unwrap_or_default();
    let is_usual = |queue: Queue| posts.iter().any(|(_, post)| usual(*post).contains(&queue));
    Queue::ALL
        .into_iter()
        .filter(|queue| {
            let lies = counts.iter().any(|it| it.0 == *queue && it.1 > 0);
            *queue == current || lies || is_usual(*queue)
        })
        .map(|queue| {
            let count = counts.iter().find(|it| it.0 == queue).map(|it| Num(to_u64(it.1)));
            TabView {
                label: queue_words(queue).to_owned(),
                count,
                href: ["/nghiep-vu?hang=", queue.key()].concat(),
                current: queue == current,
                ..TabView::default()
            }
        })
        .chain((to_route > 0).then(|| routing::tab(to_route)))
        .collect()
}

/// The choices of a filter in the order of their words, each with how many rows it leaves. Words are found once for each choice.
fn counted<'a, K: Into<String> + Copy + PartialEq>(
    rows: &'a [Row],
    value: impl Fn(&'a Row) -> K,
    label: impl Fn(&'a Row) -> String,
    chosen: &str,
) -> Vec<ChoiceView> {
    // There are few different ones: looking through them is quicker than keeping them in order.
    let mut found: Vec<(K, u64, &Row)> = Vec::new();
    for row in rows {
        let own = value(row);
        match found.iter_mut().find(|it| it.0 == own) {
            Some((_, count, _)) => *count += 1,
            None => found.push((own, 1, row)),
        }
    }
    let mut choices: Vec<(String, String, u64)> =
        found.into_iter().map(|(value, count, row)| (label(row), value.into(), count)).collect();
    choices.sort();
    choices
        .into_iter()
        .map(|(label, value, count)| ChoiceView {
            chosen: value == chosen,
            ..ChoiceView::new(value, [&label, " (", &Num(count).to_string(), ")"].concat())
        })
        .collect()
}

fn filter_row(known: &Snapshot, visitor: &Visitor, asked: &Posted, queue: Queue, rows: &[Row]) -> FilterRow {
    let own = visitor.who.as_ref().map(|it| it.person);
    let mut hidden = vec![("hang".to_owned(), queue.key().to_owned())];
    for name in ["xep", "chieu"] {
        if !asked.trimmed(name).is_empty() {
            hidden.push((name.to_owned(), asked.trimmed(name).to_owned()));
        }
    }
    FilterRow {
        text: asked.trimmed("q").chars().take(100).collect(),
        procedures: counted(
            rows,
            |it| it.card.procedure.as_str(),
            |it| cut(&it.card.procedure_name, CHOICE_CHARS_MAX),
            asked.trimmed("thu-tuc"),
        )
        .into_iter()
        .map(ChoiceView::as_name)
        .collect(),
        steps: counted(
            rows,
            |it| it.card.next_act.as_str(),
            |it| step_words(&it.card.next_act).to_owned(),
            asked.trimmed("buoc"),
        ),
        holders: counted(rows, |it| it.holder, |it| it.holder.words(known, own).to_owned(), asked.trimmed("nguoi-giu"))
            .into_iter()
            .map(|it| if it.value.parse::<PersonId>().is_ok_and(|who| Some(who) != own) { it.as_name() } else { it })
            .collect(),
        limits: counted(rows, Row::limit, |it| limit_words(it.limit()).to_owned(), asked.trimmed("han")),
        due: asked.trimmed("hen").chars().take(40).collect(),
        channels: counted(
            rows,
            |it| it.card.channel.as_str(),
            |it| channel_view(it.card.channel).words().to_owned(),
            asked.trimmed("kenh"),
        ),
        hidden,
    }
}

fn limit_words(limit: &str) -> &'static str {
    say(match limit {
        "qua-han" => "work-limit-late",
        "sap-tre" => "work-limit-soon",
        "con-han" => "work-limit-within",
        "tam-dung" => "work-limit-paused",
        _ => "work-limit-stopped",
    })
}

fn chips(asked: &Posted, queue: Queue, filters: &FilterRow) -> Vec<FilterChip> {
    let chosen = |choices: &[ChoiceView]| {
        choices
            .iter()
            .find(|it| it.chosen)
            .map(|it| it.label.rsplit_once(" (").map_or(it.label.as_str(), |it| it.0).to_owned())
    };
    QUESTIONS
        .into_iter()
        .filter(|name| !asked.trimmed(name).is_empty())
        .map(|name| {
            let typed = asked.trimmed(name).chars().take(60).collect::<String>();
            let label = match name {
                "thu-tuc" => chosen(&filters.procedures),
                "buoc" => chosen(&filters.steps),
                "nguoi-giu" => chosen(&filters.holders),
                "han" => chosen(&filters.limits),
                "kenh" => chosen(&filters.channels),
                "hen" => Some(say_with("work-chip-due", &[("day", &typed)])),
                _ => None,
            };
            FilterChip { label: label.unwrap_or(typed), remove_href: address(asked, queue, &[name, "trang", "xong"]) }
        })
        .collect()
}

fn empty_words(queue: Queue, all: usize) -> &'static str {
    if all > 0 {
        return say("work-empty-filtered");
    }
    say(match queue {
        Queue::ToReceive => "work-empty-to-receive",
        Queue::Mine => "work-empty-mine",
        Queue::Unclaimed => "work-empty-unclaimed",
        Queue::Citizen => "work-empty-citizen",
        Queue::Outside => "work-empty-outside",
        Queue::ToSign => "work-empty-to-sign",
        Queue::ToIssue => "work-empty-to-issue",
        Queue::ToHandOver => "work-empty-to-hand-over",
        Queue::Done => "work-empty-done",
    })
}

fn row<'a>(known: &'a Snapshot, row: &'a Row, own: PersonId, is_claimable: bool, back: &str) -> DossierRow<'a> {
    let card = &row.card;
    let dossier = phrases::dossier_address(&card.code);
    let holder = row.holder;
    let take = is_claimable.then(|| RowAct { label: texts::act(Act::TakeOn), action: format!("{dossier}/nhan-viec") });
    DossierRow {
        code: CodeText(&card.code),
        href: Escaped(opened(card, &dossier, back)),
        procedure: Escaped(cut_short(&card.procedure_name, PROCEDURE_CHARS_MAX)),
        applicant: Escaped(&card.applicant),
        step: Escaped(step_words(&card.next_act)),
        holder: Escaped(holder.words(known, Some(own))),
        holder_lang: Vietnamese { is_so: matches!(holder, HolderKey::Person(who) if who != own) },
        is_own: holder == HolderKey::Person(own),
        left: ended_left(card, &row.clock),
        due: Escaped(phrases::due_of(card)),
        channel: channel_view(card.channel),
        take,
        version: u64::from(card.version),
        ticked: false,
    }
}

/// Whoever signs sees the papers first.
fn opened(card: &ListCard, dossier: &str, back: &str) -> String {
    let part = if card.next_act == "sign" { "/giay-to?" } else { "?" };
    [dossier, part, back].concat()
}

fn ended_left(card: &ListCard, clock: &ClockView) -> Left {
    match clock {
        ClockView::Ended => Left::Done(texts::status(card.status)),
        ClockView::Answering { .. } | ClockView::Running { .. } | ClockView::Paused { .. } => phrases::left(clock),
    }
}

/// A way of filing with its symbol.
pub fn channel_view(channel: Channel) -> ChannelView {
    match channel {
        Channel::Counter => ChannelView::Counter,
        Channel::Online => ChannelView::Online,
        Channel::Post => ChannelView::Post,
    }
}

/// What is to be done next, in two words.
pub fn step_words(next_act: &str) -> &'static str {
    say(match next_act {
        "answer" => "step-answer",
        "assign" => "step-assign",
        "work" => "step-work",
        "await_outside" => "step-await-outside",
        "supply" => "step-supply",
        "pay" => "step-pay",
        "sign" => "step-sign",
        "issue" => "step-issue",
        "hand_over" => "step-hand-over",
        "" => "work-step-done",
        // No words: a gap is seen.
        _ => "step-unknown",
    })
}

/// In whose hands a dossier of a list lies.
pub fn holder_words(known: &Snapshot, card: &ListCard, own: Option<PersonId>) -> String {
    HolderKey::of(known, card).words(known, own).to_owned()
}

/// A name of a procedure that fits a row.
pub fn short(name: &str) -> String {
    cut(name, PROCEDURE_CHARS_MAX)
}

/// A text of at most so many characters, cut between words.
pub fn cut(text: &str, most: usize) -> String {
    cut_short(text, most).into_owned()
}

fn cut_short(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let Some(start) = text.char_indices().nth(most).and_then(|(end, _)| text.get(..end)) else {
        return Cow::Borrowed(text);
    };
    let start = start.rsplit_once(' ').map_or(start, |it| it.0).trim_end_matches([',', ';']);
    Cow::Owned([start, "…"].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::dossier::NextAct;

    #[test]
    fn every_next_act_has_words_of_its_own() {
        let words: std::collections::BTreeSet<&str> = NextAct::ALL.iter().map(|it| step_words(it.key())).collect();
        assert_eq!(words.len(), NextAct::ALL.len());
        assert!(!words.contains(step_words("")) && !words.contains("step-unknown"), "{words:?}");
        assert_eq!(step_words("fly"), "step-unknown", "a gap is seen");
    }
}
