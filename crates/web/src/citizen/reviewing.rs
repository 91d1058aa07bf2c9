//! Reading an application once more, sending it, and the page that says it was sent.

use super::applying::{ApplyStep, Matter, already_sent, own_draft, step_address, summary};
use super::dossier_address;
use super::form_view::{TICKED, problem_words};
use super::views::{
    ApplyReviewPage, Choice, Control, FieldView, NextStep, ReviewPaper, RevisionDifference, SentPage, TextKind,
};
use super::words::{Correcting, answered, register};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Section};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::qr;
use crate::telling;
use crate::texts;
use crate::visitor::Visitor;
use app::AppError;
use app::applying::{self, Application, Change, Gap, Review, Sending, Sent};
use app::words;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::calendar::TimeLimit;
use domain::procedure::{AnswerGap, Difference, Need};
use std::collections::BTreeMap;

/// Longest answer of this page that is kept, in characters.
const TYPED_CHARS_MAX: usize = 6_000;
/// Longest postal address, in characters: the words of its refusal.
const ADDRESS_CHARS_MAX: usize = 300;
/// What this page calls the fields of the sending.
const BOXES: [(&str, &str, &str); 5] = [
    ("phone", "dien_thoai", "Điện thoại"),
    ("email", "thu", "Thư điện tử"),
    ("collect", "nhan", "Cách nhận kết quả"),
    ("address", "dia_chi", "Địa chỉ nhận"),
    ("consent", "cam_doan", "Cam đoan"),
];

fn read_sending(posted: &Posted) -> Sending {
    let text = |name: &str| posted.text(name).chars().take(TYPED_CHARS_MAX).collect::<String>();
    Sending {
        phone: text("dien_thoai"),
        email: text("thu"),
        by_message: posted.text("bao_tin") == TICKED,
        collect: text("nhan"),
        address: text("dia_chi"),
        consent: posted.text("cam_doan") == TICKED,
    }
}

/// Everything once more, with what is missing as links.
///
/// # Errors
/// Not theirs, or not there.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(draft): Path<String>) -> Result<Response, Problem> {
    let it = own_draft(&web, &visitor, &draft).await?;
    if let Some(response) = already_sent(&it) {
        return Ok(response);
    }
    let review = applying::review(&it, web.house.clock.now().day());
    Ok(html(&view(&web, &visitor, &it, review, Asked::First)))
}

/// Whether the questions of the page itself were answered already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    First,
    Refused,
}

fn view(web: &Web, visitor: &Visitor, it: &Application, review: Review, asked: Asked) -> ApplyReviewPage {
    let today = web.house.clock.now().day();
    let form_href = format!("{}?soat=1", step_address(it.draft.id, "to-khai"));
    let papers_href = step_address(it.draft.id, "giay-to");
    let mut answer_gaps: Vec<AnswerGap> = Vec::new();
    let mut links = Vec::new();
    let mut own = BTreeMap::new();
    for gap in &review.gaps {
        match gap {
            Gap::Answer(gap) => {
                links.push(FieldLink {
                    href: format!("{form_href}#{}", gap.field_id),
                    text: format!("{}: {}", gap.label, problem_words(&gap.problem, today)),
                });
                answer_gaps.push(gap.clone());
            }
            Gap::Paper { requirement, name } => links.push(FieldLink {
                href: format!("{papers_href}#{requirement}"),
                text: format!("{name}: {}", texts::word("gap-paper")),
            }),
            Gap::Sending { field, key } => {
                own.insert(*field, texts::word_with(key, &[("max", ADDRESS_CHARS_MAX.to_string())]));
            }
            Gap::Revision => {
                links.push(FieldLink { href: "#khac".to_owned(), text: texts::word("gap-revision-changed") });
            }
            Gap::NoTerm => links.push(FieldLink {
                href: super::catalogue::address(&it.current),
                text: texts::word("refusal-no-time-limit"),
            }),
        }
    }
    let errors = if asked == Asked::Refused { own_errors(&own) } else { Vec::new() };
    let own = if asked == Asked::Refused { own } else { BTreeMap::new() };
    let is_bad = asked == Asked::Refused && !(errors.is_empty() && links.is_empty());
    let page = frame::citizen(web, visitor, format!("Xem lại và nộp – {}", it.current.name), Section::Procedures);
    let sections = it
        .current
        .forms
        .first()
        .map(|form| answered(form, &it.body.raw, Correcting { form_href: Some(&form_href), gaps: &answer_gaps }));
    ApplyReviewPage {
        page: if is_bad { page.with_error_title() } else { page },
        application: summary(web, &Matter::of(it), ApplyStep::Review),
        action: step_address(it.draft.id, "nop"),
        send_key: it.draft.id.to_string(),
        errors,
        papers: papers(it, &review, &papers_href),
        gaps: links,
        differences: differences(it, &review),
        sections: sections.unwrap_or_default(),
        papers_href,
        contact: contact(&it.body.sending, &own),
        collect: collect(&it.body.sending, &own),
        consent: consent(&it.body.sending, &own),
        promise: promise(web, it),
    }
}

