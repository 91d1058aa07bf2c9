//! What the standard forms 01 to 04 say of one dossier: filled here for citizens and staff alike, with the names of the day of the act,
//! in the set of forms that was in force on it.
//!
//! Căn cứ: Thông tư 01/2018/TT-VPCP, mẫu 01 đến 04; từ 15/9/2025 Thông tư 03/2025/TT-VPCP, phụ lục I.

use crate::Web;
use crate::citizen::views::Link;
use crate::frame;
use crate::paper::{LetterBlock, LetterPage, PaperHead, PaperLine, PaperRow, SignBlock, SlipPage};
use crate::problem::Problem;
use crate::qr;
use crate::telling::{opening, since_then, stopped, turn_to, within};
use crate::texts;
use crate::visitor::Visitor;
use app::AppError;
use app::dossiers::DossierView;
use app::house::Snapshot;
use app::words;
use askama::Template;
use axum::response::Response;
use domain::calendar::Term;
use domain::dossier::{
    Collection, DueDate, Event, Evidence, FiledPaper, Filing, Party, Recorded, SupplementRequest, collected_then,
};
use domain::ids::UnitId;
use domain::organisation::Standing;
use domain::person::{Email, PersonalNumber, Phone, Sex};
use domain::procedure::{Channel, Quantity};
use domain::regime::FormSet;
use domain::time::Instant;
use jiff::civil::{Date, DateTime};

/// Kinds of places that a unit's name begins with; papers name the place without them.
const PLACE_WORDS: [&str; 7] = ["Phường ", "Quận ", "Xã ", "Thị trấn ", "Thị xã ", "Huyện ", "Thành phố "];
/// What stands where personal data was erased.
const ERASED: &str = "(dữ liệu cá nhân đã xóa)";

/// A paper of the office with the page around it: Vietnamese, whoever reads it.
///
/// # Errors
/// There is no such paper.
pub fn page_of<T: Template>(make: impl FnOnce() -> Option<T>) -> Result<Response, Problem> {
    texts::in_vietnamese(|| make().map(|paper| frame::html(&paper))).ok_or_else(|| AppError::NotFound.into())
}

/// Form 01, giấy tiếp nhận hồ sơ và hẹn trả kết quả, as it was on the day of the reception; none before that. With the number of an
/// event it says what it said when it was given with that; else what it would say if it were given now.
pub fn slip(web: &Web, visitor: &Visitor, view: &DossierView, given: Option<u32>, back: Link) -> Option<SlipPage> {
    let then = given.and_then(|seq| view.when_slip_was_given(seq));
    let then = then.as_ref().unwrap_or(view);
    let received = then.log.iter().find(|it| matches!(it.event, Event::Received { .. }))?;
    let Event::Received { limit, due, .. } = &received.event else { return None };
    let dossier = &view.dossier;
    let day = received.at.day();
    let unit = view.received_by();
    let nothing = Filing::default();
    let filing = then.dossier.filing.get().unwrap_or(&nothing);
    let page = frame::paper(web, visitor, format!("Giấy tiếp nhận và hẹn trả {}", dossier.code));
    Some(SlipPage {
        page,
        back,
        onward: None,
        notice: notice(view, unit, day, *due),
        head: {
            let head = head(web, view, unit, day);
            PaperHead {
                superior: committee(&view.known, unit, day),
                issuer: "BỘ PHẬN TIẾP NHẬN\nVÀ TRẢ KẾT QUẢ".to_owned(),
                copy: Some("Liên giao người nộp".to_owned()),
                replaces: replacing(then, day).or(head.replaces.clone()),
                ..head
            }
        },
        desk: with_parents(&view.known, unit, day),
        submitter: titled(&filing.submitter),
        channel: channel(dossier.channel).to_owned(),
        submitter_lines: party_lines(&filing.submitter).into_iter().chain(helped(then, filing)).collect(),
        matter: view.revision.name.clone(),
        applicant_lines: applicant_lines(filing),
        papers: paper_rows(then, filing, received.at),
        sets: "01 (bộ)".to_owned(),
        term: term(limit.binding()) + &legal_term(limit.legal, limit.committed),
        received: moment(received.at.local()),
        due: moment(due.at.local()),
        collect: collect(then, filing, received),
        fee: fee(then, received.at),
        register: None,
        left: (dossier.channel != Channel::Online).then(|| SignBlock {
            post: "NGƯỜI NỘP HỒ SƠ".to_owned(),
            instruction: "(Ký và ghi rõ họ tên)".to_owned(),
            name: filing.submitter.name.clone(),
        }),
        right: SignBlock {
            post: "NGƯỜI TIẾP NHẬN HỒ SƠ".to_owned(),
            instruction: "(Ký và ghi rõ họ tên)".to_owned(),
            name: actor_name(view, received),
        },
        foot: foot(web, view, unit, day),
    })
}

