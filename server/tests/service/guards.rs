//! Guards: what they may spend by themselves, and what they report.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{Answer, Application, Service};
use crate::limits::{quota, verify, wide_rate};

on_both_databases![
    a_guard_gets_units_with_its_first_answer_and_spends_nothing_by_it,
    a_guard_is_told_what_it_decides_by_itself,
    a_report_counts_once_however_often_it_is_sent,
    an_older_report_is_refused,
    a_guard_that_ends_gives_back_what_it_has_not_spent,
    a_lease_that_has_ended_is_settled_by_the_report_after_the_next,
    leases_that_are_never_spent_are_given_back_while_the_guard_gets_new_ones,
    what_is_spent_counts_for_the_oldest_lease_first,
    the_lease_of_a_guard_that_vanishes_counts_as_used,
    what_is_reported_before_the_lease_is_known_is_spent_of_it,
    a_guard_gets_no_more_than_a_share_of_what_is_left,
    no_lease_reaches_over_a_refill,
    a_rate_is_reported_into_the_count_of_all,
    limits_of_others_and_of_nobody_are_not_reported,
    a_faulty_report_is_refused,
];
and_with_redis![a_rate_is_reported_into_the_count_of_all];

const GUARD: &str = "grd_0123456789abcdef";

async fn used(service: &Service) -> i64 {
    service.count("SELECT used FROM quotas").await
}

/// The first answer to a guard.
async fn introduce(application: &Application<'_>, key: &crate::harness::NewKey) -> Value {
    let answer = verify(application.service, application, key, json!({"guard": GUARD})).await;
    // What it was given is written down.
    application.service.app.flush().await;
    answer["limits"][0].clone()
}

async fn report(application: &Application<'_>, body: Value) -> Answer {
    let path = format!("/v1/guards/{GUARD}/reports");
    application.service.post(&path).bearer(&application.manager).json(body).await
}

async fn a_guard_gets_units_with_its_first_answer_and_spends_nothing_by_it(service: &Service) {
    let application = service.application(json!({"limits": [quota(1_000, "month"), wide_rate()]})).await;
    let key = application.issue(json!({})).await;
    let answer = verify(service, &application, &key, json!({"guard": GUARD, "cost": 1_000})).await;
    let [quota, rate] = answer["limits"].as_array().unwrap().as_slice() else { panic!("{answer}") };
    assert_eq!(answer["valid"], true);
    assert_eq!(quota["lease"], json!({"units": 16, "until_seconds": 60}));
    assert_eq!(quota["remaining"], 984, "what is leased counts as used");
    assert_eq!((&rate["remaining"], &rate["lease"]), (&json!(1_000_000), &Value::Null));
    assert_ne!(quota["id"], rate["id"]);
    let again = verify(service, &application, &key, json!({"guard": GUARD})).await;
    assert_eq!(again["limits"][0]["lease"], Value::Null, "while its lease runs");
    assert_eq!(verify(service, &application, &key, json!({})).await["limits"][0]["id"], Value::Null);
    service.pass(SignedDuration::from_secs(60));
    let later = verify(service, &application, &key, json!({"guard": GUARD})).await;
    assert_eq!(later["limits"][0]["lease"]["units"], 15, "what the check before has left of a block");
}

/// It keeps the answer for requests of other addresses and counts rates itself.
async fn a_guard_is_told_what_it_decides_by_itself(service: &Service) {
    let application = service.application(json!({"limits": [quota(1_000, "month"), wide_rate()]})).await;
    let networks = json!(["10.0.0.0/8", "2001:db8::/32"]);
    let key = application.issue(json!({"allowed_addresses": networks})).await;
    for asked in [json!({"guard": GUARD}), json!({"guard": GUARD, "ip": "192.0.2.1"})] {
        let answer = application.verify(&key.secret, asked).await;
        assert_eq!((&answer["code"], &answer["key"]["allowed_addresses"]), (&json!("valid"), &networks));
        assert_eq!(answer["limits"][0]["window_seconds"], Value::Null);
        assert_eq!(answer["limits"][1]["window_seconds"], 60);
    }
    let others = application.verify(&key.secret, json!({"ip": "10.1.2.3"})).await;
    assert_eq!((&others["code"], &others["key"]["allowed_addresses"]), (&json!("valid"), &Value::Null));
    assert_eq!(others["limits"][1]["window_seconds"], Value::Null);
    assert_eq!(application.verify(&key.secret, json!({"ip": "192.0.2.1"})).await["code"], "ip_refused");
    let free = application.issue(json!({})).await;
    let answer = application.verify(&free.secret, json!({"guard": GUARD})).await;
    assert_eq!(answer["key"]["allowed_addresses"], json!([]));
}

