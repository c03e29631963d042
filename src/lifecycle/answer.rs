//! What a service's answers mean: from [`Value`] to the types of this API, at
//! the places that the provider's [`Fields`](crate::provider::Fields) name.

use serde::Serialize;

use super::client::Page;
use crate::error::{Code, Error};
use crate::format;
use crate::provider::{Provider, TimeUnit};
use crate::secret::Secret;
use crate::value::Value;

/// A key as the service tells of it; never the key itself.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyInfo {
    /// Its id; where a service has none, a fingerprint of the key.
    pub id: String,
    /// Its name; empty where a service has none.
    pub name: String,
    /// What it is good for.
    pub status: Status,
    /// Enough of it to recognise it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masked: Option<String>,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Time>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Time>,
    /// When it was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Time>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Time>,
    /// The id of its successor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
}

/// What a key is good for. A deleted key is not told of.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It authenticates.
    Active,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
}

impl Status {
    /// Whether a filter lets it through.
    pub(super) fn is(self, filter: Option<&str>) -> bool {
        match filter {
            Some("active") => self == Status::Active,
            Some("expired") => self == Status::Expired,
            Some("revoked") => self == Status::Revoked,
            Some("inactive") => self != Status::Active,
            _ => true,
        }
    }
}

/// A moment, as the service gave it. The calendar is the host's: in JavaScript
/// either becomes a `Date`.
#[derive(Clone, Serialize)]
#[serde(untagged)]
pub enum Time {
    /// Unix milliseconds.
    Millis(f64),
    /// RFC 3339.
    Text(String),
}

/// Whether a key works.
#[derive(Clone, Serialize)]
pub struct Validation {
    /// It does.
    pub valid: bool,
    /// What the service tells of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyInfo>,
    /// Why it does not: `unknown`, `expired` or `revoked`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

impl Validation {
    pub(super) fn unknown() -> Self {
        Validation { valid: false, key: None, reason: Some("unknown") }
    }
}

/// Whose credential it is.
#[derive(Clone, Serialize)]
pub struct Account {
    /// The id of the account.
    pub id: String,
    /// Its login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// Reads a provider's answers.
pub(super) struct Reader<'a> {
    pub(super) provider: &'a Provider,
}

impl Reader<'_> {
    /// The key object of an answer about one key.
    pub(super) fn key(&self, answer: &Value) -> Result<KeyInfo, Error> {
        match answer.find(&self.provider.fields.key) {
            Some(key) => self.item(key),
            None => Err(self.missing("the key", &self.provider.fields.key)),
        }
    }

    /// The new key's text.
    pub(super) fn secret(&self, answer: &Value) -> Result<Secret, Error> {
        match answer.find(&self.provider.fields.secret) {
            Some(Value::Text(secret)) if !secret.expose().is_empty() => Ok(secret.clone()),
            _ => Err(self.missing("the new key", &self.provider.fields.secret)),
        }
    }

    pub(super) fn page(&self, answer: &Value) -> Result<Page, Error> {
        let fields = &self.provider.fields;
        let Some(items @ Value::List(_)) = answer.find(&fields.items) else {
            return Err(self.missing("the list", &fields.items));
        };
        Ok(Page {
            items: items.items().iter().map(|item| self.item(item)).collect::<Result<_, _>>()?,
            cursor: answer.find(&fields.cursor).and_then(Value::to_text).filter(|cursor| !cursor.is_empty()),
        })
    }

    pub(super) fn account(&self, answer: &Value) -> Result<Account, Error> {
        let fields = &self.provider.fields;
        match answer.find(&fields.account).and_then(Value::to_text) {
            Some(id) => Ok(Account { id, user: answer.find(&fields.user).and_then(Value::to_text) }),
            None => Err(self.missing("the account", &fields.account)),
        }
    }

    /// Success means valid unless the answer says otherwise.
    pub(super) fn validation(&self, answer: &Value) -> Result<Validation, Error> {
        let fields = &self.provider.fields;
        match answer.find(&fields.valid).and_then(Value::bool) {
            Some(false) => {
                let reason = match answer.find(&fields.reason).and_then(Value::text) {
                    Some("expired") => "expired",
                    Some("revoked") => "revoked",
                    _ => "unknown",
                };
                Ok(Validation { valid: false, key: None, reason: Some(reason) })
            }
            // The key itself only where the answer has one: a cheap call that
            // stands in for validate answers something else.
            _ => Ok(Validation { valid: true, key: self.key(answer).ok(), reason: None }),
        }
    }

    fn item(&self, item: &Value) -> Result<KeyInfo, Error> {
        let fields = &self.provider.fields;
        let text = |path: &str| if path.is_empty() { None } else { item.find(path)?.to_text() };
        let time = |path: &str| if path.is_empty() { None } else { self.time(item.find(path)?) };
        let whole = match fields.whole_key.as_ref() {
            "" => None,
            path => item.find(path).and_then(Value::text).map(Secret::from),
        };
        let id = match &whole {
            Some(key) => Some(fingerprint(key)),
            None => text(&fields.id),
        };
        let Some(id) = id.filter(|id| !id.is_empty()) else {
            return Err(self.missing("the key's id", &fields.id));
        };
        let expires_at = time(&fields.expires_at);
        let revoked_at = time(&fields.revoked_at);
        let status = match text(&fields.status).as_deref() {
            Some("active") => Status::Active,
            Some("expired") => Status::Expired,
            Some("revoked" | "inactive") => Status::Revoked,
            // A service without a status lists what works.
            _ if revoked_at.is_some() => Status::Revoked,
            _ => Status::Active,
        };
        Ok(KeyInfo {
            id,
            name: text(&fields.name).unwrap_or_default(),
            status,
            masked: whole.map(|key| format::mask(key.expose())).or_else(|| text(&fields.masked)),
            scopes: item
                .find(&fields.scopes)
                .map(Value::items)
                .unwrap_or_default()
                .iter()
                .filter_map(Value::to_text)
                .collect(),
            created_at: time(&fields.created_at),
            expires_at,
            last_used_at: time(&fields.last_used_at),
            revoked_at,
            replaced_by: text(&fields.replaced_by),
        })
    }

    fn time(&self, value: &Value) -> Option<Time> {
        match value {
            Value::Text(text) => Some(Time::Text(text.expose().into())),
            Value::Number(number) if self.provider.time_unit == TimeUnit::Seconds => {
                Some(Time::Millis(number * 1000.0))
            }
            Value::Number(number) => Some(Time::Millis(*number)),
            _ => None,
        }
    }

    fn missing(&self, what: &str, path: &str) -> Error {
        let mut text = String::from(what);
        text.push_str(" is missing");
        if !path.is_empty() {
            text.push_str(" at ");
            text.push_str(path);
        }
        text.push('.');
        Error::new(Code::BadResponse).with(self.provider.title.clone()).with(text)
    }
}

/// Stands for a key where a service knows no other id: enough to tell keys
/// apart, and nothing to authenticate with.
pub fn fingerprint(key: &Secret) -> String {
    let mut hash = format::hash(key);
    hash.truncate(16);
    hash
}

impl KeyInfo {
    pub(super) fn is_named_like(&self, search: Option<&str>) -> bool {
        search.is_none_or(|search| self.name.to_ascii_lowercase().contains(&search.to_ascii_lowercase()))
    }
}
