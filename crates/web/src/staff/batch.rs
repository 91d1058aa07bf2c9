//! Receiving a list of people for one procedure: checked line by line, received whole or not at all.

use super::intake::level_of;
use super::phrases;
use super::views::{BatchFault, BatchPage, BatchRow, ChoiceView, DeskTab, LinkView, StaffField};
use super::work_list::short;
use crate::Web;
use crate::citizen::words::{copies, fee_in_short};
use crate::frame::{self, html, html_as};
use crate::page::FieldLink;
use crate::posted::{Part, Posted, PostedFiles, same};
use crate::problem::Problem;
use crate::spoken;
use crate::texts;
use crate::visitor::Visitor;
use crate::{counted, say, say_with};
use app::AppError;
use app::batch::{self, BYTES_MAX, LINES_MAX, Listed, Read};
use app::filing::Plan;
use app::handle::Handled;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::dossier::{Collection, FiledPaper, Filing};
use domain::ids::UnitId;
use domain::post::Post;
use domain::procedure::{
    Channel, Need, ProcedureId, ProcedureRevision, Quantities, Quantity, Requirement, RequirementGroup, RevisionId,
    estimate,
};
use std::sync::Arc;

/// Where it stands.
pub const ADDRESS: &str = "/quay/theo-danh-sach";
/// Longest name of a procedure among the choices, in characters.
const CHOICE_CHARS_MAX: usize = 110;

/// What came: the fields, and the text of the list where a file brought it.
struct Sent {
    posted: Posted,
    file: Option<Result<String, &'static str>>,
}

/// A page of a list.
struct Desk<'a> {
    web: &'a Web,
    visitor: &'a Visitor,
    posted: &'a Posted,
    unit: UnitId,
    procedure: Option<Arc<ProcedureRevision>>,
}

/// The page, empty.
///
/// # Errors
/// Not at a desk.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let desk = Desk::new(&web, &visitor, &asked)?;
    Ok(html(&desk.view(String::new(), Said::default())))
}

/// What a page says beside its form.
#[derive(Default)]
struct Said {
    errors: Vec<FieldLink>,
    faults: Vec<BatchFault>,
    people: Vec<Listed>,
    received: Vec<(Listed, Handled)>,
}

/// Checks the list, or receives it.
///
/// # Errors
/// Not at a desk, or the house failed. What is wrong with a list is said on the page.
pub async fn post(State(web): State<Web>, visitor: Visitor, form: PostedFiles) -> Result<Response, Problem> {
    let sent = read_form(form).await?;
    let desk = Desk::new(&web, &visitor, &sent.posted)?;
    let typed = sent.posted.text("danh-sach").to_owned();
    let text = match sent.file {
        Some(Ok(text)) => text,
        Some(Err(key)) => {
            let text = texts::word_with(key, &[("max_kib", (BYTES_MAX >> 10).to_string())]);
            let errors = vec![FieldLink { href: "#tep".to_owned(), text }];
            return Ok(desk.again(typed, Said { errors, ..Said::default() }));
        }
        None => typed,
    };
    let Some(procedure) = desk.procedure.clone().filter(|it| desk.why_not(it).is_empty()) else {
        let errors = vec![FieldLink { href: "#thu-tuc".to_owned(), text: say("batch-choose-other").to_owned() }];
        return Ok(desk.again(text, Said { errors, ..Said::default() }));
    };
    let Read { people, faults } = batch::read(&text, web.house.clock.now().day());
    let missing = desk.missing(&procedure);
    let is_receiving = sent.posted.trimmed("lenh") == "nhan";
    let mut errors = Vec::new();
    if is_receiving {
        errors.extend(missing.iter().map(|it| FieldLink {
            href: "#giay".to_owned(),
            text: say_with("batch-paper-needed", &[("name", &it.name)]),
        }));
    }
    let faults: Vec<BatchFault> = faults.iter().map(fault).collect();
    if !faults.is_empty() || !errors.is_empty() {
        if !faults.is_empty() {
            let text = counted("batch-wrong", faults.len());
            errors.insert(0, FieldLink { href: "#loi".to_owned(), text });
        }
        return Ok(desk.again(text, Said { errors, faults, people, ..Said::default() }));
    }
    if !is_receiving {
        return Ok(html(&desk.view(text, Said { people, ..Said::default() })));
    }
    let plans = people.iter().map(|it| desk.plan(&procedure, it)).collect();
    let contents = sent.posted.contents(&["csrf", "mot-lan", "danh-sach"]);
    let contents = [contents.as_slice(), text.as_bytes()].concat();
    let key = sent.posted.trimmed("mot-lan");
    match batch::receive(&web.house, visitor.person()?, plans, key, &contents).await {
        Ok(received) => {
            let received = people.into_iter().zip(received).collect();
            Ok(html(&desk.view(String::new(), Said { received, ..Said::default() })))
        }
        Err(batch::NotReceived { place, why }) => {
            let words = match &why {
                AppError::Refused(refusal) => {
                    let said = texts::refusal(refusal);
                    format!("{} {}", said.what, said.why.unwrap_or_default())
                }
                AppError::Invalid(problems) => problems.iter().map(texts::field_problem).collect::<Vec<_>>().join(" "),
                AppError::KeyReused => texts::word("gap-batch-sent"),
                _ => return Err(why.into()),
            };
            let line = people.get(place).map_or(0, |it| it.line);
            let faults = vec![BatchFault { line: line_words(line), text: words }];
            let text_of = say("batch-not-received").to_owned();
            let errors = vec![FieldLink { href: "#loi".to_owned(), text: text_of }];
            Ok(desk.again(text, Said { errors, faults, people, ..Said::default() }))
        }
    }
}

