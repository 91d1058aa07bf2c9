//! The texts notices are told with: what each costs is seen before it is saved, every saving is a revision.

use super::phrases;
use super::views::{ChoiceView, LinkView, NoticeCostRow, NoticeTextPage, NoticeTextRow, NoticeTextsPage, StaffField};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Page, Tone};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::notice_texts::{self, Draft, Preview, SavedTemplate, Spoken};
use app::words;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::notice::{Marks, NoticeChannel, NoticeKind, Placeholder, TEMPLATE_CHARS_MAX, Values};
use domain::organisation::Standing;
use domain::post::Post;
use domain::text_message::Alphabet;

/// Where they are.
pub const ADDRESS: &str = "/kiem-soat/mau-tin";

fn address(kind: NoticeKind, channel: NoticeChannel) -> String {
    format!("{ADDRESS}/{}.{}", channel.key(), kind.key())
}

/// The frame: under "Kiểm soát" for who controls, under "Quản trị" for who administers.
fn page(web: &Web, visitor: &Visitor, title: &str) -> Page {
    let part = if visitor.holds_any(&[Post::ControlOfficer]) { "/kiem-soat" } else { "/quan-tri" };
    frame::staff(web, visitor, title, part)
}

fn kind_words(kind: NoticeKind) -> String {
    let words = texts::word(&format!("message-{}", kind.key().replace('_', "-")));
    crate::telling::opening(&words)
}

fn channel_words(channel: NoticeChannel) -> &'static str {
    match channel {
        NoticeChannel::Text => say("notice-channel-text"),
        NoticeChannel::Mail => say("notice-channel-mail"),
    }
}

/// What a place is filled with in a preview: the longest name of a unit there is, and usual words. Notices are Vietnamese, whoever
/// writes their texts.
fn sample(web: &Web) -> Values {
    let now = web.house.clock.now();
    let known = web.house.now_known();
    let unit = known
        .organisation
        .standing_on(now.day())
        .filter(|(_, it)| it.standing == Standing::Authority)
        .map(|(_, it)| it.name.clone())
        .max_by_key(|it| it.chars().count())
        .unwrap_or_default();
    let word = |place| match place {
        Placeholder::Code => "H24.30.23-250303-0001".to_owned(),
        Placeholder::Unit | Placeholder::Place => unit.clone(),
        Placeholder::By => words::moment(now.local()),
        Placeholder::Reason => "Giấy chứng sinh chưa có dấu của cơ sở y tế.".to_owned(),
        Placeholder::Papers => "Giấy chứng sinh; Giấy ủy quyền".to_owned(),
        Placeholder::Amount => words::dong(8_000),
    };
    Placeholder::ALL.iter().map(|place| (*place, word(*place))).collect()
}

fn draft_of(kind: NoticeKind, channel: NoticeChannel, spoken: &Spoken) -> Draft {
    Draft { kind, channel, text: spoken.text.clone(), marks: spoken.marks, registered_as: spoken.registered_as.clone() }
}

/// "2 phần, 1.700 đồng".
fn cost(preview: &Preview) -> String {
    let price = preview.price_vnd.map(|it| format!(", {}", spoken::dong(it))).unwrap_or_default();
    format!("{}{price}", parts(preview))
}

fn parts(preview: &Preview) -> String {
    say_with("notice-parts-count", &[("count", &preview.length.parts)])
}

/// All of them.
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let known = web.house.now_known();
    let values = sample(&web);
    let mut rows = Vec::new();
    for kind in NoticeKind::ALL {
        let text = known.notices.spoken(*kind, NoticeChannel::Text)?;
        let letter = known.notices.spoken(*kind, NoticeChannel::Mail)?;
        let preview = draft_of(*kind, NoticeChannel::Text, text).preview(&web.house, &values)?;
        rows.push(NoticeTextRow {
            kind: kind_words(*kind),
            text: text.text.clone(),
            cost: cost(&preview),
            text_revision: revision_words(text.number),
            text_href: address(*kind, NoticeChannel::Text),
            letter_revision: revision_words(letter.number),
            letter_href: address(*kind, NoticeChannel::Mail),
        });
    }
    let part_vnd = web.house.rules.text_part_vnd;
    let view = NoticeTextsPage {
        for_control: visitor.holds_any(&[Post::ControlOfficer]),
        page: page(&web, &visitor, say("notice-texts-title")),
        price: part_vnd.map_or_else(
            || say("notice-price-unset").to_owned(),
            |it| say_with("notice-price", &[("price", &spoken::dong(i64::from(it)))]),
        ),
        rows,
    };
    Ok(html(&view))
}