async fn a_report_counts_once_however_often_it_is_sent(service: &Service) {
    let application = service.application(json!({"limits": [quota(1_000, "month"), wide_rate()]})).await;
    let key = application.issue(json!({})).await;
    let limits = verify(service, &application, &key, json!({"guard": GUARD})).await["limits"].clone();
    service.app.flush().await;
    let (quota, rate) = (&limits[0]["id"], &limits[1]["id"]);
    let body = json!({
        "number": 1,
        "uses": [{"limit": quota, "spent": 7}, {"limit": rate, "spent": 7}],
        "want": [{"limit": quota, "units": 50}],
    });
    let first = report(&application, body.clone()).await;
    assert_eq!(first.status, 200, "{}", first.text);
    let told = json!({
        "number": 1,
        "limits": [
            {"limit": quota, "remaining": 934, "reset_seconds": 914_400, "lease": {"units": 50, "until_seconds": 60}},
            {"limit": rate, "remaining": 999_993, "reset_seconds": 60},
        ],
    });
    assert_eq!(first.json(), told);
    let other = service.another_process().await;
    let path = format!("/v1/guards/{GUARD}/reports");
    for process in [service, &other, service] {
        let again = process.post(&path).bearer(&application.manager).json(body.clone()).await;
        assert_eq!(again.json(), told);
    }
    assert_eq!(used(service).await, 66);
    assert_eq!(service.count("SELECT current_count FROM rates").await, 7);
    // A lease runs from when it was first told.
    service.pass(SignedDuration::from_secs(20));
    let late = report(&application, body).await.json();
    assert_eq!(late["limits"][0]["lease"], json!({"units": 50, "until_seconds": 40}));
    other.app.close().await;
}

async fn an_older_report_is_refused(service: &Service) {
    let application = service.application(json!({})).await;
    for (number, status) in [(1, 200), (2, 200), (2, 200), (1, 409), (5, 200), (4, 409)] {
        assert_eq!(report(&application, json!({"number": number})).await.status, status, "{number}");
    }
    let refused = report(&application, json!({"number": 1})).await;
    assert!(refused.problem(409, "conflict").contains("5"));
    // Another application may have a guard of the same name.
    let other = service.application(json!({})).await;
    assert_eq!(report(&other, json!({"number": 1})).await.status, 200);
}

async fn a_guard_that_ends_gives_back_what_it_has_not_spent(service: &Service) {
    let application = service.application(json!({"limits": [quota(1_000, "never")]})).await;
    let key = application.issue(json!({})).await;
    let quota = introduce(&application, &key).await;
    assert_eq!(used(service).await, 16);
    let uses = json!([{"limit": quota["id"], "spent": 5}]);
    let answer = report(&application, json!({"number": 1, "uses": uses, "done": true})).await;
    assert_eq!(answer.json()["limits"][0]["remaining"], 995);
    assert_eq!(used(service).await, 5);
    assert_eq!(service.count("SELECT COUNT(*) FROM guard_leases").await, 0);
    report(&application, json!({"number": 1, "uses": uses, "done": true})).await;
    assert_eq!(used(service).await, 5, "once");
}

async fn a_lease_that_has_ended_is_settled_by_the_report_after_the_next(service: &Service) {
    let application = service.application(json!({"limits": [quota(1_000, "never")]})).await;
    let key = application.issue(json!({})).await;
    let quota = introduce(&application, &key).await;
    service.pass(SignedDuration::from_secs(60));
    // Made before the guard knew that the lease has ended, perhaps.
    let uses = |spent: i64| json!([{"limit": quota["id"], "spent": spent}]);
    assert_eq!(report(&application, json!({"number": 1, "uses": uses(5)})).await.status, 200);
    assert_eq!(used(service).await, 16);
    assert_eq!(report(&application, json!({"number": 2, "uses": uses(2)})).await.status, 200);
    assert_eq!(used(service).await, 7);
}

