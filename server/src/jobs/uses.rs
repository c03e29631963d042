//! When keys of one kind were used, until it is written down.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::noted::{BATCH, CAPACITY};

/// Uses are told to the minute, and noted no more often.
const COARSENESS: SignedDuration = SignedDuration::from_mins(1);

/// When a key was used last, and what is known of that use.
#[derive(Clone, PartialEq)]
pub(crate) struct Use<W> {
    pub(crate) id: String,
    pub(crate) at: Timestamp,
    pub(crate) with: W,
}

/// What came of noting a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Noted,
    /// One was noted less than a minute before.
    NotWorthIt,
    /// There is no room: the database has failed for long.
    Dropped,
}

/// The last use of each key that is not written down.
pub(crate) struct Uses<W>(Mutex<HashMap<String, Use<W>>>);

impl<W> Default for Uses<W> {
    fn default() -> Self {
        Uses(Mutex::default())
    }
}

/// The first is always worth noting, later ones once a minute.
pub(super) fn is_worth_noting(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| now.duration_since(last) >= COARSENESS)
}

impl<W: Clone + PartialEq> Uses<W> {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Use<W>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key with this id was used now; `last` is the last use that is known of.
    pub(super) fn note(&self, id: &str, last: Option<Timestamp>, with: W, now: Timestamp) -> Outcome {
        if !is_worth_noting(last, now) {
            return Outcome::NotWorthIt;
        }
        let mut uses = self.lock();
        if !is_worth_noting(uses.get(id).map(|noted| noted.at), now) {
            return Outcome::NotWorthIt;
        }
        if uses.len() >= CAPACITY && !uses.contains_key(id) {
            return Outcome::Dropped;
        }
        uses.insert(id.to_owned(), Use { id: id.to_owned(), at: now, with });
        Outcome::Noted
    }

    /// The last use of the key, unless it is written down.
    pub(super) fn last(&self, id: &str) -> Option<Use<W>> {
        self.lock().get(id).cloned()
    }

    /// All of them, to be written down many at a time.
    pub(super) fn batches(&self) -> Vec<Vec<Use<W>>> {
        let mut uses: Vec<_> = self.lock().values().cloned().collect();
        // In one order, so that two processes do not wait for each other's rows.
        uses.sort_by(|one, other| one.id.cmp(&other.id));
        uses.chunks(BATCH).map(<[_]>::to_vec).collect()
    }

    /// These are written down. Until then they stay, so that whoever reads meanwhile
    /// finds them in one of the two places; what was noted meanwhile stays too.
    pub(super) fn were_written(&self, batch: &[Use<W>]) {
        let mut uses = self.lock();
        for written in batch {
            if uses.get(&written.id) == Some(written) {
                uses.remove(&written.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn a_use_is_noted_once_a_minute_and_told_at_once() {
        let uses = Uses::default();
        let last = |uses: &Uses<&str>| uses.last("key_1").map(|noted| noted.at);
        assert_eq!(uses.note("key_1", None, "first", at(0)), Outcome::Noted);
        assert_eq!(uses.note("key_1", None, "second", at(59)), Outcome::NotWorthIt);
        assert_eq!(last(&uses), Some(at(0)));
        assert_eq!(uses.note("key_1", None, "third", at(60)), Outcome::Noted);
        assert_eq!(last(&uses), Some(at(60)));
        assert_eq!(uses.last("key_1").unwrap().with, "third");
        // Written down by another process meanwhile.
        assert_eq!(uses.note("key_1", Some(at(100)), "fourth", at(150)), Outcome::NotWorthIt);
        assert_eq!(last(&uses), Some(at(60)));
    }

    #[test]
    fn memory_is_bounded_but_who_is_in_it_stays() {
        let uses = Uses::default();
        for number in 0..CAPACITY {
            assert_eq!(uses.note(&format!("key_{number}"), None, (), at(0)), Outcome::Noted);
        }
        assert_eq!(uses.note("one too many", None, (), at(0)), Outcome::Dropped);
        assert_eq!(uses.note("key_7", None, (), at(60)), Outcome::Noted);
    }

    #[test]
    fn what_was_noted_while_it_was_written_down_stays() {
        let uses = Uses::default();
        uses.note("key_1", None, (), at(0));
        uses.note("key_2", None, (), at(0));
        let batches = uses.batches();
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
        uses.note("key_2", None, (), at(60));
        batches.iter().for_each(|batch| uses.were_written(batch));
        assert!(uses.last("key_1").is_none());
        assert_eq!(uses.last("key_2").map(|noted| noted.at), Some(at(60)));
    }
}
