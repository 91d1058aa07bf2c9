//! Papers on their way to a dossier that asks for them: handed in file by file, sent together, taken back while they are not.

use crate::error::AppError;
use crate::house::House;
use crate::uploads::drop_blob;
use domain::dossier::{Dossier, FiledPaper, SupplementItem};
use domain::ids::{DocumentId, DossierId, PersonId};
use std::sync::Arc;
use storage::drafts::{self, Document};
use storage::locks;

/// What the files for one thing asked are kept under: its requirement, or its place where it has none.
pub fn shelf_of(item: &SupplementItem, place: usize) -> String {
    item.requirement.clone().unwrap_or_else(|| format!("ngoai-danh-muc-{place}"))
}

/// Files of one thing asked that were handed in and not sent yet.
pub fn waiting<'a>(dossier: &Dossier, documents: &'a [Document], person: PersonId, shelf: &str) -> Vec<&'a Document> {
    documents
        .iter()
        .filter(|it| it.owner == Some(person) && it.requirement == shelf && !is_sent(dossier, it.id))
        .collect()
}

/// What was handed in for everything that is asked, as it goes to the officer.
pub fn papers(dossier: &Dossier, documents: &[Document], person: PersonId) -> Vec<FiledPaper> {
    let asked = dossier.supplement.as_ref().and_then(|it| it.request.get());
    let items = asked.map(|it| it.items.as_slice()).unwrap_or_default();
    items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.field.is_none())
        .map(|(place, item)| FiledPaper {
            requirement: item.requirement.clone().unwrap_or_default(),
            name: item.name.clone(),
            documents: waiting(dossier, documents, person, &shelf_of(item, place)).iter().map(|it| it.id).collect(),
            ..FiledPaper::default()
        })
        .filter(|it| !it.documents.is_empty())
        .collect()
}

fn is_sent(dossier: &Dossier, document: DocumentId) -> bool {
    let decided = dossier.decision.as_ref().and_then(|it| it.document) == Some(document);
    decided || dossier.filing.get().is_some_and(|it| it.papers.iter().any(|it| it.documents.contains(&document)))
}

/// Takes back a file of one's own that was not sent yet, and deletes it.
///
/// # Errors
/// Not theirs, not there, or sent already: the same to them.
pub async fn take_back(
    house: &Arc<House>,
    person: PersonId,
    dossier: DossierId,
    document: DocumentId,
) -> Result<(), AppError> {
    let blob = house
        .db
        .write(move |tx| {
            locks::dossier(tx, dossier)?;
            let row = drafts::document(tx, document)?.filter(|it| it.dossier == Some(dossier));
            let found = storage::dossiers::find(tx, dossier)?;
            let (Some(row), Some((state, _))) = (row, found) else { return Err(AppError::NotFound) };
            let is_open = state.supplement.is_some() && !is_sent(&state, document);
            if !is_open || drafts::drop_from_dossier(tx, document, dossier, person)? == 0 {
                return Err(AppError::NotFound);
            }
            Ok(row.blob)
        })
        .await?;
    drop_blob(house, &blob).await;
    Ok(())
}
