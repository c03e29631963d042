//! What the handlers share.

use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Config;
use crate::issuer::memory::Issuer;
use crate::lifetime::whole_millis;
use crate::password::Passwords;
use crate::store::Store;
use crate::throttle::Throttle;

/// The service. Clones share everything.
#[derive(Clone)]
pub struct App(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) passwords: Passwords,
    pub(crate) throttle: Throttle,
    pub(crate) issuer: Option<Issuer>,
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

    /// The time, in the whole milliseconds that the database keeps.
    pub fn now(&self) -> Timestamp {
        whole_millis(self.0.config.clock.now())
    }

    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// What logs people in by browser, if that is wanted.
    pub(crate) fn issuer(&self) -> Option<&Issuer> {
        self.0.issuer.as_ref()
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }
}

impl From<Shared> for App {
    fn from(shared: Shared) -> Self {
        App(Arc::new(shared))
    }
}
