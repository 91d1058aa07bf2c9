//! The questions of each act, and what is said beside them.

use super::answer_fields;
use super::correcting;
use super::marks;
use super::staged;
use super::views::{ChoiceView, ControlView, StaffField};
use super::work_list::short;
use crate::Web;
use crate::citizen::put_right::part_of;
use crate::posted::Posted;
use crate::spoken;
use crate::telling::within;
use crate::texts;
use crate::{say, say_with};
use app::dossiers::DossierView;
use app::rows::Document;
use app::words;
use domain::calendar::TimeLimit;
use domain::dossier::{Act, Outcome, SupplementItem, form_of};
use domain::ids::{PersonId, UnitId};
use domain::post::Post;
use domain::procedure::{
    ApplicationForm, FeeEstimate, Field, Need, Quantity, Requirement, RequirementGroup, Step, StepKind,
};
use domain::regime::FormSet;

/// What the name of a file brought back begins with.
pub const KEPT_PREFIX: &str = "co-";
/// Lines of a financial duty that can be asked at once.
pub const DUTY_LINES: usize = 4;
/// What files are taken.
const ACCEPT: &str = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx";
/// Why papers are asked for, where each is marked with its own reason: it goes into the letter, so it is Vietnamese.
const MARKED: &str = "Có giấy tờ, mục khai chưa đạt, như ghi ở từng dòng.";
/// Days a citizen can be given to supply, beside the regime's.
const DAYS: [u16; 5] = [5, 10, 15, 30, 60];

/// The form of one act.
pub struct Form {
    /// The questions.
    pub fields: Vec<StaffField>,
    /// What happens to clocks and holder.
    pub effects: Vec<String>,
    /// Papers that will be made.
    pub papers: Vec<String>,
    /// Words of the button.
    pub button: String,
    /// Can be asked to show what the citizen gets.
    pub previews: bool,
    /// Legal basis.
    pub legal: String,
}

/// The form of an act on a dossier, with what was typed.
pub fn form(web: &Web, view: &DossierView, act: Act, typed: &Posted) -> Form {
    let fields = questions(web, view, act);
    let fields = if typed.has("mot-lan") { fields.into_iter().map(|it| kept(it, typed)).collect() } else { fields };
    Form {
        fields,
        effects: effects(view, act),
        papers: papers(act, web.house.forms_on(view.now.day()).unwrap_or(FormSet::Of2018)),
        button: button(act),
        previews: tells_citizen(act),
        legal: legal(act).to_owned(),
    }
}

/// A question with what was typed.
fn kept(mut field: StaffField, typed: &Posted) -> StaffField {
    let given = typed.all(&field.name);
    match &mut field.control {
        ControlView::Line { .. } | ControlView::Lines { .. } => {
            field.value = given.first().cloned().unwrap_or_default();
        }
        ControlView::Select(choices) | ControlView::Radios(choices) | ControlView::Ticks(choices) => {
            for choice in choices {
                choice.chosen = given.contains(&choice.value);
            }
        }
        ControlView::Tick(choice) => choice.chosen = given.contains(&choice.value),
        ControlView::File { .. } => {}
    }
    field
}

/// The questions with their mistakes, and under each file question the file that came before.
pub fn finished(
    web: &Web,
    owner: PersonId,
    fields: Vec<StaffField>,
    staged: &[(String, Document)],
    wrong: &[(String, String)],
) -> Vec<StaffField> {
    let mut all = Vec::with_capacity(fields.len());
    for mut field in fields {
        if let Some((_, words)) = wrong.iter().find(|it| it.0 == field.name) {
            field.error.clone_from(words);
        }
        let file = staged.iter().find(|it| it.0 == field.name).map(|it| &it.1);
        if let (ControlView::File { kept, .. }, Some(file)) = (&mut field.control, file) {
            *kept = staged::described(file);
            let label = say_with("acting-use-file", &[("file", &file.name)]);
            let choice = ChoiceView::new(staged::signed(web, owner, file), label);
            let name = format!("{KEPT_PREFIX}{}", field.name);
            all.push(field);
            all.push(StaffField::tick(name, String::new(), choice.chosen()));
        } else {
            all.push(field);
        }
    }
    all
}

