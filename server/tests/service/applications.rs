//! APIs that a user protects, their management keys, and who may do what to them.

use axum::http::Method;
use jiff::SignedDuration;
use keylatch_server::UserChange;
use serde_json::{Value, json};

use crate::harness::{Answer, KIM, LEE, Service};

on_both_databases![
    an_application_is_told_as_it_was_made_and_changed,
    what_cannot_be_used_is_named,
    an_application_of_another_user_is_not_there,
    each_operation_needs_its_scope,
    a_key_of_the_user_needs_its_scopes_too,
    a_management_key_reaches_nothing_else,
    a_management_key_is_bounded_by_what_made_it,
    a_management_key_is_revoked_and_listed,
    lists_go_on_where_a_page_ended,
    a_deleted_application_ends_all_its_keys,
    a_deleted_user_leaves_no_application,
    what_was_done_is_in_the_audit_log,
];

async fn an_application_is_told_as_it_was_made_and_changed(service: &Service) {
    let application =
        service.application(json!({"scopes": [{"name": "mesh:read"}], "longest_lifetime": "P1Y"})).await;
    let path = application.path("");
    let mut told = json!({
        "id": application.id,
        "name": "Acme API",
        "formats": [
            {"environment": "live", "prefix": "acme_live_"}, {"environment": "test", "prefix": "acme_test_"},
        ],
        "default_lifetime": "P3M",
        "longest_lifetime": "P1Y",
        "scopes": [{"name": "mesh:read", "description": ""}],
        "limits": [],
        "on_limiter_failure": "deny",
        "created_at": "2026-11-20T10:00:00Z",
        "updated_at": "2026-11-20T10:00:00Z",
    });
    assert_eq!(service.get(&path).cookie(&application.cookie).await.json(), told);
    service.pass(SignedDuration::from_secs(1));
    let change = json!({"name": "Acme", "longest_lifetime": null, "default_lifetime": "never"});
    let changed = service.patch(&path).cookie(&application.cookie).json(change).await;
    told["name"] = json!("Acme");
    told["longest_lifetime"] = json!(null);
    told["default_lifetime"] = json!("never");
    told["updated_at"] = json!("2026-11-20T10:00:01Z");
    assert_eq!(changed.json(), told, "what is absent stays");
    assert_eq!(service.get(&path).cookie(&application.cookie).await.json(), told);
    let listed = service.get("/v1/applications").cookie(&application.cookie).await.json();
    assert_eq!(listed, json!({"items": [told], "next_cursor": null}));
    // A management key of this application goes by what it is now.
    let key = application.issue(json!({})).await.key;
    assert_eq!(key["expires_at"], Value::Null);
}

