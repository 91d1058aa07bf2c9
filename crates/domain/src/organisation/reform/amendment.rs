//! What somebody settles is written into the file of the plan, so that the file alone says all of it.

use crate::post::Post;
use crate::procedure::ProcedureId;
use std::fmt::Write;

/// One entry to be added to the file of a plan; units by their keys, people by their logins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amendment {
    /// Everything this person does in these units becomes work in one.
    Move {
        /// Where they work until the instant.
        from: Vec<String>,
        /// Who.
        person: String,
        /// Where they work from then on.
        to: String,
        /// The post of then; the same where none.
        becomes: Option<Post>,
    },
    /// This person works in several units from then on.
    PersonInUnits {
        /// Who.
        person: String,
        /// Why it may be so.
        reason: String,
    },
    /// This person works nowhere from then on.
    PersonLeaves {
        /// Who.
        person: String,
        /// Why it may be so.
        reason: String,
    },
    /// The workflow of this entry of the catalogue holds.
    Workflow {
        /// Whose.
        keep: ProcedureId,
        /// Why it may be so.
        reason: String,
    },
    /// Nobody is there for this post yet.
    PostOpen {
        /// Where.
        unit: String,
        /// Which.
        post: Post,
        /// Why it may be so.
        reason: String,
    },
}

impl Amendment {
    /// The file with this entry at its end, in place of what was settled before about the same person's work. It must be read and
    /// checked again: an entry may settle one thing and open another.
    #[must_use]
    pub fn added_to(&self, text: &str) -> String {
        let mut all = self.without_earlier(text).trim_end().to_owned();
        all.push_str("\n\n");
        all.push_str(&self.written());
        all
    }

    /// The file without an entry of ours that moves the same person out of the same units.
    fn without_earlier(&self, text: &str) -> String {
        let Self::Move { from, person, .. } = self else { return text.to_owned() };
        let earlier = moving(from, person);
        let kept = text.split("\n\n").filter(|it| !it.trim_start_matches('\n').starts_with(&earlier));
        kept.collect::<Vec<_>>().join("\n\n")
    }

    /// The entry as it stands in the file.
    pub fn written(&self) -> String {
        let settled = |what: &str, about: &[(&str, &str)], reason: &str| {
            let mut entry = format!("[[settled]]\nwhat = {}\n", quoted(what));
            for (key, value) in about {
                let _ = writeln!(entry, "{key} = {}", quoted(value));
            }
            let _ = writeln!(entry, "reason = {}", quoted(reason));
            entry
        };
        match self {
            Self::Move { from, person, to, becomes } => {
                let mut entry = format!("{}to = {}\n", moving(from, person), quoted(to));
                if let Some(post) = becomes {
                    let _ = writeln!(entry, "as = {}", quoted(post.as_str()));
                }
                entry
            }
            Self::PersonInUnits { person, reason } => settled("person_in_units", &[("person", person)], reason),
            Self::PersonLeaves { person, reason } => settled("person_leaves", &[("person", person)], reason),
            Self::Workflow { keep, reason } => settled("workflow", &[("keep", &keep.to_string())], reason),
            Self::PostOpen { unit, post, reason } => {
                settled("post_open", &[("unit", unit), ("post", post.as_str())], reason)
            }
        }
    }
}

/// How an entry begins that moves somebody out of these units.
fn moving(from: &[String], person: &str) -> String {
    let from: Vec<String> = from.iter().map(|it| quoted(it)).collect();
    format!("[[staff]]\nfrom = [{}]\nperson = {}\n", from.join(", "), quoted(person))
}

/// A text as a file writes it: nothing in it can end it or begin another line.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organisation::reform::Plan;

    const HEAD: &str = "schema = \"motcua.reform/1\"\nid = \"thu\"\ntitle = \"Thử\"\ninstrument = \"Nghị quyết\"\n\
        number = \"12/NQ-HĐND\"\nsigned_on = \"2025-03-20\"\neffective_at = \"2025-04-02T00:00\"\n[provenance]\n";

    fn all(words: &str) -> Vec<Amendment> {
        let (person, reason) = (words.to_owned(), words.to_owned());
        vec![
            Amendment::Move {
                from: vec![words.to_owned(), "b".to_owned()],
                person: person.clone(),
                to: words.to_owned(),
                becomes: Some(Post::Head),
            },
            Amendment::PersonInUnits { person: person.clone(), reason: reason.clone() },
            Amendment::PersonLeaves { person, reason: reason.clone() },
            Amendment::Workflow { keep: "dang-ky-khai-sinh@ward".parse().unwrap(), reason: reason.clone() },
            Amendment::PostOpen { unit: words.to_owned(), post: Post::Leader, reason },
        ]
    }

    #[test]
    fn every_entry_is_read_back_as_it_was_meant() {
        let text = all("cô Lê \"Hoa\" \\ vắng").iter().fold(HEAD.to_owned(), |text, it| it.added_to(&text));
        let plan = Plan::read("thu.toml", &text).unwrap();
        assert_eq!((plan.staff.len(), plan.settled.len()), (1, 4));
        assert!(plan.settled.iter().all(|it| it.reason == "cô Lê \"Hoa\" \\ vắng"));
        assert_eq!(plan.staff[0].person.as_deref(), Some("cô Lê \"Hoa\" \\ vắng"));
        assert_eq!(plan.staff[0].becomes, Some(Post::Head));
    }

    #[test]
    fn who_is_moved_again_is_moved_once() {
        let moved = |from: &str, to: &str, becomes| Amendment::Move {
            from: vec![from.to_owned()],
            person: "hoa".to_owned(),
            to: to.to_owned(),
            becomes,
        };
        let first = moved("a", "b", None).added_to(HEAD);
        let text = moved("a", "b", Some(Post::Head)).added_to(&moved("c", "b", None).added_to(&first));
        let plan = Plan::read("thu.toml", &text).unwrap();
        let lines: Vec<_> = plan.staff.iter().map(|it| (it.from[0].as_str(), it.becomes)).collect();
        assert_eq!(lines, [("c", None), ("a", Some(Post::Head))]);
        assert!(text.starts_with(HEAD.trim_end()));
    }

    #[test]
    fn words_cannot_become_an_entry_of_their_own() {
        let text = all("x\"\n[[edge]]\nfrom = [\"a\"]\nto = \"b\"\n#")
            .iter()
            .fold(HEAD.to_owned(), |text, it| it.added_to(&text));
        // Control characters are refused by the reader, and no edge came in.
        let problems = Plan::read("thu.toml", &text).unwrap_err();
        assert!(problems.iter().all(|it| it.expected == "text without control characters"), "{problems:?}");
    }
}
