//! The work-list, the leader's page and the search over all dossiers.

use askama::Template;

use super::{ChoiceView, Left, LinkView, Num, StaffField};
use crate::page::{FieldLink, Icon, Page, Pager, Tone};
use crate::texts::{Escaped, Vietnamese, as_it_stands};
use crate::{say, say_with};
use domain::dossier::DossierCode;
use std::borrow::Cow;

/// A queue of the office with how many dossiers wait in it.
#[derive(Debug, Clone, Default)]
pub struct TabView {
    /// Its name: "Việc của tôi".
    pub label: String,
    /// How many; none where nobody counts ("Đã xong").
    pub count: Option<Num>,
    /// Where it opens.
    pub href: String,
    /// The one shown.
    pub current: bool,
    /// Its name is a paper's, which is not translated.
    pub is_name: bool,
}

impl TabView {
    /// Marks a name.
    pub fn lang(&self) -> Vietnamese {
        Vietnamese { is_so: self.is_name }
    }
}

/// The list of dossiers whose unit was split and that no rule placed.
#[derive(Debug, Clone, Template)]
#[template(path = "staff/routing.html")]
pub struct RoutingPage {
    /// Frame of the page.
    pub page: Page,
    /// The most urgent first.
    pub rows: Vec<RoutingRow>,
    /// How many wait longer than a day.
    pub long: Num,
    /// There are more than are listed at once.
    pub is_cut: bool,
    /// Its pages.
    pub pager: Pager,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct RoutingRow {
    /// As in a search.
    pub row: FoundRow,
    /// The default successor.
    pub lies_with: String,
    /// Since which day.
    pub since: String,
    /// Longer than a day.
    pub waits_long: bool,
    /// The act that says where it belongs.
    pub route: String,
}

/// An active filter with the address that takes it away.
#[derive(Debug, Clone, Default)]
pub struct FilterChip {
    /// "Nhận từ 16/06/2025".
    pub label: String,
    /// The same list without it.
    pub remove_href: String,
}

/// What a list can be narrowed by; everything lies in the address.
#[derive(Debug, Clone, Default)]
pub struct FilterRow {
    /// Text typed for code or name (`q`).
    pub text: String,
    /// Procedures in the queue with counts (`thu-tuc`).
    pub procedures: Vec<ChoiceView>,
    /// Steps (`buoc`).
    pub steps: Vec<ChoiceView>,
    /// Holders (`nguoi-giu`).
    pub holders: Vec<ChoiceView>,
    /// Time limits (`han`): late, soon, paused.
    pub limits: Vec<ChoiceView>,
    /// Due day or span of days as typed (`hen`): "08/07", "01/07 – 08/07".
    pub due: String,
    /// Channels (`kenh`).
    pub channels: Vec<ChoiceView>,
    /// Names and values to carry along unseen: the tab, the order.
    pub hidden: Vec<(String, String)>,
}

/// A head of the list one can sort by.
#[derive(Debug, Clone, Default)]
pub struct SortLinks {
    /// Address that sorts by code.
    pub code: String,
    /// Address that sorts by applicant.
    pub applicant: String,
    /// Address that sorts by time left.
    pub left: String,
    /// Address that sorts by due date.
    pub due: String,
    /// Which one rules now: `code`, `applicant`, `left` or `due`.
    pub by: &'static str,
    /// Downwards.
    pub down: bool,
}

impl SortLinks {
    /// The word for screen readers: `ascending`, `descending` or `none`.
    pub fn aria(&self, column: &str) -> &'static str {
        match (self.by == column, self.down) {
            (true, false) => "ascending",
            (true, true) => "descending",
            (false, _) => "none",
        }
    }

    /// The arrow beside the head, empty when another column rules.
    pub fn arrow(&self, column: &str) -> &'static str {
        match (self.by == column, self.down) {
            (true, false) => " ↑",
            (true, true) => " ↓",
            (false, _) => "",
        }
    }
}

/// How a dossier came in.
#[doc(alias = "kênh nộp")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelView {
    /// At the counter.
    Counter,
    /// Online.
    Online,
    /// By post.
    Post,
}

impl ChannelView {
    /// Symbol of the sprite.
    pub fn icon(self) -> Icon {
        match self {
            Self::Counter => Icon::Desk,
            Self::Online => Icon::Screen,
            Self::Post => Icon::Mail,
        }
    }

    /// The word.
    pub fn words(self) -> &'static str {
        say(match self {
            Self::Counter => "work-channel-counter",
            Self::Online => "work-channel-online",
            Self::Post => "work-channel-post",
        })
    }
}

/// A code within a page: it has letters, digits, dots and hyphens, and nothing that HTML reads otherwise.
#[derive(Debug, Clone, Copy)]
pub struct CodeText<'a>(pub &'a DossierCode);

