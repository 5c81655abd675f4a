//! Limits on open connections. At the limit, the server closes the connection whose client has kept the server waiting longest.

use app::context::ClientAddress;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// Transfer rate that the server expects of a client. A slower client accumulates lag.
const EXPECTED_BYTES_PER_SECOND: u64 = 64 * 1024 / 10;
/// Time limit for a closed connection to free its permit, before another connection is closed.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(50);
/// Value of `waiting_since` while the server is not waiting for the client.
const NOT_WAITING: u64 = u64::MAX;

#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    pub total: usize,
    /// Lag at which a connection can be closed to make room for a new connection.
    pub slow_after: Duration,
    /// Time for which the server must be full without a slow connection before the limit per peer applies.
    pub crowded_after: Duration,
    /// `None` behind a proxy, because the proxy is the peer of all connections.
    pub per_peer: Option<usize>,
}

pub struct Acceptor {
    permits: Arc<Semaphore>,
    open: Arc<OpenConnections>,
    limits: ConnectionLimits,
    crowded_since: Option<Instant>,
    next_id: u64,
}

struct OpenConnection {
    /// Network of the client.
    peer: IpAddr,
    activity: Arc<Activity>,
}

type OpenConnections = Mutex<HashMap<u64, OpenConnection>>;

/// An admitted connection. Dropping the value frees the permit of the connection.
pub struct Admission {
    pub activity: Arc<Activity>,
    id: u64,
    open: Arc<OpenConnections>,
    _permit: OwnedSemaphorePermit,
}

impl Acceptor {
    pub fn new(limits: ConnectionLimits) -> Self {
        let permits = Arc::new(Semaphore::new(limits.total));
        Self { permits, open: Arc::default(), limits, crowded_since: None, next_id: 0 }
    }

    /// Waits for a permit, and closes another connection if necessary. Returns `None` if the peer has too many connections.
    pub async fn admit(&mut self, peer: IpAddr) -> Option<Admission> {
        let peer = ClientAddress(peer).network();
        loop {
            if let Ok(permit) = self.permits.clone().try_acquire_owned() {
                self.crowded_since = None;
                return Some(self.register(peer, permit));
            }
            if self.close_slowest(self.limits.slow_after, None) {
                self.crowded_since = None;
            } else if self.crowded_since.get_or_insert_with(Instant::now).elapsed() >= self.limits.crowded_after
                && !self.enforce_peer_limit(peer)
            {
                metrics::counter!("lexicontract_connections_closed_total", "reason" => "peer").increment(1);
                return None;
            }
            if let Ok(Ok(permit)) = timeout(CLOSE_TIMEOUT, self.permits.clone().acquire_owned()).await {
                return Some(self.register(peer, permit));
            }
        }
    }

    fn register(&mut self, peer: IpAddr, permit: OwnedSemaphorePermit) -> Admission {
        let (id, activity) = (self.next_id, Arc::new(Activity::new()));
        self.next_id += 1;
        lock(&self.open).insert(id, OpenConnection { peer, activity: activity.clone() });
        Admission { activity, id, open: self.open.clone(), _permit: permit }
    }

    /// Closes the connection with the largest lag of at least `min_lag`, among the connections of `peer` or among all connections.
    /// Returns true if a connection was closed.
    fn close_slowest(&self, min_lag: Duration, peer: Option<IpAddr>) -> bool {
        let mut open = lock(&self.open);
        let candidates = open.iter().filter(|(_, connection)| peer.is_none_or(|peer| connection.peer == peer));
        let lags = candidates.filter_map(|(id, connection)| Some((connection.activity.lag()?, *id)));
        let Some((_, id)) = lags.filter(|(lag, _)| *lag >= min_lag).max() else { return false };
        let closed = open.remove(&id).map(|connection| connection.activity.closed.cancel()).is_some();
        metrics::counter!("lexicontract_connections_closed_total", "reason" => "slow").increment(1);
        closed
    }

    /// Returns false if `peer` has reached the limit per peer. Otherwise, returns true, and closes the slowest connection of the
    /// peer with the most connections if this peer exceeds the limit.
    fn enforce_peer_limit(&self, peer: IpAddr) -> bool {
        let Some(limit) = self.limits.per_peer else { return true };
        let mut counts = HashMap::<IpAddr, usize>::new();
        for connection in lock(&self.open).values() {
            *counts.entry(connection.peer).or_default() += 1;
        }
        if counts.get(&peer).is_some_and(|count| *count >= limit) {
            return false;
        }
        let largest = counts.into_iter().max_by_key(|(_, count)| *count).filter(|(_, count)| *count > limit);
        if let Some((largest, _)) = largest {
            self.close_slowest(Duration::ZERO, Some(largest));
        }
        true
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        lock(&self.open).remove(&self.id);
    }
}

