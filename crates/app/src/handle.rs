//! The one way in: load, authorise, decide, append, enqueue, in one transaction.

use crate::actor::{Actor, relations};
use crate::authorise;
use crate::catalogue;
use crate::error::AppError;
use crate::filing::{self, Plan};
use crate::house::{House, Snapshot};
use crate::lately::History;
use crate::notices;
use crate::reform;
use crate::uploads::drop_blob;
use domain::dossier::{Act, Command, Context, Dossier, DossierCode, Event, Recorded, act_of, decide};
use domain::ids::{DossierId, MessageId, PersonId, UnitId};
use domain::post::Post;
use domain::procedure::ProcedureRevision;
use domain::time::Instant;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use storage::dossiers::{self, NewEvent, Stood};
use storage::drafts;
use storage::engine::Tx;
use storage::house::{self as texts, Answered};
use storage::locks;

/// Most events one command can give.
const EVENTS_MAX: usize = 2;
/// Most messages one command can send.
const MESSAGES_MAX: usize = 4;

/// A promise that doing it twice is doing it once: bound to who asks, what for, and with which contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// The key the form carried.
    pub key: String,
    /// What the form carried, hashed.
    pub body_hash: String,
}

impl Once {
    /// From the key of a form and its contents.
    pub fn new(key: &str, contents: &[u8]) -> Self {
        let key = key.chars().take(80).collect();
        Self { key, body_hash: storage::chain::hex(&Sha256::digest(contents)) }
    }
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    /// Which dossier.
    pub id: DossierId,
    /// Its code.
    pub code: DossierCode,
    /// Its version now.
    pub version: u32,
    /// False where the same thing had been done before under the same key.
    pub fresh: bool,
}

/// Time and chance for one command, taken before the transaction: its closure may run again.
#[derive(Clone, Debug)]
pub struct Minted {
    pub(crate) now: Instant,
    pub(crate) salts: [[u8; 16]; EVENTS_MAX],
    pub(crate) messages: [MessageId; MESSAGES_MAX],
    pub(crate) dossier: DossierId,
}

impl Minted {
    /// Takes what one command can need.
    pub fn new(house: &House) -> Self {
        let now = house.event_time();
        Self {
            now,
            salts: std::array::from_fn(|_| house.ids.salt()),
            messages: std::array::from_fn(|_| MessageId::from_uuid(house.ids.uuid(now))),
            dossier: DossierId::from_uuid(house.ids.uuid(now)),
        }
    }
}

impl Minted {
    /// For what the command itself tells.
    pub(crate) fn messages_of_commands(&self) -> &[MessageId] {
        self.messages.get(..MESSAGES_MAX / 2).unwrap_or_default()
    }

    /// For what a reorganisation tells that is settled along with it.
    pub(crate) fn messages_of_transfers(&self) -> &[MessageId] {
        self.messages.get(MESSAGES_MAX / 2..).unwrap_or_default()
    }

    /// The same, but never before what was sealed meanwhile, by whichever node: asked inside the transaction.
    fn after_seal(&self, tx: &mut Tx, house: &House) -> Result<Self, AppError> {
        locks::history(tx)?;
        note_sealed(tx, house)?;
        Ok(Self { now: self.now.max(house.sealed_until()), ..self.clone() })
    }
}

/// What was sealed meanwhile, by whichever node, is remembered before an event is written: asked under the lock of the history.
pub(crate) fn note_sealed(tx: &Tx, house: &House) -> Result<(), AppError> {
    if let Some(closed) = storage::verify::closed_until(tx)? {
        house.note_seal(closed);
    }
    Ok(())
}

/// Something asked of a dossier that exists.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Who.
    pub actor: Actor,
    /// Of which.
    pub id: DossierId,
    /// The version the page showed; none for timers and for acts that do not look.
    pub version: Option<u32>,
    /// What.
    pub command: Command,
    /// Twice is once.
    pub once: Option<Once>,
}

/// Carries a command out, durably.
///
/// # Errors
/// A lawful no, somebody faster, not allowed, not found, or a fault.
pub async fn handle(house: &Arc<House>, asked: Asked) -> Result<Handled, AppError> {
    reform::flip_before_acting(house).await?;
    let minted = Minted::new(house);
    let inside = Arc::clone(house);
    let carry_out_all = move |tx: &mut Tx| {
        let going = going(tx, &asked)?;
        Ok::<_, AppError>((carry_out(tx, &inside, &asked, &minted)?, going))
    };
    let (handled, going) = house.db.write(carry_out_all).await?;
    let_go(house, &handled, &going).await;
    Ok(handled)
}

