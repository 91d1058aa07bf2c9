//! What is asked of the house, as browsers ask it: whole requests, with sessions and drafts made for them beforehand.

use super::fill::FULL_SEATS;
use super::world::{self, World};
use crate::ended::Stop;
use anyhow::Context;
use app::accounts::token_hash;
use app::applying::{DraftBody, Sending, is_required_online, papers_asked};
use app::house::House;
use app::work::Filter;
use domain::dossier::Act;
use domain::ids::{DossierId, DraftId, MessageId, PersonId};
use domain::procedure::sample_answers;
use domain::time::Instant;
use std::sync::Arc;
use storage::drafts::{self, Draft};
use storage::engine::{StorageError, Tx};
use storage::lists::Histories;
use storage::people::Person;
use storage::sessions::{self, Proof, Session};
use storage::{dossiers, lists, verify};

/// Look-ups that are different.
const LOOK_UPS_MAX: usize = 4_000;
/// Citizens who send their drafts.
const APPLICANTS: usize = 256;
/// Drafts that are sent.
const DRAFTS_MAX: usize = 16_000;
/// Dossiers that are sent on.
const ADVANCES_MAX: usize = 4_000;
/// Drafts or sessions written in one transaction.
const ROWS_MAX: usize = 500;

/// A list of whole requests.
pub type Asked = Arc<Vec<Vec<u8>>>;

/// Everything that will be asked.
pub struct Requests {
    /// Nothing.
    pub floor: Asked,
    /// The first page.
    pub home: Asked,
    /// A code and four digits, by somebody not signed in.
    pub lookup: Asked,
    /// The last button of an online application.
    pub submit: Vec<Vec<u8>>,
    /// A case officer submits for signature.
    pub advance: Asked,
    /// A case officer's own list, one full page.
    pub worklist: Asked,
    /// Form II.06a over all that ever happened.
    pub report_06a: Asked,
}

/// Somebody signed in.
struct SignedIn {
    person: PersonId,
    token: String,
    csrf: String,
}

impl Requests {
    /// Signs people in, writes drafts, and looks up what can be asked about.
    ///
    /// # Errors
    /// The house failed, or there is nothing to ask about.
    pub fn prepare(house: &House, world: &World, dossiers: u32) -> Result<Self, Stop> {
        let today = house.clock.now().day();
        let control = sign_in(house, &[world.control])?;
        let control = control.first().context("nobody reads reports")?;
        let from = world::began_on(today);
        let period = format!("/kiem-soat?tu={}&den={}", from.strftime("%d/%m/%Y"), today.strftime("%d/%m/%Y"));
        Ok(Self {
            floor: Arc::new(vec![get("/", "")]),
            home: Arc::new(vec![get("/", "")]),
            lookup: Arc::new(look_ups(house)?),
            submit: submits(house, world, usize::try_from(dossiers)?.min(DRAFTS_MAX))?,
            advance: Arc::new(advances(house, world)?),
            worklist: Arc::new(work_lists(house, world)?),
            report_06a: Arc::new(vec![get(&period, &control.cookie())]),
        })
    }
}

impl SignedIn {
    fn cookie(&self) -> String {
        format!("motcua_phien={}", self.token)
    }
}

fn sign_in(house: &House, people: &[PersonId]) -> Result<Vec<SignedIn>, Stop> {
    let now = house.clock.now();
    let fresh = |person: &PersonId| SignedIn { person: *person, token: house.ids.token(), csrf: house.ids.token() };
    let signed_in: Vec<SignedIn> = people.iter().map(fresh).collect();
    for some in signed_in.chunks(ROWS_MAX) {
        let rows: Vec<(String, Session)> =
            some.iter().map(|it| (token_hash(&it.token), session(house, it, now))).collect();
        house.db.write_now(|tx| rows.iter().try_for_each(|(hash, it)| sessions::add(tx, hash, it)))?;
    }
    Ok(signed_in)
}

