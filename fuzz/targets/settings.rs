//! The file of settings, and variables over it.
#![no_main]
#![allow(dead_code, unused_imports, reason = "the program uses the rest of the settings")]

use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;

#[path = "../../crates/motcua/src"]
mod program {
    pub mod settings;
}

static FILE: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("motcua-fuzz-{}.toml", std::process::id())));

fuzz_target!(|text: &str| {
    // Behind the first line of dashes come variables, one on each line.
    let (file, variables) = text.split_once("\n---\n").unwrap_or((text, ""));
    std::fs::write(&*FILE, file).expect("room for a file of settings");
    let variables = variables.lines().filter_map(|it| it.split_once('='));
    let variables = variables.map(|(name, value)| (format!("MOTCUA_{name}"), value.to_owned()));
    match program::settings::Settings::load(Some(FILE.as_path()), variables) {
        Ok(settings) => drop(format!("{settings:?} {}", settings.server.base_url())),
        Err(problems) => assert!(!problems.is_empty() && problems.iter().all(|it| !it.to_string().is_empty())),
    }
});
