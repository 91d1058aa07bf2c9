//! What nobody should type, for one field at a time: the one generator of all of it. The same seed gives the same values.

use super::page_forms::{Field, Kind};

/// Never in anything a database keeps: a bell and an escape, as they are and as JSON writes them.
pub const CONTROL: &str = "zqchuong\u{7}\u{1b}\u{0}zqthoat";
/// Two letters in the pieces they are put together from.
pub const DECOMPOSED: &str = "zqnga\u{303}zqde\u{302}\u{323}zq";
/// Turns the direction of reading.
pub const TURNED: &str = "zqnguoc\u{202e}\u{2066}zq";
/// Two lines where one is asked.
pub const LINES: &str = "zqdong\r\nzqdong";
/// Markup in a text, in an attribute and in a script.
pub const MARKUP: &str = "zqx\"zq'><zq onload=alert(1)></zq>{{zq}}";
/// Pieces of the above as no database may keep them: raw, and as JSON escapes them. Each is too long to stand among hashes by chance.
pub const NEVER_KEPT: [&str; 10] = [
    "zqchuong\u{7}",
    "zqchuong\\u0007",
    "\u{1b}zqthoat",
    "\\u001bzqthoat",
    "zqnga\u{303}",
    "zqde\u{302}",
    "zqnguoc\u{202e}",
    "\u{2066}zq",
    "zqdong\nzqdong",
    "zqdong\\nzqdong",
];
/// Pieces of markup as no page may show them.
pub const NEVER_SHOWN: [&str; 3] = ["zqx\"", "<zq", "'><zq"];

/// Chance with a seed.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Of a seed and what it is rolled for: the order in which things are asked for changes nothing.
    pub fn of(seed: u64, what: &str) -> Self {
        Self(
            what.bytes()
                .fold(seed ^ 0xcbf2_9ce4_8422_2325, |sum, it| (sum ^ u64::from(it)).wrapping_mul(0x100_0000_01b3)),
        )
    }

    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % (most.max(1) as u64)).unwrap()
    }
}

/// What is sent instead of a field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bad {
    /// Another value.
    Instead(String),
    /// The field twice, the second time with this.
    Twice(String),
    /// Nothing at all.
    Missing,
}

/// One try.
#[derive(Clone, Debug)]
pub struct Try {
    pub what: &'static str,
    pub bad: Bad,
}

const NUMBERS: [&str; 8] =
    ["9999999999999", "-1", "1e309", "99999999999999999999999999", "0x1f", "١٢٣", "NaN", "1,5.000"];
const DAYS: [&str; 6] = ["31/02/2025", "01/01/9999999", "2025-02-31", "00/00/0000", "-1/-1/-1", "24:61 31/12/2025"];

/// Everything to try on a field.
pub fn tries(field: &Field, dice: &mut Dice) -> Vec<Try> {
    let instead = |what, value: &str| Try { what, bad: Bad::Instead(value.to_owned()) };
    let mut all = vec![
        instead("not offered", "khong-co-9"),
        instead("markup", MARKUP),
        instead("too long", &"ặ".repeat(24_000)),
        instead("a number too large", NUMBERS[dice.below(NUMBERS.len())]),
        instead("control signs", CONTROL),
        Try { what: "twice", bad: Bad::Twice("zqhai".to_owned()) },
        Try { what: "missing", bad: Bad::Missing },
    ];
    if field.held.iter().any(|it| !it.is_empty()) || matches!(field.kind, Kind::Line | Kind::Lines | Kind::Secret) {
        all.push(instead("empty", ""));
    }
    if matches!(field.kind, Kind::Line | Kind::Lines | Kind::Secret) {
        all.push(instead("letters in pieces", DECOMPOSED));
        all.push(instead("turned around", TURNED));
        all.push(instead("a day that is none", DAYS[dice.below(DAYS.len())]));
        all.push(instead("another number", NUMBERS[dice.below(NUMBERS.len())]));
        all.push(instead("spaces", " \u{a0}\t\u{3000} "));
        all.push(instead("beyond the first plane", "👶🏽\u{200d}👩 𠀀"));
    }
    if field.kind == Kind::Line {
        all.push(instead("two lines", LINES));
    }
    all
}

/// What somebody would type who means well: so that a form is refused for one field and not for all of them.
pub fn plausible(field: &Field) -> Vec<String> {
    if field.held.iter().any(|it| !it.trim().is_empty()) {
        return field.held.clone();
    }
    let name = field.name.to_lowercase();
    let is = |parts: &[&str]| parts.iter().any(|it| name.contains(it));
    let ends = |parts: &[&str]| parts.iter().any(|it| name.ends_with(it));
    let text = match field.kind {
        Kind::Hidden => return field.held.clone(),
        Kind::File => return Vec::new(),
        Kind::Select | Kind::Radio => {
            return field.offered.iter().find(|it| !it.is_empty()).cloned().into_iter().collect();
        }
        Kind::Ticks if field.is_required => return field.offered.iter().take(1).cloned().collect(),
        Kind::Ticks => return Vec::new(),
        Kind::Secret => testkit::PASSWORD,
        Kind::Lines => "Lời ghi thử cho đủ chữ",
        Kind::Line if ends(&[".d", ".m"]) => "3",
        Kind::Line if ends(&[".y"]) => "1994",
        Kind::Line if is(&["ngay", "han-", "tu-", "den-"]) || ends(&["tu", "den"]) => "10/03/2025",
        Kind::Line if is(&["dien", "phone", "sdt"]) => "0999123412",
        Kind::Line if is(&["email", "thu-dien", "hop-thu"]) => "mau@thu.example",
        Kind::Line if is(&["can_cuoc", "dinh_danh", "cccd", "so-dinh"]) => "999194006218",
        Kind::Line if field.is_number => "1",
        Kind::Line => "Chữ thử",
    };
    vec![text.to_owned()]
}
