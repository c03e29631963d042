//! Whose key ends soon is told in time.

use jiff::SignedDuration;
use serde_json::json;

use crate::harness::{Answer, KIM, Service};

on_both_databases![a_key_with_little_time_left_is_told_so, a_list_has_what_ends_soon,];

const HEADER: &str = "keylatch-key-expires";

async fn a_key_with_little_time_left_is_told_so(service: &Service) {
    let application = service.application(json!({})).await;
    let create = async |expires_in: &str| {
        let order = json!({"expires_in": expires_in, "scopes": ["keys:read"]});
        service.create(&application.cookie, order).await.secret
    };
    let (soon, later, never) = (create("P29D").await, create("P31D").await, create("never").await);
    let end = |answer: &Answer| answer.header(HEADER).to_owned();
    for path in ["/v1/account", "/v1/keys", "/v1/keys/key_0123456789abcdef"] {
        assert_eq!(end(&service.get(path).bearer(&soon).await), "2026-12-19T10:00:00Z", "{path}");
        for key in [&later, &never] {
            assert_eq!(end(&service.get(path).bearer(key).await), "", "{path}");
        }
    }
    assert_eq!(end(&service.get("/v1/account").cookie(&application.cookie).await), "");
    service.pass(SignedDuration::from_hours(24));
    assert_eq!(end(&service.get("/v1/account").bearer(&later).await), "", "exactly 30 days");
    service.pass(SignedDuration::from_secs(1));
    assert_eq!(end(&service.get("/v1/account").bearer(&later).await), "2026-12-21T10:00:00Z");

    let order = json!({"name": "x", "scopes": ["verify"], "expires_in": "P1D"});
    let path = application.path("/management-keys");
    // The first session has ended meanwhile.
    let cookie = service.sign_in(KIM).await;
    let manager = service.post(&path).cookie(&cookie).json(order).await.json();
    let ask = json!({"key": "unknown"});
    let answer = service.post("/v1/verify").bearer(manager["secret"].as_str().unwrap()).json(ask).await;
    assert_eq!(end(&answer), manager["expires_at"].as_str().unwrap());
    service.pass(SignedDuration::from_hours(24));
    let answer = service
        .post("/v1/verify")
        .bearer(manager["secret"].as_str().unwrap())
        .json(json!({"key": "x"}))
        .await;
    answer.problem(401, "unauthorized");
    assert_eq!(end(&answer), "", "it has ended, which the refusal says");
}

async fn a_list_has_what_ends_soon(service: &Service) {
    let application = service.application(json!({})).await;
    let cookie = service.sign_in(KIM).await;
    let mut own = Vec::new();
    let mut issued = Vec::new();
    for expires_in in ["PT1H", "P5D", "P7D", "P8D", "never"] {
        own.push(service.create(&cookie, json!({"expires_in": expires_in})).await.id);
        issued.push(application.issue(json!({"expires_in": expires_in})).await.id);
    }
    service.post(&format!("/v1/keys/{}/revoke", own[1])).cookie(&cookie).await;
    service
        .post(&application.path(&format!("/keys/{}/revoke", issued[1])))
        .bearer(&application.manager)
        .await;
    service.pass(SignedDuration::from_hours(1));
    for (days, number) in [(1, None), (6, None), (7, Some(2)), (8, Some(3))] {
        let query = format!("ends_within_days={days}");
        let found = service.get(&format!("/v1/keys?{query}")).cookie(&cookie).await.ids();
        let path = application.path(&format!("/keys?{query}"));
        let found_issued = service.get(&path).bearer(&application.manager).await.ids();
        let from = number.map_or(2, |number| number + 1);
        let expected = |ids: &[String]| ids[2..from].iter().rev().cloned().collect::<Vec<_>>();
        assert_eq!((found, found_issued), (expected(&own), expected(&issued)), "{days}");
    }
    for wrong in ["0", "3661", "soon", ""] {
        let answer = service.get(&format!("/v1/keys?ends_within_days={wrong}")).cookie(&cookie).await;
        answer.problem_at(422, "invalid_request", "ends_within_days");
    }
}

#[tokio::test]
async fn a_page_of_another_origin_may_read_the_header() {
    let service =
        Service::with(|config| config.allowed_origins = vec!["https://app.example.com".parse().unwrap()])
            .await;
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({"expires_in": "P1D", "scopes": ["keys:read"]})).await;
    let answer =
        service.get("/v1/keys").bearer(&key.secret).header("origin", "https://app.example.com").await;
    assert!(answer.header("access-control-expose-headers").contains(HEADER), "{:?}", answer.headers);
    assert_eq!(answer.header(HEADER), "2026-11-21T10:00:00Z");
}
