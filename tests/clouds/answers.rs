//! What counts as a success: what an answer states, and nothing else.

use keylatch::lifecycle::{Client, Credential, KeyInfo, NewKey, Overlap};
use keylatch::{Code, Error, Secret};

use super::script::{Exchange, Script, client, declared, expect, run, told, with_key};

pub const KEY: &str = "kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms";
pub const PAGE: &str = "<!doctype html><title>Wi-Fi sign-in</title>";

/// No success of any operation: what stands in an API's place, and what denies.
pub const NO_SUCCESS: &[(u16, &str)] = &[
    (200, PAGE),
    (201, "\n\n  <html>"),
    (200, "\u{feff}<?xml version=\"1.0\"?>"),
    (200, r#"{"error":"no"}"#),
    (200, r#"{"errors":[{"message":"no"}]}"#),
    (200, r#"{"ok":false}"#),
    (200, r#"{"success":false,"id":"k1"}"#),
    (200, r#"{"status":404,"title":"Not Found"}"#),
    (200, "false"),
    (202, ""),
    (202, r#"{"id":"k1"}"#),
];
/// No success either where a body, or that there is none, is documented.
const NOT_STATED: &[(u16, &str)] = &[
    (200, ""),
    (200, "{}"),
    (200, "[]"),
    (200, "null"),
    (200, "OK"),
    (200, r#""k1""#),
    (200, r#"{"id":"k2"}"#),
    (200, r#"{"id":"K1"}"#),
    (200, r#"{"key":{"id":"k2","status":"revoked"}}"#),
    (206, r#"{"id":"k1","status":"revoked"}"#),
];

async fn keep(_: Secret, _: KeyInfo) -> Result<(), Error> {
    Ok(())
}

pub fn keylatch(script: &Script) -> Client {
    with_key(script, "keylatch", KEY)
}

/// The sentence of a `bad_response`, which names the service, and both sides.
pub fn bad<T>(result: Result<T, Error>, what: &str) -> String {
    assert!(result.is_err(), "{what}: passes for a success");
    let (code, sentence) = told(result);
    assert_eq!(code, Code::BadResponse, "{what}: {sentence}");
    assert!(sentence.contains("expected") && sentence.contains("found"), "{what}: {sentence}");
    sentence
}

/// What an operation on `k1` makes of an answer.
fn done(operation: &str, client: &Client, script: &Script) -> Result<(), Error> {
    run(async {
        match operation {
            "revoke" => client.revoke(script, "k1").await.map(|key| {
                assert!(key.id == "k1" && key.status.as_str() != "active");
            }),
            "delete" => client.delete(script, "k1").await,
            "get" => client.get(script, "k1").await.map(|key| assert_eq!(key.id, "k1")),
            "signOut" => client.sign_out(script).await,
            _ => panic!("{operation}"),
        }
    })
}

#[test]
fn keylatchs_own_api_answers_as_its_document_says() {
    let bearer = format!("Authorization: Bearer {KEY}");
    let revoke = format!("POST https://h/v1/keys/k1/revoke | {bearer}");
    let delete = format!("DELETE https://h/v1/keys/k1 | {bearer}");
    let get = format!("GET https://h/v1/keys/k1 | {bearer}");
    for (operation, request, good) in [
        ("revoke", &revoke, (200, r#"{"id":"k1","status":"revoked"}"#)),
        // Ended before: revoking changes nothing.
        ("revoke", &revoke, (200, r#"{"id":"k1","status":"expired"}"#)),
        ("delete", &delete, (204, "")),
        ("get", &get, (200, r#"{"id":"k1","status":"active"}"#)),
    ] {
        let script = Script::new([expect(request, good.0, good.1)]);
        done(operation, &keylatch(&script), &script).unwrap();
        let found: &[(u16, &str)] = match operation {
            "revoke" => &[(204, ""), (200, r#"{"id":"k1","status":"active"}"#), (200, "done")],
            "get" => &[(204, "")],
            _ => &[(200, r#"{"id":"k1","status":"revoked"}"#), (200, "gone"), (205, "")],
        };
        for (status, body) in NO_SUCCESS.iter().chain(NOT_STATED).chain(found) {
            let what = format!("{operation}: {status} {body}");
            let script = Script::new([expect(request, *status, body)]);
            // To look at a key does nothing that could be denied.
            if operation == "get" && *status == 200 && body.contains("\"id\":\"k1\"") {
                done(operation, &keylatch(&script), &script).unwrap();
                continue;
            }
            let sentence = bad(done(operation, &keylatch(&script), &script), &what);
            assert!(sentence.contains("keylatch did not answer as its API should"), "{sentence}");
        }
    }
}

#[test]
fn a_session_ends_with_what_is_documented() {
    let sign_in = || {
        expect(r#"POST https://h/v1/session | {"user":"kim","password":"pw"}"#, 201, r#"{"id":"usr_1"}"#)
            .header("set-cookie", "s=tok; Path=/")
    };
    let sign_out = "DELETE https://h/v1/session | Cookie: s=tok";
    let out = |status, body| {
        let script = Script::new([sign_in(), expect(sign_out, status, body)]);
        let kim =
            run(client(&script, "keylatch", Credential::None, None).sign_in(&script, "kim", "pw".into()));
        done("signOut", &kim.unwrap(), &script)
    };
    out(204, "").unwrap();
    for (status, body) in NO_SUCCESS.iter().chain(NOT_STATED) {
        bad(out(*status, body), &format!("signOut: {status} {body}"));
    }
}

#[test]
fn a_session_begins_with_a_cookie() {
    let account = r#"{"id":"usr_1","user":"kim"}"#;
    let login = r#"POST https://h/v1/session | {"user":"kim","password":"pw"}"#;
    let conduce =
        r#"POST https://h/conduce/api/v1/user/login | {"email":"kim","password":"pw","keep":false}"#;
    let other = r#"POST https://h/login | {"user":"kim","password":"pw"}"#;
    let enter = |service: &str, exchange: Exchange| {
        let script = Script::new([exchange]);
        let anyone = match service {
            "acme" => declared(&script, r#""endpoints":{"signIn":"/login"}"#, Credential::None),
            _ => client(&script, service, Credential::None, None),
        };
        run(anyone.sign_in(&script, "kim", "pw".into())).map(drop)
    };
    for (service, request, body) in
        [("keylatch", login, account), ("conduce", conduce, "welcome"), ("acme", other, "{}")]
    {
        let cookie = |status, body| expect(request, status, body).header("set-cookie", "s=tok; Path=/");
        enter(service, cookie(200, body)).unwrap();
        for (status, body) in NO_SUCCESS {
            bad(enter(service, cookie(*status, body)), &format!("{service}: {status} {body}"));
        }
        // The right answer, and no session.
        bad(enter(service, expect(request, 200, body)), service);
        for gone in ["s=", "s=tok; Max-Age=0", "s=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT"] {
            bad(enter(service, expect(request, 200, body).header("set-cookie", gone)), gone);
        }
        // A browser keeps the cookie, and shows none.
        enter(service, expect(request, 200, body).header("set-cookie", "")).unwrap();
        bad(enter(service, expect(request, 200, PAGE).header("set-cookie", "")), service);
    }
    // keylatch tells whose session it is.
    for body in ["", "{}", "welcome", r#"{"user":"kim"}"#, r#"{"id":""}"#, r#"{"id":[]}"#] {
        bad(enter("keylatch", expect(login, 201, body).header("set-cookie", "s=tok")), body);
    }
}

pub const HUB: &str = "GET https://h/hub/api/user | impact-api-key: KEY";

pub fn no_hub() -> Exchange {
    expect(HUB, 404, "")
}

#[test]
fn modelon_deletes_without_a_body_and_conduce_without_being_read() {
    let me = r#"{"data":{"id":"0f3c"}}"#;
    let ask = "DELETE https://h/api/users/0f3c/keys/zX1 | impact-api-key: KEY";
    let modelon = |status, body: &str| {
        let account = expect("GET https://h/api/users/me | impact-api-key: KEY", 200, me);
        let script = Script::new([no_hub(), account, expect(ask, status, body)]);
        run(with_key(&script, "modelon", "KEY").delete(&script, "zX1"))
    };
    modelon(200, "").unwrap();
    modelon(204, "").unwrap();
    for (status, body) in
        NO_SUCCESS.iter().chain(&[(200, "{}"), (200, "deleted"), (200, r#"{"data":{"id":"zX1"}}"#)])
    {
        bad(modelon(*status, body), &format!("{status} {body}"));
    }
    let (mine, other) = ("6f1d2c1e-0000-4000-8000-000000000001", "6f1d2c1e-0000-4000-8000-000000000002");
    let ask = format!(
        r#"POST https://h/conduce/api/v1/apikeys/delete | Authorization: Bearer {mine} | {{"apikey":"{other}"}}"#
    );
    let conduce = |status, body: &str| {
        let script = Script::new([expect(&ask, status, body)]);
        run(with_key(&script, "conduce", mine).delete(&script, other))
    };
    for (status, body) in [(200, ""), (200, "{}"), (200, "thank you"), (200, "null"), (204, "")] {
        conduce(status, body).unwrap();
    }
    for (status, body) in NO_SUCCESS {
        bad(conduce(*status, body), &format!("{status} {body}"));
    }
}

const ENDS: &str = r#""endpoints":{"revoke":{"method":"DELETE","path":"/keys/{id}"},"delete":{"method":"DELETE","path":"/keys/{id}"}}"#;

#[test]
fn a_declared_service_ends_a_key_by_naming_it_or_in_words() {
    for operation in ["revoke", "delete"] {
        let ended = |status, body: &str| {
            let script = Script::new([expect("DELETE https://h/keys/k1 | x-key: KEY", status, body)]);
            done(operation, &declared(&script, ENDS, Credential::Key("KEY".into())), &script)
        };
        for (status, body) in [
            (204, ""),
            (200, r#"{"id":"k1"}"#),
            (201, r#"{"key":{"id":"k1","status":"revoked"}}"#),
            (200, "Thank you, it is gone."),
            (200, r#"{"success":true}"#),
            (200, r#"{"deleted":true}"#),
        ] {
            ended(status, body).unwrap_or_else(|error| panic!("{operation}: {status} {body}: {error}"));
        }
        let unclear =
            [(200, ""), (200, "{}"), (200, r#"{"id":"k2","deleted":true}"#), (200, r#"{"message":"?"}"#)];
        for (status, body) in NO_SUCCESS.iter().filter(|(_, body)| !body.contains("k1")).chain(&unclear) {
            bad(ended(status.to_owned(), body), &format!("{operation}: {status} {body}"));
        }
    }
}

#[test]
fn a_declaration_says_what_its_answers_state() {
    for (answer, good, wrong, expected) in [
        (r#"{"states":"nothing","statuses":[200]}"#, (200, ""), (204, ""), "200 with no body"),
        (r#"{"states":"nothing"}"#, (204, ""), (200, ""), "204 with no body"),
        (r#"{"states":"key"}"#, (200, r#"{"id":"k1"}"#), (200, "gone"), "200 or 201 with the key"),
        (r#"{"states":"anything"}"#, (200, "{}"), (200, PAGE), "of success with an answer of its API"),
        (
            r#"{"statuses":[202]}"#,
            (202, r#"{"id":"k1"}"#),
            (200, r#"{"id":"k1"}"#),
            "202 with the key that was ended",
        ),
        // Those that are named are told, up to five; more are "of success".
        (
            r#"{"statuses":[200,201,202,203,204]}"#,
            (203, r#"{"id":"k1"}"#),
            (200, PAGE),
            "200 or 201 or 202 or 203 or 204 with the key",
        ),
        (
            r#"{"statuses":[200,201,202,203,204,207]}"#,
            (207, r#"{"id":"k1"}"#),
            (200, PAGE),
            "of success with the key",
        ),
    ] {
        let spec = format!(
            r#""endpoints":{{"delete":{{"method":"DELETE","path":"/keys/{{id}}","answer":{answer}}}}}"#
        );
        let ended = |(status, body)| {
            let script = Script::new([expect("DELETE https://h/keys/k1 | x-key: KEY", status, body)]);
            run(declared(&script, &spec, Credential::Key("KEY".into())).delete(&script, "k1"))
        };
        ended(good).unwrap();
        let sentence = bad(ended(wrong), answer);
        assert!(sentence.contains(&format!("expected status {expected}")), "{answer}: {sentence}");
    }
}

#[test]
fn a_service_as_data_can_be_declared_again() {
    use keylatch::value::Value;
    for provider in keylatch::provider::builtins() {
        let Value::Map(members) = Value::from(*provider) else { panic!() };
        let keep = |(name, _): &(std::borrow::Cow<'static, str>, Value)| name != "files";
        let renamed =
            |(name, value): (_, Value)| if name == "id" { (name, "again".into()) } else { (name, value) };
        let spec = Value::Map(members.into_iter().filter(keep).map(renamed).collect());
        let again = keylatch::provider::declare(&spec).unwrap();
        for (operation, endpoint) in provider.endpoints.0.iter() {
            let again = again.endpoints.get(*operation).unwrap();
            assert!(again.answer == endpoint.answer, "{} {}", provider.id, operation.name());
        }
        assert_eq!(again.lists_working_keys_only, provider.lists_working_keys_only);
    }
}

#[test]
fn a_refused_answer_is_told_short_and_without_a_secret() {
    let delete = format!("DELETE https://h/v1/keys/k1 | Authorization: Bearer {KEY}");
    let said = |status, body: &str| {
        let script = Script::new([expect(&delete, status, body)]);
        let error = run(keylatch(&script).delete(&script, "k1")).err().unwrap();
        assert_eq!(error.status(), Some(status));
        error.details()[1].clone().into_owned()
    };
    let page = said(200, PAGE);
    assert_eq!(
        page,
        "expected status 204 with no body, found 200 with a web page, \"<!doctype html><title>Wi-Fi sign-in</title>\"."
    );
    assert_eq!(
        said(200, r#"{"error":"no"}"#),
        "expected status 204 with no body, found 200 with an object with \"error\": \"no\"."
    );
    for body in [format!("you sent {KEY}"), format!(r#"{{"error":"{KEY}"}}"#), format!(r#"{{"{KEY}":1}}"#)] {
        let said = said(200, &body);
        assert!(!said.contains("T7mQ2vXbN9"), "{said}");
    }
    assert!(said(200, &"x".repeat(100_000)).len() < 200);
}

#[test]
fn an_answer_about_another_key_is_none() {
    for (asked, body) in
        [("k1", r#"{"id":"k2"}"#), ("k1", r#"{"id":"k10"}"#), ("1", r#"{"id":10}"#), ("01", r#"{"id":1}"#)]
    {
        let script = Script::new([expect(&format!("GET https://h/keys/{asked} | x-key: KEY"), 200, body)]);
        let acme = declared(&script, r#""endpoints":{"get":"/keys/{id}"}"#, Credential::Key("KEY".into()));
        let sentence = bad(run(acme.get(&script, asked)), body);
        assert!(sentence.contains(&format!("expected the key \"{asked}\", found the key ")), "{sentence}");
    }
}

const FORMAT: &str = r#""format":{"parts":["ak_",{"alphabet":"hex","length":16}],"certainty":"documented"}"#;

fn new_key() -> NewKey {
    NewKey { name: "ci".into(), lifetime: None, scopes: Vec::new() }
}

#[test]
fn a_new_key_is_a_key_and_what_is_none_is_removed_again() {
    let make = "POST https://h/keys | x-key: ak_0123456789abcdef | {}";
    let credential = || Credential::Key("ak_0123456789abcdef".into());
    let endpoints = r#""endpoints":{"create":{"path":"/keys","body":{}},"delete":{"method":"DELETE","path":"/keys/{id}"}}"#;
    let removed = || expect("DELETE https://h/keys/k1 | x-key: ak_0123456789abcdef", 204, "");
    let spec = format!("{FORMAT},{endpoints}");
    for secret in [
        r#""ak_short""#,
        r#""ak_0123456789abcdeg""#,
        r#""AK_0123456789ABCDEF""#,
        r#""ak_****************""#,
        r#""Bearer ak_fedcba9876543210""#,
        r#""ak_fedcba9876543210 ""#,
        r#""""#,
        "null",
        "12345",
        r#"{"text":"ak_fedcba9876543210"}"#,
    ] {
        let body = format!(r#"{{"key":{{"id":"k1"}},"secret":{secret}}}"#);
        let script = Script::new([expect(make, 200, &body), removed()]);
        let sentence = bad(run(declared(&script, &spec, credential()).create(&script, &new_key())), secret);
        assert!(!sentence.contains("fedcba") && !sentence.contains("012345"), "{sentence}");
        script.done();
        // Where nothing can remove it, a key may be alive.
        let script = Script::new([expect(make, 200, &body)]);
        let only = format!(r#"{FORMAT},"endpoints":{{"create":{{"path":"/keys","body":{{}}}}}}"#);
        let left = run(declared(&script, &only, credential()).create(&script, &new_key()));
        assert_eq!(told(left).0, Code::OutcomeUnknown, "{secret}");
    }
    let body = r#"{"key":{"id":"k1"},"secret":"ak_fedcba9876543210"}"#;
    let script = Script::new([expect(make, 200, body)]);
    let made = run(declared(&script, &spec, credential()).create(&script, &new_key())).unwrap();
    assert_eq!(made.secret.reveal().unwrap().expose(), "ak_fedcba9876543210");
    // Without a documented format a placeholder is still none.
    for (secret, is_key) in
        [("********", false), ("[redacted]", false), ("<API_KEY>", false), ("any text at all", true)]
    {
        let body = format!(r#"{{"key":{{"id":"k1"}},"secret":"{secret}"}}"#);
        let removal = (!is_key).then(removed);
        let script = Script::new([expect(make, 200, &body)].into_iter().chain(removal));
        let made = run(declared(&script, endpoints, credential()).create(&script, &new_key()));
        assert_eq!(made.is_ok(), is_key, "{secret}");
        script.done();
    }
}

#[test]
fn a_key_that_gets_another_secret_under_its_id_is_not_revoked() {
    let endpoints = r#""endpoints":{"rotate":{"path":"/keys/{id}/rotate"},"revoke":{"method":"DELETE","path":"/keys/{id}"}}"#;
    let rotate = || {
        expect(
            r#"POST https://h/keys/k1/rotate | x-key: KEY | {"overlap":"until_revoked"}"#,
            200,
            r#"{"key":{"id":"k1"},"secret":"new-key"}"#,
        )
    };
    let script = Script::new([rotate()]);
    let acme = declared(&script, endpoints, Credential::Key("KEY".into()));
    let rotated = run(acme.rotate(&script, "k1", &Overlap::None, keep)).unwrap();
    assert!(rotated.warning.is_none() && rotated.secret.reveal().unwrap().expose() == "new-key");
    script.done();
    // Nor when it cannot be stored: it is the only one.
    let script = Script::new([rotate()]);
    let acme = declared(&script, endpoints, Credential::Key("KEY".into()));
    let full = async |_: Secret, _: KeyInfo| Err(Error::new(Code::StoreFailed));
    let rotated = run(acme.rotate(&script, "k1", &Overlap::None, full)).unwrap();
    assert_eq!(rotated.warning.unwrap().code(), Code::NotStored);
    script.done();
}

#[test]
fn a_404_names_the_address_without_the_query() {
    let list = format!("GET https://h/v1/keys?search=robot&limit=100 | Authorization: Bearer {KEY}");
    let filter = keylatch::lifecycle::Filter { status: None, search: Some("robot".into()) };
    for (status, body, said) in [
        (404, "", "it answered with status 404. It was looked for at https://h/v1/keys."),
        (
            404,
            r#"{"detail":"There is nothing at this address."}"#,
            "There is nothing at this address. It was looked for at https://h/v1/keys.",
        ),
        (410, r#"{"detail":"Gone"}"#, "Gone. It was looked for at https://h/v1/keys."),
        (404, "nginx", "nginx. It was looked for at https://h/v1/keys."),
    ] {
        let script = Script::new([expect(&list, status, body)]);
        let (code, sentence) = told(run(keylatch(&script).list(&script, &filter, None)));
        assert_eq!(code, Code::NotFound);
        assert!(sentence.ends_with(said), "{sentence}");
    }
}
