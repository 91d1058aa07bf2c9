//! A setting on the administrator's page; the program says what each is set to.

/// A setting as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key: `server.listen`.
    pub key: &'static str,
    /// What it is set to.
    pub value: SettingValue,
    /// Whether that is what it is where nobody chooses.
    pub is_usual: bool,
}

impl Setting {
    /// What it belongs to: its key up to the dot.
    pub fn group(&self) -> &'static str {
        self.key.split('.').next().unwrap_or_default()
    }

    /// The key of the words for what it decides.
    pub fn words(&self) -> String {
        format!("setting-{}", self.key.replace(['.', '_'], "-"))
    }
}

/// What a setting is set to. All but the first is said in the language of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// A value as it is written.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A secret, which nobody sees.
    Hidden,
    /// Nobody chose, and there is no usual value.
    Unset,
    /// Nobody chose: the legal regime decides.
    ByRegime,
}
