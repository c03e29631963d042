//! Rotating a key: a successor takes its place.

use jiff::Timestamp;

use super::idempotency::Repeat;
use super::issue::{Issued, Made, Order, new_id};
use super::lifetime::Overlap;
use crate::auth::bounds::Plan;
use crate::auth::{Caller, Need};
use crate::http::problem::{Problem, ProblemCode};
use crate::state::App;
use crate::store::Tx;
use crate::store::keys::{KeyStatus, StoredKey};

/// How the change goes.
pub(crate) struct RotateOrder {
    pub(crate) overlap: Option<String>,
    /// The old key keeps its own end until it is revoked with the same overlap.
    pub(crate) hold: bool,
}

/// Makes a successor with the same name, scopes and end. Neither key's life is
/// extended.
///
/// # Errors
/// 404, 409 when the key is not active or has an active successor, 403 when the
/// successor would be too much for who asks.
pub(crate) async fn rotate(
    app: &App,
    caller: &Caller,
    id: &str,
    order: RotateOrder,
    repeat: &Repeat,
) -> Result<Made, Problem> {
    caller.may(Need::Write)?;
    let id = super::key_id(id)?;
    let overlap = Overlap::read(order.overlap.as_deref())?;

    let now = app.now();
    let user_id = caller.user.id.as_str();
    let successor_id = new_id()?;
    let asked = serde_json::json!(["rotate", id, order.overlap.as_deref().unwrap_or("PT0S"), order.hold]);

    let mut tx = app.store().begin().await?;
    let repeated = repeat.earlier(app, &mut tx, caller, &asked.to_string(), &successor_id, now).await?;
    let mut old = tx.lock_key(user_id, id).await?.ok_or_else(Problem::no_such_key)?;
    caller.may_make(Plan::of(&old), None)?;
    let issued = Issued::new(old.kind, app.config().key_environment)?;
    let successor = match repeated {
        Some(mut successor) => {
            issued.replace(&mut tx, &mut successor).await?;
            successor
        }
        None => {
            refuse_unless_rotatable(&mut tx, &old, now).await?;
            let order_of = Order { id: successor_id, user_id, name: &old.name, plan: Plan::of(&old), now };
            let successor = issued.store(&mut tx, order_of).await?;
            old.replaced_by = Some(successor.id.clone());
            if !order.hold {
                retire(&mut old, &overlap, now);
            }
            tx.update_key_end(&old).await?;
            successor
        }
    };
    tx.commit().await?;

    tracing::info!(user_id, key_id = old.id, successor_id = successor.id, "key rotated");
    app.audit(&caller.source, user_id, "key.rotated", &caller.name(), Some(&old.id));
    app.audit(&caller.source, user_id, "key.created", &caller.name(), Some(&successor.id));
    app.metrics().keys_created.inc();
    Ok(Made { key: successor, secret: issued.into_secret(), replaced: Some(old) })
}

/// Only an active key is rotated, and only into one that lives: a successor
/// that was revoked because it could not be stored does not stand in the way.
async fn refuse_unless_rotatable(tx: &mut Tx, old: &StoredKey, now: Timestamp) -> Result<(), Problem> {
    if old.status(now) != KeyStatus::Active {
        return Err(Problem::new(
            ProblemCode::KeyInactive,
            "This key is not active, so it cannot be rotated. Create a new one.",
        ));
    }
    let Some(successor) = &old.replaced_by else { return Ok(()) };
    match tx.lock_key(&old.user_id, successor).await? {
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
