//! The open connections. When there is no room for a new one, the client that the server has waited for longest makes it.

use crate::layers::client_address::ClientAddress;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

/// A client that moves this many bytes a second is not waited for.
const EXPECTED_BYTES_PER_SECOND: u64 = 64 * 1024 / 10;
/// How long one closed connection has to make room before another one is closed.
const CLOSING_TIME: Duration = Duration::from_millis(50);
/// Stands for "not waiting" where a time is expected.
const WORKING: u64 = u64::MAX;

/// How many connections there may be, and which of them give way.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// How many at once.
    pub total: usize,
    /// A connection whose client has kept the server waiting for longer gives way to a new one.
    pub slow_after: Duration,
    /// How long there must have been neither room nor a slow connection before connections are counted by peer.
    pub crowded_after: Duration,
    /// How many each peer may have when there is no room and no connection is slow; `None` behind a proxy, which is the only peer.
    pub per_peer: Option<usize>,
}

/// Admits connections, one after the other.
pub struct Acceptor {
    permits: Arc<Semaphore>,
    open: Arc<OpenConnections>,
    limits: ConnectionLimits,
    crowded_since: Option<Instant>,
    next_id: u64,
}

type OpenConnections = Mutex<HashMap<u64, Open>>;

struct Open {
    peer: IpAddr,
    activity: Arc<Activity>,
}

/// The place of a connection among the open ones; dropping it gives the place back.
pub struct Place {
    /// What the connection is doing.
    pub activity: Arc<Activity>,
    id: u64,
    open: Arc<OpenConnections>,
    _permit: OwnedSemaphorePermit,
}

impl Acceptor {
    /// An acceptor without connections.
    pub fn new(limits: ConnectionLimits) -> Self {
        let permits = Arc::new(Semaphore::new(limits.total));
        Self { permits, open: Arc::default(), limits, crowded_since: None, next_id: 0 }
    }

    /// Makes room for a connection from `peer`, and waits for it; `None` when that peer has too many.
    pub async fn admit(&mut self, peer: IpAddr) -> Option<Place> {
        let peer = ClientAddress(peer).network();
        loop {
            if let Ok(permit) = self.permits.clone().try_acquire_owned() {
                self.crowded_since = None;
                return Some(self.place(peer, permit));
            }
            if self.close_slowest(self.limits.slow_after, None) {
                self.crowded_since = None;
            } else if self.is_crowded() && !self.make_peers_share(peer) {
                metrics::counter!("lexicontract_connections_closed_total", "reason" => "peer").increment(1);
                return None;
            }
            if let Ok(Ok(permit)) = timeout(CLOSING_TIME, self.permits.clone().acquire_owned()).await {
                return Some(self.place(peer, permit));
            }
        }
    }

    fn place(&mut self, peer: IpAddr, permit: OwnedSemaphorePermit) -> Place {
        let (id, activity) = (self.next_id, Arc::new(Activity::new()));
        self.next_id += 1;
        lock(&self.open).insert(id, Open { peer, activity: activity.clone() });
        Place { activity, id, open: self.open.clone(), _permit: permit }
    }

    fn is_crowded(&mut self) -> bool {
        let since = self.crowded_since.get_or_insert_with(Instant::now);
        since.elapsed() >= self.limits.crowded_after
    }

    /// Closes the connection with the largest lag, if that is at least `least`; of one peer where one is given.
    fn close_slowest(&self, least: Duration, peer: Option<IpAddr>) -> bool {
        let mut open = lock(&self.open);
        let candidates = open.iter().filter(|(_, connection)| peer.is_none_or(|peer| connection.peer == peer));
        let lags = candidates.filter_map(|(id, connection)| Some((connection.activity.lag()?, *id)));
        let Some((_, id)) = lags.filter(|(lag, _)| *lag >= least).max() else { return false };
        let closed = open.remove(&id).map(|connection| connection.activity.closed.cancel()).is_some();
        metrics::counter!("lexicontract_connections_closed_total", "reason" => "slow").increment(1);
        closed
    }

