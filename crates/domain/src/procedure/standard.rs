//! Standard workflows: the way a dossier takes where no table of steps was published for its procedure.

use super::code::Tab;
use super::revision::{BudgetBasis, Step, StepClock, StepKind};
use crate::calendar::{Term, TimeLimit};
use crate::post::Post;

/// Working minutes of a working day. Căn cứ: Bộ luật Lao động 2019 Điều 105 khoản 1.
const MINUTES_PER_DAY: u32 = 480;
/// Budgets are rounded down to this; what is left over goes to the appraisal.
const BUDGET_STEP_MINUTES: u32 = 15;

/// A step of a standard workflow: who, what kind, the words for it, and its share of the term in thousandths.
struct Pattern(Post, StepKind, &'static str, &'static str, u32);

/// The division of the district appraises; its head assigns and reviews.
const DISTRICT: [Pattern; 7] = [
    Pattern(Post::Reception, StepKind::Receive, "Bộ phận Một cửa", "Tiếp nhận, số hóa và chuyển hồ sơ", 60),
    Pattern(Post::Head, StepKind::Work, "Lãnh đạo phòng chuyên môn", "Phân công thụ lý", 40),
    Pattern(Post::Specialist, StepKind::Work, "Phòng chuyên môn", "Thẩm định hồ sơ, dự thảo kết quả", 600),
    Pattern(Post::Head, StepKind::Work, "Lãnh đạo phòng chuyên môn", "Xem xét dự thảo kết quả", 100),
    Pattern(Post::Leader, StepKind::Sign, "Lãnh đạo UBND", "Ký kết quả", 120),
    Pattern(Post::Clerk, StepKind::Issue, "Văn thư", "Vào sổ, đóng dấu, phát hành", 50),
    Pattern(Post::Reception, StepKind::HandOver, "Bộ phận Một cửa", "Trả kết quả", 30),
];

/// The ward's officer appraises and submits straight to the leader.
const WARD: [Pattern; 5] = [
    Pattern(Post::Reception, StepKind::Receive, "Bộ phận Một cửa", "Tiếp nhận, số hóa và chuyển hồ sơ", 80),
    Pattern(Post::Specialist, StepKind::Work, "Công chức chuyên môn", "Thẩm định hồ sơ, dự thảo kết quả", 650),
    Pattern(Post::Leader, StepKind::Sign, "Lãnh đạo UBND", "Ký kết quả", 150),
    Pattern(Post::Clerk, StepKind::Issue, "Văn thư", "Vào sổ, đóng dấu, phát hành", 80),
    Pattern(Post::Reception, StepKind::HandOver, "Bộ phận Một cửa", "Trả kết quả", 40),
];

/// The standard workflow of a tab. Budgets are shares of a term in working days or hours and add up to it; other terms give none.
///
/// Căn cứ: NĐ 61/2018/NĐ-CP Điều 17-20 (tiếp nhận, chuyển, giải quyết, trả kết quả).
pub fn standard_steps(tab: &Tab, limit: Option<&TimeLimit>) -> Vec<Step> {
    let patterns: &[Pattern] = if *tab == Tab::district() { &DISTRICT } else { &WARD };
    let total = limit.and_then(|limit| working_minutes(limit.legal));
    let shares: Vec<Option<u32>> = patterns.iter().map(|it| total.map(|total| share(total, it.4))).collect();
    let given: u32 = shares.iter().flatten().sum();
    let left_over = total.map_or(0, |total| total.saturating_sub(given));
    let mut steps: Vec<Step> = patterns
        .iter()
        .zip(shares)
        .zip(1..)
        .map(|((&Pattern(post, kind, unit, action, _), budget), number)| {
            let appraises = post == Post::Specialist;
            let mut step = plain_step(number, post, kind, unit, action);
            step.budget_minutes = budget.map(|minutes| if appraises { minutes + left_over } else { minutes });
            step.budget_basis = budget.map(|_| BudgetBasis::Share);
            step
        })
        .collect();
    set_send_back(&mut steps);
    steps
}

/// A step with nothing special about it.
pub(super) fn plain_step(number: u16, post: Post, kind: StepKind, unit: &str, action: &str) -> Step {
    Step {
        number,
        post,
        kind,
        partner: None,
        stated_unit: unit.to_owned(),
        action: action.to_owned(),
        budget_minutes: None,
        budget_basis: None,
        clock: StepClock::Running,
        clock_stated: None,
        limit_stated: None,
        send_back_to: Vec::new(),
        parallel: None,
        only_channel: None,
        requires_presence: None,
        added: false,
    }
}

/// A step may send a dossier back to those who worked on it before: never to the desk, the citizen or the registry.
pub(super) fn set_send_back(steps: &mut [Step]) {
    let mut workers: Vec<u16> = Vec::new();
    for step in steps {
        match step.kind {
            StepKind::Work | StepKind::Consult => {
                step.send_back_to.clone_from(&workers);
                workers.push(step.number);
            }
            StepKind::Sign | StepKind::Issue => step.send_back_to.clone_from(&workers),
            StepKind::Receive | StepKind::Citizen | StepKind::HandOver => step.send_back_to.clear(),
        }
    }
}

fn working_minutes(term: Term) -> Option<u32> {
    match term {
        Term::WorkingDays(days) => Some(u32::from(days) * MINUTES_PER_DAY),
        Term::WorkingHours(hours) => Some(u32::from(hours) * 60),
        Term::CalendarDays(_) | Term::SameDay => None,
    }
}

fn share(total: u32, thousandths: u32) -> u32 {
    let minutes = total.saturating_mul(thousandths) / 1000;
    minutes - minutes % BUDGET_STEP_MINUTES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(term: &str) -> TimeLimit {
        TimeLimit { legal: term.parse().unwrap(), committed: None }
    }

    #[test]
    fn budgets_of_a_standard_workflow_add_up_to_the_term() {
        for tab in [Tab::district(), Tab::ward()] {
            for (term, minutes) in [("1wd", 480), ("3wd", 1_440), ("20wd", 9_600), ("60wh", 3_600), ("2wh", 120)] {
                let steps = standard_steps(&tab, Some(&limit(term)));
                assert_eq!(steps.iter().filter_map(|step| step.budget_minutes).sum::<u32>(), minutes, "{tab} {term}");
                assert!(steps.iter().all(|step| step.budget_basis == Some(BudgetBasis::Share)));
            }
        }
        let shares = |patterns: &[Pattern]| patterns.iter().map(|it| it.4).sum::<u32>();
        assert_eq!((shares(&DISTRICT), shares(&WARD)), (1000, 1000));
    }

    #[test]
    fn a_term_that_is_no_working_time_gives_no_budget() {
        for limit in [None, Some(limit("15d")), Some(limit("sameday"))] {
            let steps = standard_steps(&Tab::ward(), limit.as_ref());
            assert!(steps.iter().all(|step| step.budget_minutes.is_none() && step.budget_basis.is_none()));
        }
    }

    #[test]
    fn work_goes_back_to_those_who_worked_on_it_only() {
        let back: Vec<Vec<u16>> =
            standard_steps(&Tab::district(), None).into_iter().map(|step| step.send_back_to).collect();
        assert_eq!(back, [vec![], vec![], vec![2], vec![2, 3], vec![2, 3, 4], vec![2, 3, 4], vec![]]);
    }
}
