//! The citizen's page of a dossier: status, holder, what is next, how long is left, in words, at every moment.

use super::files;
use super::views::{ApologyView, DossierPage, Fact, GivenPaper, IssuedPaper, Link, Sentence, TalkView, Todo};
use super::words::{Correcting, answered};
use super::{Asked as Query, dossier_address, own_dossier};
use crate::Web;
use crate::frame::{self, html};
use crate::page::{Page, Section, Tone};
use crate::problem::Problem;
use crate::telling::{self, Audience};
use crate::texts;
use crate::visitor::Visitor;
use app::AppError;
use app::dossiers::DossierView;
use app::usual::Usual;
use app::words;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::dossier::{Act, Collection, DossierCode, Event, FiledPaper, Holder, Status};

/// How the decision comes to its applicant: an address may stand there.
const COLLECTED: &str = "Nhận kết quả";

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
    if let Some(followed) = followed(&web, &visitor, &code, &asked).await? {
        return Ok(followed);
    }
    let view = own_dossier(&web, &visitor, &code, "trang hồ sơ").await?;
    let page = frame::citizen(&web, &visitor, format!("Hồ sơ {}", view.dossier.code), Section::MyDossiers);
    let page = match asked.get("xong").map(String::as_str) {
        Some("bo-sung") => frame::flash(page, Tone::Good, "Đã gửi giấy tờ bổ sung. Đồng hồ chạy tiếp."),
        Some("rut") => frame::flash(page, Tone::Good, "Đã rút hồ sơ."),
        Some("xac-nhan") => frame::flash(page, Tone::Good, "Đã xác nhận. Hồ sơ được giải quyết tiếp."),
        Some("cach-nhan") => frame::flash(page, Tone::Good, "Đã đổi cách nhận kết quả."),
        Some("tin-nhan") => frame::flash(page, Tone::Good, "Đã gửi tin nhắn. Có trả lời chúng tôi báo cho bạn."),
        Some("danh-gia") => frame::flash(page, Tone::Good, "Cảm ơn bạn. Đã ghi đánh giá của bạn."),
        _ => page,
    };
    Ok(html(&own_page(&web, page, &view, "", None).await?))
}

/// The page of one's own dossier, with what stands beside it: rating, messages, usual times.
pub(super) async fn own_page(
    web: &Web,
    page: Page,
    view: &DossierView,
    typed: &str,
    wrong: Option<String>,
) -> Result<DossierPage, Problem> {
    let rating = app::ratings::state(&web.house, view).await?;
    let messages = app::exchanges::of_dossier(&web.house, view.dossier.id).await?;
    let it = &view.dossier;
    let base = dossier_address(&it.code);
    let mut shown = dossier_page(page, view);
    shown.share = Some(format!("{base}/chia-se"));
    match (rating.until, &rating.given) {
        (Some(until), None) => shown.todo = shown.todo.or_else(|| Some(rating_todo(until, &base))),
        (until, Some(given)) => {
            let words = super::rating::grade_in_words(given.rating.grade);
            let href = if until.is_some() { format!("{base}/danh-gia") } else { String::new() };
            shown.rated = Some(Link { href, label: words.to_owned() });
        }
        (None, None) => {}
    }
    shown.talk = Some(TalkView {
        messages: telling::messages(view, &messages, Audience::Citizen),
        action: it.filing.get().map(|_| format!("{base}/trao-doi")),
        text: typed.to_owned(),
        error: wrong,
    });
    shown.collecting = view.can(Act::ChooseCollection).then(|| format!("{base}/cach-nhan"));
    shown.deposit = crate::papers::has_deposit(view).then(|| format!("{base}/xac-nhan-nop"));
    if it.status.is_open() && it.finished_at.is_none() {
        let procedure = it.procedure.to_string();
        if let Some(usual) = app::usual::usual(&web.house, &procedure, view.responsible(), &view.regime).await? {
            (shown.usual, shown.usual_note) = usual_times(view, &usual);
        }
    }
    Ok(shown)
}

