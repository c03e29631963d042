//! Services of a user's own that answer in ways of their own.

use keylatch::lifecycle::{Credential, Filter, KeyInfo, Lifetime, NewKey, Overlap};
use keylatch::{Code, Error, Secret};

use super::script::{Script, declared, expect, lost, run, told};

fn key() -> Credential {
    Credential::Key(Secret::from("KEY"))
}

async fn keep(_: Secret, _: KeyInfo) -> Result<(), Error> {
    Ok(())
}

#[test]
fn a_key_that_is_revoked_without_a_word_is_revoked() {
    const REVOKE: &str = r#""endpoints":{"revoke":{"method":"DELETE","path":"/keys/{id}"}}"#;
    for (status, body) in [
        (204, ""),
        (200, "done"),
        (200, r#"{"ok":true}"#),
        (200, r#"{"id":"k1","deleted":true}"#),
        (200, r#"{"id":"k1","status":"revoked","revoked_at":""}"#),
    ] {
        let script = Script::new([expect("DELETE https://h/keys/k1 | x-key: KEY", status, body)]);
        let revoked = run(declared(&script, REVOKE, key()).revoke(&script, "k1")).unwrap();
        assert_eq!((revoked.id.as_str(), revoked.status.as_str()), ("k1", "revoked"));
        script.done();
    }
    let script = Script::new([expect("DELETE https://h/keys/k1 | x-key: KEY", 404, "")]);
    assert_eq!(told(run(declared(&script, REVOKE, key()).revoke(&script, "k1"))).0, Code::NotFound);
}

#[test]
fn a_rotated_key_that_is_revoked_without_a_word_is_no_warning() {
    let script = Script::new([
        expect(
            r#"POST https://h/keys/k1/rotate | x-key: KEY | {"overlap":"until_revoked"}"#,
            200,
            r#"{"key":{"id":"k2"},"secret":"new-key"}"#,
        ),
        expect("DELETE https://h/keys/k1 | x-key: KEY", 204, ""),
    ]);
    let endpoints = r#""endpoints":{"rotate":{"path":"/keys/{id}/rotate"},"revoke":{"method":"DELETE","path":"/keys/{id}"}}"#;
    let rotated =
        run(declared(&script, endpoints, key()).rotate(&script, "k1", &Overlap::None, keep)).unwrap();
    assert!(rotated.warning.is_none());
    script.done();
}

#[test]
fn an_overlap_that_begins_without_a_word_is_no_warning() {
    let script = Script::new([
        expect(
            r#"POST https://h/keys/k1/rotate | x-key: KEY | {"overlap":"PT1H","hold":true}"#,
            200,
            r#"{"key":{"id":"k2"},"secret":"new-key"}"#,
        ),
        expect("POST https://h/keys/k1/end?in=PT1H | x-key: KEY", 204, ""),
    ]);
    let endpoints = r#""endpoints":{"rotate":{"path":"/keys/{id}/rotate"},
        "revoke":{"path":"/keys/{id}/end","query":{"in":"{overlap}"}}}"#;
    let overlap = Overlap::For("PT1H".into());
    let rotated = run(declared(&script, endpoints, key()).rotate(&script, "k1", &overlap, keep)).unwrap();
    assert!(rotated.warning.is_none());
    script.done();
}

#[test]
fn what_nothing_could_revoke_later_is_not_kept_alive() {
    let script = Script::new([expect(
        "POST https://h/keys/k1/rotate | x-key: KEY | {}",
        200,
        r#"{"key":{"id":"k2"},"secret":"new-key"}"#,
    )]);
    let endpoints = r#""endpoints":{"rotate":{"path":"/keys/{id}/rotate"}}"#;
    let full = async |_: Secret, _: KeyInfo| Err(Error::new(Code::StoreFailed));
    let rotated =
        run(declared(&script, endpoints, key()).rotate(&script, "k1", &Overlap::None, full)).unwrap();
    // The old key is gone, so the new one is handed over although it is stored nowhere.
    assert_eq!(rotated.warning.unwrap().code(), Code::NotStored);
    assert_eq!(rotated.secret.reveal().unwrap().expose(), "new-key");
    script.done();
}

#[test]
fn a_list_without_a_cursor_to_send_has_one_page() {
    let page = r#"{"items":[{"id":"k1"}],"next_cursor":"2"}"#;
    for (query, request) in [
        ("", "GET https://h/keys | x-key: KEY"),
        (r#","query":{"n":"9"}"#, "GET https://h/keys?n=9 | x-key: KEY"),
    ] {
        let script = Script::new([expect(request, 200, page), expect(request, 200, page)]);
        let endpoints = format!(r#""endpoints":{{"list":{{"path":"/keys"{query}}}}}"#);
        let acme = declared(&script, &endpoints, key());
        let listed = run(acme.list(&script, &Filter::default(), None)).unwrap();
        assert_eq!((listed.items.len(), listed.cursor), (1, None));
        assert_eq!(told(run(acme.get(&script, "other"))).0, Code::NotFound);
        script.done();
    }
}

#[test]
fn a_cursor_that_leads_to_itself_ends_the_list() {
    let page = r#"{"items":[{"id":"k1"}],"next_cursor":"2"}"#;
    let script = Script::new([
        expect("GET https://h/keys | x-key: KEY", 200, page),
        expect("GET https://h/keys?after=2 | x-key: KEY", 200, page),
    ]);
    let endpoints = r#""endpoints":{"list":{"path":"/keys","query":{"after":"{cursor}"}}}"#;
    let acme = declared(&script, endpoints, key());
    assert_eq!(told(run(acme.get(&script, "other"))).0, Code::NotFound);
    script.done();
}

#[test]
fn a_status_that_is_not_known_is_not_called_active() {
    let page = r#"{"items":[
        {"id":"k1","status":"ACTIVE","revoked_at":"0001-01-01T00:00:00Z","expires_at":""},{"id":"k2","status":"Revoked"},{"id":"k3","status":"paused"},{"id":"k4"}
    ]}"#;
    let endpoints = r#""endpoints":{"list":{"path":"/keys"}}"#;
    for (filter, expected) in [
        (None, &["k1 active", "k2 revoked", "k3 unknown", "k4 unknown"][..]),
        (Some("active"), &["k1 active"]),
        (Some("expired"), &[]),
        (Some("inactive"), &["k2 revoked"]),
    ] {
        let script = Script::new([expect("GET https://h/keys | x-key: KEY", 200, page)]);
        let filter = Filter { status: filter.map(Into::into), search: None };
        let listed = run(declared(&script, endpoints, key()).list(&script, &filter, None)).unwrap().items;
        let listed: Vec<_> = listed.iter().map(|key| format!("{} {}", key.id, key.status.as_str())).collect();
        assert_eq!(listed, expected);
    }
}

const ONE_KEY: &str = r#""oneKey":true,"endpoints":{
    "list":{"path":"/keys"},"create":{"path":"/keys","body":null},"delete":{"path":"/keys/{id}"},
    "signIn":{"path":"/login","body":{"mail":"{user}","pass":"{password}"}}}"#;

#[test]
fn the_only_key_cannot_make_its_successor() {
    let script = Script::new([expect("GET https://h/keys | x-key: KEY", 200, r#"{"items":[{"id":"k1"}]}"#)]);
    let acme = declared(&script, ONE_KEY, key());
    assert!(acme.provider().capabilities().rotate);
    let (code, sentence) = told(run(acme.rotate(&script, "k1", &Overlap::None, keep)));
    assert_eq!(code, Code::InvalidArgument);
    assert!(sentence.contains("Sign in"), "{sentence}");
    script.done();
    let without = ONE_KEY.replace("signIn", "signOut").replace("{user}", "").replace("{password}", "");
    assert!(!declared(&script, &without, key()).provider().capabilities().rotate);
}

#[test]
fn a_session_replaces_the_only_key_without_knowing_the_account() {
    let script = Script::new([
        expect(r#"POST https://h/login | {"mail":"kim","pass":"word"}"#, 200, "")
            .header("set-cookie", "s=tok"),
        expect("GET https://h/keys | Cookie: s=tok", 200, r#"{"items":[{"id":"k1"}]}"#),
        expect("DELETE https://h/keys/k1 | Cookie: s=tok", 204, ""),
        lost("POST https://h/keys | Cookie: s=tok"),
        expect("GET https://h/keys | Cookie: s=tok", 200, r#"{"items":[]}"#),
        expect("POST https://h/keys | Cookie: s=tok", 200, r#"{"key":{"id":"k2"},"secret":"new-key"}"#),
    ]);
    run(async {
        let kim = declared(&script, ONE_KEY, Credential::None)
            .sign_in(&script, "kim", "word".into())
            .await
            .unwrap();
        let rotated = kim.rotate(&script, "k1", &Overlap::None, keep).await.unwrap();
        assert_eq!(rotated.secret.reveal().unwrap().expose(), "new-key");
    });
    script.done();
}

#[test]
fn the_successor_of_the_only_key_is_made_as_the_old_one_was() {
    const CREATE: &str = r#""oneKey":true,"endpoints":{
        "list":{"path":"/keys"},"create":{"path":"/keys"},"delete":{"path":"/keys/{id}"},
        "signIn":{"path":"/login","body":{"key":"{password}"}}}"#;
    let script = Script::new([
        expect(
            "GET https://h/keys | x-key: KEY",
            200,
            r#"{"items":[{"id":"k1","name":"ci","scopes":["a"],"expires_at":"2027-01-01T00:00:00Z"}]}"#,
        ),
        expect(r#"POST https://h/login | {"key":"KEY"}"#, 200, "").header("set-cookie", "s=tok"),
        expect("DELETE https://h/keys/k1 | Cookie: s=tok", 204, ""),
        expect(
            r#"POST https://h/keys | Cookie: s=tok | {"name":"ci","expires_at":"2027-01-01T00:00:00Z","scopes":["a"]}"#,
            200,
            r#"{"key":{"id":"k2"},"secret":"new-key"}"#,
        ),
    ]);
    let rotated = run(declared(&script, CREATE, key()).rotate(&script, "k1", &Overlap::None, keep)).unwrap();
    assert_eq!(rotated.secret.reveal().unwrap().expose(), "new-key");
    script.done();

    // What could not be asked for is found out before anything is deleted.
    let named = CREATE.replace(r#""create":{"path":"/keys"}"#, r#""create":{"path":"/keys/{name}"}"#);
    let script = Script::new([
        expect("GET https://h/keys | x-key: KEY", 200, r#"{"items":[{"id":"k1"}]}"#),
        expect(r#"POST https://h/login | {"key":"KEY"}"#, 200, "").header("set-cookie", "s=tok"),
    ]);
    let refused = run(declared(&script, &named, key()).rotate(&script, "k1", &Overlap::None, keep));
    assert_eq!(told(refused).0, Code::InvalidArgument);
    script.done();
}

#[test]
fn a_successor_that_cannot_be_stored_is_revoked_where_nothing_deletes() {
    let script = Script::new([
        expect(
            r#"POST https://h/keys/k1/rotate | x-key: KEY | {"overlap":"until_revoked"}"#,
            200,
            r#"{"key":{"id":"k2"},"secret":"new-key"}"#,
        ),
        expect("DELETE https://h/keys/k2 | x-key: KEY", 204, ""),
    ]);
    let endpoints = r#""endpoints":{"rotate":{"path":"/keys/{id}/rotate"},"revoke":{"method":"DELETE","path":"/keys/{id}"}}"#;
    let full = async |_: Secret, _: KeyInfo| Err(Error::new(Code::StoreFailed));
    let failed = run(declared(&script, endpoints, key()).rotate(&script, "k1", &Overlap::None, full));
    assert_eq!(told(failed).0, Code::StoreFailed);
    script.done();
}

#[test]
fn a_lifetime_that_the_service_does_not_take_is_refused_and_not_dropped() {
    let made = r#"{"key":{"id":"k1"},"secret":"new-key"}"#;
    let date = || Some(Lifetime::Until("2027-01-01T00:00:00Z".into()));
    let duration = |text: &str| Some(Lifetime::For(text.into()));
    const OWN: &str = r#","endsByDefault":true"#;
    for (variable, more, lifetime, sent) in [
        ("expires_in", "", None, Some(r#"{"end":"P3M"}"#)),
        ("expires_in", OWN, None, Some("{}")),
        ("expires_at", OWN, None, Some("{}")),
        ("expires_in", OWN, duration("P1Y"), Some(r#"{"end":"P1Y"}"#)),
        ("expires_at", OWN, duration("never"), None),
        ("expires_in", "", duration("P1Y"), Some(r#"{"end":"P1Y"}"#)),
        ("expires_in", "", date(), None),
        ("expires_at", "", date(), Some(r#"{"end":"2027-01-01T00:00:00Z"}"#)),
        ("expires_at", "", duration("never"), Some("{}")),
        ("expires_at", "", duration("P1Y"), None),
        ("expires_at", "", None, None),
    ] {
        let endpoints =
            format!(r#""endpoints":{{"create":{{"path":"/keys","body":{{"end":"{{{variable}}}"}}}}}}{more}"#);
        let script = Script::new(
            sent.map(|body| expect(&format!("POST https://h/keys | x-key: KEY | {body}"), 200, made)),
        );
        let new = NewKey { name: "ci".into(), lifetime, scopes: Vec::new() };
        let answer = run(declared(&script, &endpoints, key()).create(&script, &new));
        match sent {
            Some(_) => drop(answer.unwrap()),
            None => assert_eq!(told(answer).0, Code::InvalidArgument, "{variable}"),
        }
        script.done();
    }
}
