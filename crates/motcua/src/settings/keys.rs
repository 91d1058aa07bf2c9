//! Every key there is, and how its value is read.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use domain::dossier::CodePattern;
use domain::kpi::StoppedIn;

use storage::engine::Address;

use super::{BackupTo, MailWay, PREFIX, Secret, Settings, TextWay, is_loopback};
use ipnet::IpNet;
use jiff::civil::Time;
use storage::backup::PublicKey;

const TEXT_CHARS_MAX: usize = 200;
const PROXIES_MAX: usize = 64;
const COMMAND_WORDS_MAX: usize = 16;
const BACKUP_KEYS_MAX: usize = 16;
const REGIMES: &[&str] = &["2018", "2025"];
const KIBIBYTE: u64 = 1024;
/// A signature is as strong as its secret.
const GATEWAY_SECRET_CHARS_MIN: usize = 24;
const GIBIBYTE: u64 = 1024 * 1024 * 1024;

/// A value as it was given.
pub(super) enum Raw<'a> {
    /// By a variable: a text that stands for any kind.
    Variable(&'a str),
    /// A text in the file.
    Text(&'a str),
    /// A whole number in the file.
    Whole(i64),
    /// Yes or no in the file.
    Flag(bool),
    /// A list of texts in the file.
    List(Vec<&'a str>),
    /// Something no key takes, in words.
    Other(&'static str),
}

/// A value and the folder its paths count from.
pub(super) struct Given<'a> {
    pub(super) raw: Raw<'a>,
    pub(super) folder: &'a Path,
}

/// One key.
pub(super) struct Key {
    /// `section.key`.
    pub(super) name: &'static str,
    /// A secret, which a file would show to whoever reads it.
    pub(super) only_as_variable: bool,
    /// Checks a value and puts it where it belongs; the error says what was expected.
    pub(super) set: fn(&mut Settings, &Given<'_>) -> Result<(), String>,
}

impl Key {
    /// The variable that overrides it.
    pub(super) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.replace('.', "_").to_uppercase())
    }

    /// The section it stands in.
    pub(super) fn section(&self) -> &'static str {
        self.name.split('.').next().unwrap_or_default()
    }
}

const fn key(name: &'static str, set: fn(&mut Settings, &Given<'_>) -> Result<(), String>) -> Key {
    Key { name, only_as_variable: false, set }
}

const fn secret(name: &'static str, set: fn(&mut Settings, &Given<'_>) -> Result<(), String>) -> Key {
    Key { name, only_as_variable: true, set }
}

