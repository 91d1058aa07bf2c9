//! Units through time: what they were called, who carried which code, who sits where, who inherits.

use super::*;
use crate::calendar::OpeningHours;
use crate::ids::PersonId;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use uuid::Uuid;

const fn unit(number: u128) -> UnitId {
    UnitId::from_uuid(Uuid::from_u128(number))
}

const CITY: UnitId = unit(1);
const DISTRICT: UnitId = unit(2);
const DIVISION: UnitId = unit(3);
const WARD: UnitId = unit(4);
const NEW_WARD: UnitId = unit(5);

fn called(name: &str) -> UnitAttributes {
    UnitAttributes {
        name: name.to_owned(),
        level: "ward".to_owned(),
        standing: Standing::Authority,
        parent: None,
        codes: Vec::new(),
        seat: String::new(),
        phone: String::new(),
        hours: OpeningHours::default(),
        sectors: Vec::new(),
    }
}

fn below(parent: UnitId, attributes: UnitAttributes) -> UnitAttributes {
    UnitAttributes { parent: Some(parent), ..attributes }
}

fn coded(value: &str, attributes: UnitAttributes) -> UnitAttributes {
    UnitAttributes { codes: vec![UnitCode { scheme: "gso".into(), value: value.into() }], ..attributes }
}

fn established(on: Date, attributes: UnitAttributes) -> UnitEvent {
    UnitEvent::Established { on, attributes }
}

fn changed(from: Date, attributes: UnitAttributes) -> UnitEvent {
    UnitEvent::Changed { from, attributes }
}

fn ended(on: Date, successors: &[UnitId]) -> UnitEvent {
    let successors = successors.iter().map(|unit| Succession { unit: *unit, extent: Extent::Whole }).collect();
    UnitEvent::Ended { on, successors, instrument: "NQ 1669/NQ-UBTVQH15".into() }
}

fn given(events: &[(UnitId, UnitEvent)]) -> Organisation {
    fold(events).unwrap()
}

fn fold(events: &[(UnitId, UnitEvent)]) -> Result<Organisation, OrganisationError> {
    Organisation::fold(events.iter().map(|(id, event)| (*id, event)))
}

/// The day the wards of 2025 began.
const REFORM: Date = date(2025, 7, 1);

fn through_the_reform() -> Vec<(UnitId, UnitEvent)> {
    let office = UnitAttributes { standing: Standing::Office, ..called("Phòng Tư pháp") };
    vec![
        (CITY, established(date(1955, 5, 13), called("UBND thành phố Hải Phòng"))),
        (DISTRICT, established(date(1961, 7, 5), below(CITY, called("UBND quận Lê Chân")))),
        (DIVISION, established(date(1990, 1, 1), below(DISTRICT, office))),
        (WARD, established(date(1981, 1, 1), coded("11383", below(DISTRICT, called("Phường Trần Nguyên Hãn"))))),
        (WARD, ended(REFORM, &[NEW_WARD])),
        (NEW_WARD, established(REFORM, coded("11383", below(CITY, called("Phường Lê Chân"))))),
    ]
}

#[test]
fn a_paper_carries_the_name_of_its_day() {
    let renamed = changed(date(2024, 5, 1), called("Phường Hàng Kênh"));
    let units = given(&[(WARD, established(date(2000, 1, 1), called("Phường Cát Dài"))), (WARD, renamed)]);
    assert_eq!(units.name_on(WARD, date(2024, 4, 30)), "Phường Cát Dài");
    assert_eq!(units.name_on(WARD, date(2024, 5, 1)), "Phường Hàng Kênh");
    assert_eq!(units.name_on(WARD, date(1990, 1, 1)), "Phường Cát Dài", "before it began: its first name");
    assert_eq!(units.name_on(NEW_WARD, date(2024, 5, 1)), "", "nobody knows it");
}

/// The State re-used 11383 for other ground: a code means nothing without a day.
#[test]
fn a_code_is_somebody_elses_on_another_day() {
    let units = given(&through_the_reform());
    assert_eq!(units.unit_by_code("gso", "11383", date(2025, 6, 30)), Some(WARD));
    assert_eq!(units.unit_by_code("gso", "11383", REFORM), Some(NEW_WARD));
    assert_eq!(units.unit_by_code("gso", "11383", date(1980, 12, 31)), None);
    assert_eq!(units.unit_by_code("agency", "11383", REFORM), None);
    assert_eq!(units.attributes_on(WARD, REFORM).and_then(|it| it.code("gso")), Some("11383"));
}

#[test]
fn an_ended_unit_keeps_its_name_and_names_its_heir() {
    let units = given(&through_the_reform());
    assert_eq!(units.name_on(WARD, date(2030, 1, 1)), "Phường Trần Nguyên Hãn");
    let ward = units.find_unit(WARD).unwrap();
    assert_eq!((ward.began_on(), ward.ended_on()), (date(1981, 1, 1), Some(REFORM)));
    assert_eq!(ward.successors(), [Succession { unit: NEW_WARD, extent: Extent::Whole }]);
    assert!(ward.stands_on(date(2025, 6, 30)) && !ward.stands_on(REFORM));
    let standing = |on| units.standing_on(on).map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(standing(date(2025, 6, 30)), [CITY, DISTRICT, DIVISION, WARD]);
    assert_eq!(standing(REFORM), [CITY, DISTRICT, DIVISION, NEW_WARD]);
    assert_eq!((units.len(), units.is_empty(), units.ids().count()), (5, false, 5));
}

