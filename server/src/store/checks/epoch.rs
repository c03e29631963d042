//! What keeps a late answer from reviving what has ended.
//!
//! A row is read, then its key is revoked, then what was read is put into the
//! cache: without more, the revoked key would be good again. So whoever reads
//! remembers the epoch in which it began, whatever ends begins another one, and
//! what was read in an earlier epoch is not put in.

use std::sync::PoisonError;

// By name, so that the test can put a lock in its place that tries every order.
use super::sync::RwLock;

/// Counts how often something has ended.
#[derive(Default)]
pub(super) struct Epoch(RwLock<u64>);

impl Epoch {
    /// To be asked before the database is.
    pub(super) fn now(&self) -> u64 {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts in what was read since `begun`, unless something has ended since.
    pub(super) fn fill(&self, begun: u64, put: impl FnOnce()) {
        let now = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if *now == begun {
            put();
        }
    }

    /// The same of what has ended, which the database said before anybody told it:
    /// what was read before that, and says otherwise, does not come in behind it.
    pub(super) fn fill_ended(&self, begun: u64, put: impl FnOnce()) {
        let mut now = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if *now == begun {
            *now += 1;
            put();
        }
    }

    /// Something has ended, in the database too. When this returns, it is not in
    /// the cache, and nothing that was read before can put it there.
    pub(super) fn end(&self, remove: impl FnOnce()) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) += 1;
        remove();
    }
}
