//! The public page of a reorganisation, made from its plan: what changes for you, where your dossier is, what stays.
//!
//! Căn cứ: NQ 190/2025/QH15 Điều 12 (what is moved is announced); handbook §11, R12.

use super::Asked;
use super::views::{
    Chip, Fact, KeptLine, Link, ReformCard, ReformListPage, ReformPage, ReformWithdrawnPage, UnitCard, WhereAnswer,
    WhereQuestion,
};
use crate::Web;
use crate::frame::{self, encoded, html};
use crate::page::{Icon, Page, ReformNotice, Section, Tone};
use crate::problem::Problem;
use crate::reform_picture::{Ground, ReformPicture};
use crate::spoken;
use crate::texts::{self, Language, word_in, word_in_with};
use crate::visitor::Visitor;
use app::AppError;
use app::house::Snapshot;
use app::reform::Withdrawn;
use app::units::HOUSE_KEYS;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::ids::UnitId;
use domain::organisation::UnitAttributes;
use domain::organisation::reform::{Address, Reorganisation};
use domain::person::in_order;
use domain::post::Post;
use domain::time::Instant;
use jiff::civil::Date;

/// Where they stand.
pub const ADDRESS: &str = "/sap-xep";
/// A plan is spoken of on other pages for so many days before its instant and after it.
const SPOKEN_OF_DAYS: i32 = 60;
/// Longest group or street that is looked at, in characters.
const PLACE_CHARS_MAX: usize = 200;

/// A page about reorganisations: the notice that leads here is not on it.
pub(super) fn framed(web: &Web, visitor: &Visitor, title: &str) -> Page {
    Page { reform: None, ..frame::citizen(web, visitor, title, Section::Elsewhere) }
}

/// The list.
///
/// # Errors
/// The house failed.
pub async fn list(State(web): State<Web>, visitor: Visitor) -> Result<Response, Problem> {
    let language = texts::language();
    let (known, now) = (web.house.now_known(), web.house.clock.now());
    let mut reforms: Vec<ReformCard> = known.reforms().map(|it| card(it, &known, now, language)).collect();
    reforms.reverse();
    let withdrawn = app::reform::withdrawn(&web.house)?;
    reforms.extend(withdrawn.iter().rev().map(|it| withdrawn_card(it, language)));
    Ok(html(&ReformListPage { page: framed(&web, &visitor, &word_in(language, "reforms-title")), language, reforms }))
}

/// One of them.
///
/// # Errors
/// No plan is called so.
pub async fn page(
    State(web): State<Web>,
    visitor: Visitor,
    Path(key): Path<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    let language = texts::language();
    let (known, now) = (web.house.now_known(), web.house.clock.now());
    let Some(plan) = find(&known, &key) else { return taken_back(&web, &visitor, &key, language) };
    let ground = Ground::new(plan, &known.organisation);
    let today = day_of(plan, now);
    let told = Told { plan, known: &known, ground: &ground, language, today };
    let (question, answer) = told.look_up(&asked);
    let word = |key: &str| word_in(language, key);
    let mut page = framed(&web, &visitor, &plan.title);
    if question.error.is_some() {
        page = page.with_error_title();
    }
    Ok(html(&ReformPage {
        page,
        back: Link { href: ADDRESS.to_owned(), label: word("reforms-all") },
        reform: card(plan, &known, now, language),
        is_ahead: today < plan.effective_on(),
        invented: plan.invented.clone(),
        question,
        answer,
        kept: kept(language),
        bases: word_in_with(language, "reform-basis", &[("law", plan.legal_bases().join("; "))]),
        first_day: told.units_title(),
        since_then: told.since_then(),
        units: told.units_of(&ground.successors()),
        minutes: visitor.holds_any(&[Post::Leader, Post::ControlOfficer]).then(|| Link {
            href: format!("{}/ban-giao", address(&known, plan)),
            label: "Biên bản bàn giao".to_owned(),
        }),
        picture: ReformPicture::of(plan, &known.organisation, None, language),
        language,
    }))
}

