//! `motcua demo`: an invented quarter of a one-stop shop, lived through the functions the pages call.
//!
//! It begins in December 2024 with fifteen wards, lives the reorganisation of 1 January 2025 and the quarter of the figures, and
//! where it is asked to, lives on through that of 1 July 2025, after which there is no district and its ground lies in two wards.
//!
//! Start with [`wishes`] and [`plan`] (which dossiers there are), [`script`] (how one of them goes) and [`live`] (doing it). Nothing
//! here writes a dossier in any other way than an officer, a citizen or the clock would.

pub(crate) mod dice;
mod figures;
mod live;
mod papers;
pub(crate) mod people;
mod places;
mod plan;
mod popular;
mod queue;
mod recast;
mod reforms;
mod script;
mod staff;
mod story;
mod talk;
mod team;
mod until;
mod wishes;
mod words;

use crate::commands::report::table;
use crate::commands::verify::progress;
use crate::embedded;
use crate::ended::{Ended, Outcome, Stop, print, say};
use crate::serve;
use crate::settings::Settings;
use crate::wiring::{DATABASE, DEMO, DEMO_BEGINS, How, INSTALLATION, Place, database, hold, open, settings};
use anyhow::Context;
use app::accounts::{DemoAccount, demo_accounts, hash_password, keep_demo_accounts};
use app::clock::{Clock, Ids};
use app::house::House;
use app::units::by_key;
use app::{applying, catalogue, demo_clock, integrity, report, units};
use dice::Dice;
use domain::ids::UnitId;
use domain::organisation::reform::Reorganisation;
use domain::organisation::{HOUSE_KEYS, Placed};
use domain::post::Post;
use domain::time::Instant;
use figures::Figures;
use indicatif::ProgressBar;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};
use live::Living;
use people::{Citizens, GUIDED_LOGIN, Inventor};
use places::{AGAIN, DISTRICT, NAMED_ON, NEIGHBOURS};
use plan::Planner;
use popular::Popular;
use script::Reply;
use staff::Roster;
use std::sync::Arc;
use storage::engine::{Db, Durability, Options, StorageError};
use storage::house::{put_text, text};
use storage::lists::Histories;
use until::{THROUGH, Until};
use wishes::{Chapter, SPLIT};

/// The password of everybody in the demo.
const PASSWORD: &str = "demo-mot-cua";
/// House text of a demo that is complete: the day it was lived through.
const READY: &str = "demo_ready";
/// House text of a demo that leaves one: a receipt whose link is worth opening afterwards, its code and the last digits it asks for.
const RECEIPT: &str = "demo_receipt";
/// When the control officer stages the plan of the first reorganisation, and of the second.
const STAGED_A_AT: DateTime = date(2024, 12, 26).at(15, 30, 0, 0);
const STAGED_B_AT: DateTime = date(2025, 6, 25).at(15, 30, 0, 0);
/// When the new desks say of the dossiers that no rule placed where these belong.
const ROUTED_AT: DateTime = date(2025, 7, 1).at(9, 0, 0, 0);
/// When questions are asked and answered: on the last Friday afternoon.
const TALKED_AT: DateTime = date(2025, 3, 28).at(16, 10, 0, 0);
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
    /// Live on to the morning of that day, at most 2025-07-31; the last day of the quarter where none.
    #[arg(long, value_name = "DATE", value_parser = until::through)]
    pub through: Option<Date>,
    /// Stop on the evening before that reorganisation and leave it to you: 2025-01-01 or 2025-07-01.
    #[arg(long, value_name = "DATE", value_parser = until::before, conflicts_with = "through")]
    pub before: Option<Date>,
    /// The same seed gives the same world.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// A smaller world, for tests: so many hundredths of the figures.
    #[arg(long, value_name = "N", default_value_t = 100, hide = true, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub scale_percent: u32,
}

impl DemoArgs {
    fn until(&self) -> Option<Until> {
        self.before.map(Until::LeftTo).or(self.through.map(Until::Morning))
    }
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
        if listener.is_some() {
            begin_anew();
        }
    }
    drop(before);
    let _held = hold(&settings)?;
    let house = open(&settings, How::default())?;
    let until = went_as_far(&house, asked.until())?;
    show(&house, until)?;
    match listener {
        Some(listener) => serve::run(&house, &settings, listener),
        None => Ok(Ended::Done),
    }
}

