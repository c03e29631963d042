//! What a client tells of keys and accounts: the types, and how they cross to
//! JavaScript.

use super::time::Time;
use crate::format;
use crate::provider::Vars;
use crate::secret::Secret;
use crate::text::contains;
use crate::value::{Object, Value};

/// A key as the service tells of it; never the key itself.
#[derive(Clone)]
pub struct KeyInfo {
    /// Its id; where a service has none, a fingerprint of the key.
    pub id: String,
    /// Its name; empty where a service has none.
    pub name: String,
    /// Whether it works.
    pub status: Status,
    /// Enough of it to recognise it by.
    pub masked: Option<String>,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Option<Time>,
    /// When it ends.
    pub expires_at: Option<Time>,
    /// When it was last used.
    pub last_used_at: Option<Time>,
    /// When it was revoked.
    pub revoked_at: Option<Time>,
    /// The id of its successor.
    pub replaced_by: Option<String>,
}

/// A page of a list.
pub struct Page {
    /// The keys.
    pub items: Vec<KeyInfo>,
    /// Where the next page begins, if there is one.
    pub cursor: Option<String>,
}

/// Whether a key works. A deleted key is in no answer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It authenticates.
    Active,
    /// It ended by itself.
    Expired,
    /// It was revoked.
    Revoked,
    /// The service does not say, or says a word that is none of these.
    Unknown,
}

impl Status {
    /// As it stands in JavaScript.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Active => "active",
            Status::Expired => "expired",
            Status::Revoked => "revoked",
            Status::Unknown => "unknown",
        }
    }

    /// Whether the key is known to have ended.
    pub(super) fn is_ended(self) -> bool {
        matches!(self, Status::Expired | Status::Revoked)
    }

    /// Whether a filter lets it through. Only what is known of a key can.
    pub(super) fn is(self, filter: Option<&str>) -> bool {
        match filter {
            Some("active") => self == Status::Active,
            Some("expired") => self == Status::Expired,
            Some("revoked") => self == Status::Revoked,
            Some("inactive") => self.is_ended(),
            _ => true,
        }
    }
}

/// Whether a key works.
#[derive(Clone)]
pub struct Validation {
    /// It does.
    pub valid: bool,
    /// What the service tells of it.
    pub key: Option<KeyInfo>,
    /// Why it does not: `unknown`, `expired` or `revoked`.
    pub reason: Option<&'static str>,
}

impl Validation {
    pub(super) fn valid(key: Option<KeyInfo>) -> Self {
        Validation { valid: true, key, reason: None }
    }

    pub(super) fn unknown() -> Self {
        Validation { valid: false, key: None, reason: Some("unknown") }
    }
}

/// Whose credential it is.
#[derive(Clone)]
pub struct Account {
    /// The id of the account.
    pub id: String,
    /// Its login name.
    pub user: Option<String>,
}

impl From<&KeyInfo> for Value {
    fn from(key: &KeyInfo) -> Value {
        Object::new()
            .with("id", &*key.id)
            .with("name", &*key.name)
            .with("status", key.status.as_str())
            .with_some("masked", key.masked.as_deref())
            .with("scopes", key.scopes.iter().map(|scope| Value::from(&**scope)).collect::<Value>())
            .with_some("createdAt", key.created_at.as_ref())
            .with_some("expiresAt", key.expires_at.as_ref())
            .with_some("lastUsedAt", key.last_used_at.as_ref())
            .with_some("revokedAt", key.revoked_at.as_ref())
            .with_some("replacedBy", key.replaced_by.as_deref())
            .into()
    }
}

impl From<&Time> for Value {
    fn from(time: &Time) -> Value {
        Value::Number(time.millis() as f64)
    }
}

impl From<&Validation> for Value {
    fn from(validation: &Validation) -> Value {
        Object::new()
            .with("valid", validation.valid)
            .with_some("key", validation.key.as_ref())
            .with_some("reason", validation.reason)
            .into()
    }
}

impl From<&Account> for Value {
    fn from(account: &Account) -> Value {
        Object::new().with("id", &*account.id).with_some("user", account.user.as_deref()).into()
    }
}

/// Stands for a key where a service knows no other id: enough to tell keys
/// apart, and nothing to authenticate with.
pub fn fingerprint(key: &Secret) -> String {
    // `truncate` would bring the message of its panic into the wasm.
    format::hash(key).get(..16).unwrap_or_default().into()
}

impl KeyInfo {
    /// What a key is made with that takes this one's place.
    pub(super) fn successor(&self) -> Vars {
        let mut vars = Vars::new();
        if !self.name.is_empty() {
            vars.set("name", self.name.as_str().into());
        }
        if !self.scopes.is_empty() {
            vars.set("scopes", self.scopes.iter().map(|scope| Value::from(&**scope)).collect());
        }
        if let Some(end) = self.expires_at.and_then(Time::to_rfc3339) {
            vars.set("expires_at", end.into());
        }
        vars
    }

    /// All that is known of a key that was revoked without a word.
    pub(super) fn revoked(id: &str) -> Self {
        KeyInfo {
            id: id.into(),
            name: String::new(),
            status: Status::Revoked,
            masked: None,
            scopes: Vec::new(),
            created_at: None,
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
            replaced_by: None,
        }
    }

    pub(super) fn is_named_like(&self, search: Option<&str>) -> bool {
        search.is_none_or(|search| contains(&self.name.to_ascii_lowercase(), &search.to_ascii_lowercase()))
    }
}
