//! Statements: named, registered, written once for both databases.

use std::fmt;

/// One registered statement: its name for logs and errors, and its text.
///
/// Made by [`statements!`](crate::statements) only, so that a test can list and prepare every one of them.
#[derive(Clone, Copy)]
pub struct Sql {
    module: &'static str,
    name: &'static str,
    text: &'static str,
    sqlite: &'static str,
}

impl Sql {
    /// For [`statements!`](crate::statements).
    #[doc(hidden)]
    pub const fn registered(
        module: &'static str,
        name: &'static str,
        text: &'static str,
        rewritten: &'static [u8],
    ) -> Self {
        // Only ASCII signs were exchanged, so what was text is still text.
        let sqlite = match std::str::from_utf8(rewritten) {
            Ok(sqlite) => sqlite,
            Err(_) => "",
        };
        Self { module, name, text, sqlite }
    }

    /// The module that registered it.
    pub const fn module(&self) -> &'static str {
        self.module
    }

    /// Its name in that module.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The portable text, with `$1`, `$2`, ….
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// The text for SQLite, with `?1`, `?2`, ….
    pub(super) const fn sqlite(&self) -> &'static str {
        self.sqlite
    }
}

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "running {}::{}", self.module, self.name)
    }
}

impl fmt::Debug for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}::{}", self.module, self.name)
    }
}

/// Writes `?1` for `$1`: SQLite takes `$1` for a *name* and numbers names as they appear, so that `$2 … $1` would be
/// silently exchanged. Text within single quotes stays as it is.
#[doc(hidden)]
#[expect(clippy::indexing_slicing, reason = "both arrays have N elements, and out of bounds would not compile")]
pub const fn numbered<const N: usize>(text: &str) -> [u8; N] {
    let bytes = text.as_bytes();
    let mut out = [0; N];
    let mut quoted = false;
    let mut at = 0;
    while at < N {
        let byte = bytes[at];
        if byte == b'\'' {
            quoted = !quoted;
        }
        let number_follows = at + 1 < N && bytes[at + 1].is_ascii_digit();
        out[at] = if byte == b'$' && number_follows && !quoted { b'?' } else { byte };
        at += 1;
    }
    out
}

/// Registers the statements of a module: a constant [`Sql`](crate::engine::Sql) each, and `STATEMENTS` with all of them.
///
/// ```
/// mod units {
///     storage::statements! {
///         /// The unit with this code, if there is one.
///         pub FIND_BY_CODE: "SELECT id, name FROM unit WHERE code = $1";
///         INSERT: "INSERT INTO unit (id, code, name) VALUES ($1, $2, $3)";
///     }
/// }
/// assert_eq!(units::STATEMENTS.len(), 2);
/// assert_eq!(units::FIND_BY_CODE.name(), "FIND_BY_CODE");
/// ```
#[macro_export]
macro_rules! statements {
    ($($(#[$note:meta])* $vis:vis $name:ident : $text:expr;)+) => {
        $(
            $(#[$note])*
            #[allow(missing_docs, reason = "the name and the text of a statement say what it is")]
            $vis const $name: $crate::engine::Sql = {
                const TEXT: &str = $text;
                const SQLITE: [u8; TEXT.len()] = $crate::engine::numbered(TEXT);
                $crate::engine::Sql::registered(module_path!(), stringify!($name), TEXT, &SQLITE)
            };
        )+
        /// Every statement of this module, for the test that prepares all of them.
        pub const STATEMENTS: &[$crate::engine::Sql] = &[$($name),+];
    };
}
