//! Whether a key works: what an answer to validate states, and what it does not.

use keylatch::Code;
use keylatch::lifecycle::Credential;

use super::answers::{KEY, NO_SUCCESS, PAGE, bad, keylatch, no_hub};
use super::script::{Script, declared, expect, run, told, with_key};

const OTHER: &str = "kl_live_4fzLqTn0XoVq4fzLqTn0XoVq0123453OAb12";

#[test]
fn a_key_is_valid_when_the_answer_says_so() {
    let ask =
        format!(r#"POST https://h/v1/keys/validate | Authorization: Bearer {KEY} | {{"secret":"{OTHER}"}}"#);
    let own = r#"POST https://h/check | x-key: KEY | {"key":"other"}"#;
    let field = "GET https://h/check | x-key: other";
    let with_secret = r#""endpoints":{"validate":{"path":"/check","body":{"key":"{secret}"}}},"fields":{"valid":"data.works"}"#;
    let with_field =
        r#""endpoints":{"validate":{"path":"/check","method":"GET"}},"fields":{"valid":"data.works"}"#;
    let cases = [
        ("keylatch", "", ask.as_str(), "valid"),
        ("acme", with_secret, own, "works"),
        ("acme", with_field, field, "works"),
    ];
    for (service, spec, request, member) in cases {
        let asked = |status, body: &str| {
            let script = Script::new([expect(request, status, body)]);
            let key = || Credential::Key("KEY".into());
            match service {
                "keylatch" => run(keylatch(&script).validate(&script, &OTHER.into())),
                _ => run(declared(&script, spec, key()).validate(&script, &"other".into())),
            }
        };
        let body = |value: &str| match member {
            "valid" => format!(r#"{{"valid":{value}}}"#),
            _ => format!(r#"{{"data":{{"works":{value}}}}}"#),
        };
        let good = asked(200, &body("true")).unwrap();
        assert!(good.valid && good.reason.is_none());
        let wrong = asked(200, &body("false")).unwrap();
        assert!(!wrong.valid && wrong.reason == Some("unknown"));
        for value in
            ["null", "0", "1", r#""false""#, r#""true""#, r#""""#, "[]", "[true]", "{}", r#"{"valid":true}"#]
        {
            bad(asked(200, &body(value)), value);
        }
        let elsewhere = r#"{"result":{"valid":true,"works":true}}"#;
        for text in ["", "null", "true", "false", "[]", "{}", r#""valid""#, "ok", PAGE, elsewhere] {
            bad(asked(200, text), text);
        }
        for status in [202, 204, 205, 206] {
            bad(
                asked(status, if status == 204 { "" } else { r#"{"valid":true,"data":{"works":true}}"# }),
                "status",
            );
        }
    }
}

#[test]
fn why_a_key_does_not_work_is_told_in_known_words() {
    let ask =
        format!(r#"POST https://h/v1/keys/validate | Authorization: Bearer {KEY} | {{"secret":"{OTHER}"}}"#);
    for (stated, told) in
        [("expired", "expired"), ("revoked", "revoked"), ("locked", "unknown"), ("", "unknown")]
    {
        let body = format!(r#"{{"valid":false,"reason":"{stated}"}}"#);
        let script = Script::new([expect(&ask, 200, &body)]);
        let validation = run(keylatch(&script).validate(&script, &OTHER.into())).unwrap();
        assert_eq!((validation.valid, validation.reason), (false, Some(told)), "{stated}");
    }
}

#[test]
fn a_cheap_call_says_that_a_key_works_by_succeeding() {
    let lambda = "GET https://h/api/v1/instances | Authorization: Bearer other-key";
    let luminary = "GET https://h/rest/v0/pipelines?skip=0&limit=100 | x-api-key: other-key";
    let conduce = "GET https://h/conduce/api/v1/apikeys/list | Authorization: Bearer other-key";
    let acme = "GET https://h/me | x-key: other-key";
    for (service, request) in
        [("lambda", lambda), ("luminary", luminary), ("conduce", conduce), ("acme", acme)]
    {
        let asked = |status, body: &str| {
            let script = Script::new([expect(request, status, body)]);
            let client = match service {
                "acme" => {
                    let spec = r#""endpoints":{"validate":{"method":"GET","path":"/me"}}"#;
                    declared(&script, spec, Credential::Key("KEY".into()))
                }
                _ => with_key(&script, service, "a-key-of-mine"),
            };
            run(client.validate(&script, &"other-key".into()))
        };
        for (status, body) in
            [(200, "[]"), (200, "{}"), (200, r#"{"data":[]}"#), (200, "pong"), (204, ""), (206, "[]")]
        {
            assert!(asked(status, body).unwrap().valid, "{service}: {status} {body}");
        }
        assert!(!asked(401, PAGE).unwrap().valid);
        for (status, body) in NO_SUCCESS {
            bad(asked(*status, body), &format!("{service}: {status} {body}"));
        }
    }
}

#[test]
fn modelon_names_the_owner_of_a_key_that_works() {
    let ask = r#"POST https://h/api/keys/validation | impact-api-key: KEY | {"secret":"other"}"#;
    let asked = |status, body: &str| {
        let script = Script::new([no_hub(), expect(ask, status, body)]);
        run(with_key(&script, "modelon", "KEY").validate(&script, &"other".into()))
    };
    assert!(asked(200, r#"{"data":{"id":"0f3c"}}"#).unwrap().valid);
    assert!(!asked(400, r#"{"error":{"message":"no such key","code":12035}}"#).unwrap().valid);
    for body in ["", "{}", "true", r#"{"data":{}}"#, r#"{"data":{"id":""}}"#, r#"{"id":"0f3c"}"#, PAGE] {
        bad(asked(200, body), body);
    }
    bad(asked(201, r#"{"data":{"id":"0f3c"}}"#), "201");
    // A page of a proxy speaks of no key.
    assert_eq!(told(asked(400, "<html>Bad Request</html>")).0, Code::InvalidRequest);
}
