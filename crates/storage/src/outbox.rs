//! Messages on their way out: written with what they tell of, delivered later, at least once, in order.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use domain::ids::{DossierId, MessageId};
use domain::time::Instant;

/// Longest wait for a next try, in seconds. What is put off further than that was put off by a clock that was ahead: once it is right
/// again nobody would wait for it, and it may go now.
pub const WAIT_SECONDS_MAX: i64 = 5 * 3_600;

crate::statements! {
    ADD: "INSERT INTO outbox (id, channel, dossier, kind, recipient, subject, body, created_at, tries, next_try_at, delivered_at, dead_at, last_error, template, details) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $8, NULL, NULL, '', $9, $10)";
    READY: "SELECT o.id, o.channel, o.dossier, o.kind, o.recipient, o.subject, o.body, o.created_at, o.tries, o.next_try_at, o.delivered_at, o.dead_at, o.last_error, o.template, o.details FROM outbox o \
        WHERE o.channel = $4 AND o.delivered_at IS NULL AND o.dead_at IS NULL AND (o.next_try_at <= $1 OR o.next_try_at > $2) AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.channel = o.channel \
        AND e.dossier = o.dossier AND (e.created_at, e.id) < (o.created_at, o.id) AND e.delivered_at IS NULL AND e.dead_at IS NULL) ORDER BY o.created_at, o.id LIMIT $3";
    /// Whether it may go is asked again of the row itself: another node may have claimed it while this one waited for it.
    CLAIM: "UPDATE outbox SET next_try_at = $3 WHERE delivered_at IS NULL AND dead_at IS NULL AND (next_try_at <= $1 OR next_try_at > $2) AND id IN (SELECT o.id FROM outbox o \
        WHERE o.channel = $5 AND o.delivered_at IS NULL AND o.dead_at IS NULL AND (o.next_try_at <= $1 OR o.next_try_at > $2) AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.channel = o.channel \
        AND e.dossier = o.dossier AND (e.created_at, e.id) < (o.created_at, o.id) AND e.delivered_at IS NULL AND e.dead_at IS NULL) ORDER BY o.created_at, o.id LIMIT $4) \
        RETURNING id, channel, dossier, kind, recipient, subject, body, created_at, tries, next_try_at, delivered_at, dead_at, last_error, template, details";
    DELIVERED: "UPDATE outbox SET delivered_at = $2, tries = tries + 1, last_error = '' WHERE id = $1 AND delivered_at IS NULL";
    FAILED: "UPDATE outbox SET tries = tries + 1, next_try_at = $2, dead_at = $3, last_error = $4 WHERE id = $1 AND delivered_at IS NULL";
    RESEND: "UPDATE outbox SET dead_at = NULL, tries = 0, next_try_at = $2 WHERE id = $1 AND dead_at IS NOT NULL";
    LATEST: "SELECT id, channel, dossier, kind, recipient, subject, body, created_at, tries, next_try_at, delivered_at, dead_at, last_error, template, details FROM outbox ORDER BY id DESC LIMIT $1";
    DEAD: "SELECT id, channel, dossier, kind, recipient, subject, body, created_at, tries, next_try_at, delivered_at, dead_at, last_error, template, details FROM outbox WHERE dead_at IS NOT NULL ORDER BY id LIMIT $1";
    WAITING: "SELECT count(*) FROM outbox WHERE delivered_at IS NULL AND dead_at IS NULL";
    BACKLOG: "SELECT count(*) FILTER (WHERE dead_at IS NULL), count(*) FILTER (WHERE dead_at IS NOT NULL), \
        min(CASE WHEN dead_at IS NULL THEN created_at END) FROM outbox WHERE delivered_at IS NULL";
    /// Texts and letters of one reminder have one moment.
    REMINDED: "SELECT dossier, max(created_at), count(DISTINCT created_at) FROM outbox WHERE kind = 'uncollected' AND dossier IS NOT NULL GROUP BY dossier";
    REMINDED_OF: "SELECT dossier, max(created_at), count(DISTINCT created_at) FROM outbox WHERE kind = 'uncollected' AND dossier = $1 GROUP BY dossier";
    EMPTY_OLD: "UPDATE outbox SET body = '', subject = '', recipient = '', details = '' WHERE (delivered_at < $1 OR dead_at < $1) AND body <> ''";
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id: later messages have greater ones.
    pub id: MessageId,
    /// `sms` or `email`.
    pub channel: String,
    /// About which dossier.
    pub dossier: Option<DossierId>,
    /// What it tells.
    pub kind: String,
    /// To whom.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// When it was written.
    pub created_at: Instant,
    /// Tries so far.
    pub tries: u32,
    /// When it is tried next.
    pub next_try_at: Instant,
    /// When it arrived.
    pub delivered_at: Option<Instant>,
    /// When we gave up.
    pub dead_at: Option<Instant>,
    /// Why the last try failed.
    pub last_error: String,
    /// Which revision of its template speaks: `received#3`; empty where none does.
    pub template: String,
    /// What the places of the template were filled with, as JSON; empty where there is none.
    pub details: String,
}