fn own_errors(own: &BTreeMap<&'static str, String>) -> Vec<FieldLink> {
    BOXES
        .iter()
        .filter_map(|(field, id, label)| {
            own.get(field).map(|why| FieldLink { href: format!("#{id}"), text: format!("{label}: {why}") })
        })
        .collect()
}

fn papers(it: &Application, review: &Review, papers_href: &str) -> Vec<ReviewPaper> {
    applying::papers_asked(&it.current)
        .map(|paper| {
            let mut given: Vec<String> =
                it.documents.iter().filter(|file| file.requirement == paper.id).map(|file| file.name.clone()).collect();
            if it.body.from_data.contains(&paper.id) {
                let registers: Vec<String> = paper.replaced_by.iter().map(|name| register(name)).collect();
                given.push(format!("Lấy từ {}", registers.join(", ")));
            }
            let is_missing =
                review.gaps.iter().any(|gap| matches!(gap, Gap::Paper { requirement, .. } if *requirement == paper.id));
            ReviewPaper {
                name: paper.name.clone(),
                given,
                gap: is_missing.then(|| format!("{papers_href}#{}", paper.id)),
            }
        })
        .collect()
}

fn contact(sending: &Sending, own: &BTreeMap<&'static str, String>) -> Vec<FieldView> {
    let phone = FieldView {
        hint: Some("Nhận tin nhắn báo hồ sơ đến đâu; 4 số cuối dùng để tra cứu.".to_owned()),
        error: own.get("phone").cloned(),
        autocomplete: "tel",
        ..FieldView::text("dien_thoai", "Điện thoại", TextKind::Phone, &sending.phone)
    };
    let email = FieldView {
        required: false,
        error: own.get("email").cloned(),
        autocomplete: "email",
        ..FieldView::text("thu", "Thư điện tử", TextKind::Email, &sending.email)
    };
    let by_message = FieldView {
        id: "bao_tin".to_owned(),
        label: "Báo cho tôi bằng tin nhắn mỗi khi có việc của tôi hoặc có kết quả".to_owned(),
        control: Control::Tick { checked: sending.by_message },
        ..FieldView::default()
    };
    vec![phone, email, by_message]
}

fn collect(sending: &Sending, own: &BTreeMap<&'static str, String>) -> FieldView {
    let address = FieldView {
        error: own.get("address").cloned(),
        autocomplete: "street-address",
        ..FieldView::text("dia_chi", "Địa chỉ nhận", TextKind::Plain, &sending.address)
    };
    let choice = |value: &str, label: &str, hint: &str, reveals: Vec<FieldView>| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        hint: Some(hint.to_owned()),
        selected: sending.collect == value,
        reveals,
    };
    FieldView {
        id: "nhan".to_owned(),
        label: "Bạn muốn nhận kết quả thế nào?".to_owned(),
        required: true,
        control: Control::Radio {
            options: vec![
                choice("quay", "Tại quầy", "Mang giấy tờ tùy thân đến Bộ phận Một cửa nơi nộp.", Vec::new()),
                choice("buu-chinh", "Qua bưu chính công ích", "Cước phí trả cho bưu điện khi nhận.", vec![address]),
                choice("dien-tu", "Bản điện tử", "Xem và tải ở trang hồ sơ của bạn.", Vec::new()),
            ],
        },
        error: own.get("collect").cloned(),
        ..FieldView::default()
    }
}

fn consent(sending: &Sending, own: &BTreeMap<&'static str, String>) -> FieldView {
    FieldView {
        id: "cam_doan".to_owned(),
        label:
            "Tôi cam đoan những gì đã khai là đúng sự thật và chịu trách nhiệm trước pháp luật về lời khai của mình."
                .to_owned(),
        required: true,
        control: Control::Tick { checked: sending.consent },
        error: own.get("consent").cloned(),
        ..FieldView::default()
    }
}

