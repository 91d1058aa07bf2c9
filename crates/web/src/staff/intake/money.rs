//! What it costs and when it will be ready, if received now.

use super::Counter;
use crate::citizen::words::fee_kind;
use crate::page::FieldLink;
use crate::problem::Problem;
use crate::spoken;
use crate::staff::answer_fields;
use crate::staff::views::{ChoiceView, CostPart, DuePart, FactView, FeeLine, PaperLine};
use crate::telling::within;
use crate::{counted, say, say_with};
use app::desk;
use domain::procedure::{FeeEstimate, FeeMoment, FeeRule, Field, Quantities, Quantity, estimate};

/// Most pages, copies or cases at once.
const QUANTITY_MAX: u32 = 10_000;
/// Quantities one can type: which, their key, the words of their unit, how many where nothing is typed.
const QUANTITIES: [(Quantity, &str, &str, u32); 4] = [
    (Quantity::Pages, "trang", "intake-pages", 1),
    (Quantity::Copies, "ban", "intake-of-copies", 1),
    (Quantity::Cases, "viec", "intake-cases", 1),
    (Quantity::ExtraCopies, "them", "intake-of-copies", 0),
];

/// The key, the words of the unit and how many where nothing is typed.
fn typed_as(of: Quantity) -> (&'static str, &'static str, u32) {
    QUANTITIES.iter().find(|it| it.0 == of).map_or(("", "", 0), |it| (it.1, it.2, it.3))
}

/// "5 trang".
/// Longest number of a receipt, in characters.
const RECEIPT_CHARS_MAX: usize = 60;

/// The number of a receipt as typed, in one line.
pub(super) fn cut_receipt(typed: &str) -> String {
    typed.chars().filter(|it| !it.is_control()).take(RECEIPT_CHARS_MAX).collect()
}

fn counted_of(of: Quantity, count: u32) -> String {
    let key = match of {
        Quantity::Pages => "intake-count-pages",
        Quantity::Copies | Quantity::ExtraCopies => "intake-count-copies",
        Quantity::Cases => "intake-count-cases",
    };
    counted(key, count)
}

/// An amount, where the source gives one.
fn amount_of(amount_vnd: Option<i64>) -> String {
    amount_vnd.map_or_else(|| say("intake-not-in-source").to_owned(), spoken::dong)
}