impl Row for Message {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            id: row.take()?,
            channel: row.take()?,
            dossier: row.take()?,
            kind: row.take()?,
            recipient: row.take()?,
            subject: row.take()?,
            body: row.take()?,
            created_at: row.take()?,
            tries: row.take()?,
            next_try_at: row.take()?,
            delivered_at: row.take()?,
            dead_at: row.take()?,
            last_error: row.take()?,
            template: row.take()?,
            details: row.take()?,
        })
    }
}

/// How often, and when last, somebody was reminded of a decision that lies at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reminded {
    /// Of which dossier.
    pub dossier: DossierId,
    /// When last.
    pub last: Instant,
    /// How often.
    pub times: i64,
}

impl Row for Reminded {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { dossier: row.take()?, last: row.take()?, times: row.take()? })
    }
}

/// Everybody who was reminded.
///
/// # Errors
/// The storage failed.
pub fn reminded(tx: &Tx) -> Result<Vec<Reminded>, StorageError> {
    tx.all(REMINDED, args![])
}

/// Whether somebody was reminded of one dossier.
///
/// # Errors
/// The storage failed.
pub fn reminded_of(tx: &Tx, dossier: DossierId) -> Result<Option<Reminded>, StorageError> {
    tx.opt(REMINDED_OF, args![dossier])
}

/// Puts a message in the outbox, in the transaction of what it tells.
///
/// # Errors
/// The storage failed.
pub fn add(tx: &mut Tx, it: &Message) -> Result<(), StorageError> {
    tx.put(
        ADD,
        args![
            it.id,
            it.channel,
            it.dossier,
            it.kind,
            it.recipient,
            it.subject,
            it.body,
            it.created_at,
            it.template,
            it.details
        ],
    )
}

/// Messages of a channel that may go now: the first of each dossier.
///
/// # Errors
/// The storage failed.
pub fn ready(tx: &Tx, channel: &str, now: Instant, most: u32) -> Result<Vec<Message>, StorageError> {
    tx.all(READY, args![now, now.plus_seconds(WAIT_SECONDS_MAX), most, channel])
}

/// The same, kept from every other node until a moment: by then it is delivered, has failed, or its node is gone. Later
/// messages of the same channel and dossier wait meanwhile, so their order stays.
///
/// # Errors
/// The storage failed.
pub fn claim(
    tx: &mut Tx,
    channel: &str,
    now: Instant,
    until: Instant,
    most: u32,
) -> Result<Vec<Message>, StorageError> {
    let mut claimed: Vec<Message> =
        tx.all(CLAIM, args![now, now.plus_seconds(WAIT_SECONDS_MAX), until, most, channel])?;
    claimed.sort_by_key(|it| (it.created_at, it.id));
    Ok(claimed)
}

/// Notes that a message arrived.
///
/// # Errors
/// The storage failed.
pub fn delivered(tx: &mut Tx, id: MessageId, at: Instant) -> Result<u64, StorageError> {
    tx.exec(DELIVERED, args![id, at])
}

/// Notes that a try failed, and when the next one is; or that we give up.
///
/// # Errors
/// The storage failed.
pub fn failed(
    tx: &mut Tx,
    id: MessageId,
    next_try_at: Instant,
    dead_at: Option<Instant>,
    why: &str,
) -> Result<u64, StorageError> {
    tx.exec(FAILED, args![id, next_try_at, dead_at, why])
}

/// Tries a dead letter again.
///
/// # Errors
/// The storage failed.
pub fn resend(tx: &mut Tx, id: MessageId, at: Instant) -> Result<u64, StorageError> {
    tx.exec(RESEND, args![id, at])
}

/// The latest messages, newest first.
///
/// # Errors
/// The storage failed.
pub fn latest(tx: &Tx, most: u32) -> Result<Vec<Message>, StorageError> {
    tx.all(LATEST, args![most])
}

/// Dead letters, oldest first.
///
/// # Errors
/// The storage failed.
pub fn dead(tx: &Tx, most: u32) -> Result<Vec<Message>, StorageError> {
    tx.all(DEAD, args![most])
}

/// How many wait.
///
/// # Errors
/// The storage failed.
pub fn waiting(tx: &Tx) -> Result<i64, StorageError> {
    tx.one(WAITING, args![])
}

/// How many wait, how many lie dead, and since when the oldest one waits.
///
/// # Errors
/// The storage failed.
pub fn backlog(tx: &Tx) -> Result<(i64, i64, Option<Instant>), StorageError> {
    tx.one(BACKLOG, args![])
}

/// Empties messages delivered before that: their words are not ours to keep.
///
/// # Errors
/// The storage failed.
pub fn empty_old(tx: &mut Tx, before: Instant) -> Result<u64, StorageError> {
    tx.exec(EMPTY_OLD, args![before])
}
