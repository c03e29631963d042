//! Rows of `keys`.

use jiff::Timestamp;
use sqlx::any::{AnyExecutor, AnyRow};
use sqlx::{AnyConnection, Row};

use super::{attempts, millis, optional_time, time};
use crate::kind::KeyKind;
use crate::token::HashedKey;

/// A key as the database knows it: everything but the key.
#[derive(Clone)]
pub struct StoredKey {
    /// `key_…`
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// The API that it was made through.
    pub kind: KeyKind,
    /// What the owner calls it.
    pub name: String,
    /// The start that says what kind of key it is.
    pub prefix: String,
    /// The end, to recognise it by.
    pub last_four: String,
    /// What it may do; empty is everything.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it last authenticated a request, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When its owner ended it.
    pub revoked_at: Option<Timestamp>,
    /// The key that it was rotated into.
    pub replaced_by: Option<String>,
}

/// What a key goes through. A deleted one is not told of at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// It authenticates.
    Active,
    /// Its time is over.
    Expired,
    /// Its owner ended it.
    Revoked,
}

impl StoredKey {
    /// Enough to recognise the key by, never enough to use it.
    pub fn masked(&self) -> String {
        format!("{}…{}", self.prefix, self.last_four)
    }

    /// Its state at this time.
    pub fn status(&self, now: Timestamp) -> KeyStatus {
        if self.revoked_at.is_some() {
            KeyStatus::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            KeyStatus::Expired
        } else {
            KeyStatus::Active
        }
    }
}

/// Which keys to list.
pub struct Filter<'a> {
    /// Only those made through this API.
    pub kind: Option<KeyKind>,
    /// `active`, `inactive`, `expired`, `revoked` or `all`.
    pub status: &'a str,
    /// Part of the name; empty is any.
    pub search: &'a str,
    /// Only what was made under this `Idempotency-Key`; empty is any.
    pub idempotency_key: &'a str,
    /// Only keys older than this one; empty is any.
    pub before: &'a str,
    /// At most so many.
    pub limit: i64,
}

macro_rules! returning_key {
    ($($text:literal),+) => { returning_key!(@ concat!($($text),+, " RETURNING "), "") };
    (@ $before:expr, $after:literal) => {
        concat!(
            $before,
            "id, user_id, kind, name, prefix, last_four, scopes, created_at, expires_at, last_used_at, \
             revoked_at, replaced_by ",
            $after
        )
    };
}

macro_rules! select_key {
    ($after:literal) => { returning_key!(@ "SELECT ", $after) };
}

impl Filter<'_> {
    /// All that were made through this API and authenticate.
    pub(crate) const fn active(kind: KeyKind) -> Filter<'static> {
        Filter {
            kind: Some(kind),
            status: "active",
            search: "",
            idempotency_key: "",
            before: "",
            limit: i64::MAX,
        }
    }
}

/// Adds a key.
///
/// # Errors
/// When the database fails.
pub async fn insert<'e>(db: impl AnyExecutor<'e>, key: &StoredKey, hash: &HashedKey) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO keys (id, user_id, kind, name, name_folded, prefix, last_four, hash, scopes, created_at, \
         expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&key.id)
    .bind(&key.user_id)
    .bind(key.kind.as_str())
    .bind(&key.name)
    .bind(key.name.to_lowercase())
    .bind(&key.prefix)
    .bind(&key.last_four)
    .bind(hash.as_str())
    .bind(serde_json::json!(key.scopes).to_string())
    .bind(millis(key.created_at))
    .bind(key.expires_at.map(millis))
    .execute(db)
    .await
    .map(drop)
}

/// The key with this hash, whoever's it is.
///
/// # Errors
/// When the database fails.
pub async fn by_hash<'e>(db: impl AnyExecutor<'e>, hash: &HashedKey) -> sqlx::Result<Option<StoredKey>> {
    sqlx::query(select_key!("FROM keys WHERE hash = $1"))
        .bind(hash.as_str())
        .fetch_optional(db)
        .await?
        .map(read)
        .transpose()
}

/// The user's key with this id.
///
/// # Errors
/// When the database fails.
pub async fn by_id<'e>(db: impl AnyExecutor<'e>, user_id: &str, id: &str) -> sqlx::Result<Option<StoredKey>> {
    sqlx::query(select_key!("FROM keys WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL"))
        .bind(id)
        .bind(user_id)
        .fetch_optional(db)
        .await?
        .map(read)
        .transpose()
}

/// The same, and nobody else changes the row until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock(db: &mut AnyConnection, user_id: &str, id: &str) -> sqlx::Result<Option<StoredKey>> {
    sqlx::query(returning_key!(
        "UPDATE keys SET name = name WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL"
    ))
    .bind(id)
    .bind(user_id)
    .fetch_optional(db)
    .await?
    .map(read)
    .transpose()
}

