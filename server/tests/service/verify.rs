//! Whose key is this, and what may they do: asked by the API of an application.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{KIM, Service};

on_both_databases![
    a_good_key_is_told_with_its_owner,
    the_first_thing_that_is_wrong_is_said,
    a_key_of_another_application_is_not_found,
    a_network_binds_a_key_to_addresses,
    many_are_answered_in_order_or_none,
    only_a_management_key_with_the_scope_asks,
    credentials_in_each_others_place_let_nobody_in,
    what_cannot_be_asked_is_named,
    a_use_is_noted_with_its_address_but_no_look,
    an_answer_is_fresh_until_the_key_ends,
];

async fn a_good_key_is_told_with_its_owner(service: &Service) {
    let application = service.application(json!({})).await;
    let order = json!({"name": "robot", "scopes": ["mesh:write", "mesh:read"], "metadata": {"plan": "pro", "n": [1]}});
    let key = application.issue(order).await;
    let owner = json!({"metadata": {"company": "Initech"}});
    let put = service.put(&application.path("/owners/cust_7")).bearer(&application.manager).json(owner).await;
    assert_eq!(put.status, 200, "{}", put.text);
    let order = json!({"key": key.secret, "scopes": ["mesh:read"]});
    let answer = service.post("/v1/verify").bearer(&application.manager).json(order).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        answer.json(),
        json!({
            "valid": true,
            "code": "valid",
            "key": {
                "id": key.id,
                "name": "robot",
                "scopes": ["mesh:read", "mesh:write"],
                "metadata": {"plan": "pro", "n": [1]},
                "expires_at": "2027-02-20T10:00:00Z",
                "environment": "live",
            },
            "owner": {"id": "cust_7", "metadata": {"company": "Initech"}},
            "limits": [],
            "fresh_seconds": 5,
        })
    );
}

async fn the_first_thing_that_is_wrong_is_said(service: &Service) {
    let application = service.application(json!({})).await;
    let order = json!({"scopes": ["a"], "allowed_addresses": ["10.0.0.0/8"], "expires_in": "PT1H"});
    let key = application.issue(order).await;
    let one = application.path(&format!("/keys/{}", key.id));
    let asked = json!({"scopes": ["a", "b", "c"], "ip": "192.0.2.1"});
    let code = async |asked: &Value| {
        let answer = application.verify(&key.secret, asked.clone()).await;
        assert_eq!(answer["valid"], answer["code"] == "valid");
        (answer["code"].clone(), answer["missing_scopes"].clone())
    };
    // From the last to the first: each stands before those that were wrong already.
    assert_eq!(code(&json!({"scopes": ["a"], "ip": "10.1.1.1"})).await.0, "valid");
    let from_inside = json!({"scopes": ["a", "b", "c"], "ip": "10.1.1.1"});
    assert_eq!(code(&from_inside).await, (json!("insufficient_scope"), json!(["b", "c"])));
    assert_eq!(code(&asked).await.0, "ip_refused");
    let disabled = service.patch(&one).bearer(&application.manager).json(json!({"disabled": true})).await;
    assert_eq!(disabled.json()["status"], "disabled");
    assert_eq!(code(&asked).await.0, "disabled");
    let revoked = service.post(&format!("{one}/revoke")).bearer(&application.manager).await;
    assert_eq!(revoked.json()["status"], "revoked");
    assert_eq!(code(&asked).await.0, "revoked");
    service.pass(SignedDuration::from_hours(1));
    assert_eq!(code(&asked).await.0, "expired");
    let deleted = service.delete(&one).bearer(&application.manager).await;
    assert_eq!(deleted.status, 204);
    let answer = application.verify(&key.secret, asked).await;
    assert_eq!(answer, json!({"valid": false, "code": "not_found", "limits": [], "fresh_seconds": 5}));
}

async fn a_key_of_another_application_is_not_found(service: &Service) {
    let (here, there) = (service.application(json!({})).await, service.application(json!({})).await);
    let key = here.issue(json!({})).await;
    assert_eq!(
        (here.code(&key.secret).await, there.code(&key.secret).await),
        ("valid".into(), "not_found".into())
    );
    let cookie = service.sign_in(KIM).await;
    let own = service.create(&cookie, json!({})).await;
    for unknown in [&*own.secret, &*here.manager, "", "acme_live_", &key.secret[1..]] {
        assert_eq!(here.code(unknown).await, "not_found");
    }
}

async fn a_network_binds_a_key_to_addresses(service: &Service) {
    let application = service.application(json!({})).await;
    let key = application.issue(json!({"allowed_addresses": ["203.0.113.7", "2001:db8::1/32"]})).await;
    assert_eq!(key.key["allowed_addresses"], json!(["203.0.113.7/32", "2001:db8::/32"]));
    for (asked, code) in [
        (json!({"ip": "203.0.113.7"}), "valid"),
        (json!({"ip": "::ffff:203.0.113.7"}), "valid"),
        (json!({"ip": "2001:db8:7::1"}), "valid"),
        (json!({"ip": "203.0.113.8"}), "ip_refused"),
        (json!({}), "ip_refused"),
    ] {
        assert_eq!(application.verify(&key.secret, asked.clone()).await["code"], code, "{asked}");
    }
}

