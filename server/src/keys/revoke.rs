//! Revoking a key.

use axum::Json;
use axum::extract::{Path, State};

use super::key::{Key, key_id};
use crate::auth::{Caller, Need};
use crate::problem::Problem;
use crate::state::App;
use crate::store::keys::{self, KeyStatus};

/// Ends a key for good. One that has ended already stays as it is.
#[utoipa::path(
    post, path = "/v1/keys/{id}/revoke", tag = "keys", operation_id = "revokeKey",
    params(("id" = String, Path, description = "Id of the key")),
    responses(
        (status = 200, description = "The key, not active any more", body = Key),
        (status = 401, description = "No good credential"),
        (status = 403, description = "The key lacks the scope keys:write"),
        (status = 404, description = "No such key"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Key>, Problem> {
    caller.may(Need::Write)?;
    let id = key_id(&id)?;

    let now = app.now();
    let mut db = app.store().write().await?;
    let mut key = keys::lock(&mut db, &caller.user.id, id).await?.ok_or_else(Problem::no_such_key)?;
    if key.status(now) == KeyStatus::Active {
        key.revoked_at = Some(now);
        keys::update_end(&mut *db, &key).await?;
    }
    db.commit().await?;

    tracing::info!(user_id = caller.user.id, key_id = key.id, "key revoked");
    Ok(Json(Key::told(key, now)))
}
