//! Ending all keys of an owner, of which there may be a million. The owner's row says that
//! they have ended, which every statement that reads a key goes by; the newest keys follow
//! in the same transaction, and the others by a sweep, some at a time.
//!
//! What has ended are the keys up to a place: an owner that is deleted may come back, and
//! one whose keys were revoked may get others, before all rows have followed.

use jiff::Timestamp;

use super::issued_change::bury;
use super::sweep::BATCH;
use super::value::{Statement, sql, values};
use super::{Result, Store, Tx};

/// Of so many keys, the newest, is told how many have ended.
const COUNTED: i64 = 100_000;

/// Whoever gives the owner a key, or changes one, waits.
const LOCK: Statement = Statement {
    sqlite: "SELECT revoked_up_to FROM owners WHERE application_id = $1 AND id = $2 AND deleted_at IS NULL",
    postgres: "SELECT revoked_up_to FROM owners WHERE application_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE",
};
const COUNT: Statement = sql(
    "SELECT COUNT(*) FROM (SELECT revoked_at, expires_at FROM issued_keys WHERE application_id = $1 AND owner = $2 \
     AND deleted_at IS NULL AND seq > $3 ORDER BY seq DESC LIMIT $5) AS newest WHERE revoked_at IS NULL \
     AND (expires_at IS NULL OR expires_at > $4)",
);
/// The key before which so many of the owner's stand.
const FIRST_OF_BATCH: Statement = sql(
    "SELECT seq FROM issued_keys WHERE application_id = $1 AND owner = $2 AND deleted_at IS NULL AND seq <= $3 \
     ORDER BY seq DESC LIMIT 1 OFFSET $4",
);
const REVOKE: Statement =
    sql("UPDATE issued_keys SET revoked_at = CASE WHEN created_at > $5 THEN created_at ELSE $5 END \
     WHERE application_id = $1 AND owner = $2 AND deleted_at IS NULL AND seq > $3 AND seq <= $4 \
     AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $5)");
const BURY: Statement =
    bury!("$5", "application_id = $1 AND owner = $2 AND deleted_at IS NULL AND seq > $3 AND seq <= $4");
const MARK_REVOKED: Statement = sql(
    "UPDATE owners SET revoked_up_to = $3, revoked_at = COALESCE(revoked_at, $4) WHERE application_id = $1 AND id = $2",
);
const MARK_DELETED: Statement = sql(
    "UPDATE owners SET deleted_at = $4, metadata = '{}', limits = '[]', revoked_up_to = 0, revoked_at = NULL, \
     buried_up_to = $3 WHERE application_id = $1 AND id = $2",
);
const DELETE: Statement = sql("DELETE FROM owners WHERE application_id = $1 AND id = $2");
const TO_SWEEP: Statement =
    sql("SELECT application_id, id, revoked_up_to, revoked_at, buried_up_to, deleted_at FROM owners \
     WHERE revoked_up_to > 0 OR buried_up_to > 0 LIMIT 1");
/// Unless more has ended meanwhile.
const REVOKED: Statement =
    sql("UPDATE owners SET revoked_up_to = $4, revoked_at = CASE WHEN $4 > 0 THEN revoked_at END \
     WHERE application_id = $1 AND id = $2 AND revoked_up_to = $3");
const BURIED: Statement =
    sql("UPDATE owners SET buried_up_to = $4 WHERE application_id = $1 AND id = $2 AND buried_up_to = $3");
const GONE: Statement = sql(
    "DELETE FROM owners WHERE application_id = $1 AND id = $2 AND deleted_at IS NOT NULL AND buried_up_to = 0",
);

