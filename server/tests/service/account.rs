//! What becomes of a user: another password, locked out, deleted.

use keylatch_format::Secret;
use keylatch_server::UserChange;
use serde_json::json;

use crate::harness::{KIM, LEE, PASSWORD, Service};
use crate::list::add_hay;

on_both_databases![
    a_person_changes_their_password,
    a_wrong_old_password_changes_nothing_and_counts,
    neither_key_nor_login_changes_a_password,
    a_disabled_user_is_out_until_enabled,
    a_deleted_user_leaves_nothing_but_ids,
    the_keys_of_a_deleted_user_are_swept_out_in_blocks,
    ended_sessions_are_ended_everywhere,
    a_leaked_key_is_revoked_by_itself,
];

async fn a_person_changes_their_password(service: &Service) {
    let (here, there) = (service.sign_in(KIM).await, service.sign_in(KIM).await);
    let key = service.create(&here, json!({})).await;
    let change = service.post("/v1/account/password").cookie(&here);
    let answer = change.json(json!({"old": PASSWORD, "new": "another horse"})).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
    assert_eq!(service.get("/v1/account").cookie(&here).await.status, 200, "this session goes on");
    service.get("/v1/account").cookie(&there).await.problem(401, "unauthorized");
    assert_eq!(service.get("/v1/account").bearer(&key.secret).await.status, 200, "keys go on");
    let sign_in = async |password: &str| {
        service.post("/v1/session").json(json!({"user": KIM, "password": password})).await.status.as_u16()
    };
    assert_eq!((sign_in(PASSWORD).await, sign_in("another horse").await), (401, 201));
}

async fn a_wrong_old_password_changes_nothing_and_counts(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let change = async |old: &str, new: &str| {
        service.post("/v1/account/password").cookie(&cookie).json(json!({"old": old, "new": new})).await
    };
    change(PASSWORD, "short").await.problem_at(422, "invalid_request", "new");
    for _ in 0..10 {
        change("wrong", "another horse").await.problem_at(401, "invalid_credentials", "old");
    }
    change(PASSWORD, "another horse").await.problem(429, "rate_limited");
    let sign_in =
        service.post("/v1/session").from("192.0.2.7").json(json!({"user": KIM, "password": PASSWORD}));
    assert_eq!(sign_in.await.status, 201);
}

async fn neither_key_nor_login_changes_a_password(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({"scopes": ["keys:read", "keys:write"]})).await;
    let by_key = service.post("/api/login").json(json!({"secretKey": key.secret})).await.cookie();
    let order = json!({"old": PASSWORD, "new": "another horse"});
    for call in [
        service.post("/v1/account/password").bearer(&key.secret),
        service.post("/v1/account/password").cookie(&by_key),
    ] {
        call.json(order.clone()).await.problem(403, "forbidden");
    }
    let elsewhere =
        service.post("/v1/account/password").cookie(&cookie).header("origin", "https://evil.example");
    elsewhere.json(order).await.problem(403, "forbidden");
}

async fn a_disabled_user_is_out_until_enabled(service: &Service) {
    let (cookie, lee) = (service.sign_in(KIM).await, service.sign_in(LEE).await);
    let key = service.create(&cookie, json!({})).await;
    service.app.change_user(KIM, UserChange::Disable).await.unwrap();
    service.get("/v1/account").bearer(&key.secret).await.problem(401, "unauthorized");
    service.get("/v1/account").cookie(&cookie).await.problem(401, "unauthorized");
    let sign_in = service.post("/v1/session").json(json!({"user": KIM, "password": PASSWORD})).await;
    sign_in.problem(401, "invalid_credentials");
    let modelon = service.post("/api/keys/validation").json(json!({"secret": key.secret})).await;
    assert_eq!(modelon.status, 400);
    assert_eq!(service.get("/v1/account").cookie(&lee).await.status, 200);
    service.app.change_user(KIM, UserChange::Enable).await.unwrap();
    assert_eq!(service.get("/v1/account").bearer(&key.secret).await.status, 200);
    assert_eq!(service.get("/v1/account").cookie(&cookie).await.status, 200);
}

