//! What follows from a plan in the world as it is: numbers that open lists, and conflicts that somebody must settle first.

use super::plan::{Reorganisation, Settlement};
use super::router::{MandateChanges, Router};
use crate::dossier::{Status, Transfer};
use crate::ids::{DossierId, PersonId, UnitId};
use crate::organisation::{Extent, Mandate, Mandates, Organisation, OrganisationError, Placed, Places, UnitEvent};
use crate::post::Post;
use crate::procedure::{ProcedureId, RevisionId, Tab};
use crate::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// An open dossier as the plan looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDossier {
    /// Which.
    pub id: DossierId,
    /// Where it stands.
    pub status: Status,
    /// The units it names.
    pub places: Places,
    /// Where its subject lives, as written.
    pub address: String,
    /// Owed in all, in đồng.
    pub owed_vnd: i64,
    /// Paid in all, in đồng.
    pub paid_vnd: i64,
    /// Originals and decisions that lie in the office.
    pub papers: u32,
    /// A unit that was asked for its opinion and has not answered.
    pub asked: Option<UnitId>,
    /// True where a notice reaches its submitter: a telephone with the wish to be told, or an e-mail address.
    pub is_told: bool,
}

impl Placed for OpenDossier {
    fn dossier(&self) -> DossierId {
        self.id
    }

    fn places(&self) -> Places {
        self.places
    }
}

/// A current entry of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// The revision in force.
    pub revision: RevisionId,
    /// Its procedure.
    pub procedure: ProcedureId,
    /// Fingerprint of its steps: two entries with the same one work alike.
    pub workflow: String,
    /// The level competent in each era, as the catalogue says: (era, level).
    pub competent: Vec<(String, String)>,
}

/// A series of dossier numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberSeries {
    /// Whose.
    pub unit: UnitId,
    /// The last number given.
    pub last: u32,
}

/// Something else that names a unit, by how often: queue tickets of the day, appointments, …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What, as a key of words.
    pub what: String,
    /// Which unit.
    pub unit: UnitId,
    /// How often.
    pub count: u64,
}

/// The world a plan meets.
pub struct World<'a> {
    /// The units.
    pub organisation: &'a Organisation,
    /// Who holds which post.
    pub mandates: &'a Mandates,
    /// Dossiers that are open, the decided and not handed over included.
    pub dossiers: &'a [OpenDossier],
    /// Open sessions: who, since when they were last seen.
    pub sessions: &'a [(PersonId, Instant)],
    /// Number series, each with the last number given.
    pub series: &'a [NumberSeries],
    /// The catalogue.
    pub catalogue: &'a [CatalogueEntry],
    /// Whatever else names a unit.
    pub named: &'a [Named],
    /// Plans staged, or in force and not settled.
    pub plans: &'a [Reorganisation],
}

/// What a number counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matter {
    /// Open dossiers, by where they stand: the national code.
    Dossiers(u8),
    /// Dossiers that no rule routes: they lie with the default successor until somebody looked at them.
    NeedsRouting,
    /// Dossiers that fall to the head.
    FellToHead,
    /// Tasks that somebody has in hand.
    OpenTasks,
    /// Opinions asked of a unit that ends.
    OpinionsAsked,
    /// Papers on the shelf.
    ShelfPapers,
    /// Dossiers with money still owed.
    UnpaidFees,
    /// Dossiers with money paid.
    PaidFees,
    /// Rights that end.
    MandatesEnded,
    /// Rights that begin.
    MandatesBegun,
    /// Sessions of people who lose a right: they end.
    Sessions,
    /// Number series that close.
    SeriesClosed,
    /// Number series that open with the successors.
    SeriesOpened,
    /// Catalogue revisions to clone for the level of a successor.
    RevisionsCloned,
    /// Procedures whose competence leaves the house with the new era.
    ProceduresLeaving,
    /// Dossiers whose submitter is told: same code, same date, new address.
    Notices,
    /// Dossiers whose submitter is not: they gave no address, or wish no messages.
    NotTold,
    /// Anything else, by its key.
    Other(String),
}

/// What a list of a number shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A dossier.
    Dossier(DossierId),
    /// Somebody of the staff.
    Person(PersonId),
    /// A revision.
    Revision(RevisionId),
    /// A unit.
    Unit(UnitId),
}

/// A number with its list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// How many.
    pub count: u64,
    /// In đồng, where it is about money.
    pub vnd: i64,
    /// Which, where each has a page.
    pub items: Vec<Item>,
}

/// One revision of the catalogue that the level of a successor needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionClone {
    /// What is cloned.
    pub from: RevisionId,
    /// As what.
    pub to: ProcedureId,
}

