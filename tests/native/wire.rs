//! What exactly is sent, and where to.

use keylatch::lifecycle::{Client, Credential, Filter, Lifetime, NewKey, Options, Overlap};
use keylatch::{Secret, provider};
use serde_json::{Value as Json, json};

use crate::support::{BASE_URL, Fault, Faulty, InProcess, KIM, PASSWORD, Sent, Service, Times, answer};
use crate::support::{named, no_store, outcome};
use Fault::*;
use Times::*;

/// A transport to nobody, which answers all that is asked.
fn anything() -> Faulty {
    let key = |sent: &Sent| {
        if sent.line.starts_with("DELETE") {
            return answer(204, &[], "");
        }
        let (path, query) = sent.line.split_once('?').unwrap_or((&sent.line, ""));
        let is_revoked = path.ends_with("/revoke") && query.is_empty();
        let id = path.split_once("/v1/keys/").and_then(|(_, rest)| rest.split('/').next());
        let id = match id {
            Some(id) if !path.ends_with("/rotate") && id != "validate" => {
                let decoded = url::form_urlencoded::parse(id.as_bytes()).next();
                decoded.map(|(id, _)| id.into_owned()).unwrap_or_default()
            }
            _ => "key_2".into(),
        };
        let status = if is_revoked { "revoked" } else { "active" };
        let key = json!({"id": id, "name": "robot", "status": status, "masked": "…", "user": "kim"});
        let all = json!({"id": "usr_1", "key": key, "secret": NEW, "items": [], "valid": true});
        answer(200, &[("set-cookie", "keylatch_session=abc; HttpOnly; Path=/")], all.to_string())
    };
    Faulty::new(InProcess::new(axum::Router::new())).on("*", Always, Instead(key))
}

/// A key by its format, checksum and all.
const NEW: &str = "kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms";
const KEY: &str = "kl_live_4fzLqTn0XoVq4fzLqTn0XoVq01234535T1Bi";

fn options(base_url: &str) -> Options {
    let format = keylatch::format::keylatch();
    let key = keylatch::format::generate(format, "kl_live_").unwrap();
    Options {
        provider: provider::builtin("keylatch").unwrap().into(),
        base_url: Some(base_url.into()),
        credential: Credential::Key(key),
        scheme: None,
        retries: 2,
        allow_insecure: false,
    }
}

/// The only request that was sent.
fn only(line: &Faulty) -> Sent {
    let sent = line.sent();
    assert_eq!(sent.len(), 1, "{:?}", line.lines());
    sent[0].clone()
}

#[tokio::test]
async fn each_operation_is_one_request() {
    let client = Client::new(&anything(), options(BASE_URL)).unwrap();
    let other = Secret::from(KEY);
    let filter = Filter { status: Some("active".into()), search: Some("a b&c=d#é".into()) };
    let scoped = NewKey { scopes: vec!["keys:read".into()], ..named(" robot ") };
    let until = NewKey { lifetime: Some(Lifetime::Until("2027-01-01T00:00:00Z".into())), ..named("robot") };

    let line = anything();
    client.whoami(&line).await.unwrap();
    assert_request(&line, "GET /v1/account", Json::Null);
    let line = anything();
    client.list(&line, &Filter::default(), None).await.unwrap();
    assert_request(&line, "GET /v1/keys?limit=100", Json::Null);
    let line = anything();
    client.list(&line, &filter, Some("c/1")).await.unwrap();
    assert_request(
        &line,
        "GET /v1/keys?status=active&search=a%20b%26c%3Dd%23%C3%A9&cursor=c%2F1&limit=100",
        Json::Null,
    );
    let line = anything();
    client.get(&line, "a/../b?c").await.unwrap();
    assert_request(&line, "GET /v1/keys/a%2F..%2Fb%3Fc", Json::Null);
    let line = anything();
    client.create(&line, &scoped).await.unwrap();
    let body = json!({"name": "robot", "scopes": ["keys:read"]});
    assert_request(&line, "POST /v1/keys", body);
    let line = anything();
    client.create(&line, &until).await.unwrap();
    assert_request(&line, "POST /v1/keys", json!({"name": "robot", "expires_at": "2027-01-01T00:00:00Z"}));
    let line = anything();
    client.rotate(&line, "key_1", &Overlap::For("PT1H".into()), no_store).await.unwrap();
    let sent = line.sent();
    assert_eq!(line.lines(), ["POST /v1/keys/*/rotate", "POST /v1/keys/*/revoke"]);
    assert_eq!(sent[0].body, json!({"overlap": "PT1H", "hold": true}));
    assert_eq!(sent[1].line, "POST /v1/keys/key_1/revoke?overlap=PT1H");
    let line = anything();
    client.revoke(&line, "key_1").await.unwrap();
    assert_request(&line, "POST /v1/keys/key_1/revoke", Json::Null);
    let line = anything();
    client.delete(&line, "key_1").await.unwrap();
    assert_request(&line, "DELETE /v1/keys/key_1", Json::Null);
    let line = anything();
    client.validate(&line, &other).await.unwrap();
    assert_request(&line, "POST /v1/keys/validate", json!({"secret": KEY}));
}

