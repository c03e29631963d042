//! Whoever finds a key can end it.

use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use keylatch_format::hex;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::harness::{Answer, KIM, LEE, Service};

on_both_databases![
    a_key_of_any_kind_is_ended_and_its_user_can_see_it,
    the_answer_is_the_same_whatever_is_known,
    an_imported_key_is_ended_wherever_it_is_known,
    a_key_that_was_imported_twice_is_ended_twice,
    white_space_around_a_key_is_none_of_it,
    a_disabled_key_is_ended_too,
    an_address_reports_sixty_times_an_hour,
];
and_with_redis![an_address_reports_sixty_times_an_hour];

async fn report(service: &Service, keys: Value) -> Answer {
    service.post("/v1/leaked").json(json!({"keys": keys})).await
}

async fn a_key_of_any_kind_is_ended_and_its_user_can_see_it(service: &Service) {
    let application = service.application(json!({})).await;
    let own = service.create(&application.cookie, json!({})).await;
    let issued = application.issue(json!({})).await;
    let narrow = application.management_key(&["verify"]).await;
    let lees = service.create(&service.sign_in(LEE).await, json!({})).await;
    for key in [&own.secret, &lees.secret] {
        assert_eq!(service.get("/v1/account").bearer(key).await.status, 200);
    }
    assert_eq!(application.code(&issued.secret).await, "valid");
    let keys = json!([own.secret, issued.secret, narrow, lees.secret, "unknown"]);
    let answer = service.post("/v1/leaked").from("198.51.100.7").json(json!({"keys": keys})).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (202, json!({"received": 5})));
    for key in [&own.secret, &lees.secret, &narrow] {
        service.get("/v1/account").bearer(key).await.problem(401, "unauthorized");
    }
    assert_eq!(application.code(&issued.secret).await, "revoked");
    service.app.flush().await;
    let events = service.get("/v1/audit").cookie(&application.cookie).await.json();
    let leaked: Vec<_> =
        events["items"].as_array().unwrap().iter().filter(|event| event["action"] == "key.leaked").collect();
    let of = |id: &Value| leaked.iter().find(|event| event["key_id"] == *id).unwrap();
    assert_eq!(leaked.len(), 3, "Lee's is in Lee's account");
    let event = of(&json!(issued.id));
    assert_eq!((&event["actor"], &event["address"]), (&json!("nobody"), &json!("198.51.100.7")));
    assert_eq!(event["application_id"], json!(application.id));
    assert_eq!(of(&json!(own.id))["application_id"], Value::Null);
}

async fn the_answer_is_the_same_whatever_is_known(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await;
    for keys in [json!([key.secret]), json!([key.secret]), json!(["unknown"]), json!([""])] {
        let answer = report(service, keys).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (202, json!({"received": 1})));
    }
    report(service, json!(vec!["x"; 101])).await.problem_at(422, "invalid_request", "keys");
    report(service, json!([])).await.problem_at(422, "invalid_request", "keys");
}

async fn an_imported_key_is_ended_wherever_it_is_known(service: &Service) {
    let (here, there) = (service.application(json!({})).await, service.application(json!({})).await);
    let hash = "d70d981d87b449c107327c2a2afbf00d4b58070d6ba571aac35d7ea3e7c79f37";
    let order = json!({
        "rule": {"algorithm": "sha256", "input": "after_last", "id_part": "before_last", "encoding": "hex"},
        "keys": [{"hash": hash, "id_part": "mycompany_BRTRKFsL", "owner": "a"}],
    });
    for application in [&here, &there] {
        let path = application.path("/keys/import");
        let answer = service.post(&path).bearer(&application.manager).json(order.clone()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
    }
    report(service, json!(["other_BRTRKFsL_51FwqftsmMDHHbJAMEXXHCgG"])).await;
    let key = "mycompany_BRTRKFsL_51FwqftsmMDHHbJAMEXXHCgG";
    assert_eq!(here.code(key).await, "valid", "another key with the same hash was reported");
    report(service, json!([key])).await;
    for application in [&here, &there] {
        assert_eq!(application.code(key).await, "revoked");
    }
}

async fn a_key_that_was_imported_twice_is_ended_twice(service: &Service) {
    let application = service.application(json!({})).await;
    let own = application.issue(json!({})).await;
    let mut ids = vec![own.id.clone()];
    for pepper in ["one", "other"] {
        let mac = Hmac::<Sha256>::new_from_slice(pepper.as_bytes()).unwrap().chain_update(&own.secret);
        let hash = hex(&mac.finalize().into_bytes());
        let order = json!({
            "rule": {"algorithm": "sha256", "input": "whole", "encoding": "hex", "pepper": pepper},
            "keys": [{"hash": hash, "owner": "cust_7"}],
        });
        let path = application.path("/keys/import");
        let answer = service.post(&path).bearer(&application.manager).json(order).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        ids.push(answer.json()["keys"][0]["id"].as_str().unwrap().to_owned());
    }
    report(service, json!([own.secret])).await;
    for id in &ids {
        let path = application.path(&format!("/keys/{id}"));
        let told = service.get(&path).bearer(&application.manager).await.json();
        assert_eq!(told["status"], "revoked", "{told}");
        // Another one that is left would be found from now on.
        service.delete(&path).bearer(&application.manager).await;
    }
    assert_eq!(application.code(&own.secret).await, "not_found");
}

async fn white_space_around_a_key_is_none_of_it(service: &Service) {
    let application = service.application(json!({})).await;
    let (issued, other) = (application.issue(json!({})).await, application.issue(json!({})).await);
    let own = service.create(&application.cookie, json!({})).await;
    let keys =
        [format!("{}\n", issued.secret), format!("  {}\r\n", own.secret), format!("\t{}x", other.secret)];
    let answer = report(service, json!(keys)).await;
    assert_eq!(answer.json(), json!({"received": 3}));
    assert_eq!(application.code(&issued.secret).await, "revoked");
    service.get("/v1/account").bearer(&own.secret).await.problem(401, "unauthorized");
    assert_eq!(application.code(&other.secret).await, "valid");
}

async fn a_disabled_key_is_ended_too(service: &Service) {
    let application = service.application(json!({})).await;
    let key = application.issue(json!({})).await;
    let path = application.path(&format!("/keys/{}", key.id));
    service.patch(&path).bearer(&application.manager).json(json!({"disabled": true})).await;
    report(service, json!([key.secret])).await;
    service.patch(&path).bearer(&application.manager).json(json!({"disabled": false})).await;
    assert_eq!(application.code(&key.secret).await, "revoked");
}

async fn an_address_reports_sixty_times_an_hour(service: &Service) {
    let from =
        async |address: &str| service.post("/v1/leaked").from(address).json(json!({"keys": ["x"]})).await;
    for _ in 0..60 {
        assert_eq!(from("192.0.2.1").await.status, 202);
    }
    service.pass(SignedDuration::from_mins(59));
    // What counts is not swept out before its time.
    service.app.sweep().await;
    let refused = from("192.0.2.1").await;
    refused.problem(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), "61");
    assert_eq!(from("192.0.2.2").await.status, 202);
    for number in 0..60 {
        assert_eq!(from(&format!("2001:db8:0:7::{number}")).await.status, 202);
    }
    from("2001:db8:0:7:ffff::1").await.problem(429, "rate_limited");
    service.pass(SignedDuration::from_mins(1));
    assert_eq!(from("192.0.2.1").await.status, 202);
}