impl Counter<'_> {
    /// The question that says how many already: it is not asked twice.
    fn question_of(&self, of: Quantity) -> Option<&Field> {
        self.form()?.fields().find(|it| it.counts == Some(of))
    }

    fn quantity(&self, of: Quantity) -> Result<u32, ()> {
        let (key, _, otherwise) = typed_as(of);
        match self.posted.trimmed(&format!("sl-{key}")) {
            "" => Ok(otherwise),
            text => match text.parse::<u32>() {
                Ok(count)
                    if count <= QUANTITY_MAX
                        && (count > 0 || otherwise == 0)
                        && text.bytes().all(|it| it.is_ascii_digit()) =>
                {
                    Ok(count)
                }
                Ok(_) | Err(_) => Err(()),
            },
        }
    }

    pub(super) fn rules(&self) -> &[FeeRule] {
        self.procedure.as_ref().map(|it| it.fees.as_slice()).unwrap_or_default()
    }

    /// What is asked for: by the questions of the form, and by the boxes of what no question asks.
    fn quantities(&self) -> Quantities {
        let mut asked = Quantities::default().asked_in(self.form(), &self.answers().0);
        for (of, ..) in QUANTITIES.iter().filter(|it| self.question_of(it.0).is_none()) {
            asked.set(*of, self.quantity(*of).unwrap_or(0));
        }
        asked
    }

    /// What is owed with the quantities typed.
    pub(super) fn estimate(&self) -> FeeEstimate {
        estimate(self.rules(), &self.quantities())
    }

    /// Quantities that cannot stand.
    pub(super) fn fee_errors(&self) -> Vec<FieldLink> {
        let asked: Vec<Quantity> = self.rules().iter().flat_map(|it| it.counted_by().iter().copied()).collect();
        let mut errors: Vec<FieldLink> = QUANTITIES
            .iter()
            .filter(|it| asked.contains(&it.0) && self.question_of(it.0).is_none() && self.quantity(it.0).is_err())
            .map(|it| FieldLink {
                href: format!("#sl-{}", it.1),
                text: say_with("intake-number-of", &[("unit", &say(it.2)), ("least", &it.3), ("most", &QUANTITY_MAX)]),
            })
            .collect();
        if !["", "tien-mat", "chuyen-khoan", "sau"].contains(&self.posted.trimmed("tra")) {
            let text = say("intake-choose-payment").to_owned();
            errors.push(FieldLink { href: "#b4".to_owned(), text });
        }
        errors
    }

    /// The lines of the fee, and how it is paid.
    pub(super) fn cost(&self) -> CostPart {
        let estimate = self.estimate();
        let mut asked: Vec<Quantity> = Vec::new();
        let mut lines = Vec::new();
        for (place, rule) in self.rules().iter().enumerate() {
            let line = estimate.lines.iter().find(|it| it.rule == place);
            let amount = match (line, line.and_then(|it| it.amount_vnd)) {
                (None, _) => spoken::dong(0),
                (Some(_), amount) => amount_of(amount),
            };
            let rate =
                if rule.tiers.is_empty() { amount_of(rule.amount_vnd) } else { say("intake-rates-below").to_owned() };
            let kind = fee_kind(rule.kind);
            let label = if rule.optional { say_with("intake-fee-extra", &[("kind", &kind)]) } else { kind.to_owned() };
            let mut counted = rule.counted_by().iter().filter(|it| !asked.contains(it)).copied().collect::<Vec<_>>();
            asked.extend(counted.iter().copied());
            let first = if counted.is_empty() { None } else { Some(counted.remove(0)) };
            lines.push(self.line(first, &label, rate, amount, rule.stated.clone()));
            for of in counted {
                let rate = say("intake-each-as-above").to_owned();
                lines.push(self.line(Some(of), say("procedure-copies"), rate, String::new(), String::new()));
            }
        }
        CostPart {
            chosen: self.procedure.is_some(),
            fees: lines,
            payment: self.payment(),
            receipt: cut_receipt(self.posted.trimmed("bien-lai")),
        }
    }

    fn line(&self, of: Option<Quantity>, label: &str, rate: String, amount: String, note: String) -> FeeLine {
        let plain = FeeLine { label: label.to_owned(), rate, amount, note, ..FeeLine::default() };
        let Some(of) = of else { return plain };
        let (key, unit, otherwise) = typed_as(of);
        if let Some(question) = self.question_of(of) {
            return FeeLine {
                asked: counted_of(of, self.quantities().of(of)),
                question: format!("#{}", answer_fields::control_of(&question.id)),
                ..plain
            };
        }
        let typed = self.posted.trimmed(&format!("sl-{key}"));
        FeeLine {
            key: key.to_owned(),
            unit: say(unit).to_owned(),
            quantity: if typed.is_empty() { otherwise.to_string() } else { typed.chars().take(8).collect() },
            error: match self.quantity(of) {
                Ok(_) => String::new(),
                Err(()) => say_with("intake-a-number", &[("least", &otherwise), ("most", &QUANTITY_MAX)]),
            },
            ..plain
        }
    }

    fn payment(&self) -> Vec<ChoiceView> {
        let at_once = self.rules().iter().any(|it| it.moment == FeeMoment::AtReception);
        let chosen = match self.posted.trimmed("tra") {
            "" if at_once => "tien-mat",
            "" => "sau",
            way => way,
        };
        [("tien-mat", "intake-cash"), ("chuyen-khoan", "intake-transfer"), ("sau", "intake-pay-later")]
            .into_iter()
            .map(|(value, key)| ChoiceView { chosen: value == chosen, ..ChoiceView::new(value, say(key)) })
            .collect()
    }

    /// When it will be ready.
    pub(super) fn due(&self, papers: &[PaperLine]) -> Result<DuePart, Problem> {
        let Some(procedure) = &self.procedure else { return Ok(DuePart::default()) };
        let Some(limit) = procedure.time_limit else {
            return Ok(DuePart { missing: say("intake-no-term").to_owned(), ..DuePart::default() });
        };
        let Some(promise) = desk::promise(&self.web.house, &procedure.procedure, self.desk)? else {
            return Ok(DuePart::default());
        };
        let now = self.web.house.clock.now().local();
        let at = promise.committed.local();
        let counted_from = promise.counted_from.local();
        let time = spoken::time(at);
        let due = if at.date() == self.today { say_with("intake-due-today", &[("time", &time)]) } else { time };
        let estimate = self.estimate();
        let here = papers.iter().filter(|it| it.received).count();
        let missing = self.missing();
        let mut facts = Vec::new();
        if !papers.is_empty() {
            facts.push(FactView {
                label: say("apply-papers").to_owned(),
                value: say_with("intake-papers-here", &[("here", &here), ("all", &papers.len())]),
                remark: if missing > 0 { counted("intake-papers-missing", missing) } else { String::new() },
                ..FactView::default()
            });
        }
        let total = spoken::dong(estimate.total_vnd);
        Ok(DuePart {
            due,
            day: spoken::day(at.date()),
            committed: spoken::term(limit.binding()),
            legal: say_with(
                "intake-legal-until",
                &[("term", &spoken::term(limit.legal)), ("day", &spoken::short_day(promise.legal.day()))],
            ),
            counts_from: if counted_from > now {
                say_with("intake-out-of-hours", &[("at", &spoken::moment(counted_from))])
            } else {
                String::new()
            },
            provisional: if promise.provisional { say("intake-provisional").to_owned() } else { String::new() },
            missing: String::new(),
            facts,
            total: if !self.fee_errors().is_empty() {
                say("intake-not-counted").to_owned()
            } else if self.rules().is_empty() {
                within(say("fee-free"))
            } else if estimate.is_whole() {
                total
            } else {
                say_with("intake-total-open", &[("amount", &total)])
            },
        })
    }
}
