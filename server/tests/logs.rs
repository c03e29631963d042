//! What is logged while everything happens, down to the last detail: no key, no
//! password, no cookie, no value of a query.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod client;

use std::io::Write;
use std::sync::{Arc, Mutex};

use client::{Answer, call, sign_in};
use keylatch_server::{App, Config, Database, PasswordCost};
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(text)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

const JSON: &str = "content-type: application/json\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_whole_life_holds_no_secret() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .init();

    let directory = tempfile::tempdir().unwrap();
    let mut config = Config::new(Database::Sqlite(directory.path().join("keys.db")));
    config.password_cost = PasswordCost { memory_kib: 64, passes: 1 };
    let app = App::open(config).await.unwrap();
    app.create_user("kim@example.com", "correct-horse-battery").await.unwrap();
    let listener = keylatch_server::listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(keylatch_server::serve(listener, app, async {
        let _ = stopped.await;
    }));

    let secrets = tokio::task::spawn_blocking(move || {
        let mut secrets = vec!["correct-horse-battery".to_owned(), "wrong-horse".to_owned()];
        sign_in(address, "kim@example.com", "wrong-horse");
        let cookie = sign_in(address, "kim@example.com", "correct-horse-battery").cookie();
        secrets.push(cookie.split('=').nth(1).unwrap().to_owned());
        let session = format!("cookie: {cookie}\r\n{JSON}");
        let mut told = |answer: Answer| {
            assert_eq!(answer.status, 201, "{}", answer.body);
            let json = answer.json();
            secrets.push(json["secret"].as_str().unwrap().to_owned());
            (json["key"]["id"].as_str().unwrap().to_owned(), json["secret"].as_str().unwrap().to_owned())
        };
        let again = format!("{session}idempotency-key: once\r\n");
        let order = "{\"name\":\"first\",\"scopes\":[\"keys:read\",\"keys:write\"]}";
        told(call(address, "POST", "/v1/keys", &again, order));
        let (id, secret) = told(call(address, "POST", "/v1/keys", &again, order));
        let bearer = format!("authorization: Bearer {secret}\r\n");
        let rotate = format!("/v1/keys/{id}/rotate");
        let body = "{\"overlap\":\"PT1H\"}";
        let (successor, _) = told(call(address, "POST", &rotate, &format!("{bearer}{JSON}"), body));
        for (method, path, headers, body, status) in [
            ("GET", "/v1/account", &bearer, String::new(), 200),
            ("POST", "/v1/keys/validate", &session, json!({"secret": secret}).to_string(), 200),
            ("POST", "/v1/keys/validate", &session, json!({"secret": [secret]}).to_string(), 422),
            ("GET", &format!("/v1/keys?search={secret}"), &bearer, String::new(), 200),
            ("GET", &format!("/v1/keys?search={secret}&what={secret}"), &bearer, String::new(), 422),
            ("GET", &format!("/v1/keys/{secret}"), &bearer, String::new(), 404),
            ("GET", &format!("/{secret}"), &bearer, String::new(), 404),
            ("POST", &format!("/v1/keys/{successor}/revoke"), &session, String::new(), 200),
            ("DELETE", &format!("/v1/keys/{successor}"), &session, String::new(), 204),
            ("POST", "/v1/keys", &session, format!("{{\"name\": {secret}}}"), 400),
            ("GET", "/v1/account", &format!("authorization: Basic {secret}\r\n"), String::new(), 401),
            ("DELETE", "/v1/session", &session, String::new(), 204),
        ] {
            let answer = call(address, method, path, headers, &body);
            assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        }
        secrets
    });
    let secrets = secrets.await.unwrap();
    stop.send(()).unwrap();
    serving.await.unwrap();

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for expected in
        ["signed in", "key created", "key rotated", "key revoked", "key deleted", "/v1/keys/{id}/rotate"]
    {
        assert!(log.contains(expected), "the log lacks {expected}");
    }
    assert!(log.contains("INSERT INTO keys"), "it goes down to the last detail");
    assert_eq!(secrets.len(), 6);
    for secret in secrets {
        // Not even most of it.
        let part = &secret[..secret.len() - 4];
        let leak = log.lines().find(|line| line.contains(part));
        assert!(leak.is_none(), "{leak:?}");
    }
}
