//! Rows of `attempts`: what was asked under an `Idempotency-Key`.

use jiff::{SignedDuration, Timestamp};

use super::value::{Statement, millis, sql, values};
use super::{Result, Store, StoreError, Tx};

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

const FORGET: Statement =
    sql("DELETE FROM attempts WHERE user_id = $1 AND idempotency_key = $2 AND created_at <= $3");
const CLAIM: Statement =
    sql("INSERT INTO attempts (user_id, idempotency_key, fingerprint, key_id, created_at, tries) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING tries");
const EARLIER: Statement =
    sql("SELECT fingerprint, key_id, tries FROM attempts WHERE user_id = $1 AND idempotency_key = $2");
const COUNT_TRY: Statement =
    sql("UPDATE attempts SET tries = $3 WHERE user_id = $1 AND idempotency_key = $2 AND tries < $3");
const TAKE_BACK: Statement =
    sql("UPDATE attempts SET key_id = NULL WHERE user_id = $1 AND idempotency_key = $2");
const SWEEP: Statement = sql("DELETE FROM attempts WHERE created_at <= $1");
const FORGET_ALL: Statement = sql("DELETE FROM attempts WHERE user_id = $1");

impl Tx {
    /// Writes the attempt down with the id of the key that it is going to make;
    /// when there was one before, that one stands and is returned. Of two at the
    /// same time, the second waits here for the first one's transaction to end.
    pub(crate) async fn claim_attempt(
        &mut self,
        attempt: &Attempt<'_>,
        key_id: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Earlier>> {
        let Attempt { user_id, idempotency_key, fingerprint, number } = *attempt;
        // It may be too old and not yet swept out.
        self.run(FORGET, values![user_id, idempotency_key, forgotten(now)]).await?;
        let claim = values![user_id, idempotency_key, fingerprint, key_id, now, i64::from(number)];
        if !self.run(CLAIM, claim).await?.is_empty() {
            return Ok(None);
        }
        let row = self.find(EARLIER, values![user_id, idempotency_key]).await?;
        let mut row =
            row.ok_or_else(|| StoreError::Unavailable("an attempt was swept out meanwhile".into()))?;
        let earlier = Earlier { fingerprint: row.text()?, key_id: row.optional_text()?, number: row.int()? };
        // Together with what the try changes: the transaction is the caller's.
        self.run(COUNT_TRY, values![user_id, idempotency_key, i64::from(number)]).await?;
        Ok(Some(earlier))
    }

    /// Makes sure that nothing is made under this key any more. The attempt was claimed.
    pub(crate) async fn take_attempt_back(&mut self, attempt: &Attempt<'_>) -> Result<()> {
        self.run(TAKE_BACK, values![attempt.user_id, attempt.idempotency_key]).await.map(drop)
    }

    /// Forgets everything that a user has asked.
    pub(crate) async fn forget_attempts(&mut self, user_id: &str) -> Result<()> {
        self.run(FORGET_ALL, values![user_id]).await.map(drop)
    }
}

impl Store {
    /// Sweeps out what is too old to be repeated.
    pub(crate) async fn sweep_attempts(&self, now: Timestamp) -> Result<()> {
        self.change(SWEEP, values![forgotten(now)]).await.map(drop)
    }
}

/// Attempts up to this time are forgotten.
pub(super) fn forgotten(now: Timestamp) -> i64 {
    millis(now) - KEPT.as_millis() as i64
}
