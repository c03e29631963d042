//! Whether the server can do its work. Asked for by proxies, again and again:
//! the database is written once a second at most, however many ask.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::http::problem::Problem;
use crate::state::App;

/// An answer is good for so long.
const FRESH: Duration = Duration::from_secs(1);

/// The last answer.
#[derive(Default)]
pub(crate) struct Readiness {
    asking: tokio::sync::Mutex<()>,
    last: Mutex<Option<(Instant, Result<(), Problem>)>>,
}

impl Readiness {
    /// Reads and writes the database, or tells what came of it a moment ago.
    ///
    /// # Errors
    /// 503 when either fails.
    pub(crate) async fn check(&self, app: &App) -> Result<(), Problem> {
        let _turn = self.asking.lock().await;
        if let Some(answer) = self.fresh() {
            return answer;
        }
        let answer = app.store().check(app.now()).await.map_err(|error| {
            tracing::warn!(%error, "the server is not ready");
            Problem::busy("The database cannot be read and written right now.")
        });
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), answer.clone()));
        answer
    }

    fn fresh(&self) -> Option<Result<(), Problem>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(at, _)| at.elapsed() < FRESH).map(|(_, answer)| answer.clone())
    }
}