async fn many_are_answered_in_order_or_none(service: &Service) {
    let application = service.application(json!({})).await;
    let (one, other) =
        (application.issue(json!({})).await, application.issue(json!({"scopes": ["a"]})).await);
    let batch = async |checks: Value| {
        service.post("/v1/verify/batch").bearer(&application.manager).json(json!({"checks": checks})).await
    };
    let answer = batch(json!([
        {"key": one.secret, "scopes": ["a"]}, {"key": "unknown"}, {"key": other.secret, "scopes": ["a"]},
    ]));
    let results = answer.await.json()["results"].clone();
    let codes: Vec<_> = results.as_array().unwrap().iter().map(|result| result["code"].clone()).collect();
    assert_eq!(codes, ["insufficient_scope", "not_found", "valid"]);
    assert_eq!(results[2]["key"]["id"], other.id);
    let many = |count: usize| json!(vec![json!({"key": one.secret}); count]);
    assert_eq!(batch(many(100)).await.json()["results"].as_array().unwrap().len(), 100);
    batch(many(101)).await.problem_at(422, "invalid_request", "checks");
    batch(json!([])).await.problem_at(422, "invalid_request", "checks");
    let wrong = batch(json!([{"key": one.secret}, {"key": one.secret, "cost": 1_000_001}])).await;
    wrong.problem_at(422, "invalid_request", "checks[1].cost");
}

async fn only_a_management_key_with_the_scope_asks(service: &Service) {
    let application = service.application(json!({})).await;
    let key = application.issue(json!({})).await;
    let asked = json!({"key": key.secret});
    service.post("/v1/verify").json(asked.clone()).await.problem(401, "unauthorized");
    let cookie = service.sign_in(KIM).await;
    let own = service.create(&cookie, json!({"scopes": ["keys:read", "keys:write"]})).await;
    let narrow = application.management_key(&["keys:read"]).await;
    for call in [
        service.post("/v1/verify").cookie(&cookie),
        service.post("/v1/verify").bearer(&own.secret),
        service.post("/v1/verify").bearer(&narrow),
    ] {
        let detail = call.json(asked.clone()).await.problem(403, "forbidden");
        assert!(detail.contains("verify"), "{detail}");
    }
    // The customer's key is nobody here.
    service.post("/v1/verify").bearer(&key.secret).json(asked).await.problem(401, "unauthorized");
}

async fn credentials_in_each_others_place_let_nobody_in(service: &Service) {
    let (here, there) = (service.application(json!({})).await, service.application(json!({})).await);
    let key = here.issue(json!({})).await;
    let named = |application: &str| json!({"key": key.secret, "application": application});
    let ask = async |path, order: Value| service.post(path).bearer(&here.manager).json(order).await;
    assert_eq!(ask("/v1/verify", named(&here.id)).await.json()["code"], "valid");
    for other in [&*there.id, "app_00000000000000000000", "Acme", ""] {
        let detail = ask("/v1/verify", named(other)).await.problem(403, "forbidden");
        assert!(detail.contains(&here.id) && detail.contains("`application`"), "{detail}");
        let checks = json!({"checks": [named(&here.id), named(other)]});
        let detail = ask("/v1/verify/batch", checks).await.problem(403, "forbidden");
        assert!(detail.contains("`checks[1].application`"), "{detail}");
    }
}

async fn what_cannot_be_asked_is_named(service: &Service) {
    let application = service.application(json!({})).await;
    for (asked, field) in [
        (json!({}), "key"),
        (json!({"key": "x", "cost": 1_000_001}), "cost"),
        (json!({"key": "x", "cost": -1}), "cost"),
        (json!({"key": "x", "ip": "example.com"}), "ip"),
        (json!({"key": "x", "scopes": ["a", "B"]}), "scopes[1]"),
    ] {
        let answer = service.post("/v1/verify").bearer(&application.manager).json(asked).await;
        answer.problem_at(422, "invalid_request", field);
    }
}

async fn a_use_is_noted_with_its_address_but_no_look(service: &Service) {
    let application = service.application(json!({})).await;
    let key = application.issue(json!({"scopes": ["a"]})).await;
    let told = async || {
        let path = application.path(&format!("/keys/{}", key.id));
        let key = service.get(&path).bearer(&application.manager).await.json();
        (key["last_used_at"].clone(), key["last_used_address"].clone())
    };
    application.verify(&key.secret, json!({"cost": 0, "ip": "192.0.2.1"})).await;
    application.verify(&key.secret, json!({"scopes": ["b"], "ip": "192.0.2.2"})).await;
    assert_eq!(told().await, (json!(null), json!(null)));
    application.verify(&key.secret, json!({"ip": "192.0.2.3"})).await;
    let used = (json!("2026-11-20T10:00:00Z"), json!("192.0.2.3"));
    assert_eq!(told().await, used, "before it is written down");
    assert_eq!(
        service.count("SELECT COUNT(*) FROM issued_keys WHERE last_used_address = '192.0.2.3'").await,
        1
    );
    service.pass(SignedDuration::from_secs(59));
    application.verify(&key.secret, json!({"ip": "192.0.2.4"})).await;
    service.app.flush().await;
    assert_eq!(told().await, used, "to the minute");
    service.pass(SignedDuration::from_secs(1));
    application.verify(&key.secret, json!({})).await;
    service.app.flush().await;
    assert_eq!(told().await, (json!("2026-11-20T10:01:00Z"), json!(null)));
}

async fn an_answer_is_fresh_until_the_key_ends(service: &Service) {
    let application = service.application(json!({})).await;
    let key = application.issue(json!({"expires_in": "PT1M"})).await;
    let fresh = async || application.verify(&key.secret, json!({})).await["fresh_seconds"].clone();
    assert_eq!(fresh().await, 5);
    service.pass(SignedDuration::from_secs(57));
    assert_eq!(fresh().await, 3);
    service.pass(SignedDuration::from_millis(2_500));
    assert_eq!(fresh().await, 0);
    service.pass(SignedDuration::from_millis(500));
    assert_eq!(fresh().await, 5, "it has expired, and stays so");
}
