//! A reorganisation as a picture: units of before on the left, of after on the right, and what flows from one to the other. The
//! table beside it says the same in words, for a phone and for whoever does not see the drawing.
//!
//! Made here from a plan and drawn by `templates/reform_picture.html`, so that everybody is shown one picture.

use crate::texts::{Language, number_in, word_in, word_in_with};
use domain::ids::UnitId;
use domain::organisation::reform::Reorganisation;
use domain::organisation::{Extent, Organisation, Standing, UnitAttributes};
use domain::person::in_order;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Where the bars of before and of after begin, how wide they are, and where the bands bend; the drawing is 740 wide.
const BEFORE_X: f64 = 262.0;
const AFTER_X: f64 = 500.0;
const BAR: f64 = 12.0;
/// Height of a band where nothing is counted, and of all bands together where something is.
const BAND: f64 = 20.0;
const BANDS: f64 = 380.0;
/// The thinnest band that can be seen.
const BAND_MIN: f64 = 3.0;
/// Room of a name on the left, and of three lines on the right.
const LEFT_PITCH: f64 = 34.0;
const RIGHT_PITCH: f64 = 76.0;
/// No parents of a unit that begins are followed further than this.
const PARENTS_MAX: usize = 16;
/// Colours of what flows to the first successor, the second, …
const COLOURS: [(&str, &str); 5] =
    [("f1", "band1"), ("f2", "band2"), ("f4", "band4"), ("f5", "band5"), ("f6", "band6")];

/// Dossiers in flight by the unit of before and of after, offices under their own name.
pub type Counts = BTreeMap<(UnitId, UnitId), u64>;

/// The picture with its table.
#[derive(Debug, Clone, Default)]
pub struct ReformPicture {
    /// What it shows, for whoever does not see it.
    pub title: String,
    /// How high it is; 740 wide.
    pub height: String,
    /// What flows.
    pub bands: Vec<Band>,
    /// The units.
    pub bars: Vec<Bar>,
    /// Their names.
    pub labels: Vec<Label>,
    /// Heads of the table: before, after, how much, and how many dossiers where they are counted.
    pub heads: Vec<String>,
    /// The table.
    pub rows: Vec<PictureRow>,
    /// "Cộng" and the sum, where dossiers are counted.
    pub total: Option<(String, String)>,
}

/// A band from one unit to another.
#[derive(Debug, Clone)]
pub struct Band {
    /// Its colour.
    pub class: &'static str,
    /// Its outline, as SVG path data.
    pub path: String,
}

/// The bar of a unit.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Its colour.
    pub class: &'static str,
    /// Left edge.
    pub x: String,
    /// Upper edge.
    pub y: String,
    /// How high.
    pub height: String,
}

/// A text in the drawing.
#[derive(Debug, Clone)]
pub struct Label {
    /// How it is set.
    pub class: &'static str,
    /// Where it begins or, set to the end, ends.
    pub x: String,
    /// Its base line.
    pub y: String,
    /// What it says.
    pub text: String,
}

/// One line of the table.
#[derive(Debug, Clone)]
pub struct PictureRow {
    /// The unit of before.
    pub from: String,
    /// The unit of after.
    pub to: String,
    /// "nhập trọn", "một phần", "đổi tên".
    pub how: String,
    /// Dossiers in flight.
    pub count: Option<String>,
}

/// What goes from one authority to another.
struct Flow {
    from: UnitId,
    to: UnitId,
    how: &'static str,
    count: u64,
}

/// The authorities of a plan, offices counted with the one they belong to.
pub(crate) struct Ground<'a> {
    plan: &'a Reorganisation,
    known: &'a Organisation,
    eve: Date,
    on: Date,
}

impl<'a> Ground<'a> {
    /// `known` may be the units of before the instant or of after it: those of before are never forgotten.
    pub(crate) fn new(plan: &'a Reorganisation, known: &'a Organisation) -> Self {
        let on = plan.effective_on();
        Self { plan, known, eve: on.yesterday().unwrap_or(on), on }
    }

    /// The authority a unit of before belonged to on the last day.
    pub(crate) fn before(&self, unit: UnitId) -> UnitId {
        self.known.authority_of(unit, self.eve)
    }