/// The user's keys, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list<'e>(
    db: impl AnyExecutor<'e>,
    user_id: &str,
    filter: &Filter<'_>,
    now: Timestamp,
) -> sqlx::Result<Vec<StoredKey>> {
    let rows = sqlx::query(select_key!(
        r"FROM keys WHERE user_id = $1 AND ($2 = '' OR kind = $2) AND deleted_at IS NULL
          AND ($3 = 'all'
               OR ($3 = 'revoked' AND revoked_at IS NOT NULL)
               OR ($3 = 'expired' AND revoked_at IS NULL AND expires_at <= $4)
               OR ($3 = 'inactive' AND (revoked_at IS NOT NULL OR expires_at <= $4))
               OR ($3 = 'active' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $4)))
          AND ($5 = '' OR name_folded LIKE $5 ESCAPE '\')
          AND ($6 = '' OR seq < (SELECT seq FROM keys WHERE id = $6))
          AND ($7 = '' OR id IN (SELECT key_id FROM attempts
                                 WHERE user_id = $1 AND idempotency_key = $7 AND created_at > $8))
          ORDER BY seq DESC LIMIT $9"
    ))
    .bind(user_id)
    .bind(filter.kind.map_or("", KeyKind::as_str))
    .bind(filter.status)
    .bind(millis(now))
    .bind(pattern(filter.search))
    .bind(filter.before)
    .bind(filter.idempotency_key)
    .bind(attempts::forgotten(now))
    .bind(filter.limit)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(read).collect()
}

/// Whether the user ever had a key with this id; a deleted one counts.
///
/// # Errors
/// When the database fails.
pub async fn was_issued<'e>(db: impl AnyExecutor<'e>, user_id: &str, id: &str) -> sqlx::Result<bool> {
    sqlx::query("SELECT seq FROM keys WHERE id = $1 AND user_id = $2")
        .bind(id)
        .bind(user_id)
        .fetch_optional(db)
        .await
        .map(|row| row.is_some())
}

/// Writes down when the key was used. `false` when it is not this key's any
/// more: it was deleted or, if the hash is known, issued anew in between.
///
/// # Errors
/// When the database fails.
pub async fn used<'e>(
    db: impl AnyExecutor<'e>,
    id: &str,
    hash: Option<&HashedKey>,
    now: Timestamp,
) -> sqlx::Result<bool> {
    sqlx::query("UPDATE keys SET last_used_at = $3 WHERE id = $1 AND hash = COALESCE($2, hash)")
        .bind(id)
        .bind(hash.map(HashedKey::as_str))
        .bind(millis(now))
        .execute(db)
        .await
        .map(|done| done.rows_affected() == 1)
}

/// Puts another key into a row whose key nobody has seen. The row is locked.
///
/// # Errors
/// When the database fails.
pub async fn reissue<'e>(
    db: impl AnyExecutor<'e>,
    id: &str,
    last_four: &str,
    hash: &HashedKey,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE keys SET hash = $2, last_four = $3 WHERE id = $1")
        .bind(id)
        .bind(hash.as_str())
        .bind(last_four)
        .execute(db)
        .await
        .map(drop)
}

/// Writes down how a key ends: `expires_at`, `revoked_at` and `replaced_by`.
/// The row is locked.
///
/// # Errors
/// When the database fails.
pub async fn update_end<'e>(db: impl AnyExecutor<'e>, key: &StoredKey) -> sqlx::Result<()> {
    sqlx::query("UPDATE keys SET expires_at = $2, revoked_at = $3, replaced_by = $4 WHERE id = $1")
        .bind(&key.id)
        .bind(key.expires_at.map(millis))
        .bind(key.revoked_at.map(millis))
        .bind(&key.replaced_by)
        .execute(db)
        .await
        .map(drop)
}

/// Deletes a key but for its id. The row is locked.
///
/// # Errors
/// When the database fails.
pub async fn bury<'e>(db: impl AnyExecutor<'e>, id: &str, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE keys SET deleted_at = $2, hash = NULL, last_four = '', name = '', name_folded = '', \
         scopes = '[]' WHERE id = $1",
    )
    .bind(id)
    .bind(millis(now))
    .execute(db)
    .await
    .map(drop)
}

fn read(row: AnyRow) -> sqlx::Result<StoredKey> {
    let scopes: String = row.try_get("scopes")?;
    let kind: String = row.try_get("kind")?;
    Ok(StoredKey {
        id: row.try_get("id")?,
        user_id: row.try_get("user_id")?,
        kind: KeyKind::parse(&kind).ok_or_else(|| sqlx::Error::ColumnDecode {
            index: "kind".into(),
            source: "no such kind of key".into(),
        })?,
        name: row.try_get("name")?,
        prefix: row.try_get("prefix")?,
        last_four: row.try_get("last_four")?,
        scopes: serde_json::from_str(&scopes)
            .map_err(|error| sqlx::Error::ColumnDecode { index: "scopes".into(), source: error.into() })?,
        created_at: time(&row, "created_at")?,
        expires_at: optional_time(&row, "expires_at")?,
        last_used_at: optional_time(&row, "last_used_at")?,
        revoked_at: optional_time(&row, "revoked_at")?,
        replaced_by: row.try_get("replaced_by")?,
    })
}

/// The pattern of `LIKE` that finds the text anywhere; empty stays empty.
fn pattern(search: &str) -> String {
    if search.is_empty() {
        return String::new();
    }
    let mut pattern = String::from("%");
    for letter in search.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
