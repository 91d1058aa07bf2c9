//! What holds whatever is reorganised: random trees of units, random plans one after the other (merge, split, rename, move,
//! dissolve, chained, several on one day), random dossiers in every status. Nothing is lost, and every open dossier has one
//! owner, one next act and one clock.

use super::properties::{Beginning, Move, beginnings, make, moves};
use super::world::*;
use crate::dossier::*;
use crate::ids::{DossierId, PersonId, ReformId, UnitId};
use crate::organisation::reform::{
    Compensation, Edge, MandateChanges, Reorganisation, Router, StaffMove, TerritoryRule,
};
use crate::organisation::{Extent, Mandate, Mandates, Organisation, Placed, Placement, Standing, Transfers, UnitEvent};
use crate::post::Post;
use crate::time::Instant;
use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;
use std::sync::Arc;
use uuid::Uuid;

/// Choices in a row; zero once they are used up.
struct Dice<'a>(std::slice::Iter<'a, u16>);

impl Dice<'_> {
    fn below(&mut self, count: usize) -> usize {
        self.0.next().map_or(0, |it| usize::from(*it)) % count.max(1)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// A house with its units, its people and its dossiers.
struct House {
    organisation: Organisation,
    mandates: Mandates,
    dossiers: Vec<Kept>,
    minted: u128,
}

/// A dossier, its log and where its subject lives.
#[derive(Clone)]
struct Kept {
    dossier: Dossier,
    log: Vec<Recorded>,
    address: String,
    world: World,
}

const FIRST: Date = jiff::civil::date(2020, 1, 1);

impl House {
    fn mint(&mut self) -> u128 {
        self.minted += 1;
        self.minted
    }

    fn unit(&mut self) -> UnitId {
        UnitId::from_uuid(Uuid::from_u128(self.mint()))
    }

    fn person(&mut self) -> PersonId {
        PersonId::from_uuid(Uuid::from_u128(self.mint()))
    }

    /// Wards and committees, some below others, some with offices; every unit with its people, some with nobody in a post.
    fn grown(dice: &mut Dice<'_>) -> Self {
        let mut house = Self {
            organisation: Organisation::default(),
            mandates: Mandates::default(),
            dossiers: Vec::new(),
            minted: 1_000_000,
        };
        let mut authorities = Vec::new();
        let mut mandates = Vec::new();
        for _ in 0..3 + dice.below(6) {
            let parent = if authorities.is_empty() || dice.below(2) == 0 { None } else { Some(dice.one(&authorities)) };
            authorities.push(house.found("Phường", Standing::Authority, parent));
        }
        for _ in 0..dice.below(5) {
            let parent = dice.one(&authorities);
            house.found("Phòng", Standing::Office, Some(parent));
        }
        let units: Vec<UnitId> = house.organisation.ids().collect();
        for unit in units {
            for post in [Post::Reception, Post::Specialist, Post::Head, Post::Leader, Post::Clerk] {
                for _ in 0..dice.below(3) {
                    mandates.push(Mandate { person: house.person(), unit, post, from: FIRST, until: None });
                }
            }
        }
        house.mandates = Mandates::new(mandates);
        house
    }

    fn found(&mut self, name: &str, standing: Standing, parent: Option<UnitId>) -> UnitId {
        let id = self.unit();
        let attributes = attributes(name, "ward", standing, parent);
        self.organisation.apply(id, &UnitEvent::Established { on: FIRST, attributes }).unwrap();
        id
    }

    /// Takes a life that was lived in the world of the other tests and puts it into units of this house.
    fn take(&mut self, life: &Life, dice: &mut Dice<'_>) {
        let units: Vec<UnitId> = self.organisation.ids().collect();
        let competent = dice.one(&units);
        let desk = self.organisation.authority_of(competent, FIRST);
        let elsewhere = if dice.below(4) == 0 { dice.one(&units) } else { desk };
        let id = DossierId::from_uuid(Uuid::from_u128(self.mint()));
        let moved = |recorded: &Recorded| {
            let json = serde_json::to_string(&recorded.event).unwrap();
            let json = json
                .replace(&DISTRICT.uuid().to_string(), &desk.uuid().to_string())
                .replace(&DIVISION.uuid().to_string(), &competent.uuid().to_string())
                .replace(&OTHER_WARD.uuid().to_string(), &elsewhere.uuid().to_string());
            Recorded { event: serde_json::from_str(&json).unwrap(), ..recorded.clone() }
        };
        let log: Vec<Recorded> = life.log.iter().map(moved).collect();
        let dossier = Dossier::fold(id, &log).unwrap();
        let address =
            if dice.below(5) == 0 { String::new() } else { format!("tổ {}, phường nào đó", dice.below(12)) };
        self.dossiers.push(Kept { dossier, log, address, world: life.world.clone() });
    }

    fn last_moment(&self) -> Instant {
        self.dossiers.iter().flat_map(|it| it.log.last()).map(|it| it.at).max().unwrap_or_default()
    }
}

/// A plan about the units that stand at its instant.
fn plan(house: &mut House, dice: &mut Dice<'_>, effective_at: Instant) -> Reorganisation {
    let on = effective_at.day();
    let standing: Vec<(UnitId, Standing)> =
        house.organisation.standing_on(on).map(|(id, it)| (id, it.standing)).collect();
    let authorities: Vec<UnitId> =
        standing.iter().filter(|(_, it)| *it == Standing::Authority).map(|(id, _)| *id).collect();
    let mut plan = Reorganisation {
        id: ReformId::from_uuid(Uuid::from_u128(house.mint())),
        key: String::new(),
        title: String::new(),
        instrument: "Nghị quyết 1/NQ-HĐND".to_owned(),
        signed_on: FIRST,
        effective_at,
        invented: Vec::new(),
        era: None,
        begins: Vec::new(),
        changes: Vec::new(),
        ends: Vec::new(),
        edges: Vec::new(),
        territory: Vec::new(),
        staff: Vec::new(),
        offers: Vec::new(),
        settled: Vec::new(),
        text_sha256: String::new(),
    };
    let founded = |house: &mut House, plan: &mut Reorganisation| {
        let id = house.unit();
        plan.begins.push((id, attributes("Phường mới", "ward", Standing::Authority, None)));
        id
    };
    let mut merged_into = None;
    let mut kept: Vec<UnitId> = Vec::new();
    for unit in authorities {
        match dice.below(6) {
            0 | 1 => {
                let into = *merged_into.get_or_insert_with(|| founded(house, &mut plan));
                end(&mut plan, unit, &[into]);
            }
            2 => {
                let heirs: Vec<UnitId> = (0..2 + dice.below(2)).map(|_| founded(house, &mut plan)).collect();
                end(&mut plan, unit, &heirs);
            }
            3 if !kept.is_empty() => end(&mut plan, unit, &[dice.one(&kept)]),
            4 => {
                let mut renamed = house.organisation.attributes_on(unit, on).unwrap().clone();
                renamed.name.push_str(" đổi tên");
                plan.changes.push((unit, renamed));
                kept.push(unit);
            }
            _ => kept.push(unit),
        }
    }
    offices(house, dice, &mut plan, &standing);
    for unit in plan.ends.clone() {
        let heirs = plan.successors_of(unit);
        if dice.below(4) > 0 {
            plan.staff.push(StaffMove { from: unit, person: None, post: None, to: heirs[0].unit, becomes: None });
        }
    }
    plan
}

/// The unit ends; of several heirs the first takes what no rule sends elsewhere, and groups tell the others apart.
fn end(plan: &mut Reorganisation, unit: UnitId, heirs: &[UnitId]) {
    plan.ends.push(unit);
    for (nth, to) in heirs.iter().copied().enumerate() {
        let extent = match (heirs.len(), nth) {
            (1, _) => Extent::Whole,
            (_, 0) => Extent::DefaultPart,
            (_, _) => Extent::Part,
        };
        plan.edges.push(Edge { from: unit, to, extent });
        if heirs.len() > 1 {
            let groups = (nth * 3..nth * 3 + 3).map(|it| it.to_string()).collect();
            plan.territory.push(TerritoryRule { from: vec![unit], to, wards: Vec::new(), groups, streets: Vec::new() });
        }
    }
}

/// The offices of a committee that ends go with it, or move below its heir.
fn offices(house: &House, dice: &mut Dice<'_>, plan: &mut Reorganisation, standing: &[(UnitId, Standing)]) {
    let on = plan.effective_on();
    for (office, _) in standing.iter().filter(|(_, it)| *it == Standing::Office) {
        let authority = house.organisation.authority_of(*office, on);
        let heirs: Vec<UnitId> = plan.successors_of(authority).iter().map(|it| it.unit).collect();
        if heirs.is_empty() {
            continue;
        }
        if dice.below(2) == 0 {
            end(plan, *office, &heirs);
        } else {
            let mut moved = house.organisation.attributes_on(*office, on).unwrap().clone();
            moved.parent = Some(heirs[0]);
            plan.changes.push((*office, moved));
        }
    }
}

/// Everything a reorganisation must leave as it is.
fn promises(it: &Dossier) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        (it.code.clone(), it.revision.clone(), it.regime.clone(), it.calendar.clone(), it.receiving_unit),
        (it.filed_at, it.received_at, it.answer_by, it.due, it.first_due, it.promised_at(), it.finished_at, it.pause),
        (it.owed_vnd, it.paid_vnd, it.still_owed_vnd()),
        (it.filing.clone(), it.draft.clone(), it.signed, it.decision.clone(), it.supplement.clone()),
        (it.status, it.step, it.unusual_requests, it.asked_at_intake, it.asked_at_appraisal, it.confirm_by()),
    )
}

