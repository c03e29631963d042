//! Hearing from PostgreSQL what any process has ended: LISTEN, on a connection
//! of its own.
//!
//! Silence means that nothing has ended, or that nothing comes through: the
//! connection is half dead, or a pooler hands it to others after each
//! transaction. So each process also sends something to itself, over another
//! connection, and answers are kept only while that is heard.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::pipeline::Pipelines;
use super::tls::Connector;
use crate::store::checks::{Checks, Ended};
use crate::store::error::{Result, StoreError};
use crate::store::value::{Statement, sql, values};
use crate::token::random_base62;

/// Where it is told what has ended, by [`Ended::to_text`].
const ENDED: &str = "keylatch_ended";
/// How often a process sends something to itself, …
const PULSE: Duration = Duration::from_secs(1);
/// … and how many of those may be on their way.
const UNHEARD: u32 = 3;
/// After a failure, the next try comes after this, then twice this, and so on …
const PAUSE: Duration = Duration::from_secs(1);
/// … up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

const SEND: Statement = sql("SELECT pg_notify($1, '')::text");

/// Listens until the database is closed.
pub(super) async fn follow(
    connector: Connector,
    pulse: Arc<Pipelines>,
    checks: Arc<Checks>,
    closed: CancellationToken,
) {
    let mut pause = PAUSE;
    loop {
        let outcome = tokio::select! {
            () = closed.cancelled() => break,
            outcome = listen(&connector, &pulse, &checks) => outcome,
        };
        pause = if checks.hears() { PAUSE } else { LONGEST_PAUSE.min(2 * pause) };
        checks.set_hears(false);
        if let Err(error) = outcome {
            tracing::warn!(
                %error,
                "PostgreSQL does not tell which keys have ended, so each check asks it. If there is a pooler before it, \
                 name the database itself with --database-listener"
            );
        }
        tokio::select! {
            () = closed.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    checks.set_hears(false);
}

/// Listens for as long as it hears itself.
async fn listen(connector: &Connector, pulse: &Pipelines, checks: &Checks) -> Result<()> {
    let (client, mut heard) = connector.listen().await?;
    let random = random_base62(16).map_err(|_| StoreError::failed("there are no random bytes"))?;
    let own = format!("keylatch_{random}");
    client.batch_execute(&format!("LISTEN {ENDED}; LISTEN \"{own}\"")).await?;

    let to_itself = values![&own];
    let unheard = AtomicU32::new(0);
    let send = async {
        let mut clock = tokio::time::interval(PULSE);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            clock.tick().await;
            if unheard.fetch_add(1, Ordering::Relaxed) >= UNHEARD {
                return StoreError::failed("what this process sends to itself does not come back");
            }
            if let Err(error) = pulse.run(SEND, &to_itself).await {
                return error;
            }
        }
    };
    let hear = async {
        while let Some(told) = heard.recv().await {
            match (told.channel(), told.payload()) {
                (ENDED, text) => checks.end(&Ended::from_text(text)),
                _ => {
                    unheard.store(0, Ordering::Relaxed);
                    checks.set_hears(true);
                }
            }
        }
        StoreError::Lost("the connection that listens has ended".into())
    };
    Err(tokio::select! {
        error = send => error,
        error = hear => error,
    })
}