fn assert_request(line: &Faulty, expected: &str, body: Json) {
    let sent = only(line);
    assert_eq!((sent.line.as_str(), &sent.body), (expected, &body));
    assert_eq!(sent.header("Accept"), Some("application/json"), "{expected}");
    let content = (!body.is_null()).then_some("application/json");
    assert_eq!(sent.header("Content-Type"), content, "{expected}");
    assert!(sent.header("Authorization").unwrap().starts_with("Bearer kl_live_"), "{expected}");
    assert!(!sent.cookies, "{expected}: a key and a cookie would be two identities");
    let issues = expected.ends_with("/rotate") || expected == "POST /v1/keys";
    assert_eq!(sent.header("Idempotency-Key").is_some(), issues, "{expected}");
    let known = ["Accept", "Content-Type", "Authorization", "Idempotency-Key"];
    assert!(sent.headers.iter().all(|(name, _)| known.contains(&name.as_str())), "{expected}");
}

#[tokio::test]
async fn signing_in_sends_no_other_credential() {
    let client = Client::new(&anything(), options(BASE_URL)).unwrap();
    let line = anything();
    let session = client.sign_in(&line, KIM, PASSWORD.into()).await.unwrap();
    let sent = only(&line);
    assert_eq!(
        (sent.line.as_str(), &sent.body),
        ("POST /v1/session", &json!({"user": KIM, "password": PASSWORD}))
    );
    assert!(sent.header("Authorization").is_none() && sent.header("Cookie").is_none());

    let line = anything();
    session.whoami(&line).await.unwrap();
    let sent = only(&line);
    assert_eq!(sent.header("Cookie"), Some("keylatch_session=abc"), "without the attributes");
    assert!(sent.header("Authorization").is_none() && sent.cookies);
}

#[tokio::test]
async fn repeats_carry_the_same_idempotency_key_and_other_calls_another() {
    let service = Service::start().await;
    let (key, _) = service.key(&named("robot")).await;
    let kim = service.signed_in(KIM).await;
    let line = service.line().on("POST /v1/keys", First(2), AnswerLost).on(
        "POST /v1/keys/*/rotate",
        First(2),
        AnswerLost,
    );
    kim.create(&line, &named("another")).await.unwrap();
    kim.create(&line, &named("another")).await.unwrap();
    kim.rotate(&line, &key.id, &Overlap::For("PT1H".into()), no_store).await.unwrap();

    let keys: Vec<String> =
        line.sent().iter().filter_map(|s| s.header("Idempotency-Key").map(str::to_owned)).collect();
    assert_eq!(keys.len(), 3 + 1 + 3);
    assert!(keys[..3].iter().all(|key| *key == keys[0]), "the tries of the first create");
    assert!(keys[4..].iter().all(|key| *key == keys[4]), "the tries of the rotate");
    assert!(keys[0] != keys[3] && keys[3] != keys[4] && keys[0] != keys[4]);
    for key in keys {
        let random = key.strip_prefix("klc_").unwrap();
        assert!(random.len() == 32 && random.bytes().all(|b| b.is_ascii_hexdigit()), "{key}");
    }
    let sent = line.sent();
    assert_eq!(sent[0].line, sent[1].line);
    assert_eq!(sent[0].headers, sent[2].headers);
    let body = |attempt| json!({"name": "another", "attempt": attempt});
    assert_eq!((&sent[1].body, &sent[2].body), (&body(2), &body(3)), "the first has no number");
    assert_eq!(sent[0].body, json!({"name": "another"}));
}

#[tokio::test]
async fn a_path_below_the_base_address_is_kept() {
    for base in ["https://example.com/keys/api", "https://example.com/keys/api/"] {
        let client = Client::new(&anything(), options(base)).unwrap();
        let line = anything();
        client.get(&line, "key_1").await.unwrap();
        assert_eq!(only(&line).line, "GET https://example.com/keys/api/v1/keys/key_1");
    }
}

