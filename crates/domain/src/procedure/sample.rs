//! Answers nobody gave: a complete form for the demo and for tests. Every person in it is invented and looks it.

use jiff::ToSpan;
use jiff::civil::Date;

use super::answer::day_typed;
use super::answers::{Answers, Completeness, RawAnswers, validate};
use super::fee::Quantity;
use super::form::{ApplicationForm, Condition, Field, FieldKind};

const FAMILY_NAMES: [&str; 8] = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi"];
const MIDDLE_NAMES: [&str; 6] = ["Mẫu", "Thí", "Minh", "Ngọc", "Thị", "Văn"];
const GIVEN_NAMES: [&str; 10] = ["An", "Bình", "Chi", "Dũng", "Giang", "Hạnh", "Khánh", "Lan", "Phúc", "Yến"];
const STREETS: [&str; 6] = ["Hàng Kênh", "Cát Dài", "Trần Nguyên Hãn", "Miếu Hai Xã", "Nguyễn Đức Cảnh", "Hồ Sen"];

/// A valid, complete answer to every question of a form. The same form, day and seed give the same answers.
pub fn sample_answers(form: &ApplicationForm, today: Date, seed: u64) -> RawAnswers {
    let mut raw = RawAnswers::new();
    let mut dice = Dice(seed);
    let fields: Vec<&Field> = form.fields().collect();
    fill(&fields, "", today, &mut dice, &mut raw);
    // An answer to a question that the others make pointless would be dropped anyway.
    let (answers, _): (Answers, _) = validate(form, &raw, today, Completeness::Complete);
    answers.to_raw()
}

/// A row of numbers that looks random and is not (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `bound`.
    fn below(&mut self, bound: i64) -> i64 {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        i64::try_from(self.next() % bound).unwrap_or_default()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let count = i64::try_from(from.len()).unwrap_or(1);
        usize::try_from(self.below(count)).ok().and_then(|index| from.get(index)).copied().unwrap_or_default()
    }
}

fn fill(fields: &[&Field], path: &str, today: Date, dice: &mut Dice, raw: &mut RawAnswers) {
    for field in fields {
        let name = format!("{path}{}", field.id);
        let children: Vec<&Field> = field.children.iter().collect();
        match field.kind {
            FieldKind::Attachments => {}
            FieldKind::Group => fill(&children, &format!("{name}."), today, dice, raw),
            FieldKind::Repeat => {
                for row in 0..=dice.below(2) {
                    fill(&children, &format!("{name}.{row}."), today, dice, raw);
                }
            }
            FieldKind::Text
            | FieldKind::PersonName
            | FieldKind::Textarea
            | FieldKind::Date
            | FieldKind::Datetime
            | FieldKind::Year
            | FieldKind::Int
            | FieldKind::Decimal
            | FieldKind::Money
            | FieldKind::Enum
            | FieldKind::MultiEnum
            | FieldKind::Bool
            | FieldKind::Consent
            | FieldKind::Address
            | FieldKind::Unit
            | FieldKind::Facility
            | FieldKind::NationalId
            | FieldKind::Phone
            | FieldKind::Email
            | FieldKind::BankAccount => {
                let value = match year_beside(field, path, raw) {
                    Some(year) => long_before(field, year, dice),
                    None => value(field, fields, today, dice),
                };
                raw.insert(name, vec![value]);
            }
        }
    }
}

/// The year of the day that the answer must lie before.
fn year_beside(field: &Field, path: &str, raw: &RawAnswers) -> Option<i64> {
    let before = field.before.as_ref()?;
    let other = raw.get(&format!("{path}{}", before.field))?.first()?;
    let year = day_typed(other).map(|it| i64::from(it.year()));
    year.or_else(|| other.parse().ok())
}

fn long_before(field: &Field, year: i64, dice: &mut Dice) -> String {
    let years = field.before.as_ref().map_or(0, |it| i64::from(it.years));
    let year = year - years - 12 - dice.below(25);
    if field.kind == FieldKind::Date { format!("15/06/{year}") } else { year.to_string() }
}

