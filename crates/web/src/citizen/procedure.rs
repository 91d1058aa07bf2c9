//! Everything one must know about one procedure.

use super::catalogue::{address, is_verified, tab_words, term};
use super::views::{ChannelView, Fact, Link, PaperView, ProcedurePage, Provenance, StartView, WorkStep};
use super::words::{channel_title, copies, fee_in_short, fee_kind, register};
use crate::Web;
use crate::frame::{self, encoded, html};
use crate::page::{Icon, Section};
use crate::problem::Problem;
use crate::texts;
use crate::visitor::Visitor;
use app::AppError;
use app::house::Snapshot;
use app::words;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::calendar::{Term, TimeLimit};
use domain::procedure::{
    Channel, FeePer, FeeRule, LocalRule, Need, ProcedureId, ProcedureRevision, Requirement, RequirementGroup, Step,
    StepsSource,
};
use jiff::civil::{Date, date};

/// First day of government in two levels. Căn cứ: Luật Tổ chức chính quyền địa phương 2025.
const TWO_LEVELS_FROM: Date = date(2025, 7, 1);
/// Working minutes of a working day.
const DAY_MINUTES: u32 = 480;

/// Everything about one procedure.
///
/// # Errors
/// There is none of that id.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let known = web.house.now_known();
    let missing = || Problem::from(AppError::NotFound);
    let id: ProcedureId = id.parse().map_err(|_| missing())?;
    let it = known.catalogue.current(&id).ok_or_else(missing)?;
    let today = web.house.clock.now().day();
    let (competent, competent_note) = competent(&it, today);
    let sector = if it.sector.is_empty() { "Chưa ghi lĩnh vực".to_owned() } else { it.sector.clone() };
    let (papers, special_papers) = papers(&it);
    Ok(html(&ProcedurePage {
        page: frame::citizen(&web, &visitor, it.name.clone(), Section::Procedures),
        sector: Link { href: format!("/thu-tuc?linh-vuc={}", encoded(&it.sector)), label: sector },
        name: it.name.clone(),
        lead: None,
        term: term(it.time_limit.as_ref()),
        term_note: term_note(&it),
        fee: fee_in_short(&it),
        fee_note: fee_note(&it),
        competent,
        competent_note,
        start: start(&known, &it, today),
        applicants: it.who_may_apply.clone(),
        authorization: it.may_authorize.then(|| "Được ủy quyền cho người khác nộp thay.".to_owned()),
        papers,
        special_papers,
        fees: it.fees.iter().map(fee).collect(),
        channels: channels(&it),
        locals: locals(&known, &it, today),
        steps: it.steps.iter().map(step).collect(),
        standard_workflow: it.steps_source == StepsSource::StandardOfLevel,
        outcomes: outcomes(&it),
        legal: it.legal_basis.clone(),
        code: it.code.as_ref().map(ToString::to_string),
        in_force_from: in_force(&it),
        provenance: provenance(&it),
        samples: Vec::new(),
        related: related(&known, &it),
    }))
}

fn in_force(it: &ProcedureRevision) -> String {
    if it.announced_by.is_empty() {
        format!("lần đưa vào danh mục thứ {}", it.number)
    } else {
        format!("quyết định công bố {}", it.announced_by)
    }
}

fn provenance(it: &ProcedureRevision) -> Provenance {
    let source = it.source.clone();
    match (is_verified(it), source.is_empty()) {
        (true, false) => Provenance::Verified { source },
        (false, _) => Provenance::Reconstructed { source },
        (true, true) => Provenance::Unknown,
    }
}

fn term_note(it: &ProcedureRevision) -> Option<String> {
    match it.time_limit.as_ref().map(TimeLimit::binding) {
        Some(Term::SameDay) => Some("nộp sau 15 giờ: trả ngày làm việc kế tiếp".to_owned()),
        Some(Term::WorkingDays(_) | Term::WorkingHours(_) | Term::CalendarDays(_)) | None => None,
    }
}

fn fee_note(it: &ProcedureRevision) -> Option<String> {
    let extras: Vec<&str> = it.fees.iter().filter(|fee| fee.optional).map(|fee| fee.stated.as_str()).collect();
    (!extras.is_empty()).then(|| extras.join("; "))
}

