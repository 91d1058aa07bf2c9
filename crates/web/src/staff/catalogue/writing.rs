//! Writing the next revision of a procedure: name, term, ways, fees, papers, steps, questions, law.

use super::comparing::need;
use super::deciding::{Wrong, done, in_words, links};
use super::locals::amount;
use super::{address, of_address, row_of};
use crate::Web;
use crate::frame::{self, html, html_as};
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::staff::control::{COUNTED, term_text};
use crate::staff::views::{CatalogueWritePage, ChoiceView, StaffField, WritePart, WriteRow};
use crate::texts;
use crate::visitor::Visitor;
use crate::{say, say_with};
use app::AppError;
use app::publication::{self, Kept};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::calendar::{Term, TimeLimit};
use domain::procedure::{
    Basis, Channel, FeeKind, FeeMoment, FeePer, FeeRule, Need, ProcedureRevision, Requirement, RequirementGroup,
};

/// Ways a paper is needed, as they are sent.
const NEEDS: [(&str, Need); 4] =
    [("luon", Need::Always), ("rieng", Need::Conditional), ("tuy", Need::Optional), ("khong", Need::Never)];

/// The page: what is on its way, else what is in force.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let current = of_address(&web, &id)?;
    let kept = publication::kept(&web.house, &current.procedure).await?;
    let it = kept.draft.as_ref().map_or_else(|| ProcedureRevision::clone(&current), |it| it.revision.clone());
    Ok(html(&view(&web, &visitor, &kept, &it, &[]).await?))
}

async fn view(
    web: &Web,
    visitor: &Visitor,
    kept: &Kept,
    it: &ProcedureRevision,
    wrong: &[(String, String)],
) -> Result<CatalogueWritePage, Problem> {
    let title = say_with("keeping-write-page", &[("name", &kept.current.name)]);
    let page = frame::staff(web, visitor, title, "/kiem-soat");
    let said = match &kept.draft {
        Some(own) if own.base != kept.current.number => {
            say_with("keeping-write-stale", &[("base", &own.base), ("now", &kept.current.number)])
        }
        Some(own) if own.publish_on.is_some() => say("keeping-write-day-set").to_owned(),
        Some(_) | None => String::new(),
    };
    let mut parts = parts(it);
    for field in parts.iter_mut().flat_map(|it| &mut it.rows).flat_map(|it| &mut it.fields) {
        if let Some((_, words)) = wrong.iter().find(|own| own.0 == field.name) {
            field.error.clone_from(words);
        }
    }
    for part in &mut parts {
        // What is wrong is never folded away.
        part.folded &= part.rows.iter().flat_map(|it| &it.fields).all(|it| it.error.is_empty());
    }
    Ok(CatalogueWritePage {
        page: if wrong.is_empty() { page } else { page.with_error_title() },
        row: row_of(web, &kept.current).await?,
        action: address(&it.procedure, "soan"),
        back: address(&it.procedure, ""),
        errors: links(wrong),
        seen: vec![
            ("nen".to_owned(), kept.current.number.to_string()),
            ("ban".to_owned(), kept.draft.as_ref().map_or(0, |it| it.version).to_string()),
        ],
        said,
        parts,
    })
}

fn counted(name: &str, chosen: &str) -> StaffField {
    let choices = COUNTED
        .iter()
        .map(|(value, label)| ChoiceView { chosen: *value == chosen, ..ChoiceView::new(*value, say(label)) });
    StaffField::select(name, say("keeping-write-counted"), choices.collect())
}

/// The number of a term and how it is counted.
fn split(term: Term) -> (String, &'static str) {
    match term {
        Term::WorkingDays(count) => (count.to_string(), "wd"),
        Term::WorkingHours(count) => (count.to_string(), "wh"),
        Term::CalendarDays(count) => (count.to_string(), "d"),
        Term::SameDay => (String::new(), "sameday"),
    }
}

fn single(title: &'static str, id: &str, fields: Vec<StaffField>) -> WritePart {
    let rows = fields.into_iter().map(|field| WriteRow { title: field.label.clone(), fields: vec![field] });
    WritePart { title, id: id.to_owned(), rows: rows.collect(), ..WritePart::default() }
}

