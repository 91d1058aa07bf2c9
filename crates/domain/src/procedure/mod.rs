//! Procedures: what the State published, read from the catalogue, and what an applicant answers.
//!
//! Start with [`ProcedureRevision`]: everything a dossier pins. [`build`] makes revisions from catalogue files ([`read_rows`],
//! [`read_flagship`], [`read_option_lists`]); [`validate`] reads what a citizen typed into an [`ApplicationForm`];
//! [`difference`] says what a newer revision asks otherwise. Files are handed in as text: nothing here opens one.

mod answer;
mod answers;
mod build;
mod code;
mod difference;
mod difference_office;
mod fee;
mod form;
mod import;
mod import_csv;
mod import_form;
mod import_steps;
mod import_toml;
mod in_words;
mod local;
mod option_lists;
mod revision;
mod sample;
mod standard;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_answers;
pub(crate) mod toml_reader;

pub use answer::{AnswerProblem, DocumentNumberProblem, day_typed};
pub use answers::{Answer, AnswerGap, Answers, Completeness, RawAnswers, validate};
pub use build::build;
pub use code::{CodeProblem, ProcedureCode, ProcedureId, RevisionId, Tab, parse_slug};
pub use difference::{Difference, difference};
pub use difference_office::{OfficeDifference, office_difference};
pub use fee::{FeeEstimate, FeeKind, FeeLine, FeeMoment, FeePer, FeeRule, FeeTier, Quantities, Quantity, estimate};
pub use form::{ApplicationForm, Before, Condition, Field, FieldKind, Section};
pub use import::{FILE_BYTES_MAX, ImportProblem, listed};
pub use import_csv::{CsvRow, read_rows};
pub use import_toml::{FlagshipLimit, FlagshipSource, read_flagship};
pub use in_words::day_in_words;
pub use local::{LOCAL_AMOUNT_MAX, LOCAL_WORDS_MAX, LocalFee, LocalRule};
pub use option_lists::{OptionLists, read_option_lists};
pub use revision::{
    Authority, Basis, BudgetBasis, Channel, ExcludedSpan, LinkedProcedure, Need, OnlineLevel, OutcomePaper,
    ProcedureRevision, Requirement, RequirementGroup, Step, StepClock, StepKind, StepsSource, TermVariant,
    content_hash,
};
pub use sample::sample_answers;
pub use standard::standard_steps;
