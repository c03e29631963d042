//! PostgreSQL by tokio-postgres. Statements are sent with their types and
//! without a name: one round trip each, nothing to prepare, and PgBouncer may
//! hand every transaction to another connection. Checks alone are prepared, where
//! it is known that there is no PgBouncer ([`pipeline`]), and put together while others
//! are under way ([`batches`]).

mod batches;
mod errors;
mod listener;
mod open;
mod pipeline;
mod prepared;
mod rows;
mod tls;
mod transaction;

use std::sync::Arc;

use async_trait::async_trait;
use deadpool_postgres::{Object, Pool};
use tokio_util::sync::CancellationToken;

use super::checks::Checks;
use super::driver::{Driver, Lane, Load, Transaction};
use super::error::{Result, StoreError};
use super::lookup::{Lookup, Question};
use super::value::{Row, Statement, Value};
use batches::Batches;
use pipeline::Pipelines;
use tls::Connector;
use transaction::PostgresTransaction;

pub(crate) use open::open;

/// One database.
pub(crate) struct Postgres {
    /// Few connections, each with many statements under way.
    checks: Arc<Pipelines>,
    /// Questions to them that are put together.
    lookups: Batches,
    lists: Pool,
    writes: Pool,
    /// For what keys have ended.
    listener: Connector,
    /// It has an address of its own, because there is a pooler at that of the others.
    has_pooler: bool,
    closed: CancellationToken,
}

#[async_trait]
impl Driver for Postgres {
    async fn read(&self, lane: Lane, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        match lane {
            Lane::Check => self.checks.run(statement, &values).await,
            // In a transaction, for its deadline.
            Lane::List => transaction::read(connection(&self.lists).await?, statement, &values).await,
            Lane::Write => transaction::read(connection(&self.writes).await?, statement, &values).await,
        }
    }

    async fn look_up(&self, lookup: Lookup, questions: Vec<Question>) -> Result<Vec<Vec<Row>>> {
        self.lookups.answer(lookup, questions).await
    }

    async fn write(&self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        transaction::write(connection(&self.writes).await?, statement, &values).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>> {
        Ok(Box::new(PostgresTransaction::begin(connection(&self.writes).await?).await?))
    }

    fn follow(&self, checks: Arc<Checks>) {
        let Postgres { listener, checks: pulse, closed, has_pooler, .. } = self;
        let heard = listener::Heard { checks, pulse: pulse.clone(), has_pooler: *has_pooler };
        tokio::spawn(listener::follow(listener.clone(), heard, closed.clone()));
    }

    fn load(&self) -> Load {
        let (lists, writes) = (self.lists.status(), self.writes.status());
        Load {
            connections: self.checks.count() + lists.size + writes.size,
            writing: writes.size.saturating_sub(writes.available) + writes.waiting,
        }
    }

    async fn close(&self) {
        self.closed.cancel();
        self.checks.close();
        self.lists.close();
        self.writes.close();
    }
}

async fn connection(pool: &Pool) -> Result<Object> {
    pool.get().await.map_err(StoreError::from)
}
