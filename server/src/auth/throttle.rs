//! Wrong passwords are counted, and too many close the door for a while: for one
//! user from one address, for an address, for a user, and in all. The counts are
//! in the database, so that all processes have the same.
//!
//! The last three would let anybody lock a person out by guessing. So they do
//! not count for an address from which that user has signed in before.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::OwnedMutexGuard;

use crate::store::failures::Count;
use crate::store::{Result, Store};
use crate::token::fingerprint;

/// Failures count for this time.
pub(crate) const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// How long an attempt waits for others of the same visitor.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many sign-ins may wait or run in all; one takes tens of milliseconds of a core.
const CROWD: usize = 200;

/// So many wrong passwords within [`WINDOW`] close the door.
struct Limit {
    what: &'static str,
    failures: i64,
    /// Whether it counts for an address from which the user has signed in before.
    for_known: bool,
}

const LIMITS: [Limit; 4] = [
    Limit { what: "for this user from this address", failures: 10, for_known: true },
    Limit { what: "from this address", failures: 50, for_known: false },
    Limit { what: "for this user", failures: 50, for_known: false },
    Limit { what: "in all", failures: 2000, for_known: false },
];

/// Who tries: the user as typed (in lower case) and from where.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Visitor {
    user: String,
    address: Option<IpAddr>,
}

impl Visitor {
    pub(crate) fn new(user: &str, address: Option<IpAddr>) -> Self {
        Visitor { user: user.chars().take(254).collect(), address: address.map(household) }
    }

    /// What is counted, in the order of [`LIMITS`]. Hashed: what was typed as a
    /// user may have been a password.
    fn buckets(&self) -> Vec<String> {
        let place = self.place();
        let user = fingerprint(&format!("user {}", self.user));
        vec![
            fingerprint(&format!("pair {place} {}", self.user)),
            fingerprint(&format!("place {place}")),
            user,
            "all".to_owned(),
        ]
    }

    fn place(&self) -> String {
        self.address.map(|address| address.to_string()).unwrap_or_default()
    }
}

/// What is counted as one address: whoever has one of IPv6 has 2^64 of them.
pub(crate) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        v4 => v4,
    }
}

/// Lets the passwords of one visitor be tried one after the other.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<Visitor, Arc<tokio::sync::Mutex<()>>>>);

/// Why no password is looked at.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum HeldUp {
    /// Too many were wrong: where, and the seconds to wait.
    Closed(&'static str, u64),
    /// Too many are being tried at this moment.
    Crowded,
}

/// Leave to try one password.
pub(crate) struct Attempt {
    visitor: Visitor,
    /// Failures of this visitor that a success forgives.
    failures: i64,
    is_known: bool,
    _turn: OwnedMutexGuard<()>,
}

impl Attempt {
    /// The password was wrong.
    pub(crate) async fn was_wrong(self, store: &Store, now: Timestamp) -> Result<()> {
        store.insert_failures(&self.visitor.buckets(), now).await
    }

    /// The password was right: earlier mistakes are forgotten, and the address
    /// is known from now on.
    pub(crate) async fn was_right(self, store: &Store, now: Timestamp) -> Result<()> {
        if self.failures > 0 {
            for bucket in self.visitor.buckets().iter().take(1) {
                store.forgive_failures(bucket).await?;
            }
        }
        if !self.is_known {
            store.know_place(&fingerprint(&self.visitor.user), &self.visitor.place(), now).await?;
        }
        Ok(())
    }
}

