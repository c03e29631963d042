//! Rows of `sessions`.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;
use sqlx::any::AnyExecutor;

use super::users::User;
use super::{millis, time};
use crate::token::HashedToken;

/// A session ends when it is not used for so long …
const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// … and in any case after this.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Being seen is written down no more often than this.
const COARSENESS: SignedDuration = SignedDuration::from_mins(1);

/// A session that is alive, and whose it is.
pub(crate) struct Session {
    pub(crate) user: User,
    /// The key that it was started with, if it was a key.
    pub(crate) key_id: Option<String>,
    last_seen_at: Timestamp,
}

impl Session {
    /// Whether it is time to write down that the session is in use.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        now.duration_since(self.last_seen_at) >= COARSENESS
    }
}

/// Starts a session, with the password or with this key.
pub(crate) async fn insert<'e>(
    db: impl AnyExecutor<'e>,
    token: &HashedToken,
    user: &User,
    key_id: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, key_id) \
         VALUES ($1, $2, $3, $3, $4)",
    )
    .bind(token.as_str())
    .bind(&user.id)
    .bind(millis(now))
    .bind(key_id)
    .execute(db)
    .await
    .map(drop)
}

/// The session of this token, unless it has ended.
pub(crate) async fn alive<'e>(
    db: impl AnyExecutor<'e>,
    token: &HashedToken,
    now: Timestamp,
) -> sqlx::Result<Option<Session>> {
    let row = sqlx::query(
        "SELECT users.id, users.email, sessions.last_seen_at, sessions.key_id \
         FROM sessions JOIN users ON users.id = sessions.user_id \
         WHERE token_hash = $1 AND last_seen_at > $2 AND sessions.created_at > $3",
    )
    .bind(token.as_str())
    .bind(millis(now) - IDLE.as_millis() as i64)
    .bind(millis(now) - LIFETIME.as_millis() as i64)
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        let user = User { id: row.try_get("id")?, email: row.try_get("email")? };
        Ok(Session { user, key_id: row.try_get("key_id")?, last_seen_at: time(&row, "last_seen_at")? })
    })
    .transpose()
}

/// Writes down that the session is in use.
pub(crate) async fn touch<'e>(
    db: impl AnyExecutor<'e>,
    token: &HashedToken,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE sessions SET last_seen_at = $2 WHERE token_hash = $1 AND last_seen_at < $2")
        .bind(token.as_str())
        .bind(millis(now))
        .execute(db)
        .await
        .map(drop)
}

/// Lets a session stand by itself that stood on this key; any other stays as it is.
pub(crate) async fn release<'e>(
    db: impl AnyExecutor<'e>,
    token: &HashedToken,
    key_id: &str,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE sessions SET key_id = NULL WHERE token_hash = $1 AND key_id = $2")
        .bind(token.as_str())
        .bind(key_id)
        .execute(db)
        .await
        .map(drop)
}

/// Ends a session; one that is not there has ended already.
pub(crate) async fn delete<'e>(db: impl AnyExecutor<'e>, token: &HashedToken) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sessions WHERE token_hash = $1").bind(token.as_str()).execute(db).await.map(drop)
}

/// Sweeps out the sessions that have ended by themselves.
pub(crate) async fn sweep<'e>(db: impl AnyExecutor<'e>, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sessions WHERE last_seen_at <= $1 OR created_at <= $2")
        .bind(millis(now) - IDLE.as_millis() as i64)
        .bind(millis(now) - LIFETIME.as_millis() as i64)
        .execute(db)
        .await
        .map(drop)
}