/// What happens on sending.
fn promise(web: &Web, it: &Application) -> String {
    let unit = telling::within(&frame::unit_today(web, it.draft.unit));
    let hours = web.house.regime_on(web.house.clock.now().day()).map_or(8, |it| it.answer_working_hours);
    format!(
        "Bấm nộp, hồ sơ đến Bộ phận Một cửa {unit} và có mã ngay. Trong {hours} giờ làm việc, Bộ phận Một cửa tiếp nhận và hẹn ngày \
         trả kết quả, hoặc báo bạn bổ sung một lần. Thời hạn giải quyết tính từ lúc tiếp nhận."
    )
}

fn differences(it: &Application, review: &Review) -> Vec<RevisionDifference> {
    let is_newer = review.gaps.contains(&Gap::Revision);
    if is_newer && review.differences.is_empty() {
        return vec![RevisionDifference {
            what: "Căn cứ và ghi chú của thủ tục".to_owned(),
            before: format!("Bản {}", it.begun_on.number),
            now: format!("Bản {}; mẫu đơn, giấy tờ, thời hạn và phí không đổi", it.current.number),
        }];
    }
    review.differences.iter().map(difference_words).collect()
}

/// One difference in words.
pub fn difference_words(it: &Difference) -> RevisionDifference {
    let line = |what: String, before: &str, now: &str| RevisionDifference {
        what,
        before: before.to_owned(),
        now: now.to_owned(),
    };
    let term = |limit: &Option<TimeLimit>| {
        limit.map_or_else(|| "chưa có trong nguồn".to_owned(), |limit| words::term(limit.binding()))
    };
    let needed = |need: &Need| match need {
        Need::Always => "luôn cần",
        Need::Conditional => "cần trong trường hợp riêng",
        Need::Optional => "không bắt buộc",
        Need::Never => "không cần nữa",
    };
    let must = |required: &bool| if *required { "phải trả lời" } else { "không bắt buộc" };
    match it {
        Difference::Renamed { from, to } => line("Tên thủ tục".to_owned(), from, to),
        Difference::TimeLimit { from, to } => line("Thời hạn giải quyết".to_owned(), &term(from), &term(to)),
        Difference::Fees { from, to } => line("Phí, lệ phí".to_owned(), &from.join("; "), &to.join("; ")),
        Difference::ChannelAdded { channel } => {
            line(format!("Nộp {}", texts::channel(*channel)), "không nhận", "được nhận")
        }
        Difference::ChannelRemoved { channel } => {
            line(format!("Nộp {}", texts::channel(*channel)), "được nhận", "không nhận nữa")
        }
        Difference::PaperAdded { name, need, .. } => line(format!("Giấy tờ: {name}"), "không có", needed(need)),
        Difference::PaperRemoved { name, .. } => line(format!("Giấy tờ: {name}"), "có", "bỏ"),
        Difference::PaperChanged { name, from, to, .. } => {
            let now = if from == to { "thay đổi số bản hoặc trường hợp" } else { needed(to) };
            line(format!("Giấy tờ: {name}"), needed(from), now)
        }
        Difference::FieldAdded { label, required, .. } => line(format!("Câu hỏi: {label}"), "không có", must(required)),
        Difference::FieldRemoved { label, .. } => line(format!("Câu hỏi: {label}"), "có", "bỏ"),
        Difference::FieldChanged { label, required, .. } => {
            line(format!("Câu hỏi: {label}"), "cách hỏi cũ", &format!("hỏi theo cách mới, {}", must(required)))
        }
    }
}

/// Back from a refusal of the sending, opened as a page.
pub async fn back(Path(draft): Path<String>) -> Redirect {
    match draft.parse() {
        Ok(id) => Redirect::to(&step_address(id, "xem-lai")),
        Err(_) => Redirect::to("/ho-so-cua-toi?muc=ban-nhap"),
    }
}

/// Sends it; or goes on with the procedure as it is now. What was typed here is kept in any case.
///
/// # Errors
/// Not theirs, or the house failed.
pub async fn send(
    State(web): State<Web>,
    visitor: Visitor,
    Path(draft): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    for _ in 1..SENDS_MAX {
        match send_once(&web, &visitor, &draft, &posted).await {
            // Another press of the same button came between: what it did is looked at, and told if it was the sending.
            Err(problem) if is_overtaken(&problem) => {}
            answered => return answered,
        }
    }
    send_once(&web, &visitor, &draft, &posted).await
}

/// Most tries of one sending that others get between.
const SENDS_MAX: usize = 8;

fn is_overtaken(problem: &Problem) -> bool {
    match problem.app() {
        Some(AppError::Invalid(found)) => found.iter().any(|it| it.key == "gap-draft-changed"),
        Some(AppError::KeyReused) => true,
        _ => false,
    }
}