impl Throttle {
    /// Waits until no other password of this visitor is being tried. So nobody
    /// guesses faster by guessing many at once, and a right password is never
    /// counted for wrong while it is looked at.
    ///
    /// # Errors
    /// When the database fails; and inside, why the visitor is held up.
    pub(crate) async fn attempt(
        &self,
        store: &Store,
        visitor: Visitor,
        now: impl Fn() -> Timestamp,
    ) -> Result<std::result::Result<Attempt, HeldUp>> {
        let Some(turn) = self.turn_of(&visitor) else { return Ok(Err(HeldUp::Crowded)) };
        let Ok(_turn) = tokio::time::timeout(PATIENCE, turn.lock_owned()).await else {
            return Ok(Err(HeldUp::Crowded));
        };
        let now = now();
        let since = now.saturating_sub(WINDOW).unwrap_or(Timestamp::MIN);
        let counts = store.failures(&visitor.buckets(), since).await?;
        let user = fingerprint(&visitor.user);
        let is_known = store.is_known_place(&user, &visitor.place(), now).await?;
        Ok(match closed(&counts, is_known, now) {
            Some(held_up) => Err(held_up),
            None => {
                let failures = counts.first().map_or(0, |count| count.failures);
                Ok(Attempt { visitor, failures, is_known, _turn })
            }
        })
    }

    fn turn_of(&self, visitor: &Visitor) -> Option<Arc<tokio::sync::Mutex<()>>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whom nobody waits for is forgotten; the counts are in the database.
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        if turns.values().map(|turn| Arc::strong_count(turn) - 1).sum::<usize>() >= CROWD {
            return None;
        }
        Some(turns.entry(visitor.clone()).or_default().clone())
    }
}

/// The limit that is reached, if one is.
fn closed(counts: &[Count], is_known: bool, now: Timestamp) -> Option<HeldUp> {
    LIMITS.iter().zip(counts).filter(|(limit, _)| limit.for_known || !is_known).find_map(|(limit, count)| {
        let since = count.since.filter(|_| count.failures >= limit.failures)?;
        // A clock may have been set back since: never more than the window.
        let wait = WINDOW.saturating_sub(now.duration_since(since)).clamp(SignedDuration::ZERO, WINDOW);
        Some(HeldUp::Closed(limit.what, u64::try_from(wait.as_secs()).unwrap_or(0) + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn counts(failures: [i64; 4]) -> Vec<Count> {
        failures.map(|failures| Count { failures, since: (failures > 0).then(|| at(0)) }).into()
    }

    #[test]
    fn each_limit_closes_the_door_until_its_oldest_failure_is_over() {
        for (failures, second, expected) in [
            ([9, 49, 49, 1999], 10, None),
            ([10, 0, 0, 0], 10, Some(HeldUp::Closed(LIMITS[0].what, 291))),
            ([0, 50, 0, 0], 299, Some(HeldUp::Closed(LIMITS[1].what, 2))),
            ([0, 0, 50, 0], 0, Some(HeldUp::Closed(LIMITS[2].what, 301))),
            ([0, 0, 0, 2000], 0, Some(HeldUp::Closed(LIMITS[3].what, 301))),
            // The clock was set back by a day.
            ([10, 0, 0, 0], -86_400, Some(HeldUp::Closed(LIMITS[0].what, 301))),
        ] {
            assert_eq!(closed(&counts(failures), false, at(second)), expected, "{failures:?}");
        }
    }

    #[test]
    fn a_known_address_is_closed_by_its_own_failures_alone() {
        assert_eq!(closed(&counts([0, 5000, 5000, 5000]), true, at(0)), None);
        assert!(closed(&counts([10, 0, 0, 0]), true, at(0)).is_some());
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
    async fn memory_holds_those_alone_who_are_trying() {
        let throttle = Throttle::default();
        let turns: Vec<_> = (0..CROWD)
            .filter_map(|number| throttle.turn_of(&Visitor::new(&number.to_string(), None)))
            .collect();
        assert_eq!(turns.len(), CROWD);
        assert!(throttle.turn_of(&Visitor::new("one too many", None)).is_none());
        drop(turns);
        assert!(throttle.turn_of(&Visitor::new("kim", None)).is_some());
        assert_eq!(throttle.0.lock().unwrap().len(), 1);
    }
}