/// Whether there is a proof of deposit: sent online, and its words are not erased. It proves the day it was sent whatever became of it.
pub fn has_deposit(view: &DossierView) -> bool {
    view.dossier.channel == Channel::Online && view.dossier.filing.get().is_some()
}

/// What proves that an application was sent: no form of the law, and says so; the slip of its reception is another paper.
pub fn deposit(web: &Web, visitor: &Visitor, view: &DossierView, back: Link) -> Option<LetterPage> {
    let it = &view.dossier;
    let filing = it.filing.get().filter(|_| has_deposit(view))?;
    let (unit, day) = (view.received_by(), it.filed_at.day());
    let line = |label: &str, value: String| LetterBlock::Line(PaperLine { label: label.to_owned(), value });
    let mut body = vec![
        line("Người nộp", titled(&filing.submitter)),
        line("Nội dung yêu cầu giải quyết", view.revision.name.clone()),
        line("Gửi tới", format!("Bộ phận Một cửa {}", with_parents(&view.known, unit, day))),
        LetterBlock::Weighty(PaperLine { label: "Nộp lúc".to_owned(), value: moment(it.filed_at.local()) }),
        LetterBlock::Papers(paper_rows(view, filing, it.filed_at)),
    ];
    if it.fee_vnd > 0 {
        body.push(line("Phí, lệ phí", fee(view, it.filed_at)));
    }
    if let Some(by) = it.answer_by {
        body.push(line("Cơ quan trả lời chậm nhất", moment(by.local())));
    }
    body.push(LetterBlock::Text(
        "Giấy này xác nhận hồ sơ đã được nộp trực tuyến, chưa phải giấy tiếp nhận hồ sơ và hẹn trả kết quả. Thời hạn giải quyết tính \
         từ khi cơ quan tiếp nhận. Quét mã QR hoặc vào trang tra cứu để xem hồ sơ đang ở đâu."
            .to_owned(),
    ));
    let right = SignBlock {
        post: "HỆ THỐNG TIẾP NHẬN TRỰC TUYẾN".to_owned(),
        instruction: format!("(Lập tự động, in lúc {})", moment(view.now.local())),
        name: String::new(),
    };
    Some(LetterPage {
        page: frame::paper(web, visitor, format!("Xác nhận đã nộp {}", it.code)),
        back,
        head: head(web, view, unit, day),
        title: "XÁC NHẬN ĐÃ NỘP HỒ SƠ TRỰC TUYẾN".to_owned(),
        addressee: None,
        body,
        copies_to: Vec::new(),
        left: None,
        right,
    })
}

/// Said on a slip after a correction or another fee: which it replaces, and whose word the new one is.
fn replacing(view: &DossierView, day: Date) -> Option<String> {
    let times = view.slips().skip(1).count();
    let last = view.slips().skip(1).last()?;
    let which = if times > 1 { format!(" lần {times}") } else { String::new() };
    let why = if matches!(last.event, Event::FeeSet { .. }) { "việc định lại phí" } else { "đính chính" };
    Some(format!(
        "BẢN THAY THẾ{which} bản lập ngày {}, theo {why} ngày {} của {}.",
        words::short_day(day),
        words::short_day(last.at.day()),
        actor_name(view, last)
    ))
}

/// Form 02, 03 or 04 of the event with that number; none where the event has no letter.
pub fn letter(web: &Web, visitor: &Visitor, view: &DossierView, seq: u32, back: Link) -> Option<LetterPage> {
    let recorded = view.log.iter().find(|it| it.seq == seq)?;
    let letter = match &recorded.event {
        Event::SupplementRequested { reply_by, body, .. } => {
            supplement_letter(web, view, recorded, *reply_by, body.get())
        }
        Event::NotAccepted { body } => refusal_letter(web, view, recorded, body.get().map_or(ERASED, |it| &it.text)),
        Event::Apologised { promised, new_date, at_fault, body } => {
            let reason = body.get().map_or(ERASED, |it| &it.text);
            // A form set that cannot be found is no reason to print nothing: the oldest is what every office knows.
            let forms = web.house.forms_on(recorded.at.day()).unwrap_or(FormSet::Of2018);
            let letter = apology_letter(view, recorded, (*promised, *new_date), *at_fault, reason);
            LetterPage { title: apology_title(forms).to_owned(), ..letter }
        }
        Event::Delivered { by_proxy, body } => handed_over(view, recorded, *by_proxy, body.get()),
        _ => return None,
    };
    let unit = recorded.unit.unwrap_or(view.received_by());
    let day = recorded.at.day();
    let title = format!("{} {}", opening(&letter.title.to_lowercase()), view.dossier.code);
    let own = PaperHead { number: letter.head.number.clone(), ..head(web, view, unit, day) };
    Some(LetterPage { page: frame::paper(web, visitor, title), back, head: own, ..letter })
}

