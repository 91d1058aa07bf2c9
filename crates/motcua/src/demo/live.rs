//! Living the plan: act after act in the order of time, through the functions the pages call.

use super::dice::Dice;
use super::papers::sample_pdf;
use super::people::Citizen;
use super::plan::Planned;
use super::recast::Recast;
use super::script::{Act, Deed};
use super::wishes::SPLIT;
use super::words;
use crate::ended::Stop;
use anyhow::Context;
use app::AppError;
use app::actor::Actor;
use app::filing::Plan;
use app::handle::{Asked, Minted, carry_out, carry_out_filing};
use app::house::House;
use app::uploads;
use domain::dossier::{
    Collection, Command, Dossier, DossierCode, Draft, Evidence, FiledPaper, Filing, Mark, ObligationItem, Outcome,
    PaperMark, PaymentMethod, Proxy, SupplementItem,
};
use domain::feedback::{Grade, Points, Rating};
use domain::ids::{DossierId, UnitId};
use domain::notice::NoticeChannel;
use domain::procedure::{Answers, Channel, Need, ProcedureRevision, RawAnswers, Requirement, RequirementGroup};
use domain::time::Instant;
use indicatif::ProgressBar;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use storage::drafts::Document;
use storage::engine::Batch;
use storage::outbox;

/// Messages of so many days before the last one still wait when the demo is opened.
const POST_WAITS_DAYS: i64 = 2;
/// Most messages that go out in one round.
const POST_MAX: u32 = 1_000;

/// So many of a hundred who filed online rate what they got, and chance of its own for what they think.
const RATED_PERCENT: i64 = 38;
const RATINGS_SEED: u64 = 0x7a71_6e67;

/// A dossier on its way.
struct Life {
    planned: Arc<Planned>,
    id: Option<DossierId>,
    /// The duty it was asked to pay, in đồng.
    duty_vnd: i64,
    /// Its citizen wants the decision as a file.
    is_electronic: bool,
}

/// One act of one life: when, whose by place, and its place among the acts.
type Due = (DateTime, usize, usize);

/// Lives what is planned.
pub struct Living<'a> {
    house: &'a Arc<House>,
    runtime: &'a tokio::runtime::Runtime,
    bar: &'a ProgressBar,
    dice: Dice,
    lives: Vec<Life>,
    due: BTreeSet<Due>,
    registers: BTreeMap<(UnitId, i16), u32>,
    foreign: u32,
    ends_at: DateTime,
}

impl<'a> Living<'a> {
    /// Ready to begin; nothing after that end is ever done.
    pub fn new(
        house: &'a Arc<House>,
        runtime: &'a tokio::runtime::Runtime,
        bar: &'a ProgressBar,
        seed: u64,
        ends_at: DateTime,
    ) -> Self {
        Self {
            house,
            runtime,
            bar,
            dice: Dice::new(seed),
            lives: Vec::new(),
            due: BTreeSet::new(),
            registers: BTreeMap::new(),
            foreign: 0,
            ends_at,
        }
    }

    /// How many dossiers there are.
    pub fn count(&self) -> usize {
        self.lives.iter().filter(|it| it.id.is_some()).count()
    }

    /// Every dossier there is so far, with what was planned of it.
    pub fn everybody(&self) -> impl Iterator<Item = (DossierId, &Planned)> {
        self.lives.iter().filter_map(|it| Some((it.id?, &*it.planned)))
    }

    /// More dossiers to live.
    pub fn add(&mut self, planned: Vec<Planned>) {
        let before = self.due.len();
        for planned in planned {
            let place = self.lives.len();
            let acts = planned.script.acts.iter().enumerate().filter(|(_, act)| act.at <= self.ends_at);
            self.due.extend(acts.map(|(number, act)| (act.at, place, number)));
            self.lives.push(Life { planned: Arc::new(planned), id: None, duty_vnd: 0, is_electronic: false });
        }
        self.bar.inc_length((self.due.len() - before) as u64);
    }

    /// Lives on until then, or to the end if that is earlier, one commit for each hour.
    ///
    /// # Errors
    /// Something was refused that the plan holds to be lawful, or the house failed.
    pub fn until(&mut self, then: DateTime, citizens: &[Citizen]) -> Result<(), Stop> {
        let hour = |at: DateTime| (at.date(), at.hour());
        while let Some(first) = self.due.first().map(|it| it.0).filter(|at| *at <= then) {
            let mut batch = self.house.db.batch()?;
            let mut done = 0;
            while let Some(due) = self.due.first().copied().filter(|it| it.0 <= then && hour(it.0) == hour(first)) {
                self.due.remove(&due);
                self.act(&mut batch, due, citizens)?;
                done += 1;
            }
            self.post_goes_out(&mut batch)?;
            batch.commit()?;
            self.bar.inc(done);
        }
        Ok(())
    }

