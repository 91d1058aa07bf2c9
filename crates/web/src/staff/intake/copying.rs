//! The counter filled in from a dossier before: for the next child of the same parents. People and answers are copied; papers, dates,
//! fees and the due date never are.

use super::{Counter, Said};
use crate::Web;
use crate::frame::html;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::say_with;
use crate::staff::answer_fields::PREFIX;
use crate::staff::dossier;
use crate::visitor::Visitor;
use app::dossiers::DossierView;
use app::words;
use axum::response::Response;
use domain::dossier::{Collection, DossierCode, Party};
use domain::procedure::{ApplicationForm, Completeness, Field, FieldKind};

/// The counter with what can be copied of a dossier; a reading of it, written down as one.
pub(super) async fn page(web: &Web, visitor: &Visitor, code: &DossierCode) -> Result<Response, Problem> {
    let view = match dossier::opened(web, visitor, code, "sao chép sang hồ sơ mới").await? {
        Ok(view) => view,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let typed = Posted::from_pairs(copied(&view));
    let counter = Counter::new(web, visitor, &typed, Completeness::Draft)?;
    let warning = say_with("intake-copied", &[("code", &code)]);
    Ok(html(&counter.view(Said { warning, ..Said::default() }).await?))
}

fn copied(view: &DossierView) -> Vec<(String, String)> {
    let mut pairs = vec![("thu-tuc".to_owned(), view.dossier.procedure.to_string())];
    let Some(filing) = view.dossier.filing.get() else { return pairs };
    party(&mut pairs, "", &filing.submitter);
    if let Some(applicant) = &filing.applicant {
        pairs.push(("chu-khac".to_owned(), "1".to_owned()));
        party(&mut pairs, "chu-", applicant);
    }
    match &filing.collection {
        Collection::Desk => {}
        Collection::Post { address } => {
            pairs.push(("nhan".to_owned(), "buu-chinh".to_owned()));
            pairs.push(("nhan-dia-chi".to_owned(), address.clone()));
        }
        Collection::Electronic => pairs.push(("nhan".to_owned(), "dien-tu".to_owned())),
    }
    if let Some(form) = view.revision.forms.first() {
        for (name, values) in filing.answers.to_raw() {
            if is_copied(form, &name) {
                pairs.extend(values.into_iter().map(|it| (format!("{PREFIX}{name}"), it)));
            }
        }
    }
    pairs
}

fn party(pairs: &mut Vec<(String, String)>, prefix: &str, it: &Party) {
    let birth = it.birth.parse().map_or_else(|_| it.birth.clone(), words::short_day);
    let parts = [
        ("so", &it.number),
        ("ten", &it.name),
        ("sinh", &birth),
        ("dien-thoai", &it.phone),
        ("thu", &it.email),
        ("dia-chi", &it.address),
    ];
    pairs.extend(
        parts.into_iter().filter(|it| !it.1.is_empty()).map(|(name, value)| (format!("{prefix}{name}"), value.clone())),
    );
}

/// Answers are, but for days, files and what somebody declares to be true.
fn is_copied(form: &ApplicationForm, name: &str) -> bool {
    let last = name.rsplit('.').find(|it| it.parse::<usize>().is_err()).unwrap_or(name);
    let kind = kind_of(&form.fields().collect::<Vec<_>>(), last);
    !matches!(kind, None | Some(FieldKind::Date | FieldKind::Datetime | FieldKind::Attachments | FieldKind::Consent))
}

fn kind_of(fields: &[&Field], id: &str) -> Option<FieldKind> {
    fields
        .iter()
        .find_map(|it| if it.id == id { Some(it.kind) } else { kind_of(&it.children.iter().collect::<Vec<_>>(), id) })
}
