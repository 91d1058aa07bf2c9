//! Procedures as control officers keep them: a revision is written, tried, decided on and published from a day on; a procedure is withdrawn;
//! a unit does something otherwise where law leaves it to the place. What was received goes on by the revision it pinned.

use crate::catalogue::BASIS_CHARS_MAX;
use crate::error::{AppError, FieldProblem, in_full};
use crate::house::House;
use domain::ids::{PersonId, UnitId};
use domain::post::Post;
use domain::procedure::{
    LOCAL_AMOUNT_MAX, LOCAL_WORDS_MAX, LocalRule, ProcedureId, ProcedureRevision, RevisionId, content_hash,
};
use domain::time::Instant;
use jiff::civil::Date;
use std::sync::Arc;
use storage::catalogue::{self as stored, Publisher};
use storage::engine::Tx;
use storage::publication as kept;
pub use storage::publication::{Local, RevisionDraft};

/// Longest name of a procedure, a paper, a question or a step, in characters.
pub const LINE_CHARS_MAX: usize = 1_000;
/// Most papers, fees, steps, questions or documents of law of one procedure.
pub const ROWS_MAX: usize = 200;
/// How far ahead something may be decided, in days: two years.
pub(crate) const AHEAD_DAYS_MAX: i32 = 731;

fn assert_control(house: &House, officer: PersonId) -> Result<(), AppError> {
    let today = house.clock.now().day();
    let holds = house.now_known().mandates.of(officer, today).any(|it| it.post == Post::ControlOfficer);
    if holds { Ok(()) } else { Err(AppError::Forbidden) }
}

/// Everything a control officer sees of one procedure.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The revision in force.
    pub current: Arc<ProcedureRevision>,
    /// Every revision with when, by whom and by which decision, the newest first.
    pub history: Vec<(ProcedureRevision, Instant, Option<PersonId>, String)>,
    /// The one on its way.
    pub draft: Option<RevisionDraft>,
    /// Open dossiers by the revision they pinned.
    pub running: Vec<(RevisionId, i64)>,
}

impl Kept {
    /// How many dossiers are open.
    pub fn open(&self) -> i64 {
        self.running.iter().map(|it| it.1).sum()
    }
}

/// What is kept of a procedure.
///
/// # Errors
/// No such procedure, or the house failed.
pub async fn kept(house: &Arc<House>, id: &ProcedureId) -> Result<Kept, AppError> {
    let current = house.now_known().catalogue.current(id).ok_or(AppError::NotFound)?;
    let id = id.clone();
    house
        .db
        .read(move |tx| {
            let lines = stored::history(tx, &id.slug, id.tab.as_str())?;
            let mut history = Vec::with_capacity(lines.len());
            for (revision, _, at, by, basis) in lines {
                let revision = RevisionId(revision);
                let it = stored::revision(tx, &revision)?.ok_or(AppError::NotFound)?;
                history.push((it, at, by, basis));
            }
            let (draft, running) = (kept::draft(tx, &id)?, kept::running(tx, &id)?);
            Ok::<_, AppError>(Kept { current: Arc::clone(&current), history, draft, running })
        })
        .await
}

/// Which procedures have a revision on its way, and from when it holds where that is decided.
///
/// # Errors
/// The house failed.
pub async fn on_their_way(house: &Arc<House>) -> Result<Vec<(ProcedureId, Option<Date>)>, AppError> {
    house.db.read(|tx| Ok::<_, AppError>(kept::drafts(tx)?)).await
}

/// Keeps a revision on its way. `seen` is the writing the officer saw (0 for none), `base` the revision it is written on. A day decided
/// on for an older writing is gone: it is to be decided again.
///
/// # Errors
/// Not a control officer, somebody was faster, or a field to correct.
pub async fn save_draft(
    house: &Arc<House>,
    officer: PersonId,
    (base, seen): (u32, u32),
    revision: ProcedureRevision,
) -> Result<(), AppError> {
    assert_control(house, officer)?;
    let problems = problems_of(&revision);
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    let now = house.clock.now();
    house
        .db
        .write(move |tx| {
            let id = &revision.procedure;
            tx.lock("procedure_draft", id.to_string().as_bytes())?;
            assert_base(tx, id, base)?;
            if kept::draft(tx, id)?.map_or(0, |it| it.version) != seen {
                return Err(AppError::invalid("ban", "gap-draft-of-another"));
            }
            let before = stored::revision(tx, &id.revision(base))?.ok_or(AppError::NotFound)?;
            if content_hash(&before) == content_hash(&revision) {
                return Err(AppError::invalid("ban", "gap-nothing-changed"));
            }
            kept::put_draft(tx, base, &revision, now, officer)?;
            storage::house::audit(tx, now, Some(officer), "revision written", &id.to_string(), "")?;
            Ok(())
        })
        .await
}

