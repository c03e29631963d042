//! A database that stops answering, and one whose connections break: reached
//! through a relay that the test stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use keylatch_format::Secret;
use keylatch_server::{App, Database};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::Notify;

use crate::harness::{KIM, LEE, PASSWORD, Service, clock, config};
use crate::postgres;

/// Fails a test that would hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// Hands on what the server and PostgreSQL say to each other.
#[derive(Clone, Default)]
struct Relay {
    is_stopped: Arc<AtomicBool>,
    goes_on: Arc<Notify>,
    breaks: Arc<Notify>,
}

impl Relay {
    /// Starts it before a database of this URL, and gives the URL of the relay.
    async fn start(&self, url: &str) -> String {
        let rest = url.strip_prefix("postgres://kl@").expect("a cluster of the tests' own");
        let (host, path) = rest.split_once('/').unwrap();
        let database = path.split('?').next().unwrap();
        let socket = format!("{}/.s.PGSQL.5432", host.replace("%2F", "/"));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let relay = self.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (relay, socket) = (relay.clone(), socket.clone());
                tokio::spawn(async move {
                    let Ok(server) = UnixStream::connect(&socket).await else { return };
                    let (client_in, client_out) = client.into_split();
                    let (server_in, server_out) = server.into_split();
                    tokio::select! {
                        () = relay.copy(client_in, server_out) => {}
                        () = relay.copy(server_in, client_out) => {}
                        () = relay.breaks.notified() => {}
                    }
                });
            }
        });
        format!("postgres://kl@127.0.0.1:{port}/{database}?sslmode=disable")
    }

    async fn copy(&self, mut from: impl AsyncReadExt + Unpin, mut to: impl AsyncWriteExt + Unpin) {
        let mut buffer = [0; 8192];
        while let Ok(count) = from.read(&mut buffer).await {
            if count == 0 {
                return;
            }
            while self.is_stopped.load(Ordering::Acquire) {
                let goes_on = self.goes_on.notified();
                if self.is_stopped.load(Ordering::Acquire) {
                    goes_on.await;
                }
            }
            if to.write_all(&buffer[..count]).await.is_err() {
                return;
            }
        }
    }

    fn stop(&self) {
        self.is_stopped.store(true, Ordering::Release);
    }

    fn go_on(&self) {
        self.is_stopped.store(false, Ordering::Release);
        self.goes_on.notify_waiters();
    }
}

async fn service(relay: &Relay) -> Service {
    let url = postgres::take_database().await;
    let database = Database::Postgres(Secret::new(relay.start(&url).await));
    let app = App::open(config(database, &clock())).await.unwrap();
    for user in [KIM, LEE] {
        app.create_user(user, PASSWORD).await.unwrap();
    }
    Service::of(app, clock()).await
}

async fn until_answered(service: &Service, secret: &str, cookie: &str) {
    let answered = async {
        loop {
            let checked = service.get("/v1/account").bearer(secret).await.status == 200;
            if checked
                && service.post("/v1/keys").cookie(cookie).json(json!({"name": "x"})).await.status == 201
            {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, answered).await.expect("the service comes back");
}

#[tokio::test]
async fn a_silent_database_is_a_503_that_comes_at_once_after_the_first() {
    let relay = Relay::default();
    let service = service(&relay).await;
    let cookie = service.sign_in(KIM).await;
    let secret = service.create(&cookie, json!({})).await.secret;
    relay.stop();
    let timed = async || {
        let started = Instant::now();
        let answer = service.get("/v1/account").bearer(&secret).await;
        answer.problem(503, "service_error");
        assert_eq!(answer.header("retry-after"), "1");
        started.elapsed()
    };
    let first = timed().await;
    // One a second finds out whether it is back; of five, four are refused at once.
    let mut next = Vec::new();
    for _ in 0..5 {
        next.push(timed().await);
    }
    next.sort();
    assert!(next[2] * 4 < first, "{first:?}, then {next:?}");
    assert!(service.app.store().is_silent());
    assert_eq!(service.get("/health").await.status, 200);
    service.get("/ready").await.problem(503, "service_error");

    relay.go_on();
    until_answered(&service, &secret, &cookie).await;
    assert_eq!(service.get("/v1/account").bearer(&secret).await.status, 200);
}

#[tokio::test]
async fn connections_that_broke_are_made_anew_without_a_refusal() {
    let relay = Relay::default();
    let service = service(&relay).await;
    let cookie = service.sign_in(KIM).await;
    let secret = service.create(&cookie, json!({})).await.secret;
    for _ in 0..3 {
        relay.breaks.notify_waiters();
        // Looking a key up is tried again on a new connection.
        for _ in 0..8 {
            assert_eq!(service.get("/v1/account").bearer(&secret).await.status, 200);
        }
        until_answered(&service, &secret, &cookie).await;
    }
}
