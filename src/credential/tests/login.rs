//! What is sent to an issuer and what is accepted from it.

use std::cell::RefCell;

use crate::credential::{PendingLogin, Progress, Settings, address, device, exchange, poll, refresh};
use crate::error::{Code, Error};
use crate::http::testing::Offline;
use crate::http::{Address, Body, Request, Response, Transport};
use crate::provider;
use crate::secret::Secret;
use crate::value::{Object, Value};

/// An issuer that answers every request the same, and keeps what it was asked.
struct Issuer {
    status: u16,
    answer: &'static str,
    asked: RefCell<Vec<(String, String)>>,
}

impl Transport for Issuer {
    async fn send(&self, request: Request) -> Result<Response, Error> {
        let body = serde_json::to_string(&request.body.unwrap()).unwrap();
        self.asked.borrow_mut().push((request.url, body));
        let body = match serde_json::from_str(self.answer) {
            Ok(json) => Body::Json(json),
            Err(_) => Body::Other(self.answer.into()),
        };
        Ok(Response { status: self.status, headers: Vec::new(), body })
    }

    async fn pause(&self, _: u32) -> Result<(), Error> {
        Ok(())
    }

    fn renew(&self, _: u32) -> Self {
        Issuer { status: self.status, answer: self.answer, asked: RefCell::default() }
    }

    fn resolve(&self, text: &str, base: Option<&str>) -> Option<Address> {
        Offline.resolve(text, base)
    }
}

fn issuer(status: u16, answer: &'static str) -> Issuer {
    Issuer { status, answer, asked: RefCell::default() }
}

fn settings(overrides: [Option<&str>; 3]) -> Settings {
    let luminary = provider::builtin("luminary").unwrap();
    Settings::new(luminary.sources.login.as_ref().unwrap(), overrides.map(|text| text.map(String::from)))
}

fn query_of(url: &str) -> Vec<(String, String)> {
    url::Url::parse(url).unwrap().query_pairs().into_owned().collect()
}

const REDIRECT: &str = "http://127.0.0.1:10001/callback";

#[test]
fn hosts_become_addresses() {
    for (host, url) in [
        ("app.conduce.com", "https://app.conduce.com"),
        ("apis.luminarycloud.com:8443", "https://apis.luminarycloud.com:8443"),
        ("127.0.0.1:8787", "http://127.0.0.1:8787"),
        ("localhost", "http://localhost"),
        ("[::1]:80", "http://[::1]:80"),
        ("127.0.0.1.example.com", "https://127.0.0.1.example.com"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
        (" https://x.example/p ", "https://x.example/p"),
    ] {
        assert_eq!(address(host), url);
    }
}

#[test]
fn the_browser_is_sent_what_luminarys_client_sends() {
    let pending = PendingLogin::new().unwrap();
    let url = settings([None, None, None]).authorize_url(&Offline, &pending, REDIRECT).unwrap();
    assert!(url.starts_with("https://luminarycloud-prod.us.auth0.com/authorize?"), "{url}");
    let query = query_of(&url);
    let names: Vec<&str> = query.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "audience",
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "response_type",
        "scope",
        "state",
        "redirect_uri",
    ];
    assert_eq!(names, expected);
    let value = |name: &str| query.iter().find(|(n, _)| n == name).unwrap().1.clone();
    assert_eq!(value("scope"), "openid profile email offline_access");
    assert_eq!(value("redirect_uri"), REDIRECT);
    assert_eq!((value("code_challenge").len(), value("state").len()), (43, 43));
    assert_eq!(value("code_challenge_method"), "S256");
    let again = settings([None, None, None])
        .authorize_url(&Offline, &PendingLogin::new().unwrap(), REDIRECT)
        .unwrap();
    assert_ne!(url, again);
}