    /// The authority a unit of after belongs to.
    pub(crate) fn after(&self, unit: UnitId) -> UnitId {
        let mut here = unit;
        for _ in 0..PARENTS_MAX {
            match self.attributes_after(here) {
                Some(it) if it.standing == Standing::Office => match it.parent {
                    Some(parent) => here = parent,
                    None => return here,
                },
                _ => return here,
            }
        }
        here
    }

    /// What a unit of before was called on its last day.
    pub(crate) fn name_before(&self, unit: UnitId) -> String {
        self.known.name_on(unit, self.eve).to_owned()
    }

    /// What is true of a unit from the instant on.
    pub(crate) fn attributes_after(&self, unit: UnitId) -> Option<&UnitAttributes> {
        let planned = self.plan.begins.iter().chain(&self.plan.changes).find(|(id, _)| *id == unit);
        planned.map(|(_, it)| it).or_else(|| self.known.attributes_on(unit, self.on))
    }

    /// What a unit of after is called.
    pub(crate) fn name_after(&self, unit: UnitId) -> String {
        self.attributes_after(unit).map_or_else(String::new, |it| it.name.clone())
    }

    /// Authorities after the instant that somebody's ground or duties come to, or whose name or seat changes, in the order of the plan.
    pub(crate) fn successors(&self) -> Vec<UnitId> {
        let begun = self.plan.begins.iter().map(|(unit, _)| *unit);
        let mut found = Vec::new();
        let changed =
            self.plan.changes.iter().filter(|(_, it)| it.standing == Standing::Authority).map(|(unit, _)| *unit);
        for unit in begun.chain(self.flows(None).into_iter().map(|it| it.to)).chain(changed) {
            let unit = self.after(unit);
            if !found.contains(&unit) {
                found.push(unit);
            }
        }
        found
    }

    /// Each old authority with each new one it hands over to, in the order of the table.
    pub(crate) fn pairs(&self) -> Vec<(UnitId, UnitId)> {
        let mut pairs: Vec<(UnitId, UnitId)> =
            self.flows(None).into_iter().map(|it| (it.from, it.to)).filter(|(from, to)| from != to).collect();
        pairs.sort_by_key(|(from, to)| (in_order(&self.name_before(*from)), in_order(&self.name_after(*to))));
        pairs
    }

    fn flows(&self, counts: Option<&Counts>) -> Vec<Flow> {
        let mut flows: BTreeMap<(UnitId, UnitId), (bool, Extent)> = BTreeMap::new();
        for edge in &self.plan.edges {
            let (from, to) = (self.before(edge.from), self.after(edge.to));
            let is_own = from == edge.from;
            let kept = flows.entry((from, to)).or_insert((is_own, edge.extent));
            if is_own || !kept.0 {
                *kept = (is_own, edge.extent);
            }
        }
        let moves = |((from, to), (_, extent)): ((UnitId, UnitId), (bool, Extent))| {
            let how = if extent == Extent::Whole { "reform-whole" } else { "reform-part" };
            (from != to).then_some(Flow { from, to, how, count: 0 })
        };
        let mut flows: Vec<Flow> = flows.into_iter().filter_map(moves).collect();
        for (unit, after) in &self.plan.changes {
            if after.standing == Standing::Authority && after.name != self.known.name_on(*unit, self.eve) {
                flows.push(Flow { from: *unit, to: *unit, how: "reform-renamed", count: 0 });
            }
        }
        for ((from, to), count) in counts.into_iter().flatten() {
            let (from, to) = (self.before(*from), self.after(*to));
            if let Some(flow) = flows.iter_mut().find(|it| (it.from, it.to) == (from, to)) {
                flow.count += count;
            }
        }
        flows
    }
}

