//! What a service's answers mean: from [`Value`] to the types of this API, at
//! the places that the provider's [`Fields`](crate::provider::Fields) name. What
//! an answer does not state is left out, or, where it is needed, an error.

use super::found::Found;
use super::info::{Account, KeyInfo, Page, Status, Validation, fingerprint};
use super::mask::{is_stand_in, is_whole};
use super::time::Time;
use crate::error::{Code, Error};
use crate::format::{self, Certainty};
use crate::json::LARGEST_SAFE;
use crate::provider::{Field, Provider, States, TimeUnit};
use crate::secret::Secret;
use crate::text::{concat, contains, integer};
use crate::value::Value;

/// A secret of fewer bytes is looked for as a whole text only.
const SHORTEST: usize = 12;

/// Reads a provider's answers to one call.
pub(super) struct Reader<'a> {
    pub(super) provider: &'a Provider,
    /// The secrets that the call knows, in each form in which they were sent.
    pub(super) secrets: &'a [Secret],
    /// How an error describes the answer.
    pub(super) found: Found<'a>,
}

impl Reader<'_> {
    fn path(&self, field: Field) -> &str {
        self.provider.fields.path(field)
    }

    /// The key object of an answer about one key.
    pub(super) fn key(&self, answer: &Value) -> Result<KeyInfo, Error> {
        let path = self.path(Field::Key);
        match answer.find(path) {
            Some(key) => self.item(key),
            None => Err(self.expected("the key", path, Some(answer))),
        }
    }

    /// The same of an answer that must be about the key with this id.
    pub(super) fn key_of(&self, answer: &Value, id: &str) -> Result<KeyInfo, Error> {
        let key = self.key(answer)?;
        if key.id == id {
            return Ok(key);
        }
        let (asked, found) = (self.found.text(id), self.found.text(&key.id));
        Err(self.bad_response(&["expected the key ", &asked, ", found the key ", &found, "."]))
    }

    /// Whether an answer about one key says which.
    pub(super) fn names_a_key(&self, answer: &Value) -> bool {
        answer.find(self.path(Field::Key)).is_some_and(|key| key.find(self.path(Field::Id)).is_some())
    }

    /// The key after it was revoked. It counts as revoked whether or not the answer says so.
    pub(super) fn revoked(&self, answer: &Value, id: &str) -> Result<KeyInfo, Error> {
        if let Value::Null = answer {
            return Ok(KeyInfo::revoked(id));
        }
        let key = self.key_of(answer, id)?;
        let tells = answer.find(self.path(Field::Key)).and_then(|key| key.find(self.path(Field::Status)));
        Ok(if tells.is_some() { key } else { KeyInfo { status: Status::Revoked, ..key } })
    }

    /// The new key's text. Where the service documents what its keys look like, it
    /// must be one; elsewhere it must not be a stand-in for one.
    pub(super) fn secret(&self, answer: &Value) -> Result<Secret, Error> {
        let path = self.path(Field::Secret);
        let found = answer.find(path);
        let Some(Value::Text(secret)) = found.filter(|found| found.text() != Some("")) else {
            return Err(self.expected("the new key", path, found));
        };
        let format = self.provider.format.as_ref();
        let documented = format.filter(|format| format.certainty == Certainty::Documented);
        let what = match documented {
            Some(format) if !format::is_key_of(format, secret.expose().as_bytes()) => {
                "a text that is no key of its format"
            }
            None if is_stand_in(secret.expose()) => "what stands for one",
            _ => return Ok(secret.clone()),
        };
        Err(self.bad_response(&["expected the new key at ", path, ", found ", what, "."]))
    }

    pub(super) fn page(&self, answer: &Value) -> Result<Page, Error> {
        let path = self.path(Field::Items);
        let Some(items @ Value::List(_)) = answer.find(path) else {
            return Err(self.expected("the list of keys", path, answer.find(path)));
        };
        let mut keys = Vec::new();
        for item in items.items() {
            keys.push(self.item(item)?);
        }
        let path = self.path(Field::Cursor);
        let cursor = match answer.find(path) {
            None | Some(Value::Bool(false)) => None,
            Some(found) => match self.exact(found, path)? {
                Some(cursor) => Some(cursor).filter(|cursor| !cursor.is_empty()),
                None => return Err(self.expected("the cursor of the next page", path, Some(found))),
            },
        };
        Ok(Page { items: keys, cursor })
    }

    /// The key of a fingerprint in the answer to list.
    pub(super) fn whole_key(&self, answer: &Value, fingerprint: &str) -> Option<Secret> {
        let items = answer.find(self.path(Field::Items))?.items();
        let key =
            |item: &Value| item.find(self.path(Field::WholeKey)).and_then(Value::text).map(Secret::from);
        items.iter().filter_map(key).find(|key| self::fingerprint(key) == fingerprint)
    }

    pub(super) fn account(&self, answer: &Value) -> Result<Account, Error> {
        let id = self.id("the id of the account", answer, self.path(Field::Account))?;
        Ok(Account { id, user: answer.find(self.path(Field::User)).and_then(|user| digits(user).ok()?) })
    }

    /// Whether a key works, as the answer states it.
    pub(super) fn validation(&self, answer: &Value, states: States) -> Result<Validation, Error> {
        match states {
            States::Valid => {}
            // It names the owner of a key that works.
            States::Account => return self.account(answer).map(|_| Validation::valid(None)),
            // A cheap call: that it succeeded is what it states.
            _ => return Ok(Validation::valid(None)),
        }
        let path = self.path(Field::Valid);
        let found = at(answer, path);
        match found.and_then(Value::bool) {
            Some(true) => {
                let key = at(answer, self.path(Field::ValidKey));
                Ok(Validation::valid(key.map(|key| self.item(key)).transpose()?))
            }
            Some(false) => {
                let reason = match answer.find(self.path(Field::Reason)).and_then(Value::text) {
                    Some("expired") => "expired",
                    Some("revoked") => "revoked",
                    _ => "unknown",
                };
                Ok(Validation { valid: false, key: None, reason: Some(reason) })
            }
            None => Err(self.expected("true or false", path, found)),
        }
    }

    fn item(&self, item: &Value) -> Result<KeyInfo, Error> {
        let at = |field| at(item, self.path(field));
        let text = |field| digits(at(field)?).ok()?;
        let time = |field| self.time(at(field)?);
        let (id, whole) = match self.path(Field::WholeKey) {
            "" => (self.id("the id of the key", item, self.path(Field::Id))?, None),
            path => match item.find(path).and_then(Value::text).map(Secret::from) {
                Some(key) if !key.expose().is_empty() => (fingerprint(&key), Some(key)),
                _ => return Err(self.expected("the key", path, item.find(path))),
            },
        };
        let replaced_by = match at(Field::ReplacedBy) {
            Some(id) => self.exact(id, self.path(Field::ReplacedBy))?,
            None => None,
        };
        let revoked_at = time(Field::RevokedAt);
        let word = text(Field::Status).filter(|word| !word.is_empty());
        let word = word.map(|word| word.to_ascii_lowercase());
        let status = match word.as_deref() {
            Some("active") => Status::Active,
            Some("expired") => Status::Expired,
            Some("revoked" | "inactive") => Status::Revoked,
            _ if revoked_at.is_some() => Status::Revoked,
            None if self.provider.lists_working_keys_only => Status::Active,
            _ => Status::Unknown,
        };
        let masked = match whole {
            Some(key) => Some(format::mask(key.expose())),
            // Not copied before it is known that it is no key.
            None => match at(Field::Masked).and_then(Value::text) {
                Some(masked) => Some(self.masked(masked)),
                None => text(Field::Masked),
            },
        };
        let scopes = at(Field::Scopes).map(Value::items).unwrap_or_default();
        Ok(KeyInfo {
            id,
            name: text(Field::Name).unwrap_or_default(),
            status,
            masked,
            scopes: scopes.iter().filter_map(|scope| digits(scope).ok()?).collect(),
            created_at: time(Field::CreatedAt),
            expires_at: time(Field::ExpiresAt),
            last_used_at: time(Field::LastUsedAt),
            revoked_at,
            replaced_by: replaced_by.filter(|id| !id.is_empty()),
        })
    }

    /// What a service shows of a key, masked again when that is the key.
    fn masked(&self, masked: &str) -> String {
        let is_key = |secret: &Secret| is_in(secret, masked);
        let is_whole = is_whole(self.provider.format.as_ref(), masked) || self.secrets.iter().any(is_key);
        if is_whole { format::mask(masked) } else { masked.into() }
    }

    fn time(&self, value: &Value) -> Option<Time> {
        match (value.text(), value.number()) {
            // No time at all, as some languages write it.
            (Some(text), _) if text.starts_with("0001-01-01") => None,
            (Some(text), _) => Time::parse(text),
            (_, Some(0.0)) => None,
            (_, Some(number)) if self.provider.time_unit == TimeUnit::Seconds => {
                Time::from_millis(number * 1000.0)
            }
            (_, Some(number)) => Time::from_millis(number),
            _ => None,
        }
    }

    /// An id that must be there, and may not be a key.
    fn id(&self, what: &str, object: &Value, path: &str) -> Result<String, Error> {
        let found = at(object, path);
        let is_found = |secret: &Secret| found.and_then(Value::text) == Some(secret.expose());
        if self.secrets.iter().any(is_found) {
            return Err(self.bad_response(&["expected ", what, " at ", path, ", found a key."]));
        }
        let id = match found {
            Some(found) => self.exact(found, path)?,
            None => None,
        };
        match id {
            Some(id) if !id.is_empty() => Ok(id),
            _ => Err(self.expected(what, path, found.or(Some(object)))),
        }
    }

    /// A text, or a number with each of its digits; nothing when it is neither.
    fn exact(&self, value: &Value, path: &str) -> Result<Option<String>, Error> {
        digits(value).map_err(|Rounded| {
            let what = "expected a text or a whole number at ";
            self.bad_response(&[what, path, ", found a number that is not whole, or has lost digits."])
        })
    }

    fn expected(&self, what: &str, path: &str, found: Option<&Value>) -> Error {
        let at = if path.is_empty() { "" } else { " at " };
        self.bad_response(&["expected ", what, at, path, ", found ", &self.found.value(found), "."])
    }

    fn bad_response(&self, texts: &[&str]) -> Error {
        Error::new(Code::BadResponse).with(self.provider.title.clone()).with(concat(texts))
    }
}

/// Whether a text is a secret or has one in it. One that is short may be a part of
/// any text.
pub(super) fn is_in(secret: &Secret, text: &str) -> bool {
    let secret = secret.expose();
    secret == text || (secret.len() >= SHORTEST && contains(text, secret))
}

/// What stands at a path; nothing where the service has no such member.
pub(super) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    if path.is_empty() { None } else { value.find(path) }
}

/// A number that is not whole, or may not be the one that was sent.
pub(super) struct Rounded;

/// A text, or a number as it was written: services give ids, codes and cursors as
/// either. This is the only place that turns a number of an answer into text.
pub(super) fn digits(value: &Value) -> Result<Option<String>, Rounded> {
    if let Some(text) = value.text().or_else(|| value.digits()) {
        return Ok(Some(text.into()));
    }
    match value.number() {
        None => Ok(None),
        Some(number) if number.abs() <= LARGEST_SAFE as f64 && number as i64 as f64 == number => {
            Ok(Some(integer(number as i64)))
        }
        Some(_) => Err(Rounded),
    }
}