/// Has this process begin anew with the same words, now that the demo is there: a house that is served then keeps none of the memory
/// that living a quarter took. Files, port and the hold on the folder are let go of by that. Where the system cannot, it returns.
fn begin_anew() {
    #[cfg(unix)]
    if let Ok(this) = std::env::current_exe() {
        let why = std::os::unix::process::CommandExt::exec(
            std::process::Command::new(this).args(std::env::args_os().skip(1)),
        );
        tracing::warn!(error = %why, "the demo is served with the memory it was lived in");
    }
}

/// How far the demo was lived; refuses one that was lived otherwise than asked for.
fn went_as_far(house: &House, asked: Option<Until>) -> Result<Until, Stop> {
    let ready = house.db.read_now(|tx| text(tx, READY))?;
    let until = ready.and_then(|it| Until::of_key(&it)).unwrap_or_else(|| Until::Morning(DEMO_BEGINS.date()));
    if asked.is_some_and(|asked| asked != until) {
        return Err(Stop::refused(format!(
            "Bản trình diễn ở đây dựng {}. Muốn dựng khác đi thì dùng một thư mục hoặc cơ sở dữ liệu trống.",
            until.words()
        )));
    }
    Ok(until)
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
    let until = asked.until().unwrap_or(Until::Morning(THROUGH));
    say(&format!("Dựng bản trình diễn: quận Lê Chân, từ tháng 12/2024 {}. Người và hồ sơ đều bịa.", until.words()));
    units::import(&house, embedded::UNITS_FILE, embedded::UNITS)?;
    catalogue::publish(&house, &embedded::revisions()?, None)?;
    let mut world = World::of(&house, &runtime, asked)?;
    let bar = progress("việc");
    let mut living = Living::new(&house, &runtime, &bar, asked.seed ^ 0x5eed, until.ends_at());
    world.live(&mut living, &bar, until)?;
    bar.finish_and_clear();
    let guide = world.guide();
    keep_demo_accounts(&house, &guide)?;
    if let Until::LeftTo(_) = until {
        let receipt = world.receipt(&living)?.context("no receipt to show")?;
        house.db.write_now(|tx| put_text(tx, RECEIPT, &receipt))?;
    }
    integrity::seal(&house)?;
    if let Until::Morning(day) = until {
        queue::live(&house, &runtime, day, &world.guided())?;
    }
    demo_clock::set(&house, Instant::from_local(until.opens_at()))?;
    house.db.write_now(|tx| put_text(tx, READY, &until.key()))?;
    let seconds = (Clock::system().now().micros() - began.micros()) / 1_000_000;
    say(&format!(
        "Xong sau {seconds} giây: {} hồ sơ, {} cán bộ, {} công dân.",
        living.count(),
        world.staff_count,
        world.citizens.all.len()
    ));
    Ok(())
}

/// Everybody of the demo.
struct World<'a> {
    house: &'a Arc<House>,
    runtime: &'a tokio::runtime::Runtime,
    figures: Figures,
    dice: Dice,
    citizens: Citizens,
    shown: Vec<staff::Shown>,
    staff_count: usize,
}

impl<'a> World<'a> {
    fn of(house: &'a Arc<House>, runtime: &'a tokio::runtime::Runtime, asked: &DemoArgs) -> Result<Self, Stop> {
        let (mut dice, mut inventor) = (Dice::new(asked.seed), Inventor::new());
        let hash = hash_password(PASSWORD, house.ids.salt())?;
        let staff = staff::take_on(house, &mut dice, &mut inventor, &hash)?;
        let count = usize::try_from((CITIZENS * asked.scale_percent).div_ceil(100)).unwrap_or(1).max(40);
        let citizens = people::citizens(house, &mut dice, &mut inventor, count);
        people::register(house, &citizens.all, &hash)?;
        let figures = Figures::scaled(asked.scale_percent);
        Ok(Self { house, runtime, figures, dice, citizens, shown: staff.shown, staff_count: staff.count })
    }