    fn act(&mut self, batch: &mut Batch<'_>, (at, place, number): Due, citizens: &[Citizen]) -> Result<(), Stop> {
        let Some(life) = self.lives.get(place) else { return Ok(()) };
        let (planned, id) = (Arc::clone(&life.planned), life.id);
        let Some(act) = planned.script.acts.get(number) else { return Ok(()) };
        let citizen = citizens.get(planned.citizen).context("a dossier of nobody")?;
        self.house.clock.turn_to(Instant::from_local(at));
        let done = match (&act.deed, id) {
            (Deed::File, _) => self.file(batch, place, &planned, &act.by, citizen),
            (_, Some(id)) => self.go_on(batch, place, &planned, id, act, citizen),
            (_, None) => Err(anyhow::anyhow!("an act before the filing").into()),
        };
        done.map_err(|stop| told(stop, &planned, act))
    }

    fn file(
        &mut self,
        batch: &mut Batch<'_>,
        place: usize,
        planned: &Planned,
        by: &Actor,
        citizen: &Citizen,
    ) -> Result<(), Stop> {
        let house = Arc::clone(self.house);
        let plan = self.filing(planned, citizen)?;
        let minted = Minted::new(&house);
        let handled = batch.write(|tx| carry_out_filing(tx, &house, by, &plan, None, &minted))?;
        if let Some(life) = self.lives.get_mut(place) {
            life.id = Some(handled.id);
            life.is_electronic = plan.filing.collection == Collection::Electronic;
        }
        Ok(())
    }

    fn go_on(
        &mut self,
        batch: &mut Batch<'_>,
        place: usize,
        planned: &Planned,
        id: DossierId,
        act: &Act,
        citizen: &Citizen,
    ) -> Result<(), Stop> {
        let house = Arc::clone(self.house);
        let known = house.now_known();
        let on = act.at.date();
        let mut here = known.organisation.heir_of(planned.unit);
        let mut deeds = vec![(act.by.clone(), act.deed.clone())];
        if act.at >= SPLIT && planned.case.filed < SPLIT {
            let found = batch.write(|tx| Ok::<_, AppError>(storage::dossiers::find(tx, id)?))?;
            let (dossier, _) = found.context("a dossier that is not there")?;
            let recast = Recast { known: &known, dossier: &dossier, revision: &planned.case.revision, on };
            here = recast.authority();
            deeds = recast.deeds(act, &mut self.dice)?;
        }
        for (actor, deed) in deeds {
            let mut command = self.command(place, planned, &deed, act.at, here, citizen)?;
            let mut before = None;
            if matches!(command, Command::Supply { .. } | Command::RequestSupplement { .. }) {
                let found = batch.write(|tx| Ok::<_, AppError>(storage::dossiers::find(tx, id)?))?;
                let (dossier, _) = found.context("a dossier that is not there")?;
                if let Command::Supply { papers, .. } = &mut command {
                    *papers = as_asked(&dossier);
                }
                before = marks_before(&command, &dossier);
            }
            let mut file = None;
            if let Command::Issue { document, .. } = &mut command
                && self.is_seen_as_file(place, planned)
            {
                let made = self.decision()?;
                *document = Some(made.id);
                file = Some(Document { dossier: Some(id), ..made });
            }
            for command in before.into_iter().chain([command]) {
                let asked = Asked { actor: actor.clone(), id, version: None, command, once: None };
                let minted = Minted::new(&house);
                batch.write(|tx| carry_out(tx, &house, &asked, &minted))?;
            }
            if let Some(file) = &file {
                batch.write(|tx| Ok::<_, AppError>(storage::drafts::add_document(tx, file)?))?;
            }
        }
        if act.deed == Deed::Deliver && planned.case.channel == Channel::Online && planned.citizen > 0 {
            self.rated(batch, place, id, citizen)?;
        }
        Ok(())
    }

    /// Somebody who got their paper may say at once how it went. Dice of its own: what people think changes nothing that happens.
    fn rated(&self, batch: &mut Batch<'_>, place: usize, id: DossierId, citizen: &Citizen) -> Result<(), Stop> {
        let mut dice = Dice::new(RATINGS_SEED ^ place as u64);
        if !dice.percent(RATED_PERCENT) {
            return Ok(());
        }
        let found = batch.write(|tx| Ok::<_, AppError>(storage::dossiers::find(tx, id)?))?;
        let (dossier, _) = found.context("a dossier that is not there")?;
        if dossier.filing.get().and_then(|it| it.account) != Some(citizen.person.id) {
            return Ok(());
        }
        let (house, rating) = (Arc::clone(self.house), opinion(&mut dice));
        let now = house.clock.now();
        Ok(batch.write(|tx| app::ratings::rate_in(tx, &house, citizen.person.id, id, &rating, now))?)
    }

