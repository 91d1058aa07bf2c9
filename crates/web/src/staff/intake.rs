//! The counter: one person is received on one screen. One form, one address; every button is a value of `lenh`.

mod choice;
mod copying;
mod letter;
mod money;
mod papers;
pub(super) mod person;
mod receiving;

use super::answer_fields;
use super::phrases;
use super::staged::{self, Sent};
use super::views::{
    ChoiceView, CounterDay, DeskTab, DueAndCost, IntakePage, IntakeStage, LinkView, PersonPart, QuestionGroup,
    StaffField,
};
use crate::Web;
use crate::citizen::form_view::problem_words;
use crate::citizen::views::Link;
use crate::frame::{self, html, html_as};
use crate::page::{FieldLink, Tone};
use crate::paper::SlipPage;
use crate::posted::{Posted, PostedFiles};
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::Visitor;
use crate::{counted, say, say_with};
use app::applying::known_of;
use app::dossiers::DossierView;
use app::house::Snapshot;
use app::rows::{Document, Reading};
use app::slips::SlipKind;
use app::{AppError, dossiers, work};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::dossier::{CODE_CHARS_MAX, DossierCode};
use domain::ids::UnitId;
use domain::post::Post;
use domain::procedure::{
    AnswerGap, AnswerProblem, Answers, ApplicationForm, Channel, Completeness, ProcedureId, ProcedureRevision,
    RawAnswers,
};
use jiff::civil::Date;
use person::PersonRead;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The questions of the form whose box a page filled in.
const FILLED: &str = "da-dien";
/// The field for a code of the national portal.
const FOREIGN_CODE: &str = "ma-cong";
/// How a decision is collected, with the keys of the words.
pub(super) const WAYS: [(&str, &str); 3] =
    [("quay", "apply-collect-desk"), ("buu-chinh", "channel-title-post"), ("dien-tu", "apply-electronic")];

/// Everything a page of the counter is drawn from.
struct Counter<'a> {
    web: &'a Web,
    visitor: &'a Visitor,
    posted: &'a Posted,
    desk: UnitId,
    procedure: Option<Arc<ProcedureRevision>>,
    /// Scans by requirement.
    scans: BTreeMap<String, Document>,
    /// What is wrong with scans, by requirement.
    wrong_scans: BTreeMap<String, String>,
    /// Looking on, or receiving: then what is missing is a mistake too.
    completeness: Completeness,
    today: Date,
}

/// What a page says beside its form.
#[derive(Default)]
struct Said {
    errors: Vec<FieldLink>,
    done: String,
    done_links: Vec<LinkView>,
    stage: IntakeStage,
    warning: String,
}

/// The counter begins with receiving.
pub async fn to_counter() -> Redirect {
    Redirect::to("/quay/tiep-nhan")
}

/// The page, empty or with the procedure of the dossier before.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    if let Ok(code) = DossierCode::parse(asked.trimmed("sao")) {
        return copying::page(&web, &visitor, &code).await;
    }
    let typed = Posted::from_pairs([("thu-tuc".to_owned(), asked.trimmed("thu-tuc").to_owned())]);
    let counter = Counter::new(&web, &visitor, &typed, Completeness::Draft)?;
    let said = with_ticket(&counter, received_before(&web, &visitor, &asked).await?).await?;
    Ok(html(&counter.view(said).await?))
}

/// Whom the counter called and who is here now: the ticket they hold, and the way back to the queue.
async fn with_ticket(counter: &Counter<'_>, mut said: Said) -> Result<Said, Problem> {
    let queue = app::queue::queue(&counter.web.house, counter.desk).await?;
    let Some(here) = queue.setup.counter_of(counter.visitor.person()?, queue.now) else { return Ok(said) };
    let waiting = queue.tickets.iter().filter(|it| it.is_for(here)).count();
    if let Some(it) = queue.served_last_at(here).filter(|_| said.done.is_empty() && queue.called_to(here).is_none()) {
        said.done = say_with("intake-serving", &[("number", &it.number), ("counter", &here.number)]);
    }
    let label = counted("intake-call-next", waiting);
    said.done_links.push(LinkView { label, href: "/quay/hang-doi".to_owned() });
    Ok(said)
}

