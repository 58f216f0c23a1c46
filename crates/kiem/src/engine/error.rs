//! What a use-case can answer instead of a result. The API turns it into a problem document, the command line into
//! a sentence; both take the words from the catalogue.

use kiem_store::StoreError;

/// The result of a use-case.
pub type Result<T> = std::result::Result<T, EngineError>;

/// One field that is not right: where, and the catalogue key that says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Path of the field in what was sent, `lines.0.quantity`.
    pub field: String,
    /// Catalogue key below `error.field`.
    pub code: &'static str,
    /// Values for the sentence.
    pub params: Vec<(&'static str, String)>,
}

impl FieldError {
    /// A field error without values.
    pub fn new(field: impl Into<String>, code: &'static str) -> FieldError {
        FieldError { field: field.into(), code, params: Vec::new() }
    }
}

/// Why a use-case did not happen. Nothing is ever half done.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The record is not there, or is in another workspace.
    #[error("not found")]
    NotFound,
    /// Nobody is logged in.
    #[error("not logged in")]
    NotLoggedIn,
    /// The role does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// Fields are not right.
    #[error("invalid: {0:?}")]
    Invalid(Vec<FieldError>),
    /// The rules or the current state refuse it. The code is a catalogue key below `error`, with values for it.
    #[error("refused: {code}")]
    Refused {
        /// Catalogue key below `error`.
        code: &'static str,
        /// Values for the sentence.
        params: Vec<(&'static str, String)>,
    },
    /// Somebody else was first.
    #[error("changed meanwhile")]
    Conflict,
    /// Too many tries.
    #[error("too many requests")]
    TooMany {
        /// When to try again.
        retry_after_seconds: u64,
    },
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
    /// Something outside (mail server, file, key) failed; the text is for the log and carries no personal data.
    #[error("{0}")]
    Outside(String),
}

impl EngineError {
    /// A refusal without values.
    pub fn refused(code: &'static str) -> EngineError {
        EngineError::Refused { code, params: Vec::new() }
    }

    /// One field that is not right.
    pub fn field(field: impl Into<String>, code: &'static str) -> EngineError {
        EngineError::Invalid(vec![FieldError::new(field, code)])
    }

    /// Whether the same may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            EngineError::Store(e) => e.is_transient(),
            EngineError::TooMany { .. } | EngineError::Outside(_) => true,
            _ => false,
        }
    }
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => EngineError::NotFound,
            StoreError::Duplicate(_) => EngineError::Conflict,
            other => EngineError::Store(other),
        }
    }
}