fn assert_base(tx: &Tx, id: &ProcedureId, base: u32) -> Result<String, AppError> {
    let (last, imported_hash) = stored::last(tx, &id.slug, id.tab.as_str())?.ok_or(AppError::NotFound)?;
    if last == base { Ok(imported_hash) } else { Err(AppError::invalid("ban", "gap-revision-changed")) }
}

fn problems_of(it: &ProcedureRevision) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let mut line = |field: String, text: &str, may_be_empty: bool| {
        if text.trim().is_empty() && !may_be_empty {
            problems.push(FieldProblem::new(field, "gap-missing"));
        } else if text.chars().count() > LINE_CHARS_MAX {
            problems.push(FieldProblem::new(field, "gap-too-long").with("max", LINE_CHARS_MAX));
        } else if text.chars().any(char::is_control) {
            problems.push(FieldProblem::new(field, "gap-one-line"));
        }
    };
    line("ten".to_owned(), &it.name, false);
    for (place, paper) in it.requirements.iter().enumerate() {
        line(format!("giay-{place}-ten"), &paper.name, false);
        line(format!("giay-{place}-khi"), &paper.when, true);
    }
    for (place, fee) in it.fees.iter().enumerate() {
        line(format!("phi-{place}-loi"), &fee.stated, false);
    }
    for (place, step) in it.steps.iter().enumerate() {
        line(format!("buoc-{place}-viec"), &step.action, false);
    }
    for (place, field) in it.forms.iter().flat_map(|form| form.fields()).enumerate() {
        line(format!("hoi-{place}"), &field.label, false);
    }
    for basis in &it.legal_basis {
        line("can-cu".to_owned(), basis, false);
    }
    if it.channels.is_empty() {
        problems.push(FieldProblem::new("kenh", "gap-missing"));
    }
    for (field, count) in
        [("giay-moi-ten", it.requirements.len()), ("phi-moi-loi", it.fees.len()), ("can-cu", it.legal_basis.len())]
    {
        if count > ROWS_MAX {
            problems.push(FieldProblem::new(field, "gap-too-many").with("max", ROWS_MAX));
        }
    }
    problems
}

/// The decision's number and text, as it is kept.
fn checked_basis(field: &str, text: &str) -> Result<String, AppError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AppError::invalid(field, "gap-missing"));
    }
    if text.chars().any(char::is_control) {
        return Err(AppError::invalid(field, "gap-one-line"));
    }
    if text.chars().count() > BASIS_CHARS_MAX {
        return Err(AppError::Invalid(vec![FieldProblem::new(field, "gap-too-long").with("max", BASIS_CHARS_MAX)]));
    }
    Ok(text.to_owned())
}

/// A day from which something holds: today or later, never one that has passed.
fn checked_day(house: &House, day: Date) -> Result<Date, AppError> {
    let today = house.clock.now().day();
    let last = today.saturating_add(jiff::Span::new().days(AHEAD_DAYS_MAX));
    if day < today || day > last { Err(AppError::invalid("tu-ngay", "gap-from-today")) } else { Ok(day) }
}

/// What came of deciding on a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decided {
    /// It holds already.
    Published(RevisionId),
    /// It will hold from that day on.
    From(Date),
}

