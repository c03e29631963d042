//! Ending a key of an application: revoking and deleting.

use super::access::{Power, done, reach};
use super::look::no_such_key;
use crate::auth::Caller;
use crate::http::problem::{Problem, ProblemCode};
use crate::keys::key_id;
use crate::state::App;
use crate::store::issued::{IssuedKey, IssuedStatus};

/// Ends a key for good. One that has ended already stays as it is.
///
/// # Errors
/// 404.
pub(crate) async fn revoke(
    app: &App,
    caller: &Caller,
    application_id: &str,
    id: &str,
) -> Result<IssuedKey, Problem> {
    let application = reach(app, caller, application_id, Power::Revoke).await?;
    let id = key_id(id).map_err(|_| no_such_key())?;
    let now = app.now();
    let mut tx = app.store().begin().await?;
    let mut key = tx.lock_issued(&application.id, id).await?.ok_or_else(no_such_key)?;
    // A disabled one too: it might be enabled again.
    if matches!(key.status(now), IssuedStatus::Active | IssuedStatus::Disabled) {
        key.revoked_at = Some(now);
        tx.update_issued(&key).await?;
    }
    tx.commit().await?;

    done(app, caller, "key.revoked", application_id, Some(&key.id));
    app.metrics().keys_revoked.inc();
    app.noted().tell_issued(&mut key);
    Ok(key)
}

/// Deletes a key that has ended.
///
/// # Errors
/// 404, or 409 while it works or could be enabled again.
pub(crate) async fn delete(
    app: &App,
    caller: &Caller,
    application_id: &str,
    id: &str,
) -> Result<(), Problem> {
    let application = reach(app, caller, application_id, Power::Revoke).await?;
    let id = key_id(id).map_err(|_| no_such_key())?;
    let now = app.now();
    let mut tx = app.store().begin().await?;
    let key = tx.lock_issued(&application.id, id).await?.ok_or_else(no_such_key)?;
    if matches!(key.status(now), IssuedStatus::Active | IssuedStatus::Disabled) {
        return Err(Problem::new(
            ProblemCode::KeyActive,
            "This key has not ended. Revoke it first, then delete it.",
        ));
    }
    tx.bury_issued(&key, now).await?;
    tx.commit().await?;

    done(app, caller, "key.deleted", application_id, Some(&key.id));
    Ok(())
}