    /// Chapter after chapter, with the two reorganisations between them, to that end. What comes later changes nothing before:
    /// a demo that goes further went the same way until there.
    fn live(&mut self, living: &mut Living<'_>, bar: &ProgressBar, until: Until) -> Result<(), Stop> {
        let ends_at = until.ends_at();
        living.add(self.plan(Chapter::December)?);
        if until.leaves(Chapter::Quarter.begins_on()) {
            return living.until(ends_at, &self.citizens.all);
        }
        self.reorganise(living, bar, embedded::REFORM_A, STAGED_A_AT)?;
        living.add(self.plan(Chapter::Quarter)?);
        living.until(TALKED_AT, &self.citizens.all)?;
        self.runtime.block_on(talk::talk(self.house, &self.citizens.all))?;
        living.until(plan::END, &self.citizens.all)?;
        self.runtime.block_on(begin_a_draft(self.house, &self.citizens))?;
        figures::assert_met(self.house, &self.figures)?;
        if ends_at <= plan::END {
            return Ok(());
        }
        living.add(self.plan(Chapter::Spring)?);
        if until.leaves(SPLIT.date()) {
            return living.until(ends_at, &self.citizens.all);
        }
        living.until(ends_at.min(STAGED_B_AT), &self.citizens.all)?;
        if ends_at < STAGED_B_AT {
            return Ok(());
        }
        if ends_at < SPLIT {
            self.stage(embedded::REFORM_B, STAGED_B_AT)?;
            return living.until(ends_at, &self.citizens.all);
        }
        self.reorganise(living, bar, embedded::REFORM_B, STAGED_B_AT)?;
        living.add(self.plan(Chapter::July)?);
        living.until(ROUTED_AT, &self.citizens.all)?;
        let left = living.everybody().filter(|(_, it)| matches!(it.case.reply, Reply::At(..))).map(|it| it.0).collect();
        reforms::route(self.house, self.runtime, ROUTED_AT, &left)?;
        living.until(ends_at, &self.citizens.all)?;
        figures::assert_met(self.house, &self.figures).map(drop)
    }

    /// A plan staged by the control officer some days before, and carried out at its instant.
    fn reorganise(
        &mut self,
        living: &mut Living<'_>,
        bar: &ProgressBar,
        file: (&str, &str),
        staged_at: DateTime,
    ) -> Result<(), Stop> {
        living.until(staged_at, &self.citizens.all)?;
        let plan = self.stage(file, staged_at)?;
        let eve = plan.effective_at.local().saturating_sub(1.second());
        living.until(eve, &self.citizens.all)?;
        let moved = reforms::carry_out(self.house, self.runtime, &plan, &mut self.citizens.all)?;
        let on = plan.effective_on().strftime("%d/%m/%Y");
        bar.suspend(|| {
            say(&format!("{on}: {} ({}): {moved} hồ sơ chuyển sang đơn vị mới.", plan.title, plan.instrument))
        });
        Ok(())
    }

    fn stage(&self, file: (&str, &str), at: DateTime) -> Result<Reorganisation, Stop> {
        self.house.clock.turn_to(Instant::from_local(at));
        let known = self.house.now_known();
        let district = by_key(&known.organisation, DISTRICT, at.date()).context("no district")?;
        let control = known.mandates.holders(district, Post::ControlOfficer, at.date()).next();
        reforms::stage(self.house, self.runtime, file, control.context("no control officer")?)
    }

    fn plan(&mut self, chapter: Chapter) -> Result<Vec<plan::Planned>, Stop> {
        let known = self.house.now_known();
        let on = chapter.begins_on();
        let regime = self.house.regime_on(on)?;
        let district = by_key(&known.organisation, DISTRICT, on);
        let hours_of =
            district.or_else(|| self.citizens.all.first().map(|it| it.home)).context("nobody lives there")?;
        let planner = Planner {
            known: &known,
            clock: self.house.working_clock(&known, hours_of, regime),
            roster: &Roster::on(&known, on),
            citizens: &self.citizens,
            popular: Popular::of(&known, on),
            district,
        };
        planner.plan(chapter, &self.figures, &mut self.dice)
    }