#[test]
fn the_environment_overrides_the_issuer_and_plain_http_stays_on_this_computer() {
    let pending = PendingLogin::new().unwrap();
    let url =
        |issuer| settings([Some(issuer), Some("mine"), Some("")]).authorize_url(&Offline, &pending, REDIRECT);
    let local = url("http://127.0.0.1:9").unwrap();
    assert!(local.starts_with(
        "http://127.0.0.1:9/authorize?audience=https%3A%2F%2Fapis.luminarycloud.com&client_id=mine&"
    ));
    assert!(url("login.example.com").unwrap().starts_with("https://login.example.com/authorize?"));
    assert_eq!(url("http://login.example.com").err().unwrap().code(), Code::InsecureUrl);
}

#[test]
fn the_callback_must_be_of_this_login() {
    let (settings, pending) = (settings([None, None, None]), PendingLogin::new().unwrap());
    let state = |pending: &PendingLogin| {
        let url = settings.authorize_url(&Offline, pending, REDIRECT).unwrap();
        query_of(&url).into_iter().find(|(name, _)| name == "state").unwrap().1
    };
    let ours = state(&pending);
    let theirs = state(&PendingLogin::new().unwrap());
    let answer = |members: &[(&'static str, &str)]| {
        let query: Object = members.iter().map(|(name, value)| (*name, Value::from(*value))).collect();
        pending
            .callback(&settings, &query.into())
            .map(|code| code.expose().to_owned())
            .map_err(|error| error.to_string())
    };
    assert_eq!(answer(&[("state", &ours), ("code", "c-1")]), Ok("c-1".into()));
    for (query, said) in [
        (vec![("code", "c-1")], "another state"),
        (vec![("state", theirs.as_str()), ("code", "c-1")], "another state"),
        (vec![("state", theirs.as_str()), ("error", "access_denied")], "another state"),
        (vec![("state", ours.as_str())], "without a code"),
        (
            vec![("state", ours.as_str()), ("error", "access_denied"), ("error_description", "No.")],
            "access_denied: No.",
        ),
        (vec![("state", ours.as_str()), ("error", "server_error"), ("code", "c-1")], "server_error"),
    ] {
        let message = answer(&query).unwrap_err();
        assert!(message.contains(said), "{message}");
        assert!(!message.contains(&theirs) && !message.contains(&ours));
    }
}

#[test]
fn a_code_becomes_tokens_with_the_verifier_of_the_challenge() {
    let t = issuer(200, r#"{"access_token":"a.b.c","refresh_token":"r-1","expires_in":3600}"#);
    let (settings, pending) =
        (settings([Some("http://127.0.0.1:9"), None, None]), PendingLogin::new().unwrap());
    let code = Secret::from("c-1");
    let tokens = pollster::block_on(exchange(&t, &settings, &pending, &code, REDIRECT)).unwrap();
    assert_eq!((tokens.access.expose(), tokens.refresh.unwrap().expose()), ("a.b.c", "r-1"));
    assert_eq!(tokens.expires_in, Some(3600.0));
    let (url, body) = t.asked.take().remove(0);
    assert_eq!(url, "http://127.0.0.1:9/oauth/token");
    let body: Value = serde_json::from_str(&body).unwrap();
    let member = |name: &str| body.member(name).and_then(Value::text).unwrap().to_owned();
    assert_eq!((member("grant_type"), member("code")), ("authorization_code".into(), "c-1".into()));
    assert_eq!(member("redirect_uri"), REDIRECT);
    assert_eq!(member("code_verifier").len(), 43);
}

#[test]
fn what_the_token_endpoint_refuses_is_said_without_the_token() {
    for (status, answer, code, said) in [
        (
            400,
            r#"{"error":"invalid_grant","error_description":"r-1 was revoked"}"#,
            Code::Unauthorized,
            "[redacted] was revoked",
        ),
        (403, r#"{"error":"invalid_grant"}"#, Code::Unauthorized, "invalid_grant"),
        (429, r#"{"error":"slow_down"}"#, Code::RateLimited, "slow_down"),
        (500, "<html>", Code::ServiceError, "no reason"),
        (200, r#"{"token":"x"}"#, Code::BadResponse, "no access token"),
    ] {
        let t = issuer(status, answer);
        let settings = settings([Some("http://127.0.0.1:9"), None, None]);
        let error = pollster::block_on(refresh(&t, &settings, &Secret::from("r-1"))).err().unwrap();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(said) && !error.to_string().contains("r-1"), "{error}");
    }
}

#[test]
fn a_code_for_another_computer_is_asked_for_and_read() {
    let full = r#"{"device_code":"d-1","user_code":"WDJB-MJHT","verification_uri":"http://127.0.0.1:9/device",
        "verification_uri_complete":"http://127.0.0.1:9/device?user_code=WDJB-MJHT","expires_in":600,"interval":7}"#;
    let t = issuer(200, full);
    let settings = settings([Some("http://127.0.0.1:9"), None, None]);
    let begun = pollster::block_on(device(&t, &settings)).unwrap();
    assert_eq!((begun.code.expose(), begun.user_code.as_str()), ("d-1", "WDJB-MJHT"));
    assert_eq!((begun.interval, begun.expires_in, begun.whole_page.is_some()), (7.0, 600.0, true));
    let (url, body) = t.asked.take().remove(0);
    assert_eq!(url, "http://127.0.0.1:9/oauth/device_authorization");
    assert!(body.contains("client_id") && body.contains("offline_access"), "{body}");

    let least =
        r#"{"device_code":"d","user_code":"u","verification_uri":"https://x.example","expires_in":60}"#;
    let begun = pollster::block_on(device(&issuer(200, least), &settings)).unwrap();
    assert_eq!((begun.interval, begun.whole_page), (5.0, None));
    for (status, answer, code) in [
        (404, "<html>", Code::Unsupported),
        (405, "", Code::Unsupported),
        (200, "<html>", Code::BadResponse),
        (
            200,
            r#"{"device_code":"d","user_code":"","verification_uri":"https://x","expires_in":60}"#,
            Code::BadResponse,
        ),
        (400, r#"{"error":"invalid_client"}"#, Code::Unauthorized),
        (429, r#"{"error":"slow_down"}"#, Code::RateLimited),
        (503, "", Code::ServiceError),
    ] {
        let error = pollster::block_on(device(&issuer(status, answer), &settings)).err().unwrap();
        assert_eq!(error.code(), code, "{error}");
    }
}

#[test]
fn a_code_is_asked_after_until_the_person_has_answered() {
    let settings = settings([Some("http://127.0.0.1:9"), None, None]);
    let asked = |status, answer| {
        let t = issuer(status, answer);
        let outcome = pollster::block_on(poll(&t, &settings, &Secret::from("d-1")));
        let (url, body) = t.asked.take().remove(0);
        assert_eq!(url, "http://127.0.0.1:9/oauth/token");
        assert!(
            body.contains("urn:ietf:params:oauth:grant-type:device_code") && body.contains("d-1"),
            "{body}"
        );
        outcome
    };
    assert!(matches!(asked(400, r#"{"error":"authorization_pending"}"#), Ok(Progress::Pending)));
    assert!(matches!(asked(400, r#"{"error":"slow_down"}"#), Ok(Progress::SlowDown)));
    assert!(matches!(asked(429, r#"{"error":"slow_down"}"#), Ok(Progress::SlowDown)));
    let Ok(Progress::Done(tokens)) = asked(200, r#"{"access_token":"a.b.c","expires_in":3600}"#) else {
        panic!("no tokens");
    };
    assert_eq!((tokens.access.expose(), tokens.refresh.is_none()), ("a.b.c", true));
    for (status, answer, code, said) in [
        (
            400,
            r#"{"error":"access_denied","error_description":"Not d-1."}"#,
            Code::Unauthorized,
            "access_denied: Not [redacted].",
        ),
        (400, r#"{"error":"expired_token"}"#, Code::Unauthorized, "expired_token"),
        (500, "<html>", Code::ServiceError, "no reason"),
        (200, "{}", Code::BadResponse, "no access token"),
    ] {
        let error = asked(status, answer).err().unwrap();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(said) && !error.to_string().contains("d-1"), "{error}");
    }
}
