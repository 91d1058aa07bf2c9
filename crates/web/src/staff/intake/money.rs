//! What it costs and when it will be ready, if received now.

use super::Counter;
use crate::citizen::words::fee_kind;
use crate::page::FieldLink;
use crate::problem::Problem;
use crate::staff::answer_fields;
use crate::staff::views::{ChoiceView, CostPart, DuePart, FactView, FeeLine, PaperLine};
use app::{desk, words};
use domain::procedure::{FeeEstimate, FeeMoment, FeeRule, Field, Quantities, Quantity, estimate};

/// Most pages, copies or cases at once.
const QUANTITY_MAX: u32 = 10_000;
/// Quantities one can type: which, their key, their unit, how many where nothing is typed.
const QUANTITIES: [(Quantity, &str, &str, u32); 4] = [
    (Quantity::Pages, "trang", "trang", 1),
    (Quantity::Copies, "ban", "bản", 1),
    (Quantity::Cases, "viec", "việc", 1),
    (Quantity::ExtraCopies, "them", "bản", 0),
];

/// The key, the unit and how many where nothing is typed.
fn typed_as(of: Quantity) -> (&'static str, &'static str, u32) {
    QUANTITIES.iter().find(|it| it.0 == of).map_or(("", "", 0), |it| (it.1, it.2, it.3))
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
                text: format!("Số {} là một số từ {} đến {QUANTITY_MAX}.", it.2, it.3),
            })
            .collect();
        if !["", "tien-mat", "chuyen-khoan", "sau"].contains(&self.posted.trimmed("tra")) {
            let text = "Chọn một cách trả phí trong danh sách.".to_owned();
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
                (None, _) => "0 đồng".to_owned(),
                (Some(_), Some(amount)) => words::dong(amount),
                (Some(_), None) => "chưa có trong nguồn".to_owned(),
            };
            let rate = match rule.amount_vnd {
                _ if !rule.tiers.is_empty() => "mức dưới đây".to_owned(),
                Some(amount) => words::dong(amount),
                None => "chưa có trong nguồn".to_owned(),
            };
            let label = format!("{}{}", fee_kind(rule.kind), if rule.optional { " bản sao thêm" } else { "" });
            let mut counted = rule.counted_by().iter().filter(|it| !asked.contains(it)).copied().collect::<Vec<_>>();
            asked.extend(counted.iter().copied());
            let first = if counted.is_empty() { None } else { Some(counted.remove(0)) };
            lines.push(self.line(first, &label, rate, amount, rule.stated.clone()));
            for of in counted {
                let rate = "mỗi bản tính như trên".to_owned();
                lines.push(self.line(Some(of), "Số bản", rate, String::new(), String::new()));
            }
        }
        CostPart { chosen: self.procedure.is_some(), fees: lines, payment: self.payment() }
    }

    fn line(&self, of: Option<Quantity>, label: &str, rate: String, amount: String, note: String) -> FeeLine {
        let plain = FeeLine { label: label.to_owned(), rate, amount, note, ..FeeLine::default() };
        let Some(of) = of else { return plain };
        let (key, unit, otherwise) = typed_as(of);
        if let Some(question) = self.question_of(of) {
            return FeeLine {
                asked: format!("{} {unit}", self.quantities().of(of)),
                question: format!("#{}", answer_fields::control_of(&question.id)),
                ..plain
            };
        }
        let typed = self.posted.trimmed(&format!("sl-{key}"));
        FeeLine {
            key: key.to_owned(),
            unit: unit.to_owned(),
            quantity: if typed.is_empty() { otherwise.to_string() } else { typed.chars().take(8).collect() },
            error: match self.quantity(of) {
                Ok(_) => String::new(),
                Err(()) => format!("Ghi một số từ {otherwise} đến {QUANTITY_MAX}."),
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
        [("tien-mat", "Thu tiền mặt ngay"), ("chuyen-khoan", "Chuyển khoản ngay"), ("sau", "Thu khi trả kết quả")]
            .into_iter()
            .map(|(value, label)| ChoiceView { chosen: value == chosen, ..ChoiceView::new(value, label) })
            .collect()
    }

    /// When it will be ready.
    pub(super) fn due(&self, papers: &[PaperLine]) -> Result<DuePart, Problem> {
        let Some(procedure) = &self.procedure else { return Ok(DuePart::default()) };
        let Some(limit) = procedure.time_limit else {
            return Ok(DuePart { missing: "Thời hạn: chưa có trong nguồn.".to_owned(), ..DuePart::default() });
        };
        let Some(promise) = desk::promise(&self.web.house, &procedure.procedure, self.desk)? else {
            return Ok(DuePart::default());
        };
        let now = self.web.house.clock.now().local();
        let at = promise.committed.local();
        let counted = promise.counted_from.local();
        let due = if at.date() == self.today { format!("{} hôm nay", words::time(at)) } else { words::time(at) };
        let estimate = self.estimate();
        let here = papers.iter().filter(|it| it.received).count();
        let missing = self.missing();
        let mut facts = Vec::new();
        if !papers.is_empty() {
            facts.push(FactView {
                label: "Giấy tờ".to_owned(),
                value: format!("{here}/{} có", papers.len()),
                remark: if missing > 0 { format!("thiếu {missing} giấy bắt buộc") } else { String::new() },
                ..FactView::default()
            });
        }
        let whole = if estimate.is_whole() { "" } else { ", chưa kể khoản chưa có trong nguồn" };
        Ok(DuePart {
            due,
            day: words::day(at.date()),
            committed: words::term(limit.binding()),
            legal: format!("{}, đến {}", words::term(limit.legal), words::short_day(promise.legal.day())),
            counts_from: if counted > now {
                format!("nhận ngoài giờ: tính từ {}", words::moment(counted))
            } else {
                String::new()
            },
            provisional: if promise.provisional {
                "Ngày tạm tính: lịch nghỉ lễ của năm đó chưa công bố.".to_owned()
            } else {
                String::new()
            },
            missing: String::new(),
            facts,
            total: if !self.fee_errors().is_empty() {
                "chưa tính được".to_owned()
            } else if self.rules().is_empty() {
                "miễn phí".to_owned()
            } else {
                format!("{}{whole}", words::dong(estimate.total_vnd))
            },
        })
    }
}
