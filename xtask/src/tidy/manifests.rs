//! Rules about manifests: they hold the layers apart where folders and good will would not.

use toml::{Table, Value};

use super::{Finding, Tree};

const LICENCE: &str = "EUPL-1.2";
const NOT_IN_DOMAIN: &[&str] = &[
    "tokio",
    "axum",
    "rusqlite",
    "rand",
    "getrandom",
    "reqwest",
    "tracing",
    "tower",
    "tower-http",
    "hyper",
    "refinery",
    "tokio-postgres",
    "object_store",
    "rand_chacha",
];
const DATABASE_DRIVERS: &[&str] = &["rusqlite", "refinery", "tokio-postgres", "tokio-postgres-rustls"];

/// Which crates of ours a crate may build on: `motcua -> web -> app -> {storage, documents, integrations} -> domain`.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("storage", &["domain"]),
    ("documents", &["domain"]),
    ("integrations", &["domain"]),
    ("app", &["domain", "storage", "documents", "integrations"]),
    ("web", &["domain", "app"]),
    ("motcua", &["domain", "storage", "documents", "integrations", "app", "web"]),
];
const OURS: &[&str] = &["domain", "storage", "documents", "integrations", "app", "web", "motcua", "testkit"];

/// The rules of the office stay pure: no I/O, no clock, no randomness, no logging.
pub fn pure_domain(tree: &Tree) -> Vec<Finding> {
    const WHY: &str =
        "the rules of the office are pure, so that they can be tested and folded again; the manifest is the rule";
    let path = "crates/domain/Cargo.toml";
    let Some(text) = tree.text(path) else { return Vec::new() };
    let uses = uses(path, text);
    let found = uses.iter().filter(|used| NOT_IN_DOMAIN.contains(&used.name.as_str()));
    found.map(|used| used.finding(format!("`{}` in the domain", used.name), WHY)).collect()
}

/// Dependencies between our crates point one way.
pub fn one_direction(tree: &Tree) -> Vec<Finding> {
    const WHY: &str = "dependencies point one way, so that no layer has a second way round the one below";
    let mut findings = Vec::new();
    for (path, text) in crates(tree) {
        let Some((layer, below)) = LAYERS.iter().find(|(layer, _)| path == format!("crates/{layer}/Cargo.toml")) else {
            continue;
        };
        for used in uses(path, text) {
            let name = used.name.as_str();
            if OURS.contains(&name) && !below.contains(&name) {
                findings.push(used.finding(format!("`{layer}` builds on `{name}`"), WHY));
            }
            if DATABASE_DRIVERS.contains(&name) && *layer != "storage" {
                findings.push(used.finding(format!("the database driver `{name}` in `{layer}`"), WHY));
            }
        }
    }
    findings
}

/// Every crate carries the project's licence and its lints.
pub fn one_licence(tree: &Tree) -> Vec<Finding> {
    const WHY: &str = "one licence and one set of lints, written down once, in the workspace";
    let mut findings = Vec::new();
    let mut check = |path: &str, text: &str, keys: &[&str], wanted: Value| match parsed(text) {
        Ok(table) if dig(&table, keys) == Some(&wanted) => {}
        Ok(_) => {
            let what = format!("`{}` is not `{wanted}`", keys.join("."));
            findings.push(Finding { path: path.into(), line: 1, what, why: WHY });
        }
        Err(what) => findings.push(Finding { path: path.into(), line: 1, what, why: WHY }),
    };
    if let Some(text) = tree.text("Cargo.toml") {
        check("Cargo.toml", text, &["workspace", "package", "license"], Value::from(LICENCE));
    }
    for (path, text) in crates(tree) {
        check(path, text, &["package", "license", "workspace"], Value::from(true));
        check(path, text, &["lints", "workspace"], Value::from(true));
    }
    findings
}

fn crates(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.ending("Cargo.toml").filter(|(path, _)| path.starts_with("crates/") || *path == "xtask/Cargo.toml")
}

