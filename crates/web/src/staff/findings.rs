//! What is found where a certificate or the whole history is counted again, in words: each kind has its own in either language.

use super::reform::state_chip;
use super::views::{FindingView, Num};
use crate::texts::Language;
use crate::{say, say_with, spoken, texts};
use app::integrity::{Flaw, How, Kept};
use app::reform::{Broken, Claim, Mismatch, State};
use app::rehearsal::Finding;
use domain::dossier::Status;
use jiff::civil::DateTime;
use std::fmt::Display;

/// So much of a hash tells it from another, in characters.
const HASH_CHARS: usize = 16;
/// A hash, in characters.
const HASH_CHARS_WHOLE: usize = 64;

/// A part of a certificate; where nothing is compared, what is wrong with it.
fn claim(it: Claim) -> &'static str {
    say(match it {
        Claim::Signature => "plan-part-signature-wrong",
        Claim::Installation => "plan-part-installation-other",
        Claim::Plan => "plan-part-plan",
        Claim::Lines => "plan-part-lines",
        Claim::Dossiers => "plan-part-dossiers",
        Claim::Statuses => "plan-part-statuses",
        Claim::Owed => "plan-part-owed",
        Claim::Paid => "plan-part-paid",
        Claim::Papers => "plan-part-papers",
        Claim::Files => "plan-part-files",
        Claim::Codes => "plan-part-codes",
        Claim::DueDates => "plan-part-due-dates",
        Claim::Histories => "plan-part-histories",
        Claim::Name => "plan-part-name",
        Claim::Units => "plan-part-units",
        Claim::Chain => "plan-part-chain",
    })
}

/// What is said of a part, as people read it.
fn value(of: Claim, text: &str) -> String {
    let number = || text.parse::<i64>().ok();
    let read = match of {
        Claim::Owed | Claim::Paid => number().map(spoken::dong),
        Claim::Lines | Claim::Dossiers | Claim::Papers | Claim::Files => {
            number().and_then(|it| u64::try_from(it).ok()).map(|it| Num(it).to_string())
        }
        Claim::Statuses => Some(statuses(text)),
        Claim::Plan => state(text).or_else(|| text.parse::<DateTime>().ok().map(spoken::moment)),
        Claim::Signature
        | Claim::Installation
        | Claim::Name
        | Claim::Units
        | Claim::Codes
        | Claim::DueDates
        | Claim::Histories
        | Claim::Chain => None,
    };
    read.unwrap_or_else(|| short(text))
}

/// "{3: 2, 9: 1}", by the national codes, as "Đã tiếp nhận: 2, Có kết quả: 1".
fn statuses(text: &str) -> String {
    let named = |pair: &str| {
        let (code, count) = pair.split_once(": ")?;
        let status = Status::ALL.into_iter().find(|it| it.national_code().to_string() == code)?;
        Some(format!("{}: {count}", texts::status(status)))
    };
    let pairs = text.trim_matches(['{', '}']).split(", ");
    pairs.map(|pair| named(pair).unwrap_or_else(|| pair.to_owned())).collect::<Vec<_>>().join(", ")
}

fn state(text: &str) -> Option<String> {
    let all = [State::Staging, State::Staged, State::InForce, State::Settled, State::Undone, State::GivenUp];
    all.into_iter().find(|it| it.key() == text).map(|it| state_chip(it).words)
}

fn short(text: &str) -> String {
    let is_hash = text.len() == HASH_CHARS_WHOLE && text.bytes().all(|it| it.is_ascii_hexdigit());
    if is_hash { format!("{}…", text.chars().take(HASH_CHARS).collect::<String>()) } else { text.to_owned() }
}

/// A line of a certificate that does not hold.
pub fn mismatch(it: &Mismatch) -> String {
    let of = it.line.as_ref().map(|(from, to)| format!("{from} → {to}: ")).unwrap_or_default();
    let part = claim(it.what);
    if let Some(how) = &it.broken {
        return say_with("plan-part-broken", &[("part", &part), ("code", &it.stated), ("how", &broken(how))]);
    }
    let (stated, found) = (value(it.what, &it.stated), value(it.what, &it.found));
    let said = match (it.what, stated.is_empty(), found.is_empty()) {
        (Claim::Signature | Claim::Installation, ..) => part.to_owned(),
        (_, true, true) => say_with("plan-part-lost", &[("part", &part)]),
        (_, _, true) => say_with("plan-part-gone", &[("part", &part), ("stated", &stated)]),
        (_, _, false) => say_with("plan-part-differs", &[("part", &part), ("stated", &stated), ("found", &found)]),
    };
    format!("{of}{said}")
}

