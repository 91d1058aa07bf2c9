//! A dossier in words: how it stands, who holds it, what is next, how long is left, what happened. One voice for citizens, the
//! public and the office; nothing is decided here. What happened lies in [`history`].

mod history;

pub use history::history;

use crate::citizen::views::{Chip, MessageView, Sentence, StepMark, StepState, When};
use crate::page::Tone;
use crate::texts;
use app::dossiers::DossierView;
use app::exchanges::Written;
use app::words;
use domain::dossier::{ClockView, Collection, Event, Holder, NextAct, Outcome, Owner, PauseCause, Recorded, Status};
use domain::ids::UnitId;
use domain::post::Post;
use domain::procedure::StepKind;
use domain::time::Instant;
use jiff::civil::Date;

/// Working minutes left from which a running dossier is said to be close to its date.
const SOON_MINUTES: i64 = 480;

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The citizen whose dossier it is.
    Citizen,
    /// Somebody with the code and four digits: no names of people, no reasons.
    Public,
    /// The office.
    Staff,
}

impl Audience {
    /// Whom the ball is with, where it is the citizen.
    const fn you(self) -> &'static str {
        match self {
            Self::Citizen | Self::Public => "bạn",
            Self::Staff => "người dân",
        }
    }
}

/// A moment with its machine form.
pub fn when(at: Instant) -> When {
    let local = at.local();
    When {
        iso: local.strftime("%Y-%m-%dT%H:%M").to_string(),
        day: words::day(local.date()),
        clock: Some(words::time(local)),
    }
}

