//! Whether the server can do its work. Asked for by proxies, again and again:
//! the database is written once a second at most, however many ask.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::http::problem::Problem;
use crate::state::App;
use crate::store::StoreError;

/// An answer is good for so long.
const FRESH: Duration = Duration::from_secs(1);

/// The last answer.
#[derive(Default)]
pub(crate) struct Readiness {
    asking: tokio::sync::Mutex<()>,
    last: Mutex<Option<(Instant, Result<(), Problem>)>>,
}

impl Readiness {
    /// Reads and writes the database, writes Redis if there is one, or tells what came of it a moment ago.
    ///
    /// # Errors
    /// 503 when one of them fails.
    pub(crate) async fn check(&self, app: &App) -> Result<(), Problem> {
        let _turn = self.asking.lock().await;
        if let Some(answer) = self.fresh() {
            return answer;
        }
        let answer = ask(app).await;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), answer.clone()));
        answer
    }

    fn fresh(&self) -> Option<Result<(), Problem>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(at, _)| at.elapsed() < FRESH).map(|(_, answer)| answer.clone())
    }
}

async fn ask(app: &App) -> Result<(), Problem> {
    let refuse = |error: StoreError, detail: &'static str| {
        tracing::warn!(%error, "the server is not ready");
        Problem::busy(detail)
    };
    let store = app.store();
    let (database, counters) = tokio::join!(store.check(app.now()), store.check_counters());
    database.map_err(|error| refuse(error, "The database cannot be read and written right now."))?;
    counters.map_err(|error| {
        refuse(error, "Redis does not answer right now: keys are checked, and nobody can sign in.")
    })
}