async fn read_form(mut form: PostedFiles) -> Result<Sent, Problem> {
    let token = form.visitor.csrf.clone();
    let (mut pairs, mut file_text, mut is_ours) = (Vec::new(), None, false);
    while let Some(part) = form.next().await? {
        match part {
            Part::Field(name, value) => {
                is_ours = is_ours || (name == "csrf" && !token.is_empty() && same(&value, &token));
                pairs.push((name, value));
            }
            Part::File(mut file) => {
                if !is_ours {
                    return Err(Problem::OldForm);
                }
                let (mut bytes, name) = (Vec::new(), file.file_name.clone());
                while let Some(piece) = file.piece().await? {
                    if bytes.len() <= BYTES_MAX {
                        bytes.extend_from_slice(&piece);
                    }
                }
                if bytes.is_empty() && name.is_empty() {
                    continue;
                }
                file_text = Some(if bytes.len() > BYTES_MAX {
                    Err("gap-batch-bytes")
                } else {
                    String::from_utf8(bytes).map_err(|_| "gap-batch-utf8")
                });
            }
        }
    }
    if !is_ours {
        return Err(Problem::OldForm);
    }
    Ok(Sent { posted: Posted::from_pairs(pairs), file: file_text })
}

fn line_words(line: usize) -> String {
    if line == 0 { say("batch-whole").to_owned() } else { say_with("batch-in-line", &[("line", &line)]) }
}

fn fault(it: &batch::Fault) -> BatchFault {
    BatchFault { line: line_words(it.line), text: texts::field_problem(&it.problem) }
}

/// Whether what is owed in any case is counted by that.
fn counts(it: &ProcedureRevision, of: Quantity) -> bool {
    it.fees.iter().filter(|it| !it.optional).any(|it| it.counted_by().contains(&of))
}

/// Papers that can be handed in.
fn askable(it: &ProcedureRevision) -> impl Iterator<Item = &Requirement> {
    it.requirements.iter().filter(|it| it.need != Need::Never && it.group != RequirementGroup::Information)
}

impl<'a> Desk<'a> {
    fn new(web: &'a Web, visitor: &'a Visitor, posted: &'a Posted) -> Result<Self, Problem> {
        let known = web.house.now_known();
        let id = posted.trimmed("thu-tuc").parse::<ProcedureId>().ok();
        let named = id.as_ref().and_then(|it| known.catalogue.current(it));
        let desks = visitor.units_as(Post::Reception);
        let today = web.house.clock.now().day();
        let fits = |it: &Arc<ProcedureRevision>| {
            desks.iter().find(|unit| level_of(&known, **unit, today) == it.procedure.tab.as_str()).copied()
        };
        let unit = named.as_ref().and_then(fits).or_else(|| desks.first().copied()).ok_or(AppError::Forbidden)?;
        // As this desk receives it: with what law leaves to the place.
        let procedure = id.and_then(|it| known.catalogue.at(&it, unit));
        Ok(Self { web, visitor, posted, unit, procedure })
    }

