//! What is told of a key.

use jiff::Timestamp;
use keylatch_format::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::keys::issue::Made;
use crate::store::keys::{KeyStatus, StoredKey};

/// A key as it is told of; never the key itself.
#[derive(Serialize, ToSchema)]
pub(crate) struct Key {
    #[schema(example = "key_9fK2mVb7Qx0LrT4s")]
    id: String,
    #[schema(example = "deploy robot")]
    name: String,
    /// The start, which says what kind of key it is.
    #[schema(example = "kl_live_")]
    prefix: String,
    /// The end, to recognise it by.
    #[schema(example = "Ab12")]
    last_four: String,
    #[schema(example = "kl_live_…Ab12")]
    masked: String,
    status: Status,
    /// What it may do besides telling whose it is.
    scopes: Vec<String>,
    /// It was made before managing keys was a scope, without scopes: it may do
    /// everything that its owner may. Rotate it into a key with scopes.
    full_access: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// `null`: it does not expire.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    expires_at: Option<Timestamp>,
    /// To the minute. `null`: it was never used.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    last_used_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime, required)]
    revoked_at: Option<Timestamp>,
    /// Id of the key that it was rotated into.
    #[schema(required)]
    replaced_by: Option<String>,
}

#[derive(Serialize, Deserialize, ToSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
#[schema(as = KeyStatus)]
pub(super) enum Status {
    Active,
    Expired,
    Revoked,
}

impl Status {
    pub(super) fn of(status: KeyStatus) -> Self {
        match status {
            KeyStatus::Active => Status::Active,
            KeyStatus::Expired => Status::Expired,
            KeyStatus::Revoked => Status::Revoked,
        }
    }
}

impl Key {
    pub(super) fn told(key: StoredKey, now: Timestamp) -> Self {
        Key {
            masked: key.masked(),
            status: Status::of(key.status(now)),
            id: key.id,
            name: key.name,
            prefix: key.prefix,
            last_four: key.last_four,
            full_access: key.full_access && key.scopes.is_empty(),
            scopes: key.scopes,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
            replaced_by: key.replaced_by,
        }
    }
}

/// A new key, the only time that it is told.
#[derive(Serialize, ToSchema)]
pub(super) struct NewKey {
    key: Key,
    /// The key itself. It is not stored and cannot be told again.
    #[schema(value_type = String, example = "kl_live_…")]
    #[serde(serialize_with = "expose")]
    secret: Secret,
    /// The key that was rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    replaced: Option<Key>,
}

impl NewKey {
    pub(super) fn told(made: Made, now: Timestamp) -> Self {
        let replaced = made.replaced.map(|replaced| Key::told(replaced, now));
        NewKey { key: Key::told(made.key, now), secret: made.secret, replaced }
    }
}

/// Writes a secret out, the only time that it is told.
pub(super) fn expose<S: serde::Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}