    /// Whether a connection from `peer` may wait for room. The peer with the most connections beyond its share loses one.
    fn make_peers_share(&self, peer: IpAddr) -> bool {
        let Some(share) = self.limits.per_peer else { return true };
        let mut counts = HashMap::<IpAddr, usize>::new();
        for connection in lock(&self.open).values() {
            *counts.entry(connection.peer).or_default() += 1;
        }
        if counts.get(&peer).is_some_and(|count| *count >= share) {
            return false;
        }
        let largest = counts.into_iter().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > share);
        if let Some((largest, _)) = largest {
            self.close_slowest(Duration::ZERO, Some(largest));
        }
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        lock(&self.open).remove(&self.id);
    }
}

fn lock(open: &OpenConnections) -> std::sync::MutexGuard<'_, HashMap<u64, Open>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a connection waits for its client or for the server, and how much it has moved. The connection and its request write it,
/// the acceptor reads it.
#[derive(Debug)]
pub struct Activity {
    began: Instant,
    /// Since when the server has been waiting for the client, in milliseconds after `began`; or [`WORKING`].
    waiting_since: AtomicU64,
    /// How long it has waited before that, for the same request and its answer, in milliseconds: less what the bytes that moved account
    /// for, and never less than nothing. What the systems at both ends hold is no reason to wait for the rest.
    waited: AtomicU64,
    /// Whether a request is being served: until its answer is complete, a socket without bytes is nothing to wait for.
    is_serving: AtomicBool,
    closed: CancellationToken,
}

