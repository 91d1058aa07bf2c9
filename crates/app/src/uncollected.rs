//! Decisions that lie at a desk: by age, with who was reminded when. Căn cứ: handbook §1.8.
//!
//! A reminder is a message like any other; nobody is reminded of the same decision twice within so many days of the office's choice.

use crate::error::{AppError, FieldProblem};
use crate::handle::Minted;
use crate::house::{House, Snapshot};
use crate::notices;
use crate::work::{Filter, Queue};
use domain::dossier::{Collection, Dossier, DossierCode, Status};
use domain::ids::{PersonId, UnitId};
use domain::post::Post;
use domain::time::Instant;
use std::collections::HashMap;
use std::sync::Arc;
use storage::dossiers;
use storage::engine::Tx;
use storage::lists::{Histories, ListCard};
use storage::{lists, locks, outbox};

/// Most decisions listed at once.
pub const LISTED_MAX: u32 = 1_000;
/// Most people reminded with one button.
pub const REMINDED_MAX: usize = 200;
/// A day, in seconds.
const DAY_SECONDS: i64 = 24 * 3_600;

/// A decision that lies at a desk.
#[derive(Clone, Debug)]
pub struct Uncollected {
    /// Its row.
    pub card: Arc<ListCard>,
    /// Calendar days since it was issued.
    pub days: i64,
    /// When its citizen was reminded last, and how often in all.
    pub reminded: Option<(Instant, i64)>,
    /// May be reminded now: long enough since the issue and since the last reminder.
    pub is_due: bool,
    /// Its citizen wants it as a file, and none was issued.
    pub lacks_file: bool,
}

/// Decisions that were issued and not handed over yet.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Those that lie at a desk, the oldest first.
    pub at_desk: Vec<Uncollected>,
    /// How many lie nowhere, being electronic: it stays to be recorded that they reached their owners.
    pub electronic: u64,
}

/// How a decision comes to its owner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lying {
    /// Not at a desk: it was issued as a file to somebody who wants it so, and that is worth as much as a paper. Căn cứ: handbook §6.2.
    Nowhere,
    /// At a desk.
    AtDesk,
    /// At a desk, because the paper is all there is: a file is wanted, and none was issued.
    WithoutFile,
}

impl Lying {
    /// By whether it was issued as a file; none where it is not wanted so.
    const fn of(issued_as_wanted: Option<bool>) -> Self {
        match issued_as_wanted {
            Some(true) => Self::Nowhere,
            Some(false) => Self::WithoutFile,
            None => Self::AtDesk,
        }
    }
}

fn lying(dossier: &Dossier) -> Lying {
    let is_wanted_so = dossier.filing.get().is_some_and(|it| it.collection == Collection::Electronic);
    let is_file = dossier.decision.as_ref().is_some_and(|it| it.document.is_some());
    Lying::of(is_wanted_so.then_some(is_file))
}

fn desks_of(known: &Snapshot, person: PersonId, now: Instant) -> Vec<UnitId> {
    known.mandates.of(person, now.day()).filter(|it| it.post == Post::Reception).map(|it| it.unit).collect()
}

/// Days between two moments, by the calendar.
fn days_between(from: Instant, to: Instant) -> i64 {
    from.day().until(to.day()).map_or(0, |it| i64::from(it.get_days()))
}

/// Whether so much time has passed since a moment that a reminder may go.
fn is_due(house: &House, since: Instant, now: Instant) -> bool {
    now >= since.plus_seconds(i64::from(house.rules.remind_every_days) * DAY_SECONDS)
}

/// Decisions nobody fetched at the desks of a reception officer, the oldest first.
///
/// # Errors
/// The house failed.
pub async fn waiting(house: &Arc<House>, person: PersonId) -> Result<Waiting, AppError> {
    let inside = Arc::clone(house);
    house
        .db
        .read(move |tx| {
            let known = inside.known_in(tx)?;
            let now = inside.clock.now();
            let mut reminded: HashMap<_, _> =
                outbox::reminded(tx)?.into_iter().map(|it| (it.dossier, (it.last, it.times))).collect();
            let mut found = Waiting::default();
            for unit in desks_of(&known, person, now) {
                for (card, lying) in waiting_at(tx, &inside, unit, now)? {
                    if lying == Lying::Nowhere {
                        found.electronic += 1;
                        continue;
                    }
                    let since = card.finished_at.unwrap_or(card.filed_at);
                    let before = reminded.remove(&card.id);
                    let is_due = is_due(&inside, before.map_or(since, |it| it.0), now);
                    let (days, lacks_file) = (days_between(since, now), lying == Lying::WithoutFile);
                    found.at_desk.push(Uncollected { days, reminded: before, is_due, lacks_file, card });
                }
            }
            found.at_desk.sort_by_key(|it| (it.card.finished_at, it.card.id));
            Ok(found)
        })
        .await
}

