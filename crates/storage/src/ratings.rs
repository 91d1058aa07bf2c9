//! What citizens think of how a dossier was solved: one row for each dossier, and the figures made of them.

use crate::args;
use crate::engine::{Cursor, Row, StorageError, Tx};
use crate::rows::Day;
use domain::feedback::{Grade, Points, Rating, RatingChannel};
use domain::ids::{DossierId, PersonId, UnitId};
use domain::time::Instant;
use jiff::civil::Date;

crate::statements! {
    PUT: "INSERT INTO rating (dossier, person, channel, unit, first_at, rated_at, rated_on, grade, timing, contacts, agencies, attitude, visits, remark) \
          VALUES ($1, $2, $13, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (dossier) DO UPDATE SET person = excluded.person, \
          channel = excluded.channel, unit = excluded.unit, rated_at = excluded.rated_at, rated_on = excluded.rated_on, grade = excluded.grade, timing = excluded.timing, \
          contacts = excluded.contacts, agencies = excluded.agencies, attitude = excluded.attitude, visits = excluded.visits, remark = excluded.remark";
    FIND: "SELECT grade, timing, contacts, agencies, attitude, visits, remark, rated_at, channel FROM rating WHERE dossier = $1";
    BY_UNIT: "SELECT unit, grade, channel, count(*), CAST(sum(timing) AS BIGINT), CAST(sum(contacts) AS BIGINT), CAST(sum(agencies) AS BIGINT), \
          CAST(sum(attitude) AS BIGINT), CAST(sum(visits) AS BIGINT) FROM rating WHERE rated_on >= $1 AND rated_on <= $2 GROUP BY unit, grade, channel";
    REMARKS: "SELECT unit, grade, rated_at, remark FROM rating WHERE rated_on >= $1 AND rated_on <= $2 AND remark <> '' \
          ORDER BY rated_at DESC, dossier LIMIT $3";
    FINISHED: "SELECT count(*) FROM dossier_fact WHERE finished_on >= $1 AND finished_on <= $2";
}

/// A rating as it was given, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// What was answered.
    pub rating: Rating,
    /// When it was given or changed last.
    pub at: Instant,
    /// Where that was.
    pub channel: RatingChannel,
}

/// Who rated, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rater {
    /// The applicant, signed in.
    Account(PersonId),
    /// Whoever knew code and digits, at the screen of a hall.
    Kiosk,
}

impl Rater {
    const fn channel(self) -> RatingChannel {
        match self {
            Self::Account(_) => RatingChannel::Online,
            Self::Kiosk => RatingChannel::Kiosk,
        }
    }
}

fn points(row: &Cursor<'_>) -> Result<Points, StorageError> {
    Points::of(row.take::<u32>()?).ok_or_else(|| crate::undecodable("reading a rating", "points beyond two"))
}

fn channel(row: &Cursor<'_>) -> Result<RatingChannel, StorageError> {
    let word: String = row.take()?;
    RatingChannel::of_word(&word).ok_or_else(|| crate::undecodable("reading a rating", "a channel nobody knows"))
}

fn grade(row: &Cursor<'_>) -> Result<Grade, StorageError> {
    Grade::of_number(row.take::<u32>()?).ok_or_else(|| crate::undecodable("reading a rating", "a sixth grade"))
}

impl Row for Given {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self {
            rating: Rating {
                grade: grade(row)?,
                timing: points(row)?,
                contacts: points(row)?,
                agencies: points(row)?,
                attitude: points(row)?,
                visits: row.take()?,
                remark: row.take()?,
            },
            at: row.take()?,
            channel: channel(row)?,
        })
    }
}

/// Ratings of one grade that one unit got in a period on one way, added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The unit that solved, as it was.
    pub unit: UnitId,
    /// The grade.
    pub grade: Grade,
    /// Where they were given.
    pub channel: RatingChannel,
    /// How many.
    pub count: i64,
    /// Points of the four questions, added up.
    pub points: i64,
    /// Visits, added up.
    pub visits: i64,
}

impl Row for Tally {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        let (unit, grade, channel, count) = (row.take()?, grade(row)?, channel(row)?, row.take()?);
        let mut points = 0;
        for _ in 0..4 {
            points += row.take::<i64>()?;
        }
        Ok(Self { unit, grade, channel, count, points, visits: row.take()? })
    }
}

/// What somebody wrote with a rating: not of which dossier, or everybody would know who.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The unit that solved it, as it was.
    pub unit: UnitId,
    /// The grade beside it.
    pub grade: Grade,
    /// When.
    pub at: Instant,
    /// The words.
    pub text: String,
}

impl Row for Remark {
    fn read(row: &Cursor<'_>) -> Result<Self, StorageError> {
        Ok(Self { unit: row.take()?, grade: grade(row)?, at: row.take()?, text: row.take()? })
    }
}

/// Keeps a rating in place of the one before.
///
/// # Errors
/// The storage failed.
pub fn put(
    tx: &mut Tx,
    dossier: DossierId,
    rater: Rater,
    unit: UnitId,
    it: &Rating,
    at: Instant,
) -> Result<(), StorageError> {
    let (timing, contacts, agencies) = (it.timing.number(), it.contacts.number(), it.agencies.number());
    let (grade, attitude) = (it.grade.number(), it.attitude.number());
    let day = Day(at.day());
    let person = match rater {
        Rater::Account(person) => Some(person),
        Rater::Kiosk => None,
    };
    let channel = rater.channel().word();
    tx.put(
        PUT,
        args![
            dossier, person, unit, at, day, grade, timing, contacts, agencies, attitude, it.visits, it.remark, channel
        ],
    )
}

/// The rating of a dossier.
///
/// # Errors
/// The storage failed.
pub fn find(tx: &Tx, dossier: DossierId) -> Result<Option<Given>, StorageError> {
    tx.opt(FIND, args![dossier])
}

/// Ratings given from one day to another, by unit, grade and channel.
///
/// # Errors
/// The storage failed.
pub fn tallies(tx: &Tx, from: Date, to: Date) -> Result<Vec<Tally>, StorageError> {
    tx.all(BY_UNIT, args![Day(from), Day(to)])
}

/// What was written with ratings in that time, the latest first.
///
/// # Errors
/// The storage failed.
pub fn remarks(tx: &Tx, from: Date, to: Date, most: u32) -> Result<Vec<Remark>, StorageError> {
    tx.all(REMARKS, args![Day(from), Day(to), most])
}

/// How many dossiers were solved in that time.
///
/// # Errors
/// The storage failed.
pub fn finished(tx: &Tx, from: Date, to: Date) -> Result<i64, StorageError> {
    tx.one(FINISHED, args![Day(from), Day(to)])
}
