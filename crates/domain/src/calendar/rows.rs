//! A table of days off as rows one can change: a day off is added or taken away, a Saturday is worked in place of another day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::table::{CalendarError, WorkingCalendar};

/// Longest name of a day off, in characters.
pub const DAY_NAME_CHARS_MAX: usize = 120;

/// What kind of day off it is.
///
/// Căn cứ: Bộ luật Lao động 45/2019/QH14, Điều 111 khoản 3, Điều 112.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// A holiday of the law.
    #[doc(alias = "nghỉ lễ, tết")]
    Statutory,
    /// In place of a holiday that fell on a rest day.
    #[doc(alias = "nghỉ bù")]
    Compensatory,
    /// Off because another day is worked for it.
    #[doc(alias = "nghỉ hoán đổi")]
    Swapped,
}

/// One day off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayRow {
    /// Which day.
    pub date: Date,
    /// What it is called.
    #[serde(default)]
    pub name: String,
    /// Its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<DayKind>,
    /// The rest day worked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_up_on: Option<Date>,
    /// `unconfirmed` while somebody only expects it: it is worked until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// How sure it is: `projected` for days nobody published yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Where it was read, or the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl DayRow {
    /// True while somebody only expects it.
    pub fn is_unconfirmed(&self) -> bool {
        self.status.as_deref() == Some("unconfirmed")
    }

    /// True where nobody published it yet.
    pub fn is_projected(&self) -> bool {
        self.grade.as_deref() == Some("projected")
    }
}

/// A rest day that is worked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkedRow {
    /// Which day.
    pub date: Date,
    /// The day off it makes up for.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub in_place_of: Option<Date>,
    /// How sure it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Where it was read, or the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A table as rows, in the order of their days.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarRows {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meta: Option<toml::Table>,
    /// Days off.
    #[serde(default)]
    pub day_off: Vec<DayRow>,
    /// Rest days that are worked.
    #[serde(default)]
    pub make_up: Vec<WorkedRow>,
}

/// One change of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarChange {
    /// A day becomes a day off, or one that was expected is confirmed.
    Off(DayRow),
    /// A day off is worked after all, and so is what was swapped for it a rest day again.
    Worked(Date),
    /// The days of a year that were projected are published as they stand.
    Published(i16),
}

impl CalendarRows {
    /// The rows of a table.
    ///
    /// # Errors
    /// Not the format of a table.
    pub fn of(calendar: &WorkingCalendar) -> Result<Self, CalendarError> {
        let wrong = |why: toml::de::Error| CalendarError::Syntax { line: 1, message: why.message().to_owned() };
        // Dates stand as texts in the file, and are read as such.
        toml::from_str(calendar.text()).map_err(wrong)
    }

    /// The rows after a change.
    #[must_use]
    pub fn changed(mut self, change: &CalendarChange) -> Self {
        match change {
            CalendarChange::Off(row) => {
                self.forget(row.date);
                self.make_up.extend(row.made_up_on.map(|date| WorkedRow {
                    date,
                    in_place_of: Some(row.date),
                    grade: None,
                    source: row.source.clone(),
                }));
                self.day_off.push(row.clone());
            }
            CalendarChange::Worked(day) => self.forget(*day),
            CalendarChange::Published(year) => {
                let projected = |grade: &Option<String>| grade.as_deref() == Some("projected");
                for row in self.day_off.iter_mut().filter(|it| it.date.year() == *year && projected(&it.grade)) {
                    row.grade = None;
                }
                for row in self.make_up.iter_mut().filter(|it| it.date.year() == *year && projected(&it.grade)) {
                    row.grade = None;
                }
            }
        }
        self.day_off.sort_by_key(|it| it.date);
        self.make_up.sort_by_key(|it| it.date);
        self
    }

    fn forget(&mut self, day: Date) {
        self.day_off.retain(|it| it.date != day);
        self.make_up.retain(|it| it.in_place_of != Some(day));
    }

    /// The table they make.
    ///
    /// # Errors
    /// A swap without its other end, a day that is off and worked, a worked day that is no rest day.
    pub fn table(&self) -> Result<WorkingCalendar, CalendarError> {
        let wrong = |why: toml::ser::Error| CalendarError::Syntax { line: 1, message: why.to_string() };
        WorkingCalendar::parse(&toml::to_string(self).map_err(wrong)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TABLE: &str = r#"
[meta]
note = "kept"
[[day_off]]
date = "2025-05-01"
name = "Quốc tế Lao động"
[[day_off]]
date = "2025-05-02"
kind = "swapped"
made_up_on = "2025-04-26"
[[day_off]]
date = "2025-11-24"
status = "unconfirmed"
[[make_up]]
date = "2025-04-26"
for = "2025-05-02"
"#;

    #[test]
    fn a_swap_is_added_and_taken_away_with_both_its_ends() {
        let rows = CalendarRows::of(&WorkingCalendar::parse(TABLE).unwrap()).unwrap();
        assert!(rows.table().unwrap().is_worked_rest_day(date(2025, 4, 26)));
        let without = rows.clone().changed(&CalendarChange::Worked(date(2025, 5, 2))).table().unwrap();
        assert!(without.is_working_day(date(2025, 5, 2)) && !without.is_working_day(date(2025, 4, 26)));
        let row = DayRow {
            date: date(2025, 9, 1),
            name: "Nghỉ hoán đổi".to_owned(),
            kind: Some(DayKind::Swapped),
            made_up_on: Some(date(2025, 8, 30)),
            status: None,
            grade: None,
            source: Some("QĐ 1".to_owned()),
        };
        let with = rows.clone().changed(&CalendarChange::Off(row.clone())).table().unwrap();
        assert!(!with.is_working_day(date(2025, 9, 1)) && with.is_working_day(date(2025, 8, 30)));
        let monday = DayRow { made_up_on: Some(date(2025, 8, 25)), ..row };
        assert!(matches!(rows.changed(&CalendarChange::Off(monday)).table(), Err(CalendarError::NoRestDay { .. })));
    }

    #[test]
    fn an_expected_day_is_worked_until_it_is_confirmed() {
        let rows = CalendarRows::of(&WorkingCalendar::parse(TABLE).unwrap()).unwrap();
        let day = date(2025, 11, 24);
        assert!(rows.table().unwrap().is_working_day(day));
        let mut row = rows.day_off.iter().find(|it| it.date == day).unwrap().clone();
        row.status = None;
        assert!(!rows.changed(&CalendarChange::Off(row)).table().unwrap().is_working_day(day));
    }
}
