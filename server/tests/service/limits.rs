//! How much keys and their owners may use, in one process and in three.

use futures_util::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::guard::Guard;
use crate::harness::{Application, NewKey, Service};

on_both_databases![
    limits_are_told_as_they_were_declared,
    a_faulty_limit_is_refused_with_its_place,
    a_check_spends_of_the_key_and_of_its_owner_or_of_neither,
    looking_spends_nothing,
    a_limit_that_refuses_says_when_it_will_not,
    a_limit_that_was_changed_holds_from_the_answer_on,
    nothing_is_written_on_the_path_of_a_check,
    three_processes_spend_a_quota_to_the_last_unit,
    many_at_once_spend_what_there_is,
    what_a_process_leased_goes_back_when_it_stops_and_is_lost_when_it_vanishes,
    a_batch_spends_in_its_order,
    without_the_database_a_quota_refuses_unless_the_application_allows_it,
    rates_stay_within_their_worst_case,
];
and_with_redis![
    a_check_spends_of_the_key_and_of_its_owner_or_of_neither,
    a_limit_that_refuses_says_when_it_will_not,
    rates_stay_within_their_worst_case,
];

/// A rate that nothing here reaches.
pub fn wide_rate() -> Value {
    json!({"name": "requests", "kind": "rate", "limit": 1_000_000, "window_seconds": 60})
}

pub fn quota(limit: i64, refill: &str) -> Value {
    json!({"name": "calls", "kind": "quota", "limit": limit, "refill": refill, "time_zone": "UTC"})
}

