//! The counters of a process, found by their ids. They stand in many small maps,
//! each with a lock of its own that is held for one look.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many maps.
const SHARDS: usize = 64;

/// A counter with its lock.
pub(super) struct Counter<T> {
    /// As the database has it.
    pub(super) id: String,
    state: Mutex<T>,
    /// Held by whoever asks the database about it, so that one does for all who wait.
    pub(super) turn: tokio::sync::Mutex<()>,
}

impl<T> Counter<T> {
    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        lock(&self.state)
    }
}

/// All counters of one kind.
pub(super) struct Table<T> {
    shards: Vec<Shard<T>>,
    hasher: RandomState,
}

type Shard<T> = Mutex<HashMap<String, Arc<Counter<T>>>>;

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

impl<T> Table<T> {
    /// The counter with this id, which is made if there is none.
    pub(super) fn get(&self, id: &str, new: impl FnOnce() -> T) -> Arc<Counter<T>> {
        let number = self.hasher.hash_one(id) as usize % SHARDS;
        let Some(shard) = self.shards.get(number) else { return counter(id, new()) };
        let mut shard = lock(shard);
        if let Some(known) = shard.get(id) {
            return known.clone();
        }
        let made = counter(id, new());
        shard.insert(id.to_owned(), made.clone());
        made
    }

    /// All that are there.
    pub(super) fn all(&self) -> Vec<Arc<Counter<T>>> {
        self.shards.iter().flat_map(|shard| lock(shard).values().cloned().collect::<Vec<_>>()).collect()
    }

    /// Forgets those that are over and that nobody holds: whoever holds one may
    /// be about to count.
    pub(super) fn forget(&self, is_over: impl Fn(&T) -> bool) {
        for shard in &self.shards {
            lock(shard).retain(|_, counter| Arc::strong_count(counter) > 1 || !is_over(&counter.lock()));
        }
    }
}

fn counter<T>(id: &str, state: T) -> Arc<Counter<T>> {
    Arc::new(Counter { id: id.to_owned(), state: Mutex::new(state), turn: tokio::sync::Mutex::default() })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_counter_for_an_id_and_it_stays_while_it_is_held() {
        let table = Table::default();
        let held = table.get("a", || 1);
        *held.lock() += 1;
        assert_eq!(*table.get("a", || 9).lock(), 2);
        table.get("b", || 3);
        table.forget(|_| true);
        assert_eq!(*table.get("a", || 9).lock(), 2, "it is held");
        assert_eq!(*table.get("b", || 9).lock(), 9, "nobody held it");
        drop(held);
        table.forget(|count| *count > 2);
        assert_eq!(table.all().len(), 1);
    }
}
