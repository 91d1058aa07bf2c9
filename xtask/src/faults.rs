//! The bad nights by a command: longer than within a change, or with another chance.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::needs;

/// How long, and how.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Rounds of each test; as many as usual where none.
    rounds: Option<u32>,
    /// Where chance begins; at 1 where none.
    seed: Option<u64>,
    /// Only the tests with this word in their names.
    only: Option<String>,
    /// The cluster that is switched over, instead of everything else.
    patroni: bool,
}

impl Asked {
    /// Reads the words after the command.
    pub fn read(words: &[String]) -> Result<Self> {
        let mut asked = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--rounds" => asked.rounds = Some(value()?.parse().context("--rounds needs a number")?),
                "--seed" => asked.seed = Some(value()?.parse().context("--seed needs a number")?),
                "--only" => asked.only = Some(value()?.to_owned()),
                "--patroni" => asked.patroni = true,
                other => bail!("`faults` does not know `{other}`: --rounds N, --seed N, --only WORD, --patroni"),
            }
        }
        Ok(asked)
    }
}

/// Runs them, one after the other, in plain sight.
pub fn run(root: &Path, asked: &Asked) -> Result<()> {
    needs::for_nextest()?;
    needs::for_postgres()?;
    needs::for_faults()?;
    if asked.patroni {
        needs::for_patroni()?;
    }
    let which = match (&asked.only, asked.patroni) {
        (_, true) => "test(/^faults::patroni::/)".to_owned(),
        (Some(word), false) => format!("test(/^faults::/) and test({word})"),
        (None, false) => "test(/^faults::/)".to_owned(),
    };
    let mut nextest = Command::new("cargo");
    nextest.current_dir(root).args(["nextest", "run", "--package", "motcua", "--no-capture", "-E", &which]);
    if let Some(rounds) = asked.rounds {
        nextest.env("MOTCUA_FAULT_ROUNDS", rounds.to_string());
    }
    if let Some(seed) = asked.seed {
        nextest.env("MOTCUA_FAULT_SEED", seed.to_string());
    }
    if asked.patroni {
        nextest.env("MOTCUA_FAULT_PATRONI", "1");
    }
    needs::run(&mut nextest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_words_are_read_and_others_refused() {
        let read = |words: &[&str]| Asked::read(&words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        let asked = Asked { rounds: Some(1_000), seed: Some(7), only: Some("killed".to_owned()), patroni: true };
        assert_eq!(read(&["--seed", "7", "--rounds", "1000", "--only", "killed", "--patroni"]).unwrap(), asked);
        assert_eq!(read(&[]).unwrap(), Asked::default());
        for wrong in [&["--rounds"][..], &["--rounds", "many"], &["1000"]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
