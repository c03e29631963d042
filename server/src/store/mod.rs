//! What is kept: users, keys, sessions, logins and what belongs to them.
//!
//! [`Store`] has a method for everything that is asked or changed by itself, and
//! [`Tx`] for what happens together; both stand in one file for each table. A
//! method says what is kept, and its SQL stands beside it, once for both
//! databases. Below is the trait `driver::Driver`, which says what is
//! needed of a database, with two implementations: `sqlite` and `postgres`. What
//! processes count together goes through `counters::Counters`, to the database or to
//! `redis`.
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
mod counters;
pub(crate) mod devices;
mod driver;
mod error;
pub(crate) mod failures;
pub(crate) mod guards;
pub(crate) mod issued;
mod issued_change;
pub(crate) mod issued_list;
pub mod keys;
pub(crate) mod limits;
pub(crate) mod list;
pub(crate) mod logins;
mod lookup;
pub(crate) mod management;
mod migrations;
pub(crate) mod names;
mod owner_end;
pub(crate) mod owners;
mod postgres;
mod redis;
mod server;
pub(crate) mod sessions;
mod sqlite;
mod sweep;
mod tables;
pub mod users;
pub(crate) mod uses;
mod value;

use std::sync::Arc;
use std::time::Duration;

use self::redis::Redis;
use checks::{Checks, Ended};
use counters::Counters;
use driver::{Driver, Lane, Transaction};
use lookup::Lookup;
use tables::Tables;
use uses::{Kind, Use};
use value::{Row, Statement, Value, values};

use crate::config::{Config, Database};
use crate::start_error::StartError;

pub use self::redis::RedisState;
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
    tables: Arc<Tables>,
    checks: Arc<Checks>,
    /// Where all processes count together: in those tables or in that Redis.
    counters: Arc<dyn Counters>,
    redis: Option<Arc<Redis>>,
}

impl Store {
    /// Opens the database and brings its tables up to date. Answers about keys
    /// are kept for as long as `config.check_cache`.
    ///
    /// # Errors
    /// One line that says what is wrong and what to do.
    pub async fn open(config: &Config) -> std::result::Result<Self, StartError> {
        let redis = match &config.redis {
            Some(url) => Some(Arc::new(Redis::open(url).await?)),
            None => None,
        };
        let driver: Arc<dyn Driver> = match &config.database {
            Database::Sqlite(path) => Arc::new(sqlite::open(path).await?),
            Database::Postgres(url) => Arc::new(postgres::open(url, config.connections.clone()).await?),
        };
        let checks = Arc::new(Checks::new(config.check_cache));
        driver.follow(checks.clone());
        let tables = Arc::new(Tables::new(driver));
        let counters: Arc<dyn Counters> = match &redis {
            Some(redis) => redis.clone(),
            None => tables.clone(),
        };
        Ok(Store { tables, checks, counters, redis })
    }

    /// Starts a transaction that writes. On SQLite it waits here for its turn.
    /// Dropping it takes everything back.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin(&self) -> Result<Tx> {
        let inner = self.tables.begin().await?;
        Ok(Tx { inner, store: self.clone(), ended: Vec::new() })
    }

    /// How busy the database is.
    pub fn load(&self) -> Load {
        self.tables.load()
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
        self.tables.is_silent()
    }

    /// Whether there is a Redis that gives no answer.
    pub fn is_redis_silent(&self) -> bool {
        self.redis.as_ref().is_some_and(|redis| redis.is_silent())
    }

    /// What Redis says of itself, where there is one.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn redis_state(&self) -> Result<Option<RedisState>> {
        match &self.redis {
            Some(redis) => redis.state().await.map(Some),
            None => Ok(None),
        }
    }

    /// Writes something where all processes count, unless that is the database.
    ///
    /// # Errors
    /// When that fails.
    pub async fn check_counters(&self) -> Result<()> {
        self.counters.check().await
    }

    /// Closes the database; SQLite's log is worked into its file.
    pub async fn close(&self) {
        self.tables.close().await;
    }

    /// Notes when keys of one kind were used.
    pub(crate) async fn note_uses(&self, kind: Kind, uses: &[Use]) -> Result<()> {
        self.counters.note_uses(kind, uses).await
    }

    /// Whether a use of this key was noted that its row does not show yet.
    pub(crate) async fn has_noted_use(&self, kind: Kind, id: &str) -> Result<bool> {
        self.counters.has_noted_use(kind, id).await
    }

    /// Moves what was noted of uses into the rows of the keys.
    pub(crate) async fn move_uses(&self) -> Result<()> {
        self.counters.move_uses(&self.tables).await
    }

    /// Runs a statement that only reads.
    async fn read(&self, lane: Lane, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        self.tables.read(lane, statement, values).await
    }

    /// Runs a statement that finds one row, or none.
    async fn find(&self, statement: Statement, values: Vec<Value>) -> Result<Option<Row>> {
        Ok(self.read(Lane::Check, statement, values).await?.pop())
    }

    /// Finds one row by a text, or none.
    async fn look_up(&self, lookup: Lookup, text: &str) -> Result<Option<Row>> {
        let mut answers = self.tables.look_up(lookup, vec![vec![text.to_owned()]]).await?;
        Ok(answers.pop().and_then(|mut rows| rows.pop()))
    }

    /// Runs a statement that changes something, by itself.
    async fn change(&self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        self.tables.change(statement, values).await
    }
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
        let outcome = store.tables.guard(Lane::Write, inner.commit()).await;
        // Also when the answer was lost: it may have happened.
        ended.iter().for_each(|ended| store.checks.end(ended));
        outcome
    }

    async fn run(&mut self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        tables::trace(statement);
        self.store.tables.guard(Lane::Write, self.inner.run(statement, values)).await
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

#[cfg(test)]
mod lookup_tests;
#[cfg(test)]
#[path = "../../tests/service/postgres.rs"]
#[allow(dead_code, unused_imports, reason = "a database is all that is needed of it here")]
mod postgres_of_tests;
