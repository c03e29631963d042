//! What is noted in memory and written down in batches, off the path of every
//! request: when keys were used, when sessions were seen, and what happened. A
//! request is never refused because this cannot be written. A process that is
//! killed loses the last second of it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::store::Store;
use crate::store::audit::Event;
use crate::store::keys::{StoredKey, Use};
use crate::token::HashedToken;

/// Uses are told to the minute, and noted no more often.
const COARSENESS: SignedDuration = SignedDuration::from_mins(1);
/// So much of each kind is kept while the database fails; more is dropped and counted.
const CAPACITY: usize = 100_000;
/// So many rows are written with one statement.
const BATCH: usize = 1_000;

/// The notes.
#[derive(Default)]
pub(crate) struct Noted {
    keys: Mutex<HashMap<String, KeyUse>>,
    sessions: Mutex<HashMap<String, Timestamp>>,
    events: Mutex<Vec<Event>>,
    /// One flush at a time, or two would write the same.
    flushing: tokio::sync::Mutex<()>,
    dropped: std::sync::atomic::AtomicU64,
}

#[derive(Clone, PartialEq)]
struct KeyUse {
    /// Of the key that was used; empty: whichever the row has.
    hash: String,
    at: Timestamp,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The first is always worth noting, later ones once a minute.
fn is_worth_noting(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| now.duration_since(last) >= COARSENESS)
}

impl Noted {
    /// The key of this hash has authenticated a request. Tells whether that was noted.
    pub(crate) fn key_was_used(&self, key: &StoredKey, hash: &str, now: Timestamp) -> bool {
        if !is_worth_noting(key.last_used_at, now) {
            return false;
        }
        let mut keys = lock(&self.keys);
        if !is_worth_noting(keys.get(&key.id).map(|noted| noted.at), now) {
            return false;
        }
        let has_room = keys.len() < CAPACITY || keys.contains_key(&key.id);
        if has_room {
            keys.insert(key.id.clone(), KeyUse { hash: hash.to_owned(), at: now });
        } else {
            self.drop_one();
        }
        has_room
    }

    /// When the key was last used, what is not written down yet included.
    pub(crate) fn last_used(&self, key: &StoredKey) -> Option<Timestamp> {
        let noted = lock(&self.keys).get(&key.id).map(|noted| noted.at);
        key.last_used_at.max(noted)
    }

    /// When a session was last seen, what is not written down yet included.
    pub(crate) fn session_last_seen(&self, token: &HashedToken, stored: Timestamp) -> Timestamp {
        lock(&self.sessions).get(token.as_str()).map_or(stored, |noted| stored.max(*noted))
    }

    /// The session has authenticated a request.
    pub(crate) fn session_was_seen(&self, token: &HashedToken, last: Timestamp, now: Timestamp) {
        if !is_worth_noting(Some(last), now) {
            return;
        }
        let mut sessions = lock(&self.sessions);
        if sessions.len() < CAPACITY {
            sessions.insert(token.as_str().to_owned(), now);
        } else {
            self.drop_one();
        }
    }

    /// Something happened.
    pub(crate) fn event(&self, event: Event) {
        let mut events = lock(&self.events);
        if events.len() < CAPACITY {
            events.push(event);
        } else {
            self.drop_one();
        }
    }

    /// How many notes were dropped, because the database failed for long.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn drop_one(&self) {
        self.dropped.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }

    /// Writes everything down. A note stays until it is, so that whoever reads
    /// meanwhile finds it in one of the two places.
    pub(crate) async fn flush(&self, store: &Store) {
        let _turn = self.flushing.lock().await;
        let mut keys: Vec<_> =
            lock(&self.keys).iter().map(|(id, noted)| (id.clone(), noted.clone())).collect();
        // In one order, so that two processes do not wait for each other's rows.
        keys.sort_by(|one, other| one.0.cmp(&other.0));
        for batch in keys.chunks(BATCH) {
            let uses: Vec<_> = batch
                .iter()
                .map(|(id, noted)| Use { id: id.clone(), hash: noted.hash.clone(), at: noted.at })
                .collect();
            if store.keys_were_used(&uses).await.inspect_err(complain).is_err() {
                return;
            }
            let mut keys = lock(&self.keys);
            batch.iter().for_each(|(id, noted)| {
                if keys.get(id) == Some(noted) {
                    keys.remove(id);
                }
            });
        }
        let sessions: Vec<_> = lock(&self.sessions).iter().map(|(hash, at)| (hash.clone(), *at)).collect();
        for batch in sessions.chunks(BATCH) {
            if store.sessions_were_seen(batch).await.inspect_err(complain).is_err() {
                return;
            }
            let mut sessions = lock(&self.sessions);
            batch.iter().for_each(|(hash, at)| {
                if sessions.get(hash) == Some(at) {
                    sessions.remove(hash);
                }
            });
        }
        let mut written = 0;
        let events = lock(&self.events).clone();
        for batch in events.chunks(BATCH) {
            if store.insert_events(batch).await.inspect_err(complain).is_err() {
                break;
            }
            written += batch.len();
        }
        lock(&self.events).drain(..written);
    }
}

fn complain(error: &crate::store::StoreError) {
    tracing::warn!(%error, "uses and events could not be written down; they are kept for the next time");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::kind::KeyKind;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn key(last_used_at: Option<Timestamp>) -> StoredKey {
        StoredKey {
            id: "key_1".into(),
            user_id: "usr_1".into(),
            kind: KeyKind::Keylatch,
            name: String::new(),
            prefix: String::new(),
            last_four: String::new(),
            scopes: Vec::new(),
            full_access: false,
            created_at: at(0),
            expires_at: None,
            last_used_at,
            revoked_at: None,
            replaced_by: None,
        }
    }

    #[test]
    fn a_use_is_noted_once_a_minute_and_told_at_once() {
        let noted = Noted::default();
        noted.key_was_used(&key(None), "hash", at(0));
        assert_eq!(noted.last_used(&key(None)), Some(at(0)));
        noted.key_was_used(&key(None), "hash", at(59));
        assert_eq!(noted.last_used(&key(None)), Some(at(0)));
        noted.key_was_used(&key(None), "hash", at(60));
        assert_eq!(noted.last_used(&key(None)), Some(at(60)));
        // Written down by another process meanwhile.
        noted.key_was_used(&key(Some(at(100))), "hash", at(150));
        assert_eq!(noted.last_used(&key(Some(at(100)))), Some(at(100)));
    }

    #[test]
    fn memory_is_bounded_and_what_is_dropped_is_counted() {
        let noted = Noted::default();
        let event = Event {
            at: at(0),
            user_id: String::new(),
            action: "test",
            actor: String::new(),
            key_id: None,
            address: None,
            request_id: None,
        };
        (0..CAPACITY + 3).for_each(|_| noted.event(event.clone()));
        assert_eq!((lock(&noted.events).len(), noted.dropped()), (CAPACITY, 3));
    }
}
