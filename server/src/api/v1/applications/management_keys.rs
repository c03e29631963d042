//! What an application's own programs act by.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use keylatch_format::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::application::ListPage;
use crate::api::v1::idempotency_key::{IdempotencyKey, first_try, whole};
use crate::api::v1::key::{Status, expose};
use crate::api::v1::query::Query;
use crate::applications::management::{self as service, ManagementOrder};
use crate::auth::Caller;
use crate::http::body::JsonBody;
use crate::http::problem::Problem;
use crate::keys::idempotency::Repeat;
use crate::state::App;
use crate::store;

/// A management key as it is told of; never the key itself.
#[derive(Serialize, ToSchema)]
pub(super) struct ManagementKey {
    #[schema(example = "mgmt_9fK2mVb7Qx0LrT4sYz1C")]
    id: String,
    application_id: String,
    #[schema(example = "our API server")]
    name: String,
    #[schema(example = "kl_mgmt_…Ab12")]
    masked: String,
    status: Status,
    scopes: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// `null`: it does not expire.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    expires_at: Option<Timestamp>,
    /// To the minute. `null`: it was never used.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    last_used_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    revoked_at: Option<Timestamp>,
}

impl ManagementKey {
    fn told(key: store::management::ManagementKey, now: Timestamp) -> Self {
        ManagementKey {
            masked: key.masked(),
            status: Status::of(key.status(now)),
            id: key.id,
            application_id: key.application_id,
            name: key.name,
            scopes: key.scopes,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
        }
    }
}

/// A new management key, the only time that it is told.
#[derive(Serialize, ToSchema)]
pub(super) struct NewManagementKey {
    #[serde(flatten)]
    key: ManagementKey,
    /// The key itself. It is not stored and cannot be told again.
    #[schema(value_type = String, example = "kl_mgmt_…")]
    #[serde(serialize_with = "expose")]
    secret: Secret,
}

/// What the new key is to be. `expires_in` and `expires_at` exclude each other.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateManagementKey {
    #[schema(example = "our API server", min_length = 1)]
    name: String,
    /// `verify`, `keys:create`, `keys:read`, `keys:revoke`.
    #[schema(min_items = 1, example = json!(["verify"]))]
    scopes: Vec<String>,
    /// ISO 8601 duration of at most ten years, or `never`. Made with a key, it ends
    /// no later than that one.
    #[schema(default = "P3M")]
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

/// Makes a management key and tells it, this once.
#[utoipa::path(
    post, path = "/v1/applications/{application}/management-keys", tag = "applications", operation_id = "createManagementKey",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("Idempotency-Key" = Option<String>, Header, description = "As for issuing a key", min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$"),
    ),
    request_body = CreateManagementKey,
    responses(
        (status = 201, description = "Made", body = NewManagementKey),
        (status = 409, description = "The Idempotency-Key stands for another request, or its key was used or has ended"),
        (status = 403, description = "The key lacks a scope, or asks for more than it may do itself; a management key makes none"),
        (status = 422, description = "A value cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path(application): Path<String>,
    idempotency_key: IdempotencyKey,
    JsonBody(request): JsonBody<CreateManagementKey>,
) -> Result<(StatusCode, Json<NewManagementKey>), Problem> {
    let CreateManagementKey { name, scopes, expires_in, expires_at, attempt } = request;
    let order = ManagementOrder { name, scopes, expires_in, expires_at };
    let repeat = Repeat { idempotency_key: idempotency_key.0, attempt };
    let (key, secret) = service::create(&app, &caller, &application, order, &repeat).await?;
    let key = ManagementKey::told(key, app.now());
    Ok((StatusCode::CREATED, Json(NewManagementKey { key, secret })))
}

/// A page of management keys.
#[derive(Serialize, ToSchema)]
pub(super) struct ManagementKeyPage {
    /// Newest first.
    items: Vec<ManagementKey>,
    /// For the parameter `cursor`, to get the next page. `null`: this is the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Lists an application's management keys, newest first.
#[utoipa::path(
    get, path = "/v1/applications/{application}/management-keys", tag = "applications", operation_id = "listManagementKeys",
    params(("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"), ListPage),
    responses(
        (status = 200, description = "A page of management keys", body = ManagementKeyPage),
        (status = 422, description = "A parameter cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(application): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<ManagementKeyPage>, Problem> {
    let page = Query::read(query.as_deref(), &["cursor", "limit"])?.page()?;
    let (found, next_cursor) = service::list(&app, &caller, &application, &page).await?;
    let now = app.now();
    let items = found.into_iter().map(|key| ManagementKey::told(key, now)).collect();
    Ok(Json(ManagementKeyPage { items, next_cursor }))
}

/// Ends a management key for good. It stays in the list, as revoked.
#[utoipa::path(
    delete, path = "/v1/applications/{application}/management-keys/{id}", tag = "applications", operation_id = "revokeManagementKey",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("id" = String, Path, description = "Id of the management key", pattern = "^mgmt_[0-9A-Za-z]{16,64}$"),
    ),
    responses(
        (status = 204, description = "Ended"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path((application, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    service::revoke(&app, &caller, &application, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
