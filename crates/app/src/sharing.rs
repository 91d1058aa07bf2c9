//! Letting somebody else in the house follow a dossier: the applicant makes a code, the other accepts it with their own account, either
//! ends it. Who follows reads how it stands and its history; no answers, no papers, and does nothing.

use crate::accounts::tries::{self, Answer, Limit};
use crate::dossiers::{self, DossierView};
use crate::error::AppError;
use crate::house::House;
use domain::dossier::DossierCode;
use domain::ids::{DossierId, PersonId, ShareId};
use domain::time::Instant;
use std::sync::Arc;
use storage::dossiers as stored;
use storage::engine::Tx;
use storage::lists::ListCard;
use storage::shares::{self, Share};
use storage::{locks, people};

/// Most people who follow one dossier, or are asked to.
pub const SHARES_MAX: usize = 5;
/// How long a code opens a dossier, in days.
pub const CODE_DAYS: i64 = 7;
/// Letters and digits that nobody takes for one another.
const SIGNS: [u8; 32] = *b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Length of a code: 40 bits of chance, and few tries.
const CODE_SIGNS: usize = 8;

/// Somebody who follows a dossier, or is asked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follower {
    /// The share.
    pub id: ShareId,
    /// What they type; none once they accepted.
    pub code: Option<String>,
    /// Until when the code opens it.
    pub expires_at: Instant,
    /// Who accepted, and when.
    pub accepted: Option<(String, Instant)>,
}

/// The dossier of a code, where it is that person's own.
fn own(tx: &Tx, person: PersonId, code: &DossierCode) -> Result<DossierId, AppError> {
    let id = stored::find_id(tx, code)?.ok_or(AppError::NotFound)?;
    let card = stored::card(tx, id)?.ok_or(AppError::NotFound)?;
    if card.account == Some(person) { Ok(id) } else { Err(AppError::NotFound) }
}

/// True where it still counts: accepted, or its code still opens it.
fn stands(it: &Share, now: Instant) -> bool {
    it.ended_at.is_none() && (it.person.is_some() || now < it.expires_at)
}

/// Who follows one's own dossier.
///
/// # Errors
/// Not theirs, or not there.
pub async fn followers(house: &Arc<House>, person: PersonId, code: &DossierCode) -> Result<Vec<Follower>, AppError> {
    let (code, now) = (code.clone(), house.clock.now());
    house
        .db
        .read(move |tx| {
            let id = own(tx, person, &code)?;
            let found = shares::of_dossier(tx, id)?.into_iter().filter(|it| stands(it, now));
            found.map(|it| follower(tx, it)).collect()
        })
        .await
}

fn follower(tx: &Tx, it: Share) -> Result<Follower, AppError> {
    let accepted = match it.person.zip(it.accepted_at) {
        Some((who, at)) => Some((people::find(tx, who)?.map_or_else(String::new, |it| it.name), at)),
        None => None,
    };
    let code = Some(it.code).filter(|it| !it.is_empty());
    Ok(Follower { id: it.id, code, expires_at: it.expires_at, accepted })
}

/// Makes a code for one's own dossier.
///
/// # Errors
/// Not theirs, or as many follow as may.
pub async fn offer(house: &Arc<House>, person: PersonId, code: &DossierCode) -> Result<(), AppError> {
    let (code, now) = (code.clone(), house.clock.now());
    let chance: [u8; CODE_SIGNS] = house.ids.bytes();
    let typed: String = chance.iter().map(|it| char::from(sign(*it))).collect();
    let id = ShareId::from_uuid(house.ids.uuid(now));
    house
        .db
        .write(move |tx| {
            let dossier = own(tx, person, &code)?;
            locks::dossier(tx, dossier)?;
            let open = shares::of_dossier(tx, dossier)?.iter().filter(|it| stands(it, now)).count();
            if open >= SHARES_MAX {
                return Err(AppError::Invalid(vec![
                    crate::FieldProblem::new("share", "gap-shares").with("max", SHARES_MAX),
                ]));
            }
            let share = Share {
                id,
                dossier,
                code: typed.clone(),
                offered_at: now,
                expires_at: now.plus_seconds(CODE_DAYS * 86_400),
                person: None,
                accepted_at: None,
                ended_at: None,
            };
            Ok(shares::offer(tx, &share)?)
        })
        .await
}