/// Every key there is.
pub(super) static KEYS: &[Key] = &[
    key("server.listen", |all, given| {
        let text = text(given)?;
        all.server.listen = text.parse().map_err(|_| format!("`{text}` is not ADDRESS:PORT, like 127.0.0.1:8080"))?;
        Ok(())
    }),
    key("server.public_url", |all, given| {
        all.server.public_url = Some(public_url(text(given)?)?);
        Ok(())
    }),
    key("server.trusted_proxies", |all, given| {
        all.server.trusted_proxies = networks(&list(given)?)?;
        Ok(())
    }),
    key("server.tls_certificate", |all, given| path(given).map(|path| all.server.tls_certificate = Some(path))),
    key("server.tls_key", |all, given| path(given).map(|path| all.server.tls_key = Some(path))),
    key("data.dir", |all, given| path(given).map(|path| all.data.dir = path)),
    key("database.url", |all, given| {
        // What was given is not repeated: it may hold a password.
        all.database.address = Some(Address::parse(text(given)?)?);
        Ok(())
    }),
    secret("database.password", |all, given| {
        let Raw::Variable(password) = given.raw else { return Err("a secret comes as a variable".to_owned()) };
        all.database.password = Some(Secret(password.to_owned()));
        Ok(())
    }),
    key("database.ca_file", |all, given| path(given).map(|path| all.database.ca_file = Some(path))),
    key("database.connections", |all, given| {
        small(given, 4..=200).map(|connections| all.database.connections = connections)
    }),
    key("files.folder", |all, given| path(given).map(|path| all.files.folder = Some(path))),
    key("files.bucket", |all, given| {
        all.files.bucket = Some(bucket(text(given)?)?);
        Ok(())
    }),
    key("files.endpoint", |all, given| {
        let text = text(given)?;
        let wrong = |_| format!("`{text}` is not an address like https://s3.example");
        all.files.endpoint = Some(public_url(text).map_err(wrong)?);
        Ok(())
    }),
    key("files.region", |all, given| {
        let text = text(given)?;
        if !text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-') {
            return Err(format!("`{text}` is not a region like us-east-1"));
        }
        text.clone_into(&mut all.files.region);
        Ok(())
    }),
    key("files.ca_file", |all, given| path(given).map(|path| all.files.ca_file = Some(path))),
    key("files.allow_http", |all, given| flag(given).map(|flag| all.files.allow_http = flag)),
    secret("files.access_key", |all, given| word(given).map(|word| all.files.access_key = Some(word))),
    secret("files.secret_key", |all, given| word(given).map(|word| all.files.secret_key = Some(word))),
    key("files.keys_file", |all, given| path(given).map(|path| all.files.keys_file = Some(path))),
    key("office.name", |all, given| text(given).map(|name| all.office.name = Some(name.to_owned()))),
    key("office.place", |all, given| text(given).map(|place| all.office.place = Some(place.to_owned()))),
    key("office.regime", |all, given| {
        all.office.regime = Some(one_of(given, REGIMES)?.to_owned());
        Ok(())
    }),
    key("office.citizen_accounts", |all, given| flag(given).map(|flag| all.office.citizen_accounts = Some(flag))),
    key("office.speech_command", |all, given| {
        let words: Vec<String> = list(given)?.into_iter().map(str::to_owned).collect();
        if words.first().is_none_or(|it| it.trim().is_empty()) || words.len() > COMMAND_WORDS_MAX {
            return Err(format!("a command and its arguments, at most {COMMAND_WORDS_MAX} words"));
        }
        all.office.speech_command = words;
        Ok(())
    }),
    key("office.remind_every_days", |all, given| small(given, 1..=365).map(|days| all.office.remind_every_days = days)),
    key("code.pattern", |all, given| {
        let pattern = CodePattern::parse(text(given)?);
        all.code.pattern =
            Some(pattern.map_err(|error| format!("{error}; a pattern is like {{unit}}-{{yymmdd}}-{{seq:04}}"))?);
        Ok(())
    }),
    key("upload.file_bytes_max", |all, given| {
        whole(given, KIBIBYTE..=GIBIBYTE).map(|bytes| all.upload.file_bytes_max = bytes)
    }),
    key("upload.files_max", |all, given| small(given, 1..=1000).map(|files| all.upload.files_max = files)),
    key("upload.dossier_bytes_max", |all, given| {
        whole(given, KIBIBYTE..=10 * GIBIBYTE).map(|bytes| all.upload.dossier_bytes_max = bytes)
    }),
    key("session.idle_minutes", |all, given| small(given, 1..=1440).map(|minutes| all.session.idle_minutes = minutes)),
    key("session.absolute_hours", |all, given| small(given, 1..=168).map(|hours| all.session.absolute_hours = hours)),
    key("limits.login_tries", |all, given| small(given, 1..=100).map(|tries| all.limits.login_tries = tries)),
    key("limits.lookup_tries", |all, given| small(given, 1..=100).map(|tries| all.limits.lookup_tries = tries)),
    key("limits.address_tries", |all, given| small(given, 1..=10_000).map(|tries| all.limits.address_tries = tries)),
    key("limits.lock_minutes", |all, given| small(given, 1..=1440).map(|minutes| all.limits.lock_minutes = minutes)),
    key("queue.priority_in_a_row", |all, given| {
        small(given, 0..=20).map(|tickets| all.queue.priority_in_a_row = tickets)
    }),
    key("queue.tickets_per_address", |all, given| {
        small(given, 1..=100_000).map(|tickets| all.queue.tickets_per_address = tickets)
    }),
    key("outbox.folder", |all, given| path(given).map(|path| all.outbox.folder = Some(path))),
    key("outbox.mail", |all, given| {
        all.outbox.mail = match one_of(given, &["file", "smtp"])? {
            "smtp" => MailWay::Smtp,
            _ => MailWay::File,
        };
        Ok(())
    }),
    key("outbox.text", |all, given| {
        all.outbox.text = match one_of(given, &["file", "http", "smpp"])? {
            "http" => TextWay::Http,
            "smpp" => TextWay::Smpp,
            _ => TextWay::File,
        };
        Ok(())
    }),
    key("text.part_price_vnd", |all, given| {
        small(given, 0..=1_000_000).map(|price| all.text.part_price_vnd = Some(price))
    }),
    key("text.parts_max", |all, given| small(given, 1..=20).map(|parts| all.text.parts_max = parts)),
    key("smtp.host", |all, given| host(given).map(|host| all.smtp.host = Some(host))),
    key("smtp.port", |all, given| tiny(given, 1..=u16::MAX).map(|port| all.smtp.port = port)),
    key("smtp.security", |all, given| {
        all.smtp.security = one_of(given, &["tls", "starttls", "none"])?.to_owned();
        Ok(())
    }),
    key("smtp.user", |all, given| text(given).map(|user| all.smtp.user = Some(user.to_owned()))),
    secret("smtp.password", |all, given| given_secret(given, 1).map(|it| all.smtp.password = Some(it))),
    key("smtp.from", |all, given| text(given).map(|from| all.smtp.from = Some(from.to_owned()))),
    key("smtp.ca_file", |all, given| path(given).map(|path| all.smtp.ca_file = Some(path))),
    key("gateway.url", |all, given| gateway_url(text(given)?).map(|url| all.gateway.url = Some(url))),
    secret("gateway.secret", |all, given| {
        given_secret(given, GATEWAY_SECRET_CHARS_MIN).map(|it| all.gateway.secret = Some(it))
    }),
    key("gateway.sender", |all, given| text(given).map(|sender| all.gateway.sender = Some(sender.to_owned()))),
    key("gateway.ca_file", |all, given| path(given).map(|path| all.gateway.ca_file = Some(path))),
    key("smpp.host", |all, given| host(given).map(|host| all.smpp.host = Some(host))),
    key("smpp.port", |all, given| tiny(given, 1..=u16::MAX).map(|port| all.smpp.port = port)),
    key("smpp.encrypted", |all, given| flag(given).map(|flag| all.smpp.encrypted = flag)),
    key("smpp.ca_file", |all, given| path(given).map(|path| all.smpp.ca_file = Some(path))),
    key("smpp.system_id", |all, given| text(given).map(|id| all.smpp.system_id = Some(id.to_owned()))),
    secret("smpp.password", |all, given| given_secret(given, 1).map(|it| all.smpp.password = Some(it))),
    key("smpp.system_type", |all, given| text(given).map(|kind| all.smpp.system_type = Some(kind.to_owned()))),
    key("smpp.sender", |all, given| text(given).map(|sender| all.smpp.sender = Some(sender.to_owned()))),
    key("smpp.receipt_names", |all, given| {
        all.smpp.receipt_names = one_of(given, &["same", "decimal", "hexadecimal"])?.to_owned();
        Ok(())
    }),
    key("reports.stopped_in", |all, given| {
        all.reports.stopped_in = match one_of(given, &["resolved_on_time", "open"])? {
            "open" => StoppedIn::Open,
            _ => StoppedIn::ResolvedOnTime,
        };
        Ok(())
    }),
    key("supplement.max_per_stage", |all, given| {
        tiny(given, 1..=10).map(|times| all.supplement.max_per_stage = Some(times))
    }),
    key("supplement.citizen_days", |all, given| {
        tiny(given, 1..=365).map(|days| all.supplement.citizen_days = Some(days))
    }),
    key("exchange.answer_working_days", |all, given| {
        tiny(given, 1..=30).map(|days| all.exchange.answer_working_days = days)
    }),
    key("rating.days", |all, given| tiny(given, 1..=365).map(|days| all.rating.days = days)),
    key("key.file", |all, given| path(given).map(|path| all.key.file = Some(path))),
    secret("key.pem", |all, given| {
        let Raw::Variable(pem) = given.raw else { return Err("a secret comes as a variable".to_owned()) };
        if !pem.trim_start().starts_with("-----BEGIN PRIVATE KEY-----") {
            return Err("not a private key in PEM (PKCS #8)".to_owned());
        }
        all.key.pem = Some(Secret(pem.to_owned()));
        Ok(())
    }),
    key("backup.to", |all, given| {
        all.backup.to = Some(place_of_backups(given)?);
        Ok(())
    }),
    key("backup.keys", |all, given| {
        all.backup.keys = public_keys(&list(given)?)?;
        Ok(())
    }),
    key("backup.at", |all, given| {
        let text = text(given)?;
        let time = Time::strptime("%H:%M", text).map_err(|_| format!("`{text}` is not a time of the day like 02:00"));
        all.backup.at = Some(time?);
        Ok(())
    }),
    key("backup.keep", |all, given| small(given, 1..=1000).map(|number| all.backup.keep = number)),
    key("backup.scratch", |all, given| path(given).map(|path| all.backup.scratch = Some(path))),
    key("backup.endpoint", |all, given| {
        let endpoint = public_url(text(given)?)?;
        if endpoint.strip_prefix("http://").is_some_and(|place| !is_loopback(place)) {
            return Err("only a server on this machine is asked without TLS; expected https://…".to_owned());
        }
        all.backup.endpoint = Some(endpoint);
        Ok(())
    }),
    key("backup.region", |all, given| text(given).map(|it| it.clone_into(&mut all.backup.region))),
    secret("backup.access_key", |all, given| hidden(given).map(|it| all.backup.access_key = Some(it))),
    secret("backup.secret_key", |all, given| hidden(given).map(|it| all.backup.secret_key = Some(it))),
    key("metrics.allowed", |all, given| {
        all.metrics.allowed = networks(&list(given)?)?;
        Ok(())
    }),
];

