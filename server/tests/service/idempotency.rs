//! A lost answer leaves one key only.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{Answer, KIM, LEE, Service};

on_both_databases![
    a_repeated_create_tells_the_same_key_with_a_fresh_secret,
    a_repeated_rotate_tells_the_same_successor_with_a_fresh_secret,
    a_repeat_with_other_parameters_is_a_conflict,
    a_repeat_after_use_is_a_conflict,
    a_repeat_after_the_key_ended_is_a_conflict,
    a_refused_attempt_does_not_occupy_the_idempotency_key,
    an_attempt_is_forgotten_after_24_hours,
    idempotency_keys_of_others_do_not_matter,
    an_orphan_is_found_by_its_idempotency_key,
    of_many_at_once_one_key_comes_out,
    a_try_that_comes_late_changes_nothing,
    what_was_taken_back_is_gone_and_does_not_come,
    what_was_used_is_not_taken_back,
    what_is_no_idempotency_key_is_refused,
];

async fn create(service: &Service, cookie: &str, idempotency_key: &str, order: Value) -> Answer {
    service.post("/v1/keys").cookie(cookie).header("idempotency-key", idempotency_key).json(order).await
}

async fn a_repeated_create_tells_the_same_key_with_a_fresh_secret(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let first = create(service, &cookie, "try-1", json!({"name": "robot"})).await.new_key();
    service.pass(SignedDuration::from_mins(1));
    // The same request, though written otherwise.
    let order = json!({"name": " robot ", "expires_in": "P3M", "expires_at": null, "scopes": []});
    let answer = create(service, &cookie, "try-1", order).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let second = answer.new_key();
    assert_eq!(second.id, first.id);
    assert_ne!(second.secret, first.secret);
    assert_eq!(second.key["created_at"], first.key["created_at"]);
    assert_eq!(second.key["expires_at"], first.key["expires_at"]);
    assert!(second.secret.ends_with(second.key["last_four"].as_str().unwrap()));
    service.get("/v1/account").bearer(&first.secret).await.problem(401, "unauthorized");
    assert_eq!(service.get("/v1/account").bearer(&second.secret).await.status, 200);
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 1);
}

async fn a_repeated_rotate_tells_the_same_successor_with_a_fresh_secret(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for overlap in ["PT0S", "PT1H", "until_revoked"] {
        let old = service.create(&cookie, json!({"name": overlap})).await;
        let rotate = async || {
            let call = service.post(&format!("/v1/keys/{}/rotate", old.id)).cookie(&cookie);
            call.header("idempotency-key", overlap).json(json!({"overlap": overlap})).await
        };
        let (first, second) = (rotate().await, rotate().await);
        assert_eq!(second.status, 201, "{overlap}: {}", second.text);
        assert_eq!(second.json()["replaced"], first.json()["replaced"], "{overlap}");
        let (first, second) = (first.new_key(), second.new_key());
        assert_eq!(second.id, first.id, "{overlap}");
        service.get("/v1/account").bearer(&first.secret).await.problem(401, "unauthorized");
        assert_eq!(service.get("/v1/account").bearer(&second.secret).await.status, 200);
        let named = format!("SELECT COUNT(*) FROM keys WHERE name = '{overlap}'");
        assert_eq!(service.count(&named).await, 2);
    }
}

async fn a_repeat_with_other_parameters_is_a_conflict(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let order = json!({"name": "robot", "expires_in": "P1M", "scopes": ["a"]});
    let first = create(service, &cookie, "try-1", order).await.new_key();
    for other in [
        json!({"name": "Robot", "expires_in": "P1M", "scopes": ["a"]}),
        json!({"name": "robot", "expires_in": "P2M", "scopes": ["a"]}),
        json!({"name": "robot", "expires_in": "P1M", "scopes": ["a", "b"]}),
        json!({"name": "robot", "expires_at": "2026-12-20T10:00:00Z", "scopes": ["a"]}),
        json!({"name": "robot", "expires_in": "P1M"}),
    ] {
        let answer = create(service, &cookie, "try-1", other).await;
        answer.problem_at(409, "conflict", "Idempotency-Key");
    }
    let rotate = service.post(&format!("/v1/keys/{}/rotate", first.id)).cookie(&cookie);
    rotate.header("idempotency-key", "try-1").await.problem_at(409, "conflict", "Idempotency-Key");
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 1);
    let alive = service.post("/v1/keys/validate").cookie(&cookie).json(json!({"secret": first.secret})).await;
    assert_eq!(alive.json()["valid"], true);
}

