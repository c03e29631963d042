//! The log, on standard error. A thread of its own writes it: when whoever reads
//! it stops reading, lines are dropped and counted, and requests go on.

use std::sync::OnceLock;
use std::time::Duration;

use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

use super::flags::{Flags, LogFormat};

/// So many lines wait to be written; more are dropped.
const WAITING: usize = 10_000;
/// How often the log tells how many lines were dropped.
const PAUSE: Duration = Duration::from_secs(10);

static DROPPED: OnceLock<ErrorCounter> = OnceLock::new();

/// Starts the log. What waits is written when the guard is dropped, if that
/// takes no longer than a second.
pub(super) fn start(flags: &Flags) -> Result<WorkerGuard, String> {
    // At finer levels tokio-postgres logs the parameters of every statement, and
    // what PostgreSQL remarks.
    let quiet = "tokio_postgres=warn".parse().map_err(|error| format!("--log: {error}"))?;
    let filter =
        EnvFilter::try_new(&flags.log).map_err(|error| format!("--log: {error}"))?.add_directive(quiet);
    let (writer, guard) =
        NonBlockingBuilder::default().lossy(true).buffered_lines_limit(WAITING).finish(std::io::stderr());
    let _ = DROPPED.set(writer.error_counter());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    match flags.log_format {
        LogFormat::Text => log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    // The usual hook writes to standard error itself, and would wait there.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic: {}", panic.payload_as_str().unwrap_or("without a message"));
    }));
    Ok(guard)
}

/// Says in the log how many lines it lacks.
pub(super) async fn tell_of_dropped_lines() {
    let mut told = 0;
    loop {
        tokio::time::sleep(PAUSE).await;
        let dropped = DROPPED.get().map_or(0, ErrorCounter::dropped_lines);
        if dropped > told {
            tracing::warn!(lines = dropped - told, "lines of the log were dropped, because nobody read it");
            told = dropped;
        }
    }
}
