//! APIs that a user protects, their management keys, and who may do what to them.

use axum::http::Method;
use serde_json::{Value, json};

use crate::harness::{KIM, LEE, Service};

on_both_databases![an_application_is_told_as_it_was_made,];

async fn an_application_is_told_as_it_was_made(service: &Service) {
    let application =
        service.application(json!({"scopes": [{"name": "mesh:read"}], "longest_lifetime": "P1Y"})).await;
    let told = service.get(&application.path("")).cookie(&application.cookie).await.json();
    assert_eq!(
        told,
        json!({
            "id": application.id,
            "name": "Acme API",
            "formats": [
                {"environment": "live", "prefix": "acme_live_"}, {"environment": "test", "prefix": "acme_test_"},
            ],
            "default_lifetime": "P3M",
            "longest_lifetime": "P1Y",
            "scopes": [{"name": "mesh:read", "description": ""}],
            "limits": [],
            "on_limiter_failure": "deny",
            "created_at": "2026-11-20T10:00:00Z",
            "updated_at": "2026-11-20T10:00:00Z",
        })
    );
    let _ = (Method::GET, Value::Null, KIM, LEE);
}
