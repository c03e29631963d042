//! Where a service's answers say what: paths for [`Value::find`].
//!
//! [`Value::find`]: crate::value::Value::find

use std::borrow::Cow;

use super::Text;

/// A place in the answers of a service.
#[derive(Clone, Copy)]
pub enum Field {
    /// The key object in an answer about one key.
    Key,
    /// The new key's text in the answer to create and rotate.
    Secret,
    /// The key objects in the answer to list.
    Items,
    /// The cursor of the next page in the answer to list.
    Cursor,
    /// In a key object: its id.
    Id,
    /// In a key object: its name.
    Name,
    /// In a key object: `active`, `expired` or `revoked`.
    Status,
    /// In a key object: enough of the key to recognise it.
    Masked,
    /// In a key object: the whole key, where a service lists it. The key then
    /// gets a fingerprint as its id and is masked.
    WholeKey,
    /// In a key object: its scopes.
    Scopes,
    /// In a key object: when it was made.
    CreatedAt,
    /// In a key object: when it ends.
    ExpiresAt,
    /// In a key object: when it was last used.
    LastUsedAt,
    /// In a key object: when it was revoked.
    RevokedAt,
    /// In a key object: the id of its successor.
    ReplacedBy,
    /// In the answer to validate: whether the key works.
    Valid,
    /// In the answer to validate: why it does not.
    Reason,
    /// The key object in the answer to validate.
    ValidKey,
    /// In the answer to whoami: the id of the account.
    Account,
    /// In the answer to whoami: its login name.
    User,
}

/// The names in declarations, in the order of [`Field`], each with its place in
/// keylatch's own answers.
const FIELDS: [(&str, &str); 20] = [
    ("key", "key|"),
    ("secret", "secret"),
    ("items", "items"),
    ("cursor", "next_cursor"),
    ("id", "id"),
    ("name", "name"),
    ("status", "status"),
    ("masked", "masked"),
    ("wholeKey", ""),
    ("scopes", "scopes"),
    ("createdAt", "created_at"),
    ("expiresAt", "expires_at"),
    ("lastUsedAt", "last_used_at"),
    ("revokedAt", "revoked_at"),
    ("replacedBy", "replaced_by"),
    ("valid", "valid"),
    ("reason", "reason"),
    ("validKey", "key"),
    ("account", "id"),
    ("user", "user"),
];

/// Where everything stands. Paths of names joined by `.`, alternatives by `|`;
/// the empty path is the whole for [`Field::Key`] and [`Field::Items`], and
/// nowhere for the others.
#[derive(Clone)]
pub struct Fields(Cow<'static, [(Field, Text)]>);

impl Fields {
    /// Those of keylatch's own API, and the default of declared services.
    pub const KEYLATCH: Fields = Fields::differing(&[]);

    /// Those of keylatch's own API but for some.
    pub const fn differing(paths: &'static [(Field, Text)]) -> Self {
        Fields(Cow::Borrowed(paths))
    }

    /// The path of a field.
    pub fn path(&self, field: Field) -> &str {
        let own = self.0.iter().find(|(f, _)| *f as usize == field as usize).map(|(_, path)| path.as_ref());
        own.unwrap_or_else(|| FIELDS.get(field as usize).map_or("", |(_, path)| path))
    }

    /// Names and paths, all of them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        FIELDS.iter().enumerate().map(|(number, (name, default))| {
            let own = self.0.iter().find(|(f, _)| *f as usize == number).map(|(_, path)| path.as_ref());
            (*name, own.unwrap_or(default))
        })
    }

    /// Sets the field that a declaration calls by this name, if there is one.
    pub fn set(&mut self, name: &str, path: Text) -> Option<()> {
        let number = FIELDS.iter().position(|(n, _)| *n == name)?;
        let field = ALL.get(number)?;
        self.0.to_mut().push((*field, path));
        Some(())
    }
}

const ALL: [Field; 20] = [
    Field::Key,
    Field::Secret,
    Field::Items,
    Field::Cursor,
    Field::Id,
    Field::Name,
    Field::Status,
    Field::Masked,
    Field::WholeKey,
    Field::Scopes,
    Field::CreatedAt,
    Field::ExpiresAt,
    Field::LastUsedAt,
    Field::RevokedAt,
    Field::ReplacedBy,
    Field::Valid,
    Field::Reason,
    Field::ValidKey,
    Field::Account,
    Field::User,
];

/// Unit of numeric times. Times as text are RFC 3339 whatever this says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// Unix seconds.
    Seconds,
    /// Unix milliseconds.
    Milliseconds,
}

impl TimeUnit {
    /// Both of them.
    pub const ALL: [TimeUnit; 2] = [TimeUnit::Seconds, TimeUnit::Milliseconds];

    /// As it stands in declarations.
    pub fn as_str(self) -> &'static str {
        match self {
            TimeUnit::Seconds => "s",
            TimeUnit::Milliseconds => "ms",
        }
    }
}

/// Where a refusal says why.
#[derive(Clone)]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_fields() {
        for (number, field) in ALL.into_iter().enumerate() {
            assert_eq!(field as usize, number);
            let name = format!("{:?}", FIELDS[number].0.to_ascii_lowercase());
            assert!(Fields::KEYLATCH.path(field) == FIELDS[number].1, "{name}");
        }
    }

    #[test]
    fn what_is_not_named_stays() {
        let mut fields = Fields::KEYLATCH;
        assert!(fields.set("createdAt", "created|made".into()).is_some());
        assert!(fields.set("nonsense", "x".into()).is_none());
        assert_eq!(fields.path(Field::CreatedAt), "created|made");
        assert_eq!(fields.path(Field::Key), "key|");
        assert_eq!(fields.iter().count(), 20);
    }
}
