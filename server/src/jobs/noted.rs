//! What is noted in memory and written down in batches, off the path of every
//! request: when keys were used, when sessions were seen, and what happened. A
//! request is never refused because this cannot be written. A process that is
//! killed loses the last second of it.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::notes::Notes;
use super::uses::{Outcome, Uses, is_worth_noting};
use crate::store::audit::Event;
use crate::store::checks::Known;
use crate::store::issued::{Issued, IssuedKey};
use crate::store::keys::{OwnedKey, StoredKey};
use crate::store::management::{ManagementKey, Manager};
use crate::store::uses::{BATCH, Kind, Use};
use crate::store::{Result, Store};
use crate::token::{HashedKey, HashedToken};

/// So much of each kind is kept while the database fails; more is dropped and counted.
pub(super) const CAPACITY: usize = 100_000;

/// The notes.
#[derive(Default)]
pub(crate) struct Noted {
    keys: Uses,
    managers: Uses,
    issued: Uses,
    sessions: Mutex<Notes<Timestamp>>,
    events: Mutex<Vec<Event>>,
    /// One flush at a time, or two would write the same.
    flushing: tokio::sync::Mutex<()>,
    dropped: std::sync::atomic::AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Noted {
    /// The key of this hash has authenticated a request.
    pub(crate) fn key_was_used(&self, known: &Known<OwnedKey>, hash: &HashedKey, now: Timestamp) {
        let used =
            || Use { id: known.key.id.clone(), at: now, hash: hash.as_str().to_owned(), address: None };
        if self.is_noted(self.keys.note(&known.key.id, now, known.last_used_at(), used)) {
            known.was_noted(now);
        }
    }

    /// A session that was begun with this key has.
    pub(crate) fn key_of_session_was_used(&self, key: &StoredKey, now: Timestamp) {
        let used = || Use { id: key.id.clone(), at: now, hash: String::new(), address: None };
        self.is_noted(self.keys.note(&key.id, now, key.last_used_at, used));
    }

    /// An application's management key has authenticated a request.
    pub(crate) fn manager_was_used(&self, manager: &Known<Manager>, now: Timestamp) {
        let used = || Use { id: manager.key.id.clone(), at: now, hash: String::new(), address: None };
        if self.is_noted(self.managers.note(&manager.key.id, now, manager.last_used_at(), used)) {
            manager.was_noted(now);
        }
    }

    /// A key that an application has issued was found good for a request from this address.
    pub(crate) fn issued_was_used(&self, issued: &Known<Issued>, address: Option<IpAddr>, now: Timestamp) {
        let used = || {
            let (id, hash) = (issued.key.id.clone(), issued.key.hash.as_str().to_owned());
            Use { id, at: now, hash, address: address.map(|address| address.to_string()) }
        };
        if self.is_noted(self.issued.note(&issued.key.id, now, issued.last_used_at(), used)) {
            issued.was_noted(now);
        }
    }

    fn is_noted(&self, outcome: Outcome) -> bool {
        if outcome == Outcome::Dropped {
            self.drop_one();
        }
        outcome == Outcome::Noted
    }

    /// When the key was last used, what is not written down yet included.
    pub(crate) fn last_used(&self, key: &StoredKey) -> Option<Timestamp> {
        key.last_used_at.max(self.keys.last(&key.id).map(|noted| noted.at))
    }

    /// Whether a key was used, as far as any process has said: for what must not happen
    /// after a use. What cannot be asked is not known.
    pub(crate) async fn was_used(
        &self,
        store: &Store,
        kind: Kind,
        id: &str,
        last: Option<Timestamp>,
    ) -> bool {
        let uses = match kind {
            Kind::Own => &self.keys,
            Kind::Management => &self.managers,
            Kind::Issued => &self.issued,
        };
        last.is_some() || uses.last(id).is_some() || store.has_noted_use(kind, id).await.unwrap_or(false)
    }

    /// When a management key was last used, which is put into it.
    pub(crate) fn tell_manager(&self, key: &mut ManagementKey) {
        key.last_used_at = key.last_used_at.max(self.managers.last(&key.id).map(|noted| noted.at));
    }

    /// The same of a key that an application has issued, with the address.
    pub(crate) fn tell_issued(&self, key: &mut IssuedKey) {
        let Some(noted) = self.issued.last(&key.id) else { return };
        if key.last_used_at.is_none_or(|stored| stored < noted.at) {
            key.last_used_at = Some(noted.at);
            key.last_used_address = noted.address;
        }
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
        if !lock(&self.sessions).insert(token.as_str(), || now) {
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

    /// Writes everything down. A note stays until the next time, so that whoever reads
    /// meanwhile finds it in one of the two places.
    pub(crate) async fn flush(&self, store: &Store) {
        let _turn = self.flushing.lock().await;
        // Uses may be noted elsewhere, so the rest does not wait for them.
        let _ = self.flush_uses(store).await.inspect_err(complain);
        let sessions = lock(&self.sessions).all();
        for batch in sessions.chunks(BATCH) {
            if store.sessions_were_seen(batch).await.inspect_err(complain).is_err() {
                return;
            }
            let mut sessions = lock(&self.sessions);
            batch.iter().for_each(|(hash, at)| sessions.was_written(hash, at));
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

    async fn flush_uses(&self, store: &Store) -> Result<()> {
        for (kind, uses) in
            [(Kind::Own, &self.keys), (Kind::Management, &self.managers), (Kind::Issued, &self.issued)]
        {
            for batch in uses.batches() {
                store.note_uses(kind, &batch).await?;
                uses.were_written(&batch);
            }
        }
        Ok(())
    }
}

fn complain(error: &crate::store::StoreError) {
    tracing::warn!(%error, "uses and events could not be written down; they are kept for the next time");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::audit::Subject;

    #[test]
    fn memory_is_bounded_and_what_is_dropped_is_counted() {
        let noted = Noted::default();
        let event = Event {
            at: Timestamp::UNIX_EPOCH,
            user_id: String::new(),
            action: "test",
            actor: String::new(),
            subject: Subject::default(),
            address: None,
            request_id: None,
        };
        (0..CAPACITY + 3).for_each(|_| noted.event(event.clone()));
        assert_eq!((lock(&noted.events).len(), noted.dropped()), (CAPACITY, 3));
    }
}
