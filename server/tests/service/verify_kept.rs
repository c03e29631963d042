//! What is kept of issued keys is no longer believed than it is true: in the
//! process that changes something from its answer on, in others as soon as they
//! hear of it, and whatever was read before.

use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::Method;
use serde_json::{Value, json};

use crate::checks::{LONG, keeping, until};
use crate::harness::{Application, Service};

on_both_databases![
    a_check_is_answered_from_memory_and_so_is_that_there_is_no_such_key,
    whatever_changes_an_answer_is_known_at_once_here_and_soon_elsewhere,
    what_ends_the_asker_is_known_elsewhere,
    no_late_answer_revives_a_revoked_key,
];

/// The same application by another process.
fn by<'s>(process: &'s Service, application: &Application<'_>) -> Application<'s> {
    Application {
        service: process,
        id: application.id.clone(),
        manager: application.manager.clone(),
        cookie: application.cookie.clone(),
    }
}

async fn a_check_is_answered_from_memory_and_so_is_that_there_is_no_such_key(service: &Service) {
    let process = keeping(service, LONG).await;
    let application = process.application(json!({})).await;
    let key = application.issue(json!({})).await;
    assert_eq!(
        (application.code(&key.secret).await, application.code("unknown").await),
        ("valid".into(), "not_found".into())
    );
    // Past every process, so nobody is told.
    let hash = keylatch_format::hash(&keylatch_format::Secret::from("unknown"));
    service.execute(&format!("UPDATE issued_keys SET hash = '{hash}' WHERE id = '{}'", key.id)).await;
    assert_eq!(
        (application.code(&key.secret).await, application.code("unknown").await),
        ("valid".into(), "not_found".into())
    );
    let asking = by(service, &application);
    assert_eq!(asking.code("unknown").await, "valid", "a process that has not asked yet");
    process.app.close().await;
}

/// What is sent, and what is then said.
fn changes() -> Vec<(Method, &'static str, Value, &'static str)> {
    vec![
        (Method::PATCH, "/keys/{id}", json!({"scopes": ["b"]}), "insufficient_scope"),
        (Method::PATCH, "/keys/{id}", json!({"allowed_addresses": ["10.0.0.0/8"]}), "ip_refused"),
        (Method::PATCH, "/keys/{id}", json!({"disabled": true}), "disabled"),
        (Method::POST, "/keys/{id}/revoke", json!({}), "revoked"),
        (Method::POST, "/keys/{id}/rotate", json!({}), "revoked"),
        (Method::POST, "/owners/cust_7/revoke", json!({}), "revoked"),
        (Method::DELETE, "/owners/cust_7", json!({}), "not_found"),
    ]
}

async fn whatever_changes_an_answer_is_known_at_once_here_and_soon_elsewhere(service: &Service) {
    let (here, there) = (keeping(service, LONG).await, keeping(service, LONG).await);
    for (method, path, body, code) in changes() {
        let application = here.application(json!({})).await;
        let elsewhere = by(&there, &application);
        let key = application.issue(json!({"scopes": ["a"]})).await;
        let neighbour = application.issue(json!({"owner": "cust_8", "scopes": ["a"]})).await;
        let ask = async |asked: &Application<'_>, secret: &str| {
            asked.verify(secret, json!({"scopes": ["a"]})).await["code"].as_str().unwrap().to_owned()
        };
        for asked in [&application, &elsewhere] {
            for secret in [&key.secret, &neighbour.secret] {
                assert_eq!(ask(asked, secret).await, "valid", "{path}");
            }
        }
        let path = application.path(&path.replace("{id}", &key.id));
        let answer = here.call(method, &path).bearer(&application.manager).json(body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text);
        assert_eq!(ask(&application, &key.secret).await, code, "at once where it was asked for: {path}");
        until(code, || async { ask(&elsewhere, &key.secret).await == code }).await;
        for asked in [&application, &elsewhere] {
            assert_eq!(ask(asked, &neighbour.secret).await, "valid", "{path}");
        }
    }
    // And what makes an answer another without making it bad.
    let application = here.application(json!({})).await;
    let elsewhere = by(&there, &application);
    let key = application.issue(json!({})).await;
    let one = application.path(&format!("/keys/{}", key.id));
    let plan = async |asked: &Application<'_>| {
        let answer = asked.verify(&key.secret, json!({})).await;
        (answer["key"]["metadata"]["plan"].clone(), answer["owner"]["metadata"]["plan"].clone())
    };
    for asked in [&application, &elsewhere] {
        assert_eq!(plan(asked).await, (json!(null), json!(null)));
    }
    let metadata = json!({"metadata": {"plan": "pro"}});
    here.patch(&one).bearer(&application.manager).json(metadata.clone()).await;
    here.put(&application.path("/owners/cust_7")).bearer(&application.manager).json(metadata).await;
    let now = (json!("pro"), json!("pro"));
    assert_eq!(plan(&application).await, now);
    until("the metadata", || async { plan(&elsewhere).await == now }).await;
    here.app.close().await;
    there.app.close().await;
}

