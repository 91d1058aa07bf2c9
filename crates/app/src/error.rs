//! What can come of asking the house for something.

use domain::calendar::ClockRefusal;
use domain::dossier::{DossierRefusal, Recorded};
use domain::queue::QueueRefusal;
use storage::blobs::BlobError;
use storage::engine::StorageError;

/// Something wrong with one field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field.
    pub field: String,
    /// The key of the words that explain it.
    pub key: &'static str,
    /// Data for those words.
    pub args: Vec<(&'static str, String)>,
}

impl FieldProblem {
    /// A problem without further data.
    pub fn new(field: impl Into<String>, key: &'static str) -> Self {
        Self { field: field.into(), key, args: Vec::new() }
    }

    /// The same with one more piece of data.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// Why the house did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A lawful no.
    #[error("refused: {0}")]
    Refused(#[from] DossierRefusal),
    /// A lawful no of the queue before the counters.
    #[error("refused: {0}")]
    Queue(#[from] QueueRefusal),
    /// A form with something wrong in it.
    #[error("{} field(s) to correct", .0.len())]
    Invalid(Vec<FieldProblem>),
    /// There is nothing of that name, or nothing this person may know of.
    #[error("not found")]
    NotFound,
    /// The person may not do that.
    #[error("not allowed")]
    Forbidden,
    /// The person must say first why they want to read this.
    #[error("a reason for reading is needed")]
    ReasonNeeded,
    /// Too many wrong tries.
    #[error("locked for {minutes} minutes")]
    Locked {
        /// How long still.
        minutes: i64,
    },
    /// The page was older than the dossier.
    #[error("the dossier changed since the page was made")]
    Stale {
        /// What happened since.
        since: Vec<Recorded>,
    },
    /// The same key was used for something else.
    #[error("the key of this form was used for something else")]
    KeyReused,
    /// The instant of a plan of reorganisation has come, and the plan could not be put in force: nobody acts by the day before.
    #[error("the reorganisation by {instrument} could not be put in force")]
    ReformStalled {
        /// The resolution.
        instrument: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database or the disk cannot be used now.
    #[error("not available now")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Something broke.
    #[error("{doing}")]
    Fault {
        /// What we were doing.
        doing: String,
        /// What broke.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl AppError {
    /// A fault with what we were doing.
    pub fn fault(doing: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Fault { doing: doing.into(), source: source.into() }
    }

    /// True where it is the files that cannot be used now, not the database.
    pub fn is_about_files(&self) -> bool {
        matches!(self, Self::Unavailable(why) if why.is::<BlobError>())
    }

    /// One wrong field.
    pub fn invalid(field: impl Into<String>, key: &'static str) -> Self {
        Self::Invalid(vec![FieldProblem::new(field, key)])
    }
}

/// What went wrong, with everything beneath it down to what the system said: for the log.
pub fn in_full(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut beneath = error.source();
    while let Some(cause) = beneath {
        let said = cause.to_string();
        if !words.contains(&said) {
            words.push_str(": ");
            words.push_str(&said);
        }
        beneath = cause.source();
    }
    words
}

impl From<StorageError> for AppError {
    fn from(error: StorageError) -> Self {
        if error.is_unavailable() {
            Self::Unavailable(Box::new(error))
        } else {
            Self::Fault { doing: "using the database".to_owned(), source: Box::new(error) }
        }
    }
}

impl From<ClockRefusal> for AppError {
    fn from(refusal: ClockRefusal) -> Self {
        Self::Refused(DossierRefusal::Clock(refusal))
    }
}

impl From<BlobError> for AppError {
    fn from(error: BlobError) -> Self {
        if error.is_unavailable() {
            Self::Unavailable(Box::new(error))
        } else {
            Self::fault("using the file store", error)
        }
    }
}
