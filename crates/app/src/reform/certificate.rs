//! The certificate of equality: what of the dossiers a plan moved was the same before and after, counted from their events,
//! signed with the installation's key, and counted again whenever somebody asks.

use super::mismatch::{Broken, Claim, Mismatch};
use super::settling::is_ours;
use crate::error::AppError;
use crate::house::House;
use crate::key::is_signed_by;
use domain::dossier::Dossier;
use domain::ids::{DossierId, ReformId, UnitId};
use domain::organisation::{Organisation, Placed, UnitEvent};
use domain::time::Instant;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Display;
use storage::certificates::{self, Signed, Told};
use storage::chain::{Tree, hex};
use storage::engine::Tx;
use storage::reforms::{self, Reform, State};
use storage::units;

/// Histories counted at once: whoever reads meanwhile gets a turn.
const COUNTED_AT_ONCE: u32 = 250;
/// Most broken chains that are named one by one.
const BROKEN_MAX: usize = 100;

/// What is true of a set of dossiers at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// How many.
    pub dossiers: u64,
    /// How many by where they stand: the national code.
    pub statuses: BTreeMap<u8, u64>,
    /// Owed in all, in đồng.
    pub owed_vnd: i64,
    /// Paid in all, in đồng.
    pub paid_vnd: i64,
    /// Papers handed in, originals and copies.
    pub papers: u64,
    /// Files handed in.
    pub files: u64,
    /// Hash over all codes.
    pub codes: String,
    /// Hash over all due dates.
    pub due_dates: String,
    /// Root over all histories until the transfer.
    pub histories: String,
}

impl Sums {
    fn parts(&self) -> [(Claim, String); 9] {
        [
            (Claim::Dossiers, self.dossiers.to_string()),
            (Claim::Statuses, format!("{:?}", self.statuses)),
            (Claim::Owed, self.owed_vnd.to_string()),
            (Claim::Paid, self.paid_vnd.to_string()),
            (Claim::Papers, self.papers.to_string()),
            (Claim::Files, self.files.to_string()),
            (Claim::Codes, self.codes.clone()),
            (Claim::DueDates, self.due_dates.clone()),
            (Claim::Histories, self.histories.clone()),
        ]
    }
}

/// The same before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Equality {
    /// From the events before the transfer.
    pub before: Sums,
    /// From the events up to it and with it.
    pub after: Sums,
}

impl Equality {
    /// True where nothing was lost.
    pub fn holds(&self) -> bool {
        self.before == self.after
    }
}

/// What went from one unit to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Who was competent.
    pub from: UnitId,
    /// Its name until then.
    pub from_name: String,
    /// Who is competent.
    pub to: UnitId,
    /// Its name from then on.
    pub to_name: String,
    /// What is the same.
    pub sums: Equality,
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Of which plan.
    pub reform: ReformId,
    /// The key of its file.
    pub key: String,
    /// What it is called.
    pub title: String,
    /// The resolution.
    pub instrument: String,
    /// When that was signed.
    pub signed_on: Date,
    /// SHA-256 of the plan's text; empty where a plan takes another one back, which has no text.
    pub plan_sha256: String,
    /// SHA-256 of the plan as it was carried out, with the ids of its units; empty in certificates made before this was kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub carried_out_sha256: String,
    /// The instant.
    pub effective_at: Instant,
    /// When the events were counted.
    pub made_at: Instant,
    /// What of the plan is made up: a territory table, where nobody published one.
    pub invented: Vec<String>,
    /// From each old unit to each new one.
    pub lines: Vec<Line>,
    /// All of it.
    pub total: Equality,
}

/// A signed statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// What it says.
    pub statement: Statement,
    /// The key that signed.
    pub public_key: String,
    /// Its signature.
    pub signature: String,
}

/// A certificate compared with the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The certificate.
    pub certificate: Certificate,
    /// What does not hold; nothing of it: it holds.
    pub mismatches: Vec<Mismatch>,
    /// Dossiers whose papers and files were erased since, as the law asks: these are not counted again.
    pub erased: u64,
}

/// The certificate of a plan; none while not every history tells of it.
///
/// # Errors
/// The house failed.
pub fn certificate(house: &House, id: ReformId) -> Result<Option<Certificate>, AppError> {
    let signed = house.db.read_now(|tx| Ok::<_, AppError>(certificates::find(tx, id)?))?;
    signed.map(read).transpose()
}

fn read(signed: Signed) -> Result<Certificate, AppError> {
    let statement = serde_json::from_str(&signed.body).map_err(|why| AppError::fault("reading a certificate", why))?;
    Ok(Certificate { statement, public_key: signed.public_key, signature: signed.signature })
}

