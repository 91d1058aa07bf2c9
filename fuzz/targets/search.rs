//! What people type to find a procedure.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/app/src/search"]
mod search {
    pub mod text;

    pub fn look(typed: &str) {
        let words = text::words(typed);
        assert!(words.len() <= text::TEXT_CHARS_MAX);
        for word in words {
            assert!(!word.folded.is_empty());
            let _ = (word.letters(), word.has_marks());
            let left = text::without_input_method(&word.folded);
            assert!(left.is_none_or(|it| !it.is_empty() && it.is_ascii()));
            assert!(!text::sound(&word.folded).is_empty());
            let known = |piece: &str| piece.len() % 3 == 2;
            if let Some(pieces) = text::cut_joined(&word.folded, known) {
                // A lone final y of a piece is written as i.
                assert_eq!(pieces.concat().len(), word.folded.len());
            }
        }
    }
}

fuzz_target!(|typed: &str| search::look(typed));
