//! Logging in by browser (RFC 6749, 7636, 8252), asked as a program does.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::harness::{Answer, KIM, PASSWORD, Service};

on_both_databases![
    a_person_logs_in_and_the_program_acts_as_them,
    a_code_is_good_once_for_a_minute_and_for_its_program,
    a_refresh_token_is_replaced_and_a_copy_ends_the_login,
    a_login_ends_after_thirty_days,
    access_tokens_end_with_their_hour_and_their_login,
    a_login_may_do_what_its_scope_says_and_makes_nothing_that_outlives_it,
    a_program_that_is_done_ends_its_login,
    a_person_sees_and_ends_their_logins,
    of_two_that_use_a_code_at_once_neither_keeps_the_login,
    another_process_takes_codes_and_tokens,
    metadata_tell_where_what_is,
    a_body_that_is_too_large_is_refused_in_the_words_of_oauth,
    a_form_is_taken_as_it_is_and_not_encoded,
    what_is_wrong_is_said_to_the_program_or_to_the_person,
];

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const REDIRECT: &str = "http://127.0.0.1:10001/callback";

fn parameters() -> Vec<(&'static str, String)> {
    vec![
        ("response_type", "code".into()),
        ("client_id", "client".into()),
        ("redirect_uri", REDIRECT.into()),
        ("state", "st&te".into()),
        ("code_challenge", BASE64URL.encode(Sha256::digest(VERIFIER))),
        ("code_challenge_method", "S256".into()),
        ("audience", "https://apis.example".into()),
        ("scope", "openid offline_access".into()),
    ]
}

