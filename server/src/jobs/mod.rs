//! What happens beside the requests: writing down what was noted and counted,
//! indexing names, and sweeping out what is over. The jobs end with the app that
//! they work for.

pub(crate) mod names;
pub(crate) mod noted;
mod notes;
pub(crate) mod uses;

use std::time::Duration;

use jiff::SignedDuration;

use crate::state::{App, WeakApp};
use crate::store::Result;

/// What was noted is written down this often.
const FLUSH: Duration = Duration::from_secs(1);
/// What was noted of uses in Redis is moved into the database this often.
const MOVE: Duration = Duration::from_secs(5);
/// What is over is swept out this often.
const SWEEP: Duration = Duration::from_secs(60);

/// Starts the jobs.
pub(crate) fn start(app: &App) {
    tokio::spawn(every(FLUSH, app.downgrade(), |app| async move { app.flush().await }));
    tokio::spawn(every(FLUSH, app.downgrade(), |app| async move { app.index_names().await }));
    tokio::spawn(every(MOVE, app.downgrade(), |app| async move { app.move_uses().await }));
    tokio::spawn(every(SWEEP, app.downgrade(), |app| async move { app.sweep().await }));
}

async fn every<F: Future<Output = ()>>(pause: Duration, app: WeakApp, work: impl Fn(App) -> F) {
    let mut clock = tokio::time::interval(pause);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        clock.tick().await;
        let Some(app) = app.upgrade() else { return };
        work(app).await;
    }
}

impl App {
    /// Writes down what was noted of uses and events, and what was counted of
    /// limits. What cannot be written now is kept for the next time.
    pub async fn flush(&self) {
        self.noted().flush(self.store()).await;
        self.sync_limits().await;
    }

    /// Moves what all processes have noted of uses into the database, where it is noted
    /// elsewhere. What cannot be moved now stays there.
    pub async fn move_uses(&self) {
        if let Err(error) = self.store().move_uses().await {
            tracing::warn!(%error, "uses could not be moved into the database; the next time does it");
        }
    }

    /// Sweeps out what is over: sessions, logins, codes, attempts, failures, what deleted
    /// users, applications and owners have left, and events of the audit log past their
    /// retention. However much it is, each statement does a little of it.
    pub async fn sweep(&self) {
        // A session that was used a moment ago must not be swept out.
        self.flush().await;
        if let Err(error) = self.try_sweep().await {
            tracing::warn!(%error, "a sweep failed; the next one does its work");
        }
    }

    async fn try_sweep(&self) -> Result<()> {
        let (store, now) = (self.store(), self.now());
        let before = |span: SignedDuration| now.saturating_sub(span).unwrap_or(jiff::Timestamp::MIN);
        store.sweep_sessions(now).await?;
        store.sweep_logins(now).await?;
        store.sweep_codes(now).await?;
        store.sweep_devices(now).await?;
        store.sweep_attempts(now).await?;
        store.sweep_users(now).await?;
        store.sweep_applications(now).await?;
        store.sweep_owners(now).await?;
        store.sweep_failures(now).await?;
        store.sweep_names().await?;
        store.sweep_limits(now).await?;
        store.sweep_guards(now).await?;
        store.sweep_events(before(self.config().audit_retention)).await
    }
}
