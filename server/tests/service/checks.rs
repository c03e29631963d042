//! What is known of keys is kept for a while, and no longer than it is true.

use std::time::Duration;

use axum::http::Method;
use futures_util::future::join_all;
use jiff::SignedDuration;
use keylatch_format::Secret;
use keylatch_server::UserChange;
use serde_json::json;

use crate::harness::{KIM, NewKey, Service};

on_both_databases![
    a_check_is_answered_from_memory_and_so_is_that_there_is_no_such_key,
    an_answer_counts_for_its_time_whatever_is_heard,
    what_ends_a_key_is_known_at_once_here_and_soon_elsewhere,
    an_end_that_was_brought_forward_is_known_elsewhere,
    a_use_is_written_down_once_a_minute_also_from_memory,
    without_a_time_each_check_asks,
    keys_that_are_checked_at_the_same_moment_are_not_mistaken_for_each_other,
];

/// Longer than any test: nothing is forgotten by itself.
pub const LONG: Duration = Duration::from_secs(3600);
/// Fails a test that would hang.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process that keeps answers for so long.
pub async fn keeping(service: &Service, time: Duration) -> Service {
    let process = service.another_process_with(|config| config.check_cache = time).await;
    until("it hears what ends", || async { process.app.store().keeps_checks() }).await;
    process
}

/// Waits for what must become true.
pub async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("never: {what}"));
}

async fn status(service: &Service, secret: &str) -> u16 {
    service.get("/v1/account").bearer(secret).await.status.as_u16()
}

async fn until_refused(service: &Service, secret: &str, what: &str) {
    until(what, || async { status(service, secret).await == 401 }).await;
}

async fn a_check_is_answered_from_memory_and_so_is_that_there_is_no_such_key(service: &Service) {
    let process = keeping(service, LONG).await;
    let cookie = process.sign_in(KIM).await;
    let key = process.create(&cookie, json!({})).await;
    let other = process.create(&cookie, json!({})).await;
    let unknown = "kl_live_there-is-no-such-key-yet";
    assert_eq!((status(&process, &key.secret).await, status(&process, unknown).await), (200, 401));
    // Past every process, so nobody is told.
    let hash = keylatch_format::hash(&Secret::from(unknown));
    service.execute(&format!("UPDATE keys SET revoked_at = 1 WHERE id = '{}'", key.id)).await;
    service.execute(&format!("UPDATE keys SET hash = '{hash}' WHERE id = '{}'", other.id)).await;
    assert_eq!((status(&process, &key.secret).await, status(&process, unknown).await), (200, 401));
    let fresh = service.another_process().await;
    assert_eq!((status(&fresh, &key.secret).await, status(&fresh, unknown).await), (401, 200));
    fresh.app.close().await;
    process.app.close().await;
}

async fn an_answer_counts_for_its_time_whatever_is_heard(service: &Service) {
    let process = keeping(service, Duration::from_millis(100)).await;
    let cookie = process.sign_in(KIM).await;
    let key = process.create(&cookie, json!({})).await;
    assert_eq!(status(&process, &key.secret).await, 200);
    service.execute(&format!("UPDATE keys SET revoked_at = 1 WHERE id = '{}'", key.id)).await;
    until_refused(&process, &key.secret, "the answer is too old").await;
    process.app.close().await;
}

async fn what_ends_a_key_is_known_at_once_here_and_soon_elsewhere(service: &Service) {
    let (here, elsewhere) = (keeping(service, LONG).await, keeping(service, LONG).await);
    let cookie = here.sign_in(KIM).await;
    for what in
        ["revoke", "rotate", "delete by another API", "revoke as leaked", "disable", "delete the user"]
    {
        let key = match what {
            "delete by another API" => {
                let made = here.post("/conduce/api/v1/apikeys/create").cookie(&cookie).json(json!({})).await;
                let secret = made.json()["apikey"].as_str().unwrap().to_owned();
                NewKey { id: String::new(), secret, key: json!({}) }
            }
            _ => here.create(&cookie, json!({})).await,
        };
        assert_eq!(
            (status(&here, &key.secret).await, status(&elsewhere, &key.secret).await),
            (200, 200),
            "{what}"
        );
        match what {
            "revoke" | "rotate" => {
                let path = format!("/v1/keys/{}/{what}", key.id);
                assert!(here.post(&path).cookie(&cookie).await.status.is_success());
            }
            "delete by another API" => {
                let call = here.call(Method::POST, "/conduce/api/v1/apikeys/delete").cookie(&cookie);
                let answer = call.json(json!({"apikey": key.secret})).await;
                assert_eq!(answer.status, 200, "{}", answer.text);
            }
            "revoke as leaked" => {
                let secret = Secret::from(key.secret.as_str());
                assert!(!here.app.revoke_leaked(&secret).await.unwrap().is_empty());
            }
            "disable" => {
                here.app.change_user(KIM, UserChange::Disable).await.unwrap();
                assert_eq!(status(&here, &key.secret).await, 401);
                until_refused(&elsewhere, &key.secret, what).await;
                here.app.change_user(KIM, UserChange::Enable).await.unwrap();
                assert_eq!(status(&here, &key.secret).await, 200);
                until("let in again", || async { status(&elsewhere, &key.secret).await == 200 }).await;
                continue;
            }
            _ => drop(here.app.change_user(KIM, UserChange::Delete).await.unwrap()),
        }
        assert_eq!(status(&here, &key.secret).await, 401, "{what}, at once");
        until_refused(&elsewhere, &key.secret, what).await;
    }
    here.app.close().await;
    elsewhere.app.close().await;
}

