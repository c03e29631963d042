//! A lost answer leaves one key of a customer only, one management key, one application.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{Answer, Application, NewKey, Service};

on_both_databases![
    a_repeated_issue_tells_the_same_key_with_a_fresh_secret,
    a_repeated_rotation_tells_the_same_successor_with_a_fresh_secret,
    a_repeat_with_other_parameters_is_a_conflict,
    a_repeat_after_use_is_a_conflict,
    a_repeat_after_the_key_ended_is_a_conflict,
    a_try_that_comes_late_changes_nothing,
    each_application_has_idempotency_keys_of_its_own,
    of_many_at_once_in_two_processes_one_key_comes_out,
    a_late_use_of_the_first_secret_is_none_of_the_second,
    an_attempt_is_forgotten_after_24_hours,
    what_is_no_idempotency_key_is_refused,
    a_repeated_import_does_nothing_and_says_so,
    an_import_passes_over_what_is_there_when_it_is_told_to,
    a_repeated_management_key_is_the_same_with_a_fresh_secret,
    a_management_key_that_was_used_or_ended_is_not_told_again,
    a_repeated_application_is_the_same_as_it_is_by_then,
    of_many_applications_at_once_one_comes_out,
];
and_with_redis![a_repeat_after_use_is_a_conflict];

const KEYS: &str = "SELECT COUNT(*) FROM issued_keys";

async fn issue(application: &Application<'_>, idempotency_key: &str, order: Value) -> Answer {
    issue_at(application.service, application, idempotency_key, order).await
}

async fn issue_at(process: &Service, application: &Application<'_>, key: &str, order: Value) -> Answer {
    let call = process.post(&application.path("/keys")).bearer(&application.manager);
    call.header("idempotency-key", key).json(order).await
}

async fn rotate(application: &Application<'_>, id: &str, key: &str, order: Value) -> Answer {
    let path = application.path(&format!("/keys/{id}/rotate"));
    let call = application.service.post(&path).bearer(&application.manager);
    call.header("idempotency-key", key).json(order).await
}

#[track_caller]
fn told(answer: &Answer) -> NewKey {
    assert_eq!(answer.status, 201, "{}", answer.text);
    let key = answer.json();
    let member = |name: &str| key[name].as_str().unwrap().to_owned();
    NewKey { id: member("id"), secret: member("secret"), key: key.clone() }
}

async fn a_repeated_issue_tells_the_same_key_with_a_fresh_secret(service: &Service) {
    let application = service.application(json!({})).await;
    let first = told(&issue(&application, "try-1", json!({"owner": "cust_7", "name": "robot"})).await);
    let code = application.code(&first.secret).await;
    assert_eq!(code, "valid", "and that this is known here");
    // Looked at without being used.
    let second = issue(&application, "try-1", json!({"owner": "cust_7", "name": "robot"})).await;
    second.problem_at(409, "conflict", "Idempotency-Key");

    let first = told(&issue(&application, "try-2", json!({"owner": "cust_8", "name": "robot"})).await);
    assert_eq!(application.verify(&first.secret, json!({"cost": 0})).await["code"], "valid");
    service.pass(SignedDuration::from_mins(1));
    // The same request, though written otherwise.
    let order =
        json!({"owner": "cust_8", "name": " robot ", "scopes": [], "metadata": {}, "expires_at": null});
    let second = told(&issue(&application, "try-2", order).await);
    assert_eq!((&second.id, &second.key["created_at"]), (&first.id, &first.key["created_at"]));
    assert_eq!(second.key["expires_at"], first.key["expires_at"]);
    assert_ne!(second.secret, first.secret);
    assert!(second.secret.ends_with(second.key["last_four"].as_str().unwrap()));
    assert_eq!(application.code(&first.secret).await, "not_found");
    assert_eq!(application.code(&second.secret).await, "valid");
    assert_eq!(service.count(KEYS).await, 2);
}

