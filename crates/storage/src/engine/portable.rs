//! The lint of statements: what the two databases understand differently is refused.

/// Functions that only one of the databases knows, or that each knows differently.
const FUNCTIONS: &[(&str, &str)] = &[
    ("array_agg", "read the rows instead"),
    ("changes", "use the count that exec gives"),
    ("date", "days are stored columns"),
    ("date_trunc", "days and months are stored columns"),
    ("datetime", "instants are integers"),
    ("format", "format in Rust"),
    ("gen_random_uuid", "ids are minted before the transaction"),
    ("glob", "use a folded column with LIKE"),
    ("greatest", "use CASE"),
    ("group_concat", "join the rows in Rust"),
    ("ifnull", "use COALESCE"),
    ("iif", "use CASE"),
    ("instr", "search a folded column"),
    ("json_array", "make JSON in Rust"),
    ("json_each", "read JSON in Rust"),
    ("json_extract", "use a column, or ->> on a column typed as JSON"),
    ("json_object", "make JSON in Rust"),
    ("julianday", "instants are integers"),
    ("last_insert_rowid", "ids are minted before the transaction"),
    ("least", "use CASE"),
    ("lower", "fold in Rust: only ASCII is lowered by SQLite"),
    ("now", "time comes from the clock of the program"),
    ("printf", "format in Rust"),
    ("random", "randomness comes from the program"),
    ("randomblob", "randomness comes from the program"),
    ("strftime", "instants are integers"),
    ("string_agg", "join the rows in Rust"),
    ("time", "instants are integers"),
    ("total", "use CAST(sum(…) AS BIGINT)"),
    ("typeof", "the schema says the type"),
    ("unixepoch", "time comes from the clock of the program"),
    ("upper", "fold in Rust: only ASCII is raised by SQLite"),
];

/// Words and signs that only one of the databases knows.
const WORDS: &[(&str, &str)] = &[
    ("==", "write ="),
    ("::", "write CAST(… AS …)"),
    ("`", "write the name plainly"),
    ("?", "parameters are $1, $2, …"),
    (" is $", "write IS NOT DISTINCT FROM"),
    (" is not $", "write IS DISTINCT FROM"),
    (" ilike ", "search a folded column with LIKE"),
    (" regexp ", "decide in Rust"),
    (" glob ", "search a folded column with LIKE"),
    (" collate ", "sort by a folded column"),
    (" autoincrement", "ids are minted before the transaction"),
    (" rowid", "use the key of the table"),
    ("insert or ", "write ON CONFLICT"),
    ("replace into ", "write ON CONFLICT"),
    (" for update", "the engine takes the lock"),
    (" deferrable", "a commit shared by many must not fail for one of them"),
    (" current_timestamp", "time comes from the clock of the program"),
    (" true ", "flags are 0 and 1"),
    (" false ", "flags are 0 and 1"),
];

/// What in this statement the two databases would not both take the same way; empty when portable.
///
/// It also refuses gaps in `$1 … $n`, a `LIKE` on a column that is not folded (`…_folded` or `search_text`) or without `ESCAPE`,
/// `max(a, b)`, and a `sum` that is not cast back to an integer. It is a lint, not a parser: the test that prepares every
/// statement on both databases has the last word.
pub fn portable_problems(sql: &str) -> Vec<String> {
    let text = plain(sql);
    let mut problems: Vec<String> = Vec::new();
    for (name, instead) in FUNCTIONS {
        if calls(&text, name).next().is_some() {
            problems.push(format!("{name}(): {instead}"));
        }
    }
    for (word, instead) in WORDS {
        if text.contains(word) {
            problems.push(format!("{}: {instead}", word.trim()));
        }
    }
    for name in ["max", "min"] {
        if calls(&text, name).any(has_comma) {
            problems.push(format!("{name}(a, b): use CASE"));
        }
    }
    let cast_sums = text.matches("cast(sum(").count() + text.matches("cast(coalesce(sum(").count();
    if calls(&text, "sum").count() > cast_sums {
        problems.push("sum(): PostgreSQL widens it, write CAST(sum(…) AS BIGINT)".to_owned());
    }
    if limit_with_comma(&text) {
        problems.push("LIMIT a, b: write LIMIT … OFFSET …".to_owned());
    }
    problems.extend(unfolded_likes(&text));
    problems.extend(missing_numbers(&text));
    problems
}

/// Lower case, single spaces, without comments and quoted text, with a space at either end.
fn plain(sql: &str) -> String {
    let mut out = String::from(" ");
    for line in sql.lines() {
        let line = line.split("--").next().unwrap_or_default();
        for (at, part) in line.split('\'').enumerate() {
            out.push_str(if at % 2 == 0 { part } else { "''" });
        }
        out.push(' ');
    }
    let mut text = out.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    for tight in ["(", ")", ","] {
        text = text.replace(&format!(" {tight}"), tight).replace(&format!("{tight} "), tight);
    }
    format!(" {text} ")
}

