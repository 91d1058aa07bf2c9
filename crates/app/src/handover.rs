//! What a unit hands over to its successor: the lists of the minutes both sides sign. Căn cứ: handbook §11.2, R11.
//!
//! Told of the instant, also long after it: each dossier is folded up to what the reorganisation wrote into its history, so that a
//! paper printed again says the same. Before the instant it is told of now.

use crate::catalogue;
use crate::error::AppError;
use crate::house::House;
use domain::dossier::{Dossier, Owner};
use domain::dossier::{DossierCode, Event, PaymentMethod, Recorded, Status};
use domain::ids::{DossierId, ReformId, UnitId};
use domain::organisation::reform::Reorganisation;
use domain::organisation::{Organisation, Placed};
use domain::time::Instant;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;
use storage::engine::Tx;
use storage::{dossiers, reforms, transfers};

/// Most dossiers one paper lists.
pub const HANDED_MAX: usize = 5_000;
/// The scheme of the codes at the head of dossier numbers.
const AGENCY_CODES: &str = "agency";
/// Transfers looked at in one piece.
const PIECE: u32 = 500;

/// One dossier in flight.
#[derive(Clone, Debug)]
pub struct HandedDossier {
    /// Its code.
    pub code: DossierCode,
    /// What it is about.
    pub procedure: String,
    /// How it stood.
    pub status: Status,
    /// The date promised, if it was received.
    pub promised_at: Option<Instant>,
    /// Who owed the next act before.
    pub owner: Owner,
}

/// Originals that lie with a dossier.
#[derive(Clone, Debug)]
pub struct HandedOriginal {
    /// Of which.
    pub code: DossierCode,
    /// What it is.
    pub paper: String,
    /// How many.
    pub originals: u8,
}

/// A decision on the shelf, not fetched yet.
#[derive(Clone, Debug)]
pub struct ShelfPaper {
    /// Of which.
    pub code: DossierCode,
    /// Code of the decision.
    pub decision: String,
    /// Its number in the register.
    pub number: String,
    /// Since when it lies there.
    pub since: Instant,
}

/// Cash taken for a dossier in flight.
#[derive(Clone, Debug)]
pub struct Cash {
    /// Of which.
    pub code: DossierCode,
    /// When.
    pub at: Instant,
    /// Number of the payment receipt.
    pub receipt: String,
    /// How much, in đồng.
    pub amount_vnd: i64,
}

/// All that is handed over, counted: also what the lists have no room for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandedSums {
    /// Dossiers in flight by status.
    pub dossiers: HashMap<Status, u64>,
    /// Originals.
    pub originals: u64,
    /// Decisions on the shelf.
    pub shelf: u64,
    /// Cash taken, in đồng.
    pub cash_vnd: i64,
    /// Still owed by citizens, in đồng.
    pub owed_vnd: i64,
}

impl HandedSums {
    /// Dossiers in flight.
    pub fn all_dossiers(&self) -> u64 {
        self.dossiers.values().sum()
    }
}

/// What one unit hands over to one successor.
#[derive(Clone, Debug, Default)]
pub struct Handover {
    /// All of it, counted.
    pub sums: HandedSums,
    /// Dossiers in flight, by status and code.
    pub dossiers: Vec<HandedDossier>,
    /// Originals.
    pub originals: Vec<HandedOriginal>,
    /// Decisions on the shelf.
    pub shelf: Vec<ShelfPaper>,
    /// Cash taken.
    pub cash: Vec<Cash>,
    /// There are more dossiers than one paper lists; the sums are of all.
    pub is_cut: bool,
}

