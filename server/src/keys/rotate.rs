//! Rotating a key: a successor takes its place.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use sqlx::AnyConnection;
use utoipa::ToSchema;

use super::create::first_try;
use super::idempotency::IdempotencyKey;
use super::issue::{Issued, NewKey, Order, new_id};
use super::key::{Key, key_id};
use crate::auth::{Caller, Need};
use crate::body::OptionalJsonBody;
use crate::lifetime::Overlap;
use crate::problem::{Problem, ProblemCode};
use crate::state::App;
use crate::store::keys::{self, KeyStatus, StoredKey};

/// How the change goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RotateKey)]
pub(super) struct RotateKey {
    /// How long the old key lives on, but never past its own end: an ISO 8601
    /// duration, or `until_revoked`.
    #[schema(default = "PT0S", nullable = false)]
    overlap: Option<String>,
    /// The old key keeps its own end until it is revoked with the same overlap:
    /// for whoever has to put the successor into safety first.
    #[serde(default)]
    hold: bool,
    /// As for creating a key.
    #[serde(default = "first_try")]
    #[schema(default = 1, minimum = 1)]
    attempt: u32,
}

impl Default for RotateKey {
    fn default() -> Self {
        RotateKey { overlap: None, hold: false, attempt: first_try() }
    }
}

/// Makes a successor with the same name, scopes and end, and tells it, this
/// once. Neither key's life is extended.
#[utoipa::path(
    post, path = "/v1/keys/{id}/rotate", tag = "keys", operation_id = "rotateKey",
    params(
        ("id" = String, Path, description = "Id of an active key"),
        ("Idempotency-Key" = Option<String>, Header, description = "As for creating a key"),
    ),
    request_body = Option<RotateKey>,
    responses(
        (status = 201, description = "The successor; `replaced` is the old key", body = NewKey),
        (status = 401, description = "No good credential"),
        (status = 403, description = "The key lacks the scope keys:write, or the successor could do more than it"),
        (status = 404, description = "No such key"),
        (status = 409, description = "The key is not active, or it has an active successor already"),
        (status = 422, description = "A value cannot be used; `field` names it"),
    ),
    security(("key" = []), ("session" = [])),
)]
pub(super) async fn rotate(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    idempotency_key: IdempotencyKey,
    OptionalJsonBody(request): OptionalJsonBody<RotateKey>,
) -> Result<(StatusCode, Json<NewKey>), Problem> {
    caller.may(Need::Write)?;
    let id = key_id(&id)?;
    let overlap = Overlap::read(request.overlap.as_deref())?;

    let now = app.now();
    let user_id = caller.user.id.as_str();
    let successor_id = new_id()?;
    let asked = serde_json::json!(["rotate", id, request.overlap.as_deref().unwrap_or("PT0S"), request.hold])
        .to_string();

    let mut db = app.store().write().await?;
    let repeated =
        idempotency_key.earlier(&mut db, user_id, &asked, request.attempt, &successor_id, now).await?;
    let mut old = keys::lock(&mut db, user_id, id).await?.ok_or_else(Problem::no_such_key)?;
    caller.may_grant(&old.scopes)?;
    let issued = Issued::new(old.kind, app.config().key_environment)?;
    let successor = match repeated {
        Some(mut successor) => {
            issued.replace(&mut db, &mut successor).await?;
            successor
        }
        None => {
            refuse_unless_rotatable(&mut db, &old, now).await?;
            let order = Order {
                id: successor_id,
                user_id,
                name: &old.name,
                scopes: &old.scopes,
                expires_at: old.expires_at,
                now,
            };
            let successor = issued.store(&mut db, order).await?;
            old.replaced_by = Some(successor.id.clone());
            if !request.hold {
                retire(&mut old, &overlap, now);
            }
            keys::update_end(&mut *db, &old).await?;
            successor
        }
    };
    db.commit().await?;

    tracing::info!(user_id, key_id = old.id, successor_id = successor.id, "key rotated");
    let (key, replaced) = (Key::told(successor, now), Some(Key::told(old, now)));
    Ok((StatusCode::CREATED, Json(NewKey { key, secret: issued.into_secret(), replaced })))
}

/// Only an active key is rotated, and only into one that lives: a successor
/// that was revoked because it could not be stored does not stand in the way.
async fn refuse_unless_rotatable(
    db: &mut AnyConnection,
    old: &StoredKey,
    now: Timestamp,
) -> Result<(), Problem> {
    if old.status(now) != KeyStatus::Active {
        return Err(Problem::new(
            ProblemCode::KeyInactive,
            "This key is not active, so it cannot be rotated. Create a new one.",
        ));
    }
    let Some(successor) = &old.replaced_by else { return Ok(()) };
    let successor = keys::by_id(db, &old.user_id, successor).await?;
    match successor {
        Some(successor) if successor.status(now) == KeyStatus::Active => Err(Problem::new(
            ProblemCode::Conflict,
            format!(
                "This key was rotated into {} already, which is active. Rotate or revoke that one.",
                successor.id
            ),
        )),
        _ => Ok(()),
    }
}

/// Brings an active key's end forward, never back.
pub(super) fn retire(old: &mut StoredKey, overlap: &Overlap, now: Timestamp) {
    match overlap.end(now) {
        None => {}
        Some(end) if end <= now => old.revoked_at = Some(now),
        Some(end) => old.expires_at = Some(old.expires_at.map_or(end, |own| own.min(end))),
    }
}
