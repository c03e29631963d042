//! `docs/wire.md`, section 2.

use keylatch::lifecycle::{Credential, NewKey};
use keylatch::{Code, Secret};

use super::script::{Script, client, expect, run, told, with_key};

const KEY: &str = "secret_ci_0123456789abcdef0123456789abcdef.ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
const WRONG: &str = r#"{"error":{"code":"global/invalid-api-key","message":"API key was invalid, expired, or deleted.","suggestion":"Check your API key or create a new one, then try again."}}"#;

#[test]
fn a_key_is_validated_by_a_cheap_call_with_bearer() {
    let script = Script::new([expect(
        &format!("GET https://h/api/v1/instances | Authorization: Bearer {KEY}"),
        200,
        r#"{"data":[]}"#,
    )]);
    let validation =
        run(with_key(&script, "lambda", "another-key").validate(&script, &Secret::from(KEY))).unwrap();
    assert!(validation.valid && validation.key.is_none());
    script.done();
}

#[test]
fn basic_has_the_key_as_user_and_no_password() {
    let script = Script::new([expect(
        "GET https://h/api/v1/instances | Authorization: Basic a2V5Og==",
        200,
        r#"{"data":[]}"#,
    )]);
    let lambda = client(&script, "lambda", Credential::Key("key".into()), Some("basic"));
    assert!(run(lambda.validate(&script, &Secret::from("key"))).unwrap().valid);
    script.done();
}

#[test]
fn a_wrong_key_is_no_failure_of_validate() {
    let script =
        Script::new([expect("GET https://h/api/v1/instances | Authorization: Bearer nope", 401, WRONG)]);
    let validation = run(with_key(&script, "lambda", KEY).validate(&script, &Secret::from("nope"))).unwrap();
    assert!(!validation.valid && validation.reason == Some("unknown"));
}

#[test]
fn code_message_and_suggestion_come_through_whole() {
    let body = r#"{"error":{"code":"global/account-inactive","message":"Your account is inactive.","suggestion":"Pay."}}"#;
    let script =
        Script::new([expect("GET https://h/api/v1/instances | Authorization: Bearer nope", 403, body)]);
    let error = run(with_key(&script, "lambda", KEY).validate(&script, &Secret::from("nope"))).err().unwrap();
    assert_eq!((error.code(), error.status()), (Code::Forbidden, Some(403)));
    let said = error.service().unwrap();
    assert_eq!(said.code.as_deref(), Some("global/account-inactive"));
    assert_eq!(said.message.as_deref(), Some("Your account is inactive."));
    assert_eq!(said.suggestion.as_deref(), Some("Pay."));
    assert_eq!(error.to_string(), "Lambda Cloud does not allow this: Your account is inactive. Pay.");
}

#[test]
fn keys_are_made_on_the_dashboard_and_nothing_is_sent() {
    let script = Script::new([]);
    let lambda = with_key(&script, "lambda", KEY);
    let new = NewKey { name: "ci".into(), lifetime: None, scopes: Vec::new() };
    let (code, sentence) = told(run(lambda.create(&script, &new)));
    assert_eq!(code, Code::Unsupported);
    assert!(sentence.contains("https://cloud.lambdalabs.com/api-keys"), "{sentence}");
    assert_eq!(told(run(lambda.revoke(&script, "1"))).0, Code::Unsupported);
    assert_eq!(told(run(lambda.whoami(&script))).0, Code::Unsupported);
}
