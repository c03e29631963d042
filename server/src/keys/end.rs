//! Ending keys: revoking and deleting.

use keylatch_format::Secret;

use super::lifetime::Overlap;
use super::rotate::retire;
use crate::auth::{Caller, Need};
use crate::http::problem::{Problem, ProblemCode};
use crate::http::source::Source;
use crate::state::App;
use crate::store::StoreError;
use crate::store::keys::{KeyStatus, StoredKey};
use crate::token::HashedKey;

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

impl App {
    /// Revokes a key by itself, whoever's it is: for whoever runs the server and
    /// finds one where it should not be. `None`: there is no such key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_leaked(&self, secret: &Secret) -> Result<Option<StoredKey>, StoreError> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let Some(found) = tx.key_by_hash(&HashedKey::of(secret)).await? else { return Ok(None) };
        let Some(mut key) = tx.lock_key(&found.owner.id, &found.key.id).await? else { return Ok(None) };
        if key.status(now) == KeyStatus::Active {
            key.revoked_at = Some(now);
            tx.update_key_end(&key).await?;
        }
        tx.commit().await?;
        tracing::info!(user_id = key.user_id, key_id = key.id, "leaked key revoked");
        self.audit(&Source::default(), &key.user_id, "key.revoked", "command", Some(&key.id));
        Ok(Some(key))
    }
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
