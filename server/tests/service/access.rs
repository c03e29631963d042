//! Who gets in, by what, and what of others they see: nothing.

use axum::http::Method;
use jiff::SignedDuration;
use keylatch_server::Database;
use serde_json::json;

use crate::harness::{KIM, LEE, Service};

on_both_databases![
    nothing_under_v1_answers_without_a_credential,
    a_key_says_whose_it_is,
    the_header_wins_over_the_cookie,
    what_is_no_bearer_key_is_refused,
    a_refusal_says_what_is_wrong_with_the_key,
    other_peoples_keys_are_not_found,
    first_use_is_written_down_at_once_and_later_ones_by_the_minute,
    a_key_is_good_while_its_use_cannot_be_written,
    nothing_under_v1_is_stored_by_caches,
];

/// Every operation that needs a credential.
const OPERATIONS: [(Method, &str); 9] = [
    (Method::GET, "/v1/account"),
    (Method::GET, "/v1/keys"),
    (Method::POST, "/v1/keys"),
    (Method::POST, "/v1/keys/validate"),
    (Method::GET, "/v1/keys/key_0123456789abcdef"),
    (Method::DELETE, "/v1/keys/key_0123456789abcdef"),
    (Method::POST, "/v1/keys/key_0123456789abcdef/rotate"),
    (Method::POST, "/v1/keys/key_0123456789abcdef/revoke"),
    (Method::HEAD, "/v1/keys"),
];

async fn nothing_under_v1_answers_without_a_credential(service: &Service) {
    for (method, path) in OPERATIONS {
        let answer = service.call(method.clone(), path).await;
        assert_eq!(answer.status, 401, "{method} {path}");
        assert_eq!(answer.header("www-authenticate"), "Bearer", "{method} {path}");
        if method != Method::HEAD {
            answer.problem(401, "unauthorized");
        }
        let made_up = service.call(method.clone(), path).cookie("keylatch_session=00").await;
        assert_eq!(made_up.status, 401, "{method} {path}");
    }
}

async fn a_key_says_whose_it_is(service: &Service) {
    let cookie = service.sign_in(LEE).await;
    let key = service.create(&cookie, json!({})).await;
    let account = service.get("/v1/account").bearer(&key.secret).await.json();
    assert_eq!(account["user"], LEE);
    assert_eq!(account["authenticated_by"], "key");
    assert_eq!(account["key_id"], key.id);
}

async fn the_header_wins_over_the_cookie(service: &Service) {
    let (kim, lee) = (service.sign_in(KIM).await, service.sign_in(LEE).await);
    let key = service.create(&lee, json!({})).await;
    let both = service.get("/v1/account").cookie(&kim).bearer(&key.secret).await;
    assert_eq!(both.json()["user"], LEE);
    let bad_key = service.get("/v1/account").cookie(&kim).bearer("kl_live_nonsense").await;
    bad_key.problem(401, "unauthorized");
}

async fn what_is_no_bearer_key_is_refused(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    for value in [
        "",
        "Bearer",
        "Bearer ",
        &key.secret,
        &format!("Basic {}", key.secret),
        &format!("Bearer {} x", key.secret),
        &format!("Bearer \"{}\"", key.secret),
        &format!("Bearer {}", key.secret.to_lowercase()),
        &format!("Bearer {}", service.stored(&key.id, "hash").await),
    ] {
        let call = service.get("/v1/account").cookie(&cookie).header("authorization", value);
        call.await.problem(401, "unauthorized");
    }
    let twice = service.get("/v1/account").bearer(&key.secret).bearer(&key.secret).await;
    twice.problem(401, "unauthorized");
    for scheme in ["bearer", "BEARER"] {
        let call = service.get("/v1/account").header("authorization", &format!("{scheme} {}", key.secret));
        assert_eq!(call.await.status, 200, "{scheme}");
    }
}

