//! What a citizen thinks of how a dossier was solved: five grades, and the questions of the law that a citizen answers.
//!
//! Căn cứ: NĐ 61/2018 Điều 31, TT 01/2018/TT-VPCP Điều 13 (nine indicators of two points; of these a citizen answers 1, 3, 4 and 7).

use crate::dossier::{Event, Recorded, Status};
use crate::time::Instant;
use jiff::ToSpan;
use jiff::civil::Date;

/// Most visits anybody counts.
pub const VISITS_MAX: u32 = 50;
/// Longest remark, in characters.
pub const REMARK_CHARS_MAX: usize = 1_000;

/// How satisfied somebody is, all in all.
#[doc(alias = "mức độ hài lòng")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Rất không hài lòng.
    VeryBad,
    /// Không hài lòng.
    Bad,
    /// Bình thường.
    Middling,
    /// Hài lòng.
    Good,
    /// Rất hài lòng.
    VeryGood,
}

impl Grade {
    /// From the best to the worst, as a page offers them.
    pub const ALL: [Self; 5] = [Self::VeryGood, Self::Good, Self::Middling, Self::Bad, Self::VeryBad];

    /// 1 (worst) to 5 (best).
    pub const fn number(self) -> u32 {
        match self {
            Self::VeryBad => 1,
            Self::Bad => 2,
            Self::Middling => 3,
            Self::Good => 4,
            Self::VeryGood => 5,
        }
    }

    /// The grade of that number.
    pub fn of_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.number() == number)
    }

    /// True where the statutory share of the satisfied counts it.
    pub const fn is_satisfied(self) -> bool {
        matches!(self, Self::Good | Self::VeryGood)
    }
}

/// Where a rating is given.
#[doc(alias = "kênh đánh giá")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatingChannel {
    /// On the page of one's own dossier.
    Online,
    /// At the screen of a hall, by code and digits.
    Kiosk,
}

impl RatingChannel {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Online, Self::Kiosk];

    /// As it is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Kiosk => "kiosk",
        }
    }

    /// The one of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

/// Points of one question: two for the best answer, none for the worst.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Points(u32);

impl Points {
    /// Most points of one question.
    pub const MAX: u32 = 2;

    /// So many, where a question has so many.
    pub fn of(number: u32) -> Option<Self> {
        (number <= Self::MAX).then_some(Self(number))
    }

    /// How many.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// What a citizen answered about one dossier.
#[doc(alias = "đánh giá")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// All in all.
    pub grade: Grade,
    /// Indicator 1: earlier than promised, on the day, later.
    pub timing: Points,
    /// Indicator 3: how often one had to come or call beyond what the procedure asks: never, once, more.
    pub contacts: Points,
    /// Indicator 4: how many other bodies one was sent to: none, one, more.
    pub agencies: Points,
    /// Indicator 7: the officers' manner: satisfied, partly, not.
    pub attitude: Points,
    /// How often one came to an office in person, in all.
    pub visits: u32,
    /// What else one wants to say; may be empty, may be erased.
    pub remark: String,
}

impl Rating {
    /// Points of the four questions together, 0 to 8.
    pub const fn points(&self) -> u32 {
        self.timing.0 + self.contacts.0 + self.agencies.0 + self.attitude.0
    }
}

/// When a dossier was solved for its citizen: handed over, not accepted, or stopped by the office. What the citizen took back is no
/// solving to rate.
pub fn solved_at(status: Status, log: &[Recorded]) -> Option<Instant> {
    match status {
        Status::Delivered | Status::NotAccepted | Status::Discontinued => {
            log.iter().rev().find(|it| !matches!(it.event, Event::Erased { .. })).map(|it| it.at)
        }
        Status::New
        | Status::Received
        | Status::AwaitingSupplement
        | Status::InProgress
        | Status::AwaitingPayment
        | Status::Decided
        | Status::Withdrawn => None,
    }
}

/// The last day on which a dossier solved then can be rated, or its rating changed.
pub fn rated_until(solved: Instant, days: u16) -> Date {
    solved.day().saturating_add(i32::from(days).days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_and_points_read_back_what_they_wrote() {
        for grade in Grade::ALL {
            assert_eq!(Grade::of_number(grade.number()), Some(grade));
        }
        for channel in RatingChannel::ALL {
            assert_eq!(RatingChannel::of_word(channel.word()), Some(channel));
        }
        assert_eq!((Grade::of_number(0), Grade::of_number(6)), (None, None));
        assert_eq!((Points::of(2).map(Points::number), Points::of(3)), (Some(2), None));
    }

    #[test]
    fn a_rating_ends_at_the_end_of_its_last_day() {
        let solved = Instant::from_local(jiff::civil::date(2025, 3, 3).at(16, 59, 0, 0));
        assert_eq!(rated_until(solved, 30), jiff::civil::date(2025, 4, 2));
    }
}
