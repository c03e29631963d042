//! Answers about keys of one kind.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use jiff::Timestamp;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::{Asked, Gate};
use crate::store::Result;

/// So many bytes of keys at most, by a rough count: metadata of 4 KB each must not
/// take what a hundred thousand plain keys have room in.
const BYTES: u64 = 64 * 1024 * 1024;
/// A key with all that stands beside it, but for what can be long.
const KEY: u64 = 640;
/// JSON in memory takes some times the room that it has as text.
const UNFOLDED: u64 = 4;
/// So many of no key at most: whoever tries keys out pushes no good one away.
const UNKNOWN: usize = 10_000;

/// What is remembered of a key.
pub(crate) trait Remembered {
    /// When it was last used, as the database has it.
    fn last_used_at(&self) -> Option<Timestamp>;

    /// Whether it was revoked or switched off.
    fn has_ended(&self) -> bool;

    /// Bytes of JSON that stand beside it.
    fn json_bytes(&self) -> usize {
        0
    }
}

/// A key as it was a moment ago.
pub(crate) struct Known<T> {
    found: T,
    bytes: u64,
    since: Instant,
    /// When its use was noted last, in milliseconds: later than what was read.
    noted: AtomicI64,
}

/// The answers, each in a place that says what was asked: a hash, or an
/// application and a hash.
pub(in crate::store) struct Answers<T> {
    keys: Cache<String, Arc<Known<T>>, ByBytes>,
    unknown: Cache<String, Instant>,
}

#[derive(Clone)]
struct ByBytes;

impl<T> Weighter<String, Arc<Known<T>>> for ByBytes {
    fn weight(&self, _: &String, known: &Arc<Known<T>>) -> u64 {
        known.bytes
    }
}

impl<T: Remembered> Known<T> {
    fn new(found: T, since: Instant) -> Self {
        let noted = found.last_used_at().map_or(i64::MIN, Timestamp::as_millisecond);
        let json = u64::try_from(found.json_bytes()).unwrap_or(u64::MAX);
        let bytes = json.saturating_mul(UNFOLDED).saturating_add(KEY);
        Known { found, bytes, since, noted: AtomicI64::new(noted) }
    }

    /// The last use that is known of.
    pub(crate) fn last_used_at(&self) -> Option<Timestamp> {
        let noted = self.noted.load(Ordering::Relaxed);
        self.found.last_used_at().max(Timestamp::from_millisecond(noted).ok())
    }

    /// Its use at this time was noted.
    pub(crate) fn was_noted(&self, at: Timestamp) {
        self.noted.fetch_max(at.as_millisecond(), Ordering::Relaxed);
    }
}

impl<T> std::ops::Deref for Known<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.found
    }
}

impl<T: Remembered> Answers<T> {
    pub(super) fn new() -> Self {
        let keys = usize::try_from(BYTES / KEY).unwrap_or(UNKNOWN);
        Answers { keys: Cache::with_weighter(keys, BYTES, ByBytes), unknown: Cache::new(UNKNOWN) }
    }

    /// The answer that is kept, or else what the database says: the key that it
    /// finds, and the number of the place which that belongs into. `is_meant` says
    /// whether the key in a place is the one that is asked for; that there is none
    /// is kept in the first place.
    pub(in crate::store) async fn checked(
        &self,
        gate: &Gate,
        places: &[String],
        is_meant: impl Fn(usize, &T) -> bool,
        ask: impl Future<Output = Result<Option<(usize, T)>>>,
    ) -> Result<Option<Arc<Known<T>>>> {
        let kept = self.kept(gate, places, is_meant);
        gate.count(kept.is_some());
        if let Some(known) = kept {
            return Ok(known);
        }
        let asked = gate.ask();
        Ok(self.put(gate, &asked, places, ask.await?))
    }

    /// What is known: `Some(None)` is that there is no such key.
    fn kept(
        &self,
        gate: &Gate,
        places: &[String],
        is_meant: impl Fn(usize, &T) -> bool,
    ) -> Option<Option<Arc<Known<T>>>> {
        for (number, place) in places.iter().enumerate() {
            let known = self.keys.get(place).filter(|known| gate.is_fresh(known.since));
            if let Some(known) = known.filter(|known| is_meant(number, known)) {
                return Some(Some(known));
            }
        }
        let since = self.unknown.get(places.first()?)?;
        gate.is_fresh(since).then_some(None)
    }

    /// What the database answered.
    fn put(
        &self,
        gate: &Gate,
        asked: &Asked,
        places: &[String],
        found: Option<(usize, T)>,
    ) -> Option<Arc<Known<T>>> {
        let (number, known) = match found {
            Some((number, found)) => (number, Some(Arc::new(Known::new(found, asked.since)))),
            None => (0, None),
        };
        if let (true, Some(place)) = (gate.hears(), places.get(number)) {
            let put = || match &known {
                Some(known) => self.keys.insert(place.clone(), known.clone()),
                None => self.unknown.insert(place.clone(), asked.since),
            };
            if known.as_ref().is_some_and(|known| known.found.has_ended()) {
                gate.epoch.fill_ended(asked.epoch, put);
            } else {
                gate.epoch.fill(asked.epoch, put);
            }
        }
        known
    }

    pub(super) fn remove(&self, place: &str) {
        self.keys.remove(place);
        self.unknown.remove(place);
    }

    pub(super) fn remove_of(&self, is_meant: impl Fn(&T) -> bool) {
        self.keys.retain(|_, known| !is_meant(known));
    }

    pub(super) fn forget_unknown(&self, is_meant: impl Fn(&str) -> bool) {
        self.unknown.retain(|place, _| !is_meant(place));
    }

    pub(super) fn clear(&self) {
        self.keys.clear();
        self.unknown.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sized(usize);

    impl Remembered for Sized {
        fn last_used_at(&self) -> Option<Timestamp> {
            None
        }

        fn has_ended(&self) -> bool {
            false
        }

        fn json_bytes(&self) -> usize {
            self.0
        }
    }

    #[test]
    fn keys_with_much_beside_them_take_no_more_memory_than_plain_ones() {
        for (json_bytes, most) in [(0, 104_858), (8_192, 2_009)] {
            let answers = Answers::new();
            for number in 0..120_000 {
                let known = Arc::new(Known::new(Sized(json_bytes), Instant::now()));
                answers.keys.insert(number.to_string(), known);
            }
            let kept = answers.keys.len();
            assert!(kept <= most && kept > most * 9 / 10, "{json_bytes}: {kept}");
        }
    }
}
