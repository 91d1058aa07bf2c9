//! Reads the published table of steps of a procedure file and completes it to a workflow the office can run.

use super::import::{NAME_CHARS_MAX, TEXT_CHARS_MAX};
use super::import_toml::{basis, era};
use super::revision::{BudgetBasis, Channel, Step, StepClock, StepKind};
use super::standard::{plain_step, set_send_back};
use super::toml_reader::Table;
use crate::post::Post;

pub(super) const STEP_KEYS: [&str; 16] = [
    "n",
    "role",
    "unit",
    "action",
    "hours",
    "hours_basis",
    "limit_value",
    "limit_unit",
    "limit_note",
    "clock",
    "parallel",
    "era",
    "requires_presence",
    "channel",
    "basis",
    "note",
];
const HOURS_MAX: i64 = 10_000;

/// A role of a published table: the post that answers for the step, its kind, and whether another body holds the work.
#[derive(Clone, Copy)]
struct Role(Post, StepKind, bool);

const ROLES: [(&str, Role); 11] = [
    ("tiep_nhan", Role(Post::Reception, StepKind::Receive, false)),
    ("chuyen_mon", Role(Post::Specialist, StepKind::Work, false)),
    ("phoi_hop", Role(Post::Specialist, StepKind::Consult, true)),
    ("hoi_dong", Role(Post::Specialist, StepKind::Consult, true)),
    ("lien_thong", Role(Post::Specialist, StepKind::Consult, true)),
    ("doi_thoai", Role(Post::Specialist, StepKind::Consult, true)),
    ("lanh_dao", Role(Post::Head, StepKind::Work, false)),
    ("lanh_dao_ky", Role(Post::Leader, StepKind::Sign, false)),
    ("nguoi_nop", Role(Post::Specialist, StepKind::Citizen, false)),
    ("trao_ket_qua", Role(Post::Reception, StepKind::HandOver, false)),
    ("tra_ket_qua", Role(Post::Reception, StepKind::HandOver, false)),
];

/// A step as published, with the era it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FlagshipStep {
    pub(super) step: Step,
    pub(super) era: Option<String>,
}

pub(super) fn read_steps(root: &Table<'_, '_>, tables: &[Table<'_, '_>]) -> Vec<FlagshipStep> {
    let steps: Vec<FlagshipStep> = tables.iter().zip(1..).map(|(table, number)| read_step(table, number)).collect();
    if steps.is_empty() {
        return steps;
    }
    let is = |at: Option<&FlagshipStep>, kind: StepKind| at.is_some_and(|it| it.step.kind == kind);
    let count = |kind: StepKind| steps.iter().filter(|it| it.step.kind == kind).count();
    if !is(steps.first(), StepKind::Receive) || count(StepKind::Receive) != 1 {
        root.note("step", "tiep_nhan as the first step and nowhere else", "another order");
    }
    if !is(steps.last(), StepKind::HandOver) || count(StepKind::HandOver) != 1 {
        root.note("step", "tra_ket_qua or trao_ket_qua as the last step and nowhere else", "another order");
    }
    steps
}

fn read_step(table: &Table<'_, '_>, place: u16) -> FlagshipStep {
    let number = table.number("n", 1, 100);
    if number != i64::from(place) {
        table.note("n", format!("{place}: steps are numbered from 1 without gaps"), &number.to_string());
    }
    basis(table);
    table.optional_text("note", TEXT_CHARS_MAX);
    let Role(post, kind, elsewhere) =
        table.word("role", &ROLES).unwrap_or(Role(Post::Specialist, StepKind::Work, false));
    let unit = table.text("unit", NAME_CHARS_MAX);
    let mut step = plain_step(place, post, kind, &unit, &table.text("action", TEXT_CHARS_MAX));
    step.partner = elsewhere.then_some(unit);
    let hours = table.optional_number("hours", 0, HOURS_MAX);
    if hours.is_some() {
        table.text("hours_basis", TEXT_CHARS_MAX);
    }
    step.budget_minutes = hours.and_then(|hours| u32::try_from(hours * 60).ok());
    step.budget_basis = step.budget_minutes.map(|_| BudgetBasis::Published);
    step.clock_stated = table.optional_text("clock", NAME_CHARS_MAX);
    step.clock = clock(table, step.clock_stated.as_deref());
    step.limit_stated = step_limit(table);
    step.parallel = table.optional_text("parallel", 10);
    step.only_channel = table.optional_word("channel", &Channel::ALL.map(|channel| (channel.as_str(), channel)));
    step.requires_presence = table.optional_text("requires_presence", NAME_CHARS_MAX);
    FlagshipStep { step, era: era(table) }
}

/// Only a wait on somebody else may stop the clock; consent by silence, a public notice and a council's session run within the term.
fn clock(table: &Table<'_, '_>, stated: Option<&str>) -> StepClock {
    match stated {
        None | Some("silent_consent" | "public_notice" | "council_session") => StepClock::Running,
        Some("paused" | "excluded") => StepClock::Paused,
        Some(wait) if wait.starts_with("external_wait") || wait.starts_with("waiting_applicant") => StepClock::Paused,
        Some(other) => {
            let expected = "paused | excluded | external_wait… | waiting_applicant… | silent_consent | public_notice | council_session";
            table.note("clock", expected, other);
            StepClock::Running
        }
    }
}

fn step_limit(table: &Table<'_, '_>) -> Option<String> {
    let note = table.optional_text("limit_note", TEXT_CHARS_MAX);
    let value = table.optional_number("limit_value", 1, 3_650)?;
    let units = [
        ("unspecified_day", "ngày (nguồn không ghi loại ngày)"),
        ("calendar_day", "ngày"),
        ("working_day", "ngày làm việc"),
    ];
    let unit = table.word("limit_unit", &units)?;
    Some(note.map_or_else(|| format!("{value} {unit}"), |note| format!("{value} {unit}: {note}")))
}

/// The steps of one era as a workflow the office can run: numbered from 1, and ending with signature, registry and hand-over.
///
/// A signature that is not the last thing before the hand-over signs a paper on the way and is work of the leader. Where the published
/// table then has no signature or no registry before the hand-over, the step is added and marked so.
///
/// Căn cứ: NĐ 30/2020/NĐ-CP Điều 13 (ký ban hành văn bản), Điều 15-18 (cấp số, đóng dấu, phát hành văn bản).
pub(super) fn complete(published: &[FlagshipStep], at_era: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = published
        .iter()
        .filter(|it| it.era.as_deref().is_none_or(|era| era == at_era))
        .map(|it| it.step.clone())
        .collect();
    let hand_over = steps.pop_if(|step| step.kind == StepKind::HandOver);
    let signature = steps.pop_if(|step| step.kind == StepKind::Sign);
    for step in steps.iter_mut().filter(|step| step.kind == StepKind::Sign) {
        step.kind = StepKind::Work;
    }
    steps.push(signature.unwrap_or_else(|| added(Post::Leader, StepKind::Sign, "Lãnh đạo UBND", "Ký kết quả")));
    steps.push(added(Post::Clerk, StepKind::Issue, "Văn thư", "Vào sổ, đóng dấu, phát hành kết quả"));
    steps.push(
        hand_over.unwrap_or_else(|| added(Post::Reception, StepKind::HandOver, "Bộ phận Một cửa", "Trả kết quả")),
    );
    for (step, number) in steps.iter_mut().zip(1..) {
        step.number = number;
    }
    set_send_back(&mut steps);
    steps
}

fn added(post: Post, kind: StepKind, unit: &str, action: &str) -> Step {
    Step { added: true, ..plain_step(0, post, kind, unit, action) }
}