/// The page of a plan that was announced and is not carried out, or was taken back: what holds now.
fn taken_back(web: &Web, visitor: &Visitor, key: &str, language: Language) -> Result<Response, Problem> {
    let mut named = app::reform::withdrawn(&web.house)?;
    named.retain(|it| it.plan.key == key || it.plan.id.to_string() == key);
    let it = named.pop().ok_or(AppError::NotFound)?;
    let known = web.house.now_known();
    // The units as they stand, not as the plan would have had them.
    let today = web.house.clock.now().day().max(it.plan.effective_on());
    let ground = Ground::new(&it.plan, &known.organisation);
    let told = Told { plan: &it.plan, known: &known, ground: &ground, language, today };
    let word = |key: &str| word_in(language, key);
    let mut units: Vec<UnitId> =
        it.plan.ends.iter().chain(it.plan.changes.iter().map(|(unit, _)| unit)).copied().collect();
    units.retain(|unit| ground.before(*unit) == *unit);
    let day = || ("day", spoken::day(it.plan.effective_on()));
    let what = if it.was_in_force { "reform-withdrawn-undone" } else { "reform-withdrawn-given-up" };
    Ok(html(&ReformWithdrawnPage {
        page: framed(web, visitor, &it.plan.title),
        back: Link { href: ADDRESS.to_owned(), label: word("reforms-all") },
        reform: withdrawn_card(&it, language),
        what: word_in_with(language, what, &[day()]),
        now: vec![word("reform-withdrawn-units"), word("reform-withdrawn-dossiers"), word("reform-withdrawn-papers")],
        units: told.units_of(&units),
        language,
    }))
}

fn withdrawn_card(it: &Withdrawn, language: Language) -> ReformCard {
    let plan = &it.plan;
    let key = if it.was_in_force { "reform-undone" } else { "reform-given-up" };
    let instrument = [("instrument", plan.instrument.clone()), ("day", spoken::short_day(plan.signed_on))];
    ReformCard {
        link: Link { href: format!("{ADDRESS}/{}", plan.id), label: plan.title.clone() },
        chip: Chip { tone: Tone::Warn, words: word_in(language, key) },
        effective: word_in_with(language, "reform-was-for", &[("day", spoken::day(plan.effective_on()))]),
        instrument: word_in_with(language, "reform-instrument", &instrument),
    }
}

/// The plan of that key or id; of two with one key the later one.
pub(crate) fn find<'a>(known: &'a Snapshot, key: &str) -> Option<&'a Reorganisation> {
    let mut named: Vec<&Reorganisation> =
        known.reforms().filter(|it| it.key == key || it.id.to_string() == key).collect();
    named.pop()
}

/// Address of the page of a plan: its key, or its id where a later plan has the same key.
pub(crate) fn address(known: &Snapshot, plan: &Reorganisation) -> String {
    let is_named = find(known, &plan.key).is_some_and(|it| it.id == plan.id);
    let name = if is_named { encoded(&plan.key) } else { plan.id.to_string() };
    format!("{ADDRESS}/{name}")
}

/// What other pages say of a plan that is near or fresh; to staff only where it concerns one of these units.
pub(crate) fn notice(known: &Snapshot, today: Date, concerned: Option<&[UnitId]>) -> Option<ReformNotice> {
    let distance = |it: &Reorganisation| today.until(it.effective_on()).map_or(i32::MAX, |span| span.get_days());
    let concerns = |it: &Reorganisation| {
        concerned.is_none_or(|units| {
            let begins = |unit: &UnitId| it.begins.iter().any(|(id, _)| id == unit);
            units.iter().any(|unit| begins(unit) || it.touches().any(|touched| touched == *unit))
        })
    };
    let spoken = known.reforms().filter(|it| distance(it).abs() <= SPOKEN_OF_DAYS && concerns(it));
    // The next one matters more than the last.
    let plan = spoken.min_by_key(|it| (distance(it) <= 0, distance(it).abs()))?;
    let key = if distance(plan) > 0 { "reform-notice-ahead" } else { "reform-notice-done" };
    let language = texts::language();
    Some(ReformNotice {
        strong: word_in_with(language, key, &[("day", spoken::day(plan.effective_on()))]),
        rest: word_in(language, "reform-notice-rest"),
        href: address(known, plan),
        link: word_in(language, "reform-notice-link"),
    })
}

/// Until the instant it is the day before for a plan, also where the instant comes in the middle of a day.
fn day_of(plan: &Reorganisation, now: Instant) -> Date {
    let eve = plan.effective_on().yesterday().unwrap_or(plan.effective_on());
    if now < plan.effective_at { now.day().min(eve) } else { now.day() }
}