/// Something that somebody must settle before the plan is carried out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Conflict {
    /// Two entries of the catalogue come together as one procedure and work differently.
    TwoWorkflows {
        /// One.
        one: ProcedureId,
        /// The other.
        other: ProcedureId,
    },
    /// Somebody would work in several units.
    PersonInUnits {
        /// Who.
        person: PersonId,
        /// Where.
        units: Vec<UnitId>,
    },
    /// Somebody of a unit that ends works nowhere from then on.
    PersonLeaves {
        /// Who.
        person: PersonId,
        /// Where they worked.
        unit: UnitId,
    },
    /// Nobody holds a post that was held before.
    PostOpen {
        /// Where.
        unit: UnitId,
        /// Which.
        post: Post,
        /// Dossiers that wait for it.
        dossiers: u64,
    },
    /// A split sends dossiers by no rule.
    SplitWithoutRule {
        /// What is split.
        unit: UnitId,
    },
    /// An edge leads to a unit that ends the same day.
    EdgeToEnding {
        /// From where.
        from: UnitId,
        /// To where.
        to: UnitId,
    },
    /// Another plan is about the same unit.
    PlanOverlaps {
        /// Its key.
        plan: String,
        /// Which unit.
        unit: UnitId,
    },
    /// Two units that stand from then on carry the same code, so that numbers of theirs could be the same.
    SameCode {
        /// Which list of codes.
        scheme: String,
        /// The code.
        value: String,
        /// Who carries it.
        units: Vec<UnitId>,
    },
}

/// All that follows from a plan.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Consequences {
    /// What happens to the units.
    pub units: Vec<(UnitId, UnitEvent)>,
    /// What happens to rights.
    pub mandates: MandateChanges,
    /// What happens to each open dossier that moves.
    pub transfers: Vec<Transfer>,
    /// Revisions to clone.
    pub clones: Vec<RevisionClone>,
    /// Numbers by what, from where, to where.
    pub counted: BTreeMap<(Matter, UnitId, Option<UnitId>), Counted>,
    /// What somebody must settle; nothing of it: the plan can be carried out.
    pub conflicts: BTreeSet<Conflict>,
}

impl Consequences {
    /// Everything that follows from the plan in this world. The caller reads the world in one snapshot; asking twice gives the
    /// same answer.
    ///
    /// # Errors
    /// A plan that contradicts the units: it was checked against others.
    pub fn of(plan: &Reorganisation, world: &World<'_>) -> Result<Self, OrganisationError> {
        let router = Router::new(plan, world.organisation, world.mandates)?;
        let mut found = Self { units: plan.unit_events(), mandates: router.mandates().clone(), ..Self::default() };
        for dossier in world.dossiers {
            found.dossier(plan, &router, dossier);
        }
        found.rights(world);
        found.series(plan, world);
        found.catalogue(plan, world, &router);
        for it in world.named.iter().filter(|it| plan.ends.contains(&it.unit)) {
            let counted = found.counted(Matter::Other(it.what.clone()), it.unit, Some(router.heir(it.unit, "")));
            counted.count += it.count;
        }
        found.conflicts_of_people(plan, world, &router);
        found.conflicts_of_units(plan, world, &router);
        Ok(found)
    }

    /// All numbers of one matter together.
    pub fn total(&self, matter: &Matter) -> u64 {
        self.counted.iter().filter(|((it, _, _), _)| it == matter).map(|(_, counted)| counted.count).sum()
    }

    fn counted(&mut self, matter: Matter, from: UnitId, to: Option<UnitId>) -> &mut Counted {
        self.counted.entry((matter, from, to)).or_default()
    }

    fn add(&mut self, matter: Matter, from: UnitId, to: Option<UnitId>, item: Item) -> &mut Counted {
        let counted = self.counted(matter, from, to);
        counted.count += 1;
        counted.items.push(item);
        counted
    }

