//! Rating how a dossier was solved: by its applicant, or at the screen of a hall by whoever knows its code and digits, for some days
//! after its end; and the figures made of all ratings.
//!
//! A rating is a row beside the dossier and no event of it: it changes nothing of the dossier. Its applicant may change it until its
//! day; at a screen it is given once, and changes none that is there.

use crate::dossiers::DossierView;
use crate::error::{AppError, FieldProblem};
use crate::house::House;
use domain::dossier::Dossier;
use domain::feedback::{self, Grade, Points, REMARK_CHARS_MAX, Rating, RatingChannel, VISITS_MAX};
use domain::ids::{DossierId, PersonId, UnitId};
use domain::time::Instant;
use domain::typed;
use jiff::civil::Date;
use std::net::IpAddr;
use std::sync::Arc;
use storage::engine::Tx;
pub use storage::ratings::{Given, Rater, Remark};
use storage::{dossiers, locks, ratings as stored};

/// Most remarks a page lists.
const REMARKS_MAX: u32 = 20;

/// What a citizen typed, as it came. A field nobody answered is empty.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// 1 to 5.
    pub grade: String,
    /// 0 to 2 each: in time, further contacts, other bodies, manner.
    pub points: [String; 4],
    /// How often one came in person.
    pub visits: String,
    /// What else one says.
    pub remark: String,
}

/// Names of the four questions, in the order of [`Typed::points`].
pub const QUESTIONS: [&str; 4] = ["timing", "contacts", "agencies", "attitude"];

impl Typed {
    /// The rating, or what is missing.
    fn read(&self) -> Result<Rating, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let number = |text: &str| text.trim().parse::<u32>().ok();
        let grade = number(&self.grade).and_then(Grade::of_number);
        if grade.is_none() {
            problems.push(FieldProblem::new("grade", "gap-choose"));
        }
        let points = self.points.each_ref().map(|it| number(it).and_then(Points::of));
        for (name, _) in QUESTIONS.iter().zip(points).filter(|(_, it)| it.is_none()) {
            problems.push(FieldProblem::new(*name, "gap-choose"));
        }
        let visits = number(&self.visits).filter(|it| *it <= VISITS_MAX);
        if visits.is_none() {
            problems.push(FieldProblem::new("visits", "gap-visits").with("max", VISITS_MAX));
        }
        let remark = typed::kept_lines(&self.remark);
        if remark.chars().count() > REMARK_CHARS_MAX {
            problems.push(FieldProblem::new("remark", "gap-too-long").with("max", REMARK_CHARS_MAX));
        }
        match (grade, points, visits) {
            (Some(grade), [Some(timing), Some(contacts), Some(agencies), Some(attitude)], Some(visits))
                if problems.is_empty() =>
            {
                Ok(Rating { grade, timing, contacts, agencies, attitude, visits, remark })
            }
            _ => Err(problems),
        }
    }
}

/// Whether a dossier can be rated, and how it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The last day to rate, or to change the rating; none where it cannot be rated (any more).
    pub until: Option<Date>,
    /// What was given.
    pub given: Option<Given>,
}

/// How the rating of one's own dossier stands.
///
/// # Errors
/// The house failed.
pub async fn state(house: &Arc<House>, view: &DossierView) -> Result<State, AppError> {
    let (id, now) = (view.dossier.id, house.clock.now());
    let given = house.db.read(move |tx| Ok::<_, AppError>(stored::find(tx, id)?)).await?;
    Ok(State { until: until(house, &view.dossier, &view.log, now), given })
}

fn until(house: &House, dossier: &Dossier, log: &[domain::dossier::Recorded], now: Instant) -> Option<Date> {
    let solved = feedback::solved_at(dossier.status, log)?;
    let last = feedback::rated_until(solved, house.rules.rating_days);
    (now.day() <= last).then_some(last)
}

/// How the rating of a dossier stands at the screen of a hall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AtKiosk {
    /// It is asked for, until the end of that day.
    Open(Date),
    /// It was given.
    Given(Given),
    /// The dossier is not solved.
    Unsolved,
    /// Its last day is over.
    Over,
}

/// How the rating of a dossier stands at the screen of a hall, for whoever found it there.
///
/// # Errors
/// Not there, or the house failed.
pub async fn at_kiosk(house: &Arc<House>, id: DossierId) -> Result<AtKiosk, AppError> {
    let inside = Arc::clone(house);
    house.db.read(move |tx| at_kiosk_in(tx, &inside, id, inside.clock.now())).await
}

fn at_kiosk_in(tx: &Tx, house: &House, id: DossierId, now: Instant) -> Result<AtKiosk, AppError> {
    let (dossier, log) = dossiers::find(tx, id)?.ok_or(AppError::NotFound)?;
    if feedback::solved_at(dossier.status, &log).is_none() {
        return Ok(AtKiosk::Unsolved);
    }
    Ok(match (stored::find(tx, id)?, until(house, &dossier, &log, now)) {
        (Some(given), _) => AtKiosk::Given(given),
        (None, Some(last)) => AtKiosk::Open(last),
        (None, None) => AtKiosk::Over,
    })
}