/// The same text beginning with a small letter: "phường Hàng Kênh" within a sentence.
pub fn within(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The same text beginning with a capital letter.
pub fn opening(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A text of people with its full stop.
pub fn stopped(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?', '…']) { text.to_owned() } else { format!("{text}.") }
}

/// What a unit is called today, within a sentence.
fn unit_now(view: &DossierView, unit: UnitId) -> String {
    within(view.unit_name(unit, view.now))
}

/// What became of a unit since a day, a phrase: "Phường An Biên nay thuộc phường Lê Chân, từ ngày 01/07/2025"; none where it stands
/// and is called as it was.
#[doc(alias = "nay thuộc")]
pub fn since_then(view: &DossierView, unit: UnitId, on: Date) -> Option<String> {
    let units = &view.known.organisation;
    let heir = view.today_of(unit);
    let (then, now) = (opening(units.name_on(unit, on)), unit_now(view, heir));
    if heir == unit {
        return (within(&then) != now).then(|| format!("{then} nay là {now}"));
    }
    let since = units.came_to(unit, heir).map(|it| format!(", từ ngày {}", words::short_day(it))).unwrap_or_default();
    if !view.dossier.status.is_open() {
        // What is closed stays with whoever keeps the archive, and is not said to be of ground it may not be of.
        match view.ground_of(unit) {
            (ground, true) if ground == heir => {}
            (ground, true) => {
                let ground = unit_now(view, ground);
                return Some(format!(
                    "{then} nay thuộc {ground} theo địa chỉ của chủ hồ sơ{since}; hồ sơ đã xong lưu tại {now}"
                ));
            }
            (_, false) => return Some(format!("{then} nay chia cho nhiều đơn vị{since}; hồ sơ đã xong lưu tại {now}")),
        }
    }
    let same = if within(&then) == now { " (đơn vị mới, cùng tên)" } else { "" };
    Some(format!("{then} nay thuộc {now}{same}{since}"))
}

/// The desk of a unit as called today.
pub fn desk(view: &DossierView, unit: UnitId) -> String {
    format!("Bộ phận Một cửa {}", unit_now(view, unit))
}

/// Who owes the next act, with post and unit as called today.
pub fn owner(view: &DossierView, it: &Owner, audience: Audience) -> String {
    let unit = unit_now(view, it.unit);
    let post = texts::post(it.post);
    let name = it.person.map(|person| view.name(person)).unwrap_or_default();
    let named = !name.is_empty() && audience != Audience::Public;
    match it.post {
        _ if named => format!("{name}, {post}, {unit}"),
        Post::Reception => desk(view, it.unit),
        Post::Specialist if it.person.is_none() => format!("{} (chưa giao người thụ lý)", opening(&unit)),
        Post::Specialist | Post::Head | Post::Leader | Post::Clerk | Post::ControlOfficer | Post::Administrator => {
            format!("{}, {unit}", opening(&post))
        }
    }
}

/// Who is asked outside the house at a step.
fn partner(view: &DossierView, number: u16, audience: Audience) -> String {
    // Whom the office asks can tell what the matter is.
    if audience == Audience::Public {
        return "Đơn vị phối hợp".to_owned();
    }
    let step = view.revision.step(number);
    let named = step.and_then(|it| it.partner.clone()).or_else(|| step.map(|it| it.stated_unit.clone()));
    named.filter(|it| !it.is_empty()).unwrap_or_else(|| "Đơn vị phối hợp".to_owned())
}

/// In whose hands it lies.
pub fn holder(view: &DossierView, audience: Audience) -> String {
    match view.dossier.holder() {
        Holder::Post { owner: it } => owner(view, it, audience),
        Holder::Citizen => opening(audience.you()),
        Holder::Payment => format!("{}, chờ nộp tiền", opening(audience.you())),
        Holder::Outside { step } => partner(view, *step, audience),
        Holder::Nobody => "Không còn ai giữ: hồ sơ đã kết thúc".to_owned(),
    }
}

/// In whose hands it lies, and since when.
pub fn holder_since(view: &DossierView, audience: Audience) -> String {
    match view.dossier.holder() {
        Holder::Nobody => holder(view, audience),
        Holder::Post { .. } | Holder::Citizen | Holder::Payment | Holder::Outside { .. } => {
            format!("{}, từ {}", holder(view, audience), words::moment(view.dossier.held_since().local()))
        }
    }
}

/// The one thing that must happen next.
pub fn next(view: &DossierView, audience: Audience) -> String {
    let it = &view.dossier;
    let Some(act) = it.next_act() else { return "Không còn việc gì: hồ sơ đã kết thúc".to_owned() };
    match act {
        NextAct::Supply => format!("{} gửi giấy tờ được yêu cầu", opening(audience.you())),
        NextAct::Pay => format!("{} nộp {}", opening(audience.you()), words::dong(it.still_owed_vnd())),
        NextAct::AwaitOutside if it.step.kind == StepKind::Citizen => {
            let asked = asked_of_citizen(&step_action(view, audience));
            with_action(&format!("{} xác nhận", opening(audience.you())), &within(&asked))
        }
        NextAct::AwaitOutside => {
            let who = partner(view, it.step.number, audience);
            with_action(&format!("{who} trả lời"), &step_action(view, audience))
        }
        NextAct::Work => match step_action(view, audience) {
            action if action.is_empty() => opening(&texts::next_act(act)),
            action => opening(&action),
        },
        NextAct::HandOver => match it.filing.get().map(|it| &it.collection) {
            Some(Collection::Post { .. }) => "Gửi kết quả qua bưu chính công ích".to_owned(),
            Some(Collection::Electronic) => "Trả kết quả điện tử".to_owned(),
            Some(Collection::Desk) | None => format!("Trả kết quả cho {}", audience.you()),
        },
        NextAct::Answer | NextAct::Assign | NextAct::Sign | NextAct::Issue => opening(&texts::next_act(act)),
    }
}

fn with_action(who: &str, action: &str) -> String {
    if action.is_empty() { who.to_owned() } else { format!("{who}: {action}") }
}

/// What a waiting step asks of the citizen, as the published procedure says it, without the words that are for the office.
pub fn asked_of_citizen(action: &str) -> String {
    let action = action.trim();
    let plain = match action.strip_prefix('(').and_then(|it| it.split_once(')')) {
        Some((_, rest)) => rest.trim(),
        None => action,
    };
    opening(plain)
}

/// What is done at the step; not for the public, because it can tell what the matter is.
fn step_action(view: &DossierView, audience: Audience) -> String {
    if audience == Audience::Public {
        return String::new();
    }
    view.revision.step(view.dossier.step.number).map_or_else(String::new, |it| within(&it.action))
}

/// How long is left, a whole phrase.
pub fn time_left(view: &DossierView) -> String {
    match view.clock {
        ClockView::Answering { minutes_left, .. } => {
            format!("{} để Bộ phận Một cửa trả lời", words::remaining(minutes_left))
        }
        ClockView::Running { minutes_left, .. } => words::remaining(minutes_left),
        ClockView::Paused { cause, minutes_left: Some(minutes) } => {
            let until = match cause {
                PauseCause::Supplement => "khi giấy tờ được gửi",
                PauseCause::Payment => "khi tiền được nộp",
                PauseCause::Outside => "khi có trả lời",
                PauseCause::Confirmation => "khi có xác nhận",
            };
            format!("{}, tính tiếp {until}", words::remaining(minutes))
        }
        ClockView::Paused { minutes_left: None, .. } => "Chưa tính: hồ sơ chưa được tiếp nhận".to_owned(),
        ClockView::Ended => "Đồng hồ đã dừng".to_owned(),
    }
}

/// The date promised, where there is one.
pub fn due(view: &DossierView) -> Option<String> {
    view.dossier.promised_at().map(|at| words::moment(at.local()))
}

/// Days of the calendar until a day, as people say it: "còn 24 ngày", "hết hạn hôm nay".
pub fn days_left(today: Date, until: Date) -> String {
    match until.since(today).map_or(0, |span| span.get_days()) {
        0 => "hạn cuối là hôm nay".to_owned(),
        days if days > 0 => format!("còn {days} ngày"),
        days => format!("đã quá {} ngày", -days),
    }
}

/// The line of four steps.
pub fn steps(view: &DossierView) -> Vec<StepMark> {
    use StepState::{Ahead, Current, Done, Ended, Paused};
    let it = &view.dossier;
    let received = it.received_at.is_some();
    let states = match it.status {
        Status::New => [Done, Current, Ahead, Ahead],
        Status::NotAccepted => [Done, Ended, Ahead, Ahead],
        Status::AwaitingSupplement | Status::AwaitingPayment if !received => [Done, Paused, Ahead, Ahead],
        Status::AwaitingSupplement | Status::AwaitingPayment => [Done, Done, Paused, Ahead],
        Status::Received | Status::InProgress if it.pause.is_some() => [Done, Done, Paused, Ahead],
        Status::Received | Status::InProgress => [Done, Done, Current, Ahead],
        Status::Withdrawn | Status::Discontinued if !received => [Done, Ended, Ahead, Ahead],
        Status::Withdrawn | Status::Discontinued => [Done, Done, Ended, Ahead],
        Status::Decided => [Done, Done, Done, Current],
        Status::Delivered => [Done, Done, Done, Done],
    };
    let labels = ["Đã nộp", "Tiếp nhận", "Giải quyết", "Kết quả"];
    labels
        .into_iter()
        .zip(states)
        .map(|(label, state)| StepMark { label: label.to_owned(), state, href: None })
        .collect()
}

/// The short state: words, and how good or bad it is. Late is judged by the day.
pub fn chip(status: Status, clock: &ClockView, now: Instant, audience: Audience) -> Chip {
    let you = audience.you();
    let chip = |tone, words: String| Chip { tone, words };
    let running = |minutes: i64, by: Instant, calm: String| {
        if now.day() > by.day() {
            chip(Tone::Bad, words::remaining(minutes.min(-1)))
        } else if minutes < SOON_MINUTES {
            let words = if minutes < 0 { "Đến hẹn hôm nay".to_owned() } else { words::remaining(minutes) };
            chip(Tone::Warn, words)
        } else {
            chip(Tone::Act, calm)
        }
    };
    match (status, clock) {
        (Status::New, ClockView::Answering { by, minutes_left }) if *minutes_left < 0 => {
            running(*minutes_left, *by, String::new())
        }
        (Status::New, _) => chip(Tone::Act, "Chờ tiếp nhận".to_owned()),
        (Status::Received | Status::InProgress, ClockView::Running { promised, minutes_left }) => {
            running(*minutes_left, *promised, format!("Đang giải quyết, {}", within(&words::remaining(*minutes_left))))
        }
        (Status::Received | Status::InProgress, ClockView::Paused { cause: PauseCause::Confirmation, .. }) => {
            chip(Tone::Warn, format!("Tạm dừng, chờ {you} xác nhận"))
        }
        (Status::Received | Status::InProgress, ClockView::Paused { .. }) => {
            chip(Tone::Warn, "Tạm dừng, chờ trả lời từ bên ngoài".to_owned())
        }
        (Status::Received | Status::InProgress, _) => chip(Tone::Act, "Đang giải quyết".to_owned()),
        (Status::AwaitingSupplement, _) => chip(Tone::Warn, format!("Tạm dừng, chờ {you} bổ sung")),
        (Status::AwaitingPayment, _) => chip(Tone::Warn, format!("Tạm dừng, chờ {you} nộp tiền")),
        (Status::NotAccepted, _) => chip(Tone::Bad, "Không được tiếp nhận".to_owned()),
        (Status::Withdrawn, _) => chip(Tone::Plain, "Đã rút".to_owned()),
        (Status::Discontinued, _) => chip(Tone::Bad, "Đã dừng giải quyết".to_owned()),
        (Status::Decided, _) => chip(Tone::Good, "Đã có kết quả".to_owned()),
        (Status::Delivered, _) => chip(Tone::Good, "Đã trả kết quả".to_owned()),
    }
}

/// How it stands, in a sentence whose first part weighs.
pub fn status(view: &DossierView, audience: Audience) -> Sentence {
    let it = &view.dossier;
    let you = audience.you();
    let (strong, rest) = match it.status {
        Status::New => {
            ("Đã nộp, đang chờ tiếp nhận.".to_owned(), format!("{} {}", desk(view, view.desk()), answering(view)))
        }
        Status::Received | Status::InProgress if it.pause.is_some() => {
            if it.step.kind == StepKind::Citizen {
                (format!("Đang tạm dừng tính thời gian, chờ {you} xác nhận."), later(view, "Xác nhận"))
            } else {
                let who = within(&partner(view, it.step.number, audience));
                (format!("Đang tạm dừng tính thời gian, chờ {who} trả lời."), later(view, "Có trả lời"))
            }
        }
        Status::Received | Status::InProgress => ("Đang giải quyết.".to_owned(), working(view, audience)),
        Status::AwaitingSupplement => {
            (format!("Đang tạm dừng, chờ {you} gửi thêm giấy tờ."), later(view, "Giấy tờ được gửi"))
        }
        Status::AwaitingPayment => (
            format!("Đang tạm dừng, chờ {you} nộp {}.", words::dong(it.still_owed_vnd())),
            later(view, "Tiền được nộp"),
        ),
        Status::NotAccepted => ("Không được tiếp nhận.".to_owned(), reason_of_end(view, audience)),
        Status::Withdrawn => (format!("{} đã rút hồ sơ này.", opening(you)), ended(view, audience)),
        Status::Discontinued => ("Đã dừng giải quyết.".to_owned(), reason_of_end(view, audience)),
        Status::Decided => (decided(view), collecting(view, audience)),
        Status::Delivered => ("Đã trả kết quả, hồ sơ kết thúc.".to_owned(), ended(view, audience)),
    };
    Sentence { strong, rest }
}

fn answering(view: &DossierView) -> String {
    match view.clock {
        ClockView::Answering { by, minutes_left } if minutes_left >= 0 => {
            format!("trả lời chậm nhất {} ({}).", words::moment(by.local()), within(&words::remaining(minutes_left)))
        }
        ClockView::Answering { by, minutes_left } => format!(
            "lẽ ra phải trả lời trước {}; đã {}.",
            words::moment(by.local()),
            within(&words::remaining(minutes_left))
        ),
        ClockView::Running { .. } | ClockView::Paused { .. } | ClockView::Ended => "sẽ trả lời.".to_owned(),
    }
}

fn working(view: &DossierView, audience: Audience) -> String {
    let who = holder(view, audience);
    let next = within(&next(view, audience));
    let time = match view.clock {
        ClockView::Running { promised, minutes_left } if minutes_left >= 0 => {
            format!("Hẹn trả kết quả {}, {}.", words::moment(promised.local()), within(&words::remaining(minutes_left)))
        }
        ClockView::Running { promised, minutes_left } => format!(
            "Đã hẹn trả kết quả {}, nay {}.",
            words::moment(promised.local()),
            within(&words::remaining(minutes_left))
        ),
        ClockView::Answering { .. } | ClockView::Paused { .. } | ClockView::Ended => String::new(),
    };
    format!("{who} đang giữ hồ sơ; việc tiếp theo: {next}. {time}")
}

/// What follows once the pause ends.
fn later(view: &DossierView, once: &str) -> String {
    let unit = unit_now(view, view.responsible());
    match view.clock {
        ClockView::Paused { minutes_left: Some(minutes), .. } if minutes > 0 => {
            format!("{once} rồi, {unit} còn {} làm việc để giải quyết xong.", words::working(minutes))
        }
        ClockView::Paused { minutes_left: Some(minutes), .. } => {
            format!("{once} rồi, đồng hồ chạy tiếp; hồ sơ {}.", within(&words::remaining(minutes)))
        }
        ClockView::Paused { minutes_left: None, .. } => format!(
            "{once} rồi, {} trả lời trong {} giờ làm việc.",
            desk(view, view.desk()),
            view.regime.answer_working_hours
        ),
        ClockView::Answering { .. } | ClockView::Running { .. } | ClockView::Ended => String::new(),
    }
}

fn decided(view: &DossierView) -> String {
    match view.dossier.decision.as_ref().map(|it| it.outcome) {
        Some(Outcome::Declined) => "Đã có văn bản từ chối giải quyết, có nêu lý do.".to_owned(),
        Some(Outcome::Granted) | None => "Đã có kết quả.".to_owned(),
    }
}

/// How the decision reaches its owner, a whole sentence.
pub fn collecting(view: &DossierView, audience: Audience) -> String {
    let at = desk(view, view.collect());
    match view.dossier.filing.get().map(|it| &it.collection) {
        Some(Collection::Post { address }) if audience != Audience::Public => {
            format!("{at} gửi kết quả qua bưu chính công ích về: {}", stopped(address))
        }
        Some(Collection::Post { .. }) => format!("{at} gửi kết quả qua bưu chính công ích."),
        Some(Collection::Electronic) => "Kết quả là bản điện tử, xem ở trang hồ sơ sau khi đăng nhập.".to_owned(),
        Some(Collection::Desk) | None => format!("Nhận kết quả tại {at}."),
    }
}

/// How the decision comes back, short.
pub fn collection(view: &DossierView) -> String {
    match view.dossier.filing.get().map(|it| &it.collection) {
        Some(Collection::Post { address }) => format!("Qua bưu chính công ích, về {address}"),
        Some(Collection::Electronic) => "Bản điện tử".to_owned(),
        Some(Collection::Desk) | None => desk(view, view.collect()),
    }
}

/// Fees and duties in words.
pub fn money(view: &DossierView) -> String {
    let it = &view.dossier;
    match (it.owed_vnd, it.still_owed_vnd()) {
        (0, _) => "Không phải nộp".to_owned(),
        (all, 0) => format!("{}, đã nộp đủ", words::dong(all)),
        (all, left) if left == all => format!("{}, chưa nộp", words::dong(all)),
        (all, left) => format!("{}, còn phải nộp {}", words::dong(all), words::dong(left)),
    }
}

/// Messages in words, the oldest first.
pub fn messages(view: &DossierView, all: &[Written], audience: Audience) -> Vec<MessageView> {
    all.iter().map(|it| message(view, it, audience)).collect()
}

fn message(view: &DossierView, it: &Written, audience: Audience) -> MessageView {
    let message = &it.message;
    let who = match (message.unit, audience) {
        (None, Audience::Citizen) => "Bạn".to_owned(),
        (None, Audience::Staff | Audience::Public) => format!("{}, người nộp", it.name),
        (Some(unit), _) => {
            let called = within(view.unit_name(unit, message.at));
            match it.post {
                Some(Post::Reception) => format!("{}, Bộ phận Một cửa {called}", it.name),
                Some(post) => format!("{}, {}, {called}", it.name, within(&texts::post(post))),
                None => format!("{}, {called}", it.name),
            }
        }
    };
    let waits = message.answer_by.filter(|_| message.is_open());
    MessageView {
        who,
        at: words::moment(message.at.local()),
        lines: message.body.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        own: message.unit.is_some() == (audience == Audience::Staff),
        waits: waits.map(|by| format!("Cơ quan trả lời chậm nhất {}", words::moment(by.local()))),
        late: waits.is_some_and(|by| by.day() < view.now.day()),
    }
}

fn last_event(view: &DossierView) -> Option<&Recorded> {
    view.log.iter().rev().find(|it| !matches!(it.event, Event::Erased { .. }))
}

fn ended(view: &DossierView, audience: Audience) -> String {
    let Some(last) = last_event(view) else { return String::new() };
    let detail = history::detail(view, last, audience);
    format!("Ngày {}. {detail}", words::short_day(last.at.day())).trim().to_owned()
}

fn reason_of_end(view: &DossierView, audience: Audience) -> String {
    match audience {
        Audience::Public => "Người nộp đăng nhập để xem lý do.".to_owned(),
        Audience::Citizen | Audience::Staff => ended(view, audience),
    }
}