fn questions(web: &Web, view: &DossierView, act: Act) -> Vec<StaffField> {
    let reason = |key: &'static str| StaffField::lines("ly-do", say(key), 3);
    let law = || StaffField::line("can-cu", say("acting-law"));
    let note = || StaffField::lines("ghi", say("acting-note"), 2).as_optional();
    match act {
        Act::Accept | Act::TakeOn | Act::Sign => Vec::new(),
        Act::Forward => vec![person_field(view, next_step(view), say("acting-next-person")), note()],
        Act::SubmitForSignature => submission(view),
        Act::Issue => vec![
            StaffField::line("so", say("acting-issue-number")).with_hint(say("acting-issue-number-hint")),
            StaffField::file("tep-ket-qua", say("acting-issue-file"), ACCEPT).as_optional(),
        ],
        Act::Deliver => delivery(view),
        Act::Correct => correcting::questions(view),
        Act::RequestSupplement => supplement(view),
        Act::Supply => supplied(view),
        Act::Assign => vec![assignment(view), note()],
        Act::SendBack => vec![sending_back(view), reason("acting-send-back-why")],
        Act::Recall => vec![reason("acting-recall-why")],
        Act::NotifyObligation => duty(),
        Act::RecordPayment => payment(view),
        Act::SetFee => fee(view),
        Act::Refund => refund(view),
        Act::Apologise => apology(web, view),
        Act::Refuse => vec![reason("acting-refuse-why").with_hint(say("acting-refuse-why-hint")), law().as_optional()],
        Act::Withdraw => vec![reason("acting-withdraw-why").with_hint(say("acting-withdraw-why-hint"))],
        Act::Discontinue => {
            vec![reason("acting-discontinue-why").with_hint(say("acting-as-written")), law().as_optional()]
        }
        Act::Route => vec![routing(view), reason("acting-route-why")],
        Act::Erase => vec![law().with_hint(say("acting-erase-law-hint"))],
        Act::Examine
        | Act::File
        | Act::ReceiveAtDesk
        | Act::ChooseCollection
        | Act::Confirm
        | Act::TakeSilence
        | Act::LapseSupplement
        | Act::Transfer => Vec::new(),
    }
}

/// The step after the one the dossier is at.
fn next_step(view: &DossierView) -> Option<&Step> {
    let it = &view.dossier;
    view.revision
        .steps
        .iter()
        .filter(|step| step.number > it.step.number && step.kind != StepKind::Receive)
        .filter(|step| step.only_channel.is_none_or(|only| only == it.channel))
        .min_by_key(|step| step.number)
}

/// Holders of a post today, by name.
fn holders(view: &DossierView, unit: UnitId, post: Post) -> Vec<ChoiceView> {
    let mut found: Vec<ChoiceView> = view
        .known
        .mandates
        .holders(unit, post, view.now.day())
        .map(|person| ChoiceView::new(person.to_string(), view.known.staff_name(person)))
        .collect();
    found.sort_by(|a, b| a.label.cmp(&b.label));
    found
}

fn person_field(view: &DossierView, step: Option<&Step>, label: &str) -> StaffField {
    let Some(step) = step else { return StaffField::select("nguoi", label, Vec::new()).as_optional() };
    let today = view.now.day();
    let competent = view.known.organisation.responsible_now(&view.dossier);
    let unit = view.known.organisation.seat_of(competent, step.post, today);
    let mut choices = vec![ChoiceView::new("", say("acting-next-anybody"))];
    choices.extend(holders(view, unit, step.post));
    let unit = within(view.unit_name(unit, view.now));
    let hint = say_with("acting-next-hint", &[("step", &step.action), ("unit", &unit)]);
    StaffField::select("nguoi", label, choices).with_hint(hint).as_optional()
}

fn assignment(view: &DossierView) -> StaffField {
    let owner = view.owner();
    let mut choices = holders(view, owner.unit, owner.post);
    for choice in &mut choices {
        choice.chosen = owner.person.is_some_and(|it| it.to_string() == choice.value);
    }
    let hint = format!("{}, {}.", texts::post(owner.post), within(view.unit_name(owner.unit, view.now)));
    StaffField::select("nguoi", say("acting-assign-to"), choices).with_hint(hint)
}

