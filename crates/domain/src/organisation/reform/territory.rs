//! Which part of a split unit a subject lives in, by the address as people write it.

use crate::ids::UnitId;
use crate::person::fold;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Longest address that is looked at, in characters.
const ADDRESS_CHARS_MAX: usize = 400;

/// A rule of a split: which ground goes to which successor. All kinds that are named must fit the address; of each kind one name
/// is enough. The rule that names more kinds is the closer one.
#[doc(alias = "bảng địa bàn")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TerritoryRule {
    /// The units it splits.
    pub from: Vec<UnitId>,
    /// The successor that gets this ground.
    pub to: UnitId,
    /// Wards of before, as addresses name them, folded.
    pub wards: Vec<String>,
    /// Residential groups by number, folded.
    pub groups: Vec<String>,
    /// Streets without "đường" or "phố", folded.
    pub streets: Vec<String>,
}

/// An address taken apart: what each piece of it can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    wards: Vec<String>,
    groups: Vec<String>,
    streets: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Street,
    Ward,
    Elsewhere,
}

impl Address {
    /// Reads an address as people write it: "12 Tô Hiệu, tổ 5, P. An Biên, quận Lê Chân", with or without marks and commas.
    ///
    /// ```
    /// use domain::organisation::reform::Address;
    /// assert_eq!(Address::read("12/4 ngõ 3 đường Tô Hiệu, P.An Biên"), Address::read("SO 12/4 TO HIEU PHUONG AN BIEN"));
    /// ```
    pub fn read(text: &str) -> Self {
        let text: String = text.nfc().take(ADDRESS_CHARS_MAX).collect::<String>().to_lowercase().replace(" - ", ",");
        let mut address = Self::default();
        for (place, segment) in text.split([',', ';', '\n']).enumerate() {
            address.take_segment(segment, place == 0);
        }
        address
    }

    /// The address as one short text that [`Self::of_key`] reads again: house numbers and what lies beyond the ward left out.
    pub fn key(&self) -> String {
        let parts = [&self.wards, &self.groups, &self.streets];
        if parts.iter().all(|it| it.is_empty()) { String::new() } else { parts.map(|it| it.join("/")).join("|") }
    }

    /// The address of a key.
    pub fn of_key(key: &str) -> Self {
        let mut parts =
            key.split('|').map(|part| part.split('/').filter(|it| !it.is_empty()).map(str::to_owned).collect());
        let mut next = || parts.next().unwrap_or_default();
        Self { wards: next(), groups: next(), streets: next() }
    }

    /// True where it names this ward: "Phường An Biên", with or without "phường".
    pub fn is_in(&self, ward: &str) -> bool {
        self.wards.contains(&folded_ward(ward))
    }

    /// What it may call a ward, in the order it is written.
    pub(super) fn wards(&self) -> &[String] {
        &self.wards
    }

    fn take_segment(&mut self, segment: &str, is_first: bool) {
        let words: Vec<&str> =
            segment.split(|c: char| c.is_whitespace() || c == '.').filter(|it| !it.is_empty()).collect();
        let mut piece: Vec<String> = Vec::new();
        let (mut kind, mut is_bare) = (Piece::Street, true);
        let mut rest = words.as_slice();
        while let Some((word, after)) = rest.split_first() {
            if let Some((group, taken)) = group_at(rest) {
                self.groups.push(group);
                rest = rest.get(taken..).unwrap_or_default();
                continue;
            }
            match keyword(rest, may_begin(&piece, kind)) {
                Some((next, taken)) => {
                    self.keep(&piece, kind, is_bare && !is_first);
                    piece.clear();
                    (kind, is_bare) = (next, false);
                    rest = rest.get(taken..).unwrap_or_default();
                }
                None => {
                    piece.push(fold(word));
                    rest = after;
                }
            }
        }
        self.keep(&piece, kind, is_bare && !is_first);
    }

    fn keep(&mut self, piece: &[String], kind: Piece, may_be_ward: bool) {
        let name = match kind {
            Piece::Street => street_name(piece),
            Piece::Ward | Piece::Elsewhere => piece.join(" "),
        };
        if name.is_empty() {
            return;
        }
        match kind {
            Piece::Street if may_be_ward => {
                self.wards.push(name.clone());
                self.streets.push(name);
            }
            Piece::Street => self.streets.push(name),
            Piece::Ward => self.wards.push(name),
            Piece::Elsewhere => {}
        }
    }
}

