//! The invented staff: who sits where, and who can be tried out.

use super::dice::Dice;
use super::people::Inventor;
use crate::ended::Stop;
use app::AppError;
use app::accounts::{DemoAccount, add_staff};
use app::house::House;
use domain::ids::{PersonId, UnitId};
use domain::organisation::{Mandate, Standing, UnitAttributes};
use domain::post::Post;
use jiff::civil::{Date, date};
use std::collections::BTreeMap;
use storage::people::Person;

/// Everybody's first day.
const SINCE: Date = date(2024, 12, 1);
/// Units with more work than others have a third specialist.
const BUSY: [&str; 6] = [
    "phuong-hang-kenh",
    "phuong-an-bien",
    "phuong-vinh-niem",
    "phong-tu-phap",
    "phong-tai-chinh",
    "phong-quan-ly-do-thi",
];

/// Who holds which post.
#[derive(Clone, Debug, Default)]
pub struct Roster(BTreeMap<(UnitId, Post), Vec<PersonId>>);

impl Roster {
    /// Everybody in a post of a unit.
    pub fn holders(&self, unit: UnitId, post: Post) -> &[PersonId] {
        self.0.get(&(unit, post)).map_or(&[], Vec::as_slice)
    }

    /// Somebody in that post.
    ///
    /// # Errors
    /// Nobody is: the staff is not complete.
    pub fn somebody(&self, unit: UnitId, post: Post, dice: &mut Dice) -> Result<PersonId, Stop> {
        let found = dice.one(self.holders(unit, post)).copied();
        found.ok_or_else(|| anyhow::anyhow!("the demo has nobody as {post} in {unit}").into())
    }
}

/// A chair and who sits on it.
struct Seat {
    login: String,
    who: String,
    posts: Vec<(UnitId, Post)>,
    is_shown: bool,
}

/// The staff, taken on.
pub struct Staff {
    /// Who holds which post.
    pub roster: Roster,
    /// Those a visitor is told about.
    pub guide: Vec<DemoAccount>,
    /// How many there are.
    pub count: usize,
}

/// Takes everybody on, with accounts and posts.
///
/// # Errors
/// The database failed.
pub fn take_on(
    house: &House,
    dice: &mut Dice,
    inventor: &mut Inventor,
    password: &str,
    password_hash: &str,
) -> Result<Staff, Stop> {
    let seats = seats(house);
    let now = house.clock.now();
    let mut staff = Staff { roster: Roster::default(), guide: Vec::new(), count: seats.len() };
    let mut taken: Vec<(Person, &Seat)> = Vec::with_capacity(seats.len());
    for seat in &seats {
        let mut person = inventor.somebody(dice, PersonId::from_uuid(house.ids.uuid(now)), "staff");
        person.email = format!("{}@mau.example", seat.login);
        for post in &seat.posts {
            staff.roster.0.entry(*post).or_default().push(person.id);
        }
        if seat.is_shown {
            staff.guide.push(DemoAccount {
                login: seat.login.clone(),
                name: person.name.clone(),
                who: seat.who.clone(),
                kind: "staff".to_owned(),
                password: password.to_owned(),
            });
        }
        taken.push((person, seat));
    }
    house.db.write_now(|tx| {
        for (person, seat) in &taken {
            add_staff(tx, house, person, &seat.login, password_hash, now)?;
            for (unit, post) in &seat.posts {
                let mandate = Mandate { person: person.id, unit: *unit, post: *post, from: SINCE, until: None };
                storage::units::add_mandate(tx, &mandate)?;
            }
        }
        Ok::<_, AppError>(())
    })?;
    house.refresh()?;
    Ok(staff)
}

fn seats(house: &House) -> Vec<Seat> {
    let known = house.now_known();
    let mut seats = Vec::new();
    for (unit, it) in known.organisation.standing_on(SINCE) {
        let key = it.code(app::units::HOUSE_KEYS).unwrap_or_default();
        match (it.standing, it.parent) {
            (Standing::Office, _) => office(&mut seats, unit, it, key),
            (Standing::Authority, Some(_)) => ward(&mut seats, unit, it, key),
            (Standing::Authority, None) => district(&mut seats, unit, it),
        }
    }
    seats
}