    fn dossier(&mut self, plan: &Reorganisation, router: &Router<'_>, it: &OpenDossier) {
        let dossier = || Item::Dossier(it.id);
        if let Some(asked) = it.asked.filter(|unit| plan.ends.contains(unit)) {
            let to = router.heir(asked, &it.address);
            self.add(Matter::OpinionsAsked, asked, Some(to), dossier());
        }
        let Some(transfer) = router.transfer(it.id, it.places, &it.address) else { return };
        let (from, to) = (it.places.competent, Some(transfer.to.competent));
        self.add(Matter::Dossiers(it.status.national_code()), from, to, dossier());
        self.add(Matter::OpenTasks, it.places.owner.unit, Some(transfer.to.owner.unit), dossier());
        self.add(if it.is_told { Matter::Notices } else { Matter::NotTold }, from, to, dossier());
        if it.papers > 0 {
            let shelf = self.add(Matter::ShelfPapers, it.places.collect, Some(transfer.to.collect), dossier());
            shelf.count += u64::from(it.papers) - 1;
        }
        if it.owed_vnd > it.paid_vnd {
            self.add(Matter::UnpaidFees, from, to, dossier()).vnd += it.owed_vnd - it.paid_vnd;
        }
        if it.paid_vnd > 0 {
            self.add(Matter::PaidFees, from, to, dossier()).vnd += it.paid_vnd;
        }
        if transfer.needs_routing {
            self.add(Matter::NeedsRouting, from, to, dossier());
        }
        if transfer.fell_to_head {
            self.add(Matter::FellToHead, from, to, dossier());
        }
        self.transfers.push(transfer);
    }

    /// Of all that only the revisions to clone: what the instant itself needs to know.
    pub fn clones(plan: &Reorganisation, router: &Router<'_>, catalogue: &[CatalogueEntry]) -> Vec<RevisionClone> {
        let world = World {
            organisation: router.before(),
            mandates: &Mandates::default(),
            dossiers: &[],
            sessions: &[],
            series: &[],
            catalogue,
            named: &[],
            plans: &[],
        };
        let mut found = Self::default();
        found.catalogue(plan, &world, router);
        found.clones
    }

    fn rights(&mut self, world: &World<'_>) {
        let MandateChanges { ended, begun } = self.mandates.clone();
        for it in &ended {
            self.add(Matter::MandatesEnded, it.unit, None, Item::Person(it.person));
        }
        for it in &begun {
            self.add(Matter::MandatesBegun, it.unit, None, Item::Person(it.person));
        }
        for (person, _) in world.sessions {
            if let Some(it) = ended.iter().find(|it| it.person == *person) {
                self.add(Matter::Sessions, it.unit, None, Item::Person(*person));
            }
        }
    }

    fn series(&mut self, plan: &Reorganisation, world: &World<'_>) {
        for it in world.series.iter().filter(|it| plan.ends.contains(&it.unit)) {
            self.add(Matter::SeriesClosed, it.unit, None, Item::Unit(it.unit));
        }
        for (unit, _) in &plan.begins {
            self.add(Matter::SeriesOpened, *unit, None, Item::Unit(*unit));
        }
    }

    /// Procedures come to a successor under its own level; a procedure whose competence goes elsewhere in the new era leaves.
    fn catalogue(&mut self, plan: &Reorganisation, world: &World<'_>, router: &Router<'_>) {
        let on = plan.effective_on();
        for offer in &plan.offers {
            let level = router.after().attributes_on(offer.unit, on).map_or("", |it| it.level.as_str());
            let Ok(tab) = level.parse::<Tab>() else { continue };
            for from in &offer.from {
                let old = world.organisation.attributes_on(*from, on).map_or("", |it| it.level.as_str());
                let offered = |it: &&CatalogueEntry| {
                    it.procedure.tab.as_str() == old
                        && (offer.procedures.is_empty() || offer.procedures.contains(&it.procedure))
                };
                for entry in world.catalogue.iter().filter(offered) {
                    self.offered(plan, world, *from, offer.unit, entry, &tab);
                }
            }
        }
    }

    fn offered(
        &mut self,
        plan: &Reorganisation,
        world: &World<'_>,
        from: UnitId,
        unit: UnitId,
        entry: &CatalogueEntry,
        tab: &Tab,
    ) {
        let era = plan.era.as_deref();
        let level =
            entry.competent.iter().find(|(named, _)| Some(named.as_str()) == era).map(|(_, level)| level.as_str());
        let leaves = level.is_some_and(|level| level != tab.as_str() && level != "any" && level != "both");
        if leaves {
            self.add(Matter::ProceduresLeaving, from, None, Item::Revision(entry.revision.clone()));
            return;
        }
        if entry.procedure.tab == *tab {
            return;
        }
        let to = ProcedureId { slug: entry.procedure.slug.clone(), tab: tab.clone() };
        match world.catalogue.iter().find(|it| it.procedure == to) {
            Some(there) if there.workflow == entry.workflow => {}
            Some(there) => {
                let kept = |it: &ProcedureId| plan.is_settled(&Settlement::Workflow { keep: it.clone() });
                if kept(&there.procedure) {
                    return;
                }
                if kept(&entry.procedure) {
                    self.clone_revision(from, unit, entry, to);
                    return;
                }
                let conflict = Conflict::TwoWorkflows { one: entry.procedure.clone(), other: there.procedure.clone() };
                self.conflicts.insert(conflict);
            }
            None => self.clone_revision(from, unit, entry, to),
        }
    }

