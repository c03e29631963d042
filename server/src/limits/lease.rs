//! What one process may spend of a quota by itself. The database counts all of it
//! as used from the moment it was leased, so any number of processes spend
//! without asking each other and never more than there is; one that vanishes
//! takes the rest of its lease along.
//!
//! A block is at most a sixteenth of what is left. So little is tied up, and
//! least of all at the end, when it would be missed. Times are milliseconds since
//! 1970.

use super::calendar::Period;

/// What a block begins with. A process that uses one up within [`SOON`] doubles
/// the next.
const FIRST_BLOCK: i64 = 16;
const LARGEST_BLOCK: i64 = 1_000_000;
/// A lease is to last for about as long as this, or longer …
const SOON: i64 = 1_000;
/// … and one that lasts for much longer than that is halved.
const LONG: i64 = 10_000;
/// A block is at most one part of so many of what is left.
const PARTS: i64 = 16;
/// What nothing was spent of for so long goes back.
const IDLE: i64 = 10_000;
/// For so long the database is not asked again what is left.
const FRESH: i64 = 1_000;
/// A guard's lease.
const GUARD_UNITS: i64 = 16;
/// How long a guard may spend of its lease.
pub(super) const GUARD_TIME: i64 = 60_000;

/// What a process holds and knows of one quota.
#[derive(Debug)]
pub(super) struct Lease {
    /// What it holds belongs to this period. `None`: the database was not asked yet.
    period: Option<Period>,
    /// What may be spent. Less than none was spent without asking, because the
    /// database could not be asked and the application wants it so.
    units: i64,
    /// What nobody has leased, as the database said …
    left: i64,
    /// … at this time.
    learned_at: i64,
    /// When the last block was leased.
    taken_at: Option<i64>,
    spent_at: i64,
    block: i64,
    /// More is being asked for in the background.
    is_asking: bool,
    /// Guards whose lease from here runs, and until when.
    guards: Vec<(String, i64)>,
}

/// Whether a lease covers a cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    Enough,
    /// The database may have more.
    Ask,
    /// There is not so much.
    Exceeded,
}

impl Lease {
    pub(super) fn new(now: i64) -> Self {
        Lease {
            period: None,
            units: 0,
            left: 0,
            learned_at: now,
            taken_at: None,
            spent_at: now,
            block: FIRST_BLOCK,
            is_asking: false,
            guards: Vec::new(),
        }
    }

    /// What is held ends with its period. What is left of it is of no use to anybody.
    pub(super) fn advance(&mut self, now: i64) {
        let is_over = |period: Period| period.end.is_some_and(|end| end.as_millisecond() <= now);
        if self.period.is_some_and(is_over) {
            let Lease { block, spent_at, is_asking, .. } = *self;
            *self = Lease { block, spent_at, is_asking, ..Lease::new(now) };
        }
        self.guards.retain(|(_, end)| *end > now);
    }

    /// Whether a cost can be spent at this time.
    pub(super) fn covers(&self, cost: i64, now: i64) -> Cover {
        let is_fresh = self.period.is_some() && now.saturating_sub(self.learned_at) < FRESH;
        if self.period.is_some() && (cost == 0 || cost <= self.units) {
            Cover::Enough
        } else if is_fresh && cost > self.units.saturating_add(self.left) {
            Cover::Exceeded
        } else {
            Cover::Ask
        }
    }

    /// Spends what is covered, or what nobody could be asked about.
    pub(super) fn spend(&mut self, cost: i64, now: i64) {
        if cost > 0 {
            self.units = self.units.saturating_sub(cost);
            self.spent_at = now;
        }
    }

    /// How much to ask the database for, so that a cost is covered.
    pub(super) fn wish(&self, cost: i64, quota: i64) -> i64 {
        let left = if self.period.is_some() { self.left } else { quota };
        self.block.min(left / PARTS).max(cost.saturating_sub(self.units)).max(0)
    }

    /// Whether to ask for more now, before there is nothing: nobody does yet.
    pub(super) fn starts_asking(&mut self) -> bool {
        let is_low = self.period.is_some() && self.units < self.block.min(self.left / PARTS) / 4;
        let starts = is_low && !self.is_asking;
        self.is_asking |= starts;
        starts
    }

    /// What was asked for in the background has come, or will not.
    pub(super) fn ends_asking(&mut self) {
        self.is_asking = false;
    }

    /// What the database gave, in which period, and what nobody has after that.
    pub(super) fn got(&mut self, units: i64, left: i64, period: Period, now: i64) {
        if self.period.is_some_and(|held| held.start != period.start) {
            // Another process has refilled it already: what was held is of the period before.
            self.units = 0;
        }
        self.period = Some(period);
        self.units = self.units.saturating_add(units);
        self.left = left.max(0);
        self.learned_at = now;
        if units > 0 {
            match self.taken_at.map(|taken_at| now.saturating_sub(taken_at)) {
                Some(..SOON) => self.block = (self.block * 2).min(LARGEST_BLOCK),
                Some(LONG..) => self.block = (self.block / 2).max(FIRST_BLOCK),
                Some(_) | None => {}
            }
            self.taken_at = Some(now);
        }
    }

    /// Whether the guard has a lease from here that runs.
    pub(super) fn lends_to(&self, guard: &str) -> bool {
        self.guards.iter().any(|(known, _)| known == guard)
    }

    /// Gives some of what is held to a guard: how much, until when, and of which period.
    pub(super) fn lend(&mut self, guard: &str, now: i64) -> Option<(i64, i64, Period)> {
        let period = self.period?;
        let units = self.units.min(GUARD_UNITS.min(self.remaining() / PARTS).max(1));
        let end = guard_end(period, now);
        if units < 1 || end.saturating_sub(now) < 1_000 {
            return None;
        }
        self.units -= units;
        self.spent_at = now;
        self.guards.push((guard.to_owned(), end));
        Some((units, end, period))
    }

    /// How much is left for all, as far as is known here.
    pub(super) fn remaining(&self) -> i64 {
        self.units.saturating_add(self.left).max(0)
    }

    /// When all of it is there again; `None`: never, or it is not known.
    pub(super) fn refill(&self) -> Option<i64> {
        Some(self.period?.end?.as_millisecond())
    }

    /// Whether nothing was spent for so long that what is held goes back.
    pub(super) fn is_idle(&self, now: i64) -> bool {
        now.saturating_sub(self.spent_at) >= IDLE
    }

    /// Whether it can be forgotten.
    pub(super) fn is_over(&self, now: i64) -> bool {
        self.units == 0 && self.guards.is_empty() && self.is_idle(now)
    }

    /// Lets go of what is held: the period that it goes back to, and how much.
    pub(super) fn release(&mut self) -> Option<(i64, i64)> {
        let units = std::mem::take(&mut self.units);
        let period = self.period.take()?;
        (units != 0).then_some((period.start.as_millisecond(), units))
    }
}

/// When a lease ends that a guard gets now: never after the refill.
pub(super) fn guard_end(period: Period, now: i64) -> i64 {
    let end = now.saturating_add(GUARD_TIME);
    period.end.map_or(end, |refill| end.min(refill.as_millisecond()))
}

/// How much a guard gets that wants so much, of what nobody has.
pub(super) fn guard_units(wanted: i64, left: i64) -> i64 {
    wanted.min((left / PARTS).max(1)).min(left).max(0)
}
