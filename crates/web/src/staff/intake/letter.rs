//! Not receiving at the counter: form 03 is printed with the reason. Nothing was filed, so nothing is kept.

use super::{Counter, Said};
use crate::citizen::views::Link;
use crate::frame::{self, html, html_as};
use crate::page::FieldLink;
use crate::paper::{LetterBlock, LetterPage, PaperHead, PaperLine, SignBlock};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::staff::views::{ChoiceView, IntakeStage, StaffField};
use crate::telling::within;
use axum::http::StatusCode;
use axum::response::Response;

/// Longest words of a refusal, in characters.
const WORDS_CHARS_MAX: usize = 2_000;
/// Grounds the law knows. Căn cứ: Nghị định 61/2018/NĐ-CP Điều 17.
const GROUNDS: [&str; 3] = [
    "Không thuộc thẩm quyền giải quyết của đơn vị",
    "Không thuộc đối tượng thực hiện thủ tục",
    "Hồ sơ không hợp lệ theo quy định của thủ tục",
];

/// The questions.
pub(super) fn fields(posted: &Posted, errors: &[FieldLink]) -> Vec<StaffField> {
    let chosen = posted.trimmed("ly-do-tu-choi");
    let grounds = GROUNDS.iter().map(|it| ChoiceView { chosen: *it == chosen, ..ChoiceView::new(*it, *it) }).collect();
    let cut = |name: &str| posted.text(name).chars().take(WORDS_CHARS_MAX).collect::<String>();
    let wrong = |field: StaffField| match errors.iter().find(|it| it.href == format!("#{}", field.name)) {
        Some(error) => field.with_error(error.text.clone()),
        None => field,
    };
    vec![
        wrong(StaffField::select("ly-do-tu-choi", "Lý do", grounds)),
        wrong(
            StaffField::lines("ghi-tu-choi", "Nói rõ cho người nộp: nộp ở đâu, cần gì", 3)
                .with_value(cut("ghi-tu-choi")),
        ),
        wrong(StaffField::line("can-cu", "Căn cứ").with_value(cut("can-cu")).as_optional()),
    ]
}

/// Prints form 03, or asks again.
pub(super) async fn refuse(counter: &Counter<'_>) -> Result<Response, Problem> {
    let posted = counter.posted;
    let ground = GROUNDS.iter().find(|it| **it == posted.trimmed("ly-do-tu-choi"));
    let text = posted.trimmed("ghi-tu-choi");
    let mut errors = Vec::new();
    if ground.is_none() {
        errors.push(FieldLink { href: "#ly-do-tu-choi".to_owned(), text: "Chọn một lý do.".to_owned() });
    }
    if text.is_empty() || text.chars().count() > WORDS_CHARS_MAX {
        let text = "Nói rõ cho người nộp cần làm gì tiếp, không quá 2.000 ký tự.".to_owned();
        errors.push(FieldLink { href: "#ghi-tu-choi".to_owned(), text });
    }
    if !errors.is_empty() {
        let view = counter.view(Said { errors, stage: IntakeStage::Refusing, ..Said::default() }).await?;
        return Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view));
    }
    Ok(html(&letter(counter, ground.copied().unwrap_or_default(), text)))
}

fn letter(counter: &Counter<'_>, ground: &str, text: &str) -> LetterPage {
    let web = counter.web;
    let name = counter.desk_name();
    let day = counter.today;
    let person = counter.person().submitter();
    let line = |label: &str, value: String| LetterBlock::Line(PaperLine { label: label.to_owned(), value });
    let mut body = vec![line("Bộ phận Tiếp nhận và Trả kết quả", within(&name))];
    for (label, value) in [("Người nộp", person.name), ("Địa chỉ", person.address)] {
        if !value.is_empty() {
            body.push(line(label, value));
        }
    }
    if let Some(procedure) = &counter.procedure {
        body.push(line("Nội dung yêu cầu giải quyết", procedure.name.clone()));
    }
    body.push(LetterBlock::Text(
        "Qua xem xét, Bộ phận Tiếp nhận và Trả kết quả thông báo không tiếp nhận hồ sơ này, với lý do cụ thể như sau:"
            .to_owned(),
    ));
    let law = counter.posted.trimmed("can-cu");
    let mut reasons = vec![format!("{ground}."), text.to_owned()];
    if !law.is_empty() {
        reasons.push(format!("Căn cứ: {law}."));
    }
    body.push(LetterBlock::Reasons(reasons));
    let title = "Phiếu từ chối tiếp nhận giải quyết hồ sơ";
    LetterPage {
        page: frame::paper(web, counter.visitor, title),
        back: Link { href: "/quay/tiep-nhan".to_owned(), label: "Về quầy tiếp nhận".to_owned() },
        head: PaperHead {
            superior: format!("ỦY BAN NHÂN DÂN\n{}", name.to_uppercase()),
            issuer: "BỘ PHẬN TIẾP NHẬN\nVÀ TRẢ KẾT QUẢ".to_owned(),
            place_and_day: format!("Ngày {:02} tháng {} năm {}", day.day(), day.month(), day.year()),
            ..PaperHead::default()
        },
        title: title.to_uppercase(),
        addressee: None,
        body,
        copies_to: Vec::new(),
        left: Some(SignBlock {
            post: "NGƯỜI NỘP HỒ SƠ".to_owned(),
            instruction: "(Ký và ghi rõ họ tên)".to_owned(),
            name: String::new(),
        }),
        right: SignBlock {
            post: "NGƯỜI TIẾP NHẬN HỒ SƠ".to_owned(),
            instruction: "(Ký và ghi rõ họ tên)".to_owned(),
            name: counter.visitor.who.as_ref().map(|it| it.name.clone()).unwrap_or_default(),
        },
    }
}
