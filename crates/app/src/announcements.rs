//! What the office says to everybody, or to those of one unit, from one day to another: on the first page, and as a text a ward can
//! read over its loudspeakers.

use crate::error::{AppError, FieldProblem};
use crate::house::House;
use crate::words;
use domain::ids::{MessageId, PersonId, UnitId};
use domain::post::Post;
use jiff::civil::Date;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;
pub use storage::announcements::Announcement;
use storage::{announcements, house as notes, locks};
use tokio::sync::Semaphore;

/// Longest title, in characters.
pub const TITLE_CHARS_MAX: usize = 120;
/// Longest text, in characters: two minutes of reading aloud.
pub const TEXT_CHARS_MAX: usize = 2_000;
/// Most that are said on one day.
const SAID_MAX: u32 = 50;
/// Most in the office's list.
const LIST_MAX: u32 = 500;
/// Longest a voice may take.
const SPEECH_SECONDS_MAX: u64 = 60;
/// Largest recording, in bytes.
const SPEECH_BYTES_MAX: u64 = 32 << 20;
/// Posts that may speak for the office.
const SPEAKERS: [Post; 2] = [Post::Administrator, Post::ControlOfficer];

static VOICE: Semaphore = Semaphore::const_new(1);

/// One announcement as it is typed.
#[derive(Clone, Debug, Default)]
pub struct NewAnnouncement {
    /// For whom; everybody where none.
    pub unit: Option<UnitId>,
    /// One line.
    pub title: String,
    /// Paragraphs.
    pub text: String,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
}

fn assert_speaker(house: &House, person: PersonId) -> Result<(), AppError> {
    let today = house.clock.now().day();
    let speaks = house.now_known().mandates.of(person, today).any(|it| SPEAKERS.contains(&it.post));
    if speaks { Ok(()) } else { Err(AppError::Forbidden) }
}

/// Writes one. Who sends the same again while it stands, by going back or pressing twice, gets that one.
///
/// # Errors
/// Neither administrator nor control officer, fields to correct, or the house failed.
pub async fn announce(house: &Arc<House>, by: PersonId, new: NewAnnouncement) -> Result<MessageId, AppError> {
    assert_speaker(house, by)?;
    let now = house.clock.now();
    let mut problems = Vec::new();
    let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = line(&new.title);
    let text = new.text.lines().map(line).filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n");
    for (field, value, max) in [("title", &title, TITLE_CHARS_MAX), ("text", &text, TEXT_CHARS_MAX)] {
        match value.chars().count() {
            0 => problems.push(FieldProblem::new(field, "gap-missing")),
            chars if chars > max => problems.push(FieldProblem::new(field, "gap-too-long").with("max", max)),
            _ if value.chars().any(|it| it.is_control() && it != '\n') => {
                problems.push(FieldProblem::new(field, "gap-line"));
            }
            _ => {}
        }
    }
    let from = new.from.unwrap_or(now.day());
    match new.until {
        None => problems.push(FieldProblem::new("until", "gap-missing")),
        Some(until) if until < from => problems.push(FieldProblem::new("until", "gap-day-before-first")),
        Some(until) if until < now.day() => problems.push(FieldProblem::new("until", "gap-day-passed")),
        Some(_) => {}
    }
    let stands = |unit| house.now_known().organisation.find_unit(unit).is_some_and(|it| it.stands_on(now.day()));
    if new.unit.is_some_and(|unit| !stands(unit)) {
        problems.push(FieldProblem::new("unit", "gap-unit"));
    }
    let Some(until) = new.until.filter(|_| problems.is_empty()) else { return Err(AppError::Invalid(problems)) };
    let id = MessageId::from_uuid(house.ids.uuid(now));
    let it =
        Announcement { id, unit: new.unit, title, text, from, until, made_at: now, made_by: by, withdrawn_at: None };
    house
        .db
        .write(move |tx| {
            locks::once(tx, by, "announcement")?;
            let same = |other: &Announcement| Announcement { id, made_at: now, ..other.clone() } == it;
            if let Some(before) = announcements::all(tx, LIST_MAX)?.iter().find(|other| same(other)) {
                return Ok(before.id);
            }
            announcements::add(tx, &it)?;
            notes::audit(tx, now, Some(by), "announced", &id.to_string(), &it.title)?;
            Ok::<_, AppError>(id)
        })
        .await
}

/// Takes one back before its last day.
///
/// # Errors
/// Neither administrator nor control officer, no such announcement or taken back already, or the house failed.
pub async fn withdraw(house: &Arc<House>, by: PersonId, id: MessageId) -> Result<(), AppError> {
    assert_speaker(house, by)?;
    let now = house.clock.now();
    house
        .db
        .write(move |tx| {
            if announcements::withdraw(tx, id, now)? == 0 {
                return Err(AppError::NotFound);
            }
            Ok(notes::audit(tx, now, Some(by), "announcement withdrawn", &id.to_string(), "")?)
        })
        .await
}

