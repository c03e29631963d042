//! Revoking a key.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use utoipa::IntoParams;

use super::key::{Key, key_id};
use super::rotate::retire;
use crate::auth::{Caller, Need};
use crate::lifetime::Overlap;
use crate::problem::{Problem, ProblemCode};
use crate::state::App;
use crate::store::keys::{self, KeyStatus};

/// When it ends.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RevokeKey {
    /// How long it lives on, but never past its own end: an ISO 8601 duration.
    #[param(default = "PT0S", nullable = false)]
    overlap: Option<String>,
}

/// Ends a key for good, at once or in a while. One that has ended already stays
/// as it is.
#[utoipa::path(
    post, path = "/v1/keys/{id}/revoke", tag = "keys", operation_id = "revokeKey",
    params(("id" = String, Path, description = "Id of the key"), RevokeKey),
    responses(
        (status = 200, description = "The key with its end", body = Key),
        (status = 401, description = "No good credential"),
        (status = 403, description = "The key lacks the scope keys:write"),
        (status = 404, description = "No such key"),
        (status = 422, description = "`overlap` cannot be used"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Key>, Problem> {
    caller.may(Need::Write)?;
    let id = key_id(&id)?;
    let asked = RevokeKey::read(query.as_deref().unwrap_or_default())?;
    let overlap = Overlap::read(asked.overlap.as_deref())?;

    let now = app.now();
    let mut db = app.store().write().await?;
    let mut key = keys::lock(&mut db, &caller.user.id, id).await?.ok_or_else(Problem::no_such_key)?;
    if key.status(now) == KeyStatus::Active {
        retire(&mut key, &overlap, now);
        keys::update_end(&mut *db, &key).await?;
    }
    db.commit().await?;

    tracing::info!(user_id = caller.user.id, key_id = key.id, "key revoked");
    Ok(Json(Key::told(key, now)))
}

impl RevokeKey {
    /// By hand, so that a misspelt parameter does not end a key at once.
    fn read(query: &str) -> Result<Self, Problem> {
        let mut overlap = None;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if name != "overlap" || overlap.replace(value.into_owned()).is_some() {
                return Err(Problem::new(
                    ProblemCode::InvalidRequest,
                    "The query of this request has one `overlap` and nothing else.",
                ));
            }
        }
        Ok(RevokeKey { overlap })
    }
}
