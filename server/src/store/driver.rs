//! What the store needs of a database: run a statement, and run several as one.
//! [`sqlite`](super::sqlite) and [`postgres`](super::postgres) do it with their
//! own libraries.

use std::sync::Arc;

use async_trait::async_trait;

use super::checks::Checks;
use super::error::Result;
use super::lookup::{Lookup, Question};
use super::value::{Row, Statement, Value};

/// Which connections a statement runs on. Each lane has its own, so that a slow
/// statement in one never waits for, or holds up, another lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Finds one row by an index: every authenticated request does.
    Check,
    /// Reads many rows: lists and searches of a user.
    List,
    /// Changes something.
    Write,
}

/// A database.
#[async_trait]
pub(crate) trait Driver: Send + Sync {
    /// Runs one statement that only reads.
    async fn read(&self, lane: Lane, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>>;

    /// Answers questions by a statement of the lane [`Lane::Check`]: the rows of each.
    async fn look_up(&self, lookup: Lookup, questions: Vec<Question>) -> Result<Vec<Vec<Row>>>;

    /// Runs one statement that changes something, by itself: when this returns,
    /// the change is on disk.
    async fn write(&self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>>;

    /// Starts a transaction. Dropping it takes everything back.
    async fn begin(&self) -> Result<Box<dyn Transaction>>;

    /// From now until it is closed, has these answers forget what any process ends.
    fn follow(&self, checks: Arc<Checks>);

    /// How busy the database is.
    fn load(&self) -> Load;

    /// Closes every connection.
    async fn close(&self);
}

/// Several statements that all happen or none.
#[async_trait]
pub(crate) trait Transaction: Send {
    /// Runs the next statement.
    async fn run(&mut self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>>;

    /// Makes the changes last: when this returns, they are on disk.
    async fn commit(self: Box<Self>) -> Result<()>;
}

/// How busy a database is, for metrics and tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Connections that are open.
    pub connections: usize,
    /// Statements and transactions that write and have not ended, those that wait included.
    pub writing: usize,
}
