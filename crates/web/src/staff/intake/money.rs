//! What it costs and when it will be ready, if received now.

use super::Counter;
use crate::citizen::words::fee_kind;
use crate::page::FieldLink;
use crate::problem::Problem;
use crate::staff::views::{ChoiceView, DuePart, FactView, FeeLine, PaperLine};
use app::{desk, words};
use domain::procedure::{FeeEstimate, FeeMoment, FeePer, FeeRule, Quantities, estimate};

/// Most pages, copies or cases at once.
const QUANTITY_MAX: u32 = 10_000;
/// Quantities one can type: their key, their unit, how many where nothing is typed.
const QUANTITIES: [(&str, &str, u32); 4] =
    [("trang", "trang", 1), ("ban", "bản", 1), ("viec", "việc", 1), ("them", "bản", 0)];

/// Which quantities a rule asks.
fn asks(rule: &FeeRule) -> &'static [&'static str] {
    match (rule.per, rule.optional) {
        (FeePer::Dossier, _) => &[],
        (FeePer::Page, false) => &["trang", "ban"],
        (FeePer::Page, true) => &["trang", "them"],
        (FeePer::Case, _) => &["viec"],
        (FeePer::Copy, false) => &["ban"],
        (FeePer::Copy, true) => &["them"],
    }
}

impl Counter<'_> {
    fn quantity(&self, key: &str) -> Result<u32, ()> {
        let otherwise = QUANTITIES.iter().find(|it| it.0 == key).map_or(0, |it| it.2);
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

    fn rules(&self) -> &[FeeRule] {
        self.procedure.as_ref().map(|it| it.fees.as_slice()).unwrap_or_default()
    }

    /// What is owed with the quantities typed.
    pub(super) fn estimate(&self) -> FeeEstimate {
        let of = |key: &str| self.quantity(key).unwrap_or(0);
        let quantities = Quantities {
            pages: of("trang"),
            copies: of("ban"),
            cases: of("viec"),
            extra_copies: of("them"),
            exempt_for: Vec::new(),
        };
        estimate(self.rules(), &quantities)
    }

    /// Quantities that cannot stand.
    pub(super) fn fee_errors(&self) -> Vec<FieldLink> {
        let asked: Vec<&str> = self.rules().iter().flat_map(|it| asks(it).iter().copied()).collect();
        let mut errors: Vec<FieldLink> = QUANTITIES
            .iter()
            .filter(|it| asked.contains(&it.0) && self.quantity(it.0).is_err())
            .map(|it| FieldLink {
                href: format!("#sl-{}", it.0),
                text: format!("Số {} là một số từ {} đến {QUANTITY_MAX}.", it.1, it.2),
            })
            .collect();
        if !["", "tien-mat", "chuyen-khoan", "sau"].contains(&self.posted.trimmed("tra")) {
            let text = "Chọn một cách trả phí trong danh sách.".to_owned();
            errors.push(FieldLink { href: "#b4".to_owned(), text });
        }
        errors
    }

    /// The lines of the fee, and how it is paid.
    pub(super) fn fee_lines(&self) -> (Vec<FeeLine>, Vec<ChoiceView>) {
        let estimate = self.estimate();
        let mut asked: Vec<&str> = Vec::new();
        let mut lines = Vec::new();
        for (place, rule) in self.rules().iter().enumerate() {
            let line = estimate.lines.iter().find(|it| it.rule == place);
            let amount = match (line, line.and_then(|it| it.amount_vnd)) {
                (None, _) => "0 đồng".to_owned(),
                (Some(_), Some(amount)) => words::dong(amount),
                (Some(_), None) => "chưa có trong nguồn".to_owned(),
            };
            let rate = rule.amount_vnd.map_or_else(|| "chưa có trong nguồn".to_owned(), words::dong);
            let label = format!("{}{}", fee_kind(rule.kind), if rule.optional { " bản sao thêm" } else { "" });
            let mut keys = asks(rule).iter().filter(|it| !asked.contains(it)).copied().collect::<Vec<_>>();
            asked.extend(keys.iter().copied());
            let first = if keys.is_empty() { None } else { Some(keys.remove(0)) };
            lines.push(self.line(first, &label, rate, amount, rule.stated.clone()));
            for key in keys {
                lines.push(self.line(
                    Some(key),
                    "Số bản",
                    "mỗi bản tính như trên".to_owned(),
                    String::new(),
                    String::new(),
                ));
            }
        }
        (lines, self.payment())
    }

    fn line(&self, key: Option<&str>, label: &str, rate: String, amount: String, note: String) -> FeeLine {
        let Some(key) = key else {
            return FeeLine { label: label.to_owned(), rate, amount, note, ..FeeLine::default() };
        };
        let (unit, otherwise) = QUANTITIES.iter().find(|it| it.0 == key).map_or(("", 0), |it| (it.1, it.2));
        let typed = self.posted.trimmed(&format!("sl-{key}"));
        FeeLine {
            key: key.to_owned(),
            label: label.to_owned(),
            unit: unit.to_owned(),
            rate,
            quantity: if typed.is_empty() { otherwise.to_string() } else { typed.chars().take(8).collect() },
            amount,
            note,
            error: match self.quantity(key) {
                Ok(_) => String::new(),
                Err(()) => format!("Ghi một số từ {otherwise} đến {QUANTITY_MAX}."),
            },
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
