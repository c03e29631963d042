//! What is left of limits, told without the key.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{Answer, Application, NewKey, Service};
use crate::limits::{quota, verify, wide_rate};

on_both_databases![
    what_is_left_is_told_of_the_key_and_its_owner,
    what_another_process_has_spent_counts,
    a_look_leases_nothing,
    who_may_read_keys_may_look,
    what_is_not_there_has_no_limits,
];
and_with_redis![what_another_process_has_spent_counts];

fn rate(limit: i64) -> Value {
    json!({"name": "requests", "kind": "rate", "limit": limit, "window_seconds": 60})
}

async fn ask(process: &Service, application: &Application<'_>, what: &str) -> Answer {
    process.get(&application.path(&format!("/{what}/limits"))).bearer(&application.manager).await
}

async fn look(process: &Service, application: &Application<'_>, what: &str) -> Value {
    let answer = ask(process, application, what).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["limits"].clone()
}

async fn put_owner(application: &Application<'_>, limits: Value) {
    let put = application.service.put(&application.path("/owners/cust_7")).bearer(&application.manager);
    assert_eq!(put.json(json!({"limits": limits})).await.status, 200);
}

fn of(key: &NewKey) -> String {
    format!("keys/{}", key.id)
}

/// What is left of each limit.
fn remaining(limits: &Value) -> Vec<i64> {
    limits.as_array().unwrap().iter().map(|limit| limit["remaining"].as_i64().unwrap()).collect()
}

async fn what_is_left_is_told_of_the_key_and_its_owner(service: &Service) {
    let application = service.application(json!({"limits": [rate(10)]})).await;
    put_owner(&application, json!([quota(1_000, "never")])).await;
    let key = application.issue(json!({})).await;
    let other = application.issue(json!({"limits": []})).await;
    for (number, cost) in [0, 3, 4].into_iter().enumerate() {
        verify(service, &application, &key, json!({"cost": cost})).await;
        let told = look(service, &application, &of(&key)).await;
        let checked = verify(service, &application, &key, json!({"cost": 0})).await;
        assert_eq!(told, checked["limits"], "{number}");
        assert_eq!(look(service, &application, &of(&key)).await, told, "and it is not less for that");
    }
    let told = look(service, &application, "owners/cust_7").await;
    let expected = json!({
        "name": "calls", "of": "owner", "kind": "quota", "limit": 1_000, "remaining": 993, "reset_seconds": null,
    });
    assert_eq!(told, json!([expected]));
    assert_eq!(look(service, &application, &of(&other)).await, told, "it has none of its own");
    assert_eq!(remaining(&look(service, &application, &of(&key)).await), [3, 993]);
    service.pass(SignedDuration::from_mins(3));
    assert_eq!(remaining(&look(service, &application, &of(&key)).await), [10, 993]);
}

async fn what_another_process_has_spent_counts(service: &Service) {
    let application = service.application(json!({"limits": [rate(1_000), quota(100, "never")]})).await;
    let key = application.issue(json!({})).await;
    let other = service.another_process().await;
    assert_eq!(remaining(&look(service, &application, &of(&key)).await), [1_000, 100]);
    verify(&other, &application, &key, json!({"cost": 40})).await;
    other.app.flush().await;
    // What the other holds of the quota counts as used until it goes back.
    let told = remaining(&look(service, &application, &of(&key)).await);
    assert!(told[0] == 960 && (50..=60).contains(&told[1]), "{told:?}");
    other.app.close().await;
    assert_eq!(remaining(&look(service, &application, &of(&key)).await), [960, 60]);
}

async fn a_look_leases_nothing(service: &Service) {
    let application = service.application(json!({"limits": [quota(100, "never")]})).await;
    put_owner(&application, json!([wide_rate(), quota(200, "day")])).await;
    let key = application.issue(json!({})).await;
    for _ in 0..3 {
        look(service, &application, &of(&key)).await;
        look(service, &application, "owners/cust_7").await;
        verify(service, &application, &key, json!({"cost": 0})).await;
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM quotas WHERE used > 0").await, 0);
}

async fn who_may_read_keys_may_look(service: &Service) {
    let application = service.application(json!({})).await;
    let key = application.issue(json!({})).await;
    let [reader, verifier] = [
        application.management_key(&["keys:read"]).await,
        application.management_key(&["verify", "keys:create", "keys:revoke"]).await,
    ];
    for what in [of(&key), "owners/cust_7".to_owned()] {
        let path = application.path(&format!("/{what}/limits"));
        assert_eq!(service.get(&path).bearer(&reader).await.status, 200);
        assert_eq!(service.get(&path).cookie(&application.cookie).await.status, 200);
        assert_eq!(service.get(&path).bearer(&verifier).await.status, 403);
        assert_eq!(service.get(&path).bearer(&key.secret).await.status, 401);
        let stranger = service.sign_in("lee@example.com").await;
        assert_eq!(service.get(&path).cookie(&stranger).await.status, 404);
    }
}

async fn what_is_not_there_has_no_limits(service: &Service) {
    let application = service.application(json!({})).await;
    let other = service.application(json!({})).await;
    let key = other.issue(json!({})).await;
    for what in [of(&key), "keys/key_0000000000000000".into(), "keys/7".into(), "owners/cust_7".into()] {
        ask(service, &application, &what).await.problem(404, "not_found");
    }
}
