//! Cached readiness checks. The cache limits the load, because a check writes to the database, and any client can request a
//! check.

use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Time limit for a caller, shorter than the usual timeout of load balancers.
const TIMEOUT: Duration = Duration::from_secs(2);
const TIME_TO_LIVE: Duration = Duration::from_secs(1);
/// Time after which an unfinished check is replaced. A broken connection can hang for 15 minutes while new connections work.
const ABANDONED_AFTER: Duration = Duration::from_secs(30);

pub struct Readiness {
    timeout: Duration,
    time_to_live: Duration,
    abandoned_after: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: Option<(Instant, bool)>,
    running: Option<(Instant, JoinHandle<bool>)>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self { timeout: TIMEOUT, time_to_live: TIME_TO_LIVE, abandoned_after: ABANDONED_AFTER, state: Mutex::default() }
    }
}

impl Readiness {
    pub fn new(timeout: Duration, time_to_live: Duration) -> Self {
        Self { timeout, time_to_live, ..Self::default() }
    }

    /// Returns the cached result, or runs `check`. Concurrent callers share one check. The check runs in a separate task, so that
    /// a disconnected client does not cancel it: if the check were cancelled within `BEGIN`, a connection with an open
    /// transaction would return to the pool.
    pub async fn is_ready<F>(&self, check: impl FnOnce() -> F) -> bool
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let mut state = self.state.lock().await;
        if let Some((at, is_ready)) = state.last
            && at.elapsed() < self.time_to_live
        {
            return is_ready;
        }
        state.running.take_if(|(started, _)| started.elapsed() >= self.abandoned_after);
        // If this caller is cancelled, the next caller waits for the check in `state`.
        let (_, running) = state.running.get_or_insert_with(|| (Instant::now(), tokio::spawn(check())));
        let result = tokio::time::timeout(self.timeout, running).await;
        if result.is_ok() {
            state.running = None;
        }
        let is_ready = matches!(result, Ok(Ok(true)));
        state.last = Some((Instant::now(), is_ready));
        is_ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::sync::Notify;

    #[tokio::test]
    async fn a_slow_check_is_neither_cancelled_nor_started_twice() {
        let resume = Arc::new(Notify::new());
        let (started, finished) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let check = || {
            let (started, finished, resume) = (started.clone(), finished.clone(), resume.clone());
            async move {
                started.fetch_add(1, Ordering::SeqCst);
                resume.notified().await;
                finished.fetch_add(1, Ordering::SeqCst);
                true
            }
        };
        let short = Duration::from_millis(5);
        let readiness = Readiness { timeout: short, time_to_live: Duration::ZERO, ..Readiness::default() };
        assert!(!readiness.is_ready(check).await);
        assert!(!readiness.is_ready(check).await);
        assert_eq!(started.load(Ordering::SeqCst), 1, "the first check is still running");
        resume.notify_one();
        let cached = Readiness { time_to_live: Duration::MAX, state: readiness.state, ..Readiness::default() };
        cached.state.lock().await.last = None;
        assert!(cached.is_ready(check).await);
        assert_eq!((started.load(Ordering::SeqCst), finished.load(Ordering::SeqCst)), (1, 1), "checks started and finished");
        assert!(cached.is_ready(check).await, "the result is cached");
        assert_eq!(started.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_check_that_never_finishes_is_abandoned() {
        let short = Duration::from_millis(5);
        let readiness =
            Readiness { timeout: short, time_to_live: Duration::ZERO, abandoned_after: short, ..Readiness::default() };
        assert!(!readiness.is_ready(std::future::pending).await);
        assert!(readiness.is_ready(async || true).await);
    }
}
