//! Answers that nobody thought of: whatever JSON comes with whatever status, a
//! success is one that the answer states, and no secret gets into an error.

use keylatch::lifecycle::{Filter, KeyInfo, NewKey, Overlap};
use keylatch::value::Value;
use keylatch::{Code, Error, Secret, format};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

use super::script::{Script, expect, run, with_key};

const KEY: &str = "kl_test_T7mQ2vXbN9cRk4LwZs8HdYp3GfJu6A1RHBms";
/// The last moment of a `Date`, in milliseconds.
const FARTHEST: i64 = 8_640_000_000_000_000;

const NAMES: &[&str] = &[
    "id",
    "key",
    "items",
    "valid",
    "secret",
    "status",
    "masked",
    "created_at",
    "expires_at",
    "revoked_at",
    "name",
    "scopes",
    "error",
    "errors",
    "ok",
    "success",
    "deleted",
    "next_cursor",
    "reason",
    "user",
    "replaced_by",
    "data",
    "",
];
const TEXTS: &[&str] = &[
    "k1",
    "k2",
    "",
    "active",
    "revoked",
    "expired",
    "inactive",
    "paused",
    "never",
    "0",
    "2026-11-20T10:00:00Z",
    "2026-02-30T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999+23:59",
    "kl_test_…HBms",
    "no",
    "{0}",
    KEY,
    "kl_live_4fzLqTn0XoVq4fzLqTn0XoVq0123453OAb12",
    "false",
    "\u{0}",
    "é🔑",
];

fn scalar() -> impl Strategy<Value = Json> {
    prop_oneof![
        1 => Just(Json::Null),
        2 => any::<bool>().prop_map(Json::from),
        1 => any::<i64>().prop_map(Json::from),
        1 => any::<f64>().prop_map(Json::from),
        1 => prop::sample::select(vec![0.0, 1.0, -1.0, 1.5, 1e300, 1_795_168_800.0, 9_007_199_254_740_992.0]).prop_map(Json::from),
        8 => prop::sample::select(TEXTS).prop_map(Json::from),
    ]
}

fn tree() -> impl Strategy<Value = Json> {
    scalar().prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            1 => vec(inner.clone(), 0..4).prop_map(Json::from),
            4 => vec((prop::sample::select(NAMES), inner), 0..6).prop_map(|members| {
                let members = members.into_iter().map(|(name, value)| (name.to_owned(), value));
                Json::Object(members.collect::<Map<_, _>>())
            }),
        ]
    })
}

/// A body: mostly one that is nearly right.
fn body() -> impl Strategy<Value = String> {
    let nearly = (tree(), tree(), tree()).prop_map(|(a, b, c)| {
        json!({"id": "k1", "status": a, "valid": b, "secret": KEY, "items": [c]}).to_string()
    });
    let told = (scalar(), scalar(), scalar(), scalar()).prop_map(|(id, status, time, masked)| {
        let key =
            json!({"id": id, "status": status, "created_at": time, "expires_at": time, "masked": masked});
        json!({"key": key, "items": [key], "secret": masked, "valid": true}).to_string()
    });
    prop_oneof![
        3 => tree().prop_map(|tree| tree.to_string()),
        3 => nearly,
        3 => told,
        1 => prop::sample::select(vec!["", " ", "<html>", "OK", "{\"id\":\"k1\"", "\u{feff}{}", KEY]).prop_map(String::from),
    ]
}

fn status() -> impl Strategy<Value = u16> {
    prop_oneof![4 => Just(200), 1 => prop::sample::select(vec![201, 202, 203, 204, 205, 206, 226])]
}

async fn keep(_: Secret, _: KeyInfo) -> Result<(), Error> {
    Ok(())
}

/// Fails when a text of the answer that is a key stands in the error.
fn assert_silent(error: &Error) {
    let told = format!("{error} {error:?} {:?} {:?}", error.details(), error.cause());
    for key in ["T7mQ2vXbN9", "4fzLqTn0Xo"] {
        assert!(!told.contains(key), "{told}");
    }
}

fn assert_told_well(key: &KeyInfo) {
    assert!(!key.id.is_empty());
    for time in [key.created_at, key.expires_at, key.last_used_at, key.revoked_at].into_iter().flatten() {
        assert!((-FARTHEST..=FARTHEST).contains(&time.millis()));
    }
    let told = serde_json::to_string(&Value::from(key)).unwrap();
    if let Some(masked) = &key.masked {
        assert!(!masked.contains("T7mQ2vXbN9") && !masked.contains("4fzLqTn0Xo"), "{told}");
    }
}

/// The key object of an answer about one key.
fn told_key(answer: &Json) -> &Json {
    match &answer["key"] {
        Json::Null => answer,
        key => key,
    }
}

