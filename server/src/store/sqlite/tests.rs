//! What SQLite does when its disk is full or fails, asked through the whole
//! service: nothing is confirmed that is not kept, and as soon as there is space
//! again everything works, revoking above all.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::store::value::{Statement, sql, values};
use crate::{App, Config, Database, ManualClock, PasswordCost};

const PASSWORD: &str = "correct horse";

struct Service {
    app: App,
    cookie: String,
    _directory: TempDir,
}

impl Service {
    async fn start() -> Service {
        let directory = tempfile::tempdir().unwrap();
        let mut config = Config::new(Database::Sqlite(directory.path().join("keys.db")));
        config.password_cost = PasswordCost { memory_kib: 64, passes: 1 };
        config.clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z".parse().unwrap()));
        let app = App::open(config).await.unwrap();
        app.create_user("kim@example.com", PASSWORD).await.unwrap();
        let mut service = Service { app, cookie: String::new(), _directory: directory };
        let (status, cookie, _) = service.sign_in().await;
        assert_eq!(status, 201);
        service.cookie = cookie;
        service
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        header: (&str, &str),
        body: Json,
    ) -> (StatusCode, String, Json) {
        let request =
            Request::builder().method(method).uri(path).header("host", "kl.test").header(header.0, header.1);
        let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
        let answer = self.app.router().oneshot(request.unwrap()).await.unwrap();
        let cookie = answer.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
        let status = answer.status();
        let text = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        let cookie = cookie.unwrap_or_default().split(';').next().unwrap().to_owned();
        (status, cookie, serde_json::from_slice(&text).unwrap_or_default())
    }

    async fn by_session(&self, method: &str, path: &str, body: Json) -> (StatusCode, Json) {
        let (status, _, json) = self.call(method, path, ("cookie", &self.cookie), body).await;
        (status, json)
    }

    async fn sign_in(&self) -> (StatusCode, String, Json) {
        let who = json!({"user": "kim@example.com", "password": PASSWORD});
        self.call("POST", "/v1/session", ("accept", "*/*"), who).await
    }

    async fn create(&self, name: &str) -> (StatusCode, Json) {
        self.by_session("POST", "/v1/keys", json!({"name": name})).await
    }

    /// Whether the bearer of this key gets in.
    async fn lets_in(&self, secret: &str) -> StatusCode {
        self.call("GET", "/v1/account", ("authorization", &format!("Bearer {secret}")), json!(null)).await.0
    }

    async fn number(&self, statement: Statement) -> i64 {
        self.app.store().find(statement, values![]).await.unwrap().unwrap().int().unwrap()
    }

    /// From here on the file cannot grow: SQLite's own word for a full disk.
    async fn fill_the_disk(&self) {
        let _ = self.app.store().change(sql("PRAGMA max_page_count = 1"), values![]).await;
    }

    /// There is space again.
    async fn free_the_disk(&self) {
        let _ = self.app.store().change(sql("PRAGMA max_page_count = 1073741823"), values![]).await;
    }

    /// Creates keys until there is no space for one.
    async fn until_full(&self) -> usize {
        for number in 0..10_000 {
            match self.create(&"x".repeat(100)).await {
                (StatusCode::CREATED, _) => {}
                (status, json) => {
                    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{json}");
                    assert!(!json.to_string().contains("full"), "the cause is for the log: {json}");
                    return number;
                }
            }
        }
        panic!("the disk does not fill");
    }
}

#[tokio::test]
async fn a_full_disk_is_a_503_and_checks_go_on() {
    let service = Service::start().await;
    let (_, made) = service.create("before").await;
    let secret = made["secret"].as_str().unwrap();
    service.fill_the_disk().await;
    let made = service.until_full().await;
    assert_eq!(
        service.number(sql("SELECT COUNT(*) FROM keys")).await,
        made as i64 + 1,
        "what was confirmed is kept"
    );
    // The first use cannot be written down, and lets the bearer in all the same.
    assert_eq!(service.lets_in(secret).await, 200);
    service.app.flush().await;
    assert_eq!(service.lets_in(secret).await, 200);
    assert_eq!(service.by_session("GET", "/v1/keys", json!(null)).await.0, 200);
    service.fill_the_disk().await;
    let (status, ..) = service.call("GET", "/ready", ("accept", "*/*"), json!(null)).await;
    assert_eq!(status, 503, "and others are asked");
    let (status, ..) = service.call("GET", "/health", ("accept", "*/*"), json!(null)).await;
    assert_eq!(status, 200, "the process lives");
}

