//! Wrong passwords are counted per user and address, and too many close the
//! door for a while. In memory: a restart forgives, which costs an attacker
//! more than it gives.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::OwnedMutexGuard;

/// So many wrong passwords …
const ATTEMPTS: usize = 10;
/// … within this time.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// How long an attempt waits for others of the same visitor.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many pairs of user and address are remembered.
const CAPACITY: usize = 10_000;

/// Who tries: the user as typed (in lower case) and from where.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Visitor {
    user: String,
    address: Option<IpAddr>,
}

impl Visitor {
    pub(crate) fn new(user: &str, address: Option<IpAddr>) -> Self {
        // Whoever has one IPv6 address has 2^64 of them.
        let address = address.map(|address| match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
            v4 => v4,
        });
        Visitor { user: user.chars().take(254).collect(), address }
    }
}

/// When a visitor's password was wrong. Whoever holds the lock is trying one.
type Mistakes = Arc<tokio::sync::Mutex<Vec<Timestamp>>>;

/// The counts.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<Visitor, Mistakes>>);

/// Why no password is looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HeldUp {
    /// Too many were wrong; the seconds to wait.
    Closed(u64),
    /// Too many are being tried at this moment.
    Crowded,
}

/// Leave to try one password.
#[derive(Debug)]
pub(crate) struct Attempt(OwnedMutexGuard<Vec<Timestamp>>);

impl Attempt {
    /// The password was wrong.
    pub(crate) fn was_wrong(mut self, now: Timestamp) {
        self.0.push(now);
    }

    /// The password was right: earlier mistakes are forgotten.
    pub(crate) fn was_right(mut self) {
        self.0.clear();
    }
}

impl Throttle {
    /// Waits until no other password of this visitor is being tried. So nobody
    /// guesses faster by guessing many at once, and a right password is never
    /// counted for wrong while it is looked at.
    ///
    /// # Errors
    /// When too many were wrong, or the wait takes too long.
    pub(crate) async fn attempt(
        &self,
        visitor: &Visitor,
        now: impl Fn() -> Timestamp,
    ) -> Result<Attempt, HeldUp> {
        let turn = tokio::time::timeout(PATIENCE, self.mistakes_of(visitor, now()).lock_owned()).await;
        let mut mistakes = turn.map_err(|_| HeldUp::Crowded)?;
        let now = now();
        mistakes.retain(|at| is_recent(*at, now));
        match mistakes.first() {
            Some(first) if mistakes.len() >= ATTEMPTS => {
                let wait = WINDOW.saturating_sub(now.duration_since(*first));
                Err(HeldUp::Closed(u64::try_from(wait.as_secs()).unwrap_or(0) + 1))
            }
            _ => Ok(Attempt(mistakes)),
        }
    }

    fn mistakes_of(&self, visitor: &Visitor, now: Timestamp) -> Mistakes {
        let mut visitors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if visitors.len() >= CAPACITY && !visitors.contains_key(visitor) {
            make_room(&mut visitors, now);
        }
        visitors.entry(visitor.clone()).or_default().clone()
    }
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < WINDOW
}

/// Forgets who has made no mistake of late; when all have, the one longest quiet.
fn make_room(visitors: &mut HashMap<Visitor, Mistakes>, now: Timestamp) {
    visitors.retain(|_, mistakes| last(mistakes).is_some_and(|at| is_recent(at, now)));
    if visitors.len() >= CAPACITY {
        let quietest =
            visitors.iter().min_by_key(|(_, mistakes)| last(mistakes)).map(|(visitor, _)| visitor.clone());
        quietest.map(|visitor| visitors.remove(&visitor));
    }
}

