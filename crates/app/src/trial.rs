//! Trying a procedure before it is published: it is filed as a citizen would file it, by the very rules a real filing goes by, and nothing
//! of it is kept. No number is taken, nobody is told, no row is written.

use crate::error::AppError;
use crate::house::House;
use domain::dossier::{
    Command, Dossier, DossierCode, DossierRefusal, Event, FileRequest, FiledPaper, Filing, Party, Recorded, decide,
};
use domain::ids::{DossierId, UnitId};
use domain::post::Post;
use domain::procedure::{
    AnswerGap, Answers, Channel, Completeness, FeeEstimate, Need, ProcedureRevision, Quantities, RawAnswers,
    RequirementGroup, estimate, validate,
};
use domain::time::Instant;
use std::collections::BTreeSet;

/// What is tried.
#[derive(Clone, Debug)]
pub struct TrialAsked {
    /// The revision, published or on its way.
    pub revision: ProcedureRevision,
    /// The desk.
    pub desk: UnitId,
    /// How it comes.
    pub channel: Channel,
    /// When it is filed.
    pub at: Instant,
    /// What is typed on the form.
    pub raw: RawAnswers,
    /// The papers given, by id.
    pub papers: BTreeSet<String>,
    /// Pages, copies and cases.
    pub quantities: Quantities,
}

/// What would come of it.
#[derive(Clone, Debug)]
pub struct Trial {
    /// What of the form would be refused.
    pub gaps: Vec<AnswerGap>,
    /// Papers that are always needed and were not given: their ids and names.
    pub missing: Vec<(String, String)>,
    /// Why the desk could not take it at all.
    pub refused: Option<DossierRefusal>,
    /// By when the desk must answer what came online.
    pub answer_by: Option<Instant>,
    /// Once received: the moment it counts from, the date on the slip, the date of the law, and whether a year was projected.
    pub due: Option<TrialDue>,
    /// What it costs.
    pub fee: FeeEstimate,
    /// Who would be competent.
    pub competent: UnitId,
    /// Who would have it next.
    pub next: Option<Post>,
}

impl Trial {
    /// Whether a citizen could send it, or a desk take it, as it is.
    pub fn passes(&self) -> bool {
        self.gaps.is_empty() && self.missing.is_empty() && self.refused.is_none()
    }
}

/// The dates a slip would bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrialDue {
    /// The moment the term counts from.
    pub counted_from: Instant,
    /// On the slip.
    pub at: Instant,
    /// By law.
    pub legal_at: Instant,
    /// True where a year without a published table was projected.
    pub provisional: bool,
}

/// Tries it.
///
/// # Errors
/// No such desk, or the installation has no regime for that day.
pub fn try_filing(house: &House, asked: &TrialAsked) -> Result<Trial, AppError> {
    let known = house.now_known();
    let today = asked.at.day();
    let desk = known.organisation.heir_of(asked.desk);
    known.organisation.attributes_on(desk, today).ok_or_else(|| AppError::invalid("don-vi", "gap-unit"))?;
    let revision = &asked.revision;
    let competent = known.competent_for(desk, &revision.sector, today);
    let regime = house.regime_on(today)?;
    let (answers, gaps) = match revision.forms.first().filter(|_| asked.channel == Channel::Online) {
        Some(form) => validate(form, &asked.raw, today, Completeness::Complete),
        None => (Answers::default(), Vec::new()),
    };
    let fee = estimate(&revision.fees, &asked.quantities.clone().asked_in(revision.forms.first(), &answers));
    let code = house.code_pattern(today)?.code("000.00.00.THU", today, 0);
    let request = Box::new(request(asked, (code, desk, competent), answers));
    let context = house.context(&known, competent, revision, regime, None, asked.at);
    let online = asked.channel == Channel::Online;
    let first = if online { Command::File(request) } else { Command::ReceiveAtDesk(request) };
    let mut trial =
        Trial { gaps, missing: missing(asked), refused: None, answer_by: None, due: None, fee, competent, next: None };
    let id = DossierId::from_uuid(house.ids.uuid(asked.at));
    let mut dossier = None;
    for command in std::iter::once(first).chain(online.then_some(Command::Accept)) {
        let events = match decide(dossier.as_ref(), &command, &context) {
            Ok(events) => events,
            Err(refused) => {
                trial.refused = Some(refused);
                break;
            }
        };
        for event in events {
            note(&mut trial, &event);
            let seq = dossier.as_ref().map_or(1, |it: &Dossier| it.version + 1);
            let recorded = Recorded { seq, at: asked.at, actor: None, unit: None, event };
            let after = Dossier::apply(id, dossier.take(), &recorded);
            dossier = Some(after.map_err(|why| AppError::fault("folding a trial", why))?);
        }
    }
    Ok(trial)
}

/// Papers always needed that were not given; the form itself is one only where it is not filled in on the page.
fn missing(asked: &TrialAsked) -> Vec<(String, String)> {
    let on_page = asked.channel == Channel::Online && !asked.revision.forms.is_empty();
    asked
        .revision
        .requirements
        .iter()
        .filter(|it| it.need == Need::Always && it.group != RequirementGroup::Information)
        .filter(|it| !(on_page && it.group == RequirementGroup::Template))
        .filter(|it| !asked.papers.contains(&it.id))
        .map(|it| (it.id.clone(), it.name.clone()))
        .collect()
}

fn request(
    asked: &TrialAsked,
    (code, desk, competent): (DossierCode, UnitId, UnitId),
    answers: Answers,
) -> FileRequest {
    let given = asked.revision.requirements.iter().filter(|it| asked.papers.contains(&it.id));
    let papers = given.map(|it| FiledPaper {
        requirement: it.id.clone(),
        name: it.name.clone(),
        originals: it.originals,
        ..FiledPaper::default()
    });
    FileRequest {
        code,
        foreign_code: false,
        channel: asked.channel,
        receiving_unit: desk,
        competent_unit: competent,
        collect_at: desk,
        split_from: None,
        fee_vnd: 0,
        filing: Filing {
            submitter: Party { name: "Người nộp thử".to_owned(), ..Party::default() },
            answers,
            papers: papers.collect(),
            ..Filing::default()
        },
    }
}

fn note(trial: &mut Trial, event: &Event) {
    if let Event::Filed { answer_by, .. } = event {
        trial.answer_by = *answer_by;
    }
    if let Event::Received { counted_from, due, owner, .. } = event {
        trial.due = Some(TrialDue {
            counted_from: *counted_from,
            at: due.at,
            legal_at: due.legal_at,
            provisional: due.provisional,
        });
        trial.next = Some(owner.post);
    }
}
