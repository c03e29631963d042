//! Wrong passwords are counted per user and address, and too many close the
//! door for a while. In memory: a restart forgives, which costs an attacker
//! more than it gives.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// So many wrong passwords …
const ATTEMPTS: usize = 10;
/// … within this time.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
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

/// The counts.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<Visitor, Vec<Timestamp>>>);

impl Throttle {
    /// Counts an attempt before its password is looked at, so that a burst of
    /// them at once gains nothing.
    ///
    /// # Errors
    /// The seconds to wait when there were too many.
    pub(crate) fn attempt(&self, visitor: &Visitor, now: Timestamp) -> Result<(), u64> {
        let mut visitors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if visitors.len() >= CAPACITY && !visitors.contains_key(visitor) {
            make_room(&mut visitors, now);
        }
        let attempts = visitors.entry(visitor.clone()).or_default();
        attempts.retain(|at| is_recent(*at, now));
        match attempts.first() {
            Some(first) if attempts.len() >= ATTEMPTS => {
                let wait = WINDOW.saturating_sub(now.duration_since(*first));
                Err(u64::try_from(wait.as_secs()).unwrap_or(0) + 1)
            }
            _ => {
                attempts.push(now);
                Ok(())
            }
        }
    }

    /// The password was right: earlier mistakes are forgotten.
    pub(crate) fn forgive(&self, visitor: &Visitor) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(visitor);
    }
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) < WINDOW
}

/// Forgets who has not tried of late; when all have, the one longest quiet.
fn make_room(visitors: &mut HashMap<Visitor, Vec<Timestamp>>, now: Timestamp) {
    visitors.retain(|_, attempts| attempts.last().is_some_and(|at| is_recent(*at, now)));
    if visitors.len() >= CAPACITY {
        let quietest =
            visitors.iter().min_by_key(|(_, attempts)| attempts.last()).map(|(visitor, _)| visitor.clone());
        quietest.map(|visitor| visitors.remove(&visitor));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn the_eleventh_attempt_waits_until_the_first_is_five_minutes_old() {
        let throttle = Throttle::default();
        let kim = Visitor::new("kim@example.com", None);
        for second in 0..10 {
            assert_eq!(throttle.attempt(&kim, at(second)), Ok(()));
        }
        assert_eq!(throttle.attempt(&kim, at(10)), Err(291));
        assert_eq!(throttle.attempt(&kim, at(299)), Err(2));
        assert_eq!(throttle.attempt(&kim, at(300)), Ok(()));
        assert!(throttle.attempt(&kim, at(300)).is_err(), "the second is only 299 seconds old");
    }

    #[test]
    fn others_are_not_held_up() {
        let throttle = Throttle::default();
        let here: IpAddr = "192.0.2.1".parse().unwrap();
        let there: IpAddr = "192.0.2.2".parse().unwrap();
        for _ in 0..10 {
            throttle.attempt(&Visitor::new("kim", Some(here)), at(0)).unwrap();
        }
        assert!(throttle.attempt(&Visitor::new("kim", Some(here)), at(0)).is_err());
        assert_eq!(throttle.attempt(&Visitor::new("kim", Some(there)), at(0)), Ok(()));
        assert_eq!(throttle.attempt(&Visitor::new("lee", Some(here)), at(0)), Ok(()));
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

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..CAPACITY + 5 {
            let second = i64::try_from(number).unwrap() % 60;
            throttle.attempt(&Visitor::new(&format!("user{number}"), None), at(second)).unwrap();
        }
        assert_eq!(throttle.0.lock().unwrap().len(), CAPACITY);
    }
}
