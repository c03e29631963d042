//! Which pages may use the API: request forgery and CORS.

use axum::http::Method;
use serde_json::json;

use crate::harness::{KIM, PASSWORD, Service};

const APP: &str = "https://app.example.com";

async fn service() -> Service {
    Service::with(|config| config.allowed_origins = vec![APP.parse().unwrap()]).await
}

#[tokio::test]
async fn another_origins_page_changes_nothing_with_a_session() {
    let service = service().await;
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    let one = format!("/v1/keys/{}", key.id);
    let (rotate, revoke) = (format!("{one}/rotate"), format!("{one}/revoke"));
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://kl.test.evil.example"),
        ("origin", "http://kl.test:8080"),
        ("origin", "https://kl.test"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for (method, path) in [
            (Method::POST, "/v1/keys"),
            (Method::POST, "/v1/keys/validate"),
            (Method::POST, &*rotate),
            (Method::POST, &*revoke),
            (Method::DELETE, &*one),
            (Method::DELETE, "/v1/session"),
        ] {
            let call = service.call(method.clone(), path).cookie(&cookie).header(name, value);
            call.json(json!({"name": "x"})).await.problem_at(403, "forbidden", "Origin");
        }
        let reading = service.get("/v1/keys").cookie(&cookie).header(name, value).await;
        assert_eq!(reading.status, 200, "reading changes nothing, and CORS keeps the answer from the page");
        assert_eq!(reading.header("access-control-allow-origin"), "");
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM keys WHERE revoked_at IS NULL").await, 1);
    assert_eq!(service.count("SELECT COUNT(*) FROM sessions").await, 1);
}

#[tokio::test]
async fn our_own_page_and_allowed_ones_change_things_with_a_session() {
    let service = service().await;
    let cookie = service.sign_in(KIM).await;
    for origin in ["http://kl.test", APP] {
        let call = service.post("/v1/keys").cookie(&cookie).header("origin", origin);
        assert_eq!(call.json(json!({"name": "x"})).await.status, 201, "{origin}");
    }
}

#[tokio::test]
async fn a_form_changes_nothing_with_a_session() {
    let service = service().await;
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
    {
        let call = service.post(&format!("/v1/keys/{}/revoke", key.id)).cookie(&cookie);
        call.header("content-type", content_type).await.problem_at(415, "invalid_request", "Content-Type");
    }
    assert_eq!(service.stored(&key.id, "revoked_at").await, "");
}

#[tokio::test]
async fn a_key_works_from_anywhere() {
    let service = service().await;
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({"scopes": ["keys:read", "keys:write"]})).await;
    let call = service.post("/v1/keys").bearer(&key.secret).header("origin", "https://evil.example");
    let order = json!({"name": "x", "scopes": ["keys:read"]});
    assert_eq!(call.json(order).await.status, 201, "whoever has the key needs no cookie");
}

#[tokio::test]
async fn another_origins_page_signs_nobody_in() {
    let service = service().await;
    let sign_in = |origin: &'static str| {
        let call = service.post("/v1/session").header("origin", origin);
        call.json(json!({"user": KIM, "password": PASSWORD}))
    };
    sign_in("https://evil.example").await.problem(403, "forbidden");
    assert_eq!(sign_in("http://kl.test").await.status, 201);
    assert_eq!(sign_in(APP).await.status, 201);
}

#[tokio::test]
async fn behind_https_only_https_pages_are_our_own() {
    let service = Service::with(|config| config.secure_cookies = true).await;
    let answer = service.post("/v1/session").json(json!({"user": KIM, "password": PASSWORD})).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-keylatch_session=") && cookie.ends_with("; Secure"), "{cookie}");
    assert!(answer.header("strict-transport-security").contains("max-age="));
    let plain = answer.cookie().replace("__Host-", "");
    service.get("/v1/account").cookie(&plain).await.problem(401, "unauthorized");
    for (origin, status) in [("https://kl.test", 201), ("http://kl.test", 403)] {
        let call = service.post("/v1/keys").cookie(&answer.cookie()).header("origin", origin);
        assert_eq!(call.json(json!({"name": "x"})).await.status, status, "{origin}");
    }
}

