//! From what was typed into an act's form to the one command it is, or to what is wrong with it.

use super::act_forms::{DUTY_LINES, askable};
use super::answer_fields::{control_of, posted_answers};
use super::correcting;
use super::marks;
use super::phrases::{typed_day, typed_time};
use crate::citizen::form_view::problem_words;
use crate::posted::Posted;
use crate::{say, say_with};
use app::dossiers::DossierView;
use app::rows::Document;
use domain::dossier::{
    Act, Command, DossierRefusal, Draft, Evidence, FiledPaper, ObligationItem, Outcome, PaymentMethod, Proxy,
    SupplementItem, put_right,
};
use domain::ids::{DocumentId, PersonId, UnitId};
use domain::person::fold;
use domain::procedure::RawAnswers;
use jiff::civil::Date;

/// Longest line typed, in characters.
const LINE_CHARS_MAX: usize = 300;
/// Stands for what is not typed yet where a message does not say it.
const STAND_IN: &str = "…";
/// Most originals or copies of one paper.
const COPIES_MAX: u8 = 99;

/// A form as typed, with the dossier it is about.
pub struct Typed<'a> {
    /// Fields.
    pub posted: &'a Posted,
    /// Files by field.
    pub files: &'a [(String, Document)],
    /// The dossier.
    pub view: &'a DossierView,
    /// Today.
    pub today: Date,
}

/// What is wrong, by field.
pub type Problems = Vec<(String, String)>;

impl Typed<'_> {
    fn text(&self, name: &str) -> String {
        self.posted.trimmed(name).to_owned()
    }

    fn line(&self, name: &str, problems: &mut Problems) -> String {
        let text = self.posted.trimmed(name);
        if text.chars().count() > LINE_CHARS_MAX {
            problems.push((name.to_owned(), say_with("acting-wrong-long", &[("max", &LINE_CHARS_MAX)])));
        } else if text.chars().any(char::is_control) {
            problems.push((name.to_owned(), say("acting-wrong-signs").to_owned()));
        }
        text.to_owned()
    }

    fn file(&self, name: &str) -> Option<DocumentId> {
        self.files.iter().find(|it| it.0 == name).map(|it| it.1.id)
    }

    fn person(&self, name: &str, problems: &mut Problems) -> Option<PersonId> {
        match self.posted.trimmed(name) {
            "" => None,
            text => {
                text.parse().map_err(|_| problems.push((name.to_owned(), say("acting-wrong-person").to_owned()))).ok()
            }
        }
    }

    fn copies(&self, name: &str, problems: &mut Problems) -> u8 {
        match self.posted.trimmed(name) {
            "" => 0,
            text => match text.parse::<u8>() {
                Ok(count) if count <= COPIES_MAX && text.bytes().all(|it| it.is_ascii_digit()) => count,
                Ok(_) | Err(_) => {
                    problems.push((name.to_owned(), say_with("acting-wrong-copies", &[("max", &COPIES_MAX)])));
                    0
                }
            },
        }
    }

    fn amount(&self, name: &str, problems: &mut Problems) -> i64 {
        let text: String =
            self.posted.trimmed(name).chars().filter(|it| !matches!(it, '.' | ',' | ' ' | '\u{a0}')).collect();
        let digits = !text.is_empty() && text.len() <= 15 && text.bytes().all(|it| it.is_ascii_digit());
        match text.parse::<i64>() {
            Ok(amount) if digits => amount,
            Ok(_) | Err(_) => {
                problems.push((name.to_owned(), say("acting-wrong-amount").to_owned()));
                0
            }
        }
    }
}

/// The command of an act whose message says nothing of what is typed, so that it can be shown at once; with stand-ins for what is asked.
pub fn without_words(act: Act) -> Option<Command> {
    match act {
        Act::Accept => Some(Command::Accept),
        Act::Issue => Some(Command::Issue { number: STAND_IN.to_owned(), document: None }),
        Act::Deliver => {
            let evidence = Evidence { receiver: STAND_IN.to_owned(), ..Evidence::default() };
            Some(Command::Deliver { evidence, by_proxy: Proxy::Owner })
        }
        Act::Supply => {
            Some(Command::Supply { papers: Vec::new(), answers: RawAnswers::new(), note: STAND_IN.to_owned() })
        }
        Act::Withdraw => Some(Command::Withdraw { reason: STAND_IN.to_owned() }),
        _ => None,
    }
}

