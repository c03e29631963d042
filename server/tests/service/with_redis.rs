//! `--redis`: what all processes count together is there, and what happens when it is
//! away. The behaviours that it shares with the databases are tested where they are, as
//! `redis::…`.

use std::time::Duration;

use jiff::SignedDuration;
use keylatch_format::Secret;
use keylatch_server::App;
use serde_json::{Value, json};

use crate::harness::{Answer, KIM, LEE, PASSWORD, Service, clock, config};
use crate::limits::verify;
use crate::list::add_hay;
use crate::redis_server::Redis;

const USED: &str = "SELECT COUNT(*) FROM keys WHERE last_used_at IS NOT NULL";

async fn service_with(redis: &Redis) -> Service {
    Service::with(|config| config.redis = Some(redis.url())).await
}

async fn sign_in(service: &Service, password: &str) -> Answer {
    service.post("/v1/session").from("192.0.2.1").json(json!({"user": KIM, "password": password})).await
}

/// Until it is so. A test that waits here for ever shows that it never is.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..1_000 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} does not come true");
}

/// Until Redis has no uses that the database lacks.
async fn until_moved(service: &Service, redis: &Redis) {
    service.app.flush().await;
    until("that all uses were moved", async || {
        service.app.move_uses().await;
        !redis.keys().iter().any(|key| key.starts_with("keylatch:uses:"))
    })
    .await;
}

#[tokio::test]
async fn nothing_in_it_tells_who_or_lasts_for_ever() {
    let redis = Redis::start();
    let service = service_with(&redis).await;
    let rate = json!({"name": "requests", "kind": "rate", "limit": 10, "window_seconds": 60});
    let application = service.application(json!({"limits": [rate]})).await;
    let issued = application.issue(json!({})).await;
    verify(&service, &application, &issued, json!({"ip": "203.0.113.7"})).await;
    assert_eq!(sign_in(&service, "wrong password").await.status, 401);
    service.app.flush().await;
    for kind in ["own", "management", "issued"] {
        for used in redis.texts(&["HVALS", &format!("keylatch:uses:{kind}")]) {
            assert!(!used.contains(&issued.secret) && !used.contains(&application.manager), "{used}");
        }
    }
    until_moved(&service, &redis).await;
    let keys = redis.keys();
    for start in ["keylatch:failures:", "keylatch:rate:"] {
        assert!(keys.iter().any(|key| key.starts_with(start)), "{start} {keys:?}");
    }
    for key in keys.iter().filter(|key| !key.starts_with("keylatch:moving")) {
        for word in [KIM, "192.0.2.1", "wrong password", &issued.secret] {
            assert!(!key.contains(word), "{key}");
        }
        let lasts = redis.number(&["PTTL", key]);
        assert!((1..=3_600_000).contains(&lasts), "{key} lasts for {lasts}");
    }
}

/// What guards report included, however often they do, and over two windows.
#[tokio::test]
async fn a_use_of_a_rate_is_counted_once_by_all() {
    let redis = Redis::start();
    let service = service_with(&redis).await;
    let other = service.another_process().await;
    let rate = json!({"name": "requests", "kind": "rate", "limit": 1000, "window_seconds": 60});
    let application = service.application(json!({"limits": [rate]})).await;
    let key = application.issue(json!({})).await;
    let counted = || {
        let mut counts = Vec::new();
        for key in redis.keys().iter().filter(|key| key.starts_with("keylatch:rate:")) {
            let start: i64 = key.rsplit(':').next().unwrap().parse().unwrap();
            counts.push((start, redis.number(&["INCRBY", key, "0"])));
        }
        counts.sort_unstable();
        counts.into_iter().map(|(_, count)| count).filter(|count| *count > 0).collect::<Vec<_>>()
    };
    let guard = "grd_0123456789abcdef";
    let answer = verify(&service, &application, &key, json!({"guard": guard})).await;
    let body = json!({"number": 1, "uses": [{"limit": answer["limits"][0]["id"], "spent": 7}]});
    for process in [&service, &other, &service] {
        let path = format!("/v1/guards/{guard}/reports");
        let report = process.post(&path).bearer(&application.manager).json(body.clone()).await;
        assert_eq!(report.json()["limits"][0]["remaining"], 993, "{}", report.text);
    }
    verify(&other, &application, &key, json!({"cost": 5})).await;
    for process in [&service, &other, &service, &other] {
        process.app.flush().await;
    }
    assert_eq!(counted(), [12]);
    service.pass(SignedDuration::from_secs(45));
    verify(&other, &application, &key, json!({"cost": 3})).await;
    verify(&service, &application, &key, json!({"cost": 2})).await;
    service.pass(SignedDuration::from_secs(60));
    // Told a window late.
    verify(&other, &application, &key, json!({"cost": 4})).await;
    for process in [&service, &other] {
        process.app.flush().await;
    }
    assert_eq!(counted(), [17, 4]);
    other.app.close().await;
}