impl ReformPicture {
    /// Of a plan, with how many dossiers go where, if they were counted.
    pub fn of(plan: &Reorganisation, known: &Organisation, counts: Option<&Counts>, language: Language) -> Self {
        let ground = Ground::new(plan, known);
        let mut flows = ground.flows(counts);
        let after: Vec<UnitId> =
            ground.successors().into_iter().filter(|unit| flows.iter().any(|it| it.to == *unit)).collect();
        let place = |unit: UnitId| after.iter().position(|it| *it == unit).unwrap_or(after.len());
        // Whoever goes to the upper successors stands above: bands cross as little as may be.
        let weight = |unit: UnitId| {
            let targets: Vec<usize> = flows.iter().filter(|it| it.from == unit).map(|it| place(it.to)).collect();
            targets.iter().sum::<usize>() * 100 / targets.len().max(1)
        };
        let mut before: Vec<UnitId> = Vec::new();
        for flow in &flows {
            if !before.contains(&flow.from) {
                before.push(flow.from);
            }
        }
        before.sort_by_key(|unit| (weight(*unit), in_order(&ground.name_before(*unit))));
        let rank = |unit: UnitId| before.iter().position(|it| *it == unit).unwrap_or(0);
        flows.sort_by_key(|it| (rank(it.from), place(it.to)));
        let word = |key: &str| word_in(language, key);
        let mut heads = vec![word("reform-before"), word("reform-after"), word("reform-how")];
        heads.extend(counts.map(|_| word("reform-dossiers")));
        let row = |it: &Flow| PictureRow {
            from: ground.name_before(it.from),
            to: ground.name_after(it.to),
            how: word(it.how),
            count: counts.map(|_| number(language, it.count)),
        };
        let (old, new) = (before.len().to_string(), after.len().to_string());
        let sum = flows.iter().map(|it| it.count).sum();
        let mut picture = Self {
            title: word_in_with(language, "reform-picture-title", &[("old", old), ("new", new)]),
            rows: flows.iter().map(row).collect(),
            total: counts.map(|_| (word("reform-total"), number(language, sum))),
            heads,
            ..Self::default()
        };
        picture.draw(&ground, &flows, (&before, &after), counts.map(|_| language));
        picture
    }

    /// The head of a column, from the left.
    pub fn head(&self, place: usize) -> &str {
        self.heads.get(place).map_or("", String::as_str)
    }

    /// True where there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn draw(
        &mut self,
        ground: &Ground<'_>,
        flows: &[Flow],
        (before, after): (&[UnitId], &[UnitId]),
        counted: Option<Language>,
    ) {
        let heights = heights(flows, counted.is_some());
        let of = |end: fn(&Flow) -> UnitId, unit: UnitId| -> f64 {
            flows.iter().zip(&heights).filter(|(it, _)| end(it) == unit).map(|(_, height)| height).sum()
        };
        let left: Vec<f64> = before.iter().map(|unit| of(|it| it.from, *unit)).collect();
        let right: Vec<f64> = after.iter().map(|unit| of(|it| it.to, *unit)).collect();
        let (left_tops, left_end) = tops(&left, LEFT_PITCH);
        let (right_tops, right_end) = tops(&right, RIGHT_PITCH);
        let height = left_end.max(right_end);
        let (left_shift, right_shift) = ((height - left_end) / 2.0, (height - right_end) / 2.0);
        self.height = coordinate(height);
        let mut leaving: Vec<f64> = left_tops.iter().map(|top| top + left_shift).collect();
        let mut arriving: Vec<f64> = right_tops.iter().map(|top| top + right_shift).collect();
        self.name_sides(ground, (before, after), (&leaving, &left), (&arriving, &right));
        for (flow, height) in flows.iter().zip(&heights) {
            let (Some(from), Some(to)) =
                (before.iter().position(|it| *it == flow.from), after.iter().position(|it| *it == flow.to))
            else {
                continue;
            };
            let (Some(start), Some(end)) = (leaving.get_mut(from), arriving.get_mut(to)) else { continue };
            self.bands.push(Band { class: colour(to).1, path: band(*start, *end, *height) });
            *start += height;
            *end += height;
        }
        if let Some(language) = counted {
            self.count_sides(flows, (before, after), language);
        }
    }

    fn name_sides(
        &mut self,
        ground: &Ground<'_>,
        (before, after): (&[UnitId], &[UnitId]),
        (left_tops, left): (&[f64], &[f64]),
        (right_tops, right): (&[f64], &[f64]),
    ) {
        for ((unit, top), height) in before.iter().zip(left_tops).zip(left) {
            self.bars.push(Bar::new("f3", BEFORE_X, *top, *height));
            let y = top + height / 2.0 + 5.0;
            self.labels.push(Label::new("v end", BEFORE_X - 10.0, y, ground.name_before(*unit)));
        }
        for (place, ((unit, top), height)) in after.iter().zip(right_tops).zip(right).enumerate() {
            self.bars.push(Bar::new(colour(place).0, AFTER_X, *top, *height));
            let y = top + height / 2.0;
            self.labels.push(Label::new("v big", AFTER_X + BAR + 12.0, y, ground.name_after(*unit)));
            let seat = ground.attributes_after(*unit).map_or("", |it| it.seat.as_str());
            // Whoever has ended since is drawn as it was called; nobody is to be sent to where it sat.
            let has_ended = ground.known.find_unit(*unit).is_some_and(|it| it.ended_on().is_some());
            let street = seat.split(',').next().filter(|_| !has_ended).unwrap_or_default();
            self.labels.push(Label::new("", AFTER_X + BAR + 12.0, y + 20.0, street.to_owned()));
        }
    }

    /// How many dossiers leave and arrive: beside the name on the left, under it on the right.
    fn count_sides(&mut self, flows: &[Flow], (before, after): (&[UnitId], &[UnitId]), language: Language) {
        let of = |end: fn(&Flow) -> UnitId, unit: UnitId| -> u64 {
            flows.iter().filter(|it| end(it) == unit).map(|it| it.count).sum()
        };
        let leaves = before.iter().map(|unit| number(language, of(|it| it.from, *unit)));
        let arrives = after.iter().map(|unit| {
            let count = number(language, of(|it| it.to, *unit));
            word_in_with(language, "reform-dossiers-in-flight", &[("count", count)])
        });
        let mut counted: Vec<String> = leaves.collect();
        let names = counted.len();
        for (label, count) in self.labels.iter_mut().take(names).zip(counted.drain(..)) {
            label.text = format!("{} · {count}", label.text);
        }
        // Behind the names on the left, each successor has two lines: its name and its seat.
        for (pair, text) in self.labels.split_at_mut(names).1.chunks_mut(2).zip(arrives) {
            if let Some(seat) = pair.last_mut() {
                seat.text = if seat.text.is_empty() { text } else { format!("{text} · {}", seat.text) };
            }
        }
    }
}

