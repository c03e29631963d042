//! Requests that are wrong in themselves: a helpful refusal, and nothing lost.

use axum::body::Body;
use axum::http::Method;
use serde_json::json;

use crate::harness::{KIM, Service};

on_both_databases![
    malformed_json_is_told_by_line_and_column,
    only_json_is_taken,
    a_body_is_taken_as_it_is_and_not_encoded,
    a_body_may_have_64_kib,
    unknown_members_are_refused,
    a_refusal_does_not_repeat_what_was_sent,
    what_is_no_id_is_not_found,
    unknown_addresses_and_methods_are_problems_too,
    problem_types_explain_themselves,
    every_answer_has_a_request_id_of_the_servers_own,
];

async fn malformed_json_is_told_by_line_and_column(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for (body, status, place) in [
        ("", 400, "line 1 column 0"),
        ("{", 400, "line 1 column 1"),
        ("{\"name\": \"x\",\n}", 400, "line 2 column 1"),
        ("{\"name\": 'x'}", 400, "line 1 column 10"),
        ("{\"name\": \"x\"} {}", 400, "line 1 column 15"),
        ("name=x", 400, "line 1 column 2"),
        ("{\"name\": \"\\ud800\"}", 400, "line 1"),
        ("{\"name\": 7}", 422, "line 1 column 10"),
        ("{\"name\": \"a\", \"name\": \"b\"}", 422, "line 1 column 20"),
    ] {
        let call = service.post("/v1/keys").cookie(&cookie).header("content-type", "application/json");
        let detail = call.body(body).await.problem(status, "invalid_request");
        assert!(detail.contains(place), "{body}: {detail}");
    }
    for body in [json!([]), json!(["x"]), json!("x"), json!(7), json!(null)] {
        let answer = service.post("/v1/keys").cookie(&cookie).json(body).await;
        assert!(answer.problem(422, "invalid_request").contains("must be an object"));
    }
    let deep = "[".repeat(10_000);
    let call = service.post("/v1/keys").cookie(&cookie).header("content-type", "application/json");
    call.body(format!("{{\"name\":{deep}")).await.problem(422, "invalid_request");
    let call = service.post("/v1/keys").cookie(&cookie).header("content-type", "application/json");
    call.body(b"{\"name\":\"\xff\xfe\"}".to_vec()).await.problem(400, "invalid_request");
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 0);
}

async fn only_json_is_taken(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({"scopes": ["keys:read", "keys:write"]})).await;
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json", ""]
    {
        let by_key = service.post("/v1/keys").bearer(&key.secret).header("content-type", content_type);
        let answer = by_key.body("{\"name\":\"x\"}").await;
        answer.problem_at(415, "invalid_request", "Content-Type");
        let by_session = service.post("/v1/keys").cookie(&cookie).header("content-type", content_type);
        by_session.body("{\"name\":\"x\"}").await.problem(415, "invalid_request");
    }
    let untyped = service.post("/v1/keys").bearer(&key.secret).body("{\"name\":\"x\"}").await;
    untyped.problem(415, "invalid_request");
    let rotate = service.post(&format!("/v1/keys/{}/rotate", key.id)).bearer(&key.secret);
    rotate.body("overlap=P1D").await.problem(415, "invalid_request");
    for content_type in ["application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.kl+json"] {
        let call = service.post("/v1/keys").bearer(&key.secret).header("content-type", content_type);
        assert_eq!(
            call.body("{\"name\":\"x\",\"scopes\":[\"keys:read\"]}").await.status,
            201,
            "{content_type}"
        );
    }
}

async fn a_body_is_taken_as_it_is_and_not_encoded(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let ask = |coding: &str| {
        let call = service.post("/v1/keys").cookie(&cookie).header("content-type", "application/json");
        call.header("content-encoding", coding).body("{\"name\":\"x\"}")
    };
    for coding in ["gzip", "br", "identity, gzip", "GZIP", "aes128gcm"] {
        let answer = ask(coding).await;
        answer.problem_at(415, "invalid_request", "Content-Encoding");
        assert_eq!(answer.header("accept-encoding"), "identity");
    }
    for coding in ["identity", "Identity", ""] {
        assert_eq!(ask(coding).await.status, 201, "{coding}");
    }
    let without = service.get("/v1/keys").cookie(&cookie).header("content-encoding", "gzip");
    assert_eq!(without.await.status, 200, "there is nothing to read");
}

async fn a_body_may_have_64_kib(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let padded = |size: usize| format!("{{\"name\":\"x\"{}}}", " ".repeat(size - 12));
    for (size, status) in [(64 * 1024, 201), (64 * 1024 + 1, 413)] {
        let call = service.post("/v1/keys").cookie(&cookie).header("content-type", "application/json");
        assert_eq!(call.body(padded(size)).await.status, status, "{size}");
    }
    let name = "x".repeat(10_000_000);
    let answer = service.post("/v1/keys").cookie(&cookie).json(json!({"name": name})).await;
    assert!(answer.problem(413, "invalid_request").contains("64 KiB"));
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 1);
}

async fn unknown_members_are_refused(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    // What a JavaScript programmer would write by mistake must not silently mean "three months".
    let answer =
        service.post("/v1/keys").cookie(&cookie).json(json!({"name": "x", "expiresIn": "P1D"})).await;
    let detail = answer.problem(422, "invalid_request");
    assert!(detail.contains("`expires_in`"), "{detail}");
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 0);
}

