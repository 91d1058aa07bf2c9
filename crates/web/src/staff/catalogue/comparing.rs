//! Two revisions of a procedure beside each other, in words.

use crate::citizen::reviewing::difference_words;
use crate::citizen::words::{copies, fee_kind};
use crate::page::{Icon, Tone};
use crate::spoken;
use crate::staff::views::{BesideRow, ChangeRow, ChipView, ProcedureLine};
use crate::texts;
use crate::{say, say_with};
use domain::calendar::TimeLimit;
use domain::procedure::{Difference, Need, OfficeDifference, ProcedureRevision, Step, difference, office_difference};

fn mark(tone: Tone, words: &str, icon: Icon) -> ChipView {
    ChipView::new(tone, words).with_icon(icon)
}

fn added() -> ChipView {
    mark(Tone::Good, say("keeping-added"), Icon::Plus)
}

fn removed() -> ChipView {
    mark(Tone::Bad, say("keeping-removed"), Icon::X)
}

fn changed() -> ChipView {
    mark(Tone::Warn, say("keeping-changed"), Icon::Pen)
}

/// What changed from an older revision to a newer one, each marked by a word.
pub fn changes(old: &ProcedureRevision, new: &ProcedureRevision) -> Vec<ChangeRow> {
    let for_applicants = difference(old, new).into_iter().map(|it| {
        let mark = match it {
            Difference::PaperAdded { .. } | Difference::FieldAdded { .. } | Difference::ChannelAdded { .. } => added(),
            Difference::PaperRemoved { .. } | Difference::FieldRemoved { .. } | Difference::ChannelRemoved { .. } => {
                removed()
            }
            Difference::Renamed { .. }
            | Difference::TimeLimit { .. }
            | Difference::Fees { .. }
            | Difference::PaperChanged { .. }
            | Difference::FieldChanged { .. } => changed(),
        };
        let words = difference_words(&it);
        let (before, now) = match it {
            // A fee whose words stay and whose amount does not shows the amounts.
            Difference::Fees { .. } => (ProcedureLine::joined(fee_lines(old)), ProcedureLine::joined(fee_lines(new))),
            Difference::Renamed { from, to } => (stated(from), stated(to)),
            _ => (words.before.into(), words.now.into()),
        };
        ChangeRow { mark, what: words.what, before, now }
    });
    for_applicants.chain(office_difference(old, new).into_iter().map(for_office)).collect()
}

fn stated(words: impl Into<String>) -> ProcedureLine {
    ProcedureLine::default().stated(words)
}

fn for_office(it: OfficeDifference) -> ChangeRow {
    let row = |mark, what: &str, before, now| ChangeRow { mark, what: what.to_owned(), before, now };
    let none = || ProcedureLine::from(say("difference-none"));
    let law = say("procedure-legal");
    match it {
        OfficeDifference::Sector { from, to } => row(changed(), say("list-sectors"), stated(from), stated(to)),
        OfficeDifference::StepAdded { step } => row(added(), &step_title(&step), none(), step_line(&step, "")),
        OfficeDifference::StepRemoved { step } => {
            row(removed(), &step_title(&step), step_line(&step, ""), say("keeping-step-gone").into())
        }
        OfficeDifference::StepChanged { from, to } => {
            row(changed(), &step_title(&to), step_line(&from, ""), step_line(&to, ""))
        }
        OfficeDifference::Outcomes { from, to } => {
            row(changed(), say("keeping-outcomes"), stated(from.join("; ")), stated(to.join("; ")))
        }
        OfficeDifference::BasisAdded { basis } => row(added(), law, none(), stated(basis)),
        OfficeDifference::BasisRemoved { basis } => row(removed(), law, stated(basis), say("keeping-law-gone").into()),
    }
}

fn step_title(it: &Step) -> String {
    say_with("keeping-step", &[("number", &it.number)])
}