fn revision_words(number: u32) -> String {
    if number == 0 {
        say("notice-revision-usual").to_owned()
    } else {
        say_with("notice-revision", &[("number", &number)])
    }
}

fn of_address(id: &str) -> Result<(NoticeKind, NoticeChannel), Problem> {
    let (channel, kind) = id.split_once('.').ok_or(AppError::NotFound)?;
    let found = NoticeKind::of_key(kind).zip(NoticeChannel::of_key(channel));
    Ok(found.ok_or(AppError::NotFound)?)
}

/// One of them, to be written anew.
pub async fn text(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let (kind, channel) = of_address(&id)?;
    let known = web.house.now_known();
    let spoken = known.notices.spoken(kind, channel)?;
    let draft = draft_of(kind, channel, spoken);
    let asked = phrases::asked(&visitor);
    let mut view = view(&web, &visitor, &draft, spoken.number, &[]).await?;
    if asked.has("xong") {
        view.page = frame::flash(view.page, Tone::Good, say("notice-saved"));
    }
    Ok(html(&view))
}

/// What the writer has seen the cost of: only that is saved.
fn seen_mark(draft: &Draft) -> String {
    let marks = if draft.marks == Marks::Kept { "co" } else { "khong" };
    format!("{marks}|{}|{}", draft.registered_as, draft.text)
}

/// A text that was written: shown with what it costs, and saved once that was seen.
pub async fn write(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (kind, channel) = of_address(&id)?;
    let plain = |name: &str| posted.trimmed(name).to_owned();
    let draft = Draft {
        kind,
        channel,
        text: plain("noi-dung"),
        marks: if posted.trimmed("dau") == "khong" { Marks::TakenOff } else { Marks::Kept },
        registered_as: plain("ma-dang-ky"),
    };
    let seen: u32 = posted.trimmed("ban").parse().map_err(|_| Problem::BadForm)?;
    let was_shown = plain("da-xem") == seen_mark(&draft);
    let mut wrong = Vec::new();
    if posted.trimmed("lenh") == "ghi" && was_shown {
        match notice_texts::save(&web.house, visitor.person()?, draft.clone(), seen).await {
            Ok(number) => {
                let to = format!("{}?xong={number}", address(kind, channel));
                return Ok(Redirect::to(&to).into_response());
            }
            Err(AppError::Invalid(problems)) => wrong = problems,
            Err(other) => return Err(other.into()),
        }
    } else if let Err(AppError::Invalid(problems)) = draft.preview(&web.house, &sample(&web)) {
        wrong = problems;
    }
    let wrong: Vec<(String, String)> =
        wrong.iter().map(|it| (field(&it.field).to_owned(), texts::field_problem(it))).collect();
    let mut view = view(&web, &visitor, &draft, seen, &wrong).await?;
    if !wrong.is_empty() {
        return Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view));
    }
    view.was_shown = true;
    if posted.trimmed("lenh") == "ghi" {
        view.page = frame::flash(view.page, Tone::Warn, say("notice-not-saved"));
    }
    Ok(html(&view))
}

fn field(name: &str) -> &'static str {
    if name == "registered_as" { "ma-dang-ky" } else { "noi-dung" }
}