fn card(plan: &Reorganisation, known: &Snapshot, now: Instant, language: Language) -> ReformCard {
    let ahead = now.day().until(plan.effective_on()).map_or(0, |it| it.get_days());
    let at = [("time", spoken::time(plan.effective_at.local()))];
    let chip = match ahead {
        ..=0 if now < plan.effective_at => Chip { tone: Tone::Act, words: word_in_with(language, "reform-today", &at) },
        1 => Chip { tone: Tone::Act, words: word_in(language, "reform-tomorrow") },
        2.. => Chip { tone: Tone::Act, words: word_in_with(language, "reform-ahead", &[("days", ahead.to_string())]) },
        _ => Chip { tone: Tone::Good, words: word_in(language, "reform-in-force") },
    };
    let instrument = [("instrument", plan.instrument.clone()), ("day", spoken::short_day(plan.signed_on))];
    ReformCard {
        link: Link { href: address(known, plan), label: plan.title.clone() },
        chip,
        effective: word_in_with(language, "reform-effective", &[("day", spoken::day(plan.effective_on()))]),
        instrument: word_in_with(language, "reform-instrument", &instrument),
    }
}

fn kept(language: Language) -> Vec<KeptLine> {
    let lines = [
        (Icon::Clock, "reform-keep-dossier"),
        (Icon::Doc, "reform-keep-papers"),
        (Icon::Check, "reform-keep-filed"),
        (Icon::Money, "reform-keep-free"),
    ];
    let line = |(icon, key): (Icon, &str)| KeptLine {
        icon,
        strong: word_in(language, key),
        rest: word_in(language, &format!("{key}-more")),
    };
    lines.into_iter().map(line).collect()
}

/// One plan told in one language on one day.
struct Told<'a> {
    plan: &'a Reorganisation,
    known: &'a Snapshot,
    ground: &'a Ground<'a>,
    language: Language,
    today: Date,
}