async fn a_repeated_rotation_tells_the_same_successor_with_a_fresh_secret(service: &Service) {
    let application = service.application(json!({})).await;
    for (key, overlap) in [("at once", 0), ("later", 3600)] {
        let old = application.issue(json!({"name": key})).await;
        let order = json!({"overlap_seconds": overlap});
        let key = key.replace(' ', "-");
        let [first, second] = [
            rotate(&application, &old.id, &key, order.clone()).await,
            rotate(&application, &old.id, &key, order).await,
        ];
        assert_eq!(first.json()["replaced"], second.json()["replaced"]);
        let (first, second) = (told(&first), told(&second));
        assert_eq!(first.id, second.id);
        assert_eq!(application.code(&first.secret).await, "not_found");
        assert_eq!(application.code(&second.secret).await, "valid");
        let other = rotate(&application, &old.id, &key, json!({"overlap_seconds": 7})).await;
        other.problem_at(409, "conflict", "Idempotency-Key");
    }
    assert_eq!(service.count(KEYS).await, 4);
}

async fn a_repeat_with_other_parameters_is_a_conflict(service: &Service) {
    let application = service.application(json!({})).await;
    let order = json!({"owner": "cust_7", "name": "robot", "expires_in": "P1M", "scopes": ["a"]});
    let first = told(&issue(&application, "try-1", order.clone()).await);
    for (member, value) in [
        ("owner", json!("cust_8")),
        ("name", json!("Robot")),
        ("expires_in", json!("P2M")),
        ("scopes", json!(["a", "b"])),
        ("metadata", json!({"plan": "pro"})),
        ("environment", json!("test")),
        ("limits", json!([])),
        ("allowed_addresses", json!(["10.0.0.0/8"])),
    ] {
        let mut other = order.clone();
        other[member] = value;
        issue(&application, "try-1", other).await.problem_at(409, "conflict", "Idempotency-Key");
    }
    let rotated = rotate(&application, &first.id, "try-1", json!({})).await;
    rotated.problem_at(409, "conflict", "Idempotency-Key");
    assert_eq!(service.count(KEYS).await, 1);
    assert_eq!(application.code(&first.secret).await, "valid");
}

async fn a_repeat_after_use_is_a_conflict(service: &Service) {
    let application = service.application(json!({})).await;
    let other = service.another_process().await;
    let first = told(&issue(&application, "try-1", json!({"owner": "cust_7"})).await);
    let order = json!({"key": first.secret});
    let used = other.post("/v1/verify").bearer(&application.manager).json(order).await;
    assert_eq!(used.json()["code"], "valid");
    other.app.flush().await;
    let again = issue(&application, "try-1", json!({"owner": "cust_7"})).await;
    again.problem_at(409, "conflict", "Idempotency-Key");
    assert_eq!(application.code(&first.secret).await, "valid", "it lives on");
    other.app.close().await;
}

async fn a_repeat_after_the_key_ended_is_a_conflict(service: &Service) {
    let application = service.application(json!({})).await;
    let order = || json!({"owner": "cust_7", "expires_in": "PT1H"});
    let mut keys = Vec::new();
    for name in ["revoked", "deleted", "disabled", "expired"] {
        keys.push(told(&issue(&application, name, order()).await));
    }
    for key in &keys[..2] {
        let revoke = application.path(&format!("/keys/{}/revoke", key.id));
        assert_eq!(service.post(&revoke).bearer(&application.manager).await.status, 200);
    }
    let deleted = service.delete(&application.path(&format!("/keys/{}", keys[1].id)));
    assert_eq!(deleted.bearer(&application.manager).await.status, 204);
    let disabled = service.patch(&application.path(&format!("/keys/{}", keys[2].id)));
    let disabled = disabled.bearer(&application.manager).json(json!({"disabled": true})).await;
    assert_eq!(disabled.status, 200, "{}", disabled.text);
    for name in ["revoked", "deleted", "disabled"] {
        issue(&application, name, order()).await.problem_at(409, "conflict", "Idempotency-Key");
    }
    service.pass(SignedDuration::from_hours(1));
    issue(&application, "expired", order()).await.problem_at(409, "conflict", "Idempotency-Key");
}

