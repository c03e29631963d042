//! What waits to be written down, by id, and what was written down a moment ago.

use std::collections::HashMap;

use super::noted::CAPACITY;

/// Notes of one kind, the last of each id.
pub(super) struct Notes<V> {
    waiting: HashMap<String, V>,
    /// Since what waits was last taken.
    written: HashMap<String, V>,
}

impl<V> Default for Notes<V> {
    fn default() -> Self {
        Notes { waiting: HashMap::new(), written: HashMap::new() }
    }
}

impl<V: Clone + PartialEq> Notes<V> {
    /// What is noted. Whoever reads has asked the database first, and it may have been written down
    /// between the two: so it is found here until the next time.
    pub(super) fn get(&self, id: &str) -> Option<&V> {
        self.waiting.get(id).or_else(|| self.written.get(id))
    }

    /// Notes it, unless too many wait: then it is left out, and this is false.
    #[must_use]
    pub(super) fn insert(&mut self, id: &str, make: impl FnOnce() -> V) -> bool {
        if self.waiting.len() >= CAPACITY && !self.waiting.contains_key(id) {
            return false;
        }
        self.waiting.insert(id.to_owned(), make());
        true
    }

    /// All that is to be written down. It waits until it is.
    pub(super) fn all(&mut self) -> Vec<(String, V)> {
        self.written.clear();
        self.waiting.iter().map(|(id, note)| (id.clone(), note.clone())).collect()
    }

    /// This is written down. What was noted of the same id meanwhile still waits.
    pub(super) fn was_written(&mut self, id: &str, note: &V) {
        if self.waiting.get(id) == Some(note)
            && let Some((id, note)) = self.waiting.remove_entry(id)
        {
            self.written.insert(id, note);
        }
    }
}
