//! What the pages of the queue show, as plain values.

use crate::citizen::views::{FieldView, LookUpAnswer, LookUpForm};
use crate::page::{FieldLink, Icon, Page};
use crate::staff::views::{ChoiceView, DeskTab};
use askama::Template;

/// Address of the stylesheet of these pages.
pub const QUEUE_STYLESHEET: &str = "/tai-san/queue.css";
/// Address of their script; every page works without it.
pub const QUEUE_SCRIPT: &str = "/tai-san/queue.js";

/// What happened, and what to do now.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// What.
    pub what: String,
    /// Why, and what now.
    pub why: String,
}

/// One button of a kiosk: a service.
#[derive(Debug, Clone)]
pub struct ServiceChoice {
    /// Its letter.
    pub series: String,
    /// Its name.
    pub name: String,
    /// How many wait for it, in words.
    pub waiting: String,
}

/// What somebody who takes a number chooses.
#[derive(Debug, Clone)]
pub struct Choose {
    /// Whose desk.
    pub unit: String,
    /// Where the form goes.
    pub action: String,
    /// The id of the ticket to be: sent twice it is one.
    pub once: String,
    /// The services.
    pub services: Vec<ServiceChoice>,
    /// True where there is a priority lane.
    pub has_priority: bool,
    /// True where the lane was chosen already.
    pub is_priority: bool,
    /// When the desk is open, where it is closed now.
    pub closed: Option<String>,
    /// What could not be done.
    pub said: Option<Said>,
}

/// A unit that gives tickets.
#[derive(Debug, Clone)]
pub struct DeskCard {
    /// Where to take one.
    pub href: String,
    /// Its name.
    pub name: String,
    /// Where it sits.
    pub seat: String,
    /// How many wait, in words.
    pub waiting: String,
}

/// Desks that give tickets.
#[derive(Debug, Template)]
#[template(path = "queue/list.html")]
pub struct ListPage {
    /// The frame.
    pub page: Page,
    /// The desks.
    pub desks: Vec<DeskCard>,
}

/// Taking a number on a telephone.
#[derive(Debug, Template)]
#[template(path = "queue/choose.html")]
pub struct ChoosePage {
    /// The frame.
    pub page: Page,
    /// What is chosen.
    pub it: Choose,
    /// Where the board is.
    pub board: String,
}

/// Where a ticket stands, for its holder.
#[derive(Debug, Clone)]
pub struct TicketView {
    /// Its number.
    pub number: String,
    /// For which service.
    pub service: String,
    /// Of which desk.
    pub unit: String,
    /// When it was taken, in words.
    pub taken: String,
    /// True in the priority lane.
    pub is_priority: bool,
    /// The counter, where it is called or was.
    pub counter: Option<u32>,
    /// The heading: what is the case.
    pub state: String,
    /// A line below it: what to do.
    pub hint: String,
    /// How many are before it, in words.
    pub ahead: Option<String>,
    /// How long it takes, in words.
    pub wait: Option<String>,
    /// Class of its colour.
    pub tone: &'static str,
    /// Where news come from; empty where there will be none.
    pub stream: String,
    /// Of which state of the queue this is.
    pub edition: i64,
    /// Address to follow it by, in full.
    pub address: String,
    /// The same as a picture.
    pub qr_svg: String,
}

/// A ticket on a telephone.
#[derive(Debug, Template)]
#[template(path = "queue/ticket.html")]
pub struct TicketPage {
    /// The frame.
    pub page: Page,
    /// The ticket.
    pub it: TicketView,
    /// Where the board is.
    pub board: String,
    /// Where to take another one.
    pub again: String,
}

/// A line of the board.
#[derive(Debug, Clone)]
pub struct BoardRow {
    /// The number.
    pub number: String,
    /// The counter.
    pub counter: u32,
    /// True while its holder has not come.
    pub is_called: bool,
}

