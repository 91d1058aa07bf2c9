//! Applying online: a draft from the first question to the sending.

mod taking_over;

use crate::actor::Actor;
use crate::error::AppError;
use crate::filing::{Plan, asks_address, desk_of_today};
use crate::handle::{self, Handled, Once};
use crate::house::{House, Snapshot};
use domain::dossier::{Collection, FiledPaper, Filing, Party};
use domain::ids::{DraftId, PersonId, UnitId};
use domain::organisation::reform::Address;
use domain::person::{Email, Phone, fold};
use domain::procedure::{
    AnswerGap, Answers, Channel, Completeness, Difference, Field, FieldKind, Need, ProcedureId, ProcedureRevision,
    RawAnswers, Requirement, RequirementGroup, RevisionId, Section, day_typed, difference, validate,
};
use domain::time::Instant;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use storage::drafts::{self as stored, Document, Draft};
use storage::engine::Tx;
use storage::locks;
use storage::people::Person;

pub use taking_over::{Fate, Filled};

/// Longest thing typed into one field, in characters: everything longer is cut before it is kept.
const TYPED_CHARS_MAX: usize = 6_000;
/// Most fields of one form as posted.
const FIELDS_MAX: usize = 2_000;
/// Longest name that a draft is listed under, in characters.
const SUBJECT_CHARS_MAX: usize = 80;
/// Longest postal address, in characters.
const ADDRESS_CHARS_MAX: usize = 300;
/// What the question of a name is called.
const NAME: &str = "ho_ten";

/// How the citizen wants to hear and to get the decision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sending {
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Text messages wanted.
    pub by_message: bool,
    /// `quay`, `buu-chinh` or `dien-tu`.
    pub collect: String,
    /// Address for the post.
    pub address: String,
    /// The citizen stands by what was declared.
    pub consent: bool,
}

/// What a draft holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DraftBody {
    /// The form as typed.
    pub raw: RawAnswers,
    /// Papers the State's data replace.
    pub from_data: BTreeSet<String>,
    /// Sending.
    pub sending: Sending,
    /// The page that wrote the form last: each opening of it is another.
    pub written_by: String,
    /// What the house put in, by the fields of parts that an answer says are about who applies. It is put in once: what somebody changed
    /// or emptied since stays listed.
    pub filled: BTreeMap<String, Filled>,
}

/// A form as a page shows it: what it held then, and which opening it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormPage {
    held: String,
    opening: String,
}

impl FormPage {
    /// The page that is opened now.
    pub fn opened(house: &House, raw: &RawAnswers) -> Self {
        Self { held: held(&bounded(raw)), opening: house.ids.token() }
    }

    /// The page of a hidden field; none where the field is none of ours.
    pub fn read(text: &str) -> Option<Self> {
        let (held, opening) = text.split_once('.')?;
        let is_word = |it: &str| (1..=100).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_graphic());
        (is_word(held) && is_word(opening)).then(|| Self { held: held.to_owned(), opening: opening.to_owned() })
    }

    /// As a hidden field carries it.
    pub fn text(&self) -> String {
        format!("{}.{}", self.held, self.opening)
    }
}

/// Answers in a few signs: others make others.
fn held(raw: &RawAnswers) -> String {
    let mut sum = Sha256::new();
    for (id, values) in raw.iter().filter(|it| it.1.iter().any(|it| !it.is_empty())) {
        for text in [id].into_iter().chain(values) {
            sum.update(text.as_bytes());
            sum.update([0]);
        }
        sum.update([1]);
    }
    storage::chain::hex(&sum.finalize())
}

/// Whether answers were kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// They are.
    Done,
    /// Not: another window or device wrote the form since the page was opened; the last change was then.
    WrittenSince(Instant),
}

/// A draft with everything its pages show.
#[derive(Clone, Debug)]
pub struct Application {
    /// Its row.
    pub draft: Draft,
    /// What it holds.
    pub body: DraftBody,
    /// The revision it was begun on.
    pub begun_on: Arc<ProcedureRevision>,
    /// The revision in force.
    pub current: Arc<ProcedureRevision>,
    /// Its files.
    pub documents: Vec<Document>,
    /// Who applies.
    pub person: Person,
}

