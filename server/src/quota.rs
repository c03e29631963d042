//! How much of the server one user may use at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::problem::{Problem, ProblemCode};

/// Lists and searches of one user that run at once: they read many rows each.
const LISTS: usize = 4;
/// How long one more waits for its turn.
const PATIENCE: Duration = Duration::from_secs(2);

/// The turns of those users whose lists run or wait.
#[derive(Clone, Default)]
pub(crate) struct Quota(Arc<Mutex<HashMap<String, Arc<Semaphore>>>>);

/// Held while a list runs.
pub(crate) struct Turn(#[expect(dead_code, reason = "it is held, not read")] OwnedSemaphorePermit);

impl Quota {
    /// Waits until fewer than [`LISTS`] lists of the user run.
    ///
    /// # Errors
    /// 429 when that takes too long.
    pub(crate) async fn listing(&self, user_id: &str) -> Result<Turn, Problem> {
        let turns = self.turns_of(user_id);
        match tokio::time::timeout(PATIENCE, turns.acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Turn(permit)),
            Ok(Err(_)) | Err(_) => Err(Problem::new(
                ProblemCode::RateLimited,
                format!(
                    "Too many lists of this user run at once; {LISTS} may. Wait for one, then try again."
                ),
            )
            .retry_after(1)),
        }
    }

    fn turns_of(&self, user_id: &str) -> Arc<Semaphore> {
        let mut users = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Who neither runs nor waits is forgotten: a permit holds the semaphore too.
        users.retain(|_, turns| Arc::strong_count(turns) > 1);
        users.entry(user_id.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(LISTS))).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_user_has_four_lists_at_once_and_others_have_their_own() {
        let quota = Quota::default();
        let mut turns = Vec::new();
        for _ in 0..LISTS {
            turns.push(quota.listing("kim").await.ok().unwrap());
        }
        let refused = quota.listing("kim").await.err().unwrap();
        assert_eq!(refused.code, ProblemCode::RateLimited);
        assert!(quota.listing("lee").await.is_ok());
        let (waited, ()) = tokio::join!(quota.listing("kim"), async {
            tokio::time::sleep(PATIENCE / 2).await;
            turns.pop();
        });
        assert!(waited.is_ok(), "it waits for its turn");
        drop((waited, turns));
        assert!(quota.listing("ann").await.is_ok());
        assert_eq!(quota.0.lock().unwrap().len(), 1, "nothing is remembered of who is done");
    }
}
