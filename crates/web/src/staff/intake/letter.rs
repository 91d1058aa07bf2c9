//! What the counter gives in hand where nothing is received: a guidance (form 02) or a refusal (form 03), numbered and kept.

use super::{Counter, Said};
use crate::frame::{self, html_as};
use crate::page::FieldLink;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::say;
use crate::staff::slips::{self, ground_words};
use crate::staff::views::{ChoiceView, IntakeStage, StaffField};
use crate::texts;
use app::slips::{GROUNDS, GuidedPaper, SlipBody, SlipKind, SlipOrder, WORDS_CHARS_MAX, give};
use app::{AppError, FieldProblem};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// The questions of a refusal.
pub(super) fn refusal_fields(posted: &Posted, errors: &[FieldLink]) -> Vec<StaffField> {
    let chosen = posted.trimmed("ly-do-tu-choi");
    let grounds =
        GROUNDS.iter().map(|it| ChoiceView { chosen: *it == chosen, ..ChoiceView::new(*it, ground_words(it)) });
    let grounds = std::iter::once(ChoiceView::new("", say("intake-choose-ground"))).chain(grounds).collect();
    let fields = vec![
        StaffField::select("ly-do-tu-choi", say("withdraw-reason"), grounds),
        StaffField::lines("ghi-tu-choi", say("intake-refusal-words"), 3).with_value(cut(posted, "ghi-tu-choi")),
        StaffField::line("can-cu", say("intake-legal-basis")).with_value(cut(posted, "can-cu")).as_optional(),
    ];
    marked(fields, errors)
}

fn cut(posted: &Posted, name: &str) -> String {
    posted.text(name).chars().take(WORDS_CHARS_MAX + 1).collect()
}

fn marked(fields: Vec<StaffField>, errors: &[FieldLink]) -> Vec<StaffField> {
    let wrong = |field: StaffField| match errors.iter().find(|it| it.href.strip_prefix('#') == Some(&field.name)) {
        Some(error) => field.with_error(error.text.clone()),
        None => field,
    };
    fields.into_iter().map(wrong).collect()
}

impl Counter<'_> {
    /// The questions of a guidance: papers of the published list, those that are not here ticked, and words.
    pub(super) fn guidance_fields(&self, errors: &[FieldLink]) -> Vec<StaffField> {
        let is_again = self.posted.has("da-huong-dan");
        let ticked = self.posted.all("thieu");
        let choices: Vec<ChoiceView> = self
            .papers()
            .into_iter()
            .map(|it| {
                let chosen = if is_again { ticked.contains(&it.key) } else { it.required && !it.received };
                let note = [it.note, it.when, it.instead].into_iter().filter(|it| !it.is_empty());
                let note = note.collect::<Vec<_>>().join(" · ");
                ChoiceView { chosen, ..ChoiceView::new(it.key, it.name).with_note(note).as_name() }
            })
            .collect();
        let mut fields = Vec::new();
        if !choices.is_empty() {
            fields.push(StaffField::ticks("thieu", say("intake-to-bring"), choices).as_optional());
        }
        if self.procedure.is_none() {
            let matter = StaffField::line("noi-dung-yeu-cau", say("intake-matter"));
            fields.push(matter.with_value(cut(self.posted, "noi-dung-yeu-cau")));
        }
        fields.push(
            StaffField::lines("ghi-huong-dan", say("intake-guidance-words"), 3)
                .with_value(cut(self.posted, "ghi-huong-dan"))
                .with_hint(say("intake-guidance-hint"))
                .as_optional(),
        );
        marked(fields, errors)
    }

    fn order(&self, kind: SlipKind) -> SlipOrder {
        let person = self.person().submitter();
        let (words, papers) = match kind {
            SlipKind::Guidance => {
                let papers = self
                    .posted
                    .all("thieu")
                    .iter()
                    .map(|it| GuidedPaper { requirement: it.clone(), ..GuidedPaper::default() });
                (self.posted.trimmed("ghi-huong-dan"), papers.collect())
            }
            SlipKind::Refusal => (self.posted.trimmed("ghi-tu-choi"), Vec::new()),
        };
        let legal_basis = if kind == SlipKind::Refusal { self.posted.trimmed("can-cu") } else { "" };
        SlipOrder {
            desk: self.desk,
            kind,
            procedure: self.procedure.as_ref().map(|it| it.procedure.clone()),
            ground: if kind == SlipKind::Refusal {
                self.posted.trimmed("ly-do-tu-choi").to_owned()
            } else {
                String::new()
            },
            body: SlipBody {
                name: person.name,
                number: person.number,
                phone: person.phone,
                email: person.email,
                address: person.address,
                matter: self.posted.trimmed("noi-dung-yeu-cau").to_owned(),
                papers,
                words: words.to_owned(),
                legal_basis: legal_basis.to_owned(),
            },
        }
    }
}

/// Where a mistake of a slip is mended.
fn field_of(kind: SlipKind, problem: &FieldProblem) -> &'static str {
    match (problem.field.as_str(), kind) {
        ("name", _) => "ten",
        ("ground", _) => "ly-do-tu-choi",
        ("legal", _) => "can-cu",
        ("matter", _) => "noi-dung-yeu-cau",
        ("papers", _) => "thieu",
        (_, SlipKind::Guidance) => "ghi-huong-dan",
        (_, SlipKind::Refusal) => "ghi-tu-choi",
    }
}

/// Gives the slip and shows it to print, or asks again. The key is another than that of receiving: whoever was guided first can be
/// received with the same page.
pub(super) async fn give_slip(counter: &Counter<'_>, kind: SlipKind) -> Result<Response, Problem> {
    let key: String = counter.posted.trimmed("mot-lan").chars().take(60).collect();
    let once = if key.is_empty() { key } else { format!("{key}-{}", kind.key()) };
    match give(&counter.web.house, counter.visitor.person()?, counter.order(kind), &once).await {
        Ok(id) => {
            let kept = counter.procedure.as_ref().map(|it| frame::encoded(&it.procedure.to_string()));
            let kept = kept.map(|it| format!("?thu-tuc={it}")).unwrap_or_default();
            Ok(Redirect::to(&format!("{}/{id}{kept}", slips::ADDRESS)).into_response())
        }
        Err(AppError::Invalid(problems)) => {
            let link = |it: &FieldProblem| FieldLink {
                href: format!("#{}", field_of(kind, it)),
                text: texts::field_problem(it),
            };
            let errors = problems.iter().map(link).collect();
            let stage = match kind {
                SlipKind::Guidance => IntakeStage::Guiding,
                SlipKind::Refusal => IntakeStage::Refusing,
            };
            let view = counter.view(Said { errors, stage, ..Said::default() }).await?;
            Ok(html_as(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
        Err(other) => Err(other.into()),
    }
}
