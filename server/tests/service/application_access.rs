//! Who may do what to an application.

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, LEE, Service};

on_both_databases![
    an_application_of_another_user_is_not_there,
    each_operation_needs_its_scope,
    a_key_of_the_user_needs_its_scopes_too,
    a_management_key_reaches_nothing_else,
    a_management_key_is_bounded_by_what_made_it,
];

async fn an_application_of_another_user_is_not_there(service: &Service) {
    let application = service.application(json!({})).await;
    let key = application.issue(json!({})).await;
    let lee = service.sign_in(LEE).await;
    for (method, path) in operations(&key.id) {
        let answer =
            service.call(method.clone(), &application.path(&path)).cookie(&lee).json(body(&path)).await;
        answer.problem(404, "not_found");
    }
    assert_eq!(application.code(&key.secret).await, "valid");
    let listed = service.get("/v1/applications").cookie(&lee).await.json();
    assert_eq!(listed, json!({"items": [], "next_cursor": null}));
}

/// Whatever can be asked of an application, from what changes nothing to its end.
pub fn operations(key: &str) -> Vec<(Method, String)> {
    [
        (Method::GET, String::new()),
        (Method::GET, "/management-keys".into()),
        (Method::GET, "/keys".into()),
        (Method::GET, format!("/keys/{key}")),
        (Method::GET, "/owners".into()),
        (Method::GET, "/owners/cust_7".into()),
        (Method::PATCH, String::new()),
        (Method::POST, "/management-keys".into()),
        (Method::DELETE, "/management-keys/mgmt_0123456789abcdef".into()),
        (Method::POST, "/keys".into()),
        (Method::PATCH, format!("/keys/{key}")),
        (Method::PUT, "/owners/cust_7".into()),
        (Method::POST, "/keys/import".into()),
        (Method::POST, format!("/keys/{key}/rotate")),
        (Method::POST, format!("/keys/{key}/revoke")),
        (Method::DELETE, format!("/keys/{key}")),
        (Method::POST, "/owners/cust_7/revoke".into()),
        (Method::DELETE, "/owners/cust_7".into()),
        (Method::DELETE, String::new()),
    ]
    .into()
}

/// What is sent with it.
pub fn body(path: &str) -> Value {
    match path {
        "/keys" => json!({"owner": "cust_7"}),
        "/management-keys" => json!({"name": "x", "scopes": ["verify"]}),
        "/keys/import" => json!({
            "rule": {"algorithm": "sha256", "input": "whole", "encoding": "hex"},
            "keys": [{"hash": "00".repeat(32), "owner": "cust_7"}],
        }),
        _ => json!({}),
    }
}

async fn each_operation_needs_its_scope(service: &Service) {
    let application = service.application(json!({})).await;
    let key = application.issue(json!({})).await;
    let one = format!("/keys/{}", key.id);
    let needed = |method: &Method, path: &str| match (method.as_str(), path) {
        ("GET", "/keys" | "/owners" | "/owners/cust_7") => Some("keys:read"),
        ("GET", path) if path == one => Some("keys:read"),
        ("POST", "/keys" | "/keys/import") | ("PUT", "/owners/cust_7") => Some("keys:create"),
        ("PATCH", path) if path == one => Some("keys:create"),
        ("POST", path) if path == format!("{one}/rotate") => Some("keys:create"),
        ("POST", path) if path == format!("{one}/revoke") => Some("keys:revoke"),
        ("DELETE", path) if path == one => Some("keys:revoke"),
        ("POST", "/owners/cust_7/revoke") | ("DELETE", "/owners/cust_7") => Some("keys:revoke"),
        _ => None,
    };
    let scopes = ["verify", "keys:create", "keys:read", "keys:revoke"];
    let mut managers = Vec::new();
    for scope in scopes {
        managers.push((scope, application.management_key(&[scope]).await));
    }
    let mut allowed = 0;
    for (method, path) in operations(&key.id) {
        let needed = needed(&method, &path);
        for (scope, manager) in &managers {
            let call = service.call(method.clone(), &application.path(&path)).bearer(manager);
            let answer = call.json(body(&path)).await;
            let what = format!("{method} {path} by {scope}: {}", answer.text);
            if needed == Some(scope) {
                assert!(answer.status.is_success(), "{what}");
                allowed += 1;
            } else {
                let detail = answer.problem(403, "forbidden");
                assert!(detail.contains(needed.unwrap_or("No management key")), "{what}");
            }
        }
    }
    assert_eq!(allowed, 13, "all others are the person's");
    // To disable is to end for a while, to enable is to make.
    let key = application.issue(json!({})).await;
    let path = application.path(&format!("/keys/{}", key.id));
    let patch = async |manager: usize, change: Value| {
        service.patch(&path).bearer(&managers[manager].1).json(change).await.status.as_u16()
    };
    let (create, revoke) = (1, 3);
    assert_eq!(patch(create, json!({"disabled": true})).await, 403);
    assert_eq!(patch(revoke, json!({"disabled": true, "name": "x"})).await, 403);
    assert_eq!(patch(revoke, json!({"disabled": true})).await, 200);
    assert_eq!(patch(revoke, json!({"disabled": false})).await, 403);
    assert_eq!(patch(create, json!({"disabled": false})).await, 200);
}