impl Application {
    /// The desk it will be sent to: where the one it was begun with ended, its heir for whoever lives where this person does.
    pub fn desk(&self, house: &House) -> UnitId {
        let typed = asks_address(&self.current).filter_map(|field| Some(self.body.raw.get(field)?.first()?.as_str()));
        let addresses = std::iter::once(self.person.address.as_str()).chain(typed);
        desk_of_today(&house.now_known(), self.draft.unit, addresses, house.clock.now().day()).0
    }

    /// What the house knows of its person already, by the questions it answers.
    pub fn known(&self) -> RawAnswers {
        known_of(&self.current, &party_of(&self.person), &self.body.raw)
    }

    /// Puts in what the house knows of its person where what a page sent says that a part of the form is about them, and takes it out
    /// again where it says so no longer. What somebody decided stays.
    fn take_over(&mut self, raw: &mut RawAnswers, page: &str) {
        let who = party_of(&self.person);
        let parts = self.current.forms.first().into_iter().flat_map(|form| &form.sections);
        for part in parts.filter(|it| it.submitter_if.is_some()) {
            taking_over::take_over(part, &who, page, &mut self.body.filled, raw);
        }
    }

    /// Shows what a page sent and the draft keeps: whole, also what is too long and is kept in part. What the house put in or took out is
    /// shown as it is kept.
    pub fn show_kept(&mut self, mut raw: RawAnswers) {
        raw.retain(|field, _| !self.body.filled.get(field).is_some_and(Filled::is_of_house));
        self.body.raw.extend(raw);
    }

    /// Shows what a page sent and the draft does not keep, with what the house knows put in anew: who sends it once more has seen it.
    pub fn show_unkept(&mut self, mut raw: RawAnswers) {
        self.body.filled.clear();
        self.take_over(&mut raw, "");
        self.body.raw = raw;
    }

    /// What it costs as it is filled in now, where its form asks how many; none where that is nothing or not told.
    pub fn owed_so_far(&self, today: Date) -> Option<i64> {
        let form = self.current.forms.first().filter(|it| it.fields().any(|field| field.counts.is_some()))?;
        let (answers, _) = validate(form, &self.body.raw, today, Completeness::Draft);
        Some(self.current.fee_of(&answers)).filter(|it| it.is_whole() && it.total_vnd > 0).map(|it| it.total_vnd)
    }
}

/// Something that keeps an application from being sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// A question of the form.
    Answer(AnswerGap),
    /// A paper.
    Paper {
        /// Which.
        requirement: String,
        /// Its name.
        name: String,
    },
    /// How to hear and to collect.
    Sending {
        /// The field: `phone`, `email`, `address`, `collect`, `consent`.
        field: &'static str,
        /// The key of the words.
        key: &'static str,
    },
    /// A newer revision is in force: look once more.
    Revision,
    /// The procedure has no term: nobody can receive it.
    NoTerm,
}

/// What stands between an application and its sending.
#[derive(Clone, Debug, Default)]
pub struct Review {
    /// What is missing or wrong.
    pub gaps: Vec<Gap>,
    /// The form as it would be sent.
    pub answers: Answers,
    /// What changed since it was begun.
    pub differences: Vec<Difference>,
}

/// Whether a procedure can be applied for online, and at which desks.
pub fn desks_online(known: &Snapshot, revision: &ProcedureRevision, today: Date) -> Vec<UnitId> {
    let id = &revision.procedure;
    if revision.time_limit.is_none() || known.catalogue.withdrawn_since(id, today).is_some() {
        return Vec::new();
    }
    let mut desks = known.desks_of_level(id.tab.as_str(), today);
    let online = |it: &ProcedureRevision| it.channels.contains(&Channel::Online);
    desks.retain(|unit| online(revision) || known.catalogue.at(id, *unit).is_some_and(|own| online(&own)));
    desks
}