/// Who decides in the era of that day, and where one hands it in.
pub(crate) fn competent(it: &ProcedureRevision, today: Date) -> (String, Option<String>) {
    let era = if today < TWO_LEVELS_FROM { "pre-" } else { "post-" };
    let authority = it.authorities.iter().find(|own| own.era.starts_with(era)).or_else(|| it.authorities.first());
    match authority {
        Some(own) if !own.agency.is_empty() => {
            (own.agency.clone(), Some(format!("nộp tại {}", own.receive_at)).filter(|_| !own.receive_at.is_empty()))
        }
        Some(_) | None => (texts::word(&format!("{}-decides", it.procedure.tab.label_key())), None),
    }
}

fn start(known: &Snapshot, it: &ProcedureRevision, today: Date) -> StartView {
    if !app::applying::desks_online(known, it, today).is_empty() {
        return StartView::Online {
            href: format!("/nop-ho-so/{}", it.procedure),
            note: Some("Mất khoảng 10 phút. Dừng lúc nào cũng được, hệ thống tự lưu.".to_owned()),
        };
    }
    if known.desks_of_level(it.procedure.tab.as_str(), today).is_empty() {
        let (agency, receive_at) = competent(it, today);
        let where_to = receive_at.map(|it| format!(", {it}")).unwrap_or_default();
        return StartView::NotOnline {
            reason: "Không còn đơn vị nào ở cấp này tiếp nhận thủ tục.".to_owned(),
            instead: format!("Nay do {agency} giải quyết{where_to}. Tìm lại tên thủ tục để nộp ở đơn vị kế thừa."),
        };
    }
    if let Some(from) = known.catalogue.withdrawn_since(&it.procedure, today) {
        return StartView::NotOnline {
            reason: format!("Thủ tục này bị bãi bỏ từ {}.", words::short_day(from)),
            instead: "Hồ sơ đã nhận vẫn được giải quyết. Bạn hỏi Bộ phận Một cửa xem nay làm theo thủ tục nào."
                .to_owned(),
        };
    }
    if it.time_limit.is_none() {
        return StartView::NotOnline {
            reason: "Thủ tục này có thời hạn: chưa có trong nguồn; hệ thống không tự đặt ra, nên chưa ai tiếp nhận được.".to_owned(),
            instead: "Bạn hỏi Bộ phận Một cửa; khi cán bộ kiểm soát thủ tục nhập thời hạn theo quyết định công bố thì nộp được ngay."
                .to_owned(),
        };
    }
    StartView::NotOnline {
        reason: "Nguồn công bố không ghi nộp trực tuyến cho thủ tục này.".to_owned(),
        instead: "Bạn mang giấy tờ đến Bộ phận Một cửa trong giờ làm việc.".to_owned(),
    }
}

fn papers(it: &ProcedureRevision) -> (Vec<PaperView>, Vec<PaperView>) {
    let (always, special): (Vec<_>, Vec<_>) =
        it.requirements.iter().filter(|own| own.need != Need::Never).partition(|own| own.need == Need::Always);
    let view = |all: Vec<&Requirement>| all.into_iter().map(paper).collect();
    (view(always), view(special))
}

fn paper(it: &Requirement) -> PaperView {
    let note = match (it.group, it.when.trim()) {
        (RequirementGroup::Template, "") => Some("nộp trực tuyến thì điền ngay trên trang này".to_owned()),
        (_, "") => None,
        (_, when) => Some(when.to_owned()),
    };
    let registers: Vec<String> = it.replaced_by.iter().map(|own| register(own)).collect();
    PaperView {
        name: it.name.clone(),
        note,
        copies: copies(it),
        not_needed_when: (!registers.is_empty()).then(|| format!("đã có trong {}", registers.join(", "))),
    }
}