/// The board of a hall.
#[derive(Debug, Template)]
#[template(path = "queue/board.html")]
pub struct BoardPage {
    /// The frame.
    pub page: Page,
    /// Called and not there yet, the newest first.
    pub called: Vec<BoardRow>,
    /// The last number of each other counter.
    pub others: Vec<BoardRow>,
    /// Where news come from.
    pub stream: String,
    /// Of which state of the queue this is.
    pub edition: i64,
}

/// What is around every page of a kiosk.
#[derive(Debug, Clone)]
pub struct Kiosk {
    /// Whose desk.
    pub unit: String,
    /// The start, to which it goes back by itself.
    pub home: String,
    /// After so many seconds without a touch; nought: it is the start.
    pub home_after_seconds: u32,
    /// The other language.
    pub other_href: String,
    /// Its name in itself.
    pub other_name: &'static str,
    /// Its code.
    pub other_code: &'static str,
}

/// The start of a kiosk.
#[derive(Debug, Template)]
#[template(path = "queue/kiosk_start.html")]
pub struct KioskStart {
    /// The frame.
    pub page: Page,
    /// The kiosk.
    pub kiosk: Kiosk,
    /// Where to take a number; empty where none are given here.
    pub take: String,
    /// Where to look a dossier up.
    pub look_up: String,
    /// Where to rate one.
    pub rate: String,
    /// How many wait, in words.
    pub waiting: String,
}

/// Taking a number at a kiosk.
#[derive(Debug, Template)]
#[template(path = "queue/kiosk_choose.html")]
pub struct KioskChoose {
    /// The frame.
    pub page: Page,
    /// The kiosk.
    pub kiosk: Kiosk,
    /// What is chosen.
    pub it: Choose,
}

/// A ticket at a kiosk.
#[derive(Debug, Template)]
#[template(path = "queue/kiosk_ticket.html")]
pub struct KioskTicket {
    /// The frame.
    pub page: Page,
    /// The kiosk.
    pub kiosk: Kiosk,
    /// The ticket.
    pub it: TicketView,
}

/// Looking a dossier up at a kiosk.
#[derive(Debug, Template)]
#[template(path = "queue/kiosk_look_up.html")]
pub struct KioskLookUp {
    /// The frame.
    pub page: Page,
    /// The kiosk.
    pub kiosk: Kiosk,
    /// Where the form goes.
    pub action: String,
    /// The two questions.
    pub form: LookUpForm,
    /// What was found.
    pub answer: LookUpAnswer,
    /// Where what was found is rated; empty where it is not.
    pub rate: String,
}

/// How far a rating at a kiosk is.
#[derive(Debug, Clone)]
pub enum KioskRating {
    /// Code and digits are asked for.
    Find {
        /// What was typed.
        form: LookUpForm,
        /// Why it was not found.
        answer: LookUpAnswer,
    },
    /// The questions.
    Asked {
        /// What is wrong.
        errors: Vec<FieldLink>,
        /// Code and digits.
        form: LookUpForm,
        /// The questions.
        fields: Vec<FieldView>,
    },
    /// This one is not rated here, and why.
    Closed(Said),
    /// It was kept.
    Thanks,
}

/// Rating a finished dossier at a kiosk.
#[derive(Debug, Template)]
#[template(path = "queue/kiosk_rate.html")]
pub struct KioskRate {
    /// The frame.
    pub page: Page,
    /// The kiosk.
    pub kiosk: Kiosk,
    /// Where the forms go.
    pub action: String,
    /// How far it is.
    pub it: KioskRating,
}

/// A counter on the officer's page.
#[derive(Debug, Clone)]
pub struct CounterChoice {
    /// Its number.
    pub number: u32,
    /// What it serves, in words.
    pub serves: String,
    /// Who else sits there today.
    pub taken_by: String,
    /// True where it is one's own.
    pub own: bool,
}

/// A ticket on the officer's page.
#[derive(Debug, Clone)]
pub struct DeskTicket {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// For which service.
    pub service: String,
    /// "Ưu tiên", or nothing.
    pub lane: &'static str,
    /// When it was taken and how long it waited, in words.
    pub waited: String,
    /// How often it was called, where more than once: "đã gọi 2 lần".
    pub called: String,
}

