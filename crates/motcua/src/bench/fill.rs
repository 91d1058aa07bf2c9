//! Which dossiers there are: a year of filings in every ward, six events each, the latest tenth still open.
//!
//! One thread lives them (the same `decide` and `apply` as everywhere), another writes them by the storage's bulk path.

use super::world::{Ward, World, began_on};
use crate::commands::verify::progress;
use crate::demo::people::party;
use crate::ended::Stop;
use anyhow::Context;
use app::AppError;
use app::house::{House, Snapshot};
use app::lives::{self, Deed, Ground, Whole};
use domain::dossier::{
    CodePattern, Collection, Command, Draft, Evidence, FileRequest, FiledPaper, Filing, Outcome, Proxy,
};
use domain::ids::{PersonId, UnitId};
use domain::procedure::{
    Answers, Channel, Completeness, ProcedureRevision, RequirementGroup, sample_answers, validate,
};
use domain::regime::Regime;
use domain::time::Instant;
use jiff::civil::{Date, DateTime};
use jiff::{Span, ToSpan};
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use storage::people::Person;

/// Lives handed over at once.
const PIECE: usize = 200;
/// Pieces that wait to be written.
const PIECES_MAX: usize = 4;
/// Lives of one commit.
const COMMIT: usize = 4_000;
/// Different answers to the form of one procedure.
const ANSWERS: usize = 8;
/// Officers whose list fills its first page, whatever the size of the house.
pub const FULL_SEATS: u32 = 4;
/// Dossiers in each of those lists: two pages, of which the first is shown.
pub const FULL: u32 = 50;
/// The step of the case officers.
const WORK: u16 = 2;
/// Every so many dossiers one is late.
const LATE_EVERY: u32 = 25;

type Numbers = HashMap<(UnitId, Date), u32>;

/// How many of them are still open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// The latest tenth, as in an office.
    LatestTenth,
    /// All: what a reorganisation moves.
    All,
}

/// Fills the house.
///
/// # Errors
/// Something was refused that ought to be lawful, or the house failed.
pub fn fill(house: &House, world: &World, citizens: &[Person], dossiers: u32, open: Open) -> Result<(), Stop> {
    let bar = progress("hồ sơ");
    bar.set_length(u64::from(dossiers));
    let (sender, lives) = sync_channel(PIECES_MAX);
    let numbers = std::thread::scope(|scope| {
        let living = scope.spawn(move || Living::new(house, world, citizens, dossiers, open)?.live(&sender));
        let stored = store(house, &lives, |count| bar.inc(count));
        // Whoever lives them stops when nobody takes them any more.
        drop(lives);
        let lived = living.join().map_err(|_| anyhow::anyhow!("living the dossiers broke"))?;
        stored.and(lived)
    })?;
    let numbers: Vec<_> = numbers.into_iter().collect();
    house.db.write_now(|tx| {
        numbers.iter().try_for_each(|((unit, day), last)| storage::dossiers::set_number(tx, *unit, *day, *last))
    })?;
    bar.finish_and_clear();
    Ok(())
}

fn store(house: &House, lives: &Receiver<Vec<Whole>>, on_stored: impl Fn(u64)) -> Result<(), Stop> {
    let mut batch = house.db.batch()?;
    let mut waiting = 0;
    for piece in lives {
        batch.write(|tx| Ok::<_, AppError>(lives::add(tx, &piece)?))?;
        waiting += piece.len();
        on_stored(piece.len() as u64);
        if waiting >= COMMIT {
            batch.commit()?;
            batch = house.db.batch()?;
            waiting = 0;
        }
    }
    Ok(batch.commit()?)
}

/// A procedure with everything that is the same for all its dossiers.
pub struct Matter<'a> {
    revision: &'a ProcedureRevision,
    answers: Vec<Answers>,
    papers: Vec<FiledPaper>,
}

struct Living<'a> {
    house: &'a House,
    world: &'a World,
    citizens: &'a [Person],
    matters: Vec<Matter<'a>>,
    regime: Regime,
    pattern: CodePattern,
    days: Vec<Date>,
    dossiers: u32,
    closed: u32,
    numbers: Numbers,
}

/// The deeds of one dossier as they are written down.
struct Script<'a> {
    at: DateTime,
    ward: &'a Ward,
    competent: UnitId,
    deeds: Vec<Deed>,
}

impl Script<'_> {
    fn then(&mut self, after: Span, by: PersonId, command: Command) {
        self.at = self.at.saturating_add(after);
        self.deeds.push(Deed { at: Instant::from_local(self.at), by, unit: Some(self.ward.unit), command });
    }
}