fn session(house: &House, it: &SignedIn, now: Instant) -> Session {
    Session {
        id: MessageId::from_uuid(house.ids.uuid(now)),
        person: Some(it.person),
        csrf: it.csrf.clone(),
        created_at: now,
        last_seen_at: now,
        expires_at: now.plus_seconds(12 * 3_600),
        device: "motcua bench".to_owned(),
        proof: Proof::Whole,
        first_password: false,
    }
}

/// Dossiers from all over the house, each with the last four digits of a telephone.
///
/// # Errors
/// The house failed.
pub fn look_ups(house: &House) -> Result<Vec<Vec<u8>>, Stop> {
    let guest = house.ids.token();
    let csrf = house.key.hash("csrf", &guest);
    let cookie = format!("motcua_khach={guest}");
    let cards = house.db.read_now(|tx| {
        let mut cards = Vec::new();
        for id in spread_ids(tx)? {
            cards.extend(dossiers::card(tx, id)?);
        }
        Ok::<_, StorageError>(cards)
    })?;
    let ask = |it: &dossiers::Card| {
        post("/tra-cuu", &cookie, &[("csrf", &csrf), ("ma", it.code.as_str()), ("so", &it.phone_tail)])
    };
    Ok(cards.iter().map(ask).collect())
}

/// Ids spread over the time of their making, which their first 48 bits tell, in an order that jumps about.
fn spread_ids(tx: &Tx) -> Result<Vec<DossierId>, StorageError> {
    let first = verify::ids_after(tx, None, 1)?;
    let Some(first) = first.first() else { return Ok(Vec::new()) };
    let (begins, mut ends) = (millis(*first), millis(*first));
    let mut step = 1_u64 << 40;
    while step > 0 {
        // The last one is found by halving: there is no statement for it, and need not be.
        if !verify::ids_after(tx, at_millis(ends + step), 1)?.is_empty() {
            ends += step;
        }
        step /= 2;
    }
    let mut ids = Vec::with_capacity(LOOK_UPS_MAX);
    for place in 0..LOOK_UPS_MAX as u64 {
        // 1,597 has no factor in common with 4,000: every place comes once.
        let place = place * 1_597 % LOOK_UPS_MAX as u64;
        let at = begins + (ends - begins) * place / LOOK_UPS_MAX as u64;
        ids.extend(verify::ids_after(tx, at_millis(at), 1)?);
    }
    Ok(ids)
}

