//! Whether the database can be used at all.

use jiff::Timestamp;

use super::value::{Statement, sql, values};
use super::{Result, Store};

const READ: Statement = sql("SELECT beat_at FROM heartbeat WHERE id = 1");
const WRITE: Statement = sql("UPDATE heartbeat SET beat_at = $1 WHERE id = 1");
const CLOCK: Statement = Statement {
    sqlite: "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    postgres: "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT",
};

impl Store {
    /// Reads and writes something.
    ///
    /// # Errors
    /// When either fails.
    pub async fn check(&self, now: Timestamp) -> Result<()> {
        self.find(READ, values![]).await?;
        self.change(WRITE, values![now]).await.map(drop)
    }

    /// The time by the database's clock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clock(&self) -> Result<Option<Timestamp>> {
        self.find(CLOCK, values![]).await?.map(|mut row| row.time()).transpose()
    }
}
