//! PostgreSQL by tokio-postgres. Statements are sent with their types and
//! without a name: one round trip each, nothing to prepare, and PgBouncer may
//! hand every transaction to another connection.

mod errors;
mod open;
mod pipeline;
mod rows;
mod tls;
mod transaction;

use async_trait::async_trait;
use deadpool_postgres::{Object, Pool};

use super::driver::{Driver, Lane, Load, Transaction};
use super::error::{Result, StoreError};
use super::value::{Row, Statement, Value};
use pipeline::Pipelines;
use transaction::PostgresTransaction;

pub(crate) use open::open;

/// One database.
pub(crate) struct Postgres {
    /// Few connections, each with many statements under way.
    checks: Pipelines,
    lists: Pool,
    writes: Pool,
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

    async fn write(&self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        transaction::write(connection(&self.writes).await?, statement, &values).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>> {
        Ok(Box::new(PostgresTransaction::begin(connection(&self.writes).await?).await?))
    }

    fn load(&self) -> Load {
        let (lists, writes) = (self.lists.status(), self.writes.status());
        Load {
            connections: self.checks.count() + lists.size + writes.size,
            writing: writes.size.saturating_sub(writes.available) + writes.waiting,
        }
    }

    async fn close(&self) {
        self.checks.close();
        self.lists.close();
        self.writes.close();
    }
}

async fn connection(pool: &Pool) -> Result<Object> {
    pool.get().await.map_err(StoreError::from)
}
