//! What the pages of the office ask beside the lists: whole queues, acts with files, what a citizen would be told, who works here.

use crate::accounts::assert_administrator;
use crate::actor::Actor;
use crate::dossiers::DossierView;
use crate::error::AppError;
use crate::exchanges;
use crate::handle::{Asked, Handled, Minted, acting_unit, carry_out, going, let_go};
use crate::house::House;
use crate::notices;
use crate::reform;
use crate::routing;
use crate::rows::{Document, ListCard};
use crate::work::{self, Filter, Queue, UnusualRequest};
use domain::dossier::{Command, Dossier, Event, Recorded, SupplementRequest, decide};
use domain::ids::{PersonId, UnitId};
use domain::organisation::Mandate;
use domain::person::in_order;
use domain::procedure::ProcedureId;
use domain::text_message::{Length, measured};
use domain::time::Instant;
use jiff::ToSpan;
use jiff::civil::Date;
use std::sync::Arc;
use storage::engine::Tx;
use storage::lists::{Histories, Shelf};
pub use storage::outbox::Message;
use storage::{dossiers as stored, drafts, lists, people};

/// Most dossiers of a queue that are narrowed and sorted at once.
pub const LISTED_MAX: u32 = 1_000;

/// A queue as far as it is listed.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// How many lie in each queue; done is not counted.
    pub counts: Vec<(Queue, i64)>,
    /// The dossiers, the most urgent first; closed ones the latest first.
    pub cards: Vec<Arc<ListCard>>,
    /// How many the queue has with this filter, listed or not.
    pub total: i64,
    /// How many of split units this person may route.
    pub to_route: usize,
    /// How many messages of citizens wait for an answer of this person's.
    pub messages: usize,
}

/// A whole queue of somebody of the staff, at most [`LISTED_MAX`] dossiers.
///
/// # Errors
/// The house failed.
pub async fn listed(house: &Arc<House>, person: PersonId, queue: Queue, filter: Filter) -> Result<Listed, AppError> {
    let inside = Arc::clone(house);
    let listing = move |tx: &Tx| {
        let known = inside.known_in(tx)?;
        let now = inside.clock.now();
        let mandates: Vec<Mandate> = known.mandates.of(person, now.day()).cloned().collect();
        let histories = known.histories();
        let (cards, total) = cards_of(tx, (histories, &inside.shelf), person, &mandates, queue, &filter, now)?;
        let all_mine = queue == Queue::Mine && filter == Filter::default();
        let mine = if all_mine { total } else { lists::mine_count(tx, histories, person)? };
        let counts = work::queue_counts(tx, &known, &mandates, mine, now.day())?;
        let to_route = routing::list_in(tx, &known, person, now)?.len();
        let messages = exchanges::waiting_count(tx, &known, person, now)?;
        Ok::<_, AppError>(Listed { counts, cards, total, to_route, messages })
    };
    // What is done is a whole year of several units; what is open is a page.
    if queue == Queue::Done { house.db.read(listing).await } else { house.db.read_page(listing).await }
}

fn cards_of(
    tx: &Tx,
    (histories, shelf): (Histories, &Shelf),
    person: PersonId,
    mandates: &[Mandate],
    queue: Queue,
    filter: &Filter,
    now: Instant,
) -> Result<(Vec<Arc<ListCard>>, i64), AppError> {
    let (mut cards, mut total) = (Vec::new(), 0);
    match queue {
        Queue::Mine => (cards, total) = lists::mine(tx, (histories, shelf), person, filter, LISTED_MAX)?,
        Queue::Done => {
            let units: std::collections::BTreeSet<UnitId> = mandates.iter().map(|it| it.unit).collect();
            for unit in units {
                let (found, count) = lists::done(tx, unit, filter, LISTED_MAX)?;
                cards.extend(found);
                total += count;
            }
            cards.sort_by_key(|it| (std::cmp::Reverse(it.changed_at), it.id));
            cards.dedup_by_key(|it| it.id);
        }
        Queue::ToReceive
        | Queue::Unclaimed
        | Queue::Citizen
        | Queue::Outside
        | Queue::ToSign
        | Queue::ToIssue
        | Queue::ToHandOver => {
            for it in mandates {
                let day_and_most = (now.day(), LISTED_MAX);
                let (found, count) =
                    lists::queue(tx, (histories, shelf), (it.unit, it.post), queue.stored(), filter, day_and_most)?;
                cards.extend(found);
                total += count;
            }
            cards.sort_by_key(|it| (it.clock_at, it.id));
        }
    }
    Ok((cards, total))
}

