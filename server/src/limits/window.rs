//! The counter of a rate: two windows side by side, of which the one before
//! counts for as much as a window that ends now still covers of it.
//!
//! ```text
//!        previous: 80          current: 30
//!  |------------------------|------------------------|
//!                     |<------ 60 s ----->| now      80 × 25 % + 30 = 50
//! ```
//!
//! It takes what came before as evenly spread. Somebody who sends all of it at
//! the end of one window and all of it at the end of the next has twice the limit
//! within some windows, and never more; within a window of the grid it is never
//! more than the limit.
//!
//! Several processes count one rate, each by itself, and add up what they have
//! counted in the background: of each window there is what is known of all, and
//! what was counted here since.

/// What was counted in one window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    /// By all, as far as is known here.
    known: i64,
    /// By this process, and not yet told.
    pending: i64,
}

impl Count {
    fn sum(self) -> i64 {
        self.known.saturating_add(self.pending)
    }
}

/// What two windows that follow each other have counted, for other processes or
/// from them. Times are milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counts {
    /// When the later one begins.
    pub(crate) start: i64,
    pub(crate) current: i64,
    pub(crate) previous: i64,
}

/// The counter.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// In milliseconds.
    length: i64,
    /// When the current window begins: a multiple of the length, so that all
    /// processes have the same ones.
    start: i64,
    current: Count,
    previous: Count,
}

impl Window {
    /// Nothing is counted yet.
    pub(crate) fn new(length: i64, now: i64) -> Self {
        let length = length.max(1);
        let start = now.div_euclid(length) * length;
        Window { length, start, current: Count::default(), previous: Count::default() }
    }

    /// Goes on to the window of this moment. When the clock was set back nothing
    /// happens: the window that has begun goes on, so no use is forgotten.
    pub(crate) fn advance(&mut self, now: i64) {
        let next = Window::new(self.length, now);
        if next.start > self.start {
            let follows = next.start == self.start.saturating_add(self.length);
            let previous = if follows { self.current } else { Count::default() };
            *self = Window { previous, ..next };
        }
    }

    /// What counts at this moment, which lies in the current window or before it.
    /// Rounded up: what is allowed is never more than the formula says.
    pub(crate) fn estimate(&self, now: i64) -> i64 {
        let rest = self.length - now.saturating_sub(self.start).clamp(0, self.length);
        self.current.sum().saturating_add(share(self.previous.sum(), rest, self.length))
    }

    /// How much more a limit allows.
    pub(crate) fn room(&self, limit: i64, now: i64) -> i64 {
        limit.saturating_sub(self.estimate(now)).max(0)
    }

    /// Counts a use.
    pub(crate) fn add(&mut self, units: i64) {
        self.current.pending = self.current.pending.saturating_add(units);
    }

    /// In how many milliseconds a limit has room for so much, if nothing else is
    /// counted until then. `None`: it never has.
    pub(crate) fn room_in(&self, units: i64, limit: i64, now: i64) -> Option<i64> {
        let left = limit.checked_sub(units).filter(|left| *left >= 0)?;
        if self.estimate(now) <= left {
            return Some(0);
        }
        let current = self.current.sum();
        let at = if current <= left {
            self.start.saturating_add(wait(self.previous.sum(), left - current, self.length))
        } else {
            self.end().saturating_add(wait(current, left, self.length))
        };
        Some(at.saturating_sub(now).max(0))
    }

    /// In milliseconds.
    pub(crate) fn length(&self) -> i64 {
        self.length
    }

    /// When the current window ends.
    pub(crate) fn end(&self) -> i64 {
        self.start.saturating_add(self.length)
    }

    /// Whether nothing counts any more from this moment on.
    pub(crate) fn is_over(&self, now: i64) -> bool {
        now >= self.end().saturating_add(self.length)
    }

    /// What this process has counted and not told yet.
    pub(crate) fn pending(&self) -> Option<Counts> {
        let Window { start, current, previous, .. } = self;
        let counts = Counts { start: *start, current: current.pending, previous: previous.pending };
        (counts.current != 0 || counts.previous != 0).then_some(counts)
    }

    /// `told` of what was counted here is among the counts of all.
    pub(crate) fn was_told(&mut self, told: Counts, all: Counts) {
        let (current, previous) = self.aligned(told);
        self.current.pending -= current;
        self.previous.pending -= previous;
        self.learn(all);
    }

    /// This is what all have counted. A count of a window only grows, so of two
    /// answers the larger is the later one.
    pub(crate) fn learn(&mut self, all: Counts) {
        let (current, previous) = self.aligned(all);
        self.current.known = self.current.known.max(current);
        self.previous.known = self.previous.known.max(previous);
    }

    /// What counts say of the current window and of the one before.
    fn aligned(&self, counts: Counts) -> (i64, i64) {
        match counts.start.saturating_sub(self.start) {
            0 => (counts.current, counts.previous),
            // A process whose clock is ahead has told of the next window.
            ahead if ahead == self.length => (counts.previous, 0),
            // This one has gone on meanwhile.
            behind if behind == -self.length => (0, counts.current),
            _ => (0, 0),
        }
    }
}

/// `count` × `rest` / `length`, rounded up.
fn share(count: i64, rest: i64, length: i64) -> i64 {
    let product = i128::from(count) * i128::from(rest);
    let length = i128::from(length);
    i64::try_from((product + length - 1).div_euclid(length)).unwrap_or(i64::MAX)
}

/// After how much of a window a count before it has fallen to `left`.
fn wait(count: i64, left: i64, length: i64) -> i64 {
    if count <= left {
        return 0;
    }
    // The least time for which `share(count, length - time, length) <= left`.
    let rest = i128::from(left) * i128::from(length) / i128::from(count);
    length - i64::try_from(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests;