    /// The demo sends nothing anywhere: what was written before its last days counts as delivered.
    fn post_goes_out(&self, batch: &mut Batch<'_>) -> Result<(), Stop> {
        let now = self.house.clock.now();
        if now.day() >= self.ends_at.date().saturating_sub(POST_WAITS_DAYS.days()) {
            return Ok(());
        }
        loop {
            let gone = batch.write(|tx| {
                let mut gone = 0;
                for channel in NoticeChannel::ALL {
                    for message in outbox::ready(tx, channel.key(), now, POST_MAX)? {
                        outbox::delivered(tx, message.id, now)?;
                        gone += 1;
                    }
                }
                Ok::<_, AppError>(gone)
            })?;
            if gone == 0 {
                return Ok(());
            }
        }
    }

    fn filing(&mut self, planned: &Planned, citizen: &Citizen) -> Result<Plan, Stop> {
        let case = &planned.case;
        let is_online = case.channel == Channel::Online;
        let documents = if planned.citizen == 0 { self.scans(&case.revision)? } else { Vec::new() };
        let collection = match self.dice.between(1, 10) {
            1..=6 => Collection::Desk,
            7 | 8 if is_online => Collection::Electronic,
            7..=9 => Collection::Post { address: citizen.person.address.clone() },
            _ => Collection::Desk,
        };
        let filing = Filing {
            submitter: citizen.party(),
            account: is_online.then_some(citizen.person.id),
            papers: papers(&case.revision, case.channel, &documents, &case.answers),
            answers: case.answers.clone(),
            collection,
            by_message: self.dice.percent(70),
            ..Filing::default()
        };
        Ok(Plan {
            procedure: case.revision.procedure.clone(),
            revision: Some(case.revision.id.clone()),
            channel: case.channel,
            receiving_unit: planned.unit,
            collect_at: None,
            foreign_code: if planned.is_foreign { Some(self.foreign_code(case.filed.date())?) } else { None },
            fee_vnd: case.fee_vnd,
            filing,
            draft: None,
            documents,
        })
    }

    /// A code as the national portal's might be, under an agency that does not exist.
    fn foreign_code(&mut self, on: Date) -> Result<DossierCode, Stop> {
        self.foreign += 1;
        let text = format!("000.00.99.G99-{:02}{:02}{:02}-{:05}", on.year() % 100, on.month(), on.day(), self.foreign);
        Ok(DossierCode::parse(&text)?)
    }

    /// Whether anybody will look for the file of a decision: it is wanted so, and waits at the end or is of the guided walks.
    fn is_seen_as_file(&self, place: usize, planned: &Planned) -> bool {
        let is_delivered = planned.script.acts.iter().any(|it| it.deed == Deed::Deliver && it.at <= self.ends_at);
        self.lives.get(place).is_some_and(|it| it.is_electronic) && (planned.citizen == 0 || !is_delivered)
    }

    /// The file of a decision.
    fn decision(&self) -> Result<Document, Stop> {
        let bytes = sample_pdf("KET QUA");
        Ok(self.runtime.block_on(async {
            let mut incoming = uploads::begin(self.house, 1 << 20)?;
            incoming.write(&bytes).await?;
            incoming.finish("ket-qua.pdf", "ket-qua", None).await
        })?)
    }

    /// Real files for the citizen of the guided walks.
    fn scans(&self, revision: &ProcedureRevision) -> Result<Vec<Document>, Stop> {
        let mut documents = Vec::new();
        let wanted = handed_in(revision).take(2);
        for requirement in wanted {
            let bytes = sample_pdf(&format!("MAU {}", requirement.id));
            let document = self.runtime.block_on(async {
                let mut incoming = uploads::begin(self.house, 1 << 20)?;
                incoming.write(&bytes).await?;
                incoming.finish(&format!("{}.pdf", requirement.id), &requirement.id, None).await
            })?;
            documents.push(document);
        }
        Ok(documents)
    }

