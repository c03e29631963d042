//! Logging in with a code that is typed elsewhere (RFC 8628), asked as a program
//! and as a person do.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{Answer, KIM, LEE, PASSWORD, Service};

on_both_databases![
    a_person_types_the_code_elsewhere_and_the_program_acts_as_them,
    a_program_is_told_to_wait_and_to_wait_longer,
    a_person_may_refuse,
    a_code_ends_after_ten_minutes,
    a_code_is_of_its_program_and_good_once,
    any_process_answers_for_any_other,
    codes_cannot_be_guessed,
    nobody_fills_the_database_with_codes,
    what_is_wrong_is_said_in_the_words_of_oauth,
    another_page_answers_for_nobody,
];

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn ask(service: &Service, scope: &str) -> Value {
    let order = json!({"client_id": "the <command>", "scope": scope, "audience": "https://apis.example"});
    let answer = service.post("/oauth/device_authorization").json(order).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

async fn poll(service: &Service, device: &Value) -> Answer {
    let order =
        json!({"grant_type": GRANT, "client_id": "the <command>", "device_code": device["device_code"]});
    service.post("/oauth/token").json(order).await
}

async fn form(service: &Service, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let call = service.post(path).header("content-type", "application/x-www-form-urlencoded");
    call.header("origin", "http://kl.test").body(body).await
}

async fn type_code(service: &Service, code: &str, user: &str, password: &str) -> Answer {
    form(service, "/device", &[("user_code", code), ("user", user), ("password", password)]).await
}

/// The person signs in with the code; what the page agrees with.
async fn consent(service: &Service, device: &Value) -> String {
    let page = type_code(service, device["user_code"].as_str().unwrap(), KIM, PASSWORD).await;
    let (_, rest) =
        page.text.split_once(r#"name="consent" value=""#).unwrap_or_else(|| panic!("{}", page.text));
    rest.split('"').next().unwrap().to_owned()
}

async fn decide(service: &Service, device: &Value, action: &str) {
    let consent = consent(service, device).await;
    let answer = form(service, "/device/answer", &[("consent", &consent), ("action", action)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

fn refused(answer: &Answer, error: &str) {
    let status = if error == "too many" { 429 } else { 400 };
    let error = if error == "too many" { "slow_down" } else { error };
    assert_eq!(
        (answer.status.as_u16(), answer.json()["error"].as_str()),
        (status, Some(error)),
        "{}",
        answer.text
    );
}

async fn a_person_types_the_code_elsewhere_and_the_program_acts_as_them(service: &Service) {
    let device = ask(service, "openid keys:read").await;
    assert_eq!((&device["expires_in"], &device["interval"]), (&json!(600), &json!(5)));
    assert_eq!(device["verification_uri"], "http://kl.test/device");
    let code = device["user_code"].as_str().unwrap();
    let complete =
        device["verification_uri_complete"].as_str().unwrap().strip_prefix("http://kl.test").unwrap();
    let page = service.get(complete).await;
    assert!(page.text.contains(&format!("value=\"{code}\"")), "{}", page.text);

    refused(&poll(service, &device).await, "authorization_pending");
    let page = type_code(service, &code.to_lowercase().replace('-', " "), KIM, PASSWORD).await;
    assert!(
        page.text.contains("the &lt;command&gt;") && page.text.contains("look at your API keys"),
        "{}",
        page.text
    );
    assert!(!page.text.contains("delete your API keys"), "{}", page.text);
    // Signing in alone agrees to nothing.
    service.pass(SignedDuration::from_secs(5));
    refused(&poll(service, &device).await, "authorization_pending");
    decide(service, &device, "allow").await;
    service.pass(SignedDuration::from_secs(5));
    let tokens = poll(service, &device).await;
    assert_eq!(tokens.status, 200, "{}", tokens.text);
    let tokens = tokens.json();
    let access = tokens["access_token"].as_str().unwrap();
    let account = service.get("/v1/account").bearer(access).await;
    assert_eq!(account.json()["user"], KIM);
    assert_eq!(service.get("/v1/keys").bearer(access).await.status, 200);
    service.post("/v1/keys").bearer(access).json(json!({"name": "x"})).await.problem(403, "forbidden");
    let again = json!({"grant_type": "refresh_token", "client_id": "the <command>", "refresh_token": tokens["refresh_token"]});
    assert_eq!(service.post("/oauth/token").json(again).await.status, 200);
}

async fn a_program_is_told_to_wait_and_to_wait_longer(service: &Service) {
    let device = ask(service, "").await;
    refused(&poll(service, &device).await, "authorization_pending");
    service.pass(SignedDuration::from_secs(4));
    refused(&poll(service, &device).await, "slow_down");
    // Ten seconds from here on, counted from the last question.
    service.pass(SignedDuration::from_secs(9));
    refused(&poll(service, &device).await, "slow_down");
    service.pass(SignedDuration::from_secs(15));
    refused(&poll(service, &device).await, "authorization_pending");
}

async fn a_person_may_refuse(service: &Service) {
    let device = ask(service, "").await;
    decide(service, &device, "refuse").await;
    refused(&poll(service, &device).await, "access_denied");
    // For good.
    let page = type_code(service, device["user_code"].as_str().unwrap(), KIM, PASSWORD).await;
    assert!(page.text.contains("There is no such code"), "{}", page.text);
    refused(&poll(service, &device).await, "access_denied");
}

async fn a_code_ends_after_ten_minutes(service: &Service) {
    let (typed, agreed) = (ask(service, "").await, ask(service, "").await);
    let consent = consent(service, &typed).await;
    decide(service, &agreed, "allow").await;
    service.pass(SignedDuration::from_mins(10));
    let late = form(service, "/device/answer", &[("consent", &consent), ("action", "allow")]).await;
    assert_eq!(late.status, 400, "{}", late.text);
    let page = type_code(service, typed["user_code"].as_str().unwrap(), KIM, PASSWORD).await;
    assert!(page.text.contains("There is no such code"), "{}", page.text);
    for device in [typed, agreed] {
        refused(&poll(service, &device).await, "expired_token");
    }
    service.pass(SignedDuration::from_mins(10));
    service.app.sweep().await;
    assert_eq!(service.count("SELECT COUNT(*) FROM devices").await, 0);
}

async fn a_code_is_of_its_program_and_good_once(service: &Service) {
    let device = ask(service, "").await;
    decide(service, &device, "allow").await;
    let stolen = json!({"grant_type": GRANT, "client_id": "another", "device_code": device["device_code"]});
    refused(&service.post("/oauth/token").json(stolen).await, "invalid_grant");
    assert_eq!(poll(service, &device).await.status, 200);
    refused(&poll(service, &device).await, "invalid_grant");
}

async fn any_process_answers_for_any_other(service: &Service) {
    let other = service.another_process().await;
    let device = ask(service, "").await;
    refused(&poll(&other, &device).await, "authorization_pending");
    refused(&poll(service, &device).await, "slow_down");
    decide(&other, &device, "allow").await;
    assert_eq!(poll(service, &device).await.status, 200);
    other.app.close().await;
}

async fn codes_cannot_be_guessed(service: &Service) {
    let device = ask(service, "").await;
    for _ in 0..10 {
        let page = type_code(service, "BBBB-BBBB", LEE, PASSWORD).await;
        assert!(page.text.contains("There is no such code"), "{}", page.text);
    }
    let page = type_code(service, device["user_code"].as_str().unwrap(), LEE, PASSWORD).await;
    assert!(page.text.contains("Too many wrong codes"), "{}", page.text);
    // Others are let in.
    decide(service, &device, "allow").await;
}

async fn nobody_fills_the_database_with_codes(service: &Service) {
    for _ in 0..30 {
        ask(service, "").await;
    }
    let order = json!({"client_id": "c"});
    refused(&service.post("/oauth/device_authorization").json(order).await, "too many");
    service.pass(SignedDuration::from_mins(5));
    ask(service, "").await;
}

async fn what_is_wrong_is_said_in_the_words_of_oauth(service: &Service) {
    for order in [
        json!({}),
        json!({"client_id": ""}),
        json!({"client_id": "c".repeat(201)}),
        json!({"client_id": 7}),
        json!({"client_id": "c", "scope": "s".repeat(1001)}),
    ] {
        refused(&service.post("/oauth/device_authorization").json(order).await, "invalid_request");
    }
    refused(&service.post("/oauth/token").json(json!({"grant_type": GRANT})).await, "invalid_request");
    let unknown = json!({"grant_type": GRANT, "client_id": "c", "device_code": "x"});
    refused(&service.post("/oauth/token").json(unknown).await, "invalid_grant");
    let wrong = type_code(service, "WDJB-MJHT", KIM, "no").await;
    assert!(wrong.text.contains("role=\"alert\"") && !wrong.text.contains("value=\"no\""), "{}", wrong.text);
    let told = service.get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(told["device_authorization_endpoint"], "http://kl.test/oauth/device_authorization");
    assert!(told["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT)));
}

async fn another_page_answers_for_nobody(service: &Service) {
    let device = ask(service, "").await;
    let consent = consent(service, &device).await;
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("consent", consent.as_str()), ("action", "allow")])
        .finish();
    let call = service.post("/device/answer").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(call.header("origin", "http://evil.example").body(body).await.status, 400);
    refused(&poll(service, &device).await, "authorization_pending");
    for secret in [device["device_code"].as_str().unwrap(), device["user_code"].as_str().unwrap(), &consent] {
        let sql = format!(
            "SELECT COUNT(*) FROM devices WHERE '{secret}' IN (device_hash, code_hash, consent_hash)"
        );
        assert_eq!(service.count(&sql).await, 0, "only hashes are kept");
    }
}
