//! The service on a real connection: large bodies, slow clients, stopping.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod client;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use client::{call, receive, send, sign_in};
use keylatch_server::{App, Config, Database, PasswordCost};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const JSON: &str = "content-type: application/json\r\n";
const PASSWORD: &str = "correct horse battery";

struct Server {
    app: App,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
    cookie: String,
    _directory: TempDir,
}

async fn start(change: impl FnOnce(&mut Config)) -> Server {
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config::new(Database::Sqlite(directory.path().join("keys.db")));
    config.password_cost = PasswordCost { memory_kib: 64, passes: 1 };
    change(&mut config);
    let app = App::open(config).await.unwrap();
    app.create_user("kim@example.com", PASSWORD).await.unwrap();
    let listener = keylatch_server::listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(keylatch_server::serve(listener, app.clone(), async {
        let _ = stopped.await;
    }));
    let answer = blocking(move || sign_in(address, "kim@example.com", PASSWORD)).await;
    let cookie = format!("cookie: {}\r\n{JSON}", answer.cookie());
    Server { app, address, stop, serving, cookie, _directory: directory }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test]
async fn ten_megabytes_are_refused_with_an_answer_that_arrives() {
    let server = start(|_| {}).await;
    let (address, cookie) = (server.address, server.cookie.clone());
    let answer = blocking(move || {
        let body = format!("{{\"name\":\"{}\"}}", "x".repeat(10_000_000));
        call(address, "POST", "/v1/keys", &cookie, &body)
    });
    let answer = answer.await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["type"], "/problems/invalid_request");
}

/// RFC 9112, section 3.2.
#[tokio::test]
async fn a_request_of_http_1_1_names_its_host() {
    let server = start(|_| {}).await;
    let address = server.address;
    let ask = move |head: &'static str| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(client::PATIENCE)).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        receive(&mut stream)
    };
    for (head, status) in [
        ("GET /health HTTP/1.1\r\nconnection: close\r\n\r\n", 400),
        ("GET http://kl.test/health HTTP/1.1\r\nconnection: close\r\n\r\n", 400),
        ("GET /health HTTP/1.1\r\nhost: kl.test\r\nconnection: close\r\n\r\n", 200),
        ("GET /health HTTP/1.0\r\n\r\n", 200),
    ] {
        let answer = blocking(move || ask(head)).await;
        assert_eq!(answer.status, status, "{head}");
        if status == 400 {
            assert_eq!(answer.json()["field"], "Host", "{head}");
        }
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_makes_no_key() {
    let server = start(|_| {}).await;
    let (address, cookie) = (server.address, server.cookie.clone());
    blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(client::PATIENCE)).unwrap();
        let head = format!("POST /v1/keys HTTP/1.1\r\nhost: kl.test\r\n{cookie}content-length: 100\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(b"{\"name\":\"x\"}").unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        // Whatever comes back, the server has let go of the connection then.
        let _ = stream.read_to_end(&mut Vec::new());
    })
    .await;
    let (address, cookie) = (server.address, server.cookie.clone());
    let keys = blocking(move || call(address, "GET", "/v1/keys", &cookie, "")).await;
    assert_eq!(keys.json()["items"], serde_json::json!([]));
}

#[tokio::test]
async fn a_request_in_flight_is_finished_when_the_server_stops() {
    let Server { app, address, stop, serving, cookie, _directory } = start(|_| {}).await;
    let lock = app.store().begin().await.unwrap();
    let waiting = blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(client::PATIENCE)).unwrap();
        send(&mut stream, "POST", "/v1/keys", &cookie, "{\"name\":\"last minute\"}");
        stream
    });
    let mut stream = waiting.await;
    until_a_write_waits(&app).await;

    stop.send(()).unwrap();
    until_refused(address).await;
    drop(lock);
    let answer = blocking(move || receive(&mut stream)).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    serving.await.unwrap();
    assert!(app.store().check(app.now()).await.is_err(), "the database is closed");
    assert!(!_directory.path().join("keys.db-wal").exists(), "the log is worked into the file");
}

#[tokio::test]
async fn a_request_that_does_not_finish_is_cut_off_when_the_server_stops() {
    let Server { app, address, stop, serving, cookie, _directory } =
        start(|config| config.shutdown_grace = Duration::from_millis(20)).await;
    let lock = app.store().begin().await.unwrap();
    let waiting = blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(client::PATIENCE)).unwrap();
        send(&mut stream, "POST", "/v1/keys", &cookie, "{\"name\":\"too late\"}");
        stream
    });
    let mut stream = waiting.await;
    until_a_write_waits(&app).await;

    stop.send(()).unwrap();
    let received = blocking(move || {
        let mut text = Vec::new();
        let _ = stream.read_to_end(&mut text);
        text
    });
    assert_eq!(received.await, b"", "no half answer");
    drop(lock);
    tokio::time::timeout(client::PATIENCE, serving).await.expect("the server stops").unwrap();
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_the_server_up() {
    let Server { address, stop, serving, _directory, .. } = start(|_| {}).await;
    let mut idle = TcpStream::connect(address).unwrap();
    idle.set_read_timeout(Some(client::PATIENCE)).unwrap();
    let mut idle = blocking(move || {
        idle.write_all(b"GET /health HTTP/1.1\r\nhost: kl.test\r\n\r\n").unwrap();
        let mut first = [0; 15];
        idle.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");
        idle
    })
    .await;
    stop.send(()).unwrap();
    tokio::time::timeout(client::PATIENCE, serving).await.expect("the server stops").unwrap();
    blocking(move || idle.read_to_end(&mut Vec::new()).unwrap()).await;
}

/// With the clock of tokio standing still, a runtime that has nothing to do
/// jumps to the next timer: a minute of silence passes at once.
#[tokio::test]
async fn a_client_that_dawdles_over_its_headers_is_let_go() {
    let server = start(|_| {}).await;
    let mut dawdler = tokio::net::TcpStream::connect(server.address).await.unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut dawdler, b"GET /health HTTP/1.1\r\nhost: kl").await.unwrap();
    tokio::time::pause();
    let started = tokio::time::Instant::now();
    let mut rest = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut dawdler, &mut rest).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(59), "{:?}", started.elapsed());
    assert!(started.elapsed() < Duration::from_secs(120), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_port_in_use_is_told_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = keylatch_server::listen(address).await.unwrap_err().to_string();
    assert!(error.contains(&address.to_string()) && error.contains("another program listens"), "{error}");
    assert!(error.contains("--listen") && !error.contains('\n'), "{error}");
}

/// Waits until a request waits for its turn to write.
async fn until_a_write_waits(app: &App) {
    let waits = async || {
        while app.store().load().writing == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(client::PATIENCE, waits()).await.expect("the request reached the database");
}

async fn until_refused(address: SocketAddr) {
    let refused = async || while tokio::net::TcpStream::connect(address).await.is_ok() {};
    tokio::time::timeout(client::PATIENCE, refused()).await.expect("the server stops listening");
}