/// What a process says of a key.
pub async fn verify(process: &Service, application: &Application<'_>, key: &NewKey, more: Value) -> Value {
    let mut order = json!({"key": key.secret});
    order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = process.post("/v1/verify").bearer(&application.manager).json(order).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

/// How often a process lets a key pass until it is refused.
async fn spend_all(process: &Service, application: &Application<'_>, key: &NewKey) -> i64 {
    let mut spent = 0;
    while verify(process, application, key, json!({})).await["valid"] == true {
        spent += 1;
    }
    spent
}

/// What is left of each limit.
fn remaining(answer: &Value) -> Vec<i64> {
    answer["limits"].as_array().unwrap().iter().map(|limit| limit["remaining"].as_i64().unwrap()).collect()
}

async fn put_owner(application: &Application<'_>, limits: Value) {
    let put = application.service.call(axum::http::Method::PUT, &application.path("/owners/cust_7"));
    let answer = put.bearer(&application.manager).json(json!({"limits": limits})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["limits"], limits);
}

async fn limits_are_told_as_they_were_declared(service: &Service) {
    let application =
        service.application(json!({"limits": [wide_rate()], "on_limiter_failure": "allow"})).await;
    let own = service.get(&application.path("")).cookie(&application.cookie).await.json();
    assert_eq!((&own["limits"], &own["on_limiter_failure"]), (&json!([wide_rate()]), &json!("allow")));
    put_owner(&application, json!([quota(5, "day")])).await;
    let names = async |key: &NewKey| {
        let limits = verify(service, &application, key, json!({})).await["limits"].clone();
        let names =
            limits.as_array().unwrap().iter().map(|limit| format!("{}: {}", limit["of"], limit["name"]));
        names.collect::<Vec<_>>()
    };
    let (shared, requests, calls) = ("\"owner\": \"calls\"", "\"key\": \"requests\"", "\"key\": \"calls\"");
    let plain = application.issue(json!({})).await;
    assert_eq!(plain.key["limits"], Value::Null);
    assert_eq!(names(&plain).await, [requests, shared]);
    let own = application.issue(json!({"limits": [quota(7, "week")]})).await;
    assert_eq!(own.key["limits"], json!([quota(7, "week")]));
    assert_eq!(names(&own).await, [calls, shared]);
    let path = application.path(&format!("/keys/{}", own.id));
    for (limits, told) in [(json!([]), vec![shared]), (Value::Null, vec![requests, shared])] {
        let change = service.call(axum::http::Method::PATCH, &path).bearer(&application.manager);
        let changed = change.json(json!({"limits": limits})).await;
        assert_eq!(changed.json()["limits"], limits, "{}", changed.text);
        assert_eq!(names(&own).await, told);
    }
    let rotated = application.issue(json!({"limits": [quota(7, "week")]})).await;
    let path = application.path(&format!("/keys/{}/rotate", rotated.id));
    let successor = service.post(&path).bearer(&application.manager).await.json();
    assert_eq!(successor["limits"], json!([quota(7, "week")]));
}

async fn a_faulty_limit_is_refused_with_its_place(service: &Service) {
    let application = service.application(json!({})).await;
    let faulty = json!([wide_rate(), {"name": "calls", "kind": "quota", "limit": 5}]);
    let order = json!({"owner": "cust_7", "limits": faulty});
    let issue = service.post(&application.path("/keys")).bearer(&application.manager).json(order).await;
    issue.problem_at(422, "invalid_request", "limits[1].refill");
    let key = json!({"hash": "0".repeat(64), "owner": "cust_7", "limits": faulty});
    let order = json!({"rule": {"algorithm": "sha256", "input": "whole", "encoding": "hex"}, "keys": [key]});
    let import =
        service.post(&application.path("/keys/import")).bearer(&application.manager).json(order).await;
    import.problem_at(422, "invalid_request", "keys[0].limits[1].refill");
    let put = service.call(axum::http::Method::PUT, &application.path("/owners/cust_7"));
    let put = put.bearer(&application.manager).json(json!({"limits": faulty})).await;
    put.problem_at(422, "invalid_request", "limits[1].refill");
    let change = service.call(axum::http::Method::PATCH, &application.path("")).cookie(&application.cookie);
    change.json(json!({"limits": faulty})).await.problem_at(422, "invalid_request", "limits[1].refill");
}

async fn a_check_spends_of_the_key_and_of_its_owner_or_of_neither(service: &Service) {
    let application = service.application(json!({})).await;
    put_owner(&application, json!([quota(4, "never")])).await;
    let limits = json!({"limits": [{"name": "burst", "kind": "rate", "limit": 3, "window_seconds": 60}]});
    let (one, other) = (application.issue(limits.clone()).await, application.issue(limits).await);
    let code = async |key: &NewKey, cost: i64| {
        let answer = verify(service, &application, key, json!({"cost": cost})).await;
        assert_eq!(answer["valid"], answer["code"] == "valid");
        (answer["code"].as_str().unwrap().to_owned(), remaining(&answer))
    };
    assert_eq!(code(&one, 2).await, ("valid".into(), vec![1, 2]));
    assert_eq!(code(&one, 2).await, ("rate_limited".into(), vec![1, 2]));
    assert_eq!(code(&other, 3).await, ("quota_exceeded".into(), vec![3, 2]));
    assert_eq!(code(&other, 2).await, ("valid".into(), vec![1, 0]));
    assert_eq!(code(&other, 2).await, ("rate_limited".into(), vec![1, 0]), "the rate is told first");
    assert_eq!(code(&one, 1).await, ("quota_exceeded".into(), vec![1, 0]));
}

async fn looking_spends_nothing(service: &Service) {
    let application = service.application(json!({"limits": [quota(100, "never"), wide_rate()]})).await;
    let key = application.issue(json!({"scopes": ["a"]})).await;
    for _ in 0..3 {
        let answer = verify(service, &application, &key, json!({"cost": 0})).await;
        assert_eq!(remaining(&answer), [100, 1_000_000]);
    }
    // What is refused for something else does not come to the limits.
    let answer = verify(service, &application, &key, json!({"scopes": ["b"]})).await;
    assert_eq!((&answer["code"], &answer["limits"]), (&json!("insufficient_scope"), &json!([])));
    let answer = verify(service, &application, &key, json!({"cost": 100})).await;
    assert_eq!(remaining(&answer), [0, 999_900]);
    let answer = verify(service, &application, &key, json!({"cost": 0})).await;
    assert_eq!((&answer["code"], remaining(&answer)), (&json!("valid"), vec![0, 999_900]));
}

async fn a_limit_that_refuses_says_when_it_will_not(service: &Service) {
    let rate = json!({"name": "burst", "kind": "rate", "limit": 10, "window_seconds": 60});
    let application = service.application(json!({"limits": [rate, quota(25, "day")]})).await;
    let key = application.issue(json!({})).await;
    let ask = async |cost: i64| verify(service, &application, &key, json!({"cost": cost})).await;
    assert_eq!(ask(10).await["limits"][1]["reset_seconds"], 14 * 3600, "until midnight");
    let refused = ask(5).await;
    assert_eq!(refused["code"], "rate_limited");
    let wait = refused["limits"][0]["reset_seconds"].as_i64().unwrap();
    service.pass(SignedDuration::from_secs(wait - 1));
    assert_eq!(ask(5).await["code"], "rate_limited");
    service.pass(SignedDuration::from_secs(1));
    assert_eq!(ask(5).await["code"], "valid");
    service.pass(SignedDuration::from_secs(120));
    assert_eq!(ask(10).await["code"], "valid");
    service.pass(SignedDuration::from_secs(120));
    let refused = ask(1).await;
    assert_eq!(refused["code"], "quota_exceeded");
    let wait = refused["limits"][1]["reset_seconds"].as_i64().unwrap();
    service.pass(SignedDuration::from_secs(wait - 1));
    assert_eq!(ask(1).await["code"], "quota_exceeded");
    service.pass(SignedDuration::from_secs(1));
    assert_eq!(ask(1).await["code"], "valid");
}

async fn a_limit_that_was_changed_holds_from_the_answer_on(service: &Service) {
    let application = service.application(json!({})).await;
    let key = application.issue(json!({"limits": [quota(1_000, "month")]})).await;
    let path = application.path(&format!("/keys/{}", key.id));
    let other = service.another_process().await;
    assert_eq!(verify(&other, &application, &key, json!({"cost": 2})).await["valid"], true);
    // What the other process has leased counts as used: 16.
    for (limit, refill, passes) in [
        (1_000, "month", 984),
        (5, "month", 0),
        (1_005, "day", 5),
        (1_012, "never", 7),
        (1_020, "day", 8),
        (7, "month", 0),
    ] {
        let change = service.patch(&path).bearer(&application.manager);
        let changed = change.json(json!({"limits": [quota(limit, refill)]})).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        let look = verify(service, &application, &key, json!({"cost": 0})).await;
        assert_eq!(look["limits"][0]["reset_seconds"].is_null(), refill == "never", "{refill}: {look}");
        assert_eq!(spend_all(service, &application, &key).await, passes, "{limit} a {refill}");
    }
    other.app.close().await;
}

async fn nothing_is_written_on_the_path_of_a_check(service: &Service) {
    let application = service.application(json!({"limits": [quota(1_000, "month"), wide_rate()]})).await;
    let key = application.issue(json!({})).await;
    verify(service, &application, &key, json!({})).await;
    let used = "SELECT used FROM quotas";
    assert_eq!(service.count(used).await, 16, "a block is leased");
    for _ in 0..10 {
        verify(service, &application, &key, json!({})).await;
    }
    assert_eq!(service.count(used).await, 16);
    assert_eq!(service.count("SELECT current_count FROM rates").await, 11, "what is told in the background");
}

async fn three_processes_spend_a_quota_to_the_last_unit(service: &Service) {
    let application = service.application(json!({"limits": [quota(500, "month")]})).await;
    let key = application.issue(json!({})).await;
    let others = [service.another_process().await, service.another_process().await];
    let processes = [service, &others[0], &others[1]];
    let mut spent = 0;
    // In turn, so that all of them have leased some.
    for round in 0..300 {
        spent +=
            i64::from(verify(processes[round % 3], &application, &key, json!({})).await["valid"] == true);
    }
    assert_eq!(spent, 300);
    for process in processes {
        spent += spend_all(process, &application, &key).await;
    }
    assert!(spent <= 500, "{spent}");
    service.pass(SignedDuration::from_secs(11));
    for process in processes {
        process.app.flush().await;
    }
    for process in processes {
        spent += spend_all(process, &application, &key).await;
    }
    assert_eq!(spent, 500);
    service.pass(SignedDuration::from_hours(11 * 24));
    assert_eq!(spend_all(service, &application, &key).await, 500, "December");
    for other in &others {
        other.app.close().await;
    }
}

/// Checks and reports about the same quotas, in whatever order they come to the database.
async fn many_at_once_spend_what_there_is(service: &Service) {
    let application = service.application(json!({"limits": [quota(200, "month")]})).await;
    put_owner(&application, json!([quota(300, "month"), wide_rate()])).await;
    let keys = [application.issue(json!({})).await, application.issue(json!({})).await];
    let others = [service.another_process().await, service.another_process().await];
    let processes = [service, &others[0], &others[1]];
    let mut guards: Vec<_> = (1..=12).map(|number| Guard::new(number, &application.manager)).collect();
    let mut passed = 0;
    for _ in 0..3 {
        let checks = join_all((0..120).map(|number| {
            let (process, key) = (processes[number % 3], &keys[number % 2]);
            verify(process, &application, key, json!({"cost": 1 + number % 3}))
        }));
        let reports = join_all(guards.iter_mut().enumerate().map(async |(number, guard)| {
            let mut passed = 0;
            for round in 0..4 {
                let (process, key) = (processes[(number + round) % 3], &keys[round % 2]);
                passed += i64::from(guard.passes(process, &key.secret, 1, 0).await);
                guard.report(process, 0, false, false).await;
            }
            passed
        }));
        let (checks, reports, ()) = tokio::join!(checks, reports, others[0].app.flush());
        let costs = checks.iter().enumerate().filter(|(_, answer)| answer["valid"] == true);
        passed += costs.map(|(number, _)| 1 + number as i64 % 3).sum::<i64>() + reports.iter().sum::<i64>();
    }
    assert!(passed <= 300, "{passed}");
    // What guards were given is written down, and then all of it comes back; a block
    // that is being leased ahead meanwhile comes back after it.
    for process in processes {
        process.app.flush().await;
    }
    for guard in &mut guards {
        guard.end(service, 0).await;
    }
    service.pass(SignedDuration::from_secs(11));
    for process in processes.iter().chain(&processes) {
        process.app.flush().await;
    }
    let shared = "SELECT used FROM quotas WHERE id LIKE '%owner:cust_7:calls'";
    assert_eq!(service.count(shared).await, passed, "what was leased and not spent has come back");
    for other in &others {
        other.app.close().await;
    }
}

async fn what_a_process_leased_goes_back_when_it_stops_and_is_lost_when_it_vanishes(service: &Service) {
    let application = service.application(json!({"limits": [quota(100, "month")]})).await;
    let key = application.issue(json!({})).await;
    let used = "SELECT used FROM quotas";
    let [stopping, vanishing] = [service.another_process().await, service.another_process().await];
    verify(&stopping, &application, &key, json!({})).await;
    assert_eq!(service.count(used).await, 6, "a sixteenth");
    stopping.app.close().await;
    assert_eq!(service.count(used).await, 1);
    verify(&vanishing, &application, &key, json!({})).await;
    drop(vanishing);
    assert_eq!(service.count(used).await, 7);
    assert_eq!(spend_all(service, &application, &key).await, 93);
    service.pass(SignedDuration::from_hours(1));
    assert_eq!(spend_all(service, &application, &key).await, 0, "five are lost until the refill");
}

async fn a_batch_spends_in_its_order(service: &Service) {
    let application = service.application(json!({"limits": [quota(3, "day")]})).await;
    let key = application.issue(json!({})).await;
    let checks: Vec<_> = [2, 2, 1].map(|cost| json!({"key": key.secret, "cost": cost})).into();
    let batch =
        service.post("/v1/verify/batch").bearer(&application.manager).json(json!({"checks": checks})).await;
    let codes: Vec<_> =
        batch.json()["results"].as_array().unwrap().iter().map(|result| result["code"].clone()).collect();
    assert_eq!(codes, ["valid", "quota_exceeded", "valid"]);
}

async fn without_the_database_a_quota_refuses_unless_the_application_allows_it(service: &Service) {
    let application = service.application(json!({"limits": [quota(100, "day"), wide_rate()]})).await;
    let key = application.issue(json!({})).await;
    // So that the key is known, and the rest of the block too.
    verify(service, &application, &key, json!({})).await;
    service.execute("ALTER TABLE quotas RENAME TO gone").await;
    assert_eq!(verify(service, &application, &key, json!({"cost": 5})).await["valid"], true, "of the block");
    let order = json!({"key": key.secret});
    let refused = service.post("/v1/verify").bearer(&application.manager).json(order).await;
    assert!(refused.status.is_server_error(), "{}", refused.text);
    service.execute("ALTER TABLE gone RENAME TO quotas").await;
    let answer = verify(service, &application, &key, json!({"cost": 0})).await;
    assert_eq!(answer["limits"][1]["remaining"], 999_994, "what was refused has spent nothing");

    let path = application.path("");
    let change = service.call(axum::http::Method::PATCH, &path).cookie(&application.cookie);
    assert_eq!(change.json(json!({"on_limiter_failure": "allow"})).await.status, 200);
    service.execute("ALTER TABLE quotas RENAME TO gone").await;
    assert_eq!(verify(service, &application, &key, json!({"cost": 50})).await["valid"], true);
    service.execute("ALTER TABLE gone RENAME TO quotas").await;
    let answer = verify(service, &application, &key, json!({"cost": 45})).await;
    assert_eq!(answer["code"], "quota_exceeded", "what passed is counted: {answer}");
    assert_eq!(verify(service, &application, &key, json!({"cost": 44})).await["code"], "valid");
}

/// The documented worst case: as many times the limit as there are processes and
/// guards that have not heard of each other. And it is as bad as that.
async fn rates_stay_within_their_worst_case(service: &Service) {
    const LIMIT: i64 = 20;
    let rate = json!({"name": "burst", "kind": "rate", "limit": LIMIT, "window_seconds": 60});
    let application = service.application(json!({"limits": [rate]})).await;
    let key = application.issue(json!({})).await;
    let others = [service.another_process().await, service.another_process().await];
    let processes = [service, &others[0], &others[1]];
    let mut guards: Vec<_> = (1..=3).map(|number| Guard::new(number, &application.manager)).collect();
    let mut passed = 0;
    for (process, guard) in processes.iter().zip(&mut guards) {
        while guard.passes(process, &key.secret, 1, 0).await {
            passed += 1;
        }
    }
    for process in processes {
        passed += spend_all(process, &application, &key).await;
    }
    println!(
        "a rate of {LIMIT}, three processes, three guards: {passed} passed before they have heard of each other"
    );
    // Fewer than six times as many, if the jobs of the processes have run meanwhile.
    assert!(passed > 3 * LIMIT && passed <= 6 * LIMIT, "{passed}");
    for guard in &mut guards {
        guard.report(service, 0, false, false).await;
    }
    for process in processes {
        process.app.flush().await;
    }
    for (process, guard) in processes.iter().zip(&mut guards) {
        assert_eq!(spend_all(process, &application, &key).await, 0);
        assert!(!guard.passes(process, &key.secret, 1, 0).await);
    }
    // What Redis has of it, with_redis.rs looks at.
    if service.app.config().redis.is_none() {
        let counted = service.count("SELECT current_count FROM rates").await;
        assert_eq!(counted, passed, "each use is counted once");
    }
    for other in &others {
        other.app.close().await;
    }
}
