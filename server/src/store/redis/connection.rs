//! One connection for all commands of a process, many of them under way. Each
//! has a deadline; when Redis gives no answer the connection is thrown away, and
//! one request a second finds out whether there is another.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use keylatch_format::Secret;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, Pipeline, RedisError};

use crate::start_error::StartError;
use crate::store::circuit::Circuit;
use crate::store::error::{Result, StoreError};

/// Redis has answered by then, connecting included, or counts as away.
const PATIENCE: Duration = Duration::from_secs(1);

/// A Redis that may be away.
pub(in crate::store) struct Redis {
    client: Client,
    connection: Mutex<Option<MultiplexedConnection>>,
    circuit: Circuit,
}

/// What a Redis says of itself.
pub struct RedisState {
    /// Such as `7.0.15`.
    pub version: String,
    /// What it does when memory is used up.
    pub eviction: String,
}

impl Redis {
    /// Connects, if Redis is there. If it is not, the server does without until it is.
    ///
    /// # Errors
    /// When the URL is none, or Redis refuses who asks.
    pub(in crate::store) async fn open(url: &Secret) -> std::result::Result<Self, StartError> {
        let client = Client::open(url.expose()).map_err(|_| {
            StartError::new(
                "--redis: that is no URL of Redis. Write it as redis://HOST:PORT, or rediss:// for TLS.",
            )
        })?;
        let redis = Redis { client, connection: Mutex::default(), circuit: Circuit::new("Redis") };
        // A connection alone is one to whoever asks for a password as well.
        let greeting = async {
            let mut connection = redis.connected().await?;
            ::redis::cmd("PING").exec_async(&mut connection).await
        };
        match tokio::time::timeout(PATIENCE, greeting).await {
            Ok(Err(error)) if is_refusal(&error) => Err(StartError::new(format!(
                "--redis: Redis refuses the connection ({}). Check user and password.",
                error.code().unwrap_or("no reason given")
            ))),
            Ok(Ok(())) => Ok(redis),
            Ok(Err(error)) => {
                // Such as a certificate that no authority here has signed.
                tracing::warn!(%error, "Redis cannot be reached; sign-ins are refused until it can");
                Ok(redis)
            }
            Err(_) => {
                tracing::warn!("Redis does not answer; sign-ins are refused until it does");
                Ok(redis)
            }
        }
    }

    /// Runs commands, and reads their answers.
    pub(super) async fn ask<T: FromRedisValue>(&self, commands: &Pipeline) -> Result<T> {
        if !self.circuit.admits() {
            return Err(StoreError::Redis("it gave no answer a moment ago".into()));
        }
        let work = async { commands.query_async(&mut self.connected().await?).await };
        let outcome = match tokio::time::timeout(PATIENCE, work).await {
            Ok(outcome) => outcome,
            Err(_) => Err(RedisError::from((redis::ErrorKind::Io, "no answer within a second"))),
        };
        match outcome {
            Ok(answer) => {
                self.circuit.answered();
                Ok(answer)
            }
            Err(error) => {
                if error.is_io_error() {
                    self.circuit.was_silent();
                } else {
                    // It answers, and says no: it is full, or a replica, or still loading.
                    self.circuit.answered();
                }
                // What is found next time may be well, or the primary.
                self.disconnect();
                Err(StoreError::Redis(error.to_string()))
            }
        }
    }

    /// Whether commands are refused because Redis gives no answer.
    pub(in crate::store) fn is_silent(&self) -> bool {
        self.circuit.is_open()
    }

    /// What it says of itself.
    pub(in crate::store) async fn state(&self) -> Result<RedisState> {
        let mut commands = redis::pipe();
        commands.cmd("INFO");
        let (info,): (String,) = self.ask(&commands).await?;
        let line = |name: &str| {
            let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.unwrap_or_default().trim().to_owned()
        };
        Ok(RedisState {
            version: Some(line("valkey_version"))
                .filter(|own| !own.is_empty())
                .unwrap_or_else(|| line("redis_version")),
            eviction: line("maxmemory_policy"),
        })
    }

    async fn connected(&self) -> redis::RedisResult<MultiplexedConnection> {
        if let Some(connection) = self.held().clone() {
            return Ok(connection);
        }
        // The deadline is ours, around all of it.
        let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(None);
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        *self.held() = Some(connection.clone());
        Ok(connection)
    }

    fn disconnect(&self) {
        *self.held() = None;
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<MultiplexedConnection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether Redis is there and does not let us in.
fn is_refusal(error: &RedisError) -> bool {
    error.kind() == redis::ErrorKind::AuthenticationFailed
        || matches!(error.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM"))
}