/// Carries a plan out on every dossier and checks what it promises.
fn carry_out(house: &mut House, plan: &Reorganisation) -> Result<MandateChanges, TestCaseError> {
    let on = plan.effective_on();
    let (before, held) = (house.organisation.clone(), house.mandates.clone());
    let router = Router::new(plan, &before, &held).unwrap();
    let made = router.mandates().clone();
    let mut organisation = router.after().clone();
    let mandates = made.applied_to(&house.mandates, on);
    let mut moved = Vec::new();
    let mut staged = Vec::new();
    for kept in &house.dossiers {
        let transfer = if kept.dossier.status.is_open() {
            router.transfer(kept.dossier.id, kept.dossier.places(), &kept.address)
        } else {
            None
        };
        if let Some(transfer) = &transfer {
            moved.push((transfer.dossier, transfer.to));
        }
        staged.push(transfer);
    }
    let mut transfers = Transfers::default();
    transfers.put_all(plan.id, moved);
    organisation.answer_through(Arc::new(transfers));
    for (kept, transfer) in house.dossiers.iter_mut().zip(staged) {
        let old = kept.dossier.clone();
        let asked: Placement = answers(&organisation, &old);
        if let Some(transfer) = transfer {
            settle(kept, &transfer, &organisation, plan)?;
        }
        let new = &kept.dossier;
        prop_assert_eq!(promises(new), promises(&old));
        prop_assert!(new.is_sound());
        prop_assert_eq!(new.next_act().is_some(), old.next_act().is_some());
        prop_assert_eq!(answers(router.after(), new), asked, "settled or not, the answer is the same");
        for unit in [asked.competent, asked.desk, asked.collect, asked.owner.unit] {
            prop_assert!(
                router.after().find_unit(unit).is_some_and(|it| it.stands_on(on)),
                "it lies with a unit that stands"
            );
        }
        if new.status.is_open() {
            let held = router.holders_after(new.owner.unit, new.owner.post);
            let moved = new.owner.unit != old.owner.unit;
            prop_assert!(
                !moved || new.owner.person.is_none_or(|it| held.contains(&it)),
                "nobody owes what is not theirs"
            );
            prop_assert!(!new.needs_routing || moved || new.competent_unit != old.competent_unit || old.needs_routing);
        }
        minutes_stay(&old, new, kept, &organisation, plan.effective_at)?;
    }
    organisation.answer_through(Arc::default());
    house.organisation = organisation;
    house.mandates = mandates;
    Ok(made)
}

