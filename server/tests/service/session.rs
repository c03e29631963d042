//! Signing in and out, and how long a session lasts.

use jiff::SignedDuration;
use serde_json::json;

use crate::harness::{KIM, PASSWORD, Service};

on_both_databases![
    signing_in_tells_the_account_and_sets_a_strict_cookie,
    the_user_is_found_in_upper_case_and_with_spaces,
    wrong_password_and_unknown_user_are_told_alike,
    the_database_has_neither_password_nor_token,
    a_session_ends_after_12_hours_without_use,
    a_session_ends_after_7_days_in_any_case,
    signing_in_again_ends_the_session_before,
    sessions_that_have_ended_are_swept_out,
    signing_out_ends_the_session_and_clears_the_cookie,
    signing_out_twice_is_no_error,
    signing_out_ends_no_other_session,
    ten_wrong_passwords_close_the_door_for_five_minutes,
    the_right_password_forgives_wrong_ones,
    right_passwords_all_at_once_are_all_right,
    wrong_passwords_all_at_once_gain_nothing,
    strangers_do_not_lock_a_person_out,
];

async fn signing_in_tells_the_account_and_sets_a_strict_cookie(service: &Service) {
    let answer = service.post("/v1/session").json(json!({"user": KIM, "password": PASSWORD})).await;
    assert_eq!(answer.status, 201);
    let account = answer.json();
    assert!(account["id"].as_str().unwrap().starts_with("usr_"));
    assert_eq!(account["user"], KIM);
    assert_eq!(account["authenticated_by"], "session");
    assert_eq!(account["key_id"], json!(null));
    let cookie = answer.header("set-cookie");
    for part in ["keylatch_session=", "; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=604800"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    assert_eq!(service.get("/v1/account").cookie(&answer.cookie()).await.json(), account);
}

async fn the_user_is_found_in_upper_case_and_with_spaces(service: &Service) {
    for user in ["KIM@Example.COM", "  kim@example.com "] {
        let answer = service.post("/v1/session").json(json!({"user": user, "password": PASSWORD})).await;
        assert_eq!(answer.status, 201, "{user}");
    }
    for password in [" correct horse battery", "Correct horse battery"] {
        let answer = service.post("/v1/session").json(json!({"user": KIM, "password": password})).await;
        answer.problem(401, "invalid_credentials");
    }
}

async fn wrong_password_and_unknown_user_are_told_alike(service: &Service) {
    let mut sentences = Vec::new();
    for user in [KIM, "nobody@example.com", "no e-mail address", "", "a\0b@example.com"] {
        let answer = service.post("/v1/session").json(json!({"user": user, "password": "wrong"})).await;
        sentences.push(answer.problem(401, "invalid_credentials"));
        assert_eq!(answer.header("set-cookie"), "");
        assert_eq!(answer.header("www-authenticate"), "");
    }
    sentences.dedup();
    assert_eq!(sentences.len(), 1);
    assert_eq!(service.count("SELECT COUNT(*) FROM sessions").await, 0);
}

async fn the_database_has_neither_password_nor_token(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let token = cookie.strip_prefix("keylatch_session=").unwrap();
    assert_eq!(token.len(), 64, "256 bits");
    let sql = format!("SELECT COUNT(*) FROM sessions WHERE token_hash = '{token}'");
    assert_eq!(service.count(&sql).await, 0);
    assert_eq!(service.count("SELECT COUNT(*) FROM sessions").await, 1);
    let hashed = "SELECT COUNT(*) FROM users WHERE password_hash LIKE '$argon2id$v=19$%'";
    assert_eq!(service.count(hashed).await, 2);
}

async fn a_session_ends_after_12_hours_without_use(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for _ in 0..3 {
        service.pass(SignedDuration::from_secs(12 * 3600 - 1));
        assert_eq!(service.get("/v1/account").cookie(&cookie).await.status, 200, "use keeps it alive");
    }
    service.pass(SignedDuration::from_hours(12));
    let detail = service.get("/v1/account").cookie(&cookie).await.problem(401, "unauthorized");
    assert!(detail.contains("Sign in again"), "{detail}");
}

async fn a_session_ends_after_7_days_in_any_case(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for _ in 0..15 {
        service.pass(SignedDuration::from_hours(11));
        assert_eq!(service.get("/v1/account").cookie(&cookie).await.status, 200);
    }
    service.pass(SignedDuration::from_hours(3));
    service.get("/v1/account").cookie(&cookie).await.problem(401, "unauthorized");
}

async fn signing_in_again_ends_the_session_before(service: &Service) {
    let first = service.sign_in(KIM).await;
    let sign_in = service.post("/v1/session").cookie(&first);
    let second = sign_in.json(json!({"user": KIM, "password": PASSWORD})).await.cookie();
    assert_ne!(first, second);
    service.get("/v1/account").cookie(&first).await.problem(401, "unauthorized");
    assert_eq!(service.get("/v1/account").cookie(&second).await.status, 200);
}

async fn sessions_that_have_ended_are_swept_out(service: &Service) {
    service.sign_in(KIM).await;
    service.pass(SignedDuration::from_hours(12));
    service.sign_in(KIM).await;
    service.app.sweep().await;
    assert_eq!(service.count("SELECT COUNT(*) FROM sessions").await, 1);
}

async fn signing_out_ends_the_session_and_clears_the_cookie(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let answer = service.delete("/v1/session").cookie(&cookie).await;
    assert_eq!(answer.status, 204);
    let cleared = answer.header("set-cookie");
    assert!(cleared.starts_with("keylatch_session=;") && cleared.contains("Max-Age=0"), "{cleared}");
    service.get("/v1/account").cookie(&cookie).await.problem(401, "unauthorized");
    assert_eq!(service.count("SELECT COUNT(*) FROM sessions").await, 0);
}

async fn signing_out_twice_is_no_error(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for _ in 0..2 {
        assert_eq!(service.delete("/v1/session").cookie(&cookie).await.status, 204);
    }
    assert_eq!(service.delete("/v1/session").await.status, 204, "without a cookie");
}

async fn signing_out_ends_no_other_session(service: &Service) {
    let (here, there) = (service.sign_in(KIM).await, service.sign_in(KIM).await);
    service.delete("/v1/session").cookie(&here).await;
    assert_eq!(service.get("/v1/account").cookie(&there).await.status, 200);
}

async fn ten_wrong_passwords_close_the_door_for_five_minutes(service: &Service) {
    let attempt = async |user: &str, password: &str| {
        service.post("/v1/session").json(json!({"user": user, "password": password})).await
    };
    for _ in 0..10 {
        attempt(KIM, "wrong").await.problem(401, "invalid_credentials");
    }
    let answer = attempt("KIM@example.com", PASSWORD).await;
    let detail = answer.problem(429, "rate_limited");
    assert!(detail.contains("301 seconds"), "{detail}");
    assert_eq!(answer.header("retry-after"), "301");
    attempt("lee@example.com", "wrong").await.problem(401, "invalid_credentials");

    service.pass(SignedDuration::from_secs(301));
    assert_eq!(attempt(KIM, PASSWORD).await.status, 201);
}

async fn the_right_password_forgives_wrong_ones(service: &Service) {
    for _ in 0..3 {
        for _ in 0..9 {
            let wrong = json!({"user": KIM, "password": "wrong"});
            service.post("/v1/session").json(wrong).await.problem(401, "invalid_credentials");
        }
        service.sign_in(KIM).await;
    }
}

/// The statuses of so many sign-ins at once.
async fn at_once(service: &Service, number: usize, password: &str) -> Vec<u16> {
    let asked = json!({"user": KIM, "password": password});
    let attempt = || service.post("/v1/session").json(asked.clone()).into_future();
    let answers = futures_util::future::join_all((0..number).map(|_| attempt())).await;
    answers.iter().map(|answer| answer.status.as_u16()).collect()
}

async fn right_passwords_all_at_once_are_all_right(service: &Service) {
    let wrong = json!({"user": KIM, "password": "wrong"});
    service.post("/v1/session").json(wrong).await.problem(401, "invalid_credentials");
    assert_eq!(at_once(service, 25, PASSWORD).await, [201; 25]);
}

async fn wrong_passwords_all_at_once_gain_nothing(service: &Service) {
    let statuses = at_once(service, 25, "wrong").await;
    let count = |status| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((count(401), count(429)), (10, 15), "{statuses:?}");
    assert_eq!(at_once(service, 1, PASSWORD).await, [429]);
}

async fn strangers_do_not_lock_a_person_out(service: &Service) {
    let attempt = async |address: &str, password: &str| {
        let call = service.post("/v1/session").from(address);
        call.json(json!({"user": KIM, "password": password})).await
    };
    for _ in 0..10 {
        attempt("192.0.2.1", "wrong").await.problem(401, "invalid_credentials");
    }
    attempt("192.0.2.1", PASSWORD).await.problem(429, "rate_limited");
    assert_eq!(attempt("192.0.2.2", PASSWORD).await.status, 201);
    attempt("192.0.2.1", PASSWORD).await.problem(429, "rate_limited");
}
