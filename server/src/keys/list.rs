//! Looking at keys: one, or many page by page.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::idempotency::{faulty, is_idempotency_key};
use super::key::{Key, key_id};
use crate::auth::{Caller, Need};
use crate::problem::Problem;
use crate::state::App;
use crate::store::keys::{self, Filter};

/// A page of keys.
#[derive(Serialize, ToSchema)]
pub(super) struct KeyPage {
    /// Newest first.
    items: Vec<Key>,
    /// For the parameter `cursor`, to get the next page. `null`: this is the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Which keys to list. Read by hand, so that a misspelt parameter is an error
/// and not a longer list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListKeys {
    /// `active`, `inactive` (expired or revoked), `expired`, `revoked` or `all`.
    #[param(default = "all", nullable = false)]
    status: Option<String>,
    /// Part of the name, upper or lower case.
    #[param(nullable = false)]
    search: Option<String>,
    /// `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
    /// Keys per page.
    #[param(minimum = 1, maximum = 100, default = 50, nullable = false)]
    limit: Option<u32>,
    /// Only the key that was made under this Idempotency-Key in the last 24 hours.
    #[param(nullable = false)]
    idempotency_key: Option<String>,
}

const STATUSES: [&str; 5] = ["active", "inactive", "expired", "revoked", "all"];

/// Lists one's own keys, newest first. Keys that are made meanwhile do not
/// shift the pages.
#[utoipa::path(
    get, path = "/v1/keys", tag = "keys", operation_id = "listKeys",
    params(ListKeys),
    responses(
        (status = 200, description = "A page of keys", body = KeyPage),
        (status = 401, description = "No good credential"),
        (status = 403, description = "The key lacks the scope keys:read"),
        (status = 422, description = "A parameter cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<Json<KeyPage>, Problem> {
    caller.may(Need::Read)?;
    let asked = ListKeys::read(query.as_deref().unwrap_or_default())?;
    let db = app.store().pool();
    let user_id = caller.user.id.as_str();

    let before = match &asked.cursor {
        None => String::new(),
        Some(cursor) => {
            let id = format!("key_{cursor}");
            // A deleted key still marks the place where a page ended.
            if key_id(&id).is_err() || !keys::was_issued(db, user_id, &id).await? {
                return Err(Problem::field("cursor", "`cursor` is not one of this list. Start without it."));
            }
            id
        }
    };
    let limit = asked.limit.unwrap_or(50) as usize;
    let filter = Filter {
        kind: None,
        status: asked.status.as_deref().unwrap_or("all"),
        search: asked.search.as_deref().unwrap_or_default(),
        idempotency_key: asked.idempotency_key.as_deref().unwrap_or_default(),
        before: &before,
        // One more, to see whether there is another page.
        limit: limit as i64 + 1,
    };
    let now = app.now();
    let mut found = keys::list(db, user_id, &filter, now).await?;
    let is_last = found.len() <= limit;
    found.truncate(limit);
    let last = found.last().and_then(|key| key.id.strip_prefix("key_")).filter(|_| !is_last);
    let next_cursor = last.map(str::to_owned);
    Ok(Json(KeyPage { items: found.into_iter().map(|key| Key::told(key, now)).collect(), next_cursor }))
}

/// Tells of one key.
#[utoipa::path(
    get, path = "/v1/keys/{id}", tag = "keys", operation_id = "getKey",
    params(("id" = String, Path, description = "Id of the key")),
    responses(
        (status = 200, description = "The key", body = Key),
        (status = 401, description = "No good credential"),
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
    caller.may(Need::Read)?;
    let id = key_id(&id)?;
    let key = keys::by_id(app.store().pool(), &caller.user.id, id).await?;
    Ok(Json(Key::told(key.ok_or_else(Problem::no_such_key)?, app.now())))
}

impl ListKeys {
    fn read(query: &str) -> Result<Self, Problem> {
        let mut asked =
            ListKeys { status: None, search: None, cursor: None, limit: None, idempotency_key: None };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            let twice = match &*name {
                "status" => asked.status.replace(status(value)?).is_some(),
                "search" => asked.search.replace(search(value)?).is_some(),
                "cursor" => asked.cursor.replace(value).is_some(),
                "limit" => asked.limit.replace(limit(&value)?).is_some(),
                "idempotency_key" if is_idempotency_key(&value) => {
                    asked.idempotency_key.replace(value).is_some()
                }
                "idempotency_key" => return Err(faulty("idempotency_key")),
                _ => {
                    return Err(Problem::new(
                        crate::problem::ProblemCode::InvalidRequest,
                        "The query has a parameter that is not known here. There are status, search, cursor, \
                         limit and idempotency_key.",
                    ));
                }
            };
            if twice {
                return Err(Problem::field(name, "This parameter stands twice in the query. Send it once."));
            }
        }
        Ok(asked)
    }
}

fn status(value: String) -> Result<String, Problem> {
    if STATUSES.contains(&value.as_str()) {
        return Ok(value);
    }
    Err(Problem::field("status", format!("`status` must be one of {}.", STATUSES.join(", "))))
}

fn search(value: String) -> Result<String, Problem> {
    let value = value.trim();
    if value.chars().count() > 100 || value.contains(char::is_control) {
        return Err(Problem::field(
            "search",
            "`search` is part of a name: at most 100 characters, no control characters.",
        ));
    }
    Ok(value.to_owned())
}

fn limit(value: &str) -> Result<u32, Problem> {
    let limit = value.parse().ok().filter(|limit| (1..=100).contains(limit));
    limit.ok_or_else(|| Problem::field("limit", "`limit` must be a number from 1 to 100."))
}