    /// The command of a deed on a dossier that lies with that authority.
    fn command(
        &mut self,
        place: usize,
        planned: &Planned,
        deed: &Deed,
        at: DateTime,
        here: UnitId,
        citizen: &Citizen,
    ) -> Result<Command, Stop> {
        let case = &planned.case;
        let dice = &mut self.dice;
        let method = match case.channel {
            Channel::Online => PaymentMethod::Online,
            Channel::Counter if dice.percent(70) => PaymentMethod::Cash,
            Channel::Counter | Channel::Post => PaymentMethod::Transfer,
        };
        let receipt = format!("BL{:02}{:02}-{:05}", at.month(), at.day(), place % 100_000);
        Ok(match deed {
            Deed::File => return Err(anyhow::anyhow!("filing is no command on a dossier").into()),
            Deed::Accept => Command::Accept,
            Deed::Refuse => Command::Refuse {
                reason: dice.word(&words::REFUSED).to_owned(),
                legal_basis: words::REFUSED_LAW.to_owned(),
            },
            Deed::Ask(days) => asked(&case.revision, *days, dice),
            Deed::Supply => Command::Supply {
                papers: Vec::new(),
                answers: RawAnswers::new(),
                note: dice.word(&words::SUPPLIED).to_owned(),
            },
            Deed::Lapse => Command::LapseSupplement,
            Deed::TakeOn => Command::TakeOn,
            Deed::Assign(to) => Command::Assign { to: *to, note: words::ASSIGNED.to_owned() },
            Deed::Forward(to) => Command::Forward { to: *to, note: String::new() },
            Deed::Confirm => Command::Confirm,
            Deed::Submit(to, outcome) => {
                let text = match outcome {
                    Outcome::Granted => words::GRANTED,
                    Outcome::Declined => dice.word(&words::DECLINED),
                };
                let draft = Draft { text: text.to_owned(), document: None };
                Command::SubmitForSignature { outcome: *outcome, draft, to: Some(*to) }
            }
            Deed::SendBack(to_step) => {
                Command::SendBack { to_step: *to_step, reason: dice.word(&words::SENT_BACK).to_owned() }
            }
            Deed::Recall => Command::Recall { reason: words::RECALLED.to_owned() },
            Deed::Sign => Command::Sign,
            Deed::Issue => Command::Issue { number: self.register(here, at), document: None },
            Deed::Deliver => Command::Deliver { evidence: evidence(citizen, place), by_proxy: Proxy::Owner },
            Deed::Pay => Command::RecordPayment { amount_vnd: case.fee_vnd, method, number: receipt },
            Deed::NotifyDuty => {
                let amount_vnd = dice.between(4, 90) * 250_000;
                let items = vec![ObligationItem { name: dice.word(&words::DUTY).to_owned(), amount_vnd }];
                if let Some(life) = self.lives.get_mut(place) {
                    life.duty_vnd = amount_vnd;
                }
                Command::NotifyObligation { items, pay_by: None, note: String::new() }
            }
            Deed::PayDuty => {
                let amount_vnd = self.lives.get(place).map_or(0, |life| life.duty_vnd);
                Command::RecordPayment { amount_vnd, method, number: receipt }
            }
            Deed::Apologise(new_date) => {
                Command::Apologise { reason: words::APOLOGISED.to_owned(), at_fault: here, new_date: *new_date }
            }
            Deed::Withdraw => Command::Withdraw { reason: dice.word(&words::WITHDRAWN).to_owned() },
            Deed::Discontinue => Command::Discontinue {
                reason: dice.word(&words::STOPPED).to_owned(),
                legal_basis: words::STOPPED_LAW.to_owned(),
            },
        })
    }

    /// The next number in the register of the authority that decides.
    fn register(&mut self, here: UnitId, at: DateTime) -> String {
        let number = self.registers.entry((here, at.year())).or_default();
        *number += 1;
        format!("{number}/{}/UBND", at.year())
    }
}

/// What somebody thinks: mostly content, as the quarter was mostly in time. Invented.
fn opinion(dice: &mut Dice) -> Rating {
    let grades = [Grade::VeryGood, Grade::Good, Grade::Middling, Grade::Bad, Grade::VeryBad];
    let grade = grades.get(dice.weighted(&[46, 41, 9, 3, 1])).copied().unwrap_or(Grade::Good);
    let likely: [u32; 3] = match grade {
        Grade::VeryGood => [90, 9, 1],
        Grade::Good => [75, 22, 3],
        Grade::Middling => [40, 45, 15],
        Grade::Bad | Grade::VeryBad => [10, 40, 50],
    };
    let mut points = || u32::try_from(2 - dice.weighted(&likely)).ok().and_then(Points::of);
    let [timing, contacts, agencies, attitude] = [(); 4].map(|()| points().unwrap_or_default());
    let visits = 2 - contacts.number() + u32::try_from(dice.weighted(&[70, 25, 5])).unwrap_or(0);
    let says = match grade {
        Grade::VeryGood | Grade::Good => dice.percent(6).then(|| dice.word(&words::PLEASED)),
        Grade::Middling | Grade::Bad | Grade::VeryBad => dice.percent(40).then(|| dice.word(&words::DISPLEASED)),
    };
    let remark = says.unwrap_or_default().to_owned();
    Rating { grade, timing, contacts, agencies, attitude, visits, remark }
}

