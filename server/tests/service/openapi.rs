//! The description of the API: kept as a file, and true.

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{KIM, Service};

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

/// Whoever changes the API sees it in the diff of `openapi.json`.
#[tokio::test]
async fn the_description_is_the_one_in_the_file() {
    let service = Service::on_sqlite().await;
    let described = service.get("/openapi.json").await.json();
    if std::env::var_os("UPDATE_SNAPSHOT").is_some() {
        std::fs::write(SNAPSHOT, serde_json::to_string_pretty(&described).unwrap() + "\n").unwrap();
    }
    let kept = std::fs::read_to_string(SNAPSHOT).unwrap_or_default();
    let kept: Value = serde_json::from_str(&kept).unwrap_or_default();
    assert!(kept == described, "server/openapi.json is out of date: run this test with UPDATE_SNAPSHOT=1");
}

/// Each operation exists, answers as it is described, and needs a credential
/// exactly when it says so.
#[tokio::test]
async fn every_operation_answers_as_described() {
    let service = Service::on_sqlite().await;
    let cookie = service.sign_in(KIM).await;
    let api = service.get("/openapi.json").await.json();
    let mut operations = 0;
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            operations += 1;
            let name = format!("{method} {path}");
            let responses = operation["responses"].as_object().unwrap();
            let (method, body) = (Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), json!({}));
            let path = path.replace("{id}", "key_0123456789abcdef").replace("{code}", "nothing");
            let path = path.replace("{application}", "app_0123456789abcdef").replace("{owner}", "cust_7");
            let path = path.replace("{guard}", "grd_0123456789abcdef");

            let anonymous = service.call(method.clone(), &path).json(body.clone()).await;
            let needs_credential =
                operation["security"].as_array().is_some_and(|ways| !ways.contains(&json!({})));
            assert_eq!(anonymous.status == 401, needs_credential, "{name}");
            assert_ne!(anonymous.status, 405, "{name}");
            let known = service.call(method, &path).cookie(&cookie).json(body).await;
            for answer in [anonymous, known] {
                let described = responses.get(answer.status.as_str());
                let described = described.unwrap_or_else(|| panic!("{name} answered {}", answer.status));
                let kind = answer.header("content-type").split(';').next().unwrap();
                assert!(kind.is_empty() || described["content"].get(kind).is_some(), "{name}: {kind}");
            }
        }
    }
    assert_eq!(operations, 45);
}

/// The members of each told key and problem are those of the schema.
#[tokio::test]
async fn schemas_have_the_members_that_are_told() {
    let service = Service::on_sqlite().await;
    let cookie = service.sign_in(KIM).await;
    let api = service.get("/openapi.json").await.json();
    let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let key = service.create(&cookie, json!({})).await.key;
    assert_eq!(members(&api["components"]["schemas"]["Key"]["properties"]), members(&key));
    let problem = service.post("/v1/keys").cookie(&cookie).json(json!({})).await.json();
    assert_eq!(members(&api["components"]["schemas"]["Problem"]["properties"]), members(&problem));
}

#[tokio::test]
async fn references_lead_somewhere() {
    let api = Service::on_sqlite().await.get("/openapi.json").await;
    let json = api.json();
    for reference in api.text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(json.pointer(pointer).is_some(), "{pointer}");
    }
}