    /// Why a procedure cannot be received here with a list; empty where it can.
    fn why_not(&self, it: &ProcedureRevision) -> String {
        let known = self.web.house.now_known();
        let today = self.web.house.clock.now().day();
        if it.procedure.tab.as_str() != level_of(&known, self.unit, today) {
            return say("batch-of-another-level").to_owned();
        }
        if it.time_limit.is_none() {
            return say("intake-termless").to_owned();
        }
        if !it.channels.contains(&Channel::Counter) {
            return say("batch-not-at-counter").to_owned();
        }
        if counts(it, Quantity::Pages) {
            return say("batch-by-pages").to_owned();
        }
        String::new()
    }

    fn choices(&self) -> Vec<ChoiceView> {
        let known = self.web.house.now_known();
        let chosen = self.procedure.as_ref().map(|it| it.procedure.to_string()).unwrap_or_default();
        let mut found: Vec<ChoiceView> = known
            .catalogue
            .all()
            .filter(|it| self.why_not(it).is_empty())
            .map(|it| {
                let id = it.procedure.to_string();
                ChoiceView {
                    chosen: id == chosen,
                    ..ChoiceView::new(id, super::work_list::cut(&it.name, CHOICE_CHARS_MAX)).as_name()
                }
            })
            .collect();
        found.sort_by(|a, b| a.label.cmp(&b.label));
        found.insert(0, ChoiceView::new("", say("batch-choose")));
        found
    }

    fn has(&self, it: &Requirement) -> bool {
        self.posted.all("giay").contains(&it.id)
    }

    fn missing<'b>(&self, it: &'b ProcedureRevision) -> Vec<&'b Requirement> {
        askable(it).filter(|it| it.need == Need::Always && it.replaced_by.is_empty() && !self.has(it)).collect()
    }

    fn papers(&self) -> Vec<ChoiceView> {
        let Some(it) = &self.procedure else { return Vec::new() };
        askable(it)
            .map(|it| {
                let note = copies(it);
                let is_needed = it.need == Need::Always;
                let note = if is_needed { note } else { say_with("batch-optional", &[("copies", &note)]) };
                ChoiceView { chosen: self.has(it), ..ChoiceView::new(&it.id, &it.name).with_note(note).as_name() }
            })
            .collect()
    }

    /// One dossier each: the same papers, the same way of collecting, a message where there is a telephone.
    fn plan(&self, it: &ProcedureRevision, listed: &Listed) -> Plan {
        let papers = askable(it).filter(|it| self.has(it)).map(|it| FiledPaper {
            requirement: it.id.clone(),
            name: it.name.clone(),
            originals: it.originals,
            copies: it.copies,
            ..FiledPaper::default()
        });
        let seen = self.posted.trimmed("ban");
        Plan {
            procedure: it.procedure.clone(),
            revision: (!seen.is_empty()).then(|| RevisionId(seen.to_owned())),
            channel: Channel::Counter,
            receiving_unit: self.unit,
            collect_at: None,
            foreign_code: None,
            fee_vnd: self.fee_each(it),
            filing: Filing {
                submitter: listed.party.clone(),
                papers: papers.collect(),
                collection: Collection::Desk,
                by_message: !listed.party.phone.is_empty(),
                ..Filing::default()
            },
            draft: None,
            documents: Vec::new(),
        }
    }

    /// What one of them owes: one copy, one case.
    fn fee_each(&self, it: &ProcedureRevision) -> i64 {
        estimate(&it.fees, &Quantities::default()).total_vnd
    }

    fn view(&self, text: String, said: Said) -> BatchPage {
        let page = frame::staff(self.web, self.visitor, say("batch-title"), "/quay");
        let once = match self.posted.trimmed("mot-lan") {
            key if !key.is_empty() && said.received.is_empty() => key.chars().take(80).collect(),
            _ => self.web.house.once(),
        };
        let is_checked = !said.people.is_empty() && said.faults.is_empty();
        let wrong =
            |field: StaffField| match said.errors.iter().find(|it| it.href.strip_prefix('#') == Some(&field.name)) {
                Some(error) => field.with_error(error.text.clone()),
                None => field,
            };
        let choice = wrong(StaffField::select("thu-tuc", say("batch-procedures"), self.choices()));
        let hint = say_with("batch-list-hint", &[("most", &LINES_MAX)]);
        let list = StaffField::lines("danh-sach", say("batch-list"), 10).with_hint(hint).with_value(text);
        let file = StaffField::file("tep", say("batch-file"), ".csv,text/csv,text/plain").as_optional();
        let chosen = self.procedure.as_ref().filter(|it| self.why_not(it).is_empty());
        let count = if said.received.is_empty() { said.people.len() } else { said.received.len() };
        BatchPage {
            page: if said.errors.is_empty() { page } else { page.with_error_title() },
            tab: DeskTab::Batch,
            once,
            revision: chosen.map(|it| it.id.0.clone()).unwrap_or_default(),
            procedure_id: chosen.map(|it| it.procedure.to_string()).unwrap_or_default(),
            procedure: chosen.map(|it| it.name.clone()).unwrap_or_default(),
            about: chosen.map(|it| about(it, self.fee_each(it))).unwrap_or_default(),
            sum: chosen.map(|it| sum(it, count, self.fee_each(it))).unwrap_or_default(),
            blocked: self.procedure.as_ref().map(|it| self.why_not(it)).unwrap_or_default(),
            choice,
            papers: wrong(StaffField::ticks("giay", say("batch-papers"), self.papers())),
            list,
            file: wrong(file),
            faults: said.faults,
            rows: said.people.iter().map(|it| row(it, None)).collect(),
            is_checked,
            received: said.received.iter().map(|(it, handled)| row(it, Some(handled))).collect(),
            errors: said.errors,
        }
    }

    fn again(&self, text: String, said: Said) -> Response {
        html_as(StatusCode::UNPROCESSABLE_ENTITY, &self.view(text, said))
    }
}