/// A fee as a line.
pub(crate) fn fee(it: &FeeRule) -> Fact {
    let mut notes = Vec::new();
    match it.per {
        FeePer::Dossier => {}
        FeePer::Page => notes.push("tính theo trang"),
        FeePer::Case => notes.push("tính theo trường hợp"),
        FeePer::Copy => notes.push("tính theo bản"),
    }
    if it.optional {
        notes.push("chỉ khi bạn yêu cầu thêm");
    }
    let set_by = it.set_by.as_deref().map(|by| format!("mức do {by} quy định"));
    let notes: Vec<String> = notes.into_iter().map(str::to_owned).chain(set_by).collect();
    let value = match (it.stated.trim(), it.amount_vnd) {
        ("", Some(amount)) => words::dong(amount),
        ("", None) => "Chưa có trong nguồn".to_owned(),
        (stated, _) => stated.to_owned(),
    };
    Fact { label: fee_kind(it.kind).to_owned(), value, note: (!notes.is_empty()).then(|| notes.join("; ")) }
}

fn channels(it: &ProcedureRevision) -> Vec<ChannelView> {
    it.channels
        .iter()
        .map(|channel| {
            let (icon, text) = match channel {
                Channel::Online => {
                    (Icon::Screen, "Nộp ở trang này, lúc nào cũng được. Kết quả nhận theo cách bạn chọn.")
                }
                Channel::Counter => {
                    (Icon::Desk, "Mang giấy tờ đến Bộ phận Một cửa trong giờ làm việc; nhận giấy hẹn ngay.")
                }
                Channel::Post => (Icon::Mail, "Gửi hồ sơ và nhận kết quả qua bưu chính công ích."),
            };
            ChannelView { icon, title: channel_title(*channel).to_owned(), text: text.to_owned() }
        })
        .collect()
}

/// What units do otherwise: further ways to file, amounts their city sets, place and hours.
fn locals(known: &Snapshot, it: &ProcedureRevision, today: Date) -> Vec<Fact> {
    known
        .catalogue
        .locals_of(&it.procedure)
        .map(|local| Fact {
            label: known.organisation.name_on(known.organisation.heir_of(local.unit), today).to_owned(),
            value: local_lines(&local.rule).join("; "),
            note: Some(local.basis.clone()),
        })
        .collect()
}

/// What a unit does otherwise, line by line.
pub fn local_lines(rule: &LocalRule) -> Vec<String> {
    let fees = rule.fees.iter().map(|fee| format!("“{}”: {}", fee.stated, words::dong(fee.amount_vnd)));
    let ways = rule.channels.iter().map(|own| format!("nhận thêm {}", texts::channel(*own)));
    let mut lines: Vec<String> = fees.chain(ways).collect();
    if !rule.place.is_empty() {
        lines.push(format!("nơi tiếp nhận: {}", rule.place));
    }
    if !rule.hours.is_empty() {
        lines.push(format!("giờ tiếp nhận: {}", rule.hours));
    }
    lines
}

/// A step as people read it.
pub(crate) fn step(it: &Step) -> WorkStep {
    let post =
        if it.stated_unit.is_empty() { crate::telling::opening(&texts::post(it.post)) } else { it.stated_unit.clone() };
    let time = it.budget_minutes.map(|minutes| {
        if minutes % DAY_MINUTES == 0 {
            format!("{} ngày làm việc", minutes / DAY_MINUTES)
        } else {
            format!("{} làm việc", words::working(i64::from(minutes)))
        }
    });
    WorkStep { post, act: it.action.clone(), time: time.or_else(|| it.limit_stated.clone()) }
}

fn outcomes(it: &ProcedureRevision) -> Vec<Fact> {
    it.outcomes
        .iter()
        .filter(|own| !own.negative)
        .map(|own| Fact {
            label: own.name.clone(),
            value: own.valid_days.map_or_else(String::new, |days| format!("có giá trị {days} ngày")),
            note: None,
        })
        .collect()
}

fn related(known: &Snapshot, it: &ProcedureRevision) -> Vec<Link> {
    let linked = it.linked.iter().filter_map(|own| {
        let code = own.code.as_ref()?;
        known.catalogue.all().find(|other| other.code.as_ref() == Some(code) && other.procedure != it.procedure)
    });
    let twins = known
        .catalogue
        .all()
        .filter(|other| other.procedure.slug == it.procedure.slug && other.procedure.tab != it.procedure.tab);
    linked
        .chain(twins)
        .map(|other| Link {
            href: address(other),
            label: format!("{} ({})", other.name, tab_words(other).to_lowercase()),
        })
        .collect()
}