/// "phuong-hang-kenh" is "hangkenh" in logins.
fn short(key: &str) -> String {
    let own = key.strip_prefix("phuong-").or_else(|| key.strip_prefix("phong-")).unwrap_or(key);
    own.replace('-', "")
}

fn specialists(seats: &mut Vec<Seat>, unit: UnitId, it: &UnitAttributes, key: &str) {
    let count = if BUSY.contains(&key) { 3 } else { 2 };
    for number in 1..=count {
        seats.push(Seat {
            login: format!("cv.{}.{number}", short(key)),
            who: format!("Chuyên viên, {}", it.name),
            posts: vec![(unit, Post::Specialist)],
            is_shown: number == 1 && matches!(key, "phuong-hang-kenh" | "phong-tu-phap" | "phong-tai-chinh"),
        });
    }
}

fn office(seats: &mut Vec<Seat>, unit: UnitId, it: &UnitAttributes, key: &str) {
    seats.push(Seat {
        login: format!("tp.{}", short(key)),
        who: format!("Trưởng phòng, {}", it.name),
        posts: vec![(unit, Post::Head)],
        is_shown: key == "phong-tai-chinh",
    });
    specialists(seats, unit, it, key);
}

fn ward(seats: &mut Vec<Seat>, unit: UnitId, it: &UnitAttributes, key: &str) {
    let (own, is_shown) = (short(key), key == "phuong-hang-kenh");
    for number in 1..=2 {
        seats.push(Seat {
            login: format!("tn.{own}.{number}"),
            who: format!("Cán bộ tiếp nhận và trả kết quả, {}", it.name),
            posts: vec![(unit, Post::Reception)],
            is_shown: is_shown && number == 1,
        });
    }
    specialists(seats, unit, it, key);
    // A ward has no divisions: where a workflow asks for a head, the deputy chairman assigns.
    let leaders = [("ld", "Chủ tịch", vec![Post::Leader]), ("pct", "Phó Chủ tịch", vec![Post::Leader, Post::Head])];
    for (prefix, title, posts) in leaders {
        seats.push(Seat {
            login: format!("{prefix}.{own}"),
            who: format!("{title} UBND, {}", it.name),
            posts: posts.into_iter().map(|post| (unit, post)).collect(),
            is_shown: is_shown && prefix == "ld",
        });
    }
    seats.push(Seat {
        login: format!("vt.{own}"),
        who: format!("Văn thư, {}", it.name),
        posts: vec![(unit, Post::Clerk)],
        is_shown,
    });
}

fn district(seats: &mut Vec<Seat>, unit: UnitId, it: &UnitAttributes) {
    let mut seat = |login: &str, who: &str, post: Post, is_shown: bool| {
        let who = format!("{who}, {}", it.name);
        seats.push(Seat { login: login.to_owned(), who, posts: vec![(unit, post)], is_shown });
    };
    for number in 1..=6 {
        seat(&format!("tn.quan.{number}"), "Cán bộ tiếp nhận và trả kết quả", Post::Reception, number == 1);
    }
    // The office of the committee takes what no division is competent for.
    seat("cvp.quan", "Chánh Văn phòng HĐND và UBND", Post::Head, false);
    seat("cv.quan.1", "Chuyên viên Văn phòng", Post::Specialist, false);
    seat("cv.quan.2", "Chuyên viên Văn phòng", Post::Specialist, false);
    seat("ld.quan", "Chủ tịch UBND", Post::Leader, true);
    seat("pct.quan", "Phó Chủ tịch UBND", Post::Leader, false);
    seat("vt.quan", "Văn thư", Post::Clerk, true);
    seat("vt.quan.2", "Văn thư", Post::Clerk, false);
    seat("kiemsoat", "Cán bộ kiểm soát thủ tục hành chính", Post::ControlOfficer, true);
    seat("quantri", "Quản trị hệ thống", Post::Administrator, true);
}
