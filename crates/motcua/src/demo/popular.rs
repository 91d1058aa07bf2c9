//! What people come for: which procedures, how often, by which way. Invented, but shaped like an urban district.

use super::dice::Dice;
use app::house::Snapshot;
use domain::calendar::Term;
use domain::procedure::{Channel, ProcedureRevision, StepClock};
use jiff::civil::Date;
use std::sync::Arc;

/// Weight of every procedure not named here.
const RARE: u32 = 1;

const ONLINE: &[(&str, u32)] = &[
    ("trich-luc-ho-tich@ward", 900),
    ("xac-nhan-tinh-trang-hon-nhan@ward", 620),
    ("dang-ky-khai-sinh@ward", 520),
    ("dang-ky-thanh-lap-ho-kinh-doanh@district", 420),
    ("xac-nhan-thong-tin-ve-cu-tru@ward", 260),
    ("lien-thong-khai-sinh-thuong-tru-bhyt@ward", 240),
    ("dang-ky-ket-hon@ward", 200),
    ("dang-ky-tam-tru@ward", 190),
    ("dang-ky-khai-tu@ward", 180),
    ("cap-ban-sao-tu-so-goc@ward", 160),
    ("giay-phep-xay-dung-nha-o-rieng-le@district", 110),
    ("thay-doi-cai-chinh-ho-tich@ward", 90),
    ("cap-ban-sao-tu-so-goc@district", 80),
    ("giay-chung-nhan-du-dieu-kien-attp@district", 70),
    ("thay-doi-cai-chinh-ho-tich@district", 60),
    ("trich-luc-ho-tich@district", 60),
    ("dang-ky-ho-kinh-doanh-dang-ky-ma-so-thue@district", 60),
    ("ho-tro-mai-tang@ward", 60),
    ("tro-cap-xa-hoi-hang-thang@ward", 50),
    ("ho-tro-mai-tang@district", 40),
    ("dinh-chinh-giay-chung-nhan-da-cap@district", 40),
    ("xac-dinh-muc-do-khuyet-tat@ward", 30),
    ("khai-bao-tam-vang@ward", 30),
    ("chuyen-muc-dich-su-dung-dat@district", 25),
    ("cap-giay-phep-ban-le-ruou@district", 25),
    ("tach-ho@ward", 25),
    ("cap-giay-phep-chat-ha-dich-chuyen-cay-xanh@district", 20),
    ("giai-quyet-khieu-nai-lan-dau@district", 6),
];

const COUNTER: &[(&str, u32)] = &[
    ("chung-thuc-ban-sao-tu-ban-chinh@ward", 1_500),
    ("chung-thuc-chu-ky@ward", 640),
    ("chung-thuc-ban-sao-tu-ban-chinh@district", 300),
    ("chung-thuc-chu-ky@district", 120),
    ("dang-ky-ket-hon@ward", 30),
    ("dang-ky-khai-sinh@ward", 30),
    ("dang-ky-khai-tu@ward", 20),
    ("dang-ky-thanh-lap-ho-kinh-doanh@district", 20),
    ("giai-quyet-khieu-nai-lan-dau@district", 8),
];

const POST: &[(&str, u32)] = &[
    ("trich-luc-ho-tich@ward", 40),
    ("cap-ban-sao-tu-so-goc@ward", 30),
    ("ho-tro-mai-tang@ward", 20),
    ("giai-quyet-khieu-nai-lan-dau@district", 10),
];

/// Procedures that take longer than a day or two: what is carried over a year's end, and what is open on any day.
fn takes_days(it: &ProcedureRevision) -> bool {
    match it.time_limit.map(|limit| limit.binding()) {
        None | Some(Term::SameDay) => false,
        Some(Term::WorkingHours(count)) => count >= 24,
        Some(Term::WorkingDays(count) | Term::CalendarDays(count)) => count >= 3,
    }
}

/// A choice of procedures with their weights.
struct Choice {
    revisions: Vec<Arc<ProcedureRevision>>,
    weights: Vec<u32>,
}

impl Choice {
    fn of(
        known: &Snapshot,
        channel: Channel,
        weights: &[(&str, u32)],
        fits: impl Fn(&ProcedureRevision) -> bool,
    ) -> Self {
        let offered = |it: &&Arc<ProcedureRevision>| {
            it.time_limit.is_some() && it.channels.contains(&channel) && !it.steps.is_empty() && fits(it)
        };
        let revisions: Vec<Arc<ProcedureRevision>> = known.catalogue.all().filter(offered).cloned().collect();
        let weight = |it: &Arc<ProcedureRevision>| {
            let id = it.procedure.to_string();
            weights.iter().find(|(named, _)| *named == id).map_or(RARE, |(_, weight)| *weight)
        };
        let weights = revisions.iter().map(weight).collect();
        Self { revisions, weights }
    }

    fn one(&self, dice: &mut Dice) -> Option<Arc<ProcedureRevision>> {
        let place = dice.weighted(&self.weights);
        self.revisions.get(place).cloned()
    }
}

/// What a dossier is chosen from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Anything.
    Any,
    /// What takes days.
    Slow,
    /// What takes days and brings a duty to pay.
    WithDuty,
    /// Three working days in a ward without a pause: where a leader's absence shows.
    ThreeDays,
}

/// Everything people come for.
pub struct Popular {
    any: [Choice; 3],
    slow: [Choice; 3],
    duty: [Choice; 3],
    three_days: [Choice; 3],
}

impl Popular {
    /// Of the catalogue in force: what there is a desk for on that day.
    pub fn of(known: &Snapshot, on: Date) -> Self {
        let taken_in = |it: &ProcedureRevision| !known.desks_of_level(it.procedure.tab.as_str(), on).is_empty();
        let three = |fits: &dyn Fn(&ProcedureRevision) -> bool| {
            [(Channel::Counter, COUNTER), (Channel::Online, ONLINE), (Channel::Post, POST)]
                .map(|(channel, weights)| Choice::of(known, channel, weights, |it| fits(it) && taken_in(it)))
        };
        Self {
            any: three(&|_| true),
            slow: three(&takes_days),
            duty: three(&|it| takes_days(it) && matches!(it.sector.as_str(), "Đất đai" | "Hoạt động xây dựng")),
            three_days: three(&|it| {
                it.procedure.tab.as_str() == "ward"
                    && it.time_limit.is_some_and(|limit| limit.binding() == Term::WorkingDays(3))
                    && it.steps.iter().all(|step| step.clock == StepClock::Running)
            }),
        }
    }

    /// Something somebody comes for by that way.
    pub fn one(&self, channel: Channel, pace: Pace, dice: &mut Dice) -> Option<Arc<ProcedureRevision>> {
        let choices = match pace {
            Pace::Any => &self.any,
            Pace::Slow => &self.slow,
            Pace::WithDuty => &self.duty,
            Pace::ThreeDays => &self.three_days,
        };
        let place = match channel {
            Channel::Counter => 0,
            Channel::Online => 1,
            Channel::Post => 2,
        };
        choices.get(place).and_then(|choice: &Choice| choice.one(dice))
    }
}
