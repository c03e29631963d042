//! Whether a key works.

use jiff::SignedDuration;
use serde_json::json;

use crate::harness::{KIM, Service};

on_both_databases![
    a_key_is_valid_or_says_why_not,
    validating_does_not_count_as_use,
    an_answer_never_repeats_the_key
];

async fn a_key_is_valid_or_says_why_not(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let active = service.create(&cookie, json!({"expires_in": "never"})).await;
    let expired = service.create(&cookie, json!({"expires_in": "PT1H"})).await;
    let [revoked, deleted] =
        [service.create(&cookie, json!({})).await, service.create(&cookie, json!({})).await];
    for key in [&revoked, &deleted] {
        service.post(&format!("/v1/keys/{}/revoke", key.id)).cookie(&cookie).await;
    }
    service.delete(&format!("/v1/keys/{}", deleted.id)).cookie(&cookie).await;
    service.pass(SignedDuration::from_hours(1));

    let unknown = "kl_live_0000000000000000000000000000000000000";
    for (secret, expected) in [
        (active.secret.as_str(), json!({"valid": true, "key": active.key})),
        (expired.secret.as_str(), json!({"valid": false, "reason": "expired"})),
        (revoked.secret.as_str(), json!({"valid": false, "reason": "revoked"})),
        (deleted.secret.as_str(), json!({"valid": false, "reason": "unknown"})),
        (unknown, json!({"valid": false, "reason": "unknown"})),
        ("", json!({"valid": false, "reason": "unknown"})),
        ("\0", json!({"valid": false, "reason": "unknown"})),
        (&format!(" {}", active.secret), json!({"valid": false, "reason": "unknown"})),
    ] {
        let answer = service.post("/v1/keys/validate").cookie(&cookie).json(json!({"secret": secret})).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json(), expected, "{secret}");
    }
}

async fn validating_does_not_count_as_use(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    service.post("/v1/keys/validate").cookie(&cookie).json(json!({"secret": key.secret})).await;
    assert_eq!(service.stored(&key.id, "last_used_at").await, "");
}

async fn an_answer_never_repeats_the_key(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    for body in
        [json!({"secret": key.secret}), json!({"secret": [key.secret]}), json!({key.secret.clone(): 1})]
    {
        let answer = service.post("/v1/keys/validate").cookie(&cookie).json(body).await;
        assert!(!answer.text.contains(&key.secret[8..40]), "{}", answer.text);
    }
}
