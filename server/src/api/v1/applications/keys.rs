//! Looking at the keys of an application, and ending them.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::key::ApplicationKey;
use crate::api::v1::query::Query;
use crate::applications::end;
use crate::applications::look::{self, IssuedOrder};
use crate::applications::owner;
use crate::auth::Caller;
use crate::http::problem::Problem;
use crate::keys::ID_PREFIX;
use crate::state::App;

/// A page of an application's keys.
#[derive(Serialize, ToSchema)]
pub(super) struct ApplicationKeyPage {
    /// Newest first.
    items: Vec<ApplicationKey>,
    /// For the parameter `cursor`, to get the next page. `null`: this is the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Which keys to list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is described here, and read by hand")]
pub(super) struct ListApplicationKeys {
    /// Only those of this owner.
    #[param(nullable = false, min_length = 1, max_length = 128)]
    owner: Option<String>,
    /// `active`, `inactive` (any other), `expired`, `revoked`, `disabled` or `all`.
    #[param(default = "all", nullable = false)]
    status: Option<String>,
    /// Part of the name, upper or lower case.
    #[param(nullable = false)]
    search: Option<String>,
    /// Only active keys that end by themselves within so many days.
    #[param(nullable = false, minimum = 1, maximum = 3660)]
    ends_within_days: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
    /// Keys per page.
    #[param(minimum = 1, maximum = 100, default = 50, nullable = false)]
    limit: Option<u32>,
}

const PARAMETERS: [&str; 6] = ["owner", "status", "search", "ends_within_days", "cursor", "limit"];
const STATUSES: [&str; 6] = ["active", "inactive", "expired", "revoked", "disabled", "all"];

/// Lists an application's keys, newest first. A page may hold fewer keys than asked
/// for, or none, and still have a next one: one request looks at 5,000 keys at most.
#[utoipa::path(
    get, path = "/v1/applications/{application}/keys", tag = "applications", operation_id = "listApplicationKeys",
    params(("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"), ListApplicationKeys),
    responses(
        (status = 200, description = "A page of keys", body = ApplicationKeyPage),
        (status = 422, description = "A parameter cannot be used; `field` names it"),
        (status = 429, description = "Too many lists of this user at once"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(application): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<ApplicationKeyPage>, Problem> {
    let mut query = Query::read(query.as_deref(), &PARAMETERS)?;
    let owner = query.take("owner");
    let owner = owner.map(|owner| owner::read_id("owner", &owner).map(str::to_owned)).transpose()?;
    let order = IssuedOrder {
        owner: owner.unwrap_or_default(),
        status: query.status(&STATUSES)?,
        search: query.search()?,
        ends_within_days: query.ends_within_days()?,
        page: query.page()?,
    };
    let listed = look::list(&app, &caller, &application, &order).await?;
    let next_cursor = listed.next.as_deref().and_then(|id| id.strip_prefix(ID_PREFIX)).map(str::to_owned);
    let now = app.now();
    let items = listed.keys.into_iter().map(|key| ApplicationKey::told(key, now)).collect();
    Ok(Json(ApplicationKeyPage { items, next_cursor }))
}

/// Tells of one key of an application.
#[utoipa::path(
    get, path = "/v1/applications/{application}/keys/{id}", tag = "applications", operation_id = "getApplicationKey",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("id" = String, Path, description = "Id of the key", pattern = "^key_[0-9A-Za-z]{16,64}$"),
    ),
    responses(
        (status = 200, description = "The key", body = ApplicationKey),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn get(
    State(app): State<App>,
    caller: Caller,
    Path((application, id)): Path<(String, String)>,
) -> Result<Json<ApplicationKey>, Problem> {
    let key = look::get(&app, &caller, &application, &id).await?;
    Ok(Json(ApplicationKey::told(key, app.now())))
}

/// Ends a key for good, at once. One that has ended already stays as it is.
#[utoipa::path(
    post, path = "/v1/applications/{application}/keys/{id}/revoke", tag = "applications", operation_id = "revokeApplicationKey",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("id" = String, Path, description = "Id of the key", pattern = "^key_[0-9A-Za-z]{16,64}$"),
    ),
    responses(
        (status = 200, description = "The key with its end", body = ApplicationKey),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path((application, id)): Path<(String, String)>,
) -> Result<Json<ApplicationKey>, Problem> {
    let key = end::revoke(&app, &caller, &application, &id).await?;
    Ok(Json(ApplicationKey::told(key, app.now())))
}

/// Deletes a key that has expired or was revoked. Its id is unknown from then on.
#[utoipa::path(
    delete, path = "/v1/applications/{application}/keys/{id}", tag = "applications", operation_id = "deleteApplicationKey",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("id" = String, Path, description = "Id of a key that has ended", pattern = "^key_[0-9A-Za-z]{16,64}$"),
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 409, description = "The key has not ended"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path((application, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    end::delete(&app, &caller, &application, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