fn submission(view: &DossierView) -> Vec<StaffField> {
    let before = view.dossier.draft.as_ref().and_then(|it| it.1.get()).map(|it| it.text.clone()).unwrap_or_default();
    vec![
        StaffField::radios(
            "ket-qua",
            say("acting-proposal"),
            vec![
                ChoiceView::new("dong-y", say("acting-proposal-grant")).chosen(),
                ChoiceView::new("tu-choi", say("acting-proposal-decline"))
                    .with_note(say("acting-proposal-decline-note")),
            ],
        ),
        StaffField::lines("noi-dung", say("acting-proposal-text"), 5).with_value(before).as_optional(),
        StaffField::file("tep-du-thao", say("acting-proposal-file"), ACCEPT).as_optional(),
        person_field(view, next_step(view), say("acting-proposal-to")),
    ]
}

fn delivery(view: &DossierView) -> Vec<StaffField> {
    let owner = view.dossier.filing.get().map(|it| it.owner().name.clone()).unwrap_or_default();
    vec![
        StaffField::line("nguoi-nhan", say("acting-deliver-receiver")).with_value(owner),
        StaffField::radios(
            "ai",
            say("acting-deliver-is"),
            vec![
                ChoiceView::new("chu", say("acting-deliver-applicant")).chosen(),
                ChoiceView::new("thay", say("acting-deliver-proxy")).with_note(say("acting-deliver-proxy-note")),
            ],
        ),
        StaffField::digits("so-cuoi", say("acting-deliver-tail"))
            .with_hint(say("acting-deliver-tail-hint"))
            .as_optional(),
        StaffField::line("giay-to", say("acting-deliver-paper")).as_optional(),
        StaffField::line("uy-quyen", say("acting-deliver-authorisation"))
            .with_hint(say("acting-deliver-authorisation-hint")),
        StaffField::line("bang-chung", say("acting-deliver-proof"))
            .with_hint(say("acting-deliver-proof-hint"))
            .as_optional(),
    ]
}

/// Papers that can be asked for.
pub fn askable(view: &DossierView) -> impl Iterator<Item = &Requirement> {
    let asked = |it: &&Requirement| it.need != Need::Never && it.group != RequirementGroup::Information;
    view.revision.requirements.iter().filter(asked)
}

fn supplement(view: &DossierView) -> Vec<StaffField> {
    let marked: Vec<(&Requirement, String)> =
        askable(view).map(|it| (it, marks::reason_for(view, &it.id))).filter(|it| !it.1.is_empty()).collect();
    let said = |id: &str| marked.iter().find(|it| it.0.id == id).map_or("", |it| it.1.as_str());
    let choices = askable(view)
        .map(|it| ChoiceView { chosen: !said(&it.id).is_empty(), ..ChoiceView::new(&it.id, &it.name) })
        .collect();
    let hint = if marked.is_empty() { "acting-supplement-list" } else { "acting-supplement-marked" };
    let mut fields = vec![StaffField::ticks("giay", say("acting-supplement-papers"), choices).with_hint(say(hint))];
    for it in askable(view) {
        let label = say_with("acting-supplement-what-of", &[("paper", &short(&it.name))]);
        let field = StaffField::lines(format!("noi-dung-{}", it.id), label, 2).with_value(said(&it.id));
        fields.push(field.under(&it.id));
    }
    let answers = marks::questions(view);
    let usual = if marked.is_empty() && answers.is_empty() { "" } else { MARKED };
    fields.extend(answers);
    fields.push(
        StaffField::lines("ly-do", say("acting-supplement-reason"), 2)
            .with_value(usual)
            .with_hint(say("acting-supplement-reason-hint")),
    );
    fields.push(StaffField::select("han", say("acting-supplement-days"), days(view.regime.supplement_days)));
    // What is seldom asked, and only where a law allows it.
    let outside = |field: StaffField| field.folded(say("acting-supplement-outside")).as_optional();
    let name = StaffField::line("them-ten", say("acting-supplement-other"));
    fields.push(outside(name.with_hint(say("acting-supplement-other-hint"))));
    fields.push(outside(StaffField::lines("them-noi-dung", say("acting-supplement-other-what"), 2)));
    fields.push(outside(StaffField::line("can-cu", say("acting-supplement-other-law"))));
    let it = &view.dossier;
    let asked = if it.received_at.is_some() { it.asked_at_appraisal } else { it.asked_at_intake };
    if asked >= view.regime.supplement_max_per_stage {
        let label = say_with("acting-supplement-again", &[("time", &(asked + 1))]);
        fields.push(StaffField::lines("ly-do-lanh-dao", label, 2).with_hint(say("acting-supplement-again-hint")));
    }
    fields
}

