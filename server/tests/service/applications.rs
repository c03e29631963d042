//! APIs that a user protects, and their management keys.

use jiff::SignedDuration;
use keylatch_server::UserChange;
use serde_json::{Value, json};

use crate::application_access::{body, operations};
use crate::harness::{KIM, Service};

on_both_databases![
    an_application_is_told_as_it_was_made_and_changed,
    what_cannot_be_used_is_named,
    a_default_that_is_too_long_this_month_is_cut_to_the_longest,
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

/// A month is longer than 30 days in some months, and a year than 365 days in some years.
async fn a_default_that_is_too_long_this_month_is_cut_to_the_longest(service: &Service) {
    let lifetimes = json!({"default_lifetime": "P1M", "longest_lifetime": "P30D"});
    let application = service.application(lifetimes).await;
    let key = application.issue(json!({})).await.key;
    assert_eq!(key["expires_at"], "2026-12-20T10:00:00Z");
    service.pass(SignedDuration::from_hours(24 * 11));
    let key = application.issue(json!({})).await.key;
    assert_eq!(key["expires_at"], "2026-12-31T10:00:00Z", "of the 31 days of December");
    let wished = json!({"owner": "cust_7", "expires_in": "P1M"});
    let answer = service.post(&application.path("/keys")).bearer(&application.manager).json(wished).await;
    answer.problem_at(422, "invalid_request", "expires_in");
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