impl Tx {
    /// Ends all keys of an owner that have not ended, and tells how many of its newest
    /// there were; none: there is no such owner.
    pub(crate) async fn revoke_issued_of(
        &mut self,
        application_id: &str,
        owner: &str,
        now: Timestamp,
    ) -> Result<Option<i64>> {
        let Some(mut row) = self.find(LOCK, values![application_id, owner]).await? else { return Ok(None) };
        // Those up to here were ended before, and their rows are about to say so.
        let ended = row.int()?;
        self.owner_is_ending(application_id, owner).await?;
        let values = values![application_id, owner, ended, now, COUNTED];
        let count = self.find(COUNT, values).await?.map_or(Ok(0), |mut row| row.int())?;
        let first = self.first_of_batch(application_id, owner, i64::MAX).await?.max(ended + 1);
        self.run(REVOKE, values![application_id, owner, first - 1, i64::MAX, now]).await?;
        if first > 1 {
            self.run(MARK_REVOKED, values![application_id, owner, first - 1, now]).await?;
        }
        Ok(Some(count))
    }

    /// Deletes an owner with all its keys, but for the ids of these. Tells whether there
    /// was one.
    pub(crate) async fn delete_owner(
        &mut self,
        application_id: &str,
        owner: &str,
        now: Timestamp,
    ) -> Result<bool> {
        if self.find(LOCK, values![application_id, owner]).await?.is_none() {
            return Ok(false);
        }
        self.owner_is_ending(application_id, owner).await?;
        let first = self.first_of_batch(application_id, owner, i64::MAX).await?;
        self.run(BURY, values![application_id, owner, first - 1, i64::MAX, now]).await?;
        if first > 1 {
            self.run(MARK_DELETED, values![application_id, owner, first - 1, now]).await?;
        } else {
            self.run(DELETE, values![application_id, owner]).await?;
        }
        Ok(true)
    }

    /// The place of the first of the newest keys up to a place, as many as one statement
    /// changes. 1: there are no more.
    async fn first_of_batch(&mut self, application_id: &str, owner: &str, up_to: i64) -> Result<i64> {
        let values = values![application_id, owner, up_to, BATCH - 1];
        self.find(FIRST_OF_BATCH, values).await?.map_or(Ok(1), |mut row| row.int())
    }
}

impl Store {
    /// Lets the rows of keys follow whose owners say that they have ended.
    pub(crate) async fn sweep_owners(&self, now: Timestamp) -> Result<()> {
        while let Some(mut row) = self.find(TO_SWEEP, values![]).await? {
            let (application_id, owner) = (row.text()?, row.text()?);
            let (revoked_up_to, revoked_at) = (row.int()?, row.optional_time()?);
            let (buried_up_to, deleted_at) = (row.int()?, row.optional_time()?);
            if buried_up_to > 0 {
                let at = deleted_at.unwrap_or(now);
                self.sweep_some(BURY, BURIED, (&application_id, &owner), buried_up_to, at).await?;
                self.change(GONE, values![&application_id, &owner]).await?;
            } else {
                let at = revoked_at.unwrap_or(now);
                self.sweep_some(REVOKE, REVOKED, (&application_id, &owner), revoked_up_to, at).await?;
            }
        }
        Ok(())
    }

    /// The newest keys up to a place follow, and the owner's row tells of the rest.
    async fn sweep_some(
        &self,
        follow: Statement,
        done: Statement,
        (application_id, owner): (&str, &str),
        up_to: i64,
        at: Timestamp,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        let first = tx.first_of_batch(application_id, owner, up_to).await?;
        tx.run(follow, values![application_id, owner, first - 1, up_to, at]).await?;
        tx.commit().await?;
        // By itself: whoever changes a key has the owner first and then the key.
        self.change(done, values![application_id, owner, up_to, first - 1]).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_statement_finds_its_keys_by_an_index() {
        let database = rusqlite::Connection::open_in_memory().unwrap();
        crate::store::migrations::SQLITE.iter().for_each(|step| database.execute_batch(step.text).unwrap());
        for statement in [COUNT, FIRST_OF_BATCH, REVOKE, BURY, TO_SWEEP, REVOKED, BURIED, GONE] {
            let mut explained =
                database.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sqlite)).unwrap();
            let lines = explained.raw_query().mapped(|row| row.get::<_, String>("detail"));
            for line in lines.map(|line| line.unwrap()) {
                let is_whole = line.starts_with("SCAN issued_keys")
                    || (line.starts_with("SCAN owners") && !line.contains("owners_to_sweep"));
                assert!(!is_whole, "{}: {line}", statement.sqlite);
            }
        }
    }
}
