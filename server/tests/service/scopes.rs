//! What a key with scopes may do.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::json;

use crate::harness::{KIM, Service};

on_both_databases![
    each_operation_needs_its_scope,
    a_key_makes_none_that_may_do_more_than_itself,
    a_key_rotates_none_that_may_do_more_than_itself,
    a_key_without_scopes_has_the_account_and_no_management,
    every_key_tells_whose_it_is,
    a_key_makes_none_that_outlives_itself,
    a_key_rotates_none_that_outlives_itself,
    a_key_of_another_api_makes_keys_of_that_api_only,
    a_key_of_the_version_before_keeps_what_it_has,
];

async fn each_operation_needs_its_scope(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let target = service.create(&cookie, json!({"scopes": ["other"]})).await;
    let reader = service.create(&cookie, json!({"scopes": ["keys:read", "other"]})).await;
    let writer = service.create(&cookie, json!({"scopes": ["keys:write", "other"]})).await;
    let one = format!("/v1/keys/{}", target.id);
    let (rotate, revoke) = (format!("{one}/rotate"), format!("{one}/revoke"));
    let reading = [
        (Method::GET, "/v1/keys", json!({})),
        (Method::GET, &*one, json!({})),
        (Method::GET, "/v1/audit", json!({})),
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

async fn a_key_without_scopes_has_the_account_and_no_management(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    assert_eq!(service.get("/v1/account").bearer(&key.secret).await.status, 200);
    for (method, path) in [
        (Method::GET, "/v1/keys"),
        (Method::GET, &*format!("/v1/keys/{}", key.id)),
        (Method::GET, "/v1/logins"),
        (Method::GET, "/v1/audit"),
        (Method::POST, "/v1/keys"),
        (Method::DELETE, "/v1/keys?idempotency_key=x"),
        (Method::POST, &*format!("/v1/keys/{}/rotate", key.id)),
        (Method::POST, &*format!("/v1/keys/{}/revoke", key.id)),
    ] {
        let body = if path == "/v1/keys" { json!({"name": "x"}) } else { json!({}) };
        let call = service.call(method.clone(), path).bearer(&key.secret).json(body);
        let detail = call.await.problem(403, "forbidden");
        assert!(detail.contains("keys:"), "{method} {path}: {detail}");
    }
}

async fn every_key_tells_whose_it_is(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for scopes in [json!([]), json!(["other"]), json!(["keys:read"]), json!(["keys:write"])] {
        let key = service.create(&cookie, json!({"scopes": scopes})).await;
        let account = service.get("/v1/account").bearer(&key.secret).await;
        assert_eq!((account.status.as_u16(), &account.json()["user"]), (200, &json!(KIM)), "{scopes}");
    }
    let manager = service.application(json!({})).await.manager;
    service.get("/v1/account").bearer(&manager).await.problem(403, "forbidden");
}

async fn a_key_makes_none_that_outlives_itself(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let order = json!({"scopes": ["keys:read", "keys:write"], "expires_in": "PT2H"});
    let maker = service.create(&cookie, order).await;
    let end = "2026-11-20T12:00:00Z";
    for (more, expected) in [
        (json!({}), Some(end)),
        (json!({"expires_in": "PT1H"}), Some("2026-11-20T11:00:00Z")),
        (json!({"expires_in": "PT2H"}), Some(end)),
        (json!({"expires_at": end}), Some(end)),
        (json!({"expires_in": "never"}), None),
        (json!({"expires_in": "PT2H1S"}), None),
        (json!({"expires_in": "P3M"}), None),
        (json!({"expires_at": "2026-11-20T12:00:01Z"}), None),
    ] {
        let mut order = json!({"name": "x", "scopes": ["keys:read"]});
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = service.post("/v1/keys").bearer(&maker.secret).json(order).await;
        match expected {
            Some(end) => assert_eq!(answer.json()["key"]["expires_at"], end, "{more}"),
            None => {
                let member = if more["expires_at"].is_null() { "expires_in" } else { "expires_at" };
                let detail = answer.problem_at(403, "forbidden", member);
                assert!(detail.contains(end), "{more}: {detail}");
            }
        }
    }
    // Through another cloud's API, which tells no end.
    let conduce = service.post("/conduce/api/v1/apikeys/create").bearer(&maker.secret).json(json!({})).await;
    let secret = conduce.json()["apikey"].as_str().unwrap().to_owned();
    let me = service.get("/api/users/me").header("impact-api-key", &maker.secret).await.json();
    let keys = format!("/api/users/{}/keys", me["data"]["id"].as_str().unwrap());
    let modelon = service.post(&keys).header("impact-api-key", &maker.secret).await;
    assert_eq!(modelon.status, 200, "{}", modelon.text);
    assert_eq!(service.count("SELECT COUNT(*) FROM keys WHERE expires_at IS NULL").await, 0);
    // A session that was begun with a key, and has deleted it, stays within its bounds.
    let login = service.post("/api/login").json(json!({"secretKey": modelon.json()["data"]["secret"]})).await;
    let acting = login.cookie();
    let id = modelon.json()["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(service.delete(&format!("{keys}/{id}")).cookie(&acting).await.status, 200);
    assert_eq!(service.post(&keys).cookie(&acting).await.status, 200);
    let wider =
        service.post("/v1/keys").cookie(&acting).json(json!({"name": "x", "expires_in": "never"})).await;
    wider.problem(403, "forbidden");
    assert_eq!(service.count("SELECT COUNT(*) FROM keys WHERE expires_at IS NULL").await, 0);

    service.pass(SignedDuration::from_hours(2));
    for secret in [&maker.secret, &secret] {
        service.get("/v1/account").bearer(secret).await.problem(401, "unauthorized");
    }
    service.get("/v1/account").cookie(&acting).await.problem(401, "unauthorized");
}

async fn a_key_rotates_none_that_outlives_itself(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let short = json!({"scopes": ["keys:read", "keys:write"], "expires_in": "PT2H"});
    let maker = service.create(&cookie, short.clone()).await;
    for (lifetime, allowed) in [("PT1H", true), ("PT2H", true), ("PT3H", false), ("never", false)] {
        let target = service.create(&cookie, json!({"scopes": ["keys:read"], "expires_in": lifetime})).await;
        let answer = service.post(&format!("/v1/keys/{}/rotate", target.id)).bearer(&maker.secret).await;
        assert_eq!(answer.status, if allowed { 201 } else { 403 }, "{lifetime}: {}", answer.text);
        assert!(allowed || answer.text.contains("2026-11-20T12:00:00Z"), "{}", answer.text);
    }
    // Nor does it get the secret of such a key by asking as if it had made it.
    let order = json!({"name": "robot", "scopes": ["keys:read"]});
    let made = service.post("/v1/keys").cookie(&cookie).header("idempotency-key", "mine").json(order.clone());
    assert_eq!(made.await.status, 201);
    let again = service.post("/v1/keys").bearer(&maker.secret).header("idempotency-key", "mine").json(order);
    again.await.problem(403, "forbidden");
    let itself = service.post(&format!("/v1/keys/{}/rotate", maker.id)).bearer(&maker.secret).await;
    assert_eq!(itself.status, 201);
}

async fn a_key_of_another_api_makes_keys_of_that_api_only(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let made = service.post("/conduce/api/v1/apikeys/create").cookie(&cookie).json(json!({})).await.json();
    let key = made["apikey"].as_str().unwrap();
    let own = service.post("/conduce/api/v1/apikeys/create").bearer(key).json(json!({})).await;
    assert_eq!(own.status, 200, "{}", own.text);
    let other =
        service.post("/v1/keys").bearer(key).json(json!({"name": "x", "scopes": ["keys:read"]})).await;
    other.problem_at(403, "forbidden", "kind");
}

/// As a process of the version before writes it, which knows no such column.
async fn a_key_of_the_version_before_keeps_what_it_has(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let [wide, narrow] = [
        service.create(&cookie, json!({})).await,
        service.create(&cookie, json!({"scopes": ["keys:read"]})).await,
    ];
    service.execute("UPDATE keys SET full_access = 1").await;
    let told = service.get(&format!("/v1/keys/{}", wide.id)).cookie(&cookie).await.json();
    assert_eq!(told["full_access"], true);
    let told = service.get(&format!("/v1/keys/{}", narrow.id)).cookie(&cookie).await.json();
    assert_eq!(told["full_access"], false, "its scopes count");
    let order = json!({"name": "x", "scopes": ["anything:at-all"]});
    let made = service.post("/v1/keys").bearer(&wide.secret).json(order.clone()).await.new_key();
    assert_eq!(service.delete(&format!("/v1/keys/{}", made.id)).bearer(&wide.secret).await.status, 409);
    service.post("/v1/keys").bearer(&narrow.secret).json(order).await.problem(403, "forbidden");
    let successor =
        service.post(&format!("/v1/keys/{}/rotate", wide.id)).bearer(&wide.secret).await.new_key();
    assert_eq!(successor.key["full_access"], true);
    assert_eq!(service.get("/v1/keys").bearer(&successor.secret).await.status, 200);
}