async fn a_key_of_the_user_needs_its_scopes_too(service: &Service) {
    let application = service.application(json!({})).await;
    let issued = application.issue(json!({})).await;
    let create =
        async |scope: &str| service.create(&application.cookie, json!({"scopes": [scope]})).await.secret;
    let (reader, writer, other) =
        (create("keys:read").await, create("keys:write").await, create("other").await);
    for (method, path) in operations(&issued.id) {
        let (may, may_not) = if method == Method::GET { (&reader, &writer) } else { (&writer, &reader) };
        for powerless in [may_not, &other] {
            let call = service.call(method.clone(), &application.path(&path)).bearer(powerless);
            call.json(body(&path)).await.problem(403, "forbidden");
        }
        let call = service.call(method.clone(), &application.path(&path)).bearer(may);
        let answer = call.json(body(&path)).await;
        assert_ne!(answer.status, 403, "{method} {path}: {}", answer.text);
    }
}

async fn a_management_key_reaches_nothing_else(service: &Service) {
    let (here, there) = (service.application(json!({})).await, service.application(json!({})).await);
    let key = there.issue(json!({})).await;
    for (method, path) in operations(&key.id) {
        let call = service.call(method.clone(), &there.path(&path)).bearer(&here.manager);
        call.json(body(&path)).await.problem(404, "not_found");
    }
    for (method, path) in [
        (Method::GET, "/v1/account"),
        (Method::GET, "/v1/keys"),
        (Method::POST, "/v1/keys"),
        (Method::GET, "/v1/keys/key_0123456789abcdef"),
        (Method::POST, "/v1/keys/key_0123456789abcdef/revoke"),
        (Method::POST, "/v1/keys/validate"),
        (Method::GET, "/v1/applications"),
        (Method::POST, "/v1/applications"),
        (Method::GET, "/v1/audit"),
        (Method::GET, "/v1/logins"),
    ] {
        let mut order = json!({"name": "x"});
        if path.ends_with("validate") {
            order = json!({"secret": "x"});
        } else if path.ends_with("applications") {
            order["formats"] = json!([{"environment": "live", "prefix": "x_"}]);
        }
        let answer = service.call(method.clone(), path).bearer(&here.manager).json(order).await;
        let detail = answer.problem(403, "forbidden");
        assert!(detail.contains(&here.id), "{method} {path}: {detail}");
    }
    // In the words of a cloud it is no key at all, and begins no session.
    for call in [
        service.post("/api/login").json(json!({"secretKey": here.manager})),
        service.get("/api/users/me").header("impact-api-key", &here.manager),
        service.get("/api/v1/instances").bearer(&here.manager),
        service.get("/api/workspaces").header("impact-api-key", &here.manager),
    ] {
        let answer = call.await;
        assert_eq!(answer.status, 401, "{}", answer.text);
    }
}

async fn a_management_key_is_bounded_by_what_made_it(service: &Service) {
    let application = service.application(json!({})).await;
    let own =
        service.create(&application.cookie, json!({"scopes": ["keys:write"], "expires_in": "P1D"})).await;
    let make = async |order: Value| -> Answer {
        service.post(&application.path("/management-keys")).bearer(&own.secret).json(order).await
    };
    let made = make(json!({"name": "x", "scopes": ["verify"]})).await;
    assert_eq!(made.json()["expires_at"], "2026-11-21T10:00:00Z", "cut to the end of the key");
    let longer = make(json!({"name": "x", "scopes": ["verify"], "expires_in": "P2D"})).await;
    longer.problem_at(403, "forbidden", "expires_in");
    let reading = make(json!({"name": "x", "scopes": ["keys:read"]})).await;
    assert!(reading.problem(403, "forbidden").contains("keys:read"));
}
