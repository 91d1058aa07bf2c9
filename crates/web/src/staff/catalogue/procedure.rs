//! One procedure with everything that is kept of it.

use super::comparing::{beside, changes, fees};
use super::{address, of_address, row_of};
use crate::Web;
use crate::frame::{self, encoded, html};
use crate::page::Tone;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::staff::phrases;
use crate::staff::views::{CatalogueProcedurePage, ChoiceView, Comparison, FactView, LinkView};
use crate::texts;
use crate::visitor::Visitor;
use app::publication::{self, Kept, RevisionDraft};
use app::words;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::procedure::ProcedureRevision;

/// The revision on its way, in the choices of a comparison.
const DRAFT: &str = "soan";

/// A fact.
pub fn fact(label: &str, value: impl Into<String>) -> FactView {
    FactView { label: label.to_owned(), value: value.into(), ..FactView::default() }
}

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let current = of_address(&web, &id)?;
    let kept = publication::kept(&web.house, &current.procedure).await?;
    let row = row_of(&web, &current).await?;
    let mut page = frame::staff(&web, &visitor, current.name.clone(), "/kiem-soat");
    if let Some(said) = said(asked.trimmed("xong")) {
        page = frame::flash(page, Tone::Good, said);
    }
    let known = web.house.now_known();
    let history = kept.history.iter().map(|(it, at, by, basis)| {
        let who = by.map(|it| format!(", {}", known.staff_name(it))).unwrap_or_default();
        let basis = if basis.is_empty() { String::new() } else { format!(": {basis}") };
        let running = kept.running.iter().find(|own| own.0 == it.id).map_or(0, |own| own.1);
        let running = if running > 0 {
            format!(" · {running} hồ sơ đang giải quyết theo bản này")
        } else {
            String::new()
        };
        format!("Bản {}, {}{who}{basis}{running}", it.number, words::short_day(at.day()))
    });
    Ok(html(&CatalogueProcedurePage {
        facts: facts(&web, &kept),
        acts: acts(&kept, row.chips.iter().any(|it| it.tone == Tone::Bad)),
        public: format!("/thu-tuc/{}", encoded(&current.procedure.to_string())),
        on_its_way: kept.draft.as_ref().map(|it| on_its_way(&web, &kept, it)).unwrap_or_default(),
        comparison: comparison(&kept, &asked),
        history: history.collect(),
        locals: super::locals::rows(&web, &current),
        page,
        row,
    }))
}

fn said(done: &str) -> Option<&'static str> {
    Some(match done {
        "soan" => "Đã ghi bản đang soạn. Chưa ai phải theo bản này: nộp thử, rồi công bố.",
        "cong-bo" => "Đã công bố. Hồ sơ nhận từ lúc này theo bản mới; hồ sơ đã nhận giữ bản cũ.",
        "chot" => "Đã chốt ngày công bố. Đến ngày đó bản mới tự áp dụng.",
        "bo-soan" => "Đã bỏ bản đang soạn.",
        "bai-bo" => "Đã ghi việc bãi bỏ.",
        "nhan-lai" => "Thủ tục được tiếp nhận lại.",
        "khac-biet" => "Đã ghi khác biệt của đơn vị.",
        _ => return None,
    })
}

fn facts(web: &Web, kept: &Kept) -> Vec<FactView> {
    let it = &kept.current;
    let term = it.time_limit.map_or_else(
        || "nguồn không ghi, nên chưa tiếp nhận được".to_owned(),
        |limit| {
            let (binding, legal) = (words::term(limit.binding()), words::term(limit.legal));
            if binding == legal { binding } else { format!("{binding} (luật cho {legal})") }
        },
    );
    let channels: Vec<String> = it.channels.iter().map(|own| texts::channel(*own)).collect();
    let mut facts = vec![
        fact("Thời hạn", term),
        fact("Phí, lệ phí", fees(it)),
        fact("Cách nộp", channels.join(", ")),
        fact("Giấy tờ", format!("{} loại", it.requirements.len())),
        fact("Công bố theo", if it.announced_by.is_empty() { "nguồn không ghi" } else { &it.announced_by }),
        fact("Hồ sơ đang giải quyết", running(kept)),
    ];
    let known = web.house.now_known();
    if let Some((from, basis)) = known.catalogue.withdrawal(&it.procedure) {
        facts.push(fact("Bãi bỏ", format!("từ {}, {basis}", words::short_day(*from))));
    }
    facts
}

