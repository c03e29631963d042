//! What is kept: users, keys, sessions, logins and what belongs to them.
//!
//! [`Store`] has a method for everything that is asked or changed by itself, and
//! [`Tx`] for what happens together; both stand in one file for each table. A
//! method says what is kept, and its SQL stands beside it, once for both
//! databases. Below is the trait `driver::Driver`, which says what is
//! needed of a database, with two implementations: `sqlite` and `postgres`.
//! Nothing here knows of HTTP.
//!
//! To add a query: a constant with `sql("…")` and a method, in the file of its
//! table. To add a table or a column: a step in `migrations.rs` with one file for
//! each database, and a file here.

pub(crate) mod applications;
pub(crate) mod attempts;
pub(crate) mod audit;
pub(crate) mod checks;
mod circuit;
pub(crate) mod codes;
pub(crate) mod devices;
mod driver;
mod error;
pub(crate) mod failures;
pub(crate) mod guards;
pub(crate) mod issued;
pub(crate) mod issued_list;
pub mod keys;
pub(crate) mod limits;
pub(crate) mod list;
pub(crate) mod logins;
pub(crate) mod management;
mod migrations;
pub(crate) mod owners;
mod postgres;
mod server;
pub(crate) mod sessions;
mod sqlite;
pub mod users;
mod value;

use std::sync::Arc;
use std::time::Duration;

use checks::{Checks, Ended};
use circuit::Circuit;
use driver::{Driver, Lane, Transaction};
use value::{Row, Statement, Value, values};

use crate::config::{Connections, Database};
use crate::start_error::StartError;

pub use driver::Load;
pub use error::{Result, StoreError};

/// Tells the other processes what ends with this transaction.
const TELL: Statement = Statement {
    sqlite: "UPDATE ended SET number = number + 1 WHERE id = 1",
    postgres: "SELECT pg_notify('keylatch_ended', $1)::text",
};
/// The database has answered by then, or counts as silent. Its own deadlines are
/// shorter and say more.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long closing may take.
const CLOSING: Duration = Duration::from_secs(5);

/// A handle to the database; clones share its connections.
#[derive(Clone)]
pub struct Store {
    driver: Arc<dyn Driver>,
    circuits: Arc<Circuits>,
    checks: Arc<Checks>,
}

/// One for each lane: when nothing can be written, keys are still checked.
struct Circuits {
    check: Circuit,
    list: Circuit,
    write: Circuit,
}

impl Store {
    /// Opens the database and brings its tables up to date. Answers about keys
    /// are kept for as long as `fresh`.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    pub async fn open(
        database: &Database,
        connections: Connections,
        fresh: Duration,
    ) -> std::result::Result<Self, StartError> {
        let driver: Arc<dyn Driver> = match database {
            Database::Sqlite(path) => Arc::new(sqlite::open(path).await?),
            Database::Postgres(url) => Arc::new(postgres::open(url, connections).await?),
        };
        let circuits = Circuits { check: Circuit::new(), list: Circuit::new(), write: Circuit::new() };
        let checks = Arc::new(Checks::new(fresh));
        if checks.is_wanted() {
            driver.follow(checks.clone());
        }
        Ok(Store { driver, circuits: Arc::new(circuits), checks })
    }

    /// Starts a transaction that writes. On SQLite it waits here for its turn.
    /// Dropping it takes everything back.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin(&self) -> Result<Tx> {
        let inner = self.guard(Lane::Write, self.driver.begin()).await?;
        Ok(Tx { inner, store: self.clone(), ended: Vec::new() })
    }

    /// How busy the database is.
    pub fn load(&self) -> Load {
        self.driver.load()
    }

    /// What is kept of answers about keys.
    pub(crate) fn checks(&self) -> &Checks {
        &self.checks
    }

    /// Whether what is known of keys is kept, because the database tells what ends.
    pub fn keeps_checks(&self) -> bool {
        self.checks.hears()
    }

    /// Whether requests are refused because the database gives no answer.
    pub fn is_silent(&self) -> bool {
        let Circuits { check, list, write } = &*self.circuits;
        [check, list, write].iter().any(|circuit| circuit.is_open())
    }

    /// Closes the database; SQLite's log is worked into its file.
    pub async fn close(&self) {
        if tokio::time::timeout(CLOSING, self.driver.close()).await.is_err() {
            tracing::warn!("the database did not close in time; nothing that was confirmed is lost");
        }
    }

    /// Runs a statement that only reads.
    async fn read(&self, lane: Lane, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        trace(statement);
        self.guard(lane, self.driver.read(lane, statement, values)).await
    }

    /// Runs a statement that finds one row, or none.
    async fn find(&self, statement: Statement, values: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.read(Lane::Check, statement, values).await?.pop())
    }

    /// Runs a statement that changes something, by itself.
    async fn change(&self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        trace(statement);
        self.guard(Lane::Write, self.driver.write(statement, values)).await
    }

    /// Waits for the database, but not for ever, and not at all after it was silent.
    async fn guard<T>(&self, lane: Lane, work: impl Future<Output = Result<T>>) -> Result<T> {
        let circuit = match lane {
            Lane::Check => &self.circuits.check,
            Lane::List => &self.circuits.list,
            Lane::Write => &self.circuits.write,
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
fn trace(statement: Statement) {
    tracing::trace!(text = statement.sqlite, "statement");
}

/// A transaction that writes. What it changed is kept by [`Tx::commit`] alone.
pub struct Tx {
    inner: Box<dyn Transaction>,
    store: Store,
    /// What it ends.
    ended: Vec<Ended>,
}

impl Tx {
    /// Makes the changes last: when this returns, they are on disk.
    ///
    /// # Errors
    /// When they are not, or when the answer was lost.
    pub async fn commit(self) -> Result<()> {
        let Tx { inner, store, ended } = self;
        let outcome = store.guard(Lane::Write, inner.commit()).await;
        // Also when the answer was lost: it may have happened.
        ended.iter().for_each(|ended| store.checks.end(ended));
        outcome
    }

    async fn run(&mut self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        trace(statement);
        self.store.guard(Lane::Write, self.inner.run(statement, values)).await
    }

    async fn find(&mut self, statement: Statement, values: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.run(statement, values).await?.pop())
    }

    /// To be called before something ends, can do less, or gets another secret: from
    /// the commit on, no process takes it for what it was.
    async fn ending(&mut self, ended: Ended) -> Result<()> {
        self.run(TELL, values![ended.to_text()]).await?;
        self.ended.push(ended);
        Ok(())
    }
}