fn millis(id: DossierId) -> u64 {
    id.as_bytes().iter().take(6).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

fn at_millis(millis: u64) -> Option<DossierId> {
    format!("{millis:012x}{:020x}", 0).parse().ok()
}

/// Complete drafts, each with its last button.
fn submits(house: &House, world: &World, count: usize) -> Result<Vec<Vec<u8>>, Stop> {
    let now = house.clock.now();
    let applicants = world::citizens(house, u64::from(now.micros().unsigned_abs() as u32), APPLICANTS.min(count))?;
    let people: Vec<PersonId> = applicants.iter().map(|it| it.id).collect();
    let signed_in = sign_in(house, &people)?;
    let revision = world.procedures.first().context("no procedures")?;
    let form = revision.forms.first();
    let mut requests = Vec::with_capacity(count);
    let mut rows = Vec::with_capacity(count);
    for place in 0..count {
        let (Some(person), Some(who), Some(ward)) = (
            applicants.get(place % applicants.len().max(1)),
            signed_in.get(place % signed_in.len().max(1)),
            world.wards.get(place % world.wards.len().max(1)),
        ) else {
            continue;
        };
        let sending = sending(person);
        let raw = form.map(|form| sample_answers(form, now.day(), place as u64)).unwrap_or_default();
        let required = papers_asked(revision).filter(|it| is_required_online(it, &raw));
        let body = DraftBody {
            from_data: required.map(|it| it.id.clone()).collect(),
            raw,
            sending: sending.clone(),
            ..DraftBody::default()
        };
        let id = DraftId::from_uuid(house.ids.uuid(now));
        rows.push(Draft {
            id,
            person: person.id,
            revision: revision.id.0.clone(),
            procedure: revision.procedure.to_string(),
            unit: ward.unit,
            body: serde_json::to_string(&body)?,
            updated_at: now,
            sent_as: None,
        });
        let fields = [
            ("csrf", who.csrf.as_str()),
            ("dien_thoai", &sending.phone),
            ("bao_tin", "co"),
            ("nhan", "quay"),
            ("cam_doan", "co"),
        ];
        requests.push(post(&format!("/nop-ho-so/don/{id}/nop"), &who.cookie(), &fields));
    }
    for some in rows.chunks(ROWS_MAX) {
        house.db.write_now(|tx| some.iter().try_for_each(|it| drafts::put(tx, it)))?;
    }
    Ok(requests)
}

fn sending(person: &Person) -> Sending {
    Sending {
        phone: person.phone.clone(),
        by_message: true,
        collect: "quay".to_owned(),
        consent: true,
        ..Sending::default()
    }
}

/// Half of the dossiers in the hands of case officers, those of full lists last, each submitted for signature. The other half is for
/// the next run.
fn advances(house: &House, world: &World) -> Result<Vec<Vec<u8>>, Stop> {
    let full = usize::try_from(FULL_SEATS)?;
    let mut officers: Vec<PersonId> = world.wards.iter().map(|it| it.specialists[1]).collect();
    officers.extend(world.wards.iter().take(full).map(|it| it.specialists[0]));
    let signed_in = sign_in(house, &officers)?;
    let mut requests = Vec::new();
    for who in &signed_in {
        let person = who.person;
        let (cards, _) = house.db.read_now(|tx| {
            lists::mine(tx, (Histories::Tell, &house.shelf), person, &Filter::default(), u32::MAX >> 1)
        })?;
        for card in cards {
            let path = format!("/nghiep-vu/ho-so/{}/viec/{}", card.code, Act::SubmitForSignature.key());
            let (version, once) = (card.version.to_string(), house.once());
            let text = "Hồ sơ đủ điều kiện, đề nghị ký.";
            let fields = [
                ("csrf", who.csrf.as_str()),
                ("phien-ban", &version),
                ("mot-lan", &once),
                ("ket-qua", "dong-y"),
                ("noi-dung", text),
            ];
            requests.push(post_with_files(&path, &who.cookie(), &fields));
        }
    }
    requests.truncate(requests.len().div_ceil(2).min(ADVANCES_MAX));
    if requests.is_empty() {
        return Err(Stop::refused(
            "Các lần đo trước đã trình ký hết hồ sơ đang giải quyết ở đó. Chọn một thư mục trống.",
        ));
    }
    Ok(requests)
}

fn work_lists(house: &House, world: &World) -> Result<Vec<Vec<u8>>, Stop> {
    let full = usize::try_from(FULL_SEATS)?;
    let officers: Vec<PersonId> = world.wards.iter().take(full).map(|it| it.specialists[0]).collect();
    let signed_in = sign_in(house, &officers)?;
    Ok(signed_in.iter().map(|it| get("/nghiep-vu?hang=cua-toi", &it.cookie())).collect())
}

fn get(path: &str, cookie: &str) -> Vec<u8> {
    head("GET", path, cookie, "").into_bytes()
}

fn head(method: &str, path: &str, cookie: &str, more: &str) -> String {
    let cookie = if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}\r\n") };
    format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: motcua bench\r\n{cookie}{more}\r\n")
}

fn post(path: &str, cookie: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let body = fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    with_body(path, cookie, "application/x-www-form-urlencoded", &body)
}

fn post_with_files(path: &str, cookie: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let part = |(name, value): &(&str, &str)| {
        format!("--motcua\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = format!("{}--motcua--\r\n", fields.iter().map(part).collect::<String>());
    with_body(path, cookie, "multipart/form-data; boundary=motcua", &body)
}

fn with_body(path: &str, cookie: &str, kind: &str, body: &str) -> Vec<u8> {
    let more = format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len());
    let mut request = head("POST", path, cookie, &more).into_bytes();
    request.extend_from_slice(body.as_bytes());
    request
}
