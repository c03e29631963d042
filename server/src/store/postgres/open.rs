//! Opening a database, or saying exactly why not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use keylatch_format::Secret;
use tokio_postgres::Client;
use tokio_postgres::types::Type;
use tokio_util::sync::CancellationToken;

use super::Postgres;
use super::batches::Batches;
use super::pipeline::Pipelines;
use super::tls::Connector;
use crate::config::Connections;
use crate::start_error::StartError;
use crate::store::error::StoreError;
use crate::store::migrations::{self, Taken};

/// A number of ours that processes that start at once take turns by.
const LOCK: i64 = i64::from_be_bytes(*b"keylatch");
/// The URL may hold a password: errors speak of the database by this name only.
const NAME: &str = "PostgreSQL (--database)";
/// How long a request waits for a connection that another one uses.
const TURN: Duration = Duration::from_secs(3);

/// Opens the database and brings its tables up to date.
pub(crate) async fn open(url: &Secret, connections: Connections) -> Result<Postgres, StartError> {
    let broken = |error: String| {
        let error = match url.expose() {
            "" => error,
            url => error.replace(url, "[redacted]"),
        };
        StartError::new(format!(
            "cannot open {NAME}: {error}. Check that it runs, and the host, user, password and database in the URL.",
        ))
    };
    let connector = Connector::read(url.expose()).map_err(broken)?;
    let listener = match &connections.listener {
        Some(url) => Connector::read(url.expose()).map_err(|error| {
            StartError::new(format!("--database-listener cannot be used: {error}. Write it as --database."))
        })?,
        None => connector.clone(),
    };
    let mut client = connector.connect().await.map_err(|error| broken(error.to_string()))?;
    migrate(&mut client).await?;
    drop(client);
    let pool = |size| pool(&connector, size).map_err(broken);
    let checks = Arc::new(Pipelines::new(connector.clone(), connections.checks));
    Ok(Postgres {
        lookups: Batches::over(checks.clone()),
        checks,
        lists: pool(connections.lists)?,
        writes: pool(connections.writes)?,
        listener,
        has_pooler: connections.listener.is_some(),
        closed: CancellationToken::new(),
    })
}

fn pool(connector: &Connector, size: usize) -> Result<Pool, String> {
    let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(connector.config.clone(), connector.tls.clone(), config);
    Pool::builder(manager)
        .max_size(size.max(1))
        .wait_timeout(Some(TURN))
        .create_timeout(Some(TURN))
        .recycle_timeout(Some(TURN))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| error.to_string())
}

/// Takes the steps that are missing, all or none.
async fn migrate(client: &mut Client) -> Result<(), StartError> {
    let failed = |error: StoreError| {
        StartError::new(format!(
            "the tables in the database {NAME} could not be brought up to date: {error}."
        ))
    };
    let failed = |error: tokio_postgres::Error| failed(error.into());
    let known = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL AS known";
    let is_known = client.query_typed_one(known, &[]).await.map_err(failed)?.get::<_, bool>(0);
    if is_known && migrations::missing(NAME, migrations::POSTGRES, &taken(client).await?)?.is_empty() {
        return Ok(());
    }
    let transaction = client.transaction().await.map_err(failed)?;
    transaction
        .query_typed("SELECT pg_advisory_xact_lock($1)", &[(&LOCK, Type::INT8)])
        .await
        .map_err(failed)?;
    transaction.batch_execute(&migrations::TABLE.replace("{BYTES}", "BYTEA")).await.map_err(failed)?;
    for step in migrations::missing(NAME, migrations::POSTGRES, &taken(transaction.client()).await?)? {
        let started = Instant::now();
        transaction.batch_execute(step.text).await.map_err(failed)?;
        let nanos = started.elapsed().as_nanos() as i64;
        transaction
            .execute_typed(
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES ($1, $2, TRUE, $3, $4)",
                &[
                    (&step.version, Type::INT8),
                    (&step.description, Type::TEXT),
                    (&step.checksum(), Type::BYTEA),
                    (&nanos, Type::INT8),
                ],
            )
            .await
            .map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

async fn taken(client: &Client) -> Result<Vec<Taken>, StartError> {
    let rows = client.query_typed("SELECT version, success, checksum FROM _sqlx_migrations", &[]).await;
    let rows = rows.map_err(|error| {
        StartError::new(format!(
            "the tables in the database {NAME} cannot be read: {}.",
            StoreError::from(error)
        ))
    })?;
    Ok(rows
        .iter()
        .map(|row| Taken { version: row.get(0), success: row.get(1), checksum: row.get(2) })
        .collect())
}
