//! Codes between the sign-in page and the program: good once, and for a minute.
//! In memory: whoever is caught by a restart logs in again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use crate::token::HashedToken;

/// A browser takes moments to hand a code on.
const LIFETIME: SignedDuration = SignedDuration::from_secs(60);
/// So many are kept at most; nobody is ever this busy.
const CAPACITY: usize = 10_000;

/// What a code stands for.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(super) user_id: String,
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) code_challenge: String,
    pub(super) audience: String,
    pub(super) scope: String,
}

/// The codes that are out. A used one stays for its minute with the login that
/// came of it: to use it again ends that login (RFC 6749, section 4.1.2).
#[derive(Default)]
pub(crate) struct Codes(Mutex<HashMap<String, Entry>>);

struct Entry {
    made_at: Timestamp,
    state: State,
}

enum State {
    Fresh(Grant),
    Used(String),
}

/// What came of using a code.
pub(super) enum Spent {
    Good(Grant),
    /// It was used before, for this login.
    Again(String),
    Unknown,
}

impl Codes {
    pub(super) fn add(&self, code: &HashedToken, grant: Grant, now: Timestamp) {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|_, entry| is_fresh(entry, now));
        if codes.len() < CAPACITY {
            codes.insert(code.as_str().to_owned(), Entry { made_at: now, state: State::Fresh(grant) });
        }
    }

    /// Uses a code up, for a login of this id.
    pub(super) fn spend(&self, code: &HashedToken, login_id: &str, now: Timestamp) -> Spent {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = codes.get_mut(code.as_str()).filter(|entry| is_fresh(entry, now)) else {
            return Spent::Unknown;
        };
        match std::mem::replace(&mut entry.state, State::Used(login_id.to_owned())) {
            State::Fresh(grant) => Spent::Good(grant),
            State::Used(login) => {
                entry.state = State::Used(login.clone());
                Spent::Again(login)
            }
        }
    }
}

fn is_fresh(entry: &Entry, now: Timestamp) -> bool {
    now.duration_since(entry.made_at) < LIFETIME
}
