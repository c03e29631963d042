//! What all processes count together, and where: in the database, or with `--redis`
//! in Redis. Whatever counts asks [`Store`](super::Store), which asks one of the two.

use async_trait::async_trait;
use jiff::Timestamp;

use super::Result;
use super::driver::Lane;
use super::failures::{self, Count};
use super::limits::{self, Counted};
use super::tables::Tables;
use super::uses::{Kind, Use};
use super::value::values;

/// Where it is counted.
#[async_trait]
pub(super) trait Counters: Send + Sync {
    /// The failures of each bucket after this time, in the order asked.
    async fn failures(&self, buckets: &[String], after: Timestamp) -> Result<Vec<Count>>;

    /// Counts one failure in each bucket.
    async fn insert_failures(&self, buckets: &[String], now: Timestamp) -> Result<()>;

    /// Forgets the failures of a bucket.
    async fn forgive_failures(&self, bucket: &str) -> Result<()>;

    /// Adds to what was counted of rates, and tells what all have counted. No id
    /// may be there twice.
    async fn count_rates(&self, counted: &[Counted]) -> Result<Vec<Counted>>;

    /// Notes when keys of one kind were used.
    async fn note_uses(&self, kind: Kind, uses: &[Use]) -> Result<()>;

    /// Whether this key was used, as far as is noted and not in its row.
    async fn has_noted_use(&self, kind: Kind, id: &str) -> Result<bool>;

    /// Moves what was noted of uses into the tables, unless another process does.
    async fn move_uses(&self, tables: &Tables) -> Result<()>;

    /// Writes something, unless [`Store::check`](super::Store::check) has done so.
    async fn check(&self) -> Result<()>;
}

/// In the database: rows of `failures`, `rates`, and the keys themselves.
#[async_trait]
impl Counters for Tables {
    async fn failures(&self, buckets: &[String], after: Timestamp) -> Result<Vec<Count>> {
        let rows = self.read(Lane::Check, failures::COUNT, values![buckets.to_vec(), after]).await?;
        rows.into_iter()
            .map(|mut row| {
                row.text()?;
                Ok(Count { failures: row.int()?, since: row.optional_time()? })
            })
            .collect()
    }

    async fn insert_failures(&self, buckets: &[String], now: Timestamp) -> Result<()> {
        self.change(failures::INSERT, values![buckets.to_vec(), now]).await.map(drop)
    }

    async fn forgive_failures(&self, bucket: &str) -> Result<()> {
        self.change(failures::FORGIVE, values![bucket]).await.map(drop)
    }

    async fn count_rates(&self, counted: &[Counted]) -> Result<Vec<Counted>> {
        let rows = self.change(limits::COUNT, values![limits::counted_of(counted)]).await?;
        rows.into_iter().map(limits::counts).collect()
    }

    async fn note_uses(&self, kind: Kind, uses: &[Use]) -> Result<()> {
        self.write_uses(kind, uses).await
    }

    async fn has_noted_use(&self, _: Kind, _: &str) -> Result<bool> {
        Ok(false)
    }

    async fn move_uses(&self, _: &Tables) -> Result<()> {
        Ok(())
    }

    async fn check(&self) -> Result<()> {
        Ok(())
    }
}
