//! The search is judged by phrasings somebody else wrote.

use testkit::Office;

#[test]
fn a_hundred_phrasings_of_somebody_else_find_the_right_procedure() {
    let office = Office::open();
    let known = office.house.now_known();
    let (mut first, mut among_three, mut misses) = (0, 0, Vec::new());
    let text = include_str!("search-100.csv");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<(String, String)> = rows.deserialize().map(|row| row.unwrap()).collect();
    assert_eq!(rows.len(), 100);
    for (asked, accept) in &rows {
        let found: Vec<String> =
            known.catalogue.search(asked, 3).hits.iter().map(|it| format!("{}@{}", it.key, it.tab)).collect();
        let right = |key: &String| accept.split('|').any(|it| it == key);
        first += i32::from(found.first().is_some_and(right));
        among_three += i32::from(found.iter().any(right));
        if !found.iter().any(right) {
            misses.push(format!("{asked:?}: {found:?}, expected {accept}"));
        } else if !found.first().is_some_and(right) {
            misses.push(format!("(not first) {asked:?}: {found:?}, expected {accept}"));
        }
    }
    eprintln!("first {first}, among three {among_three} of 100\n{}", misses.join("\n"));
    assert!(first >= 90, "only {first} of 100 first");
    assert!(among_three >= 97, "only {among_three} of 100 among three");
}

#[test]
fn what_other_bodies_do_is_answered_with_where_to_go() {
    let office = Office::open();
    let known = office.house.now_known();
    let text = include_str!("search-elsewhere.csv");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    for row in rows.records() {
        let asked = row.unwrap().get(0).unwrap().to_owned();
        let answer = known.catalogue.search(&asked, 3).elsewhere;
        assert!(answer.is_some_and(|it| !it.where_to_go.is_empty()), "{asked:?} has no answer");
    }
}
