//! `docs/wire.md`, section 4.1, and the document's steps.

use keylatch::lifecycle::NewKey;
use keylatch::{Code, Secret};

use super::script::{Script, expect, run, told, with_key};

const ASKED: &str = "GET https://h/rest/v0/pipelines?skip=0&limit=100 | x-api-key: ";

#[test]
fn a_key_is_validated_as_the_sdk_would() {
    let cases = [
        (200, r#"{"data":[],"total":0}"#, true),
        (401, "no shape is known", false),
        (401, r#"{"anything":1}"#, false),
    ];
    for (status, body, valid) in cases {
        let script = Script::new([expect(&format!("{ASKED}some-key"), status, body)]);
        let answer =
            run(with_key(&script, "luminary", "k").validate(&script, &Secret::from("some-key"))).unwrap();
        assert_eq!(answer.valid, valid, "{body}");
        script.done();
    }
}

#[test]
fn keys_are_made_in_the_web_application() {
    let script = Script::new([]);
    let new = NewKey { name: "ci".into(), lifetime: None, scopes: Vec::new() };
    let (code, sentence) = told(run(with_key(&script, "luminary", "k").create(&script, &new)));
    assert_eq!(code, Code::Unsupported);
    for part in
        ["https://app.luminarycloud.com/", "My Account > Profile > API Keys", "three months", "only once"]
    {
        assert!(sentence.contains(part), "{part}: {sentence}");
    }
}