impl Told<'_> {
    fn word_with(&self, key: &str, args: &[(&'static str, String)]) -> String {
        word_in_with(self.language, key, args)
    }

    /// What one asks and what the rules of the plan say to it: the same that route dossiers.
    fn look_up(&self, asked: &Asked) -> (WhereQuestion, Option<WhereAnswer>) {
        let typed = |name: &str| -> String {
            let text = asked.get(name).map_or("", |it| it.trim());
            text.chars().filter(|it| !it.is_control()).take(PLACE_CHARS_MAX).collect()
        };
        let (key, group, street) = (typed("phuong"), typed("to"), typed("duong"));
        let wards = self.wards();
        // The newer of two with one key; the older goes by its id.
        let chosen = wards.iter().find(|(_, it, _)| *it == key).map(|(unit, ..)| *unit);
        let error =
            (asked.contains_key("phuong") && chosen.is_none()).then(|| word_in(self.language, "reform-choose-error"));
        let wards = wards.into_iter().map(|(unit, key, name)| (key, name, Some(unit) == chosen)).collect();
        let answer = chosen.map(|unit| self.answer(unit, &group, &street));
        (WhereQuestion { action: address(self.known, self.plan), wards, group, street, error }, answer)
    }

    /// The authorities of the last day that had no other below them: where people say they live.
    fn wards(&self) -> Vec<(UnitId, String, String)> {
        let on = self.plan.effective_on();
        let eve = on.yesterday().unwrap_or(on);
        let organisation = &self.known.organisation;
        let is_authority = |it: &UnitAttributes| it.standing == domain::organisation::Standing::Authority;
        let standing: Vec<(UnitId, &UnitAttributes)> =
            organisation.standing_on(eve).filter(|(_, it)| is_authority(it)).collect();
        let is_leaf = |unit: UnitId| !standing.iter().any(|(_, it)| it.parent == Some(unit));
        let leaves = standing.iter().filter(|(unit, _)| is_leaf(*unit));
        let mut wards: Vec<(UnitId, String, String)> = leaves
            .filter_map(|(unit, it)| it.code(HOUSE_KEYS).map(|key| (*unit, key.to_owned(), it.name.clone())))
            .collect();
        wards.extend(self.wards_before(&wards));
        wards.sort_by_key(|(_, key, name)| (in_order(name), key.clone()));
        wards
    }

    /// Wards that had ended by then and whose ground this plan moves on: people still say where they live by their names. They
    /// are chosen by their ids, for their keys may be given again.
    fn wards_before(&self, wards: &[(UnitId, String, String)]) -> Vec<(UnitId, String, String)> {
        let organisation = &self.known.organisation;
        let on = self.plan.effective_on();
        let eve = on.yesterday().unwrap_or(on);
        let moved = |unit: &UnitId| self.plan.touches().any(|it| it == *unit);
        let mut found: Vec<(UnitId, String, String)> = Vec::new();
        for (ward, _, today) in wards.iter().filter(|(unit, ..)| moved(unit)) {
            for before in organisation.predecessors_of(*ward, eve) {
                let name = organisation.name_on(before.unit, eve);
                let end =
                    organisation.find_unit(before.unit).and_then(|it| it.ended_on()).and_then(|it| it.yesterday().ok());
                let is_ward = organisation
                    .attributes_on(before.unit, eve)
                    .is_some_and(|it| it.standing == domain::organisation::Standing::Authority);
                let Some(end) = end.filter(|_| is_ward && name != today) else { continue };
                if found.iter().all(|(unit, ..)| *unit != before.unit) {
                    let args = [("name", name.to_owned()), ("day", spoken::short_day(end))];
                    found.push((before.unit, before.unit.to_string(), self.word_with("reform-ward-until", &args)));
                }
            }
        }
        found
    }

    /// Where the ground of a unit went by the plans of those days, and whether their rules say so for certain.
    fn followed(&self, unit: UnitId, address: &Address, (after, until): (Date, Date)) -> (UnitId, bool) {
        let between = |it: &&Reorganisation| it.effective_on() > after && it.effective_on() <= until;
        self.known.reforms().filter(between).fold((unit, true), |(here, certain), plan| {
            let (heir, is_certain) = plan.heir_at(here, address);
            (heir, certain && is_certain)
        })
    }

    fn answer(&self, unit: UnitId, group: &str, street: &str) -> WhereAnswer {
        let is_ahead = self.today < self.plan.effective_on();
        let old = self.ground.name_before(unit);
        let group =
            if group.starts_with(|it: char| it.is_ascii_digit()) { format!("tổ {group}") } else { group.to_owned() };
        let chosen = unit;
        let on = self.plan.effective_on();
        let eve = on.yesterday().unwrap_or(on);
        let at = |names: &[&str]| {
            let parts = [street, group.as_str()].into_iter().chain(names.iter().copied());
            Address::read(&parts.filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", "))
        };
        // A ward that had ended before: its name still says which part of the later one is meant.
        let (unit, _) = self.followed(unit, &at(&[&old]), (Date::MIN, eve));
        let later = self.ground.name_before(unit);
        let address = if later == old { at(&[&old]) } else { at(&[&old, &later]) };
        let heirs = self.plan.heirs_of(unit);
        let names: Vec<String> = heirs.iter().map(|it| self.ground.name_after(*it)).collect();
        let one_of = |join: &str| names.join(&format!(" {} ", word_in(self.language, join)));
        let more = |key: &str| vec![word_in(self.language, key)];
        if heirs == [unit] && !self.plan.touches().any(|it| it == unit) {
            let words = self.word_with("reform-answer-stays", &[("old", old)]);
            return self.told(Tone::Good, words, more("reform-answer-stays-more"), (&heirs, &address));
        }
        let day = || ("day", spoken::day(self.plan.effective_on()));
        if let [only] = heirs.as_slice() {
            let new = self.called_beside(&old, self.ground.name_after(*only));
            let args = [("old", old), ("new", new), day()];
            let key = if is_ahead { "reform-answer-ahead" } else { "reform-answer" };
            return self.told(Tone::Good, self.word_with(key, &args), Vec::new(), (&[*only], &address));
        }
        let (heir, is_certain) = self.plan.heir_at(unit, &address);
        let says_nothing = group.is_empty() && street.is_empty();
        if says_nothing && !(is_certain && chosen != unit) {
            let words = self.word_with("reform-answer-asks", &[("old", old), ("new", one_of("reform-and"))]);
            return self.told(Tone::Act, words, more("reform-answer-asks-more"), (&heirs, &address));
        }
        if is_certain && says_nothing {
            let args = [("old", old), ("new", self.ground.name_after(heir)), day()];
            let key = if is_ahead { "reform-answer-ahead" } else { "reform-answer" };
            return self.told(Tone::Good, self.word_with(key, &args), Vec::new(), (&[heir], &address));
        }
        if is_certain {
            let args = [("new", self.ground.name_after(heir)), day()];
            let key = if is_ahead { "reform-answer-address-ahead" } else { "reform-answer-address" };
            return self.told(Tone::Good, self.word_with(key, &args), Vec::new(), (&[heir], &address));
        }
        let words = self.word_with("reform-answer-unsure", &[("all", one_of("reform-or"))]);
        let unsure = self.word_with("reform-answer-unsure-more", &[("unit", self.ground.name_after(heir))]);
        self.told(Tone::Warn, words, vec![unsure], (&[heir], &address))
    }

    fn told(
        &self,
        tone: Tone,
        words: String,
        mut more: Vec<String>,
        (heirs, address): (&[UnitId], &Address),
    ) -> WhereAnswer {
        let now = self.now(heirs, Some(address));
        if now != heirs {
            let names: Vec<String> = now.iter().map(|it| self.name_today(*it)).collect();
            let units = names.join(&format!(" {} ", word_in(self.language, "reform-or")));
            more.push(self.word_with("reform-answer-later", &[("units", units)]));
        }
        WhereAnswer { chip: Chip { tone, words }, more, units: self.units_of(heirs) }
    }

    /// Those who have the ground of the plan's units today, where later plans went on; by an address as far as their rules tell.
    fn now(&self, units: &[UnitId], address: Option<&Address>) -> Vec<UnitId> {
        let mut found: Vec<UnitId> = Vec::new();
        for unit in units {
            let told = address.map(|it| self.followed(*unit, it, (self.plan.effective_on(), self.today)));
            let now = match told {
                Some((heir, true)) => vec![heir],
                Some((_, false)) | None if self.today >= self.plan.effective_on() => {
                    let heirs = self.known.organisation.successors_of(*unit, self.today);
                    heirs.into_iter().map(|it| it.unit).collect()
                }
                Some((_, false)) | None => vec![*unit],
            };
            for heir in now {
                if !found.contains(&heir) {
                    found.push(heir);
                }
            }
        }
        found
    }

    /// What a unit is called beside one of before: of the same name it says that it is another one.
    fn called_beside(&self, old: &str, new: String) -> String {
        if new == old { self.word_with("reform-same-name", &[("name", new)]) } else { new }
    }

    fn name_today(&self, unit: UnitId) -> String {
        self.known.organisation.name_on(unit, self.today).to_owned()
    }

    /// What became of the units of this plan since, a sentence each; none where all of them stand.
    fn since_then(&self) -> Vec<String> {
        let ended = self.ground.successors().into_iter().filter(|unit| self.now(&[*unit], None) != [*unit]);
        let line = |unit: UnitId| {
            let name = self.ground.name_after(unit);
            let called = |heir: &UnitId| self.called_beside(&name, self.name_today(*heir));
            let heirs: Vec<String> = self.now(&[unit], None).iter().map(called).collect();
            let new = heirs.join(&format!(" {} ", word_in(self.language, "reform-or")));
            self.word_with("reform-answer", &[("old", name), ("new", new)])
        };
        ended.map(line).collect()
    }

    fn units_title(&self) -> String {
        if self.since_then().is_empty() {
            return self.word_with("reform-units-title", &[("day", spoken::day(self.plan.effective_on()))]);
        }
        word_in(self.language, "reform-units-today")
    }

    /// Cards of units: as the plan has them until its instant, as they are today after it, and of those who came after them.
    fn units_of(&self, units: &[UnitId]) -> Vec<UnitCard> {
        self.now(units, None).into_iter().filter_map(|it| self.unit(it)).collect()
    }

    fn unit(&self, unit: UnitId) -> Option<UnitCard> {
        let is_ahead = self.today < self.plan.effective_on();
        let today = self.known.organisation.attributes_on(unit, self.today).filter(|_| !is_ahead);
        let it = today.or_else(|| self.ground.attributes_after(unit))?;
        let hours = frame::hours_in_words(&it.hours);
        let told = [("reform-seat", it.seat.clone()), ("reform-phone", it.phone.clone()), ("reform-hours", hours)];
        let facts = told.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| Fact {
            label: word_in(self.language, key),
            value,
            note: None,
        });
        Some(UnitCard { name: it.name.clone(), facts: facts.collect() })
    }
}
