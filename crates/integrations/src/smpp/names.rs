//! The names a message centre gives to parts. Some call a part one way when they take it and another when they report of it: the
//! same number in hexadecimal digits here and in decimal ones there.

/// How the names in receipts are written, beside those in answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReceiptNames {
    /// As the centre wrote them when it took the part.
    #[default]
    Same,
    /// In decimal digits; in answers they are hexadecimal.
    Decimal,
    /// In hexadecimal digits; in answers they are decimal.
    Hexadecimal,
}

impl ReceiptNames {
    /// A name out of an answer, as it is kept.
    pub(super) fn of_answer(self, name: &str) -> String {
        match self {
            Self::Same => name.to_owned(),
            Self::Decimal => number(name, 16),
            Self::Hexadecimal => number(name, 10),
        }
    }

    /// A name out of the text of a receipt, as the same part's is kept.
    pub(super) fn of_receipt(self, name: &str) -> String {
        match self {
            Self::Same => name.to_owned(),
            Self::Decimal => number(name, 10),
            Self::Hexadecimal => number(name, 16),
        }
    }
}

/// The number in decimal digits, without zeros before it; what is no such number stays as it is.
fn number(name: &str, radix: u32) -> String {
    let digits = if radix == 16 { name.trim_start_matches("0x").trim_start_matches("0X") } else { name };
    u64::from_str_radix(digits, radix).map_or_else(|_| name.to_owned(), |it| it.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_one_name_whichever_digits_it_is_written_in() {
        let kept = |it: ReceiptNames, answer: &str, receipt: &str| (it.of_answer(answer), it.of_receipt(receipt));
        let same = |it: ReceiptNames, answer: &str, receipt: &str| {
            let (answer, receipt) = kept(it, answer, receipt);
            answer == receipt
        };
        assert!(same(ReceiptNames::Decimal, "7F002A01", "2130717185"));
        assert!(same(ReceiptNames::Decimal, "0000002a", "0000000042"));
        assert!(same(ReceiptNames::Decimal, "0x2A", "42"));
        assert!(same(ReceiptNames::Hexadecimal, "42", "0000002A"));
        assert!(!same(ReceiptNames::Decimal, "42", "42"), "another number");
        assert!(same(ReceiptNames::Same, "0A", "0A") && !same(ReceiptNames::Same, "0a", "10"));
        // A name that is no number stays a name.
        assert!(same(ReceiptNames::Decimal, "c-1", "c-1"));
        assert!(same(ReceiptNames::Decimal, "ffffffffffffffffff", "ffffffffffffffffff"));
        assert_eq!(kept(ReceiptNames::Decimal, "", ""), (String::new(), String::new()));
    }
}