fn step_line(it: &Step, start: &str) -> ProcedureLine {
    let time = it.budget_minutes.map(|minutes| format!(", {}", spoken::working(i64::from(minutes))));
    ProcedureLine::from(format!("{start}{}: ", crate::telling::opening(&texts::post(it.post))))
        .stated(it.action.as_str())
        .said(time.unwrap_or_default())
}

fn fee_lines(it: &ProcedureRevision) -> Vec<ProcedureLine> {
    it.fees
        .iter()
        .map(|fee| {
            let amount = fee.amount_vnd.map_or_else(|| say("keeping-no-amount").to_owned(), spoken::dong);
            let line = ProcedureLine::from(format!("{}: {amount}", fee_kind(fee.kind)));
            if fee.stated.trim().is_empty() {
                line
            } else {
                line.said(" (“").stated(fee.stated.as_str()).said("”)")
            }
        })
        .collect()
}

/// A time limit, with that of the law where the commitment is another.
pub fn term(limit: TimeLimit) -> String {
    let (binding, legal) = (spoken::term(limit.binding()), spoken::term(limit.legal));
    if binding == legal { binding } else { say_with("keeping-term-law", &[("binding", &binding), ("legal", &legal)]) }
}

/// Whether a paper is needed, in words.
pub fn need(it: Need) -> &'static str {
    match it {
        Need::Always => say("difference-always"),
        Need::Conditional => say("difference-special"),
        Need::Optional => say("difference-optional"),
        Need::Never => say("difference-never"),
    }
}

/// Every part of a revision as lines.
fn parts(it: &ProcedureRevision) -> Vec<(&'static str, Vec<ProcedureLine>)> {
    let papers = it.requirements.iter().map(|own| {
        let line = stated(own.name.as_str()).said(format!(" ({}; {}", copies(own), need(own.need)));
        if own.when.trim().is_empty() { line.said(")") } else { line.said(": ").stated(own.when.as_str()).said(")") }
    });
    let questions = it.forms.iter().flat_map(|form| form.fields()).map(|field| {
        let must = say(if field.required { "difference-must" } else { "difference-optional" });
        stated(field.label.as_str()).said(format!(" ({must})"))
    });
    let steps = it.steps.iter().map(|own| step_line(own, &format!("{}. ", own.number)));
    let announced = Some(it.announced_by.as_str()).filter(|own| !own.is_empty());
    vec![
        (say("keeping-name"), vec![stated(it.name.as_str())]),
        (say("list-sectors"), vec![stated(it.sector.as_str())]),
        (say("keeping-term"), it.time_limit.map(|limit| term(limit).into()).into_iter().collect()),
        (say("procedure-fees"), fee_lines(it)),
        (say("keeping-ways"), it.channels.iter().map(|own| texts::channel(*own).into()).collect()),
        (say("apply-papers"), papers.collect()),
        (say("keeping-form"), questions.collect()),
        (say("keeping-steps"), steps.collect()),
        (say("keeping-outcomes"), it.outcomes.iter().map(|own| stated(own.name.as_str())).collect()),
        (say("procedure-legal"), it.legal_basis.iter().map(stated).collect()),
        (say("keeping-announced"), announced.map(stated).into_iter().collect()),
    ]
}

/// Both in full, part by part.
pub fn beside(old: &ProcedureRevision, new: &ProcedureRevision) -> Vec<BesideRow> {
    let rows = parts(old).into_iter().zip(parts(new));
    rows.map(|((part, before), (_, now))| BesideRow { part, changed: before != now, before, now }).collect()
}

/// Fees in words, for the facts of a procedure.
pub fn fees(it: &ProcedureRevision) -> ProcedureLine {
    if !it.fees.is_empty() {
        ProcedureLine::joined(fee_lines(it))
    } else if it.fee_stated.trim().is_empty() {
        say("keeping-not-stated").into()
    } else {
        stated(it.fee_stated.as_str())
    }
}
