//! The clock against the vectors of the handbook (§4.4), the edges of a day, and the laws every answer obeys.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime, date};
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;

use super::*;

const HOLIDAYS: &str = include_str!("../../../../catalogue/holidays.toml");
/// The days off of 2023 that the vector of that year needs.
const TABLE_2023: &str = "[[day_off]]\ndate = \"2023-09-01\"\nname = \"Quốc khánh\"\nkind = \"statutory\"\n";

fn calendar() -> &'static WorkingCalendar {
    static CALENDAR: LazyLock<WorkingCalendar> = LazyLock::new(|| WorkingCalendar::parse(HOLIDAYS).unwrap());
    &CALENDAR
}

fn hours(text: &str) -> HoursHistory {
    HoursHistory::always(text.parse().unwrap())
}

fn with_clock<T>(unpublished: Unpublished, ask: impl FnOnce(WorkingClock<'_>) -> T) -> T {
    let (calendar, hours) = (calendar(), HoursHistory::default());
    ask(WorkingClock::new(calendar, &hours, ClockRules { unpublished, ..ClockRules::default() }))
}

fn at(text: &str) -> DateTime {
    text.parse().unwrap()
}

/// Every line: received, term, due.
fn check_due(lines: &[(&str, &str, &str)]) {
    with_clock(Unpublished::Refuse, |clock| {
        for (received, term, due) in lines {
            let answer = clock.due(at(received), term.parse().unwrap());
            assert_eq!(answer, Ok(Due { at: at(due), provisional: false }), "{received} {term}");
        }
    });
}

#[test]
fn the_vectors_of_the_handbook() {
    check_due(&[
        ("2025-04-23T10:00", "5wd", "2025-04-29T10:00"), // over a worked Saturday
        ("2024-04-25T16:00", "3wd", "2024-05-03T16:00"), // over a swapped day
        ("2025-12-31T15:30", "2wd", "2026-01-06T15:30"), // over the new year and its swap
        ("2026-02-13T17:45", "1wd", "2026-02-24T07:30"), // after close, before Tết
        ("2025-08-25T09:00", "5wd", "2025-09-03T09:00"), // over National Day
        ("2025-08-25T14:59", "sameday", "2025-08-25T17:30"),
        ("2025-08-25T15:01", "sameday", "2025-08-26T17:30"),
        ("2025-08-09T10:00", "1wd", "2025-08-12T07:30"), // filed on a Saturday
    ]);
    let (calendar, hours) = (WorkingCalendar::parse(TABLE_2023).unwrap(), HoursHistory::default());
    let clock = WorkingClock::new(&calendar, &hours, ClockRules::default());
    let due = clock.due(at("2023-10-27T09:32"), Term::WorkingDays(5)).unwrap();
    assert_eq!(due.at, at("2023-11-03T09:32"));
}

#[test]
fn names_of_days_off_are_vietnamese() {
    let english = ["Mon", "Tue", "Wed", "Fri", "Sat", "Sun", "Jan", "Feb", "Apr", "May", "Jun", "Sep", "Oct"];
    let names: Vec<&str> = HOLIDAYS.lines().filter_map(|it| it.strip_prefix("name = ")).collect();
    assert!(names.len() >= 50, "{}", names.len());
    for name in names {
        assert!(name.split(|it: char| !it.is_alphabetic()).all(|word| !english.contains(&word)), "{name}");
    }
}

/// Căn cứ: Bộ luật Dân sự 2015, Điều 148 khoản 5.
#[test]
fn calendar_days_end_at_the_close_and_never_on_a_day_off() {
    check_due(&[
        ("2025-03-03T10:00", "1d", "2025-03-04T17:30"),
        ("2025-03-03T10:00", "5d", "2025-03-10T17:30"), // Saturday rolls to Monday
        ("2025-04-21T08:00", "5d", "2025-04-26T17:30"), // a worked Saturday is as good as any day
        ("2025-04-21T08:00", "9d", "2025-05-05T17:30"), // 30 April rolls over the holidays
        ("2025-01-22T08:00", "5d", "2025-02-03T17:30"), // Tết
        ("2025-03-07T18:00", "1d", "2025-03-11T17:30"), // received after close on Friday: counts from Monday
        ("2024-12-31T08:00", "30d", "2025-02-03T17:30"),
    ]);
}

#[test]
fn same_day_acts_wait_for_tomorrow_only_after_the_cutoff() {
    check_due(&[
        ("2025-03-03T15:00", "sameday", "2025-03-03T17:30"),
        ("2025-03-03T15:00:01", "sameday", "2025-03-04T17:30"),
        ("2025-03-07T16:00", "sameday", "2025-03-10T17:30"),
        ("2025-03-07T12:00", "sameday", "2025-03-07T17:30"),
        ("2025-03-07T19:00", "sameday", "2025-03-10T17:30"),
        ("2025-01-24T15:30", "sameday", "2025-02-03T17:30"), // the last afternoon before Tết
        ("2025-04-25T15:30", "sameday", "2025-04-26T17:30"), // a worked Saturday follows
        ("2025-03-08T23:59:59", "SameDay", "2025-03-10T17:30"),
    ]);
}

#[test]
fn working_hours_run_over_lunch_and_night() {
    check_due(&[
        ("2025-03-03T07:30", "4wh", "2025-03-03T11:30"), // ends with the morning: its close
        ("2025-03-03T13:30", "4wh", "2025-03-03T17:30"),
        ("2025-03-03T07:30", "8wh", "2025-03-03T17:30"),
        ("2025-03-03T10:00", "4wh", "2025-03-03T16:00"),
        ("2025-03-03T17:00", "1wh", "2025-03-04T08:00"),
        ("2025-03-03T11:30", "1wh", "2025-03-03T14:30"),
        ("2025-03-03T12:15", "1wh", "2025-03-03T14:30"),
        ("2025-03-03T17:30", "1wh", "2025-03-04T08:30"),
        ("2025-03-07T17:30:01", "4wh", "2025-03-10T11:30"),
        ("2025-03-03T11:29:42", "1wh", "2025-03-03T14:29:42"),
        ("2025-01-24T16:30", "8wh", "2025-02-03T16:30"), // Tết
        ("2026-01-09T17:00", "1wh", "2026-01-10T08:00"), // into a worked Saturday
    ]);
}

#[test]
fn a_receipt_counts_from_the_next_open_moment() {
    with_clock(Unpublished::Refuse, |clock| {
        for (received, counts_from) in [
            ("2025-03-03T00:00", "2025-03-03T07:30"),
            ("2025-03-03T07:29:59", "2025-03-03T07:30"),
            ("2025-03-03T07:30", "2025-03-03T07:30"),
            ("2025-03-03T11:30", "2025-03-03T11:30"),
            ("2025-03-03T11:30:01", "2025-03-03T13:30"),
            ("2025-03-03T13:29", "2025-03-03T13:30"),
            ("2025-03-03T17:30", "2025-03-03T17:30"),
            ("2025-03-03T17:30:00.000001", "2025-03-04T07:30"),
            ("2025-03-03T23:59:59", "2025-03-04T07:30"),
            ("2025-01-27T09:00", "2025-02-03T07:30"),
            ("2025-04-26T09:00", "2025-04-26T09:00"),
            ("2025-05-02T09:00", "2025-05-05T07:30"),
        ] {
            assert_eq!(clock.normalise(at(received)), Ok(at(counts_from)), "{received}");
        }
    });
}

#[test]
fn an_unconfirmed_day_is_worked() {
    let calendar = calendar();
    assert!(calendar.is_working_day(date(2026, 11, 24)));
    assert_eq!(calendar.day_off_name(date(2026, 11, 24)), None);
    assert!(calendar.unconfirmed().any(|(day, name)| day == date(2026, 11, 24) && name == "Ngày Văn hóa Việt Nam"));
    check_due(&[("2026-11-23T10:00", "1wd", "2026-11-24T10:00")]);
}

#[test]
fn the_years_have_the_working_days_of_the_handbook() {
    let calendar = calendar();
    for (year, expected) in [(2024, 251), (2025, 250), (2026, 250)] {
        let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
        assert_eq!(days.filter(|day| calendar.is_working_day(*day)).count(), expected, "{year}");
    }
    assert_eq!(calendar.published_years().collect::<Vec<_>>(), [2024, 2025, 2026]);
    assert_eq!(calendar.day_off_name(date(2025, 4, 7)), Some("Giỗ Tổ Hùng Vương"));
    assert!(calendar.is_worked_rest_day(date(2026, 8, 22)) && !calendar.is_worked_rest_day(date(2026, 8, 24)));
}

#[test]
fn a_year_without_a_table_is_refused_by_name() {
    with_clock(Unpublished::Refuse, |clock| {
        let refusal = |year| Err(ClockRefusal::YearNotPublished { year });
        assert_eq!(
            clock.due(at("2026-12-30T10:00"), Term::WorkingDays(5)),
            refusal(2027).map(|at| Due { at, provisional: true })
        );
        assert_eq!(clock.normalise(at("2026-12-31T18:00")), refusal(2027));
        assert_eq!(clock.normalise(at("2023-12-29T10:00")), refusal(2023));
        assert_eq!(clock.add_minutes(at("9999-12-31T23:59"), 1), refusal(9999));
        assert_eq!(clock.add_minutes(at("2026-12-31T16:30"), 60), Ok(at("2026-12-31T17:30")));
    });
}

#[test]
fn a_projected_year_is_answered_and_marked() {
    with_clock(Unpublished::Project, |clock| {
        let due = |received, term: &str| clock.due(at(received), term.parse().unwrap()).unwrap();
        // 2027 stands in the file as projected: its Tết and 1 January count, provisionally.
        assert_eq!(due("2026-12-31T10:00", "1wd"), Due { at: at("2027-01-04T10:00"), provisional: true });
        assert_eq!(due("2027-02-03T10:00", "1wd"), Due { at: at("2027-02-11T10:00"), provisional: true });
        // 2028 is nowhere: Tết is 26 January, its five days 25 to 29, Saturday 29 made good on Monday 31.
        assert_eq!(due("2028-01-24T10:00", "1wd"), Due { at: at("2028-02-01T10:00"), provisional: true });
        assert_eq!(due("2025-03-03T10:00", "1wd"), Due { at: at("2025-03-04T10:00"), provisional: false });
        let far = clock.due(at("2199-12-31T10:00"), Term::WorkingDays(5));
        assert_eq!(far, Err(ClockRefusal::YearNotPublished { year: 2200 }));
    });
}

#[test]
fn a_missing_table_is_noticed_from_december() {
    let calendar = calendar();
    assert_eq!(calendar.missing_year(date(2026, 11, 30)), None);
    assert_eq!(calendar.missing_year(date(2026, 12, 1)), Some(2027));
    assert_eq!(calendar.missing_year(date(2025, 12, 1)), None);
    assert_eq!(calendar.missing_year(date(2027, 3, 1)), Some(2027));
}

#[test]
fn hours_of_the_last_day_decide_where_a_kept_time_lands() {
    let summer = date(2025, 4, 15);
    let history = HoursHistory::default().changed_from(summer, "07:00-11:00,14:00-17:00".parse().unwrap()).unwrap();
    let calendar = calendar();
    let clock = WorkingClock::new(calendar, &history, ClockRules::default());
    let due = |received| clock.due(at(received), Term::WorkingDays(1)).unwrap().at;
    assert_eq!(due("2025-04-14T10:00"), at("2025-04-15T10:00"));
    assert_eq!(due("2025-04-14T11:15"), at("2025-04-15T14:00"));
    assert_eq!(due("2025-04-14T17:15"), at("2025-04-15T17:00"));
    assert_eq!((clock.minutes_per_day(date(2025, 4, 14)), clock.minutes_per_day(summer)), (480, 420));
    assert_eq!(clock.elapsed(at("2025-04-14T00:00"), at("2025-04-16T00:00")), Ok(900));
    let stored = serde_json::to_string(&history).unwrap();
    assert_eq!(serde_json::from_str::<HoursHistory>(&stored).unwrap(), history);
}

#[test]
fn elapsed_counts_open_minutes_only() {
    with_clock(Unpublished::Refuse, |clock| {
        for (from, to, minutes) in [
            ("2025-03-03T07:30", "2025-03-03T17:30", 480),
            ("2025-03-03T11:00", "2025-03-03T14:00", 60),
            ("2025-03-03T11:30", "2025-03-03T13:30", 0),
            ("2025-03-07T17:00", "2025-03-10T08:00", 60),
            ("2025-01-24T17:30", "2025-02-03T07:30", 0),
            ("2025-04-25T17:30", "2025-04-28T07:30", 480), // the worked Saturday
            ("2025-03-03T08:00:59", "2025-03-03T08:01:00", 1),
            ("2025-03-03T08:00:00", "2025-03-03T08:00:59", 0),
            ("2025-01-01T00:00", "2025-12-31T23:59:59", 250 * 480),
        ] {
            assert_eq!(clock.elapsed(at(from), at(to)), Ok(minutes), "{from} {to}");
            assert_eq!(clock.elapsed(at(to), at(from)), Ok(-minutes), "{to} {from}");
        }
    });
}

#[test]
fn a_pause_moves_the_due_moment_by_the_working_minutes_waited() {
    with_clock(Unpublished::Refuse, |clock| {
        let shifted = |due, from, to| clock.shift_due(at(due), at(from), at(to)).map(|due| due.at);
        // Two working days and a half asked on Monday noon, answered on Thursday morning.
        assert_eq!(shifted("2025-03-05T10:00", "2025-03-03T11:30", "2025-03-06T07:30"), Ok(at("2025-03-07T16:00")));
        // Asked and answered over a weekend: nothing was lost, nothing moves.
        assert_eq!(shifted("2025-03-10T17:30", "2025-03-07T17:30", "2025-03-10T07:30"), Ok(at("2025-03-10T17:30")));
        // A due moment at a close stays inside hours.
        assert_eq!(shifted("2025-03-07T17:30", "2025-03-03T08:00", "2025-03-03T09:00"), Ok(at("2025-03-10T08:30")));
        assert_eq!(shifted("2025-03-07T17:30", "2025-03-03T07:30", "2025-03-04T07:30"), Ok(at("2025-03-10T17:30")));
        let (from, to) = (at("2025-03-04T08:00"), at("2025-03-03T08:00"));
        assert_eq!(clock.shift_due(to, from, to), Err(ClockRefusal::PauseBackwards { from, to }));
    });
}

#[test]
fn working_days_before_step_back_over_days_off() {
    with_clock(Unpublished::Refuse, |clock| {
        let before = |day: Date, n| clock.working_days_before(day.at(10, 0, 0, 0), n).unwrap();
        assert_eq!(before(date(2025, 3, 5), 1), date(2025, 3, 4));
        assert_eq!(before(date(2025, 3, 10), 1), date(2025, 3, 7));
        assert_eq!(before(date(2025, 2, 3), 1), date(2025, 1, 24));
        assert_eq!(before(date(2025, 5, 5), 3), date(2025, 4, 26));
        assert_eq!(before(date(2025, 3, 9), 1), date(2025, 3, 7));
        assert_eq!((before(date(2025, 3, 10), 0), before(date(2025, 3, 9), 0)), (date(2025, 3, 10), date(2025, 3, 7)));
    });
}

#[test]
fn minutes_out_of_range_are_refused() {
    with_clock(Unpublished::Project, |clock| {
        for minutes in [-1, i64::MIN, i64::MAX] {
            let refusal = ClockRefusal::Minutes { minutes, minutes_max: 5_256_000 };
            assert_eq!(clock.add_minutes(at("2025-03-03T10:00"), minutes), Err(refusal));
        }
    });
}

#[test]
fn late_is_a_matter_of_dates() {
    let day = date(2025, 3, 5);
    assert_eq!(timeliness(date(2025, 3, 4), Some(day)), Timeliness::Early);
    assert_eq!(timeliness(day, Some(day)), Timeliness::OnTime);
    assert_eq!(timeliness(date(2025, 3, 6), Some(day)), Timeliness::Late);
    assert_eq!(timeliness(day, None), Timeliness::OnTime);
}

#[test]
fn terms_are_read_and_printed() {
    for (text, term) in [
        ("5wd", Term::WorkingDays(5)),
        ("4WH", Term::WorkingHours(4)),
        ("010d", Term::CalendarDays(10)),
        ("SameDay", Term::SameDay),
        ("3650d", Term::CalendarDays(3650)),
    ] {
        assert_eq!(text.parse(), Ok(term), "{text}");
        assert_eq!(term.to_string().parse(), Ok(term));
        let stored = serde_json::to_string(&term).unwrap();
        assert_eq!(serde_json::from_str::<Term>(&stored).unwrap(), term);
    }
    for text in ["", "wd", "5", "5 wd", "+5wd", "-5wd", "5w", "5wdd", "٥wd", "5.5d", "same day"] {
        assert!(matches!(text.parse::<Term>(), Err(TermError::Unreadable { .. })), "{text}");
    }
    assert_eq!("000wd".parse::<Term>(), Err(TermError::Zero));
    for text in ["3651d", "65536wd", "99999999999999999999wh"] {
        assert_eq!(text.parse::<Term>(), Err(TermError::TooLong { count_max: 3650 }), "{text}");
    }
}

#[test]
fn a_commitment_never_exceeds_the_law() {
    let limit = |legal: &str, committed: &str| TimeLimit::new(legal.parse().unwrap(), Some(committed.parse().unwrap()));
    for (legal, committed) in [
        ("5wd", "3wd"),
        ("5wd", "5wd"),
        ("5wd", "40wh"),
        ("8wh", "1wd"),
        ("5wd", "sameday"),
        ("15wd", "20d"),
        ("10d", "10wd"),
    ] {
        let limit = limit(legal, committed).unwrap();
        assert_eq!(limit.binding().to_string(), committed);
    }
    for (legal, committed) in [
        ("5wd", "6wd"),
        ("5wd", "41wh"),
        ("8wh", "2wd"),
        ("10d", "11d"),
        ("10d", "11wd"),
        ("sameday", "1wd"),
        ("4wh", "5wh"),
    ] {
        assert!(limit(legal, committed).is_err(), "{legal} {committed}");
    }
    assert_eq!(TimeLimit::new(Term::SameDay, None).unwrap().binding(), Term::SameDay);
}

#[test]
fn hours_are_read_or_refused() {
    for text in ["07:30-11:30,13:30-17:30", "00:00-23:59", "07:00-08:00,08:01-09:00"] {
        assert_eq!(text.parse::<OpeningHours>().unwrap().to_string(), text);
    }
    assert_eq!(" 07:30 - 11:30 , 13:30-17:30 ".parse::<OpeningHours>().unwrap(), OpeningHours::default());
    for text in [
        "",
        " ",
        ",",
        "07:30",
        "7:30-11:30",
        "07:30-24:00",
        "07:60-08:00",
        "11:30-07:30",
        "07:30-07:30",
        "07:30-11:30,11:30-12:00",
        "07:30-11:30,11:00-12:00",
        "13:30-17:30,07:30-11:30",
        "01:00-02:00,03:00-04:00,05:00-06:00,07:00-08:00,09:00-10:00,11:00-12:00,13:00-14:00",
        "+7:30-11:30",
    ] {
        assert!(text.parse::<OpeningHours>().is_err(), "{text}");
    }
    let twice = HoursPeriod { from: date(2025, 1, 1), hours: OpeningHours::default() };
    assert_eq!(HoursHistory::new(vec![twice.clone(), twice]), Err(HoursError::History));
    assert_eq!(HoursHistory::new(Vec::new()), Err(HoursError::History));
    assert_eq!(hours("08:00-12:00").on(Date::MIN).minutes(), 240);
}

#[test]
fn a_bad_table_is_refused_with_its_line() {
    let error = |text: &str| WorkingCalendar::parse(text).unwrap_err();
    let off = |day: &str| format!("[[day_off]]\ndate = \"{day}\"\n");
    let worked = |day: &str| format!("[[make_up]]\ndate = \"{day}\"\n");
    let text = "2025-02-30".to_owned();
    assert_eq!(error(&off("2025-02-30")), CalendarError::Date { line: 2, field: "date", text });
    let text = "30/04/2025".to_owned();
    assert_eq!(error(&format!("\n\n{}", off("30/04/2025"))), CalendarError::Date { line: 4, field: "date", text });
    let day = date(2025, 4, 30);
    assert_eq!(error(&off("2025-04-30").repeat(2)), CalendarError::Twice { line: 4, date: day });
    assert_eq!(error(&worked("2025-04-30")), CalendarError::NoRestDay { line: 2, date: day });
    let saturday = date(2025, 4, 26);
    let both = off("2025-04-26") + &worked("2025-04-26");
    assert_eq!(error(&both), CalendarError::OffAndWorked { line: 4, date: saturday });
    let half = off("2025-05-02") + "made_up_on = \"2025-04-26\"\n";
    assert_eq!(error(&half), CalendarError::Unlisted { line: 3, field: "made_up_on", date: saturday });
    let half = worked("2025-04-26") + "for = \"2025-05-02\"\n";
    assert_eq!(error(&half), CalendarError::Unlisted { line: 3, field: "for", date: date(2025, 5, 2) });
    for (text, line, word) in [
        ("x", 1, "="),
        ("[[day_off]]\nname = \"x\"\n", 1, "`date`"),
        ("[[day_off]]\ndate = \"2025-01-01\"\ncolour = 1\n", 3, "colour"),
        ("[[day_off]]\ndate = \"2025-01-01\"\ngrade = \"guessed\"\n", 3, "guessed"),
        ("[[day_of]]\ndate = \"2025-01-01\"\n", 1, "day_of"),
    ] {
        let CalendarError::Syntax { line: found, message } = error(text) else { panic!("{text}") };
        assert!(found == line && message.contains(word), "{text}: line {found}, {message}");
    }
    assert!(matches!(error(&" ".repeat(2_000_000)), CalendarError::TooLarge { .. }));
    assert_eq!(calendar().version().len(), 12);
    assert_ne!(calendar().version(), WorkingCalendar::parse(TABLE_2023).unwrap().version());
}

fn moments() -> impl Strategy<Value = DateTime> {
    // From before 2024 to after the last published year, with seconds.
    (0_i64..86_400 * 1_500).prop_map(|seconds| date(2023, 6, 1).at(0, 0, 0, 0) + SignedDuration::from_secs(seconds))
}

fn terms() -> impl Strategy<Value = Term> {
    prop_oneof![
        (1_u16..60).prop_map(Term::WorkingDays),
        (1_u16..200).prop_map(Term::WorkingHours),
        (1_u16..90).prop_map(Term::CalendarDays),
        Just(Term::SameDay),
    ]
}

fn histories() -> impl Strategy<Value = HoursHistory> {
    let change = |from, text: &str| HoursHistory::default().changed_from(from, text.parse().unwrap()).unwrap();
    prop_oneof![
        Just(HoursHistory::default()),
        Just(hours("07:00-11:30,13:30-17:00")),
        Just(hours("08:00-12:00")),
        Just(change(date(2025, 4, 15), "07:00-11:00,14:00-17:00")),
        Just(change(date(2024, 10, 16), "00:00-00:01,09:00-10:00,10:01-15:37,23:00-23:59")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_later_receipt_is_never_due_earlier(a in moments(), b in moments(), term in terms(), history in histories()) {
        let calendar = calendar();
        let clock = WorkingClock::new(calendar, &history, project());
        let (early, late) = (a.min(b), a.max(b));
        prop_assert!(clock.due(early, term).unwrap().at <= clock.due(late, term).unwrap().at);
        prop_assert!(clock.normalise(early).unwrap() <= clock.normalise(late).unwrap());
    }

    #[test]
    fn nothing_is_due_on_a_day_off_or_outside_hours(received in moments(), term in terms(), history in histories()) {
        let calendar = calendar();
        let clock = WorkingClock::new(calendar, &history, project());
        let due = clock.due(received, term).unwrap().at;
        prop_assert!(clock.is_working_day(due.date()).unwrap());
        prop_assert!(history.on(due.date()).contains(due.time()));
        prop_assert!(due >= received);
        prop_assert_eq!(clock.normalise(due).unwrap(), due);
    }

    #[test]
    fn minutes_add_up(from in moments(), a in 0_i64..6_000, b in 0_i64..6_000, history in histories()) {
        let calendar = calendar();
        let clock = WorkingClock::new(calendar, &history, project());
        let once = clock.add_minutes(from, a + b).unwrap();
        let twice = clock.add_minutes(clock.add_minutes(from, a).unwrap(), b).unwrap();
        prop_assert_eq!(once, twice);
        prop_assert_eq!(clock.elapsed(from, once).unwrap(), a + b);
    }

    #[test]
    fn adjacent_stretches_add_up(a in moments(), b in moments(), c in moments(), history in histories()) {
        let calendar = calendar();
        let clock = WorkingClock::new(calendar, &history, project());
        let elapsed = |from, to| clock.elapsed(from, to).unwrap();
        prop_assert_eq!(elapsed(a, b) + elapsed(b, c), elapsed(a, c));
    }

    #[test]
    fn a_long_stretch_is_its_days(a in moments(), b in moments(), history in histories()) {
        let calendar = calendar();
        let clock = WorkingClock::new(calendar, &history, project());
        let (from, to) = (a.min(b), a.max(b));
        let mut by_day = 0;
        for day in from.date().series(1.day()).take_while(|day| *day <= to.date()) {
            let begins = if day == from.date() { from } else { day.at(0, 0, 0, 0) };
            let ends = if day == to.date() { to } else { day.at(23, 59, 0, 0) };
            by_day += clock.elapsed(begins, ends).unwrap();
        }
        prop_assert_eq!(clock.elapsed(from, to).unwrap(), by_day);
    }

    #[test]
    fn a_pause_conserves_what_is_left(
        due in moments(),
        from in moments(),
        minutes in 0_i64..5_000,
        history in histories(),
    ) {
        let calendar = calendar();
        let clock = WorkingClock::new(calendar, &history, project());
        let due = clock.normalise(due).unwrap();
        let to = clock.add_minutes(from, minutes).unwrap();
        let after = clock.shift_due(due, from, to).unwrap().at;
        prop_assert_eq!(clock.elapsed(from, due).unwrap(), clock.elapsed(to, after).unwrap());
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}|[0-9:,-]{0,40}") {
        let _ = text.parse::<OpeningHours>();
        let _ = text.parse::<Term>();
        let _ = WorkingCalendar::parse(&text);
    }
}

fn project() -> ClockRules {
    ClockRules { unpublished: Unpublished::Project, ..ClockRules::default() }
}