/// A secret; the error never repeats it.
fn given_secret(given: &Given<'_>, chars_min: usize) -> Result<Secret, String> {
    let Raw::Variable(word) = given.raw else { return Err("a secret comes as a variable".to_owned()) };
    let fits = word.chars().count() >= chars_min && !word.chars().any(char::is_control);
    fits.then(|| Secret(word.to_owned()))
        .ok_or_else(|| format!("a secret has at least {chars_min} characters, on one line"))
}

/// A name or an address, without a port.
fn host(given: &Given<'_>) -> Result<String, String> {
    let text = text(given)?;
    let fits = text.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | ':'));
    fits.then(|| text.to_owned())
        .ok_or_else(|| format!("`{text}` is not a host like mail.example; the port is a key of its own"))
}

/// Over a network messages travel encrypted; what an address must not hold is refused without being repeated.
fn gateway_url(text: &str) -> Result<String, String> {
    let place = text.strip_prefix("http://").map(|it| it.split(['/', '?', '#']).next().unwrap_or_default());
    if !text.starts_with("https://") && !place.is_some_and(is_loopback) {
        return Err("not an address like https://sms.example/send".to_owned());
    }
    if text.contains('@') || text.contains('?') {
        return Err("an address without user, password or key: requests are signed instead".to_owned());
    }
    Ok(text.to_owned())
}

