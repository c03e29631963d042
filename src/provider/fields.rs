//! Where a service's answers say what: paths for [`Value::find`].
//!
//! [`Value::find`]: crate::value::Value::find

use std::borrow::Cow;

use serde::Serialize;

use super::Text;

/// Where the members of a key stand. Paths of names joined by `.`, alternatives
/// by `|`; the empty path is the whole.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fields {
    /// The key object in an answer about one key.
    pub key: Text,
    /// The new key's text in the answer to create and rotate.
    pub secret: Text,
    /// The key objects in the answer to list.
    pub items: Text,
    /// The cursor of the next page in the answer to list.
    pub cursor: Text,
    /// In a key object: its id.
    pub id: Text,
    /// In a key object: its name.
    pub name: Text,
    /// In a key object: `active`, `expired` or `revoked`.
    pub status: Text,
    /// In a key object: enough of the key to recognise it.
    pub masked: Text,
    /// In a key object: the whole key, where a service lists it. The key then
    /// gets a fingerprint as its id and is masked.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub whole_key: Text,
    /// In a key object: its scopes.
    pub scopes: Text,
    /// In a key object: when it was made.
    pub created_at: Text,
    /// In a key object: when it ends.
    pub expires_at: Text,
    /// In a key object: when it was last used.
    pub last_used_at: Text,
    /// In a key object: when it was revoked.
    pub revoked_at: Text,
    /// In a key object: the id of its successor.
    pub replaced_by: Text,
    /// In the answer to validate: whether the key works.
    pub valid: Text,
    /// In the answer to validate: why it does not.
    pub reason: Text,
    /// In the answer to whoami: the id of the account.
    pub account: Text,
    /// In the answer to whoami: its login name.
    pub user: Text,
}

impl Fields {
    /// Those of keylatch's own API, and the default of declared services.
    pub const KEYLATCH: Fields = Fields {
        key: Cow::Borrowed("key|"),
        secret: Cow::Borrowed("secret"),
        items: Cow::Borrowed("items"),
        cursor: Cow::Borrowed("next_cursor"),
        id: Cow::Borrowed("id"),
        name: Cow::Borrowed("name"),
        status: Cow::Borrowed("status"),
        masked: Cow::Borrowed("masked"),
        whole_key: Cow::Borrowed(""),
        scopes: Cow::Borrowed("scopes"),
        created_at: Cow::Borrowed("created_at"),
        expires_at: Cow::Borrowed("expires_at"),
        last_used_at: Cow::Borrowed("last_used_at"),
        revoked_at: Cow::Borrowed("revoked_at"),
        replaced_by: Cow::Borrowed("replaced_by"),
        valid: Cow::Borrowed("valid"),
        reason: Cow::Borrowed("reason"),
        account: Cow::Borrowed("id"),
        user: Cow::Borrowed("user"),
    };

    /// The field that a declaration calls by this name.
    pub fn by_name(&mut self, name: &str) -> Option<&mut Text> {
        Some(match name {
            "key" => &mut self.key,
            "secret" => &mut self.secret,
            "items" => &mut self.items,
            "cursor" => &mut self.cursor,
            "id" => &mut self.id,
            "name" => &mut self.name,
            "status" => &mut self.status,
            "masked" => &mut self.masked,
            "wholeKey" => &mut self.whole_key,
            "scopes" => &mut self.scopes,
            "createdAt" => &mut self.created_at,
            "expiresAt" => &mut self.expires_at,
            "lastUsedAt" => &mut self.last_used_at,
            "revokedAt" => &mut self.revoked_at,
            "replacedBy" => &mut self.replaced_by,
            "valid" => &mut self.valid,
            "reason" => &mut self.reason,
            "account" => &mut self.account,
            "user" => &mut self.user,
            _ => return None,
        })
    }
}

/// Unit of numeric times. Times as text are RFC 3339 whatever this says.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TimeUnit {
    /// Unix seconds.
    #[serde(rename = "s")]
    Seconds,
    /// Unix milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
}

/// Where a refusal says why.
#[derive(Clone, Serialize)]
pub struct ErrorShape {
    /// The service's code.
    pub code: Text,
    /// Its sentence.
    pub message: Text,
    /// What it suggests.
    pub suggestion: Text,
}

impl ErrorShape {
    /// Problem details (RFC 9457): the last segment of `type` is the code.
    pub const PROBLEM: ErrorShape = ErrorShape {
        code: Cow::Borrowed("type"),
        message: Cow::Borrowed("detail|title"),
        suggestion: Cow::Borrowed(""),
    };
}