async fn a_refusal_says_what_is_wrong_with_the_key(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let revoked = service.create(&cookie, json!({})).await;
    service.post(&format!("/v1/keys/{}/revoke", revoked.id)).cookie(&cookie).await;
    let expired = service.create(&cookie, json!({"expires_in": "PT1H"})).await;
    service.pass(SignedDuration::from_hours(1));
    for (secret, word) in
        [(revoked.secret.as_str(), "revoked"), (expired.secret.as_str(), "expired"), ("kl_live_x", "unknown")]
    {
        let refused = service.get("/v1/account").bearer(secret).await;
        let detail = refused.problem(401, "unauthorized");
        assert!(detail.contains(word), "{detail}");
        assert!(!detail.contains(secret), "{detail}");
        // RFC 6750, section 3.1.
        assert_eq!(refused.header("www-authenticate"), "Bearer error=\"invalid_token\"");
    }
    assert_eq!(service.get("/v1/account").await.header("www-authenticate"), "Bearer");
}

async fn other_peoples_keys_are_not_found(service: &Service) {
    let (kim, lee) = (service.sign_in(KIM).await, service.sign_in(LEE).await);
    let key = service.create(&kim, json!({})).await;
    let dead = service.create(&kim, json!({})).await;
    service.post(&format!("/v1/keys/{}/revoke", dead.id)).cookie(&kim).await;
    for id in [&key.id, &dead.id] {
        let path = format!("/v1/keys/{id}");
        service.get(&path).cookie(&lee).await.problem(404, "not_found");
        service.delete(&path).cookie(&lee).await.problem(404, "not_found");
        service.post(&format!("{path}/rotate")).cookie(&lee).await.problem(404, "not_found");
        service.post(&format!("{path}/revoke")).cookie(&lee).await.problem(404, "not_found");
    }
    let validation = service.post("/v1/keys/validate").cookie(&lee).json(json!({"secret": key.secret}));
    assert_eq!(validation.await.json(), json!({"valid": false, "reason": "unknown"}));
    assert!(service.get("/v1/keys").cookie(&lee).await.ids().is_empty());
    assert_eq!(service.get("/v1/account").bearer(&key.secret).await.status, 200, "it lives on");
    assert_eq!(service.get(&format!("/v1/keys/{}", dead.id)).cookie(&kim).await.status, 200);
}

async fn first_use_is_written_down_at_once_and_later_ones_by_the_minute(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    let last_used = async || {
        let key = service.get(&format!("/v1/keys/{}", key.id)).cookie(&cookie).await;
        key.json()["last_used_at"].clone()
    };
    assert_eq!(last_used().await, json!(null));
    for (seconds, expected) in [
        (0, "2026-11-20T10:00:00Z"),
        (59, "2026-11-20T10:00:00Z"),
        (1, "2026-11-20T10:01:00Z"),
        (61, "2026-11-20T10:02:01Z"),
    ] {
        service.pass(SignedDuration::from_secs(seconds));
        assert_eq!(service.get("/v1/account").bearer(&key.secret).await.status, 200);
        assert_eq!(last_used().await, expected);
    }
}

async fn a_key_is_good_while_its_use_cannot_be_written(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    let (refuse, relent) = match service.app.config().database {
        Database::Sqlite(_) => (
            "CREATE TRIGGER refuse BEFORE UPDATE OF last_used_at ON keys BEGIN SELECT RAISE(ABORT, 'full'); END",
            "DROP TRIGGER refuse",
        ),
        Database::Postgres(_) => (
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full'; END $$; \
             CREATE TRIGGER refuse BEFORE UPDATE OF last_used_at ON keys FOR EACH ROW EXECUTE FUNCTION refuse()",
            "DROP TRIGGER refuse ON keys",
        ),
    };
    service.execute(refuse).await;
    assert_eq!(service.get("/v1/account").bearer(&key.secret).await.status, 200);
    service.app.flush().await;
    assert_eq!(service.get("/v1/account").bearer(&key.secret).await.status, 200);
    assert_eq!(service.count("SELECT COUNT(*) FROM keys WHERE last_used_at IS NOT NULL").await, 0);
    service.execute(relent).await;
    service.app.flush().await;
    assert_eq!(service.count("SELECT COUNT(*) FROM keys WHERE last_used_at IS NOT NULL").await, 1);
}

async fn nothing_under_v1_is_stored_by_caches(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for (method, path) in OPERATIONS {
        for call in [service.call(method.clone(), path), service.call(method, path).cookie(&cookie)] {
            assert_eq!(call.await.header("cache-control"), "no-store", "{path}");
        }
    }
}