async fn send_once(web: &Web, visitor: &Visitor, draft: &str, posted: &Posted) -> Result<Response, Problem> {
    let it = own_draft(web, visitor, draft).await?;
    if let Some(response) = already_sent(&it) {
        return Ok(response);
    }
    match try_to_send(web, visitor, &it, posted).await {
        Ok(response) => Ok(response),
        // A second press can find the first one's work done under its hands.
        Err(problem) => match own_draft(web, visitor, draft).await {
            Ok(now) => already_sent(&now).ok_or(problem),
            Err(_) => Err(problem),
        },
    }
}

async fn try_to_send(web: &Web, visitor: &Visitor, it: &Application, posted: &Posted) -> Result<Response, Problem> {
    let (person, id) = (visitor.person()?, it.draft.id);
    let sending = read_sending(posted);
    if posted.text("viec") == "ban-moi" {
        applying::change(&web.house, person, id, Change::Sending(sending)).await?;
        applying::change(&web.house, person, id, Change::TakeCurrentRevision).await?;
        return Ok(Redirect::to(&step_address(id, "xem-lai")).into_response());
    }
    match applying::send(&web.house, it.clone(), sending).await? {
        Sent::Filed(_) => Ok(Redirect::to(&step_address(id, "da-nop")).into_response()),
        Sent::Incomplete(review) => {
            let now = applying::load(&web.house, person, id).await?;
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view(web, visitor, &now, *review, Asked::Refused)))
        }
    }
}

/// Sent: unmistakably.
///
/// # Errors
/// Not theirs, or not there.
pub async fn sent(State(web): State<Web>, visitor: Visitor, Path(draft): Path<String>) -> Result<Response, Problem> {
    let it = own_draft(&web, &visitor, &draft).await?;
    let Some(dossier) = it.draft.sent_as else {
        return Ok(Redirect::to(&step_address(it.draft.id, "xem-lai")).into_response());
    };
    let own = app::dossiers::of_citizen(&web.house, visitor.person()?).await?;
    let card = own.into_iter().find(|it| it.id == dossier).ok_or_else(|| Problem::from(AppError::NotFound))?;
    let view = super::own_dossier(&web, &visitor, card.code.as_str(), "trang đã nộp").await?;
    let desk = telling::desk(&view, view.desk());
    let unit = telling::within(&frame::unit_today(&web, view.responsible()));
    let answer_by = card.answer_by.map_or_else(String::new, |at| format!("chậm nhất {}", words::moment(at.local())));
    let term = view.revision.time_limit.map_or_else(String::new, |limit| words::term(limit.binding()));
    let filing = view.dossier.filing.get();
    let by_message = filing.is_some_and(|it| it.by_message && !it.submitter.phone.is_empty());
    let by_letter = filing.is_some_and(|it| !it.submitter.email.is_empty());
    let told = match (by_message, by_letter) {
        (true, true) => "Có việc của bạn hoặc có kết quả, bạn nhận tin nhắn và thư điện tử.",
        (true, false) => "Có việc của bạn hoặc có kết quả, bạn nhận tin nhắn.",
        (false, true) => "Có việc của bạn hoặc có kết quả, bạn nhận thư điện tử.",
        (false, false) => "Bạn không chọn nhận tin: hãy xem trang hồ sơ hoặc tra cứu bằng mã.",
    };
    let step = |what: &str, who: String, until: String| NextStep { what: what.to_owned(), who, until };
    let address = crate::papers::look_up_address(&web, &view);
    Ok(html(&SentPage {
        page: frame::citizen(&web, &visitor, format!("Đã nộp hồ sơ {}", card.code), Section::MyDossiers),
        code: card.code.to_string(),
        procedure: card.procedure_name.clone(),
        unit: frame::unit_today(&web, view.desk()),
        sent_at: words::moment(card.filed_at.local()),
        qr_svg: qr::svg(&address, &format!("Mã QR tra cứu hồ sơ {}", card.code)),
        next: vec![
            step("Tiếp nhận và hẹn ngày trả, hoặc báo bạn bổ sung", desk, answer_by),
            step("Giải quyết", telling::opening(&unit), format!("{term} kể từ lúc tiếp nhận")),
            step("Trả kết quả", telling::collection(&view), "khi có kết quả bạn được báo".to_owned()),
        ],
        told: told.to_owned(),
        dossier_href: dossier_address(&card.code),
        look_up_address: format!("{}/tra-cuu", web.house.rules.public_url.split("://").last().unwrap_or_default()),
    }))
}