fn parts(it: &ProcedureRevision) -> Vec<WritePart> {
    let (legal, legal_counted) = it.time_limit.map_or((String::new(), "wd"), |own| split(own.legal));
    let committed = it.time_limit.filter(|own| own.binding() != own.legal).map(|own| split(own.binding()));
    let (own, own_counted) = committed.unwrap_or((String::new(), "wd"));
    let term = WritePart {
        title: say("keeping-term"),
        hint: say("keeping-write-term-hint"),
        id: "p-han".to_owned(),
        rows: vec![
            WriteRow {
                title: say("keeping-write-law").to_owned(),
                fields: vec![
                    StaffField::digits("luat-dinh", say("keeping-write-law-term")).with_value(legal),
                    counted("don-vi-luat", legal_counted),
                ],
            },
            WriteRow {
                title: say("keeping-write-commitment").to_owned(),
                fields: vec![
                    StaffField::digits("cam-ket", say("keeping-write-unit-commits")).with_value(own).as_optional(),
                    counted("don-vi-cam-ket", own_counted),
                ],
            },
        ],
        ..WritePart::default()
    };
    let ways = Channel::ALL.into_iter().map(|own| ChoiceView {
        chosen: it.channels.contains(&own),
        ..ChoiceView::new(own.as_str(), texts::channel(own))
    });
    vec![
        single(
            say("keeping-name"),
            "p-ten",
            vec![StaffField::lines("ten", say("difference-name"), 2).with_value(it.name.as_str())],
        ),
        term,
        single(
            say("keeping-ways"),
            "p-kenh",
            vec![StaffField::ticks("kenh", say("keeping-write-ways"), ways.collect())],
        ),
        fees(it),
        papers(it),
        steps(it),
        questions(it),
        single(
            say("procedure-legal"),
            "p-luat",
            vec![
                StaffField::lines("can-cu", say("keeping-write-law-lines"), 6)
                    .with_value(it.legal_basis.join("\n"))
                    .as_optional(),
            ],
        ),
    ]
}

fn drop_box(name: String) -> StaffField {
    StaffField::tick(name, "", ChoiceView::new("co", say("keeping-write-drop")))
}

fn fees(it: &ProcedureRevision) -> WritePart {
    let mut rows: Vec<WriteRow> = it
        .fees
        .iter()
        .enumerate()
        .map(|(place, fee)| WriteRow {
            title: say_with("keeping-write-fee", &[("place", &(place + 1))]),
            fields: vec![
                StaffField::line(format!("phi-{place}-loi"), say("keeping-write-fee-stated"))
                    .with_value(fee.stated.as_str()),
                StaffField::digits(format!("phi-{place}-muc"), say("keeping-write-fee-amount"))
                    .with_value(fee.amount_vnd.map(|own| own.to_string()).unwrap_or_default())
                    .as_optional(),
                drop_box(format!("phi-{place}-bo")),
            ],
        })
        .collect();
    rows.push(WriteRow {
        title: say("keeping-write-fee-new").to_owned(),
        fields: vec![
            StaffField::line("phi-moi-loi", say("keeping-write-fee-add")).as_optional(),
            StaffField::digits("phi-moi-muc", say("keeping-write-fee-amount")).as_optional(),
        ],
    });
    WritePart {
        title: say("procedure-fees"),
        hint: say("keeping-write-fees-hint"),
        id: "p-phi".to_owned(),
        rows,
        ..WritePart::default()
    }
}

fn need_field(name: String, chosen: Need) -> StaffField {
    let choices =
        NEEDS.iter().map(|(key, own)| ChoiceView { chosen: *own == chosen, ..ChoiceView::new(*key, need(*own)) });
    StaffField::select(name, say("keeping-write-need"), choices.collect())
}

