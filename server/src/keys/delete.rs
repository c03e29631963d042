//! Deleting a key.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::key::key_id;
use crate::auth::{Caller, Need};
use crate::problem::{Problem, ProblemCode};
use crate::state::App;
use crate::store::keys::{self, KeyStatus};

/// Deletes a key that is not active any more. Its id is unknown from then on,
/// and no later key gets it.
#[utoipa::path(
    delete, path = "/v1/keys/{id}", tag = "keys", operation_id = "deleteKey",
    params(("id" = String, Path, description = "Id of a key that is not active")),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, description = "No good credential"),
        (status = 403, description = "The key lacks the scope keys:write"),
        (status = 404, description = "No such key"),
        (status = 409, description = "The key is active"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.may(Need::Write)?;
    let id = key_id(&id)?;

    let now = app.now();
    let mut db = app.store().write().await?;
    let key = keys::lock(&mut db, &caller.user.id, id).await?.ok_or_else(Problem::no_such_key)?;
    if key.status(now) == KeyStatus::Active {
        return Err(Problem::new(
            ProblemCode::KeyActive,
            "This key is still active. Revoke it first, then delete it.",
        ));
    }
    keys::bury(&mut *db, &key.id, now).await?;
    db.commit().await?;

    tracing::info!(user_id = caller.user.id, key_id = key.id, "key deleted");
    Ok(StatusCode::NO_CONTENT)
}
