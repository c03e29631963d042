//! Making keys of an application.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::key::NewApplicationKey;
use crate::api::v1::idempotency_key::{IdempotencyKey, first_try, whole};
use crate::applications::create::{self as service, IssueOrder, Particulars};
use crate::applications::rotate as rotation;
use crate::auth::Caller;
use crate::config::KeyEnvironment;
use crate::http::body::{JsonBody, OptionalJsonBody};
use crate::http::problem::Problem;
use crate::keys::idempotency::Repeat;
use crate::limits::declare::Declaration;
use crate::state::App;

/// What the new key is to be. `expires_in` and `expires_at` exclude each other.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IssueKey {
    /// Your own id of the customer: 1 to 128 visible ASCII characters without `/ ? # % \`.
    /// An owner is made by its first key.
    #[schema(example = "cust_7", min_length = 1, max_length = 128)]
    owner: String,
    /// At most 100 characters.
    name: Option<String>,
    /// Absent: that of the application's first format.
    environment: Option<KeyEnvironment>,
    /// Of those that the application has, if it has any. At most 32.
    #[schema(max_items = 32)]
    scopes: Option<Vec<String>>,
    /// Whatever you want to have told with each check: at most 4,096 bytes as JSON.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// How much it may use. Absent: as much as the application says.
    #[schema(max_items = 8)]
    limits: Option<Vec<Declaration>>,
    /// Networks from which it may be used: at most 32.
    #[schema(max_items = 32, example = json!(["10.0.0.0/8"]))]
    allowed_addresses: Option<Vec<String>>,
    /// ISO 8601 duration, or `never`. Absent: the application's `default_lifetime`.
    #[schema(example = "P3M")]
    expires_in: Option<String>,
    /// The moment it ends, instead of `expires_in`.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Which try it is under the same Idempotency-Key. One that comes after a
    /// later one was answered changes nothing.
    #[serde(default = "first_try", deserialize_with = "whole")]
    #[schema(value_type = i64, default = 1, minimum = 1, maximum = 4294967295_i64)]
    attempt: u32,
}

/// Issues a key to an owner and tells it, this once.
#[utoipa::path(
    post, path = "/v1/applications/{application}/keys", tag = "applications", operation_id = "issueKey",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("Idempotency-Key" = Option<String>, Header, description = "As for a key of your own: a repeat within 24 hours gets the same key with a fresh secret, and the first, unseen secret dies. Each application has Idempotency-Keys of its own", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$"),
    ),
    request_body = IssueKey,
    responses(
        (status = 201, description = "Issued", body = NewApplicationKey),
        (status = 409, description = "The Idempotency-Key stands for another request, or its key was used or has ended"),
        (status = 422, description = "A value cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(application): Path<String>,
    idempotency_key: IdempotencyKey,
    JsonBody(request): JsonBody<IssueKey>,
) -> Result<(StatusCode, Json<NewApplicationKey>), Problem> {
    let IssueKey { owner, expires_in, expires_at, attempt, .. } = request;
    let IssueKey { name, environment, scopes, metadata, limits, allowed_addresses, .. } = request;
    let more = Particulars { name, environment, scopes, metadata, limits, allowed_addresses };
    let order = IssueOrder { owner, expires_in, expires_at, more };
    let repeat = Repeat { idempotency_key: idempotency_key.0, attempt };
    let issued = service::create(&app, &caller, &application, order, &repeat).await?;
    Ok((StatusCode::CREATED, Json(NewApplicationKey::told(issued, app.now()))))
}

/// How the change goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RotateApplicationKey {
    /// How long the old key lives on, but never past its own end.
    #[serde(default)]
    #[schema(default = 0, minimum = 0)]
    overlap_seconds: i64,
    /// As for issuing a key.
    #[serde(default = "first_try", deserialize_with = "whole")]
    #[schema(value_type = i64, default = 1, minimum = 1, maximum = 4294967295_i64)]
    attempt: u32,
}

impl Default for RotateApplicationKey {
    fn default() -> Self {
        RotateApplicationKey { overlap_seconds: 0, attempt: first_try() }
    }
}

/// Makes a successor with the same owner, name, scopes, metadata, networks and end,
/// and tells it, this once. Neither key's life is extended.
#[utoipa::path(
    post, path = "/v1/applications/{application}/keys/{id}/rotate", tag = "applications", operation_id = "rotateApplicationKey",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("id" = String, Path, description = "Id of an active key", pattern = "^key_[0-9A-Za-z]{16,64}$"),
        ("Idempotency-Key" = Option<String>, Header, description = "As for issuing a key", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$"),
    ),
    request_body = Option<RotateApplicationKey>,
    responses(
        (status = 201, description = "The successor; `replaced` is the old key", body = NewApplicationKey),
        (status = 409, description = "The key is not active, or it has an active successor already; or as for issuing a key"),
        (status = 422, description = "A value cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn rotate(
    State(app): State<App>,
    caller: Caller,
    Path((application, id)): Path<(String, String)>,
    idempotency_key: IdempotencyKey,
    OptionalJsonBody(request): OptionalJsonBody<RotateApplicationKey>,
) -> Result<(StatusCode, Json<NewApplicationKey>), Problem> {
    let RotateApplicationKey { overlap_seconds, attempt } = request;
    let repeat = Repeat { idempotency_key: idempotency_key.0, attempt };
    let issued = rotation::rotate(&app, &caller, &application, &id, overlap_seconds, &repeat).await?;
    Ok((StatusCode::CREATED, Json(NewApplicationKey::told(issued, app.now()))))
}