fn papers(it: &ProcedureRevision) -> WritePart {
    let mut rows: Vec<WriteRow> = it
        .requirements
        .iter()
        .enumerate()
        .map(|(place, own)| WriteRow {
            title: say_with("keeping-write-paper", &[("place", &(place + 1))]),
            fields: vec![
                StaffField::line(format!("giay-{place}-ten"), say("dossier-paper")).with_value(own.name.as_str()),
                need_field(format!("giay-{place}-can"), own.need),
                StaffField::line(format!("giay-{place}-khi"), say("keeping-write-case"))
                    .with_value(own.when.as_str())
                    .as_optional(),
                StaffField::digits(format!("giay-{place}-chinh"), say("keeping-write-originals"))
                    .with_value(own.originals.to_string()),
                StaffField::digits(format!("giay-{place}-sao"), say("keeping-write-copies"))
                    .with_value(own.copies.to_string()),
                drop_box(format!("giay-{place}-bo")),
            ],
        })
        .collect();
    rows.push(WriteRow {
        title: say("keeping-write-paper-new").to_owned(),
        fields: vec![
            StaffField::line("giay-moi-ten", say("keeping-write-paper-add")).as_optional(),
            need_field("giay-moi-can".to_owned(), Need::Always),
            StaffField::line("giay-moi-khi", say("keeping-write-case")).as_optional(),
            StaffField::digits("giay-moi-chinh", say("keeping-write-originals")).with_value("1"),
            StaffField::digits("giay-moi-sao", say("keeping-write-copies")).with_value("0"),
        ],
    });
    WritePart {
        title: say("apply-papers"),
        hint: say("keeping-write-papers-hint"),
        id: "p-giay".to_owned(),
        rows,
        ..WritePart::default()
    }
}

fn steps(it: &ProcedureRevision) -> WritePart {
    let rows = it.steps.iter().enumerate().map(|(place, own)| WriteRow {
        title: say_with("keeping-step", &[("number", &own.number)]),
        fields: vec![
            StaffField::line(
                format!("buoc-{place}-viec"),
                say_with("keeping-write-step", &[("number", &own.number), ("post", &texts::post(own.post))]),
            )
            .with_value(own.action.as_str()),
            StaffField::digits(format!("buoc-{place}-phut"), say("keeping-write-step-hours"))
                .with_hint(own.budget_minutes.map(|it| spoken::working(i64::from(it))).unwrap_or_default())
                .with_value(own.budget_minutes.map(hours_text).unwrap_or_default())
                .as_optional(),
        ],
    });
    WritePart {
        title: say("keeping-steps"),
        hint: say("keeping-write-steps-hint"),
        id: "p-buoc".to_owned(),
        folded: true,
        rows: rows.collect(),
    }
}

/// "4", "1,5".
fn hours_text(minutes: u32) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match rest * 100 / 60 {
        0 => hours.to_string(),
        part if part % 10 == 0 => format!("{hours},{}", part / 10),
        part => format!("{hours},{part:02}"),
    }
}

/// Working minutes of "4" or "1,5".
fn minutes_of(text: &str) -> Result<Option<u32>, ()> {
    if text.is_empty() {
        return Ok(None);
    }
    let (hours, part) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let digits = |it: &str| (1..=4).contains(&it.len()) && it.bytes().all(|own| own.is_ascii_digit());
    if !digits(hours) || !digits(part) || part.len() > 2 {
        return Err(());
    }
    let hundredths: u32 = format!("{part:0<2}").parse().map_err(|_| ())?;
    let hours: u32 = hours.parse().map_err(|_| ())?;
    // Rounded to the minute: a third of an hour has no two digits.
    Ok(Some(hours * 60 + (hundredths * 60 + 50) / 100))
}

fn questions(it: &ProcedureRevision) -> WritePart {
    let rows = it.forms.iter().flat_map(|form| form.fields()).enumerate().map(|(place, own)| {
        let must = [("phai", "difference-must", own.required), ("tuy", "difference-optional", !own.required)];
        let must = must.map(|(value, key, chosen)| ChoiceView { chosen, ..ChoiceView::new(value, say(key)) });
        WriteRow {
            title: say_with("keeping-write-question-number", &[("place", &(place + 1))]),
            fields: vec![
                StaffField::line(format!("hoi-{place}"), say("keeping-write-question")).with_value(own.label.as_str()),
                StaffField::select(format!("hoi-{place}-can"), say("keeping-write-answer"), must.into()),
            ],
        }
    });
    WritePart {
        title: say("keeping-form"),
        hint: say("keeping-write-form-hint"),
        id: "p-don".to_owned(),
        folded: true,
        rows: rows.collect(),
    }
}

// ---- reading ----

