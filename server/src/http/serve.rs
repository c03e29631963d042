//! Listening, and stopping without cutting anybody off.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::connections::{Connections, Held, Room};

use crate::start_error::StartError;
use crate::state::App;

/// How long a connection may stay silent, and how long a client may take over
/// the headers of a request: slow ones shall not use up all connections.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a connection that makes room may go on sending its last answer.
const LAST_WORDS: Duration = Duration::from_secs(2);

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

/// Serves until `stop` is done. Then the server says for
/// [`Config::drain`](crate::Config::drain) that it is not ready, takes no more
/// connections, lets requests in flight finish for at most
/// [`Config::shutdown_grace`](crate::Config::shutdown_grace), and closes the database.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()>) {
    let config = app.config();
    let connections = Connections::new(config.max_connections, config.max_connections_per_address);
    let server =
        Server { router: app.router(), app: app.clone(), connections, stopping: CancellationToken::new() };
    let mut tasks = JoinSet::new();
    let mut end = std::pin::pin!(async {
        stop.await;
        app.drain();
        tracing::info!("stopping: not ready any more");
        tokio::time::sleep(config.drain).await;
    });
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut end => break,
        };
        // Those that have ended need not be remembered.
        while tasks.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => server.take(&mut tasks, stream, peer),
            Err(error) => {
                // Too many open files, most likely: some will close.
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    tracing::info!("stopping: no new requests are taken");
    drop(listener);
    server.stopping.cancel();
    let all = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(config.shutdown_grace, all).await.is_err() {
        tracing::warn!("some requests did not finish in time and are cut off");
        tasks.abort_all();
    }
    app.close().await;
    tracing::info!("stopped");
}

/// Serves metrics until the process ends.
pub async fn serve_metrics(listener: TcpListener, app: App) {
    let router = super::metrics::routes(&app);
    if let Err(error) = axum::serve(listener, router).await {
        tracing::error!(%error, "metrics are not served any more");
    }
}

struct Server {
    router: Router,
    app: App,
    connections: Connections,
    stopping: CancellationToken,
}

impl Server {
    fn take(&self, tasks: &mut JoinSet<()>, stream: TcpStream, peer: SocketAddr) {
        let is_proxy =
            self.app.config().trusted_proxies.iter().any(|proxy| proxy.contains(&peer.ip().to_canonical()));
        let metrics = self.app.metrics();
        let held = match self.connections.hold((!is_proxy).then(|| peer.ip().to_canonical())) {
            Room::Free(held) => held,
            Room::Made(held) => {
                metrics.connections_cut.inc();
                held
            }
            Room::None => {
                metrics.connections_refused.inc();
                tracing::warn!(client = %peer.ip(), "too many connections; one was refused");
                return;
            }
        };
        metrics.connections_open.set(i64::try_from(self.connections.count()).unwrap_or(i64::MAX));
        // A file leaves in two writes, its headers first. Without this the
        // second waits until the client has acknowledged the first, which
        // clients put off for 40 ms. One that cannot have it is merely slower.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        // Cuts a client that does not take what it asked for.
        stream.set_write_timeout(Some(PATIENCE));
        let held = Arc::new(held);
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
        let service = service_fn(self.router.clone(), peer, held.clone());
        let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        let stopping = self.stopping.clone();
        tasks.spawn(async move {
            let mut connection = std::pin::pin!(connection);
            tokio::select! {
                // A connection that breaks is the client's affair.
                _ = connection.as_mut() => return,
                () = held.connection.is_cut() => {
                    if held.connection.has_asked() {
                        connection.as_mut().graceful_shutdown();
                        let _ = tokio::time::timeout(LAST_WORDS, connection).await;
                    }
                    return;
                }
                () = stopping.cancelled() => {}
            }
            if !held.connection.has_asked() {
                return;
            }
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        });
    }
}

/// The router as hyper calls it; a handler learns who called.
fn service_fn(
    router: Router,
    peer: SocketAddr,
    held: Arc<Held>,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send + 'static> {
    hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let (answer, busy) = (router.clone().oneshot(request), held.busy());
        async move {
            let answer = answer.await;
            drop(busy);
            answer
        }
    })
}
