//! Rules about templates: the contents policy forbids anything inline, and everything is escaped.

use super::{Finding, Tree, line_of};

/// What may be written unescaped: drawings we make ourselves.
const UNESCAPED: &[&str] = &["qr", "icon"];

fn templates(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.ending(".html").filter(|(path, _)| path.starts_with("crates/web/"))
}

/// No inline script, style or handler.
pub fn nothing_inline(tree: &Tree) -> Vec<Finding> {
    const WHY: &str = "the contents policy allows nothing inline: that is what stops a script smuggled into a name";
    let mut findings = Vec::new();
    for (path, text) in templates(tree) {
        let lower = text.to_ascii_lowercase();
        let mut tell = |at: usize, what: &str| {
            findings.push(Finding { path: path.into(), line: line_of(&lower, at), what: what.into(), why: WHY });
        };
        for (at, _) in lower.match_indices("style=") {
            if stands_alone(&lower, at) {
                tell(at, "a style attribute");
            }
        }
        for (at, _) in lower.match_indices("<style") {
            tell(at, "a style element");
        }
        for (at, _) in lower.match_indices("<script") {
            if has_content(lower.get(at..).unwrap_or_default()) {
                tell(at, "a script with content");
            }
        }
        for (at, _) in lower.match_indices("javascript:") {
            tell(at, "a script in an address");
        }
        for (at, _) in lower.match_indices("on") {
            if stands_alone(&lower, at) && is_handler(lower.get(at..).unwrap_or_default()) {
                tell(at, "an event handler as an attribute");
            }
        }
    }
    findings
}

/// Whether white space or the end of an attribute or of a template tag is before this place.
fn stands_alone(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|head| head.chars().next_back());
    before.is_some_and(|char| char.is_whitespace() || matches!(char, '"' | '\'' | '}'))
}

/// `on…=` with a value in quotes or from the template.
fn is_handler(text: &str) -> bool {
    let name = text.chars().take_while(char::is_ascii_alphabetic).count();
    let rest = text.get(name..).unwrap_or_default().trim_start();
    name > 2 && rest.strip_prefix('=').is_some_and(|value| value.trim_start().starts_with(['"', '\'', '{']))
}

fn has_content(script: &str) -> bool {
    let Some((_, body)) = script.split_once('>') else { return true };
    let Some((content, _)) = body.split_once("</script") else { return true };
    !content.trim().is_empty()
}

/// Everything a page shows is escaped, but for the drawings on the list.
pub fn escaped(tree: &Tree) -> Vec<Finding> {
    const WHY: &str = "what people type is never markup; only our own drawings (qr, icon) go out unescaped";
    let mut findings = Vec::new();
    for (path, text) in templates(tree) {
        for (at, _) in text.match_indices("safe") {
            if is_filter(text, at) && !is_drawing(text, at) {
                let what = "`|safe` on something that is not a drawing of ours".into();
                findings.push(Finding { path: path.into(), line: line_of(text, at), what, why: WHY });
            }
        }
        for (at, _) in text.match_indices("autoescape") {
            let what = "escaping switched off or on by hand".into();
            findings.push(Finding { path: path.into(), line: line_of(text, at), what, why: WHY });
        }
    }
    for (path, text) in tree.ending(".rs").filter(|(path, _)| path.starts_with("crates/web/")) {
        for (at, _) in text.match_indices("escape = \"none\"") {
            let what = "a template without escaping".into();
            findings.push(Finding { path: path.into(), line: line_of(text, at), what, why: WHY });
        }
    }
    findings
}

fn is_filter(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default().trim_end();
    let after = text.get(at + "safe".len()..).and_then(|tail| tail.chars().next());
    before.ends_with('|') && after.is_none_or(|char| !char.is_alphanumeric() && char != '_')
}

/// Whether a word of the expression, from its opening braces to the filter, is on the list of drawings.
fn is_drawing(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let begin = before.rfind("{{").or_else(|| before.rfind("{%")).map_or(0, |open| open + 2);
    let expression = before.get(begin..).unwrap_or_default();
    let words = expression.split(|char: char| !char.is_alphanumeric());
    words.into_iter().any(|word| UNESCAPED.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(rule: fn(&Tree) -> Vec<Finding>, page: &str) -> Vec<(usize, String)> {
        let tree = Tree::of(&[("crates/web/templates/a.html", page), ("docs/a.html", page)]);
        rule(&tree).into_iter().map(|finding| (finding.line, finding.what)).collect()
    }

    #[test]
    fn nothing_inline_is_let_through() {
        let page = "<p style=\"a\">\n<script src=\"/a.js\" type=\"module\"></script>\n<script>\nb()</script>\n<a onclick=\"c()\" href=\"JavaScript:d\">\n\
                    <style>e</style>\n<p data-style=\"f\" class=\"on\">on = \"g\", só on=\n";
        let found = told(nothing_inline, page);
        let lines: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 6, 3, 5, 5], "{found:?}");
    }

    #[test]
    fn only_our_drawings_go_out_unescaped() {
        let page = "{{ qr|safe }} {{ crate::icon(\"baby\") | safe }}\n{{ name|safe }}\n{{ page.icon_svg|safe }} {{ safe }} {{ x|safely }}\n{% autoescape false %}\n";
        let lines: Vec<usize> = told(escaped, page).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [2, 4]);
        let code = Tree::of(&[("crates/web/src/a.rs", "#[template(path = \"a.html\", escape = \"none\")]\n")]);
        assert_eq!(escaped(&code).len(), 1);
    }
}