/// What was typed, put over what was seen. What cannot be read is named; what was typed stays.
fn read(before: &ProcedureRevision, posted: &Posted) -> (ProcedureRevision, Wrong) {
    let mut it = before.clone();
    let mut wrong = Wrong::new();
    it.name = one_line(posted.trimmed("ten"));
    it.channels =
        Channel::ALL.into_iter().filter(|own| posted.all("kenh").iter().any(|it| it == own.as_str())).collect();
    it.legal_basis =
        posted.text("can-cu").lines().map(str::trim).filter(|own| !own.is_empty()).map(str::to_owned).collect();
    read_term(&mut it, posted, &mut wrong);
    read_fees(&mut it, posted, &mut wrong);
    read_papers(&mut it, posted, &mut wrong);
    for (place, step) in it.steps.iter_mut().enumerate() {
        step.action = posted.trimmed(&format!("buoc-{place}-viec")).to_owned();
        let name = format!("buoc-{place}-phut");
        match minutes_of(posted.trimmed(&name)) {
            // What was not touched keeps its minutes: hours with two digits cannot say every one.
            Ok(minutes) if step.budget_minutes.map(hours_text) != minutes.map(hours_text) => {
                step.budget_minutes = minutes;
            }
            Ok(_) => {}
            Err(()) => wrong.push((name, say("keeping-write-hours-wrong").to_owned())),
        }
    }
    let fields = it.forms.iter_mut().flat_map(|form| &mut form.sections).flat_map(|section| &mut section.fields);
    for (place, field) in fields.enumerate() {
        field.label = posted.trimmed(&format!("hoi-{place}")).to_owned();
        field.required = posted.trimmed(&format!("hoi-{place}-can")) == "phai";
    }
    (it, wrong)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn read_term(it: &mut ProcedureRevision, posted: &Posted, wrong: &mut Wrong) {
    let legal = term_text(posted.trimmed("luat-dinh"), posted.trimmed("don-vi-luat"));
    let committed = match posted.trimmed("cam-ket") {
        "" => String::new(),
        number => term_text(number, posted.trimmed("don-vi-cam-ket")),
    };
    let mut term = |field: &str, text: &str| match text {
        "" => None,
        text => text
            .parse::<Term>()
            .map_err(|_| {
                wrong.push((field.to_owned(), say("keeping-write-term-wrong").to_owned()));
            })
            .ok(),
    };
    let (legal, committed) = (term("luat-dinh", &legal), term("cam-ket", &committed));
    match (legal, committed) {
        (Some(legal), committed) => match TimeLimit::new(legal, committed) {
            Ok(limit) => it.time_limit = Some(limit),
            Err(_) => wrong.push(("cam-ket".to_owned(), texts::word("gap-term-longer-than-law"))),
        },
        (None, Some(_)) => wrong.push(("luat-dinh".to_owned(), say("keeping-write-law-missing").to_owned())),
        (None, None) => it.time_limit = None,
    }
}

fn read_fees(it: &mut ProcedureRevision, posted: &Posted, wrong: &mut Wrong) {
    let mut amount_of = |name: String| match amount(posted.trimmed(&name)) {
        Ok(amount) => amount,
        Err(()) => {
            wrong.push((name, texts::word("gap-amount")));
            None
        }
    };
    let mut kept = Vec::new();
    for (place, mut fee) in std::mem::take(&mut it.fees).into_iter().enumerate() {
        fee.stated = posted.trimmed(&format!("phi-{place}-loi")).to_owned();
        fee.amount_vnd = amount_of(format!("phi-{place}-muc"));
        if !posted.has(&format!("phi-{place}-bo")) {
            kept.push(fee);
        }
    }
    let stated = posted.trimmed("phi-moi-loi");
    if !stated.is_empty() {
        kept.push(FeeRule {
            kind: FeeKind::Unstated,
            amount_vnd: amount_of("phi-moi-muc".to_owned()),
            stated: stated.to_owned(),
            per: FeePer::Dossier,
            tiers: Vec::new(),
            cap_per_copy_vnd: None,
            optional: false,
            exempt: Vec::new(),
            set_by: None,
            refundable: None,
            moment: FeeMoment::Unstated,
            basis: Basis::Verified,
        });
    }
    it.fees = kept;
}

fn read_papers(it: &mut ProcedureRevision, posted: &Posted, wrong: &mut Wrong) {
    let need_of = |name: &str| NEEDS.iter().find(|own| own.0 == posted.trimmed(name)).map_or(Need::Always, |own| own.1);
    let mut count = |name: String| {
        let text = posted.trimmed(&name);
        let read = if text.is_empty() { Ok(0) } else { text.parse::<u8>() };
        read.ok().filter(|own| *own <= 20).unwrap_or_else(|| {
            wrong.push((name, say("keeping-write-count-wrong").to_owned()));
            0
        })
    };
    let mut kept = Vec::new();
    let mut ids: Vec<String> = it.requirements.iter().map(|own| own.id.clone()).collect();
    for (place, mut paper) in std::mem::take(&mut it.requirements).into_iter().enumerate() {
        let name = |part: &str| format!("giay-{place}-{part}");
        paper.name = posted.trimmed(&name("ten")).to_owned();
        paper.when = posted.trimmed(&name("khi")).to_owned();
        paper.need = need_of(&name("can"));
        (paper.originals, paper.copies) = (count(name("chinh")), count(name("sao")));
        if !posted.has(&name("bo")) {
            kept.push(paper);
        }
    }
    let name = posted.trimmed("giay-moi-ten");
    if !name.is_empty() {
        let mut number = ids.len() + 1;
        while ids.contains(&format!("giay_{number}")) {
            number += 1;
        }
        let id = format!("giay_{number}");
        ids.push(id.clone());
        kept.push(Requirement {
            id,
            name: name.to_owned(),
            group: RequirementGroup::Submit,
            originals: count("giay-moi-chinh".to_owned()),
            copies: count("giay-moi-sao".to_owned()),
            need: need_of("giay-moi-can"),
            when: posted.trimmed("giay-moi-khi").to_owned(),
            replaced_by: Vec::new(),
            not_online: false,
            asked_if: None,
            basis: Basis::Verified,
        });
    }
    it.requirements = kept;
}

/// Keeps what was written.
pub async fn write(
    State(web): State<Web>,
    visitor: Visitor,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let current = of_address(&web, &id)?;
    let kept = publication::kept(&web.house, &current.procedure).await?;
    let number = |name: &str| posted.trimmed(name).parse::<u32>().unwrap_or(0);
    let (base, seen) = (number("nen"), number("ban"));
    // The rows of the form are those of what was seen: another writing of it has others.
    let draft = kept.draft.as_ref();
    let before = draft.map_or_else(|| ProcedureRevision::clone(&current), |it| it.revision.clone());
    let is_seen = base == current.number && seen == draft.map_or(0, |it| it.version);
    if !is_seen {
        let wrong = vec![("p-ten".to_owned(), texts::word("gap-draft-of-another"))];
        let view = view(&web, &visitor, &kept, &before, &wrong).await?;
        return Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view));
    }
    let (written, mut wrong) = read(&before, &posted);
    if wrong.is_empty() {
        match publication::save_draft(&web.house, visitor.person()?, (base, seen), written.clone()).await {
            Ok(()) if posted.trimmed("lenh") == "thu" => {
                return Ok(Redirect::to(&address(&current.procedure, "nop-thu")).into_response());
            }
            Ok(()) => return Ok(done(&current.procedure, "soan")),
            Err(AppError::Invalid(problems)) => wrong = in_words(&problems),
            Err(other) => return Err(other.into()),
        }
    }
    let mut view = view(&web, &visitor, &kept, &before, &wrong).await?;
    typed_again(&mut view.parts, &posted);
    Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
}

