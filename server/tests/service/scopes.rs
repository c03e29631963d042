//! What a key with scopes may do.

use axum::http::Method;
use serde_json::json;

use crate::harness::{KIM, Service};

on_both_databases![
    each_operation_needs_its_scope,
    a_key_makes_none_that_may_do_more_than_itself,
    a_key_rotates_none_that_may_do_more_than_itself,
    a_key_without_scopes_may_do_everything,
];

async fn each_operation_needs_its_scope(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let target = service.create(&cookie, json!({"scopes": ["other"]})).await;
    let reader = service.create(&cookie, json!({"scopes": ["keys:read", "other"]})).await;
    let writer = service.create(&cookie, json!({"scopes": ["keys:write", "other"]})).await;
    let one = format!("/v1/keys/{}", target.id);
    let (rotate, revoke) = (format!("{one}/rotate"), format!("{one}/revoke"));
    let reading = [
        (Method::GET, "/v1/account", json!({})),
        (Method::GET, "/v1/keys", json!({})),
        (Method::GET, &*one, json!({})),
        (Method::POST, "/v1/keys/validate", json!({"secret": "x"})),
    ];
    let writing = [
        (Method::POST, "/v1/keys", json!({"name": "x", "scopes": ["other"]})),
        (Method::POST, &*rotate, json!({})),
        (Method::POST, &*revoke, json!({})),
        (Method::DELETE, &*one, json!({})),
    ];
    for (needed, operations, may, may_not) in
        [("keys:read", reading, &reader, &writer), ("keys:write", writing, &writer, &reader)]
    {
        for (method, path, body) in operations {
            for powerless in [may_not, &target] {
                let call = service.call(method.clone(), path).bearer(&powerless.secret).json(body.clone());
                let answer = call.await;
                if answer.status == 401 {
                    // The target itself has been rotated by now.
                    assert_eq!(powerless.id, target.id);
                    continue;
                }
                let detail = answer.problem(403, "forbidden");
                assert!(detail.contains(needed), "{method} {path}: {detail}");
            }
            let answer = service.call(method.clone(), path).bearer(&may.secret).json(body).await;
            assert!(answer.status.is_success(), "{method} {path}: {}", answer.text);
        }
    }
}

async fn a_key_makes_none_that_may_do_more_than_itself(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let maker = service.create(&cookie, json!({"scopes": ["keys:write", "a", "b"]})).await;
    for (scopes, allowed) in [
        (json!(["a"]), true),
        (json!(["keys:write", "b"]), true),
        (json!(["a", "c"]), false),
        (json!(["keys:read"]), false),
        (json!([]), false),
        (json!(null), false),
    ] {
        let order = json!({"name": "x", "scopes": scopes});
        let answer = service.post("/v1/keys").bearer(&maker.secret).json(order).await;
        if allowed {
            assert_eq!(answer.status, 201, "{scopes}");
        } else {
            answer.problem_at(403, "forbidden", "scopes");
        }
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 3);
}

async fn a_key_rotates_none_that_may_do_more_than_itself(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let maker = service.create(&cookie, json!({"scopes": ["keys:write", "a"]})).await;
    for (scopes, allowed) in [(json!(["a"]), true), (json!(["a", "b"]), false), (json!([]), false)] {
        let target = service.create(&cookie, json!({"scopes": scopes})).await;
        let answer = service.post(&format!("/v1/keys/{}/rotate", target.id)).bearer(&maker.secret).await;
        if allowed {
            assert_eq!(answer.status, 201, "{scopes}");
        } else {
            answer.problem(403, "forbidden");
            assert_eq!(service.stored(&target.id, "replaced_by").await, "");
            assert_eq!(service.stored(&target.id, "revoked_at").await, "");
        }
    }
}

async fn a_key_without_scopes_may_do_everything(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    let order = json!({"name": "x", "scopes": ["anything:at-all"]});
    let made = service.post("/v1/keys").bearer(&key.secret).json(order).await.new_key();
    assert_eq!(service.post(&format!("/v1/keys/{}/rotate", made.id)).bearer(&key.secret).await.status, 201);
    assert_eq!(service.delete(&format!("/v1/keys/{}", made.id)).bearer(&key.secret).await.status, 204);
    assert_eq!(service.get("/v1/keys").bearer(&key.secret).await.ids().len(), 2);
}
