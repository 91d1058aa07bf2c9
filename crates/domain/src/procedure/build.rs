//! Joins the list of procedures, the procedure files and the lists of options into first revisions.

use super::fee::{FeeKind, FeeMoment, FeePer, FeeRule};
use super::import::ImportProblem;
use super::import_csv::CsvRow;
use super::import_form::resolve_forms;
use super::import_steps::complete;
use super::import_toml::FlagshipSource;
use super::option_lists::OptionLists;
use super::revision::{Basis, Channel, OnlineLevel, ProcedureRevision, StepsSource, content_hash};
use super::standard::standard_steps;
use crate::calendar::{Term, TimeLimit};

/// The era of the list: steps that belong to another era only are left out.
const ERA: &str = "pre-2025-07";
/// How a source says that nothing is to be paid.
const FREE: [&str; 6] = ["miễn phí", "miễn lệ phí", "không có lệ phí", "không có phí, lệ phí", "không có", "không"];

/// The revisions the files describe, in the order of the list, each as number 1. All of them or, with one problem, none.
///
/// A row that says so is joined with the procedure file of its id: papers, fees, forms, steps, channels and results are the file's;
/// the name, the level and a term in working days are the row's. A term neither has is not made up.
pub fn build(
    rows: &[CsvRow],
    flagships: &[FlagshipSource],
    lists: &OptionLists,
) -> Result<Vec<ProcedureRevision>, Vec<ImportProblem>> {
    let mut problems = Vec::new();
    for (index, source) in flagships.iter().enumerate() {
        if let Some(earlier) = flagships.iter().take(index).find(|earlier| earlier.slug == source.slug) {
            let expected = format!("an id that {} does not have", earlier.file);
            problems.push(ImportProblem::new(&source.file, 1, "id", expected, &source.slug));
        }
        resolve_forms(source, flagships, lists, &mut problems);
    }
    let mut revisions = Vec::new();
    for row in rows {
        let flagship = flagships.iter().find(|it| it.slug == row.procedure.slug);
        match (row.flagship, flagship) {
            (true, None) => {
                let expected = format!("a procedure file with the id {}", row.procedure.slug);
                problems.push(ImportProblem::new(&row.file, row.line, "flagship", expected, "none"));
            }
            (true, Some(source)) => revisions.push(joined(row, source, flagships, lists)),
            (false, _) => revisions.push(sealed(plain(row))),
        }
    }
    if problems.is_empty() { Ok(revisions) } else { Err(problems) }
}

fn sealed(mut revision: ProcedureRevision) -> ProcedureRevision {
    revision.source_hash = content_hash(&revision);
    revision
}

/// A row that stands for itself.
fn plain(row: &CsvRow) -> ProcedureRevision {
    let time_limit = row.term.map(|legal| TimeLimit { legal, committed: None });
    ProcedureRevision {
        id: row.procedure.revision(1),
        procedure: row.procedure.clone(),
        number: 1,
        code: row.code.clone(),
        name: row.name.clone(),
        sector: row.sector.clone(),
        channels: channels(row),
        online_level: row.online_level,
        authorities: Vec::new(),
        time_limit,
        time_limit_stated: row.time_limit_stated.clone(),
        time_limit_variants: Vec::new(),
        time_limit_excluded: Vec::new(),
        fees: stated_fee(&row.fee_stated).into_iter().collect(),
        fee_stated: row.fee_stated.clone(),
        requirements: Vec::new(),
        outcomes: Vec::new(),
        legal_basis: row.legal_basis.clone(),
        steps: standard_steps(&row.procedure.tab, time_limit.as_ref()),
        steps_source: StepsSource::StandardOfLevel,
        forms: Vec::new(),
        linked: Vec::new(),
        level_basis: row.level_basis,
        source: row.source.clone(),
        announced_by: String::new(),
        who_may_apply: Vec::new(),
        may_authorize: true,
        authorization_note: String::new(),
        source_hash: String::new(),
    }
}

/// A row with its procedure file.
fn joined(row: &CsvRow, source: &FlagshipSource, all: &[FlagshipSource], lists: &OptionLists) -> ProcedureRevision {
    let (term, time_limit_stated) = term(row, source);
    let time_limit = term.map(|legal| TimeLimit { legal, committed: None });
    let published = !source.steps.is_empty();
    let fee_stated = source.fees.iter().map(|fee| fee.stated.as_str()).collect::<Vec<_>>().join("; ");
    // Problems of forms were gathered before; a revision with one is never handed out.
    let forms = resolve_forms(source, all, lists, &mut Vec::new());
    sealed(ProcedureRevision {
        code: row.code.clone().or_else(|| source.code.clone()),
        channels: source.channels.clone(),
        authorities: source.authorities.clone(),
        time_limit,
        time_limit_stated,
        time_limit_variants: source.limit.variants.clone(),
        time_limit_excluded: source.limit.excluded.clone(),
        fees: source.fees.clone(),
        fee_stated: if fee_stated.is_empty() { row.fee_stated.clone() } else { fee_stated },
        requirements: source.requirements.clone(),
        outcomes: source.outcomes.clone(),
        legal_basis: if source.legal_basis.is_empty() { row.legal_basis.clone() } else { source.legal_basis.clone() },
        steps: if published {
            complete(&source.steps, ERA)
        } else {
            standard_steps(&row.procedure.tab, time_limit.as_ref())
        },
        steps_source: if published { StepsSource::Published } else { StepsSource::StandardOfLevel },
        forms,
        linked: source.linked.clone(),
        announced_by: source.announced_by.clone(),
        who_may_apply: source.who_may_apply.clone(),
        may_authorize: source.may_authorize,
        authorization_note: source.authorization_note.clone(),
        ..plain(row)
    })
}

/// The row's working days, unless the file says the same day and the row only rounds that up to one day; else the file's term.
fn term(row: &CsvRow, source: &FlagshipSource) -> (Option<Term>, String) {
    let row_says = (row.term, row.time_limit_stated.clone());
    let file_says = (source.limit.term, source.limit.stated.clone());
    let same_day = source.limit.term == Some(Term::SameDay);
    match row.term {
        Some(Term::WorkingDays(1)) if same_day => file_says,
        Some(_) => row_says,
        None if source.limit.term.is_some() => file_says,
        None => (None, if row.time_limit_stated.is_empty() { source.limit.stated.clone() } else { row_says.1 }),
    }
}

/// The counter is always open; online where the source says that the portal takes applications or offers the service.
fn channels(row: &CsvRow) -> Vec<Channel> {
    let offered = match row.online_level {
        OnlineLevel::Full | OnlineLevel::Partial => true,
        OnlineLevel::InformationOnly | OnlineLevel::Unknown => false,
    };
    let online = row.online_submission.unwrap_or(offered);
    std::iter::once(Channel::Counter).chain(online.then_some(Channel::Online)).collect()
}

/// A fee in the words of the source. Only "nothing to pay" is an amount: a figure in passing may be per page, per copy or another
/// province's, so it stays words.
fn stated_fee(stated: &str) -> Option<FeeRule> {
    let words = stated.trim_end_matches('.').to_lowercase();
    (!stated.is_empty()).then(|| FeeRule {
        kind: FeeKind::Unstated,
        amount_vnd: FREE.contains(&words.as_str()).then_some(0),
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
    })
}