fn about(it: &ProcedureRevision, fee_vnd: i64) -> String {
    let term = it.time_limit.map(|limit| spoken::term(limit.binding())).unwrap_or_default();
    let fee = if fee_vnd > 0 {
        let key = if counts(it, Quantity::Copies) { "batch-fee-each-copy" } else { "batch-fee-each" };
        say_with(key, &[("amount", &spoken::dong(fee_vnd))])
    } else {
        fee_in_short(it).map(|it| short(&it)).unwrap_or_default()
    };
    [term, fee].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// How many dossiers a list makes, and what they owe together.
fn sum(it: &ProcedureRevision, count: usize, fee_vnd: i64) -> String {
    let is_owed = it.fees.iter().any(|it| !it.optional);
    let is_known = if is_owed {
        estimate(&it.fees, &Quantities::default()).is_whole()
    } else {
        fee_in_short(it).is_some_and(|it| it == say("fee-free"))
    };
    if !is_known {
        return counted("batch-sum-open", count);
    }
    if fee_vnd == 0 {
        return counted("batch-sum-free", count);
    }
    let whole = i64::try_from(count).map_or(i64::MAX, |it| it.saturating_mul(fee_vnd));
    say_with("batch-sum", &[("count", &count), ("amount", &spoken::dong(whole))])
}

fn row(it: &Listed, handled: Option<&Handled>) -> BatchRow {
    let slip = handled.map(|it| {
        let home = phrases::dossier_address(&it.code);
        (
            LinkView { label: it.code.to_string(), href: home.clone() },
            LinkView { label: say("counter-print-slip").to_owned(), href: format!("{home}/giay-hen") },
        )
    });
    BatchRow {
        line: it.line.to_string(),
        name: it.party.name.clone(),
        number: phrases::masked_number(&it.party.number),
        birth: it.party.birth.clone(),
        phone: phrases::masked_number(&it.party.phone),
        address: it.party.address.clone(),
        dossier: slip.as_ref().map(|it| it.0.clone()),
        slip: slip.map(|it| it.1),
    }
}
