//! Following a dossier: look-up without signing in, my dossiers, the dossier's page, withdrawing, confirming, its papers.

use super::files;
use super::form_view::TICKED;
use super::views::{
    ApologyView, Control, DossierCard, DossierPage, Fact, FieldView, GivenPaper, IssuedPaper, Link, LookUpAnswer,
    LookUpForm, LookUpPage, MyDossiersPage, PublicStatus, Sentence, Tab, Todo, WithdrawPage,
};
use super::words::{Correcting, answered};
use super::{Asked as Query, dossier_address, own_dossier};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Icon, Page, Section, Tone};
use crate::papers;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::telling::{self, Audience};
use crate::texts;
use crate::visitor::Visitor;
use app::AppError;
use app::dossiers::{self, DossierView};
use app::handle::{self, Asked, Once};
use app::rows::{Card, Draft};
use app::words;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{
    Act, ClockView, Collection, Command, DossierRefusal, Event, FiledPaper, Holder, Status, TEXT_CHARS_MAX,
};
use domain::procedure::StepKind;

/// Longest code that is shown again, in characters.
const CODE_CHARS_MAX: usize = 60;

// ---- look-up ----

/// The two questions of a look-up.
pub async fn look_up_page(State(web): State<Web>, visitor: Visitor, asked: Query) -> Response {
    let code: String = asked.get("ma").map_or("", String::as_str).chars().take(CODE_CHARS_MAX).collect();
    html(&LookUpPage {
        page: frame::citizen(&web, &visitor, "Tra cứu hồ sơ", Section::LookUp),
        form: LookUpForm { code, ..LookUpForm::default() },
        answer: LookUpAnswer::Blank,
    })
}

/// Answers a look-up. Every miss is the same.
///
/// # Errors
/// The house failed.
pub async fn look_up(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let code: String = posted.trimmed("ma").chars().take(CODE_CHARS_MAX).collect();
    let digits = posted.trimmed("so");
    let missing = |text: &str| text.is_empty().then(|| texts::word("answer-missing"));
    let form = LookUpForm { code_error: missing(&code), digits_error: missing(digits), code: code.clone() };
    let page = frame::citizen(&web, &visitor, "Tra cứu hồ sơ", Section::LookUp);
    if form.code_error.is_some() || form.digits_error.is_some() {
        let view = LookUpPage { page: page.with_error_title(), form, answer: LookUpAnswer::Blank };
        return Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view));
    }
    let (status, page, answer) = match app::lookup::look_up(&web.house, &code, digits).await {
        Ok(found) => {
            let view = dossiers::of_look_up(&web.house, found)?;
            (StatusCode::OK, page, LookUpAnswer::Found(Box::new(public_status(&view))))
        }
        Err(AppError::NotFound) => (StatusCode::NOT_FOUND, page.with_error_title(), LookUpAnswer::NotFound),
        Err(AppError::Locked { minutes }) => {
            let until = words::time(web.house.clock.now().plus_seconds(minutes.saturating_mul(60)).local());
            (StatusCode::TOO_MANY_REQUESTS, page.with_error_title(), LookUpAnswer::Locked { until })
        }
        Err(other) => return Err(other.into()),
    };
    Ok(html_as(status, &LookUpPage { page, form, answer }))
}

fn public_status(view: &DossierView) -> PublicStatus {
    let it = &view.dossier;
    let your_turn = match it.status {
        Status::AwaitingSupplement => it.supplement.as_ref().map(|open| {
            let left = telling::days_left(view.now.day(), open.reply_by);
            format!("Gửi thêm giấy tờ trước hết {} ({left}).", words::day(open.reply_by))
        }),
        Status::AwaitingPayment => Some(format!("Nộp {}.", words::dong(it.still_owed_vnd()))),
        Status::Received | Status::InProgress if it.step.kind == StepKind::Citizen => {
            Some("Xác nhận một việc của hồ sơ.".to_owned())
        }
        _ => None,
    };
    let mut facts = vec![fact("Nơi nhận hồ sơ", frame_name(view, it.receiving_unit))];
    facts.extend(shared_facts(view, Audience::Public));
    PublicStatus {
        code: it.code.to_string(),
        unit_note: unit_note(view),
        steps: telling::steps(view),
        chip: telling::chip(it.status, &view.clock, view.now, Audience::Public),
        status: telling::status(view, Audience::Public),
        your_turn,
        facts,
        dossier_href: dossier_address(&it.code),
    }
}

