//! Keeping the installation: messages on their way out, people, sessions, settings.

use super::phrases;
use super::views::{
    ChipView, LinkView, Num, OutboxPage, OutboxRow, SessionRow, SessionsPage, SettingRow, SettingsPage, TabView,
};
use crate::frame::{self, html};
use crate::page::Tone;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::Visitor;
use crate::{Setting, SettingValue, Web, say, say_with};
use app::AppError;
use app::accounts;
use app::desk::Message;
use app::outbox::{self as messages, PartReach};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::DossierCode;
use domain::ids::MessageId;

/// States of a message: their word in the address and the key of their tab.
const STATES: [(&str, &str); 3] = [("hong", "outbox-dead"), ("cho", "outbox-waiting"), ("da-gui", "outbox-sent")];

fn state(message: &Message) -> &'static str {
    match (message.delivered_at, message.dead_at) {
        (Some(_), _) => "da-gui",
        (None, Some(_)) => "hong",
        (None, None) => "cho",
    }
}

/// Messages on their way out.
pub async fn outbox(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let administrator = visitor.person()?;
    let dead = messages::dead(&web.house, administrator).await?;
    let mut all = dead.clone();
    all.extend(messages::latest(&web.house, administrator).await?.into_iter().filter(|it| state(it) != "hong"));
    let wanted = STATES.iter().find(|it| it.0 == asked.trimmed("trang-thai")).map(|it| it.0);
    let wanted = wanted.unwrap_or(if dead.is_empty() { "da-gui" } else { "hong" });
    let tabs = STATES
        .iter()
        .map(|&(key, label)| TabView {
            label: say(label).to_owned(),
            count: Some(Num(all.iter().filter(|it| state(it) == key).count() as u64)),
            href: format!("/quan-tri?trang-thai={key}"),
            current: key == wanted,
            ..TabView::default()
        })
        .collect();
    let shown: Vec<Message> = all.into_iter().filter(|it| state(it) == wanted).collect();
    let reach = messages::reach_of(&web.house, administrator, &shown).await?;
    let reached = |it: &Message| reach.get(&it.id).map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<OutboxRow> = shown.iter().map(|it| row(it, reached(it))).collect();
    let page = phrases::page_number(&asked);
    let mut shown = frame::staff(&web, &visitor, say("outbox-page"), "/quan-tri");
    if asked.has("gui-lai") {
        shown = frame::flash(shown, Tone::Good, say("outbox-resent"));
    }
    let view = OutboxPage {
        page: shown,
        tabs,
        resend_all: wanted == "hong" && !rows.is_empty(),
        pager: phrases::pager(rows.len(), page, &format!("/quan-tri?trang-thai={wanted}")),
        rows: phrases::page_of(rows, page),
        empty: say(match wanted {
            "hong" => "outbox-none-dead",
            "cho" => "outbox-none-waiting",
            _ => "outbox-none-sent",
        }),
    };
    Ok(html(&view))
}

/// How far a text message came: "Đã tới máy", "Đã tới máy 2/3 phần", "Không tới máy: UNDELIV 011".
fn reach_words(parts: &[PartReach]) -> Option<ChipView> {
    let of = |reach: &str| parts.iter().filter(|it| it.reach == reach).count();
    let (delivered, failed) = (of("delivered"), of("failed"));
    let why = parts.iter().find(|it| it.reach == "failed").map_or("", |it| it.reason.as_str());
    match parts.len() {
        0 => None,
        _ if failed > 0 && why.is_empty() => Some(ChipView::new(Tone::Bad, say("outbox-unreached"))),
        _ if failed > 0 => Some(ChipView::new(Tone::Bad, say_with("outbox-unreached-why", &[("why", &why)]))),
        all if delivered == all => Some(ChipView::new(Tone::Good, say("outbox-reached"))),
        all if delivered > 0 => {
            let words = say_with("outbox-reached-parts", &[("delivered", &delivered), ("all", &all)]);
            Some(ChipView::new(Tone::Act, words))
        }
        _ => Some(ChipView::new(Tone::Plain, say("outbox-taken"))),
    }
}

fn row(it: &Message, parts: &[PartReach]) -> OutboxRow {
    let state = state(it);
    let chip = match state {
        "hong" => ChipView::new(Tone::Bad, say("outbox-is-dead")),
        "cho" => ChipView::new(Tone::Act, say("outbox-waiting")),
        _ => ChipView::new(Tone::Good, say("outbox-sent")),
    };
    let tries = match (it.tries, state) {
        (0, "da-gui") => String::new(),
        (0, "cho") => say("outbox-untried").to_owned(),
        (tries, "cho") => {
            let next = spoken::short_moment(it.next_try_at.local());
            say_with("outbox-tried-next", &[("tries", &tries), ("next", &next)])
        }
        (tries, _) => say_with("outbox-tried", &[("tries", &tries)]),
    };
    let code = it.subject.split_whitespace().last().and_then(|it| DossierCode::parse(it).ok());
    OutboxRow {
        id: it.id.to_string(),
        at: spoken::short_moment(it.created_at.local()),
        channel: say(match it.channel.as_str() {
            "sms" => "notice-channel-text",
            "email" => "notice-channel-mail",
            _ => "outbox-channel-other",
        }),
        dossier: code
            .filter(|_| it.dossier.is_some())
            .map(|it| LinkView { href: phrases::dossier_address(&it), label: it.to_string() }),
        to: phrases::masked_number(&it.recipient),
        about: texts::word(&format!("message-{}", it.kind.replace('_', "-"))),
        state: chip,
        tries,
        reach: reach_words(parts),
        fault: if state == "da-gui" { String::new() } else { it.last_error.clone() },
        resendable: state == "hong",
    }
}

