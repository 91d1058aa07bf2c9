//! The settings as an administrator's page shows them: every key, secrets never.

use super::Settings;
use domain::kpi::StoppedIn;
use std::fmt::Display;
use std::path::Path;
use web::{Setting, SettingValue};

impl Settings {
    /// Every key with its value; the page knows words for what each decides.
    pub fn shown(&self) -> Vec<Setting> {
        let usual = Self::default();
        let usual = usual.values().into_iter().chain(usual.message_values());
        let own = self.values().into_iter().chain(self.message_values());
        own.zip(usual).map(|((key, value), (_, usual))| Setting { key, is_usual: value == usual, value }).collect()
    }

    /// Every key with its value, in the order of the manual.
    fn values(&self) -> Vec<(&'static str, SettingValue)> {
        let stopped = match self.reports.stopped_in {
            StoppedIn::ResolvedOnTime => "resolved_on_time",
            StoppedIn::Open => "open",
        };
        let key_file = if self.key.pem.is_some() { SettingValue::Hidden } else { text(self.key_file().display()) };
        vec![
            ("server.listen", text(self.server.listen)),
            ("server.public_url", text(self.server.base_url())),
            ("server.trusted_proxies", list(&self.server.trusted_proxies, ", ")),
            ("server.tls_certificate", path_or_unset(self.server.tls_certificate.as_deref())),
            ("server.tls_key", path_or_unset(self.server.tls_key.as_deref())),
            ("data.dir", text(self.data.dir.display())),
            ("database.url", or_unset(self.database.address.as_ref())),
            ("database.ca_file", path_or_unset(self.database.ca_file.as_deref())),
            ("database.connections", text(self.database.connections)),
            ("files.folder", text(self.files_folder().display())),
            ("files.bucket", or_unset(self.files.bucket.as_ref())),
            ("files.endpoint", or_unset(self.files.endpoint.as_ref())),
            ("files.region", text(&self.files.region)),
            ("files.ca_file", path_or_unset(self.files.ca_file.as_deref())),
            ("files.allow_http", SettingValue::Flag(self.files.allow_http)),
            ("files.keys_file", text(self.files_keys().display())),
            ("office.name", or_unset(self.office.name.as_ref())),
            ("office.place", or_unset(self.office.place.as_ref())),
            ("office.regime", or_unset(self.office.regime.as_ref())),
            (
                "office.citizen_accounts",
                self.office.citizen_accounts.map_or(SettingValue::ByRegime, SettingValue::Flag),
            ),
            ("office.speech_command", list(&self.office.speech_command, " ")),
            ("office.remind_every_days", text(self.office.remind_every_days)),
            ("code.pattern", or_by_regime(self.code.pattern.as_ref())),
            ("upload.file_bytes_max", text(self.upload.file_bytes_max)),
            ("upload.files_max", text(self.upload.files_max)),
            ("upload.dossier_bytes_max", text(self.upload.dossier_bytes_max)),
            ("session.idle_minutes", text(self.session.idle_minutes)),
            ("session.absolute_hours", text(self.session.absolute_hours)),
            ("limits.login_tries", text(self.limits.login_tries)),
            ("limits.lookup_tries", text(self.limits.lookup_tries)),
            ("limits.address_tries", text(self.limits.address_tries)),
            ("limits.lock_minutes", text(self.limits.lock_minutes)),
            ("queue.priority_in_a_row", text(self.queue.priority_in_a_row)),
            ("queue.tickets_per_address", text(self.queue.tickets_per_address)),
            ("outbox.folder", text(self.outbox_folder().display())),
            ("reports.stopped_in", text(stopped)),
            ("supplement.max_per_stage", or_by_regime(self.supplement.max_per_stage)),
            ("supplement.citizen_days", or_by_regime(self.supplement.citizen_days)),
            ("exchange.answer_working_days", text(self.exchange.answer_working_days)),
            ("rating.days", text(self.rating.days)),
            ("key.file", key_file),
            ("backup.to", or_unset(self.backup.to.as_ref())),
            ("backup.keys", list(&self.backup.keys, ", ")),
            ("backup.at", or_unset(self.backup.at.map(|it| it.strftime("%H:%M").to_string()))),
            ("backup.keep", text(self.backup.keep)),
            ("backup.scratch", text(self.scratch_folder().display())),
            ("backup.endpoint", or_unset(self.backup.endpoint.as_ref())),
            ("backup.region", text(&self.backup.region)),
            ("metrics.allowed", list(&self.metrics.allowed, ", ")),
        ]
    }
}

/// A value as it is written.
pub(super) fn text(value: impl Display) -> SettingValue {
    SettingValue::Text(value.to_string())
}

/// A value that has no usual one.
pub(super) fn or_unset(value: Option<impl Display>) -> SettingValue {
    value.map_or(SettingValue::Unset, text)
}

/// The same of a path.
pub(super) fn path_or_unset(path: Option<&Path>) -> SettingValue {
    or_unset(path.map(Path::display))
}

/// A value the legal regime has for who chose none.
fn or_by_regime(value: Option<impl Display>) -> SettingValue {
    value.map_or(SettingValue::ByRegime, text)
}

/// Several values in one, or none.
fn list(values: &[impl ToString], between: &str) -> SettingValue {
    let all: Vec<String> = values.iter().map(ToString::to_string).collect();
    or_unset(Some(all.join(between)).filter(|it| !it.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::keys::KEYS;
    use web::texts::{Language, word_in};

    const WORDS: &str = include_str!("../../../web/locales/vi/house.ftl");

    #[test]
    fn every_key_is_shown_and_no_secret_is() {
        let rows = Settings::default().shown();
        for key in KEYS.iter().filter(|it| !it.only_as_variable) {
            assert!(rows.iter().any(|row| row.key == key.name), "{} is not shown", key.name);
        }
        let pem = "-----BEGIN PRIVATE KEY-----\nabc".to_owned();
        let env = [("MOTCUA_KEY_PEM".to_owned(), pem)];
        let shown = Settings::load(None, env.into_iter()).unwrap().shown();
        assert!(shown.iter().any(|it| it.key == "key.file" && it.value == SettingValue::Hidden));
        assert!(!format!("{shown:?}").contains("abc"));
    }

    #[test]
    fn every_key_has_words_in_both_languages_and_nothing_else_has() {
        let rows = Settings::default().shown();
        for key in rows.iter().map(Setting::words) {
            let vietnamese = word_in(Language::Vietnamese, &key);
            assert_ne!(vietnamese, key, "no words");
            // What English lacks is said in Vietnamese.
            assert_ne!(word_in(Language::English, &key), vietnamese, "{key}");
        }
        assert_eq!(WORDS.lines().filter(|it| it.starts_with("setting-")).count(), rows.len());
    }
}
