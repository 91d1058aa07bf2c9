//! Which procedure: searched as people speak, chosen, or refused with the reason.

use super::Counter;
use crate::citizen::words::fee_in_short;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::spoken;
use crate::staff::views::{ChosenProcedure, ProcedureHit, ProcedureHits};
use crate::staff::work_list::{cut, short};
use crate::{say, say_with};
use app::{catalogue, desk};
use domain::ids::PersonId;
use domain::person::in_order;
use domain::post::Post;
use domain::procedure::{Channel, ProcedureId, ProcedureRevision};
use std::sync::Arc;

/// Hits shown.
const HITS_MAX: usize = 8;
/// Hits looked at before those of this desk come first.
const LOOKED_AT: usize = 24;
/// Procedures of this counter shown for one key each.
const RECENT_MAX: usize = 9;
/// Longest name of a hit, in characters.
const HIT_CHARS_MAX: usize = 200;
/// Longest name on a button, in characters.
const BUTTON_CHARS_MAX: usize = 40;

/// What was typed, with the procedure that the button chose or put aside.
pub(super) fn chosen_in(posted: &Posted, order: &str) -> Posted {
    let chosen = if posted.has("chon") {
        Some(posted.trimmed("chon").to_owned())
    } else if order == "doi-thu-tuc" {
        Some(String::new())
    } else {
        None
    };
    let Some(chosen) = chosen else { return posted.clone() };
    let dropped = ["thu-tuc", "ban", "chon", "tim"];
    let kept = posted
        .fields()
        .iter()
        .filter(|(name, _)| !dropped.contains(&name.as_str()))
        .flat_map(|(name, values)| values.iter().map(move |it| (name.clone(), it.clone())));
    Posted::from_pairs(kept.chain([("thu-tuc".to_owned(), chosen)]))
}

fn code_of(it: &ProcedureRevision) -> String {
    it.code.as_ref().map_or_else(|| it.procedure.slug.clone(), ToString::to_string)
}

fn term_of(it: &ProcedureRevision) -> Option<String> {
    it.time_limit.map(|limit| spoken::term(limit.binding()))
}

impl Counter<'_> {
    /// Why a procedure cannot be received at this desk; empty where it can.
    fn why_not(&self, it: &ProcedureRevision) -> String {
        if it.procedure.tab.as_str() != self.level() {
            let is_of_ward = it.procedure.tab.as_str() == "ward";
            return say(if is_of_ward { "intake-of-ward" } else { "intake-of-district" }).to_owned();
        }
        if let Some(from) = self.web.house.now_known().catalogue.withdrawn_since(&it.procedure, self.today) {
            return say_with("intake-withdrawn", &[("day", &spoken::short_day(from))]);
        }
        if it.time_limit.is_none() {
            return say("intake-termless").to_owned();
        }
        if !it.channels.contains(&Channel::Counter) && !it.channels.contains(&Channel::Post) {
            return say("intake-online-only").to_owned();
        }
        String::new()
    }

    fn hit(&self, it: &ProcedureRevision) -> ProcedureHit {
        let why_not = self.why_not(it);
        let receivable = why_not.is_empty();
        let is_ours = it.procedure.tab.as_str() == self.level();
        ProcedureHit {
            id: it.procedure.to_string(),
            code: code_of(it),
            name: cut(&it.name, HIT_CHARS_MAX),
            note: if receivable { term_of(it).unwrap_or_default() } else { why_not },
            fee: fee_in_short(it).filter(|_| receivable).map(|fee| short(&fee)).unwrap_or_default(),
            receivable,
            may_be_chosen: receivable || (is_ours && it.time_limit.is_none()),
        }
    }

    /// What was found for the words typed, as long as nothing is chosen.
    pub(super) fn hits(&self) -> ProcedureHits {
        let text: String = self.posted.trimmed("tim").chars().take(100).collect();
        if text.is_empty() || self.procedure.is_some() {
            return ProcedureHits { text, ..ProcedureHits::default() };
        }
        let known = self.web.house.now_known();
        let level = self.level();
        let mut found: Vec<Arc<ProcedureRevision>> = catalogue::find(&known, &text).into_iter().collect();
        let answer = known.catalogue.search(&text, LOOKED_AT);
        for hit in answer.hits {
            let Ok(tab) = hit.tab.parse() else { continue };
            let id = ProcedureId { slug: hit.key, tab };
            found.extend(
                known.catalogue.current(&id).filter(|it| !found.iter().any(|other| other.procedure == it.procedure)),
            );
        }
        found.sort_by_key(|it| it.procedure.tab.as_str() != level);
        let hits = found.iter().take(HITS_MAX).map(|it| self.hit(it)).collect();
        ProcedureHits { text, asked: true, hits }
    }

    /// The chosen procedure.
    pub(super) fn chosen(&self) -> Option<ChosenProcedure> {
        let it = self.procedure.as_ref()?;
        let known = self.web.house.now_known();
        let mut blocked = self.why_not(it);
        let mut mend_href = String::new();
        if !blocked.is_empty() && it.time_limit.is_none() && it.procedure.tab.as_str() == self.level() {
            let names: Vec<&str> = self.control_officers().iter().map(|it| known.staff_name(*it)).collect();
            let who = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
            blocked = say_with("intake-control-enters", &[("why", &blocked), ("who", &who)]);
            if self.visitor.holds_any(&[Post::ControlOfficer]) {
                mend_href = format!("/kiem-soat/chua-co-thoi-han/{}", crate::frame::encoded(&it.procedure.to_string()));
            }
        }
        let competent = known.competent_for(self.desk, &it.sector, self.today);
        let unit = known.organisation.name_on(competent, self.today);
        Some(ChosenProcedure {
            id: it.procedure.to_string(),
            revision: it.id.0.clone(),
            code: code_of(it),
            name: it.name.clone(),
            note: match term_of(it) {
                Some(term) => say_with("intake-decides-within", &[("unit", &unit), ("term", &term)]),
                None => say_with("intake-decides", &[("unit", &unit)]),
            },
            blocked,
            mend_href,
        })
    }

    fn control_officers(&self) -> Vec<PersonId> {
        let known = self.web.house.now_known();
        let authority = known.organisation.authority_of(self.desk, self.today);
        let root = known.root_unit(self.today, self.desk);
        let mut found: Vec<PersonId> = known.mandates.holders(authority, Post::ControlOfficer, self.today).collect();
        found.extend(
            known
                .mandates
                .holders(root, Post::ControlOfficer, self.today)
                .filter(|it| !found.contains(it))
                .collect::<Vec<_>>(),
        );
        found
    }

    /// The most frequent of the last month at this counter, by name: a key means the same after each of them.
    pub(super) async fn recent(&self) -> Result<Vec<ProcedureHit>, Problem> {
        let known = self.web.house.now_known();
        let lately = desk::procedures_lately(&self.web.house, self.desk).await?;
        let mut recent: Vec<ProcedureHit> = lately
            .iter()
            .filter_map(|it| known.catalogue.current(it))
            .filter(|it| self.why_not(it).is_empty())
            .take(RECENT_MAX)
            .map(|it| ProcedureHit { name: cut(&it.name, BUTTON_CHARS_MAX), ..self.hit(&it) })
            .collect();
        recent.sort_by_key(|it| in_order(&it.name));
        Ok(recent)
    }
}