/// Procedures a desk took in at its counter in the last whole month, the most frequent first; where that had none, in this one. They are
/// the same through a month, so that who receives finds each where it was yesterday.
///
/// # Errors
/// The house failed.
pub async fn procedures_lately(house: &Arc<House>, unit: UnitId) -> Result<Vec<ProcedureId>, AppError> {
    let month = house.clock.now().day().first_of_month();
    let begins = |month: Date| Instant::from_local(month.at(0, 0, 0, 0));
    let [before, this, next] = [month.saturating_sub(1.month()), month, month.saturating_add(1.month())].map(begins);
    let mut counted = house
        .db
        .read(move |tx| {
            let whole = lists::taken_in(tx, unit, before, this)?;
            Ok::<_, AppError>(if whole.is_empty() { lists::taken_in(tx, unit, this, next)? } else { whole })
        })
        .await?;
    counted.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
    Ok(counted.into_iter().filter_map(|it| it.0.parse().ok()).collect())
}

/// Carries a command out and writes the rows of the files that came with it, all or nothing.
///
/// # Errors
/// As [`crate::handle::handle`].
pub async fn handle_with_files(
    house: &Arc<House>,
    asked: Asked,
    documents: Vec<Document>,
) -> Result<Handled, AppError> {
    reform::flip_before_acting(house).await?;
    let minted = Minted::new(house);
    let inside = Arc::clone(house);
    let (handled, going) = house
        .db
        .write(move |tx| {
            let going = going(tx, &asked)?;
            let handled = carry_out(tx, &inside, &asked, &minted)?;
            if handled.fresh {
                for document in &documents {
                    drafts::add_document(tx, &Document { dossier: Some(handled.id), ..document.clone() })?;
                }
            }
            Ok::<_, AppError>((handled, going))
        })
        .await?;
    let_go(house, &handled, &going).await;
    Ok(handled)
}

/// What a citizen gets of an act: made before it is done by the same functions that make it when it is.
#[derive(Clone)]
pub struct Foretold {
    /// The messages; none where the act tells the citizen nothing.
    pub told: Option<Messages>,
    /// The dossier as it would be then: papers are drawn from it.
    pub after: DossierView,
}

/// Messages to a citizen about one act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Messages {
    /// The text message.
    pub text: String,
    /// Its length, as operators count it.
    pub length: Length,
    /// The telephone it goes to; none where the citizen wants no messages or gave none.
    pub phone: Option<String>,
    /// The letter.
    pub letter: String,
    /// The address it goes to; none where the citizen gave none.
    pub mail: Option<String>,
}

/// What the citizen would get if that were done now. Nothing is done.
///
/// # Errors
/// The lawful no that doing it would meet.
pub fn foretell(house: &House, actor: &Actor, view: &DossierView, command: &Command) -> Result<Foretold, AppError> {
    let unit = view.known.organisation.responsible_now(&view.dossier);
    let context = house.context(&view.known, unit, &view.revision, &view.regime, actor.person(), view.now);
    let events = decide(Some(&view.dossier), command, &context)?;
    let acting = acting_unit(actor, &view.dossier, &view.known, view.now);
    let mut after = view.clone();
    let mut told = None;
    for event in events {
        let state = after.dossier;
        let recorded = Recorded { seq: state.version + 1, at: view.now, actor: actor.person(), unit: acting, event };
        after.dossier = Dossier::apply(state.id, Some(state), &recorded)
            .map_err(|why| AppError::fault("looking ahead at a decision of ours", why))?;
        told = notices::told(&view.known, &after.dossier, &recorded.event).or(told);
        Arc::make_mut(&mut after.log).push(recorded);
    }
    if let Some(person) = actor.person() {
        let name = view.known.staff_name(person).to_owned();
        after.names.entry(person).or_insert(name);
    }
    let told = match told {
        Some(notice) => Some(messages(house, &after, &notice)?),
        None => None,
    };
    Ok(Foretold { told, after })
}

fn messages(house: &House, after: &DossierView, notice: &notices::Notice) -> Result<Messages, AppError> {
    let text = notice.foretold(house, &after.known)?;
    let submitter = after.dossier.filing.get().map(|it| (it.by_message, &it.submitter));
    let phone = submitter.filter(|(wanted, it)| *wanted && !it.phone.is_empty()).map(|(_, it)| it.phone.clone());
    let mail = submitter.filter(|(_, it)| !it.email.is_empty()).map(|(_, it)| it.email.clone());
    Ok(Messages {
        length: measured(&text),
        text,
        phone,
        letter: notice.letter_foretold(house, &after.known, &after.dossier)?,
        mail,
    })
}

/// A date that would be promised if a procedure were received at a desk now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The moment it counts from.
    pub counted_from: Instant,
    /// By the term the office commits to.
    pub committed: Instant,
    /// By the term of the law.
    pub legal: Instant,
    /// True where a year without a published table was projected.
    pub provisional: bool,
}