fn at<'a>(object: &'a Json, name: &str) -> &'a Json {
    object.get(name).unwrap_or(&Json::Null)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_success_is_stated(status in status(), body in body()) {
        let body = if status == 204 { String::new() } else { body };
        let answer: Json = serde_json::from_str(&body).unwrap_or(Json::Null);
        let bearer = format!("Authorization: Bearer {KEY}");
        let script = |request: &str| Script::new([expect(request, status, &body)]);

        let line = script(&format!("DELETE https://h/v1/keys/k1 | {bearer}"));
        let deleted = run(with_key(&line, "keylatch", KEY).delete(&line, "k1"));
        prop_assert_eq!(deleted.is_ok(), status == 204);

        let line = script(&format!("POST https://h/v1/keys/k1/revoke | {bearer}"));
        let revoked = run(with_key(&line, "keylatch", KEY).revoke(&line, "k1"));
        if let Ok(key) = &revoked {
            prop_assert!(status == 200 && at(told_key(&answer), "id") == "k1" && at(told_key(&answer), "status") != "active");
            prop_assert!(at(&answer, "error").as_str().is_none_or(str::is_empty) && at(&answer, "ok") != false);
            prop_assert_eq!(&key.id, "k1");
        }

        let line = script(&format!("GET https://h/v1/keys/k1 | {bearer}"));
        let got = run(with_key(&line, "keylatch", KEY).get(&line, "k1"));
        if let Ok(key) = &got {
            prop_assert!(status == 200 && at(told_key(&answer), "id") == "k1");
            let stated = at(told_key(&answer), "status").as_str().unwrap_or_default();
            let is_named = ["active", "expired", "revoked", "inactive"].contains(&stated) || key.revoked_at.is_some();
            prop_assert_eq!(key.status.as_str() != "unknown", is_named);
        }

        let line = script(&format!(r#"POST https://h/v1/keys/validate | {bearer} | {{"secret":"{KEY}"}}"#));
        let valid = run(with_key(&line, "keylatch", KEY).validate(&line, &KEY.into()));
        if let Ok(valid) = &valid {
            prop_assert!(status == 200);
            prop_assert_eq!(at(&answer, "valid").as_bool(), Some(valid.valid));
        }

        let line = script(&format!("GET https://h/v1/keys?limit=100 | {bearer}"));
        let listed = run(with_key(&line, "keylatch", KEY).list(&line, &Filter::default(), None));
        if let Ok(page) = &listed {
            prop_assert!(status == 200 && at(&answer, "items").as_array().is_some_and(|items| items.len() == page.items.len()));
        }

        for key in [got.as_ref().ok(), revoked.as_ref().ok(), valid.as_ref().ok().and_then(|valid| valid.key.as_ref())] {
            key.into_iter().for_each(assert_told_well);
        }
        listed.iter().flat_map(|page| &page.items).for_each(assert_told_well);
        let errors = [deleted.err(), revoked.err(), got.err(), valid.err(), listed.err()];
        for error in errors.into_iter().flatten() {
            prop_assert_eq!(error.code(), Code::BadResponse);
            assert_silent(&error);
        }
    }

    #[test]
    fn a_new_key_is_stated(status in status(), body in body()) {
        let body = if status == 204 { String::new() } else { body };
        let answer: Json = serde_json::from_str(&body).unwrap_or(Json::Null);
        let created = expect(
            &format!(r#"POST https://h/v1/keys | Authorization: Bearer {KEY} | Idempotency-Key | {{"name":"ci","expires_in":"never"}}"#),
            status,
            &body,
        );
        let line = Script::any([created], 204);
        let new = NewKey {
            name: "ci".into(),
            lifetime: Some(keylatch::lifecycle::Lifetime::For("never".into())),
            scopes: Vec::new(),
        };
        match run(with_key(&line, "keylatch", KEY).create(&line, &new)) {
            Ok(made) => {
                let secret = made.secret.reveal().unwrap();
                prop_assert!(format::diagnose(Some(format::keylatch()), secret.expose()).is_empty());
                prop_assert_eq!(at(&answer, "secret"), secret.expose());
                assert_told_well(&made.key);
            }
            // What may have been made is taken back.
            Err(error) => {
                prop_assert_eq!(error.code(), Code::BadResponse);
                assert_silent(&error);
            }
        }
        let rotated = expect(
            &format!(r#"POST https://h/v1/keys/k1/rotate | Authorization: Bearer {KEY} | Idempotency-Key | {{"overlap":"PT1H","hold":true}}"#),
            status,
            &body,
        );
        let line = Script::any([rotated], 204);
        let overlap = Overlap::For("PT1H".into());
        match run(with_key(&line, "keylatch", KEY).rotate(&line, "k1", &overlap, keep)) {
            Ok(rotated) => {
                let secret = rotated.secret.reveal().unwrap();
                prop_assert!(format::diagnose(Some(format::keylatch()), secret.expose()).is_empty());
                // Its answer says nothing about the old key, unless there is none.
                let is_warned = rotated.warning.is_some();
                prop_assert_eq!(is_warned, rotated.key.id != "k1");
            }
            Err(error) => {
                prop_assert_eq!(error.code(), Code::BadResponse);
                assert_silent(&error);
            }
        }
    }
}
