//! Fees and charges of a procedure.

use serde::{Deserialize, Serialize};

use super::answers::Answers;
use super::form::ApplicationForm;
use super::revision::Basis;

/// One fee or charge, as the promulgation decision states it.
///
/// Căn cứ: Luật Phí và lệ phí 97/2015/QH13; TT 226/2016/TT-BTC (chứng thực).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[doc(alias = "phí, lệ phí")]
pub struct FeeRule {
    /// Fee for a service, or charge of the State.
    pub kind: FeeKind,
    /// The amount, where the source gives one.
    pub amount_vnd: Option<i64>,
    /// The words of the source.
    pub stated: String,
    /// What one amount pays for.
    pub per: FeePer,
    /// Amounts by page, where they differ.
    pub tiers: Vec<FeeTier>,
    /// The most one copy may cost.
    pub cap_per_copy_vnd: Option<i64>,
    /// Owed only when the applicant asks for the extra.
    pub optional: bool,
    /// Who is exempt: `ho_ngheo`, `nguoi_co_cong`, …
    pub exempt: Vec<String>,
    /// Who sets the amount, when it is not the State: the amount is then that province's.
    pub set_by: Option<String>,
    /// Whether it is paid back when nothing comes of the application.
    pub refundable: Option<bool>,
    /// When it is paid.
    pub moment: FeeMoment,
    /// How sure we are.
    pub basis: Basis,
}

/// Whether an amount pays for a service or is a charge of the State.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeKind {
    /// Pays for a service.
    #[doc(alias = "phí")]
    Fee,
    /// Owed to the State for an act.
    #[doc(alias = "lệ phí")]
    Charge,
    /// The source does not say which.
    Unstated,
}

/// What one amount pays for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeePer {
    /// The dossier as a whole.
    Dossier,
    /// A page of the original, for each copy.
    Page,
    /// A case, such as one paper signed by several people.
    Case,
    /// A copy.
    Copy,
}

/// The amount for a range of pages of one copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeTier {
    /// First page, counted from 1.
    pub from_page: u32,
    /// Last page; the rest of the paper when absent.
    pub to_page: Option<u32>,
    /// Amount for each page.
    pub amount_vnd: i64,
}

/// When a fee is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeeMoment {
    /// When the dossier is handed in.
    AtReception,
    /// When the decision is handed over.
    AtDelivery,
    /// The source does not say.
    Unstated,
}

/// A thing a fee is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Pages of the original.
    Pages,
    /// Copies, where copies are what the procedure gives.
    Copies,
    /// Cases.
    Cases,
    /// Copies asked for on top of the decision.
    ExtraCopies,
}

impl FeeRule {
    /// The things the amount of this rule is counted by.
    pub const fn counted_by(&self) -> &'static [Quantity] {
        match (self.per, self.optional) {
            (FeePer::Dossier, _) => &[],
            (FeePer::Page, false) => &[Quantity::Pages, Quantity::Copies],
            (FeePer::Page, true) => &[Quantity::Pages, Quantity::ExtraCopies],
            (FeePer::Case, _) => &[Quantity::Cases],
            (FeePer::Copy, false) => &[Quantity::Copies],
            (FeePer::Copy, true) => &[Quantity::ExtraCopies],
        }
    }
}

/// How many of each thing an applicant asks for. Nothing asked for counts as none, except the dossier itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantities {
    /// Pages of the original.
    pub pages: u32,
    /// Copies, where copies are what the procedure gives.
    pub copies: u32,
    /// Cases.
    pub cases: u32,
    /// Copies asked for on top of the decision.
    pub extra_copies: u32,
    /// Grounds on which the applicant is exempt.
    pub exempt_for: Vec<String>,
}

impl Default for Quantities {
    fn default() -> Self {
        Self { pages: 1, copies: 1, cases: 1, extra_copies: 0, exempt_for: Vec::new() }
    }
}

