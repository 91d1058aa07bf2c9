//! The office of a bad night: the real catalogue and units, a desk and a specialist, on either engine.

use super::client::{Client, Door};
use crate::run::{Ran, catalogue, motcua, program, text, told_to};
use std::path::PathBuf;
use tempfile::TempDir;

/// Password of both.
const PASSWORD: &str = "mat-khau-thu-nghiem";
/// Who receives.
const RECEPTION: &str = "tn.hangkenh";
/// Who works on what was received.
const SPECIALIST: &str = "cv.hangkenh";
/// Their unit.
const UNIT: &str = "phuong-hang-kenh";

/// Settings of every house here: messages lie beside the data, so that a bad disk of the one is not one of the other.
const SETTINGS: &str = "[data]\ndir = \"data\"\n\n[outbox]\nfolder = \"outbox\"\n";

/// Settings that name a server.
fn database(url: &str) -> String {
    format!("\n[database]\nurl = {url:?}\nconnections = 12\n")
}

/// A house in a folder that goes with it; its database in a file there, or on a server.
pub struct Grounds {
    folder: TempDir,
    pub config: PathBuf,
}

impl Grounds {
    /// With its database in a file.
    pub fn in_file() -> Self {
        Self::founded(None, &[])
    }

    /// With its database on a server, at an address that is kept in its settings.
    pub fn on_server(url: &str) -> Self {
        Self::founded(Some(url), &[])
    }

    /// In a file, founded with variables of the caller's: under another clock.
    pub fn in_file_under(variables: &[(String, String)]) -> Self {
        Self::founded(None, variables)
    }

    /// On a server, the same.
    pub fn on_server_under(url: &str, variables: &[(String, String)]) -> Self {
        Self::founded(Some(url), variables)
    }

    fn founded(url: Option<&str>, variables: &[(String, String)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("motcua.toml");
        let database = url.map(database).unwrap_or_default();
        std::fs::write(&config, format!("{SETTINGS}{database}")).unwrap();
        let grounds = Self { folder, config };
        let units = catalogue("units/le-chan-2025-01-01.toml");
        grounds.found(&["import", "units", text(&units)], "", variables);
        grounds.found(&["import", "catalogue", text(&catalogue(""))], "", variables);
        // Of two specialists none gets what is received by itself: somebody has to take it on.
        for (login, name, post) in [
            (RECEPTION, "Vũ Đình Mẫu", "reception"),
            (SPECIALIST, "Phạm Thu Mẫu", "specialist"),
            ("cv2.hangkenh", "Đỗ Minh Mẫu", "specialist"),
        ] {
            let words = ["user", "add", "--login", login, "--name", name, "--post", post, "--unit", UNIT];
            grounds.found(&words, &format!("{PASSWORD}\n"), variables);
        }
        grounds
    }

    fn found(&self, words: &[&str], told: &str, variables: &[(String, String)]) {
        let mut command = program();
        command.args(words).arg("--config").arg(&self.config).envs(variables.iter().map(|(name, value)| (name, value)));
        told_to(&mut command, told).done();
    }

    /// Runs the program with the settings of the house.
    pub fn run(&self, words: &[&str]) -> Ran {
        motcua(&[words, &["--config", text(&self.config)]].concat())
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder for whatever a test needs beside it.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Other settings of the same house: another address of the same database.
    pub fn config_with(&self, name: &str, url: &str) -> PathBuf {
        let path = self.beside(name);
        std::fs::write(&path, format!("{SETTINGS}{}", database(url))).unwrap();
        path
    }

    /// Somebody at the desk, signed in.
    pub fn reception(door: &Door) -> Client {
        Client::staff(door, RECEPTION, PASSWORD)
    }

    /// A specialist, signed in.
    pub fn specialist(door: &Door) -> Client {
        Client::staff(door, SPECIALIST, PASSWORD)
    }
}
