//! `motcua demo`: an invented quarter of a one-stop shop, lived through the functions the pages call.
//!
//! Start with [`plan`] (which dossiers there are), [`script`] (how one of them goes) and [`live`] (doing it). Nothing here writes
//! a dossier in any other way than an officer or a citizen would.

pub(crate) mod dice;
mod figures;
mod live;
mod papers;
pub(crate) mod people;
mod plan;
mod popular;
mod script;
mod staff;
mod story;
mod team;
mod words;

use crate::commands::report::table;
use crate::commands::verify::progress;
use crate::embedded;
use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::serve;
use crate::settings::Settings;
use crate::wiring::{DATABASE, DEMO, How, INSTALLATION, Place, database, hold, open, settings};
use anyhow::Context;
use app::accounts::{DemoAccount, demo_accounts, hash_password, keep_demo_accounts};
use app::clock::{Clock, Ids};
use app::house::House;
use app::{applying, catalogue, integrity, report, units};
use dice::Dice;
use domain::organisation::Standing;
use domain::time::Instant;
use figures::Figures;
use people::{Citizen, GUIDED_LOGIN, Inventor};
use plan::Planner;
use popular::Popular;
use std::sync::Arc;
use storage::engine::{Db, Durability, Options, StorageError};
use storage::house::{put_text, text};

/// The password of everybody in the demo.
const PASSWORD: &str = "demo-mot-cua";
/// House text of a demo that is complete.
const READY: &str = "demo_ready";
const CITIZENS: u32 = 2_500;

/// What is asked of the demo.
#[derive(Clone, Debug, clap::Args)]
pub struct DemoArgs {
    /// Live it and stop there.
    #[arg(long)]
    pub no_serve: bool,
    /// Listen at this port (0: any free one).
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// The same seed gives the same world.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// A smaller world, for tests: so many hundredths of the figures.
    #[arg(long, value_name = "N", default_value_t = 100, hide = true, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub scale_percent: u32,
}

/// Lives the demo where it was not lived yet, then serves it.
///
/// # Errors
/// The folder holds something else, or something broke.
pub fn command(place: &Place, asked: &DemoArgs) -> Outcome {
    let mut settings = settings(place)?;
    let _log = crate::log::start();
    let listener = if asked.no_serve { None } else { Some(serve::listen(&mut settings, asked.port)?) };
    let before = hold(&settings)?;
    if !is_lived(&settings)? {
        live_all(&settings, asked)?;
    }
    drop(before);
    let _held = hold(&settings)?;
    let house = open(&settings, How::default())?;
    show(&house)?;
    match listener {
        Some(listener) => serve::run(&house, &settings, listener),
        None => Ok(Ended::Done),
    }
}

/// Whether the folder, or the server the settings name, holds a demo already; refuses one that holds anything else.
fn is_lived(settings: &Settings) -> Result<bool, Stop> {
    match &settings.database.address {
        Some(address) => is_lived_on(settings, &address.to_string()),
        None => is_lived_in_folder(settings),
    }
}

fn is_lived_on(settings: &Settings, address: &str) -> Result<bool, Stop> {
    let db =
        Db::at(&database(settings), Options::default()).with_context(|| format!("opening the database {address}"))?;
    let (is_new, is_demo, is_ready) = db.read_now(|tx| {
        let has = |name| text(tx, name).map(|it| it.is_some());
        Ok::<_, StorageError>((!has(INSTALLATION)?, has(DEMO)?, has(READY)?))
    })?;
    match (is_new, is_demo, is_ready) {
        (true, _, _) => Ok(false),
        (false, true, true) => Ok(true),
        (false, true, false) => {
            Err(Stop::refused(format!("Bản trình diễn ở {address} chưa dựng xong. Dùng một cơ sở dữ liệu trống.")))
        }
        (false, false, _) => {
            Err(Stop::refused(format!("Cơ sở dữ liệu {address} không trống và không phải là một bản trình diễn.")))
        }
    }
}

fn is_lived_in_folder(settings: &Settings) -> Result<bool, Stop> {
    let dir = &settings.data.dir;
    let is_empty = match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(anyhow::Error::new(error).context(format!("looking into {}", dir.display())).into()),
    };
    if is_empty {
        return Ok(false);
    }
    let other = || {
        Stop::refused(format!(
            "Thư mục {} không trống và không phải là một bản trình diễn. Chọn thư mục khác bằng --data.",
            dir.display()
        ))
    };
    if !dir.join(DATABASE).exists() {
        return Err(other());
    }
    let house = open(settings, How::default())?;
    let (is_demo, is_ready) =
        house.db.read_now(|tx| Ok::<_, StorageError>((text(tx, DEMO)?.is_some(), text(tx, READY)?.is_some())))?;
    match (is_demo, is_ready) {
        (true, true) => Ok(true),
        (true, false) => Err(Stop::refused(format!(
            "Bản trình diễn trong {} chưa dựng xong. Xóa thư mục đó rồi chạy lại.",
            dir.display()
        ))),
        (false, _) => Err(other()),
    }
}