/// Three lines of habit beside the date of the law.
fn usual_times(view: &DossierView, usual: &Usual) -> (Vec<Fact>, String) {
    let day = view.revision.time_limit.map(|limit| words::term(limit.binding()));
    let mut facts = vec![
        fact("Nhanh nhất", words::working(usual.fast_minutes)),
        fact("Thường", words::working(usual.middle_minutes)),
        fact("Lâu", words::working(usual.slow_minutes)),
    ];
    facts.extend(day.map(|term| fact("Theo quy định", term)));
    let unit = telling::within(view.unit_name(view.responsible(), view.now));
    let note = format!(
        "Giờ, ngày làm việc từ tiếp nhận đến có kết quả, của {} hồ sơ cùng thủ tục xong gần đây tại {unit}; 10 hồ sơ thì 1 nhanh \
         hơn mức đầu, 1 lâu hơn mức cuối. Đây là thói quen, không phải lời hứa: cơ quan giữ ngày hẹn.",
        usual.count
    );
    (facts, note)
}

fn rating_todo(until: jiff::civil::Date, base: &str) -> Todo {
    Todo {
        what: sentence("Cho biết hồ sơ được giải quyết thế nào", "– 6 câu hỏi, khoảng một phút."),
        act: Some(Link { href: format!("{base}/danh-gia"), label: "Đánh giá".to_owned() }),
        note: Some(format!("Không bắt buộc. Đánh giá và sửa được đến hết {}.", words::day(until))),
        ..Todo::default()
    }
}

/// The page for somebody its applicant lets follow it: without answers, papers and acts.
async fn followed(web: &Web, visitor: &Visitor, code: &str, asked: &Query) -> Result<Option<Response>, Problem> {
    let Ok(code) = DossierCode::parse(code) else { return Ok(None) };
    let person = visitor.person()?;
    let (mut view, share) = match app::sharing::open(&web.house, person, &code).await {
        Ok(found) => found,
        Err(AppError::NotFound) => return Ok(None),
        Err(other) => return Err(other.into()),
    };
    super::note_reading(web, person, view.dossier.id, "trang hồ sơ, được chia sẻ")?;
    let page = frame::citizen(web, visitor, format!("Hồ sơ {}", view.dossier.code), Section::MyDossiers);
    let page = match asked.get("xong").map(String::as_str) {
        Some("nhan") => frame::flash(page, Tone::Good, "Đã nhận. Hồ sơ nằm trong thẻ “Được chia sẻ”."),
        _ => page,
    };
    // What the applicant did is not what "you" did.
    if let Some(filing) = view.dossier.filing.0.as_mut() {
        filing.account = None;
    }
    let mut shown = dossier_page(page, &view);
    shown.chip = telling::chip(view.dossier.status, &view.clock, view.now, Audience::Staff);
    if let Some(todo) = &mut shown.todo {
        todo.act = None;
    }
    for line in &mut shown.history {
        line.paper = None;
    }
    if let Some(apology) = &mut shown.apology {
        apology.letter = None;
    }
    shown.facts.retain(|it| it.label != COLLECTED);
    Ok(Some(html(&DossierPage {
        issued: Vec::new(),
        papers: Vec::new(),
        sections: Vec::new(),
        followed: Some(share.to_string()),
        ..shown
    })))
}

fn dossier_page(page: Page, view: &DossierView) -> DossierPage {
    let it = &view.dossier;
    let base = dossier_address(&it.code);
    let nothing = domain::dossier::Filing::default();
    let filing = it.filing.get().unwrap_or(&nothing);
    let mut facts = shared_facts(view, Audience::Citizen);
    facts.push(fact("Phí, lệ phí", telling::money(view)));
    facts.push(fact(COLLECTED, telling::collection(view)));
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
        share: None,
        talk: None,
        collecting: None,
        deposit: None,
        usual_note: String::new(),
        rated: None,
        followed: None,
    }
}