/// The desk a person chose last, of those that may be chosen: for a draft, or for a dossier they filed.
///
/// # Errors
/// The house failed.
pub async fn desk_chosen_last(
    house: &Arc<House>,
    person: PersonId,
    desks: &[UnitId],
) -> Result<Option<UnitId>, AppError> {
    let (desks, known) = (desks.to_vec(), house.now_known());
    house
        .db
        .read(move |tx| {
            let drafts = stored::of_person(tx, person)?.into_iter().map(|it| (it.updated_at, it.unit));
            let filed = storage::lists::of_account(tx, person)?;
            let filed = filed.into_iter().map(|it| (it.filed_at, known.organisation.desk_now(&it)));
            let mut chosen: Vec<_> = drafts.chain(filed).collect();
            chosen.sort_by_key(|it| std::cmp::Reverse(it.0));
            Ok(chosen.into_iter().map(|it| it.1).find(|it| desks.contains(it)))
        })
        .await
}

/// The one desk whose ward the person's address names.
///
/// # Errors
/// The house failed.
pub async fn desk_at_home(house: &Arc<House>, person: PersonId, desks: &[UnitId]) -> Result<Option<UnitId>, AppError> {
    let who = house.db.read(move |tx| storage::people::find(tx, person)).await?.ok_or(AppError::NotFound)?;
    let (known, today, home) = (house.now_known(), house.clock.now().day(), Address::read(&who.address));
    let mut near = desks.iter().filter(|unit| home.is_in(known.organisation.name_on(**unit, today)));
    Ok(near.next().copied().filter(|_| near.next().is_none()))
}

/// Begins an application.
///
/// # Errors
/// No such procedure, not online, or a desk that does not take it.
pub async fn begin(
    house: &Arc<House>,
    person: PersonId,
    procedure: &ProcedureId,
    unit: UnitId,
) -> Result<DraftId, AppError> {
    let now = house.clock.now();
    let known = house.now_known();
    let revision = known.catalogue.current(procedure).ok_or(AppError::NotFound)?;
    if !desks_online(&known, &revision, now.day()).contains(&unit) {
        return Err(AppError::invalid("don_vi", "gap-unit"));
    }
    let id = DraftId::from_uuid(house.ids.uuid(now));
    let procedure = procedure.to_string();
    house
        .db
        .write(move |tx| {
            let who = storage::people::find(tx, person)?.ok_or(AppError::NotFound)?;
            let body = DraftBody {
                raw: known_of(&revision, &party_of(&who), &RawAnswers::new()),
                sending: Sending {
                    phone: who.phone.clone(),
                    email: who.email.clone(),
                    by_message: true,
                    collect: "quay".to_owned(),
                    address: who.address.clone(),
                    consent: false,
                },
                ..DraftBody::default()
            };
            let draft = Draft {
                id,
                person,
                revision: revision.id.0.clone(),
                procedure: procedure.clone(),
                unit,
                body: encode(&body)?,
                updated_at: now,
                sent_as: None,
            };
            stored::put(tx, &draft)?;
            Ok::<_, AppError>(id)
        })
        .await
}

/// What the house knows of who applies, by the questions that ask for the State's data: those of the first part of the form, and of each
/// part that is about them by what is answered so far. A part that names somebody else already is left alone: a guardian's day of birth is
/// not the child's.
pub fn known_of(revision: &ProcedureRevision, who: &Party, answered: &RawAnswers) -> RawAnswers {
    let mut raw = RawAnswers::new();
    let parts = revision.forms.first().into_iter().flat_map(|form| &form.sections);
    for (place, part) in parts.enumerate() {
        let known = known_in(part, who);
        let may_be_theirs = if part.submitter_if.is_some() { part.is_about_submitter(answered) } else { place == 0 };
        if may_be_theirs && !names_another(&known, answered) {
            raw.extend(known.into_iter().map(|(field, value)| (field, vec![value])));
        }
    }
    raw
}