/// Counts the stored events again, and lists every line of a certificate that does not hold.
///
/// # Errors
/// The house failed.
pub fn check_certificate(house: &House, id: ReformId) -> Result<Option<Checked>, AppError> {
    let read_all = |tx: &Tx| {
        let (row, carried_out) = (reforms::named(tx, id)?, carried_out_sha256(tx, id)?);
        Ok::<_, AppError>((certificates::find(tx, id)?, reforms::find(tx, id)?, row, carried_out))
    };
    let (Some(signed), reform, row, carried_out) = house.db.read_now(read_all)? else { return Ok(None) };
    let mut counting = Counting::default();
    let mut after = None;
    loop {
        let piece = house.db.read_now(|tx| piece(tx, id, after))?;
        let Some(last) = piece.last() else { break };
        after = Some(last.dossier);
        counting.add(piece);
    }
    let mut found = Found::default();
    if !is_signed_by(&signed.public_key, &Signed::message(&signed.body), &signed.signature) {
        found.note(None, Claim::Signature, &"", &"");
    }
    if signed.public_key != house.key.public() {
        found.note(None, Claim::Installation, &signed.public_key, &house.key.public());
    }
    let certificate = read(signed)?;
    let said = &certificate.statement;
    match &reform {
        None => found.note(None, Claim::Plan, &said.instrument, &""),
        Some(it) => {
            found.plan(said, it, &carried_out);
            found.course(said, it);
        }
    }
    if let Some(row) = row {
        found.row(said, row);
    }
    let known = house.now_known();
    found.names(said, &known.organisation);
    if let Some(reform) = &reform {
        found.units(reform, &house.db.read_now(|tx| Ok::<_, AppError>(units::log(tx)?))?);
    }
    found.lines(said, &counting.lines);
    found.same(None, &said.total, &counting.total);
    for (code, broken) in &counting.broken {
        found.broken(code, broken);
    }
    let erased = counting.total.erased;
    Ok(Some(Checked { certificate, mismatches: found.0, erased }))
}

/// Counts the events of a plan that every history tells of, and signs what they say; none where the lease was lost meanwhile, for
/// another node counts then.
pub(super) async fn make(house: &House, reform: &Reform, holder: Option<[u8; 16]>) -> Result<Option<Signed>, AppError> {
    let (id, plan) = (reform.plan.id, &reform.plan);
    let mut counting = Counting::default();
    let read = |after| house.db.read(move |tx| piece(tx, id, after));
    let mut told = read(None).await?;
    while let Some(last) = told.last().map(|it| it.dossier) {
        if let Some(holder) = holder
            && !is_ours(house, holder).await
        {
            return Ok(None);
        }
        // One piece is read while the one before it is counted.
        let next = read(Some(last));
        let count = tokio::task::spawn_blocking(move || {
            counting.add(told);
            counting
        });
        let (counted, next) = tokio::join!(count, next);
        counting = counted.map_err(|broken| AppError::fault("counting what a reorganisation moved", broken))?;
        told = next?;
    }
    let known = house.now_known();
    let eve = plan.effective_on().yesterday().unwrap_or(plan.effective_on());
    let name = |unit, on| known.organisation.name_on(unit, on).to_owned();
    let line = |((from, to), pair): (&(UnitId, UnitId), &Pair)| Line {
        from: *from,
        from_name: name(*from, eve),
        to: *to,
        to_name: name(*to, plan.effective_on()),
        sums: pair.done(),
    };
    let made_at = house.clock.now();
    let statement = Statement {
        reform: id,
        key: plan.key.clone(),
        title: plan.title.clone(),
        instrument: plan.instrument.clone(),
        signed_on: plan.signed_on,
        plan_sha256: plan.text_sha256.clone(),
        carried_out_sha256: house.db.read(move |tx| carried_out_sha256(tx, id)).await?,
        effective_at: plan.effective_at,
        made_at,
        invented: plan.invented.clone(),
        lines: counting.lines.iter().map(line).collect(),
        total: counting.total.done(),
    };
    let body = serde_json::to_string(&statement).map_err(|why| AppError::fault("writing a certificate", why))?;
    let signature = house.key.sign(&Signed::message(&body));
    Ok(Some(Signed { reform: id, made_at, body, public_key: house.key.public(), signature }))
}

/// Of the row of the plan, word by word.
fn carried_out_sha256(tx: &Tx, id: ReformId) -> Result<String, AppError> {
    Ok(reforms::body(tx, id)?.map(|it| hex(&Sha256::digest(it.as_bytes()))).unwrap_or_default())
}