/// Key of what is said where the dossier is there and the money that came with it is not recorded.
const UNPAID: &str = "intake-unpaid";

fn received_in_words(view: &DossierView) -> String {
    let due = view.dossier.promised_at().map(|at| spoken::moment(at.local())).unwrap_or_default();
    say_with("intake-received", &[("code", &view.dossier.code), ("due", &due)])
}

/// The slip of what was received a moment ago: says so, and leads on to the next person.
pub(super) fn just_received(mut slip: SlipPage, view: &DossierView, asked: &Posted) -> SlipPage {
    let done = received_in_words(view);
    let (tone, text) =
        if asked.has("chua-thu") { (Tone::Warn, format!("{done} {}", say(UNPAID))) } else { (Tone::Good, done) };
    slip.page = frame::flash(slip.page, tone, text);
    let href = format!("/quay/tiep-nhan?da-nhan={}", frame::encoded(view.dossier.code.as_str()));
    slip.onward = Some(Link { href, label: say("intake-next-person").to_owned() });
    slip
}

/// What the address says was just received, as far as this person may know.
async fn received_before(web: &Web, visitor: &Visitor, asked: &Posted) -> Result<Said, Problem> {
    let Ok(code) = DossierCode::parse(asked.trimmed("da-nhan")) else { return Ok(Said::default()) };
    let view = match dossiers::open(&web.house, &visitor.signed_in()?, &code).await {
        Ok(view) => view,
        Err(AppError::NotFound | AppError::ReasonNeeded) => return Ok(Said::default()),
        Err(other) => return Err(other.into()),
    };
    web.journal.read(Reading {
        person: visitor.person()?,
        dossier: view.dossier.id,
        at: web.house.clock.now(),
        what: "quầy tiếp nhận".to_owned(),
        reason: String::new(),
    })?;
    let home = phrases::dossier_address(&code);
    Ok(Said {
        done: received_in_words(&view),
        done_links: vec![
            LinkView { label: say("counter-print-slip").to_owned(), href: format!("{home}/giay-hen") },
            LinkView { label: say("counter-open-dossier").to_owned(), href: home },
        ],
        warning: if asked.has("chua-thu") { say(UNPAID).to_owned() } else { String::new() },
        ..Said::default()
    })
}

/// The answer to every button of the page.
pub async fn post(State(web): State<Web>, visitor: Visitor, form: PostedFiles) -> Result<Response, Problem> {
    let sent = staged::receive(&web, form).await?;
    let order = sent.posted.trimmed("lenh").to_owned();
    let is_choosing = sent.posted.has("chon");
    let receives = !is_choosing && matches!(order.as_str(), "tiep-nhan" | "tiep-nhan-them");
    let completeness = if receives { Completeness::Complete } else { Completeness::Draft };
    let typed = choice::chosen_in(&sent.posted, &order);
    let mut counter = Counter::new(&web, &visitor, &typed, completeness)?;
    counter.take_files(&sent)?;
    if receives {
        return receiving::receive(&counter, &sent, order == "tiep-nhan-them").await;
    }
    match order.as_str() {
        "tu-choi" if !is_choosing => {
            let said = Said { stage: IntakeStage::Refusing, ..Said::default() };
            Ok(html(&counter.view(said).await?))
        }
        "tu-choi-that" if !is_choosing => letter::give_slip(&counter, SlipKind::Refusal).await,
        "huong-dan" if !is_choosing => {
            let said = Said { stage: IntakeStage::Guiding, ..Said::default() };
            Ok(html(&counter.view(said).await?))
        }
        "huong-dan-that" if !is_choosing => letter::give_slip(&counter, SlipKind::Guidance).await,
        _ => Ok(html(&counter.view(Said::default()).await?)),
    }
}

