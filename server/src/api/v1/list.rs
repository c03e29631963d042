//! Looking at keys: one, or many page by page.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::key::Key;
use super::query::{DEFAULT_LIMIT, Query};
use crate::auth::Caller;
use crate::http::problem::Problem;
use crate::keys::ID_PREFIX;
use crate::keys::idempotency::{faulty, is_idempotency_key};
use crate::keys::look::{self, ListOrder};
use crate::state::App;

/// A page of keys.
#[derive(Serialize, ToSchema)]
pub(super) struct KeyPage {
    /// Newest first.
    items: Vec<Key>,
    /// For the parameter `cursor`, to get the next page. `null`: this is the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Which keys to list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is described here, and read by hand")]
pub(super) struct ListKeys {
    /// `active`, `inactive` (expired or revoked), `expired`, `revoked` or `all`.
    #[param(default = "all", nullable = false, pattern = "^(active|inactive|expired|revoked|all)$")]
    status: Option<String>,
    /// Part of the name, upper or lower case.
    #[param(nullable = false)]
    search: Option<String>,
    /// `next_cursor` of the page before.
    #[param(nullable = false, pattern = "^[0-9A-Za-z]{16,64}$")]
    cursor: Option<String>,
    /// Keys per page.
    #[param(minimum = 1, maximum = 100, default = 50, nullable = false)]
    limit: Option<u32>,
    /// Only the key that was made under this Idempotency-Key in the last 24 hours.
    #[param(nullable = false, min_length = 1, max_length = 255, pattern = "^[!-~]{1,255}$")]
    idempotency_key: Option<String>,
    /// Only active keys that end by themselves within so many days.
    #[param(nullable = false, minimum = 1, maximum = 3660)]
    ends_within_days: Option<u32>,
}

const STATUSES: [&str; 5] = ["active", "inactive", "expired", "revoked", "all"];

/// Lists one's own keys, newest first. Keys that are made meanwhile do not
/// shift the pages. A page may hold fewer keys than asked for, or none, and still
/// have a next one: one request looks at some thousand keys at most.
#[utoipa::path(
    get, path = "/v1/keys", tag = "keys", operation_id = "listKeys",
    params(ListKeys),
    responses(
        (status = 200, description = "A page of keys", body = KeyPage),
        (status = 403, description = "The key lacks the scope keys:read"),
        (status = 422, description = "A parameter cannot be used; `field` names it"),
        (status = 429, description = "Too many lists of this user at once"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<KeyPage>, Problem> {
    let order = ListKeys::read(query.as_deref())?;
    let listed = look::list(&app, &caller, &order).await?;
    let next_cursor = listed.next.as_deref().and_then(|id| id.strip_prefix(ID_PREFIX)).map(str::to_owned);
    let now = app.now();
    Ok(Json(KeyPage { items: listed.keys.into_iter().map(|key| Key::told(key, now)).collect(), next_cursor }))
}

/// Tells of one key.
#[utoipa::path(
    get, path = "/v1/keys/{id}", tag = "keys", operation_id = "getKey",
    params(("id" = String, Path, description = "Id of the key", pattern = "^key_[0-9A-Za-z]{16,64}$")),
    responses(
        (status = 200, description = "The key", body = Key),
        (status = 403, description = "The key lacks the scope keys:read"),
        (status = 404, description = "No such key"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Key>, Problem> {
    let key = look::get(&app, &caller, &id).await?;
    Ok(Json(Key::told(key, app.now())))
}

impl ListKeys {
    fn read(query: Option<&str>) -> Result<ListOrder, Problem> {
        let known = ["status", "search", "cursor", "limit", "idempotency_key", "ends_within_days"];
        let mut query = Query::read(query, &known)?;
        let idempotency_key = query.take("idempotency_key");
        if idempotency_key.as_ref().is_some_and(|key| !is_idempotency_key(key)) {
            return Err(faulty("idempotency_key"));
        }
        Ok(ListOrder {
            status: query.status(&STATUSES)?,
            search: query.search()?,
            idempotency_key: idempotency_key.unwrap_or_default(),
            ends_within_days: query.ends_within_days()?,
            cursor: query.take("cursor"),
            limit: query.limit()?.unwrap_or(DEFAULT_LIMIT),
        })
    }
}