fn answers(organisation: &Organisation, it: &Dossier) -> Placement {
    Placement {
        competent: organisation.responsible_now(it),
        owner: organisation.owner_now(it),
        desk: organisation.desk_now(it),
        collect: organisation.collect_now(it),
    }
}

fn settle(
    kept: &mut Kept,
    transfer: &Transfer,
    organisation: &Organisation,
    plan: &Reorganisation,
) -> Result<(), TestCaseError> {
    let at = plan.effective_at;
    let command = Command::Transfer(Box::new(transfer.clone()));
    let world = World { organisation: organisation.clone(), ..kept.world.clone() };
    let events = world.ask(None, at, |context| decide(Some(&kept.dossier), &command, context));
    let events = events.map_err(|no| TestCaseError::fail(format!("{no}")))?;
    prop_assert_eq!(events.len(), 1);
    for event in events {
        let recorded = Recorded { seq: kept.dossier.version + 1, at, actor: None, unit: None, event };
        kept.dossier = Dossier::apply(kept.dossier.id, Some(kept.dossier.clone()), &recorded).unwrap();
        kept.log.push(recorded);
    }
    let folded = Dossier::fold(kept.dossier.id, &kept.log);
    prop_assert_eq!(folded.as_ref(), Ok(&kept.dossier));
    Ok(())
}

