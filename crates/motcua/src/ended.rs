//! How a command ends: done, found wanting, refused, called wrongly, or broken.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

/// What a command that ran found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything as it should be.
    Done,
    /// It ran, and found something wanting; it said what.
    Wanting,
}

/// Why a command stopped.
#[derive(Debug)]
pub enum Stop {
    /// A lawful or sensible no, in words.
    Refused(String),
    /// The call or the settings make no sense.
    Usage(String),
    /// Something broke.
    Fault(anyhow::Error),
}

impl Stop {
    /// A no in words.
    pub fn refused(words: impl Display) -> Self {
        Self::Refused(words.to_string())
    }
}

impl<E: Into<anyhow::Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

/// What every command answers.
pub type Outcome = Result<Ended, Stop>;

/// The exit code, with words on stderr where there is something to say.
pub fn exit_code(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::Wanting) => ExitCode::from(1),
        Err(Stop::Refused(words)) => {
            say(&words);
            ExitCode::from(1)
        }
        Err(Stop::Usage(words)) => {
            say(&words);
            ExitCode::from(2)
        }
        Err(Stop::Fault(error)) => {
            say(&format!("motcua: {error:#}"));
            ExitCode::from(1)
        }
    }
}

/// Words for people, on stderr. Nobody is told where stderr itself is gone.
pub fn say(words: &str) {
    drop(writeln!(std::io::stderr().lock(), "{words}"));
}

/// A line of the result, on stdout. A reader that went away (a closed pipe) ends the command quietly.
///
/// # Errors
/// Stdout cannot be written.
pub fn print(line: impl Display) -> Result<(), Stop> {
    writeln!(std::io::stdout().lock(), "{line}").map_err(|why| Stop::Fault(why.into()))
}
