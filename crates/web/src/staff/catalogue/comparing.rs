//! Two revisions of a procedure beside each other, in words.

use crate::citizen::reviewing::difference_words;
use crate::citizen::words::{copies, fee_kind};
use crate::page::{Icon, Tone};
use crate::staff::views::{BesideRow, ChangeRow, ChipView};
use crate::texts;
use app::words;
use domain::procedure::{Difference, Need, OfficeDifference, ProcedureRevision, Step, difference, office_difference};

fn mark(tone: Tone, words: &str, icon: Icon) -> ChipView {
    ChipView::new(tone, words).with_icon(icon)
}

fn added() -> ChipView {
    mark(Tone::Good, "Thêm", Icon::Plus)
}

fn removed() -> ChipView {
    mark(Tone::Bad, "Bỏ", Icon::X)
}

fn changed() -> ChipView {
    mark(Tone::Warn, "Sửa", Icon::Pen)
}

/// What changed from an older revision to a newer one, each marked by a word.
pub fn changes(old: &ProcedureRevision, new: &ProcedureRevision) -> Vec<ChangeRow> {
    let for_applicants = difference(old, new).into_iter().map(|it| {
        let mark = match it {
            Difference::PaperAdded { .. } | Difference::FieldAdded { .. } | Difference::ChannelAdded { .. } => added(),
            Difference::PaperRemoved { .. } | Difference::FieldRemoved { .. } | Difference::ChannelRemoved { .. } => {
                removed()
            }
            Difference::Renamed { .. }
            | Difference::TimeLimit { .. }
            | Difference::Fees { .. }
            | Difference::PaperChanged { .. }
            | Difference::FieldChanged { .. } => changed(),
        };
        let words = difference_words(&it);
        ChangeRow { mark, what: words.what, before: words.before, now: words.now }
    });
    let mut rows: Vec<ChangeRow> = for_applicants.collect();
    fees_by_amount(old, new, &mut rows);
    rows.extend(office_difference(old, new).into_iter().map(for_office));
    rows
}

/// A fee whose words stay and whose amount does not shows the amounts.
fn fees_by_amount(old: &ProcedureRevision, new: &ProcedureRevision, rows: &mut [ChangeRow]) {
    let lines = |it: &ProcedureRevision| fee_lines(it).join("; ");
    for row in rows.iter_mut().filter(|it| it.what == "Phí, lệ phí") {
        (row.before, row.now) = (lines(old), lines(new));
    }
}

fn for_office(it: OfficeDifference) -> ChangeRow {
    let row = |mark, what: String, before: String, now: String| ChangeRow { mark, what, before, now };
    let none = || "không có".to_owned();
    match it {
        OfficeDifference::Sector { from, to } => row(changed(), "Lĩnh vực".to_owned(), from, to),
        OfficeDifference::StepAdded { step } => row(added(), step_title(&step), none(), step_line(&step)),
        OfficeDifference::StepRemoved { step } => row(removed(), step_title(&step), step_line(&step), "bỏ".to_owned()),
        OfficeDifference::StepChanged { from, to } => row(changed(), step_title(&to), step_line(&from), step_line(&to)),
        OfficeDifference::Outcomes { from, to } => row(changed(), "Kết quả".to_owned(), from.join("; "), to.join("; ")),
        OfficeDifference::BasisAdded { basis } => row(added(), "Căn cứ pháp lý".to_owned(), none(), basis),
        OfficeDifference::BasisRemoved { basis } => {
            row(removed(), "Căn cứ pháp lý".to_owned(), basis, "không viện dẫn nữa".to_owned())
        }
    }
}

fn step_title(it: &Step) -> String {
    format!("Bước {}", it.number)
}

fn step_line(it: &Step) -> String {
    let time = it.budget_minutes.map(|minutes| format!(", {}", words::working(i64::from(minutes))));
    format!("{}: {}{}", crate::telling::opening(&texts::post(it.post)), it.action, time.unwrap_or_default())
}

fn fee_lines(it: &ProcedureRevision) -> Vec<String> {
    it.fees
        .iter()
        .map(|fee| {
            let amount = fee.amount_vnd.map_or_else(|| "nguồn không ghi mức".to_owned(), words::dong);
            let stated = if fee.stated.trim().is_empty() { String::new() } else { format!(" (“{}”)", fee.stated) };
            format!("{}: {amount}{stated}", fee_kind(fee.kind))
        })
        .collect()
}

/// Whether a paper is needed, in words.
pub const fn need(it: Need) -> &'static str {
    match it {
        Need::Always => "luôn cần",
        Need::Conditional => "cần trong trường hợp riêng",
        Need::Optional => "không bắt buộc",
        Need::Never => "không cần nữa",
    }
}

/// Every part of a revision as lines.
fn parts(it: &ProcedureRevision) -> Vec<(&'static str, Vec<String>)> {
    let term = it.time_limit.map(|limit| {
        let (binding, legal) = (words::term(limit.binding()), words::term(limit.legal));
        if binding == legal { binding } else { format!("{binding} (luật cho {legal})") }
    });
    let papers = it.requirements.iter().map(|own| {
        let when = if own.when.trim().is_empty() { String::new() } else { format!(": {}", own.when) };
        format!("{} ({}; {}{when})", own.name, copies(own), need(own.need))
    });
    let questions = it.forms.iter().flat_map(|form| form.fields()).map(|field| {
        let must = if field.required { "phải trả lời" } else { "không bắt buộc" };
        format!("{} ({must})", field.label)
    });
    vec![
        ("Tên", vec![it.name.clone()]),
        ("Lĩnh vực", vec![it.sector.clone()]),
        ("Thời hạn", term.into_iter().collect()),
        ("Phí, lệ phí", fee_lines(it)),
        ("Cách nộp", it.channels.iter().map(|own| texts::channel(*own)).collect()),
        ("Giấy tờ", papers.collect()),
        ("Mẫu đơn", questions.collect()),
        ("Các bước", it.steps.iter().map(|own| format!("{}. {}", own.number, step_line(own))).collect()),
        ("Kết quả", it.outcomes.iter().map(|own| own.name.clone()).collect()),
        ("Căn cứ pháp lý", it.legal_basis.clone()),
        ("Quyết định công bố", Some(it.announced_by.clone()).filter(|own| !own.is_empty()).into_iter().collect()),
    ]
}

/// Both in full, part by part.
pub fn beside(old: &ProcedureRevision, new: &ProcedureRevision) -> Vec<BesideRow> {
    let rows = parts(old).into_iter().zip(parts(new));
    rows.map(|((part, before), (_, now))| BesideRow { part: part.to_owned(), changed: before != now, before, now })
        .collect()
}

/// Fees in words, for the facts of a procedure.
pub fn fees(it: &ProcedureRevision) -> String {
    let lines = fee_lines(it);
    if lines.is_empty() && it.fee_stated.trim().is_empty() {
        "nguồn không ghi".to_owned()
    } else if lines.is_empty() {
        it.fee_stated.clone()
    } else {
        lines.join("; ")
    }
}
