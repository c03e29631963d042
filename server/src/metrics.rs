//! What is counted, for Prometheus. Labels hold the pattern of an address and
//! never its values.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::state::App;

/// The counters of one app.
pub(crate) struct Metrics {
    registry: Mutex<Registry>,
    pub(crate) keys_created: Counter,
    pub(crate) keys_revoked: Counter,
    pub(crate) sign_ins_refused: Counter,
    pub(crate) sign_ins_held_up: Counter,
    pub(crate) connections_refused: Counter,
    pub(crate) connections_cut: Counter,
    pub(crate) connections_open: Gauge,
    requests: Family<Answered, Histogram, fn() -> Histogram>,
    database_connections: Gauge,
    database_writing: Gauge,
    database_silent: Gauge,
    redis_silent: Gauge,
    notes_dropped: Gauge,
    checks_kept: Gauge,
    checks_asked: Gauge,
    checks_heard: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("keylatch");
        macro_rules! register {
            ($name:literal, $help:literal) => {{
                let metric = Default::default();
                registry.register($name, $help, Clone::clone(&metric));
                metric
            }};
        }
        let buckets =
            || Histogram::new([0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0]);
        let requests = Family::new_with_constructor(buckets as fn() -> Histogram);
        registry.register("request_seconds", "How long requests took", requests.clone());
        Metrics {
            keys_created: register!("keys_created", "Keys that were created, successors included"),
            keys_revoked: register!("keys_revoked", "Keys that were revoked"),
            sign_ins_refused: register!("sign_ins_refused", "Wrong passwords"),
            sign_ins_held_up: register!("sign_ins_held_up", "Sign-ins that were refused by a limit"),
            connections_refused: register!("connections_refused", "Connections over a limit"),
            connections_cut: register!("connections_cut", "Idle connections that made room for others"),
            connections_open: register!("connections_open", "Connections of clients"),
            database_connections: register!("database_connections", "Connections to the database"),
            database_writing: register!("database_writing", "Writes that run or wait"),
            database_silent: register!("database_silent", "1 while the database gives no answer"),
            redis_silent: register!("redis_silent", "1 while there is a Redis that gives no answer"),
            notes_dropped: register!("notes_dropped", "Uses and events that could not be written down"),
            checks_kept: register!("checks_kept", "Checks of a key that were answered from memory"),
            checks_asked: register!("checks_asked", "Checks of a key that asked the database"),
            checks_heard: register!("checks_heard", "1 while the database tells which keys have ended"),
            requests,
            registry: Mutex::new(registry),
        }
    }
}

impl Metrics {
    /// A request was answered.
    pub(crate) fn answered(&self, method: &'static str, route: String, status: u16, took: Duration) {
        let labels = Answered { method, route, status };
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// In Prometheus' text form.
    pub(crate) fn text(&self, app: &App) -> String {
        let load = app.store().load();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        self.database_connections.set(number(load.connections));
        self.database_writing.set(number(load.writing));
        self.database_silent.set(app.store().is_silent().into());
        self.redis_silent.set(app.store().is_redis_silent().into());
        self.notes_dropped.set(i64::try_from(app.noted().dropped()).unwrap_or(i64::MAX));
        let (kept, asked) = app.store().checks().counts();
        self.checks_kept.set(i64::try_from(kept).unwrap_or(i64::MAX));
        self.checks_asked.set(i64::try_from(asked).unwrap_or(i64::MAX));
        self.checks_heard.set(app.store().keeps_checks().into());
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        // It writes into memory, which does not fail.
        let _ = encode(&mut text, &registry);
        text
    }
}
