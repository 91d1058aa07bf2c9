//! The appointed instant: somebody types the number of the resolution, and the plan is begun.

use super::said as told;
use super::{Away, Step, address, head_of, look, page};
use crate::Web;
use crate::frame::{html, html_as};
use crate::page::{FieldLink, Tone};
use crate::posted::Posted;
use crate::staff::views::{ChipView, ChoiceView, LinkView, Num, ReformInstantPage, StaffField};
use crate::visitor::Visitor;
use app::reform_drafts::{self, DraftError, Looked, ReformDraftRefusal, Rehearsed};
use app::words;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// What is typed is never longer than this, in characters.
const NUMBER_CHARS_MAX: usize = 60;

/// The page.
pub async fn show(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    Ok(html(&view(&web, &visitor, &looked, "", None)))
}

/// The plan is begun.
pub async fn begin(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Away> {
    let looked = look(&web, &visitor, &id).await?;
    let seen = posted.version("phien-ban")?;
    let number: String = posted.trimmed("so").chars().take(NUMBER_CHARS_MAX).collect();
    let rehearsed = if posted.has("khong-dien-tap") { Rehearsed::Waived } else { Rehearsed::Required };
    let begun = if seen == looked.draft.version {
        reform_drafts::begin(&web.house, visitor.person()?, &looked, &number, rehearsed).await
    } else {
        Err(ReformDraftRefusal::PlanWrittenSince.into())
    };
    match begun {
        Ok(()) => {
            reform_drafts::stage_beside(&web.house, looked.draft.id);
            Ok(Redirect::to(&format!("{}?xong=1", address(looked.draft.id, Step::Progress))).into_response())
        }
        Err(DraftError::Refused(ReformDraftRefusal::PlanBegun)) => {
            Err(Away::To(address(looked.draft.id, Step::Progress)))
        }
        Err(DraftError::Refused(no)) => {
            let is_typed = matches!(no, ReformDraftRefusal::OtherNumber | ReformDraftRefusal::NotRehearsed);
            let status = if is_typed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::CONFLICT };
            // As it is now: what stands in the way may be somebody else's writing.
            let looked = look(&web, &visitor, &id).await?;
            Ok(html_as(status, &view(&web, &visitor, &looked, &number, Some(&no))))
        }
        Err(DraftError::Wrong(_)) => Err(Away::To(address(looked.draft.id, Step::Decision))),
        Err(DraftError::House(error)) => Err(error.into()),
    }
}

fn view(
    web: &Web,
    visitor: &Visitor,
    looked: &Looked,
    typed: &str,
    refused: Option<&ReformDraftRefusal>,
) -> ReformInstantPage {
    let id = looked.draft.id;
    let conflicts = looked.found.conflicts.len();
    let link = |label: String, step| LinkView { label, href: address(id, step) };
    let mut checks = vec![(
        ChipView::new(Tone::Good, "được"),
        link("Phương án đọc được và đúng với các đơn vị hiện nay".to_owned(), Step::Decision),
    )];
    checks.push(if conflicts == 0 {
        (ChipView::new(Tone::Good, "được"), link("Không còn vướng mắc".to_owned(), Step::Conflicts))
    } else {
        (ChipView::new(Tone::Bad, "chưa"), link(format!("Còn {conflicts} vướng mắc"), Step::Conflicts))
    });
    let is_rehearsed = looked.is_rehearsed();
    checks.push(if is_rehearsed {
        (ChipView::new(Tone::Good, "được"), link("Đã diễn tập bản này, chứng nhận khớp".to_owned(), Step::Rehearsal))
    } else {
        (ChipView::new(Tone::Warn, "chưa"), link("Chưa diễn tập xong bản này".to_owned(), Step::Rehearsal))
    });
    let at = looked.plan.effective_at.local();
    let moved = Num(looked.found.transfers.len() as u64);
    let mut fields = vec![
        StaffField::line("so", "Gõ số của nghị quyết để xác nhận")
            .with_hint("Đúng như trên văn bản; xem lại ở dòng đầu trang.")
            .with_value(typed),
    ];
    if !is_rehearsed {
        let tick = ChoiceView::new("1", "Tôi quyết định làm mà không diễn tập bản này");
        fields.push(StaffField::tick("khong-dien-tap", "Diễn tập", tick));
    }
    let about = match refused {
        Some(ReformDraftRefusal::NotRehearsed) => "khong-dien-tap",
        Some(_) | None => "so",
    };
    let said = refused.map(told::refused);
    let fields = fields
        .into_iter()
        .map(|it| match &said {
            Some(said) if it.name == about => it.with_error(said),
            _ => it,
        })
        .collect();
    let frame = page(web, visitor, Step::Instant);
    ReformInstantPage {
        page: if said.is_some() { frame.with_error_title() } else { frame },
        head: head_of(looked, Step::Instant),
        instant: format!("{}, {}", words::time(at), words::day(at.date())),
        checks,
        may_begin: conflicts == 0,
        effects: vec![
            format!("Ngay bây giờ: phần mềm ghi trước {moved} hồ sơ về đâu. Không ai thấy gì khác, mọi việc vẫn làm như cũ."),
            "Đúng thời điểm đó: đơn vị cũ kết thúc, đơn vị mới bắt đầu, quyền và phiên đăng nhập đổi theo, trong một lần."
                .to_owned(),
            "Ngay sau đó: lịch sử từng hồ sơ ghi việc chuyển giao, rồi chứng nhận được lập và ký.".to_owned(),
            "Trước thời điểm đó có thể thôi bất cứ lúc nào. Sau đó còn hoàn tác được cho đến khi đơn vị mới làm việc đầu tiên với một hồ sơ."
                .to_owned(),
        ],
        errors: said.iter().map(|it| FieldLink { href: format!("#{about}"), text: it.clone() }).collect(),
        fields,
    }
}
