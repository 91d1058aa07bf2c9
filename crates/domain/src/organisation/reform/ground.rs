//! On whose ground a subject lives today, by an address as it was written on the day of the dossier.

use super::plan::Reorganisation;
use super::territory::{Address, TerritoryRule, folded_ward, resolve};
use crate::ids::UnitId;
use crate::organisation::{Extent, Organisation, Standing, Unit};
use jiff::civil::Date;

/// Answers where the ground of an address lies, through every plan carried out. Addresses name wards as they were called then: the
/// State gives old names to new ground.
pub struct Grounds<'a> {
    organisation: &'a Organisation,
    plans: &'a [Reorganisation],
    today: Date,
}

impl<'a> Grounds<'a> {
    /// Through these plans, which were carried out and hold, oldest first, to the units of that day.
    pub fn new(organisation: &'a Organisation, plans: &'a [Reorganisation], today: Date) -> Self {
        Self { organisation, plans, today }
    }

    /// The unit on whose ground an address of that day lies today; none where it names no unit there was.
    #[doc(alias = "địa bàn")]
    pub fn of(&self, address: &Address, on: Date) -> Option<UnitId> {
        let unit = self.named(address, on)?;
        // Whoever names a unit that had ended means the ground it had on its last day.
        let since = unit.ended_on().filter(|end| *end <= on).and_then(|end| end.yesterday().ok()).unwrap_or(on);
        let plans = self.plans.iter().filter(|it| it.effective_on() > since && it.effective_on() <= self.today);
        Some(plans.fold(unit.id, |here, plan| plan.ground_after(here, address)))
    }

    /// The unit an address names: one that stood that day, else the last one that was called so, for people keep old names.
    fn named(&self, address: &Address, on: Date) -> Option<&'a Unit> {
        let called = |ward: &str, unit: &Unit| {
            let known = unit.attributes_on(on);
            known.is_some_and(|it| it.standing == Standing::Authority && folded_ward(&it.name) == ward)
        };
        let organisation = self.organisation;
        let units = || organisation.ids().filter_map(|id| organisation.find_unit(id));
        address.wards().iter().find_map(|ward| {
            let stands = units().find(|unit| unit.stands_on(on) && called(ward, unit));
            let was = || units().filter(|unit| unit.ended_on().is_some_and(|end| end <= on) && called(ward, unit));
            stands.or_else(|| was().max_by_key(|unit| unit.ended_on()))
        })
    }
}

impl Reorganisation {
    /// Whose the ground of an address is after it, that was this unit's before.
    fn ground_after(&self, unit: UnitId, address: &Address) -> UnitId {
        let rules: Vec<&TerritoryRule> = self.territory.iter().filter(|it| it.from.contains(&unit)).collect();
        let takes =
            |extent: Extent| self.edges.iter().find(|it| it.from == unit && it.extent == extent).map(|it| it.to);
        takes(Extent::Whole)
            .or_else(|| resolve(rules.iter().copied(), address))
            .or_else(|| takes(Extent::DefaultPart))
            .unwrap_or(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::OpeningHours;
    use crate::ids::ReformId;
    use crate::organisation::reform::Edge;
    use crate::organisation::reform::territory::{folded_group, folded_street};
    use crate::organisation::{UnitAttributes, UnitEvent};
    use crate::time::Instant;
    use jiff::civil::date;
    use uuid::Uuid;

    const fn unit(number: u128) -> UnitId {
        UnitId::from_uuid(Uuid::from_u128(number))
    }

    fn established(name: &str, on: Date) -> UnitEvent {
        let attributes = UnitAttributes {
            name: name.to_owned(),
            level: "ward".to_owned(),
            standing: Standing::Authority,
            parent: None,
            codes: Vec::new(),
            seat: String::new(),
            phone: String::new(),
            hours: OpeningHours::default(),
            sectors: Vec::new(),
        };
        UnitEvent::Established { on, attributes }
    }

    fn plan(on: Date, edges: &[(u128, u128, Extent)], territory: Vec<TerritoryRule>) -> Reorganisation {
        Reorganisation {
            id: ReformId::from_uuid(Uuid::from_u128(9)),
            key: String::new(),
            title: String::new(),
            instrument: String::new(),
            signed_on: on,
            effective_at: Instant::from_local(on.at(0, 0, 0, 0)),
            invented: Vec::new(),
            era: None,
            begins: Vec::new(),
            changes: Vec::new(),
            ends: edges.iter().map(|it| unit(it.0)).collect(),
            edges: edges.iter().map(|it| Edge { from: unit(it.0), to: unit(it.1), extent: it.2 }).collect(),
            territory,
            staff: Vec::new(),
            offers: Vec::new(),
            settled: Vec::new(),
            text_sha256: String::new(),
        }
    }

    /// Ward 1 "Một" is split between 2, which takes its name again, and 3, which gets street Tô Hiệu and group 7.
    #[test]
    fn an_address_is_followed_from_its_day_to_the_ground_of_today() {
        let (first, cut) = (date(2024, 12, 1), date(2025, 7, 1));
        let events = [
            (unit(1), established("Phường Một", first)),
            (unit(2), established("Phường Một", cut)),
            (unit(3), established("Phường Hai", cut)),
            (unit(1), UnitEvent::Ended { on: cut, successors: Vec::new(), instrument: String::new() }),
        ];
        let organisation = Organisation::fold(events.iter().map(|(id, event)| (*id, event))).unwrap();
        let rule = |groups: &[&str], streets: &[&str]| TerritoryRule {
            from: vec![unit(1)],
            to: unit(3),
            wards: Vec::new(),
            groups: groups.iter().map(|it| folded_group(it)).collect(),
            streets: streets.iter().map(|it| folded_street(it)).collect(),
        };
        let edges = [(1, 2, Extent::DefaultPart), (1, 3, Extent::Part)];
        let plan = plan(cut, &edges, vec![rule(&[], &["Tô Hiệu"]), rule(&["tổ 7"], &[])]);
        let plans = [plan];
        let at = |text: &str, on: Date, today: Date| {
            let address = Address::of_key(&Address::read(text).key());
            assert_eq!(address, Address::read(text), "a key keeps the address");
            Grounds::new(&organisation, &plans, today).of(&address, on)
        };
        let (before, after) = (date(2025, 6, 30), date(2025, 7, 2));
        assert_eq!(at("3 Tô Hiệu, phường Một", before, before), Some(unit(1)), "its day has not come");
        assert_eq!(at("3 Tô Hiệu, phường Một", before, after), Some(unit(3)));
        assert_eq!(at("3 Cát Cụt, tổ 7, phường Một", before, after), Some(unit(3)));
        assert_eq!(at("3 Cát Cụt, phường Một", before, after), Some(unit(2)), "no rule: the default");
        assert_eq!(
            at("3 Tô Hiệu, phường Một", after, after),
            Some(unit(2)),
            "the new ward of that name is other ground"
        );
        assert_eq!(at("3 Tô Hiệu, phường Ba", before, after), None);
        assert_eq!(at("", before, after), None);
    }
}