/// Publishes the revision on its way from a day on, by a decision: at once where that day is today. Dossiers received before go on by theirs.
///
/// # Errors
/// Not a control officer, no such revision, somebody was faster, or a field to correct.
pub async fn publish(
    house: &Arc<House>,
    officer: PersonId,
    id: &ProcedureId,
    seen: u32,
    (from, decision): (Date, &str),
) -> Result<Decided, AppError> {
    assert_control(house, officer)?;
    let (from, basis) = (checked_day(house, from)?, checked_basis("quyet-dinh", decision)?);
    let (now, id) = (house.clock.now(), id.clone());
    let done = house
        .db
        .write(move |tx| {
            tx.lock("procedure_draft", id.to_string().as_bytes())?;
            let draft = kept::draft(tx, &id)?.filter(|it| it.version == seen);
            let draft = draft.ok_or_else(|| AppError::invalid("ban", "gap-draft-of-another"))?;
            assert_base(tx, &id, draft.base)?;
            if from > now.day() {
                kept::schedule(tx, &id, seen, Some((from, &basis)), (now, officer))?;
                storage::house::audit(tx, now, Some(officer), "publication decided", &id.to_string(), &basis)?;
                return Ok(Decided::From(from));
            }
            put_in_force(tx, &draft, &basis, (now, officer)).map(Decided::Published)
        })
        .await?;
    house.refresh()?;
    Ok(done)
}

fn put_in_force(
    tx: &mut Tx,
    draft: &RevisionDraft,
    basis: &str,
    (now, officer): (Instant, PersonId),
) -> Result<RevisionId, AppError> {
    let id = &draft.revision.procedure;
    let imported_hash = assert_base(tx, id, draft.base)?;
    // One that was withdrawn with its reorganisation keeps its number.
    let number = stored::numbered(tx, &id.slug, id.tab.as_str())? + 1;
    let next = ProcedureRevision { announced_by: basis.to_owned(), ..draft.revision.clone() }.numbered(number);
    let by = Publisher::Person(Some(officer));
    stored::publish(tx, &next, (&content_hash(&next), &imported_hash), now, by, basis)?;
    kept::drop_draft(tx, id, draft.version)?;
    storage::house::audit(tx, now, Some(officer), "revision published", &next.id.0, basis)?;
    Ok(next.id)
}

/// Publishes what was decided on and holds from today; the timers do this. One that cannot be published is logged and left.
///
/// # Errors
/// The house failed.
pub async fn publish_due(house: &Arc<House>) -> Result<usize, AppError> {
    let now = house.clock.now();
    let due = house.db.read(move |tx| Ok::<_, AppError>(kept::due(tx, now.day())?)).await?;
    let mut published = 0;
    for it in due {
        let id = it.revision.procedure.clone();
        let done = house
            .db
            .write(move |tx| {
                tx.lock("procedure_draft", it.revision.procedure.to_string().as_bytes())?;
                let draft = kept::draft(tx, &it.revision.procedure)?.filter(|own| own.version == it.version);
                let Some(draft) = draft else { return Ok(false) };
                let basis = draft.basis.clone();
                put_in_force(tx, &draft, &basis, (now, draft.changed_by)).map(|_| true)
            })
            .await;
        match done {
            Ok(done) => published += usize::from(done),
            Err(error @ AppError::Unavailable(_)) => return Err(error),
            Err(error) => {
                tracing::warn!(procedure = %id, error = in_full(&error), "a revision decided on could not be published");
            }
        }
    }
    if published > 0 {
        house.refresh()?;
    }
    Ok(published)
}

/// Gives a revision on its way up; nothing of it was ever in force.
///
/// # Errors
/// Not a control officer, or somebody was faster.
pub async fn give_up(house: &Arc<House>, officer: PersonId, id: &ProcedureId, seen: u32) -> Result<(), AppError> {
    assert_control(house, officer)?;
    let (now, id) = (house.clock.now(), id.clone());
    house
        .db
        .write(move |tx| {
            if !kept::drop_draft(tx, &id, seen)? {
                return Err(AppError::invalid("ban", "gap-draft-of-another"));
            }
            storage::house::audit(tx, now, Some(officer), "revision given up", &id.to_string(), "")?;
            Ok(())
        })
        .await
}

/// Withdraws a procedure from a day on; what was received goes on.
///
/// # Errors
/// Not a control officer, no such procedure, or a field to correct.
pub async fn withdraw(
    house: &Arc<House>,
    officer: PersonId,
    id: &ProcedureId,
    (from, decision): (Date, &str),
) -> Result<(), AppError> {
    assert_control(house, officer)?;
    let (from, basis) = (checked_day(house, from)?, checked_basis("quyet-dinh", decision)?);
    house.now_known().catalogue.current(id).ok_or(AppError::NotFound)?;
    let (now, id) = (house.clock.now(), id.clone());
    house
        .db
        .write(move |tx| {
            kept::withdraw(tx, &id, (from, &basis), (now, officer))?;
            storage::house::audit(tx, now, Some(officer), "procedure withdrawn", &id.to_string(), &basis)?;
            Ok::<_, AppError>(())
        })
        .await?;
    house.refresh()
}