fn frame_name(view: &DossierView, unit: domain::ids::UnitId) -> String {
    view.unit_name(unit, view.now).to_owned()
}

fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into(), note: None }
}

/// Said when the unit that took it in is called otherwise today.
fn unit_note(view: &DossierView) -> Option<String> {
    let it = &view.dossier;
    let then = view.unit_name(it.receiving_unit, it.filed_at);
    let now = view.unit_name(it.receiving_unit, view.now);
    (then != now).then(|| format!("Nộp tại {}, nay là {}.", telling::within(then), telling::within(now)))
}

/// Holder, next, time left, dates.
fn shared_facts(view: &DossierView, audience: Audience) -> Vec<Fact> {
    let it = &view.dossier;
    let mut facts = vec![
        fact("Ai đang giữ", telling::holder_since(view, audience)),
        fact("Việc tiếp theo", telling::next(view, audience)),
        fact("Thời gian còn lại", telling::time_left(view)),
        fact("Nộp lúc", words::moment(it.filed_at.local())),
    ];
    if let Some(at) = it.received_at {
        facts.push(fact("Tiếp nhận lúc", words::moment(at.local())));
    }
    if let Some(due) = telling::due(view) {
        let provisional = it.due.is_some_and(|own| own.provisional);
        let note = provisional.then(|| "tạm tính, vì lịch nghỉ của năm đó chưa công bố".to_owned());
        facts.push(Fact { note, ..fact("Hẹn trả kết quả", due) });
    }
    facts
}

// ---- my dossiers ----

/// The parts of the list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Running,
    Drafts,
    Done,
}

impl Part {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Running, "dang-lam", "Đang giải quyết"),
        (Self::Drafts, "ban-nhap", "Bản nháp"),
        (Self::Done, "da-xong", "Đã xong"),
    ];
}

/// My dossiers.
///
/// # Errors
/// The house failed.
pub async fn mine(State(web): State<Web>, visitor: Visitor, asked: Query) -> Result<Response, Problem> {
    let person = visitor.person()?;
    let part = Part::ALL.iter().find(|(_, key, _)| asked.get("muc").map(String::as_str) == Some(*key));
    let part = part.map_or(Part::Running, |(part, ..)| *part);
    let cards = dossiers::of_citizen(&web.house, person).await?;
    let drafts = app::applying::drafts_of(&web.house, person).await?;
    let running = cards.iter().filter(|it| it.is_open).count();
    let tabs = Part::ALL.iter().map(|(own, key, label)| Tab {
        label: (*label).to_owned(),
        count: match own {
            Part::Running => running,
            Part::Drafts => drafts.len(),
            Part::Done => cards.len() - running,
        },
        href: format!("/ho-so-cua-toi?muc={key}"),
        current: *own == part,
    });
    let name = visitor.who.as_ref().map_or("", |it| it.name.as_str());
    let shown = match part {
        Part::Drafts => drafts.iter().map(|(draft, title)| draft_card(&web, draft, title, name)).collect(),
        Part::Running | Part::Done => cards
            .iter()
            .filter(|it| it.is_open == (part == Part::Running))
            .map(|it| card(&web, it))
            .collect::<Result<Vec<_>, _>>()?,
    };
    let empty = match part {
        Part::Running => "Bạn không có hồ sơ nào đang giải quyết.",
        Part::Drafts => "Bạn không có bản nháp nào.",
        Part::Done => "Bạn chưa có hồ sơ nào đã xong.",
    };
    Ok(html(&MyDossiersPage {
        page: frame::citizen(&web, &visitor, "Hồ sơ của tôi", Section::MyDossiers),
        tabs: tabs.collect(),
        cards: shown,
        empty: empty.to_owned(),
    }))
}

fn draft_card(web: &Web, draft: &Draft, title: &str, name: &str) -> DossierCard {
    DossierCard {
        href: super::applying::step_address(draft.id, "to-khai"),
        title: title.to_owned(),
        code: None,
        applicant: name.to_owned(),
        unit: frame::unit_today(web, draft.unit),
        chip: super::views::Chip { tone: Tone::Plain, words: "Bản nháp, chưa nộp".to_owned() },
        line: "Mở ra để làm tiếp rồi nộp. Cơ quan chưa nhìn thấy bản này.".to_owned(),
        your_turn: None,
        last_act: format!("lưu {}", words::moment(draft.updated_at.local())),
        discard: Some(super::applying::step_address(draft.id, "bo")),
    }
}

