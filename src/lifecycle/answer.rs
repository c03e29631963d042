//! What a service's answers mean: from [`Value`] to the types of this API, at
//! the places that the provider's [`Fields`](crate::provider::Fields) name.

use crate::error::{Code, Error};
use crate::format;
use crate::provider::{Field, Provider, TimeUnit, Vars};
use crate::secret::Secret;
use crate::text::{concat, contains};
use crate::value::{Object, Value};

/// A key as the service tells of it; never the key itself.
#[derive(Clone)]
pub struct KeyInfo {
    /// Its id; where a service has none, a fingerprint of the key.
    pub id: String,
    /// Its name; empty where a service has none.
    pub name: String,
    /// What it is good for.
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

/// What a key is good for. A deleted key is not told of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It authenticates.
    Active,
    /// Its time is over.
    Expired,
    /// It was revoked.
    Revoked,
    /// The service says a word that is none of these.
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

    /// Whether a filter lets it through.
    pub(super) fn is(self, filter: Option<&str>) -> bool {
        match filter {
            Some("active") => self == Status::Active,
            Some("expired") => self == Status::Expired,
            Some("revoked") => self == Status::Revoked,
            Some("inactive") => matches!(self, Status::Expired | Status::Revoked),
            _ => true,
        }
    }
}

/// A moment, as the service gave it. The calendar is the host's: in JavaScript
/// either becomes a `Date`.
#[derive(Clone)]
pub enum Time {
    /// Unix milliseconds.
    Millis(f64),
    /// RFC 3339.
    Text(String),
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
        match time {
            Time::Millis(millis) => Value::Number(*millis),
            Time::Text(text) => Value::from(&**text),
        }
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

/// Reads a provider's answers.
pub(super) struct Reader<'a> {
    pub(super) provider: &'a Provider,
}

