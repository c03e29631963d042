//! Which connections are held. There is room for so many in all and from one
//! address. When a new one finds none, the one that has been idle longest is
//! cut: many sockets that ask nothing keep nobody out. A connection counts as
//! idle while no request of it is being answered.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

/// Room for connections.
#[derive(Clone)]
pub(crate) struct Connections(Arc<Inner>);

struct Inner {
    most: usize,
    most_per_address: usize,
    born: Instant,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next: u64,
    all: HashMap<u64, Arc<Connection>>,
    by_address: HashMap<IpAddr, usize>,
}

/// One that is held.
pub(crate) struct Connection {
    address: Option<IpAddr>,
    /// Milliseconds since `born` at which its last request was answered;
    /// `u64::MAX` while one is being answered.
    idle_since: AtomicU64,
    has_asked: AtomicBool,
    cut: Notify,
}

/// Keeps the place of a connection until it is dropped.
pub(crate) struct Held {
    connections: Connections,
    number: u64,
    pub(crate) connection: Arc<Connection>,
}

/// What came of asking for room.
pub(crate) enum Room {
    Free(Held),
    /// An idle connection was cut for it.
    Made(Held),
    /// Every connection is being answered.
    None,
}

impl Connections {
    pub(crate) fn new(most: usize, most_per_address: usize) -> Self {
        let open = Mutex::default();
        Connections(Arc::new(Inner { most, most_per_address, born: Instant::now(), open }))
    }

    /// Room for a connection from this address; `None`: from a proxy, of which
    /// there may be as many as there are in all.
    pub(crate) fn hold(&self, address: Option<IpAddr>) -> Room {
        let mut open = self.lock();
        let of_address = address.and_then(|address| open.by_address.get(&address)).copied().unwrap_or(0);
        let mut made = false;
        if of_address >= self.0.most_per_address {
            if !self.cut_idlest(&mut open, |connection| connection.address == address) {
                return Room::None;
            }
            made = true;
        } else if open.all.len() >= self.0.most {
            if !self.cut_idlest(&mut open, |_| true) {
                return Room::None;
            }
            made = true;
        }
        let number = open.next;
        open.next += 1;
        let idle_since = AtomicU64::new(self.now());
        let connection = Arc::new(Connection {
            address,
            idle_since,
            has_asked: AtomicBool::new(false),
            cut: Notify::new(),
        });
        open.all.insert(number, connection.clone());
        if let Some(address) = address {
            *open.by_address.entry(address).or_default() += 1;
        }
        let held = Held { connections: self.clone(), number, connection };
        if made { Room::Made(held) } else { Room::Free(held) }
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().all.len()
    }

    fn cut_idlest(&self, open: &mut Open, which: impl Fn(&Connection) -> bool) -> bool {
        let idle = open.all.iter().filter_map(|(number, connection)| {
            let since = connection.idle_since.load(Ordering::Acquire);
            (since != u64::MAX && which(connection)).then_some((since, *number))
        });
        let Some((_, number)) = idle.min() else { return false };
        if let Some(connection) = open.all.remove(&number) {
            open.forget(connection.address);
            connection.cut.notify_one();
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> u64 {
        self.0.born.elapsed().as_millis() as u64 + 1
    }
}

impl Open {
    fn forget(&mut self, address: Option<IpAddr>) {
        let Some(address) = address else { return };
        if let Some(count) = self.by_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&address);
            }
        }
    }
}

impl Held {
    /// A request of this connection is being answered until the guard is dropped.
    pub(crate) fn busy(self: &Arc<Self>) -> Busy {
        self.connection.has_asked.store(true, Ordering::Release);
        self.connection.idle_since.store(u64::MAX, Ordering::Release);
        Busy(self.clone())
    }
}

impl Connection {
    /// Ends when the connection is to make room for another.
    pub(crate) async fn is_cut(&self) {
        self.cut.notified().await;
    }

    /// Whether it ever sent a whole request: then its answer may still be on the way.
    pub(crate) fn has_asked(&self) -> bool {
        self.has_asked.load(Ordering::Acquire)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut open = self.connections.lock();
        if open.all.remove(&self.number).is_some() {
            open.forget(self.connection.address);
        }
    }
}

/// Held while a request is being answered.
pub(crate) struct Busy(Arc<Held>);

impl Drop for Busy {
    fn drop(&mut self) {
        let now = self.0.connections.now();
        self.0.connection.idle_since.store(now, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    fn held(room: Room) -> Arc<Held> {
        match room {
            Room::Free(held) | Room::Made(held) => Arc::new(held),
            Room::None => panic!("no room"),
        }
    }

    async fn is_cut(held: &Held) -> bool {
        tokio::select! {
            biased;
            () = held.connection.is_cut() => true,
            () = std::future::ready(()) => false,
        }
    }

    #[tokio::test]
    async fn a_new_one_takes_the_place_of_the_one_idle_longest() {
        let connections = Connections::new(3, 2);
        let first = held(connections.hold(address(1)));
        let second = held(connections.hold(address(1)));
        let third = held(connections.hold(address(2)));
        // The first is busy, so the second is idle longest.
        let busy = first.busy();
        assert!(matches!(connections.hold(address(3)), Room::Made(_)));
        assert!(!is_cut(&first).await && is_cut(&second).await && !is_cut(&third).await);
        drop(busy);
        drop((first, second, third));
        assert_eq!(connections.count(), 0);
    }

    #[tokio::test]
    async fn an_address_over_its_share_cuts_its_own() {
        let connections = Connections::new(10, 2);
        let other = held(connections.hold(address(2)));
        let first = held(connections.hold(address(1)));
        let second = held(connections.hold(address(1)));
        let third = held(connections.hold(address(1)));
        assert!(is_cut(&first).await && !is_cut(&other).await && !is_cut(&second).await);
        let _busy = (second.busy(), third.busy());
        assert!(matches!(connections.hold(address(1)), Room::None), "all are being answered");
        assert!(matches!(connections.hold(None), Room::Free(_)), "a proxy has no share");
    }
}
