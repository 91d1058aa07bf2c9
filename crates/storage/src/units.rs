//! Units and mandates.

use crate::args;
use crate::engine::{StorageError, Tx};
use crate::rows::Day;
use crate::{house, undecodable};
use domain::ids::{PersonId, UnitId};
use domain::organisation::{Mandate, Mandates, Organisation, UnitEvent};
use domain::post::Post;
use domain::time::Instant;
use std::collections::HashMap;

crate::statements! {
    ALL_EVENTS: "SELECT unit, body FROM unit_event ORDER BY at, unit, seq";
    LAST_SEQ: "SELECT max(seq) FROM unit_event WHERE unit = $1";
    LAST_SEQS: "SELECT unit, max(seq) FROM unit_event GROUP BY unit";
    ADD_EVENT: "INSERT INTO unit_event (unit, seq, at, actor, body) VALUES ($1, $2, $3, $4, $5)";
    FORGET_HEIRS: "DELETE FROM heir";
    HEIRS: "SELECT unit, heir FROM heir";
    ADD_HEIR: "INSERT INTO heir (unit, heir) VALUES ($1, $2)";
    MANDATES: "SELECT person, unit, post, from_on, until_on FROM mandate ORDER BY unit, post, from_on, person";
    END_MANDATES: "UPDATE mandate SET until_on = $2 WHERE person = $1 AND (until_on IS NULL OR until_on > $2)";
    END_MANDATE: "UPDATE mandate SET until_on = $5 WHERE person = $1 AND unit = $2 AND post = $3 AND from_on = $4 AND (until_on IS NULL OR until_on > $5)";
    ADD_MANDATE: "INSERT INTO mandate (person, unit, post, from_on, until_on) VALUES ($1, $2, $3, $4, $5)";
}

/// All units and mandates as stored.
///
/// # Errors
/// The storage failed, or the log of units contradicts itself.
pub fn load(tx: &Tx) -> Result<(Organisation, Mandates), StorageError> {
    let mut organisation = Organisation::default();
    tx.each(ALL_EVENTS, args![], |(unit, body): (UnitId, String)| {
        let event: UnitEvent = serde_json::from_str(&body).map_err(|why| undecodable("reading a unit", why))?;
        organisation.apply(unit, &event).map_err(|why| undecodable("folding the units", why))
    })?;
    let mandates = tx
        .all::<(PersonId, UnitId, Post, Day, Option<Day>)>(MANDATES, args![])?
        .into_iter()
        .map(|(person, unit, post, from, until)| Mandate {
            person,
            unit,
            post,
            from: from.0,
            until: until.map(|it| it.0),
        })
        .collect();
    Ok((organisation, Mandates::new(mandates)))
}

/// Everything that happened to units, oldest first.
///
/// # Errors
/// The storage failed, or an event cannot be read.
pub fn log(tx: &Tx) -> Result<Vec<(UnitId, UnitEvent)>, StorageError> {
    let stored: Vec<(UnitId, String)> = tx.all(ALL_EVENTS, args![])?;
    let read = |(unit, body): (UnitId, String)| {
        Ok((unit, serde_json::from_str(&body).map_err(|why| undecodable("reading a unit", why))?))
    };
    stored.into_iter().map(read).collect()
}

/// Appends one event of a unit; every node reads the organisation again.
///
/// # Errors
/// The storage failed.
pub fn append(
    tx: &mut Tx,
    unit: UnitId,
    at: Instant,
    actor: Option<PersonId>,
    event: &UnitEvent,
) -> Result<(), StorageError> {
    let last: Option<u32> = tx.one(LAST_SEQ, args![unit])?;
    put_event(tx, (unit, last.unwrap_or(0) + 1), at, actor, event)?;
    house::next_edition(tx, house::ORGANISATION)
}

/// Appends events of many units at one moment, which no person but a reorganisation causes.
///
/// # Errors
/// The storage failed.
pub fn append_all(tx: &mut Tx, at: Instant, events: &[(UnitId, UnitEvent)]) -> Result<(), StorageError> {
    let last: Vec<(UnitId, u32)> = tx.all(LAST_SEQS, args![])?;
    let mut last: HashMap<UnitId, u32> = last.into_iter().collect();
    for (unit, event) in events {
        let seq = last.entry(*unit).or_default();
        *seq += 1;
        put_event(tx, (*unit, *seq), at, None, event)?;
    }
    house::next_edition(tx, house::ORGANISATION)
}

fn put_event(
    tx: &mut Tx,
    (unit, seq): (UnitId, u32),
    at: Instant,
    actor: Option<PersonId>,
    event: &UnitEvent,
) -> Result<(), StorageError> {
    let body = serde_json::to_string(event).map_err(|why| undecodable("writing a unit", why))?;
    tx.put(ADD_EVENT, args![unit, seq, at, actor, body])
}

/// Writes down who has the duties of every unit that ended: after each change of which units there are.
///
/// # Errors
/// The storage failed, or the log of units contradicts itself.
pub fn put_heirs(tx: &mut Tx) -> Result<(), StorageError> {
    let (organisation, _) = load(tx)?;
    put_heirs_in(tx, &organisation)
}

/// The same where these are the units, as their log says by now.
///
/// # Errors
/// The storage failed.
pub fn put_heirs_in(tx: &mut Tx, organisation: &Organisation) -> Result<(), StorageError> {
    tx.put(FORGET_HEIRS, args![])?;
    for (unit, heir) in heirs_in(organisation) {
        tx.put(ADD_HEIR, args![unit, heir])?;
    }
    Ok(())
}

/// Every unit that ended, with who has its duties, as the log of units says.
///
/// # Errors
/// The storage failed, or the log of units contradicts itself.
pub fn heirs(tx: &Tx) -> Result<Vec<(UnitId, UnitId)>, StorageError> {
    let (organisation, _) = load(tx)?;
    Ok(heirs_in(&organisation).collect())
}

fn heirs_in(organisation: &Organisation) -> impl Iterator<Item = (UnitId, UnitId)> + '_ {
    organisation.ids().map(|unit| (unit, organisation.heir_of(unit))).filter(|(unit, heir)| unit != heir)
}

/// The same as it is kept for lists.
pub(crate) fn stored_heirs(tx: &Tx) -> Result<Vec<(UnitId, UnitId)>, StorageError> {
    tx.all(HEIRS, args![])
}

/// Gives somebody a post.
///
/// # Errors
/// The storage failed.
pub fn add_mandate(tx: &mut Tx, mandate: &Mandate) -> Result<(), StorageError> {
    tx.put(ADD_MANDATE, args![mandate.person, mandate.unit, mandate.post, Day(mandate.from), mandate.until.map(Day)])?;
    house::next_edition(tx, house::ORGANISATION)
}

/// Ends one post of somebody, from that day on. Gives 0 where there is none such.
///
/// # Errors
/// The storage failed.
pub fn end_mandate(tx: &mut Tx, it: &Mandate, on: jiff::civil::Date) -> Result<u64, StorageError> {
    let ended = tx.exec(END_MANDATE, args![it.person, it.unit, it.post, Day(it.from), Day(on)])?;
    house::next_edition(tx, house::ORGANISATION)?;
    Ok(ended)
}

/// Ends everything somebody may act as, from that day on.
///
/// # Errors
/// The storage failed.
pub fn end_mandates(tx: &mut Tx, person: PersonId, on: jiff::civil::Date) -> Result<(), StorageError> {
    tx.put(END_MANDATES, args![person, Day(on)])?;
    house::next_edition(tx, house::ORGANISATION)
}
