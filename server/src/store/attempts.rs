//! Rows of `attempts`: what was asked under an `Idempotency-Key`.

use jiff::{SignedDuration, Timestamp};
use sqlx::AnyConnection;
use sqlx::Row;

use super::millis;

/// An attempt is remembered for so long.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(24);

/// A request that may be repeated without doing its work twice.
pub(crate) struct Attempt<'a> {
    pub(crate) user_id: &'a str,
    pub(crate) idempotency_key: &'a str,
    /// SHA-256 of operation and parameters.
    pub(crate) fingerprint: &'a str,
    /// Which try it is, from 1.
    pub(crate) number: u32,
}

/// What was asked before under the same `Idempotency-Key`.
pub(crate) struct Earlier {
    pub(crate) fingerprint: String,
    /// None: it was taken back.
    pub(crate) key_id: Option<String>,
    /// The highest number of a try before this one.
    pub(crate) number: i64,
}

/// Writes the attempt down with the id of the key that it is going to make;
/// when there was one before, that one stands and is returned. Of two at the
/// same time, the second waits here for the first one's transaction to end.
pub(crate) async fn claim(
    db: &mut AnyConnection,
    attempt: &Attempt<'_>,
    key_id: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<Option<Earlier>> {
    sqlx::query("DELETE FROM attempts WHERE created_at <= $1").bind(forgotten(now)).execute(&mut *db).await?;
    let claimed = sqlx::query(
        "INSERT INTO attempts (user_id, idempotency_key, fingerprint, key_id, created_at, tries) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(attempt.user_id)
    .bind(attempt.idempotency_key)
    .bind(attempt.fingerprint)
    .bind(key_id)
    .bind(millis(now))
    .bind(i64::from(attempt.number))
    .execute(&mut *db)
    .await?;
    if claimed.rows_affected() == 1 {
        return Ok(None);
    }
    let row = sqlx::query(
        "SELECT fingerprint, key_id, tries FROM attempts WHERE user_id = $1 AND idempotency_key = $2",
    )
    .bind(attempt.user_id)
    .bind(attempt.idempotency_key)
    .fetch_one(&mut *db)
    .await?;
    let earlier = Earlier {
        fingerprint: row.try_get("fingerprint")?,
        key_id: row.try_get("key_id")?,
        number: row.try_get("tries")?,
    };
    // Together with what the try changes: the transaction is the caller's.
    sqlx::query("UPDATE attempts SET tries = $3 WHERE user_id = $1 AND idempotency_key = $2 AND tries < $3")
        .bind(attempt.user_id)
        .bind(attempt.idempotency_key)
        .bind(i64::from(attempt.number))
        .execute(db)
        .await?;
    Ok(Some(earlier))
}

/// Makes sure that nothing is made under this key any more. The attempt was claimed.
pub(crate) async fn take_back(db: &mut AnyConnection, attempt: &Attempt<'_>) -> sqlx::Result<()> {
    sqlx::query("UPDATE attempts SET key_id = NULL WHERE user_id = $1 AND idempotency_key = $2")
        .bind(attempt.user_id)
        .bind(attempt.idempotency_key)
        .execute(db)
        .await
        .map(drop)
}

/// Attempts up to this time are forgotten.
pub(crate) fn forgotten(now: Timestamp) -> i64 {
    millis(now) - KEPT.as_millis() as i64
}
