//! The units and people of a bench: one authority with wards below it, their officers, and citizens nobody is.

use crate::demo::dice::Dice;
use crate::demo::people::Inventor;
use crate::embedded;
use crate::ended::Stop;
use anyhow::Context;
use app::AppError;
use app::filing::AGENCY_CODES;
use app::house::{House, Snapshot};
use app::{catalogue, units};
use domain::ids::{PersonId, UnitId};
use domain::organisation::{Mandate, Standing};
use domain::post::Post;
use domain::procedure::{Channel, ProcedureRevision, StepKind};
use jiff::ToSpan;
use jiff::civil::Date;
use std::fmt::Write;
use std::sync::Arc;
use storage::house::{ORGANISATION, next_edition};
use storage::people::{self, Person};

/// Units in all: an authority and its wards.
pub const UNITS: u32 = 120;
/// Procedures that dossiers are about.
const PROCEDURES_MAX: usize = 6;
/// Everything began so many days ago.
pub const DAYS: i64 = 400;

/// The way of a dossier that needs nobody outside the ward.
const ORDINARY: [(Post, StepKind); 5] = [
    (Post::Reception, StepKind::Receive),
    (Post::Specialist, StepKind::Work),
    (Post::Leader, StepKind::Sign),
    (Post::Clerk, StepKind::Issue),
    (Post::Reception, StepKind::HandOver),
];

/// A ward with its officers.
#[derive(Clone, Debug)]
pub struct Ward {
    /// Which.
    pub unit: UnitId,
    /// What its codes begin with.
    pub code: String,
    /// At the desk.
    pub desk: PersonId,
    /// Two case officers.
    pub specialists: [PersonId; 2],
    /// Signs.
    pub leader: PersonId,
    /// Numbers and seals.
    pub clerk: PersonId,
}

/// Everybody a bench needs.
pub struct World {
    /// The wards, in the order of their codes.
    pub wards: Vec<Ward>,
    /// The control officer of the authority, who reads its reports.
    pub control: PersonId,
    /// What dossiers are about.
    pub procedures: Vec<Arc<ProcedureRevision>>,
}

/// The day on which everything began.
pub fn began_on(today: Date) -> Date {
    today.saturating_sub(DAYS.days())
}

/// Founds units, procedures and staff in a house that has none.
///
/// # Errors
/// The house failed.
pub fn found(house: &House) -> Result<(), Stop> {
    let began = began_on(house.clock.now().day());
    units::import(house, "bench", &units_file(began)?)?;
    catalogue::publish(house, &embedded::revisions()?, None)?;
    let known = house.now_known();
    let (mut dice, mut inventor) = (Dice::new(1), Inventor::new());
    let mut seats: Vec<(UnitId, Post)> = Vec::new();
    for (unit, it) in known.organisation.standing_on(began) {
        let posts: &[Post] = match it.parent {
            None => &[Post::ControlOfficer, Post::Leader],
            Some(_) => &[Post::Reception, Post::Specialist, Post::Specialist, Post::Leader, Post::Clerk],
        };
        seats.extend(posts.iter().map(|post| (unit, *post)));
    }
    let now = house.clock.now();
    let taken: Vec<(Person, Mandate)> = seats
        .into_iter()
        .map(|(unit, post)| {
            let person = inventor.somebody(&mut dice, PersonId::from_uuid(house.ids.uuid(now)), "staff");
            let mandate = Mandate { person: person.id, unit, post, from: began, until: None };
            (person, mandate)
        })
        .collect();
    house.db.write_now(|tx| {
        for (person, mandate) in &taken {
            people::add(tx, person, now)?;
            storage::units::add_mandate(tx, mandate)?;
        }
        next_edition(tx, ORGANISATION)?;
        Ok::<_, AppError>(())
    })?;
    house.refresh()?;
    Ok(())
}