impl Bar {
    fn new(class: &'static str, x: f64, y: f64, height: f64) -> Self {
        Self { class, x: coordinate(x), y: coordinate(y), height: coordinate(height) }
    }
}

impl Label {
    fn new(class: &'static str, x: f64, y: f64, text: String) -> Self {
        Self { class, x: coordinate(x), y: coordinate(y), text }
    }
}

fn colour(place: usize) -> (&'static str, &'static str) {
    COLOURS.get(place % COLOURS.len()).copied().unwrap_or(("f1", "band1"))
}

fn number(language: Language, count: u64) -> String {
    number_in(language, i64::try_from(count).unwrap_or(i64::MAX))
}

fn coordinate(value: f64) -> String {
    format!("{value:.1}")
}

#[expect(clippy::cast_precision_loss, reason = "a drawing is no finer than a hair")]
fn heights(flows: &[Flow], counted: bool) -> Vec<f64> {
    let sum: u64 = flows.iter().map(|it| it.count).sum();
    let height = |it: &Flow| {
        if counted && sum > 0 { (it.count as f64 * BANDS / sum as f64).max(BAND_MIN) } else { BAND }
    };
    flows.iter().map(height).collect()
}

/// The upper edges of bars one below the other, each with room for its words, and where the last room ends.
fn tops(heights: &[f64], pitch: f64) -> (Vec<f64>, f64) {
    let mut y = 0.0;
    let mut tops = Vec::with_capacity(heights.len());
    for height in heights {
        let room = (height + 12.0).max(pitch);
        tops.push(y + (room - height) / 2.0);
        y += room;
    }
    (tops, y)
}

fn band(start: f64, end: f64, height: f64) -> String {
    let (left, right) = (BEFORE_X + BAR, AFTER_X);
    let (bend, turn) = (left + (right - left) * 0.45, right - (right - left) * 0.45);
    let (low, deep) = (start + height, end + height);
    format!(
        "M{left:.1} {start:.1}C{bend:.1} {start:.1} {turn:.1} {end:.1} {right:.1} {end:.1}\
         V{deep:.1}C{turn:.1} {deep:.1} {bend:.1} {low:.1} {left:.1} {low:.1}Z"
    )
}
