//! Whether deliveries can be taken. The answer is kept for a moment: anyone may ask, and asking writes.

use std::time::Duration;
use tokio::{sync::Mutex, task::JoinHandle, time::Instant};

/// How long the database may take: less than those who ask wait for an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long an answer holds.
const HOLDS: Duration = Duration::from_secs(1);
/// After how long a try is left to itself and another one begun: a connection whose other end is gone says nothing for a quarter of an hour,
/// while new ones work.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(30);

/// The last answer, and the try that has none yet.
pub struct Readiness {
    patience: Duration,
    holds: Duration,
    given_up_after: Duration,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    last: Option<(Instant, bool)>,
    under_way: Option<(Instant, JoinHandle<bool>)>,
}

impl Default for Readiness {
    fn default() -> Self {
        Self { patience: PATIENCE, holds: HOLDS, given_up_after: GIVEN_UP_AFTER, known: Mutex::default() }
    }
}

impl Readiness {
    /// A check that may take `patience`, and whose answer holds for `holds`.
    pub fn new(patience: Duration, holds: Duration) -> Self {
        Self { patience, holds, ..Self::default() }
    }

    /// Whether the database takes what is written, which `try_it` finds out. Those who ask at once share one try. It runs to its end even
    /// when nobody waits for it any longer: cut off in the middle of `BEGIN`, it would leave the connection to others with an open
    /// transaction.
    pub async fn ask<F>(&self, try_it: impl FnOnce() -> F) -> bool
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let mut known = self.known.lock().await;
        if let Some((at, answer)) = known.last
            && at.elapsed() < self.holds
        {
            return answer;
        }
        known.under_way.take_if(|(began, _)| began.elapsed() >= self.given_up_after);
        // Kept in its place while it is awaited: who asked may hang up.
        let (_, under_way) = known.under_way.get_or_insert_with(|| (Instant::now(), tokio::spawn(try_it())));
        let answer = match tokio::time::timeout(self.patience, under_way).await {
            Ok(ended) => {
                known.under_way = None;
                ended.unwrap_or(false)
            }
            Err(_) => false,
        };
        known.last = Some((Instant::now(), answer));
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };
    use tokio::sync::Notify;

    #[tokio::test]
    async fn a_try_that_takes_too_long_is_not_cut_off_and_not_begun_twice() {
        let go_on = Arc::new(Notify::new());
        let (begun, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let try_it = || {
            let (begun, ended, go_on) = (begun.clone(), ended.clone(), go_on.clone());
            async move {
                begun.fetch_add(1, Ordering::SeqCst);
                go_on.notified().await;
                ended.fetch_add(1, Ordering::SeqCst);
                true
            }
        };
        let short = Duration::from_millis(5);
        let readiness = Readiness { patience: short, holds: Duration::ZERO, ..Readiness::default() };
        assert!(!readiness.ask(try_it).await);
        assert!(!readiness.ask(try_it).await);
        assert_eq!(begun.load(Ordering::SeqCst), 1, "the first is still under way");
        go_on.notify_one();
        let patient = Readiness { holds: Duration::MAX, known: readiness.known, ..Readiness::default() };
        patient.known.lock().await.last = None;
        assert!(patient.ask(try_it).await);
        assert_eq!((begun.load(Ordering::SeqCst), ended.load(Ordering::SeqCst)), (1, 1));
        assert!(patient.ask(try_it).await, "an answer holds for a moment");
        assert_eq!(begun.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_try_that_never_ends_does_not_stand_in_the_way_for_ever() {
        let short = Duration::from_millis(5);
        let readiness = Readiness { patience: short, holds: Duration::ZERO, given_up_after: short, ..Readiness::default() };
        assert!(!readiness.ask(std::future::pending).await);
        assert!(readiness.ask(async || true).await);
    }
}
