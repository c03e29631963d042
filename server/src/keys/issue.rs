//! Making a key: the plain one for its owner, the hashed one for the database.

use jiff::Timestamp;
use keylatch::Secret;
use serde::Serialize;
use sqlx::AnyConnection;
use utoipa::ToSchema;

use super::key::Key;
use crate::config::KeyEnvironment;
use crate::kind::KeyKind;
use crate::problem::Problem;
use crate::store::keys::{self, StoredKey};
use crate::token::{PlainKey, random_base62};

/// A new key that nobody has seen yet.
pub struct Issued {
    plain: PlainKey,
    kind: KeyKind,
    prefix: &'static str,
}

impl Issued {
    /// Makes a key as this API has them.
    ///
    /// # Errors
    /// 500 when the system's random source fails.
    pub fn new(kind: KeyKind, environment: KeyEnvironment) -> Result<Self, Problem> {
        let prefix = kind.prefix(environment);
        Ok(Issued { plain: PlainKey::generate(kind.format(), prefix)?, kind, prefix })
    }

    /// Stores it as a new row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn store(&self, db: &mut AnyConnection, order: Order<'_>) -> Result<StoredKey, Problem> {
        let key = StoredKey {
            id: order.id,
            user_id: order.user_id.to_owned(),
            kind: self.kind,
            name: order.name.to_owned(),
            prefix: self.prefix.to_owned(),
            last_four: self.plain.last_four().to_owned(),
            scopes: order.scopes.to_vec(),
            created_at: order.now,
            expires_at: order.expires_at,
            last_used_at: None,
            revoked_at: None,
            replaced_by: None,
        };
        keys::insert(db, &key, &self.plain.hashed()).await?;
        Ok(key)
    }

    /// Puts it into the place of one that nobody has seen; that one dies.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace(&self, db: &mut AnyConnection, key: &mut StoredKey) -> Result<(), Problem> {
        key.last_four = self.plain.last_four().to_owned();
        keys::reissue(db, &key.id, &key.last_four, &self.plain.hashed()).await?;
        Ok(())
    }

    /// Hands the key out.
    pub fn into_secret(self) -> Secret {
        self.plain.into_secret()
    }
}

/// What a new key is to be.
pub struct Order<'a> {
    /// From [`new_id`].
    pub id: String,
    /// Whose it will be.
    pub user_id: &'a str,
    /// What its owner calls it.
    pub name: &'a str,
    /// What it may do; empty is everything.
    pub scopes: &'a [String],
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it is made.
    pub now: Timestamp,
}

/// An id that no key had before and, when it is deleted, none will have again.
///
/// # Errors
/// 500 when the system's random source fails.
pub fn new_id() -> Result<String, Problem> {
    Ok(format!("key_{}", random_base62(20)?))
}

/// A new key, the only time that it is told.
#[derive(Serialize, ToSchema)]
pub(super) struct NewKey {
    pub(super) key: Key,
    /// The key itself. It is not stored and cannot be told again.
    #[schema(value_type = String, example = "kl_live_…")]
    #[serde(serialize_with = "expose")]
    pub(super) secret: Secret,
    /// The key that was rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) replaced: Option<Key>,
}

fn expose<S: serde::Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}