/// The command a form stands for.
///
/// # Errors
/// What is wrong, by field, in words.
pub fn command(act: Act, typed: &Typed<'_>) -> Result<Command, Problems> {
    let mut problems = Problems::new();
    let command = match act {
        Act::Accept => Command::Accept,
        Act::TakeOn => Command::TakeOn,
        Act::Sign => Command::Sign,
        Act::Forward => Command::Forward { to: typed.person("nguoi", &mut problems), note: typed.text("ghi") },
        Act::SubmitForSignature => submission(typed, &mut problems),
        Act::Issue => Command::Issue { number: typed.line("so", &mut problems), document: typed.file("tep-ket-qua") },
        Act::Deliver => delivery(typed, &mut problems),
        Act::Correct => correcting::command(typed, &mut problems),
        Act::RequestSupplement => supplement(typed, &mut problems),
        Act::Supply => supplied(typed, &mut problems),
        Act::Assign => match typed.person("nguoi", &mut problems) {
            Some(to) => Command::Assign { to, note: typed.text("ghi") },
            None => {
                problems.push(("nguoi".to_owned(), say("acting-wrong-receiver").to_owned()));
                return Err(problems);
            }
        },
        Act::SendBack => match typed.posted.trimmed("buoc").parse() {
            Ok(to_step) => Command::SendBack { to_step, reason: typed.text("ly-do") },
            Err(_) => return Err(vec![("buoc".to_owned(), say("acting-wrong-step").to_owned())]),
        },
        Act::Recall => Command::Recall { reason: typed.text("ly-do") },
        Act::NotifyObligation => duty(typed, &mut problems),
        Act::RecordPayment => payment(typed, &mut problems),
        Act::SetFee => Command::SetFee { fee_vnd: typed.amount("so-tien", &mut problems), reason: typed.text("ly-do") },
        Act::Refund => refund(typed, &mut problems),
        Act::Apologise => return apology(typed),
        Act::Refuse => {
            Command::Refuse { reason: typed.text("ly-do"), legal_basis: typed.line("can-cu", &mut problems) }
        }
        Act::Withdraw => Command::Withdraw { reason: typed.text("ly-do") },
        Act::Discontinue => {
            Command::Discontinue { reason: typed.text("ly-do"), legal_basis: typed.line("can-cu", &mut problems) }
        }
        Act::Route => match typed.posted.trimmed("don-vi").parse() {
            Ok(to) => Command::Route { to, reason: typed.text("ly-do") },
            Err(_) => return Err(vec![("don-vi".to_owned(), say("acting-wrong-unit").to_owned())]),
        },
        Act::Erase => Command::Erase { basis: typed.line("can-cu", &mut problems) },
        Act::Examine
        | Act::File
        | Act::ReceiveAtDesk
        | Act::ChooseCollection
        | Act::Confirm
        | Act::TakeSilence
        | Act::LapseSupplement
        | Act::Transfer => {
            return Err(problems);
        }
    };
    if problems.is_empty() { Ok(command) } else { Err(problems) }
}

fn submission(typed: &Typed<'_>, problems: &mut Problems) -> Command {
    let outcome = match typed.posted.trimmed("ket-qua") {
        "dong-y" => Outcome::Granted,
        "tu-choi" => Outcome::Declined,
        _ => {
            problems.push(("ket-qua".to_owned(), say("acting-wrong-proposal").to_owned()));
            Outcome::Granted
        }
    };
    let draft = Draft { text: typed.text("noi-dung"), document: typed.file("tep-du-thao") };
    Command::SubmitForSignature { outcome, draft, to: typed.person("nguoi", problems) }
}

