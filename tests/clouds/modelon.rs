//! `docs/wire.md`, section 1.

use keylatch::lifecycle::{Credential, Filter, KeyInfo, NewKey, Overlap};
use keylatch::{Code, Error, Secret};

use super::script::{Exchange, Script, client, expect, lost, run, told, with_key};

const HUB: &str = "GET https://h/hub/api/user | impact-api-key: KEY";
const ME: &str = r#"{"data":{"id":"0f3c","username":"kim@example.test","license":"impact-pro"}}"#;
const WRONG: &str = r#"{"error":{"message":"wrong key","code":12035}}"#;

fn no_hub() -> Exchange {
    expect(HUB, 404, "<html>not found</html>")
}

async fn keep(_: Secret, _: KeyInfo) -> Result<(), Error> {
    Ok(())
}

#[test]
fn without_a_hub_the_api_is_at_its_own_place() {
    let script = Script::new([no_hub(), expect("GET https://h/api/users/me | impact-api-key: KEY", 200, ME)]);
    let account = run(with_key(&script, "modelon", "KEY").whoami(&script)).unwrap();
    assert_eq!((account.id.as_str(), account.user.as_deref()), ("0f3c", Some("kim@example.test")));
    script.done();
}

#[test]
fn behind_a_hub_the_api_is_below_the_users_server() {
    let script = Script::new([
        expect(HUB, 200, r#"{"name":"kim","server":"/user/kim/"}"#),
        expect("GET https://h/user/kim/impact/api/users/me | impact-api-key: KEY", 200, ME),
        // Found once.
        expect("GET https://h/user/kim/impact/api/users/me | impact-api-key: KEY", 200, ME),
    ]);
    let modelon = with_key(&script, "modelon", "KEY");
    run(modelon.whoami(&script)).unwrap();
    run(modelon.whoami(&script)).unwrap();
    script.done();
}

#[test]
fn a_server_that_is_not_started_is_said_to_be() {
    let script = Script::new([expect(HUB, 200, r#"{"name":"kim","server":null}"#)]);
    let (code, sentence) = told(run(with_key(&script, "modelon", "KEY").whoami(&script)));
    assert_eq!(code, Code::Conflict);
    assert!(sentence.contains("not started"), "{sentence}");
}

#[test]
fn a_wrong_key_is_refused_in_its_own_words() {
    for hub in [expect(HUB, 403, r#"{"status":403}"#), expect(HUB, 400, ""), no_hub()] {
        let script =
            Script::new([hub, expect("GET https://h/api/users/me | impact-api-key: KEY", 401, WRONG)]);
        let error = run(with_key(&script, "modelon", "KEY").whoami(&script)).err().unwrap();
        assert_eq!(error.code(), Code::Unauthorized);
        assert_eq!(error.service().unwrap().code.as_deref(), Some("12035"));
        script.done();
    }
}

#[test]
fn keys_are_listed_and_made_with_unix_seconds() {
    let script = Script::new([
        no_hub(),
        expect("GET https://h/api/users/me | impact-api-key: KEY", 200, ME),
        expect(
            "GET https://h/api/users/0f3c/keys | impact-api-key: KEY",
            200,
            r#"{"data":{"items":[{"id":"zX1","createdAt":1700000000}]}}"#,
        ),
        expect(
            "POST https://h/api/users/0f3c/keys | impact-api-key: KEY",
            200,
            r#"{"data":{"id":"zX2","secret":"new-key","created_at":1700000001}}"#,
        ),
        expect("DELETE https://h/api/users/0f3c/keys/zX2 | impact-api-key: KEY", 200, ""),
    ]);
    run(async {
        let modelon = with_key(&script, "modelon", "KEY");
        let keys = modelon.list(&script, &Filter::default(), None).await.unwrap().items;
        let listed = serde_json::to_string(&keylatch::value::Value::from(&keys[0])).unwrap();
        assert_eq!(
            listed,
            r#"{"id":"zX1","name":"","status":"active","scopes":[],"createdAt":1700000000000}"#
        );
        let new = NewKey { name: "ci".into(), lifetime: None, scopes: Vec::new() };
        let made = modelon.create(&script, &new).await.unwrap();
        assert_eq!(made.secret.reveal().unwrap().expose(), "new-key");
        let told = serde_json::to_string(&keylatch::value::Value::from(&made.key)).unwrap();
        assert!(told.contains(r#""createdAt":1700000001000"#), "{told}");
        modelon.delete(&script, "zX2").await.unwrap();
    });
    script.done();
}

#[test]
fn validation_answers_400_for_a_wrong_key() {
    let ask = r#"POST https://h/api/keys/validation | impact-api-key: KEY | {"secret":"other"}"#;
    for (status, body, valid) in [(200, r#"{"data":{"id":"0f3c"}}"#, true), (400, WRONG, false)] {
        let script = Script::new([no_hub(), expect(ask, status, body)]);
        let answer =
            run(with_key(&script, "modelon", "KEY").validate(&script, &Secret::from("other"))).unwrap();
        assert_eq!(answer.valid, valid);
        assert!(answer.key.is_none(), "the id in the answer is the owner's and no key's");
    }
}

#[test]
fn one_signs_in_with_a_key() {
    let script = Script::new([
        no_hub(),
        expect(r#"POST https://h/api/login | {"secretKey":"KEY"}"#, 201, r#"{"identifier":"x"}"#)
            .header("set-cookie", "impact-session=tok; Path=/; HttpOnly"),
        expect("GET https://h/api/users/me | Cookie: impact-session=tok", 200, ME),
    ]);
    run(async {
        let anyone = client(&script, "modelon", Credential::None, None);
        let kim = anyone.sign_in(&script, "", "KEY".into()).await.unwrap();
        kim.whoami(&script).await.unwrap();
    });
    script.done();
}

#[test]
fn one_signs_in_behind_a_hub() {
    let script = Script::new([
        expect(HUB, 200, r#"{"name":"kim","server":"/user/kim/"}"#),
        expect(r#"POST https://h/user/kim/impact/api/login | {"secretKey":"KEY"}"#, 201, "{}")
            .header("set-cookie", "impact-session=tok; Path=/; HttpOnly"),
        expect("GET https://h/user/kim/impact/api/users/me | Cookie: impact-session=tok", 200, ME),
    ]);
    run(async {
        let anyone = client(&script, "modelon", Credential::None, None);
        let kim = anyone.sign_in(&script, "", "KEY".into()).await.unwrap();
        kim.whoami(&script).await.unwrap();
    });
    script.done();
}

#[test]
fn a_hubs_refusal_stands_where_nothing_else_answers() {
    for status in [400, 401, 403] {
        let hub = || expect(HUB, status, "{}");
        let nothing = |request: &str| expect(request, 404, "<html>no such page</html>");
        let script = Script::new([
            hub(),
            nothing("GET https://h/api/users/me | impact-api-key: KEY"),
            hub(),
            nothing(r#"POST https://h/api/keys/validation | impact-api-key: KEY | {"secret":"KEY"}"#),
            hub(),
            nothing("GET https://h/api/users/me | impact-api-key: KEY"),
            hub(),
            nothing(r#"POST https://h/api/login | {"secretKey":"KEY"}"#),
        ]);
        run(async {
            let modelon = with_key(&script, "modelon", "KEY");
            let refused = modelon.whoami(&script).await.err().unwrap();
            assert_eq!((refused.code(), refused.status()), (Code::Unauthorized, Some(status)));
            let own = modelon.validate(&script, &Secret::from("KEY")).await.unwrap();
            assert_eq!(own.reason, Some("unknown"));
            let listed = modelon.list(&script, &Filter::default(), None).await;
            assert_eq!(told(listed).0, Code::Unauthorized);
            let anyone = client(&script, "modelon", Credential::None, None);
            assert_eq!(told(anyone.sign_in(&script, "", "KEY".into()).await).0, Code::Unauthorized);
        });
        script.done();
    }
}

#[test]
fn a_hub_in_trouble_is_not_taken_for_none() {
    for (status, code) in [(429, Code::RateLimited), (503, Code::ServiceError)] {
        let script = Script::new([expect(HUB, status, "")]);
        let new = NewKey { name: "ci".into(), lifetime: None, scopes: Vec::new() };
        assert_eq!(told(run(with_key(&script, "modelon", "KEY").create(&script, &new))).0, code);
        script.done();
    }
    let script = Script::new([lost(HUB)]);
    let new = NewKey { name: "ci".into(), lifetime: None, scopes: Vec::new() };
    let failed = run(with_key(&script, "modelon", "KEY").create(&script, &new));
    assert_eq!(told(failed).0, Code::NetworkError, "no key was asked for yet");
}

#[test]
fn a_refused_credential_says_nothing_of_another_key() {
    let ask = r#"POST https://h/api/keys/validation | impact-api-key: KEY | {"secret":"other"}"#;
    let script = Script::new([no_hub(), expect(ask, 401, WRONG)]);
    let answer = run(with_key(&script, "modelon", "KEY").validate(&script, &Secret::from("other")));
    assert_eq!(told(answer).0, Code::Unauthorized);
}

fn up_to_the_deletion() -> Vec<Exchange> {
    vec![
        no_hub(),
        expect("GET https://h/api/users/me | impact-api-key: KEY", 200, ME),
        expect(
            "GET https://h/api/users/0f3c/keys | impact-api-key: KEY",
            200,
            r#"{"data":{"items":[{"id":"zX1","createdAt":1700000000}]}}"#,
        ),
        // The key that is about to go cannot ask for its successor.
        expect(r#"POST https://h/api/login | {"secretKey":"KEY"}"#, 201, "")
            .header("set-cookie", "s=tok; Path=/"),
        expect("GET https://h/api/users/me | Cookie: s=tok", 200, ME),
        expect(REMOVE, 200, ""),
    ]
}

const REMOVE: &str = "DELETE https://h/api/users/0f3c/keys/zX1 | Cookie: s=tok";
const MAKE: &str = "POST https://h/api/users/0f3c/keys | Cookie: s=tok";
const MADE: &str = r#"{"data":{"id":"zX2","secret":"new-key","created_at":1700000001}}"#;

#[test]
fn rotate_is_regenerate_and_replace() {
    let mut exchanges = up_to_the_deletion();
    exchanges.push(expect(MAKE, 200, MADE));
    let script = Script::new(exchanges);
    let rotated =
        run(with_key(&script, "modelon", "KEY").rotate(&script, "zX1", &Overlap::None, keep)).unwrap();
    assert_eq!(rotated.secret.reveal().unwrap().expose(), "new-key");
    assert!(rotated.warning.is_none());
    script.done();
}

#[test]
fn a_successor_whose_answer_was_lost_is_removed_and_made_again() {
    let mut exchanges = up_to_the_deletion();
    exchanges.extend([
        lost(MAKE),
        expect(
            "GET https://h/api/users/0f3c/keys | Cookie: s=tok",
            200,
            r#"{"data":{"items":[{"id":"unseen","createdAt":1700000001}]}}"#,
        ),
        expect("DELETE https://h/api/users/0f3c/keys/unseen | Cookie: s=tok", 200, ""),
        expect(MAKE, 200, MADE),
    ]);
    let script = Script::new(exchanges);
    let rotated =
        run(with_key(&script, "modelon", "KEY").rotate(&script, "zX1", &Overlap::None, keep)).unwrap();
    assert_eq!(rotated.secret.reveal().unwrap().expose(), "new-key");
    script.done();
}

#[test]
fn a_deletion_whose_answer_was_lost_is_asked_for_again() {
    for (status, body) in [(200, ""), (404, r#"{"error":{"message":"no such key","code":1}}"#)] {
        let mut exchanges = up_to_the_deletion();
        exchanges.pop();
        exchanges.extend([lost(REMOVE), expect(REMOVE, status, body), expect(MAKE, 200, MADE)]);
        let script = Script::new(exchanges);
        let rotated =
            run(with_key(&script, "modelon", "KEY").rotate(&script, "zX1", &Overlap::None, keep)).unwrap();
        assert_eq!(rotated.secret.reveal().unwrap().expose(), "new-key");
        script.done();
    }
}

#[test]
fn a_deletion_that_is_never_answered_is_no_reason_to_try_again() {
    let mut exchanges = up_to_the_deletion();
    exchanges.pop();
    exchanges.extend([lost(REMOVE), lost(REMOVE)]);
    let script = Script::new(exchanges);
    let rotated = run(with_key(&script, "modelon", "KEY").rotate(&script, "zX1", &Overlap::None, keep));
    assert_eq!(told(rotated).0, Code::ReplacementFailed);
    script.done();
}

#[test]
fn a_deletion_that_is_refused_has_changed_nothing() {
    let mut exchanges = up_to_the_deletion();
    exchanges.pop();
    exchanges.push(expect(REMOVE, 403, WRONG));
    let script = Script::new(exchanges);
    let rotated = run(with_key(&script, "modelon", "KEY").rotate(&script, "zX1", &Overlap::None, keep));
    assert_eq!(told(rotated).0, Code::Forbidden);
    script.done();
}

#[test]
fn the_only_key_is_handed_over_even_when_it_cannot_be_stored() {
    let mut exchanges = up_to_the_deletion();
    exchanges.push(expect(MAKE, 200, MADE));
    let script = Script::new(exchanges);
    let full = async |_: Secret, _: KeyInfo| Err(Error::new(Code::StoreFailed));
    let rotated =
        run(with_key(&script, "modelon", "KEY").rotate(&script, "zX1", &Overlap::None, full)).unwrap();
    assert_eq!(rotated.warning.unwrap().code(), Code::NotStored);
    assert_eq!(rotated.secret.reveal().unwrap().expose(), "new-key");
    script.done();
}

#[test]
fn a_replacement_that_fails_says_where_to_make_a_key() {
    let mut exchanges = up_to_the_deletion();
    exchanges.push(expect(MAKE, 402, r#"{"error":{"message":"no free seat","code":1}}"#));
    let script = Script::new(exchanges);
    let (code, sentence) =
        told(run(with_key(&script, "modelon", "KEY").rotate(&script, "zX1", &Overlap::None, keep)));
    assert_eq!(code, Code::ReplacementFailed);
    assert!(sentence.contains("https://impact.modelon.cloud/"), "{sentence}");
    script.done();
}

#[test]
fn nothing_is_deleted_for_a_wrong_id_or_an_overlap() {
    let script = Script::new(up_to_the_deletion().into_iter().take(3));
    let modelon = with_key(&script, "modelon", "KEY");
    assert_eq!(told(run(modelon.rotate(&script, "other", &Overlap::None, keep))).0, Code::NotFound);
    let overlap = Overlap::For("P1D".into());
    assert_eq!(told(run(modelon.rotate(&script, "zX1", &overlap, keep))).0, Code::InvalidArgument);
    script.done();
}