/// What stands behind the opening bracket of each call of this function.
fn calls<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> {
    let call = format!("{name}(");
    text.match_indices(&call)
        .filter(|(at, _)| {
            let before = text.get(..*at).and_then(|before| before.chars().next_back());
            !before.is_some_and(|sign| sign.is_alphanumeric() || sign == '_' || sign == '.')
        })
        .filter_map(|(at, found)| text.get(at + found.len()..))
        .collect::<Vec<_>>()
        .into_iter()
}

/// True if there is a comma before the bracket closes, not counting inner brackets.
fn has_comma(inside: &str) -> bool {
    let mut depth = 0_u32;
    for sign in inside.chars() {
        match sign {
            '(' => depth += 1,
            ')' if depth == 0 => return false,
            ')' => depth -= 1,
            ',' if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

fn limit_with_comma(text: &str) -> bool {
    text.match_indices(" limit ").filter_map(|(at, found)| text.get(at + found.len()..)).any(|rest| {
        let first = rest.split(' ').next().unwrap_or_default();
        first.split(')').next().unwrap_or_default().contains(',')
    })
}

fn unfolded_likes(text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for (at, _) in text.match_indices(" like ") {
        let before = text.get(..at).unwrap_or_default().trim_end_matches(" not");
        let column = before.rsplit([' ', '(', '.']).next().unwrap_or_default();
        if !(column.ends_with("_folded") || column.ends_with("search_text")) {
            problems.push(format!("{column} LIKE: only SQLite ignores case, search a column named …_folded"));
        }
    }
    if text.matches(" escape ").count() < text.matches(" like ").count() {
        problems.push("LIKE without ESCAPE: only PostgreSQL takes a backslash for one, write ESCAPE '\\'".to_owned());
    }
    problems
}

/// The numbers between 1 and the highest that no `$n` uses.
fn missing_numbers(text: &str) -> Vec<String> {
    let used: Vec<u32> = text
        .split('$')
        .skip(1)
        .filter_map(|rest| {
            rest.split(|sign: char| !sign.is_ascii_digit()).next().and_then(|digits| digits.parse().ok())
        })
        .collect();
    let highest = used.iter().copied().max().unwrap_or(0);
    (1..=highest).filter(|number| !used.contains(number)).map(|number| format!("${number} is not used")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_that_only_one_database_understands_is_refused() {
        let portable = [
            "SELECT code, number, note FROM slip WHERE code = $1",
            "INSERT INTO tally (unit, day, n) VALUES ($1, $2, 1) ON CONFLICT (unit, day) DO UPDATE SET n = tally.n + 1 RETURNING n",
            "SELECT CAST(COALESCE(sum(fee_vnd), 0) AS BIGINT), max(due_at) FROM dossier WHERE unit = $1 AND state IN ($2, $3)",
            "SELECT id FROM dossier WHERE applicant_folded NOT LIKE $1 ESCAPE '\\' ORDER BY due_at NULLS LAST LIMIT 50 OFFSET $2",
            "SELECT 'max(a, b) LIKE datetime(?)' -- json_extract(x)",
            "SELECT reception_date, number IS NULL FROM slip WHERE updated_at < $1",
        ];
        for sql in portable {
            assert_eq!(portable_problems(sql), Vec::<String>::new(), "{sql}");
        }
        let refused = [
            ("SELECT json_extract(body, '$.a') FROM event", "json_extract()"),
            ("SELECT group_concat (name, ',') FROM unit", "group_concat()"),
            ("SELECT max(a, coalesce(b, c)) FROM t", "max(a, b)"),
            ("SELECT datetime('now')", "datetime()"),
            ("SELECT sum(fee_vnd) FROM obligation", "sum()"),
            ("SELECT id FROM unit WHERE name LIKE $1", "name LIKE"),
            ("SELECT id FROM unit WHERE name_folded LIKE $1", "LIKE without ESCAPE"),
            ("SELECT id FROM unit WHERE code = ?", "?"),
            ("SELECT id FROM unit WHERE parent IS $1", "is $"),
            ("INSERT OR REPLACE INTO unit (id) VALUES ($1)", "insert or"),
            ("SELECT id FROM unit LIMIT 10, 20", "LIMIT a, b"),
            ("SELECT id FROM unit WHERE code = $1 AND name = $3", "$2 is not used"),
            ("SELECT lower(name) FROM unit", "lower()"),
            ("SELECT id FROM unit WHERE open = true", "true"),
        ];
        for (sql, expected) in refused {
            let problems = portable_problems(sql);
            assert!(problems.iter().any(|problem| problem.starts_with(expected)), "{sql}: {problems:?}");
        }
    }
}