fn card(web: &Web, it: &Card) -> Result<DossierCard, Problem> {
    let known = web.house.now_known();
    let now = web.house.clock.now();
    let clock = app::work::clock_of(&web.house, &known, it, now)?;
    let your_turn = match it.status {
        Status::AwaitingSupplement => {
            let until = it.reply_by.map_or_else(String::new, |day| {
                format!(" trước hết {} ({})", words::day(day.0), telling::days_left(now.day(), day.0))
            });
            Some(format!("Gửi thêm giấy tờ{until}."))
        }
        Status::AwaitingPayment => Some(format!("Nộp {}.", words::dong(it.owed_vnd))),
        Status::Received | Status::InProgress if it.holder == "citizen" => {
            Some("Xác nhận một việc của hồ sơ.".to_owned())
        }
        Status::Decided => Some("Nhận kết quả.".to_owned()),
        _ => None,
    };
    Ok(DossierCard {
        href: dossier_address(&it.code),
        title: it.procedure_name.clone(),
        code: Some(it.code.to_string()),
        applicant: it.applicant.clone(),
        unit: frame::unit_today(web, it.competent_unit),
        chip: telling::chip(it.status, &clock, now, Audience::Citizen),
        line: card_line(it, &clock),
        your_turn,
        last_act: format!("cập nhật {}", words::moment(it.changed_at.local())),
        discard: None,
    })
}

fn card_line(it: &Card, clock: &ClockView) -> String {
    let status = telling::opening(&texts::status(it.status));
    match clock {
        ClockView::Answering { by, .. } => {
            format!("{status}: Bộ phận Một cửa trả lời chậm nhất {}.", words::moment(by.local()))
        }
        ClockView::Running { promised, minutes_left } => format!(
            "{status}: hẹn trả kết quả {}, {}.",
            words::moment(promised.local()),
            telling::within(&words::remaining(*minutes_left))
        ),
        ClockView::Paused { .. } => format!("{status}: thời gian giải quyết đang tạm dừng."),
        ClockView::Ended => format!("{status}."),
    }
}

// ---- one dossier ----

/// The dossier's page: status, holder, what is next, how long is left, in words, at every moment.
///
/// # Errors
/// Not theirs, or not there.
pub async fn page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    asked: Query,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "dossier").await?;
    let page = frame::citizen(&web, &visitor, format!("Hồ sơ {}", view.dossier.code), Section::MyDossiers);
    let page = match asked.get("xong").map(String::as_str) {
        Some("bo-sung") => frame::flash(page, Tone::Good, "Đã gửi giấy tờ bổ sung. Đồng hồ chạy tiếp."),
        Some("rut") => frame::flash(page, Tone::Good, "Đã rút hồ sơ."),
        Some("xac-nhan") => frame::flash(page, Tone::Good, "Đã xác nhận. Hồ sơ được giải quyết tiếp."),
        _ => page,
    };
    Ok(html(&dossier_page(page, &view)))
}

fn dossier_page(page: Page, view: &DossierView) -> DossierPage {
    let it = &view.dossier;
    let base = dossier_address(&it.code);
    let nothing = domain::dossier::Filing::default();
    let filing = it.filing.get().unwrap_or(&nothing);
    let mut facts = shared_facts(view, Audience::Citizen);
    facts.push(fact("Phí, lệ phí", telling::money(view)));
    facts.push(fact("Nhận kết quả", telling::collection(view)));
    let raw = filing.answers.to_raw();
    let sections = view.revision.forms.first().filter(|_| !raw.is_empty());
    DossierPage {
        page,
        title: view.revision.name.clone(),
        code: it.code.to_string(),
        submitter: submitter(view),
        unit_note: unit_note(view),
        steps: telling::steps(view),
        status: telling::status(view, Audience::Citizen),
        todo: todo(view, &base),
        apology: apology(view, &base),
        issued: issued(view, &base),
        papers: given(view, &filing.papers),
        sections: sections.map(|form| answered(form, &raw, Correcting::default())).unwrap_or_default(),
        history: telling::history(view, Audience::Citizen, &base),
        chip: telling::chip(it.status, &view.clock, view.now, Audience::Citizen),
        facts,
        usual: Vec::new(),
        withdraw: view.can(Act::Withdraw).then(|| format!("{base}/rut")),
    }
}