/// A word that looks like "phường" or "quận" without its marks may be a name: behind a house number it is the street's.
fn may_begin(piece: &[String], kind: Piece) -> bool {
    piece.is_empty() || kind != Piece::Street || !street_name(piece).is_empty()
}

/// What a word announces, and how many words say so. Without marks it counts only where it may.
fn keyword(words: &[&str], unmarked: bool) -> Option<(Piece, usize)> {
    match words {
        ["phường", ..] => Some((Piece::Ward, 1)),
        ["phuong" | "p", ..] if unmarked => Some((Piece::Ward, 1)),
        ["quận" | "huyện" | "tỉnh", ..] => Some((Piece::Elsewhere, 1)),
        ["thành", "phố", ..] => Some((Piece::Elsewhere, 2)),
        ["quan" | "huyen" | "q" | "tinh" | "tp", ..] if unmarked => Some((Piece::Elsewhere, 1)),
        ["thanh", "pho", ..] if unmarked => Some((Piece::Elsewhere, 2)),
        _ => None,
    }
}

/// The number of a residential group, and how many words say it: "tổ 5", "TDP số 5", "tổ dân phố 5".
fn group_at(words: &[&str]) -> Option<(String, usize)> {
    let (number, taken) = match words {
        ["tổ" | "to", "dân" | "dan", "phố" | "pho", "số" | "so", number, ..] => (number, 5),
        ["tổ" | "to", "dân" | "dan", "phố" | "pho", number, ..] => (number, 4),
        ["tổ" | "to" | "tdp", "số" | "so", number, ..] => (number, 3),
        ["tổ" | "to" | "tdp", number, ..] => (number, 2),
        _ => return None,
    };
    number.starts_with(|c: char| c.is_ascii_digit()).then(|| (group_number(number), taken))
}

/// "03" is group 3.
fn group_number(text: &str) -> String {
    let folded = fold(text);
    let plain = folded.trim_start_matches('0');
    if plain.starts_with(|c: char| c.is_ascii_digit()) { plain.to_owned() } else { folded }
}

/// The street itself: house numbers, alleys and the word "street" before it left out.
fn street_name(piece: &[String]) -> String {
    const BEFORE: [&str; 9] = ["so", "nha", "ngo", "ngach", "hem", "kiet", "lo", "duong", "pho"];
    let is_before = |word: &String| BEFORE.contains(&word.as_str()) || word.chars().any(|c| c.is_ascii_digit());
    let name: Vec<&str> = piece.iter().skip_while(|word| is_before(word)).map(String::as_str).collect();
    name.join(" ")
}

/// A street as a rule names it, folded.
pub(super) fn folded_street(name: &str) -> String {
    Address::read(name).streets.pop().unwrap_or_default()
}

/// A ward as a rule names it, with or without "phường", folded.
pub(super) fn folded_ward(name: &str) -> String {
    let folded = fold(name);
    folded.strip_prefix("phuong ").map_or_else(|| folded.clone(), str::to_owned)
}

/// A residential group as a rule names it: its number.
pub(super) fn folded_group(name: &str) -> String {
    let words: Vec<String> = name.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    group_at(&words).map_or_else(|| group_number(name), |(number, _)| number)
}

impl TerritoryRule {
    /// How many kinds it names; none of them: it can never fit.
    pub fn kinds(&self) -> usize {
        [&self.wards, &self.groups, &self.streets].iter().filter(|names| !names.is_empty()).count()
    }

    fn fits(&self, address: &Address) -> bool {
        let one_of = |names: &[String], found: &[String]| names.is_empty() || names.iter().any(|it| found.contains(it));
        self.kinds() > 0
            && one_of(&self.wards, &address.wards)
            && one_of(&self.groups, &address.groups)
            && one_of(&self.streets, &address.streets)
    }

    /// True where some address fits both as closely: the same kinds, and a name of each in common.
    pub fn collides(&self, other: &Self) -> bool {
        let meet = |ours: &[String], theirs: &[String]| match (ours.is_empty(), theirs.is_empty()) {
            (true, true) => true,
            (false, false) => ours.iter().any(|it| theirs.contains(it)),
            (true, false) | (false, true) => false,
        };
        self.from.iter().any(|unit| other.from.contains(unit))
            && meet(&self.wards, &other.wards)
            && meet(&self.groups, &other.groups)
            && meet(&self.streets, &other.streets)
    }
}