/// The files that go with this command: all of an erased dossier's. Their keys go with their rows.
pub(crate) fn going(tx: &Tx, asked: &Asked) -> Result<Vec<String>, AppError> {
    match asked.command {
        Command::Erase { .. } => Ok(drafts::blobs_of_dossier(tx, asked.id)?),
        _ => Ok(Vec::new()),
    }
}

/// Deletes them, once it is certain that no row names them.
pub(crate) async fn let_go(house: &House, handled: &Handled, going: &[String]) {
    for blob in going.iter().filter(|_| handled.fresh) {
        drop_blob(house, blob).await;
    }
}

/// Files something new, durably.
///
/// # Errors
/// As [`handle`].
pub async fn file(house: &Arc<House>, actor: Actor, plan: Plan, once: Option<Once>) -> Result<Handled, AppError> {
    reform::flip_before_acting(house).await?;
    let minted = Minted::new(house);
    let inside = Arc::clone(house);
    house.db.write(move |tx| carry_out_filing(tx, &inside, &actor, &plan, once.as_ref(), &minted)).await
}

/// The same within a transaction of the caller's.
///
/// # Errors
/// As [`handle`].
pub fn carry_out(tx: &mut Tx, house: &House, asked: &Asked, minted: &Minted) -> Result<Handled, AppError> {
    let minted = &minted.after_seal(tx, house)?;
    let act = act_of(&asked.command);
    hold_key(tx, &asked.actor, asked.once.as_ref())?;
    locks::dossier(tx, asked.id)?;
    if let Some(before) = answered(tx, &asked.actor, act, asked.once.as_ref())? {
        return Ok(before);
    }
    let known = house.known_in(tx)?;
    let found = house.lately.find(tx, asked.id)?.ok_or(AppError::NotFound)?;
    // A page made before a reorganisation was told by the history is no older for that.
    let version = found.dossier.version;
    let History { dossier, log, last_hash } =
        reform::settle_first(tx, house, &known, found, minted.messages_of_transfers())?;
    let now = minted.now.max(log.last().map_or(minted.now, |it| it.at));
    let relations = relations(&asked.actor, &dossier, &log, &known, now);
    let is_stale = asked.version.is_some_and(|seen| seen != version && seen != dossier.version);
    let allowed = authorise::allows(act, &relations);
    // Who may see the dossier and was only a moment too late is told what changed, not that it was never theirs.
    if is_stale && (allowed || authorise::reads_by_task(&relations)) {
        let seen = asked.version.unwrap_or(0);
        return Err(AppError::Stale { since: log.iter().filter(|it| it.seq > seen).cloned().collect() });
    }
    if !allowed {
        authorise::noted(&asked.actor, asked.id);
        return Err(hidden_or_forbidden(&asked.actor));
    }
    let revision = catalogue::revision(tx, &known, &dossier.revision)?;
    let regime = house.regime_named(&dossier.regime)?;
    let unit = known.organisation.responsible_now(&dossier);
    let context = house.context(&known, unit, &revision, regime, asked.actor.person(), now);
    let events = decide(Some(&dossier), &asked.command, &context)?;
    let acting_unit = acting_unit(&asked.actor, &dossier, &known, now);
    let step = Step { actor: &asked.actor, unit: acting_unit, minted, context: &context, revision: &revision };
    let after = record(tx, house, &known, Some((dossier, last_hash)), events, &step)?;
    let handled = Handled { id: after.id, code: after.code.clone(), version: after.version, fresh: true };
    remember(tx, &asked.actor, act, asked.once.as_ref(), &handled, now)?;
    Ok(handled)
}

/// Files within a transaction of the caller's: the number is taken here, so that it is unbroken.
///
/// # Errors
/// As [`handle`].
pub fn carry_out_filing(
    tx: &mut Tx,
    house: &House,
    actor: &Actor,
    plan: &Plan,
    once: Option<&Once>,
    minted: &Minted,
) -> Result<Handled, AppError> {
    let minted = &minted.after_seal(tx, house)?;
    hold_key(tx, actor, once)?;
    let act = if plan.at_desk() { Act::ReceiveAtDesk } else { Act::File };
    if let Some(before) = answered(tx, actor, act, once)? {
        return Ok(before);
    }
    let known = house.known_in(tx)?;
    let prepared = filing::prepare(tx, house, &known, actor, plan, minted)?;
    let context = house.context(
        &known,
        prepared.competent_unit,
        &prepared.revision,
        &prepared.regime,
        actor.person(),
        minted.now,
    );
    let events = decide(None, &prepared.command, &context)?;
    let unit = matches!(actor, Actor::Staff(_)).then_some(prepared.desk);
    let step = Step { actor, unit, minted, context: &context, revision: &prepared.revision };
    let after = record(tx, house, &known, None, events, &step)?;
    filing::settle(tx, plan, after.id)?;
    let handled = Handled { id: after.id, code: after.code.clone(), version: after.version, fresh: true };
    remember(tx, actor, act, once, &handled, minted.now)?;
    Ok(handled)
}