impl Reader<'_> {
    fn path(&self, field: Field) -> &str {
        self.provider.fields.path(field)
    }

    /// The key object of an answer about one key.
    pub(super) fn key(&self, answer: &Value) -> Result<KeyInfo, Error> {
        match answer.find(self.path(Field::Key)) {
            Some(key) => self.item(key),
            None => Err(self.missing("the key", self.path(Field::Key))),
        }
    }

    /// The key after it was revoked: that is done, whether or not the service
    /// tells of it.
    pub(super) fn revoked(&self, answer: &Value, id: &str) -> KeyInfo {
        let told = self.key(answer).ok().filter(|key| key.id == id);
        let status = answer.find(self.path(Field::Key)).and_then(|key| key.find(self.path(Field::Status)));
        match told {
            Some(key) if status.is_some() || key.status != Status::Active => key,
            Some(key) => KeyInfo { status: Status::Revoked, ..key },
            None => KeyInfo::revoked(id),
        }
    }

    /// The new key's text.
    pub(super) fn secret(&self, answer: &Value) -> Result<Secret, Error> {
        match answer.find(self.path(Field::Secret)) {
            Some(Value::Text(secret)) if !secret.expose().is_empty() => Ok(secret.clone()),
            _ => Err(self.missing("the new key", self.path(Field::Secret))),
        }
    }

    pub(super) fn page(&self, answer: &Value) -> Result<Page, Error> {
        let Some(items @ Value::List(_)) = answer.find(self.path(Field::Items)) else {
            return Err(self.missing("the list", self.path(Field::Items)));
        };
        let mut keys = Vec::new();
        for item in items.items() {
            keys.push(self.item(item)?);
        }
        Ok(Page {
            items: keys,
            cursor: answer
                .find(self.path(Field::Cursor))
                .and_then(Value::to_text)
                .filter(|cursor| !cursor.is_empty()),
        })
    }

    /// The key of a fingerprint in the answer to list.
    pub(super) fn whole_key(&self, answer: &Value, fingerprint: &str) -> Option<Secret> {
        let items = answer.find(self.path(Field::Items))?.items();
        let key =
            |item: &Value| item.find(self.path(Field::WholeKey)).and_then(Value::text).map(Secret::from);
        items.iter().filter_map(key).find(|key| self::fingerprint(key) == fingerprint)
    }

    pub(super) fn account(&self, answer: &Value) -> Result<Account, Error> {
        match answer.find(self.path(Field::Account)).and_then(Value::to_text) {
            Some(id) => {
                Ok(Account { id, user: answer.find(self.path(Field::User)).and_then(Value::to_text) })
            }
            None => Err(self.missing("the account", self.path(Field::Account))),
        }
    }

    /// Success means valid unless the answer says otherwise.
    pub(super) fn validation(&self, answer: &Value) -> Result<Validation, Error> {
        match answer.find(self.path(Field::Valid)).and_then(Value::bool) {
            Some(false) => {
                let reason = match answer.find(self.path(Field::Reason)).and_then(Value::text) {
                    Some("expired") => "expired",
                    Some("revoked") => "revoked",
                    _ => "unknown",
                };
                Ok(Validation { valid: false, key: None, reason: Some(reason) })
            }
            // A cheap call that stands in for validate answers something else.
            _ => {
                let path = self.path(Field::ValidKey);
                let key = if path.is_empty() { None } else { answer.find(path) };
                Ok(Validation { valid: true, key: key.map(|key| self.item(key)).transpose()?, reason: None })
            }
        }
    }

    fn item(&self, item: &Value) -> Result<KeyInfo, Error> {
        let text = |path: &str| if path.is_empty() { None } else { item.find(path)?.to_text() };
        let time = |path: &str| if path.is_empty() { None } else { self.time(item.find(path)?) };
        let whole = match self.path(Field::WholeKey) {
            "" => None,
            path => item.find(path).and_then(Value::text).map(Secret::from),
        };
        let id = match &whole {
            Some(key) => Some(fingerprint(key)),
            None => text(self.path(Field::Id)),
        };
        let Some(id) = id.filter(|id| !id.is_empty()) else {
            return Err(self.missing("the key's id", self.path(Field::Id)));
        };
        let expires_at = time(self.path(Field::ExpiresAt));
        let revoked_at = time(self.path(Field::RevokedAt));
        let word = text(self.path(Field::Status)).map(|word| word.to_ascii_lowercase());
        let status = match word.as_deref() {
            Some("active") => Status::Active,
            Some("expired") => Status::Expired,
            Some("revoked" | "inactive") => Status::Revoked,
            _ if revoked_at.is_some() => Status::Revoked,
            Some(_) => Status::Unknown,
            // A service without a status lists what works.
            None => Status::Active,
        };
        Ok(KeyInfo {
            id,
            name: text(self.path(Field::Name)).unwrap_or_default(),
            status,
            masked: whole.map(|key| format::mask(key.expose())).or_else(|| text(self.path(Field::Masked))),
            scopes: item
                .find(self.path(Field::Scopes))
                .map(Value::items)
                .unwrap_or_default()
                .iter()
                .filter_map(Value::to_text)
                .collect(),
            created_at: time(self.path(Field::CreatedAt)),
            expires_at,
            last_used_at: time(self.path(Field::LastUsedAt)),
            revoked_at,
            replaced_by: text(self.path(Field::ReplacedBy)),
        })
    }

    fn time(&self, value: &Value) -> Option<Time> {
        match value {
            // No time at all, as some languages write it.
            Value::Text(text) if text.expose().is_empty() || text.expose().starts_with("0001-01-01") => None,
            Value::Number(0.0) => None,
            Value::Text(text) => Some(Time::Text(text.expose().into())),
            Value::Number(number) if self.provider.time_unit == TimeUnit::Seconds => {
                Some(Time::Millis(number * 1000.0))
            }
            Value::Number(number) => Some(Time::Millis(*number)),
            _ => None,
        }
    }

    fn missing(&self, what: &str, path: &str) -> Error {
        let at = if path.is_empty() { "" } else { " at " };
        let text = concat(&[what, " is missing", at, path, "."]);
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
    /// What a key is made with that takes this one's place.
    pub(super) fn successor(&self) -> Vars {
        let mut vars = Vars::new();
        if !self.name.is_empty() {
            vars.set("name", self.name.as_str().into());
        }
        if !self.scopes.is_empty() {
            vars.set("scopes", self.scopes.iter().map(|scope| Value::from(&**scope)).collect());
        }
        if let Some(Time::Text(end)) = &self.expires_at {
            vars.set("expires_at", end.as_str().into());
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
