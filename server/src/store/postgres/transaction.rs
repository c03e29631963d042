//! Transactions. A connection whose transaction did not end clean is thrown away.

use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::Object;

use super::rows::{bound, rows};
use crate::store::driver::Transaction;
use crate::store::error::{Result, StoreError};
use crate::store::value::{Row, Statement, Value};

/// `SET LOCAL` ends with the transaction, so PgBouncer may hand the connection
/// on. Who stops in the middle of a transaction must not keep its locks.
const BEGIN: &str = "BEGIN; SET LOCAL statement_timeout = 4000; SET LOCAL lock_timeout = 3000; \
                     SET LOCAL idle_in_transaction_session_timeout = 10000";
const BEGIN_READ: &str = "BEGIN READ ONLY; SET LOCAL statement_timeout = 4000";

/// How long a rollback may take before its connection is thrown away instead.
const ROLLBACK_PATIENCE: Duration = Duration::from_secs(3);

/// One statement that reads, with a deadline, in one round trip.
pub(super) async fn read(connection: Object, statement: Statement, values: &[Value]) -> Result<Vec<Row>> {
    alone(connection, BEGIN_READ, statement, values).await
}

/// One statement that writes, in one round trip.
pub(super) async fn write(connection: Object, statement: Statement, values: &[Value]) -> Result<Vec<Row>> {
    alone(connection, BEGIN, statement, values).await
}

/// All three are sent at once. When the statement fails, COMMIT rolls back.
async fn alone(connection: Object, begin: &str, statement: Statement, values: &[Value]) -> Result<Vec<Row>> {
    let held = Held::new(connection);
    let parameters = bound(values);
    let client = held.client()?;
    let (begun, found, ended) = tokio::join!(
        client.batch_execute(begin),
        client.query_typed(statement.postgres, &parameters),
        client.batch_execute("COMMIT"),
    );
    begun?;
    let found = found;
    ended?;
    held.ended_clean();
    rows(&found?)
}

/// A connection within a transaction. Dropped before [`Held::ended_clean`], it is
/// rolled back and, if that fails, thrown away.
struct Held(Option<Object>);

impl Held {
    fn new(connection: Object) -> Self {
        Held(Some(connection))
    }

    fn client(&self) -> Result<&deadpool_postgres::ClientWrapper> {
        self.0.as_deref().ok_or_else(|| StoreError::failed("the transaction has ended"))
    }

    /// The transaction has ended: others may have the connection.
    fn ended_clean(mut self) {
        drop(self.0.take());
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(connection) = self.0.take() else { return };
        let rollback = async move {
            let rolled_back =
                tokio::time::timeout(ROLLBACK_PATIENCE, connection.batch_execute("ROLLBACK")).await;
            if !matches!(rolled_back, Ok(Ok(()))) {
                drop(Object::take(connection));
            }
        };
        // Without a runtime the process ends, and every connection with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(rollback);
        }
    }
}

/// A transaction that writes.
pub(super) struct PostgresTransaction {
    held: Held,
    failed: bool,
}

impl PostgresTransaction {
    pub(super) async fn begin(connection: Object) -> Result<Self> {
        let held = Held::new(connection);
        held.client()?.batch_execute(BEGIN).await?;
        Ok(PostgresTransaction { held, failed: false })
    }
}

#[async_trait]
impl Transaction for PostgresTransaction {
    async fn run(&mut self, statement: Statement, values: Vec<Value>) -> Result<Vec<Row>> {
        let parameters = bound(&values);
        let outcome = self.held.client()?.query_typed(statement.postgres, &parameters).await;
        self.failed |= outcome.is_err();
        rows(&outcome?)
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        if self.failed {
            // COMMIT would answer without an error, and roll back.
            return Err(StoreError::failed("a statement of the transaction had failed"));
        }
        self.held.client()?.batch_execute("COMMIT").await?;
        self.held.ended_clean();
        Ok(())
    }
}