/// What was typed stands in its boxes again, also what cannot be read.
fn typed_again(parts: &mut [WritePart], posted: &Posted) {
    use crate::staff::views::ControlView;
    for field in parts.iter_mut().flat_map(|it| &mut it.rows).flat_map(|it| &mut it.fields) {
        let typed = posted.all(&field.name);
        match &mut field.control {
            ControlView::Line { .. } | ControlView::Lines { .. } => {
                field.value = posted.text(&field.name).chars().take(publication::LINE_CHARS_MAX * 4).collect();
            }
            ControlView::Select(choices) | ControlView::Ticks(choices) | ControlView::Radios(choices) => {
                choices.iter_mut().for_each(|it| it.chosen = typed.contains(&it.value));
            }
            ControlView::Tick(choice) => choice.chosen = typed.contains(&choice.value),
            ControlView::File { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_they_are_written() {
        for minutes in [0, 30, 60, 90, 240, 480, 15, 4_800] {
            assert_eq!(minutes_of(&hours_text(minutes)), Ok(Some(minutes)), "{}", hours_text(minutes));
        }
        assert_eq!(
            (minutes_of(""), minutes_of("1.5"), minutes_of("x"), minutes_of("1,555")),
            (Ok(None), Ok(Some(90)), Err(()), Err(()))
        );
    }
}
