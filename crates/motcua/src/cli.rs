//! The command line: what can be asked, and which function answers.

use crate::commands::{
    backup, check, clock, db, files, import, keys, person, reorganise, report, restore, search, user, verify,
};
use crate::ended::{Outcome, exit_code};
use crate::wiring::Place;
use crate::{bench, demo, serve};
use clap::{Parser, Subcommand};
use domain::post::Post;
use jiff::civil::{Date, DateTime};
use std::path::PathBuf;
use std::process::ExitCode;

/// The electronic one-stop shop of a local government.
///
/// Results go to stdout, progress and words to stderr. Exit code 0: done; 1: refused or found wanting; 2: bad usage.
#[derive(Debug, Parser)]
#[command(name = "motcua", version, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages.
    Serve {
        /// Listen at this port instead of the settings' (0: any free one).
        #[arg(long, value_name = "N")]
        port: Option<u16>,
    },
    /// Live an invented quarter of Lê Chân from an empty folder, then serve it.
    Demo(demo::DemoArgs),
    /// Take files into the house.
    Import {
        #[command(subcommand)]
        what: Import,
    },
    /// Accounts of the staff.
    User {
        #[command(subcommand)]
        what: User,
    },
    /// The database itself.
    Db {
        #[command(subcommand)]
        what: Db,
    },
    /// The keys that lock the files.
    Keys {
        #[command(subcommand)]
        what: Keys,
    },
    /// The files themselves.
    Files {
        #[command(subcommand)]
        what: Files,
    },
    /// Delete files that no row names; serving does so by itself, once a day.
    Sweep {
        /// Only files older than so many hours: younger ones may belong to a form on its way.
        #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(24..=87_600))]
        grace_hours: u32,
    },
    /// Make a backup while people work: database, files and the installation's key, encrypted to public keys.
    Backup(backup::BackupArgs),
    /// Put a backup back into an empty place, on either engine, and verify it there.
    Restore(restore::RestoreArgs),
    /// Check the settings and start nothing.
    Check,
    /// Fold every history again and compare; check chains, files and the last checkpoint.
    Verify {
        /// Sign a new checkpoint when everything is as it should be.
        #[arg(long)]
        seal: bool,
    },
    /// Make the read model, the facts of reports and the due dates again from the histories.
    Rebuild,
    /// Working time.
    Clock {
        #[command(subcommand)]
        what: Clock,
    },
    /// Personal numbers and cards.
    Person {
        #[command(subcommand)]
        what: Person,
    },
    /// Find a procedure by what people say happened to them.
    Search {
        /// What they say.
        text: String,
        /// At most so many answers.
        #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=1_000))]
        limit: usize,
    },
    /// Statutory reports.
    Report {
        #[command(subcommand)]
        what: Report,
    },
    /// Units merge, split, change and end by a plan, and no dossier is lost: carry one out, take it back, prove it.
    ///
    /// Prepared before its instant, in force at it, told by every history after it; broken off at any point, the next start goes on.
    Reorganise(reorganise::ReorganiseArgs),
    /// Fill a house of its own with invented dossiers, serve it from another process, and say what each operation costs.
    Bench(bench::BenchArgs),
    /// The other process of `bench`.
    #[command(hide = true)]
    BenchServer,
}

