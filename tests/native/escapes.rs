//! No key leaks in disguise: a service that repeats a secret as it stands in
//! JSON, in an address, on a page or in base64 does not get it into an error.

use keylatch::http::Response;
use keylatch::lifecycle::{Client, Credential, Filter, KeyInfo, Options, Overlap};
use keylatch::{Code, Error, Secret, provider};
use serde_json::json;

use crate::support::{BASE_URL, Fault, Faulty, InProcess, Sent, Times, answer, no_store};
use Fault::*;
use Times::*;

const KEY: &str = r#"qu"ux\zork</b>&100%"#;
/// The middle of what Basic makes of it.
const BASE64: &str = "hcem9yazwv";

fn client(scheme: &str) -> Client {
    let spec = json!({
        "id": "careless", "title": "Careless", "schemes": [serde_json::from_str::<serde_json::Value>(scheme).unwrap()],
        "endpoints": { "list": "/keys", "rotate": "/keys/{id}/rotate", "delete": "/keys/{id}" },
    });
    let options = Options {
        provider: provider::declare(&serde_json::from_value(spec).unwrap()).unwrap().into(),
        base_url: Some(BASE_URL.into()),
        credential: Credential::Key(KEY.into()),
        scheme: None,
        retries: 0,
        allow_insecure: false,
    };
    Client::new(&Faulty::new(InProcess::new(axum::Router::new())), options).unwrap()
}

/// The value of the header with the key, in a form of its own.
fn repeated(sent: &Sent, form: fn(&str) -> String, status: u16, is_json: bool) -> Response {
    let value = sent.header("x-key").or(sent.header("Authorization")).unwrap();
    let text = form(value.strip_prefix("Basic ").unwrap_or(value));
    let body =
        if is_json { json!({"detail": text, "error": text}).to_string() } else { format!("it was: {text}") };
    answer(status, &[("x-request-id", &text)], body)
}

macro_rules! repeats {
    ($form:expr, $status:literal, $is_json:literal) => {
        Instead(|sent| repeated(sent, $form, $status, $is_json))
    };
}

fn json_text(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn percent(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn told(error: &Error) -> String {
    let said = error.service().cloned().unwrap_or_default();
    let cause = error.cause().map(|(name, message)| format!("{name} {message}"));
    let parts = [said.code, said.message, said.suggestion, cause, error.request_id().map(str::to_owned)];
    format!("{error} {error:?} {:?} {parts:?}", error.details())
}

fn assert_silent(error: &Error, what: &str) {
    let told = told(error);
    for part in ["zork", "100%", "100&", "%22ux", "qu\\", "qu&", BASE64] {
        assert!(!told.contains(part), "{what}: {part} stands in {told}");
    }
    assert!(told.contains("[redacted]"), "{what}: nothing was repeated: {told}");
}

#[tokio::test]
async fn each_form_of_the_credential_is_taken_out() {
    let header = client(r#"{"type":"header","name":"x-key"}"#);
    let basic = client(r#"{"type":"basic"}"#);
    for (what, client, faults) in [
        (
            "in a header",
            &header,
            [
                repeats!(str::to_owned, 400, false),
                repeats!(json_text, 400, false),
                repeats!(|text| json_text(text).replace('/', "\\/"), 400, false),
                repeats!(json_text, 400, true),
                repeats!(percent, 403, false),
                repeats!(|text| percent(text).to_lowercase(), 403, false),
                repeats!(percent, 500, true),
                repeats!(html, 418, false),
            ],
        ),
        (
            "in base64",
            &basic,
            [
                repeats!(str::to_owned, 400, false),
                repeats!(str::to_owned, 401, true),
                repeats!(|text| text.trim_end_matches('=').into(), 400, false),
                repeats!(json_text, 400, true),
                repeats!(|text| format!("Basic {text}"), 403, false),
                repeats!(|_| KEY.into(), 400, false),
                repeats!(|_| json_text(KEY), 400, false),
                repeats!(|_| percent(KEY), 400, false),
            ],
        ),
    ] {
        for (number, fault) in faults.into_iter().enumerate() {
            let line = Faulty::new(InProcess::new(axum::Router::new())).on("*", Always, fault);
            let error = client.list(&line, &Filter::default(), None).await.err().unwrap();
            assert_silent(&error, &format!("{what}, {number}"));
        }
    }
}

#[tokio::test]
async fn what_came_in_place_of_a_success_is_scrubbed_too() {
    let client = client(r#"{"type":"header","name":"x-key"}"#);
    for fault in [repeats!(json_text, 200, true), repeats!(html, 202, false), repeats!(json_text, 206, false)]
    {
        let line = Faulty::new(InProcess::new(axum::Router::new())).on("*", Always, fault);
        let error = client.delete(&line, "k1").await.err().unwrap();
        assert_eq!(error.code(), Code::BadResponse);
        assert_silent(&error, "delete");
    }
}

#[tokio::test]
async fn a_404_names_an_address_without_a_secret() {
    let client = client(r#"{"type":"header","name":"x-key"}"#);
    let line = Faulty::new(InProcess::new(axum::Router::new()));
    let error = client.rotate(&line, "k 1", &Overlap::None, no_store).await.err().unwrap();
    assert_eq!(error.code(), Code::NotFound);
    assert!(
        error.to_string().ends_with(&format!("It was looked for at {BASE_URL}/keys/k%201/rotate.")),
        "{error}"
    );
}

#[tokio::test]
async fn a_store_that_complains_with_the_old_key_is_not_quoted_either() {
    let client = client(r#"{"type":"header","name":"x-key"}"#);
    let made = |_: &Sent| answer(200, &[], r#"{"key":{"id":"k2"},"secret":"new \"secret\" & 1"}"#);
    let complain = async |secret: Secret, _: KeyInfo| {
        let message =
            format!("{} and {} and {}", json_text(KEY), json_text(secret.expose()), html(secret.expose()));
        Err(Error::new(Code::StoreFailed).with_cause("Error".into(), message))
    };
    let line = Faulty::new(InProcess::new(axum::Router::new())).on("*", Always, Instead(made));
    let rotated = client.rotate(&line, "k1", &Overlap::None, complain).await.unwrap();
    let warning = rotated.warning.unwrap();
    assert_eq!(warning.cause().unwrap().1, "\"[redacted]\" and \"[redacted]\" and [redacted]");
}
