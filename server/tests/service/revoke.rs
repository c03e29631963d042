//! Revoking a key.

use jiff::SignedDuration;
use serde_json::json;

use crate::harness::{KIM, Service};

on_both_databases![
    a_revoked_key_is_dead_at_once,
    revoking_twice_changes_nothing,
    revoking_an_expired_key_changes_nothing,
    revoking_one_key_leaves_the_others,
    a_key_may_revoke_itself,
];

async fn a_revoked_key_is_dead_at_once(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    assert_eq!(service.get("/v1/account").bearer(&key.secret).await.status, 200);
    let revoked = service.post(&format!("/v1/keys/{}/revoke", key.id)).cookie(&cookie).await;
    assert_eq!(revoked.status, 200);
    assert_eq!(revoked.json()["status"], "revoked");
    assert_eq!(revoked.json()["revoked_at"], "2026-11-20T10:00:00Z");
    service.get("/v1/account").bearer(&key.secret).await.problem(401, "unauthorized");
}

async fn revoking_twice_changes_nothing(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    let path = format!("/v1/keys/{}/revoke", key.id);
    let first = service.post(&path).cookie(&cookie).await;
    service.pass(SignedDuration::from_hours(1));
    let second = service.post(&path).cookie(&cookie).await;
    assert_eq!(second.status, 200);
    assert_eq!(first.json(), second.json());
}

async fn revoking_an_expired_key_changes_nothing(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({"expires_in": "PT1H"})).await;
    service.pass(SignedDuration::from_hours(1));
    let answer = service.post(&format!("/v1/keys/{}/revoke", key.id)).cookie(&cookie).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["status"], "expired");
    assert_eq!(answer.json()["revoked_at"], json!(null));
    assert_eq!(service.stored(&key.id, "revoked_at").await, "");
}

async fn revoking_one_key_leaves_the_others(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let (key, other) = (service.create(&cookie, json!({})).await, service.create(&cookie, json!({})).await);
    service.post(&format!("/v1/keys/{}/revoke", key.id)).cookie(&cookie).await;
    assert_eq!(service.get("/v1/account").bearer(&other.secret).await.status, 200);
    assert_eq!(service.stored(&other.id, "revoked_at").await, "");
}

async fn a_key_may_revoke_itself(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({"scopes": ["keys:write"]})).await;
    let revoke = format!("/v1/keys/{}/revoke", key.id);
    assert_eq!(service.post(&revoke).bearer(&key.secret).await.status, 200);
    service.post(&revoke).bearer(&key.secret).await.problem(401, "unauthorized");
}