fn submitter(view: &DossierView) -> String {
    let it = &view.dossier;
    let unit = telling::within(view.unit_name(it.receiving_unit, view.now));
    let how = texts::channel(it.channel);
    match it.filing.get() {
        Some(filing) => match &filing.applicant {
            Some(own) => format!("Chủ hồ sơ: {}. Người nộp: {}, {how}, tới {unit}.", own.name, filing.submitter.name),
            None => format!("Người nộp: {}, {how}, tới {unit}.", filing.submitter.name),
        },
        None => format!("Nộp {how}, tới {unit}. Dữ liệu cá nhân của hồ sơ đã được xóa theo quy định."),
    }
}

fn sentence(strong: impl Into<String>, rest: impl Into<String>) -> Sentence {
    Sentence { strong: strong.into(), rest: rest.into() }
}

fn todo(view: &DossierView, base: &str) -> Option<Todo> {
    let it = &view.dossier;
    match it.status {
        Status::AwaitingSupplement => Some(supplement_todo(view, base)),
        Status::AwaitingPayment => Some(payment_todo(view)),
        Status::Decided => collect_todo(view),
        Status::Received | Status::InProgress if *it.holder() == Holder::Citizen => Some(Todo {
            what: sentence("Xác nhận:", telling::stopped(&step_action(view))),
            act: view
                .can(Act::Confirm)
                .then(|| Link { href: format!("{base}/xac-nhan"), label: "Đọc và xác nhận".to_owned() }),
            note: Some("Hồ sơ chờ bạn; xác nhận xong, việc giải quyết đi tiếp ngay.".to_owned()),
            ..Todo::default()
        }),
        Status::New
        | Status::Received
        | Status::InProgress
        | Status::NotAccepted
        | Status::Withdrawn
        | Status::Discontinued
        | Status::Delivered => None,
    }
}

fn step_action(view: &DossierView) -> String {
    view.revision.step(view.dossier.step.number).map_or_else(String::new, |step| step.action.clone())
}

fn supplement_todo(view: &DossierView, base: &str) -> Todo {
    let it = &view.dossier;
    let open = it.supplement.as_ref();
    let request = open.and_then(|own| own.request.get());
    let items: Vec<Sentence> = request
        .map(|own| {
            own.items
                .iter()
                .map(|item| {
                    let what = telling::stopped(&item.what);
                    if what.is_empty() {
                        sentence(format!("{}.", item.name), "")
                    } else {
                        sentence(format!("{}:", item.name), what)
                    }
                })
                .collect()
        })
        .unwrap_or_default();
    let until = open.map_or_else(String::new, |own| {
        format!("trước hết {} ({}):", words::day(own.reply_by), telling::days_left(view.now.day(), own.reply_by))
    });
    let count = items.len().max(1);
    let reason = request.map(|own| format!("Lý do: {}", telling::stopped(&own.reason))).unwrap_or_default();
    let lapses = "Quá ngày đó mà chưa gửi, hồ sơ kết thúc; bạn vẫn nộp lại hồ sơ mới được.";
    Todo {
        what: sentence(format!("Gửi thêm {count} giấy tờ"), until),
        items,
        facts: Vec::new(),
        act: view
            .can(Act::Supply)
            .then(|| Link { href: format!("{base}/bo-sung"), label: "Gửi giấy tờ này".to_owned() }),
        note: Some(format!("{reason} {lapses}").trim().to_owned()),
    }
}

fn payment_todo(view: &DossierView) -> Todo {
    let it = &view.dossier;
    let asked = view.log.iter().rev().find_map(|own| match &own.event {
        Event::ObligationNotified { pay_by, body, .. } => Some((*pay_by, body.get())),
        _ => None,
    });
    let mut facts = Vec::new();
    if let Some((pay_by, body)) = asked {
        facts.extend(
            body.map(|own| own.items.as_slice())
                .unwrap_or_default()
                .iter()
                .map(|item| fact(&item.name, words::dong(item.amount_vnd))),
        );
        if let Some(day) = pay_by {
            let left = telling::days_left(view.now.day(), day);
            facts.push(fact("Hạn nộp", format!("hết {} ({left})", words::day(day))));
        }
    }
    facts.push(fact("Nộp ở đâu", place(view, it.collect_at)));
    Todo {
        what: sentence(format!("Nộp {}", words::dong(it.still_owed_vnd())), "để hồ sơ được giải quyết tiếp."),
        facts,
        note: Some("Bộ phận Một cửa ghi thu xong thì đồng hồ chạy tiếp, trang này đổi ngay.".to_owned()),
        ..Todo::default()
    }
}

