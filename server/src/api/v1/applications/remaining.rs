//! How much is left of limits.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::v1::limits::CheckedLimit;
use crate::applications::remaining as service;
use crate::auth::Caller;
use crate::http::problem::Problem;
use crate::limits::check::Told;
use crate::state::App;

/// What is left at this moment, over all servers and guards, as far as they have told.
#[derive(Serialize, ToSchema)]
pub(super) struct RemainingLimits {
    /// Those that count, in the order in which they were declared. Empty: there are none.
    limits: Vec<CheckedLimit>,
}

impl RemainingLimits {
    fn told(limits: Vec<Told>) -> Json<Self> {
        Json(RemainingLimits { limits: limits.into_iter().map(CheckedLimit::from).collect() })
    }
}

/// Tells what is left of a key's limits and of its owner's, and spends nothing: as a
/// check of `cost` 0 does, without the key.
#[utoipa::path(
    get, path = "/v1/applications/{application}/keys/{id}/limits", tag = "applications", operation_id = "getApplicationKeyLimits",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("id" = String, Path, description = "Id of the key", pattern = "^key_[0-9A-Za-z]{16,64}$"),
    ),
    responses(
        (status = 200, description = "What is left", body = RemainingLimits),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn of_key(
    State(app): State<App>,
    caller: Caller,
    Path((application, id)): Path<(String, String)>,
) -> Result<Json<RemainingLimits>, Problem> {
    Ok(RemainingLimits::told(service::of_key(&app, &caller, &application, &id).await?))
}

/// Tells what is left of an owner's limits, which all its keys share, and spends nothing.
#[utoipa::path(
    get, path = "/v1/applications/{application}/owners/{owner}/limits", tag = "applications", operation_id = "getOwnerLimits",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("owner" = String, Path, description = "The application's own id of its customer", min_length = 1, max_length = 128),
    ),
    responses(
        (status = 200, description = "What is left", body = RemainingLimits),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn of_owner(
    State(app): State<App>,
    caller: Caller,
    Path((application, owner)): Path<(String, String)>,
) -> Result<Json<RemainingLimits>, Problem> {
    Ok(RemainingLimits::told(service::of_owner(&app, &caller, &application, &owner).await?))
}