fn piece(tx: &Tx, id: ReformId, after: Option<DossierId>) -> Result<Vec<Told>, AppError> {
    Ok(certificates::histories(tx, id, after, COUNTED_AT_ONCE)?)
}

/// Sums while they grow.
#[derive(Clone, Default)]
struct Growing {
    sums: Sums,
    codes: Sha256,
    due_dates: Sha256,
    histories: Tree,
}

impl Growing {
    fn add(&mut self, it: &Dossier, count: u32, last: &str) {
        let sums = &mut self.sums;
        sums.dossiers += 1;
        *sums.statuses.entry(it.status.national_code()).or_default() += 1;
        sums.owed_vnd += it.owed_vnd;
        sums.paid_vnd += it.paid_vnd;
        for paper in it.filing.get().map(|filing| filing.papers.as_slice()).unwrap_or_default() {
            sums.papers += u64::from(paper.originals) + u64::from(paper.copies);
            sums.files += paper.documents.len() as u64;
        }
        self.codes.update(it.code.as_str().as_bytes());
        self.codes.update(b"\n");
        self.due_dates.update(it.id.as_bytes());
        let due = it.due.map(|due| [Some(due.at), Some(due.legal_at), due.promised_at]).unwrap_or_default();
        for at in due.into_iter().chain([it.promised_at()]) {
            self.due_dates.update(at.map_or(i64::MIN, Instant::micros).to_be_bytes());
        }
        self.histories.grow(it.id, count, last);
    }

    fn done(&self) -> Sums {
        Sums {
            codes: hex(&self.codes.clone().finalize()),
            due_dates: hex(&self.due_dates.clone().finalize()),
            histories: self.histories.clone().root(),
            ..self.sums.clone()
        }
    }
}

#[derive(Clone, Default)]
struct Pair {
    before: Growing,
    after: Growing,
    /// Dossiers whose papers were erased since, as the law asks.
    erased: u64,
}

impl Pair {
    fn done(&self) -> Equality {
        Equality { before: self.before.done(), after: self.after.done() }
    }
}

#[derive(Default)]
struct Counting {
    lines: BTreeMap<(UnitId, UnitId), Pair>,
    total: Pair,
    /// Codes of dossiers whose chain does not hold, with how.
    broken: Vec<(String, Broken)>,
}

impl Counting {
    fn add(&mut self, piece: Vec<Told>) {
        for it in piece {
            let flaws = it.history.broken.iter().copied().map(Broken::Flaw).collect::<Vec<_>>();
            for how in flaws.into_iter().chain(self.history(&it).err()) {
                if self.broken.len() < BROKEN_MAX {
                    let code = Dossier::fold(it.dossier, it.history.events.iter().map(|it| &it.recorded).take(1));
                    let code = code.map_or_else(|_| it.dossier.to_string(), |it| it.code.to_string());
                    self.broken.push((code, how));
                }
            }
        }
    }

    /// What the events up to the one that tells of the transfer say, without it and with it.
    fn history(&mut self, it: &Told) -> Result<(), Broken> {
        let (id, seq, competent, history) = (it.dossier, it.seq, it.competent, &it.history);
        let told = history.events.iter().find(|it| it.recorded.seq == seq).ok_or(Broken::Untold)?;
        let earlier: Vec<_> = history.events.iter().take_while(|it| it.recorded.seq < seq).collect();
        let last = earlier.last().ok_or(Broken::NothingBefore)?;
        let refused = |why: &dyn Display| Broken::Refused { why: why.to_string() };
        let before = Dossier::fold(id, earlier.iter().map(|it| &it.recorded)).map_err(|why| refused(&why))?;
        let after = Dossier::apply(id, Some(before.clone()), &told.recorded).map_err(|why| refused(&why))?;
        if after.places().competent != competent {
            return Err(Broken::AnotherUnit);
        }
        let line = self.lines.entry((before.places().competent, after.places().competent)).or_default();
        for pair in [line, &mut self.total] {
            pair.erased += u64::from(history.erased);
            pair.before.add(&before, last.recorded.seq, &last.hash);
            pair.after.add(&after, told.recorded.seq.saturating_sub(1), &told.previous);
        }
        Ok(())
    }
}

#[derive(Default)]
struct Found(Vec<Mismatch>);

impl Found {
    fn note(&mut self, line: Option<&Line>, what: Claim, stated: &dyn Display, found: &dyn Display) {
        let line = line.map(|it| (it.from_name.clone(), it.to_name.clone()));
        self.0.push(Mismatch { line, what, stated: stated.to_string(), found: found.to_string(), broken: None });
    }