fn collect_todo(view: &DossierView) -> Option<Todo> {
    let it = &view.dossier;
    let owed = it.still_owed_vnd();
    let mut facts = Vec::new();
    if owed > 0 {
        facts.push(fact("Còn phải nộp", words::dong(owed)));
    }
    let (what, rest) = match it.filing.get().map(|own| &own.collection) {
        Some(Collection::Desk) | None => {
            facts.push(fact("Ở đâu", place(view, it.collect_at)));
            facts.push(fact("Mang theo", "Giấy hẹn, giấy tờ tùy thân; nhận thay thì thêm giấy ủy quyền"));
            ("Đến nhận kết quả", "trong giờ làm việc.")
        }
        Some(Collection::Post { .. } | Collection::Electronic) if owed > 0 => {
            facts.push(fact("Nộp ở đâu", place(view, it.collect_at)));
            ("Nộp phí, lệ phí", "để nhận kết quả.")
        }
        Some(Collection::Post { .. } | Collection::Electronic) => return None,
    };
    Some(Todo { what: sentence(what, rest), facts, ..Todo::default() })
}

/// A desk with its seat and hours.
fn place(view: &DossierView, unit: domain::ids::UnitId) -> String {
    let desk = telling::desk(view, unit);
    match view.known.organisation.attributes_on(unit, view.now.day()) {
        Some(it) if !it.seat.is_empty() => format!("{desk}, {}; {}", it.seat, frame::hours_in_words(&it.hours)),
        Some(it) => format!("{desk}; {}", frame::hours_in_words(&it.hours)),
        None => desk,
    }
}

fn apology(view: &DossierView, base: &str) -> Option<ApologyView> {
    let it = view.dossier.apology.as_ref()?;
    let recorded = view.log.iter().rev().find(|own| matches!(own.event, Event::Apologised { .. }))?;
    let Event::Apologised { body, .. } = &recorded.event else { return None };
    Some(ApologyView {
        promised: words::moment(it.promised.local()),
        now: words::moment(it.new_date.local()),
        reason: body.get().map_or_else(|| "(đã xóa)".to_owned(), |own| telling::stopped(&own.text)),
        letter: Some(Link { href: format!("{base}/phieu/{}", recorded.seq), label: "Phiếu xin lỗi".to_owned() }),
    })
}

/// Papers of the office: the slip, the letters, the decision; newest first.
fn issued(view: &DossierView, base: &str) -> Vec<IssuedPaper> {
    telling::history(view, Audience::Citizen, base)
        .into_iter()
        .filter_map(|line| {
            let paper = line.paper?;
            let clock = line.when.clock.map(|at| format!(", {at}")).unwrap_or_default();
            let who = line.who.map(|who| format!(" · {who}")).unwrap_or_default();
            Some(IssuedPaper { name: paper.label, href: paper.href, issued: format!("{}{clock}{who}", line.when.day) })
        })
        .collect()
}

fn given(view: &DossierView, all: &[FiledPaper]) -> Vec<GivenPaper> {
    all.iter()
        .flat_map(|paper| {
            let (tone, check) = check_of(view, paper);
            let row = |href: Option<String>, name: String| GivenPaper {
                name,
                href,
                form: form_of(paper),
                tone,
                check: check.clone(),
            };
            match paper.documents.as_slice() {
                [] => vec![row(None, paper.name.clone())],
                [one] => vec![row(file_of(view, *one), paper.name.clone())],
                many => many
                    .iter()
                    .zip(1..)
                    .map(|(one, place)| row(file_of(view, *one), format!("{} – tệp {place}", paper.name)))
                    .collect(),
            }
        })
        .collect()
}

fn file_of(view: &DossierView, id: domain::ids::DocumentId) -> Option<String> {
    view.documents.iter().find(|it| it.id == id).map(|it| files::address(it.id))
}