    /// A receipt of a ward whose name the reorganisation ends, of a dossier that is open: its code and the digits a look-up asks.
    fn receipt(&self, living: &Living<'_>) -> Result<Option<String>, Stop> {
        let known = self.house.now_known();
        let on = self.house.clock.now().day();
        let stays = |unit: UnitId| {
            let key = known.organisation.attributes_on(unit, on).and_then(|it| it.code(HOUSE_KEYS)).unwrap_or_default();
            // Wards that give their names to those after them: seven in 2024, and the one whose name there is again in July 2025.
            let is_kept = NAMED_ON.contains(&key) && (on < figures::FROM || key == AGAIN);
            is_kept || !key.starts_with("phuong-") || NEIGHBOURS.contains(&key)
        };
        for (id, planned) in living.everybody() {
            let found = self.house.db.read_now(|tx| storage::dossiers::find(tx, id))?;
            let Some((dossier, _)) = found else { continue };
            let is_received = dossier.status.is_open() && dossier.promised_at().is_some();
            let phone = self.citizens.all.get(planned.citizen).map(|it| it.person.phone.as_str()).unwrap_or_default();
            if is_received && !stays(dossier.places().competent) && phone.len() >= 4 {
                return Ok(Some(format!("{} {}", dossier.code, phone.split_at(phone.len() - 4).1)));
            }
        }
        Ok(None)
    }

    /// Who can be tried out: nobody sits on their chair.
    fn guided(&self) -> Vec<domain::ids::PersonId> {
        self.shown.iter().map(staff::Shown::person).collect()
    }

    /// Who can be tried out.
    fn guide(&self) -> Vec<DemoAccount> {
        let staff = self.shown.iter().map(|it| it.account(PASSWORD));
        let citizen = self.citizens.all.first().map(|it| DemoAccount {
            login: GUIDED_LOGIN.to_owned(),
            name: it.person.name.clone(),
            who: "Công dân".to_owned(),
            kind: "citizen".to_owned(),
            password: PASSWORD.to_owned(),
            ..DemoAccount::default()
        });
        staff.chain(citizen).collect()
    }
}

/// The citizen of the guided walks left an application half done.
async fn begin_a_draft(house: &Arc<House>, citizens: &Citizens) -> Result<(), Stop> {
    let Some(citizen) = citizens.all.first() else { return Ok(()) };
    let procedure = "dang-ky-khai-sinh@ward".parse()?;
    applying::begin(house, citizen.person.id, &procedure, citizen.home).await?;
    Ok(())
}

/// The totals of the quarter where it was lived, who can sign in, and where to begin with a reorganisation that is left to do.
fn show(house: &House, until: Until) -> Result<(), Stop> {
    if !until.leaves(Chapter::Quarter.begins_on()) {
        let mut form = report::form_06a(house, figures::FROM, figures::TO, None, report::By::Unit)?;
        form.rows.clear();
        print(table(&form))?;
    }
    print(format!("Đăng nhập (mật khẩu của mọi tài khoản: {PASSWORD}):"))?;
    for it in demo_accounts(house)? {
        print(format!("  {:<18} {} - {}", it.login, it.name, it.who))?;
    }
    let waiting = house.db.read_now(|tx| storage::lists::to_route(tx, Histories::of(tx)?, 1, 0))?.len();
    if waiting > 0 {
        print("Còn hồ sơ cần phân tuyến để bạn làm thử: đăng nhập kiemsoat, mở /nghiep-vu/phan-tuyen.")?;
    }
    if let (Until::LeftTo(day), Some(receipt)) = (until, house.db.read_now(|tx| text(tx, RECEIPT))?) {
        let (code, digits) = receipt.split_once(' ').unwrap_or((&receipt, ""));
        print(format!("Lần sắp xếp ngày {} để bạn làm:", day.strftime("%d/%m/%Y")))?;
        print("  1. Mở /kiem-soat/sap-xep, đăng nhập kiemsoat, bấm “Dùng kế hoạch có sẵn”, rồi đi từng bước.")?;
        print(format!("  2. Sau đó mở giấy hẹn cũ: /tra-cuu?ma={code}, bốn số cuối điện thoại {digits}."))?;
    }
    print("Bản trình diễn: người và hồ sơ đều bịa, không có giá trị pháp lý, không gửi gì ra ngoài.")
}
