//! Keys across the facades: whichever API made a key, each cloud's own wire takes
//! it while it is active, and refuses it in its own words from then on.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{Answer, Call, KIM, Service};

on_both_databases![
    every_cloud_takes_an_active_key_and_refuses_it_when_it_has_ended,
    what_is_no_key_is_refused_by_every_cloud,
    a_use_through_a_facade_is_a_use,
];

/// A request that needs a key, as the cloud's own client sends it.
pub struct Wire {
    pub name: &'static str,
    pub request: for<'s> fn(&'s Service, &str) -> Call<'s>,
    pub refused: fn(&Answer),
}

pub const WIRES: [Wire; 6] = [
    Wire {
        name: "Conduce",
        request: |service, key| service.get("/conduce/api/v1/user/list-teams").bearer(key),
        refused: |answer| drop(answer.problem(401, "unauthorized")),
    },
    Wire {
        name: "Lambda, Bearer",
        request: |service, key| service.get("/api/v1/instances").bearer(key),
        refused: crate::facade_lambda::refused,
    },
    Wire {
        name: "Lambda, Basic",
        request: |service, key| service.get("/api/v1/instances").header("authorization", &basic(key)),
        refused: crate::facade_lambda::refused,
    },
    Wire {
        name: "Luminary",
        request: |service, key| service.get("/rest/v0/pipelines?skip=0&limit=100").header("x-api-key", key),
        refused: |answer| drop(answer.problem(401, "unauthorized")),
    },
    Wire {
        name: "Modelon",
        request: |service, key| service.get("/api/users/me").header("impact-api-key", key),
        refused: |answer| crate::facade_modelon::refused(answer, 401, 11034),
    },
    Wire {
        name: "Modelon's hub",
        request: |service, key| service.get("/hub/api/user").header("impact-api-key", key),
        refused: |answer| crate::facade_modelon::refused(answer, 400, 11034),
    },
];

/// `Basic`, with the key as the user.
pub fn basic(key: &str) -> String {
    use base64ct::{Base64, Encoding};
    format!("Basic {}", Base64::encode_string(format!("{key}:").as_bytes()))
}

async fn accepted(service: &Service, secret: &str, when: &str) {
    for wire in WIRES {
        let answer = (wire.request)(service, secret).await;
        assert_eq!(answer.status, 200, "{}, {when}: {}", wire.name, answer.text);
        assert!(answer.header("content-type").starts_with("application/json"), "{}", wire.name);
        assert_eq!(answer.header("cache-control"), "no-store", "{}", wire.name);
    }
}

async fn refused(service: &Service, secret: &str, when: &str) {
    for wire in WIRES {
        let answer = (wire.request)(service, secret).await;
        assert!(answer.status.is_client_error(), "{}, {when}: {}", wire.name, answer.text);
        (wire.refused)(&answer);
        if !secret.is_empty() {
            assert!(!answer.text.contains(secret), "{}, {when}: {}", wire.name, answer.text);
        }
    }
}

async fn every_cloud_takes_an_active_key_and_refuses_it_when_it_has_ended(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let new = async |more: Value| service.create(&cookie, more).await;
    let change = async |id: &str, how: &str, body: Value| {
        let answer = service.post(&format!("/v1/keys/{id}/{how}")).cookie(&cookie).json(body).await;
        assert!(answer.status.is_success(), "{}", answer.text);
        answer
    };

    let revoked = new(json!({})).await;
    accepted(service, &revoked.secret, "before it is revoked").await;
    change(&revoked.id, "revoke", json!({})).await;
    refused(service, &revoked.secret, "revoked").await;

    service.delete(&format!("/v1/keys/{}", revoked.id)).cookie(&cookie).await;
    refused(service, &revoked.secret, "deleted").await;

    let rotated = new(json!({})).await;
    let successor = change(&rotated.id, "rotate", json!({})).await.new_key();
    refused(service, &rotated.secret, "rotated out").await;
    accepted(service, &successor.secret, "successor").await;

    let overlapping = new(json!({})).await;
    change(&overlapping.id, "rotate", json!({"overlap": "PT1H"})).await;
    accepted(service, &overlapping.secret, "in the overlap").await;

    let expiring = new(json!({"expires_in": "PT2H"})).await;
    service.pass(SignedDuration::from_secs(3599));
    accepted(service, &overlapping.secret, "in the last second of the overlap").await;
    service.pass(SignedDuration::from_secs(1));
    refused(service, &overlapping.secret, "after the overlap").await;
    accepted(service, &expiring.secret, "before its end").await;
    service.pass(SignedDuration::from_hours(1));
    refused(service, &expiring.secret, "expired").await;
}

async fn what_is_no_key_is_refused_by_every_cloud(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    let last = if key.secret.ends_with('0') { '1' } else { '0' };
    let one_wrong = format!("{}{last}", &key.secret[..key.secret.len() - 1]);
    let hash = service.stored(&key.id, "hash").await;
    let masked = key.key["last_four"].as_str().unwrap();
    // A client without a key may send the word for it (`docs/wire.md`, section 1.1).
    let upper = key.secret.to_uppercase();
    for text in [one_wrong.as_str(), "", "undefined", "null", &hash, masked, &key.id, &upper] {
        refused(service, text, text).await;
    }
    accepted(service, &key.secret, "the key itself").await;
}

async fn a_use_through_a_facade_is_a_use(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for wire in WIRES {
        let key = service.create(&cookie, json!({})).await;
        assert_eq!(service.stored(&key.id, "last_used_at").await, "", "{}", wire.name);
        (wire.request)(service, &key.secret).await;
        assert_eq!(service.stored(&key.id, "last_used_at").await, "1795168800000", "{}", wire.name);
    }
}