impl Quantities {
    /// How many of one thing.
    pub const fn of(&self, it: Quantity) -> u32 {
        match it {
            Quantity::Pages => self.pages,
            Quantity::Copies => self.copies,
            Quantity::Cases => self.cases,
            Quantity::ExtraCopies => self.extra_copies,
        }
    }

    /// Says how many of one thing.
    pub const fn set(&mut self, of: Quantity, count: u32) {
        match of {
            Quantity::Pages => self.pages = count,
            Quantity::Copies => self.copies = count,
            Quantity::Cases => self.cases = count,
            Quantity::ExtraCopies => self.extra_copies = count,
        }
    }

    /// With what the answers to a form ask for; a question left blank, or answered with what is no number, changes nothing.
    #[must_use]
    pub fn asked_in(mut self, form: Option<&ApplicationForm>, answers: &Answers) -> Self {
        let fields = form.into_iter().flat_map(ApplicationForm::fields);
        for (of, id) in fields.filter_map(|it| Some((it.counts?, &it.id))) {
            if let Some(count) = answers.text(id).and_then(|it| it.parse().ok()) {
                self.set(of, count);
            }
        }
        self
    }
}

/// What a dossier will cost, as far as the rules say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeEstimate {
    /// The sum of what is known.
    pub total_vnd: i64,
    /// One line for each rule that applies; without an amount where the source gives none.
    pub lines: Vec<FeeLine>,
}

impl FeeEstimate {
    /// Whether every rule that applies has an amount, so that the total is the whole.
    pub fn is_whole(&self) -> bool {
        self.lines.iter().all(|line| line.amount_vnd.is_some())
    }
}

/// One line of an estimate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeLine {
    /// Place of the rule in the revision.
    pub rule: usize,
    /// Its kind.
    pub kind: FeeKind,
    /// The words of the source.
    pub stated: String,
    /// The amount, where it can be told.
    pub amount_vnd: Option<i64>,
}

/// What the applicant will pay: the rules that are owed in any case, and the extras asked for.
pub fn estimate(fees: &[FeeRule], quantities: &Quantities) -> FeeEstimate {
    let lines: Vec<FeeLine> = fees
        .iter()
        .enumerate()
        .filter(|(_, rule)| !rule.optional || quantities.extra_copies > 0)
        .map(|(index, rule)| FeeLine {
            rule: index,
            kind: rule.kind,
            stated: rule.stated.clone(),
            amount_vnd: amount(rule, quantities),
        })
        .collect();
    let total_vnd = lines.iter().filter_map(|line| line.amount_vnd).fold(0, i64::saturating_add);
    FeeEstimate { total_vnd, lines }
}

fn amount(rule: &FeeRule, quantities: &Quantities) -> Option<i64> {
    if rule.exempt.iter().any(|ground| quantities.exempt_for.contains(ground)) {
        return Some(0);
    }
    let copies = if rule.optional { quantities.extra_copies } else { quantities.copies };
    match rule.per {
        FeePer::Dossier => rule.amount_vnd,
        FeePer::Case => times(rule.amount_vnd, quantities.cases),
        FeePer::Copy => times(rule.amount_vnd, copies),
        FeePer::Page => times(one_copy(rule, quantities.pages), copies),
    }
}

/// One copy of so many pages, by tier, never above the cap.
fn one_copy(rule: &FeeRule, pages: u32) -> Option<i64> {
    let whole = if rule.tiers.is_empty() {
        times(rule.amount_vnd, pages)?
    } else {
        rule.tiers.iter().fold(0, |sum: i64, tier| {
            let last = tier.to_page.map_or(pages, |last| last.min(pages));
            let count = last.saturating_add(1).saturating_sub(tier.from_page.max(1));
            sum.saturating_add(tier.amount_vnd.saturating_mul(i64::from(count)))
        })
    };
    Some(rule.cap_per_copy_vnd.map_or(whole, |cap| whole.min(cap)))
}