/// How people wait for a service.
#[derive(Debug, Clone)]
pub struct WaitRow {
    /// Its letter.
    pub series: String,
    /// Its name.
    pub name: String,
    /// How many wait.
    pub waiting: usize,
    /// How many were called.
    pub called: usize,
    /// How many came.
    pub served: usize,
    /// How many did not come.
    pub absent: usize,
    /// How long they waited on average, in words.
    pub average: String,
    /// How long the one waits who waits longest, in words.
    pub longest: String,
    /// True where that is long.
    pub is_long: bool,
    /// True where this counter serves it.
    pub own: bool,
}

/// The page of a reception officer.
#[derive(Debug, Template)]
#[template(path = "queue/desk.html")]
pub struct DeskPage {
    /// The frame.
    pub page: Page,
    /// Which page of the desk.
    pub tab: DeskTab,
    /// Whose desk.
    pub unit: String,
    /// Hidden fields of every form: which unit.
    pub unit_id: String,
    /// What could not be done.
    pub said: Option<Said>,
    /// The counters.
    pub counters: Vec<CounterChoice>,
    /// One's own; nought where one sits nowhere.
    pub counter: u32,
    /// Who is called and has not come.
    pub current: Option<DeskTicket>,
    /// Who came last.
    pub served: Option<DeskTicket>,
    /// Whom one would call next.
    pub next: Option<DeskTicket>,
    /// Who did not come.
    pub absent: Vec<DeskTicket>,
    /// Where one can send somebody.
    pub destinations: Vec<ChoiceView>,
    /// How people wait.
    pub waits: Vec<WaitRow>,
    /// Where the board is.
    pub board: String,
    /// Where news come from.
    pub stream: String,
    /// Of which state of the queue this is.
    pub edition: i64,
}

/// One queue of those somebody watches over.
#[derive(Debug, Clone)]
pub struct WatchedQueue {
    /// Whose.
    pub unit: String,
    /// How people wait.
    pub waits: Vec<WaitRow>,
    /// Counters where somebody sits, of how many that are open.
    pub counters: String,
    /// Where the board is.
    pub board: String,
}

/// How people wait today.
#[derive(Debug, Template)]
#[template(path = "queue/watching.html")]
pub struct WatchingPage {
    /// The frame.
    pub page: Page,
    /// Of which moment this is, and what is counted.
    pub lead: String,
    /// The queues.
    pub queues: Vec<WatchedQueue>,
}

/// A service in the form of the set-up.
#[derive(Debug, Clone)]
pub struct ServiceField {
    /// Its letter.
    pub series: String,
    /// Its name as typed.
    pub name: String,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// A letter beside a counter.
#[derive(Debug, Clone)]
pub struct LetterChoice {
    /// The letter.
    pub letter: String,
    /// Whether the counter serves it.
    pub is_on: bool,
}

/// A counter in the form of the set-up.
#[derive(Debug, Clone)]
pub struct CounterField {
    /// Its number.
    pub number: u32,
    /// Whether it is open.
    pub is_open: bool,
    /// Every letter, and whether it serves it.
    pub serves: Vec<LetterChoice>,
    /// What is wrong with it.
    pub error: Option<String>,
}

/// Setting the counters of a unit up.
#[derive(Debug, Template)]
#[template(path = "queue/setting_up.html")]
pub struct SettingUpPage {
    /// The frame.
    pub page: Page,
    /// True for an administrator: their tabs.
    pub is_administrator: bool,
    /// True where what was sent could not be taken.
    pub is_wrong: bool,
    /// The units one may set up.
    pub units: Vec<ChoiceView>,
    /// The unit, by its key.
    pub unit_key: String,
    /// Its name.
    pub unit: String,
    /// True where nothing was set up and a proposal stands in the form.
    pub is_proposal: bool,
    /// The services.
    pub services: Vec<ServiceField>,
    /// The counters.
    pub counters: Vec<CounterField>,
    /// Addresses for the hall: words and where.
    pub addresses: Vec<(&'static str, String)>,
}
