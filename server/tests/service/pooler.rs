//! PgBouncer in transaction mode before PostgreSQL: each transaction may run on
//! another connection than the one before.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use futures_util::future::join_all;
use keylatch_format::Secret;
use keylatch_server::{App, Config, Database};
use serde_json::json;
use tempfile::TempDir;

use crate::checks::until;
use crate::harness::{KIM, PASSWORD, Service, clock, config};
use crate::postgres;

/// Connections of the pooler to PostgreSQL: fewer than one process of ours has.
const POOL: usize = 3;

/// A PgBouncer that is ended, whatever becomes of the test.
struct Pooler {
    child: Child,
    port: u16,
    _directory: TempDir,
}

impl Pooler {
    /// Starts it before the cluster that this URL is of.
    async fn start(url: &str) -> Pooler {
        let rest = url.strip_prefix("postgres://kl@").expect("a cluster of the tests' own");
        let host = rest.split_once('/').unwrap().0.replace("%2F", "/");
        let directory = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = format!(
            "[databases]\n* = host={host} user=kl\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = {POOL}\n\
             ; For the tests' own look into the database.\nignore_startup_parameters = extra_float_digits\n"
        );
        let path = directory.path().join("pgbouncer.ini");
        std::fs::File::create(&path).unwrap().write_all(settings.as_bytes()).unwrap();
        let mut command = Command::new(program());
        command.arg(&path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        // It refuses to run as root.
        if let Some((uid, gid)) = postgres::unprivileged_user(directory.path()).unwrap() {
            std::os::unix::fs::chown(directory.path(), Some(uid), Some(gid)).unwrap();
            std::os::unix::fs::chown(&path, Some(uid), Some(gid)).unwrap();
            command.uid(uid).gid(gid);
        }
        let child = command.spawn().unwrap_or_else(|error| panic!("PgBouncer does not start: {error}"));
        let mut pooler = Pooler { child, port, _directory: directory };
        until("PgBouncer listens", || async {
            tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok()
        })
        .await;
        assert!(pooler.child.try_wait().unwrap().is_none(), "it ended: {}", pooler.said());
        pooler
    }

    fn said(&mut self) -> String {
        let mut text = String::new();
        let _ = self.child.stderr.take().unwrap().read_to_string(&mut text);
        text
    }

    /// The URL of the same database behind it.
    fn url(&self, url: &str) -> String {
        let database = url.rsplit('/').next().unwrap();
        format!("postgres://kl@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where Debian has it, or on PATH.
fn program() -> &'static str {
    let debian = "/usr/sbin/pgbouncer";
    if std::path::Path::new(debian).exists() { debian } else { "pgbouncer" }
}

async fn process(url: &str, change: impl FnOnce(&mut Config)) -> Service {
    let mut config = config(Database::Postgres(Secret::from(url)), &clock());
    change(&mut config);
    Service::of(App::open(config).await.unwrap(), clock()).await
}

#[tokio::test]
async fn two_processes_behind_a_pooler_in_transaction_mode_do_everything() {
    let direct = postgres::take_database().await;
    let pooler = Pooler::start(&direct).await;
    let url = pooler.url(&direct);
    let (one, other) = (process(&url, |_| {}).await, process(&url, |_| {}).await);
    one.app.create_user(KIM, PASSWORD).await.unwrap();
    let cookie = one.sign_in(KIM).await;
    let lives = (0..30).map(|number| {
        let (maker, ender) = if number % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let cookie = &cookie;
        async move {
            let key =
                maker.create(cookie, json!({"name": format!("key {number}"), "scopes": ["keys:read"]})).await;
            assert_eq!(ender.get("/v1/keys").bearer(&key.secret).await.status, 200);
            let rotate = format!("/v1/keys/{}/rotate", key.id);
            let successor = ender.post(&rotate).cookie(cookie).await.new_key();
            let found = maker.get(&format!("/v1/keys?search=key%20{number}")).cookie(cookie).await.json();
            assert!(found["items"].as_array().unwrap().len() >= 2, "{found}");
            let revoke = format!("/v1/keys/{}/revoke", successor.id);
            assert_eq!(maker.post(&revoke).cookie(cookie).await.status, 200);
            for process in [maker, ender] {
                assert_eq!(process.get("/v1/account").bearer(&successor.secret).await.status, 401);
            }
        }
    });
    join_all(lives).await;
    one.app.flush().await;
    other.app.flush().await;
    let watching = process(&direct, |_| {}).await;
    assert_eq!(watching.count("SELECT COUNT(*) FROM keys WHERE last_used_at IS NOT NULL").await, 30);

    // What ends does not come through the pooler, so nothing is kept; with the
    // address of the database itself, it comes, and is.
    assert!(!one.app.store().keeps_checks() && !other.app.store().keeps_checks());
    let hearing = process(&url, |config| {
        config.connections.listener = Some(Secret::from(direct.as_str()));
        config.check_cache = Duration::from_secs(3600);
    })
    .await;
    until("it hears what ends", || async { hearing.app.store().keeps_checks() }).await;
    let key = one.create(&cookie, json!({})).await;
    assert_eq!(hearing.get("/v1/account").bearer(&key.secret).await.status, 200);
    assert_eq!(one.post(&format!("/v1/keys/{}/revoke", key.id)).cookie(&cookie).await.status, 200);
    until("the end is heard", || async {
        hearing.get("/v1/account").bearer(&key.secret).await.status == 401
    })
    .await;
    for service in [&one, &other, &hearing, &watching] {
        service.app.close().await;
    }
    for service in [one, other, hearing, watching] {
        service.database.close().await;
    }
    drop(pooler);
    postgres::give_database_back(&direct).await;
}