/// The last mistake. Who is trying or waiting to is the last to be forgotten.
fn last(mistakes: &Mistakes) -> Option<Timestamp> {
    match mistakes.try_lock() {
        Ok(times) if Arc::strong_count(mistakes) == 1 => times.last().copied(),
        _ => Some(Timestamp::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    impl Throttle {
        async fn at(&self, visitor: &Visitor, second: i64) -> Result<Attempt, HeldUp> {
            self.attempt(visitor, || at(second)).await
        }

        /// Tries a wrong password.
        async fn wrong(&self, visitor: &Visitor, second: i64) -> Result<(), HeldUp> {
            self.at(visitor, second).await.map(|attempt| attempt.was_wrong(at(second)))
        }
    }

    #[tokio::test]
    async fn the_eleventh_attempt_waits_until_the_first_is_five_minutes_old() {
        let throttle = Throttle::default();
        let kim = Visitor::new("kim@example.com", None);
        for second in 0..10 {
            assert_eq!(throttle.wrong(&kim, second).await, Ok(()));
        }
        assert_eq!(throttle.wrong(&kim, 10).await, Err(HeldUp::Closed(291)));
        assert_eq!(throttle.wrong(&kim, 299).await, Err(HeldUp::Closed(2)));
        assert_eq!(throttle.wrong(&kim, 300).await, Ok(()));
        assert!(throttle.wrong(&kim, 300).await.is_err(), "the second is only 299 seconds old");
    }

    #[tokio::test(start_paused = true)]
    async fn one_password_is_tried_at_a_time_and_the_next_waits_for_it() {
        let throttle = Throttle::default();
        let kim = Visitor::new("kim@example.com", None);
        let first = throttle.at(&kim, 0).await.unwrap();
        assert_eq!(throttle.at(&kim, 0).await.unwrap_err(), HeldUp::Crowded, "after ten seconds");
        let (second, ()) = tokio::join!(throttle.at(&kim, 0), async {
            tokio::time::sleep(PATIENCE / 2).await;
            first.was_right();
        });
        drop(second.unwrap());
        assert!(throttle.at(&kim, 0).await.is_ok(), "an attempt that was broken off holds nobody up");
    }

    #[tokio::test]
    async fn others_are_not_held_up() {
        let throttle = Throttle::default();
        let here: IpAddr = "192.0.2.1".parse().unwrap();
        let there: IpAddr = "192.0.2.2".parse().unwrap();
        for _ in 0..10 {
            throttle.wrong(&Visitor::new("kim", Some(here)), 0).await.unwrap();
        }
        assert!(throttle.wrong(&Visitor::new("kim", Some(here)), 0).await.is_err());
        assert_eq!(throttle.wrong(&Visitor::new("kim", Some(there)), 0).await, Ok(()));
        assert_eq!(throttle.wrong(&Visitor::new("lee", Some(here)), 0).await, Ok(()));
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let [a, b, c] =
            ["2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1"].map(|text| text.parse::<IpAddr>().unwrap());
        assert!(Visitor::new("kim", Some(a)) == Visitor::new("kim", Some(b)));
        assert!(Visitor::new("kim", Some(a)) != Visitor::new("kim", Some(c)));
        let mapped = "::ffff:192.0.2.1".parse().unwrap();
        assert!(Visitor::new("kim", Some(mapped)) == Visitor::new("kim", Some("192.0.2.1".parse().unwrap())));
    }

    #[tokio::test]
    async fn memory_is_bounded_and_keeps_who_is_trying() {
        let throttle = Throttle::default();
        let kim = Visitor::new("kim@example.com", None);
        let trying = throttle.at(&kim, 0).await.unwrap();
        for number in 0..CAPACITY + 5 {
            let second = i64::try_from(number).unwrap() % 60;
            throttle.wrong(&Visitor::new(&format!("user{number}"), None), second).await.unwrap();
        }
        trying.was_wrong(at(0));
        let visitors = throttle.0.lock().unwrap();
        assert_eq!(visitors.len(), CAPACITY);
        assert_eq!(last(&visitors[&kim]), Some(at(0)));
    }
}
