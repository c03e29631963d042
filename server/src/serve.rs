//! Listening, and stopping without cutting anybody off.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::start_error::StartError;
use crate::state::App;

/// How long a connection may stay silent, and how long a client may take over
/// the headers of a request: slow ones shall not use up all connections.
const PATIENCE: Duration = Duration::from_secs(60);

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

/// Serves until `stop` is done; then requests in flight finish, for at most
/// [`Config::shutdown_grace`](crate::Config::shutdown_grace), and the database
/// is closed.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let router = app.router();
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        // Those that have ended need not be remembered.
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                // A file leaves in two writes, its headers first. Without this the
                // second waits until the client has acknowledged the first, which
                // clients put off for 40 ms. One that cannot have it is merely slower.
                let _ = stream.set_nodelay(true);
                let service = service_fn(router.clone(), peer);
                let connection = graceful.watch(http.serve_connection(TokioIo::new(stream), service));
                // A connection that breaks is the client's affair.
                connections.spawn(async { connection.await.ok() });
            }
            Err(error) => {
                // Too many open files, most likely: some will close.
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    tracing::info!("stopping: no new requests are taken");
    drop(listener);
    let grace = app.config().shutdown_grace;
    if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and are cut off");
    }
    connections.shutdown().await;
    app.close().await;
    tracing::info!("stopped");
}

/// The router as hyper calls it; a handler learns who called.
fn service_fn(
    router: Router,
    peer: SocketAddr,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send + 'static> {
    hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    })
}