    fn clone_revision(&mut self, from: UnitId, unit: UnitId, entry: &CatalogueEntry, to: ProcedureId) {
        self.add(Matter::RevisionsCloned, from, Some(unit), Item::Revision(entry.revision.clone()));
        let clone = RevisionClone { from: entry.revision.clone(), to };
        if !self.clones.contains(&clone) {
            self.clones.push(clone);
        }
    }

    fn conflicts_of_people(&mut self, plan: &Reorganisation, world: &World<'_>, router: &Router<'_>) {
        let on = plan.effective_on();
        let after = self.mandates.applied_to(world.mandates, on);
        let concerned: BTreeSet<PersonId> =
            self.mandates.ended.iter().chain(&self.mandates.begun).map(|it| it.person).collect();
        for person in concerned {
            let units: BTreeSet<UnitId> = after.of(person, on).map(|it| it.unit).collect();
            if units.len() > 1 && !plan.is_settled(&Settlement::PersonInUnits { person }) {
                self.conflicts.insert(Conflict::PersonInUnits { person, units: units.into_iter().collect() });
            } else if units.is_empty() && !plan.is_settled(&Settlement::PersonLeaves { person }) {
                let unit = self.mandates.ended.iter().find(|it| it.person == person).map(|it| it.unit);
                self.conflicts.extend(unit.map(|unit| Conflict::PersonLeaves { person, unit }));
            }
        }
        self.open_posts(plan, world, router);
    }

    /// A post that was held in a unit must be held in whoever inherits from it.
    fn open_posts(&mut self, plan: &Reorganisation, world: &World<'_>, router: &Router<'_>) {
        let on = plan.effective_on();
        let mut waiting: BTreeMap<(UnitId, Post), u64> = BTreeMap::new();
        for it in world.dossiers.iter().filter(|it| plan.ends.contains(&it.places.owner.unit)) {
            let heir = router.heir(it.places.owner.unit, &it.address);
            *waiting.entry((heir, it.places.owner.post)).or_default() += 1;
        }
        let held = |it: &&Mandate| it.holds_on(on) && plan.ends.contains(&it.unit);
        let inherited = world
            .mandates
            .all()
            .iter()
            .filter(held)
            .flat_map(|it| plan.successors_of(it.unit).into_iter().map(move |heir| (heir.unit, it.post)));
        let posts: BTreeSet<(UnitId, Post)> = inherited.chain(waiting.keys().copied()).collect();
        for (heir, post) in posts {
            let unit = router.after().seat_of(heir, post, on);
            let is_held = !router.holders_after(unit, post).is_empty();
            if !is_held && !plan.is_settled(&Settlement::PostOpen { unit, post }) {
                let dossiers = waiting.get(&(heir, post)).copied().unwrap_or(0);
                self.conflicts.insert(Conflict::PostOpen { unit, post, dossiers });
            }
        }
    }

    fn conflicts_of_units(&mut self, plan: &Reorganisation, world: &World<'_>, router: &Router<'_>) {
        let on = plan.effective_on();
        for edge in &plan.edges {
            if plan.ends.contains(&edge.to) {
                self.conflicts.insert(Conflict::EdgeToEnding { from: edge.from, to: edge.to });
            }
            let has_rule = plan.territory.iter().any(|it| it.to == edge.to && it.from.contains(&edge.from));
            if edge.extent == Extent::Part && !has_rule {
                self.conflicts.insert(Conflict::SplitWithoutRule { unit: edge.from });
            }
        }
        for other in world.plans.iter().filter(|it| it.id != plan.id) {
            let theirs: BTreeSet<UnitId> = other.touches().collect();
            for unit in plan.touches().filter(|unit| theirs.contains(unit)) {
                self.conflicts.insert(Conflict::PlanOverlaps { plan: other.key.clone(), unit });
            }
        }
        let mut carriers: BTreeMap<(&str, &str), Vec<UnitId>> = BTreeMap::new();
        for (unit, it) in router.after().standing_on(on) {
            for code in &it.codes {
                carriers.entry((code.scheme.as_str(), code.value.as_str())).or_default().push(unit);
            }
        }
        for ((scheme, value), units) in carriers.into_iter().filter(|(_, units)| units.len() > 1) {
            let (scheme, value) = (scheme.to_owned(), value.to_owned());
            self.conflicts.insert(Conflict::SameCode { scheme, value, units });
        }
    }
}