    fn broken(&mut self, code: &str, broken: &Broken) {
        let (stated, broken) = (code.to_owned(), Some(broken.clone()));
        self.0.push(Mismatch { line: None, what: Claim::Chain, stated, found: String::new(), broken });
    }

    fn plan(&mut self, said: &Statement, reform: &Reform, carried_out: &str) {
        let plan = &reform.plan;
        let kept = [&plan.key, &plan.title, &plan.instrument, &plan.text_sha256];
        for (stated, found) in [&said.key, &said.title, &said.instrument, &said.plan_sha256].into_iter().zip(kept) {
            if stated != found {
                self.note(None, Claim::Plan, stated, found);
            }
        }
        if said.effective_at != plan.effective_at {
            self.note(None, Claim::Plan, &said.effective_at.local(), &plan.effective_at.local());
        }
        if !said.carried_out_sha256.is_empty() && said.carried_out_sha256 != carried_out {
            self.note(None, Claim::Plan, &said.carried_out_sha256, &carried_out);
        }
    }

    /// What has a certificate was carried out, from its instant on; the last history told of it when the certificate was made.
    fn course(&mut self, said: &Statement, it: &Reform) {
        if !matches!(it.state, State::Settled | State::Undone) {
            self.note(None, Claim::Plan, &State::Settled.key(), &it.state.key());
        }
        let told = |it: Option<Instant>| it.map_or_else(String::new, |it| it.local().to_string());
        if it.flipped_at.is_none_or(|at| at < said.effective_at) {
            self.note(None, Claim::Plan, &said.effective_at.local(), &told(it.flipped_at));
        }
        if it.settled_at != Some(said.made_at) {
            self.note(None, Claim::Plan, &said.made_at.local(), &told(it.settled_at));
        }
        if it.made.is_none() {
            self.note(None, Claim::Plan, &"", &"");
        }
    }

    /// Beside the plan's own words stands what its row is found by.
    fn row(&mut self, said: &Statement, (key, instrument, at): (String, String, Instant)) {
        for (stated, found) in [(&said.key, &key), (&said.instrument, &instrument)] {
            if stated != found {
                self.note(None, Claim::Plan, stated, found);
            }
        }
        if at != said.effective_at {
            self.note(None, Claim::Plan, &said.effective_at.local(), &at.local());
        }
    }

    /// The log of units still says what the plan did to them.
    fn units(&mut self, reform: &Reform, log: &[(UnitId, UnitEvent)]) {
        for (unit, event) in reform.plan.unit_events() {
            if !log.iter().any(|(of, stored)| *of == unit && *stored == event) {
                let begun = reform.plan.begins.iter().find(|it| it.0 == unit).map(|it| it.1.name.as_str());
                self.note(None, Claim::Units, &begun.map_or_else(|| unit.to_string(), str::to_owned), &"");
            }
        }
    }

    /// The units are called on those days what the certificate calls them.
    fn names(&mut self, said: &Statement, organisation: &Organisation) {
        let on = said.effective_at.day();
        let eve = on.yesterday().unwrap_or(on);
        for line in &said.lines {
            for (unit, day, stated) in [(line.from, eve, &line.from_name), (line.to, on, &line.to_name)] {
                let found = organisation.name_on(unit, day);
                if found != stated {
                    self.note(Some(line), Claim::Name, stated, &found);
                }
            }
        }
    }

    fn lines(&mut self, said: &Statement, counted: &BTreeMap<(UnitId, UnitId), Pair>) {
        let nothing = Pair::default();
        for line in &said.lines {
            self.same(Some(line), &line.sums, counted.get(&(line.from, line.to)).unwrap_or(&nothing));
        }
        if counted.len() != said.lines.len() {
            self.note(None, Claim::Lines, &said.lines.len(), &counted.len());
        }
    }

    fn same(&mut self, line: Option<&Line>, stated: &Equality, counted: &Pair) {
        let found = counted.done();
        let mut parts: Vec<(Claim, String, String)> = Vec::new();
        // What is stated must be what the events say, on either side; and the sides must be the same.
        for (stated, found) in
            [(&stated.before, &found.before), (&stated.after, &found.after), (&stated.before, &stated.after)]
        {
            let erased = counted.erased > 0;
            let compared = stated.parts().into_iter().zip(found.parts());
            parts.extend(
                compared
                    .filter(|((what, a), (_, b))| a != b && !(erased && matches!(*what, Claim::Papers | Claim::Files)))
                    .map(|((what, stated), (_, found))| (what, stated, found)),
            );
        }
        parts.sort();
        parts.dedup();
        for (what, stated, found) in parts {
            self.note(line, what, &stated, &found);
        }
    }
}