/// The decisions of a desk with where each lies: asked of all of them at once, for the history of each would be many.
fn waiting_at(tx: &Tx, house: &House, unit: UnitId, now: Instant) -> Result<Vec<(Arc<ListCard>, Lying)>, AppError> {
    let (histories, place, queue) = (Histories::of(tx)?, (unit, Post::Reception), Queue::ToHandOver.stored());
    let (shelf, day_and_most) = ((histories, &house.shelf), (now.day(), LISTED_MAX));
    let cards = lists::queue(tx, shelf, place, queue, &Filter::default(), day_and_most)?.0;
    let as_wanted = lists::wanted_as_file(tx, histories, place, LISTED_MAX)?;
    let with_place = |card: Arc<ListCard>| {
        let lying = Lying::of(as_wanted.get(&card.id).copied());
        (card, lying)
    };
    Ok(cards.into_iter().map(with_place).collect())
}

/// Whether anybody can be told of each of these dossiers.
///
/// # Errors
/// The house failed.
pub async fn reach(house: &Arc<House>, codes: Vec<DossierCode>) -> Result<Vec<bool>, AppError> {
    house
        .db
        .read(move |tx| {
            let mut found = Vec::with_capacity(codes.len());
            for code in &codes {
                let id = dossiers::find_id(tx, code)?.ok_or(AppError::NotFound)?;
                found.push(dossiers::find(tx, id)?.is_some_and(|it| notices::reaches(&it.0)));
            }
            Ok(found)
        })
        .await
}

/// Reminds the citizen of a decision that lies at the desk of somebody.
///
/// # Errors
/// Not of that desk; it does not lie there, or not any more; reminded lately, or issued so lately; nobody can be told; or the house
/// failed.
pub async fn remind(house: &Arc<House>, person: PersonId, code: &DossierCode) -> Result<(), AppError> {
    let (inside, code, minted) = (Arc::clone(house), code.clone(), Minted::new(house));
    house
        .db
        .write(move |tx| {
            let id = dossiers::find_id(tx, &code)?.ok_or(AppError::NotFound)?;
            locks::dossier(tx, id)?;
            let known = inside.known_in(tx)?;
            let (dossier, _) = dossiers::find(tx, id)?.ok_or(AppError::NotFound)?;
            let desk = known.organisation.collect_now(&dossier);
            if !desks_of(&known, person, minted.now).contains(&desk) {
                return Err(AppError::Forbidden);
            }
            if dossier.status != Status::Decided {
                return Err(domain::dossier::DossierRefusal::NotInThisStatus { status: dossier.status }.into());
            }
            if lying(&dossier) == Lying::Nowhere {
                return Err(AppError::invalid("code", "gap-decision-electronic"));
            }
            let issued = dossier.finished_at.unwrap_or(dossier.filed_at);
            let last = outbox::reminded_of(tx, id)?.map_or(issued, |it| it.last);
            if !is_due(&inside, last, minted.now) {
                let days = inside.rules.remind_every_days;
                return Err(AppError::Invalid(vec![
                    FieldProblem::new("code", "gap-reminded-lately").with("days", days),
                ]));
            }
            if !notices::remind(tx, &inside, &known, &dossier, minted.now, minted.messages_of_commands())? {
                return Err(AppError::invalid("code", "gap-nobody-to-tell"));
            }
            Ok(())
        })
        .await
}

/// What came of reminding everybody who may be reminded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RemindedAll {
    /// Reminded.
    pub told: usize,
    /// Nobody can be told: somebody has to call or write.
    pub unreachable: usize,
    /// Still to be reminded: more than one button does at once.
    pub left: usize,
}

/// Reminds everybody whose decision lies long enough at the desks of somebody, one after the other.
///
/// # Errors
/// The house failed. What somebody fetched meanwhile is no error.
pub async fn remind_all(house: &Arc<House>, person: PersonId) -> Result<RemindedAll, AppError> {
    let due: Vec<Uncollected> = waiting(house, person).await?.at_desk.into_iter().filter(|it| it.is_due).collect();
    let mut all = RemindedAll { left: due.len().saturating_sub(REMINDED_MAX), ..RemindedAll::default() };
    for it in due.iter().take(REMINDED_MAX) {
        match remind(house, person, &it.card.code).await {
            Ok(()) => all.told += 1,
            Err(AppError::Invalid(_)) => all.unreachable += 1,
            Err(AppError::Refused(_) | AppError::NotFound | AppError::Forbidden) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(all)
}