fn days(usual: u16) -> Vec<ChoiceView> {
    let mut all: Vec<u16> = DAYS.into_iter().chain([usual]).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
        .map(|it| ChoiceView {
            chosen: it == usual,
            ..ChoiceView::new(it.to_string(), say_with("time-days", &[("count", &it)]))
        })
        .collect()
}

fn supplied(view: &DossierView) -> Vec<StaffField> {
    let mut fields = Vec::new();
    let asked = view.dossier.supplement.as_ref().and_then(|it| it.request.get());
    for (place, item) in asked.map(|it| it.items.as_slice()).unwrap_or_default().iter().enumerate() {
        if item.field.is_some() {
            continue;
        }
        let key = item.requirement.clone().unwrap_or_else(|| format!("khac-{}", place + 1));
        let label = |which| say_with(which, &[("paper", &item.name)]);
        let what = if item.what.is_empty() { say("acting-supplied-this") } else { &item.what };
        fields.push(
            StaffField::digits(format!("chinh-{key}"), label("acting-supplied-originals"))
                .with_hint(say_with("acting-supplied-asked", &[("what", &what)]))
                .as_optional(),
        );
        fields.push(StaffField::digits(format!("sao-{key}"), label("acting-supplied-copies")).as_optional());
        fields.push(StaffField::file(format!("tep-{key}"), label("acting-supplied-scan"), ACCEPT).as_optional());
    }
    fields.extend(answers_to_put_right(view));
    fields.push(StaffField::lines("ghi", say("acting-supplied-note"), 2).as_optional());
    fields
}

/// Answers the citizen was asked to put right, with what is wrong with each.
fn answers_to_put_right(view: &DossierView) -> Vec<StaffField> {
    let asked: Vec<&str> = view.dossier.asked_fields().collect();
    let (Some(form), Some(filing)) = (form_of(&view.revision), view.dossier.filing.get()) else { return Vec::new() };
    if asked.is_empty() {
        return Vec::new();
    }
    let items = view.dossier.supplement.as_ref().and_then(|it| it.request.get()).map(|it| it.items.as_slice());
    let fields = answer_fields::fields_with(&part_of(form, &asked), &filing.answers.to_raw(), view.now.day());
    let said = |field: StaffField| {
        let own = |item: &&SupplementItem| {
            item.field.as_deref().is_some_and(|it| answer_fields::control_of(it) == field.name)
        };
        match items.unwrap_or_default().iter().find(own) {
            Some(item) => field.with_hint(say_with("acting-supplied-right", &[("what", &item.what)])),
            None => field,
        }
    };
    fields.into_iter().map(said).collect()
}

fn sending_back(view: &DossierView) -> StaffField {
    let it = &view.dossier;
    let here = view.revision.step(it.step.number);
    let choices: Vec<ChoiceView> = here
        .map(|step| step.send_back_to.as_slice())
        .unwrap_or_default()
        .iter()
        .filter(|to| **to < it.step.number)
        .filter_map(|to| view.revision.step(*to))
        .map(|step| {
            let label = say_with("acting-send-back-step", &[("number", &step.number), ("action", &step.action)]);
            ChoiceView::new(step.number.to_string(), label).with_note(texts::post(step.post))
        })
        .collect();
    let single = choices.len() == 1;
    let choices = choices.into_iter().map(|it| if single { it.chosen() } else { it }).collect();
    StaffField::radios("buoc", say("acting-send-back-to"), choices)
}

