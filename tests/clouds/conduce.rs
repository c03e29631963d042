//! `docs/wire.md`, section 3.

use keylatch::lifecycle::{Credential, Filter, Lifetime, NewKey};
use keylatch::{Code, Secret};

use super::script::{Exchange, Script, client, expect, run, told, with_key};

const KEY: &str = "6f1d2c1e-0000-4000-8000-000000000001";
const OTHER: &str = "6f1d2c1e-0000-4000-8000-000000000002";
const LOGIN: &str =
    r#"POST https://h/conduce/api/v1/user/login | {"email":"kim@example.test","password":"pw","keep":false}"#;

fn new_key(name: &str) -> NewKey {
    NewKey { name: name.into(), lifetime: None, scopes: Vec::new() }
}

fn log_in() -> Exchange {
    expect(LOGIN, 200, "welcome").header("set-cookie", "conduce=abc; Path=/; Secure; HttpOnly")
}

#[test]
fn a_password_gives_a_session_and_the_session_a_key() {
    let script = Script::new([
        log_in(),
        expect(
            r#"POST https://h/conduce/api/v1/apikeys/create | Cookie: conduce=abc | {"description":"ci"}"#,
            200,
            &format!(r#"{{"apikey":"{KEY}"}}"#),
        ),
    ]);
    run(async {
        let anyone = client(&script, "conduce", Credential::None, None);
        let kim = anyone.sign_in(&script, "kim@example.test", "pw".into()).await.unwrap();
        let made = kim.create(&script, &new_key("ci")).await.unwrap();
        assert_eq!(made.secret.reveal().unwrap().expose(), KEY);
        assert!(!made.key.id.contains("6f1d2c1e"), "the id is no part of the key");
        assert!(made.key.masked.is_some_and(|masked| !masked.contains("6f1d2c1e-0000")));
    });
    script.done();
}

#[test]
fn a_wrong_password_is_told_as_such_whatever_the_status() {
    for status in [400, 401, 403] {
        let script = Script::new([expect(LOGIN, status, "<html>no</html>")]);
        let anyone = client(&script, "conduce", Credential::None, None);
        let (code, _) = told(run(anyone.sign_in(&script, "kim@example.test", "pw".into())));
        assert_eq!(code, Code::InvalidCredentials);
    }
}

#[test]
fn an_expired_session_is_renewed_once() {
    let list = "GET https://h/conduce/api/v1/apikeys/list | Cookie: conduce=";
    let check = "GET https://h/conduce/api/v1/user/validate-session | Cookie: conduce=abc";
    let again = expect(LOGIN, 200, "").header("set-cookie", "conduce=def; Path=/");
    let script = Script::new([
        log_in(),
        expect(&format!("{list}abc"), 401, ""),
        expect(check, 401, ""),
        again,
        expect(&format!("{list}def"), 200, "[]"),
    ]);
    run(async {
        let anyone = client(&script, "conduce", Credential::None, None);
        let kim = anyone.sign_in(&script, "kim@example.test", "pw".into()).await.unwrap();
        assert!(kim.list(&script, &Filter::default(), None).await.unwrap().items.is_empty());
    });
    script.done();
}

#[test]
fn a_session_that_stands_is_not_renewed() {
    let script = Script::new([
        log_in(),
        expect("GET https://h/conduce/api/v1/apikeys/list | Cookie: conduce=abc", 401, ""),
        expect("GET https://h/conduce/api/v1/user/validate-session | Cookie: conduce=abc", 200, ""),
    ]);
    run(async {
        let anyone = client(&script, "conduce", Credential::None, None);
        let kim = anyone.sign_in(&script, "kim@example.test", "pw".into()).await.unwrap();
        assert_eq!(told(kim.list(&script, &Filter::default(), None).await).0, Code::Unauthorized);
    });
    script.done();
}

/// Its list prints whole keys; ours does not.
#[test]
fn listed_keys_are_fingerprinted_and_masked() {
    let body =
        format!(r#"[{{"apikey":"{KEY}","created":1700000000}},{{"apikey":"{OTHER}","created":1700000001}}]"#);
    let ask = format!("GET https://h/conduce/api/v1/apikeys/list | Authorization: Bearer {KEY}");
    let script = Script::new([
        expect(&ask, 200, &body),
        // Removing by fingerprint looks the key up again.
        expect(&ask, 200, &body),
        expect(
            &format!(
                r#"POST https://h/conduce/api/v1/apikeys/delete | Authorization: Bearer {KEY} | {{"apikey":"{OTHER}"}}"#
            ),
            200,
            "thank you",
        ),
    ]);
    run(async {
        let conduce = with_key(&script, "conduce", KEY);
        let keys = conduce.list(&script, &Filter::default(), None).await.unwrap().items;
        assert_eq!(keys.len(), 2);
        for key in &keys {
            let shown = serde_json::to_string(&keylatch::value::Value::from(key)).unwrap();
            assert!(!shown.contains(KEY) && !shown.contains(OTHER), "{shown}");
            assert!(shown.contains(r#""createdAt":170000000"#), "{shown}");
        }
        assert_ne!(keys[0].id, keys[1].id);
        conduce.delete(&script, &keys[1].id).await.unwrap();
    });
    script.done();
}

#[test]
fn a_key_is_removed_by_itself_with_another() {
    let script = Script::new([expect(
        &format!(
            r#"POST https://h/conduce/api/v1/apikeys/delete | Authorization: Bearer {KEY} | {{"apikey":"{OTHER}"}}"#
        ),
        200,
        "",
    )]);
    run(with_key(&script, "conduce", KEY).delete(&script, OTHER)).unwrap();
    script.done();
}

#[test]
fn a_fingerprint_of_nothing_is_not_found_and_nothing_is_removed() {
    let script = Script::new([expect(
        &format!("GET https://h/conduce/api/v1/apikeys/list | Authorization: Bearer {KEY}"),
        200,
        "[]",
    )]);
    assert_eq!(
        told(run(with_key(&script, "conduce", KEY).delete(&script, "0123456789abcdef"))).0,
        Code::NotFound
    );
    script.done();
}

#[test]
fn there_is_no_expiry_no_scope_and_no_revoke() {
    let script = Script::new([]);
    let conduce = with_key(&script, "conduce", KEY);
    let lasting = NewKey { lifetime: Some(Lifetime::For("P1D".into())), ..new_key("ci") };
    assert_eq!(told(run(conduce.create(&script, &lasting))).0, Code::InvalidArgument);
    let scoped = NewKey { scopes: vec!["a".into()], ..new_key("ci") };
    assert_eq!(told(run(conduce.create(&script, &scoped))).0, Code::InvalidArgument);
    assert_eq!(told(run(conduce.revoke(&script, "1"))).0, Code::Unsupported);
}

#[test]
fn a_key_is_validated_with_itself() {
    for (status, valid) in [(200, true), (401, false)] {
        let script = Script::new([expect(
            &format!("GET https://h/conduce/api/v1/apikeys/list | Authorization: Bearer {OTHER}"),
            status,
            "[]",
        )]);
        let answer = run(with_key(&script, "conduce", KEY).validate(&script, &Secret::from(OTHER))).unwrap();
        assert_eq!(answer.valid, valid);
    }
}

/// Its key may be alive, and the list cannot tell which one it is.
#[test]
fn a_lost_answer_is_told_as_unknown() {
    let ask = format!(
        r#"POST https://h/conduce/api/v1/apikeys/create | Authorization: Bearer {KEY} | {{"description":"ci"}}"#
    );
    let script = Script::new([super::script::lost(&ask)]);
    let (code, sentence) = told(run(with_key(&script, "conduce", KEY).create(&script, &new_key("ci"))));
    assert_eq!(code, Code::OutcomeUnknown);
    assert!(sentence.contains("\"ci\""), "{sentence}");
}
