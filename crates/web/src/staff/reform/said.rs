//! What is wrong with the file of a plan, beside the line as it stands in the text; and lawful noes in words.

use super::super::views::PlanProblem;
use crate::texts::{self, Language, language};
use crate::{say, say_with};
use app::reform::faults;
use domain::organisation::reform::Plan;
use domain::procedure::ImportProblem;

/// Every problem with its line as it stands in the text.
pub fn problems(text: &str, found: &[ImportProblem]) -> Vec<PlanProblem> {
    let lines: Vec<&str> = text.lines().collect();
    // What is missing has no line of its own: the one it is missed on says nothing.
    let quoted = |it: &ImportProblem| match it.found.as_str() {
        "nothing" | "" => String::new(),
        _ => lines.get(it.line.saturating_sub(1)).map_or_else(String::new, |it| it.chars().take(160).collect()),
    };
    found
        .iter()
        .map(|it| PlanProblem {
            line: it.line,
            field: it.field.clone(),
            expected: expected(it),
            found: written(it),
            quoted: quoted(it),
        })
        .collect()
}

/// What should stand there: what reads plans says so in English, the office in its own words.
fn expected(it: &ImportProblem) -> String {
    if language() == Language::English { it.expected.clone() } else { faults::expected(it) }
}

/// What stands there.
fn written(it: &ImportProblem) -> String {
    match it.found.as_str() {
        "nothing" => say("plan-wrong-empty").to_owned(),
        "" => String::new(),
        found => say_with("plan-wrong-is", &[("found", &found)]),
    }
}

/// What a plan is called, as far as its text can be read.
pub fn title_of(file: &str, text: &str) -> String {
    Plan::read(file, text).map_or_else(|_| file.to_owned(), |it| it.title)
}

/// A lawful no in words: what happened, and what to do now.
pub fn refused(refusal: &app::reform_drafts::ReformDraftRefusal) -> String {
    use app::reform_drafts::ReformDraftRefusal as R;
    let (key, args) = match refusal {
        R::TooManyPlans { max } => ("too-many-plans", vec![("max", max.to_string())]),
        R::PlanWrittenSince => ("plan-written-since", vec![]),
        R::PlanBegun => ("plan-begun", vec![]),
        R::HouseChangedSince => ("house-changed-since", vec![]),
        R::ConflictsLeft { count } => ("conflicts-left", vec![("count", count.to_string())]),
        R::OtherNumber => ("other-number", vec![]),
        R::NotRehearsed => ("not-rehearsed", vec![]),
        R::ConflictGone => ("conflict-gone", vec![]),
        R::WhyMissing => ("why-missing", vec![]),
        R::RehearsalRuns => ("rehearsal-runs", vec![]),
        R::NotAbove { unit } => ("not-above", vec![("unit", unit.clone())]),
        R::NobodyAbove => ("nobody-above", vec![]),
        R::FavoursAuthor { post } => ("favours-author", vec![("post", texts::post(*post))]),
    };
    format!("{} {}", texts::word_with(&format!("refusal-{key}"), &args), texts::word(&format!("refusal-{key}-why")))
}
