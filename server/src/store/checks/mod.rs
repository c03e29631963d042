//! What was found out about keys a moment ago, so that not every request asks
//! the database. Each process has its own.
//!
//! An answer is fresh for some seconds, whatever happens: that is the bound on a
//! revocation. Usually it is milliseconds, as the database tells every process
//! at once what has ended ([`Driver::follow`](super::driver::Driver::follow)); while it
//! does not, nothing here is used. In the process that ends a key it is over
//! before the answer is sent ([`Tx::commit`](super::Tx::commit)).
//!
//! There are three kinds of keys ([`Answers`]): those of users, those that manage
//! an application, and those that applications have issued.

mod answers;
mod ended;
mod epoch;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::issued::Issued;
use super::keys::OwnedKey;
use super::management::Manager;
use answers::Answers;
pub(crate) use answers::{Known, Remembered};
pub(crate) use ended::Ended;
pub(super) use ended::place;
use epoch::Epoch;

mod sync {
    pub(super) use std::sync::RwLock;
}

/// The answers of one process.
pub(crate) struct Checks {
    gate: Gate,
    pub(super) keys: Answers<OwnedKey>,
    pub(super) managers: Answers<Manager>,
    pub(super) issued: Answers<Issued>,
}

/// Whether an answer counts, whatever kind of key it is about.
pub(super) struct Gate {
    /// How long an answer counts.
    fresh: Duration,
    epoch: Epoch,
    /// Whether the database tells what has ended.
    hears: AtomicBool,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// A question to the database that is under way.
pub(super) struct Asked {
    epoch: u64,
    since: Instant,
}

impl Gate {
    fn hears(&self) -> bool {
        self.hears.load(Ordering::SeqCst)
    }

    fn is_fresh(&self, since: Instant) -> bool {
        self.hears() && since.elapsed() < self.fresh
    }

    /// To be called before the database is asked.
    fn ask(&self) -> Asked {
        Asked { epoch: self.epoch.now(), since: Instant::now() }
    }

    fn count(&self, is_kept: bool) {
        let counter = if is_kept { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

impl Checks {
    /// `fresh` is how long an answer counts; zero is for none.
    pub(crate) fn new(fresh: Duration) -> Self {
        Checks {
            gate: Gate {
                fresh,
                epoch: Epoch::default(),
                hears: AtomicBool::new(false),
                hits: AtomicU64::new(0),
                misses: AtomicU64::new(0),
            },
            keys: Answers::new(),
            managers: Answers::new(),
            issued: Answers::new(),
        }
    }

    pub(super) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Whether there is any use in following the database.
    pub(crate) fn is_wanted(&self) -> bool {
        !self.gate.fresh.is_zero()
    }

    /// Something has ended, or can do less, or is another now: from here on no
    /// kept answer says what it was.
    pub(crate) fn end(&self, ended: &Ended) {
        self.gate.epoch.end(|| match ended {
            Ended::Everything => self.clear(),
            Ended::Key(hash) => {
                self.keys.remove(hash.as_str());
                self.managers.remove(hash.as_str());
            }
            Ended::Issued { application_id, hash } => self.issued.remove(&ended::place(application_id, hash)),
            Ended::Owner { application_id, owner } => {
                self.issued.remove_of(|issued| issued.is_of(application_id, owner));
            }
            Ended::Application(id) => {
                self.managers.remove_of(|manager| manager.application.id == *id);
                self.issued.remove_of(|issued| issued.key.application_id == *id);
                self.issued.forget_unknown(|place| ended::is_in(place, id));
            }
        });
    }

    /// Nothing is known any more.
    pub(crate) fn forget_all(&self) {
        self.gate.epoch.end(|| self.clear());
    }

    fn clear(&self) {
        self.keys.clear();
        self.managers.clear();
        self.issued.clear();
    }

    /// The database tells what ends, from now on or no more. What ended while it
    /// did not tell is not known, so everything is forgotten.
    pub(crate) fn set_hears(&self, hears: bool) {
        if hears == self.hears() {
            return;
        }
        self.forget_all();
        self.gate.hears.store(hears, Ordering::SeqCst);
        tracing::debug!(hears, "answers about keys are kept while the database tells which have ended");
    }

    /// Whether answers are kept.
    pub(crate) fn hears(&self) -> bool {
        self.gate.hears()
    }

    /// How many questions were answered from here, and how many were not.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.gate.hits.load(Ordering::Relaxed), self.gate.misses.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests;