/// What form 04 is called. Căn cứ: handbook §2.1.
const fn apology_title(forms: FormSet) -> &'static str {
    match forms {
        FormSet::Of2018 => "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ",
        FormSet::Of2025 => "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT",
    }
}

/// Whether the event of that number has a letter.
pub fn has_letter(recorded: &Recorded) -> bool {
    matches!(
        recorded.event,
        Event::SupplementRequested { .. }
            | Event::NotAccepted { .. }
            | Event::Apologised { .. }
            | Event::Delivered { .. }
    )
}

fn head(web: &Web, view: &DossierView, unit: UnitId, day: Date) -> PaperHead {
    let code = &view.dossier.code;
    let address = look_up_address(web, view);
    let (superior, issuer) = bodies(view, unit, day);
    PaperHead {
        superior,
        issuer,
        number: None,
        place_and_day: place_and_day(&view.known, unit, day),
        code: Some(code.to_string()),
        qr_svg: qr::svg(&address, &format!("Mã QR tra cứu hồ sơ {code}")),
        copy: None,
        replaces: reprinted(view, unit, day),
    }
}

/// Head of a slip that a desk gives before there is a dossier.
pub fn desk_head(known: &Snapshot, unit: UnitId, day: Date) -> PaperHead {
    PaperHead {
        superior: committee(known, unit, day),
        issuer: "BỘ PHẬN TIẾP NHẬN\nVÀ TRẢ KẾT QUẢ".to_owned(),
        place_and_day: place_and_day(known, unit, day),
        ..PaperHead::default()
    }
}

/// Where everybody with the slip sees how the dossier stands.
pub fn look_up_address(web: &Web, view: &DossierView) -> String {
    format!("{}/tra-cuu?ma={}", web.house.rules.public_url, frame::encoded(view.dossier.code.as_str()))
}

/// "ỦY BAN NHÂN DÂN QUẬN LÊ CHÂN": the committee a unit is or belongs to.
fn committee(known: &Snapshot, unit: UnitId, day: Date) -> String {
    let authority = known.organisation.authority_of(unit, day);
    format!("ỦY BAN NHÂN DÂN\n{}", known.organisation.name_on(authority, day).to_uppercase())
}

/// Superior and issuing body of a letter.
fn bodies(view: &DossierView, unit: UnitId, day: Date) -> (String, String) {
    let units = &view.known.organisation;
    let Some(it) = units.attributes_on(unit, day) else { return (String::new(), String::new()) };
    match it.standing {
        Standing::Office => (committee(&view.known, unit, day), it.name.to_uppercase()),
        Standing::Authority => {
            let above = it.parent.map(|parent| committee(&view.known, parent, day)).unwrap_or_default();
            (above, committee(&view.known, unit, day))
        }
    }
}

fn place_and_day(known: &Snapshot, unit: UnitId, day: Date) -> String {
    let authority = known.organisation.authority_of(unit, day);
    let name = known.organisation.name_on(authority, day);
    let place = PLACE_WORDS.iter().find_map(|word| name.strip_prefix(word)).unwrap_or(name);
    format!("{place}, {}", long_day(day))
}

/// "ngày 06 tháng 02 năm 2025". Căn cứ: Nghị định 30/2020/NĐ-CP, phụ lục I.
fn long_day(day: Date) -> String {
    let month = if day.month() < 3 { format!("{:02}", day.month()) } else { day.month().to_string() };
    format!("ngày {:02} tháng {month} năm {}", day.day(), day.year())
}

/// "09 giờ 30 phút, ngày 26/3/2025".
fn moment(at: DateTime) -> String {
    format!("{:02} giờ {:02} phút, ngày {:02}/{}/{}", at.hour(), at.minute(), at.day(), at.month(), at.year())
}