/// What the authority `from`, its offices included, hands over to the authority `to` under a plan.
///
/// # Errors
/// There is no such plan, or the house failed.
pub async fn between(
    house: &Arc<House>,
    reform: ReformId,
    from: UnitId,
    to: UnitId,
    after: impl Fn(UnitId) -> UnitId + Send + Sync + 'static,
) -> Result<Handover, AppError> {
    let inside = Arc::clone(house);
    let after = Arc::new(after);
    let mut found = house.db.read(move |tx| read(tx, &inside, reform, (from, to), &*after, HANDED_MAX)).await?;
    found.dossiers.sort_by(|a, b| (a.status.national_code(), &a.code).cmp(&(b.status.national_code(), &b.code)));
    found.originals.sort_by(|a, b| (&a.code, &a.paper).cmp(&(&b.code, &b.paper)));
    found.shelf.sort_by(|a, b| a.code.cmp(&b.code));
    found.cash.sort_by(|a, b| (a.at, &a.code).cmp(&(b.at, &b.code)));
    Ok(found)
}

fn read(
    tx: &Tx,
    house: &House,
    reform: ReformId,
    (from, to): (UnitId, UnitId),
    after: &(dyn Fn(UnitId) -> UnitId + Send + Sync),
    most: usize,
) -> Result<Handover, AppError> {
    let known = house.known_in(tx)?;
    let plan = known.reforms().find(|it| it.id == reform).ok_or(AppError::NotFound)?;
    let eve = plan.effective_on().yesterday().unwrap_or(plan.effective_on());
    let mut found = Handover::default();
    let mut last = None;
    loop {
        let piece = transfers::moved(tx, reform, last, PIECE)?;
        let Some((id, _, _)) = piece.last() else { return Ok(found) };
        last = Some(*id);
        for (id, competent, collect) in piece {
            let (decided_to, collected_at) = (after(competent) == to, after(collect) == to);
            if !decided_to && !collected_at {
                continue;
            }
            let (dossier, log) = before(tx, id, reform)?;
            let places = dossier.places();
            let was = |unit: UnitId| was_with(&known.organisation, unit, eve) == from;
            if decided_to && was(places.competent) {
                if found.dossiers.len() < most {
                    let procedure = catalogue::revision(tx, &known, &dossier.revision)?.name.clone();
                    found.take(&dossier, &log, procedure);
                } else {
                    found.is_cut = true;
                }
                found.sums.take(&dossier, &log);
            }
            if collected_at && was(places.collect) {
                if found.shelf.len() < most {
                    found.take_shelf(&dossier);
                } else {
                    found.is_cut = true;
                }
                found.sums.shelf += u64::from(dossier.status == Status::Decided && dossier.decision.is_some());
            }
        }
    }
}

fn was_with(organisation: &Organisation, unit: UnitId, eve: Date) -> UnitId {
    organisation.authority_of(unit, eve)
}

/// The dossier as it was when the plan came into force, and its log until then; as it is, where that is to come.
fn before(tx: &Tx, id: DossierId, reform: ReformId) -> Result<(Dossier, Vec<Recorded>), AppError> {
    let (now, mut log) = dossiers::find(tx, id)?.ok_or(AppError::NotFound)?;
    let moved = |it: &Recorded| matches!(&it.event, Event::Transferred { reform: by, .. } if *by == reform);
    let Some(place) = log.iter().position(moved) else { return Ok((now, log)) };
    log.truncate(place);
    let then =
        Dossier::fold(id, &log).map_err(|why| AppError::fault("folding a dossier as it was handed over", why))?;
    Ok((then, log))
}

/// Cash that came over the counter, or went back over it, with the number of its receipt.
fn cash_of(event: &Event) -> Option<(i64, String)> {
    let (amount_vnd, body) = match event {
        Event::Paid { amount_vnd, method: PaymentMethod::Cash, body, .. } => (*amount_vnd, body),
        Event::Refunded { amount_vnd, method: PaymentMethod::Cash, body } => (-amount_vnd, body),
        _ => return None,
    };
    Some((amount_vnd, body.get().map_or_else(String::new, |it| it.text.clone())))
}

impl HandedSums {
    fn take(&mut self, it: &Dossier, log: &[Recorded]) {
        *self.dossiers.entry(it.status).or_default() += 1;
        let papers = it.filing.get().map(|it| it.papers.as_slice()).unwrap_or_default();
        self.originals += papers.iter().map(|it| u64::from(it.originals)).sum::<u64>();
        self.owed_vnd = self.owed_vnd.saturating_add(it.still_owed_vnd());
        for recorded in log {
            if let Some((amount_vnd, _)) = cash_of(&recorded.event) {
                self.cash_vnd = self.cash_vnd.saturating_add(amount_vnd);
            }
        }
    }
}

