//! What happened in one's own account: who did what, from where.

use axum::Json;
use axum::extract::{RawQuery, State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::query::{DEFAULT_LIMIT, Query};
use crate::applications::management;
use crate::auth::{Caller, Need};
use crate::http::problem::Problem;
use crate::state::App;

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditEvent {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[schema(example = "key.revoked")]
    action: String,
    /// `session`, the id of a key, `login_…`, `command` (whoever runs the server), `nobody`.
    #[schema(example = "session")]
    actor: String,
    /// The key that it happened to.
    #[schema(required)]
    key_id: Option<String>,
    /// The application that it happened to, or that the key is of.
    #[schema(required)]
    application_id: Option<String>,
    /// The client's address.
    #[schema(required)]
    address: Option<String>,
    /// Also in the server's log.
    #[schema(required)]
    request_id: Option<String>,
}

/// A page of events.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditPage {
    /// Newest first. An event stands here about a second after it happened.
    items: Vec<AuditEvent>,
    /// For the parameter `cursor`, to get the next page. `null`: this is the last.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Which events.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListAudit {
    /// Only what happened to this key.
    #[param(nullable = false, pattern = "^(key|mgmt)_[0-9A-Za-z]{16,64}$")]
    key_id: Option<String>,
    /// `next_cursor` of the page before.
    #[param(nullable = false, value_type = String, pattern = "^[0-9]{1,18}$")]
    cursor: Option<i64>,
    /// Events per page.
    #[param(minimum = 1, maximum = 100, default = 50, nullable = false)]
    limit: Option<usize>,
}

/// Lists what happened in one's own account.
#[utoipa::path(
    get, path = "/v1/audit", tag = "session", operation_id = "listAudit",
    params(ListAudit),
    responses(
        (status = 200, description = "A page of events", body = AuditPage),
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
) -> Result<Json<AuditPage>, Problem> {
    caller.may(Need::Read)?;
    let asked = ListAudit::read(query.as_deref())?;
    let _turn = app.quota().listing(&caller.user.id).await?;
    let limit = asked.limit.unwrap_or(DEFAULT_LIMIT);
    let key_id = asked.key_id.as_deref().unwrap_or_default();
    let mut found = app.store().events_of(&caller.user.id, asked.cursor, key_id, limit + 1).await?;
    let is_last = found.len() <= limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| !is_last).map(|event| event.number.to_string());
    let items = found.into_iter().map(|event| AuditEvent {
        at: event.at,
        action: event.action,
        actor: event.actor,
        key_id: event.subject.key_id,
        application_id: event.subject.application_id,
        address: event.address,
        request_id: event.request_id,
    });
    Ok(Json(AuditPage { items: items.collect(), next_cursor }))
}

impl ListAudit {
    fn read(query: Option<&str>) -> Result<Self, Problem> {
        let mut query = Query::read(query, &["key_id", "cursor", "limit"])?;
        Ok(ListAudit {
            key_id: query.take("key_id").map(key_id).transpose()?,
            cursor: query.take("cursor").map(|value| cursor(&value)).transpose()?,
            limit: query.limit()?,
        })
    }
}

fn key_id(value: String) -> Result<String, Problem> {
    let known =
        value.strip_prefix(management::ID_PREFIX).map(|random| format!("{}{random}", crate::keys::ID_PREFIX));
    let is_id = crate::keys::key_id(known.as_deref().unwrap_or(&value)).is_ok();
    if is_id { Ok(value) } else { Err(Problem::field("key_id", "`key_id` is not the id of a key.")) }
}

fn cursor(value: &str) -> Result<i64, Problem> {
    let is_number = (1..=18).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    let cursor = value.parse().ok().filter(|_| is_number);
    cursor.ok_or_else(|| Problem::field("cursor", "`cursor` is not one of this list. Start without it."))
}