async fn leases_that_are_never_spent_are_given_back_while_the_guard_gets_new_ones(service: &Service) {
    let application = service.application(json!({"limits": [quota(1_000, "never")]})).await;
    let key = application.issue(json!({})).await;
    for number in 1..30 {
        // It has a lease at each moment.
        assert!(
            introduce(&application, &key).await["lease"]["units"].as_i64().is_some_and(|units| units > 0)
        );
        assert_eq!(report(&application, json!({"number": number})).await.status, 200);
        assert!(used(service).await <= 64, "after {number} minutes {} are on lease", used(service).await);
        service.pass(SignedDuration::from_secs(60));
    }
    report(&application, json!({"number": 30, "done": true})).await;
    service.app.flush().await;
    assert_eq!(used(service).await, 0);
    assert_eq!(service.count("SELECT COUNT(*) FROM guard_grants").await, 0);
}

async fn what_is_spent_counts_for_the_oldest_lease_first(service: &Service) {
    let application = service.application(json!({"limits": [quota(10_000, "never")]})).await;
    let key = application.issue(json!({})).await;
    let quota = introduce(&application, &key).await;
    service.pass(SignedDuration::from_secs(30));
    let want = json!([{"limit": quota["id"], "units": 100}]);
    assert_eq!(report(&application, json!({"number": 1, "want": want})).await.status, 200);
    assert_eq!(used(service).await, 116);
    service.pass(SignedDuration::from_secs(30));
    // Of the second lease, perhaps: as much as both were, so nothing of the first goes back.
    let uses = |spent: i64| json!([{"limit": quota["id"], "spent": spent}]);
    assert_eq!(report(&application, json!({"number": 2, "uses": uses(50)})).await.status, 200);
    assert_eq!(report(&application, json!({"number": 3})).await.status, 200);
    assert_eq!(used(service).await, 116);
    service.pass(SignedDuration::from_secs(30));
    assert_eq!(report(&application, json!({"number": 4, "uses": uses(6)})).await.status, 200);
    assert_eq!(report(&application, json!({"number": 5})).await.status, 200);
    assert_eq!(used(service).await, 56);
}

async fn the_lease_of_a_guard_that_vanishes_counts_as_used(service: &Service) {
    let application = service.application(json!({"limits": [quota(1_000, "never")]})).await;
    let key = application.issue(json!({})).await;
    introduce(&application, &key).await;
    service.pass(SignedDuration::from_hours(48));
    service.app.flush().await;
    service.app.sweep().await;
    assert_eq!(used(service).await, 16);
    assert_eq!(service.count("SELECT COUNT(*) FROM guard_grants").await, 0, "it is forgotten");
}

/// The answer to a check goes to the guard at once, and to the database within a second.
async fn what_is_reported_before_the_lease_is_known_is_spent_of_it(service: &Service) {
    let application = service.application(json!({"limits": [quota(1_000, "never")]})).await;
    let key = application.issue(json!({})).await;
    let other = service.another_process().await;
    let order = json!({"key": key.secret, "guard": GUARD});
    let answer = other.post("/v1/verify").bearer(&application.manager).json(order).await.json();
    let uses = json!([{"limit": answer["limits"][0]["id"], "spent": 5}]);
    assert_eq!(report(&application, json!({"number": 1, "uses": uses})).await.status, 200);
    other.app.flush().await;
    assert_eq!(report(&application, json!({"number": 2, "done": true})).await.status, 200);
    assert_eq!(used(service).await, 5);
    other.app.close().await;
}

async fn a_guard_gets_no_more_than_a_share_of_what_is_left(service: &Service) {
    let application = service.application(json!({"limits": [quota(100, "never")]})).await;
    let key = application.issue(json!({})).await;
    let quota = introduce(&application, &key).await;
    assert_eq!(quota["lease"]["units"], 6);
    let mut leased = 6;
    for number in 1..200 {
        let want = json!([{"limit": quota["id"], "units": 1_000}]);
        let answer = report(&application, json!({"number": number, "want": want})).await.json();
        let left = 100 - leased;
        let units = answer["limits"][0]["lease"]["units"].as_i64().unwrap_or(0);
        assert_eq!(units, (left / 16).max(1).min(left));
        leased += units;
        if leased == 100 {
            break;
        }
    }
    assert_eq!((leased, used(service).await), (100, 100));
    assert_eq!(verify(service, &application, &key, json!({})).await["code"], "quota_exceeded");
    let later = json!({"guard": "grd_0123456789abcdeF"});
    let told = verify(service, &application, &key, later).await;
    assert_eq!((&told["limits"][0]["remaining"], &told["limits"][0]["lease"]), (&json!(0), &Value::Null));
}