async fn a_repeat_after_use_is_a_conflict(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let first = create(service, &cookie, "try-1", json!({"name": "robot"})).await.new_key();
    assert_eq!(service.get("/v1/account").bearer(&first.secret).await.status, 200);
    let again = create(service, &cookie, "try-1", json!({"name": "robot"})).await;
    again.problem_at(409, "conflict", "Idempotency-Key");
    assert_eq!(service.get("/v1/account").bearer(&first.secret).await.status, 200, "it lives on");
}

async fn a_repeat_after_the_key_ended_is_a_conflict(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let order = || json!({"name": "robot", "expires_in": "PT1H"});
    let [revoked, deleted] = [
        create(service, &cookie, "revoked", order()).await.new_key(),
        create(service, &cookie, "deleted", order()).await.new_key(),
    ];
    create(service, &cookie, "expired", order()).await.new_key();
    for key in [&revoked, &deleted] {
        service.post(&format!("/v1/keys/{}/revoke", key.id)).cookie(&cookie).await;
    }
    service.delete(&format!("/v1/keys/{}", deleted.id)).cookie(&cookie).await;
    service.pass(SignedDuration::from_hours(1));
    for idempotency_key in ["revoked", "deleted", "expired"] {
        let again = create(service, &cookie, idempotency_key, order()).await;
        again.problem_at(409, "conflict", "Idempotency-Key");
    }
}

async fn a_refused_attempt_does_not_occupy_the_idempotency_key(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let dead = service.create(&cookie, json!({})).await;
    service.post(&format!("/v1/keys/{}/revoke", dead.id)).cookie(&cookie).await;
    let rotate = service.post(&format!("/v1/keys/{}/rotate", dead.id)).cookie(&cookie);
    rotate.header("idempotency-key", "try-1").await.problem(409, "key_inactive");
    assert_eq!(service.count("SELECT COUNT(*) FROM attempts").await, 0);
    assert_eq!(create(service, &cookie, "try-1", json!({"name": "robot"})).await.status, 201);
}

async fn an_attempt_is_forgotten_after_24_hours(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let first = create(service, &cookie, "try-1", json!({"name": "robot"})).await.new_key();
    service.pass(SignedDuration::from_secs(86_399));
    let cookie = service.sign_in(KIM).await;
    assert_eq!(create(service, &cookie, "try-1", json!({"name": "robot"})).await.new_key().id, first.id);
    service.pass(SignedDuration::from_secs(1));
    let found = service.get("/v1/keys?idempotency_key=try-1").cookie(&cookie).await;
    assert!(found.ids().is_empty());
    assert_ne!(create(service, &cookie, "try-1", json!({"name": "robot"})).await.new_key().id, first.id);
    assert_eq!(service.count("SELECT COUNT(*) FROM attempts").await, 1);
}

async fn idempotency_keys_of_others_do_not_matter(service: &Service) {
    let (kim, lee) = (service.sign_in(KIM).await, service.sign_in(LEE).await);
    let kims = create(service, &kim, "try-1", json!({"name": "robot"})).await.new_key();
    let lees = create(service, &lee, "try-1", json!({"name": "robot"})).await.new_key();
    assert_ne!(kims.id, lees.id);
    let found = service.get("/v1/keys?idempotency_key=try-1").cookie(&lee).await;
    assert_eq!(found.ids(), [lees.id]);
}

async fn an_orphan_is_found_by_its_idempotency_key(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let created = create(service, &cookie, "lost/create+1", json!({"name": "robot"})).await.new_key();
    let rotate = service.post(&format!("/v1/keys/{}/rotate", created.id)).cookie(&cookie);
    let rotated = rotate.header("idempotency-key", "lost-rotate").await.new_key();
    for (idempotency_key, id) in [("lost%2Fcreate%2B1", created.id), ("lost-rotate", rotated.id)] {
        let found = service.get(&format!("/v1/keys?idempotency_key={idempotency_key}")).cookie(&cookie).await;
        assert_eq!(found.ids(), [id]);
    }
    let none = service.get("/v1/keys?idempotency_key=other").cookie(&cookie).await;
    assert!(none.ids().is_empty());
}

async fn of_many_at_once_one_key_comes_out(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let attempt = || create(service, &cookie, "try-1", json!({"name": "robot"}));
    let (a, b, c, d) = tokio::join!(attempt(), attempt(), attempt(), attempt());
    let answers = [a, b, c, d];
    assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 1);
    let mut valid = 0;
    for answer in answers {
        let secret = answer.new_key().secret;
        let told = service.post("/v1/keys/validate").cookie(&cookie).json(json!({"secret": secret})).await;
        valid += i32::from(told.json()["valid"] == true);
    }
    assert_eq!(valid, 1, "one of the secrets works");
}

