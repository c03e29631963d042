//! Looking at keys: one, many, or whether one works.

use keylatch_format::Secret;

use super::{ID_PREFIX, key_id, lifetime};
use crate::auth::{Caller, Need};
use crate::http::problem::Problem;
use crate::state::App;
use crate::store::keys::{KeyStatus, StoredKey};
use crate::store::list::{Filter, Listed};
use crate::token::HashedKey;

/// Which keys to list.
pub(crate) struct ListOrder {
    pub(crate) status: String,
    pub(crate) search: String,
    pub(crate) idempotency_key: String,
    pub(crate) ends_within_days: Option<u32>,
    /// The id of the key after which the page begins, without its prefix.
    pub(crate) cursor: Option<String>,
    pub(crate) limit: usize,
}

/// A page of one's own keys, newest first.
///
/// # Errors
/// 422 for a cursor that is not one of this list.
pub(crate) async fn list(app: &App, caller: &Caller, order: &ListOrder) -> Result<Listed, Problem> {
    caller.may(Need::Read)?;
    let user_id = caller.user.id.as_str();
    let _turn = app.quota().listing(user_id).await?;
    let before = match &order.cursor {
        None => None,
        Some(cursor) => {
            let id = format!("{ID_PREFIX}{cursor}");
            let wrong = || Problem::field("cursor", "`cursor` is not one of this list. Start without it.");
            let id = key_id(&id).map_err(|_| wrong())?;
            // A deleted key still marks the place where a page ended.
            Some(app.store().place_of_key(user_id, id).await?.ok_or_else(wrong)?)
        }
    };
    let filter = Filter {
        kind: None,
        status: &order.status,
        search: &order.search,
        idempotency_key: &order.idempotency_key,
        ends_until: order.ends_within_days.map(|days| lifetime::days_from(app.now(), days)),
        before,
        limit: order.limit,
    };
    list_by(app, caller, &filter).await
}

/// The same by another filter.
pub(crate) async fn list_by(app: &App, caller: &Caller, filter: &Filter<'_>) -> Result<Listed, Problem> {
    caller.may(Need::Read)?;
    let mut listed = app.store().list_keys(&caller.user.id, filter, app.now()).await?;
    listed.keys.iter_mut().for_each(|key| key.last_used_at = app.noted().last_used(key));
    Ok(listed)
}

/// One of one's own keys.
///
/// # Errors
/// 404.
pub(crate) async fn get(app: &App, caller: &Caller, id: &str) -> Result<StoredKey, Problem> {
    caller.may(Need::Read)?;
    let key = app.store().key_by_id(&caller.user.id, key_id(id)?).await?;
    let mut key = key.ok_or_else(Problem::no_such_key)?;
    key.last_used_at = app.noted().last_used(&key);
    Ok(key)
}

/// What came of looking whether a key works.
pub(crate) enum Validity {
    Valid(Box<StoredKey>),
    /// Or somebody else's.
    Unknown,
    Expired,
    Revoked,
}

/// Whether one of one's own keys works now. Looking does not count as use.
///
/// # Errors
/// When the database fails.
pub(crate) async fn validate(app: &App, caller: &Caller, secret: &Secret) -> Result<Validity, Problem> {
    caller.may(Need::Read)?;
    let found = app.store().key_by_hash(&HashedKey::of(secret)).await?;
    Ok(match found.filter(|found| found.owner.id == caller.user.id) {
        None => Validity::Unknown,
        Some(found) => {
            let mut key = found.key;
            key.last_used_at = app.noted().last_used(&key);
            match key.status(app.now()) {
                KeyStatus::Active => Validity::Valid(Box::new(key)),
                KeyStatus::Expired => Validity::Expired,
                KeyStatus::Revoked => Validity::Revoked,
            }
        }
    })
}