impl<'a> Living<'a> {
    fn new(
        house: &'a House,
        world: &'a World,
        citizens: &'a [Person],
        dossiers: u32,
        open: Open,
    ) -> Result<Self, Stop> {
        let today = house.clock.now().day();
        let regime = house.regime_on(today)?.clone();
        let known = house.now_known();
        let ward = world.wards.first().context("no wards")?.unit;
        let clock = house.working_clock(&known, ward, &regime);
        let mut days = Vec::new();
        // Somebody of the staff must hold a post on the first day already.
        let mut day = began_on(today).tomorrow()?;
        while day < today {
            if clock.is_working_day(day)? {
                days.push(day);
            }
            day = day.tomorrow()?;
        }
        let matters = world.procedures.iter().map(|it| Matter::of(it, today)).collect();
        let pattern = house.code_pattern(today)?;
        let closed = match open {
            Open::LatestTenth => dossiers - dossiers.div_ceil(10),
            Open::All => 0,
        };
        Ok(Self { house, world, citizens, matters, regime, pattern, days, dossiers, closed, numbers: Numbers::new() })
    }

    /// Lives all of them in the order of their filing; gives the last numbers of every ward and day.
    fn live(mut self, to: &SyncSender<Vec<Whole>>) -> Result<Numbers, Stop> {
        let known = self.house.now_known();
        let mut piece = Vec::with_capacity(PIECE);
        for place in 0..self.dossiers {
            let script = self.script(place, &known)?;
            let (revision, unit) = (self.matter(place)?.revision, script.competent);
            let ground = Ground { house: self.house, known: &known, revision, regime: &self.regime, unit };
            piece.push(lives::live(&ground, &script.deeds)?);
            if piece.len() == PIECE {
                let full = std::mem::replace(&mut piece, Vec::with_capacity(PIECE));
                if to.send(full).is_err() {
                    // The writing failed: that error is told.
                    return Ok(self.numbers);
                }
            }
        }
        drop(to.send(piece));
        Ok(self.numbers)
    }

    fn matter(&self, place: u32) -> Result<&Matter<'a>, Stop> {
        let at = usize::try_from(place)? % self.matters.len().max(1);
        Ok(self.matters.get(at).context("no procedures")?)
    }

    /// When it was filed: evenly over the working days, in the morning, later ones later.
    fn filed_at(&self, place: u32) -> Result<(usize, DateTime), Stop> {
        let days = u64::try_from(self.days.len()).unwrap_or(1);
        let scaled = u64::from(place) * days;
        let day = usize::try_from(scaled / u64::from(self.dossiers)).unwrap_or(0);
        let within = (scaled % u64::from(self.dossiers)) * 9_000 / u64::from(self.dossiers);
        let seconds = i64::try_from(within).unwrap_or(0);
        let on = self.days.get(day).context("no working days")?;
        Ok((day, on.at(7, 40, 0, 0).saturating_add(seconds.seconds())))
    }

    fn script(&mut self, place: u32, known: &Snapshot) -> Result<Script<'a>, Stop> {
        let world = self.world;
        let open = place.checked_sub(self.closed);
        // Seats that are to be full come first among the open ones.
        let seat = open.map(|it| it / FULL).filter(|seat| *seat < FULL_SEATS);
        let wards = u32::try_from(world.wards.len())?.max(1);
        let number = usize::try_from(seat.unwrap_or(place % wards))?;
        let ward = world.wards.get(number).context("no wards")?;
        let (day, at) = self.filed_at(place)?;
        let competent = known.competent_for(ward.unit, &self.matter(place)?.revision.sector, at.date());
        let mut script = Script { at, ward, competent, deeds: Vec::with_capacity(6) };
        self.filing(&mut script, place)?;
        let [first, second] = ward.specialists;
        match open {
            None => self.ended(&mut script, place, day)?,
            Some(_) if seat.is_some() => at_work(&mut script, first, second),
            Some(place) => match place / wards % 3 {
                0 => at_work(&mut script, second, first),
                1 => to_sign(&mut script),
                _ => to_hand_over(&mut script),
            },
        }
        Ok(script)
    }

    /// Two events: filed and received.
    fn filing(&mut self, script: &mut Script<'_>, place: u32) -> Result<(), Stop> {
        let (ward, on) = (script.ward, script.at.date());
        let number = self.numbers.entry((ward.unit, on)).or_default();
        *number += 1;
        let code = self.pattern.code(&ward.code, on, *number);
        let channel = if place.is_multiple_of(2) { Channel::Counter } else { Channel::Online };
        let at = usize::try_from(place)?;
        let citizen = self.citizens.get(at * 7 % self.citizens.len().max(1)).context("no citizens")?;
        let request = Box::new(FileRequest {
            code,
            foreign_code: false,
            channel,
            receiving_unit: ward.unit,
            competent_unit: script.competent,
            collect_at: ward.unit,
            split_from: None,
            fee_vnd: 0,
            filing: self.matter(place)?.filing(channel, citizen, at),
        });
        if channel == Channel::Counter {
            script.then(Span::new(), ward.desk, Command::ReceiveAtDesk(request));
        } else {
            let at = Instant::from_local(script.at);
            script.deeds.push(Deed { at, by: citizen.id, unit: None, command: Command::File(request) });
            script.then(20.minutes(), ward.desk, Command::Accept);
        }
        Ok(())
    }

    /// Four more: submitted, signed, issued, handed over.
    fn ended(&self, script: &mut Script<'_>, place: u32, day: usize) -> Result<(), Stop> {
        let ward = script.ward;
        let [officer, _] = ward.specialists;
        let after = |days: usize| self.days.get(day + days).or(self.days.last()).copied().context("no working days");
        if place.is_multiple_of(LATE_EVERY) {
            script.at = after(15)?.to_datetime(script.at.time());
        }
        script.then(3.hours(), officer, submission(ward.leader));
        script.then(1.hour(), ward.leader, Command::Sign);
        script.then(30.minutes(), ward.clerk, Command::Issue { number: format!("{place}/UBND"), document: None });
        let handed_over = after(if place.is_multiple_of(LATE_EVERY) { 16 } else { 1 })?.to_datetime(script.at.time());
        script.at = handed_over.max(script.at);
        let receiver = self.citizens.first().map_or("", |it| it.name.as_str()).to_owned();
        let evidence = Evidence { receiver, proof: "ký nhận".to_owned(), ..Evidence::default() };
        script.then(30.minutes(), ward.desk, Command::Deliver { evidence, by_proxy: Proxy::Owner });
        Ok(())
    }
}