fn duty() -> Vec<StaffField> {
    let mut fields = Vec::new();
    for line in 1..=DUTY_LINES {
        let (name, amount) = (
            StaffField::line(format!("khoan-{line}"), say_with("acting-duty-item", &[("line", &line)])),
            StaffField::digits(format!("tien-{line}"), say_with("acting-duty-amount", &[("line", &line)])),
        );
        let first = line == 1;
        fields.push(if first { name } else { name.as_optional() });
        fields.push(if first { amount } else { amount.as_optional() });
    }
    fields.push(StaffField::day("han-nop", say("acting-duty-by")).with_hint(say("acting-duty-by-hint")).as_optional());
    fields.push(StaffField::lines("ghi", say("acting-duty-note"), 2).as_optional());
    fields
}

/// The questions of a payment.
pub fn payment(view: &DossierView) -> Vec<StaffField> {
    let owed = view.dossier.still_owed_vnd();
    vec![
        StaffField::digits("so-tien", say("acting-amount"))
            .with_value(owed.to_string())
            .with_hint(say_with("acting-amount-owed", &[("amount", &spoken::dong(owed))])),
        StaffField::radios(
            "cach",
            say("acting-paid-by"),
            vec![
                ChoiceView::new("tien-mat", say("acting-money-cash")).chosen(),
                ChoiceView::new("chuyen-khoan", say("acting-money-transfer")),
                ChoiceView::new("truc-tuyen", say("acting-money-online")),
            ],
        ),
        StaffField::line("bien-lai", say("acting-receipt-number")).as_optional(),
    ]
}

/// The questions of a fee that is set anew: what the answers come to stands there already.
fn fee(view: &DossierView) -> Vec<StaffField> {
    let written = view.dossier.fee_vnd;
    let by_answers = view.dossier.filing.get().map(|it| view.revision.fee_of(&it.answers));
    let counted = by_answers.filter(FeeEstimate::is_whole).map(|it| it.total_vnd);
    let mut hint = say_with("acting-fee-written", &[("amount", &spoken::dong(written))]);
    if let Some(counted) = counted.filter(|it| *it != written) {
        hint.push(' ');
        hint.push_str(&say_with("acting-fee-counted", &[("amount", &spoken::dong(counted))]));
    }
    if view.revision.forms.first().is_some_and(|form| form.fields().any(|it| it.counts.is_some())) {
        hint.push(' ');
        hint.push_str(say("acting-fee-counted-first"));
    }
    vec![
        StaffField::digits("so-tien", say("acting-fee"))
            .with_value(counted.unwrap_or(written).to_string())
            .with_hint(hint),
        StaffField::lines("ly-do", say("acting-fee-why"), 2).with_hint(say("acting-fee-why-hint")),
    ]
}

/// The questions of money that goes back.
fn refund(view: &DossierView) -> Vec<StaffField> {
    let over = view.dossier.overpaid_vnd();
    vec![
        StaffField::digits("so-tien", say("acting-refund"))
            .with_value(over.to_string())
            .with_hint(say_with("acting-refund-over", &[("amount", &spoken::dong(over))])),
        StaffField::radios(
            "cach",
            say("acting-refund-by"),
            vec![
                ChoiceView::new("tien-mat", say("acting-money-cash")).chosen(),
                ChoiceView::new("chuyen-khoan", say("acting-money-transfer")),
            ],
        ),
        StaffField::line("bien-lai", say("acting-refund-number")).as_optional(),
    ]
}

fn apology(web: &Web, view: &DossierView) -> Vec<StaffField> {
    let today = view.now.day();
    let root = view.known.root_unit(today, view.responsible());
    let mut units: Vec<ChoiceView> = view
        .known
        .organisation
        .standing_on(today)
        .filter(|(id, _)| view.known.organisation.is_within(*id, root, today))
        .map(|(id, it)| ChoiceView { chosen: id == view.owner().unit, ..ChoiceView::new(id.to_string(), &it.name) })
        .collect();
    units.sort_by(|a, b| a.label.cmp(&b.label));
    let promised = view.dossier.promised_at().map(|at| spoken::moment(at.local())).unwrap_or_default();
    let suggested = view
        .dossier
        .promised_at()
        .map(|at| at.max(view.now))
        .and_then(|at| app::desk::after(&web.house, view, at, 3 * 480).ok());
    let (day, time) = suggested.map_or_else(Default::default, |at| {
        let local = at.local();
        (words::short_day(local.date()), format!("{}:{:02}", local.hour(), local.minute()))
    });
    vec![
        StaffField::lines("ly-do", say("acting-apology-why"), 3).with_hint(say("acting-apology-why-hint")),
        StaffField::select("don-vi", say("acting-apology-unit"), units),
        StaffField::day("ngay", say("acting-apology-day"))
            .with_value(day)
            .with_hint(say_with("acting-apology-promised", &[("at", &promised)])),
        StaffField::line("gio", say("acting-apology-time")).with_value(time).with_hint(say("acting-apology-time-hint")),
    ]
}