#[tokio::test]
async fn uses_reach_the_database_in_batches_and_survive_the_process_that_noted_them() {
    let redis = Redis::start();
    let service = service_with(&redis).await;
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({"scopes": ["keys:read"]})).await;
    let application = service.application(json!({})).await;
    let issued = application.issue(json!({})).await;
    // Nobody else moves anything for now.
    redis.run(&["SET", "keylatch:moving", "1"]);
    let process = service.another_process().await;
    assert_eq!(process.get("/v1/account").bearer(&key.secret).await.status, 200);
    verify(&process, &application, &issued, json!({"ip": "203.0.113.7"})).await;
    process.app.flush().await;
    // It is killed.
    drop(process);
    service.app.move_uses().await;
    assert_eq!(service.count(USED).await, 0, "somebody else is about to");
    assert_eq!(redis.number(&["HLEN", "keylatch:uses:own"]), 1);
    redis.run(&["DEL", "keylatch:moving"]);
    until_moved(&service, &redis).await;
    assert_eq!(service.count(USED).await, 1);
    let shown = service.get(&format!("/v1/keys/{}", key.id)).cookie(&cookie).await.json();
    assert_eq!(shown["last_used_at"], "2026-11-20T10:00:00Z");
    let shown = service.get(&application.path(&format!("/keys/{}", issued.id)));
    let shown = shown.bearer(&application.manager).await.json();
    assert_eq!(
        (&shown["last_used_at"], &shown["last_used_address"]),
        (&json!("2026-11-20T10:00:00Z"), &json!("203.0.113.7"))
    );
    assert_eq!(service.count("SELECT COUNT(*) FROM management_keys WHERE last_used_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn thousands_of_uses_are_moved() {
    let redis = Redis::start();
    let service = service_with(&redis).await;
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    add_hay(&service, &key.id).await;
    redis.run(&["SET", "keylatch:moving", "1"]);
    for start in (1..=5_000).step_by(500) {
        let mut words = vec!["HSET".to_owned(), "keylatch:uses:own".to_owned()];
        for number in start..start + 500 {
            let id = format!("key_{}", 1_000_000_000_000_000_i64 + number);
            words.extend([id.clone(), json!([id, 1_795_168_800_000_i64, "", null]).to_string()]);
        }
        redis.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    }
    // Of a version that is not known here.
    redis.run(&["HSET", "keylatch:uses:own", "key_x", "{}"]);
    redis.run(&["DEL", "keylatch:moving"]);
    until_moved(&service, &redis).await;
    assert_eq!(service.count(USED).await, 5_000);
}

/// Stopped, frozen, full: nobody guesses uncounted, and keys are checked all the same.
#[tokio::test]
async fn while_it_is_away_keys_are_checked_and_nobody_signs_in() {
    let mut redis = Redis::start();
    let service = service_with(&redis).await;
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({"scopes": ["keys:read"]})).await;
    let rate = json!({"name": "requests", "kind": "rate", "limit": 4, "window_seconds": 60});
    let quota = json!({"name": "calls", "kind": "quota", "limit": 1000, "refill": "never"});
    let application = service.application(json!({"limits": [rate, quota]})).await;
    type Change = (&'static str, fn(&mut Redis), fn(&mut Redis));
    let changes: [Change; 3] = [
        ("stopped", Redis::stop, Redis::start_again),
        ("frozen", |redis| redis.freeze(true), |redis| redis.freeze(false)),
        (
            "full",
            |redis| redis.run(&["CONFIG", "SET", "maxmemory", "1"]),
            |redis| redis.run(&["CONFIG", "SET", "maxmemory", "0"]),
        ),
    ];
    for (what, away, back) in changes {
        service.pass(SignedDuration::from_mins(3));
        let issued = application.issue(json!({})).await;
        away(&mut redis);
        for _ in 0..3 {
            let refused = sign_in(&service, "wrong").await;
            refused.problem(503, "service_error");
            assert!(!refused.header("retry-after").is_empty(), "{what}");
        }
        // It is away for every process: if none were ready, no key would be checked.
        let ready = async || service.get("/ready").await;
        until("that the server says so", async || ready().await.json()["degraded"] == json!(["redis"])).await;
        assert_eq!(ready().await.status, 200, "{what}");
        assert_eq!(service.get("/health").await.status, 200, "{what}");
        assert_eq!(service.get("/v1/account").bearer(&key.secret).await.status, 200, "{what}");
        assert_eq!(service.get("/v1/account").cookie(&cookie).await.status, 200, "{what}");
        // This process counts by itself.
        let mut codes = Vec::new();
        for _ in 0..5 {
            codes.push(verify(&service, &application, &issued, json!({})).await["code"].clone());
        }
        assert_eq!(json!(codes), json!(["valid", "valid", "valid", "valid", "rate_limited"]), "{what}");
        service.app.flush().await;
        back(&mut redis);
        until("that a right password is taken", async || sign_in(&service, PASSWORD).await.status == 201)
            .await;
        until("that the server says so", async || ready().await.json()["degraded"] == json!([])).await;
        // What was counted and noted meanwhile is told now.
        until_moved(&service, &redis).await;
        let path = application.path(&format!("/keys/{}", issued.id));
        let shown = service.get(&path).bearer(&application.manager).await.json();
        assert_ne!(shown["last_used_at"], Value::Null, "{what}");
        let other = service.another_process().await;
        verify(&other, &application, &issued, json!({"cost": 1})).await;
        other.app.flush().await;
        let heard = verify(&other, &application, &issued, json!({"cost": 0})).await;
        assert_eq!(heard["limits"][0]["remaining"], 0, "{what}: {heard}");
    }
}

/// Whoever guesses against a process that is restarted again and again is held up.
#[tokio::test]
async fn a_redis_that_was_restarted_counts_anew_and_a_process_does_not() {
    let mut redis = Redis::start();
    let service = service_with(&redis).await;
    for _ in 0..10 {
        let process = service.another_process().await;
        assert_eq!(sign_in(&process, "wrong").await.status, 401);
    }
    sign_in(&service, PASSWORD).await.problem(429, "rate_limited");
    redis.stop();
    redis.start_again();
    until("that a right password is taken", async || sign_in(&service, PASSWORD).await.status == 201).await;
}

#[tokio::test]
async fn a_process_starts_without_it_unless_it_refuses() {
    let mut redis = Redis::with("s3cret word", &[]);
    let directory = tempfile::tempdir().unwrap();
    let open = async |url: &Secret| {
        let path = directory.path().join("keys.db");
        let mut config = config(keylatch_server::Database::Sqlite(path), &clock());
        config.redis = Some(Secret::from(url.expose()));
        App::open(config).await
    };
    let nowhere = format!("redis://127.0.0.1:{}", redis.port());
    for (url, words) in [
        (&*nowhere, ["--redis", "password"]),
        (&*format!("redis://:s3cret%20werd@127.0.0.1:{}", redis.port()), ["--redis", "password"]),
        ("http://127.0.0.1", ["--redis", "redis://HOST:PORT"]),
        ("s3cret word", ["--redis", "redis://HOST:PORT"]),
    ] {
        let error = open(&Secret::from(url)).await.err().expect(url).to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
    redis.stop();
    let app = open(&redis.url()).await.unwrap();
    app.create_user(LEE, PASSWORD).await.unwrap();
    let service = Service::of(app, clock()).await;
    let sign_in = async || {
        let answer = service.post("/v1/session").json(json!({"user": LEE, "password": PASSWORD})).await;
        answer.status.as_u16()
    };
    assert_eq!(sign_in().await, 503);
    redis.start_again();
    until("that a right password is taken", async || sign_in().await == 201).await;
}