as_it_stands!(CodeText<'_>, |it, out| out.write_str(it.0.as_str()));

/// One dossier in a list.
#[derive(Debug, Clone)]
pub struct DossierRow<'a> {
    /// Its code.
    pub code: CodeText<'a>,
    /// Its page.
    pub href: Escaped<String>,
    /// Short name of the procedure.
    pub procedure: Escaped<Cow<'a, str>>,
    /// Applicant.
    pub applicant: Escaped<&'a str>,
    /// Step in words.
    pub step: Escaped<&'static str>,
    /// Who holds it: "tôi", a name, "Công dân", "chưa ai nhận".
    pub holder: Escaped<&'a str>,
    /// Marks the name of a holder.
    pub holder_lang: Vietnamese,
    /// Held by whoever looks.
    pub is_own: bool,
    /// Time left for the step.
    pub left: Left,
    /// Due date, short: "08/07, 17:30".
    pub due: Escaped<String>,
    /// Channel.
    pub channel: ChannelView,
    /// The one act that may be done from the row, if any.
    pub take: Option<RowAct>,
    /// Version that the row shows; a tick sends `chon={code}@{version}`.
    pub version: u64,
    /// Ticked (kept after an error).
    pub ticked: bool,
}

/// An act done from the row itself: take on, accept.
#[derive(Debug, Clone, Default)]
pub struct RowAct {
    /// "Nhận việc".
    pub label: String,
    /// Where it posts: `/nghiep-vu/ho-so/{code}/nhan-viec`.
    pub action: String,
}

/// An act on all ticked dossiers.
#[derive(Debug, Clone, Default)]
pub struct BulkAct {
    /// Value of the button `lenh`.
    pub key: String,
    /// "Nhận việc".
    pub label: String,
    /// Why it cannot be done now; empty when it can.
    pub disabled: String,
}

/// One dossier of an act on several.
#[derive(Debug, Clone, Default)]
pub struct BulkRow {
    /// Code.
    pub code: String,
    /// Its page.
    pub href: String,
    /// Procedure and applicant.
    pub about: String,
    /// Why it cannot be done, or was not; empty where it can, or was.
    pub refused: String,
    /// What its citizen will be told; empty for nothing.
    pub message: String,
    /// Code and version, sent along.
    pub tick: String,
}

/// One act on several dossiers: before, and what came of it.
#[doc(alias = "làm hàng loạt")]
#[derive(Debug, Template)]
#[template(path = "staff/bulk.html")]
pub struct BulkPage {
    /// Frame of the page.
    pub page: Page,
    /// The list it came from.
    pub back: String,
    /// Key of the act.
    pub act: String,
    /// Its name.
    pub label: String,
    /// What it does.
    pub explains: String,
    /// Words of the button.
    pub button: String,
    /// The dossiers, those it is lawful for first.
    pub rows: Vec<BulkRow>,
    /// What is asked once for all.
    pub fields: Vec<StaffField>,
    /// Twice is once.
    pub once: String,
    /// For how many it is lawful, or was done.
    pub count: usize,
    /// How many it was done to; none before.
    pub done: Option<usize>,
}

impl BulkPage {
    /// How many were chosen, or to how many it was done.
    pub fn heading(&self) -> String {
        let key = if self.done.is_some() { "bulk-done" } else { "bulk-chosen" };
        say_with(key, &[("all", &self.rows.len()), ("act", &self.label), ("count", &self.count)])
    }

    /// To how many it cannot be done, or was not.
    pub fn left_out(&self) -> String {
        let key = if self.done.is_some() { "bulk-some-left" } else { "bulk-some-possible" };
        say_with(key, &[("left", &self.rows.len().saturating_sub(self.count)), ("count", &self.count)])
    }
}

/// What a person in the office should do next.
#[doc(alias = "danh sách việc")]
#[derive(Debug, Template)]
#[template(path = "staff/work_list.html")]
pub struct WorkList<'a> {
    /// Frame of the page.
    pub page: Page,
    /// Name of the queue.
    pub title: String,
    /// How many are late in it.
    pub late: Num,
    /// How many must be done within a working day.
    pub soon: Num,
    /// How many stand still.
    pub hold: Num,
    /// Messages of citizens that wait for this person's answer; empty for none.
    pub messages: String,
    /// All queues.
    pub tabs: Vec<TabView>,
    /// Active filters.
    pub chips: Vec<FilterChip>,
    /// The list without any filter.
    pub clear_href: String,
    /// What it can be narrowed by.
    pub filters: FilterRow,
    /// Heads to sort by.
    pub sort: SortLinks,
    /// "xếp theo thời gian còn lại".
    pub order: String,
    /// The dossiers of this page.
    pub rows: Vec<DossierRow<'a>>,
    /// Where in the list.
    pub pager: Pager,
    /// Said when there is no row: why, and what to do.
    pub empty: String,
    /// Acts on ticked dossiers; without any there are no ticks.
    pub bulk: Vec<BulkAct>,
    /// "cả 40 hồ sơ": of all pages at once; empty where the list has one page or too many dossiers.
    pub take_all: String,
    /// Address of this very list, sent along so that an act comes back to it.
    pub here: String,
}