/// "05 ngày làm việc".
fn term(term: Term) -> String {
    match term {
        Term::WorkingDays(n) => format!("{n:02} ngày làm việc"),
        Term::WorkingHours(n) => format!("{n:02} giờ làm việc"),
        Term::CalendarDays(n) => format!("{n:02} ngày"),
        Term::SameDay => "trong ngày làm việc".to_owned(),
    }
}

fn legal_term(legal: Term, committed: Option<Term>) -> String {
    match committed {
        Some(own) if own != legal => format!(" (cơ quan cam kết; pháp luật quy định {})", term(legal)),
        Some(_) | None => String::new(),
    }
}

/// A desk with the units above it, by the names of a day: "phường Hàng Kênh, quận Lê Chân".
pub fn with_parents(known: &Snapshot, unit: UnitId, day: Date) -> String {
    let units = &known.organisation;
    let mut names = vec![within(units.name_on(unit, day))];
    let mut here = units.attributes_on(unit, day).and_then(|it| it.parent);
    while let Some(parent) = here.filter(|_| names.len() < 4) {
        names.push(within(units.name_on(parent, day)));
        here = units.attributes_on(parent, day).and_then(|it| it.parent);
    }
    names.join(", ")
}

/// "Bà Lê Thu Trang", as far as the personal number tells.
fn titled(party: &Party) -> String {
    if party.name.is_empty() {
        return ERASED.to_owned();
    }
    let title = match number(party).map(|it| it.sex()) {
        Some(Sex::Male) => "Ông",
        Some(Sex::Female) => "Bà",
        None => "Ông/Bà",
    };
    format!("{title} {}", party.name)
}

/// The stored number was checked when it came in; a year of birth ahead cannot be any more.
fn number(party: &Party) -> Option<PersonalNumber> {
    PersonalNumber::parse(&party.number, Date::MAX).ok().map(|(number, _)| number)
}

const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Counter => "tại quầy",
        Channel::Online => "trực tuyến",
        Channel::Post => "qua bưu chính",
    }
}

fn shown(label: &str, value: String) -> Option<PaperLine> {
    (!value.trim().is_empty()).then(|| PaperLine { label: label.to_owned(), value })
}