fn form_of(paper: &FiledPaper) -> String {
    if paper.from_data {
        return "lấy từ dữ liệu".to_owned();
    }
    let mut parts = Vec::new();
    if paper.originals > 0 {
        parts.push(format!("{} bản chính", paper.originals));
    }
    if paper.copies > 0 {
        parts.push(format!("{} bản sao", paper.copies));
    }
    if !paper.documents.is_empty() {
        parts.push(if parts.is_empty() { "bản điện tử".to_owned() } else { "có bản số hóa".to_owned() });
    }
    if parts.is_empty() { "đã ghi nhận".to_owned() } else { parts.join(", ") }
}

/// What the office made of a paper, as far as its acts say.
fn check_of(view: &DossierView, paper: &FiledPaper) -> (Tone, String) {
    let asked = view.dossier.supplement.as_ref().and_then(|open| open.request.get());
    let again = asked
        .and_then(|own| own.items.iter().find(|item| item.requirement.as_deref() == Some(paper.requirement.as_str())));
    match (again, view.dossier.received_at) {
        (Some(item), _) if item.what.is_empty() => (Tone::Bad, "Cần gửi lại".to_owned()),
        (Some(item), _) => (Tone::Bad, format!("Cần gửi lại: {}", telling::stopped(&item.what))),
        (None, Some(_)) => (Tone::Good, "Đã tiếp nhận".to_owned()),
        (None, None) => (Tone::Plain, "Chưa xem".to_owned()),
    }
}

// ---- acts ----

/// The page before withdrawing.
///
/// # Errors
/// Not theirs, or not there.
pub async fn withdraw_page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "dossier").await?;
    if !view.can(Act::Withdraw) {
        return Ok(Redirect::to(&dossier_address(&view.dossier.code)).into_response());
    }
    Ok(html(&withdraw_view(&web, &visitor, &view, "", &[])))
}