/// The one successor the closest rules name; none where no rule fits, or two fit as closely and disagree.
pub(super) fn resolve<'a>(rules: impl IntoIterator<Item = &'a TerritoryRule>, address: &Address) -> Option<UnitId> {
    let fitting: Vec<&TerritoryRule> = rules.into_iter().filter(|it| it.fits(address)).collect();
    let closest = fitting.iter().map(|it| it.kinds()).max()?;
    let mut targets = fitting.iter().filter(|it| it.kinds() == closest).map(|it| it.to);
    let first = targets.next()?;
    targets.all(|it| it == first).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const OLD: UnitId = UnitId::from_uuid(Uuid::from_u128(1));
    const EAST: UnitId = UnitId::from_uuid(Uuid::from_u128(2));
    const WEST: UnitId = UnitId::from_uuid(Uuid::from_u128(3));

    fn rule(to: UnitId, wards: &[&str], groups: &[&str], streets: &[&str]) -> TerritoryRule {
        TerritoryRule {
            from: vec![OLD],
            to,
            wards: wards.iter().map(|it| folded_ward(it)).collect(),
            groups: groups.iter().map(|it| folded_group(it)).collect(),
            streets: streets.iter().map(|it| folded_street(it)).collect(),
        }
    }

    #[test]
    fn an_address_is_read_however_it_is_written() {
        for (text, ward, group, street) in [
            ("12 Tô Hiệu, tổ 5, phường An Biên, quận Lê Chân, TP Hải Phòng", "an bien", "5", "to hieu"),
            ("Số 12/4 ngõ 3 đường Tô Hiệu, TDP số 5, P.An Biên", "an bien", "5", "to hieu"),
            ("so 12 to hieu to 5 phuong an bien quan le chan", "an bien", "5", "to hieu"),
            ("12 TÔ HIỆU Tổ dân phố 5 PHƯỜNG AN BIÊN - HẢI PHÒNG", "an bien", "5", "to hieu"),
            ("12 Tô Hiệu, tổ 05, phường An Biên", "an bien", "5", "to hieu"),
            ("10G Hồ Sen; tổ dân phố số 5; An Biên; Lê Chân", "an bien", "5", "ho sen"),
        ] {
            let address = Address::read(text);
            assert!(address.wards.iter().any(|it| it == ward), "{text}: {address:?}");
            assert_eq!(address.groups, [group], "{text}");
            assert!(address.streets.iter().any(|it| it == street), "{text}: {address:?}");
        }
    }

    #[test]
    fn one_name_within_another_is_another_name() {
        let address = Address::read("12 Dư Hàng Kênh, phường Dư Hàng Kênh");
        assert_eq!(
            (address.wards, address.streets),
            (vec!["du hang kenh".to_owned()], vec!["du hang kenh".to_owned()])
        );
        assert_eq!(Address::read("12 Quán Nam").streets, ["quan nam"]);
        assert_eq!(Address::read("12 quan nam").streets, ["quan nam"], "behind a house number it is a street");
        assert_eq!(Address::read("12 phuong luu, phuong van my").streets, ["phuong luu"]);
        assert_eq!(Address::read(""), Address::default());
    }

    #[test]
    fn the_closest_rule_decides_and_two_that_disagree_decide_nothing() {
        let rules = [
            rule(EAST, &["Phường An Biên"], &[], &[]),
            rule(WEST, &["An Biên"], &[], &["phố Tô Hiệu"]),
            rule(EAST, &[], &["tổ 7"], &[]),
            rule(WEST, &[], &[], &["Cát Cụt"]),
        ];
        let at = |text: &str| resolve(&rules, &Address::read(text));
        assert_eq!(at("3 Mê Linh, phường An Biên"), Some(EAST));
        assert_eq!(at("3 Tô Hiệu, phường An Biên"), Some(WEST));
        assert_eq!(at("3 Tô Hiệu"), None, "the ward is missing");
        assert_eq!(at("3 Cát Cụt, tổ 7"), None, "two rules disagree");
        assert_eq!(at("3 Cát Cụt, phường Cát Dài"), Some(WEST));
        assert_eq!(at(""), None);
    }

    #[test]
    fn rules_that_fit_the_same_address_as_closely_collide() {
        let street = rule(EAST, &[], &[], &["Tô Hiệu", "Cát Cụt"]);
        assert!(street.collides(&rule(WEST, &[], &[], &["đường Cát Cụt"])));
        assert!(!street.collides(&rule(WEST, &[], &[], &["Hồ Sen"])));
        assert!(!street.collides(&rule(WEST, &["An Biên"], &[], &["Cát Cụt"])), "the closer one wins");
        assert_eq!(rule(EAST, &[], &[], &[]).kinds(), 0);
    }
}
