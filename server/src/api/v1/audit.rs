//! What happened in one's own account: who did what, from where.

use axum::Json;
use axum::extract::{RawQuery, State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::auth::{Caller, Need};
use crate::http::problem::{Problem, ProblemCode};
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
    #[param(nullable = false, pattern = "^key_[0-9A-Za-z]{16,64}$")]
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
) -> Result<Json<AuditPage>, Problem> {
    caller.may(Need::Read)?;
    let asked = ListAudit::read(query.as_deref().unwrap_or_default())?;
    let _turn = app.quota().listing(&caller.user.id).await?;
    let limit = asked.limit.unwrap_or(50);
    let key_id = asked.key_id.as_deref().unwrap_or_default();
    let mut found = app.store().events_of(&caller.user.id, asked.cursor, key_id, limit + 1).await?;
    let is_last = found.len() <= limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| !is_last).map(|event| event.number.to_string());
    let items = found.into_iter().map(|event| AuditEvent {
        at: event.at,
        action: event.action,
        actor: event.actor,
        key_id: event.key_id,
        address: event.address,
        request_id: event.request_id,
    });
    Ok(Json(AuditPage { items: items.collect(), next_cursor }))
}

impl ListAudit {
    fn read(query: &str) -> Result<Self, Problem> {
        let mut asked = ListAudit { key_id: None, cursor: None, limit: None };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let twice = match &*name {
                "key_id" => asked.key_id.replace(key_id(&value)?).is_some(),
                "cursor" => asked.cursor.replace(cursor(&value)?).is_some(),
                "limit" => asked.limit.replace(limit(&value)?).is_some(),
                _ => {
                    return Err(Problem::new(
                        ProblemCode::InvalidRequest,
                        "The query has a parameter that is not known here. There are key_id, cursor and limit.",
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

fn key_id(value: &str) -> Result<String, Problem> {
    let id = crate::keys::key_id(value);
    id.map(str::to_owned).map_err(|_| Problem::field("key_id", "`key_id` is not the id of a key."))
}

fn cursor(value: &str) -> Result<i64, Problem> {
    let is_number = (1..=18).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    let cursor = value.parse().ok().filter(|_| is_number);
    cursor.ok_or_else(|| Problem::field("cursor", "`cursor` is not one of this list. Start without it."))
}

fn limit(value: &str) -> Result<usize, Problem> {
    let limit = value.parse().ok().filter(|limit| (1..=100).contains(limit));
    limit.ok_or_else(|| Problem::field("limit", "`limit` must be a number from 1 to 100."))
}