/// A part of the page, while one types.
pub async fn part(State(web): State<Web>, visitor: Visitor, posted: Posted) -> Result<Response, Problem> {
    let counter = Counter::new(&web, &visitor, &posted, Completeness::Draft)?;
    match posted.trimmed("phan") {
        "thu-tuc" => Ok(html(&counter.hits())),
        "nguoi" => Ok(html(&counter.person_part().await?)),
        "hen" => Ok(html(&DueAndCost { due: counter.due(&counter.papers())?, cost: counter.cost() })),
        _ => Err(AppError::NotFound.into()),
    }
}

impl<'a> Counter<'a> {
    fn new(
        web: &'a Web,
        visitor: &'a Visitor,
        posted: &'a Posted,
        completeness: Completeness,
    ) -> Result<Self, Problem> {
        let today = web.house.clock.now().day();
        let known = web.house.now_known();
        let id = posted.trimmed("thu-tuc").parse::<ProcedureId>().ok();
        let procedure = id.and_then(|it| known.catalogue.current(&it));
        let desks = visitor.units_as(Post::Reception);
        let level = |unit: &UnitId| known.organisation.attributes_on(*unit, today).map(|it| it.level.clone());
        let of_level = |it: &Arc<ProcedureRevision>| {
            desks.iter().find(|unit| level(unit).as_deref() == Some(it.procedure.tab.as_str())).copied()
        };
        let desk = procedure.as_ref().and_then(of_level).or_else(|| desks.first().copied());
        Ok(Self {
            web,
            visitor,
            posted,
            desk: desk.ok_or(AppError::Forbidden)?,
            procedure: procedure.map(|it| desk.and_then(|own| known.catalogue.at(&it.procedure, own)).unwrap_or(it)),
            scans: BTreeMap::new(),
            wrong_scans: BTreeMap::new(),
            completeness,
            today,
        })
    }

    fn desk_name(&self) -> String {
        frame::unit_today(self.web, self.desk)
    }

    /// Level of the desk: the procedures it can receive.
    fn level(&self) -> String {
        let known = self.web.house.now_known();
        level_of(&known, self.desk, self.today)
    }

    /// Scans that came now, and those that came before.
    fn take_files(&mut self, sent: &Sent) -> Result<(), Problem> {
        let owner = self.visitor.person()?;
        for (name, values) in sent.posted.fields() {
            let Some(key) = name.strip_prefix("co-tep-") else { continue };
            if let Some(file) = values.first().and_then(|it| staged::opened(self.web, owner, it)) {
                self.scans.insert(key.to_owned(), file);
            }
        }
        for (field, file) in &sent.files {
            if let Some(key) = field.strip_prefix("tep-") {
                self.scans.insert(key.to_owned(), file.clone());
            }
        }
        for (field, words) in &sent.wrong {
            if let Some(key) = field.strip_prefix("tep-") {
                self.wrong_scans.insert(key.to_owned(), words.clone());
            }
        }
        Ok(())
    }

    fn person(&self) -> PersonRead {
        person::read(self.posted, self.today, self.completeness)
    }

    async fn person_part(&self) -> Result<PersonPart, Problem> {
        let read = self.person();
        let mut part = person::part(self.web, self.posted, &read);
        part.role = self.channel_field();
        if let (Some(procedure), Some(number)) = (&self.procedure, read.owner_number()) {
            let twin = dossiers::running_twin(&self.web.house, &number, &procedure.procedure.to_string()).await?;
            part.running = twin.into_iter().map(person::running).collect();
        }
        Ok(part)
    }

    /// How it came to the counter, where the procedure takes more than one way.
    fn channel_field(&self) -> Option<StaffField> {
        let procedure = self.procedure.as_ref()?;
        let offered: Vec<Channel> =
            [Channel::Counter, Channel::Post].into_iter().filter(|it| procedure.channels.contains(it)).collect();
        if offered.len() < 2 {
            return None;
        }
        let chosen = self.channel();
        let choices = offered
            .into_iter()
            .map(|it| ChoiceView { chosen: it == chosen, ..ChoiceView::new(it.as_str(), texts::channel(it)) })
            .collect();
        Some(StaffField::select("kenh", say("intake-channel"), choices))
    }

