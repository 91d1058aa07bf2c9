//! Citizens nobody is: invented names, numbers of a place that does not exist, telephones nobody has.

use super::dice::Dice;
use super::places::{DISTRICT, NEIGHBOURS, UNSAID_WARD};
use super::wishes::Who;
use crate::ended::Stop;
use app::AppError;
use app::accounts::normal_login;
use app::house::House;
use domain::dossier::Party;
use domain::ids::{PersonId, UnitId};
use std::ops::Range;
use storage::people::{self, Person};

const FAMILIES: [&str; 14] =
    ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lương"];
const MIDDLES_MALE: [&str; 6] = ["Mẫu", "Thử", "Văn Mẫu", "Đức Thử", "Minh Mẫu", "Quang Thử"];
const MIDDLES_FEMALE: [&str; 6] = ["Mẫu", "Thử", "Thị Mẫu", "Thu Thử", "Ngọc Mẫu", "Thị Thử"];
const GIVEN_MALE: [&str; 16] = [
    "An", "Bình", "Cường", "Dũng", "Đạt", "Giang", "Hải", "Hùng", "Khánh", "Long", "Nam", "Phong", "Quân", "Sơn",
    "Tuấn", "Vinh",
];
const GIVEN_FEMALE: [&str; 16] = [
    "Anh", "Bích", "Chi", "Dung", "Hà", "Hạnh", "Hiền", "Hoa", "Hương", "Lan", "Linh", "Mai", "Ngân", "Thảo", "Trang",
    "Yến",
];

/// Login of the citizen whom guided walks are written for.
pub const GUIDED_LOGIN: &str = "congdan";
/// Every this many hundredth citizen has an account; the others come to the counter or from the national portal.
const WITH_ACCOUNT_PERCENT: usize = 60;

/// Makes up one person after another, never the same twice.
pub struct Inventor {
    serial: u32,
}

impl Inventor {
    /// Nobody yet.
    pub const fn new() -> Self {
        Self { serial: 0 }
    }

    /// Somebody new. Number and telephone come from a serial that never repeats.
    pub fn somebody(&mut self, dice: &mut Dice, id: PersonId, kind: &str) -> Person {
        self.serial += 1;
        // 379 has no factor in common with a million, so a million people differ.
        let mixed = self.serial.wrapping_mul(379).wrapping_add(104_729) % 1_000_000;
        let male = dice.percent(50);
        let (middles, given) = if male { (&MIDDLES_MALE, &GIVEN_MALE) } else { (&MIDDLES_FEMALE, &GIVEN_FEMALE) };
        let name = format!("{} {} {}", dice.word(&FAMILIES), dice.word(middles), dice.word(given));
        let year = dice.between(1948, 2004);
        let birth = format!("{year}-{:02}-{:02}", dice.between(1, 12), dice.between(1, 28));
        let century_and_sex = if year >= 2000 { 2 } else { 0 } + i64::from(!male);
        Person {
            id,
            kind: kind.to_owned(),
            name,
            number: format!("999{century_and_sex}{:02}{mixed:06}", year % 100),
            birth,
            phone: format!("0999{mixed:06}"),
            email: String::new(),
            address: String::new(),
        }
    }
}

/// A citizen of the demo.
#[derive(Clone, Debug)]
pub struct Citizen {
    /// Who.
    pub person: Person,
    /// The ward they live in; whoever has its ground today.
    pub home: UnitId,
    /// True where they have an account here.
    pub has_account: bool,
}

/// A person as written on a dossier.
pub fn party(it: &Person) -> Party {
    Party {
        name: it.name.clone(),
        number: it.number.clone(),
        birth: it.birth.clone(),
        phone: it.phone.clone(),
        email: it.email.clone(),
        address: it.address.clone(),
    }
}

impl Citizen {
    /// As written on a dossier.
    pub fn party(&self) -> Party {
        party(&self.person)
    }
}

/// Everybody who comes.
#[derive(Clone, Debug)]
pub struct Citizens {
    /// All of them; the first is the guided one.
    pub all: Vec<Citizen>,
    /// Those of the district, by place, the guided one left out.
    pub ordinary: Range<usize>,
    /// Those whose address names neither residential group nor a street anybody knows: where their ward is split, no rule says
    /// where they belong.
    pub unsaid: Range<usize>,
    /// Those of the wards of quận Ngô Quyền that gave a part.
    pub neighbours: Range<usize>,
}

impl Citizens {
    /// The place of one of those.
    pub fn place(&self, who: Who, dice: &mut Dice) -> usize {
        let of = match who {
            Who::Guided => return 0,
            Who::Anybody => &self.ordinary,
            Who::Unsaid => &self.unsaid,
            // One of this ward and half, then one of the other ward and the other half.
            Who::Neighbour(nth) => {
                return self.neighbours.start + nth * (OF_A_NEIGHBOUR + 1) % self.neighbours.len().max(1);
            }
        };
        of.start + dice.place(of.len())
    }
}