/// What is said today, the newest first.
///
/// # Errors
/// The house failed.
pub fn said_today(house: &House) -> Result<Vec<Announcement>, AppError> {
    let today = house.clock.now().day();
    house.db.read_now(|tx| Ok(announcements::on_day(tx, today, SAID_MAX)?))
}

/// Everything that was said, for the office.
///
/// # Errors
/// Neither administrator nor control officer, or the house failed.
pub fn all(house: &House, by: PersonId) -> Result<Vec<Announcement>, AppError> {
    assert_speaker(house, by)?;
    house.db.read_now(|tx| Ok(announcements::all(tx, LIST_MAX)?))
}

/// One of them, for the office.
///
/// # Errors
/// Neither administrator nor control officer, no such announcement, or the house failed.
pub fn one(house: &House, by: PersonId, id: MessageId) -> Result<Announcement, AppError> {
    assert_speaker(house, by)?;
    house.db.read_now(|tx| announcements::find(tx, id)?.ok_or(AppError::NotFound))
}

/// The announcement as it is read aloud: whose it is, what is said, until when, and everything once more.
pub fn bulletin(house: &House, it: &Announcement) -> String {
    let known = house.now_known();
    let today = house.clock.now().day();
    let top = known.organisation.standing_on(today).find(|(_, unit)| unit.parent.is_none());
    let office = top.map(|(_, unit)| unit.name.clone()).unwrap_or_default();
    let to = match it.unit {
        Some(unit) => known.organisation.name_on(unit, today).to_owned(),
        None => office.clone(),
    };
    let to = words::within(&to);
    let said = format!("{}.\n{}", it.title.trim_end_matches('.'), it.text);
    let period = if it.from == it.until {
        format!("Thông báo có hiệu lực trong {}.", words::long_day(it.from))
    } else {
        format!("Thông báo có hiệu lực từ {} đến hết {}.", words::long_day(it.from), words::long_day(it.until))
    };
    format!(
        "Kính thưa bà con {to}.\nBộ phận Một cửa {office} xin thông báo.\n{said}\n{period}\nXin nhắc lại.\n{said}\n\
         {period}\nXin trân trọng cảm ơn bà con."
    )
}

/// True where this office has a voice.
pub fn has_voice(house: &House) -> bool {
    !house.rules.speech_command.is_empty()
}

/// The bulletin as a recording, by the command that the office set: it reads the text on its standard input and writes sound on its
/// standard output. One at a time.
///
/// # Errors
/// Not theirs to ask, no such announcement, no voice is set, the command failed, took longer than a minute or made too much.
pub async fn spoken(house: &Arc<House>, by: PersonId, id: MessageId) -> Result<Vec<u8>, AppError> {
    let it = one(house, by, id)?;
    if !has_voice(house) {
        return Err(AppError::NotFound);
    }
    let (text, command) = (bulletin(house, &it), house.rules.speech_command.clone());
    let _turn = VOICE.acquire().await.map_err(|why| AppError::fault("waiting for the voice", why))?;
    let speaking = tokio::task::spawn_blocking(move || speak(&command, &text));
    let spoken = speaking.await.map_err(|why| AppError::fault("speaking a bulletin", why))?;
    spoken.map_err(|why| AppError::fault("speaking a bulletin", why))
}

/// Runs the command; it is ended where it takes too long.
fn speak(command: &[String], text: &str) -> std::io::Result<Vec<u8>> {
    let [program, arguments @ ..] = command else { return Ok(Vec::new()) };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (heard, hearing) = mpsc::channel();
    std::thread::scope(|threads| {
        threads.spawn(move || {
            if let Some(mut stdin) = stdin {
                // A command that does not read to the end is its own affair: what it says is looked at.
                stdin.write_all(text.as_bytes()).ok();
            }
        });
        threads.spawn(move || {
            let mut sound = Vec::new();
            let read = stdout.map_or(Ok(0), |it| it.take(SPEECH_BYTES_MAX + 1).read_to_end(&mut sound));
            heard.send(read.map(|_| sound)).ok();
        });
        let sound = hearing.recv_timeout(Duration::from_secs(SPEECH_SECONDS_MAX));
        // Whoever still speaks, or lingers with nothing more to say, is ended.
        let ended = child.try_wait()?;
        child.kill()?;
        child.wait()?;
        let sound = sound.map_err(|_| std::io::Error::other(format!("{program} took longer than a minute")))??;
        let failed = ended.is_some_and(|it| !it.success());
        if failed || sound.is_empty() || sound.len() as u64 > SPEECH_BYTES_MAX {
            return Err(std::io::Error::other(format!("{program} gave {} bytes", sound.len())));
        }
        Ok(sound)
    })
}
