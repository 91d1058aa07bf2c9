//! What people ask for, and lives of dossiers to start a test from.

use super::world::*;
use crate::dossier::*;
use crate::ids::{PersonId, ReformId};
use crate::organisation::Placement;
use crate::procedure::{Answer, Answers, Channel, RawAnswers};

// What people ask for.

pub fn request(channel: Channel) -> FileRequest {
    let submitter = Party {
        name: "Nguyễn Thị Mẫu".to_owned(),
        number: "999190000001".to_owned(),
        phone: "0999000001".to_owned(),
        ..Party::default()
    };
    FileRequest {
        code: DossierCode::parse("H24.30-250303-0001").unwrap(),
        foreign_code: false,
        channel,
        receiving_unit: DISTRICT,
        competent_unit: DIVISION,
        collect_at: DISTRICT,
        split_from: None,
        fee_vnd: 0,
        filing: Filing {
            submitter,
            account: Some(CITIZEN),
            answers: Answers(
                [("ho_ten", "Nguyễn Văn Mẫu"), ("ngay_sinh", "2025-02-01")]
                    .map(|(field, text)| (field.to_owned(), Answer::Text(text.to_owned())))
                    .into(),
            ),
            papers: vec![FiledPaper {
                requirement: "to-khai".to_owned(),
                name: "Tờ khai".to_owned(),
                ..FiledPaper::default()
            }],
            ..Filing::default()
        },
    }
}

pub fn file() -> Command {
    Command::File(Box::new(request(Channel::Online)))
}

pub fn receive_at_desk() -> Command {
    Command::ReceiveAtDesk(Box::new(request(Channel::Counter)))
}

pub fn refuse() -> Command {
    Command::Refuse { reason: "Không thuộc thẩm quyền".into(), legal_basis: String::new() }
}

pub fn asked(requirement: &str) -> SupplementItem {
    SupplementItem {
        requirement: Some(requirement.into()),
        field: None,
        name: String::new(),
        what: "Thiếu chữ ký".into(),
    }
}

pub fn ask_for(items: Vec<SupplementItem>) -> Command {
    Command::RequestSupplement {
        items,
        reason: "Hồ sơ chưa đủ".into(),
        legal_basis: String::new(),
        override_reason: String::new(),
        days: None,
    }
}

pub fn ask() -> Command {
    ask_for(vec![asked("to-khai")])
}

pub fn ask_again() -> Command {
    Command::RequestSupplement {
        items: vec![asked("to-khai")],
        reason: "Vẫn chưa đủ".into(),
        legal_basis: String::new(),
        override_reason: "Tờ khai nộp lại bị mờ".into(),
        days: None,
    }
}

pub fn supply() -> Command {
    let paper = FiledPaper { requirement: "to-khai".into(), name: "Tờ khai".into(), ..FiledPaper::default() };
    Command::Supply { papers: vec![paper], answers: RawAnswers::new(), note: String::new() }
}

pub fn mark(place: u16, mark: Mark, reason: &str) -> Command {
    Command::Examine { papers: vec![PaperMark { place, mark, reason: reason.into() }], answers: Vec::new() }
}

pub fn mark_answer(field: &str, note: &str) -> Command {
    Command::Examine { papers: Vec::new(), answers: vec![AnswerMark { field: field.into(), note: note.into() }] }
}

pub fn assign(to: PersonId) -> Command {
    Command::Assign { to, note: String::new() }
}

pub fn forward() -> Command {
    Command::Forward { to: None, note: String::new() }
}

pub fn forward_to(to: PersonId) -> Command {
    Command::Forward { to: Some(to), note: String::new() }
}

pub fn submit(outcome: Outcome) -> Command {
    Command::SubmitForSignature {
        outcome, draft: Draft { text: "Đủ điều kiện".into(), document: None }, to: None
    }
}

pub fn send_back(to_step: u16) -> Command {
    Command::SendBack { to_step, reason: "Căn cứ chưa rõ".into() }
}

pub fn recall() -> Command {
    Command::Recall { reason: "Chuyển nhầm".into() }
}

pub fn apologise(new_date: &str) -> Command {
    Command::Apologise {
        reason: "Chưa xác minh xong".into(), at_fault: DIVISION, new_date: new_date.parse().unwrap()
    }
}

pub fn duty(amount_vnd: i64) -> Command {
    let item = ObligationItem { name: "Lệ phí trước bạ".into(), amount_vnd };
    Command::NotifyObligation { items: vec![item], pay_by: None, note: String::new() }
}

pub fn pay(amount_vnd: i64) -> Command {
    Command::RecordPayment { amount_vnd, method: PaymentMethod::Cash, number: "BL 0001".into() }
}