/// Address, telephone, e-mail and number; what others could misuse is masked.
fn party_lines(party: &Party) -> Vec<PaperLine> {
    let masked_number = number(party).map_or_else(String::new, |it| it.masked());
    let masked_phone = Phone::parse(&party.phone).map_or_else(|_| String::new(), |it| it.masked());
    let masked_email = Email::parse(&party.email).map_or_else(|_| String::new(), |it| it.masked());
    [
        shown("Địa chỉ", party.address.clone()),
        shown("Số điện thoại", masked_phone),
        shown("Thư điện tử", masked_email),
        shown("Số căn cước", masked_number),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Who typed the form in: an officer helps, and is never the applicant.
fn helped(view: &DossierView, filing: &Filing) -> Option<PaperLine> {
    let name = view.known.staff_name(filing.assisted_by?);
    shown("Tờ khai nhập giúp bởi cán bộ", name.to_owned())
}

fn applicant_lines(filing: &Filing) -> Vec<PaperLine> {
    let Some(applicant) = &filing.applicant else { return Vec::new() };
    [shown("Chủ hồ sơ", applicant.name.clone()), shown("Địa chỉ chủ hồ sơ", applicant.address.clone())]
        .into_iter()
        .flatten()
        .collect()
}

/// The papers there were when the slip was made: those filed, and those supplied before.
fn paper_rows(view: &DossierView, filing: &Filing, at: Instant) -> Vec<PaperRow> {
    let later: usize = view
        .log
        .iter()
        .filter(|it| it.at > at)
        .map(|it| match &it.event {
            Event::Supplemented { body, .. } => body.get().map_or(0, |it| it.papers.len()),
            _ => 0,
        })
        .sum();
    let mut rows = Vec::new();
    if let Some(form) = view.revision.forms.first().filter(|_| !filing.answers.0.is_empty()) {
        rows.push(PaperRow { name: format!("{} (điện tử)", form.title), originals: 1, copies: 0, photocopies: 0 });
    }
    let papers = filing.papers.get(..filing.papers.len().saturating_sub(later)).unwrap_or(&filing.papers);
    rows.extend(papers.iter().map(paper_row));
    rows
}

fn paper_row(paper: &FiledPaper) -> PaperRow {
    let by_hand = u32::from(paper.originals) + u32::from(paper.copies);
    let files = u32::try_from(paper.documents.len()).unwrap_or(u32::MAX);
    // A file is no copy on paper: it is named, not counted.
    let name = match files {
        _ if paper.from_data => format!("{} (lấy từ dữ liệu)", paper.name),
        1.. if by_hand == 0 => format!("{} ({files} tệp điện tử)", paper.name),
        _ => paper.name.clone(),
    };
    PaperRow { name, originals: u32::from(paper.originals), copies: u32::from(paper.copies), photocopies: 0 }
}

/// Where it was to be handed over when the slip was made.
fn collect(view: &DossierView, filing: &Filing, received: &Recorded) -> String {
    let then = received.at;
    let (at, day) = (collected_then(&view.log, then).unwrap_or_else(|| view.collect()), then.day());
    match chosen_then(view, filing, received) {
        Collection::Desk => {
            let seat = view.known.organisation.attributes_on(at, day).map_or("", |it| it.seat.as_str());
            let name = within(view.known.organisation.name_on(at, day));
            if seat.is_empty() {
                format!("Bộ phận Một cửa {name}")
            } else {
                format!("Bộ phận Một cửa {name}, {seat}")
            }
        }
        Collection::Post { address } => format!("địa chỉ {address}, qua bưu chính công ích"),
        Collection::Electronic => "bản điện tử, trên trang hồ sơ".to_owned(),
    }
}

/// How the decision was to come then: chosen since, the slip still says what it said.
fn chosen_then<'a>(view: &'a DossierView, filing: &'a Filing, received: &Recorded) -> &'a Collection {
    let chosen = view.log.iter().rev().filter(|it| it.seq <= received.seq).find_map(|it| match &it.event {
        Event::CollectionChosen { body } => body.get(),
        Event::Filed { body, .. } => body.get().map(|it| &it.collection),
        _ => None,
    });
    chosen.unwrap_or(&filing.collection)
}

/// What it costs, and what was paid of it when the slip was made; where the fee was set anew, what was paid since, too.
fn fee(view: &DossierView, at: Instant) -> String {
    let set_at = view.log.iter().rev().find(|it| matches!(it.event, Event::FeeSet { .. })).map(|it| it.at);
    let counts = |it: &&Recorded| it.at.day() == at.day() || set_at.is_some_and(|set| it.at >= set);
    let paid: i64 = view
        .log
        .iter()
        .filter(counts)
        .map(|it| match &it.event {
            Event::Paid { amount_vnd, .. } => *amount_vnd,
            Event::Refunded { amount_vnd, .. } => -amount_vnd,
            _ => 0,
        })
        .sum();
    let counted = counted(view);
    match (view.dossier.fee_vnd, paid) {
        (0, _) => "không thu".to_owned(),
        (owed, 0) => format!("{} ({counted}chưa nộp)", words::dong(owed)),
        (owed, paid) if paid >= owed => format!("{} ({counted}đã nộp)", words::dong(owed)),
        (owed, paid) => {
            let left = words::dong(owed - paid);
            format!("{} ({counted}đã nộp {}, còn {left})", words::dong(owed), words::dong(paid))
        }
    }
}

/// "5 trang, 2 bản, ": what the fee was counted by, as far as the form says; nothing where the fee is another.
fn counted(view: &DossierView) -> String {
    let is_so = |it: &&Filing| view.revision.fee_of(&it.answers).total_vnd == view.dossier.fee_vnd;
    let Some(filing) = view.dossier.filing.get().filter(is_so) else { return String::new() };
    let fields = view.revision.forms.first().into_iter().flat_map(|it| it.fields());
    let unit = |of| match of {
        Quantity::Pages => "trang",
        Quantity::Copies => "bản",
        Quantity::Cases => "trường hợp",
        Quantity::ExtraCopies => "bản sao thêm",
    };
    fields
        .filter_map(|it| Some((it.counts?, filing.answers.text(&it.id)?)))
        .filter(|(_, count)| *count != "0")
        .map(|(of, count)| format!("{count} {}, ", unit(of)))
        .collect()
}

/// Printed on a paper of a unit that is another today.
fn reprinted(view: &DossierView, unit: UnitId, day: Date) -> Option<String> {
    let since = since_then(view, unit, day)?;
    Some(format!("In lại ngày {}. {since}.{}", words::short_day(view.now.day()), turn_to(view)))
}

/// What changed since the paper was made: said above it on the screen, not printed.
fn notice(view: &DossierView, unit: UnitId, day: Date, due: DueDate) -> Option<String> {
    if let Some(since) = since_then(view, unit, day) {
        let turn_to = turn_to(view);
        return Some(format!("Giấy này lập ngày {} và vẫn có giá trị. {since}.{turn_to}", words::short_day(day)));
    }
    let promised = view.dossier.promised_at().filter(|at| *at != due.at)?;
    Some(format!("Ngày hẹn đã thay đổi từ khi lập giấy này: nay là {}.", words::moment(promised.local())))
}

/// Who called the number of a unit that ended would reach nobody: seat and telephone are of who answers today.
fn answering(view: &DossierView, unit: UnitId, day: Date) -> (UnitId, Date) {
    if view.today_of(unit) == unit { (unit, day) } else { (view.desk(), view.now.day()) }
}

/// Whom one asks about a paper that a desk gave before there was a dossier: the desk itself, or the one that came after it.
pub fn desk_to_ask(web: &Web, known: &Snapshot, unit: UnitId, day: Date) -> String {
    let (units, today) = (&known.organisation, web.house.clock.now().day());
    let ended = units.find_unit(unit).and_then(|it| it.ended_on()).is_some_and(|end| end <= today);
    let (answers, day) = if ended { (units.heir_of(unit), today) } else { (unit, day) };
    desk_on(web, known, answers, day)
}

/// A desk to ask: its name, seat and telephone of that day, and the pages.
fn desk_on(web: &Web, known: &Snapshot, unit: UnitId, day: Date) -> String {
    let it = known.organisation.attributes_on(unit, day);
    let name = within(known.organisation.name_on(unit, day));
    let seat = it.map(|it| it.seat.as_str()).filter(|it| !it.is_empty());
    let seat = seat.map(|it| format!(", {it}")).unwrap_or_default();
    let phone = it.map(|it| it.phone.as_str()).filter(|it| !it.is_empty());
    let phone = phone.map(|it| format!(", điện thoại {it}")).unwrap_or_default();
    format!("Bộ phận Một cửa {name}{seat}{phone}, hoặc trang {}", site(web))
}

/// How form 02 closes: with the officer, the telephone and the pages. Căn cứ: handbook §2.4.
pub fn closing_of_guidance(desk: &str) -> String {
    format!(
        "Trong quá trình hoàn thiện hồ sơ, nếu có vướng mắc, Ông/Bà liên hệ với người hướng dẫn ghi dưới đây để được giúp đỡ: {desk}."
    )
}

/// How form 03 closes. Căn cứ: handbook §2.5.
pub fn closing_of_refusal(desk: &str) -> String {
    format!("Xin thông báo để Ông/Bà được biết và thực hiện. Cần hỏi thêm: {desk}.")
}

/// The address of the pages as people read it.
fn site(web: &Web) -> &str {
    web.house.rules.public_url.split("://").last().unwrap_or_default()
}

fn foot(web: &Web, view: &DossierView, unit: UnitId, day: Date) -> String {
    let (answers, day) = answering(view, unit, day);
    let phone = view.known.organisation.attributes_on(answers, day).map_or("", |it| it.phone.as_str());
    let call = if phone.is_empty() { String::new() } else { format!(", hoặc gọi {phone}") };
    let submitter = view.dossier.filing.get().map(|it| &it.submitter);
    let has_phone = submitter.is_some_and(|it| !it.phone.is_empty());
    let digits = if has_phone {
        "4 số cuối điện thoại hoặc số căn cước"
    } else {
        "4 số cuối số căn cước"
    };
    let told = has_phone || submitter.is_some_and(|it| !it.email.is_empty());
    let news = if told { " Có kết quả sớm hơn hẹn sẽ có tin báo." } else { "" };
    format!(
        "Xem hồ sơ đang ở đâu: quét mã QR, hoặc vào {}/tra-cuu, gõ mã hồ sơ và {digits}{call}.{news} Khi đến nhận, mang giấy này và giấy tờ tùy thân; nhận thay thì mang thêm giấy ủy quyền.",
        site(web)
    )
}

/// The desk to ask about a letter of that event: the one that took the dossier in, whichever office wrote.
fn desk_of(web: &Web, view: &DossierView, recorded: &Recorded) -> String {
    let (answers, day) = answering(view, view.received_by(), recorded.at.day());
    desk_on(web, &view.known, answers, day)
}

fn actor_name(view: &DossierView, recorded: &Recorded) -> String {
    recorded.actor.map_or_else(String::new, |person| view.name(person).to_owned())
}

fn paper_line(label: &str, value: impl Into<String>) -> LetterBlock {
    LetterBlock::Line(PaperLine { label: label.to_owned(), value: value.into() })
}

/// The lines with which forms 02 and 03 begin.
fn opening_lines(view: &DossierView, day: Date) -> Vec<LetterBlock> {
    let nothing = Filing::default();
    let filing = view.dossier.filing.get().unwrap_or(&nothing);
    let mut blocks = vec![
        paper_line("Bộ phận Tiếp nhận và Trả kết quả", with_parents(&view.known, view.received_by(), day)),
        paper_line("Tiếp nhận hồ sơ của", titled(&filing.submitter)),
    ];
    blocks.extend(party_lines(&filing.submitter).into_iter().map(LetterBlock::Line));
    blocks.push(paper_line("Nội dung yêu cầu giải quyết", view.revision.name.clone()));
    blocks
}

fn supplement_letter(
    web: &Web,
    view: &DossierView,
    recorded: &Recorded,
    reply_by: Date,
    request: Option<&SupplementRequest>,
) -> LetterPage {
    let nothing = SupplementRequest::default();
    let request = request.unwrap_or(&nothing);
    let mut body = opening_lines(view, recorded.at.day());
    body.push(LetterBlock::Text("Yêu cầu Ông/Bà hoàn thiện hồ sơ gồm những nội dung như sau:".to_owned()));
    let rows = request.items.iter().map(|item| {
        let asked = item.requirement.as_ref().and_then(|id| view.revision.requirement(id));
        let name = opening(&words::asked(item));
        let name = if item.what.is_empty() { name } else { format!("{name}: {}", item.what) };
        PaperRow {
            name,
            originals: asked.map_or(0, |it| u32::from(it.originals)),
            copies: asked.map_or(0, |it| u32::from(it.copies)),
            photocopies: 0,
        }
    });
    body.push(LetterBlock::Papers(rows.collect()));
    body.push(LetterBlock::Reasons(vec![if request.reason.is_empty() {
        ERASED.to_owned()
    } else {
        stopped(&request.reason)
    }]));
    if !request.legal_basis.is_empty() {
        body.push(paper_line("Căn cứ", request.legal_basis.clone()));
    }
    body.push(LetterBlock::Weighty(PaperLine {
        label: "Thời hạn bổ sung".to_owned(),
        value: format!("hết {}", long_day(reply_by)),
    }));
    body.push(LetterBlock::Text(closing_of_guidance(&desk_of(web, view, recorded))));
    LetterPage {
        title: "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ".to_owned(),
        head: PaperHead { number: Some("Số: ……/HDHS".to_owned()), ..PaperHead::default() },
        body,
        right: SignBlock {
            post: "NGƯỜI HƯỚNG DẪN".to_owned(),
            instruction: "(Ký và ghi rõ họ tên)".to_owned(),
            name: actor_name(view, recorded),
        },
        ..LetterPage::default()
    }
}

fn refusal_letter(web: &Web, view: &DossierView, recorded: &Recorded, reason: &str) -> LetterPage {
    let mut body = opening_lines(view, recorded.at.day());
    body.push(paper_line("Thời gian nộp", moment(view.dossier.filed_at.local())));
    body.push(LetterBlock::Text(
        "Qua xem xét, Bộ phận Tiếp nhận và Trả kết quả thông báo không tiếp nhận, giải quyết hồ sơ này với lý do cụ thể như sau:"
            .to_owned(),
    ));
    body.push(LetterBlock::Reasons(reason.lines().map(stopped).filter(|it| !it.is_empty()).collect()));
    body.push(LetterBlock::Text(closing_of_refusal(&desk_of(web, view, recorded))));
    LetterPage {
        title: "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ".to_owned(),
        head: PaperHead { number: Some("Số: ……/TCHS".to_owned()), ..PaperHead::default() },
        body,
        right: SignBlock {
            post: "NGƯỜI TIẾP NHẬN HỒ SƠ".to_owned(),
            instruction: "(Ký và ghi rõ họ tên)".to_owned(),
            name: actor_name(view, recorded),
        },
        ..LetterPage::default()
    }
}

/// The slip a decision is handed over with: who took it signs. The law prescribes no form for it.
fn handed_over(view: &DossierView, recorded: &Recorded, by_proxy: bool, evidence: Option<&Evidence>) -> LetterPage {
    let nothing = Evidence { receiver: ERASED.to_owned(), ..Evidence::default() };
    let evidence = evidence.unwrap_or(&nothing);
    let owner = view.dossier.filing.get().map_or_else(|| ERASED.to_owned(), |it| it.owner().name.clone());
    let unit = recorded.unit.unwrap_or_else(|| view.collect());
    let decision = view.dossier.decision.as_ref();
    let number = decision.and_then(|it| it.number.get()).map(|it| it.text.clone()).unwrap_or_default();
    let receiver = if by_proxy { format!("{} (nhận thay)", evidence.receiver) } else { evidence.receiver.clone() };
    let tail = if evidence.number_tail.is_empty() { String::new() } else { format!("…{}", evidence.number_tail) };
    let lines = [
        ("Bộ phận Tiếp nhận và Trả kết quả", with_parents(&view.known, unit, recorded.at.day())),
        ("Chủ hồ sơ", owner),
        ("Nội dung đã giải quyết", view.revision.name.clone()),
        ("Kết quả", decision.map(|it| it.code.clone()).unwrap_or_default()),
        ("Số văn bản", number),
        ("Thời gian trả", moment(recorded.at.local())),
        ("Người nhận", receiver),
        ("Số giấy tờ tùy thân, 4 số cuối", tail),
        ("Giấy tờ tùy thân đã xem", evidence.receiver_paper.clone()),
        ("Giấy ủy quyền", evidence.proxy_paper.clone()),
        ("Ghi chú", evidence.proof.clone()),
    ];
    let mut body: Vec<LetterBlock> =
        lines.into_iter().filter(|it| !it.1.is_empty()).map(|(label, value)| paper_line(label, value)).collect();
    body.push(LetterBlock::Text("Người nhận đã kiểm tra và nhận đủ kết quả ghi trên đây.".to_owned()));
    LetterPage {
        title: "PHIẾU TRẢ KẾT QUẢ".to_owned(),
        body,
        left: Some(SignBlock {
            post: "NGƯỜI NHẬN KẾT QUẢ".to_owned(),
            instruction: "(Ký và ghi rõ họ tên)".to_owned(),
            name: evidence.receiver.clone(),
        }),
        right: SignBlock {
            post: "NGƯỜI TRẢ KẾT QUẢ".to_owned(),
            instruction: "(Ký và ghi rõ họ tên)".to_owned(),
            name: actor_name(view, recorded),
        },
        ..LetterPage::default()
    }
}

fn apology_letter(
    view: &DossierView,
    recorded: &Recorded,
    (promised, new_date): (Instant, Instant),
    at_fault: UnitId,
    reason: &str,
) -> LetterPage {
    let nothing = Filing::default();
    let filing = view.dossier.filing.get().unwrap_or(&nothing);
    let day = recorded.at.day();
    let desk = format!("Bộ phận Một cửa {}", within(view.unit_name(view.received_by(), recorded.at)));
    let fault = within(view.known.organisation.name_on(at_fault, day));
    let received = view.dossier.received_at.unwrap_or(view.dossier.filed_at);
    let text = format!(
        "{} {desk} tiếp nhận giải quyết hồ sơ đề nghị “{}” của {}, mã hồ sơ {}. Thời gian hẹn trả kết quả: {}. Đến nay, {fault} \
         chưa trả kết quả giải quyết hồ sơ đúng thời hạn quy định.",
        opening(&long_day(received.day())),
        view.revision.name,
        titled(&filing.submitter),
        view.dossier.code,
        moment(promised.local()),
    );
    let body = vec![
        LetterBlock::Text(text),
        LetterBlock::Reasons(vec![stopped(reason)]),
        LetterBlock::Text(format!("{} thành thật xin lỗi Ông/Bà vì sự chậm trễ này.", opening(&fault))),
        LetterBlock::Weighty(PaperLine {
            label: "Thời gian hẹn trả kết quả lại".to_owned(),
            value: moment(new_date.local()),
        }),
        LetterBlock::Text("Rất mong được Ông/Bà thông cảm. Trân trọng./.".to_owned()),
    ];
    LetterPage {
        addressee: Some(titled(&filing.submitter)),
        head: PaperHead { number: Some("Số: ……/PXL".to_owned()), ..PaperHead::default() },
        body,
        copies_to: vec!["Như trên;".to_owned(), format!("{desk};"), "Lưu: VT.".to_owned()],
        right: SignBlock {
            post: "THỦ TRƯỞNG CƠ QUAN".to_owned(),
            instruction: "(Ký, ghi rõ họ tên, đóng dấu)".to_owned(),
            name: actor_name(view, recorded),
        },
        ..LetterPage::default()
    }
}
