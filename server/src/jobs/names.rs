//! The index of names is written beside the requests: for users whose searches
//! have met more keys than one request looks at.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::state::App;

/// So many users wait at most; whoever is not among them searches again.
const CAPACITY: usize = 1_000;

/// The users whose names are to be taken in.
#[derive(Default)]
pub(crate) struct Searched(Mutex<BTreeSet<String>>);

impl Searched {
    /// A search of this user would have found more with the index.
    pub(crate) fn note(&self, user_id: &str) {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if users.len() < CAPACITY {
            users.insert(user_id.to_owned());
        }
    }

    fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_first()
    }
}

impl App {
    /// Takes names into the index that searches have asked for, half of the time:
    /// the other half is the requests'.
    pub async fn index_names(&self) {
        while let Some(user_id) = self.searched().take() {
            loop {
                let begun = Instant::now();
                match self.store().index_names(&user_id, self.now()).await {
                    Ok(true) => tokio::time::sleep(begun.elapsed()).await,
                    Ok(false) => break,
                    Err(error) => {
                        tracing::warn!(%error, "names could not be indexed; the next search has it tried again");
                        return;
                    }
                }
            }
        }
    }
}
