//! Making a key: the plain one for its owner, the hashed one for the database.

use jiff::Timestamp;
use keylatch_format::Secret;

use super::ID_PREFIX;
use super::kind::KeyKind;
use crate::auth::bounds::Plan;
use crate::config::KeyEnvironment;
use crate::http::problem::Problem;
use crate::store::Tx;
use crate::store::keys::StoredKey;
use crate::token::{PlainKey, random_base62};

/// A new key that nobody has seen yet.
pub(crate) struct Issued {
    plain: PlainKey,
    kind: KeyKind,
    prefix: &'static str,
}

impl Issued {
    /// Makes a key as this API has them.
    ///
    /// # Errors
    /// 500 when the system's random source fails.
    pub(crate) fn new(kind: KeyKind, environment: KeyEnvironment) -> Result<Self, Problem> {
        let prefix = kind.prefix(environment);
        Ok(Issued { plain: PlainKey::generate(kind.format(), prefix)?, kind, prefix })
    }

    /// Stores it as a new row.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn store(&self, tx: &mut Tx, order: Order<'_>) -> Result<StoredKey, Problem> {
        let key = StoredKey {
            id: order.id,
            user_id: order.user_id.to_owned(),
            kind: self.kind,
            name: order.name.to_owned(),
            prefix: self.prefix.to_owned(),
            last_four: self.plain.last_four().to_owned(),
            scopes: order.plan.scopes.to_vec(),
            full_access: order.plan.full_access,
            created_at: order.now,
            expires_at: order.plan.expires_at,
            last_used_at: None,
            revoked_at: None,
            replaced_by: None,
        };
        tx.insert_key(&key, &self.plain.hashed()).await?;
        Ok(key)
    }

    /// Puts it into the place of one that nobody has seen; that one dies.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn replace(&self, tx: &mut Tx, key: &mut StoredKey) -> Result<(), Problem> {
        key.last_four = self.plain.last_four().to_owned();
        tx.reissue_key(&key.id, &key.last_four, &self.plain.hashed()).await?;
        Ok(())
    }

    /// Hands the key out.
    pub(crate) fn into_secret(self) -> Secret {
        self.plain.into_secret()
    }
}

/// What a new key is to be.
pub(crate) struct Order<'a> {
    /// From [`new_id`].
    pub(crate) id: String,
    /// Whose it will be.
    pub(crate) user_id: &'a str,
    /// What its owner calls it.
    pub(crate) name: &'a str,
    /// What it may do, and when it ends by itself.
    pub(crate) plan: Plan<'a>,
    /// When it is made.
    pub(crate) now: Timestamp,
}

/// A new key, the only time that it is told.
pub(crate) struct Made {
    pub(crate) key: StoredKey,
    pub(crate) secret: Secret,
    /// The key that was rotated.
    pub(crate) replaced: Option<StoredKey>,
}

/// An id that no key had before and, when it is deleted, none will have again.
///
/// # Errors
/// 500 when the system's random source fails.
pub(crate) fn new_id() -> Result<String, Problem> {
    Ok(format!("{ID_PREFIX}{}", random_base62(20)?))
}