    fn channel(&self) -> Channel {
        let offered = self.procedure.as_ref().map(|it| it.channels.as_slice()).unwrap_or_default();
        let posted = self.posted.trimmed("kenh") == Channel::Post.as_str() || !offered.contains(&Channel::Counter);
        if posted && offered.contains(&Channel::Post) { Channel::Post } else { Channel::Counter }
    }

    fn form(&self) -> Option<&ApplicationForm> {
        self.procedure.as_ref().and_then(|it| it.forms.first())
    }

    /// The electronic form as typed, with what cannot stand. Nobody is received without the answers that the fee is counted by.
    fn answers(&self) -> (Answers, Vec<AnswerGap>) {
        let Some(form) = self.form() else { return Default::default() };
        let receives = self.completeness == Completeness::Complete;
        let is_whole = receives && !answer_fields::is_empty(self.posted) && !self.has_paper_form();
        let completeness = if is_whole { Completeness::Complete } else { Completeness::Draft };
        let (answers, mut gaps) = answer_fields::read(form, self.known(), self.posted, self.today, completeness);
        if receives && !is_whole {
            gaps.extend(self.uncounted(form, &answers));
        }
        (answers, gaps)
    }

    /// What is known of the submitter, by the questions of the form. Where a page filled a box in, what came in it counts, also nothing.
    fn known(&self) -> RawAnswers {
        let Some(procedure) = self.procedure.as_ref().filter(|_| !answer_fields::is_empty(self.posted)) else {
            return RawAnswers::new();
        };
        let answered = answer_fields::posted_answers(self.posted);
        let mut known = known_of(procedure, &self.person().submitter(), &answered);
        known.retain(|field, _| !self.posted.all(FILLED).contains(field));
        known
    }

    /// The form with what was typed and what stands filled in beside an error, and the questions whose box a page filled in so far.
    fn questions(&self) -> (Vec<QuestionGroup>, Vec<String>) {
        let Some(form) = self.form() else { return Default::default() };
        let (_, gaps) = self.answers();
        let filled = answer_fields::filled_in(&self.known(), self.posted, &gaps);
        let groups = answer_fields::groups(form, self.posted, &filled, &gaps, self.today);
        let before = self.posted.all(FILLED);
        let is_filled = |it: &str| filled.contains_key(it) || before.iter().any(|name| name == it);
        (groups, form.fields().map(|it| it.id.clone()).filter(|it| is_filled(it)).collect())
    }

    /// Questions without an answer that the fee is counted by.
    fn uncounted(&self, form: &ApplicationForm, answers: &Answers) -> Vec<AnswerGap> {
        let owed = || self.rules().iter().filter(|it| !it.optional).flat_map(|it| it.counted_by());
        form.fields()
            .filter(|it| it.counts.is_some_and(|of| owed().any(|it| *it == of)) && !answers.0.contains_key(&it.id))
            .map(|it| AnswerGap { field_id: it.id.clone(), label: it.label.clone(), problem: AnswerProblem::Missing })
            .collect()
    }

    /// The form on paper is here.
    fn has_paper_form(&self) -> bool {
        self.posted.has("don-giay")
    }

    fn ways(&self) -> Vec<ChoiceView> {
        let chosen = match self.posted.trimmed("nhan") {
            "" => "quay",
            way => way,
        };
        WAYS.into_iter()
            .map(|(value, key)| ChoiceView { chosen: value == chosen, ..ChoiceView::new(value, say(key)) })
            .collect()
    }

    /// The code the national portal gave, where the person filed there before coming: one dossier, one code.
    fn foreign_code(&self) -> Result<Option<DossierCode>, String> {
        match self.posted.trimmed(FOREIGN_CODE) {
            "" => Ok(None),
            text => DossierCode::parse(text).map(Some).map_err(|_| say("intake-foreign-error").to_owned()),
        }
    }