impl Handover {
    fn take(&mut self, it: &Dossier, log: &[Recorded], procedure: String) {
        let code = || it.code.clone();
        self.dossiers.push(HandedDossier {
            code: code(),
            procedure,
            status: it.status,
            promised_at: it.promised_at(),
            owner: it.places().owner,
        });
        let papers = it.filing.get().map(|it| it.papers.as_slice()).unwrap_or_default();
        let originals = papers.iter().filter(|it| it.originals > 0).map(|it| HandedOriginal {
            code: code(),
            paper: it.name.clone(),
            originals: it.originals,
        });
        self.originals.extend(originals);
        for recorded in log {
            if let Some((amount_vnd, receipt)) = cash_of(&recorded.event) {
                self.cash.push(Cash { code: code(), at: recorded.at, receipt, amount_vnd });
            }
        }
    }

    fn take_shelf(&mut self, it: &Dossier) {
        if let (Status::Decided, Some(decision)) = (it.status, &it.decision) {
            self.shelf.push(ShelfPaper {
                code: it.code.clone(),
                decision: decision.code.clone(),
                number: decision.number.get().map_or_else(String::new, |it| it.text.clone()),
                since: decision.at,
            });
        }
    }
}

/// The number series of a unit that ends: nobody takes a number of it any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedSeries {
    /// The unit's code at the head of its numbers.
    pub series: String,
    /// The day of its last number.
    pub on: Date,
    /// That number.
    pub last: u32,
}

/// The series that close with an authority under a plan: its own and those of its offices that end with it.
///
/// # Errors
/// The house failed.
pub fn closed_series(house: &House, plan: &Reorganisation, from: UnitId) -> Result<Vec<ClosedSeries>, AppError> {
    let known = house.now_known();
    let eve = plan.effective_on().yesterday().unwrap_or(plan.effective_on());
    let of_it = |unit: &&UnitId| was_with(&known.organisation, **unit, eve) == from;
    let mut found = Vec::new();
    for unit in plan.ends.iter().filter(of_it) {
        let last = house.db.read_now(|tx| reforms::last_number(tx, *unit, eve))?;
        let code = known.organisation.attributes_on(*unit, eve).and_then(|it| it.code(AGENCY_CODES));
        if let (Some((on, last)), Some(code)) = (last, code) {
            found.push(ClosedSeries { series: code.to_owned(), on, last });
        }
    }
    found.sort_by(|a, b| a.series.cmp(&b.series));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reform;
    use crate::reform::tests::PLAN;
    use crate::testing::{TestHouse, run};
    use domain::dossier::FiledPaper;

    #[test]
    fn what_the_lists_have_no_room_for_is_in_the_sums() {
        run(async {
            let test = TestHouse::with_catalogue();
            for _ in 0..3 {
                test.file_at_desk(|it| {
                    it.fee_vnd = 8_000;
                    it.filing.papers =
                        vec![FiledPaper { originals: 2, name: "Đơn".to_owned(), ..FiledPaper::default() }];
                })
                .await;
            }
            let plan = reform::check(&test.house, "thu.toml", PLAN).unwrap();
            reform::plan(&test.house, &plan, None).await.unwrap();
            let (from, to) = (test.unit("phuong"), plan.begins[0].0);
            let listed = |most: usize| {
                test.house.db.read_now(|tx| read(tx, &test.house, plan.id, (from, to), &|unit| unit, most)).unwrap()
            };
            let (all, cut) = (listed(10), listed(1));
            assert_eq!((all.dossiers.len(), all.is_cut, cut.dossiers.len(), cut.is_cut), (3, false, 1, true));
            assert_eq!(cut.sums, all.sums);
            assert_eq!((all.sums.all_dossiers(), all.sums.originals, all.sums.owed_vnd), (3, 6, 24_000));
        });
    }
}
