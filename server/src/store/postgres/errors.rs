//! What PostgreSQL's codes mean for the caller.

use deadpool_postgres::{PoolError, TimeoutType};
use tokio_postgres::error::SqlState;

use super::tls::not_there;
use crate::store::error::StoreError;

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        // Its Display alone says no more than "db error".
        let Some(refusal) = error.as_db_error() else {
            let cause =
                std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            return StoreError::Lost(format!("{error}{cause}"));
        };
        let text = format!("{} ({})", refusal.message(), refusal.code().code());
        match refusal.code() {
            &SqlState::UNIQUE_VIOLATION => StoreError::Taken(text),
            code if may_pass(code) => StoreError::Unavailable(text),
            _ => StoreError::Failed(text),
        }
    }
}

/// Whether the cause may be gone in a moment.
fn may_pass(code: &SqlState) -> bool {
    // Classes: connection, resources (disk full, connections), the operator (shutting down, cancelled).
    let class = code.code().get(..2).unwrap_or_default();
    matches!(class, "08" | "53" | "57" | "58")
        || [
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::T_R_SERIALIZATION_FAILURE,
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::READ_ONLY_SQL_TRANSACTION,
            SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        ]
        .contains(code)
}

impl From<PoolError> for StoreError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => not_there(error.into()),
            PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle) => {
                StoreError::Silent("a connection takes too long".into())
            }
            PoolError::Timeout(TimeoutType::Wait) => {
                StoreError::Unavailable("all connections are in use".into())
            }
            PoolError::Closed => StoreError::Unavailable("it is closed".into()),
            error => StoreError::Failed(error.to_string()),
        }
    }
}