/// A dependency of the product (not of its tests) and where it stands.
struct Use {
    path: String,
    line: usize,
    name: String,
}

impl Use {
    fn finding(&self, what: String, why: &'static str) -> Finding {
        Finding { path: self.path.clone(), line: self.line, what, why }
    }
}

fn uses(path: &str, text: &str) -> Vec<Use> {
    let table = parsed(text).unwrap_or_default();
    let mut names = Vec::new();
    let targets = table.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = std::iter::once(&table).chain(targets.filter_map(Value::as_table));
    for part in tables {
        for section in ["dependencies", "build-dependencies"] {
            let Some(section) = part.get(section).and_then(Value::as_table) else { continue };
            for (key, value) in section {
                let renamed = value.get("package").and_then(Value::as_str);
                names.push((key.clone(), renamed.unwrap_or(key).to_owned()));
            }
        }
    }
    let place = |key: &str| 1 + text.lines().position(|line| is_key(line, key)).unwrap_or(0);
    names.into_iter().map(|(key, name)| Use { path: path.into(), line: place(&key), name }).collect()
}

fn is_key(line: &str, key: &str) -> bool {
    line.trim_start().strip_prefix(key).is_some_and(|rest| rest.starts_with([' ', '.', '=']))
}

fn parsed(text: &str) -> Result<Table, String> {
    text.parse::<Table>().map_err(|error| format!("not TOML: {}", error.message()))
}

fn dig<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Value> {
    let (first, rest) = keys.split_first()?;
    let value = table.get(*first)?;
    if rest.is_empty() { Some(value) } else { dig(value.as_table()?, rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_domain_is_pure_also_behind_another_name() {
        let manifest = "[dependencies]\njiff.workspace = true\ntokio = \"1\"\nluck = { package = \"rand\", version = \"0.10\" }\n\
                        [dev-dependencies]\nrand = \"0.10\"\n";
        let found = pure_domain(&Tree::of(&[("crates/domain/Cargo.toml", manifest)]));
        let told: Vec<_> = found.iter().map(|finding| (finding.line, finding.what.as_str())).collect();
        assert_eq!(told, [(4, "`rand` in the domain"), (3, "`tokio` in the domain")]);
    }

    #[test]
    fn layers_point_one_way() {
        let tree = Tree::of(&[
            ("crates/web/Cargo.toml", "[dependencies]\napp.workspace = true\nstorage.workspace = true\n"),
            (
                "crates/app/Cargo.toml",
                "[dependencies]\nstorage.workspace = true\n[dev-dependencies]\ntestkit.workspace = true\n",
            ),
            ("crates/domain/Cargo.toml", "[dependencies]\napp.workspace = true\n"),
            ("crates/motcua/Cargo.toml", "[dependencies]\ntestkit.workspace = true\nrusqlite = \"0.41\"\n"),
        ]);
        let told: Vec<_> = one_direction(&tree).into_iter().map(|finding| finding.what).collect();
        assert_eq!(
            told,
            [
                "`domain` builds on `app`",
                "the database driver `rusqlite` in `motcua`",
                "`motcua` builds on `testkit`",
                "`web` builds on `storage`",
            ]
        );
    }

    #[test]
    fn every_crate_has_the_licence_and_the_lints() {
        let good = "[package]\nlicense.workspace = true\n[lints]\nworkspace = true\n";
        let tree = Tree::of(&[
            ("Cargo.toml", "[workspace.package]\nlicense = \"MIT\"\n"),
            ("crates/a/Cargo.toml", good),
            ("crates/b/Cargo.toml", "[package]\nlicense = \"EUPL-1.2\"\n"),
            ("xtask/Cargo.toml", "not toml at all"),
        ]);
        let told: Vec<_> = one_licence(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(
            told,
            ["Cargo.toml", "crates/b/Cargo.toml", "crates/b/Cargo.toml", "xtask/Cargo.toml", "xtask/Cargo.toml"]
        );
    }
}