fn submitter(view: &DossierView) -> String {
    let it = &view.dossier;
    let unit = telling::within(view.unit_name(view.received_by(), it.filed_at));
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
            what: sentence("Xác nhận phần việc của bạn.", ""),
            facts: vec![fact("Quy trình của thủ tục ghi", telling::asked_of_citizen(&step_action(view)))],
            act: view
                .can(Act::Confirm)
                .then(|| Link { href: format!("{base}/xac-nhan"), label: "Đọc và xác nhận".to_owned() }),
            note: Some(it.confirm_by().map_or_else(
                || "Hồ sơ chờ bạn; xác nhận xong, việc giải quyết đi tiếp ngay.".to_owned(),
                |last| {
                    let left = telling::days_left(view.now.day(), last);
                    format!(
                        "Chậm nhất hết {} ({left}). Quá hạn mà bạn chưa trả lời thì coi như bạn đồng ý.",
                        words::day(last)
                    )
                },
            )),
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

/// What is done at the step it stands at.
pub(super) fn step_action(view: &DossierView) -> String {
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
                    let name = telling::opening(&words::asked(item));
                    if what.is_empty() { sentence(format!("{name}."), "") } else { sentence(format!("{name}:"), what) }
                })
                .collect()
        })
        .unwrap_or_default();
    let until = open.map_or_else(String::new, |own| {
        format!("chậm nhất {} ({}):", words::day(own.reply_by), telling::days_left(view.now.day(), own.reply_by))
    });
    let wrong = it.asked_fields().count();
    let (count, act) = asked_for(items.len().saturating_sub(wrong), wrong);
    let reason = request.map(|own| format!("Lý do: {}", telling::stopped(&own.reason))).unwrap_or_default();
    let lapses = "Quá ngày đó mà chưa gửi, hồ sơ kết thúc; bạn vẫn nộp lại hồ sơ mới được.";
    Todo {
        what: sentence(count, until),
        items,
        facts: Vec::new(),
        act: view.can(Act::Supply).then(|| Link { href: format!("{base}/bo-sung"), label: act.to_owned() }),
        note: Some(format!("{reason} {lapses}").trim().to_owned()),
    }
}

/// What is asked, counted, and the words of the button that leads to it.
pub(super) fn asked_for(papers: usize, answers: usize) -> (String, &'static str) {
    match (papers, answers) {
        (0, 1..) => (format!("Sửa {answers} mục trong tờ khai"), "Sửa tờ khai"),
        (_, 0) => (format!("Gửi thêm {} giấy tờ", papers.max(1)), "Gửi giấy tờ này"),
        _ => (format!("Gửi thêm {papers} giấy tờ và sửa {answers} mục trong tờ khai"), "Gửi giấy tờ, sửa tờ khai"),
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
    facts.push(fact("Nộp ở đâu", place(view, view.collect())));
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
            facts.push(fact("Ở đâu", place(view, view.collect())));
            facts.push(fact("Mang theo", "Giấy hẹn, giấy tờ tùy thân; nhận thay thì thêm giấy ủy quyền"));
            ("Đến nhận kết quả", "trong giờ làm việc.")
        }
        Some(Collection::Post { .. } | Collection::Electronic) if owed > 0 => {
            facts.push(fact("Nộp ở đâu", place(view, view.collect())));
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

/// One fact.
pub(super) fn fact(label: &str, value: impl Into<String>) -> Fact {
    Fact { label: label.to_owned(), value: value.into(), note: None }
}

/// Said when the unit that took it in is another or is called otherwise today.
pub(super) fn unit_note(view: &DossierView) -> Option<String> {
    let filed_on = view.dossier.filed_at.day();
    let since = telling::since_then(view, view.received_by(), filed_on)?;
    Some(format!("Nộp ngày {}. {since}. Mã hồ sơ và ngày hẹn không đổi.", words::short_day(filed_on)))
}

/// Holder, next, time left, dates.
pub(super) fn shared_facts(view: &DossierView, audience: Audience) -> Vec<Fact> {
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
        let label =
            if it.pause.is_some() { "Hẹn trả trước khi tạm dừng" } else { "Hẹn trả kết quả" };
        facts.push(Fact { note, ..fact(label, due) });
    }
    facts
}