#[tokio::test]
async fn when_there_is_space_again_every_write_works() {
    let service = Service::start().await;
    let (_, made) = service.create("before").await;
    let (id, secret) = (made["key"]["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    for _ in 0..3 {
        service.fill_the_disk().await;
        service.until_full().await;
        // Many at once, on whatever connections there are.
        let name = "x".repeat(100);
        let tries = (0..20).map(|_| service.create(&name));
        // One may find a place that is left in a page.
        for (status, _) in futures_util::future::join_all(tries).await {
            assert!([201, 503].contains(&status.as_u16()), "{status}");
        }
        service.free_the_disk().await;
        assert_eq!(service.create("after").await.0, 201);
        assert_eq!(service.sign_in().await.0, 201);
    }
    let revoke = format!("/v1/keys/{id}/revoke");
    assert_eq!(service.by_session("POST", &revoke, json!({})).await.0, 200);
    assert_eq!(service.lets_in(secret).await, 401);
    assert_eq!(service.by_session("DELETE", &format!("/v1/keys/{id}"), json!(null)).await.0, 204);
}

/// SQLite rolls back by itself when the disk fails in the middle. Whoever comes
/// next on the same connection must not find that out by failing too.
#[tokio::test]
async fn a_transaction_that_sqlite_took_back_spoils_nothing() {
    let service = Service::start().await;
    let store = service.app.store();
    for _ in 0..3 {
        let mut tx = store.begin().await.unwrap();
        tx.run(sql("UPDATE heartbeat SET beat_at = 7"), values![]).await.unwrap();
        // As SQLite does by itself on a full disk.
        let _ = tx.run(sql("ROLLBACK"), values![]).await;
        assert!(tx.run(sql("UPDATE heartbeat SET beat_at = 8"), values![]).await.is_err());
        assert!(tx.commit().await.is_err(), "nothing is confirmed that is not kept");
        assert_eq!(service.number(sql("SELECT beat_at FROM heartbeat")).await, 0);
        assert_eq!(service.create("after").await.0, 201);
    }
}

#[tokio::test]
async fn those_in_one_group_with_a_lost_transaction_are_told_so() {
    let service = Service::start().await;
    let store = service.app.store();
    // Those that wait behind it are written as one group.
    let lock = store.begin().await.unwrap();
    let waiting: Vec<_> = (0..20)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let text = if number == 10 {
                    sql("ROLLBACK")
                } else {
                    // Not yet to be swept out.
                    sql("INSERT INTO failures (bucket, at) VALUES ('x', 9000000000000)")
                };
                store.change(text, values![]).await.is_ok()
            })
        })
        .collect();
    while store.load().writing < 20 {
        tokio::task::yield_now().await;
    }
    drop(lock);
    let mut confirmed = 0;
    for one in waiting {
        confirmed += i64::from(one.await.unwrap());
    }
    assert_eq!(service.number(sql("SELECT COUNT(*) FROM failures")).await, confirmed);
}

#[tokio::test]
async fn a_transaction_that_nobody_goes_on_with_holds_nobody_up_for_long() {
    let service = Service::start().await;
    let abandoned = service.app.store().begin().await.unwrap();
    drop(abandoned);
    assert_eq!(service.create("next").await.0, 201);
    let mut failed = service.app.store().begin().await.unwrap();
    assert!(failed.run(sql("INSERT INTO nothing VALUES (1)"), values![]).await.is_err());
    assert!(failed.commit().await.is_err(), "a transaction with a failed statement is not kept");
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended() {
    let service = Service::start().await;
    let endless =
        sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n");
    let started = std::time::Instant::now();
    let outcome = service.app.store().read(crate::store::Lane::List, endless, values![]).await;
    assert!(outcome.is_err_and(|error| error.is_temporary()));
    assert!(started.elapsed() < std::time::Duration::from_secs(60), "{:?}", started.elapsed());
    assert_eq!(service.by_session("GET", "/v1/keys", json!(null)).await.0, 200);
}

#[tokio::test]
async fn what_is_not_answered_any_more_is_not_run() {
    let service = Service::start().await;
    let store = service.app.store();
    let lock = store.begin().await.unwrap();
    let asked = tokio::spawn({
        let store = store.clone();
        async move { store.change(sql("INSERT INTO failures (bucket, at) VALUES ('x', 1)"), values![]).await }
    });
    while store.load().writing < 1 {
        tokio::task::yield_now().await;
    }
    asked.abort();
    assert!(asked.await.unwrap_err().is_cancelled());
    drop(lock);
    store.check(service.app.now()).await.unwrap();
    assert_eq!(service.number(sql("SELECT COUNT(*) FROM failures")).await, 0);
}

/// Each lane by itself: whatever fills one, keys are checked.
#[tokio::test]
async fn neither_lists_nor_writes_hold_up_a_check() {
    let service = Service::start().await;
    let (_, made) = service.create("x").await;
    let secret = made["secret"].as_str().unwrap();
    let endless =
        sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n");
    let lists: Vec<_> = (0..8)
        .map(|_| {
            let store = service.app.store().clone();
            // Each is ended by its deadline, and asked again: the lane is full as long as the test runs.
            tokio::spawn(async move {
                loop {
                    drop(store.read(crate::store::Lane::List, endless, values![]).await);
                }
            })
        })
        .collect();
    let lock = service.app.store().begin().await.unwrap();
    for _ in 0..50 {
        // Behind eight lists it would wait past its own deadline.
        assert_eq!(service.lets_in(secret).await, 200);
    }
    drop(lock);
    lists.into_iter().for_each(|list| list.abort());
}