#[derive(Debug, Subcommand)]
enum Import {
    /// Procedures: a folder with le-chan-2025-q1.csv (or else rows.csv), option-lists.toml and flagship/*.toml.
    Catalogue {
        /// The folder.
        dir: PathBuf,
    },
    /// Units: a TOML file.
    Units {
        /// The file.
        file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum Db {
    /// Carry everything from one database into another, which must be empty, and verify what arrived.
    ///
    /// Stop every node first. A place is `sqlite:FILE` or `postgres://USER@HOST/DATABASE`; the password comes as
    /// MOTCUA_DATABASE_PASSWORD. Files and the installation's key stay in the data folder.
    Copy {
        /// Where it is.
        #[arg(long, value_name = "URL")]
        from: String,
        /// Where it goes.
        #[arg(long, value_name = "URL")]
        to: String,
    },
}

#[derive(Debug, Subcommand)]
enum Files {
    /// Carry them from the store the house had (a folder or a bucket) to the one its settings name now, then verify.
    ///
    /// Stop every node first. What is there already is not carried twice, so what broke off is done by typing it again; nothing
    /// is removed where the files were.
    Copy {
        /// The settings as they were, naming the store the files are in now.
        #[arg(long, value_name = "FILE")]
        from_config: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum Keys {
    /// List the keys of the ring: id, when made, whether in use, how many files need it.
    List,
    /// Put a new key in use, wrap the key of every file with it, and encrypt files that lie there in plain.
    ///
    /// No encrypted file is touched. What broke off is finished by running it again. With the database on a server, prepare the key
    /// and copy the file of keys to every node first.
    Rotate {
        /// Only make the new key; it waits until the next rotation.
        #[arg(long)]
        prepare: bool,
    },
    /// Take a key out of the ring that no file needs any more. Copies of the data from before still need it.
    Forget {
        /// The key's id.
        id: String,
    },
}

#[derive(Debug, Subcommand)]
enum User {
    /// Open an account for somebody of the staff. The password is read from stdin, or made and printed once.
    Add {
        /// Name to sign in with.
        #[arg(long)]
        login: String,
        /// Full name.
        #[arg(long)]
        name: String,
        /// Post: reception, specialist, head, leader, clerk, control_officer or administrator.
        #[arg(long)]
        post: Post,
        /// Unit, by its key, agency code or statistics code.
        #[arg(long, value_name = "KEY")]
        unit: String,
    },
}

#[derive(Debug, Subcommand)]
enum Clock {
    /// When an act received at a moment is due.
    Due(clock::DueArgs),
    /// Working minutes between two moments.
    Elapsed {
        /// From (local time).
        #[arg(long, value_name = "A", value_parser = clock::local)]
        from: DateTime,
        /// To (local time).
        #[arg(long, value_name = "B", value_parser = clock::local)]
        to: DateTime,
        #[command(flatten)]
        office: clock::OfficeArgs,
    },
}

#[derive(Debug, Subcommand)]
enum Person {
    /// Check a personal number, or the text of a card's QR code.
    #[command(group(clap::ArgGroup::new("what").required(true)))]
    Check {
        /// Twelve digits.
        #[arg(long, value_name = "N", group = "what", allow_hyphen_values = true)]
        number: Option<String>,
        /// Fields between `|`.
        #[arg(long, value_name = "TEXT", group = "what", allow_hyphen_values = true)]
        card_qr: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum Report {
    /// Form II.06a/VPCP/KSTT: received, resolved, open.
    #[command(name = "06a")]
    Form06a {
        /// First day.
        #[arg(long, value_name = "D")]
        from: Date,
        /// Last day; the form is as of its end.
        #[arg(long, value_name = "D")]
        to: Date,
        /// One unit with all below it, by its key, agency code or statistics code.
        #[arg(long, value_name = "CODE")]
        unit: Option<String>,
        /// One row for each of these.
        #[arg(long, value_enum, default_value = "sector")]
        by: report::By,
        /// How it is written.
        #[arg(long, value_enum, default_value = "table")]
        format: report::Format,
    },
}

/// Reads the command line, does what it asks, and answers with the exit code.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    exit_code(answer(cli))
}

fn answer(cli: Cli) -> Outcome {
    let place = &cli.place;
    match cli.command {
        Command::Serve { port } => serve::command(place, port),
        Command::Demo(asked) => demo::command(place, &asked),
        Command::Import { what: Import::Catalogue { dir } } => import::catalogue(place, &dir),
        Command::Import { what: Import::Units { file } } => import::units(place, &file),
        Command::User { what: User::Add { login, name, post, unit } } => {
            user::add(place, &user::NewUser { login, name, post, unit })
        }
        Command::Db { what: Db::Copy { from, to } } => db::copy(place, &from, &to),
        Command::Files { what: Files::Copy { from_config } } => files::copy(place, &from_config),
        Command::Keys { what: Keys::List } => keys::list(place),
        Command::Keys { what: Keys::Rotate { prepare: true } } => keys::rotate(place, keys::Rotation::Prepare),
        Command::Keys { what: Keys::Rotate { prepare: false } } => keys::rotate(place, keys::Rotation::Whole),
        Command::Keys { what: Keys::Forget { id } } => keys::forget(place, &id),
        Command::Sweep { grace_hours } => keys::sweep(place, grace_hours),
        Command::Backup(asked) => backup::command(place, &asked),
        Command::Restore(asked) => restore::command(place, &asked),
        Command::Check => check::command(place),
        Command::Verify { seal: false } => verify::verify(place, verify::After::Nothing),
        Command::Verify { seal: true } => verify::verify(place, verify::After::Seal),
        Command::Rebuild => verify::rebuild(place),
        Command::Clock { what: Clock::Due(asked) } => clock::due(&asked),
        Command::Clock { what: Clock::Elapsed { from, to, office } } => clock::elapsed(from, to, &office),
        Command::Person { what: Person::Check { number, card_qr } } => {
            person::check(number.as_deref(), card_qr.as_deref())
        }
        Command::Search { text, limit } => search::command(place, &text, limit),
        Command::Report { what: Report::Form06a { from, to, unit, by, format } } => {
            report::form_06a(place, &report::Asked { from, to, unit, by, format })
        }
        Command::Reorganise(asked) => reorganise::command(place, &asked),
        Command::Bench(asked) => bench::command(place, &asked),
        Command::BenchServer => bench::server::command(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }
}