fn times(amount_vnd: Option<i64>, count: u32) -> Option<i64> {
    amount_vnd.map(|amount| amount.saturating_mul(i64::from(count)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procedure::{Answer, Field, FieldKind, Section};

    fn rule(amount_vnd: Option<i64>, per: FeePer) -> FeeRule {
        FeeRule {
            kind: FeeKind::Fee,
            amount_vnd,
            stated: "2.000 đồng/trang".to_owned(),
            per,
            tiers: Vec::new(),
            cap_per_copy_vnd: None,
            optional: false,
            exempt: Vec::new(),
            set_by: None,
            refundable: None,
            moment: FeeMoment::Unstated,
            basis: Basis::Verified,
        }
    }

    /// Căn cứ: TT 226/2016/TT-BTC Điều 4.
    #[test]
    fn a_certified_copy_costs_2000_for_two_pages_then_1000_and_at_most_200000() {
        let tiers = vec![
            FeeTier { from_page: 1, to_page: Some(2), amount_vnd: 2_000 },
            FeeTier { from_page: 3, to_page: None, amount_vnd: 1_000 },
        ];
        let fees = [FeeRule { tiers, cap_per_copy_vnd: Some(200_000), ..rule(Some(2_000), FeePer::Page) }];
        let cost = |pages, copies| estimate(&fees, &Quantities { pages, copies, ..Quantities::default() }).total_vnd;
        assert_eq!(cost(1, 1), 2_000);
        assert_eq!(cost(2, 1), 4_000);
        assert_eq!(cost(3, 1), 5_000);
        assert_eq!(cost(5, 3), 21_000);
        assert_eq!(cost(198, 1), 200_000);
        assert_eq!(cost(5_000, 2), 400_000);
        assert_eq!(cost(0, 1), 0);
        assert_eq!(cost(u32::MAX, u32::MAX), 200_000 * i64::from(u32::MAX));
    }

    #[test]
    fn what_the_form_asks_counts_and_what_it_does_not_ask_is_as_usual() {
        let question = |id: &str, counts| Field { counts: Some(counts), ..Field::new(id, id, FieldKind::Int) };
        let fields = vec![question("trang", Quantity::Pages), question("them", Quantity::ExtraCopies)];
        let section = Section { fields, ..Section::default() };
        let form = ApplicationForm { sections: vec![section], ..ApplicationForm::default() };
        let asked = |typed: &[(&str, &str)]| {
            let text = |it: &&str| Answer::Text((*it).to_owned());
            let answers = typed.iter().map(|(id, it)| ((*id).to_owned(), text(it))).collect();
            let asked = Quantities::default().asked_in(Some(&form), &Answers(answers));
            (asked.pages, asked.copies, asked.extra_copies)
        };
        assert_eq!(asked(&[("trang", "5"), ("them", "2"), ("ban", "9")]), (5, 1, 2));
        assert_eq!(asked(&[("trang", "năm")]), (1, 1, 0));
        assert_eq!(asked(&[]), (1, 1, 0));
    }

    #[test]
    fn extras_count_only_when_asked_for_and_an_unknown_amount_is_never_made_up() {
        let fees = [
            FeeRule { exempt: vec!["ho_ngheo".to_owned()], ..rule(Some(50_000), FeePer::Dossier) },
            FeeRule { optional: true, ..rule(Some(8_000), FeePer::Copy) },
            rule(None, FeePer::Dossier),
        ];
        let plain = estimate(&fees, &Quantities::default());
        assert_eq!((plain.total_vnd, plain.lines.len(), plain.is_whole()), (50_000, 2, false));
        let copies = estimate(&fees, &Quantities { extra_copies: 2, ..Quantities::default() });
        assert_eq!(copies.total_vnd, 66_000);
        let exempt = Quantities { exempt_for: vec!["ho_ngheo".to_owned()], ..Quantities::default() };
        assert_eq!(estimate(&fees, &exempt).total_vnd, 0);
    }
}