fn delivery(typed: &Typed<'_>, problems: &mut Problems) -> Command {
    let by_proxy = match typed.posted.trimmed("ai") {
        "chu" => Proxy::Owner,
        "thay" => Proxy::Representative,
        _ => {
            problems.push(("ai".to_owned(), say("acting-wrong-who").to_owned()));
            Proxy::Owner
        }
    };
    let receiver = typed.line("nguoi-nhan", problems);
    let owner = typed.view.dossier.filing.get().map(|it| fold(&it.owner().name));
    if by_proxy == Proxy::Representative && owner.is_some_and(|it| it == fold(&receiver)) {
        problems.push(("nguoi-nhan".to_owned(), say("acting-wrong-owner").to_owned()));
    }
    Command::Deliver {
        evidence: Evidence {
            receiver,
            receiver_paper: typed.line("giay-to", problems),
            number_tail: typed.line("so-cuoi", problems),
            proxy_paper: typed.line("uy-quyen", problems),
            proof: typed.line("bang-chung", problems),
        },
        by_proxy,
    }
}

fn supplement(typed: &Typed<'_>, problems: &mut Problems) -> Command {
    let ticked = typed.posted.all("giay");
    let mut items: Vec<SupplementItem> = Vec::new();
    for it in askable(typed.view) {
        // What was written under a paper is asked only while the paper is ticked: otherwise nobody sees it.
        if ticked.contains(&it.id) {
            let what = typed.text(&format!("noi-dung-{}", it.id));
            if what.is_empty() {
                problems.push((format!("noi-dung-{}", it.id), say("acting-wrong-what").to_owned()));
            }
            let (requirement, name) = (Some(it.id.clone()), it.name.clone());
            items.push(SupplementItem { requirement, field: None, name, what });
        }
    }
    for (field, question, _) in marks::wrong_answers(typed.view) {
        if typed.posted.all("muc").contains(&field) {
            let name = format!("noi-dung-muc-{field}");
            let what = typed.text(&name);
            if what.is_empty() {
                problems.push((name, say("acting-wrong-what").to_owned()));
            }
            items.push(SupplementItem { requirement: None, field: Some(field), name: question, what });
        }
    }
    let extra = typed.line("them-ten", problems);
    if !extra.is_empty() {
        items.push(SupplementItem { requirement: None, field: None, name: extra, what: typed.text("them-noi-dung") });
    }
    let days = typed.posted.trimmed("han").parse::<u16>().ok().filter(|it| (1..=365).contains(it));
    if days.is_none() {
        problems.push(("han".to_owned(), say("acting-wrong-days").to_owned()));
    }
    Command::RequestSupplement {
        items,
        reason: typed.text("ly-do"),
        legal_basis: typed.line("can-cu", problems),
        override_reason: typed.text("ly-do-lanh-dao"),
        days,
    }
}

fn supplied(typed: &Typed<'_>, problems: &mut Problems) -> Command {
    let asked = typed.view.dossier.supplement.as_ref().and_then(|it| it.request.get());
    let mut papers = Vec::new();
    for (place, item) in
        asked.map(|it| it.items.as_slice()).unwrap_or_default().iter().enumerate().filter(|it| it.1.field.is_none())
    {
        let key = item.requirement.clone().unwrap_or_else(|| format!("khac-{}", place + 1));
        let paper = FiledPaper {
            requirement: item.requirement.clone().unwrap_or_default(),
            name: item.name.clone(),
            documents: typed.file(&format!("tep-{key}")).into_iter().collect(),
            originals: typed.copies(&format!("chinh-{key}"), problems),
            copies: typed.copies(&format!("sao-{key}"), problems),
            from_data: false,
        };
        if !paper.documents.is_empty() || paper.originals > 0 || paper.copies > 0 {
            papers.push(paper);
        }
    }
    let answers = posted_answers(typed.posted);
    if !answers.is_empty() {
        let (_, gaps) = put_right(&typed.view.dossier, &answers, &typed.view.revision, typed.today);
        let said = gaps.iter().map(|gap| (control_of(&gap.field_id), problem_words(&gap.problem, typed.today)));
        problems.extend(said);
    }
    Command::Supply { papers, answers, note: typed.text("ghi") }
}

fn duty(typed: &Typed<'_>, problems: &mut Problems) -> Command {
    let mut items = Vec::new();
    for line in 1..=DUTY_LINES {
        let (name, amount) = (format!("khoan-{line}"), format!("tien-{line}"));
        if typed.posted.trimmed(&name).is_empty() && typed.posted.trimmed(&amount).is_empty() && line > 1 {
            continue;
        }
        let text = typed.line(&name, problems);
        if text.is_empty() {
            problems.push((name, say("acting-wrong-item").to_owned()));
        }
        items.push(ObligationItem { name: text, amount_vnd: typed.amount(&amount, problems) });
    }
    let pay_by = match typed.posted.trimmed("han-nop") {
        "" => None,
        text => {
            let day = typed_day(text, typed.today);
            if day.is_none_or(|it| it < typed.today) {
                problems.push(("han-nop".to_owned(), say("acting-wrong-pay-by").to_owned()));
            }
            day
        }
    };
    Command::NotifyObligation { items, pay_by, note: typed.text("ghi") }
}