fn id_of(posted: &Posted) -> Result<MessageId, Problem> {
    posted.trimmed("id").parse().map_err(|_| AppError::NotFound.into())
}

/// Sends one dead message again.
pub async fn resend(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    messages::resend(&web.house, visitor.person()?, id_of(&posted)?).await?;
    Ok(Redirect::to("/quan-tri?gui-lai=1").into_response())
}

/// Sends all dead messages again.
pub async fn resend_all(State(web): State<Web>, visitor: Visitor, _posted: Posted) -> Result<Response, Problem> {
    messages::resend_all(&web.house, visitor.person()?).await?;
    Ok(Redirect::to("/quan-tri?gui-lai=1").into_response())
}

/// Open sessions.
pub async fn sessions(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let who = visitor.who.as_ref().ok_or(AppError::Forbidden)?;
    let own = accounts::session(&web.house, &who.token)?.map(|it| it.id);
    let known = web.house.now_known();
    let mut rows = Vec::new();
    for it in accounts::all_sessions(&web.house, who.person).await? {
        let Some(person) = it.person else { continue };
        let (name, kind) = match known.staff_name(person) {
            "" => (phrases::masked_name(&accounts::name_of(&web.house, person)?), "sessions-citizen"),
            name => (name.to_owned(), "sessions-officer"),
        };
        rows.push(SessionRow {
            id: it.id.to_string(),
            person: name,
            kind: say(kind),
            since: spoken::short_moment(it.created_at.local()),
            seen: spoken::short_moment(it.last_seen_at.local()),
            device: browser(&it.device),
            own: Some(it.id) == own,
        });
    }
    let page = phrases::page_number(&asked);
    let view = SessionsPage {
        page: frame::staff(&web, &visitor, say("sessions-page"), "/quan-tri"),
        pager: phrases::pager(rows.len(), page, "/quan-tri/phien"),
        rows: phrases::page_of(rows, page),
    };
    Ok(html(&view))
}

/// "Firefox, Linux" of what a browser says it is.
fn browser(device: &str) -> String {
    let one_of = |names: &[(&str, &'static str)]| names.iter().find(|it| device.contains(it.0)).map(|it| it.1);
    let program = one_of(&[("Edg/", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")]);
    let system = one_of(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program}, {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if device.is_empty() => say("sessions-device-unknown").to_owned(),
        (None, None) => device.chars().take(40).collect(),
    }
}

/// Ends a session.
pub async fn end_session(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    accounts::revoke_any(&web.house, visitor.person()?, id_of(&posted)?).await?;
    Ok(Redirect::to("/quan-tri/phien").into_response())
}

/// Settings as they are.
pub async fn settings(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let mut groups: Vec<(&'static str, Vec<SettingRow>)> = Vec::new();
    for setting in &web.settings {
        let (group, row) = (setting.group(), setting_row(setting));
        match groups.iter_mut().find(|it| it.0 == group) {
            Some(it) => it.1.push(row),
            None => groups.push((group, vec![row])),
        }
    }
    let view = SettingsPage {
        page: frame::staff(&web, &visitor, say("settings-page"), "/quan-tri"),
        source: say("settings-lead"),
        groups,
    };
    Ok(html(&view))
}

/// A setting in words.
fn setting_row(setting: &Setting) -> SettingRow {
    let value = match &setting.value {
        SettingValue::Text(text) => text.as_str(),
        SettingValue::Flag(true) => say("settings-yes"),
        SettingValue::Flag(false) => say("settings-no"),
        SettingValue::Hidden => say("settings-hidden"),
        SettingValue::Unset => say("settings-unset"),
        SettingValue::ByRegime => say("settings-by-regime"),
    };
    SettingRow {
        key: setting.key,
        value: value.to_owned(),
        is_written: matches!(setting.value, SettingValue::Text(_)),
        source: if setting.is_usual { say("settings-usual") } else { say("settings-chosen") },
        meaning: texts::word(&setting.words()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::{Language, speaking};

    #[tokio::test]
    async fn a_setting_is_told_in_the_language_of_the_page() {
        let setting = Setting { key: "office.citizen_accounts", value: SettingValue::ByRegime, is_usual: true };
        let told = |it: &Setting| {
            let row = setting_row(it);
            [row.value.clone(), row.source.to_owned(), row.meaning.clone(), row.lang().to_string()]
        };
        assert_eq!(told(&setting), ["(theo chế độ pháp lý)", "mặc định", "Công dân được có tài khoản tại đây", ""]);
        speaking(Language::English, async {
            assert_eq!(
                told(&setting),
                ["(by the legal regime)", "usual", "Whether citizens may have accounts here", ""]
            );
            let name = SettingValue::Text("Một cửa Lê Chân".to_owned());
            let setting = Setting { key: "office.name", value: name, is_usual: false };
            assert_eq!(told(&setting), ["Một cửa Lê Chân", "set", "The name in the head of pages", " lang=\"vi\""]);
        })
        .await;
    }
}
