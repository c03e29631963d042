//! Serving.

use std::net::SocketAddr;

use keylatch_server::{App, StartError};

use super::flags::Flags;
use super::{limits, log, say};

/// Serves until a signal.
pub(super) async fn serve(flags: &Flags) -> Result<(), String> {
    let one_line = |error: StartError| error.to_string();
    let mut config = flags.config()?;
    config.max_connections = limits::connections(flags.max_connections);
    config.max_connections_per_address =
        flags.max_connections_per_address.unwrap_or(config.max_connections.div_ceil(4));
    // The address first: a second server by mistake shall not touch the database.
    let listener = keylatch_server::listen(flags.listen).await.map_err(one_line)?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let metrics = match flags.metrics {
        Some(address) => Some(keylatch_server::listen(address).await.map_err(one_line)?),
        None => None,
    };
    let app = App::open(config).await.map_err(one_line)?;
    let stop = stop_signal()?;
    if flags.secure_cookies && flags.trusted_proxy.is_empty() {
        tracing::warn!(
            "no --trusted-proxy: behind a proxy all clients count as one address, and a few wrong passwords of \
             one keep out all others"
        );
    }
    if let Some(listener) = metrics {
        if let Ok(address) = listener.local_addr() {
            say(&format!("metrics on http://{address}/metrics"));
        }
        tokio::spawn(keylatch_server::serve_metrics(listener, app.clone()));
    }
    tokio::spawn(log::tell_of_dropped_lines());
    announce(address);
    keylatch_server::serve(listener, app, stop).await;
    Ok(())
}

/// The last line on standard output: whoever started the server waits for it.
fn announce(address: SocketAddr) {
    say(&format!("keylatch-server listening on http://{address}"));
}

/// Ctrl-C, or the polite signal of a service manager. Listens from this call on,
/// not only from the first poll: a signal may follow the ready line at once.
#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>, String> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(|error| format!("signals cannot be listened for: {error}."));
    let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> Result<impl Future<Output = ()>, String> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
