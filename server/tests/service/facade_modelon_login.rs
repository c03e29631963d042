//! Modelon Impact: a key for a session (`docs/wire.md`, sections 1.1 and 1.2).

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::json;

use crate::facade_modelon::{Caller, refused};
use crate::harness::{Answer, KIM, LEE, Service};

on_both_databases![
    a_key_starts_a_session_that_stands_for_it,
    who_is_logged_in_already_gets_200,
    a_session_ends_with_its_key,
    the_session_that_deletes_its_key_can_make_the_next,
    a_session_can_do_no_more_than_its_key,
    what_is_no_key_starts_no_session,
    a_page_of_another_origin_logs_nobody_in,
    logging_out_ends_the_session,
    another_sites_link_logs_nobody_out,
];

/// As the Python client 3.20.0 sends it.
async fn login(service: &Service, secret: &str) -> Answer {
    service.post("/api/login").json(json!({"secretKey": secret})).await
}

async fn a_key_starts_a_session_that_stands_for_it(service: &Service) {
    let kim = Caller::new(service, KIM).await;
    let place = format!("/user/{}/impact/api", kim.id);
    for path in ["/api/login", "/api/login?grant_type=client_credentials", &format!("{place}/login")] {
        let answer = service.post(path).json(json!({"secretKey": kim.key})).await;
        assert_eq!(answer.status, 201, "{path}: {}", answer.text);
        assert_eq!(answer.json(), json!({"identifier": kim.id}));
        let cookie = answer.header("set-cookie");
        for part in ["; HttpOnly", "; SameSite=Strict", "; Path=/;"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains(&kim.key), "{cookie}");
        for path in ["/api/users/me", "/hub/api/user", &format!("{place}/users/me")] {
            assert_eq!(service.get(path).cookie(&answer.cookie()).await.status, 200, "{path}");
        }
    }
    let by_header = kim.call(Method::POST, "/api/login").await;
    assert_eq!(by_header.status, 201);
    assert_eq!(service.get("/api/users/me").cookie(&by_header.cookie()).await.status, 200);
}

async fn who_is_logged_in_already_gets_200(service: &Service) {
    let (kim, lee) = (Caller::new(service, KIM).await, Caller::new(service, LEE).await);
    let cookie = login(service, &kim.key).await.cookie();
    let again = |path: &str| service.post(path).cookie(&cookie);
    for answer in [
        again("/api/login").await,
        again("/api/login?grant_type=refresh_token").await,
        again("/api/login").json(json!({"secretKey": kim.key})).await,
        again("/api/login?grant_type=refresh_token").json(json!({"secretKey": lee.key})).await,
    ] {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json(), json!({"identifier": kim.id}));
        assert_eq!(answer.header("set-cookie"), "");
    }
    let other = again("/api/login").json(json!({"secretKey": lee.key})).await;
    assert_eq!((other.status.as_u16(), other.json()), (201, json!({"identifier": lee.id})));
    refused(&service.get("/api/users/me").cookie(&cookie).await, 401, 11034);
}

async fn a_session_ends_with_its_key(service: &Service) {
    let owner = service.sign_in(KIM).await;
    let session = async |more| {
        let key = service.create(&owner, more).await;
        (key.id, login(service, &key.secret).await.cookie())
    };
    let (revoked, of_revoked) = session(json!({})).await;
    let (rotated, of_rotated) = session(json!({})).await;
    let (_, of_expired) = session(json!({"expires_in": "PT1H"})).await;
    let (_, of_active) = session(json!({})).await;
    for cookie in [&of_revoked, &of_rotated, &of_expired, &of_active] {
        assert_eq!(service.get("/v1/account").cookie(cookie).await.status, 200);
    }
    service.post(&format!("/v1/keys/{revoked}/revoke")).cookie(&owner).await;
    service.post(&format!("/v1/keys/{rotated}/rotate")).cookie(&owner).await;
    service.pass(SignedDuration::from_hours(1));
    for cookie in [&of_revoked, &of_rotated, &of_expired] {
        refused(&service.get("/api/users/me").cookie(cookie).await, 401, 11034);
        service.get("/v1/account").cookie(cookie).await.problem(401, "unauthorized");
    }
    service.delete(&format!("/v1/keys/{revoked}")).cookie(&owner).await;
    refused(&service.get("/api/users/me").cookie(&of_revoked).await, 401, 11034);
    assert_eq!(service.get("/api/users/me").cookie(&of_active).await.status, 200);
}

