//! SQLite by rusqlite. One thread writes ([`writer`]), so no writer ever waits
//! for another's lock; other threads read ([`readers`]), each lane its own.

mod connection;
mod errors;
mod follow;
mod open;
mod readers;
mod writer;

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::oneshot;

use super::checks::Checks;
use super::driver::{Driver, Lane, Load, Transaction};
use super::error::{Result, StoreError};
use super::lookup::{Lookup, Question, arrays, by_question};
use super::value::{Row, Statement, Value};
use connection::Opener;
use readers::Readers;
use writer::{Step, Writer};

pub(crate) use open::open;

/// A statement ends after this long, and waits this long for a lock of another
/// process. Less than the store waits, so that the reason is told and not a silence.
const PATIENCE: Duration = Duration::from_secs(4);

/// One file.
pub(crate) struct Sqlite {
    checks: Readers,
    lists: Readers,
    writer: Arc<Writer>,
    opener: Opener,
    /// Ends the thread that follows what other processes end.
    follower: Mutex<Option<Sender<()>>>,
}

#[async_trait]
impl Driver for Sqlite {
    async fn read(&self, lane: Lane, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        match lane {
            Lane::Check => self.checks.run(statement, values).await,
            Lane::List => self.lists.run(statement, values).await,
            Lane::Write => self.writer.run(statement, values).await,
        }
    }

    async fn look_up(&self, lookup: Lookup, questions: Vec<Question>) -> Result<Vec<Vec<Row>>> {
        let count = questions.len();
        let rows = self.checks.run(lookup.statement(), arrays(questions.into_iter())).await?;
        by_question(rows, count)
    }

    async fn write(&self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        self.writer.run(statement, values).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>> {
        let steps = self.writer.begin().await?;
        Ok(Box::new(SqliteTransaction { steps }))
    }

    fn follow(&self, checks: Arc<Checks>) {
        if !checks.is_wanted() {
            return;
        }
        match follow::start(self.opener.clone(), checks) {
            Ok(stop) => *self.follower.lock().unwrap_or_else(PoisonError::into_inner) = Some(stop),
            Err(error) => tracing::warn!(%error, "there is no thread to follow what other processes end"),
        }
    }

    fn load(&self) -> Load {
        Load { connections: self.checks.count() + self.lists.count() + 1, writing: self.writer.writing() }
    }

    async fn close(&self) {
        self.follower.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.checks.close().await;
        self.lists.close().await;
        self.writer.close().await;
    }
}

/// A transaction, of which each step is a message to the writer's thread. When
/// this is dropped the thread takes everything back.
struct SqliteTransaction {
    steps: std::sync::mpsc::Sender<Step>,
}

#[async_trait]
impl Transaction for SqliteTransaction {
    async fn run(&mut self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        let (reply, answer) = oneshot::channel();
        self.steps.send(Step::Run(statement, values, reply)).map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        let (reply, answer) = oneshot::channel();
        self.steps.send(Step::Commit(reply)).map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

fn ended() -> StoreError {
    StoreError::Unavailable(
        "the transaction was ended, because it took too long or the database is closed".into(),
    )
}

#[cfg(test)]
mod tests;