    fn foreign_field(&self, errors: &[FieldLink]) -> StaffField {
        let typed: String = self.posted.text(FOREIGN_CODE).chars().take(CODE_CHARS_MAX + 1).collect();
        let field = StaffField::line(FOREIGN_CODE, say("intake-foreign-code"))
            .with_hint(say("intake-foreign-hint"))
            .with_value(typed);
        match errors.iter().find(|it| it.href == format!("#{FOREIGN_CODE}")) {
            Some(error) => field.with_error(error.text.clone()),
            None => field.as_optional(),
        }
    }

    fn postal(&self, errors: &[FieldLink]) -> StaffField {
        let field = StaffField::line("nhan-dia-chi", say("counter-postal-address"))
            .with_value(self.posted.text("nhan-dia-chi").chars().take(300).collect::<String>());
        match errors.iter().find(|it| it.href == "#nhan-dia-chi") {
            Some(error) => field.with_error(error.text.clone()),
            None => field.as_optional(),
        }
    }

    fn notices(&self) -> Vec<ChoiceView> {
        let fresh = !self.posted.has("mot-lan");
        let chosen = fresh || self.posted.all("bao").iter().any(|it| it == "tin-nhan");
        vec![ChoiceView { chosen, ..ChoiceView::new("tin-nhan", say("intake-by-message")) }]
    }

    async fn today_here(&self) -> Result<CounterDay, Problem> {
        let (count, latest) = work::desk_today(&self.web.house, self.desk).await?;
        let latest = latest.and_then(|it| DossierCode::parse(&it).ok());
        let home = latest.as_ref().map(phrases::dossier_address).unwrap_or_default();
        Ok(CounterDay {
            received: super::report::num(count),
            slip: latest
                .as_ref()
                .map(|_| LinkView { label: say("intake-slip-again").to_owned(), href: format!("{home}/giay-hen") }),
            latest: latest.map(|it| LinkView { label: it.to_string(), href: home }),
        })
    }

    async fn view(&self, said: Said) -> Result<IntakePage, Problem> {
        let person = self.person_part().await?;
        let papers = self.papers();
        let (answers, filled) = self.questions();
        let title = format!("{}, {}", say("intake-receiving"), self.desk_name());
        let mut page = frame::staff(self.web, self.visitor, title, "/quay");
        if !said.warning.is_empty() {
            page = frame::flash(page, Tone::Warn, said.warning);
        }
        let once = match self.posted.trimmed("mot-lan") {
            "" => self.web.house.once(),
            key => key.chars().take(80).collect(),
        };
        Ok(IntakePage {
            page: if said.errors.is_empty() { page } else { page.with_error_title() },
            counter: self.desk_name(),
            once,
            chosen: self.chosen(),
            hits: self.hits(),
            recent: self.recent().await?,
            due: self.due(&papers)?,
            paper_form: self.has_paper_form(),
            answers,
            filled,
            person,
            papers,
            cost: self.cost(),
            channels: self.ways(),
            postal: Some(self.postal(&said.errors)),
            foreign: self.foreign_field(&said.errors),
            notices: self.notices(),
            today: self.today_here().await?,
            refusal: letter::refusal_fields(self.posted, &said.errors),
            guidance: self.guidance_fields(&said.errors),
            tab: DeskTab::Intake,
            stage: said.stage,
            errors: said.errors,
            done: said.done,
            done_links: said.done_links,
        })
    }

    /// The page again with what is wrong.
    async fn again(&self, status: StatusCode, errors: Vec<FieldLink>) -> Result<Response, Problem> {
        let view = self.view(Said { errors, ..Said::default() }).await?;
        Ok(html_as(status, &view).into_response())
    }
}

/// Level of a desk, on a day: the procedures it can receive.
pub(super) fn level_of(known: &Snapshot, desk: UnitId, on: Date) -> String {
    known.organisation.attributes_on(desk, on).map(|it| it.level.clone()).unwrap_or_default()
}

/// A mistake of the part about the person, as a link.
fn gap_link(gap: &AnswerGap, today: Date) -> FieldLink {
    FieldLink {
        href: format!("#{}", gap.field_id),
        text: format!("{}: {}", gap.label, problem_words(&gap.problem, today)),
    }
}
