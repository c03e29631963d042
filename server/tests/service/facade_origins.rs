//! The facades from a page of another origin, as a real browser calls them: the
//! clouds' headers are custom, so every call is preflighted.

use axum::http::Method;
use serde_json::json;

use crate::harness::{KIM, PASSWORD, Service};

const APP: &str = "https://app.example.com";

/// Method, address, and the header that carries the key.
const CALLS: [(Method, &str, &str); 10] = [
    (Method::GET, "/api/users/me", "impact-api-key"),
    (Method::GET, "/hub/api/user", "impact-api-key"),
    (Method::POST, "/api/users/0f3c/keys", "impact-api-key"),
    (Method::DELETE, "/user/0f3c/impact/api/users/0f3c/keys/zX1", "impact-api-key"),
    (Method::POST, "/api/keys/validation", "impact-api-key"),
    (Method::GET, "/api/v1/instances", "authorization"),
    (Method::GET, "/rest/v0/pipelines", "x-api-key"),
    (Method::GET, "/conduce/api/v1/apikeys/list", "authorization"),
    (Method::POST, "/conduce/api/v1/apikeys/create", "authorization"),
    (Method::POST, "/conduce/api/v2/resources/searches", "authorization"),
];

async fn service() -> Service {
    Service::with(|config| config.allowed_origins = vec![APP.parse().unwrap()]).await
}

#[tokio::test]
async fn a_preflight_allows_the_header_that_carries_the_key() {
    let service = service().await;
    for (method, path, header) in CALLS {
        let preflight = |origin: &'static str| {
            let call = service.call(Method::OPTIONS, path).header("origin", origin);
            let call = call.header("access-control-request-method", method.as_str());
            call.header("access-control-request-headers", &format!("{header},content-type"))
        };
        let answer = preflight(APP).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), APP, "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "true", "{path}");
        let allowed = |name: &str, value: &str| {
            answer.header(name).split(',').any(|one| one.trim().eq_ignore_ascii_case(value))
        };
        for name in [header, "content-type", "idempotency-key"] {
            assert!(allowed("access-control-allow-headers", name), "{path}: {name}");
        }
        assert!(allowed("access-control-allow-methods", method.as_str()), "{path}");
        let other = preflight("https://evil.example").await;
        assert_eq!(other.header("access-control-allow-origin"), "", "{path}");
    }
}

#[tokio::test]
async fn an_allowed_page_reads_answers_and_refusals_and_others_do_not() {
    let service = service().await;
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await.secret;
    for (method, path, header) in CALLS {
        for key in [&*key, "wrong"] {
            let value = if header == "authorization" { format!("Bearer {key}") } else { key.to_owned() };
            let call = |origin: &'static str| {
                let call = service.call(method.clone(), path).header("origin", origin);
                call.header(header, &value).json(json!({}))
            };
            let answer = call(APP).await;
            assert_eq!(answer.header("access-control-allow-origin"), APP, "{path}: {}", answer.text);
            assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin", "{path}");
            assert!(answer.header("access-control-expose-headers").contains("x-request-id"), "{path}");
            let other = call("https://evil.example").await;
            assert_eq!(other.header("access-control-allow-origin"), "", "{path}");
            assert_eq!(other.header("cross-origin-resource-policy"), "same-origin", "{path}");
        }
    }
}

#[tokio::test]
async fn an_allowed_page_logs_in() {
    let service = service().await;
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({"scopes": ["keys:read", "keys:write"]})).await.secret;
    let conduce = json!({"email": KIM, "password": PASSWORD, "keep": false});
    for (path, body, status) in
        [("/conduce/api/v1/user/login", conduce, 200), ("/api/login", json!({"secretKey": key}), 201)]
    {
        let answer = service.post(path).header("origin", APP).json(body).await;
        assert_eq!(answer.status, status, "{path}");
        let change = service.post("/conduce/api/v1/apikeys/create").cookie(&answer.cookie());
        assert_eq!(change.header("origin", APP).json(json!({})).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn an_allowed_page_of_another_site_has_a_key_and_no_session() {
    let service = service().await;
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({"scopes": ["keys:read", "keys:write"]})).await.secret;
    let before = service.count("SELECT COUNT(*) FROM sessions").await;
    let from_app = |path: &str, body| {
        let call = service.post(path).header("origin", APP).header("sec-fetch-site", "cross-site");
        call.json(body)
    };
    for (path, body) in [
        ("/v1/session", json!({"user": KIM, "password": PASSWORD})),
        ("/conduce/api/v1/user/login", json!({"email": KIM, "password": PASSWORD, "keep": false})),
        ("/api/login", json!({"secretKey": key})),
    ] {
        let answer = from_app(path, body).await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (403, ""), "{path}");
        assert!(answer.text.contains("from the same site"), "{}", answer.text);
        assert!(!answer.text.contains("--allow-origin"), "which helps nothing: {}", answer.text);
        assert_eq!(answer.header("access-control-allow-origin"), APP, "the page can read why");
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM sessions").await, before);
    let create = from_app("/v1/keys", json!({"name": "x", "scopes": ["keys:read"]})).bearer(&key);
    assert_eq!(create.await.status, 201);
}