async fn a_try_that_comes_late_changes_nothing(service: &Service) {
    let application = service.application(json!({})).await;
    let attempt = |number: u32| json!({"owner": "cust_7", "attempt": number});
    let second = told(&issue(&application, "try-1", attempt(2)).await);
    issue(&application, "try-1", attempt(1)).await.problem_at(409, "conflict", "Idempotency-Key");
    assert_eq!(application.code(&second.secret).await, "valid");
    let zero = issue(&application, "try-2", attempt(0)).await;
    zero.problem_at(422, "invalid_request", "attempt");
}

async fn each_application_has_idempotency_keys_of_its_own(service: &Service) {
    let [one, other] = [service.application(json!({})).await, service.application(json!({})).await];
    let own = service.post("/v1/keys").cookie(&one.cookie).header("idempotency-key", "try-1");
    assert_eq!(own.json(json!({"name": "robot"})).await.status, 201);
    let [first, second] = [
        told(&issue(&one, "try-1", json!({"owner": "cust_7"})).await),
        told(&issue(&other, "try-1", json!({"owner": "cust_8"})).await),
    ];
    assert_eq!(
        (one.code(&first.secret).await.as_str(), other.code(&second.secret).await.as_str()),
        ("valid", "valid")
    );
}

async fn of_many_at_once_in_two_processes_one_key_comes_out(service: &Service) {
    let application = service.application(json!({})).await;
    let other = service.another_process().await;
    let calls = (0..16).map(|number| {
        let process = if number % 2 == 0 { service } else { &other };
        issue_at(process, &application, "try-1", json!({"owner": "cust_7"}))
    });
    let answers = futures_util::future::join_all(calls).await;
    let keys: Vec<_> = answers.iter().map(told).collect();
    assert!(keys.iter().all(|key| key.id == keys[0].id));
    assert_eq!(service.count(KEYS).await, 1);
    let mut good = 0;
    for key in &keys {
        good += usize::from(application.verify(&key.secret, json!({"cost": 0})).await["valid"] == true);
    }
    assert_eq!(good, 1, "the last one that was told");
    other.app.close().await;
}

/// Another process has seen the first secret, and says so after the second was made.
async fn a_late_use_of_the_first_secret_is_none_of_the_second(service: &Service) {
    let application = service.application(json!({})).await;
    let other = service.another_process().await;
    let first = told(&issue(&application, "try-1", json!({"owner": "cust_7"})).await);
    let order = json!({"key": first.secret});
    let used = other.post("/v1/verify").bearer(&application.manager).json(order).await;
    assert_eq!(used.json()["code"], "valid");
    let second = told(&issue(&application, "try-1", json!({"owner": "cust_7"})).await);
    other.app.flush().await;
    let path = application.path(&format!("/keys/{}", second.id));
    let key = service.get(&path).bearer(&application.manager).await.json();
    assert_eq!(key["last_used_at"], Value::Null);
    other.app.close().await;
}

async fn an_attempt_is_forgotten_after_24_hours(service: &Service) {
    let application = service.application(json!({})).await;
    let first = told(&issue(&application, "try-1", json!({"owner": "cust_7"})).await);
    service.pass(SignedDuration::from_secs(86_400));
    service.app.sweep().await;
    assert_eq!(service.count("SELECT COUNT(*) FROM issue_attempts").await, 0);
    assert_ne!(told(&issue(&application, "try-1", json!({"owner": "cust_7"})).await).id, first.id);
}

async fn what_is_no_idempotency_key_is_refused(service: &Service) {
    let application = service.application(json!({})).await;
    for text in ["", "two words", &"x".repeat(256)] {
        let answer = issue(&application, text, json!({"owner": "cust_7"})).await;
        answer.problem_at(422, "invalid_request", "Idempotency-Key");
    }
    assert_eq!(service.count(KEYS).await, 0);
}