async fn what_ends_the_asker_is_known_elsewhere(service: &Service) {
    let (here, there) = (keeping(service, LONG).await, keeping(service, LONG).await);
    let application = here.application(json!({})).await;
    let ask = async |process: &Service, manager: &str| {
        process.post("/v1/verify").bearer(manager).json(json!({"key": "x"})).await.status.as_u16()
    };
    let narrow = application.management_key(&["verify"]).await;
    for manager in [&narrow, &application.manager] {
        assert_eq!((ask(&here, manager).await, ask(&there, manager).await), (200, 200));
    }
    let path = application.path("/management-keys");
    let listed = here.get(&path).cookie(&application.cookie).await.json();
    let id = listed["items"][0]["id"].as_str().unwrap();
    here.delete(&format!("{path}/{id}")).cookie(&application.cookie).await;
    assert_eq!(ask(&here, &narrow).await, 401);
    until("it is revoked", || async { ask(&there, &narrow).await == 401 }).await;
    assert_eq!(ask(&there, &application.manager).await, 200);
    here.delete(&application.path("")).cookie(&application.cookie).await;
    assert_eq!(ask(&here, &application.manager).await, 401);
    until("the application is deleted", || async { ask(&there, &application.manager).await == 401 }).await;
    here.app.close().await;
    there.app.close().await;
}

const ROUNDS: usize = 12;

/// Two processes are asked without a pause while one of them revokes: an answer that
/// was read before and comes after must not stay.
async fn no_late_answer_revives_a_revoked_key(service: &Service) {
    let (here, there) = (keeping(service, LONG).await, keeping(service, LONG).await);
    let application = here.application(json!({})).await;
    let elsewhere = by(&there, &application);
    for round in 0..ROUNDS {
        let key = application.issue(json!({})).await;
        let other = application.issue(json!({"owner": "cust_8"})).await;
        let is_over = AtomicBool::new(false);
        let hammer = async |asked: &Application<'_>| {
            let mut seen_revoked = false;
            while !is_over.load(Ordering::SeqCst) {
                let (code, _) = tokio::join!(asked.code(&key.secret), asked.code(&other.secret));
                assert!(!(seen_revoked && code == "valid"), "revived in round {round}");
                seen_revoked |= code == "revoked";
                tokio::task::yield_now().await;
            }
        };
        let revoke = async {
            // Another moment in each round.
            for _ in 0..round {
                tokio::task::yield_now().await;
            }
            let path = match round % 2 {
                0 => application.path(&format!("/keys/{}/revoke", key.id)),
                _ => application.path("/owners/cust_7/revoke"),
            };
            let answer = here.post(&path).bearer(&application.manager).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(application.code(&key.secret).await, "revoked", "at once, in round {round}");
            until("it is revoked elsewhere", || async { elsewhere.code(&key.secret).await == "revoked" })
                .await;
            for _ in 0..20 {
                for asked in [&application, &elsewhere] {
                    assert_eq!(asked.code(&key.secret).await, "revoked", "in round {round}");
                }
            }
            is_over.store(true, Ordering::SeqCst);
        };
        tokio::join!(
            revoke,
            hammer(&application),
            hammer(&application),
            hammer(&elsewhere),
            hammer(&elsewhere)
        );
        assert_eq!(elsewhere.code(&other.secret).await, "valid");
    }
    here.app.close().await;
    there.app.close().await;
}