fn units_file(from: Date) -> Result<String, Stop> {
    let mut file = format!(
        "[[unit]]\nkey = \"bench\"\nname = \"Thành phố Mẫu\"\nlevel = \"city\"\nstanding = \"authority\"\nfrom = \"{from}\"\n\
         codes = {{ agency = \"H00\" }}\n"
    );
    for number in 1..UNITS {
        write!(
            file,
            "\n[[unit]]\nkey = \"bench-{number:03}\"\nname = \"Phường Mẫu {number}\"\nlevel = \"ward\"\nstanding = \"authority\"\n\
             parent = \"bench\"\nfrom = \"{from}\"\ncodes = {{ agency = \"H00.{number:03}\" }}\n"
        )?;
    }
    Ok(file)
}

/// Invents citizens and writes them down. The second time in a house others are invented.
///
/// # Errors
/// The house failed.
pub fn citizens(house: &House, seed: u64, count: usize) -> Result<Vec<Person>, Stop> {
    let (mut dice, mut inventor) = (Dice::new(seed), Inventor::new());
    let now = house.clock.now();
    let somebody = |_| inventor.somebody(&mut dice, PersonId::from_uuid(house.ids.uuid(now)), "citizen");
    let mut citizens: Vec<Person> = (0..count).map(somebody).collect();
    for it in &mut citizens {
        "Số 1 phố Mẫu, Phường Mẫu 1, Thành phố Mẫu".clone_into(&mut it.address);
    }
    house.db.write_now(|tx| citizens.iter().try_for_each(|it| people::add(tx, it, now)))?;
    Ok(citizens)
}

impl World {
    /// The one of a house where it was founded.
    ///
    /// # Errors
    /// Somebody or something is missing.
    pub fn of(house: &House) -> Result<Self, Stop> {
        let known = house.now_known();
        let today = house.clock.now().day();
        let mut wards = Vec::new();
        let mut control = None;
        for (unit, it) in known.organisation.standing_on(today) {
            match (it.standing, it.parent) {
                (Standing::Authority, None) => {
                    control = known.mandates.holders(unit, Post::ControlOfficer, today).next()
                }
                (Standing::Authority, Some(_)) => wards.push(Ward::of(&known, unit, it.code(AGENCY_CODES), today)?),
                (Standing::Office, _) => {}
            }
        }
        wards.sort_by(|a, b| a.code.cmp(&b.code));
        let procedures: Vec<_> = known.catalogue.all().filter(|it| is_ordinary(it)).cloned().collect();
        let procedures = with_forms_first(procedures);
        if procedures.is_empty() {
            return Err(anyhow::anyhow!("no procedure of wards takes the ordinary way").into());
        }
        Ok(Self { wards, control: control.context("the authority has no control officer")?, procedures })
    }
}

/// Those with a form cost what real ones cost.
fn with_forms_first(mut procedures: Vec<Arc<ProcedureRevision>>) -> Vec<Arc<ProcedureRevision>> {
    procedures.sort_by_key(|it| (it.forms.is_empty(), it.procedure.to_string()));
    procedures.truncate(PROCEDURES_MAX);
    procedures
}

fn is_ordinary(it: &ProcedureRevision) -> bool {
    it.procedure.tab.as_str() == "ward"
        && it.time_limit.is_some()
        && [Channel::Online, Channel::Counter].iter().all(|channel| it.channels.contains(channel))
        && it.steps.iter().all(|step| step.only_channel.is_none())
        && it.steps.iter().map(|step| (step.post, step.kind)).eq(ORDINARY)
}

impl Ward {
    fn of(known: &Snapshot, unit: UnitId, code: Option<&str>, today: Date) -> Result<Self, Stop> {
        let holders = |post| known.mandates.holders(unit, post, today);
        let missing = "a ward of the bench is not complete";
        let mut specialists = holders(Post::Specialist);
        let specialists = [specialists.next().context(missing)?, specialists.next().context(missing)?];
        let one = |post| holders(post).next().context(missing);
        Ok(Self {
            unit,
            code: code.context(missing)?.to_owned(),
            desk: one(Post::Reception)?,
            specialists,
            leader: one(Post::Leader)?,
            clerk: one(Post::Clerk)?,
        })
    }
}
