//! How much of the server one user may use at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::problem::{Problem, ProblemCode};

/// Lists and searches of one user that run at once. They read many rows each.
const LISTS: usize = 4;

/// Counts what is under way.
#[derive(Clone, Default)]
pub(crate) struct Quota(Arc<Mutex<HashMap<String, usize>>>);

/// Held while a list runs.
pub(crate) struct Turn {
    quota: Quota,
    user_id: String,
}

impl Quota {
    /// Lets a user's list run, unless too many do already.
    ///
    /// # Errors
    /// 429.
    pub(crate) fn listing(&self, user_id: &str) -> Result<Turn, Problem> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = running.entry(user_id.to_owned()).or_default();
        if *count >= LISTS {
            return Err(Problem::new(
                ProblemCode::RateLimited,
                format!("More than {LISTS} lists of this user run at once. Wait for one, then try again."),
            )
            .retry_after(1));
        }
        *count += 1;
        Ok(Turn { quota: self.clone(), user_id: user_id.to_owned() })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut running = self.quota.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = running.get_mut(&self.user_id) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.user_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_has_four_lists_at_once_and_others_have_their_own() {
        let quota = Quota::default();
        let mut turns: Vec<_> = (0..LISTS).map(|_| quota.listing("kim").ok().unwrap()).collect();
        let refused = quota.listing("kim").err().unwrap();
        assert_eq!(refused.code, ProblemCode::RateLimited);
        assert!(quota.listing("lee").is_ok());
        turns.pop();
        assert!(quota.listing("kim").is_ok());
        drop(turns);
        assert!(quota.0.lock().unwrap().is_empty(), "nothing is remembered of who is done");
    }
}