/// What the house knows of somebody, by the questions of a part that is about them.
fn known_in(part: &Section, who: &Party) -> Vec<(String, String)> {
    let asked = part.fields.iter().filter(|it| it.prefill.is_some());
    asked.map(|it| (it.id.clone(), known_answer(it, who))).filter(|it| !it.1.is_empty()).collect()
}

fn known_answer(field: &Field, who: &Party) -> String {
    let asks = |word: &str| field.id.contains(word);
    if asks(NAME) {
        who.name.clone()
    } else if asks("so_dinh_danh") || asks("cccd") {
        who.number.clone()
    } else if asks("cu_tru") || asks("dia_chi") {
        who.address.clone()
    } else if asks("dien_thoai") {
        who.phone.clone()
    } else if asks("ngay_sinh") || asks("nam_sinh") {
        birth_asked(field.kind, &who.birth)
    } else {
        String::new()
    }
}

/// A birth as a question asks for it; empty where no more than its year is known and its day is asked.
fn birth_asked(kind: FieldKind, birth: &str) -> String {
    let (birth, day) = (birth.trim(), day_typed(birth));
    let is_year = birth.len() == 4 && birth.bytes().all(|it| it.is_ascii_digit());
    match (kind, day) {
        (FieldKind::Date, Some(day)) => day.to_string(),
        (FieldKind::Year, Some(day)) => day.year().to_string(),
        (FieldKind::Year, None) if is_year => birth.to_owned(),
        _ => String::new(),
    }
}

/// True where the answers name somebody else than the house knows.
fn names_another(known: &[(String, String)], answered: &RawAnswers) -> bool {
    known.iter().filter(|it| it.0.contains(NAME)).any(|(field, name)| {
        let typed = typed(answered, field);
        !typed.is_empty() && fold(typed) != fold(name)
    })
}

/// What stands in a box of one value.
fn typed<'a>(raw: &'a RawAnswers, field: &str) -> &'a str {
    raw.get(field).and_then(|it| it.first()).map(|it| it.trim()).unwrap_or_default()
}

fn party_of(who: &Person) -> Party {
    Party {
        name: who.name.clone(),
        number: who.number.clone(),
        birth: who.birth.clone(),
        phone: who.phone.clone(),
        email: who.email.clone(),
        address: who.address.clone(),
    }
}

fn encode(body: &DraftBody) -> Result<String, AppError> {
    serde_json::to_string(body).map_err(|why| AppError::fault("keeping a draft", why))
}

/// A person's own draft.
///
/// # Errors
/// Not theirs or not there: the same to them.
pub async fn load(house: &Arc<House>, person: PersonId, id: DraftId) -> Result<Application, AppError> {
    let known = house.now_known();
    house.db.read_page(move |tx| load_in(tx, &known, person, id)).await
}

fn load_in(tx: &Tx, known: &Snapshot, person: PersonId, id: DraftId) -> Result<Application, AppError> {
    let draft = stored::find(tx, id)?.filter(|it| it.person == person).ok_or(AppError::NotFound)?;
    let begun_on = crate::catalogue::revision(tx, known, &RevisionId(draft.revision.clone()))?;
    let current = known.catalogue.current(&begun_on.procedure).ok_or(AppError::NotFound)?;
    let body = serde_json::from_str(&draft.body).map_err(|why| AppError::fault("reading a draft", why))?;
    let documents = stored::documents_of_draft(tx, id)?;
    let who = storage::people::find(tx, person)?.ok_or(AppError::NotFound)?;
    Ok(Application { draft, body, begun_on, current, documents, person: who })
}

/// A person's own draft to be written: locked, and not sent yet.
fn open_in(tx: &mut Tx, known: &Snapshot, person: PersonId, id: DraftId) -> Result<Application, AppError> {
    locks::draft(tx, id)?;
    let it = load_in(tx, known, person, id)?;
    if it.draft.sent_as.is_some() { Err(AppError::Forbidden) } else { Ok(it) }
}

