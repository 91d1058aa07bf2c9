//! Reading settings: the file, then the variables, then what no key can say alone; every problem with its place.

use super::keys::{Given, KEYS, Key, Raw};
use super::store::bucket_problems;
use super::{Settings, SettingsProblem};
use std::collections::BTreeMap;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// The largest settings file that is read.
const FILE_BYTES_MAX: u64 = 256 * 1024;
/// Variables that are not settings: the command line's, the log's and the browser journeys'.
const OTHER_VARIABLES: &[&str] = &[
    "MOTCUA_CONFIG",
    "MOTCUA_DATA",
    "MOTCUA_LOG",
    "MOTCUA_LOG_FORMAT",
    "MOTCUA_BIN",
    "MOTCUA_DEMO_DATA",
    "MOTCUA_CHROMIUM",
];

/// Settings half read.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) settings: Settings,
    pub(super) problems: Vec<SettingsProblem>,
    /// Where each key was given, for the checks of several keys together.
    places: BTreeMap<&'static str, (String, Option<usize>)>,
}

impl Reading {
    fn problem(&mut self, source: &str, line: Option<usize>, key: &str, message: impl Into<String>) {
        let (source, key, message) = (source.to_owned(), key.to_owned(), message.into());
        self.problems.push(SettingsProblem { source, line, key, message });
    }

    pub(super) fn file(&mut self, path: &Path) {
        let source = path.display().to_string();
        let text = match read(path) {
            Ok(text) => text,
            Err(message) => return self.problem(&source, None, "", message),
        };
        let line_at = |at: usize| Some(1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count());
        let (table, errors) = DeTable::parse_recoverable(&text);
        for error in errors {
            let line = error.span().and_then(|span| line_at(span.start));
            self.problem(&source, line, "", format!("not TOML: {}", error.message()));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        for (section, value) in table.get_ref() {
            let (name, line) = (section.get_ref().as_ref(), line_at(section.span().start));
            let Some(keys) = value.get_ref().as_table() else {
                self.problem(&source, line, name, format!("stands outside a section; {}", nearest_key(name)));
                continue;
            };
            if keys.is_empty() && !KEYS.iter().any(|key| key.section() == name) {
                self.problem(&source, line, name, format!("unknown section; {}", nearest_key(name)));
            }
            for (key, value) in keys {
                let (name, line) = (format!("{name}.{}", key.get_ref()), line_at(key.span().start));
                match KEYS.iter().find(|known| known.name == name) {
                    Some(known) if known.only_as_variable => {
                        let message = format!("a secret does not belong in a file; set {} instead", known.variable());
                        self.problem(&source, line, &name, message);
                    }
                    Some(known) => self.set(known, &Given { raw: raw(value.get_ref()), folder }, &source, line),
                    None => self.problem(&source, line, &name, format!("unknown key; {}", nearest_key(&name))),
                }
            }
        }
    }

    pub(super) fn variable(&mut self, name: &str, value: &str) {
        if OTHER_VARIABLES.contains(&name) {
            return;
        }
        match KEYS.iter().find(|key| key.variable() == name) {
            Some(key) => self.set(key, &Given { raw: Raw::Variable(value), folder: Path::new("") }, name, None),
            None => {
                let variables =
                    KEYS.iter().map(Key::variable).chain(OTHER_VARIABLES.iter().map(|&other| other.to_owned()));
                let near = nearest(name, variables.collect());
                self.problem(name, None, "", format!("unknown variable; did you mean {near}?"));
            }
        }
    }

    fn set(&mut self, key: &'static Key, given: &Given<'_>, source: &str, line: Option<usize>) {
        self.places.insert(key.name, (source.to_owned(), line));
        if let Err(message) = (key.set)(&mut self.settings, given) {
            self.problem(source, line, key.name, message);
        }
    }

    /// What no key can say alone.
    pub(super) fn together(&mut self) {
        let (upload, session, key) = (&self.settings.upload, &self.settings.session, &self.settings.key);
        let mut found = Vec::new();
        if upload.dossier_bytes_max < upload.file_bytes_max {
            let (all, one) = (upload.dossier_bytes_max, upload.file_bytes_max);
            let message = format!("{all} for all files is less than upload.file_bytes_max, {one} for one");
            found.push((["upload.dossier_bytes_max", "upload.file_bytes_max"], message));
        }
        if u64::from(session.idle_minutes) > u64::from(session.absolute_hours) * 60 {
            let (idle, hours) = (session.idle_minutes, session.absolute_hours);
            let message = format!("{idle} minutes are longer than session.absolute_hours, {hours}");
            found.push((["session.idle_minutes", "session.absolute_hours"], message));
        }
        if key.file.is_some() && key.pem.is_some() {
            found.push((["key.pem", "key.file"], "the key is given twice, as a file and by itself".to_owned()));
        }
        found.extend(bucket_problems(&self.settings.files));
        found.extend(self.settings.lacking_for_messages());
        let server = &self.settings.server;
        if server.tls_certificate.is_some() != server.tls_key.is_some() {
            let message = "a certificate and its key come together, and one is missing".to_owned();
            found.push((["server.tls_certificate", "server.tls_key"], message));
        }
        if self.settings.backup.at.is_some() && self.settings.backup.to.is_none() {
            found.push((["backup.at", "backup.to"], "backups need a place: set backup.to".to_owned()));
        }
        for (keys, message) in found {
            let given = keys.iter().find_map(|key| self.places.get(key).map(|place| (*key, place.clone())));
            if let Some((key, (source, line))) = given {
                self.problem(&source, line, key, message);
            }
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    let about = std::fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?;
    if about.len() > FILE_BYTES_MAX {
        return Err(format!("is larger than {FILE_BYTES_MAX} bytes"));
    }
    std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))
}

fn raw<'a>(value: &'a DeValue<'_>) -> Raw<'a> {
    match value {
        DeValue::String(text) => Raw::Text(text),
        DeValue::Integer(number) => {
            let digits = number.as_str().replace('_', "");
            i64::from_str_radix(&digits, number.radix()).map_or(Raw::Other("a number out of range"), Raw::Whole)
        }
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Array(values) => {
            let words: Option<Vec<&str>> = values.iter().map(|value| value.get_ref().as_str()).collect();
            words.map_or(Raw::Other("a list of other things than texts"), Raw::List)
        }
        DeValue::Float(_) => Raw::Other("a number with a fraction"),
        DeValue::Datetime(_) => Raw::Other("a date"),
        DeValue::Table(_) => Raw::Other("a section"),
    }
}

fn nearest_key(name: &str) -> String {
    let names = KEYS.iter().map(|key| key.name.to_owned()).collect();
    format!("did you mean {}?", nearest(name, names))
}

/// The known name most like this one, by the whole name or by its last part.
fn nearest(name: &str, known: Vec<String>) -> String {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let likeness = |other: &String| {
        let whole = strsim::jaro_winkler(name, other);
        whole.max(0.95 * strsim::jaro_winkler(&last(name), &last(other)))
    };
    known.into_iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other))).unwrap_or_default()
}