/// The procedure is offered again.
///
/// # Errors
/// Not a control officer, or it was not withdrawn.
pub async fn offer_again(
    house: &Arc<House>,
    officer: PersonId,
    id: &ProcedureId,
    decision: &str,
) -> Result<(), AppError> {
    assert_control(house, officer)?;
    let (now, id, basis) = (house.clock.now(), id.clone(), checked_basis("quyet-dinh", decision)?);
    house
        .db
        .write(move |tx| {
            if !kept::take_back(tx, &id)? {
                return Err(AppError::NotFound);
            }
            storage::house::audit(tx, now, Some(officer), "withdrawal taken back", &id.to_string(), &basis)?;
            Ok(())
        })
        .await?;
    house.refresh()
}

/// Keeps what a unit does otherwise, in place of what it did otherwise before; nothing otherwise takes it back.
///
/// # Errors
/// Not a control officer, no such procedure or unit, something the State does not leave to the place, or a field to correct.
pub async fn keep_local(house: &Arc<House>, officer: PersonId, local: Local) -> Result<(), AppError> {
    assert_control(house, officer)?;
    let known = house.now_known();
    let now = house.clock.now();
    let revision = known.catalogue.current(&local.procedure).ok_or(AppError::NotFound)?;
    let desks = known.desks_of_level(local.procedure.tab.as_str(), now.day());
    if !desks.contains(&local.unit) {
        return Err(AppError::invalid("don-vi", "gap-unit"));
    }
    let basis = checked_basis("quyet-dinh", &local.basis)?;
    let problems = local_problems(&local.rule, &revision);
    if !problems.is_empty() {
        return Err(AppError::Invalid(problems));
    }
    let local = Local { basis, ..local };
    house
        .db
        .write(move |tx| {
            let subject = format!("{} {}", local.procedure, local.unit);
            if local.rule.is_empty() {
                kept::drop_local(tx, &local.procedure, local.unit)?;
            } else {
                kept::put_local(tx, &local, (now, officer))?;
            }
            storage::house::audit(tx, now, Some(officer), "local difference", &subject, &local.basis)?;
            Ok::<_, AppError>(())
        })
        .await?;
    house.refresh()
}

fn local_problems(rule: &LocalRule, revision: &ProcedureRevision) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    for fee in &rule.fees {
        let place = revision.fees.iter().position(|it| it.stated == fee.stated && it.is_set_locally());
        match place {
            None => problems.push(FieldProblem::new("phi", "gap-fee-of-the-state")),
            Some(place) if !(0..=LOCAL_AMOUNT_MAX).contains(&fee.amount_vnd) => {
                problems.push(FieldProblem::new(format!("phi-{place}"), "gap-amount"));
            }
            Some(_) => {}
        }
    }
    for (field, text) in [("noi", &rule.place), ("gio", &rule.hours)] {
        if text.chars().count() > LOCAL_WORDS_MAX {
            problems.push(FieldProblem::new(field, "gap-too-long").with("max", LOCAL_WORDS_MAX));
        } else if text.chars().any(char::is_control) {
            problems.push(FieldProblem::new(field, "gap-one-line"));
        }
    }
    problems
}

/// A unit does as the catalogue says again.
///
/// # Errors
/// Not a control officer, or it does nothing otherwise.
pub async fn drop_local(house: &Arc<House>, officer: PersonId, id: &ProcedureId, unit: UnitId) -> Result<(), AppError> {
    assert_control(house, officer)?;
    let (now, id) = (house.clock.now(), id.clone());
    house
        .db
        .write(move |tx| {
            if !kept::drop_local(tx, &id, unit)? {
                return Err(AppError::NotFound);
            }
            storage::house::audit(tx, now, Some(officer), "local difference dropped", &format!("{id} {unit}"), "")?;
            Ok(())
        })
        .await?;
    house.refresh()
}