fn put_in(tx: &mut Tx, mut it: Application, now: Instant) -> Result<(), AppError> {
    it.draft.body = encode(&it.body)?;
    it.draft.updated_at = now;
    Ok(stored::put(tx, &it.draft)?)
}

/// A draft in the list of who writes it.
#[derive(Clone, Debug)]
pub struct OwnDraft {
    /// The draft.
    pub draft: Draft,
    /// The name of its procedure.
    pub title: String,
    /// The desk it will be sent to.
    pub desk: UnitId,
    /// Whom it is about, as far as a name was typed.
    pub about: Option<String>,
}

/// Drafts of one person, newest first, with the procedure's name.
///
/// # Errors
/// The storage failed.
pub async fn drafts_of(house: &Arc<House>, person: PersonId) -> Result<Vec<OwnDraft>, AppError> {
    let (known, today) = (house.now_known(), house.clock.now().day());
    let (drafts, address) = house
        .db
        .read(move |tx| {
            let who = storage::people::find(tx, person)?.ok_or(AppError::NotFound)?;
            Ok::<_, AppError>((stored::of_person(tx, person)?, who.address))
        })
        .await?;
    let own = |draft: Draft| {
        let procedure = draft.procedure.parse().ok().and_then(|id| known.catalogue.current(&id));
        let body: DraftBody = serde_json::from_str(&draft.body).unwrap_or_default();
        let fields = procedure.iter().flat_map(|it| asks_address(it));
        let typed = fields.filter_map(|field| Some(body.raw.get(field)?.first()?.as_str()));
        let desk = desk_of_today(&known, draft.unit, std::iter::once(address.as_str()).chain(typed), today).0;
        let about = procedure.as_ref().and_then(|it| subject_of(it, &body.raw));
        OwnDraft { title: procedure.map(|it| it.name.clone()).unwrap_or_default(), desk, about, draft }
    };
    Ok(drafts.into_iter().map(own).collect())
}

/// Whom a form is about: the first name typed into it that no register knows, the child's on the form of a birth.
fn subject_of(revision: &ProcedureRevision, raw: &RawAnswers) -> Option<String> {
    let names = revision.forms.first()?.fields().filter(|it| it.kind == FieldKind::PersonName && it.prefill.is_none());
    let mut typed = names.filter_map(|it| raw.get(&it.id)?.first()).map(|it| it.trim());
    typed.find(|it| !it.is_empty()).map(|it| it.chars().take(SUBJECT_CHARS_MAX).collect())
}

/// What a page changes of a draft.
#[derive(Clone, Debug)]
pub enum Change {
    /// Papers the State's data replace.
    FromData(BTreeSet<String>),
    /// How to hear and collect.
    Sending(Sending),
    /// The differences were seen: go on with the revision in force.
    TakeCurrentRevision,
    /// Another desk.
    Unit(UnitId),
}

/// Keeps a change of a draft: whatever was typed is kept, also what cannot stand.
///
/// # Errors
/// Not theirs, or sent already.
pub async fn change(house: &Arc<House>, person: PersonId, id: DraftId, change: Change) -> Result<(), AppError> {
    let now = house.clock.now();
    let known = house.now_known();
    house
        .db
        .write(move |tx| {
            let mut it = open_in(tx, &known, person, id)?;
            match &change {
                Change::FromData(papers) => it.body.from_data.clone_from(papers),
                Change::Sending(sending) => it.body.sending = sending.clone(),
                Change::TakeCurrentRevision => it.draft.revision.clone_from(&it.current.id.0),
                Change::Unit(unit) => {
                    if !desks_online(&known, &it.current, now.day()).contains(unit) {
                        return Err(AppError::invalid("don_vi", "gap-unit"));
                    }
                    it.draft.unit = *unit;
                }
            }
            put_in(tx, it, now)
        })
        .await
}

