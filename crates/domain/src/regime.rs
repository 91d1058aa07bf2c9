//! The legal regimes: the rules of an era as data, with their dates and their law.

use crate::dossier::{CodePattern, PatternError};
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

/// What the clock does once the citizen has supplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterSupplement {
    /// It runs on: the due date moves by the working time waited.
    Pause,
    /// It starts again from the day the dossier is complete. Căn cứ: NĐ 61/2018 Điều 19, one reading of it.
    Restart,
}

/// The rules of one era. A dossier keeps the regime of its reception.
#[doc(alias = "chế độ pháp lý")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// Its name: "2018", "2025".
    pub key: String,
    /// First day of its rules.
    pub from: Date,
    /// The law it rests on.
    pub legal_basis: Vec<String>,
    /// Working hours in which the desk answers an online application. Căn cứ: NĐ 45/2020.
    pub answer_working_hours: u16,
    /// After this time a same-day procedure is due the next working day. Căn cứ: handbook §1.3.
    pub same_day_cutoff: Time,
    /// Requests for papers at one stage without a leader's override.
    pub supplement_max_per_stage: u16,
    /// Calendar days to supply where the request names none.
    pub supplement_days: u16,
    /// What the clock does after.
    pub after_supplement: AfterSupplement,
    /// New dates after an apology. Căn cứ: NĐ 61/2018 Điều 19.
    pub reappointments_max: u16,
    /// Working days before the due date by which an apology is due.
    pub apology_before_working_days: u16,
    /// How codes are formed.
    pub code_pattern: String,
    /// True where citizens may have accounts of the house.
    pub citizen_accounts: bool,
}

/// A file of regimes that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegimeError {
    /// Not TOML, or a key is missing, unknown or of the wrong kind.
    #[error("the regimes cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// A code pattern that does not give unique codes.
    #[error("regime {key}: {source}")]
    Pattern {
        /// Which regime.
        key: String,
        /// What is wrong.
        source: PatternError,
    },
    /// No regime at all.
    #[error("no regime is given")]
    None,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    regime: Vec<Regime>,
}

/// All regimes, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regimes(Vec<Regime>);

impl Regimes {
    /// Reads the file of regimes.
    ///
    /// # Errors
    /// Unreadable, a pattern that gives no unique codes, or nothing in it.
    pub fn parse(text: &str) -> Result<Self, RegimeError> {
        let mut regimes = toml::from_str::<File>(text)?.regime;
        for regime in &regimes {
            CodePattern::parse(&regime.code_pattern)
                .map_err(|source| RegimeError::Pattern { key: regime.key.clone(), source })?;
        }
        regimes.sort_by_key(|it| it.from);
        if regimes.is_empty() { Err(RegimeError::None) } else { Ok(Self(regimes)) }
    }

    /// The same regimes with what an office set instead of a rule of theirs.
    #[must_use]
    pub fn adjusted(mut self, adjust: impl FnMut(&mut Regime)) -> Self {
        self.0.iter_mut().for_each(adjust);
        self
    }

    /// The regime whose rules hold on that day; the oldest for days before all.
    pub fn on(&self, day: Date) -> Option<&Regime> {
        self.0.iter().rev().find(|it| it.from <= day).or_else(|| self.0.first())
    }

    /// The regime of that name, as a dossier pinned it.
    pub fn named(&self, key: &str) -> Option<&Regime> {
        self.0.iter().find(|it| it.key == key)
    }
}

impl Regime {
    /// How codes are formed.
    pub fn pattern(&self) -> CodePattern {
        CodePattern::parse(&self.code_pattern).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_regime_of_the_day_is_the_one_in_force() {
        let regimes = Regimes::parse(include_str!("../../../catalogue/regimes.toml")).unwrap();
        assert_eq!(regimes.on(date(2025, 3, 31)).map(|it| it.key.as_str()), Some("2018"));
        assert_eq!(regimes.on(date(2025, 7, 1)).map(|it| it.key.as_str()), Some("2025"));
        assert_eq!(regimes.on(date(2001, 1, 1)).map(|it| it.key.as_str()), Some("2018"));
    }
}