async fn a_try_that_comes_late_changes_nothing(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let order = |attempt: u32| json!({"name": "robot", "attempt": attempt});
    let told = create(service, &cookie, "try-1", order(2)).await.new_key();
    for late in [json!({"name": "robot"}), order(1)] {
        create(service, &cookie, "try-1", late).await.problem_at(409, "conflict", "Idempotency-Key");
    }
    assert_eq!(service.get("/v1/account").bearer(&told.secret).await.status, 200, "what was told works");

    let rotate = async |attempt: u32| {
        let call = service.post(&format!("/v1/keys/{}/rotate", told.id)).cookie(&cookie);
        let order = json!({"overlap": "PT1H", "hold": true, "attempt": attempt});
        call.header("idempotency-key", "try-2").json(order).await
    };
    rotate(1).await;
    let successor = rotate(3).await.new_key();
    rotate(2).await.problem_at(409, "conflict", "Idempotency-Key");
    assert_eq!(service.get("/v1/account").bearer(&successor.secret).await.status, 200);
}

async fn what_was_taken_back_is_gone_and_does_not_come(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let take_back = async |key: &str| {
        service.delete(&format!("/v1/keys?idempotency_key={key}")).cookie(&cookie).await.status
    };
    let made = create(service, &cookie, "made", json!({"name": "robot"})).await.new_key();
    // Once more, for whoever lost that answer too.
    for key in ["made", "made", "on-its-way", "on-its-way"] {
        assert_eq!(take_back(key).await, 204, "{key}");
    }
    service.get("/v1/account").bearer(&made.secret).await.problem(401, "unauthorized");
    for (key, attempt) in [("made", 1), ("made", 9), ("on-its-way", 1), ("on-its-way", 9)] {
        let late = create(service, &cookie, key, json!({"name": "robot", "attempt": attempt})).await;
        late.problem_at(409, "conflict", "Idempotency-Key");
    }
    assert_eq!(service.get("/v1/keys").cookie(&cookie).await.ids(), [""; 0]);
    for query in ["", "?idempotency_key=", "?idempotency_key=a&idempotency_key=b", "?status=all"] {
        let refused = service.delete(&format!("/v1/keys{query}")).cookie(&cookie).await;
        refused.problem_at(422, "invalid_request", "idempotency_key");
    }

    let old = service.create(&cookie, json!({})).await;
    let rotate = service.post(&format!("/v1/keys/{}/rotate", old.id)).cookie(&cookie);
    let order = json!({"overlap": "PT1H", "hold": true});
    let successor = rotate.header("idempotency-key", "rotated").json(order).await.new_key();
    assert_eq!(take_back("rotated").await, 204);
    service.get("/v1/account").bearer(&successor.secret).await.problem(401, "unauthorized");
    let left = service.get(&format!("/v1/keys/{}", old.id)).cookie(&cookie).await.json();
    assert_eq!(left["expires_at"], old.key["expires_at"], "the old key ends when it would have");
}

async fn what_was_used_is_not_taken_back(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let made = create(service, &cookie, "used", json!({"name": "robot"})).await.new_key();
    assert_eq!(service.get("/v1/account").bearer(&made.secret).await.status, 200);
    let refused = service.delete("/v1/keys?idempotency_key=used").cookie(&cookie).await;
    refused.problem_at(409, "conflict", "Idempotency-Key");
    let lee = service.sign_in(LEE).await;
    assert_eq!(
        service.delete("/v1/keys?idempotency_key=used").cookie(&lee).await.status,
        204,
        "nobody else's"
    );
    assert_eq!(service.get("/v1/account").bearer(&made.secret).await.status, 200);
}

async fn what_is_no_idempotency_key_is_refused(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let none = create(service, &cookie, "x", json!({"name": "robot", "attempt": 0})).await;
    none.problem_at(422, "invalid_request", "attempt");
    let long = "x".repeat(256);
    for faulty in ["", "a b", "a\tb", &long] {
        let answer = create(service, &cookie, faulty, json!({"name": "robot"})).await;
        answer.problem_at(422, "invalid_request", "Idempotency-Key");
    }
    let twice = service.post("/v1/keys").cookie(&cookie).header("idempotency-key", "a");
    let twice = twice.header("idempotency-key", "b").json(json!({"name": "robot"})).await;
    twice.problem_at(422, "invalid_request", "Idempotency-Key");
    assert_eq!(service.count("SELECT COUNT(*) FROM keys").await, 0);
    let longest = &long[1..];
    assert_eq!(create(service, &cookie, longest, json!({"name": "robot"})).await.status, 201);
}