/// A secret as it was given.
fn hidden(given: &Given<'_>) -> Result<Secret, String> {
    match given.raw {
        Raw::Variable(text) if !text.is_empty() => Ok(Secret(text.to_owned())),
        _ => Err("a secret comes as a variable".to_owned()),
    }
}

/// `s3://BUCKET`, `s3://BUCKET/FOLDER` or a folder.
fn place_of_backups(given: &Given<'_>) -> Result<BackupTo, String> {
    let words = text(given)?;
    let Some(rest) = words.strip_prefix("s3://") else {
        return if words.contains("://") {
            Err(format!("`{words}` is neither a folder nor s3://BUCKET/FOLDER"))
        } else {
            path(given).map(BackupTo::Folder)
        };
    };
    let (bucket, folder) = rest.split_once('/').unwrap_or((rest, ""));
    let is_name = |it: &str| it.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.' | b'_' | b'/'));
    let folder = folder.trim_matches('/');
    if bucket.is_empty() || !is_name(bucket) || !is_name(folder) || folder.contains("//") {
        return Err(format!("`{words}` is not s3://BUCKET/FOLDER"));
    }
    Ok(BackupTo::Bucket(bucket.to_owned(), folder.to_owned()))
}

fn public_keys(words: &[&str]) -> Result<Vec<PublicKey>, String> {
    if words.len() > BACKUP_KEYS_MAX {
        return Err(format!("{} keys, {BACKUP_KEYS_MAX} are the most", words.len()));
    }
    words.iter().map(|it| it.parse()).collect()
}

/// The place of backups as a command line names it: paths count from the current folder.
///
/// # Errors
/// In words, what is wrong with it.
pub fn backup_to(words: &str) -> Result<BackupTo, String> {
    place_of_backups(&Given { raw: Raw::Variable(words), folder: Path::new("") })
}

fn got(raw: &Raw<'_>) -> String {
    match raw {
        Raw::Variable(text) | Raw::Text(text) => format!("the text `{text}`"),
        Raw::Whole(number) => format!("the number {number}"),
        Raw::Flag(flag) => format!("{flag}"),
        Raw::List(_) => "a list".to_owned(),
        Raw::Other(what) => (*what).to_owned(),
    }
}

/// A text on one line, without spaces around it.
fn text<'a>(given: &'a Given<'_>) -> Result<&'a str, String> {
    let (Raw::Variable(text) | Raw::Text(text)) = given.raw else {
        return Err(format!("expected a text, got {}", got(&given.raw)));
    };
    let text = text.trim();
    if text.is_empty() {
        return Err("expected a text, got nothing; leave the key out to take what is usual".to_owned());
    }
    if text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control) {
        return Err(format!("expected a text of at most {TEXT_CHARS_MAX} characters on one line"));
    }
    Ok(text)
}

