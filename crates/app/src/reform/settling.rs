//! Settling: after the instant every history is told where its dossier lies now, piece by piece, or by the first command on it.
//!
//! What a piece will say is read and worked out outside the transaction that writes it, while the piece before it is written: who
//! waits for the writer waits for writing alone. What somebody changed in between is looked at again inside.

use super::certificate;
use crate::catalogue;
use crate::error::AppError;
use crate::handle::note_sealed;
use crate::house::{House, Snapshot};
use crate::lately::{History, Log};
use crate::notices;
use crate::timers;
use domain::dossier::{Command, Dossier, Event, Recorded, Transfer, decide};
use domain::ids::{DossierId, MessageId, ReformId};
use domain::time::Instant;
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};
use storage::certificates::{self, Signed};
use storage::dossiers::{self, NewEvent, Stood};
use storage::engine::Tx;
use storage::locks;
use storage::outbox::{self, Message};
use storage::reforms::{self, Reform};
use storage::transfers::{self, Stored, Telling, Untold};

/// What the node that settles holds: several would do the same work, and each find it done.
const LEASE: &str = "reorganisation";
/// So long it holds it without a word, in seconds.
const LEASE_SECONDS: i64 = 60;
/// Most messages one transfer sends: one by each channel.
const MESSAGES_MAX: usize = 2;

/// So long a piece may keep the writer: a quarter of what others may have to wait for it.
const TURN: Duration = Duration::from_millis(50);
/// Dossiers of the first piece, of the smallest and of the largest.
const FIRST_PIECE: u32 = 100;
const LEAST_PIECE: u32 = 25;
const LARGEST_PIECE: u32 = 500;

/// How many dossiers go in one transaction: a commit is worth it, and nobody waits long for the writer.
struct Pace(u32);

impl Pace {
    /// So many were written in that time.
    fn took(&mut self, dossiers: usize, time: Duration) {
        let (dossiers, micros) = (u128::try_from(dossiers).unwrap_or(u128::MAX), time.as_micros().max(1));
        let fitting = u32::try_from(dossiers.saturating_mul(TURN.as_micros()) / micros).unwrap_or(u32::MAX);
        // Quickly down, slowly up: one quick piece says little about the next.
        self.0 = fitting.min(self.0.saturating_mul(2)).clamp(LEAST_PIECE, LARGEST_PIECE);
    }
}

/// True for the node that stages and settles: always where there is no other, else the one that holds the lease.
pub(super) async fn is_ours(house: &House, holder: [u8; 16]) -> bool {
    timers::is_ours(house, LEASE, LEASE_SECONDS, holder).await
}

/// Writes the transfers of plans in force into the histories of their dossiers, in small transactions; gives how many.
///
/// # Errors
/// The house failed; asking again goes on.
pub async fn settle(house: &Arc<House>) -> Result<u64, AppError> {
    settle_while(house, None).await
}

/// The same; a worker that lost its lease meanwhile stops, for another one goes on.
pub(super) async fn settle_while(house: &Arc<House>, holder: Option<[u8; 16]>) -> Result<u64, AppError> {
    let mut settled = 0;
    for plan in house.now_known().in_force.clone() {
        let id = plan.plan.id;
        let (told, is_whole) = tell_all(house, id, holder).await?;
        settled += told;
        if !is_whole {
            return Ok(settled);
        }
        let Some(signed) = certificate::make(house, &plan, holder).await? else { return Ok(settled) };
        house.db.write(move |tx| settle_whole(tx, id, &signed)).await?;
    }
    house.refresh()?;
    Ok(settled)
}

/// Tells every history of a plan; gives how many, and whether that is all: not where the lease was lost.
async fn tell_all(house: &Arc<House>, id: ReformId, holder: Option<[u8; 16]>) -> Result<(u64, bool), AppError> {
    let (mut pace, mut told) = (Pace(FIRST_PIECE), 0);
    let mut piece = read_piece(house, id, None, pace.0).await?;
    while let Some(last) = piece.last() {
        if let Some(holder) = holder
            && !is_ours(house, holder).await
        {
            return Ok((told, false));
        }
        let (inside, writes) = (Arc::clone(house), Arc::new(piece));
        let dossiers = writes.dossiers.len();
        let writing = house.db.write(move |tx| write_piece(tx, &inside, id, &writes));
        let (written, next) = tokio::join!(writing, read_piece(house, id, Some(last), pace.0));
        pace.took(dossiers, written?);
        told += dossiers as u64;
        piece = next?;
    }
    Ok((told, true))
}

/// Every history tells of the plan, and its certificate is signed: both or neither.
fn settle_whole(tx: &mut Tx, id: ReformId, signed: &Signed) -> Result<(), AppError> {
    if reforms::settle(tx, id, signed.made_at)? {
        certificates::keep(tx, signed)?;
    }
    Ok(())
}