/// So whoever lost the answer to an import sends it again.
async fn a_repeated_import_does_nothing_and_says_so(service: &Service) {
    let application = service.application(json!({})).await;
    let order = json!({
        "rule": {"algorithm": "sha256", "input": "whole", "encoding": "hex"},
        "keys": [{"hash": "ab".repeat(32), "owner": "cust_7"}, {"hash": "cd".repeat(32), "owner": "cust_8"}],
    });
    let import = async || {
        let call = service.post(&application.path("/keys/import")).bearer(&application.manager);
        call.json(order.clone()).await
    };
    assert_eq!(import().await.status, 201);
    let detail = import().await.problem_at(422, "invalid_request", "keys[0].hash");
    assert!(detail.contains("has already"), "{detail}");
    assert_eq!(service.count(KEYS).await, 2);
}

async fn an_import_passes_over_what_is_there_when_it_is_told_to(service: &Service) {
    let application = service.application(json!({})).await;
    let import = async |hashes: &[&str], owner: &str| {
        let keys: Vec<_> =
            hashes.iter().map(|hash| json!({"hash": hash.repeat(32), "owner": owner})).collect();
        let rule = json!({"algorithm": "sha256", "input": "whole", "encoding": "hex"});
        let order = json!({"rule": rule, "keys": keys, "skip_existing": true});
        service.post(&application.path("/keys/import")).bearer(&application.manager).json(order).await
    };
    let first = import(&["aa", "bb"], "cust_7").await;
    assert_eq!((first.status.as_u16(), &first.json()["imported"]), (201, &json!(2)), "{}", first.text);
    let second = import(&["bb", "cc", "aa"], "cust_8").await;
    assert_eq!((second.status.as_u16(), &second.json()["imported"]), (201, &json!(1)), "{}", second.text);
    assert_eq!(second.json()["keys"][0]["owner"], "cust_8");
    let third = import(&["cc", "bb", "aa"], "cust_9").await;
    assert_eq!((third.status.as_u16(), &third.json()["keys"]), (201, &json!([])), "{}", third.text);
    // What is there stays as it is, and nobody is made for it.
    assert_eq!(service.count("SELECT COUNT(*) FROM issued_keys WHERE owner = 'cust_7'").await, 2);
    assert_eq!(service.count("SELECT COUNT(*) FROM owners").await, 2);
    import(&["dd", "dd"], "cust_7").await.problem_at(422, "invalid_request", "keys[1].hash");
}

async fn manage(application: &Application<'_>, idempotency_key: &str, order: Value) -> Answer {
    let call = application.service.post(&application.path("/management-keys")).cookie(&application.cookie);
    call.header("idempotency-key", idempotency_key).json(order).await
}

async fn a_repeated_management_key_is_the_same_with_a_fresh_secret(service: &Service) {
    let application = service.application(json!({})).await;
    let before = service.count("SELECT COUNT(*) FROM management_keys").await;
    let order = || json!({"name": "API", "scopes": ["verify", "keys:read"]});
    let first = told(&manage(&application, "try-1", order()).await);
    service.pass(SignedDuration::from_mins(1));
    let again = json!({"name": " API ", "scopes": ["keys:read", "verify"], "attempt": 2});
    let second = told(&manage(&application, "try-1", again).await);
    assert_eq!((&second.id, &second.key["created_at"]), (&first.id, &first.key["created_at"]));
    assert!(second.secret != first.secret && second.key["masked"] != first.key["masked"]);
    assert_eq!(service.count("SELECT COUNT(*) FROM management_keys").await, before + 1);
    let list = application.path("/keys");
    assert_eq!(service.get(&list).bearer(&first.secret).await.status, 401);
    // The first try comes late; then another request comes under the same key.
    manage(&application, "try-1", order()).await.problem_at(409, "conflict", "Idempotency-Key");
    let wider = json!({"name": "API", "scopes": ["verify", "keys:read", "keys:create"], "attempt": 2});
    manage(&application, "try-1", wider).await.problem_at(409, "conflict", "Idempotency-Key");
    let issued = json!({"owner": "cust_7", "name": "API", "attempt": 2});
    issue(&application, "try-1", issued).await.problem_at(409, "conflict", "Idempotency-Key");
    assert_eq!(service.get(&list).bearer(&second.secret).await.status, 200, "it lives on");
}

