//! The database: one SQL text for SQLite and PostgreSQL.
//!
//! Both take `$1` for a parameter, so sqlx's Any driver needs no second text.
//! What they do not have in common is avoided: times are integers, scopes are
//! JSON text, case is folded in Rust, and a row is locked by an `UPDATE` that
//! changes nothing (SQLite has no `SELECT … FOR UPDATE`).

pub mod attempts;
pub mod keys;
pub(crate) mod logins;
mod open;
pub mod sessions;
pub mod users;

use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyPool, Row, Transaction};

use crate::problem::Problem;

/// A handle to the database; clones share its connections.
#[derive(Clone)]
pub struct Store {
    pool: AnyPool,
    is_sqlite: bool,
}

impl Store {
    /// For single reads and writes.
    pub fn pool(&self) -> &AnyPool {
        &self.pool
    }

    /// Starts a transaction that writes. On SQLite it waits here for its turn:
    /// one that only reads at first would fail when it comes to write.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn write(&self) -> sqlx::Result<Transaction<'static, Any>> {
        self.pool.begin_with(if self.is_sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" }).await
    }

    /// Asks the database for an answer.
    ///
    /// # Errors
    /// When it gives none.
    pub async fn ping(&self) -> sqlx::Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await.map(drop)
    }

    /// Closes the database; SQLite's log is worked into its file.
    pub async fn close(&self) {
        if self.is_sqlite
            && let Err(error) = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.pool).await
        {
            tracing::warn!(%error, "the write-ahead log was not worked into the database; the next start does it");
        }
        self.pool.close().await;
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        let busy = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
            // SQLITE_BUSY and SQLITE_LOCKED, also extended; PostgreSQL: deadlock, serialisation, shutting down.
            sqlx::Error::Database(error) => error.code().is_some_and(|code| match code.parse::<u32>() {
                Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6),
                _ => matches!(&*code, "40P01" | "40001" | "57P01" | "57P03" | "53300"),
            }),
            _ => false,
        };
        tracing::error!(%error, "the database failed");
        if busy {
            Problem::busy("The database does not answer right now. Try again in a moment.")
        } else {
            Problem::internal()
        }
    }
}

/// Milliseconds since 1970, as all times are stored.
pub(crate) fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

fn time(row: &AnyRow, column: &str) -> sqlx::Result<Timestamp> {
    to_time(row.try_get(column)?, column)
}

fn optional_time(row: &AnyRow, column: &str) -> sqlx::Result<Option<Timestamp>> {
    row.try_get::<Option<i64>, _>(column)?.map(|millis| to_time(millis, column)).transpose()
}

fn to_time(millis: i64, column: &str) -> sqlx::Result<Timestamp> {
    Timestamp::from_millisecond(millis)
        .map_err(|error| sqlx::Error::ColumnDecode { index: column.to_owned(), source: error.into() })
}