struct Step<'a> {
    actor: &'a Actor,
    unit: Option<UnitId>,
    minted: &'a Minted,
    context: &'a Context<'a>,
    revision: &'a ProcedureRevision,
}

fn record(
    tx: &mut Tx,
    house: &House,
    known: &Snapshot,
    before: Option<(Dossier, String)>,
    events: Vec<Event>,
    step: &Step<'_>,
) -> Result<Dossier, AppError> {
    let (mut state, last_hash) = before.unzip();
    let id = state.as_ref().map_or(step.minted.dossier, |it| it.id);
    let stood = state.as_ref().zip(last_hash).map(|(it, last_hash)| Stood::new(it, last_hash));
    let mut new = Vec::with_capacity(events.len());
    for (event, salt) in events.into_iter().zip(step.minted.salts) {
        let recorded = Recorded {
            seq: state.as_ref().map_or(1, |it| it.version + 1),
            at: step.context.now,
            actor: step.actor.person(),
            unit: step.unit,
            event,
        };
        state = Some(
            Dossier::apply(id, state, &recorded).map_err(|why| AppError::fault("folding a decision of ours", why))?,
        );
        new.push(NewEvent { recorded, salt });
    }
    let after = state.ok_or_else(|| AppError::fault("recording", "no events"))?;
    if !after.is_sound() {
        return Err(AppError::fault(
            "keeping the promise of one owner, one next act, one clock",
            format!("{:?}", after.status),
        ));
    }
    dossiers::append(tx, stood, &after, &new, &house.titles(&after, step.revision))?;
    notices::enqueue(tx, house, known, &after, &new, step.minted.messages_of_commands())?;
    reform::restage(tx, known, &after)?;
    Ok(after)
}

/// To the public what they may not see does not exist; staff are told.
fn hidden_or_forbidden(actor: &Actor) -> AppError {
    match actor {
        Actor::Citizen(_) => AppError::NotFound,
        Actor::Staff(_) | Actor::Timer => AppError::Forbidden,
    }
}

/// The unit in whose name somebody of the staff acts on a dossier.
pub(crate) fn acting_unit(actor: &Actor, dossier: &Dossier, known: &Snapshot, now: Instant) -> Option<UnitId> {
    let Actor::Staff(person) = actor else { return None };
    let today = now.day();
    let holds = |unit: UnitId, post: Post| known.mandates.holds(*person, unit, post, today);
    let owner = known.organisation.owner_now(dossier);
    if holds(owner.unit, owner.post) {
        return Some(owner.unit);
    }
    for unit in [known.organisation.desk_now(dossier), known.organisation.collect_now(dossier)] {
        if holds(unit, Post::Reception) {
            return Some(unit);
        }
    }
    known.mandates.of(*person, today).next().map(|it| it.unit)
}

/// Whoever comes with the same key at the same time waits, and then finds the answer.
fn hold_key(tx: &mut Tx, actor: &Actor, once: Option<&Once>) -> Result<(), AppError> {
    let (Some(person), Some(once)) = (actor.person(), once) else { return Ok(()) };
    Ok(locks::once(tx, person, &once.key)?)
}

fn answered(tx: &Tx, actor: &Actor, act: Act, once: Option<&Once>) -> Result<Option<Handled>, AppError> {
    let (Some(person), Some(once)) = (actor.person(), once) else { return Ok(None) };
    if once.key.is_empty() {
        return Err(AppError::invalid("key", "gap-missing"));
    }
    let Some(before) = texts::answered(tx, person, &once.key)? else { return Ok(None) };
    if before.act != act.key() || before.body_hash != once.body_hash {
        return Err(AppError::KeyReused);
    }
    let id: DossierId = before.answer.parse().map_err(|why| AppError::fault("reading an answer given before", why))?;
    let card = dossiers::card(tx, id)?.ok_or(AppError::NotFound)?;
    Ok(Some(Handled { id, code: card.code, version: card.version, fresh: false }))
}

fn remember(
    tx: &mut Tx,
    actor: &Actor,
    act: Act,
    once: Option<&Once>,
    handled: &Handled,
    at: Instant,
) -> Result<(), AppError> {
    let (Some(person), Some(once)): (Option<PersonId>, _) = (actor.person(), once) else { return Ok(()) };
    let answered =
        Answered { act: act.key().to_owned(), body_hash: once.body_hash.clone(), answer: handled.id.to_string() };
    Ok(texts::remember(tx, person, &once.key, &answered, at)?)
}
