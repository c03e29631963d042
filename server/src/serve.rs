//! Listening, and stopping without cutting anybody off.

use std::net::SocketAddr;

use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use tokio::net::TcpListener;

use crate::app::{App, GRACE};
use crate::start_error::StartError;

/// Takes the address.
///
/// # Errors
/// One line that says why it cannot be had.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| {
        StartError::new(match error.kind() {
            std::io::ErrorKind::AddrInUse => format!(
                "cannot listen on {address}: another program listens there. Stop it, or choose another port with --listen (port 0 takes any free one)."
            ),
            std::io::ErrorKind::PermissionDenied => {
                format!("cannot listen on {address}: no permission. Ports below 1024 need it; choose another with --listen.")
            }
            std::io::ErrorKind::AddrNotAvailable => {
                format!("cannot listen on {address}: this computer has no such address. Choose another with --listen.")
            }
            _ => format!("cannot listen on {address}: {error}. Choose another address with --listen."),
        })
    })
}

/// Serves until `stop` is done; then requests in flight finish, for at most ten
/// seconds, and the database is closed.
///
/// # Errors
/// When the listener breaks.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let stop = async move {
        stop.await;
        tracing::info!("stopping: no new requests are taken");
        let _ = stopping.send(());
    };
    let service: IntoMakeServiceWithConnectInfo<_, SocketAddr> =
        app.router().into_make_service_with_connect_info();
    let serving = axum::serve(listener, service).with_graceful_shutdown(stop);
    let out_of_time = async {
        if stopped.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(GRACE).await;
    };
    let result = tokio::select! {
        result = serving => result,
        () = out_of_time => {
            tracing::warn!("some requests did not finish in time and were cut off");
            Ok(())
        }
    };
    app.close().await;
    tracing::info!("stopped");
    result
}