/// Dossiers whose histories are to be told, with what they will say.
pub(super) struct Piece {
    /// The house it was worked out in.
    known: Arc<Snapshot>,
    sealed_until: Instant,
    dossiers: Vec<Ready>,
}

/// One of them.
struct Ready {
    id: DossierId,
    messages: [MessageId; MESSAGES_MAX],
    /// None where several plans are in force: then they are told one after the other, and the citizen once.
    says: Option<(Telling, Vec<Message>)>,
}

impl Piece {
    pub(super) fn last(&self) -> Option<DossierId> {
        self.dossiers.last().map(|it| it.id)
    }
}

pub(super) async fn read_piece(
    house: &Arc<House>,
    id: ReformId,
    after: Option<DossierId>,
    most: u32,
) -> Result<Piece, AppError> {
    // Chance is minted before the transaction: its closure may run again.
    let now = house.event_time();
    let mint = |_| std::array::from_fn(|_| MessageId::from_uuid(house.ids.uuid(now)));
    let minted: Vec<[MessageId; MESSAGES_MAX]> = (0..most).map(mint).collect();
    let inside = Arc::clone(house);
    house.db.read(move |tx| worked_out(tx, &inside, id, after, &minted)).await
}

fn worked_out(
    tx: &Tx,
    house: &House,
    id: ReformId,
    after: Option<DossierId>,
    minted: &[[MessageId; MESSAGES_MAX]],
) -> Result<Piece, AppError> {
    let (known, sealed_until) = (house.known_in(tx)?, house.sealed_until());
    let most = u32::try_from(minted.len()).unwrap_or(u32::MAX);
    let alone = match known.in_force.as_slice() {
        [one] if one.plan.id == id => Some(one),
        _ => None,
    };
    let mut dossiers = Vec::with_capacity(minted.len());
    for (it, messages) in transfers::untold(tx, id, after, most)?.into_iter().zip(minted) {
        let says = match alone {
            Some(reform) => Some(saying(tx, house, (&known, reform), &it, sealed_until, messages)?),
            None => None,
        };
        dossiers.push(Ready { id: it.transfer.dossier, messages: *messages, says });
    }
    Ok(Piece { known, sealed_until, dossiers })
}

/// What the history of a dossier will say of the one plan in force, and who will be told.
fn saying(
    tx: &Tx,
    house: &House,
    (known, reform): (&Snapshot, &Reform),
    it: &Untold,
    sealed_until: Instant,
    messages: &[MessageId; MESSAGES_MAX],
) -> Result<(Telling, Vec<Message>), AppError> {
    let before =
        Dossier::fold(it.transfer.dossier, &it.log).map_err(|why| AppError::fault("folding a dossier", why))?;
    let last = it.log.last().map_or(before.filed_at, |it| it.at);
    let (recorded, after) = told(tx, house, (known, reform), before, &it.transfer, last.max(sealed_until))?;
    let new = [NewEvent { recorded: recorded.clone(), salt: [0; 16] }];
    let notices = notices::of_events(house, known, &after, &new, messages)?;
    Ok((Telling::of(it, recorded, after)?, notices))
}

/// Writes a piece; gives how long it kept the writer.
pub(super) fn write_piece(tx: &mut Tx, house: &House, id: ReformId, piece: &Piece) -> Result<Duration, AppError> {
    let begun = Moment::now();
    locks::history(tx)?;
    note_sealed(tx, house)?;
    let known = house.known_in(tx)?;
    for it in &piece.dossiers {
        locks::dossier(tx, it.id)?;
    }
    let is_same_house = known.is_as(&piece.known) && house.sealed_until() == piece.sealed_until;
    let said: Vec<&Telling> = piece.dossiers.iter().filter_map(|it| it.says.as_ref().map(|(said, _)| said)).collect();
    let mut as_read =
        if is_same_house { transfers::unchanged(tx, id, &said)? } else { Vec::new() }.into_iter().peekable();
    for it in &piece.dossiers {
        match &it.says {
            Some((telling, messages)) if as_read.next_if(|same| same.dossier() == it.id).is_some() => {
                telling.put(tx, id)?;
                messages.iter().try_for_each(|message| outbox::add(tx, message))?;
            }
            Some(_) | None => {
                let (dossier, log, last_hash) = dossiers::find_to_last(tx, it.id)?.ok_or(AppError::NotFound)?;
                let found = History { dossier, log: Arc::new(log), last_hash };
                settle_first(tx, house, &known, found, &it.messages)?;
            }
        }
    }
    Ok(begun.elapsed())
}

