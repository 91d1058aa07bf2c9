//! The search over all dossiers: by code, by name with or without marks. What is not one's task shows no name.

use super::phrases;
use super::views::{FoundRow, SearchAllPage, StaffField};
use super::work_list::{holder_words, short};
use crate::Web;
use crate::frame::{self, html};
use crate::page::FieldLink;
use crate::problem::Problem;
use crate::say;
use crate::texts::{self, Vietnamese};
use crate::visitor::Visitor;
use app::house::Snapshot;
use app::rows::ListCard;
use app::work;
use axum::extract::State;
use axum::response::Response;
use domain::post::Post;
use jiff::civil::Date;

/// The page.
pub async fn page(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let asked = phrases::asked(&visitor);
    let text: String = asked.trimmed("q").chars().take(100).collect();
    let today = web.house.clock.now().day();
    let mut errors = Vec::new();
    let mut day = |name: &str, label: &str| {
        let typed: String = asked.trimmed(name).chars().take(40).collect();
        let field = StaffField::day(name, label).as_optional().with_value(&typed);
        match (typed.as_str(), phrases::typed_day(&typed, today)) {
            ("", _) => (field, None),
            (_, Some(day)) => (field, Some(day)),
            (_, None) => {
                let said = say("gap-day");
                errors.push(FieldLink { href: format!("#{name}"), text: format!("{label}: {said}") });
                (field.with_error(said), None)
            }
        }
    };
    let (from_field, from) = day("tu", say("search-all-from"));
    let (to_field, to) = day("den", say("search-all-to"));
    let cards = work::search_all(&web.house, &text).await?;
    let within = |it: &&ListCard| {
        let on = it.received_at.unwrap_or(it.filed_at).day();
        from.is_none_or(|from| from <= on) && to.is_none_or(|to| on <= to)
    };
    let number = phrases::page_number(&asked);
    let base = format!(
        "/nghiep-vu/tim?{}",
        phrases::query(&[("q", &text), ("tu", asked.trimmed("tu")), ("den", asked.trimmed("den"))])
    );
    let here = if number > 0 { format!("{base}&trang={}", number + 1) } else { base.clone() };
    let found = rows(&web, &visitor, cards.iter().filter(within), &here)?;
    let page = frame::staff(&web, &visitor, say("search-all-title"), "/nghiep-vu");
    let view = SearchAllPage {
        page: if errors.is_empty() { page } else { page.with_error_title() },
        asked: !text.is_empty(),
        text,
        fields: vec![from_field, to_field],
        errors,
        pager: phrases::pager(found.len(), number, &base),
        rows: phrases::page_of(found, number),
    };
    Ok(html(&view))
}

/// Rows of a list over everybody's dossiers, opened from that list. What is not one's task shows no name; whose name is
/// shown is noted.
///
/// # Errors
/// The reading could not be noted.
pub fn rows<'a>(
    web: &Web,
    visitor: &Visitor,
    cards: impl Iterator<Item = &'a ListCard> + Clone,
    list: &str,
) -> Result<Vec<FoundRow>, Problem> {
    let known = web.house.now_known();
    let today = web.house.clock.now().day();
    let named = cards.clone().filter(|it| is_task(&known, it, visitor, today));
    web.journal.listed(visitor.person()?, named.map(|it| it.id))?;
    Ok(cards.map(|it| row(&known, it, visitor, today, list)).collect())
}

fn row(known: &Snapshot, card: &ListCard, visitor: &Visitor, today: Date, list: &str) -> FoundRow {
    let needs_reason = !is_task(known, card, visitor, today);
    let owner = known.organisation.owner_now(card);
    let unit = known.organisation.name_on(owner.unit, today);
    let own = visitor.who.as_ref().map(|it| it.person);
    let (holder, is_name) = match card.holder.as_str() {
        "post" if needs_reason => (unit.to_owned(), true),
        "post" => {
            (format!("{}, {unit}", holder_words(known, card, own)), owner.person.is_some_and(|it| Some(it) != own))
        }
        _ => (holder_words(known, card, None), false),
    };
    FoundRow {
        code: card.code.to_string(),
        href: phrases::from_list(&phrases::dossier_address(&card.code), list),
        procedure: short(&card.procedure_name),
        applicant: if needs_reason { phrases::masked_name(&card.applicant) } else { card.applicant.clone() },
        status: crate::telling::opening(&texts::status(card.status)),
        holder,
        holder_lang: Vietnamese { is_so: is_name },
        due: phrases::due_of(card),
        needs_reason,
    }
}

/// Whether a dossier of a list lies within somebody's task. Opening it asks the house again, which also knows who took part.
fn is_task(known: &Snapshot, card: &ListCard, visitor: &Visitor, today: Date) -> bool {
    let Some(who) = &visitor.who else { return false };
    let responsible = known.organisation.responsible_now(card);
    let authority = known.organisation.authority_of(responsible, today);
    let owner = known.organisation.owner_now(card);
    let desks = [known.organisation.desk_now(card), known.organisation.collect_now(card)];
    who.posts.iter().any(|(unit, post)| match post {
        Post::Reception => desks.contains(unit),
        Post::Head => *unit == responsible,
        Post::Leader => [responsible, authority].contains(unit),
        Post::Specialist | Post::Clerk => *unit == owner.unit && *post == owner.post,
        Post::ControlOfficer | Post::Administrator => false,
    })
}