/// "12 hồ sơ: 10 theo bản 1, 2 theo bản 2".
pub fn running(kept: &Kept) -> String {
    let parts: Vec<String> = kept
        .running
        .iter()
        .map(|(revision, count)| {
            let number = revision.parts().map_or(0, |it| it.1);
            format!("{count} theo bản {number}")
        })
        .collect();
    match kept.open() {
        0 => "không có".to_owned(),
        all => format!("{all} hồ sơ: {}", parts.join(", ")),
    }
}

fn acts(kept: &Kept, withdrawn: bool) -> Vec<LinkView> {
    let id = &kept.current.procedure;
    let link = |label: &str, part: &str| LinkView { label: label.to_owned(), href: address(id, part) };
    let mut acts = match &kept.draft {
        None => vec![link("Soạn bản mới", "soan"), link("Nộp thử", "nop-thu")],
        Some(it) if it.publish_on.is_some() => {
            vec![
                link("Nộp thử bản mới", "nop-thu"),
                link("Đổi ngày công bố", "cong-bo"),
                link("Sửa bản đang soạn", "soan"),
            ]
        }
        Some(_) => {
            vec![link("Nộp thử bản mới", "nop-thu"), link("Công bố", "cong-bo"), link("Sửa bản đang soạn", "soan")]
        }
    };
    acts.push(link("Đơn vị làm khác", "khac-biet"));
    acts.push(link(if withdrawn { "Bãi bỏ, nhận lại" } else { "Bãi bỏ" }, "bai-bo"));
    acts
}

fn on_its_way(web: &Web, kept: &Kept, it: &RevisionDraft) -> String {
    let who = web.house.now_known().staff_name(it.changed_by).to_owned();
    let when = words::moment(it.changed_at.local());
    let stale = if it.base == kept.current.number {
        String::new()
    } else {
        format!(
            " Bản này soạn trên bản {}, nay đã có bản {}: mở ra xem và ghi lại trước khi công bố.",
            it.base, kept.current.number
        )
    };
    match it.publish_on {
        Some(day) => {
            format!("Bản mới áp dụng từ {} theo {}. {who} chốt {when}.{stale}", words::short_day(day), it.basis)
        }
        None => format!("Có bản đang soạn, {who} ghi {when}; chưa áp dụng cho ai.{stale}"),
    }
}

fn comparison(kept: &Kept, asked: &Posted) -> Option<Comparison> {
    let mut all: Vec<(String, String, &ProcedureRevision)> =
        kept.draft.iter().map(|it| (DRAFT.to_owned(), "Bản đang soạn".to_owned(), &it.revision)).collect();
    all.extend(kept.history.iter().map(|(it, ..)| (it.number.to_string(), format!("Bản {}", it.number), it)));
    if all.len() < 2 {
        return None;
    }
    let find = |key: &str| all.iter().find(|it| it.0 == key);
    let new = find(asked.trimmed("moi")).or_else(|| all.first())?;
    let old = find(asked.trimmed("cu")).or_else(|| all.get(1))?;
    let choices = |chosen: &str| {
        all.iter()
            .map(|(key, label, _)| ChoiceView {
                chosen: key == chosen,
                ..ChoiceView::new(key.as_str(), label.as_str())
            })
            .collect::<Vec<_>>()
    };
    Some(Comparison {
        olds: choices(&old.0),
        news: choices(&new.0),
        old: old.1.clone(),
        new: new.1.clone(),
        changes: changes(old.2, new.2),
        beside: beside(old.2, new.2),
    })
}