fn encode(pairs: &[(&str, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn submit(service: &Service, more: &[(&'static str, &str)]) -> Answer {
    let mut pairs = parameters();
    pairs.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let call = service.post("/authorize").header("content-type", "application/x-www-form-urlencoded");
    call.header("origin", "http://kl.test").body(encode(&pairs)).await
}

/// What the browser is sent back with.
fn query(answer: &Answer) -> Vec<(String, String)> {
    assert_eq!(answer.status, 303, "{}", answer.text);
    let (to, query) = answer.header("location").split_once('?').unwrap();
    assert_eq!(to, REDIRECT);
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

async fn code(service: &Service) -> String {
    let answer =
        query(&submit(service, &[("user", KIM), ("password", PASSWORD), ("action", "log-in")]).await);
    assert_eq!(answer[1], ("state".to_owned(), "st&te".to_owned()));
    assert_eq!(answer[0].0, "code");
    answer[0].1.clone()
}

async fn exchange(service: &Service, code: &str, change: Value) -> Answer {
    let mut body = json!({
        "grant_type": "authorization_code", "client_id": "client", "redirect_uri": REDIRECT,
        "audience": "https://apis.example", "code_verifier": VERIFIER, "code": code,
    });
    body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    service.post("/oauth/token").json(body).await
}

async fn refresh(service: &Service, token: &str) -> Answer {
    let body = json!({"grant_type": "refresh_token", "client_id": "client", "refresh_token": token});
    service.post("/oauth/token").json(body).await
}

/// Access and refresh token.
fn tokens(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), "no-store");
    let text = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

#[track_caller]
fn refused(answer: &Answer, error: &str) {
    assert_eq!(
        (answer.status.as_u16(), answer.json()["error"].as_str()),
        (400, Some(error)),
        "{}",
        answer.text
    );
    assert!(answer.json()["error_description"].as_str().is_some_and(|text| text.ends_with('.')));
}

async fn log_in(service: &Service) -> (String, String) {
    tokens(&exchange(service, &code(service).await, json!({})).await)
}

async fn a_person_logs_in_and_the_program_acts_as_them(service: &Service) {
    let page = service.get(&format!("/authorize?{}", encode(&parameters()))).await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    assert!(!policy.contains("script-src") && !page.text.contains("<script"));
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.text.contains("st&amp;te") && !page.text.contains("st&te"));

    let (access, _) = log_in(service).await;
    let account = service.get("/v1/account").bearer(&access).await;
    assert_eq!((account.status.as_u16(), &account.json()["user"]), (200, &json!(KIM)));
    assert_eq!(service.get("/rest/v0/pipelines").bearer(&access).await.status, 200);
    let claims: Value =
        serde_json::from_slice(&BASE64URL.decode(access.split('.').nth(1).unwrap()).unwrap()).unwrap();
    assert_eq!(claims["aud"], "https://apis.example");
    assert!(claims["exp"].as_i64().unwrap() > claims["iat"].as_i64().unwrap());
}

async fn a_code_is_good_once_for_a_minute_and_for_its_program(service: &Service) {
    for change in [
        json!({"code_verifier": "another"}),
        json!({"client_id": "other"}),
        json!({"redirect_uri": "http://127.0.0.1:9876/callback"}),
    ] {
        let code = code(service).await;
        refused(&exchange(service, &code, change).await, "invalid_grant");
        // Whoever guesses has one try.
        refused(&exchange(service, &code, json!({})).await, "invalid_grant");
    }
    let late = code(service).await;
    service.pass(SignedDuration::from_secs(60));
    refused(&exchange(service, &late, json!({})).await, "invalid_grant");

    // Used twice: somebody has seen it, so what came of it ends too.
    let code = code(service).await;
    let (access, token) = tokens(&exchange(service, &code, json!({})).await);
    refused(&exchange(service, &code, json!({})).await, "invalid_grant");
    refused(&refresh(service, &token).await, "invalid_grant");
    service.get("/v1/account").bearer(&access).await.problem(401, "unauthorized");
}

async fn a_refresh_token_is_replaced_and_a_copy_ends_the_login(service: &Service) {
    let (_, first) = log_in(service).await;
    let (access, second) = tokens(&refresh(service, &first).await);
    assert_ne!(first, second);
    assert_eq!(service.get("/v1/account").bearer(&access).await.status, 200);
    let other = log_in(service).await.1;
    refused(&refresh(service, &first).await, "invalid_grant");
    refused(&refresh(service, &second).await, "invalid_grant");
    service.get("/v1/account").bearer(&access).await.problem(401, "unauthorized");
    // Another login of the same person goes on.
    tokens(&refresh(service, &other).await);
    assert_eq!(
        service
            .count("SELECT COUNT(*) FROM logins WHERE token_hash LIKE '%-%' OR LENGTH(token_hash) <> 64")
            .await,
        0
    );
}

async fn a_login_ends_after_thirty_days(service: &Service) {
    let (_, mut token) = log_in(service).await;
    for _ in 0..29 {
        service.pass(SignedDuration::from_hours(24));
        token = tokens(&refresh(service, &token).await).1;
    }
    service.pass(SignedDuration::from_hours(24));
    refused(&refresh(service, &token).await, "invalid_grant");
}

async fn access_tokens_end_with_their_hour_and_their_login(service: &Service) {
    let (access, _) = log_in(service).await;
    service.pass(SignedDuration::from_mins(59));
    assert_eq!(service.get("/v1/account").bearer(&access).await.status, 200);
    service.pass(SignedDuration::from_mins(1));
    service.get("/v1/account").bearer(&access).await.problem(401, "unauthorized");
    let forged = format!("{}.AAAA", access.rsplit_once('.').unwrap().0);
    service.get("/v1/account").bearer(&forged).await.problem(401, "unauthorized");
}

/// A login that asks for this scope.
async fn log_in_for(service: &Service, scope: &str) -> (String, String) {
    let mut pairs = parameters();
    pairs.iter_mut().find(|(name, _)| *name == "scope").unwrap().1 = scope.to_owned();
    pairs.extend([("user", KIM.into()), ("password", PASSWORD.into()), ("action", "log-in".into())]);
    let call = service.post("/authorize").header("content-type", "application/x-www-form-urlencoded");
    let answer = query(&call.header("origin", "http://kl.test").body(encode(&pairs)).await);
    tokens(&exchange(service, &answer[0].1, json!({})).await)
}

async fn a_login_may_do_what_its_scope_says_and_makes_nothing_that_outlives_it(service: &Service) {
    for (scope, list, create) in [
        ("openid offline_access", 403, 403),
        ("openid keys:read", 200, 403),
        ("keys:write", 403, 201),
        ("keys:read keys:write", 200, 201),
    ] {
        let (access, _) = log_in_for(service, scope).await;
        let account = service.get("/v1/account").bearer(&access).await.json();
        assert_eq!(
            (&account["authenticated_by"], &account["user"]),
            (&json!("login"), &json!(KIM)),
            "{scope}"
        );
        assert_eq!(service.get("/v1/keys").bearer(&access).await.status, list, "{scope}");
        let order = json!({"name": "x", "scopes": ["keys:write"]});
        let answer = service.post("/v1/keys").bearer(&access).json(order).await;
        assert_eq!(answer.status, create, "{scope}");
        if create == 201 {
            assert_eq!(answer.json()["key"]["expires_at"], "2026-12-20T10:00:00Z", "with the login");
            for more in [
                json!({"expires_in": "never"}),
                json!({"expires_in": "P31D"}),
                json!({"scopes": ["x"]}),
                json!({"scopes": []}),
            ] {
                let mut order = json!({"name": "x", "scopes": ["keys:write"]});
                order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                service.post("/v1/keys").bearer(&access).json(order).await.problem(403, "forbidden");
            }
        }
    }
}

async fn a_program_that_is_done_ends_its_login(service: &Service) {
    for which in [0, 1] {
        let (access, refresh_token) = log_in(service).await;
        let token = if which == 0 { &access } else { &refresh_token };
        let other = json!({"token": token, "client_id": "somebody else"});
        refused(&service.post("/oauth/revoke").json(other).await, "invalid_client");
        for _ in 0..2 {
            let ended =
                service.post("/oauth/revoke").json(json!({"token": token, "client_id": "client"})).await;
            assert_eq!(ended.status, 200, "{}", ended.text);
        }
        service.get("/v1/account").bearer(&access).await.problem(401, "unauthorized");
        refused(&refresh(service, &refresh_token).await, "invalid_grant");
    }
    assert_eq!(service.post("/oauth/revoke").json(json!({"token": "unknown"})).await.status, 200);
    refused(&service.post("/oauth/revoke").json(json!({})).await, "invalid_request");
}

async fn a_person_sees_and_ends_their_logins(service: &Service) {
    let (access, _) = log_in(service).await;
    let cookie = service.sign_in(KIM).await;
    let listed = service.get("/v1/logins").cookie(&cookie).await.json();
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(listed["items"][0]["client_id"], "client");
    let lee = service.sign_in(crate::harness::LEE).await;
    assert_eq!(service.get("/v1/logins").cookie(&lee).await.json(), json!({"items": []}));
    service.delete(&format!("/v1/logins/{id}")).cookie(&lee).await.problem(404, "not_found");
    assert_eq!(service.get("/v1/account").bearer(&access).await.status, 200);
    assert_eq!(service.delete(&format!("/v1/logins/{id}")).cookie(&cookie).await.status, 204);
    service.get("/v1/account").bearer(&access).await.problem(401, "unauthorized");
    assert_eq!(service.get("/v1/logins").cookie(&cookie).await.json(), json!({"items": []}));
}

async fn of_two_that_use_a_code_at_once_neither_keeps_the_login(service: &Service) {
    for _ in 0..10 {
        let code = code(service).await;
        let (a, b) = tokio::join!(exchange(service, &code, json!({})), exchange(service, &code, json!({})));
        let (good, bad) = if a.status == 200 { (a, b) } else { (b, a) };
        let (access, refresh_token) = tokens(&good);
        refused(&bad, "invalid_grant");
        service.get("/v1/account").bearer(&access).await.problem(401, "unauthorized");
        refused(&refresh(service, &refresh_token).await, "invalid_grant");
    }
}

async fn another_process_takes_codes_and_tokens(service: &Service) {
    let other = service.another_process().await;
    let code = code(service).await;
    let (access, refresh_token) = tokens(&exchange(&other, &code, json!({})).await);
    for process in [service, &other] {
        assert_eq!(process.get("/v1/account").bearer(&access).await.status, 200);
    }
    let (access, _) = tokens(&refresh(service, &refresh_token).await);
    refused(&refresh(&other, &refresh_token).await, "invalid_grant");
    service.get("/v1/account").bearer(&access).await.problem(401, "unauthorized");
    other.app.close().await;
}

async fn metadata_tell_where_what_is(service: &Service) {
    let told = service.get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(told["issuer"], "http://kl.test");
    assert_eq!(told["token_endpoint"], "http://kl.test/oauth/token");
    assert_eq!(told["code_challenge_methods_supported"], json!(["S256"]));
    for endpoint in ["authorization_endpoint", "token_endpoint", "revocation_endpoint"] {
        let path = told[endpoint].as_str().unwrap().strip_prefix("http://kl.test").unwrap().to_owned();
        assert_ne!(service.get(&path).await.status, 404, "{endpoint}");
    }
}

async fn a_body_that_is_too_large_is_refused_in_the_words_of_oauth(service: &Service) {
    let answer = service.post("/oauth/token").json(json!({"code": "x".repeat(100_000)})).await;
    assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (413, Some("invalid_request")));
    let answer = service.get("/oauth/token").await;
    assert_eq!((answer.status.as_u16(), answer.json()["error"].as_str()), (405, Some("invalid_request")));
    assert_eq!(answer.header("allow"), "POST");
}

async fn a_form_is_taken_as_it_is_and_not_encoded(service: &Service) {
    for (path, body) in [
        ("/oauth/token", "grant_type=refresh_token&refresh_token=x&client_id=client"),
        ("/oauth/device_authorization", "client_id=client"),
        ("/authorize", "client_id=client"),
    ] {
        let ask = |coding: &str| {
            let call = service.post(path).header("content-type", "application/x-www-form-urlencoded");
            call.header("content-encoding", coding).body(body)
        };
        let answer = ask("gzip").await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["error"].as_str()),
            (415, Some("invalid_request")),
            "{path}"
        );
        assert!(answer.text.contains("Content-Encoding"), "{path}: {}", answer.text);
        assert_eq!(answer.header("accept-encoding"), "identity", "{path}");
        assert_ne!(ask("identity").await.status, 415, "{path}");
    }
}

async fn what_is_wrong_is_said_to_the_program_or_to_the_person(service: &Service) {
    let show = async |name: &str, value: &str| {
        let mut pairs = parameters();
        pairs.iter_mut().find(|(n, _)| *n == name).unwrap().1 = value.to_owned();
        service.get(&format!("/authorize?{}", encode(&pairs))).await
    };
    // Before the person has done anything, nobody is sent anywhere.
    for (name, value) in [
        ("response_type", "token"),
        ("code_challenge_method", "plain"),
        ("code_challenge", "short"),
        ("redirect_uri", "https://evil.example/"),
        ("redirect_uri", "http://127.0.0.1:1@evil.example/"),
        ("redirect_uri", ""),
        ("client_id", ""),
    ] {
        let answer = show(name, value).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""), "{name}={value}");
    }
    assert_eq!(query(&submit(service, &[("action", "cancel")]).await)[0].1, "access_denied");

    let wrong = submit(service, &[("user", "<kim>"), ("password", "no"), ("action", "log-in")]).await;
    assert_eq!(wrong.status, 200);
    assert!(
        wrong.text.contains("role=\"alert\"")
            && wrong.text.contains("&lt;kim&gt;")
            && !wrong.text.contains("value=\"no\"")
    );

    let elsewhere = service.post("/authorize").header("content-type", "application/x-www-form-urlencoded");
    let body = encode(&parameters()) + "&user=kim%40example.com&password=correct+horse+battery&action=log-in";
    let answer = elsewhere.header("origin", "http://evil.example").body(body).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""));

    for (body, error) in [
        (json!({"grant_type": "password"}), "unsupported_grant_type"),
        (json!({"grant_type": "authorization_code"}), "invalid_request"),
        (json!({"grant_type": "refresh_token"}), "invalid_request"),
        (json!({"grant_type": "refresh_token", "refresh_token": "x"}), "invalid_grant"),
        (json!({"grant_type": 7}), "invalid_request"),
    ] {
        refused(&service.post("/oauth/token").json(body).await, error);
    }
    // As RFC 6749 has it, a form; and again, with a token of somebody's guess.
    let form = service.post("/oauth/token").header("content-type", "application/x-www-form-urlencoded");
    refused(&form.body("grant_type=refresh_token&refresh_token=x&client_id=client").await, "invalid_grant");
}

#[tokio::test]
async fn without_the_flag_there_is_no_issuer() {
    let service = Service::with(|config| config.issuer = false).await;
    service.get("/authorize").await.problem(404, "not_found");
    service.post("/oauth/token").json(json!({})).await.problem(404, "not_found");
}
