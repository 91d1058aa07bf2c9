use std::path::PathBuf;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::text::{Word, without_input_method, words};
use super::*;

const SYNONYMS: &str = "variant,canonical,kind,marks\nks,khai sinh,abbreviation,any\ncho,,stopword,any\n";
const PHRASINGS: &str = "phrase,procedure_id,tab,kind\nvợ mới sinh,khai-sinh,ward,situation\n";
const ELSEWHERE: &str = "phrase,answer,where\nly hôn,Tòa án giải quyết.,Tòa án\n";

fn table(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../catalogue").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn entries() -> Vec<Entry> {
    let text = table("le-chan-2025-q1.csv");
    let rows = csv::Reader::from_reader(text.as_bytes()).into_records().map(Result::unwrap).collect::<Vec<_>>();
    let entry = |row: &csv::StringRecord| {
        let [key, tab, code, name, sector] = [0, 1, 2, 3, 4].map(|column| row[column].to_owned());
        Entry { key, tab, code, name, sector, tokens: String::new() }
    };
    rows.iter().map(entry).collect()
}

static LE_CHAN: LazyLock<CatalogueIndex> = LazyLock::new(|| {
    let [phrasings, elsewhere, synonyms] = ["phrasings.csv", "elsewhere.csv", "synonyms.csv"].map(table);
    CatalogueIndex::from_catalogue(&entries(), &phrasings, &elsewhere, &synonyms).unwrap()
});

fn first(text: &str) -> String {
    LE_CHAN.search(text, 3).hits.first().map_or(String::new(), |hit| format!("{} {}", hit.key, hit.tab))
}

#[test]
fn people_find_a_procedure_by_what_happened_to_them() {
    for (text, found) in [
        ("vợ mới sanh làm giấy tờ gì cho bé", "dang-ky-khai-sinh ward"),
        ("giấy chứng tử", "dang-ky-khai-tu ward"),
        ("dk ks", "dang-ky-khai-sinh ward"),
        ("ddawng kys keets hoon", "dang-ky-ket-hon ward"),
        ("d9a8ng ky1 khai sinh", "dang-ky-khai-sinh ward"),
        ("giay xac nhan doc than", "xac-nhan-tinh-trang-hon-nhan ward"),
        ("đăng kí khai sihn", "dang-ky-khai-sinh ward"),
        ("dangkykethon", "dang-ky-ket-hon ward"),
        ("má tui mất rồi thì báo ở đâu", "dang-ky-khai-tu ward"),
    ] {
        assert_eq!(first(text), found, "{text}");
    }
}

#[test]
fn every_official_name_finds_its_procedure() {
    let entries = entries();
    let missed: Vec<&str> = entries
        .iter()
        .filter(|entry| !LE_CHAN.search(&entry.name, 3).hits.iter().any(|hit| hit.key == entry.key))
        .map(|entry| entry.name.as_str())
        .collect();
    assert!(missed.len() * 50 <= entries.len(), "{} names are not found: {missed:#?}", missed.len());
}

#[test]
fn a_code_finds_its_procedure_wherever_it_stands_in_the_text() {
    assert_eq!(first("1.001193"), "dang-ky-khai-sinh ward");
    assert_eq!(first("hỏi về thủ tục 1.001193."), "dang-ky-khai-sinh ward");
    assert_eq!(first("dang-ky-khai-tu"), "dang-ky-khai-tu ward");
}

#[test]
fn the_ward_comes_first_unless_the_text_names_the_district() {
    assert_eq!(first("sao y bản chính"), "chung-thuc-ban-sao-tu-ban-chinh ward");
    assert_eq!(first("sao y bản chính trên quận"), "chung-thuc-ban-sao-tu-ban-chinh district");
}

#[test]
fn what_others_decide_answers_where_to_go() {
    for (text, body) in
        [("muốn ly dị chồng", "Tòa án"), ("làm hộ chiếu", "Công an"), ("rút bhxh một lần", "Bảo hiểm xã hội")]
    {
        let to = LE_CHAN.search(text, 3).elsewhere.unwrap_or_else(|| panic!("{text} is answered nowhere"));
        assert!(to.where_to_go.contains(body), "{text}: {to:?}");
    }
    assert_eq!(LE_CHAN.search("đăng ký khai sinh", 3).elsewhere, None);
}

#[test]
fn nothing_and_nonsense_find_nothing() {
    for text in ["", "   ", "?!…", "\u{301}\u{301}", "asdf qwer zxcv", "aaaaaaaa", "🙂🙂"] {
        assert_eq!(LE_CHAN.search(text, 5), SearchAnswer::default(), "{text:?}");
    }
}

#[test]
fn every_phrase_speaks_of_a_published_procedure_at_a_tab_that_has_it() {
    let entries = entries();
    for phrasing in tables::phrasings(&table("phrasings.csv")).unwrap() {
        let published = entries.iter().any(|entry| entry.key == phrasing.procedure && entry.tab == phrasing.tab);
        assert!(published, "{}: {} at {}", phrasing.phrase, phrasing.procedure, phrasing.tab);
    }
}

#[test]
fn a_bad_row_is_named_by_its_line() {
    let build = |phrasings: &str, elsewhere: &str, synonyms: &str| {
        CatalogueIndex::from_catalogue(&[], phrasings, elsewhere, synonyms).err().map(|e| e.to_string())
    };
    assert_eq!(build(PHRASINGS, ELSEWHERE, SYNONYMS), None);
    let bad = build(&format!("{PHRASINGS}x,y\n"), ELSEWHERE, SYNONYMS);
    assert_eq!(bad.as_deref(), Some("phrasings.csv line 3: 2 columns, expected 4"));
    let bad = build(PHRASINGS, "phrase,answer\n", SYNONYMS);
    assert_eq!(bad.as_deref(), Some("elsewhere.csv line 1: 2 columns, expected 3"));
    let bad = build(PHRASINGS, ELSEWHERE, &format!("{SYNONYMS}a,b,synonym,some\n"));
    assert_eq!(bad.as_deref(), Some("synonyms.csv line 4: marks is neither any nor exact"));
}

#[test]
fn words_are_read_whatever_wrote_them() {
    let same = |a: &str, b: &str| assert_eq!(words(a), words(b), "{a} {b}");
    same("hoà", "hòa");
    same("Đăng Ký", "đăng kí");
    same("tie\u{302}\u{301}ng", "tiếng");
    assert_ne!(Word::new("chợ"), Word::new("cho"));
    for (typed, plain) in [("ddawng", "dang"), ("kys", "ki"), ("hoon", "hon"), ("giaays", "giay"), ("d9a8ng", "dang")] {
        assert_eq!(without_input_method(typed).as_deref(), Some(plain), "{typed}");
    }
    for word in ["sinh", "khai", "asdf", "qwer"] {
        assert_eq!(without_input_method(word), None, "{word}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,300}", limit in 0_usize..20) {
        prop_assert!(LE_CHAN.search(&text, limit).hits.len() <= limit);
    }

    #[test]
    fn any_vietnamese_text_is_answered(text in "[a-zăâđêôơưáàảãạ0-9 \u{300}-\u{303}\u{323}.,\n]{0,260}") {
        prop_assert!(LE_CHAN.search(&text, 7).hits.len() <= 7);
    }

    #[test]
    fn a_long_text_is_cut(text in "[a-z]{1,7}") {
        let long = format!("{text} ").repeat(10_000 / (text.len() + 1));
        prop_assert!(LE_CHAN.search(&long, 3).hits.len() <= 3);
    }
}