async fn what_cannot_be_used_is_named(service: &Service) {
    let application =
        service.application(json!({"scopes": [{"name": "a"}], "longest_lifetime": "P1Y"})).await;
    let good = json!({"name": "x", "formats": [{"environment": "live", "prefix": "x_"}]});
    let with = |member: &str, value: Value| {
        let mut order = good.clone();
        order[member] = value;
        order
    };
    for (order, field) in [
        (json!({"formats": []}), "name"),
        (json!({"name": "x"}), "formats"),
        (with("name", json!(" ")), "name"),
        (with("formats", json!([])), "formats"),
        (with("formats", json!([{"environment": "beta", "prefix": "x_"}])), "formats[0].environment"),
        (with("formats", json!([{"environment": "live", "prefix": "X_"}])), "formats[0].prefix"),
        (with("formats", json!([{"environment": "live", "prefix": "kl_live_"}])), "formats[0].prefix"),
        (with("default_lifetime", json!("soon")), "default_lifetime"),
        (with("longest_lifetime", json!("P1M")), "default_lifetime"),
        (with("scopes", json!([{"name": "A"}])), "scopes[0].name"),
    ] {
        let answer = service.post("/v1/applications").cookie(&application.cookie).json(order).await;
        answer.problem_at(422, "invalid_request", field);
    }
    let change = json!({"default_lifetime": "P2Y"});
    let answer = service.patch(&application.path("")).cookie(&application.cookie).json(change).await;
    answer.problem_at(422, "invalid_request", "default_lifetime");
    for (order, field) in [
        (json!({}), "owner"),
        (json!({"owner": "a/b"}), "owner"),
        (json!({"owner": "a", "scopes": ["b"]}), "scopes"),
        (json!({"owner": "a", "name": ""}), "name"),
        (json!({"owner": "a", "expires_in": "P2Y"}), "expires_in"),
        (json!({"owner": "a", "expires_in": "never"}), "expires_in"),
        (json!({"owner": "a", "expires_at": "2028-01-01T00:00:00Z"}), "expires_at"),
        (json!({"owner": "a", "expires_in": "P1D", "expires_at": "2027-01-01T00:00:00Z"}), "expires_at"),
        (json!({"owner": "a", "metadata": {"x": "y".repeat(4096)}}), "metadata"),
        (json!({"owner": "a", "metadata": "text"}), "metadata"),
        (json!({"owner": "a", "allowed_addresses": ["10.0.0.0/33"]}), "allowed_addresses[0]"),
        (json!({"owner": "a", "environment": "beta"}), "environment"),
    ] {
        let answer = service.post(&application.path("/keys")).cookie(&application.cookie).json(order).await;
        answer.problem_at(422, "invalid_request", field);
    }
    for (order, field) in [
        (json!({"name": "x", "scopes": []}), "scopes"),
        (json!({"name": "x", "scopes": ["verify", "keys:write"]}), "scopes[1]"),
        (json!({"name": "x"}), "scopes"),
    ] {
        let path = application.path("/management-keys");
        let answer = service.post(&path).cookie(&application.cookie).json(order).await;
        answer.problem_at(422, "invalid_request", field);
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM issued_keys").await, 0);
    assert_eq!(service.count("SELECT COUNT(*) FROM owners").await, 0);
}

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
fn operations(key: &str) -> Vec<(Method, String)> {
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
fn body(path: &str) -> Value {
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
        let is_unbounded = path == "/management-keys" && method == Method::POST;
        assert_ne!(answer.status, 403, "{method} {path}: {} {is_unbounded}", answer.text);
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
    // No session is begun with it in the words of a cloud either.
    let login = service.post("/api/login").json(json!({"secretKey": here.manager})).await;
    assert_eq!(login.status, 401, "{}", login.text);
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

async fn a_management_key_is_revoked_and_listed(service: &Service) {
    let application = service.application(json!({})).await;
    let path = application.path("/management-keys");
    let order = json!({"name": "server", "scopes": ["verify", "verify"]});
    let mut made = service.post(&path).cookie(&application.cookie).json(order).await.json();
    let secret = made["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("kl_mgmt_") && secret.len() > 40, "{secret}");
    let ask = async || service.post("/v1/verify").bearer(&secret).json(json!({"key": "x"})).await;
    assert_eq!(ask().await.status, 200);
    let told = async || {
        let listed = service.get(&path).cookie(&application.cookie).await.json();
        listed["items"].as_array().unwrap()[0].clone()
    };
    made.as_object_mut().unwrap().remove("secret");
    made["last_used_at"] = json!("2026-11-20T10:00:00Z");
    assert_eq!(told().await, made);
    service.app.flush().await;
    assert_eq!(told().await, made, "written down");
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(service.delete(&one).cookie(&application.cookie).await.status, 204);
        service.pass(SignedDuration::from_secs(1));
    }
    ask().await.problem(401, "unauthorized");
    let told = told().await;
    assert_eq!((&told["status"], &told["revoked_at"]), (&json!("revoked"), &json!("2026-11-20T10:00:00Z")));
    let unknown = format!("{path}/mgmt_0123456789abcdefghij");
    service.delete(&unknown).cookie(&application.cookie).await.problem(404, "not_found");
}

async fn lists_go_on_where_a_page_ended(service: &Service) {
    let application = service.application(json!({})).await;
    for number in 0..7 {
        application
            .issue(json!({"owner": format!("cust_{}", number % 3), "name": format!("Key {number}")}))
            .await;
        application.management_key(&["verify"]).await;
        service.application(json!({})).await;
    }
    for (path, members, total) in [
        (application.path("/keys"), "name", 7),
        (application.path("/keys?owner=cust_0"), "name", 3),
        (application.path("/keys?search=kEY&status=active"), "name", 7),
        (application.path("/owners"), "id", 3),
        (application.path("/management-keys"), "id", 8),
        ("/v1/applications".to_owned(), "id", 8),
    ] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let page = format!("{path}{separator}limit=2&cursor={cursor}");
            let page = service.get(&page).cookie(&application.cookie).await.json();
            let items = page["items"].as_array().unwrap().clone();
            assert!(items.len() <= 2);
            found.extend(items.into_iter().map(|item| item[members].clone()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(found.len(), total, "{path}: {found:?}");
        let mut distinct: Vec<_> = found.iter().map(ToString::to_string).collect();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), total, "{path}");
        if members == "name" {
            assert_eq!(found[0], json!(format!("Key {}", 6)), "newest first");
        }
        let separator = if path.contains('?') { '&' } else { '?' };
        let wrong = service.get(&format!("{path}{separator}cursor=%2F")).cookie(&application.cookie).await;
        wrong.problem_at(422, "invalid_request", "cursor");
        service
            .get(&format!("{path}{separator}limti=1"))
            .cookie(&application.cookie)
            .await
            .problem(422, "invalid_request");
    }
}

async fn a_deleted_application_ends_all_its_keys(service: &Service) {
    let application = service.application(json!({})).await;
    let other = service.application(json!({})).await;
    let (key, others) = (application.issue(json!({})).await, other.issue(json!({})).await);
    assert_eq!(application.code(&key.secret).await, "valid");
    assert_eq!(service.delete(&application.path("")).cookie(&application.cookie).await.status, 204);
    let ask = json!({"key": key.secret});
    service.post("/v1/verify").bearer(&application.manager).json(ask).await.problem(401, "unauthorized");
    for (method, path) in operations(&key.id) {
        let call = service.call(method.clone(), &application.path(&path)).cookie(&application.cookie);
        call.json(body(&path)).await.problem(404, "not_found");
    }
    assert_eq!(other.code(&others.secret).await, "valid");
    for _ in 0..3 {
        service.app.sweep().await;
    }
    for table in ["issued_keys", "owners", "management_keys"] {
        assert_eq!(service.count(&format!("SELECT COUNT(*) FROM {table}")).await, 1, "{table}");
    }
}

async fn a_deleted_user_leaves_no_application(service: &Service) {
    let application = service.application(json!({})).await;
    let key = application.issue(json!({})).await;
    let ask = async || {
        service.post("/v1/verify").bearer(&application.manager).json(json!({"key": key.secret})).await
    };
    assert_eq!(ask().await.status, 200);
    service.app.change_user(KIM, UserChange::Disable).await.unwrap();
    ask().await.problem(401, "unauthorized");
    service.app.change_user(KIM, UserChange::Enable).await.unwrap();
    assert_eq!(ask().await.status, 200);
    service.app.change_user(KIM, UserChange::Delete).await.unwrap();
    ask().await.problem(401, "unauthorized");
    for _ in 0..3 {
        service.app.sweep().await;
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM issued_keys").await, 0);
}

async fn what_was_done_is_in_the_audit_log(service: &Service) {
    let application = service.application(json!({})).await;
    let key = application.issue(json!({})).await;
    for (method, path) in operations(&key.id) {
        let call = service.call(method, &application.path(&path)).cookie(&application.cookie);
        assert_ne!(call.json(body(&path)).await.status, 422, "{path}");
    }
    service.app.flush().await;
    let log = service.get("/v1/audit?limit=100").cookie(&application.cookie).await.json();
    let mut actions: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["application_id"] == json!(application.id))
        .map(|event| event["action"].as_str().unwrap())
        .collect();
    actions.sort_unstable();
    actions.dedup();
    assert_eq!(
        actions,
        [
            "application.changed",
            "application.created",
            "application.deleted",
            "key.changed",
            "key.created",
            "key.deleted",
            "key.imported",
            "key.revoked",
            "key.rotated",
            "management_key.created",
            "owner.changed",
            "owner.deleted",
            "owner.revoked",
        ]
    );
    let issuing = format!("/v1/audit?key_id={}", key.id);
    let of_key = service.get(&issuing).cookie(&application.cookie).await.json();
    let first = of_key["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(first["action"], "key.created");
    assert!(first["actor"].as_str().unwrap().starts_with("mgmt_"), "{first}");
}
