//! The database itself: runs statements on it, none for longer than it may take.

use std::sync::Arc;

use super::circuit::Circuit;
use super::driver::{Driver, Lane, Load, Transaction};
use super::lookup::{Lookup, Question};
use super::value::{Row, Statement, Value};
use super::{CLOSING, PATIENCE, Result, StoreError};

/// A database that may be silent.
pub(super) struct Tables {
    pub(super) driver: Arc<dyn Driver>,
    /// One for each lane: when nothing can be written, keys are still checked.
    check: Circuit,
    list: Circuit,
    write: Circuit,
}

impl Tables {
    pub(super) fn new(driver: Arc<dyn Driver>) -> Self {
        let circuit = || Circuit::new("the database");
        Tables { driver, check: circuit(), list: circuit(), write: circuit() }
    }

    /// Starts a transaction that writes.
    pub(super) async fn begin(&self) -> Result<Box<dyn Transaction>> {
        self.guard(Lane::Write, self.driver.begin()).await
    }

    /// How busy the database is.
    pub(super) fn load(&self) -> Load {
        self.driver.load()
    }

    /// Whether requests are refused because the database gives no answer.
    pub(super) fn is_silent(&self) -> bool {
        [&self.check, &self.list, &self.write].iter().any(|circuit| circuit.is_open())
    }

    pub(super) async fn close(&self) {
        if tokio::time::timeout(CLOSING, self.driver.close()).await.is_err() {
            tracing::warn!("the database did not close in time; nothing that was confirmed is lost");
        }
    }

    /// Runs a statement that only reads.
    pub(super) async fn read(
        &self,
        lane: Lane,
        statement: Statement,
        values: Vec<Value>,
    ) -> Result<Vec<Row>> {
        trace(statement);
        self.guard(lane, self.driver.read(lane, statement, values)).await
    }

    /// Answers questions about keys: the rows of each.
    pub(super) async fn look_up(&self, lookup: Lookup, questions: Vec<Question>) -> Result<Vec<Vec<Row>>> {
        trace(lookup.statement());
        self.guard(Lane::Check, self.driver.look_up(lookup, questions)).await
    }

    /// Runs a statement that changes something, by itself.
    pub(super) async fn change(&self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        trace(statement);
        self.guard(Lane::Write, self.driver.write(statement, values)).await
    }

    /// Waits for the database, but not for ever, and not at all after it was silent.
    pub(super) async fn guard<T>(&self, lane: Lane, work: impl Future<Output = Result<T>>) -> Result<T> {
        let circuit = match lane {
            Lane::Check => &self.check,
            Lane::List => &self.list,
            Lane::Write => &self.write,
        };
        if !circuit.admits() {
            return Err(StoreError::Unavailable("it gave no answer a moment ago".into()));
        }
        let outcome = tokio::time::timeout(PATIENCE, work).await;
        match &outcome {
            Err(_) | Ok(Err(StoreError::Silent(_))) => circuit.was_silent(),
            Ok(_) => circuit.answered(),
        }
        let late = || StoreError::Silent(format!("no answer within {} seconds", PATIENCE.as_secs()));
        outcome.unwrap_or_else(|_| Err(late()))
    }
}

/// The text alone: values may be hashes and addresses.
pub(super) fn trace(statement: Statement) {
    tracing::trace!(text = statement.sqlite, "statement");
}
