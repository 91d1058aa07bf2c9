//! Time as it is written: terms, opening hours, tables of holidays, regimes, patterns of codes.
#![no_main]

use domain::calendar::{ClockRules, HoursHistory, OpeningHours, Term, Unpublished, WorkingCalendar, WorkingClock};
use domain::dossier::CodePattern;
use domain::regime::Regimes;
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static CALENDAR: LazyLock<WorkingCalendar> =
    LazyLock::new(|| WorkingCalendar::parse(include_str!("../../catalogue/holidays.toml")).expect("our own table"));

fuzz_target!(|text: &str| {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let term = line.parse::<Term>().ok();
    if let Some(term) = term {
        assert_eq!(term.to_string().parse(), Ok(term));
    }
    let hours = OpeningHours::parse(line).ok();
    if let Some(hours) = &hours {
        assert!(hours.opens() < hours.closes() && hours.minutes() > 0);
        assert_eq!(OpeningHours::parse(&hours.to_string()).as_ref(), Ok(hours));
    }
    let _ = (CodePattern::parse(line), Regimes::parse(rest), Regimes::parse(text));
    let own = WorkingCalendar::parse(rest).ok();
    let calendar = own.as_ref().unwrap_or(&CALENDAR);
    let hours = hours.unwrap_or_default();
    reckon(calendar, &HoursHistory::always(hours), term.unwrap_or(Term::WorkingDays(3)));
});

fn reckon(calendar: &WorkingCalendar, hours: &HoursHistory, term: Term) {
    for unpublished in [Unpublished::Refuse, Unpublished::Project] {
        let rules = ClockRules { unpublished, ..ClockRules::default() };
        let clock = WorkingClock::new(calendar, hours, rules);
        let received = date(2025, 3, 3).at(9, 30, 0, 0);
        if let Ok(due) = clock.due(received, term) {
            assert!(due.at >= received, "due before it was received");
            assert!(clock.elapsed(received, due.at).map_or(true, |it| it >= 0), "less than nothing passed");
        }
    }
}