/// What is not as it should be after a rehearsal.
pub fn rehearsed(it: &Finding) -> FindingView {
    let text = match it {
        Finding::NoCertificate => say("plan-rehearsal-no-certificate").to_owned(),
        Finding::Unequal { from, to } => say_with("plan-rehearsal-unequal", &[("from", from), ("to", to)]),
        Finding::Mismatch(it) => mismatch(it),
        // Whatever has a Vietnamese letter is Vietnamese: a name, or a sentence; the rest are words of the program.
        Finding::AsWritten(text) => {
            let language = if text.is_ascii() { Language::English } else { Language::Vietnamese };
            return FindingView { text: text.clone(), language };
        }
    };
    FindingView::said(text)
}

fn broken(it: &Broken) -> String {
    match it {
        Broken::Flaw(it) => flaw(it),
        Broken::Untold => say("integrity-how-untold").to_owned(),
        Broken::NothingBefore => say("integrity-how-nothing-before").to_owned(),
        Broken::Refused { why } => say_with("integrity-how-refused", &[("why", why)]),
        Broken::AnotherUnit => say("integrity-how-another-unit").to_owned(),
    }
}

fn flaw(it: &Flaw) -> String {
    use Flaw as F;
    let of = |key, seq: &u32| say_with(key, &[("seq", seq)]);
    match it {
        F::OutOfPlace { seq, place } => say_with("integrity-how-out-of-place", &[("seq", seq), ("place", place)]),
        F::Unlinked { seq } => of("integrity-how-unlinked", seq),
        F::Changed { seq } => of("integrity-how-changed", seq),
        F::WordsChanged { seq } => of("integrity-how-words-changed", seq),
        F::WordsMissing { seq } => of("integrity-how-words-missing", seq),
        F::Unreadable { seq } => of("integrity-how-unreadable", seq),
        F::FileMissing { file } => say_with("integrity-how-file-row-missing", &[("file", file)]),
    }
}

fn kept(it: &Kept) -> String {
    use Kept as K;
    match it {
        K::Flaw(it) => flaw(it),
        K::EventRefused { seq, why } => say_with("integrity-how-event-refused", &[("seq", seq), ("why", why)]),
        K::NoEvents => say("integrity-how-no-events").to_owned(),
        K::RowMissing => say("integrity-how-row-missing").to_owned(),
        K::RowDiffers { columns } => say_with("integrity-how-row-differs", &[("columns", columns)]),
        K::RowAlone => say("integrity-how-row-alone").to_owned(),
        K::Unsound => say("integrity-how-unsound").to_owned(),
        K::FactsDiffer => say("integrity-how-facts-differ").to_owned(),
        K::DuesDiffer => say("integrity-how-dues-differ").to_owned(),
        K::HeirDiffers => say("integrity-how-heir-differs").to_owned(),
        K::LyingDiffers => say("integrity-how-lying-differs").to_owned(),
    }
}

fn how(it: &How) -> String {
    let why = |key, why: &dyn Display| say_with(key, &[("why", why)]);
    match it {
        How::Kept(it) => kept(it),
        How::RevisionChanged => say("integrity-how-revision-changed").to_owned(),
        How::PlanUnreadable { why: reason } => why("integrity-how-plan-unreadable", reason),
        How::CertificateMissing => say("integrity-how-certificate-missing").to_owned(),
        How::CertificateDiffers(it) => mismatch(it),
        How::FileChanged => say("integrity-how-file-changed").to_owned(),
        How::FileUnread { why: reason } => why("integrity-how-file-unread", reason),
        How::SealedCounts => say("integrity-how-sealed-counts").to_owned(),
        How::SealedHistory => say("integrity-how-sealed-history").to_owned(),
        How::SealedByAnother => say("integrity-how-sealed-by-another").to_owned(),
        How::SealUnsigned => say("integrity-how-seal-unsigned").to_owned(),
    }
}

