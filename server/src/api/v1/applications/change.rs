//! Changing what a key of an application may do.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::key::ApplicationKey;
use super::present;
use crate::applications::change::{self as service, IssuedChange};
use crate::auth::Caller;
use crate::http::body::JsonBody;
use crate::http::problem::Problem;
use crate::limits::declare::Declaration;
use crate::state::App;

/// What is to be another; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeApplicationKey {
    #[schema(min_length = 1)]
    name: Option<String>,
    /// All of them.
    #[schema(max_items = 32)]
    scopes: Option<Vec<String>>,
    /// All of it: at most 4,096 bytes as JSON.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// All of them; `null`: those of the application. What is used of a quota stays used.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<Declaration>>, max_items = 8)]
    limits: Option<Option<Vec<Declaration>>>,
    /// All of them; empty: from anywhere.
    #[schema(max_items = 32)]
    allowed_addresses: Option<Vec<String>>,
    /// Whether it works, until this is taken back.
    disabled: Option<bool>,
    /// Only earlier than it is.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

/// Changes a key. From the answer on, each check by this server goes by it, and
/// soon each by another.
#[utoipa::path(
    patch, path = "/v1/applications/{application}/keys/{id}", tag = "applications", operation_id = "changeApplicationKey",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("id" = String, Path, description = "Id of the key", pattern = "^key_[0-9A-Za-z]{16,64}$"),
    ),
    request_body = ChangeApplicationKey,
    responses(
        (status = 200, description = "The key as it is now", body = ApplicationKey),
        (status = 403, description = "The key lacks the scope keys:write; the management key keys:create, or keys:revoke to disable"),
        (status = 422, description = "A value cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path((application, id)): Path<(String, String)>,
    JsonBody(request): JsonBody<ChangeApplicationKey>,
) -> Result<Json<ApplicationKey>, Problem> {
    let ChangeApplicationKey { name, scopes, metadata, limits, allowed_addresses, disabled, expires_at } =
        request;
    let change = IssuedChange { name, scopes, metadata, limits, allowed_addresses, disabled, expires_at };
    let key = service::change(&app, &caller, &application, &id, change).await?;
    Ok(Json(ApplicationKey::told(key, app.now())))
}
