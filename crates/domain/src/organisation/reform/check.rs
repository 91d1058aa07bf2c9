//! Whether a plan can be: its units, its instant, its rules, against the units there are and the plans there are.

use super::file::{Plan, SettledEntry, SettledKind};
use super::plan::{Edge, Offer, Reorganisation, Settled, Settlement, StaffMove};
use super::territory::{TerritoryRule, folded_group, folded_street, folded_ward};
use crate::ids::{PersonId, ReformId, UnitId};
use crate::organisation::{Extent, HOUSE_KEYS, Organisation, Standing, UnitAttributes, UnitCode};
use crate::procedure::ImportProblem;
use crate::time::Instant;
use jiff::civil::Date;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Most problems listed for one plan.
const PROBLEMS_MAX: usize = 200;

/// What a plan is checked against.
pub struct Surroundings<'a> {
    /// The units there are.
    pub organisation: &'a Organisation,
    /// Plans that are staged or in force and not settled.
    pub plans: &'a [Reorganisation],
    /// Who has that login.
    pub person: &'a dyn Fn(&str) -> Option<PersonId>,
    /// Now: nothing is reorganised in the past.
    pub now: Instant,
}

struct Check<'a> {
    plan: &'a Plan,
    around: &'a Surroundings<'a>,
    /// The first day of the units of after: the units handed in are as they are until then, earlier plans of that day included.
    on: Date,
    founded: BTreeMap<&'a str, UnitId>,
    ends: BTreeSet<UnitId>,
    problems: RefCell<Vec<ImportProblem>>,
    /// Keys of units of before that this house never had, each with the first line that names it.
    missing: RefCell<BTreeMap<String, usize>>,
}

impl Plan {
    /// Makes the plan of its file, with the ids of the units it names; `fresh` mints those of the units that begin.
    ///
    /// # Errors
    /// Everything that cannot be, each with its line: a cycle, an unknown or ended unit, a past instant, a split without a rule
    /// or without a default, two plans on one unit, a rule that matches twice or never, a wrong number of the resolution, a unit
    /// that goes on below one that ends.
    pub fn check(
        &self,
        id: ReformId,
        around: &Surroundings<'_>,
        fresh: &mut dyn FnMut() -> UnitId,
    ) -> Result<Reorganisation, Vec<ImportProblem>> {
        let on = self.effective_at.day();
        let founded = self.units.iter().map(|it| (it.key.as_str(), fresh())).collect();
        let mut check = Check {
            plan: self,
            around,
            on,
            founded,
            ends: BTreeSet::new(),
            problems: RefCell::default(),
            missing: RefCell::default(),
        };
        check.head();
        // Which units there were on a day nobody means says nothing about the plan.
        if self.effective_at < around.now {
            return Err(check.problems.into_inner());
        }
        check.ends = check.ends();
        let reorganisation = Reorganisation {
            id,
            key: self.key.clone(),
            title: self.title.clone(),
            instrument: self.instrument.clone(),
            signed_on: self.signed_on,
            effective_at: self.effective_at,
            invented: self.invented.clone(),
            era: self.era.clone(),
            begins: check.begins(),
            changes: check.changes(),
            ends: check.ends.iter().copied().collect(),
            edges: check.edges(),
            territory: check.territory(),
            staff: check.staff(),
            offers: check.offers(),
            settled: check.settled(),
            text_sha256: self.text_sha256.clone(),
        };
        check.cycles(&reorganisation.edges);
        check.tree(&reorganisation);
        check.left_below(&reorganisation);
        check.told_apart(&reorganisation);
        check.splits(&reorganisation);
        check.other_plans(&reorganisation);
        check.missing_units();
        let mut problems = check.problems.into_inner();
        problems.sort_by_key(|it| it.line);
        if problems.is_empty() { Ok(reorganisation) } else { Err(problems) }
    }
}

