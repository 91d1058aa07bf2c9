//! `motcua search`: the catalogue asked as people speak; the seed's where there is no house.

use crate::embedded;
use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::wiring::{Place, has_database, open_existing, settings};
use app::search::SearchAnswer;
use domain::procedure::ProcedureRevision;
use std::collections::BTreeMap;

/// Prints `code or id<TAB>tab<TAB>name`, best first.
///
/// # Errors
/// The house cannot be read.
pub fn command(place: &Place, text: &str, limit: usize) -> Outcome {
    let settings = settings(place)?;
    let named = place.data.is_some() || place.config.is_some();
    let (answer, revisions) = if named || has_database(&settings) {
        let house = open_existing(&settings)?;
        let known = house.now_known();
        (known.catalogue.search(text, limit), known.catalogue.all().map(|it| ProcedureRevision::clone(it)).collect())
    } else {
        let revisions = embedded::revisions()?;
        (embedded::index(&revisions)?.search(text, limit), revisions)
    };
    show(&answer, &revisions)
}

fn show(answer: &SearchAnswer, revisions: &[ProcedureRevision]) -> Outcome {
    let by_id: BTreeMap<(&str, &str), &ProcedureRevision> =
        revisions.iter().map(|it| ((it.procedure.slug.as_str(), it.procedure.tab.as_str()), it)).collect();
    for hit in &answer.hits {
        let Some(found) = by_id.get(&(hit.key.as_str(), hit.tab.as_str())) else { continue };
        let code = found.code.as_ref().map_or_else(|| found.procedure.slug.clone(), ToString::to_string);
        print(format!("{code}\t{}\t{}", hit.tab, found.name.replace(['\t', '\n', '\r'], " ")))?;
    }
    if let Some(elsewhere) = &answer.elsewhere {
        say(&format!("{} Nơi giải quyết: {}.", elsewhere.answer, elsewhere.where_to_go));
    }
    if answer.hits.is_empty() && answer.elsewhere.is_none() {
        return Err(Stop::refused("Không tìm thấy thủ tục nào. Hãy tả việc xảy ra bằng lời khác."));
    }
    Ok(Ended::Done)
}
