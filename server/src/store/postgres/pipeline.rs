//! A few connections with many statements under way on each: nobody waits for a
//! connection, and the server reads the next statement while it answers one.
//!
//! To read and to plan a look-up takes PostgreSQL three times as long as to run
//! it. So statements are prepared, once on each connection, when it is known that
//! no pooler is in between: there a name that one process gave may stand for the
//! statement of another.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::prepared::Prepared;
use super::rows::rows;
use super::tls::Connector;
use crate::store::error::{Result, StoreError};
use crate::store::value::{Row, Statement, Value};

/// A statement that finds one row by an index has been answered by then, or the
/// server is frozen: its connection is thrown away.
const PATIENCE: Duration = Duration::from_secs(3);

/// The connections.
pub(super) struct Pipelines {
    connector: Connector,
    slots: Vec<Slot>,
    next: AtomicUsize,
    is_direct: AtomicBool,
    is_closed: AtomicBool,
}

#[derive(Default)]
struct Slot {
    client: Mutex<Option<Arc<Prepared>>>,
    /// Of those that find no connection, one makes it.
    connecting: tokio::sync::Mutex<()>,
}

impl Slot {
    fn client(&self) -> Option<Arc<Prepared>> {
        let client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        client.as_ref().filter(|client| !client.is_closed()).cloned()
    }

    fn put(&self, client: Option<Arc<Prepared>>) {
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = client;
    }

    /// Throws this connection away, unless somebody has put another into its place.
    fn discard(&self, broken: &Arc<Prepared>) {
        let mut client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if client.as_ref().is_some_and(|client| Arc::ptr_eq(client, broken)) {
            *client = None;
        }
    }
}

impl Pipelines {
    pub(super) fn new(connector: Connector, count: usize) -> Self {
        let slots = std::iter::repeat_with(Slot::default).take(count.max(1)).collect();
        Pipelines {
            connector,
            slots,
            next: AtomicUsize::new(0),
            is_direct: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
        }
    }

    /// It is known, or no more, that each connection is one to PostgreSQL itself.
    pub(super) fn set_direct(&self, is_direct: bool) {
        self.is_direct.store(is_direct, Ordering::Release);
    }

    pub(super) fn count(&self) -> usize {
        self.slots.iter().filter(|slot| slot.client().is_some()).count()
    }

    /// Runs a statement that only reads, so it may be run again when the
    /// connection turns out to have been dead.
    pub(super) async fn run(&self, statement: Statement, values: &[Value]) -> Result<Vec<Row>> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let slot = number.checked_rem(self.slots.len()).and_then(|number| self.slots.get(number));
        let slot = slot.ok_or_else(|| StoreError::failed("there are no connections"))?;
        match self.try_once(slot, statement, values).await {
            Err(StoreError::Lost(why)) => {
                tracing::debug!(why, "a connection to the database was dead; trying another");
                self.try_once(slot, statement, values).await
            }
            outcome => outcome,
        }
    }

    async fn try_once(&self, slot: &Slot, statement: Statement, values: &[Value]) -> Result<Vec<Row>> {
        let client = match slot.client() {
            Some(client) => client,
            None => self.connect(slot).await?,
        };
        let is_direct = self.is_direct.load(Ordering::Acquire);
        let answer = tokio::time::timeout(PATIENCE, client.query(statement, values, is_direct));
        match answer.await {
            Ok(Ok(found)) => rows(&found),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => {
                slot.discard(&client);
                Err(StoreError::Silent(format!("no answer within {} seconds", PATIENCE.as_secs())))
            }
        }
    }

    async fn connect(&self, slot: &Slot) -> Result<Arc<Prepared>> {
        let _turn = slot.connecting.lock().await;
        if let Some(client) = slot.client() {
            return Ok(client);
        }
        if self.is_closed.load(Ordering::Acquire) {
            return Err(StoreError::Unavailable("it is closed".into()));
        }
        let client = Arc::new(Prepared::new(self.connector.connect().await?));
        slot.put(Some(client.clone()));
        Ok(client)
    }

    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        self.slots.iter().for_each(|slot| slot.put(None));
    }
}