/// The dossier as plans in force left it: what its history does not tell of yet is written first, in the same transaction.
pub(crate) fn settle_first(
    tx: &mut Tx,
    house: &House,
    known: &Snapshot,
    found: History,
    messages: &[MessageId],
) -> Result<History, AppError> {
    // What is known in a transaction is never older than it: without a plan in force nothing is untold.
    if known.in_force.is_empty() {
        return Ok(found);
    }
    let History { dossier: mut state, mut log, mut last_hash } = found;
    let mut told_of = Vec::new();
    for (id, recorded, after) in untold(tx, house, known, &state, &log)? {
        let revision = catalogue::revision(tx, known, &after.revision)?;
        // A transfer has no body, so that its salt hides nothing.
        let new = [NewEvent { recorded: recorded.clone(), salt: [0; 16] }];
        let stood = Stood::new(&state, last_hash);
        last_hash = dossiers::append(tx, Some(stood), &after, &new, &house.titles(&after, &revision))?;
        told_of.extend(new);
        transfers::told(tx, id, after.id, recorded.at, recorded.seq)?;
        Arc::make_mut(&mut log).push(recorded);
        state = after;
    }
    // Moved twice before anybody looked, its citizen is told once: where it lies now.
    notices::enqueue(tx, house, known, &state, &told_of, messages)?;
    Ok(History { dossier: state, log, last_hash })
}

/// The dossier as plans in force left it, for readers: what its history will tell is told already.
pub(crate) fn as_told(
    tx: &Tx,
    house: &House,
    known: &Snapshot,
    dossier: Dossier,
    mut log: Log,
) -> Result<(Dossier, Log), AppError> {
    let mut state = dossier;
    if !known.in_force.is_empty() {
        for (_, recorded, after) in untold(tx, house, known, &state, &log)? {
            Arc::make_mut(&mut log).push(recorded);
            state = after;
        }
    }
    Ok((state, log))
}

/// What the history of a dossier does not tell of yet: each transfer as an event, and the dossier after it.
fn untold(
    tx: &Tx,
    house: &House,
    known: &Snapshot,
    dossier: &Dossier,
    log: &[Recorded],
) -> Result<Vec<(ReformId, Recorded, Dossier)>, AppError> {
    let mut found: Vec<(ReformId, Recorded, Dossier)> = Vec::new();
    for it in transfers::untold_of(tx, dossier.id)? {
        let reform = known.in_force.iter().find(|known| known.plan.id == it.reform);
        let reform = reform.ok_or_else(|| AppError::fault("settling", "a plan nobody knows"))?;
        let state = found.last().map_or(dossier, |it| &it.2).clone();
        let last = found.last().map(|it| it.1.at).or_else(|| log.last().map(|it| it.at)).unwrap_or(state.filed_at);
        let (recorded, after) = told(tx, house, (known, reform), state, &it, last.max(house.sealed_until()))?;
        found.push((it.reform, recorded, after));
    }
    Ok(found)
}

/// The event that tells of a transfer, not before that moment, and the dossier after it.
fn told(
    tx: &Tx,
    house: &House,
    (known, reform): (&Snapshot, &Reform),
    dossier: Dossier,
    it: &Stored,
    not_before: Instant,
) -> Result<(Recorded, Dossier), AppError> {
    let plan = &reform.plan;
    let at = reform.flipped_at.unwrap_or(plan.effective_at).max(not_before);
    let transfer = Transfer {
        reform: plan.id,
        instrument: plan.instrument.clone(),
        dossier: dossier.id,
        to: it.to,
        needs_routing: it.needs_routing,
        fell_to_head: it.fell_to_head,
    };
    let event = decided(tx, house, known, &dossier, transfer, at)?;
    let recorded = Recorded { seq: dossier.version + 1, at, actor: None, unit: None, event };
    let after = Dossier::apply(dossier.id, Some(dossier), &recorded)
        .map_err(|why| AppError::fault("folding a transfer", why))?;
    Ok((recorded, after))
}

fn decided(
    tx: &Tx,
    house: &House,
    known: &Snapshot,
    dossier: &Dossier,
    transfer: Transfer,
    at: Instant,
) -> Result<Event, AppError> {
    let revision = catalogue::revision(tx, known, &dossier.revision)?;
    let regime = house.regime_named(&dossier.regime)?;
    let context = house.context(known, transfer.to.competent, &revision, regime, None, at);
    let events = decide(Some(dossier), &Command::Transfer(Box::new(transfer)), &context)?;
    events.into_iter().next().ok_or_else(|| AppError::fault("settling", "no event"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_as_large_as_the_writer_can_be_kept_for_it() {
        let mut pace = Pace(FIRST_PIECE);
        for (dossiers, millis, next) in [
            (100, 2, 200),
            (200, 4, 400),
            (400, 8, LARGEST_PIECE),
            (500, 200, 125),
            (125, 1_000, LEAST_PIECE),
            (25, 25, 50),
            (0, 0, LEAST_PIECE),
        ] {
            pace.took(dossiers, Duration::from_millis(millis));
            assert_eq!(pace.0, next, "{dossiers} in {millis} ms");
        }
    }
}
