//! A delivery receipt of a message centre, out of the bytes it sent.

use super::ReceiptNames;
use crate::{Reach, Report, plain};
use rusmpp::pdus::DeliverSm;
use rusmpp::tlvs::TlvValue;
use rusmpp::values::MessageState;

/// `esm_class` of a receipt: of the centre, or of something on the way.
const RECEIPT: u8 = 0b0000_0100;
const ON_THE_WAY: u8 = 0b0010_0000;
/// Longest name of a part, in characters.
const REFERENCE_CHARS_MAX: usize = 64;

/// What a message of the centre's tells of one of ours; none where it is no receipt, or one without a name.
/// Beside the text a receipt may carry the name as the answer had it, which then counts.
pub(super) fn read(it: &DeliverSm, names: ReceiptNames) -> Option<Report> {
    let class = u8::from(it.esm_class);
    if class & (RECEIPT | ON_THE_WAY) == 0 {
        return None;
    }
    let text = String::from_utf8_lossy(it.short_message().as_ref()).into_owned();
    let mut reference = names.of_receipt(&word(&text, "id:"));
    let mut reach = match word(&text, "stat:").to_ascii_uppercase().as_str() {
        "DELIVRD" => Reach::Delivered,
        "EXPIRED" | "DELETED" | "UNDELIV" | "REJECTD" => Reach::Failed,
        _ => Reach::Taken,
    };
    for tlv in it.tlvs() {
        match tlv.value() {
            Some(TlvValue::ReceiptedMessageId(name)) => reference = names.of_answer(name.as_str()),
            Some(TlvValue::MessageState(state)) => reach = reached(*state).unwrap_or(reach),
            _ => {}
        }
    }
    if reference.is_empty() || reference.chars().count() > REFERENCE_CHARS_MAX {
        return None;
    }
    let reason = match reach {
        Reach::Failed => plain(&format!("{} {}", word(&text, "stat:"), word(&text, "err:"))).trim().to_owned(),
        Reach::Taken | Reach::Delivered => String::new(),
    };
    Some(Report { reference, reach, reason })
}

fn reached(state: MessageState) -> Option<Reach> {
    match state {
        MessageState::Delivered => Some(Reach::Delivered),
        MessageState::Expired
        | MessageState::Deleted
        | MessageState::Undeliverable
        | MessageState::Rejected
        | MessageState::Skipped => Some(Reach::Failed),
        MessageState::Scheduled | MessageState::Enroute | MessageState::Accepted => Some(Reach::Taken),
        MessageState::Unknown | MessageState::Other(_) => None,
    }
}

/// The word after a mark, whichever way the mark is written; empty where it is not there.
fn word(text: &str, mark: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let begins = |at: usize| at == 0 || lower.as_bytes().get(at - 1).is_some_and(|it| *it == b' ');
    let at = lower.match_indices(mark).map(|it| it.0).find(|at| begins(*at));
    let rest = at.and_then(|at| text.get(at + mark.len()..)).unwrap_or_default();
    rest.split([' ', '\0']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusmpp::types::OctetString;
    use rusmpp::values::EsmClass;

    fn receipt(class: u8, text: &str) -> Option<Report> {
        let bytes = OctetString::from_vec(text.as_bytes().to_vec()).unwrap();
        read(&DeliverSm::builder().esm_class(EsmClass::from(class)).short_message(bytes).build(), ReceiptNames::Same)
    }

    #[test]
    fn a_name_beside_the_text_is_written_as_in_the_answer() {
        use rusmpp::tlvs::MessageDeliveryRequestTlvValue;
        use rusmpp::types::COctetString;
        let text = OctetString::from_vec(b"id:2130717185 stat:DELIVRD err:000".to_vec()).unwrap();
        let own = COctetString::from_string("7F002A01".to_owned()).unwrap();
        let receipt = DeliverSm::builder()
            .esm_class(EsmClass::from(4))
            .short_message(text)
            .push_tlv(MessageDeliveryRequestTlvValue::ReceiptedMessageId(own))
            .build();
        for (names, kept) in [(ReceiptNames::Decimal, "2130717185"), (ReceiptNames::Same, "7F002A01")] {
            assert_eq!(read(&receipt, names).unwrap().reference, kept);
        }
    }

    #[test]
    fn receipts_are_read_as_centres_write_them() {
        let at = "submit date:2503030900 done date:2503030901";
        let reads = |text: &str| receipt(4, text).map(|it| (it.reference, it.reach, it.reason));
        let found = |name: &str, reach, reason: &str| Some((name.to_owned(), reach, reason.to_owned()));
        assert_eq!(
            reads(&format!("id:7F2a sub:001 dlvrd:001 {at} stat:DELIVRD err:000 Text:Ho so")),
            found("7F2a", Reach::Delivered, "")
        );
        assert_eq!(
            reads(&format!("id:9 sub:001 {at} stat:UNDELIV err:011 text:")),
            found("9", Reach::Failed, "UNDELIV 011")
        );
        assert_eq!(reads("ID:9 STAT:EXPIRED ERR:1"), found("9", Reach::Failed, "EXPIRED 1"));
        assert_eq!(reads("id:9 stat:ENROUTE err:0"), found("9", Reach::Taken, ""));
        assert_eq!(reads("paid:9 stat:DELIVRD"), None, "no name of ours");
        assert_eq!(reads(""), None);
        assert_eq!(receipt(0, "id:9 stat:DELIVRD err:000"), None, "a message of a person");
        assert_eq!(receipt(4, &format!("id:{} stat:DELIVRD", "9".repeat(65))), None);
    }
}
