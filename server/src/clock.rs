//! Where the server learns what time it is.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// The time, as a port: tests move it, the server reads the system's.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that never goes back: when the one below is set back, it stands until
/// that has caught up. Otherwise a key that has expired would work again.
pub(crate) struct SteadyClock {
    below: Arc<dyn Clock>,
    latest: Mutex<Timestamp>,
}

impl SteadyClock {
    pub(crate) fn new(below: Arc<dyn Clock>) -> Self {
        SteadyClock { below, latest: Mutex::new(Timestamp::MIN) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        *latest = self.below.now().max(*latest);
        *latest
    }
}

/// A clock that stands still until it is moved.
///
/// ```
/// use keylatch_server::{Clock, ManualClock};
/// use jiff::{SignedDuration, Timestamp};
///
/// let clock = ManualClock::at("2026-11-20T10:00:00Z".parse()?);
/// clock.advance(SignedDuration::from_mins(5));
/// assert_eq!(clock.now(), "2026-11-20T10:05:00Z".parse::<Timestamp>()?);
/// # Ok::<(), jiff::Error>(())
/// ```
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows this time.
    pub fn at(time: Timestamp) -> Self {
        ManualClock(Mutex::new(time))
    }

    /// Moves the clock; a negative duration moves it back.
    pub fn advance(&self, by: SignedDuration) {
        let mut time = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *time = time.saturating_add(by).unwrap_or(*time);
    }

    /// Sets the clock.
    pub fn set(&self, to: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_stands_until_it_is_caught_up() {
        let below = Arc::new(ManualClock::at("2026-11-20T10:00:00Z".parse().unwrap()));
        let steady = SteadyClock::new(below.clone());
        let start = steady.now();
        below.advance(SignedDuration::from_hours(-24));
        assert_eq!(steady.now(), start);
        below.advance(SignedDuration::from_hours(25));
        assert_eq!(steady.now(), start + SignedDuration::from_hours(1));
    }
}
