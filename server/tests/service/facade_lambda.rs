//! Lambda Cloud's wire, as recorded (`docs/wire.md`, section 2).

use axum::http::Method;
use keylatch_server::Facade;
use serde_json::json;

use crate::facade_keys::basic;
use crate::harness::{Answer, KIM, Service};

on_both_databases![
    every_list_is_empty,
    the_key_may_come_in_every_form_that_the_cloud_names,
    without_a_good_key_nothing_is_told,
    what_is_not_there_is_refused_in_the_clouds_own_form,
];

const LISTS: [(&str, &str); 6] = [
    ("/api/v1/instances", r#"{"data":[]}"#),
    ("/api/v1/ssh-keys", r#"{"data":[]}"#),
    ("/api/v1/file-systems", r#"{"data":[]}"#),
    ("/api/v1/images", r#"{"data":[]}"#),
    ("/api/v1/firewall-rules", r#"{"data":[]}"#),
    ("/api/v1/instance-types", r#"{"data":{}}"#),
];

/// Asserts the cloud's own refusal of a key.
#[track_caller]
pub fn refused(answer: &Answer) {
    assert_eq!(answer.status, 401, "{}", answer.text);
    assert_eq!(answer.header("content-type"), "application/json");
    let expected = json!({"error": {
        "code": "global/invalid-api-key",
        "message": "API key was invalid, expired, or deleted.",
        "suggestion": "Check your API key or create a new one, then try again.",
    }});
    assert_eq!(answer.json(), expected);
}

async fn a_key(service: &Service) -> String {
    let cookie = service.sign_in(KIM).await;
    service.create(&cookie, json!({})).await.secret
}

async fn every_list_is_empty(service: &Service) {
    let key = a_key(service).await;
    for (path, body) in LISTS {
        // As the TypeScript client sends it: a type of content on GET, too.
        let call = service.get(path).bearer(&key).header("accept", "application/json");
        let answer = call.header("content-type", "application/json").await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, body), "{path}");
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
    }
}

async fn the_key_may_come_in_every_form_that_the_cloud_names(service: &Service) {
    use base64ct::{Base64, Encoding};
    let key = a_key(service).await;
    let outside = Base64::encode_string(key.as_bytes());
    for value in [format!("Bearer {key}"), basic(&key), format!("Basic {outside}:"), format!("Basic {key}")] {
        let answer = service.get("/api/v1/instances").header("authorization", &value).await;
        assert_eq!(answer.status, 200, "{value}");
    }
}

async fn without_a_good_key_nothing_is_told(service: &Service) {
    let (key, cookie) = (a_key(service).await, service.sign_in(KIM).await);
    for (path, _) in LISTS.into_iter().chain([("/api/v1/instances/0123", ""), ("/api/v1/nothing", "")]) {
        refused(&service.get(path).await);
        refused(&service.get(path).cookie(&cookie).await);
        refused(&service.get(path).bearer("kl_live_wrong").await);
        refused(&service.get(path).bearer(&key).bearer(&key).await);
        refused(&service.get(path).header("x-api-key", &key).await);
        refused(&service.get(path).header("authorization", &format!("Digest {key}")).await);
    }
}

async fn what_is_not_there_is_refused_in_the_clouds_own_form(service: &Service) {
    let key = a_key(service).await;
    for (method, path, status, code) in [
        (Method::GET, "/api/v1/instances/0123", 404, "global/object-does-not-exist"),
        (Method::POST, "/api/v1/instance-operations/launch", 404, "global/object-does-not-exist"),
        (Method::DELETE, "/api/v1/ssh-keys/0123", 404, "global/object-does-not-exist"),
        (Method::POST, "/api/v1/ssh-keys", 405, "global/invalid-parameters"),
    ] {
        let answer = service.call(method.clone(), path).bearer(&key).await;
        assert_eq!(answer.status, status, "{method} {path}");
        let error = answer.json()["error"].clone();
        assert_eq!(error["code"], code, "{method} {path}");
        for member in ["message", "suggestion"] {
            assert!(error[member].as_str().is_some_and(|text| !text.is_empty()), "{method} {path}: {member}");
        }
    }
}

#[tokio::test]
async fn a_failing_database_is_told_in_the_clouds_own_form() {
    let service = Service::on_sqlite().await;
    let key = a_key(&service).await;
    service.app.close().await;
    let answer = service.get("/api/v1/instances").bearer(&key).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["error"]["code"], "global/internal-error");
    assert_eq!(answer.header("retry-after"), "1");
}

#[tokio::test]
async fn a_facade_that_was_not_asked_for_is_not_there() {
    let service = Service::with(|config| config.facades = vec![Facade::Luminary]).await;
    let key = a_key(&service).await;
    for (path, _) in LISTS {
        service.get(path).bearer(&key).await.problem(404, "not_found");
    }
    assert_eq!(service.get("/rest/v0/pipelines").header("x-api-key", &key).await.status, 200);
}