/// One place that is not as the events say, with what it is about: a checkpoint by its moment.
pub fn verified(it: &app::verification::Finding) -> String {
    let subject = it.subject.parse::<DateTime>().map_or_else(|_| it.subject.clone(), spoken::moment);
    say_with("integrity-place", &[("subject", &subject), ("how", &how(&it.how))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::speaking;
    use std::collections::BTreeSet;

    fn every_kind() -> Vec<How> {
        use Flaw as F;
        use Kept as K;
        let seq = 3;
        let why = || "a reason".to_owned();
        let flaws = [
            F::OutOfPlace { seq, place: 2 },
            F::Unlinked { seq },
            F::Changed { seq },
            F::WordsChanged { seq },
            F::WordsMissing { seq },
            F::Unreadable { seq },
            F::FileMissing { file: "0".repeat(32).parse().unwrap() },
        ];
        let kept = [
            K::EventRefused { seq, why: why() },
            K::NoEvents,
            K::RowMissing,
            K::RowDiffers { columns: "status".to_owned() },
            K::RowAlone,
            K::Unsound,
            K::FactsDiffer,
            K::DuesDiffer,
            K::HeirDiffers,
            K::LyingDiffers,
        ];
        let broken = [Broken::Untold, Broken::NothingBefore, Broken::Refused { why: why() }, Broken::AnotherUnit];
        let chain = |broken| Mismatch {
            line: None,
            what: Claim::Chain,
            stated: "H24-1".to_owned(),
            found: String::new(),
            broken: Some(broken),
        };
        let own = [
            How::RevisionChanged,
            How::PlanUnreadable { why: why() },
            How::CertificateMissing,
            How::FileChanged,
            How::FileUnread { why: why() },
            How::SealedCounts,
            How::SealedHistory,
            How::SealedByAnother,
            How::SealUnsigned,
        ];
        flaws
            .map(K::Flaw)
            .into_iter()
            .chain(kept)
            .map(How::Kept)
            .chain(flaws.map(Broken::Flaw).into_iter().chain(broken).map(chain).map(How::CertificateDiffers))
            .chain(own)
            .collect()
    }

    #[tokio::test]
    async fn every_kind_of_finding_has_words_of_its_own_in_either_language() {
        let said = || every_kind().iter().map(how).collect::<Vec<_>>();
        let vietnamese = said();
        let english = speaking(Language::English, async { said() }).await;
        assert_eq!(vietnamese.iter().collect::<BTreeSet<_>>().len(), vietnamese.len(), "{vietnamese:?}");
        for (vietnamese, english) in vietnamese.iter().zip(&english) {
            assert!(!vietnamese.contains("integrity-how") && !vietnamese.contains('{'), "{vietnamese}");
            assert_ne!(vietnamese, english);
            assert!(english.is_ascii(), "{english}");
        }
    }

    #[test]
    fn what_a_certificate_says_is_told_as_people_read_it() {
        let differs = |what, stated: &str, found: &str| {
            let line = Some(("Phường Một".to_owned(), "Phường Mới".to_owned()));
            let (stated, found) = (stated.to_owned(), found.to_owned());
            mismatch(&Mismatch { line, what, stated, found, broken: None })
        };
        let said = differs(Claim::Owed, "16000", "8000");
        assert_eq!(
            said,
            "Phường Một → Phường Mới: Phải nộp: chứng nhận ghi “16.000 đồng”, tính lại được “8.000 đồng”."
        );
        assert!(differs(Claim::Plan, "settled", "given_up").contains("“đã xong”"), "no word of the program");
        assert!(differs(Claim::Plan, "2025-04-01T00:00:00", "").contains("01/04/2025"));
        let statuses = differs(Claim::Statuses, "{2: 1}", "{}");
        assert!(statuses.contains(&texts::status(Status::Received)) && !statuses.contains('{'), "{statuses}");
        assert!(differs(Claim::Signature, "", "").contains("Chữ ký không đúng"));
    }
}
