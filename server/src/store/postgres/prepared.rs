//! A connection, and the statements that PostgreSQL has read on it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row};

use super::rows::bound;
use crate::store::value::{Statement, Value};

/// PostgreSQL compares the plan for any values with one that it makes anew for these each time. It
/// takes an array of which it knows nothing to have ten elements, so for one or two questions it
/// would find the new plan cheaper, and plan each statement for longer than it runs.
const PLAN_ONCE: &str = "SET plan_cache_mode = force_generic_plan";

/// A connection.
pub(super) struct Prepared {
    client: Client,
    /// By text: each text is always asked with values of the same types.
    statements: Mutex<BTreeMap<&'static str, tokio_postgres::Statement>>,
}

impl Prepared {
    pub(super) fn new(client: Client) -> Self {
        Prepared { client, statements: Mutex::default() }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs a statement: a prepared one, or by its text.
    pub(super) async fn query(
        &self,
        statement: Statement,
        values: &[Value],
        is_direct: bool,
    ) -> Result<Vec<Row>, Error> {
        let parameters = bound(values);
        if is_direct {
            match self.by_name(statement.postgres, &parameters).await {
                Err(error) if is_of_the_name(&error) => self.forget(),
                outcome => return outcome,
            }
        }
        self.client.query_typed(statement.postgres, &parameters).await
    }

    async fn by_name(
        &self,
        text: &'static str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, Error> {
        let known = self.statements.lock().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
        let statement = match known {
            Some(statement) => statement,
            None => {
                self.client.batch_execute(PLAN_ONCE).await?;
                let types: Vec<Type> = parameters.iter().map(|(_, kind)| kind.clone()).collect();
                let prepared = self.client.prepare_typed(text, &types).await?;
                let mut statements = self.statements.lock().unwrap_or_else(PoisonError::into_inner);
                statements.entry(text).or_insert(prepared).clone()
            }
        };
        let values: Vec<_> = parameters.iter().map(|(value, _)| *value).collect();
        self.client.query(&statement, &values).await
    }

    fn forget(&self) {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The name stands for nothing any more (somebody said DISCARD), or the tables
/// have changed under it.
fn is_of_the_name(error: &Error) -> bool {
    let code = error.code();
    code == Some(&SqlState::INVALID_SQL_STATEMENT_NAME) || code == Some(&SqlState::FEATURE_NOT_SUPPORTED)
}
