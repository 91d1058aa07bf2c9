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

/// The standard forms that an office prints: their layouts and titles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FormSet {
    /// Six forms. Căn cứ: TT 01/2018/TT-VPCP.
    #[serde(rename = "2018")]
    Of2018,
    /// Seven forms: the apology asks for an extension, and stopping has a form of its own. Căn cứ: TT 03/2025/TT-VPCP, Annex I.
    #[serde(rename = "2025")]
    Of2025,
}

/// Which forms an era prints, and from which day: a circular comes later than the decree it guides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forms {
    /// First day on which they are printed.
    pub from: Date,
    /// Which.
    pub set: FormSet,
    /// The circular they stand in.
    pub legal_basis: String,
}

/// How an era forms codes, and from which day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    /// First day on which new codes are formed so.
    pub from: Date,
    /// How.
    pub pattern: String,
}

/// The rules of one era. A dossier keeps the regime of its reception; what is printed and numbered goes by the day of the act, for each
/// part has a date of its own.
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
    pub codes: Codes,
    /// What is printed.
    pub forms: Forms,
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
            CodePattern::parse(&regime.codes.pattern)
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

    /// The forms in force on that day, whichever rules hold; the oldest for days before all.
    pub fn forms_on(&self, day: Date) -> Option<&Forms> {
        let forms = || self.0.iter().map(|it| &it.forms);
        forms().filter(|it| it.from <= day).max_by_key(|it| it.from).or_else(|| forms().min_by_key(|it| it.from))
    }

    /// How codes are formed on that day, whichever rules hold; as first for days before all.
    pub fn codes_on(&self, day: Date) -> Option<&Codes> {
        let codes = || self.0.iter().map(|it| &it.codes);
        codes().filter(|it| it.from <= day).max_by_key(|it| it.from).or_else(|| codes().min_by_key(|it| it.from))
    }

    /// The regime of that name, as a dossier pinned it.
    pub fn named(&self, key: &str) -> Option<&Regime> {
        self.0.iter().find(|it| it.key == key)
    }
}

impl Codes {
    /// How codes are formed.
    pub fn parsed(&self) -> CodePattern {
        CodePattern::parse(&self.pattern).unwrap_or_default()
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

    /// Căn cứ: NĐ 118/2025/NĐ-CP (1 July 2025); TT 03/2025/TT-VPCP (15 September 2025); handbook §2.1.
    #[test]
    fn rules_and_forms_of_an_era_begin_on_days_of_their_own() {
        let regimes = Regimes::parse(include_str!("../../../catalogue/regimes.toml")).unwrap();
        let on = |day| {
            let rules = regimes.on(day).map(|it| it.key.as_str()).unwrap_or_default();
            (rules, regimes.forms_on(day).map(|it| it.set).unwrap())
        };
        assert_eq!(on(date(2025, 6, 30)), ("2018", FormSet::Of2018));
        assert_eq!(on(date(2025, 7, 1)), ("2025", FormSet::Of2018));
        assert_eq!(on(date(2025, 9, 14)), ("2025", FormSet::Of2018));
        assert_eq!(on(date(2025, 9, 15)), ("2025", FormSet::Of2025));
        assert_eq!(regimes.forms_on(date(2001, 1, 1)).map(|it| it.set), Some(FormSet::Of2018));
        let later = include_str!("../../../catalogue/regimes.toml").replacen(
            "codes = { from = \"2025-07-01\", pattern = \"{unit}-{yymmdd}-{seq:04}\" }",
            "codes = { from = \"2025-09-15\", pattern = \"{unit}-{seq:04}-{yymmdd}\" }",
            1,
        );
        let later = Regimes::parse(&later).unwrap();
        let pattern = |day| later.codes_on(day).map(|it| it.pattern.as_str()).unwrap();
        assert_eq!(pattern(date(2025, 9, 14)), "{unit}-{yymmdd}-{seq:04}");
        assert_eq!(pattern(date(2025, 9, 15)), "{unit}-{seq:04}-{yymmdd}");
    }
}