fn sign(chance: u8) -> u8 {
    SIGNS.get(usize::from(chance % 32)).copied().unwrap_or(b'A')
}

/// A code as people write it down: large letters, without spaces and hyphens.
fn read_code(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).take(40).map(|it| it.to_ascii_uppercase()).collect()
}

/// Accepts to follow the dossier a code opens. A wrong, an old and a used code are the same.
///
/// # Errors
/// No such code, one's own dossier, or too many wrong tries.
pub async fn accept(house: &Arc<House>, person: PersonId, typed: &str) -> Result<DossierCode, AppError> {
    let (code, now) = (read_code(typed), house.clock.now());
    let wrong = || AppError::invalid("code", "gap-share-code");
    if code.len() != CODE_SIGNS {
        return Err(wrong());
    }
    let limit = Limit::of_shares(house);
    let found = house
        .db
        .write(move |tx| {
            let subject = person.to_string();
            if let Answer::Locked { minutes } = tries::count(tx, limit, &subject, now)? {
                return Err(AppError::Locked { minutes });
            }
            let Some(share) = shares::by_code(tx, &code)?.filter(|it| it.person.is_none() && stands(it, now)) else {
                return Ok(None);
            };
            locks::dossier(tx, share.dossier)?;
            let card = stored::card(tx, share.dossier)?.ok_or(AppError::NotFound)?;
            tries::forget(tx, limit, &subject)?;
            if card.account == Some(person) {
                return Err(AppError::invalid("code", "gap-share-own"));
            }
            if shares::is_shared(tx, share.dossier, person)? {
                shares::end(tx, share.id, now)?;
                return Ok(Some(card.code));
            }
            Ok(shares::accept(tx, share.id, person, now)?.then_some(card.code))
        })
        .await?;
    found.ok_or_else(wrong)
}

/// Ends a share: the applicant takes it back, or who follows does not want to any more.
///
/// # Errors
/// Not theirs, or not there.
pub async fn end(house: &Arc<House>, person: PersonId, id: ShareId) -> Result<(), AppError> {
    let now = house.clock.now();
    house
        .db
        .write(move |tx| {
            let share = shares::find(tx, id)?.ok_or(AppError::NotFound)?;
            let card = stored::card(tx, share.dossier)?.ok_or(AppError::NotFound)?;
            if card.account != Some(person) && share.person != Some(person) {
                return Err(AppError::NotFound);
            }
            Ok(shares::end(tx, id, now)?)
        })
        .await
}

/// The dossiers of others that somebody follows, the newest act first.
///
/// # Errors
/// The house failed.
pub async fn followed(house: &Arc<House>, person: PersonId) -> Result<Vec<ListCard>, AppError> {
    let mut found: Vec<ListCard> = house.db.read(move |tx| Ok::<_, AppError>(shares::shared_with(tx, person)?)).await?;
    found.sort_by_key(|it| std::cmp::Reverse(it.changed_at));
    Ok(found)
}

/// A dossier as somebody who follows it reads it, with the share that lets them.
///
/// # Errors
/// Not there, or not shared with them: the same.
pub async fn open(
    house: &Arc<House>,
    person: PersonId,
    code: &DossierCode,
) -> Result<(DossierView, ShareId), AppError> {
    let (inside, code) = (Arc::clone(house), code.clone());
    house
        .db
        .read(move |tx| {
            let id = stored::find_id(tx, &code)?.ok_or(AppError::NotFound)?;
            let share = shares::of_dossier(tx, id)?.into_iter().find(|it| it.person == Some(person));
            let share = share.ok_or(AppError::NotFound)?;
            Ok((dossiers::view_of_follower(tx, &inside, id)?, share.id))
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it_down() {
        assert_eq!(read_code(" abcd-EF23 "), "ABCDEF23");
        assert!(SIGNS.iter().all(|it| !b"IO01".contains(it)));
    }
}
