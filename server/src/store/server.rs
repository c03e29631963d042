//! Whether the database can be used at all.

use jiff::Timestamp;

use super::value::{Statement, sql, values};
use super::{Result, Store};

const READ: Statement = sql("SELECT beat_at FROM heartbeat WHERE id = 1");
const WRITE: Statement = sql("UPDATE heartbeat SET beat_at = $1, ballast = $2 WHERE id = 1");
const CLOCK: Statement = Statement {
    sqlite: "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    postgres: "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT",
};

/// As much as several changes of keys take.
const BALLAST: usize = 64 * 1024;

impl Store {
    /// Reads and writes something.
    ///
    /// # Errors
    /// When either fails.
    pub async fn check(&self, now: Timestamp) -> Result<()> {
        self.find(READ, values![]).await?;
        // Another text each time: SQLite does not write a page that stays the same.
        let ballast = std::time::Instant::now();
        let ballast = format!("{ballast:?}").chars().cycle().take(BALLAST).collect::<String>();
        self.change(WRITE, values![now, ballast]).await.map(drop)
    }

    /// The time by the database's clock.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clock(&self) -> Result<Option<Timestamp>> {
        self.find(CLOCK, values![]).await?.map(|mut row| row.time()).transpose()
    }
}
