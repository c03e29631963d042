//! What was found out about keys a moment ago, so that not every request asks
//! the database. Each process has its own.
//!
//! An answer is fresh for some seconds, whatever happens: that is the bound on a
//! revocation. Usually it is milliseconds, as the database tells every process
//! at once what has ended ([`Driver::follow`](super::driver::Driver::follow)); while it
//! does not, nothing here is used. In the process that ends a key it is over
//! before the answer is sent ([`Tx::commit`](super::Tx::commit)).

mod epoch;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use quick_cache::sync::Cache;

use super::keys::OwnedKey;
use crate::token::HashedKey;
use epoch::Epoch;

mod sync {
    pub(super) use std::sync::RwLock;
}

/// So many keys at most, some hundred bytes each.
const KEYS: usize = 100_000;
/// So many of no key at most: whoever tries keys out pushes no good one away.
const UNKNOWN: usize = 10_000;

/// The answers of one process.
pub(crate) struct Checks {
    /// How long an answer counts.
    fresh: Duration,
    keys: Cache<HashedKey, Arc<Known>>,
    unknown: Cache<HashedKey, Instant>,
    epoch: Epoch,
    /// Whether the database tells what has ended.
    hears: AtomicBool,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// A key as it was a moment ago.
pub(crate) struct Known {
    found: OwnedKey,
    since: Instant,
    /// When its use was noted last, in milliseconds: later than what was read.
    noted: AtomicI64,
}

/// A question to the database that is under way.
pub(crate) struct Asked {
    epoch: u64,
    since: Instant,
}

impl Known {
    fn new(found: OwnedKey, since: Instant) -> Self {
        let noted = found.key.last_used_at.map_or(i64::MIN, Timestamp::as_millisecond);
        Known { found, since, noted: AtomicI64::new(noted) }
    }

    /// The key, with the last use that is known of.
    pub(crate) fn found(&self) -> OwnedKey {
        let mut found = self.found.clone();
        let noted = self.noted.load(Ordering::Relaxed);
        found.key.last_used_at = found.key.last_used_at.max(Timestamp::from_millisecond(noted).ok());
        found
    }

    /// Its use at this time was noted.
    pub(crate) fn was_noted(&self, at: Timestamp) {
        self.noted.fetch_max(at.as_millisecond(), Ordering::Relaxed);
    }
}

impl Checks {
    /// `fresh` is how long an answer counts; zero is for none.
    pub(crate) fn new(fresh: Duration) -> Self {
        Checks {
            fresh,
            keys: Cache::new(KEYS),
            unknown: Cache::new(UNKNOWN),
            epoch: Epoch::default(),
            hears: AtomicBool::new(false),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }

    /// Whether there is any use in following the database.
    pub(crate) fn is_wanted(&self) -> bool {
        !self.fresh.is_zero()
    }

    /// What is known of a key: `Some(None)` is that there is none.
    pub(super) fn get(&self, hash: &HashedKey) -> Option<Option<Arc<Known>>> {
        let known = self.look(hash);
        let counter = if known.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        known
    }

    fn look(&self, hash: &HashedKey) -> Option<Option<Arc<Known>>> {
        if !self.hears() {
            return None;
        }
        if let Some(known) = self.keys.get(hash) {
            return (known.since.elapsed() < self.fresh).then_some(Some(known));
        }
        let since = self.unknown.get(hash)?;
        (since.elapsed() < self.fresh).then_some(None)
    }

    /// To be called before the database is asked.
    pub(super) fn ask(&self) -> Asked {
        Asked { epoch: self.epoch.now(), since: Instant::now() }
    }

    /// What the database answered.
    pub(super) fn put(&self, asked: &Asked, hash: &HashedKey, found: Option<OwnedKey>) -> Option<Arc<Known>> {
        let known = found.map(|found| Arc::new(Known::new(found, asked.since)));
        if self.hears() {
            self.epoch.fill(asked.epoch, || match &known {
                Some(known) => self.keys.insert(hash.clone(), known.clone()),
                None => self.unknown.insert(hash.clone(), asked.since),
            });
        }
        known
    }

    /// A key has ended, or can do less, or its row has another secret now.
    pub(crate) fn end(&self, hash: &HashedKey) {
        self.epoch.end(|| {
            self.keys.remove(hash);
            self.unknown.remove(hash);
        });
    }

    /// Nothing is known any more.
    pub(crate) fn forget_all(&self) {
        self.epoch.end(|| {
            self.keys.clear();
            self.unknown.clear();
        });
    }

    /// The database tells what ends, from now on or no more. What ended while it
    /// did not tell is not known, so everything is forgotten.
    pub(crate) fn set_hears(&self, hears: bool) {
        if hears == self.hears() {
            return;
        }
        self.forget_all();
        self.hears.store(hears, Ordering::SeqCst);
        tracing::debug!(hears, "answers about keys are kept while the database tells which have ended");
    }

    /// Whether answers are kept.
    pub(crate) fn hears(&self) -> bool {
        self.hears.load(Ordering::SeqCst)
    }

    /// How many questions were answered from here, and how many were not.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.hits.load(Ordering::Relaxed), self.misses.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests;