#[test]
fn a_log_that_contradicts_itself_is_refused() {
    let began = (WARD, established(date(2000, 1, 1), called("A")));
    let refused = |events: &[(UnitId, UnitEvent)]| fold(events).unwrap_err();
    assert_eq!(refused(&[(WARD, changed(REFORM, called("B")))]), OrganisationError::NotEstablished(WARD));
    assert_eq!(refused(&[(WARD, ended(REFORM, &[]))]), OrganisationError::NotEstablished(WARD));
    assert_eq!(refused(&[began.clone(), began.clone()]), OrganisationError::EstablishedTwice(WARD));
    let over = (WARD, ended(REFORM, &[]));
    for after in [changed(REFORM, called("B")), ended(date(2026, 1, 1), &[])] {
        assert_eq!(refused(&[began.clone(), over.clone(), (WARD, after)]), OrganisationError::ChangedAfterEnd(WARD));
    }
    for before in [changed(date(1999, 12, 31), called("B")), ended(date(1999, 12, 31), &[])] {
        assert_eq!(refused(&[began.clone(), (WARD, before)]), OrganisationError::BeforeItBegan(WARD));
    }
    assert!(fold(&[began, over, (WARD, changed(date(2025, 6, 1), called("B")))]).is_ok(), "a correction of the past");
}

/// Leaders and clerks sit with the committee, everybody else in the office itself.
#[test]
fn a_post_sits_where_the_law_puts_it() {
    let units = given(&through_the_reform());
    let today = date(2025, 3, 3);
    for post in Post::ALL {
        let seat = match post {
            Post::Leader | Post::Clerk | Post::ControlOfficer | Post::Administrator => DISTRICT,
            Post::Reception | Post::Specialist | Post::Head => DIVISION,
        };
        assert_eq!(units.seat_of(DIVISION, post, today), seat, "{post}");
        assert_eq!(units.seat_of(WARD, post, today), WARD, "a ward signs itself");
    }
    assert!(units.is_within(DIVISION, CITY, today) && units.is_within(WARD, WARD, today));
    assert!(!units.is_within(CITY, DIVISION, today) && !units.is_within(WARD, DIVISION, today));
}

#[test]
fn parents_in_a_circle_end_somewhere() {
    let office = |parent, name| UnitAttributes { standing: Standing::Office, ..below(parent, called(name)) };
    let on = date(2025, 1, 1);
    let units =
        given(&[(WARD, established(on, office(DIVISION, "A"))), (DIVISION, established(on, office(WARD, "B")))]);
    assert!([WARD, DIVISION].contains(&units.authority_of(WARD, on)));
    assert!(!units.is_within(WARD, CITY, on));
}

#[test]
fn the_hours_change_with_the_unit() {
    let short: OpeningHours = "08:00-12:00".parse().unwrap();
    let with = |hours: &OpeningHours| UnitAttributes { hours: hours.clone(), ..called("A") };
    let from = date(2025, 4, 15);
    let mut events = vec![(WARD, established(date(2000, 1, 1), with(&OpeningHours::default())))];
    events.push((WARD, changed(from, with(&"09:00-10:00".parse().unwrap()))));
    events.push((WARD, changed(from, with(&short))));
    let hours = given(&events).hours(WARD);
    assert_eq!(hours.on(date(2025, 4, 14)), &OpeningHours::default());
    assert_eq!(hours.on(from), &short, "of two words on one day the last holds");
    assert_eq!(given(&events).hours(CITY).on(from), &OpeningHours::default(), "the house's hours for all others");
}

#[test]
fn a_mandate_holds_from_its_first_day_to_the_one_before_its_end() {
    let person = PersonId::from_uuid(Uuid::from_u128(9));
    let post = Post::Specialist;
    let mandate = Mandate { person, unit: WARD, post, from: date(2025, 1, 1), until: Some(REFORM) };
    let heir = Mandate { unit: NEW_WARD, from: REFORM, until: None, ..mandate.clone() };
    let mandates = Mandates::new(vec![mandate, heir]);
    for (on, unit) in [(date(2025, 1, 1), WARD), (date(2025, 6, 30), WARD), (REFORM, NEW_WARD)] {
        assert_eq!(mandates.of(person, on).map(|it| it.unit).collect::<Vec<_>>(), [unit], "{on}");
        assert_eq!(mandates.holders(unit, post, on).collect::<Vec<_>>(), [person]);
        assert!(mandates.holds(person, unit, post, on) && !mandates.holds(person, unit, Post::Head, on));
    }
    assert_eq!(mandates.of(person, date(2024, 12, 31)).count(), 0);
    assert_eq!(mandates.all().len(), 2);
}

#[test]
fn the_log_is_kept_as_it_was_said() {
    for (_, event) in through_the_reform() {
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<UnitEvent>(&json).unwrap(), event);
    }
}

fn days() -> impl Strategy<Value = Date> {
    (2_000_i16..2_030, 1_i8..13, 1_i8..29).prop_map(|(year, month, day)| date(year, month, day))
}

proptest! {
    /// Whatever the order in which changes were written, a day has the attributes of the last change before it.
    #[test]
    fn attributes_of_a_day_are_those_of_the_last_change(
        changes in proptest::collection::vec(days(), 0..12),
        asked in days(),
    ) {
        let mut events = vec![(WARD, established(date(2000, 1, 1), called("first")))];
        events.extend(changes.iter().enumerate().map(|(nth, day)| (WARD, changed(*day, called(&nth.to_string())))));
        let units = given(&events);
        let last = changes.iter().enumerate().filter(|(_, day)| **day <= asked).max_by_key(|(nth, day)| (**day, *nth));
        let expected = last.map_or("first".to_owned(), |(nth, _)| nth.to_string());
        prop_assert_eq!(units.name_on(WARD, asked), expected);
        prop_assert!(units.hours(WARD).on(asked) == &OpeningHours::default());
    }
}
