//! What is told to the database beside the checks, once a second: what was counted
//! of rates, what guards were given, and what nobody has spent of a lease.
//!
//! What would give units back to a quota is sent once. When the database does not
//! answer it may have happened, and twice would be too much; so those units count
//! as used.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::table::Counter;
use super::window::{Counts, Window};
use super::{Limits, millis};
use crate::state::App;
use crate::store::guards::Lent;
use crate::store::limits::{Back, Counted};
use crate::store::{Result, StoreError};

/// So many rows are told with one statement.
const BATCH: usize = 1_000;

impl App {
    /// Tells the database what was counted, and gives back what lies idle.
    pub(crate) async fn sync_limits(&self) {
        let _turn = self.limits().syncing.lock().await;
        let now = millis(self.now());
        self.tell_rates(now)
            .await
            .unwrap_or_else(|error| complain(&error, "they are kept for the next time"));
        self.tell_lent()
            .await
            .unwrap_or_else(|error| complain(&error, "what guards do not spend counts as used"));
        // A process that is about to stop holds nothing for longer than it must.
        self.give_back(now, self.is_draining())
            .await
            .unwrap_or_else(|error| complain(&error, "what was to be given back counts as used"));
        self.limits().forget(now);
    }

    /// Gives back all that is leased: the process is about to end.
    pub(crate) async fn close_limits(&self) {
        self.sync_limits().await;
        let _turn = self.limits().syncing.lock().await;
        self.give_back(millis(self.now()), true)
            .await
            .unwrap_or_else(|error| complain(&error, "what was to be given back counts as used"));
    }

    async fn tell_rates(&self, now: i64) -> Result<()> {
        let told: Vec<_> =
            self.limits().rates.all().into_iter().filter_map(|rate| pending(rate, now)).collect();
        for batch in told.chunks(BATCH) {
            let counted: Vec<_> = batch.iter().map(Pending::row).collect();
            let all = self.store().count_rates(&counted).await?;
            let all: HashMap<_, _> = all.iter().map(|row| (row.id.as_str(), row)).collect();
            for Pending { counter, counts, .. } in batch {
                if let Some(row) = all.get(counter.id.as_str()) {
                    counter.lock().was_told(*counts, counts_of(row));
                }
            }
        }
        Ok(())
    }

    async fn tell_lent(&self) -> Result<()> {
        let lent = std::mem::take(&mut *self.limits().lent());
        for (guard, lent) in merged(lent) {
            let mut tx = self.store().begin().await?;
            // As a report does: otherwise the two could each wait for the other's rows.
            tx.lock_guard(&guard).await?;
            tx.lend_to_guard(&lent).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn give_back(&self, now: i64, all: bool) -> Result<()> {
        let quotas = self.limits().quotas.all();
        let back: Vec<_> = quotas
            .iter()
            .filter_map(|quota| {
                let mut lease = quota.lock();
                lease.advance(now);
                let (period, units) = (all || lease.is_idle(now)).then(|| lease.release())??;
                Some(Back { id: quota.id.clone(), period, units })
            })
            .collect();
        for batch in back.chunks(BATCH) {
            self.store().give_back_to_quotas(batch).await?;
        }
        Ok(())
    }
}

impl Limits {
    /// Forgets what nobody uses any more.
    fn forget(&self, now: i64) {
        self.rates.forget(|window| window.is_over(now));
        self.quotas.forget(|lease| lease.is_over(now));
    }
}

/// What a counter has to tell.
struct Pending {
    counter: Arc<Counter<Window>>,
    counts: Counts,
    length: i64,
}

fn pending(counter: Arc<Counter<Window>>, now: i64) -> Option<Pending> {
    let (counts, length) = {
        let mut window = counter.lock();
        window.advance(now);
        (window.pending()?, window.length())
    };
    Some(Pending { counter, counts, length })
}

impl Pending {
    fn row(&self) -> Counted {
        let Counts { start: started_at, current, previous } = self.counts;
        Counted { id: self.counter.id.clone(), started_at, length: self.length, current, previous }
    }
}

/// Asks what all have counted of a rate, and adds nothing.
pub(super) fn look_at(id: &str, length: i64, now: i64) -> Counted {
    let started_at = now.div_euclid(length) * length;
    Counted { id: id.to_owned(), started_at, length, current: 0, previous: 0 }
}

/// What a row says.
pub(super) fn counts_of(row: &Counted) -> Counts {
    Counts { start: row.started_at, current: row.current, previous: row.previous }
}

/// For each guard its leases, each once: two that end together are one.
fn merged(lent: Vec<Lent>) -> BTreeMap<String, Vec<Lent>> {
    let mut by_guard: BTreeMap<String, BTreeMap<(String, i64, i64), Lent>> = BTreeMap::new();
    for one in lent {
        let lease = (one.quota.clone(), one.period, one.ends_at);
        let known = by_guard.entry(one.guard.clone()).or_default().entry(lease);
        known.and_modify(|known| known.units += one.units).or_insert(one);
    }
    by_guard.into_iter().map(|(guard, leases)| (guard, leases.into_values().collect())).collect()
}

fn complain(error: &StoreError, what: &str) {
    tracing::warn!(%error, "what was counted of limits could not be told; {what}");
}