/// Keeps what somebody at the screen of a hall thinks who knows code and digits, as a look-up asks them; once. Gives how the rating
/// stood before: it was kept where that is [`AtKiosk::Open`].
///
/// # Errors
/// As [`crate::lookup::look_up`]; fields to correct.
pub async fn rate_at_kiosk(
    house: &Arc<House>,
    (code, digits): (&str, &str),
    from: IpAddr,
    typed: &Typed,
) -> Result<AtKiosk, AppError> {
    let id = crate::lookup::look_up(house, code, digits, from).await?.dossier.id;
    let rating = typed.read().map_err(AppError::Invalid)?;
    let (inside, now) = (Arc::clone(house), house.clock.now());
    house
        .db
        .write(move |tx| {
            locks::dossier(tx, id)?;
            let standing = at_kiosk_in(tx, &inside, id, now)?;
            if !matches!(standing, AtKiosk::Open(_)) {
                return Ok(standing);
            }
            let known = inside.known_in(tx)?;
            let (dossier, _) = dossiers::find(tx, id)?.ok_or(AppError::NotFound)?;
            let unit = known.organisation.responsible_now(&dossier);
            stored::put(tx, id, Rater::Kiosk, unit, &rating, now)?;
            Ok::<_, AppError>(standing)
        })
        .await
}

/// Keeps what the applicant thinks, in place of what they thought before.
///
/// # Errors
/// Fields to correct, not theirs, or not to be rated (any more).
pub async fn rate(house: &Arc<House>, person: PersonId, id: DossierId, typed: &Typed) -> Result<(), AppError> {
    let rating = typed.read().map_err(AppError::Invalid)?;
    let (inside, now) = (Arc::clone(house), house.clock.now());
    house.db.write(move |tx| rate_in(tx, &inside, person, id, &rating, now)).await
}

/// The same within a transaction of the caller's.
///
/// # Errors
/// Not theirs, or not to be rated (any more).
pub fn rate_in(
    tx: &mut Tx,
    house: &House,
    person: PersonId,
    id: DossierId,
    rating: &Rating,
    now: Instant,
) -> Result<(), AppError> {
    locks::dossier(tx, id)?;
    let known = house.known_in(tx)?;
    let (dossier, log) = dossiers::find(tx, id)?.ok_or(AppError::NotFound)?;
    if dossier.filing.get().and_then(|it| it.account) != Some(person) {
        return Err(AppError::NotFound);
    }
    if until(house, &dossier, &log, now).is_none() {
        return Err(AppError::invalid("grade", "gap-rating-over"));
    }
    let unit = known.organisation.responsible_now(&dossier);
    Ok(stored::put(tx, id, Rater::Account(person), unit, rating, now)?)
}

/// Ratings of one unit, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many of each grade, the best first.
    pub grades: [i64; 5],
    /// Points of the four questions, added up: eight a rating at most.
    pub points: i64,
    /// Visits, added up.
    pub visits: i64,
    /// How many were given at the screen of a hall.
    pub at_kiosk: i64,
}

impl Figures {
    /// How many ratings.
    pub fn count(&self) -> i64 {
        self.grades.iter().sum()
    }

    /// How many are satisfied, or very.
    pub fn satisfied(&self) -> i64 {
        Grade::ALL.iter().zip(self.grades).filter(|(grade, _)| grade.is_satisfied()).map(|it| it.1).sum()
    }

    fn add(&mut self, it: &stored::Tally) {
        for (grade, count) in Grade::ALL.iter().zip(&mut self.grades) {
            if *grade == it.grade {
                *count += it.count;
            }
        }
        if it.channel == RatingChannel::Kiosk {
            self.at_kiosk += it.count;
        }
        self.points += it.points;
        self.visits += it.visits;
    }
}

/// Satisfaction of a period.
#[derive(Clone, Debug, Default)]
pub struct Satisfaction {
    /// All ratings together.
    pub total: Figures,
    /// By the unit that solved, as it was, most ratings first.
    pub units: Vec<(UnitId, Figures)>,
    /// Dossiers solved in the same days, rated or not.
    pub solved: i64,
    /// What was written, the latest first.
    pub remarks: Vec<Remark>,
}

/// Satisfaction from one day to another, both included, by the day of the rating.
///
/// # Errors
/// The house failed.
pub async fn satisfaction(house: &Arc<House>, from: Date, to: Date) -> Result<Satisfaction, AppError> {
    let (tallies, solved, remarks) = house
        .db
        .read(move |tx| {
            let tallies = stored::tallies(tx, from, to)?;
            let solved = stored::finished(tx, from, to)?;
            Ok::<_, AppError>((tallies, solved, stored::remarks(tx, from, to, REMARKS_MAX)?))
        })
        .await?;
    let mut found = Satisfaction { solved, remarks, ..Satisfaction::default() };
    for tally in &tallies {
        found.total.add(tally);
        match found.units.iter_mut().find(|it| it.0 == tally.unit) {
            Some((_, figures)) => figures.add(tally),
            None => {
                let mut figures = Figures::default();
                figures.add(tally);
                found.units.push((tally.unit, figures));
            }
        }
    }
    found.units.sort_by_key(|(unit, figures)| (-figures.count(), *unit));
    Ok(found)
}