/// How much, how, and the number of the receipt.
fn money(typed: &Typed<'_>, problems: &mut Problems) -> (i64, PaymentMethod, String) {
    let method = match typed.posted.trimmed("cach") {
        "tien-mat" => PaymentMethod::Cash,
        "chuyen-khoan" => PaymentMethod::Transfer,
        "truc-tuyen" => PaymentMethod::Online,
        _ => {
            problems.push(("cach".to_owned(), say("acting-wrong-method").to_owned()));
            PaymentMethod::Cash
        }
    };
    (typed.amount("so-tien", problems), method, typed.line("bien-lai", problems))
}

fn payment(typed: &Typed<'_>, problems: &mut Problems) -> Command {
    let (amount_vnd, method, number) = money(typed, problems);
    Command::RecordPayment { amount_vnd, method, number }
}

fn refund(typed: &Typed<'_>, problems: &mut Problems) -> Command {
    let (amount_vnd, method, number) = money(typed, problems);
    Command::Refund { amount_vnd, method, number }
}

fn apology(typed: &Typed<'_>) -> Result<Command, Problems> {
    let mut problems = Problems::new();
    let unit = typed.posted.trimmed("don-vi").parse::<UnitId>().ok();
    let unit = unit.filter(|it| typed.view.known.organisation.find_unit(*it).is_some());
    if unit.is_none() {
        problems.push(("don-vi".to_owned(), say("acting-wrong-late-unit").to_owned()));
    }
    let day = typed_day(typed.posted.trimmed("ngay"), typed.today);
    if day.is_none() {
        problems.push(("ngay".to_owned(), say("acting-wrong-day").to_owned()));
    }
    let time = typed_time(typed.posted.trimmed("gio"));
    if time.is_none() {
        problems.push(("gio".to_owned(), say("acting-wrong-time").to_owned()));
    }
    match (unit, day, time) {
        (Some(at_fault), Some(day), Some(time)) => {
            Ok(Command::Apologise { reason: typed.text("ly-do"), at_fault, new_date: day.to_datetime(time) })
        }
        _ => Err(problems),
    }
}

/// The field a lawful no is about.
pub fn field_of(act: Act, refusal: &DossierRefusal) -> &'static str {
    use DossierRefusal as R;
    match (act, refusal) {
        (Act::SubmitForSignature, R::ReasonMissing) => "noi-dung",
        (Act::Erase, R::ReasonMissing) => "can-cu",
        (Act::NotifyObligation, R::ReasonMissing) => "khoan-1",
        (Act::NotifyObligation, R::AmountOutOfRange { .. }) => "tien-1",
        (_, R::ReasonMissing) => "ly-do",
        (_, R::NothingAsked) => "giay",
        (_, R::NotOnTheList { .. }) => "can-cu",
        (Act::SubmitForSignature, R::NotInOrder { .. }) => "ket-qua",
        (_, R::AskedAlready { .. }) => "ly-do-lanh-dao",
        (_, R::NothingSupplied) => "ghi",
        (_, R::NotInThatPost) => "nguoi",
        (_, R::CannotSendBackThere { .. }) => "buoc",
        (_, R::NotASuccessor) => "don-vi",
        (_, R::NewDateTooEarly { .. }) => "ngay",
        (_, R::NewDateNotWorking) => "gio",
        (_, R::AmountOutOfRange { .. } | R::MoreThanOwed { .. } | R::MoreThanOverpaid { .. }) => "so-tien",
        (_, R::ReceiverMissing) => "nguoi-nhan",
        (_, R::NumberTailWrong | R::NumberTailDiffers) => "so-cuoi",
        (_, R::NameMissing) => "ten",
        (_, R::ProxyPaperMissing) => "uy-quyen",
        (_, R::NumberMissing) => "so",
        (_, _) => "viec",
    }
}
