//! Rows of `failures`, when a password was wrong or a leaked key was reported, and of
//! `places`, from where a user has signed in. All processes count together: with
//! `--redis` failures are there instead.

use jiff::{SignedDuration, Timestamp};

use super::sweep::sweep;
use super::value::{Statement, millis, sql, values};
use super::{Result, Store};

/// No failure counts for longer: the longest is that of reports of leaks.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// An address from which a user has signed in is known for so long.
const KNOWN: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How often and since when something failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) failures: i64,
    /// The oldest of them.
    pub(crate) since: Option<Timestamp>,
}

pub(super) const COUNT: Statement = Statement {
    sqlite: "SELECT buckets.value, COUNT(failures.at), MIN(failures.at) FROM json_each($1) AS buckets \
             LEFT JOIN failures ON failures.bucket = buckets.value AND failures.at > $2 \
             GROUP BY buckets.key ORDER BY buckets.key",
    postgres: "SELECT buckets.name, COUNT(failures.at), MIN(failures.at) \
               FROM unnest($1) WITH ORDINALITY AS buckets (name, number) \
               LEFT JOIN failures ON failures.bucket = buckets.name AND failures.at > $2 \
               GROUP BY buckets.number, buckets.name ORDER BY buckets.number",
};
pub(super) const INSERT: Statement = Statement {
    sqlite: "INSERT INTO failures (bucket, at) SELECT value, $2 FROM json_each($1)",
    postgres: "INSERT INTO failures (bucket, at) SELECT name, $2 FROM unnest($1) AS buckets (name)",
};
pub(super) const FORGIVE: Statement = sql("DELETE FROM failures WHERE bucket = $1");
const SWEEP: Statement = sweep!("failures", "at <= $1");
const IS_KNOWN: Statement =
    sql("SELECT seen_at FROM places WHERE user_name = $1 AND place = $2 AND seen_at > $3");
const KNOW: Statement = sql("INSERT INTO places (user_name, place, seen_at) VALUES ($1, $2, $3) \
     ON CONFLICT (user_name, place) DO UPDATE SET seen_at = $3");
const SWEEP_PLACES: Statement = sweep!("places", "seen_at <= $1");
#[cfg(test)]
pub(super) const SWEEPS: [Statement; 2] = [SWEEP, SWEEP_PLACES];

impl Store {
    /// The failures of each bucket after this time, in the order asked.
    pub(crate) async fn failures(&self, buckets: &[String], after: Timestamp) -> Result<Vec<Count>> {
        self.counters.failures(buckets, after).await
    }

    /// Counts one failure in each bucket.
    pub(crate) async fn insert_failures(&self, buckets: &[String], now: Timestamp) -> Result<()> {
        self.counters.insert_failures(buckets, now).await
    }

    /// Forgets the failures of a bucket.
    pub(crate) async fn forgive_failures(&self, bucket: &str) -> Result<()> {
        self.counters.forgive_failures(bucket).await
    }

    /// Whether somebody has signed in as this user from this place.
    pub(crate) async fn is_known_place(&self, user: &str, place: &str, now: Timestamp) -> Result<bool> {
        let after = millis(now) - KNOWN.as_millis() as i64;
        Ok(self.find(IS_KNOWN, values![user, place, after]).await?.is_some())
    }

    /// Writes down that somebody has signed in as this user from this place.
    pub(crate) async fn know_place(&self, user: &str, place: &str, now: Timestamp) -> Result<()> {
        self.change(KNOW, values![user, place, now]).await.map(drop)
    }

    /// Sweeps out failures that count no more, and places that are long unused.
    pub(crate) async fn sweep_failures(&self, now: Timestamp) -> Result<()> {
        self.sweep_out(SWEEP, values![millis(now) - KEPT.as_millis() as i64]).await?;
        self.sweep_out(SWEEP_PLACES, values![millis(now) - KNOWN.as_millis() as i64]).await
    }
}