/// What anybody held until the instant stays theirs, and all minutes still sum to the whole.
fn minutes_stay(
    old: &Dossier,
    new: &Dossier,
    kept: &Kept,
    organisation: &Organisation,
    at: Instant,
) -> Result<(), TestCaseError> {
    let clock = kept.world.clock();
    let until = |dossier: &Dossier, until: Instant| -> Vec<(Holder, Instant, i64)> {
        let shares = dossier.shares(&clock, organisation, until).unwrap();
        shares.into_iter().map(|it| (it.holder, it.from, it.minutes)).collect()
    };
    prop_assert_eq!(until(new, at), until(old, at));
    let later = at.plus_seconds(9 * 24 * 3_600);
    let end = new.finished_at.unwrap_or(later);
    let whole = clock.elapsed(new.filed_at.local(), end.local()).unwrap();
    prop_assert_eq!(until(new, later).iter().map(|(_, _, minutes)| minutes).sum::<i64>(), whole);
    prop_assert_eq!(new.clock_view(&clock, at).unwrap(), old.clock_view(&clock, at).unwrap());
    Ok(())
}

fn lives() -> impl Strategy<Value = Vec<(Beginning, Vec<Move>)>> {
    proptest::collection::vec((beginnings(), moves()), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Up to five reorganisations one after the other, some on one day.
    #[test]
    fn a_reorganisation_loses_nothing(
        choices in proptest::collection::vec(any::<u16>(), 300),
        lives in lives(),
        days in proptest::collection::vec(0_i64..3, 1..6),
    ) {
        let mut dice = Dice(choices.iter());
        let mut house = House::grown(&mut dice);
        for (beginning, moves) in lives {
            let life = moves.into_iter().fold(beginning.life(), make);
            house.take(&life, &mut dice);
        }
        let logs: Vec<Vec<Recorded>> = house.dossiers.iter().map(|it| it.log.clone()).collect();
        let mut day = house.last_moment().day().saturating_add(1.day());
        let mut reforms = 0;
        for later in days {
            day = day.saturating_add(later.days());
            let plan = plan(&mut house, &mut dice, Instant::from_local(day.at(0, 0, 0, 0)));
            carry_out(&mut house, &plan)?;
            reforms += 1;
        }
        for (kept, log) in house.dossiers.iter().zip(logs) {
            prop_assert_eq!(&kept.log[..log.len()], log.as_slice(), "history is only added to");
            prop_assert!(kept.log.len() <= log.len() + reforms);
        }
    }

    /// Taken back before anybody acted on it, all is as it was: units, rights, and where every dossier lies.
    #[test]
    fn what_is_taken_back_is_as_before(choices in proptest::collection::vec(any::<u16>(), 200), lives in lives()) {
        let mut dice = Dice(choices.iter());
        let mut house = House::grown(&mut dice);
        for (beginning, moves) in lives {
            let life = moves.into_iter().fold(beginning.life(), make);
            house.take(&life, &mut dice);
        }
        let day = house.last_moment().day().saturating_add(1.day());
        let before = (house.organisation.clone(), house.mandates.clone(), house.dossiers.clone());
        let plan = plan(&mut house, &mut dice, Instant::from_local(day.at(0, 0, 0, 0)));
        let made = carry_out(&mut house, &plan)?;
        let on = day.saturating_add(1.day());
        let id = ReformId::from_uuid(Uuid::from_u128(house.mint()));
        let back = Compensation { id, instrument: "Nghị quyết 2/NQ-HĐND".to_owned(), of: &plan, on };
        for (unit, event) in back.unit_events(&before.0) {
            house.organisation.apply(unit, &event).unwrap();
        }
        let mandates = back.mandates(&made).applied_to(&house.mandates, on);
        for (kept, was) in house.dossiers.iter_mut().zip(&before.2) {
            if let Some(transfer) = back.transfer_back(kept.dossier.id, &kept.log).unwrap() {
                let at = Instant::from_local(on.at(0, 0, 0, 0));
                let recorded = Recorded { seq: kept.dossier.version + 1, at, actor: None, unit: None, event: transfer.event() };
                kept.dossier = Dossier::apply(kept.dossier.id, Some(kept.dossier.clone()), &recorded).unwrap();
            }
            prop_assert_eq!(Placement::from(kept.dossier.places()), Placement::from(was.dossier.places()));
            prop_assert_eq!(kept.dossier.places().received_by, was.dossier.places().received_by);
            prop_assert_eq!(promises(&kept.dossier), promises(&was.dossier));
            prop_assert!(kept.dossier.is_sound());
            prop_assert_eq!(answers(&house.organisation, &kept.dossier), answers(&before.0, &was.dossier));
        }
        let standing = |it: &Organisation, on: Date| {
            it.standing_on(on).map(|(id, attributes)| (id, attributes.clone())).collect::<Vec<_>>()
        };
        prop_assert_eq!(standing(&house.organisation, on), standing(&before.0, day.yesterday().unwrap()));
        for it in before.1.all() {
            prop_assert!(mandates.holds(it.person, it.unit, it.post, on));
        }
        prop_assert_eq!(mandates.all().iter().filter(|it| it.holds_on(on)).count(), before.1.all().len());
    }
}