async fn no_lease_reaches_over_a_refill(service: &Service) {
    let application = service.application(json!({"limits": [quota(1_000, "day")]})).await;
    let key = application.issue(json!({})).await;
    service.pass(SignedDuration::from_secs(14 * 3600 - 20));
    let quota = introduce(&application, &key).await;
    assert_eq!(quota["lease"], json!({"units": 16, "until_seconds": 20}));
    let want = json!([{"limit": quota["id"], "units": 5}]);
    let answer = report(&application, json!({"number": 1, "want": want})).await.json();
    assert_eq!(answer["limits"][0]["lease"], json!({"units": 5, "until_seconds": 20}));
    service.pass(SignedDuration::from_secs(20));
    let uses = json!([{"limit": quota["id"], "spent": 21}]);
    let answer = report(&application, json!({"number": 2, "uses": uses})).await.json();
    assert_eq!(answer["limits"][0]["remaining"], 1_000, "what was leased yesterday is of no account today");
    assert_eq!(report(&application, json!({"number": 3, "done": true})).await.status, 200);
    assert_eq!(used(service).await, 0);
}

async fn a_rate_is_reported_into_the_count_of_all(service: &Service) {
    let rate = json!({"name": "burst", "kind": "rate", "limit": 10, "window_seconds": 60});
    let application = service.application(json!({"limits": [rate]})).await;
    let key = application.issue(json!({})).await;
    let rate = introduce(&application, &key).await;
    verify(service, &application, &key, json!({"cost": 2})).await;
    let uses = json!([{"limit": rate["id"], "spent": 3}, {"limit": rate["id"], "spent": 1}]);
    let answer = report(&application, json!({"number": 1, "uses": uses})).await.json();
    assert_eq!(answer["limits"], json!([{"limit": rate["id"], "remaining": 4, "reset_seconds": 60}]));
    assert_eq!(verify(service, &application, &key, json!({"cost": 5})).await["code"], "rate_limited");
    assert_eq!(verify(service, &application, &key, json!({"cost": 4})).await["code"], "valid");
}

async fn limits_of_others_and_of_nobody_are_not_reported(service: &Service) {
    let application = service.application(json!({"limits": [quota(100, "never")]})).await;
    let key = application.issue(json!({})).await;
    let quota = introduce(&application, &key).await;
    let elsewhere = service.application(json!({})).await;
    let ids = [
        quota["id"].clone(),
        json!("key:key_1:calls"),
        json!("owner:nobody:calls"),
        json!("nonsense"),
        json!(""),
    ];
    let uses: Vec<_> = ids.iter().map(|id| json!({"limit": id, "spent": 1})).collect();
    let want: Vec<_> = ids.iter().map(|id| json!({"limit": id, "units": 1})).collect();
    let answer = report(&elsewhere, json!({"number": 1, "uses": uses, "want": want})).await;
    assert_eq!(answer.json(), json!({"number": 1, "limits": []}));
    assert_eq!(used(service).await, 6);
}

async fn a_faulty_report_is_refused(service: &Service) {
    let application = service.application(json!({})).await;
    for (body, field) in [
        (json!({"number": 0}), "number"),
        (json!({}), "number"),
        (json!({"number": 1, "uses": [{"limit": "a", "spent": -1}]}), "uses[0].spent"),
        (json!({"number": 1, "uses": [{"limit": "a", "spent": 1.5}]}), "uses[0].spent"),
        (json!({"number": 1, "want": [{"limit": "a", "units": 2_000_000_000_000_i64}]}), "want[0].units"),
    ] {
        report(&application, body).await.problem_at(422, "invalid_request", field);
    }
    for guard in ["grd_short", "0123456789abcdef01", "grd_0123456789abcde!"] {
        let path = format!("/v1/guards/{guard}/reports");
        let answer = service.post(&path).bearer(&application.manager).json(json!({"number": 1})).await;
        answer.problem_at(422, "invalid_request", "guard");
        let order = json!({"key": "x", "guard": guard});
        let answer = service.post("/v1/verify").bearer(&application.manager).json(order).await;
        answer.problem_at(422, "invalid_request", "guard");
    }
    let reader = application.management_key(&["keys:read"]).await;
    let path = format!("/v1/guards/{GUARD}/reports");
    service.post(&path).bearer(&reader).json(json!({"number": 1})).await.problem(403, "forbidden");
    service
        .post(&path)
        .cookie(&application.cookie)
        .json(json!({"number": 1}))
        .await
        .problem(403, "forbidden");
    assert_eq!(service.count("SELECT COUNT(*) FROM guards").await, 0);
}
