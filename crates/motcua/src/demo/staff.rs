//! The invented staff: who sits where, and who can be tried out.

use super::dice::Dice;
use super::people::Inventor;
use super::places::{DISTRICT, NAMED_ON};
use crate::ended::Stop;
use app::AppError;
use app::accounts::{DemoAccount, add_staff};
use app::house::{House, Snapshot};
use domain::ids::{PersonId, UnitId};
use domain::organisation::{Mandate, Standing};
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

/// Who holds which post on a day.
#[derive(Clone, Debug, Default)]
pub struct Roster(BTreeMap<(UnitId, Post), Vec<PersonId>>);

impl Roster {
    /// As the rights of the house say.
    pub fn on(known: &Snapshot, day: Date) -> Self {
        let mut roster = Self::default();
        for it in known.mandates.all().iter().filter(|it| it.holds_on(day)) {
            roster.0.entry((it.unit, it.post)).or_default().push(it.person);
        }
        roster
    }

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
    title: &'static str,
    posts: Vec<(UnitId, Post)>,
    is_shown: bool,
}

/// Somebody of the staff whom a visitor is told about.
#[derive(Clone, Debug)]
pub struct Shown {
    person: PersonId,
    login: String,
    name: String,
    title: &'static str,
    unit: UnitId,
}

impl Shown {
    /// Who.
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// What the demo's guide keeps of them: whom a reorganisation puts elsewhere it calls by the post they hold there.
    pub fn account(&self, password: &str) -> DemoAccount {
        DemoAccount {
            login: self.login.clone(),
            name: self.name.clone(),
            person: Some(self.person),
            title: self.title.to_owned(),
            unit: Some(self.unit),
            kind: "staff".to_owned(),
            password: password.to_owned(),
            ..DemoAccount::default()
        }
    }
}

/// The staff, taken on.
pub struct Staff {
    /// Those a visitor is told about.
    pub shown: Vec<Shown>,
    /// How many there are.
    pub count: usize,
}

/// Takes everybody on, with accounts and posts.
///
/// # Errors
/// The database failed.
pub fn take_on(house: &House, dice: &mut Dice, inventor: &mut Inventor, password_hash: &str) -> Result<Staff, Stop> {
    let seats = seats(house);
    let now = house.clock.now();
    let mut staff = Staff { shown: Vec::new(), count: seats.len() };
    let mut taken: Vec<(Person, &Seat)> = Vec::with_capacity(seats.len());
    for seat in &seats {
        let mut person = inventor.somebody(dice, PersonId::from_uuid(house.ids.uuid(now)), "staff");
        person.email = format!("{}@mau.example", seat.login);
        if let (true, Some((unit, _))) = (seat.is_shown, seat.posts.first()) {
            staff.shown.push(Shown {
                person: person.id,
                login: seat.login.clone(),
                name: person.name.clone(),
                title: seat.title,
                unit: *unit,
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
            (Standing::Office, _) => office(&mut seats, unit, key),
            (Standing::Authority, _) if NAMED_ON.contains(&key) => ward(&mut seats, unit, key),
            (Standing::Authority, None) if key == DISTRICT => district(&mut seats, unit),
            (Standing::Authority, _) => small(&mut seats, unit, key),
        }
    }
    seats
}

/// "phuong-hang-kenh" is "hangkenh" in logins.
fn short(key: &str) -> String {
    let own = ["phuong-", "phong-", "quan-"].iter().find_map(|kind| key.strip_prefix(kind)).unwrap_or(key);
    own.replace('-', "")
}

fn specialists(seats: &mut Vec<Seat>, unit: UnitId, key: &str) {
    let count = if BUSY.contains(&key) { 3 } else { 2 };
    for number in 1..=count {
        seats.push(Seat {
            login: format!("cv.{}.{number}", short(key)),
            title: "Chuyên viên",
            posts: vec![(unit, Post::Specialist)],
            is_shown: number == 1 && matches!(key, "phuong-hang-kenh" | "phong-tu-phap" | "phong-tai-chinh"),
        });
    }
}

fn office(seats: &mut Vec<Seat>, unit: UnitId, key: &str) {
    seats.push(Seat {
        login: format!("tp.{}", short(key)),
        title: "Trưởng phòng",
        posts: vec![(unit, Post::Head)],
        is_shown: key == "phong-tai-chinh",
    });
    specialists(seats, unit, key);
}

fn ward(seats: &mut Vec<Seat>, unit: UnitId, key: &str) {
    let (own, is_shown) = (short(key), key == "phuong-hang-kenh");
    for number in 1..=2 {
        seats.push(Seat {
            login: format!("tn.{own}.{number}"),
            title: "Cán bộ tiếp nhận và trả kết quả",
            posts: vec![(unit, Post::Reception)],
            is_shown: is_shown && number == 1,
        });
    }
    specialists(seats, unit, key);
    // A ward has no divisions: where a workflow asks for a head, the deputy chairman assigns.
    let leaders =
        [("ld", "Chủ tịch UBND", vec![Post::Leader]), ("pct", "Phó Chủ tịch UBND", vec![Post::Leader, Post::Head])];
    for (prefix, title, posts) in leaders {
        seats.push(Seat {
            login: format!("{prefix}.{own}"),
            title,
            posts: posts.into_iter().map(|post| (unit, post)).collect(),
            is_shown: is_shown && prefix == "ld",
        });
    }
    seats.push(Seat { login: format!("vt.{own}"), title: "Văn thư", posts: vec![(unit, Post::Clerk)], is_shown });
}

/// The staff of a ward that is soon part of a larger one, and of the neighbours of whom the demo tells little.
fn small(seats: &mut Vec<Seat>, unit: UnitId, key: &str) {
    let own = short(key);
    let chairs = [
        (format!("tn.{own}.1"), "Cán bộ tiếp nhận và trả kết quả", vec![Post::Reception]),
        (format!("cv.{own}.1"), "Chuyên viên", vec![Post::Specialist]),
        (format!("ld.{own}"), "Chủ tịch UBND", vec![Post::Leader]),
        (format!("pct.{own}"), "Phó Chủ tịch UBND", vec![Post::Leader, Post::Head]),
        (format!("vt.{own}"), "Văn thư", vec![Post::Clerk]),
    ];
    seats.extend(chairs.map(|(login, title, posts)| Seat {
        login,
        title,
        posts: posts.into_iter().map(|post| (unit, post)).collect(),
        is_shown: false,
    }));
}

fn district(seats: &mut Vec<Seat>, unit: UnitId) {
    let mut seat = |login: &str, title: &'static str, post: Post, is_shown: bool| {
        seats.push(Seat { login: login.to_owned(), title, posts: vec![(unit, post)], is_shown });
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