fn live_all(settings: &Settings, asked: &DemoArgs) -> Result<(), Stop> {
    let began = Clock::system().now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting")?;
    let how = How {
        clock: Some(Clock::standing(Instant::from_local(plan::BEGIN.at(7, 0, 0, 0)))),
        ids: Some(Ids::seeded(asked.seed)),
        durability: Durability::Relaxed,
        new_demo: Some(asked.seed),
    };
    let house = open(settings, how)?;
    say("Dựng bản trình diễn: quận Lê Chân, tháng 12/2024 đến hết quý I/2025. Người và hồ sơ đều bịa.");
    units::import(&house, embedded::UNITS_FILE, embedded::UNITS)?;
    catalogue::publish(&house, &embedded::revisions()?, None)?;
    let mut world = World::of(&house, asked)?;
    let figures = Figures::scaled(asked.scale_percent);
    let planned = world.plan(&house, &figures)?;
    let bar = progress("việc");
    live::Living::new(&house, &planned, &world.citizens, &runtime, asked.seed ^ 0x5eed).live(&bar)?;
    bar.finish_and_clear();
    runtime.block_on(begin_a_draft(&house, &world))?;
    figures::assert_met(&house, &figures)?;
    keep_demo_accounts(&house, &world.guide)?;
    integrity::seal(&house)?;
    house.db.write_now(|tx| put_text(tx, READY, "1"))?;
    let seconds = (Clock::system().now().micros() - began.micros()) / 1_000_000;
    say(&format!(
        "Xong sau {seconds} giây: {} hồ sơ, {} cán bộ, {} công dân.",
        planned.len(),
        world.staff_count,
        world.citizens.len()
    ));
    Ok(())
}

/// Everybody of the demo.
struct World {
    dice: Dice,
    roster: staff::Roster,
    citizens: Vec<Citizen>,
    guide: Vec<DemoAccount>,
    staff_count: usize,
}

impl World {
    fn of(house: &Arc<House>, asked: &DemoArgs) -> Result<Self, Stop> {
        let (mut dice, mut inventor) = (Dice::new(asked.seed), Inventor::new());
        let hash = hash_password(PASSWORD, house.ids.salt())?;
        let staff = staff::take_on(house, &mut dice, &mut inventor, PASSWORD, &hash)?;
        let known = house.now_known();
        let homes = known.desks_of_level("ward", plan::BEGIN);
        let count = usize::try_from((CITIZENS * asked.scale_percent).div_ceil(100)).unwrap_or(1).max(40);
        let citizens = people::citizens(house, &mut dice, &mut inventor, &homes, count);
        people::register(house, &citizens, &hash)?;
        let mut guide = staff.guide;
        guide.extend(citizens.first().map(|it| DemoAccount {
            login: GUIDED_LOGIN.to_owned(),
            name: it.person.name.clone(),
            who: "Công dân".to_owned(),
            kind: "citizen".to_owned(),
            password: PASSWORD.to_owned(),
        }));
        Ok(Self { dice, roster: staff.roster, citizens, guide, staff_count: staff.count })
    }

    fn plan(&mut self, house: &House, figures: &Figures) -> Result<Vec<plan::Planned>, Stop> {
        let known = house.now_known();
        let regime = house.regime_on(plan::BEGIN)?;
        let is_root =
            |it: &domain::organisation::UnitAttributes| it.standing == Standing::Authority && it.parent.is_none();
        let district = known.organisation.standing_on(plan::BEGIN).find(|(_, it)| is_root(it)).map(|(id, _)| id);
        let district = district.context("the units of the demo have no authority above the others")?;
        let planner = Planner {
            known: &known,
            clock: house.working_clock(&known, district, &regime),
            roster: &self.roster,
            citizens: &self.citizens,
            popular: Popular::of(&known),
            district,
        };
        planner.plan(figures, &mut self.dice)
    }
}

/// The citizen of the guided walks left an application half done.
async fn begin_a_draft(house: &Arc<House>, world: &World) -> Result<(), Stop> {
    let Some(citizen) = world.citizens.first() else { return Ok(()) };
    let procedure = "dang-ky-khai-sinh@ward".parse()?;
    applying::begin(house, citizen.person.id, &procedure, citizen.home).await?;
    Ok(())
}

/// The totals of the quarter and who can sign in.
fn show(house: &House) -> Result<(), Stop> {
    let mut form = report::form_06a(house, figures::FROM, figures::TO, None, report::By::Unit)?;
    form.rows.clear();
    print(table(&form))?;
    print(format!("Đăng nhập (mật khẩu của mọi tài khoản: {PASSWORD}):"))?;
    for it in demo_accounts(house)? {
        print(format!("  {:<18} {} - {}", it.login, it.name, it.who))?;
    }
    print("Bản trình diễn: người và hồ sơ đều bịa, không có giá trị pháp lý, không gửi gì ra ngoài.")
}