fn evidence(citizen: &Citizen, place: usize) -> Evidence {
    Evidence {
        receiver: citizen.person.name.clone(),
        receiver_paper: citizen.person.number.clone(),
        number_tail: String::new(),
        proxy_paper: String::new(),
        proof: format!("Phiếu trả kết quả {place}, có ký nhận"),
    }
}

/// A refusal of the plan is a mistake of ours: say of which act.
fn told(stop: Stop, planned: &Planned, act: &Act) -> Stop {
    match stop {
        Stop::Fault(error) => Stop::Fault(error.context(format!(
            "living {:?} of {} at {} ({:?}, {:?})",
            act.deed, planned.case.revision.procedure, act.at, planned.case.course, planned.case.detour
        ))),
        other @ (Stop::Refused(_) | Stop::Usage(_)) => other,
    }
}

/// The papers a dossier was asked for, as a citizen brings them.
fn as_asked(dossier: &Dossier) -> Vec<FiledPaper> {
    let asked = dossier.supplement.as_ref().and_then(|it| it.request.get());
    let items = asked.map(|it| it.items.as_slice()).unwrap_or_default();
    items
        .iter()
        .map(|it| FiledPaper {
            requirement: it.requirement.clone().unwrap_or_default(),
            name: it.name.clone(),
            copies: 1,
            ..FiledPaper::default()
        })
        .collect()
}

/// Whoever asks for a paper that was filed has marked it as not in order first, in the same words.
fn marks_before(command: &Command, dossier: &Dossier) -> Option<Command> {
    let Command::RequestSupplement { items, .. } = command else { return None };
    let filed = dossier.filing.get().map(|it| it.papers.as_slice()).unwrap_or_default();
    let papers: Vec<PaperMark> = items
        .iter()
        .filter_map(|item| {
            let place = filed.iter().rposition(|it| Some(&it.requirement) == item.requirement.as_ref())?;
            Some(PaperMark { place: u16::try_from(place).ok()?, mark: Mark::Wrong, reason: item.what.clone() })
        })
        .collect();
    (!papers.is_empty()).then_some(Command::Examine { papers, answers: Vec::new() })
}

fn asked(revision: &ProcedureRevision, days: Option<u16>, dice: &mut Dice) -> Command {
    let listed: Vec<&Requirement> = handed_in(revision).collect();
    let what = dice.word(&words::WHAT).to_owned();
    let (item, legal_basis) = match dice.one(&listed) {
        Some(it) => {
            let (requirement, name) = (Some(it.id.clone()), it.name.clone());
            (SupplementItem { requirement, field: None, name, what }, String::new())
        }
        None => (
            SupplementItem { requirement: None, field: None, name: words::ASKED_NAME.to_owned(), what },
            words::ASKED_LAW.to_owned(),
        ),
    };
    Command::RequestSupplement {
        items: vec![item],
        reason: dice.word(&words::ASKED).to_owned(),
        legal_basis,
        override_reason: String::new(),
        days,
    }
}

fn handed_in(revision: &ProcedureRevision) -> impl Iterator<Item = &Requirement> {
    revision.requirements.iter().filter(|it| it.group == RequirementGroup::Submit && it.need != Need::Never)
}

/// The papers of the list that everybody needs, and those an answer asks for, as they came.
fn papers(
    revision: &ProcedureRevision,
    channel: Channel,
    documents: &[Document],
    answers: &Answers,
) -> Vec<FiledPaper> {
    let (is_online, raw) = (channel == Channel::Online, answers.to_raw());
    revision
        .requirements
        .iter()
        .filter(|it| {
            let given = documents.iter().any(|document| document.requirement == it.id);
            given || ((it.need == Need::Always || it.is_asked_by(&raw)) && it.group == RequirementGroup::Submit)
        })
        .map(|it| {
            let own: Vec<_> = documents.iter().filter(|doc| doc.requirement == it.id).map(|doc| doc.id).collect();
            FiledPaper {
                requirement: it.id.clone(),
                name: it.name.clone(),
                from_data: is_online && own.is_empty() && !it.replaced_by.is_empty(),
                documents: own,
                originals: if is_online { 0 } else { it.originals },
                copies: if is_online { 0 } else { it.copies },
            }
        })
        .collect()
}