/// When a procedure received at a desk now would be ready; none where it has no term.
///
/// # Errors
/// The house failed.
pub fn promise(house: &House, procedure: &ProcedureId, desk: UnitId) -> Result<Option<Promise>, AppError> {
    let known = house.now_known();
    let now = house.clock.now();
    let Some(revision) = known.catalogue.current(procedure) else { return Ok(None) };
    let Some(limit) = revision.time_limit else { return Ok(None) };
    let regime = house.regime_on(now.day())?;
    let unit = known.competent_for(desk, &revision.sector, now.day());
    let clock = house.working_clock(&known, unit, regime);
    let committed = clock.due(now.local(), limit.binding())?;
    let legal = clock.due(now.local(), limit.legal)?;
    Ok(Some(Promise {
        counted_from: Instant::from_local(clock.normalise(now.local())?),
        committed: Instant::from_local(committed.at),
        legal: Instant::from_local(legal.at),
        provisional: committed.provisional || legal.provisional,
    }))
}

/// Working minutes between two moments at the unit that answers for a dossier, negative where the second is the earlier.
///
/// # Errors
/// The clock cannot answer.
pub fn minutes(house: &House, view: &DossierView, from: Instant, to: Instant) -> Result<i64, AppError> {
    let unit = view.known.organisation.responsible_now(&view.dossier);
    Ok(house.working_clock(&view.known, unit, &view.regime).elapsed(from.local(), to.local())?)
}

/// The moment so many working minutes after another, at the unit that answers for a dossier.
///
/// # Errors
/// The clock cannot answer.
pub fn after(house: &House, view: &DossierView, from: Instant, minutes: i64) -> Result<Instant, AppError> {
    let unit = view.known.organisation.responsible_now(&view.dossier);
    let clock = house.working_clock(&view.known, unit, &view.regime);
    Ok(Instant::from_local(clock.add_minutes(from.local(), minutes)?))
}

/// One account of the staff.
#[derive(Clone, Debug)]
pub struct StaffMember {
    /// Who.
    pub person: PersonId,
    /// Full name.
    pub name: String,
    /// Login; empty where there is no account.
    pub login: String,
    /// May sign in.
    pub active: bool,
    /// Dossiers in hand now.
    pub holds: i64,
}

/// Everybody on the staff, by name.
///
/// # Errors
/// Not an administrator, or the house failed.
pub async fn staff(house: &Arc<House>, administrator: PersonId) -> Result<Vec<StaffMember>, AppError> {
    assert_administrator(house, administrator)?;
    house
        .db
        .read(|tx| {
            let (logins, histories) = (people::logins(tx)?, Histories::of(tx)?);
            let mut found = Vec::new();
            for (person, name) in people::staff_names(tx)? {
                let account = logins.iter().find(|it| it.0 == person);
                found.push(StaffMember {
                    person,
                    name,
                    login: account.map(|it| it.1.clone()).unwrap_or_default(),
                    active: account.is_some_and(|it| it.2),
                    holds: lists::mine_count(tx, histories, person)?,
                });
            }
            found.sort_by_cached_key(|it| in_order(&it.name));
            Ok(found)
        })
        .await
}

/// One revision of a procedure: its key, when, by whom, on which basis.
pub type Published = (String, Instant, Option<PersonId>, String);

/// Revisions of a procedure so far, the newest first.
///
/// # Errors
/// The house failed.
pub async fn revisions(house: &Arc<House>, id: &ProcedureId) -> Result<Vec<Published>, AppError> {
    let (slug, tab) = (id.slug.clone(), id.tab.as_str().to_owned());
    let found = house.db.read(move |tx| Ok::<_, AppError>(storage::catalogue::history(tx, &slug, &tab)?)).await?;
    Ok(found.into_iter().map(|(key, _, at, by, basis)| (key, at, by, basis)).collect())
}

/// What was asked in requests that stand out, where it is still kept.
///
/// # Errors
/// The house failed.
pub async fn asked_in(
    house: &Arc<House>,
    requests: Vec<UnusualRequest>,
) -> Result<Vec<(UnusualRequest, Option<SupplementRequest>)>, AppError> {
    house
        .db
        .read(move |tx| {
            let mut found = Vec::with_capacity(requests.len());
            for request in &requests {
                let code = domain::dossier::DossierCode::parse(&request.0);
                let id = code.ok().map(|code| stored::find_id(tx, &code)).transpose()?.flatten();
                let log = id.map(|id| stored::log(tx, id)).transpose()?.unwrap_or_default();
                let body = log.into_iter().filter(|it| it.at == request.2).find_map(|it| match it.event {
                    Event::SupplementRequested { body, .. } => body.0,
                    _ => None,
                });
                found.push((request.clone(), body));
            }
            Ok(found)
        })
        .await
}