pub fn set_fee(fee_vnd: i64) -> Command {
    Command::SetFee { fee_vnd, reason: "Bản chính năm trang".into() }
}

pub fn refund(amount_vnd: i64) -> Command {
    Command::Refund { amount_vnd, method: PaymentMethod::Cash, number: "PC 0001".into() }
}

pub fn withdraw() -> Command {
    Command::Withdraw { reason: "Không còn nhu cầu".into() }
}

pub fn discontinue() -> Command {
    Command::Discontinue { reason: "Đang có tranh chấp".into(), legal_basis: "Luật Hộ tịch 2014".into() }
}

pub fn issue() -> Command {
    Command::Issue { number: "15/QĐ-UBND".into(), document: None }
}

pub fn deliver() -> Command {
    let evidence =
        Evidence { receiver: "Nguyễn Thị Mẫu".into(), proof: "Ký nhận".into(), ..Evidence::default() };
    Command::Deliver { evidence, by_proxy: Proxy::Owner }
}

pub fn erase() -> Command {
    Command::Erase { basis: "Luật 91/2025/QH15".into() }
}

/// What a reorganisation asks.
pub fn transfer(to: Placement) -> Command {
    Command::Transfer(Box::new(Transfer {
        reform: ReformId::from_uuid(uuid::Uuid::from_u128(77)),
        instrument: "Nghị quyết 1232/NQ-UBTVQH15".into(),
        dossier: ID,
        to,
        needs_routing: false,
        fell_to_head: false,
    }))
}

// Lives to start from. The desk receives at 09:00, and each act comes a quarter of an hour after the one before.

pub fn nothing() -> Life {
    Life::in_world(World::new())
}

/// Status 1.
pub fn filed_online() -> Life {
    nothing().then_did(CITIZEN, file())
}

/// Status 5, asked by the desk.
pub fn asked_at_intake() -> Life {
    filed_online().at("2025-03-03T09:15").then_did(RECEPTIONIST, ask())
}

/// Status 3.
pub fn not_accepted() -> Life {
    filed_online().at("2025-03-03T09:15").then_did(RECEPTIONIST, refuse())
}

/// Status 2, from the counter: due on Monday the 10th at 09:00, at the latest on the 17th.
pub fn received() -> Life {
    nothing().then_did(RECEPTIONIST, receive_at_desk())
}

/// Status 4, with the specialist.
pub fn in_progress() -> Life {
    received().at("2025-03-03T09:15").then_did(HEAD, forward_to(SPECIALIST))
}

/// Status 5, asked by the specialist.
pub fn asked_for_papers() -> Life {
    in_progress().at("2025-03-03T09:30").then_did(SPECIALIST, ask())
}

/// Status 6, for 500,000 đồng.
pub fn to_pay() -> Life {
    in_progress().at("2025-03-03T09:30").then_did(SPECIALIST, duty(500_000))
}

/// Status 4, with the head again.
pub fn reviewed() -> Life {
    in_progress().at("2025-03-03T09:30").then_did(SPECIALIST, forward())
}

/// Status 4, with the leader.
pub fn submitted(outcome: Outcome) -> Life {
    reviewed().at("2025-03-03T09:45").then_did(HEAD, submit(outcome))
}

/// Status 4, with the clerk.
pub fn signed(outcome: Outcome) -> Life {
    submitted(outcome).at("2025-03-03T10:00").then_did(LEADER, Command::Sign)
}

/// Status 9.
pub fn decided() -> Life {
    signed(Outcome::Granted).at("2025-03-03T10:15").then_did(CLERK, issue())
}

/// Status 10.
pub fn delivered() -> Life {
    decided().at("2025-03-03T10:30").then_did(RECEPTIONIST, deliver())
}

/// Status 7.
pub fn withdrawn() -> Life {
    in_progress().at("2025-03-03T09:30").then_did(CITIZEN, withdraw())
}

/// Status 8.
pub fn discontinued() -> Life {
    in_progress().at("2025-03-03T09:30").then_did(HEAD, discontinue())
}

/// With another body, the clock waiting since 09:30.
pub fn with_another_body() -> Life {
    Life::in_world(World::with_waits())
        .then_did(RECEPTIONIST, receive_at_desk())
        .at("2025-03-03T09:15")
        .then_did(HEAD, assign(SPECIALIST))
        .at("2025-03-03T09:30")
        .then_did(SPECIALIST, forward())
}

/// With the citizen, the clock waiting since 09:45.
pub fn with_the_citizen() -> Life {
    with_another_body().at("2025-03-03T09:45").then_did(SPECIALIST, forward())
}