impl Activity {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            waiting_since: AtomicU64::new(0),
            waited: AtomicU64::new(0),
            is_serving: AtomicBool::new(false),
            closed: CancellationToken::new(),
        }
    }

    /// Completes when the connection is to be closed.
    pub async fn closed(&self) {
        self.closed.cancelled().await;
    }

    /// A request's head has arrived.
    pub fn begin_request(&self) {
        self.is_serving.store(true, Ordering::Relaxed);
        self.moves(0);
    }

    /// The answer is complete but for what the client has to take of it.
    pub fn end_request(&self) {
        self.waited.store(0, Ordering::Relaxed);
        self.is_serving.store(false, Ordering::Relaxed);
    }

    /// The socket has nothing to read.
    pub fn finds_nothing_to_read(&self) {
        if !self.is_serving.load(Ordering::Relaxed) {
            self.waits();
        }
    }

    /// The next bytes have to come from the client, or be taken by it.
    pub fn waits(&self) {
        // One that waits already has been waiting for longer.
        let now = self.milliseconds();
        let _ = self.waiting_since.compare_exchange(WORKING, now, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Bytes have moved, and the server has something to do.
    pub fn moves(&self, bytes: usize) {
        let since = self.waiting_since.swap(WORKING, Ordering::Relaxed);
        let waited = if since == WORKING { 0 } else { self.milliseconds().saturating_sub(since) };
        let expected = (bytes as u64).saturating_mul(1_000) / EXPECTED_BYTES_PER_SECOND;
        if (waited, expected) != (0, 0) {
            let lag = |before: u64| Some(before.saturating_add(waited).saturating_sub(expected));
            let _ = self.waited.fetch_update(Ordering::Relaxed, Ordering::Relaxed, lag);
        }
    }

    /// How much longer the server has waited than the bytes that moved account for; `None` while it has something to do.
    fn lag(&self) -> Option<Duration> {
        let since = self.waiting_since.load(Ordering::Relaxed);
        if since == WORKING {
            return None;
        }
        let now = self.milliseconds().saturating_sub(since);
        Some(Duration::from_millis(self.waited.load(Ordering::Relaxed).saturating_add(now)))
    }

    fn milliseconds(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(WORKING - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn peer(number: u8) -> IpAddr {
        IpAddr::V4(Ipv4Addr::new(192, 0, 2, number))
    }

    fn acceptor(total: usize, per_peer: Option<usize>) -> Acceptor {
        let (slow_after, crowded_after) = (Duration::from_secs(1), Duration::ZERO);
        Acceptor::new(ConnectionLimits { total, slow_after, crowded_after, per_peer })
    }

    /// A connection that gives its place back when it is closed, as its task does.
    async fn open(acceptor: &mut Acceptor, peer: IpAddr) -> Arc<Activity> {
        let place = acceptor.admit(peer).await.unwrap();
        let activity = place.activity.clone();
        tokio::spawn(async move { place.activity.closed().await });
        activity
    }

    fn after_waiting(activity: &Activity, seconds: u64, bytes: usize) {
        activity.waited.store(seconds * 1_000, Ordering::Relaxed);
        activity.moves(bytes);
        activity.waits();
    }

    #[tokio::test]
    async fn the_client_that_lags_most_makes_room_and_one_that_the_server_works_for_does_not() {
        let mut acceptor = acceptor(4, None);
        let mut connections = Vec::new();
        for (number, (seconds, bytes)) in [(10, 0), (10, 6_553), (10, 65_536), (100, 0)].into_iter().enumerate() {
            connections.push(open(&mut acceptor, peer(number as u8)).await);
            after_waiting(&connections[number], seconds, bytes);
        }
        connections[3].begin_request();
        let closed = |connections: &[Arc<Activity>]| -> Vec<bool> {
            connections.iter().map(|activity| activity.closed.is_cancelled()).collect()
        };
        connections.push(open(&mut acceptor, peer(5)).await);
        assert_eq!(closed(&connections), [true, false, false, false, false], "the silent one");
        connections.push(open(&mut acceptor, peer(6)).await);
        assert_eq!(closed(&connections), [true, true, false, false, false, false], "the dripping one");
    }

    #[test]
    fn a_connection_waits_for_its_client_except_between_a_request_and_the_end_of_its_answer() {
        let activity = Activity::new();
        after_waiting(&activity, 5, 0);
        assert!(activity.lag() >= Some(Duration::from_secs(5)), "silent from the start");
        activity.begin_request();
        activity.finds_nothing_to_read();
        assert_eq!(activity.lag(), None, "the server works");
        activity.waits();
        assert!(activity.lag() >= Some(Duration::from_secs(5)), "its body does not come");
        activity.moves(1);
        assert_eq!(activity.lag(), None);
        activity.end_request();
        activity.finds_nothing_to_read();
        assert!(activity.lag() < Some(Duration::from_secs(5)), "idle, and the last request does not count");
    }

    #[tokio::test]
    async fn connections_are_counted_by_peer_only_when_there_is_no_room_and_none_is_slow() {
        let mut acceptor = acceptor(4, Some(2));
        let mut crowd = Vec::new();
        for _ in 0..4 {
            crowd.push(open(&mut acceptor, peer(1)).await);
        }
        crowd.iter().for_each(|fast| after_waiting(fast, 1, 1 << 30));
        assert!(acceptor.admit(peer(1)).await.is_none(), "this peer has more than its share");
        let other = open(&mut acceptor, peer(2)).await;
        assert_eq!(crowd.iter().filter(|activity| activity.closed.is_cancelled()).count(), 1);
        assert!(!other.closed.is_cancelled());
    }

    #[tokio::test]
    async fn behind_a_proxy_a_connection_waits_until_another_one_ends() {
        let mut acceptor = acceptor(1, None);
        let working = acceptor.admit(peer(1)).await.unwrap();
        let activity = working.activity.clone();
        activity.begin_request();
        let (next, ()) = tokio::join!(acceptor.admit(peer(1)), async {
            tokio::task::yield_now().await;
            drop(working);
        });
        assert!(next.is_some() && !activity.closed.is_cancelled());
        drop(next);
        assert!(lock(&acceptor.open).is_empty(), "a place that is given back is forgotten");
    }
}
