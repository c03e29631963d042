//! A database (or a Redis) that has stopped answering is not asked by everybody: after one
//! request has waited in vain, the next are refused at once, and one a second
//! finds out whether it is back.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// How long nobody asks after the database gave no answer.
const PAUSE: Duration = Duration::from_secs(1);

/// The state of one lane to whoever is asked.
pub(crate) struct Circuit {
    /// Who is asked, for the log.
    whom: &'static str,
    born: Instant,
    /// Milliseconds since `born` from which on the next request may ask; 0: the
    /// database answers, and all may.
    next: AtomicU64,
}

impl Circuit {
    pub(crate) fn new(whom: &'static str) -> Self {
        Circuit { whom, born: Instant::now(), next: AtomicU64::new(0) }
    }

    /// Whether the caller may ask the database. Of those that come after the
    /// pause, one may, and the others wait for what it finds.
    pub(crate) fn admits(&self) -> bool {
        let next = self.next.load(Ordering::Acquire);
        if next == 0 {
            return true;
        }
        let now = self.now();
        now >= next
            && self
                .next
                .compare_exchange(next, self.after_pause(), Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
    }

    /// The database answered, whatever it said.
    pub(crate) fn answered(&self) {
        if self.next.load(Ordering::Relaxed) != 0 && self.next.swap(0, Ordering::AcqRel) != 0 {
            tracing::info!("{} answers again", self.whom);
        }
    }

    /// The database gave no answer.
    pub(crate) fn was_silent(&self) {
        if self.next.swap(self.after_pause(), Ordering::AcqRel) == 0 {
            tracing::error!("{} gives no answer; what needs it is refused until it does", self.whom);
        }
    }

    /// Whether requests are being refused.
    pub(crate) fn is_open(&self) -> bool {
        self.next.load(Ordering::Acquire) != 0
    }

    /// Never 0.
    fn now(&self) -> u64 {
        u64::try_from(self.born.elapsed().as_millis()).unwrap_or(u64::MAX) + 1
    }

    fn after_pause(&self) -> u64 {
        self.now() + PAUSE.as_millis() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn after_a_silence_one_a_second_may_ask() {
        let circuit = Circuit::new("the database");
        assert!(circuit.admits() && circuit.admits());
        circuit.was_silent();
        assert!(circuit.is_open() && !circuit.admits());
        tokio::time::advance(PAUSE).await;
        assert!(circuit.admits(), "one finds out");
        assert!(!circuit.admits(), "and the others wait for it");
        circuit.was_silent();
        tokio::time::advance(PAUSE / 2).await;
        assert!(!circuit.admits());
        tokio::time::advance(PAUSE / 2).await;
        assert!(circuit.admits());
        circuit.answered();
        assert!(!circuit.is_open() && circuit.admits() && circuit.admits());
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_asked_and_was_broken_off_does_not_close_the_door_for_good() {
        let circuit = Circuit::new("the database");
        circuit.was_silent();
        tokio::time::advance(PAUSE).await;
        assert!(circuit.admits());
        tokio::time::advance(PAUSE).await;
        assert!(circuit.admits(), "the first never reported back");
    }
}
