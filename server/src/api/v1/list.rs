//! Looking at keys: one, or many page by page.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::key::Key;
use crate::auth::Caller;
use crate::http::problem::{Problem, ProblemCode};
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

/// Which keys to list. Read by hand, so that a misspelt parameter is an error
/// and not a longer list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
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
        (status = 401, description = "No good credential"),
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
    let asked = ListKeys::read(query.as_deref().unwrap_or_default())?;
    let order = ListOrder {
        status: asked.status.unwrap_or_else(|| "all".to_owned()),
        search: asked.search.unwrap_or_default(),
        idempotency_key: asked.idempotency_key.unwrap_or_default(),
        cursor: asked.cursor,
        limit: asked.limit.unwrap_or(50) as usize,
    };
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
    let key = look::get(&app, &caller, &id).await?;
    Ok(Json(Key::told(key, app.now())))
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
                        ProblemCode::InvalidRequest,
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
