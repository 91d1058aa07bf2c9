//! The engine without the rest: the rows of a submission, made beforehand and written one after the other, 64 to a commit.
//!
//! What a whole submission is held against. It writes what the pages write (draft, number, event, words, read model, message,
//! answer to the key), with the same durability, and neither loads nor decides anything.

use super::figures::{Figures, Raw};
use super::fill::Matter;
use super::world::{self, World};
use crate::ended::{Stop, say};
use crate::settings::Settings;
use crate::wiring::{How, hold, open};
use anyhow::Context;
use app::house::House;
use app::lives::{self, Deed, Ground, Whole};
use domain::dossier::{Command, DossierCode, FileRequest};
use domain::ids::{DraftId, MessageId};
use domain::procedure::Channel;
use std::time::Instant;
use storage::drafts::{self, Draft};
use storage::engine::{StorageError, Tx};
use storage::house::{self as texts, Answered};
use storage::outbox::{self, Message};

/// Submissions of one commit.
const BATCH: usize = 64;
/// Most commits.
const BATCHES_MAX: u32 = 50;
/// What the letter to a citizen may be like.
const WORDS: &str = "Hồ sơ của ông/bà đã được gửi đến Bộ phận Một cửa. Trong 8 giờ làm việc Bộ phận Một cửa trả lời tiếp nhận hay không.";

/// Writes them, and compares the rate with that of whole submissions.
///
/// # Errors
/// The house failed.
pub fn measure(settings: &Settings, figures: &Figures) -> Result<Raw, Stop> {
    say("đo riêng cơ sở dữ liệu");
    let _held = hold(settings)?;
    let house = open(settings, How::default())?;
    let count = BATCH * usize::try_from((figures.dossiers / 64).clamp(2, BATCHES_MAX))?;
    let rows = rows(&house, count)?;
    let began = Instant::now();
    for some in rows.chunks(BATCH) {
        house.db.write_now(|tx| some.iter().try_for_each(|it| it.write(tx)))?;
    }
    let rate = count as f64 / began.elapsed().as_secs_f64().max(1e-6);
    let submit = figures.operation("submit").map_or(0.0, |it| it.rate);
    Ok(Raw { rate, submit_share: submit / rate })
}

/// The rows of one submission.
struct Rows {
    draft: Draft,
    life: Whole,
    message: Message,
    answered: Answered,
    now: domain::time::Instant,
}

impl Rows {
    fn write(&self, tx: &mut Tx) -> Result<(), StorageError> {
        drafts::put(tx, &self.draft)?;
        storage::dossiers::next_number(tx, self.draft.unit, self.now.day())?;
        lives::add(tx, std::slice::from_ref(&self.life))?;
        outbox::add(tx, &self.message)?;
        drafts::sent(tx, self.draft.id, self.life.id())?;
        texts::remember(tx, self.draft.person, &self.draft.id.to_string(), &self.answered, self.now)
    }
}

fn rows(house: &House, count: usize) -> Result<Vec<Rows>, Stop> {
    let now = house.event_time();
    let world = World::of(house)?;
    let citizens = world::citizens(house, u64::from(now.micros().unsigned_abs() as u32), 64)?;
    let known = house.now_known();
    let regime = house.regime_on(now.day())?;
    let revision = world.procedures.first().context("no procedures")?;
    let matter = Matter::of(revision, now.day());
    let mut rows = Vec::with_capacity(count);
    for place in 0..count {
        let citizen = citizens.get(place % citizens.len().max(1)).context("no citizens")?;
        let unit = world.wards.get(place % world.wards.len().max(1)).context("no wards")?.unit;
        let token = house.ids.token();
        // A code no counter gives, as another agency's would be.
        let code = DossierCode::parse(&format!("000.00.99.G99-{}", token.get(..20).unwrap_or_default()))?;
        let request = FileRequest {
            code,
            foreign_code: true,
            channel: Channel::Online,
            receiving_unit: unit,
            competent_unit: known.competent_for(unit, &revision.sector, now.day()),
            collect_at: unit,
            split_from: None,
            fee_vnd: 0,
            filing: matter.filing(Channel::Online, citizen, place),
        };
        let ground = Ground { house, known: &known, revision, regime, unit };
        let deed = Deed { at: now, by: citizen.id, unit: None, command: Command::File(Box::new(request)) };
        let life = lives::live(&ground, &[deed])?;
        rows.push(Rows {
            draft: draft(house, citizen, unit, revision, now),
            message: message(house, &life, &citizen.phone, now),
            answered: Answered { act: "file".to_owned(), body_hash: token, answer: life.id().to_string() },
            life,
            now,
        });
    }
    Ok(rows)
}

fn draft(
    house: &House,
    citizen: &storage::people::Person,
    unit: domain::ids::UnitId,
    revision: &domain::procedure::ProcedureRevision,
    now: domain::time::Instant,
) -> Draft {
    Draft {
        id: DraftId::from_uuid(house.ids.uuid(now)),
        person: citizen.id,
        revision: revision.id.0.clone(),
        procedure: revision.procedure.to_string(),
        unit,
        body: WORDS.repeat(10),
        updated_at: now,
        sent_as: None,
    }
}

fn message(house: &House, life: &Whole, phone: &str, now: domain::time::Instant) -> Message {
    Message {
        id: MessageId::from_uuid(house.ids.uuid(now)),
        channel: "sms".to_owned(),
        dossier: Some(life.id()),
        kind: "filed".to_owned(),
        recipient: phone.to_owned(),
        subject: String::new(),
        body: WORDS.to_owned(),
        created_at: now,
        tries: 0,
        next_try_at: now,
        delivered_at: None,
        dead_at: None,
        last_error: String::new(),
        template: String::new(),
        details: String::new(),
    }
}