fn button(act: Act) -> String {
    match act {
        Act::Accept => say("acting-button-accept").to_owned(),
        Act::RequestSupplement => say("acting-button-supplement").to_owned(),
        Act::Deliver => say("acting-button-deliver").to_owned(),
        Act::Correct => say("acting-button-correct").to_owned(),
        Act::Apologise => say("acting-button-apologise").to_owned(),
        Act::NotifyObligation => say("acting-button-duty").to_owned(),
        Act::TakeOn
        | Act::Forward
        | Act::SubmitForSignature
        | Act::Sign
        | Act::Issue
        | Act::Supply
        | Act::Confirm
        | Act::ChooseCollection
        | Act::TakeSilence
        | Act::Assign
        | Act::SendBack
        | Act::Recall
        | Act::RecordPayment
        | Act::SetFee
        | Act::Refund
        | Act::Refuse
        | Act::Withdraw
        | Act::Discontinue
        | Act::LapseSupplement
        | Act::Transfer
        | Act::Route
        | Act::Erase
        | Act::Examine
        | Act::File
        | Act::ReceiveAtDesk => texts::act(act),
    }
}

/// Acts whose message or paper says what is typed: it is looked at before it binds.
pub const fn is_worded(act: Act) -> bool {
    matches!(act, Act::RequestSupplement | Act::NotifyObligation | Act::Apologise | Act::Refuse | Act::Discontinue)
}

fn tells_citizen(act: Act) -> bool {
    matches!(
        act,
        Act::Accept
            | Act::Issue
            | Act::Deliver
            | Act::Correct
            | Act::RequestSupplement
            | Act::Supply
            | Act::NotifyObligation
            | Act::Apologise
            | Act::Refuse
            | Act::Withdraw
            | Act::Discontinue
            | Act::Route
    )
}

fn papers(act: Act, forms: FormSet) -> Vec<String> {
    let paper = match act {
        Act::Apologise if forms == FormSet::Of2025 => "acting-paper-more-time",
        Act::Accept => "acting-paper-slip",
        Act::RequestSupplement => "acting-paper-supplement",
        Act::Correct => "acting-paper-slip-again",
        Act::Deliver => "acting-paper-delivery",
        Act::Refuse => "acting-paper-refusal",
        Act::Apologise => "acting-paper-apology",
        _ => return Vec::new(),
    };
    vec![say(paper).to_owned()]
}

fn legal(act: Act) -> &'static str {
    match act {
        Act::Accept | Act::Refuse | Act::RequestSupplement => "Nghị định 61/2018/NĐ-CP, Điều 17",
        Act::Assign | Act::Forward | Act::SubmitForSignature | Act::Sign | Act::SendBack => {
            "Nghị định 61/2018/NĐ-CP, Điều 18 và 19"
        }
        Act::Apologise => "Nghị định 61/2018/NĐ-CP, Điều 19 (hẹn lại không quá một lần)",
        Act::Deliver => "Nghị định 61/2018/NĐ-CP, Điều 20",
        Act::Route => "Nghị quyết 190/2025/QH15, Điều 5 khoản 2",
        Act::Erase => "Nghị định 13/2023/NĐ-CP, Điều 16",
        _ => "",
    }
}