/// Keeps the form as it was typed on a page: everything on it replaces what was there, unless somebody wrote it elsewhere since that page
/// was opened. Parts that an answer says are about this person take over what the house knows of them.
///
/// # Errors
/// Not theirs, or sent already.
pub async fn keep_answers(
    house: &Arc<House>,
    person: PersonId,
    id: DraftId,
    raw: &RawAnswers,
    page: Option<FormPage>,
) -> Result<Kept, AppError> {
    let (now, known, raw) = (house.clock.now(), house.now_known(), bounded(raw));
    house
        .db
        .write(move |tx| {
            let mut it = open_in(tx, &known, person, id)?;
            if let Some(page) = &page {
                let is_as_seen = page.held == held(&it.body.raw) || page.opening == it.body.written_by;
                if !is_as_seen && it.body.raw != raw {
                    return Ok(Kept::WrittenSince(it.draft.updated_at));
                }
                it.body.written_by.clone_from(&page.opening);
            }
            let mut raw = raw.clone();
            it.take_over(&mut raw, page.as_ref().map_or("", |it| it.opening.as_str()));
            it.body.raw = raw;
            put_in(tx, it, now)?;
            Ok(Kept::Done)
        })
        .await
}

fn bounded(raw: &RawAnswers) -> RawAnswers {
    let cut = |text: &String| text.chars().take(TYPED_CHARS_MAX).collect::<String>();
    raw.iter()
        .take(FIELDS_MAX)
        .map(|(id, values)| (id.chars().take(120).collect(), values.iter().take(200).map(cut).collect()))
        .collect()
}

/// Throws a draft away.
///
/// # Errors
/// Not theirs.
pub async fn discard(house: &Arc<House>, person: PersonId, id: DraftId) -> Result<(), AppError> {
    let known = house.now_known();
    house
        .db
        .write(move |tx| {
            locks::draft(tx, id)?;
            load_in(tx, &known, person, id)?;
            stored::drop_draft(tx, id)?;
            Ok::<_, AppError>(())
        })
        .await
}

/// Papers that go with an online application: those handed in or shown, unless no longer asked for or not asked for online.
pub fn papers_asked(revision: &ProcedureRevision) -> impl Iterator<Item = &Requirement> {
    let is_given = |it: &Requirement| matches!(it.group, RequirementGroup::Submit | RequirementGroup::Present);
    revision.requirements.iter().filter(move |it| it.need != Need::Never && !it.not_online && is_given(it))
}

/// True where the paper must be there online: handed in, and needed always or because of an answer. What is only shown at a counter
/// is not uploaded.
pub fn is_required_online(it: &Requirement, raw: &RawAnswers) -> bool {
    it.group == RequirementGroup::Submit && (it.need == Need::Always || it.is_asked_by(raw))
}

/// Checks an application the way the sending will.
pub fn review(it: &Application, today: Date) -> Review {
    let mut review = Review::default();
    if let Some(form) = it.current.forms.first() {
        let (answers, gaps) = validate(form, &it.body.raw, today, Completeness::Complete);
        review.answers = answers;
        review.gaps.extend(gaps.into_iter().map(Gap::Answer));
    }
    for paper in papers_asked(&it.current).filter(|own| is_required_online(own, &it.body.raw)) {
        let given = it.documents.iter().any(|document| document.requirement == paper.id);
        if !given && !it.body.from_data.contains(&paper.id) {
            review.gaps.push(Gap::Paper { requirement: paper.id.clone(), name: paper.name.clone() });
        }
    }
    review.gaps.extend(sending_gaps(&it.body.sending));
    if it.draft.revision != it.current.id.0 {
        review.differences = difference(&it.begun_on, &it.current);
        review.gaps.push(Gap::Revision);
    }
    if it.current.time_limit.is_none() {
        review.gaps.push(Gap::NoTerm);
    }
    review
}

