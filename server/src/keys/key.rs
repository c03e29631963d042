//! What is told of a key.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Problem;
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
    /// What it may do; empty is everything that its owner may.
    scopes: Vec<String>,
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

impl Key {
    pub(super) fn told(key: StoredKey, now: Timestamp) -> Self {
        Key {
            masked: key.masked(),
            status: match key.status(now) {
                KeyStatus::Active => Status::Active,
                KeyStatus::Expired => Status::Expired,
                KeyStatus::Revoked => Status::Revoked,
            },
            id: key.id,
            name: key.name,
            prefix: key.prefix,
            last_four: key.last_four,
            scopes: key.scopes,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
            replaced_by: key.replaced_by,
        }
    }
}

/// The id from a path. What cannot be an id is not looked up at all.
pub(super) fn key_id(text: &str) -> Result<&str, Problem> {
    let random = text.strip_prefix("key_").ok_or_else(Problem::no_such_key)?;
    let is_id = (16..=64).contains(&random.len()) && random.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_id { Ok(text) } else { Err(Problem::no_such_key()) }
}