impl Check<'_> {
    fn note(&self, line: usize, field: &str, expected: &str, found: &str) {
        let mut problems = self.problems.borrow_mut();
        let problem = ImportProblem::new(&self.plan.file, line, field, expected, found);
        if problems.len() < PROBLEMS_MAX && !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    fn head(&self) {
        let (plan, lines) = (self.plan, self.plan.lines);
        if !is_number(&plan.number) {
            self.note(lines.number, "number", "the number of a resolution such as 1232/NQ-UBTVQH15", &plan.number);
        }
        if plan.signed_on > self.on {
            self.note(lines.signed_on, "signed_on", "a day before the plan takes effect", &plan.signed_on.to_string());
        }
        if plan.effective_at < self.around.now {
            let now = format!("a moment not before {}", self.around.now.local().strftime("%Y-%m-%dT%H:%M"));
            self.note(lines.effective_at, "effective_at", &now, &plan.effective_at.local().to_string());
        }
        if plan.units.is_empty() && plan.ends.is_empty() && plan.changes.is_empty() && plan.edges.is_empty() {
            self.note(1, "file", "a unit that begins, changes or ends", "nothing");
        }
    }

    /// A unit of before: it stands until the instant.
    fn before(&self, line: usize, field: &str, key: &str) -> Option<UnitId> {
        let organisation = self.around.organisation;
        let found = organisation.unit_by_code(HOUSE_KEYS, key, self.on);
        if found.is_none() {
            let known = organisation.ids().any(|it| {
                organisation.find_unit(it).is_some_and(|it| it.ended_on().is_some_and(|end| end <= self.on))
                    && organisation.attributes_on(it, self.on).is_some_and(|it| it.has_code(HOUSE_KEYS, key))
            });
            let expected = if known { "a unit that has not ended before" } else { "a unit there is on that day" };
            self.note(line, field, expected, key);
            if !known && matches!(field, "from" | "ends" | "change.unit") {
                self.missing.borrow_mut().entry(key.to_owned()).or_insert(line);
            }
        }
        found
    }

    /// Several units of before that this house never had are no slip of the pen: they are its neighbours, or it was founded from
    /// another file. Said once for all of them, with what to do.
    fn missing_units(&self) {
        let missing = self.missing.borrow();
        let Some(line) = missing.values().min().filter(|_| missing.len() > 1) else { return };
        let keys = missing.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let expected = "units this house has: found the missing ones first (motcua import units), or take their lines out of the plan";
        let problem = ImportProblem::new(&self.plan.file, *line, "units", expected, &keys);
        self.problems.borrow_mut().insert(0, problem);
    }

    /// A unit of after: one that begins with the plan, or one that stands on.
    fn after(&self, line: usize, field: &str, key: &str) -> Option<UnitId> {
        if let Some(id) = self.founded.get(key) {
            return Some(*id);
        }
        let id = self.before(line, field, key)?;
        if self.ends.contains(&id) {
            self.note(line, field, "a unit that does not end the same day", key);
            return None;
        }
        Some(id)
    }

    fn all_before(&self, line: usize, keys: &[String]) -> Vec<UnitId> {
        keys.iter().filter_map(|key| self.before(line, "from", key)).collect()
    }

    fn ends(&self) -> BTreeSet<UnitId> {
        self.plan.ends.iter().filter_map(|key| self.before(self.plan.lines.ends, "ends", key)).collect()
    }

    fn begins(&self) -> Vec<(UnitId, UnitAttributes)> {
        let mut begun = Vec::with_capacity(self.plan.units.len());
        for (place, entry) in self.plan.units.iter().enumerate() {
            if self.plan.units.iter().take(place).any(|earlier| earlier.key == entry.key) {
                self.note(entry.line, "unit.key", "a key no other unit of the plan has", &entry.key);
            }
            let standing = self.around.organisation.unit_by_code(HOUSE_KEYS, &entry.key, self.on);
            if standing.is_some_and(|id| !self.ends.contains(&id)) {
                self.note(entry.line, "unit.key", "a key no unit that stands on has", &entry.key);
            }
            if entry.from.is_some_and(|from| from != self.on) {
                self.note(entry.line, "unit.from", "the day of the plan, or nothing", &entry.key);
            }
            let parent = entry.parent.as_deref().and_then(|key| self.after(entry.line, "unit.parent", key));
            if let Some(id) = self.founded.get(entry.key.as_str()) {
                begun.push((*id, entry.below(parent)));
            }
        }
        self.parents_in_a_circle(&begun);
        begun
    }

    fn parents_in_a_circle(&self, begun: &[(UnitId, UnitAttributes)]) {
        let parent = |id: UnitId| begun.iter().find(|(it, _)| *it == id).and_then(|(_, it)| it.parent);
        for (entry, (id, _)) in self.plan.units.iter().zip(begun) {
            let returns = std::iter::successors(parent(*id), |it| parent(*it)).take(begun.len()).any(|it| it == *id);
            if returns {
                self.note(entry.line, "unit.parent", "a unit that is not below it", &entry.key);
            }
        }
    }

    fn changes(&self) -> Vec<(UnitId, UnitAttributes)> {
        let mut changed: Vec<(UnitId, UnitAttributes)> = Vec::new();
        for entry in &self.plan.changes {
            let Some(id) = self.before(entry.line, "change.unit", &entry.unit) else { continue };
            if self.ends.contains(&id) || changed.iter().any(|(earlier, _)| *earlier == id) {
                self.note(entry.line, "change.unit", "a unit that stands on, once", &entry.unit);
                continue;
            }
            let Some(before) = self.around.organisation.attributes_on(id, self.on) else { continue };
            let mut after = before.clone();
            if let Some(name) = &entry.name {
                after.name.clone_from(name);
            }
            if let Some(seat) = &entry.seat {
                after.seat.clone_from(seat);
            }
            if let Some(phone) = &entry.phone {
                after.phone.clone_from(phone);
            }
            if let Some(parent) = &entry.parent {
                after.parent = self.after(entry.line, "change.parent", parent);
            }
            for code in &entry.codes {
                after.codes.retain(|it| it.scheme != code.scheme);
                after.codes.push(UnitCode { scheme: code.scheme.clone(), value: code.value.clone() });
            }
            if after == *before {
                self.note(entry.line, "change.unit", "something that changes", &entry.unit);
            }
            changed.push((id, after));
        }
        changed
    }

    /// Nobody stands above themselves once the plan is carried out.
    fn tree(&self, plan: &Reorganisation) {
        let organisation = self.around.organisation;
        let written = |unit: UnitId| plan.changes.iter().chain(&plan.begins).find(|it| it.0 == unit).map(|it| &it.1);
        let above = |unit: UnitId| written(unit).or_else(|| organisation.attributes_on(unit, self.on))?.parent;
        for entry in self.plan.changes.iter().filter(|it| it.parent.is_some()) {
            let Some(unit) = organisation.unit_by_code(HOUSE_KEYS, &entry.unit, self.on) else { continue };
            let mut seen = BTreeSet::from([unit]);
            let mut here = above(unit);
            while let Some(parent) = here.filter(|it| seen.insert(*it)) {
                here = above(parent);
            }
            if here == Some(unit) {
                let found = entry.parent.as_deref().unwrap_or_default();
                self.note(entry.line, "change.parent", "a unit that is not below it", found);
            }
        }
    }

    /// A unit that stands on is below one that does, for whoever is above it reads and decides for it: where its parent ends, the
    /// plan ends it too or says below whom it goes on. That is nobody's to guess, not even where one successor takes the whole.
    fn left_below(&self, plan: &Reorganisation) {
        let moved = |unit: UnitId| plan.changes.iter().find(|it| it.0 == unit).map(|it| &it.1);
        for ends in &self.ends {
            let is_left = |(unit, before): &(UnitId, &UnitAttributes)| {
                !self.ends.contains(unit) && moved(*unit).unwrap_or(before).parent == Some(*ends)
            };
            let left = self.around.organisation.standing_on(self.on).filter(is_left);
            let names: Vec<&str> = left.map(|(_, it)| it.name.as_str()).collect();
            if names.is_empty() {
                continue;
            }
            let name = self.around.organisation.name_on(*ends, self.on);
            let line = self.plan.lines.ends;
            self.note(
                line,
                "ends",
                &format!("a new parent for each unit below one that ends: {name}"),
                &names.join(", "),
            );
        }
    }

    /// Among the units of after nobody can be taken for another: authorities of one name below one parent, or one code twice.
    fn told_apart(&self, plan: &Reorganisation) {
        let written: Vec<(usize, UnitId, &UnitAttributes)> = self
            .lines_of_units()
            .filter_map(|(line, unit)| {
                let (_, it) = plan.begins.iter().chain(&plan.changes).find(|(id, _)| *id == unit)?;
                Some((line, unit, it))
            })
            .collect();
        let is_written = |unit: &UnitId| written.iter().any(|it| it.1 == *unit);
        let standing = self.around.organisation.standing_on(self.on);
        let stays = standing.filter(|(unit, _)| !self.ends.contains(unit) && !is_written(unit));
        let mut before: Vec<(UnitId, &UnitAttributes)> = stays.collect();
        for (line, unit, own) in written {
            let is_authority = |it: &UnitAttributes| it.standing == Standing::Authority;
            let bears = |it: &UnitAttributes| is_authority(it) && it.parent == own.parent && it.name == own.name;
            if is_authority(own) && before.iter().any(|(_, it)| bears(it)) {
                self.note(line, "name", "a name no other unit below the same one bears", &own.name);
            }
            let of_the_state = own.codes.iter().filter(|it| it.scheme != HOUSE_KEYS);
            for code in of_the_state.filter(|code| before.iter().any(|(_, it)| it.codes.contains(code))) {
                self.note(line, &code.scheme, "a code no other unit has then", &code.value);
            }
            before.push((unit, own));
        }
    }

    /// The lines of the units that begin or change.
    fn lines_of_units(&self) -> impl Iterator<Item = (usize, UnitId)> {
        let begun = self.plan.units.iter().filter_map(|it| Some((it.line, *self.founded.get(it.key.as_str())?)));
        let organisation = self.around.organisation;
        let changed = self.plan.changes.iter();
        begun.chain(changed.filter_map(|it| Some((it.line, organisation.unit_by_code(HOUSE_KEYS, &it.unit, self.on)?))))
    }

    fn edges(&self) -> Vec<Edge> {
        let mut edges: Vec<Edge> = Vec::new();
        for entry in &self.plan.edges {
            // Where every unit of the file ends, the way back to itself is a cycle, and is named as that.
            let to = match self.founded.get(entry.to.as_str()) {
                Some(id) => Some(*id),
                None => self.before(entry.line, "edge.to", &entry.to),
            };
            let Some(to) = to else { continue };
            for from in self.all_before(entry.line, &entry.from) {
                if edges.iter().any(|it| (it.from, it.to) == (from, to)) {
                    self.note(entry.line, "edge", "one edge between two units", &entry.to);
                    continue;
                }
                edges.push(Edge { from, to, extent: entry.extent });
            }
        }
        edges
    }

    fn line_of_edge(&self, edge: &Edge) -> usize {
        let organisation = self.around.organisation;
        let names = |keys: &[String]| {
            keys.iter().any(|key| organisation.unit_by_code(HOUSE_KEYS, key, self.on) == Some(edge.from))
        };
        let to =
            |key: &str| self.founded.get(key).copied().or_else(|| organisation.unit_by_code(HOUSE_KEYS, key, self.on));
        let entry = self.plan.edges.iter().find(|it| names(&it.from) && to(&it.to) == Some(edge.to));
        entry.map_or(1, |it| it.line)
    }

    /// What a unit gives must not come back to it, nor go to a unit that ends with it.
    fn cycles(&self, edges: &[Edge]) {
        for edge in edges {
            let mut seen: BTreeSet<UnitId> = BTreeSet::new();
            let mut open = vec![edge.to];
            while let Some(here) = open.pop() {
                if seen.insert(here) {
                    open.extend(edges.iter().filter(|it| it.from == here).map(|it| it.to));
                }
            }
            let name = self.around.organisation.name_on(edge.to, self.on);
            if seen.contains(&edge.from) {
                self.note(self.line_of_edge(edge), "edge", "no cycle: what a unit gives comes back to it", name);
            } else if self.ends.contains(&edge.to) {
                self.note(self.line_of_edge(edge), "edge.to", "a unit that does not end the same day", name);
            }
        }
    }

    fn splits(&self, plan: &Reorganisation) {
        let organisation = self.around.organisation;
        for unit in plan.edges.iter().map(|it| it.from).chain(self.ends.iter().copied()).collect::<BTreeSet<_>>() {
            let edges: Vec<&Edge> = plan.edges.iter().filter(|it| it.from == unit).collect();
            let name = organisation.name_on(unit, self.on);
            let line = edges.first().map_or(self.plan.lines.ends, |it| self.line_of_edge(it));
            let count = |extent| edges.iter().filter(|it| it.extent == extent).count();
            let ends = self.ends.contains(&unit);
            match (count(Extent::Whole), count(Extent::DefaultPart), count(Extent::Part)) {
                (0, 0, 0) => self.note(line, "ends", "a unit that somebody inherits from", name),
                (1, 0, 0) if !ends => {
                    self.note(line, "edge.extent", "a unit that ends, where the whole of it goes", name)
                }
                (1, 0, 0) | (0, 1, _) if ends => {}
                (0, 0, _) if !ends => {}
                (0, 0, _) => self.note(line, "edge.extent", "one default successor of a split unit", name),
                (0, 1.., _) if !ends => {
                    self.note(line, "edge.extent", "a part: what is left stays with the unit", name)
                }
                (0, _, _) => self.note(line, "edge.extent", "one default successor, not several", name),
                (_, _, _) => self.note(line, "edge.extent", "one successor of the whole, or parts", name),
            }
            for edge in edges.iter().filter(|it| it.extent == Extent::Part) {
                if !plan.territory.iter().any(|it| it.to == edge.to && it.from.contains(&unit)) {
                    self.note(self.line_of_edge(edge), "edge", "a territory rule that says which part", name);
                }
            }
        }
        self.rules_meet(plan);
    }

    fn territory(&self) -> Vec<TerritoryRule> {
        let mut rules = Vec::with_capacity(self.plan.territory.len());
        for entry in &self.plan.territory {
            let folded =
                |names: &[String], fold: fn(&str) -> String| names.iter().map(|it| fold(it)).collect::<Vec<_>>();
            let rule = TerritoryRule {
                from: self.all_before(entry.line, &entry.from),
                to: self.after(entry.line, "territory.to", &entry.to).unwrap_or(UnitId::from_uuid(uuid::Uuid::nil())),
                wards: folded(&entry.wards, folded_ward),
                groups: folded(&entry.groups, folded_group),
                streets: folded(&entry.streets, folded_street),
            };
            let unreadable = [&rule.wards, &rule.groups, &rule.streets].into_iter().flatten().any(String::is_empty);
            if rule.kinds() == 0 || unreadable {
                self.note(
                    entry.line,
                    "territory",
                    "wards, groups or streets that can match: this one never does",
                    &entry.to,
                );
            }
            for ward in entry.wards.iter().filter(|ward| !self.was_ever_called(&folded_ward(ward))) {
                self.note(entry.line, "territory.wards", "a unit there is or was: this one never matches", ward);
            }
            rules.push(rule);
        }
        rules
    }

    fn was_ever_called(&self, folded: &str) -> bool {
        let organisation = self.around.organisation;
        organisation
            .ids()
            .filter_map(|id| organisation.find_unit(id))
            .any(|unit| unit.names().any(|name| folded_ward(name) == folded))
    }

    /// Rules that fit the same address as closely and name different successors, and rules nobody asks.
    fn rules_meet(&self, plan: &Reorganisation) {
        for (place, (rule, entry)) in plan.territory.iter().zip(&self.plan.territory).enumerate() {
            let asked = |unit: &UnitId| {
                plan.edges.iter().any(|it| it.from == *unit && it.to == rule.to && it.extent != Extent::Whole)
            };
            if !rule.from.iter().all(asked) {
                self.note(
                    entry.line,
                    "territory",
                    "an edge with a part between the two: this rule never matches",
                    &entry.to,
                );
            }
            let earlier = plan.territory.iter().zip(&self.plan.territory).take(place);
            if let Some((_, other)) = earlier.clone().find(|(it, _)| it.to != rule.to && it.collides(rule)) {
                let expected = format!("ground no other rule gives away: the rule on line {} does", other.line);
                self.note(entry.line, "territory", &expected, &entry.to);
            }
        }
    }

    fn person(&self, line: usize, field: &str, login: &str) -> Option<PersonId> {
        let person = (self.around.person)(login);
        if person.is_none() {
            self.note(line, field, "a login of the staff", login);
        }
        person
    }

    fn staff(&self) -> Vec<StaffMove> {
        let mut moves = Vec::new();
        for entry in &self.plan.staff {
            let person = match entry.person.as_deref() {
                None => None,
                Some(login) => match self.person(entry.line, "staff.person", login) {
                    None => continue,
                    found => found,
                },
            };
            let Some(to) = self.after(entry.line, "staff.to", &entry.to) else { continue };
            for from in self.all_before(entry.line, &entry.from) {
                let it = StaffMove { from, person, post: entry.post, to, becomes: entry.becomes };
                // Of two lines that say as closely whom they mean, nobody could tell which holds.
                let is_same_people =
                    |other: &&StaffMove| (other.from, other.person, other.post) == (it.from, it.person, it.post);
                match moves.iter().find(is_same_people) {
                    None => moves.push(it),
                    Some(other) if *other == it => {}
                    Some(_) => {
                        let expected = "one place for the same people: another line sends them elsewhere";
                        self.note(entry.line, "staff.to", expected, &entry.to);
                    }
                }
            }
        }
        moves
    }

    fn offers(&self) -> Vec<Offer> {
        let offer = |entry: &super::file::OfferEntry| {
            let unit = self.after(entry.line, "offer.unit", &entry.unit)?;
            let from = self.all_before(entry.line, &entry.from);
            Some(Offer { unit, from, procedures: entry.procedures.clone() })
        };
        self.plan.offers.iter().filter_map(offer).collect()
    }

    fn settled(&self) -> Vec<Settled> {
        let said = |entry: &SettledEntry| {
            let what = self.settlement(entry);
            if what.is_none() {
                self.note(
                    entry.line,
                    "settled",
                    "what it is about: a person, a procedure, or a unit and a post",
                    "nothing",
                );
            }
            what.map(|what| Settled { what, reason: entry.reason.clone() })
        };
        self.plan.settled.iter().filter_map(said).collect()
    }

    fn settlement(&self, entry: &SettledEntry) -> Option<Settlement> {
        let person = || entry.person.as_deref().and_then(|login| self.person(entry.line, "settled.person", login));
        match entry.what {
            SettledKind::PersonInUnits => Some(Settlement::PersonInUnits { person: person()? }),
            SettledKind::PersonLeaves => Some(Settlement::PersonLeaves { person: person()? }),
            SettledKind::Workflow => Some(Settlement::Workflow { keep: entry.keep.clone()? }),
            SettledKind::PostOpen => {
                let unit = entry.unit.as_deref().and_then(|key| self.after(entry.line, "settled.unit", key))?;
                Some(Settlement::PostOpen { unit, post: entry.post? })
            }
        }
    }

    fn other_plans(&self, plan: &Reorganisation) {
        for other in self.around.plans.iter().filter(|it| it.id != plan.id) {
            let theirs: BTreeSet<UnitId> = other.touches().collect();
            let Some(shared) = plan.touches().find(|unit| theirs.contains(unit)) else { continue };
            let name = self.around.organisation.name_on(shared, self.on);
            let expected = format!("a unit no other plan is about: {} is", other.key);
            let edge = plan.edges.iter().find(|it| it.from == shared);
            let line = edge.map_or(self.plan.lines.ends, |it| self.line_of_edge(it));
            self.note(line, "edge.from", &expected, name);
        }
    }
}

/// The number of a resolution, a law or a decision: "1232/NQ-UBTVQH15", "202/2025/QH15".
fn is_number(text: &str) -> bool {
    let parts: Vec<&str> = text.split('/').collect();
    let digits = |part: &str, most: usize| {
        !part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit()) && !part.starts_with('0')
    };
    let issuer = |part: &str| {
        let letters = part.chars().filter(|c| c.is_uppercase()).count();
        let fits = |c: char| c.is_uppercase() || c.is_ascii_digit() || c == '-';
        letters >= 2 && part.starts_with(char::is_uppercase) && part.chars().all(fits) && !part.ends_with('-')
    };
    match parts.as_slice() {
        [number, by] => digits(number, 5) && issuer(by),
        [number, year, by] => digits(number, 5) && year.len() == 4 && digits(year, 4) && issuer(by),
        _ => false,
    }
}
