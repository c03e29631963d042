//! Whether the server can do its work. Asked for by proxies, again and again:
//! the database is written once a second at most, however many ask.
//!
//! Without Redis the server does most of its work, and it is away for all processes at
//! once: if they were not ready, a proxy would have nobody to send a check to.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::http::problem::Problem;
use crate::state::App;

/// An answer is good for so long.
const FRESH: Duration = Duration::from_secs(1);

/// What the server does without right now. Empty: nothing.
pub(crate) type Degraded = Vec<&'static str>;

/// The last answer.
#[derive(Default)]
pub(crate) struct Readiness {
    asking: tokio::sync::Mutex<()>,
    last: Mutex<Option<(Instant, Result<Degraded, Problem>)>>,
}

impl Readiness {
    /// Reads and writes the database, writes Redis if there is one, or tells what came of it a moment ago.
    ///
    /// # Errors
    /// 503 when the database fails.
    pub(crate) async fn check(&self, app: &App) -> Result<Degraded, Problem> {
        let _turn = self.asking.lock().await;
        if let Some(answer) = self.fresh() {
            return answer;
        }
        let answer = ask(app).await;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), answer.clone()));
        answer
    }

    fn fresh(&self) -> Option<Result<Degraded, Problem>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(at, _)| at.elapsed() < FRESH).map(|(_, answer)| answer.clone())
    }
}

async fn ask(app: &App) -> Result<Degraded, Problem> {
    let store = app.store();
    let (database, counters) = tokio::join!(store.check(app.now()), store.check_counters());
    database.map_err(|error| {
        tracing::warn!(%error, "the server is not ready");
        Problem::busy("The database cannot be read and written right now.")
    })?;
    Ok(match counters {
        Ok(()) => Degraded::new(),
        Err(error) => {
            tracing::warn!(%error, "the server does without Redis: keys are checked, and nobody can sign in");
            vec!["redis"]
        }
    })
}