async fn view(
    web: &Web,
    visitor: &Visitor,
    draft: &Draft,
    seen: u32,
    wrong: &[(String, String)],
) -> Result<NoticeTextPage, Problem> {
    let (kind, channel) = (draft.kind, draft.channel);
    let title = format!("{}: {}", crate::telling::opening(channel_words(channel)), kind_words(kind));
    let page = page(web, visitor, &title);
    let known = web.house.now_known();
    let revisions = notice_texts::revisions(&web.house, visitor.person()?, kind, channel).await?;
    let revision = |it: &SavedTemplate| {
        let (at, who) = (spoken::moment(it.saved_at.local()), known.staff_name(it.saved_by));
        let label =
            say_with("notice-revision-of", &[("number", &it.number), ("at", &at), ("who", &who), ("text", &it.text)]);
        LinkView { label, href: String::new() }
    };
    let mut revisions: Vec<LinkView> = revisions.iter().map(revision).collect();
    let usual = say_with("notice-revision-usual-of", &[("text", &notice_texts::usual(kind))]);
    revisions.push(LinkView { label: usual, href: String::new() });
    let preview = draft.preview(&web.house, &sample(web)).ok();
    Ok(NoticeTextPage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        title,
        action: address(kind, channel),
        revision: seen.to_string(),
        seen: seen_mark(draft),
        was_shown: false,
        errors: wrong.iter().map(|(at, text)| FieldLink { href: format!("#{at}"), text: text.clone() }).collect(),
        fields: fields(draft, wrong),
        places: kind.placeholders().iter().map(|it| place_words(*it)).collect(),
        shown: preview.as_ref().map(|it| it.text.clone()).unwrap_or_default(),
        costs: if channel == NoticeChannel::Text { costs(web, draft) } else { Vec::new() },
        revisions,
    })
}

fn fields(draft: &Draft, wrong: &[(String, String)]) -> Vec<StaffField> {
    let hint = say_with("notice-words-hint", &[("max", &TEMPLATE_CHARS_MAX)]);
    let mut fields = vec![StaffField::lines("noi-dung", say("house-words"), 6).with_hint(hint).with_value(&draft.text)];
    if draft.channel == NoticeChannel::Text {
        let choice = |value: &str, label: &str, note: &str, marks: Marks| ChoiceView {
            chosen: draft.marks == marks,
            ..ChoiceView::new(value, label).with_note(note)
        };
        let choices = vec![
            choice("co", say("notice-marks-kept"), say("notice-marks-kept-note"), Marks::Kept),
            choice("khong", say("notice-marks-off"), say("notice-marks-off-note"), Marks::TakenOff),
        ];
        fields.push(StaffField::radios("dau", say("notice-marks"), choices));
        let registered = StaffField::line("ma-dang-ky", say("notice-registered-as"));
        fields.push(registered.with_value(&draft.registered_as).as_optional());
    }
    let said = |field: StaffField| match wrong.iter().find(|it| it.0 == field.name) {
        Some((_, words)) => field.with_error(words),
        None => field,
    };
    fields.into_iter().map(said).collect()
}

/// "{ma}: mã hồ sơ".
fn place_words(place: Placeholder) -> String {
    let key = match place {
        Placeholder::Code => "notice-place-code",
        Placeholder::Unit => "notice-place-unit",
        Placeholder::By => "notice-place-by",
        Placeholder::Reason => "notice-place-reason",
        Placeholder::Papers => "notice-place-papers",
        Placeholder::Amount => "notice-place-amount",
        Placeholder::Place => "notice-place-collect",
    };
    format!("{{{}}}: {}", place.key(), say(key))
}

/// What the text costs as it is chosen, and as it is not.
fn costs(web: &Web, draft: &Draft) -> Vec<NoticeCostRow> {
    let values = sample(web);
    let row = |marks: Marks| {
        let preview = Draft { marks, ..draft.clone() }.preview(&web.house, &values).ok()?;
        let alphabet = match preview.length.alphabet {
            Alphabet::Gsm7 => say("notice-gsm7"),
            Alphabet::Ucs2 => say("notice-ucs2"),
        };
        Some(NoticeCostRow {
            way: say(if marks == Marks::Kept { "notice-marks-kept" } else { "notice-marks-off" }),
            chosen: marks == draft.marks,
            alphabet,
            length: say_with("notice-characters", &[("count", &preview.length.units)]),
            parts: parts(&preview),
            price: preview.price_vnd.map_or_else(|| say("notice-no-price").to_owned(), spoken::dong),
        })
    };
    [Marks::Kept, Marks::TakenOff].into_iter().filter_map(row).collect()
}
