//! Rotating a key.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{KIM, Service};

on_both_databases![
    a_successor_takes_over_name_scopes_and_end,
    without_overlap_the_old_key_dies_at_once,
    with_overlap_both_live_until_it_is_over,
    no_life_is_ever_extended,
    until_revoked_leaves_the_old_key_alone,
    a_held_overlap_begins_with_the_revocation,
    a_key_with_an_active_successor_is_not_rotated_again,
    a_revoked_successor_does_not_stand_in_the_way,
    a_successor_may_be_rotated,
    a_key_may_rotate_itself,
    of_two_at_once_one_wins,
    a_faulty_overlap_is_refused_and_changes_nothing,
];

async fn rotate(service: &Service, cookie: &str, id: &str, body: Value) -> crate::harness::Answer {
    service.post(&format!("/v1/keys/{id}/rotate")).cookie(cookie).json(body).await
}

async fn a_successor_takes_over_name_scopes_and_end(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let order = json!({"name": "robot", "scopes": ["keys:read", "x"], "expires_in": "P1Y"});
    let old = service.create(&cookie, order).await;
    service.pass(SignedDuration::from_hours(1));
    let answer = service.post(&format!("/v1/keys/{}/rotate", old.id)).cookie(&cookie).await;
    assert_eq!(answer.status, 201, "a body is not needed: {}", answer.text);
    let new = answer.new_key();
    assert_ne!(new.id, old.id);
    assert_ne!(new.secret, old.secret);
    for member in ["name", "scopes", "expires_at", "prefix"] {
        assert_eq!(new.key[member], old.key[member], "{member}");
    }
    assert_eq!(new.key["created_at"], "2026-11-20T11:00:00Z");
    assert_eq!(new.key["last_used_at"], json!(null));
    assert_eq!(new.key["replaced_by"], json!(null));

    let replaced = &answer.json()["replaced"];
    assert_eq!(replaced["id"], old.id);
    assert_eq!(replaced["replaced_by"], new.id);
    assert_eq!(*replaced, service.get(&format!("/v1/keys/{}", old.id)).cookie(&cookie).await.json());
    assert_eq!(service.get("/v1/account").bearer(&new.secret).await.status, 200);
}

async fn without_overlap_the_old_key_dies_at_once(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for body in [json!({}), json!({"overlap": null}), json!({"overlap": "PT0S"})] {
        let old = service.create(&cookie, json!({})).await;
        let answer = rotate(service, &cookie, &old.id, body).await;
        assert_eq!(answer.json()["replaced"]["status"], "revoked");
        assert_eq!(answer.json()["replaced"]["revoked_at"], "2026-11-20T10:00:00Z");
        service.get("/v1/account").bearer(&old.secret).await.problem(401, "unauthorized");
    }
}

async fn with_overlap_both_live_until_it_is_over(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let old = service.create(&cookie, json!({})).await;
    let answer = rotate(service, &cookie, &old.id, json!({"overlap": "PT1H"})).await;
    assert_eq!(answer.json()["replaced"]["status"], "active");
    assert_eq!(answer.json()["replaced"]["expires_at"], "2026-11-20T11:00:00Z");
    let new = answer.new_key();

    service.pass(SignedDuration::from_secs(3599));
    assert_eq!(service.get("/v1/account").bearer(&old.secret).await.status, 200);
    assert_eq!(service.get("/v1/account").bearer(&new.secret).await.status, 200);
    service.pass(SignedDuration::from_secs(1));
    service.get("/v1/account").bearer(&old.secret).await.problem(401, "unauthorized");
    assert_eq!(service.get("/v1/account").bearer(&new.secret).await.status, 200);
    let told = service.get(&format!("/v1/keys/{}", old.id)).cookie(&cookie).await.json();
    assert_eq!(told["status"], "expired");
}

async fn no_life_is_ever_extended(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for (lifetime, overlap, old_end, new_end) in [
        (json!("PT1H"), "PT2H", json!("2026-11-20T11:00:00Z"), json!("2026-11-20T11:00:00Z")),
        (json!("PT1H"), "P9999Y", json!("2026-11-20T11:00:00Z"), json!("2026-11-20T11:00:00Z")),
        (json!("PT1H"), "until_revoked", json!("2026-11-20T11:00:00Z"), json!("2026-11-20T11:00:00Z")),
        (json!("PT1H"), "PT1M", json!("2026-11-20T10:01:00Z"), json!("2026-11-20T11:00:00Z")),
        (json!("never"), "PT1H", json!("2026-11-20T11:00:00Z"), json!(null)),
        (json!("never"), "until_revoked", json!(null), json!(null)),
    ] {
        let old = service.create(&cookie, json!({"expires_in": lifetime})).await;
        let answer = rotate(service, &cookie, &old.id, json!({"overlap": overlap})).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert_eq!(answer.json()["replaced"]["expires_at"], old_end, "old: {lifetime}, {overlap}");
        assert_eq!(answer.json()["key"]["expires_at"], new_end, "new: {lifetime}, {overlap}");
    }
}