async fn the_session_that_deletes_its_key_can_make_the_next(service: &Service) {
    let kim = Caller::new(service, KIM).await;
    let made = kim.make().await;
    let (id, secret) = (made["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let (acting, other) = (login(service, secret).await.cookie(), login(service, secret).await.cookie());
    let path = format!("{}/{id}", kim.keys());
    assert_eq!(service.call(Method::DELETE, &path).cookie(&acting).await.status, 200);

    refused(&service.get("/api/users/me").cookie(&other).await, 401, 11034);
    refused(&service.get("/api/users/me").header("impact-api-key", secret).await, 401, 11034);
    let next = service.post(&kim.keys()).cookie(&acting).await;
    assert_eq!(next.status, 200, "{}", next.text);
    assert_ne!(next.json()["data"]["secret"], secret);

    // A session lets go of no key but its own.
    let cookie = login(service, &kim.key).await.cookie();
    let id = next.json()["data"]["id"].as_str().unwrap().to_owned();
    service.call(Method::DELETE, &format!("{}/{id}", kim.keys())).cookie(&cookie).await;
    let account = service.get("/v1/account").cookie(&cookie).await.json();
    assert_eq!(account["authenticated_by"], "key");
}

async fn a_session_can_do_no_more_than_its_key(service: &Service) {
    let owner = service.sign_in(KIM).await;
    let key = service.create(&owner, json!({"scopes": ["keys:read"]})).await;
    let cookie = login(service, &key.secret).await.cookie();
    let account = service.get("/v1/account").cookie(&cookie).await.json();
    assert_eq!((&account["authenticated_by"], &account["key_id"]), (&json!("key"), &json!(key.id)));
    let create = service.post("/v1/keys").cookie(&cookie).json(json!({"name": "wider"})).await;
    create.problem(403, "forbidden");
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 1);
}

async fn what_is_no_key_starts_no_session(service: &Service) {
    for secret in ["", "undefined", "kl_live_wrong"] {
        let answer = login(service, secret).await;
        refused(&answer, 401, 11034);
        assert_eq!(answer.header("set-cookie"), "");
    }
    refused(&service.post("/api/login?grant_type=refresh_token").await, 401, 11034);
    refused(&service.post("/api/login?grant_type=password").await, 400, 400);
    assert_eq!(service.count("SELECT COUNT(*) FROM sessions").await, 0);
}

async fn a_page_of_another_origin_logs_nobody_in(service: &Service) {
    let kim = Caller::new(service, KIM).await;
    let before = service.count("SELECT COUNT(*) FROM sessions").await;
    let call = service.post("/api/login").header("origin", "https://evil.example");
    refused(&call.json(json!({"secretKey": kim.key})).await, 403, 403);
    assert_eq!(service.count("SELECT COUNT(*) FROM sessions").await, before);
}

async fn logging_out_ends_the_session(service: &Service) {
    let kim = Caller::new(service, KIM).await;
    let cookie = login(service, &kim.key).await.cookie();
    let answer = service.get("/logout").cookie(&cookie).await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"), "{}", answer.header("set-cookie"));
    refused(&service.get("/api/users/me").cookie(&cookie).await, 401, 11034);
    assert_eq!(kim.call(Method::GET, "/api/users/me").await.status, 200, "the key lives on");
    assert_eq!(service.get("/logout").await.status, 204, "nobody was logged in");
}

async fn another_sites_link_logs_nobody_out(service: &Service) {
    let kim = Caller::new(service, KIM).await;
    let cookie = login(service, &kim.key).await.cookie();
    // The browser keeps the strict cookie back, but would take a new one.
    let answer = service.get("/logout").header("sec-fetch-site", "cross-site").await;
    assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (204, ""));
    assert_eq!(service.get("/api/users/me").cookie(&cookie).await.status, 200);
}
