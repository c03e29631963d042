//! How much may be used: limits of keys and of their owners.
//!
//! A limit is a rate (so much within a minute) or a quota (so much until the first
//! of the month); [`declare`] says how it is written. A check asks for all limits
//! of a key and of its owner at once ([`check`]), and spends of all of them or of
//! none. It touches memory only:
//!
//! - A rate is counted by each process for itself ([`window`]). Once a second what
//!   was counted is added up in the database ([`sync`]).
//! - Of a quota each process leases a block and spends of that ([`lease`]). Only
//!   when it has none left a check waits for the database.
//!
//! So quotas are never exceeded, however many processes there are and whatever
//! becomes of them; rates may be, until the processes have heard of each other:
//! by n processes and guards at most n times the limit within one window.
//!
//! Guards check keys in their own processes. They get units of quotas to spend, and
//! report what they have used ([`report`]).
//!
//! Who looks at a key or an owner is told what is left over all processes ([`look`]).

pub(crate) mod calendar;
pub(crate) mod check;
pub(crate) mod declare;
mod id;
mod lease;
pub(crate) mod look;
pub(crate) mod report;
mod sync;
mod table;
mod window;

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::store::guards::Lent;
use lease::Lease;
use table::Table;
use window::Window;

pub(crate) use id::Of;

/// What a process has counted and leased.
#[derive(Default)]
pub(crate) struct Limits {
    rates: Table<Window>,
    quotas: Table<Lease>,
    /// What guards were given since it was last written down.
    lent: Mutex<Vec<Lent>>,
    /// One at a time, or two would tell the same.
    syncing: tokio::sync::Mutex<()>,
}

impl Limits {
    fn lent(&self) -> std::sync::MutexGuard<'_, Vec<Lent>> {
        self.lent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Milliseconds since 1970, in which counters reckon.
fn millis(time: Timestamp) -> i64 {
    time.as_millisecond()
}

/// Seconds, so that they are over when they say: never too few.
fn seconds_up(millis: i64) -> i64 {
    millis.max(0).saturating_add(999) / 1000
}

#[cfg(test)]
mod tests;