async fn a_refusal_does_not_repeat_what_was_sent(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let secret = "kl_live_VerySecretIndeed0123456789";
    let sent = [
        ("/v1/session", json!({"user": secret, "password": secret}).to_string()),
        ("/v1/session", json!({"user": "kim@example.com", "password": [secret]}).to_string()),
        ("/v1/session", json!({"user": "kim@example.com", "password": {secret: 1}}).to_string()),
        ("/v1/session", json!({"user": "kim@example.com", secret: 1}).to_string()),
        ("/v1/session", format!("{{\"user\": {secret}}}")),
        ("/v1/keys", json!({"name": {secret: 1}}).to_string()),
        ("/v1/keys", json!({"name": "x", "scopes": secret}).to_string()),
        ("/v1/keys", json!({"name": "x", "scopes": [secret]}).to_string()),
        ("/v1/keys", json!({"name": "x", "expires_in": secret}).to_string()),
        ("/v1/keys", json!({"name": "x", "expires_at": secret}).to_string()),
        ("/v1/keys/validate", json!({"secret": secret}).to_string()),
        (&format!("/v1/keys/{secret}/revoke"), String::new()),
        (&format!("/v1/{secret}"), String::new()),
    ];
    for (path, body) in sent {
        let call = service.post(path).cookie(&cookie).header("content-type", "application/json");
        let answer = call.header("idempotency-key", secret).body(body.clone()).await;
        assert!(!answer.text.contains("VerySecret"), "{path} {body}: {}", answer.text);
    }
    for path in [
        format!("/v1/keys?search={secret}&x={secret}"),
        format!("/v1/keys?{secret}"),
        format!("/v1/keys?cursor={secret}"),
    ] {
        let answer = service.get(&path).cookie(&cookie).await;
        assert!(!answer.text.contains("VerySecret"), "{path}: {}", answer.text);
    }
}

async fn what_is_no_id_is_not_found(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let long = "x".repeat(5000);
    for id in [
        "key_0123456789abcdef",
        "key_",
        "1",
        "KEY_0123456789abcdef",
        "key_0123456789abcde'",
        "key_0123456789%00abcdef",
        "..",
        "%2e%2e",
        "key_0123456789%2Fabcdef",
        "usr_0123456789abcdef",
        &long,
    ] {
        service.get(&format!("/v1/keys/{id}")).cookie(&cookie).await.problem(404, "not_found");
        service.delete(&format!("/v1/keys/{id}")).cookie(&cookie).await.problem(404, "not_found");
        for operation in ["rotate", "revoke"] {
            let call = service.post(&format!("/v1/keys/{id}/{operation}")).cookie(&cookie);
            call.await.problem(404, "not_found");
        }
    }
    let garbled = service.get("/v1/keys/key_%ff0123456789abcdef").cookie(&cookie).await;
    garbled.problem(400, "invalid_request");
}

async fn unknown_addresses_and_methods_are_problems_too(service: &Service) {
    for path in ["/", "/v1", "/v1/", "/v1/nothing", "/v1/keys/", "/v1//keys", "/V1/keys", "/index.html"] {
        service.get(path).await.problem(404, "not_found");
    }
    for (method, path, allowed) in [
        (Method::PUT, "/v1/keys", "GET"),
        (Method::PATCH, "/v1/keys/key_0123456789abcdef", "DELETE"),
        (Method::GET, "/v1/session", "POST"),
        (Method::POST, "/health", "GET"),
        (Method::OPTIONS, "/v1/keys", "POST"),
        (Method::from_bytes(b"BREW").unwrap(), "/v1/account", "GET"),
    ] {
        let answer = service.call(method.clone(), path).await;
        answer.problem(405, "invalid_request");
        assert!(answer.header("allow").contains(allowed), "{method} {path}: {}", answer.header("allow"));
    }
}

async fn problem_types_explain_themselves(service: &Service) {
    for code in [
        "unauthorized",
        "invalid_credentials",
        "forbidden",
        "not_found",
        "key_active",
        "key_inactive",
        "conflict",
        "invalid_request",
        "rate_limited",
        "service_error",
    ] {
        let answer = service.get(&format!("/problems/{code}")).await;
        assert_eq!(answer.status, 200, "{code}");
        assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
        assert!(answer.text.starts_with(code) && answer.text.len() > 60, "{}", answer.text);
    }
    let detail = service.get("/problems/kl_live_secret").await.problem(404, "not_found");
    assert!(detail.contains("key_active") && !detail.contains("kl_live"), "{detail}");
}

async fn every_answer_has_a_request_id_of_the_servers_own(service: &Service) {
    let mut ids = std::collections::BTreeSet::new();
    for path in ["/health", "/v1/account", "/nothing", "/openapi.json"] {
        let answer = service.get(path).header("x-request-id", "mine").await;
        let id = answer.header("x-request-id");
        assert!(id.starts_with("req_") && id.len() == 20, "{path}: {id}");
        ids.insert(id.to_owned());
    }
    assert_eq!(ids.len(), 4);
    let call = service.post("/v1/keys").body(Body::empty());
    call.await.problem(401, "unauthorized");
}