/// A secret on one line; what was given is never repeated.
fn word(given: &Given<'_>) -> Result<Secret, String> {
    let Raw::Variable(word) = given.raw else { return Err("a secret comes as a variable".to_owned()) };
    let word = word.trim();
    if word.is_empty() || word.len() > TEXT_CHARS_MAX || word.chars().any(char::is_control) {
        return Err(format!("expected one word of at most {TEXT_CHARS_MAX} characters"));
    }
    Ok(Secret(word.to_owned()))
}

/// The name of a bucket, by the rules of S3.
fn bucket(text: &str) -> Result<String, String> {
    let sign = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, b'-' | b'.');
    if !(3..=63).contains(&text.len()) || !text.bytes().all(sign) {
        return Err(format!("`{text}` is not the name of a bucket: 3 to 63 of a-z, 0-9, `-` and `.`"));
    }
    Ok(text.to_owned())
}

fn path(given: &Given<'_>) -> Result<PathBuf, String> {
    Ok(given.folder.join(text(given)?))
}

fn whole(given: &Given<'_>, range: RangeInclusive<u64>) -> Result<u64, String> {
    let number = match given.raw {
        Raw::Variable(text) => text.trim().parse().ok(),
        Raw::Whole(number) => u64::try_from(number).ok(),
        Raw::Text(_) | Raw::Flag(_) | Raw::List(_) | Raw::Other(_) => None,
    };
    let (from, to) = (*range.start(), *range.end());
    let wrong = || format!("expected a whole number from {from} to {to}, got {}", got(&given.raw));
    number.filter(|number| range.contains(number)).ok_or_else(wrong)
}

fn small(given: &Given<'_>, range: RangeInclusive<u32>) -> Result<u32, String> {
    let number = whole(given, u64::from(*range.start())..=u64::from(*range.end()))?;
    u32::try_from(number).map_err(|error| error.to_string())
}

fn tiny(given: &Given<'_>, range: RangeInclusive<u16>) -> Result<u16, String> {
    let number = whole(given, u64::from(*range.start())..=u64::from(*range.end()))?;
    u16::try_from(number).map_err(|error| error.to_string())
}

fn flag(given: &Given<'_>) -> Result<bool, String> {
    match given.raw {
        Raw::Flag(flag) => Ok(flag),
        Raw::Variable("true") => Ok(true),
        Raw::Variable("false") => Ok(false),
        Raw::Variable(_) | Raw::Text(_) | Raw::Whole(_) | Raw::List(_) | Raw::Other(_) => {
            Err(format!("expected true or false, got {}", got(&given.raw)))
        }
    }
}

/// A list of texts; in a variable they are parted by commas.
fn list<'a>(given: &'a Given<'_>) -> Result<Vec<&'a str>, String> {
    match &given.raw {
        Raw::List(words) => Ok(words.clone()),
        Raw::Variable(text) => Ok(text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect()),
        Raw::Text(_) | Raw::Whole(_) | Raw::Flag(_) | Raw::Other(_) => {
            Err(format!("expected a list of texts, got {}", got(&given.raw)))
        }
    }
}

fn one_of<'a>(given: &'a Given<'_>, choices: &[&str]) -> Result<&'a str, String> {
    let text = text(given)?;
    if choices.contains(&text) {
        return Ok(text);
    }
    Err(format!("expected one of {}, got {}", choices.join(", "), got(&given.raw)))
}

fn networks(words: &[&str]) -> Result<Vec<IpNet>, String> {
    if words.len() > PROXIES_MAX {
        return Err(format!("{} entries, {PROXIES_MAX} are the most", words.len()));
    }
    let network = |word: &&str| {
        let wrong = || format!("`{word}` is neither an address nor a range like 10.0.0.0/8");
        web::address::network(word).ok_or_else(wrong)
    };
    words.iter().map(network).collect()
}

/// Scheme, host and port only: every link is this and a path of ours.
fn public_url(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is not an address like https://motcua.example");
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or_else(wrong)?;
    let place = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = match place.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')) {
        Some((host, port)) => (host, Some(port)),
        None => (place, None),
    };
    let letters = |host: &str| host.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-'));
    let is_ipv6 = || {
        host.strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok())
    };
    let host_ok = (!host.is_empty() && letters(host)) || is_ipv6();
    let port_ok = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    if !host_ok || !port_ok {
        return Err(wrong());
    }
    Ok(text.strip_suffix('/').unwrap_or(text).to_owned())
}