fn submission(to: PersonId) -> Command {
    let draft = Draft { text: "Hồ sơ đủ điều kiện, đề nghị ký.".to_owned(), document: None };
    Command::SubmitForSignature { outcome: Outcome::Granted, draft, to: Some(to) }
}

/// Four more, with the case officer again: taken on, submitted, sent back, given to another.
fn at_work(script: &mut Script<'_>, ends_with: PersonId, began_with: PersonId) {
    let leader = script.ward.leader;
    script.then(1.hour(), began_with, Command::TakeOn);
    script.then(1.hour(), began_with, submission(leader));
    let reason = "Kiểm tra lại họ tên trong dự thảo.".to_owned();
    script.then(1.hour(), leader, Command::SendBack { to_step: WORK, reason });
    script.then(1.hour(), leader, Command::Assign { to: ends_with, note: String::new() });
}

/// Four more, with the leader: taken on, submitted, recalled, submitted.
fn to_sign(script: &mut Script<'_>) {
    let [officer, _] = script.ward.specialists;
    let leader = script.ward.leader;
    script.then(1.hour(), officer, Command::TakeOn);
    script.then(1.hour(), officer, submission(leader));
    script.then(10.minutes(), officer, Command::Recall { reason: "Dự thảo còn lỗi chính tả.".to_owned() });
    script.then(1.hour(), officer, submission(leader));
}

/// Four more, with the desk: taken on, submitted, signed, issued.
fn to_hand_over(script: &mut Script<'_>) {
    let ward = script.ward;
    let [officer, _] = ward.specialists;
    script.then(1.hour(), officer, Command::TakeOn);
    script.then(1.hour(), officer, submission(ward.leader));
    script.then(1.hour(), ward.leader, Command::Sign);
    script.then(1.hour(), ward.clerk, Command::Issue { number: "1/UBND".to_owned(), document: None });
}

impl<'a> Matter<'a> {
    /// With answers to its form.
    pub fn of(revision: &'a ProcedureRevision, today: Date) -> Self {
        let answers = |seed: usize| {
            let Some(form) = revision.forms.first() else { return Answers::default() };
            validate(form, &sample_answers(form, today, seed as u64), today, Completeness::Complete).0
        };
        let handed_in = revision.requirements.iter().filter(|it| it.group == RequirementGroup::Submit);
        let paper = |it: &domain::procedure::Requirement| FiledPaper {
            requirement: it.id.clone(),
            name: it.name.clone(),
            originals: it.originals,
            copies: it.copies,
            ..FiledPaper::default()
        };
        Self { revision, answers: (0..ANSWERS).map(answers).collect(), papers: handed_in.map(paper).take(4).collect() }
    }

    /// What a citizen hands in.
    pub fn filing(&self, channel: Channel, citizen: &Person, place: usize) -> Filing {
        Filing {
            submitter: party(citizen),
            account: (channel == Channel::Online).then_some(citizen.id),
            answers: self.answers.get(place % ANSWERS).cloned().unwrap_or_default(),
            papers: self.papers.clone(),
            collection: Collection::Desk,
            by_message: true,
            ..Filing::default()
        }
    }
}