async fn an_end_that_was_brought_forward_is_known_elsewhere(service: &Service) {
    let (here, elsewhere) = (keeping(service, LONG).await, keeping(service, LONG).await);
    let cookie = here.sign_in(KIM).await;
    let key = here.create(&cookie, json!({})).await;
    assert_eq!(status(&elsewhere, &key.secret).await, 200);
    let revoke = format!("/v1/keys/{}/revoke?overlap=PT1H", key.id);
    assert_eq!(here.post(&revoke).cookie(&cookie).await.status, 200);
    assert_eq!(status(&here, &key.secret).await, 200);
    service.pass(SignedDuration::from_hours(1));
    assert_eq!(status(&here, &key.secret).await, 401);
    until_refused(&elsewhere, &key.secret, "the new end").await;
    here.app.close().await;
    elsewhere.app.close().await;
}

async fn a_use_is_written_down_once_a_minute_also_from_memory(service: &Service) {
    let process = keeping(service, LONG).await;
    let cookie = process.sign_in(KIM).await;
    let key = process.create(&cookie, json!({})).await;
    let used = async || process.stored(&key.id, "last_used_at").await;
    assert_eq!(status(&process, &key.secret).await, 200);
    let first = used().await;
    assert_ne!(first, "");
    process.pass(SignedDuration::from_secs(59));
    assert_eq!(status(&process, &key.secret).await, 200);
    assert_eq!(used().await, first, "within the minute");
    process.pass(SignedDuration::from_secs(1));
    assert_eq!(status(&process, &key.secret).await, 200);
    assert_eq!(used().await.parse::<i64>().unwrap(), first.parse::<i64>().unwrap() + 60_000);
    process.app.close().await;
}

async fn without_a_time_each_check_asks(service: &Service) {
    let process = service.another_process_with(|config| config.check_cache = Duration::ZERO).await;
    let cookie = process.sign_in(KIM).await;
    let key = process.create(&cookie, json!({})).await;
    assert_eq!(status(&process, &key.secret).await, 200);
    service.execute(&format!("UPDATE keys SET revoked_at = 1 WHERE id = '{}'", key.id)).await;
    assert_eq!(status(&process, &key.secret).await, 401);
    process.app.close().await;
}

/// PostgreSQL is asked once for several of them.
async fn keys_that_are_checked_at_the_same_moment_are_not_mistaken_for_each_other(service: &Service) {
    let process = service.another_process_with(|config| config.check_cache = Duration::ZERO).await;
    let mine = process.sign_in(KIM).await;
    let application = process.application(json!({})).await;
    let (mut own, mut issued) = (Vec::new(), Vec::new());
    for number in 0..20 {
        own.push(process.create(&mine, json!({"name": format!("key {number}")})).await);
        issued.push(
            application
                .issue(json!({"name": format!("key {number}"), "owner": format!("cust_{number}")}))
                .await,
        );
    }
    let ended = process.post(&format!("/v1/keys/{}/revoke", own[7].id)).cookie(&mine).await;
    assert_eq!(ended.status, 200, "{}", ended.text);
    let checks = own.iter().enumerate().map(async |(number, key)| {
        let right = process.get(&format!("/v1/keys/{}", key.id)).bearer(&key.secret).await.status.as_u16();
        let wrong = status(&process, &format!("{}-{number}", key.secret)).await;
        (right, wrong)
    });
    let verifications = issued.iter().map(async |key| application.verify(&key.secret, json!({})).await);
    let (checks, verifications) = tokio::join!(join_all(checks), join_all(verifications));
    for (number, check) in checks.into_iter().enumerate() {
        // A key without scopes may not look at keys.
        assert_eq!(check, (if number == 7 { 401 } else { 403 }, 401), "{number}");
    }
    for (number, (answer, key)) in verifications.iter().zip(&issued).enumerate() {
        let expected = [json!(key.id), json!(format!("key {number}")), json!(format!("cust_{number}"))];
        assert_eq!(
            [&answer["key"]["id"], &answer["key"]["name"], &answer["owner"]["id"]],
            expected.each_ref()
        );
    }
    process.app.close().await;
}

#[tokio::test]
async fn what_ended_while_nobody_listened_is_not_believed_afterwards() {
    let service = Service::on_postgres().await;
    let process = keeping(&service, LONG).await;
    let cookie = process.sign_in(KIM).await;
    let key = process.create(&cookie, json!({})).await;
    for _ in 0..3 {
        until("it hears again", || async { process.app.store().keeps_checks() }).await;
        service.execute(&format!("UPDATE keys SET revoked_at = NULL WHERE id = '{}'", key.id)).await;
        until("the key works", || async { status(&process, &key.secret).await == 200 }).await;
        service.execute(&format!("UPDATE keys SET revoked_at = 1 WHERE id = '{}'", key.id)).await;
        service
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND query LIKE 'LISTEN%'",
            )
            .await;
        until_refused(&process, &key.secret, "what was known is forgotten").await;
    }
    process.app.close().await;
    service.give_database_back().await;
}