/// Finds any dossier of the installation that a staff member may know of.
#[doc(alias = "tìm mọi hồ sơ")]
#[derive(Debug, Template)]
#[template(path = "staff/search_all.html")]
pub struct SearchAllPage {
    /// Frame of the page.
    pub page: Page,
    /// What was typed.
    pub text: String,
    /// More questions: unit, received from/to, status, procedure.
    pub fields: Vec<StaffField>,
    /// Errors in the questions.
    pub errors: Vec<FieldLink>,
    /// Whether something was asked for.
    pub asked: bool,
    /// What was found.
    pub rows: Vec<FoundRow>,
    /// Where in the list.
    pub pager: Pager,
}

/// A dossier found; names are shown only to those whose task it is.
#[derive(Debug, Clone)]
pub struct FoundRow {
    /// Code.
    pub code: String,
    /// Its page; opening it outside one's task asks for a reason.
    pub href: String,
    /// Procedure.
    pub procedure: String,
    /// Applicant, masked outside one's task: "N. T. H. Vân".
    pub applicant: String,
    /// Status in words.
    pub status: String,
    /// Holder and unit.
    pub holder: String,
    /// Marks their names.
    pub holder_lang: Vietnamese,
    /// Due date.
    pub due: String,
    /// Opening it asks for a reason.
    pub needs_reason: bool,
}

/// A number that opens the dossiers behind it.
#[derive(Debug, Clone, Default)]
pub struct TileView {
    /// "Quá hạn".
    pub label: String,
    /// "4" or "99,9 %".
    pub number: String,
    /// A line under it.
    pub note: String,
    /// The dossiers behind it.
    pub href: String,
    /// Symbol, where one is shown.
    pub icon: Option<Icon>,
    /// Colour of the label.
    pub tone: Tone,
}

/// How much a unit carries.
#[derive(Debug, Clone, Default)]
pub struct UnitLoad {
    /// Name of the unit today.
    pub unit: String,
    /// Its dossiers.
    pub href: String,
    /// Solved in the period.
    pub resolved: Num,
    /// Late, open or solved late.
    pub late: Num,
    /// The late ones.
    pub late_href: String,
    /// Being solved.
    pub open: Num,
    /// These.
    pub open_href: String,
    /// Waiting for the citizen.
    pub waiting: Num,
    /// These.
    pub waiting_href: String,
    /// Those solved in the period.
    pub resolved_href: String,
    /// Length of the bar in thousandths of the longest, 0 to 1000.
    pub bar: u16,
}

/// A dossier a leader should look at, with the reason.
#[derive(Debug, Clone)]
pub struct WatchRow {
    /// Code.
    pub code: String,
    /// Its page.
    pub href: String,
    /// Procedure.
    pub procedure: String,
    /// "thẩm định, Phạm Thu Hà giữ từ 04/07".
    pub why: String,
    /// Time left.
    pub left: Left,
}

/// Are we keeping our word, and who needs help?
#[doc(alias = "lãnh đạo")]
#[derive(Debug, Template)]
#[template(path = "staff/leader.html")]
pub struct LeaderPage {
    /// Frame of the page.
    pub page: Page,
    /// "Phường Lê Chân, sáng thứ Ba, 08/07/2025".
    pub title: String,
    /// First day of the period as people write it: 01/01/2025.
    pub from: String,
    /// Last day of the period, likewise.
    pub to: String,
    /// Which units and when counted: "Toàn quận, cấp quận và 7 phường. Số liệu tính lúc 17 giờ."
    pub scope: String,
    /// The numbers.
    pub tiles: Vec<TileView>,
    /// The check of the sums, in words: "Tồn kỳ trước 212 + nhận 4.871 = …".
    pub sum_check: String,
    /// The sums agree.
    pub sum_holds: bool,
    /// Units.
    pub units: Vec<UnitLoad>,
    /// All units together.
    pub total: UnitLoad,
    /// Late now.
    pub late: Vec<WatchRow>,
    /// Soon late.
    pub soon: Vec<WatchRow>,
    /// Waiting for a signature.
    pub to_sign: Vec<WatchRow>,
    /// Links for printing and tables.
    pub exports: Vec<LinkView>,
}