fn effects(view: &DossierView, act: Act) -> Vec<String> {
    let said = |keys: &[&'static str]| keys.iter().map(|&it| say(it).to_owned()).collect::<Vec<_>>();
    let mut lines = match act {
        Act::Accept => {
            let mut lines = said(&["acting-effect-starts"]);
            lines.extend(view.revision.time_limit.map(term_line));
            lines
        }
        Act::RequestSupplement => said(&[
            "acting-effect-supplement-stops",
            "acting-effect-supplement-holder",
            "acting-effect-supplement-lapses",
        ]),
        Act::Supply => said(&["acting-effect-supplied"]),
        Act::NotifyObligation => said(&["acting-effect-duty"]),
        Act::Correct => said(&["acting-effect-correct-stays", "acting-effect-correct-history"]),
        Act::Issue => said(&["acting-effect-issue-stops", "acting-effect-issue-desk"]),
        Act::Apologise => said(&["acting-effect-apology"]),
        Act::Refuse | Act::Withdraw | Act::Discontinue => said(&["acting-effect-ends"]),
        Act::Erase => said(&["acting-effect-erase"]),
        Act::Sign => draft_lines(view),
        Act::Deliver => delivery_lines(view),
        Act::Route => routing_lines(view),
        _ => Vec::new(),
    };
    if let (Act::Forward | Act::SubmitForSignature, Some(step)) = (act, next_step(view)) {
        lines.push(say_with("acting-effect-next", &[("step", &step.action), ("post", &texts::post(step.post))]));
    }
    lines
}

/// What the desk counts before it hands over: how many of what was asked for, and the money.
fn delivery_lines(view: &DossierView) -> Vec<String> {
    let it = &view.dossier;
    let asked = it.filing.get().into_iter().flat_map(|filing| {
        let fields = view.revision.forms.first().into_iter().flat_map(ApplicationForm::fields);
        let is_given = |field: &&Field| matches!(field.counts, Some(Quantity::Copies | Quantity::ExtraCopies));
        fields.filter(is_given).filter_map(|field| {
            let count = filing.answers.text(&field.id).filter(|count| *count != "0")?;
            Some(format!("{}: {count}", field.label))
        })
    });
    let money =
        (it.paid_vnd > 0).then(|| say_with("acting-effect-deliver-paid", &[("amount", &spoken::dong(it.paid_vnd))]));
    asked.chain(money).collect()
}

/// The successors of the unit that was split, as they are called and seated today.
fn routing(view: &DossierView) -> StaffField {
    let (organisation, today) = (&view.known.organisation, view.now.day());
    let units = view.dossier.routes(organisation, today);
    let choices = units.into_iter().map(|unit| {
        let it = organisation.attributes_on(unit, today);
        let seat = it.map_or("", |it| it.seat.as_str());
        let name = organisation.name_on(unit, today);
        ChoiceView::new(unit.to_string(), if seat.is_empty() { name.to_owned() } else { format!("{name}, {seat}") })
    });
    StaffField::radios("don-vi", say("acting-route-unit"), choices.collect())
}

fn routing_lines(view: &DossierView) -> Vec<String> {
    let address = view.dossier.filing.get().map_or("", |it| it.owner().address.as_str());
    let here = view.unit_name(view.responsible(), view.now);
    vec![
        if address.is_empty() {
            say("acting-effect-route-no-address").to_owned()
        } else {
            say_with("acting-effect-route-address", &[("address", &address)])
        },
        say_with("acting-effect-route-here", &[("unit", &here)]),
        say("acting-effect-route-stays").to_owned(),
        say("acting-effect-route-told").to_owned(),
    ]
}

fn term_line(limit: TimeLimit) -> String {
    say_with("acting-effect-term", &[("term", &spoken::term(limit.binding()))])
}

fn draft_lines(view: &DossierView) -> Vec<String> {
    let Some((outcome, draft)) = &view.dossier.draft else { return Vec::new() };
    let mut lines = vec![match outcome {
        Outcome::Granted => say("acting-effect-draft-grants").to_owned(),
        Outcome::Declined => say("acting-effect-draft-declines").to_owned(),
    }];
    if let Some(draft) = draft.get() {
        if !draft.text.is_empty() {
            lines.push(say_with("acting-effect-draft-text", &[("text", &draft.text)]));
        }
        let file = draft.document.and_then(|id| view.documents.iter().find(|it| it.id == id));
        lines.extend(file.map(|it| say_with("acting-effect-draft-file", &[("file", &it.name)])));
    }
    lines
}
