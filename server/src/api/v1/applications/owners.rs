//! The customers of an application.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::application::ListPage;
use crate::api::v1::query::Query;
use crate::applications::owner::{self as service, OwnerChange};
use crate::auth::Caller;
use crate::http::body::OptionalJsonBody;
use crate::http::problem::Problem;
use crate::limits::declare::{Declaration, Limit};
use crate::state::App;
use crate::store::{self, owners::CountedOwner};

/// A customer of an application.
#[derive(Serialize, ToSchema)]
pub(super) struct Owner {
    /// The application's own.
    #[schema(example = "cust_7")]
    id: String,
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    /// How much all its keys may use together, besides what each may.
    #[schema(value_type = Vec<Declaration>)]
    limits: Vec<Limit>,
    /// How many keys it has, whatever their state.
    keys: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl Owner {
    fn told(CountedOwner { owner, keys }: CountedOwner) -> Self {
        let store::owners::Owner { id, metadata, limits, created_at } = owner;
        Owner { id, metadata, limits, keys, created_at }
    }
}

/// A page of owners.
#[derive(Serialize, ToSchema)]
pub(super) struct OwnerPage {
    /// In the order of their ids.
    items: Vec<Owner>,
    /// For the parameter `cursor`, to get the next page. `null`: this is the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Lists an application's owners in the order of their ids.
#[utoipa::path(
    get, path = "/v1/applications/{application}/owners", tag = "applications", operation_id = "listOwners",
    params(("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"), ListPage),
    responses(
        (status = 200, description = "A page of owners", body = OwnerPage),
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
) -> Result<Json<OwnerPage>, Problem> {
    let page = Query::read(query.as_deref(), &["cursor", "limit"])?.page()?;
    let (found, next_cursor) = service::list(&app, &caller, &application, &page).await?;
    Ok(Json(OwnerPage { items: found.into_iter().map(Owner::told).collect(), next_cursor }))
}

/// Tells of one owner.
#[utoipa::path(
    get, path = "/v1/applications/{application}/owners/{owner}", tag = "applications", operation_id = "getOwner",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("owner" = String, Path, description = "The application's own id of its customer", min_length = 1, max_length = 128),
    ),
    responses(
        (status = 200, description = "The owner", body = Owner),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn get(
    State(app): State<App>,
    caller: Caller,
    Path((application, owner)): Path<(String, String)>,
) -> Result<Json<Owner>, Problem> {
    Ok(Json(Owner::told(service::get(&app, &caller, &application, &owner).await?)))
}

/// What is kept beside an owner; what is absent stays.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct PutOwner {
    /// Whatever you want to have told with each check: at most 4,096 bytes as JSON.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// How much all its keys may use together. All of them; what is used of a quota stays used.
    #[schema(max_items = 8)]
    limits: Option<Vec<Declaration>>,
}

/// Makes an owner, or changes what is kept beside it. Its first key makes it too.
#[utoipa::path(
    put, path = "/v1/applications/{application}/owners/{owner}", tag = "applications", operation_id = "putOwner",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("owner" = String, Path, description = "The application's own id of its customer", min_length = 1, max_length = 128),
    ),
    request_body = Option<PutOwner>,
    responses(
        (status = 200, description = "The owner as it is now", body = Owner),
        // An owner that is not there is made.
        (status = 404, description = "No such application"),
        (status = 422, description = "A value cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn put(
    State(app): State<App>,
    caller: Caller,
    Path((application, owner)): Path<(String, String)>,
    OptionalJsonBody(request): OptionalJsonBody<PutOwner>,
) -> Result<Json<Owner>, Problem> {
    let change = OwnerChange { metadata: request.metadata, limits: request.limits };
    Ok(Json(Owner::told(service::put(&app, &caller, &application, &owner, change).await?)))
}

/// How many keys were ended.
#[derive(Serialize, ToSchema)]
pub(super) struct RevokedKeys {
    /// Counted among the newest 100,000 of the owner. All are ended, however many there are.
    #[schema(minimum = 0, maximum = 100_000)]
    revoked: i64,
}

/// Ends all keys of an owner for good, at once.
#[utoipa::path(
    post, path = "/v1/applications/{application}/owners/{owner}/revoke", tag = "applications", operation_id = "revokeOwner",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("owner" = String, Path, description = "The application's own id of its customer", min_length = 1, max_length = 128),
    ),
    responses(
        (status = 200, description = "How many there were that had not ended", body = RevokedKeys),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path((application, owner)): Path<(String, String)>,
) -> Result<Json<RevokedKeys>, Problem> {
    let revoked = service::revoke_keys(&app, &caller, &application, &owner).await?;
    Ok(Json(RevokedKeys { revoked }))
}

/// Deletes an owner with all its keys, active or not.
#[utoipa::path(
    delete, path = "/v1/applications/{application}/owners/{owner}", tag = "applications", operation_id = "deleteOwner",
    params(
        ("application" = String, Path, description = "Id of the application", pattern = "^app_[0-9A-Za-z]{16,64}$"),
        ("owner" = String, Path, description = "The application's own id of its customer", min_length = 1, max_length = 128),
    ),
    responses(
        (status = 204, description = "Deleted"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path((application, owner)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    service::delete(&app, &caller, &application, &owner).await?;
    Ok(StatusCode::NO_CONTENT)
}
