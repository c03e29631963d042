//! Luminary Cloud's wire, as recorded (`docs/wire.md`, section 4.1).

use serde_json::json;

use crate::harness::{KIM, Service};

on_both_databases![there_are_no_pipelines, only_the_clouds_own_header_carries_a_key];

const LISTS: [&str; 3] =
    ["/rest/v0/pipelines?skip=0&limit=100", "/rest/v0/pipelines", "/rest/v0/pipeline_jobs?skip=0&limit=100"];

async fn there_are_no_pipelines(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await.secret;
    for path in LISTS {
        let call = service.get(path).header("x-api-key", &key);
        let answer = call.header("x-client-version", "python-sdk-v0.28.1").await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), "application/json", "{path}");
        assert_eq!(answer.json(), json!({"data": [], "total": 0}), "{path}");
    }
    let single = service.get("/rest/v0/pipelines/0123").header("x-api-key", &key).await;
    single.problem(404, "not_found");
    assert_ne!(single.text, "fault filter abort", "which the client would take for a reason to try again");
}

async fn only_the_clouds_own_header_carries_a_key(service: &Service) {
    let cookie = service.sign_in(KIM).await;
    let key = service.create(&cookie, json!({})).await.secret;
    for path in LISTS {
        service.get(path).await.problem(401, "unauthorized");
        service.get(path).cookie(&cookie).await.problem(401, "unauthorized");
        service.get(path).bearer(&key).await.problem(401, "unauthorized");
        let twice = service.get(path).header("x-api-key", &key).header("x-api-key", &key).await;
        twice.problem(401, "unauthorized");
    }
}