async fn until_revoked_leaves_the_old_key_alone(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let old = service.create(&cookie, json!({})).await;
    let new = rotate(service, &cookie, &old.id, json!({"overlap": "until_revoked"})).await.new_key();
    let told = service.get(&format!("/v1/keys/{}", old.id)).cookie(&cookie).await.json();
    let mut expected = old.key.clone();
    expected["replaced_by"] = json!(new.id);
    assert_eq!(told, expected);
    service.post(&format!("/v1/keys/{}/revoke", old.id)).cookie(&cookie).await;
    service.get("/v1/account").bearer(&old.secret).await.problem(401, "unauthorized");
    assert_eq!(service.get("/v1/account").bearer(&new.secret).await.status, 200);
}

async fn a_held_overlap_begins_with_the_revocation(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let old = service.create(&cookie, json!({})).await;
    let held = rotate(service, &cookie, &old.id, json!({"overlap": "PT1H", "hold": true})).await;
    assert_eq!(held.json()["replaced"]["expires_at"], old.key["expires_at"]);
    let wrong = service.create(&cookie, json!({})).await;
    let refused = rotate(service, &cookie, &wrong.id, json!({"overlap": "soon", "hold": true})).await;
    refused.problem_at(422, "invalid_request", "overlap");

    let revoke =
        async |query: &str| service.post(&format!("/v1/keys/{}/revoke{query}", old.id)).cookie(&cookie).await;
    for query in ["?overlap=soon", "?overlap=", "?overlp=PT1H", "?overlap=PT1H&overlap=PT2H"] {
        assert_eq!(revoke(query).await.status.as_u16() / 100, 4, "{query}");
    }
    // To ask again, or for longer, changes nothing.
    for overlap in ["PT1H", "PT1H", "P1D"] {
        let told = revoke(&format!("?overlap={overlap}")).await.json();
        assert_eq!(
            (&told["status"], &told["expires_at"]),
            (&json!("active"), &json!("2026-11-20T11:00:00Z"))
        );
    }
    assert_eq!(revoke("").await.json()["status"], "revoked");
}

async fn a_key_with_an_active_successor_is_not_rotated_again(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let old = service.create(&cookie, json!({})).await;
    let new = rotate(service, &cookie, &old.id, json!({"overlap": "PT1H"})).await.new_key();
    let detail = rotate(service, &cookie, &old.id, json!({})).await.problem(409, "conflict");
    assert!(detail.contains(&new.id), "{detail}");
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 2);
    assert_eq!(service.get("/v1/account").bearer(&old.secret).await.status, 200, "nothing changed");
}

async fn a_revoked_successor_does_not_stand_in_the_way(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let old = service.create(&cookie, json!({})).await;
    let unstored = rotate(service, &cookie, &old.id, json!({"overlap": "until_revoked"})).await.new_key();
    service.post(&format!("/v1/keys/{}/revoke", unstored.id)).cookie(&cookie).await;
    let second = rotate(service, &cookie, &old.id, json!({"overlap": "until_revoked"})).await.new_key();
    service.delete(&format!("/v1/keys/{}", unstored.id)).cookie(&cookie).await;
    assert_eq!(service.stored(&old.id, "replaced_by").await, second.id);
    service.post(&format!("/v1/keys/{}/revoke", second.id)).cookie(&cookie).await;
    service.delete(&format!("/v1/keys/{}", second.id)).cookie(&cookie).await;
    assert_eq!(rotate(service, &cookie, &old.id, json!({})).await.status, 201);
}

async fn a_successor_may_be_rotated(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let first = service.create(&cookie, json!({"expires_in": "P1Y"})).await;
    let second = rotate(service, &cookie, &first.id, json!({})).await.new_key();
    let third = rotate(service, &cookie, &second.id, json!({})).await.new_key();
    assert_eq!(third.key["expires_at"], first.key["expires_at"]);
    assert_eq!(service.get("/v1/keys?status=active").cookie(&cookie).await.ids(), [third.id]);
}

async fn a_key_may_rotate_itself(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let old = service.create(&cookie, json!({"scopes": ["keys:read", "keys:write"]})).await;
    let answer = service.post(&format!("/v1/keys/{}/rotate", old.id)).bearer(&old.secret).await;
    let new = answer.new_key();
    assert_eq!(service.get("/v1/account").bearer(&new.secret).await.status, 200);
    service.get("/v1/account").bearer(&old.secret).await.problem(401, "unauthorized");
}

async fn of_two_at_once_one_wins(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for overlap in ["PT0S", "PT1H", "until_revoked"] {
        let old = service.create(&cookie, json!({"name": overlap})).await;
        let again = || rotate(service, &cookie, &old.id, json!({"overlap": overlap}));
        let (a, b, c) = tokio::join!(again(), again(), again());
        let mut statuses = [a.status.as_u16(), b.status.as_u16(), c.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409], "{overlap}");
        let successors = format!("SELECT COUNT(*) FROM keys WHERE name = '{overlap}' AND id <> '{}'", old.id);
        assert_eq!(service.count(&successors).await, 1, "{overlap}");
    }
}

async fn a_faulty_overlap_is_refused_and_changes_nothing(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let old = service.create(&cookie, json!({})).await;
    for overlap in [json!(""), json!("1h"), json!("-PT1H"), json!("never"), json!(3600), json!({})] {
        let answer = rotate(service, &cookie, &old.id, json!({"overlap": overlap})).await;
        answer.problem_at(422, "invalid_request", "overlap");
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 1);
    assert_eq!(service.get("/v1/account").bearer(&old.secret).await.status, 200);
}