fn withdraw_view(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    reason: &str,
    wrong: &[(&'static str, String)],
) -> WithdrawPage {
    let it = &view.dossier;
    let back = dossier_address(&it.code);
    let error = |id: &str| wrong.iter().find(|(own, _)| *own == id).map(|(_, why)| why.clone());
    let mut meaning = vec![
        "Hồ sơ kết thúc ngay và không mở lại được; muốn làm tiếp thì nộp hồ sơ mới.".to_owned(),
        "Giấy tờ đã gửi vẫn lưu cùng hồ sơ; bản chính đã nộp tại quầy thì nhận lại ở quầy.".to_owned(),
    ];
    if it.paid_vnd > 0 {
        meaning.push(format!(
            "Bạn đã nộp {}; Bộ phận Một cửa trả lời việc hoàn lại theo quy định.",
            words::dong(it.paid_vnd)
        ));
    }
    let page = frame::citizen(web, visitor, format!("Rút hồ sơ {}", it.code), Section::MyDossiers);
    let labels = [("ly_do", "Lý do"), ("dong_y", "Xác nhận")];
    let errors = labels.iter().filter_map(|(id, label)| {
        error(id).map(|why| FieldLink { href: format!("#{id}"), text: format!("{label}: {why}") })
    });
    WithdrawPage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        action: format!("{back}/rut"),
        back,
        code: it.code.to_string(),
        procedure: view.revision.name.clone(),
        version: it.version.to_string(),
        meaning,
        errors: errors.collect(),
        fields: vec![
            FieldView {
                id: "ly_do".to_owned(),
                label: "Vì sao bạn rút hồ sơ?".to_owned(),
                required: true,
                control: Control::TextArea { value: reason.to_owned() },
                error: error("ly_do"),
                ..FieldView::default()
            },
            FieldView {
                id: "dong_y".to_owned(),
                label: "Tôi hiểu và muốn rút hồ sơ này.".to_owned(),
                required: true,
                control: Control::Tick { checked: false },
                error: error("dong_y"),
                ..FieldView::default()
            },
        ],
    }
}

/// Withdraws.
///
/// # Errors
/// Not theirs, not possible any more, or somebody was faster.
pub async fn withdraw(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "dossier").await?;
    let reason: String = posted.text("ly_do").chars().take(2 * TEXT_CHARS_MAX).collect();
    let mut wrong = Vec::new();
    if reason.trim().is_empty() {
        wrong.push(("ly_do", texts::word("refusal-reason-missing")));
    }
    if posted.text("dong_y") != TICKED {
        wrong.push(("dong_y", texts::word("gap-meant")));
    }
    if wrong.is_empty() {
        let command = Command::Withdraw { reason: reason.trim().to_owned() };
        match act(&web, &visitor, &view, command, "rut", &posted).await {
            Ok(response) => return Ok(response),
            Err(AppError::Refused(refusal @ (DossierRefusal::TextTooLong { .. } | DossierRefusal::ReasonMissing))) => {
                wrong.push(("ly_do", texts::refusal(&refusal).what));
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &withdraw_view(&web, &visitor, &view, &reason, &wrong)))
}

/// Carries a citizen's act out, once.
async fn act(
    web: &Web,
    visitor: &Visitor,
    view: &DossierView,
    command: Command,
    what: &str,
    posted: &Posted,
) -> Result<Response, AppError> {
    let version = posted.trimmed("phien").parse().ok();
    let key = format!("{what} {} {}", view.dossier.id, version.unwrap_or(0));
    let asked = Asked {
        actor: visitor.actor().ok_or(AppError::Forbidden)?,
        id: view.dossier.id,
        // A page that does not say what it showed is as old as can be.
        version: Some(version.unwrap_or(0)),
        command,
        once: Some(Once::new(&key, &posted.contents(&["csrf"]))),
    };
    let done = handle::handle(&web.house, asked).await?;
    Ok(Redirect::to(&format!("{}?xong={what}", dossier_address(&done.code))).into_response())
}

/// Reading what one confirms, before one does.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "citizen/confirm.html")]
pub struct ConfirmPage {
    /// The frame.
    pub page: Page,
    /// The dossier's page.
    pub back: String,
    /// The code.
    pub code: String,
    /// The procedure.
    pub procedure: String,
    /// Where the form goes.
    pub action: String,
    /// Version of the dossier the page shows, sent back as `phien`.
    pub version: String,
    /// What is confirmed, a whole sentence.
    pub what: String,
    /// What follows, a whole sentence.
    pub after: String,
}

/// The page before confirming.
///
/// # Errors
/// Not theirs, or not there.
pub async fn confirm_page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "dossier").await?;
    let back = dossier_address(&view.dossier.code);
    if !view.can(Act::Confirm) {
        return Ok(Redirect::to(&back).into_response());
    }
    Ok(html(&ConfirmPage {
        page: frame::citizen(&web, &visitor, format!("Xác nhận – hồ sơ {}", view.dossier.code), Section::MyDossiers),
        code: view.dossier.code.to_string(),
        procedure: view.revision.name.clone(),
        action: format!("{back}/xac-nhan"),
        version: view.dossier.version.to_string(),
        what: telling::stopped(&step_action(&view)),
        after: "Xác nhận xong, hồ sơ được giải quyết tiếp. Việc xác nhận được ghi vào lịch sử hồ sơ.".to_owned(),
        back,
    }))
}

/// Confirms what a waiting step asks.
///
/// # Errors
/// Not theirs, not possible any more, or somebody was faster.
pub async fn confirm(
    State(web): State<Web>,
    visitor: Visitor,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "dossier").await?;
    Ok(act(&web, &visitor, &view, Command::Confirm, "xac-nhan", &posted).await?)
}

// ---- papers ----

fn back_link(view: &DossierView) -> Link {
    Link { href: dossier_address(&view.dossier.code), label: format!("Hồ sơ {}", view.dossier.code) }
}

/// Form 01.
///
/// # Errors
/// Not theirs, not there, or not received yet.
pub async fn slip(State(web): State<Web>, visitor: Visitor, Path(code): Path<String>) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "slip").await?;
    let slip =
        papers::slip(&web, &visitor, &view, back_link(&view)).ok_or_else(|| Problem::from(AppError::NotFound))?;
    Ok(html(&slip))
}

/// Forms 02, 03 and 04.
///
/// # Errors
/// Not theirs, or not there.
pub async fn letter(
    State(web): State<Web>,
    visitor: Visitor,
    Path((code, seq)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let view = own_dossier(&web, &visitor, &code, "letter").await?;
    let seq: u32 = seq.parse().map_err(|_| Problem::from(AppError::NotFound))?;
    let letter = papers::letter(&web, &visitor, &view, seq, back_link(&view));
    Ok(html(&letter.ok_or_else(|| Problem::from(AppError::NotFound))?))
}
