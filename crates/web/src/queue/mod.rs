//! The queue before the counters: taking a number at a kiosk or on a telephone, the board of the hall, the officer's page, and who
//! sets counters up. No page of the public here knows or shows who holds a ticket.

mod board;
mod choosing;
mod desk;
pub mod feeds;
mod kiosk;
mod kiosk_rating;
mod setting_up;
pub mod views;
mod watching;

use crate::Web;
use crate::door::{Door, Routes};
use crate::problem::Problem;
use crate::say_with;
use crate::texts::word_with;
use app::AppError;
use app::queue::{Queue, key_of, unit_of};
use domain::ids::UnitId;
use domain::post::Post;
use views::Said;

/// Those who sit at a one-stop desk.
const DESK: Door = Door::Posts(&[Post::Reception]);
/// Those who watch how people wait.
const WATCHING: Door = Door::Posts(&[Post::ControlOfficer, Post::Leader, Post::Head]);
/// Those who set counters up.
const SETTING_UP: Door = Door::Posts(&[Post::ControlOfficer, Post::Administrator]);

/// Its routes.
pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/lay-so", Door::Anyone, choosing::list)
        .get("/lay-so/{unit}", Door::Anyone, choosing::page)
        .post("/lay-so/{unit}", Door::Anyone, choosing::take)
        .get("/lay-so/{unit}/{ticket}", Door::Anyone, choosing::ticket)
        .get("/bang-goi-so/{unit}", Door::Anyone, board::page)
        .get("/bang-goi-so/{unit}/luong", Door::Anyone, board::stream)
        .get("/kiosk/{unit}", Door::Anyone, kiosk::start)
        .get("/kiosk/{unit}/lay-so", Door::Anyone, kiosk::choose)
        .post("/kiosk/{unit}/lay-so", Door::Anyone, kiosk::take)
        .get("/kiosk/{unit}/so/{ticket}", Door::Anyone, kiosk::ticket)
        .get("/kiosk/{unit}/tra-cuu", Door::Anyone, kiosk::look_up_page)
        .post("/kiosk/{unit}/tra-cuu", Door::Anyone, kiosk::look_up)
        .get("/kiosk/{unit}/danh-gia", Door::Anyone, kiosk_rating::page)
        .post("/kiosk/{unit}/danh-gia", Door::Anyone, kiosk_rating::rate)
        .get(desk::ADDRESS, DESK, desk::page)
        .post(desk::ADDRESS, DESK, desk::act)
        .get(watching::ADDRESS, WATCHING, watching::page)
        .get(setting_up::ADDRESS, SETTING_UP, setting_up::page)
        .post(setting_up::ADDRESS, SETTING_UP, setting_up::write)
}

/// The unit of an address, with its queue as it is now.
async fn queue_of(web: &Web, key: &str) -> Result<Queue, Problem> {
    let today = web.house.clock.now().day();
    let unit = unit_of(&web.house.now_known(), key, today).ok_or(AppError::NotFound)?;
    Ok(app::queue::queue(&web.house, unit).await?)
}

/// How an address names a unit.
fn key(web: &Web, unit: UnitId) -> String {
    key_of(&web.house.now_known(), unit, web.house.clock.now().day())
}

/// A refusal of the queue in words.
fn refusal(why: &domain::queue::QueueRefusal) -> Said {
    let (key, args) = crate::texts::queue_refusal_key(why);
    Said { what: word_with(&key, &args), why: word_with(&format!("{key}-why"), &args) }
}

/// "12 phút", "1 giờ 5 phút".
fn minutes(count: i64) -> String {
    let (hours, rest) = (count / 60, count % 60);
    match (hours, rest) {
        (0, _) => say_with("queue-minutes", &[("minutes", &rest)]),
        (_, 0) => say_with("queue-hours", &[("hours", &hours)]),
        _ => say_with("queue-hours-minutes", &[("hours", &hours), ("minutes", &rest)]),
    }
}
