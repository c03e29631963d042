//! The audit log: who did what, from where, to which key.

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::harness::{KIM, LEE, PASSWORD, Service};

on_both_databases![
    what_happens_is_told_to_its_owner_alone,
    pages_go_on_where_the_last_one_ended,
    events_are_kept_for_their_time,
];

async fn what_happens_is_told_to_its_owner_alone(service: &Service) {
    let sign_in = async |password: &str| {
        let call = service.post("/v1/session").from("192.0.2.1");
        call.json(json!({"user": KIM, "password": password})).await
    };
    sign_in("wrong").await.problem(401, "invalid_credentials");
    let cookie = sign_in(PASSWORD).await.cookie();
    let made = service
        .post("/v1/keys")
        .cookie(&cookie)
        .from("192.0.2.1")
        .json(json!({"name": "x", "scopes": ["keys:write"]}));
    let made = made.await;
    let (key, request_id) = (made.new_key(), made.header("x-request-id").to_owned());
    service.post(&format!("/v1/keys/{}/revoke", key.id)).bearer(&key.secret).from("198.51.100.1").await;
    service.delete(&format!("/v1/keys/{}", key.id)).cookie(&cookie).await;
    service.app.flush().await;

    let page = service.get("/v1/audit").cookie(&cookie).await.json();
    let told = |event: &Value| [event["action"].clone(), event["actor"].clone(), event["address"].clone()];
    let events: Vec<_> = page["items"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(
        events,
        [
            [json!("key.deleted"), json!("session"), json!(null)],
            [json!("key.revoked"), json!(key.id), json!("198.51.100.1")],
            [json!("key.created"), json!("session"), json!("192.0.2.1")],
            [json!("session.started"), json!("session"), json!("192.0.2.1")],
            [json!("session.refused"), json!("nobody"), json!("192.0.2.1")],
            [json!("user.added"), json!("command"), json!(null)],
        ]
    );
    assert_eq!(
        (&page["items"][2]["key_id"], &page["items"][2]["request_id"]),
        (&json!(key.id), &json!(request_id))
    );
    assert_eq!(page["next_cursor"], json!(null));
    let of_key = service.get(&format!("/v1/audit?key_id={}", key.id)).cookie(&cookie).await.json();
    assert_eq!(of_key["items"].as_array().unwrap().len(), 3);

    let lee = service.sign_in(LEE).await;
    let other = service.get(&format!("/v1/audit?key_id={}", key.id)).cookie(&lee).await.json();
    assert_eq!(other["items"], json!([]));
    assert!(!page.to_string().contains(&key.secret));
}

async fn pages_go_on_where_the_last_one_ended(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    for _ in 0..7 {
        service.create(&cookie, json!({})).await;
    }
    service.app.flush().await;
    let (mut sizes, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = service.get(&format!("/v1/audit?limit=4{cursor}")).cookie(&cookie).await.json();
        sizes.push(page["items"].as_array().unwrap().len());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(sizes, [4, 4, 1]);
    for (query, field) in [("limit=0", "limit"), ("cursor=x", "cursor"), ("key_id=x", "key_id")] {
        let refused = service.get(&format!("/v1/audit?{query}")).cookie(&cookie).await;
        refused.problem_at(422, "invalid_request", field);
    }
}

async fn events_are_kept_for_their_time(service: &Service) {
    service.sign_in(KIM).await;
    service.app.flush().await;
    let before = service.count("SELECT COUNT(*) FROM audit").await;
    assert!(before > 0);
    service.pass(service.app.config().audit_retention - SignedDuration::from_hours(1));
    service.app.sweep().await;
    assert_eq!(service.count("SELECT COUNT(*) FROM audit").await, before);
    service.pass(SignedDuration::from_hours(2));
    service.app.sweep().await;
    assert_eq!(service.count("SELECT COUNT(*) FROM audit").await, 0);
}