async fn a_management_key_that_was_used_or_ended_is_not_told_again(service: &Service) {
    let application = service.application(json!({})).await;
    let order = || json!({"name": "API", "scopes": ["keys:read"]});
    let used = told(&manage(&application, "used", order()).await);
    assert_eq!(service.get(&application.path("/keys")).bearer(&used.secret).await.status, 200);
    let ended = told(&manage(&application, "ended", order()).await);
    let revoke = service.delete(&application.path(&format!("/management-keys/{}", ended.id)));
    assert_eq!(revoke.cookie(&application.cookie).await.status, 204);
    for name in ["used", "ended"] {
        manage(&application, name, order()).await.problem_at(409, "conflict", "Idempotency-Key");
    }
    assert_eq!(service.get(&application.path("/keys")).bearer(&used.secret).await.status, 200);
}

async fn make(process: &Service, cookie: &str, order: Value) -> Answer {
    process.post("/v1/applications").cookie(cookie).header("idempotency-key", "try-1").json(order).await
}

fn acme(name: &str) -> Value {
    json!({"name": name, "formats": [{"environment": "live", "prefix": "acme_live_"}]})
}

async fn a_repeated_application_is_the_same_as_it_is_by_then(service: &Service) {
    const APPLICATIONS: &str = "SELECT COUNT(*) FROM applications WHERE deleted_at IS NULL";
    let (kim, lee) = (service.sign_in("kim@example.com").await, service.sign_in("lee@example.com").await);
    let first = make(service, &kim, acme("Acme")).await;
    assert_eq!(first.status, 201, "{}", first.text);
    assert_eq!(make(service, &kim, acme(" Acme ")).await.json(), first.json());
    let other = make(service, &lee, acme("Acme")).await.json();
    assert_ne!(other["id"], first.json()["id"], "each user has Idempotency-Keys of their own");
    // For a key of one's own it stands for something else.
    let own = service.post("/v1/keys").cookie(&kim).header("idempotency-key", "try-1");
    assert_eq!(own.json(json!({"name": "robot"})).await.status, 201);
    assert_eq!(service.count(APPLICATIONS).await, 2);
    make(service, &kim, acme("Other")).await.problem_at(409, "conflict", "Idempotency-Key");

    let path = format!("/v1/applications/{}", first.json()["id"].as_str().unwrap());
    let changed = service.patch(&path).cookie(&kim).json(json!({"name": "Acme API"})).await;
    assert_eq!(make(service, &kim, acme("Acme")).await.json(), changed.json());
    assert_eq!(service.delete(&path).cookie(&kim).await.status, 204);
    let gone = make(service, &kim, acme("Acme")).await;
    let detail = gone.problem_at(409, "conflict", "Idempotency-Key");
    assert!(detail.starts_with("The application that"), "{detail}");

    service.pass(SignedDuration::from_hours(24));
    service.app.sweep().await;
    assert_eq!(service.count("SELECT COUNT(*) FROM application_attempts").await, 0);
    let kim = service.sign_in("kim@example.com").await;
    assert_ne!(make(service, &kim, acme("Acme")).await.json()["id"], first.json()["id"]);
}

async fn of_many_applications_at_once_one_comes_out(service: &Service) {
    let cookie = service.sign_in("kim@example.com").await;
    let other = service.another_process().await;
    let calls =
        (0..8).map(|number| make(if number % 2 == 0 { service } else { &other }, &cookie, acme("Acme")));
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer.json()["id"] == answers[0].json()["id"]));
    assert_eq!(service.count("SELECT COUNT(*) FROM applications").await, 1);
    other.app.close().await;
}
