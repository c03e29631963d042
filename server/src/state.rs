//! What the handlers share.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use jiff::Timestamp;

use crate::auth::password::Passwords;
use crate::auth::throttle::Throttle;
use crate::clock::SteadyClock;
use crate::config::Config;
use crate::http::source::Source;
use crate::jobs::names::Searched;
use crate::jobs::noted::Noted;
use crate::keys::lifetime::whole_millis;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::quota::Quota;
use crate::readiness::Readiness;
use crate::store::Store;
use crate::store::audit::{Event, Subject};

/// The service. Clones share everything.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// An app that may be gone.
pub(crate) struct WeakApp(Weak<Shared>);

pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) clock: SteadyClock,
    pub(crate) store: Store,
    pub(crate) passwords: Passwords,
    pub(crate) throttle: Throttle,
    pub(crate) noted: Noted,
    pub(crate) limits: Limits,
    pub(crate) searched: Searched,
    pub(crate) quota: Quota,
    pub(crate) readiness: Readiness,
    pub(crate) metrics: Metrics,
    pub(crate) is_draining: AtomicBool,
}

impl App {
    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// What the service was told before it started.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The time, in the whole milliseconds that the database keeps. It never
    /// goes back.
    pub fn now(&self) -> Timestamp {
        whole_millis(self.0.clock.now())
    }

    /// From here on the server says that it is not ready: it is about to stop.
    pub fn drain(&self) {
        self.0.is_draining.store(true, Ordering::Release);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.0.is_draining.load(Ordering::Acquire)
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    pub(crate) fn noted(&self) -> &Noted {
        &self.0.noted
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn searched(&self) -> &Searched {
        &self.0.searched
    }

    pub(crate) fn quota(&self) -> &Quota {
        &self.0.quota
    }

    pub(crate) fn readiness(&self) -> &Readiness {
        &self.0.readiness
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Notes what happened, for the audit log.
    pub(crate) fn audit(
        &self,
        source: &Source,
        user_id: &str,
        action: &'static str,
        actor: &str,
        key_id: Option<&str>,
    ) {
        let subject = Subject { key_id: key_id.map(str::to_owned), application_id: None };
        self.audit_of(source, user_id, action, actor, subject);
    }

    /// The same of a key that may be an application's, or of an application.
    pub(crate) fn audit_of(
        &self,
        source: &Source,
        user_id: &str,
        action: &'static str,
        actor: &str,
        subject: Subject,
    ) {
        self.noted().event(Event {
            at: self.now(),
            user_id: user_id.to_owned(),
            action,
            actor: actor.to_owned(),
            subject,
            address: source.address.map(|address| address.to_string()),
            request_id: Some(source.request_id.as_str().to_owned()).filter(|id| !id.is_empty()),
        });
    }

    pub(crate) fn downgrade(&self) -> WeakApp {
        WeakApp(Arc::downgrade(&self.0))
    }
}

impl WeakApp {
    pub(crate) fn upgrade(&self) -> Option<App> {
        self.0.upgrade().map(App)
    }
}

impl From<Shared> for App {
    fn from(shared: Shared) -> Self {
        App(Arc::new(shared))
    }
}
