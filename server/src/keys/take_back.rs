//! Taking back what was asked for: for whoever asked and never got the answer.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;

use super::idempotency::{self, faulty, is_idempotency_key};
use crate::auth::{Caller, Need};
use crate::problem::Problem;
use crate::state::App;

/// Deletes the key that was made under an Idempotency-Key, active or not, and
/// refuses that Idempotency-Key for 24 hours. A key that was used stays.
#[utoipa::path(
    delete, path = "/v1/keys", tag = "keys", operation_id = "takeBackKey",
    params(("idempotency_key" = String, Query, description = "The Idempotency-Key of the request")),
    responses(
        (status = 204, description = "No key is there, and none will be"),
        (status = 401, description = "No good credential"),
        (status = 403, description = "The key lacks the scope keys:write"),
        (status = 409, description = "The key is in use already"),
        (status = 422, description = "`idempotency_key` cannot be used"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn take_back(
    State(app): State<App>,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Result<StatusCode, Problem> {
    caller.may(Need::Write)?;
    let mut given = form_urlencoded::parse(query.as_deref().unwrap_or_default().as_bytes());
    let idempotency_key = match (given.next(), given.next()) {
        (Some((name, value)), None) if name == "idempotency_key" && is_idempotency_key(&value) => value,
        _ => return Err(faulty("idempotency_key")),
    };

    let user_id = caller.user.id.as_str();
    let mut db = app.store().write().await?;
    let key_id = idempotency::take_back(&mut db, user_id, &idempotency_key, app.now()).await?;
    db.commit().await?;

    tracing::info!(user_id, key_id, "key taken back");
    Ok(StatusCode::NO_CONTENT)
}