#[tokio::test]
async fn of_two_session_cookies_neither_counts() {
    let service = Service::on_sqlite().await;
    let (kim, lee) = (service.sign_in(KIM).await, service.sign_in(crate::harness::LEE).await);
    for cookies in [format!("{kim}; {lee}"), format!("{lee}; {kim}"), format!("{kim}; keylatch_session=00")] {
        service.get("/v1/account").cookie(&cookies).await.problem(401, "unauthorized");
    }
    service.get("/v1/account").cookie(&kim).cookie(&lee).await.problem(401, "unauthorized");
    assert_eq!(service.get("/v1/account").cookie(&format!("{kim}; other=1; {kim}")).await.status, 200);
}

#[tokio::test]
async fn a_request_has_one_host() {
    let service = Service::on_sqlite().await;
    let call = service.get("/v1/keys").header("host", "evil.test");
    call.await.problem_at(400, "invalid_request", "Host");
}

#[tokio::test]
async fn preflights_are_answered_for_allowed_origins_only() {
    let service = service().await;
    let preflight = |origin: &'static str| {
        let call = service.call(Method::OPTIONS, "/v1/keys").header("origin", origin);
        let call = call.header("access-control-request-method", "POST");
        call.header("access-control-request-headers", "authorization,content-type,idempotency-key")
    };
    let answer = preflight(APP).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), APP);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    for header in ["authorization", "content-type", "idempotency-key", "x-api-key", "impact-api-key"] {
        assert!(answer.header("access-control-allow-headers").contains(header), "{header}");
    }
    for method in ["GET", "POST", "DELETE"] {
        assert!(answer.header("access-control-allow-methods").contains(method), "{method}");
    }
    for origin in ["https://evil.example", "null"] {
        assert_eq!(preflight(origin).await.header("access-control-allow-origin"), "", "{origin}");
    }
}

#[tokio::test]
async fn an_allowed_page_may_read_answers_and_refusals() {
    let service = service().await;
    for path in ["/health", "/v1/keys", "/nothing"] {
        let answer = service.get(path).header("origin", APP).await;
        assert_eq!(answer.header("access-control-allow-origin"), APP, "{path}");
        assert!(answer.header("access-control-expose-headers").contains("x-request-id"), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin", "{path}");
        assert!(answer.header("vary").to_lowercase().contains("origin"), "{path}");
        let other = service.get(path).header("origin", "https://evil.example").await;
        assert_eq!(other.header("access-control-allow-origin"), "", "{path}");
        assert_eq!(other.header("cross-origin-resource-policy"), "same-origin", "{path}");
    }
}

#[tokio::test]
async fn the_demo_answers_to_its_own_names_only() {
    let demo = Service::with(|config| config.demo = true).await;
    let asked = json!({"user": keylatch_server::DEMO_USER, "password": keylatch_server::DEMO_PASSWORD});
    // Modelon's own words for a faulty request are 400.
    for (path, status) in
        [("/v1/session", 421), ("/conduce/api/v1/user-login", 421), ("/api/login", 400), ("/", 421)]
    {
        // As a browser sends it from a page whose name was made to lead here.
        for host in ["evil.example:8787", "localhost.evil.example", "127.0.0.1.evil.example:8787"] {
            let call = demo.named(host, Method::POST, path).header("origin", &format!("http://{host}"));
            let answer = call.json(asked.clone()).await;
            assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (status, ""), "{host}{path}");
        }
    }
    demo.named("evil.example", Method::GET, "/v1/account").await.problem_at(421, "invalid_request", "Host");
    for host in ["localhost:8787", "127.0.0.1:8787", "[::1]:8787"] {
        let call = demo.named(host, Method::POST, "/v1/session").header("origin", &format!("http://{host}"));
        assert_eq!(call.json(asked.clone()).await.status, 201, "{host}");
    }
    // Elsewhere the server has whatever name its owner gave it.
    let service = Service::on_sqlite().await;
    assert_eq!(service.named("keys.example.com", Method::GET, "/health").await.status, 200);
}
