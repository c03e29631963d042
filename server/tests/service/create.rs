//! Creating a key.

use jiff::SignedDuration;
use serde_json::json;

use crate::harness::{KIM, Service};

on_both_databases![
    a_new_key_is_told_once_and_stored_as_hash_only,
    a_new_key_has_the_format_of_keylatch,
    a_new_key_lives_three_calendar_months,
    never_is_only_for_those_who_ask_for_it,
    the_end_may_be_a_duration_or_a_moment,
    a_name_is_trimmed_and_need_not_be_unique,
    scopes_are_kept_in_order_and_each_once,
    what_cannot_be_used_is_refused_by_name_and_makes_no_key,
];

async fn a_new_key_is_told_once_and_stored_as_hash_only(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let answer = service.post("/v1/keys").cookie(&cookie).json(json!({"name": "deploy robot"})).await;
    assert_eq!(answer.status, 201);
    let new = answer.new_key();
    let last_four = &new.secret[new.secret.len() - 4..];
    assert_eq!(
        new.key,
        json!({
            "id": new.id, "name": "deploy robot", "prefix": "kl_live_", "last_four": last_four,
            "masked": format!("kl_live_…{last_four}"), "status": "active", "scopes": [], "full_access": false,
            "created_at": "2026-11-20T10:00:00Z", "expires_at": "2027-02-20T10:00:00Z",
            "last_used_at": null, "revoked_at": null, "replaced_by": null,
        })
    );
    let again = service.get(&format!("/v1/keys/{}", new.id)).cookie(&cookie).await;
    assert_eq!(again.json(), new.key);
    let list = service.get("/v1/keys").cookie(&cookie).await;
    assert!(!again.text.contains(&new.secret) && !list.text.contains(&new.secret));

    assert_eq!(
        service.stored(&new.id, "hash").await,
        keylatch_format::hash(&keylatch_format::Secret::from(&*new.secret))
    );
    let middle = &new.secret["kl_live_".len()..new.secret.len() - 4];
    for column in ["id", "name", "name_folded", "prefix", "last_four", "hash", "scopes"] {
        assert!(!service.stored(&new.id, column).await.contains(middle), "{column}");
    }
}

async fn a_new_key_has_the_format_of_keylatch(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let mut secrets = std::collections::BTreeSet::new();
    for _ in 0..5 {
        let new = service.create(&cookie, json!({})).await;
        let problems = keylatch_format::diagnose(Some(keylatch_format::keylatch()), &new.secret);
        assert!(problems.is_empty());
        assert!(new.secret.starts_with("kl_live_"));
        assert!(new.id.starts_with("key_") && new.id.len() >= 20, "{}", new.id);
        secrets.insert(new.secret);
    }
    assert_eq!(secrets.len(), 5);
}

async fn a_new_key_lives_three_calendar_months(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let new = service.create(&cookie, json!({})).await;
    // From 20 November to 20 February: 92 days.
    service.pass(SignedDuration::from_secs(92 * 86_400 - 1));
    assert_eq!(service.get("/v1/account").bearer(&new.secret).await.status, 200);
    service.pass(SignedDuration::from_secs(1));
    service.get("/v1/account").bearer(&new.secret).await.problem(401, "unauthorized");
}

async fn never_is_only_for_those_who_ask_for_it(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let never = service.create(&cookie, json!({"expires_in": "never"})).await;
    assert_eq!(never.key["expires_at"], json!(null));
    for silent in [json!({}), json!({"expires_in": null}), json!({"expires_in": null, "expires_at": null})] {
        assert_eq!(service.create(&cookie, silent).await.key["expires_at"], "2027-02-20T10:00:00Z");
    }
    service.pass(SignedDuration::from_hours(24 * 365 * 50));
    assert_eq!(service.get("/v1/account").bearer(&never.secret).await.status, 200);
}

async fn the_end_may_be_a_duration_or_a_moment(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for (order, end) in [
        (json!({"expires_in": "PT12H"}), "2026-11-20T22:00:00Z"),
        (json!({"expires_in": "P10Y"}), "2036-11-20T10:00:00Z"),
        (json!({"expires_at": "2027-01-01T00:00:00Z"}), "2027-01-01T00:00:00Z"),
        (json!({"expires_at": "2027-01-01T00:00:00+05:30"}), "2026-12-31T18:30:00Z"),
    ] {
        assert_eq!(service.create(&cookie, order.clone()).await.key["expires_at"], end, "{order}");
    }
}

async fn a_name_is_trimmed_and_need_not_be_unique(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let hundred = "é".repeat(100);
    for (name, kept) in [("  two words\n", "two words"), ("two words", "two words"), (&hundred, &hundred)] {
        let new = service.create(&cookie, json!({"name": name})).await;
        assert_eq!(new.key["name"], *kept);
        assert_eq!(service.stored(&new.id, "name").await, *kept);
    }
    let markup = "<img src=x onerror=alert(1)> ' \" \\ -- ; DROP TABLE keys %00 🔑";
    assert_eq!(service.create(&cookie, json!({"name": markup})).await.key["name"], markup);
}

async fn scopes_are_kept_in_order_and_each_once(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let new = service.create(&cookie, json!({"scopes": ["keys:write", "a.b", "keys:write"]})).await;
    assert_eq!(new.key["scopes"], json!(["a.b", "keys:write"]));
    assert_eq!(service.stored(&new.id, "scopes").await, r#"["a.b","keys:write"]"#);
}

async fn what_cannot_be_used_is_refused_by_name_and_makes_no_key(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for (order, field) in [
        (json!({}), "name"),
        (json!({"name": null}), "name"),
        (json!({"name": 7}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"name": " \t "}), "name"),
        (json!({"name": "x".repeat(101)}), "name"),
        (json!({"name": "a\u{0}b"}), "name"),
        (json!({"name": "a\nb"}), "name"),
        (json!({"name": "\u{200b}"}), "name"),
        (json!({"name": "a\u{202e}b"}), "name"),
        (json!({"name": "a", "expires_in": "soon"}), "expires_in"),
        (json!({"name": "a", "expires_in": 90}), "expires_in"),
        (json!({"name": "a", "expires_in": "PT0S"}), "expires_in"),
        (json!({"name": "a", "expires_in": "-P1D"}), "expires_in"),
        (json!({"name": "a", "expires_in": "P10Y1D"}), "expires_in"),
        (json!({"name": "a", "expires_at": "tomorrow"}), "expires_at"),
        (json!({"name": "a", "expires_at": "2026-11-20T10:00:00Z"}), "expires_at"),
        (json!({"name": "a", "expires_at": "2036-11-20T10:00:01Z"}), "expires_at"),
        (json!({"name": "a", "expires_in": "P1D", "expires_at": "2027-01-01T00:00:00Z"}), "expires_at"),
        (json!({"name": "a", "scopes": "keys:read"}), "scopes"),
        (json!({"name": "a", "scopes": ["ok", "Not OK"]}), "scopes[1]"),
        (json!({"name": "a", "scopes": ["ok", 1]}), "scopes[1]"),
        (json!({"name": "a", "scopes": (0..33).map(|n| format!("s{n}")).collect::<Vec<_>>()}), "scopes"),
    ] {
        let answer = service.post("/v1/keys").cookie(&cookie).json(order.clone()).await;
        let detail = answer.problem_at(422, "invalid_request", field);
        assert!(detail.contains(field), "{order}: {detail}");
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 0);
}
