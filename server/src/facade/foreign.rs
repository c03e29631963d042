//! What happens to keys of the clouds' APIs: those know neither scopes nor ends,
//! and delete where keylatch revokes first.

use crate::auth::bounds::Plan;
use crate::auth::{Caller, Need};
use crate::http::problem::Problem;
use crate::keys::end::deleted;
use crate::keys::issue::{Issued, Made, Order, new_id};
use crate::keys::kind::KeyKind;
use crate::state::App;
use crate::store::keys::{KeyStatus, StoredKey};
use crate::token::HashedToken;

/// Creates a key of another cloud's API, which tells neither end nor scopes. As
/// its keys manage keys there, it gets those scopes, and ends with what made it.
///
/// # Errors
/// What is too much for who asks; and `only_one`, if there is one already.
pub(super) async fn create(
    app: &App,
    caller: &Caller,
    kind: KeyKind,
    name: &str,
    only_one: Option<fn() -> Problem>,
) -> Result<Made, Problem> {
    caller.may(Need::Write)?;
    let scopes = ["keys:read".to_owned(), "keys:write".to_owned()];
    let plan = Plan { kind, scopes: &scopes, full_access: false, expires_at: caller.bounded(None) };
    caller.may_make(plan, None)?;

    let (id, now) = (new_id()?, app.now());
    let user_id = caller.user.id.as_str();
    let issued = Issued::new(kind, app.config().key_environment)?;
    let mut tx = app.store().begin().await?;
    if let Some(refusal) = only_one {
        // Of two at the same time, the second waits here and then finds a key.
        tx.lock_user(user_id).await?;
        if tx.has_active_key(user_id, kind, now).await? {
            return Err(refusal());
        }
    }
    let key = issued.store(&mut tx, Order { id, user_id, name, plan, now }).await?;
    tx.commit().await?;

    tracing::info!(user_id, key_id = key.id, "key created");
    app.audit(&caller.source, user_id, "key.created", &caller.name(), Some(&key.id));
    app.metrics().keys_created.inc();
    Ok(Made { key, secret: issued.into_secret(), replaced: None })
}

/// Deletes an active key of another cloud's API at once: those know of no
/// revoking. `which` tells whether the key is the one that was meant; `session`
/// stands by itself from then on, if it stood on the key. The key's id, or none
/// when there is no such key.
///
/// # Errors
/// When the database fails.
pub(super) async fn delete(
    app: &App,
    caller: &Caller,
    kind: KeyKind,
    id: &str,
    which: impl Fn(&StoredKey) -> bool,
    session: Option<&HashedToken>,
) -> Result<bool, Problem> {
    caller.may(Need::Write)?;
    let (user_id, now) = (caller.user.id.as_str(), app.now());
    let mut tx = app.store().begin().await?;
    let key = tx.lock_key(user_id, id).await?;
    let key = key.filter(|key| key.kind == kind && key.status(now) == KeyStatus::Active && which(key));
    let Some(key) = key else { return Ok(false) };
    if let Some(token) = session {
        tx.release_session(token, &key).await?;
    }
    tx.bury_key(&key.id, now).await?;
    tx.commit().await?;
    deleted(app, caller, &key.id);
    Ok(true)
}
