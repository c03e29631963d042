//! What the store says when it cannot do what was asked.

use std::fmt;

/// Why the store failed. `Display` is for the log and holds no value of a row.
#[derive(Clone, Debug)]
pub enum StoreError {
    /// The database does not answer, is full, or is busy: the same request may
    /// work in a moment. Nothing was changed, or the answer to COMMIT was lost.
    Unavailable(String),
    /// The connection broke before the database answered: like `Unavailable`.
    Lost(String),
    /// The database gives no sign of life: like `Unavailable`, and nobody else
    /// needs to find that out.
    Silent(String),
    /// Redis does not answer, or cannot take what was counted: like `Unavailable`.
    Redis(String),
    /// There is a row with this unique value already.
    Taken(String),
    /// The database refused the statement, or a row cannot be read.
    Failed(String),
}

impl StoreError {
    pub(crate) fn failed(what: impl fmt::Display) -> Self {
        StoreError::Failed(what.to_string())
    }

    /// Whether the same request may work in a moment.
    pub fn is_temporary(&self) -> bool {
        !matches!(self, StoreError::Taken(_) | StoreError::Failed(_))
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Unavailable(why) => write!(f, "the database is not available: {why}"),
            StoreError::Lost(why) => write!(f, "the connection to the database was lost: {why}"),
            StoreError::Silent(why) => write!(f, "the database is silent: {why}"),
            StoreError::Redis(why) => write!(f, "Redis is not available: {why}"),
            StoreError::Taken(why) => write!(f, "a unique value is taken: {why}"),
            StoreError::Failed(why) => write!(f, "the database refused: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

/// The result of every method of the store.
pub type Result<T> = std::result::Result<T, StoreError>;