fn lock(open: &OpenConnections) -> MutexGuard<'_, HashMap<u64, OpenConnection>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Time for which the client of a connection has kept the server waiting.
#[derive(Debug)]
pub struct Activity {
    started: Instant,
    /// Time at which the server began to wait for the client, in milliseconds after `started`, or [`NOT_WAITING`].
    waiting_since: AtomicU64,
    /// Completed waiting time of the current request and response in milliseconds, minus the time that the transferred bytes take
    /// at the expected rate.
    waited: AtomicU64,
    /// True while the server handles a request. During this time, the server does not wait for the client even if the socket is
    /// idle.
    is_serving: AtomicBool,
    closed: CancellationToken,
}

impl Activity {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            waiting_since: AtomicU64::new(0),
            waited: AtomicU64::new(0),
            is_serving: AtomicBool::new(false),
            closed: CancellationToken::new(),
        }
    }

    pub async fn closed(&self) {
        self.closed.cancelled().await;
    }

    pub fn begin_request(&self) {
        self.is_serving.store(true, Relaxed);
        self.record_bytes(0);
    }

    /// Records that the server has produced the response. The client may still have to read a part of the response.
    pub fn end_request(&self) {
        self.waited.store(0, Relaxed);
        self.is_serving.store(false, Relaxed);
    }

    pub fn record_idle_socket(&self) {
        if !self.is_serving.load(Relaxed) {
            self.wait_for_client();
        }
    }

    /// Records that the client must send or read the next bytes. If the server is already waiting, keeps the start of this wait.
    pub fn wait_for_client(&self) {
        let _ = self.waiting_since.compare_exchange(NOT_WAITING, self.milliseconds(), Relaxed, Relaxed);
    }

    /// Records that bytes were transferred and that the server no longer waits for the client.
    pub fn record_bytes(&self, bytes: usize) {
        let since = self.waiting_since.swap(NOT_WAITING, Relaxed);
        let waited = if since == NOT_WAITING { 0 } else { self.milliseconds().saturating_sub(since) };
        let expected = (bytes as u64).saturating_mul(1_000) / EXPECTED_BYTES_PER_SECOND;
        if (waited, expected) != (0, 0) {
            let lag = |before: u64| Some(before.saturating_add(waited).saturating_sub(expected));
            let _ = self.waited.fetch_update(Relaxed, Relaxed, lag);
        }
    }

    /// Waiting time minus the time that the transferred bytes take at the expected rate. `None` while the server is not waiting.
    fn lag(&self) -> Option<Duration> {
        let since = self.waiting_since.load(Relaxed);
        if since == NOT_WAITING {
            return None;
        }
        let current = self.milliseconds().saturating_sub(since);
        Some(Duration::from_millis(self.waited.load(Relaxed).saturating_add(current)))
    }

    fn milliseconds(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(NOT_WAITING - 1)
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

    /// Opens a connection whose task ends when the acceptor closes the connection.
    async fn open(acceptor: &mut Acceptor, peer: IpAddr) -> Arc<Activity> {
        let admission = acceptor.admit(peer).await.unwrap();
        let activity = admission.activity.clone();
        tokio::spawn(async move { admission.activity.closed().await });
        activity
    }

    fn after_waiting(activity: &Activity, seconds: u64, bytes: usize) {
        activity.waited.store(seconds * 1_000, Relaxed);
        activity.record_bytes(bytes);
        activity.wait_for_client();
    }

    #[tokio::test]
    async fn the_connection_with_the_largest_lag_is_closed_and_one_being_served_is_not() {
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
        assert_eq!(closed(&connections), [true, false, false, false, false], "the connection without any data");
        connections.push(open(&mut acceptor, peer(6)).await);
        assert_eq!(closed(&connections), [true, true, false, false, false, false], "the one with the lowest rate");
    }

    #[test]
    fn a_connection_has_no_lag_while_the_server_works_on_its_request() {
        let activity = Activity::new();
        after_waiting(&activity, 5, 0);
        assert!(activity.lag() >= Some(Duration::from_secs(5)), "silent from the start");
        activity.begin_request();
        activity.record_idle_socket();
        assert_eq!(activity.lag(), None, "the server works");
        activity.wait_for_client();
        assert!(activity.lag() >= Some(Duration::from_secs(5)), "its body does not arrive");
        activity.record_bytes(1);
        assert_eq!(activity.lag(), None);
        activity.end_request();
        activity.record_idle_socket();
        assert!(activity.lag() < Some(Duration::from_secs(5)), "idle, and the last request does not count");
    }

    #[tokio::test]
    async fn connections_are_limited_per_peer_when_the_server_is_full_and_none_is_slow() {
        let mut acceptor = acceptor(4, Some(2));
        let mut crowd = Vec::new();
        for _ in 0..4 {
            crowd.push(open(&mut acceptor, peer(1)).await);
        }
        crowd.iter().for_each(|fast| after_waiting(fast, 1, 1 << 30));
        assert!(acceptor.admit(peer(1)).await.is_none(), "this peer exceeds its limit");
        let other = open(&mut acceptor, peer(2)).await;
        assert_eq!(crowd.iter().filter(|activity| activity.closed.is_cancelled()).count(), 1);
        assert!(!other.closed.is_cancelled());
    }

    #[tokio::test]
    async fn behind_a_proxy_a_new_connection_waits_for_a_permit() {
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
        assert!(lock(&acceptor.open).is_empty(), "a dropped admission is removed");
    }
}
