//! Ending keys: revoking and deleting.

use super::lifetime::Overlap;
use super::rotate::retire;
use crate::auth::{Caller, Need};
use crate::http::problem::{Problem, ProblemCode};
use crate::state::App;
use crate::store::keys::{KeyStatus, StoredKey};

/// Ends a key for good, at once or in a while. One that has ended already stays
/// as it is.
///
/// # Errors
/// 404, and what is wrong with `overlap`.
pub(crate) async fn revoke(
    app: &App,
    caller: &Caller,
    id: &str,
    overlap: Option<&str>,
) -> Result<StoredKey, Problem> {
    caller.may(Need::Write)?;
    let id = super::key_id(id)?;
    let overlap = Overlap::read(overlap)?;

    let (user_id, now) = (caller.user.id.as_str(), app.now());
    let mut tx = app.store().begin().await?;
    let mut key = tx.lock_key(user_id, id).await?.ok_or_else(Problem::no_such_key)?;
    if key.status(now) == KeyStatus::Active {
        retire(&mut key, &overlap, now);
        tx.update_key_end(&key).await?;
    }
    tx.commit().await?;

    tracing::info!(user_id, key_id = key.id, "key revoked");
    app.audit(&caller.source, user_id, "key.revoked", &caller.name(), Some(&key.id));
    app.metrics().keys_revoked.inc();
    Ok(key)
}

/// Deletes a key that is not active any more.
///
/// # Errors
/// 404, or 409 while it is active.
pub(crate) async fn delete(app: &App, caller: &Caller, id: &str) -> Result<(), Problem> {
    caller.may(Need::Write)?;
    let id = super::key_id(id)?;

    let (user_id, now) = (caller.user.id.as_str(), app.now());
    let mut tx = app.store().begin().await?;
    let key = tx.lock_key(user_id, id).await?.ok_or_else(Problem::no_such_key)?;
    if key.status(now) == KeyStatus::Active {
        return Err(Problem::new(
            ProblemCode::KeyActive,
            "This key is still active. Revoke it first, then delete it.",
        ));
    }
    tx.bury_key(&key.id, now).await?;
    tx.commit().await?;
    deleted(app, caller, &key.id);
    Ok(())
}

/// Logs that a key was deleted.
pub(crate) fn deleted(app: &App, caller: &Caller, key_id: &str) {
    tracing::info!(user_id = caller.user.id, key_id, "key deleted");
    app.audit(&caller.source, &caller.user.id, "key.deleted", &caller.name(), Some(key_id));
}