fn value(field: &Field, siblings: &[&Field], today: Date, dice: &mut Dice) -> String {
    match field.kind {
        FieldKind::PersonName => name(dice),
        FieldKind::Date => past_day(today, dice).strftime("%d/%m/%Y").to_string(),
        FieldKind::Datetime => format!("{}T{:02}:{:02}", past_day(today, dice), dice.below(24), dice.below(60)),
        FieldKind::Year => (i64::from(today.year()) - 25 - dice.below(30)).to_string(),
        // Nobody made up asks for copies on top: a life in the demo costs what its procedure costs.
        FieldKind::Int if field.counts == Some(Quantity::ExtraCopies) => field.min.unwrap_or(0).to_string(),
        FieldKind::Int => number(field, 4, dice).to_string(),
        FieldKind::Money => number(field, 500, dice).saturating_mul(1_000_000).to_string(),
        FieldKind::Decimal => format!("{},{}", number(field, 200, dice), dice.below(10)),
        FieldKind::Enum | FieldKind::MultiEnum => choice(field, siblings, dice),
        FieldKind::Bool | FieldKind::Consent => "true".to_owned(),
        FieldKind::Address => {
            format!("Số {} đường {}, quận Lê Chân, Hải Phòng", 1 + dice.below(200), dice.pick(&STREETS))
        }
        FieldKind::Unit => "UBND phường Hàng Kênh".to_owned(),
        FieldKind::Facility => "Trạm Y tế phường Hàng Kênh".to_owned(),
        FieldKind::NationalId => personal_number(dice),
        FieldKind::Phone => format!("0999{:06}", dice.below(1_000_000)),
        FieldKind::Email => format!("nguoi.mau.{}@hopthu.example", dice.below(10_000)),
        FieldKind::BankAccount => format!("999{:09}", dice.below(1_000_000_000)),
        FieldKind::Textarea => format!("Nội dung mẫu số {}.\nDòng thứ hai của nội dung mẫu.", dice.below(1_000)),
        FieldKind::Text | FieldKind::Repeat | FieldKind::Group | FieldKind::Attachments => text(field, dice),
    }
}

fn text(field: &Field, dice: &mut Dice) -> String {
    let label: String = field.label.chars().filter(|c| c.is_alphanumeric() || *c == ' ').take(40).collect();
    format!("{} (mẫu {})", label.trim(), 1 + dice.below(999))
}

fn name(dice: &mut Dice) -> String {
    format!("{} {} {}", dice.pick(&FAMILY_NAMES), dice.pick(&MIDDLE_NAMES), dice.pick(&GIVEN_NAMES))
}

/// A day in the last thirty years or so.
fn past_day(today: Date, dice: &mut Dice) -> Date {
    today.checked_sub((1 + dice.below(11_000)).days()).unwrap_or(today)
}

fn number(field: &Field, spread: i64, dice: &mut Dice) -> i64 {
    let min = field.min.unwrap_or(1);
    let max = field.max.unwrap_or(min.saturating_add(spread)).min(min.saturating_add(spread));
    min + dice.below(max - min)
}

/// An option; often the one that makes the form ask more.
fn choice(field: &Field, siblings: &[&Field], dice: &mut Dice) -> String {
    let asks_more = |condition: &Condition| condition.field == field.id;
    let more =
        siblings.iter().filter_map(|it| it.show_if.as_ref()).find(|it| asks_more(it)).and_then(|it| it.equals.first());
    match more {
        Some(option) if dice.below(2) == 0 => option.clone(),
        Some(_) | None => {
            let options: Vec<&str> = field.options.iter().map(String::as_str).collect();
            dice.pick(&options).to_owned()
        }
    }
}

/// Twelve digits with the place code 999, assigned to nobody; born in the twentieth century.
fn personal_number(dice: &mut Dice) -> String {
    format!("999{}{:02}{:06}", dice.below(2), 50 + dice.below(49), dice.below(1_000_000))
}
