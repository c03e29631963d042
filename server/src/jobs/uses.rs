//! When keys of one kind were used, until it is written down.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::notes::Notes;
use crate::store::uses::{BATCH, Use};

/// Uses are told to the minute, and noted no more often.
const COARSENESS: SignedDuration = SignedDuration::from_mins(1);

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
#[derive(Default)]
pub(crate) struct Uses(Mutex<Notes<Use>>);

/// The first is always worth noting, later ones once a minute.
pub(super) fn is_worth_noting(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| now.duration_since(last) >= COARSENESS)
}

impl Uses {
    fn lock(&self) -> MutexGuard<'_, Notes<Use>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key with this id was used at this time; `last` is the last use that is known of. What is
    /// noted is made only once a minute, and not at each of its uses.
    pub(super) fn note(
        &self,
        id: &str,
        at: Timestamp,
        last: Option<Timestamp>,
        used: impl FnOnce() -> Use,
    ) -> Outcome {
        if !is_worth_noting(last, at) {
            return Outcome::NotWorthIt;
        }
        let mut uses = self.lock();
        if !is_worth_noting(uses.get(id).map(|noted| noted.at), at) {
            return Outcome::NotWorthIt;
        }
        if uses.insert(id, used) { Outcome::Noted } else { Outcome::Dropped }
    }

    /// The last use of the key, unless it was written down longer ago.
    pub(super) fn last(&self, id: &str) -> Option<Use> {
        self.lock().get(id).cloned()
    }

    /// All of them, to be written down many at a time.
    pub(super) fn batches(&self) -> Vec<Vec<Use>> {
        let mut uses: Vec<_> = self.lock().all().into_iter().map(|(_, used)| used).collect();
        // In one order, so that two processes do not wait for each other's rows.
        uses.sort_by(|one, other| one.id.cmp(&other.id));
        uses.chunks(BATCH).map(<[_]>::to_vec).collect()
    }

    /// These are written down. Until then they wait, and what was noted meanwhile goes on waiting.
    pub(super) fn were_written(&self, batch: &[Use]) {
        let mut uses = self.lock();
        batch.iter().for_each(|written| uses.was_written(&written.id, written));
    }
}

#[cfg(test)]
mod tests {
    use super::super::noted::CAPACITY;
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn used(id: &str, second: i64) -> Use {
        Use { id: id.to_owned(), at: at(second), hash: format!("hash at {second}"), address: None }
    }

    fn note(uses: &Uses, id: &str, second: i64, last: Option<Timestamp>) -> Outcome {
        uses.note(id, at(second), last, || used(id, second))
    }

    #[test]
    fn a_use_is_noted_once_a_minute_and_told_at_once() {
        let uses = Uses::default();
        let last = |uses: &Uses| uses.last("key_1").map(|noted| noted.at);
        assert_eq!(note(&uses, "key_1", 0, None), Outcome::Noted);
        assert_eq!(note(&uses, "key_1", 59, None), Outcome::NotWorthIt);
        assert_eq!(last(&uses), Some(at(0)));
        assert_eq!(note(&uses, "key_1", 60, None), Outcome::Noted);
        assert_eq!(last(&uses), Some(at(60)));
        assert_eq!(uses.last("key_1").unwrap().hash, "hash at 60");
        // Written down by another process meanwhile.
        assert_eq!(note(&uses, "key_1", 150, Some(at(100))), Outcome::NotWorthIt);
        assert_eq!(last(&uses), Some(at(60)));
    }

    #[test]
    fn memory_is_bounded_but_who_is_in_it_stays() {
        let uses = Uses::default();
        for number in 0..CAPACITY {
            assert_eq!(note(&uses, &format!("key_{number}"), 0, None), Outcome::Noted);
        }
        assert_eq!(note(&uses, "one too many", 0, None), Outcome::Dropped);
        assert_eq!(note(&uses, "key_7", 60, None), Outcome::Noted);
    }

    #[test]
    fn what_was_noted_while_it_was_written_down_stays() {
        let uses = Uses::default();
        note(&uses, "key_1", 0, None);
        note(&uses, "key_2", 0, None);
        let batches = uses.batches();
        assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
        note(&uses, "key_2", 60, None);
        batches.iter().for_each(|batch| uses.were_written(batch));
        assert_eq!(uses.last("key_2").map(|noted| noted.at), Some(at(60)));
        // Whoever has read the database before it was written down finds it here.
        assert_eq!(uses.last("key_1").map(|noted| noted.at), Some(at(0)));
        assert_eq!(
            uses.batches().iter().map(Vec::len).collect::<Vec<_>>(),
            [1],
            "it is not written down again"
        );
        assert!(uses.last("key_1").is_none());
    }
}
