//! What is told of a key: what the service states, and nothing beside it.

use keylatch::lifecycle::{Credential, Filter, KeyInfo, NewKey};
use keylatch::value::Value;
use keylatch::{Code, Error, format};

use super::script::{Script, declared, expect, run, told, with_key};

const LIST: &str = r#""endpoints":{"list":{"path":"/keys"}}"#;
const KEY: &str = "kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms";

fn key() -> Credential {
    Credential::Key("a-key-of-mine-0123".into())
}

/// The keys of a declared service that answers a list of these members.
fn listed(rest: &str, items: &str, status: Option<&str>) -> Result<Vec<KeyInfo>, Error> {
    let body = format!(r#"{{"items":[{items}]}}"#);
    let script = Script::new([expect("GET https://h/keys | x-key: a-key-of-mine-0123", 200, &body)]);
    let filter = Filter { status: status.map(Into::into), search: None };
    run(declared(&script, &format!("{LIST}{rest}"), key()).list(&script, &filter, None))
        .map(|page| page.items)
}

fn only(rest: &str, members: &str) -> KeyInfo {
    let mut keys = listed(rest, &format!(r#"{{"id":"k1",{members}}}"#), None).unwrap();
    assert_eq!(keys.len(), 1);
    keys.remove(0)
}

#[test]
fn a_status_that_is_not_stated_is_unknown() {
    for (members, status) in [
        (r#""name":"robot""#, "unknown"),
        (r#""status":null"#, "unknown"),
        (r#""status":"""#, "unknown"),
        (r#""status":7"#, "unknown"),
        (r#""status":true"#, "unknown"),
        (r#""status":{"name":"active"}"#, "unknown"),
        (r#""status":"paused""#, "unknown"),
        (r#""expires_at":"2020-01-01T00:00:00Z""#, "unknown"),
        (r#""revoked_at":"never""#, "unknown"),
        (r#""revoked_at":"2026-02-30T00:00:00Z""#, "unknown"),
        (r#""revoked_at":"2026-02-28T00:00:00Z""#, "revoked"),
        (r#""status":"Active""#, "active"),
        (r#""status":"EXPIRED""#, "expired"),
    ] {
        assert_eq!(only("", members).status.as_str(), status, "{members}");
    }
}

#[test]
fn a_key_that_was_ended_is_revoked_unless_its_answer_states_something_else() {
    let ends = r#""endpoints":{"revoke":{"method":"DELETE","path":"/keys/{id}"}}"#;
    for (status, body, expected) in [
        (204, "", "revoked"),
        (200, r#"{"id":"k1"}"#, "revoked"),
        (200, r#"{"id":"k1","name":"robot","revoked_at":"never"}"#, "revoked"),
        (200, r#"{"id":"k1","status":"expired"}"#, "expired"),
    ] {
        let script =
            Script::new([expect("DELETE https://h/keys/k1 | x-key: a-key-of-mine-0123", status, body)]);
        let ended = run(declared(&script, ends, key()).revoke(&script, "k1")).unwrap();
        assert_eq!(ended.status.as_str(), expected, "{body}");
    }
}

#[test]
fn a_filter_lets_through_what_is_known_whether_or_not_the_service_filters() {
    let items = r#"{"id":"k1","status":"active"},{"id":"k2"},{"id":"k3","status":"revoked"},{"id":"k4","expires_at":"2020-01-01T00:00:00Z"}"#;
    for (filter, expected) in [
        (None, &["k1", "k2", "k3", "k4"][..]),
        (Some("all"), &["k1", "k2", "k3", "k4"]),
        (Some("active"), &["k1"]),
        (Some("expired"), &[]),
        (Some("revoked"), &["k3"]),
        (Some("inactive"), &["k3"]),
    ] {
        let found = listed("", items, filter).unwrap();
        let found: Vec<_> = found.iter().map(|key| key.id.as_str()).collect();
        assert_eq!(found, expected, "{filter:?}");

        // A service that takes the filter and ignores it.
        let query = filter.map(|status| format!("?state={status}")).unwrap_or_default();
        let ask = format!("GET https://h/keys{query} | x-key: a-key-of-mine-0123");
        let script = Script::new([expect(&ask, 200, &format!(r#"{{"items":[{items}]}}"#))]);
        let spec = r#""endpoints":{"list":{"path":"/keys","query":{"state":"{status}"}}}"#;
        let filter = Filter { status: filter.map(Into::into), search: None };
        let found = run(declared(&script, spec, key()).list(&script, &filter, None)).unwrap().items;
        let found: Vec<_> = found.iter().map(|key| key.id.as_str()).collect();
        assert_eq!(found, expected, "ignored {:?}", filter.status);
    }
}

#[test]
fn a_service_that_lists_working_keys_only_says_so() {
    let declared = only(r#","listsWorkingKeysOnly":true"#, r#""name":"robot""#);
    assert_eq!(declared.status.as_str(), "active");
    let paused = only(r#","listsWorkingKeysOnly":true"#, r#""status":"paused""#);
    assert_eq!(paused.status.as_str(), "unknown");
    // How long a key of Conduce lives is not known.
    let mine = "6f1d2c1e-0000-4000-8000-000000000001";
    let ask = format!("GET https://h/conduce/api/v1/apikeys/list | Authorization: Bearer {mine}");
    let script =
        Script::new([expect(&ask, 200, &format!(r#"[{{"apikey":"{mine}","created":1700000000}}]"#))]);
    let keys = run(with_key(&script, "conduce", mine).list(&script, &Filter::default(), None)).unwrap().items;
    assert_eq!(keys[0].status.as_str(), "unknown");
}

#[test]
fn a_time_that_is_none_is_not_told() {
    for (value, is_told) in
        [("null", false), ("1e300", false), (r#""2026-02-30T00:00:00Z""#, false), ("1", true)]
    {
        let key = only("", &format!(r#""created_at":{value}"#));
        let told = serde_json::to_string(&Value::from(&key)).unwrap();
        assert_eq!(told.contains("createdAt"), is_told, "{value}: {told}");
    }
}

#[test]
fn a_masked_key_that_is_whole_is_masked_again() {
    let format = r#","format":{"parts":["ak_",{"alphabet":"hex","length":8}],"certainty":"observed"}"#;
    for (rest, masked, expected) in [
        ("", "kl_test_…Ab12", "kl_test_…Ab12"),
        ("", "Ab12", "Ab12"),
        ("", "sk-...abcd", "sk-...abcd"),
        ("", "****abcd", "****abcd"),
        // A key by its format, the credential of this client, and what is not shortened.
        (format, "ak_01234567", "…"),
        ("", "a-key-of-mine-0123", "…"),
        ("", "…a-key-of-mine-0123…", "a-key-…"),
        ("", KEY, "kl_test_…HBms"),
        ("", "6f1d2c1e-0000-4000-8000-000000000001", "…0001"),
        ("", "abcdefghijklmnopqrst", "…qrst"),
        ("", "*abcdefghijklmnopqrst", "…qrst"),
    ] {
        let told = only(rest, &format!(r#""masked":"{masked}""#)).masked.unwrap();
        let whole: String = masked.chars().filter(|c| *c != '…').collect();
        assert!(told == expected || (told.contains('…') && !told.contains(&whole)), "{masked}: {told}");
        if expected != "…" && !expected.starts_with("a-key") {
            assert_eq!(told, expected, "{masked}");
        }
    }
    assert!(only("", r#""masked":7"#).masked.as_deref() == Some("7"));
    assert!(only("", r#""masked":[]"#).masked.is_none());
}

#[test]
fn a_new_key_is_not_told_in_its_own_data() {
    let make = "POST https://h/keys | x-key: a-key-of-mine-0123 | {}";
    let endpoints = r#""endpoints":{"create":{"path":"/keys","body":{}}}"#;
    for secret in ["shortnewkey-1", "a new key of no known format"] {
        let body = format!(r#"{{"key":{{"id":"k1","masked":"{secret}"}},"secret":"{secret}"}}"#);
        let script = Script::new([expect(make, 200, &body)]);
        let new = NewKey { name: "ci".into(), lifetime: None, scopes: Vec::new() };
        let made = run(declared(&script, endpoints, key()).create(&script, &new)).unwrap();
        assert!(!made.key.masked.unwrap().contains(secret));
    }
}

#[test]
fn an_id_keeps_each_of_its_digits_or_the_answer_is_refused() {
    for (id, expected) in [
        ("7", "7"),
        ("0", "0"),
        ("-7", "-7"),
        ("7.0", "7"),
        ("1e3", "1000"),
        ("9007199254740991", "9007199254740991"),
        ("9007199254740993", "9007199254740993"),
        ("15793596808644609", "15793596808644609"),
        ("-15793596808644609", "-15793596808644609"),
        ("18446744073709551617", "18446744073709551617"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        (r#""15793596808644609""#, "15793596808644609"),
        (r#""007""#, "007"),
    ] {
        let keys = listed("", &format!(r#"{{"id":{id}}}"#), None).unwrap();
        assert_eq!(keys[0].id, expected, "{id}");
    }
    for id in ["1.5", "1e300", "1e-7", "9007199254740993.0", "1e16", "-0.5"] {
        let (code, sentence) = told(listed("", &format!(r#"{{"id":"k1"}},{{"id":{id}}}"#), None));
        assert_eq!(code, Code::BadResponse, "{id}");
        assert!(sentence.contains("at id") && sentence.contains("digits"), "{sentence}");
    }
    for id in ["null", "true", "[]", "{}", r#""""#, r#"["k1"]"#] {
        assert_eq!(told(listed("", &format!(r#"{{"id":{id}}}"#), None)).0, Code::BadResponse, "{id}");
    }
    // A name is no id: what cannot be read is left out.
    assert_eq!(only("", r#""name":1e300"#).name, "");
    assert_eq!(only("", r#""name":42"#).name, "42");
}

/// As in public reports: the one of two keys is revoked, and the other one ends.
#[test]
fn of_two_keys_whose_ids_differ_in_the_last_digit_the_right_one_is_ended() {
    let ask = |method: &str, path: &str| format!("{method} https://h/{path} | x-key: a-key-of-mine-0123");
    let key_of = |id: &str| format!(r#"{{"id":{id},"status":"revoked"}}"#);
    let both =
        r#"{"items":[{"id":15793596808644609,"name":"prod"},{"id":15793596808644608,"name":"old laptop"}]}"#;
    let script = Script::new([
        expect(&ask("GET", "keys"), 200, both),
        expect(&ask("DELETE", "keys/15793596808644608"), 200, &key_of("15793596808644608")),
        expect(&ask("DELETE", "keys/15793596808644608"), 200, &key_of("15793596808644609")),
    ]);
    let spec = r#""endpoints":{"list":{"path":"/keys"},"revoke":{"method":"DELETE","path":"/keys/{id}"}}"#;
    let acme = declared(&script, spec, key());
    run(async {
        let keys = acme.list(&script, &Filter::default(), None).await.unwrap().items;
        let old = keys.iter().find(|key| key.name == "old laptop").unwrap();
        assert_eq!(acme.revoke(&script, &old.id).await.unwrap().id, "15793596808644608");
        // And a service that rounds by itself is found out.
        assert_eq!(told(acme.revoke(&script, &old.id).await).0, Code::BadResponse);
    });
    script.done();
}

#[test]
fn what_stands_for_an_id_elsewhere_keeps_its_digits_too() {
    let number = "15793596808644609";
    let successor = listed("", &format!(r#"{{"id":"k1","replaced_by":{number}}}"#), None).unwrap();
    assert_eq!(successor[0].replaced_by.as_deref(), Some(number));
    let ask = |path| format!("GET https://h/{path} | x-key: a-key-of-mine-0123");
    let script = Script::new([expect(&ask("me"), 200, &format!(r#"{{"id":{number}}}"#))]);
    let account = run(declared(&script, r#""endpoints":{"whoami":"/me"}"#, key()).whoami(&script)).unwrap();
    assert_eq!(account.id, number);
    let script = Script::new([
        expect(&ask("keys"), 200, &format!(r#"{{"items":[],"next_cursor":{number}}}"#)),
        expect(&ask(&format!("keys?c={number}")), 200, r#"{"items":[]}"#),
    ]);
    let spec = r#""endpoints":{"list":{"path":"/keys","query":{"c":"{cursor}"}}}"#;
    let acme = declared(&script, spec, key());
    let first = run(acme.list(&script, &Filter::default(), None)).unwrap();
    run(acme.list(&script, &Filter::default(), first.cursor.as_deref())).unwrap();
    script.done();
    for wrong in [r#"{"id":"k1","replaced_by":1.5}"#, r#"{"id":"k1","replaced_by":1e300}"#] {
        assert_eq!(told(listed("", wrong, None)).0, Code::BadResponse, "{wrong}");
    }
}

#[test]
fn a_key_in_the_place_of_its_id_is_refused() {
    let (code, sentence) = told(listed("", r#"{"id":"a-key-of-mine-0123"}"#, None));
    assert_eq!(code, Code::BadResponse);
    assert!(sentence.contains("found a key") && !sentence.contains("of-mine"), "{sentence}");
    assert!(format::diagnose(Some(format::keylatch()), KEY).is_empty());
}

#[test]
fn where_a_list_has_whole_keys_each_has_one() {
    let whole = r#","fields":{"wholeKey":"key"}"#;
    let keys = listed(whole, r#"{"key":"a-key-of-another-4567"}"#, None).unwrap();
    assert_eq!(keys[0].masked.as_deref(), Some(&*format::mask("a-key-of-another-4567")));
    for item in [r#"{"key":""}"#, r#"{"key":null}"#, r#"{"key":1}"#, "{}"] {
        let (code, sentence) = told(listed(whole, item, None));
        assert_eq!(code, Code::BadResponse, "{item}");
        assert!(sentence.contains("expected the key at key"), "{sentence}");
    }
}