async fn a_deleted_user_leaves_nothing_but_ids(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let order = json!({"name": "robot"});
    let made =
        service.post("/v1/keys").cookie(&cookie).header("idempotency-key", "x").json(order).await.new_key();
    service.app.change_user(KIM, UserChange::Delete).await.unwrap();
    service.get("/v1/account").bearer(&made.secret).await.problem(401, "unauthorized");
    service.get("/v1/account").cookie(&cookie).await.problem(401, "unauthorized");
    service.app.sweep().await;
    service.get("/v1/account").bearer(&made.secret).await.problem(401, "unauthorized");
    for sql in [
        "SELECT COUNT(*) FROM keys WHERE hash IS NOT NULL OR name <> ''",
        "SELECT COUNT(*) FROM sessions",
        "SELECT COUNT(*) FROM attempts",
        "SELECT COUNT(*) FROM users WHERE email = 'kim@example.com'",
    ] {
        assert_eq!(service.count(sql).await, 0, "{sql}");
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 1, "its id is never given again");
    assert!(service.app.change_user(KIM, UserChange::Enable).await.is_err());
    // Somebody else may have the address.
    service.app.create_user(KIM, PASSWORD).await.unwrap();
    let cookie = service.sign_in(KIM).await;
    assert!(service.get("/v1/keys").cookie(&cookie).await.ids().is_empty());
}

/// However many keys there are, what a person waits for is the same.
async fn the_keys_of_a_deleted_user_are_swept_out_in_blocks(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let made = service.create(&cookie, json!({})).await;
    let lee = service.sign_in(LEE).await;
    let other = service.create(&lee, json!({})).await;
    add_hay(service, &made.id).await;
    service.execute("UPDATE keys SET revoked_at = 3 WHERE name = 'hay' AND hash LIKE '%7'").await;
    service.app.change_user(KIM, UserChange::Delete).await.unwrap();
    let left = "SELECT COUNT(*) FROM keys WHERE deleted_at IS NULL";
    assert_eq!(service.count(left).await, 12_002, "not one was touched");
    service.get("/v1/account").bearer(&made.secret).await.problem(401, "unauthorized");
    service.app.sweep().await;
    assert_eq!(service.count(left).await, 1);
    assert_eq!(service.count("SELECT COUNT(*) FROM keys WHERE hash IS NOT NULL").await, 1);
    assert_eq!(service.count("SELECT COUNT(*) FROM users WHERE swept_at IS NOT NULL").await, 1);
    assert_eq!(service.get("/v1/account").bearer(&other.secret).await.status, 200);
}

async fn ended_sessions_are_ended_everywhere(service: &Service) {
    let (kim, lee) = (service.sign_in(KIM).await, service.sign_in(LEE).await);
    let other = service.another_process().await;
    service.app.change_user(KIM, UserChange::EndSessions).await.unwrap();
    for process in [service, &other] {
        process.get("/v1/account").cookie(&kim).await.problem(401, "unauthorized");
        assert_eq!(process.get("/v1/account").cookie(&lee).await.status, 200);
    }
    service.app.change_user(LEE, UserChange::Password(Secret::from("another horse"))).await.unwrap();
    other.get("/v1/account").cookie(&lee).await.problem(401, "unauthorized");
    other.app.close().await;
}

async fn a_leaked_key_is_revoked_by_itself(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    for _ in 0..2 {
        let revoked = service.app.revoke_leaked(&Secret::from(&*key.secret)).await.unwrap();
        assert_eq!(revoked.iter().map(|key| &*key.id).collect::<Vec<_>>(), [&*key.id]);
    }
    service.get("/v1/account").bearer(&key.secret).await.problem(401, "unauthorized");
    assert!(service.app.revoke_leaked(&Secret::from("kl_live_unknown")).await.unwrap().is_empty());
}