/// Citizens whose address says no more than the ward.
const UNSAID: usize = 2;
/// Citizens of each ward of quận Ngô Quyền.
const OF_A_NEIGHBOUR: usize = 4;

/// Makes up the citizens: so many of the district, and the few whom a reorganisation is told by.
pub fn citizens(house: &House, dice: &mut Dice, inventor: &mut Inventor, count: usize) -> Citizens {
    let now = house.clock.now();
    let known = house.now_known();
    let unit = |key: &str| app::units::by_key(&known.organisation, key, now.day());
    let district = unit(DISTRICT);
    let mut homes = known.desks_of_level("ward", now.day());
    homes.retain(|it| known.organisation.attributes_on(*it, now.day()).is_some_and(|it| it.parent == district));
    let mut all = Vec::with_capacity(count);
    for place in 0..count {
        let home = if place == 0 { unit("phuong-hang-kenh") } else { dice.one(&homes).copied() };
        let group = dice.between(1, 10);
        all.extend(home.map(|home| citizen(house, dice, inventor, place, home, group)));
    }
    if let Some(guided) = all.first_mut() {
        let person = &mut guided.person;
        "Nguyễn Thị Mẫu".clone_into(&mut person.name);
        // A woman's name, so a woman's number: the fourth digit is odd.
        let digit = if person.birth.starts_with('2') { "3" } else { "1" };
        person.number.replace_range(3..4, digit);
    }
    let ordinary = 1..all.len();
    for place in all.len()..all.len() + UNSAID {
        let Some(home) = unit(UNSAID_WARD) else { continue };
        let mut it = citizen(house, dice, inventor, place, home, 1);
        let ward = lower_first(known.organisation.name_on(home, now.day()));
        it.person.address = format!("Số {} ngõ Mẫu, {ward}, quận Lê Chân", place % 90 + 1);
        all.push(it);
    }
    let unsaid = ordinary.end..all.len();
    for key in NEIGHBOURS {
        for nth in 0..OF_A_NEIGHBOUR {
            // Of each ward, groups 1 to 5 and groups 6 to 10 go to different new ones.
            let group = if nth % 2 == 0 { 3 } else { 8 };
            let place = all.len();
            all.extend(unit(key).map(|home| citizen(house, dice, inventor, place, home, group)));
        }
    }
    let neighbours = unsaid.end..all.len();
    Citizens { all, ordinary, unsaid, neighbours }
}

fn citizen(house: &House, dice: &mut Dice, inventor: &mut Inventor, place: usize, home: UnitId, group: i64) -> Citizen {
    let now = house.clock.now();
    let known = house.now_known();
    let name = |unit: UnitId| known.organisation.name_on(unit, now.day());
    let mut person = inventor.somebody(dice, PersonId::from_uuid(house.ids.uuid(now)), "citizen");
    let ward = name(home);
    let district = name(known.root_unit(now.day(), home));
    person.address = format!(
        "Số {} phố Mẫu {}, tổ dân phố {group}, {}, {}",
        dice.between(1, 280),
        ward.trim_start_matches("Phường "),
        lower_first(ward),
        lower_first(district)
    );
    if place == 0 || dice.percent(25) {
        person.email = format!("cong-dan-{place}@mau.example");
    }
    Citizen { person, home, has_account: place == 0 || place % 100 < WITH_ACCOUNT_PERCENT }
}

/// Writes them down, with their accounts.
///
/// # Errors
/// The database failed.
pub fn register(house: &House, citizens: &[Citizen], password_hash: &str) -> Result<(), Stop> {
    let now = house.clock.now();
    house.db.write_now(|tx| {
        for (place, citizen) in citizens.iter().enumerate() {
            people::add(tx, &citizen.person, now)?;
            if citizen.has_account {
                let login = if place == 0 { GUIDED_LOGIN.to_owned() } else { normal_login(&citizen.person.phone) };
                people::add_account(tx, citizen.person.id, &login, password_hash, now)?;
            }
        }
        Ok::<_, AppError>(())
    })?;
    Ok(())
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::person::{PersonalNumber, Phone};
    use jiff::civil::date;
    use std::collections::BTreeSet;

    #[test]
    fn nobody_invented_is_anybody() {
        let (mut dice, mut inventor) = (Dice::new(1), Inventor::new());
        let mut numbers = BTreeSet::new();
        for _ in 0..3_000 {
            let it = inventor.somebody(&mut dice, "00000000000000000000000000000001".parse().unwrap(), "citizen");
            let (number, _) = PersonalNumber::parse(&it.number, date(2024, 12, 1)).unwrap();
            assert_eq!(number.place_code(), 999);
            assert_eq!(it.birth.get(..4), Some(number.birth_year().to_string().as_str()));
            assert!(it.phone.starts_with("0999") && Phone::parse(&it.phone).is_ok(), "{}", it.phone);
            assert!(numbers.insert(it.number));
        }
    }
}