fn sending_gaps(it: &Sending) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut gap = |field, key| gaps.push(Gap::Sending { field, key });
    if it.phone.trim().is_empty() {
        gap("phone", "gap-missing");
    } else if Phone::parse(&it.phone).is_err() {
        gap("phone", "gap-phone");
    }
    if !it.email.trim().is_empty() && Email::parse(&it.email).is_err() {
        gap("email", "gap-email");
    }
    match it.collect.as_str() {
        "quay" | "dien-tu" => {}
        "buu-chinh" if it.address.trim().is_empty() => gap("address", "gap-missing"),
        "buu-chinh" if it.address.chars().count() > ADDRESS_CHARS_MAX => gap("address", "gap-too-long"),
        "buu-chinh" => {}
        _ => gap("collect", "gap-missing"),
    }
    if !it.consent {
        gap("consent", "gap-consent");
    }
    gaps
}

/// What came of a try to send.
#[derive(Debug)]
pub enum Sent {
    /// It is a dossier now.
    Filed(Handled),
    /// Something is missing: nothing was sent, nothing was lost.
    Incomplete(Box<Review>),
}

/// Sends an application that was just loaded, with what the last page asked: in one transaction where nothing is missing. A double
/// click makes one dossier. What cannot be sent is kept with the answers.
///
/// # Errors
/// Somebody else's press came between, or the house failed.
pub async fn send(house: &Arc<House>, mut it: Application, sending: Sending) -> Result<Sent, AppError> {
    let (person, id) = (it.draft.person, it.draft.id);
    it.body.sending = sending.clone();
    let outcome = send_loaded(house, it).await;
    if !matches!(outcome, Ok(Sent::Filed(_))) {
        let kept = change(house, person, id, Change::Sending(sending)).await;
        // Why it was not sent says more than why the answers were not kept.
        return outcome.and_then(|sent| kept.map(|()| sent));
    }
    outcome
}

async fn send_loaded(house: &Arc<House>, it: Application) -> Result<Sent, AppError> {
    let (person, id) = (it.draft.person, it.draft.id);
    let once = Once::new(&format!("draft {id}"), id.to_string().as_bytes());
    if let Some(dossier) = it.draft.sent_as {
        let card = house.db.read_page(move |tx| Ok::<_, AppError>(storage::dossiers::card(tx, dossier)?)).await?;
        let card = card.ok_or(AppError::NotFound)?;
        return Ok(Sent::Filed(Handled { id: card.id, code: card.code, version: card.version, fresh: false }));
    }
    let review = review(&it, house.clock.now().day());
    if !review.gaps.is_empty() {
        return Ok(Sent::Incomplete(Box::new(review)));
    }
    let plan = plan(&it, review.answers);
    Ok(Sent::Filed(handle::file(house, Actor::Citizen(person), plan, Some(once)).await?))
}

fn plan(it: &Application, answers: Answers) -> Plan {
    let sending = &it.body.sending;
    let papers = papers_asked(&it.current)
        .map(|paper| FiledPaper {
            requirement: paper.id.clone(),
            name: paper.name.clone(),
            documents: it.documents.iter().filter(|doc| doc.requirement == paper.id).map(|doc| doc.id).collect(),
            originals: 0,
            copies: 0,
            from_data: it.body.from_data.contains(&paper.id),
        })
        .filter(|paper| paper.from_data || !paper.documents.is_empty())
        .collect();
    let who = &it.person;
    let fee_vnd = it.current.fee_of(&answers).total_vnd;
    Plan {
        procedure: it.current.procedure.clone(),
        revision: Some(it.current.id.clone()),
        channel: Channel::Online,
        receiving_unit: it.draft.unit,
        collect_at: None,
        foreign_code: None,
        fee_vnd,
        filing: Filing {
            submitter: Party {
                phone: Phone::parse(&sending.phone).map_or_else(|_| sending.phone.clone(), |it| it.as_str().to_owned()),
                email: sending.email.trim().to_owned(),
                ..party_of(who)
            },
            account: Some(who.id),
            answers,
            papers,
            collection: match sending.collect.as_str() {
                "buu-chinh" => Collection::Post { address: sending.address.trim().to_owned() },
                "dien-tu" => Collection::Electronic,
                _ => Collection::Desk,
            },
            by_message: sending.by_message,
            ..Filing::default()
        },
        draft: Some((it.draft.id, it.draft.updated_at)),
        documents: Vec::new(),
    }
}