#[test]
fn a_key_goes_over_https_or_stays_on_this_computer() {
    for (base, expected) in [
        ("https://example.com", "ok"),
        ("http://localhost:8787", "ok"),
        ("http://app.localhost", "ok"),
        ("http://127.0.0.1:1", "ok"),
        ("http://[::1]", "ok"),
        ("http://example.com", "insecure_url"),
        ("http://192.168.0.1", "insecure_url"),
        ("http://0.0.0.0", "insecure_url"),
        ("http://[::ffff:127.0.0.1]", "insecure_url"),
        ("http://localhost.evil.example", "insecure_url"),
        ("ws://localhost", "invalid_argument"),
        ("file:///etc", "invalid_argument"),
        ("javascript:alert(1)", "invalid_argument"),
        ("https://kim:pw@example.com", "invalid_argument"),
        ("https://example.com/#x", "invalid_argument"),
        ("/v1", "invalid_argument"),
    ] {
        let line = anything();
        assert_eq!(outcome(Client::new(&line, options(base)), |_| "ok"), expected, "{base}");
        let insecure = Options { allow_insecure: true, ..options(base) };
        let with_leave = if expected == "insecure_url" { "ok" } else { expected };
        assert_eq!(outcome(Client::new(&line, insecure), |_| "ok"), with_leave, "{base}, allowed");
        assert!(line.sent().is_empty());
    }
}

#[test]
fn only_the_services_own_addresses_get_the_key() {
    let client = Client::new(&anything(), options("https://api.example.com/v1")).unwrap();
    for (address, expected) in [
        ("jobs", Ok("https://api.example.com/v1/jobs")),
        ("/jobs?x=1", Ok("https://api.example.com/jobs?x=1")),
        ("https://api.example.com/jobs", Ok("https://api.example.com/jobs")),
        ("https://API.example.com:443/jobs", Ok("https://api.example.com/jobs")),
        ("../jobs", Ok("https://api.example.com/jobs")),
        ("https://example.com/jobs", Err("origin_mismatch")),
        ("http://api.example.com/jobs", Err("origin_mismatch")),
        ("https://api.example.com:444/jobs", Err("origin_mismatch")),
        ("//evil.example", Err("origin_mismatch")),
        ("/\\evil.example", Err("origin_mismatch")),
        ("https://api.example.com@evil.example", Err("origin_mismatch")),
        ("https://kim@api.example.com/jobs", Err("origin_mismatch")),
        ("blob:https://api.example.com/x", Err("origin_mismatch")),
        ("https://", Err("invalid_argument")),
    ] {
        let found = client.authorize(&anything(), address);
        match &found {
            Ok((url, header)) => {
                assert_eq!(Ok(url.as_str()), expected, "{address}");
                assert!(header.as_ref().unwrap().value.expose().starts_with("Bearer "));
            }
            Err(error) => assert_eq!(Err(error.code().as_str()), expected, "{address}"),
        }
    }
}

#[tokio::test]
async fn a_redirect_is_refused_and_not_followed() {
    let elsewhere = axum::Router::new()
        .fallback(|| async { axum::response::Redirect::temporary("https://evil.example/steal") });
    for operation in ["whoami", "create", "delete"] {
        let line = Faulty::new(InProcess::new(elsewhere.clone()));
        let client = Client::new(&line, options(BASE_URL)).unwrap();
        let found = match operation {
            "whoami" => outcome(client.whoami(&line).await, |_| "ok"),
            "create" => outcome(client.create(&line, &named("robot")).await, |_| "ok"),
            _ => outcome(client.delete(&line, "key_1").await, |()| "ok"),
        };
        assert_eq!((found, line.sent().len()), ("redirect_refused", 1), "{operation}");
    }
}

#[tokio::test]
async fn a_header_cannot_be_broken_out_of() {
    for key in ["kl_live_x\r\nX-Evil: 1", "a b", "ключ", "", "\u{0}"] {
        let credential = Credential::Key(Secret::from(key));
        let made = Client::new(&anything(), Options { credential, ..options(BASE_URL) });
        assert_eq!(outcome(made, |_| "ok"), "invalid_key", "{key:?}");
    }
    let cookies = |_: &Sent| {
        let evil = "session=1\r\nX-Evil: 1; Path=/";
        answer(
            201,
            &[("set-cookie", evil), ("set-cookie", "good=2; HttpOnly"), ("set-cookie", "odd")],
            r#"{"id":"usr_1"}"#,
        )
    };
    let line = Faulty::new(InProcess::new(axum::Router::new())).on("*", Always, Instead(cookies));
    let client = Client::new(&line, options(BASE_URL)).unwrap();
    let session = client.sign_in(&line, KIM, PASSWORD.into()).await.unwrap();
    let line = anything();
    session.whoami(&line).await.unwrap();
    assert_eq!(only(&line).header("Cookie"), Some("good=2"));
}
