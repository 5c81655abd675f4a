//! Limits concurrent costly operations, per organization and in total. Excess operations wait until a timeout.

use crate::domain::ids::OrganizationId;
use crate::domain::problem::Problem;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Number of stored organizations above which organizations without operations are removed from memory.
const CLEAN_ABOVE: usize = 1_024;

pub struct TenantLimiter {
    per_organization: usize,
    /// Maximum number of operations per organization that run or wait.
    queue_limit: usize,
    acquire_timeout: Duration,
    in_all: Arc<Semaphore>,
    organizations: Mutex<HashMap<OrganizationId, Semaphores>>,
}

struct Semaphores {
    /// One permit for each operation that runs or waits.
    queue: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

/// Permission to run one operation until the permit is dropped.
pub struct Permit {
    _permits: [OwnedSemaphorePermit; 3],
}

impl TenantLimiter {
    /// Creates a limiter that does not limit the number of waiting operations.
    pub fn new(per_organization: usize, in_all: usize, acquire_timeout: Duration) -> Self {
        let in_all = Arc::new(Semaphore::new(in_all));
        Self { per_organization, queue_limit: Semaphore::MAX_PERMITS, acquire_timeout, in_all, organizations: Mutex::default() }
    }

    /// Makes [`Self::acquire`] fail immediately if `queue_limit` operations of the organization already run or wait.
    #[must_use]
    pub fn with_queue_limit(self, queue_limit: usize) -> Self {
        Self { queue_limit, ..self }
    }

    /// Waits for a permit. Fails with [`Problem::Unavailable`] if the organization's queue is full, or after the timeout.
    pub async fn acquire(&self, organization: &OrganizationId) -> Result<Permit, Problem> {
        let (queue, running) = self.enter_queue(organization).ok_or(Problem::Unavailable)?;
        let both = async {
            // Acquires the organization's permit first. An operation that waits for this permit therefore holds no permit that
            // all organizations share.
            let running = running.acquire_owned().await.ok()?;
            let in_all = self.in_all.clone().acquire_owned().await.ok()?;
            Some(Permit { _permits: [running, in_all, queue] })
        };
        let acquired = tokio::time::timeout(self.acquire_timeout, both).await;
        acquired.ok().flatten().ok_or(Problem::Unavailable)
    }

    fn enter_queue(&self, organization: &OrganizationId) -> Option<(OwnedSemaphorePermit, Arc<Semaphore>)> {
        let mut organizations = self.organizations.lock().unwrap_or_else(PoisonError::into_inner);
        if organizations.len() > CLEAN_ABOVE {
            // Each running or waiting operation holds another reference to `queue`.
            organizations.retain(|_, semaphores| Arc::strong_count(&semaphores.queue) > 1);
        }
        let semaphores = organizations.entry(organization.clone()).or_insert_with(|| Semaphores {
            queue: Arc::new(Semaphore::new(self.queue_limit)),
            running: Arc::new(Semaphore::new(self.per_organization)),
        });
        Some((semaphores.queue.clone().try_acquire_owned().ok()?, semaphores.running.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::new_id;
    use futures::FutureExt;

    const TIMEOUT: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn excess_work_waits_for_a_permit_until_the_timeout() {
        let limiter = TenantLimiter::new(2, 3, TIMEOUT);
        let (loud, quiet) = (new_id(), new_id());
        let first = limiter.acquire(&loud).await.unwrap();
        let _second = limiter.acquire(&loud).await.unwrap();
        let mut third = Box::pin(limiter.acquire(&loud));
        assert!(third.as_mut().now_or_never().is_none(), "it waits");
        assert_eq!(third.await.err(), Some(Problem::Unavailable), "it timed out");
        let _of_quiet = limiter.acquire(&quiet).now_or_never().unwrap().unwrap();
        let mut fourth = Box::pin(limiter.acquire(&quiet));
        assert!(fourth.as_mut().now_or_never().is_none(), "three run in all");
        drop(first);
        assert!(fourth.now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn work_beyond_the_queue_limit_is_rejected_immediately() {
        let limiter = TenantLimiter::new(1, 2, TIMEOUT).with_queue_limit(2);
        let (loud, quiet) = (new_id(), new_id());
        let _running = limiter.acquire(&loud).await.unwrap();
        let mut queued = Box::pin(limiter.acquire(&loud));
        assert!(queued.as_mut().now_or_never().is_none(), "it waits");
        let rejected = limiter.acquire(&loud).now_or_never().expect("it does not wait");
        assert_eq!(rejected.err(), Some(Problem::Unavailable), "the queue is full");
        assert!(limiter.acquire(&quiet).now_or_never().unwrap().is_ok(), "other organizations have their own queue");
        assert_eq!(queued.await.err(), Some(Problem::Unavailable), "it timed out");
        let mut later = Box::pin(limiter.acquire(&loud));
        assert!(later.as_mut().now_or_never().is_none(), "it queues again");
    }

    #[tokio::test]
    async fn idle_organizations_are_removed() {
        let limiter = TenantLimiter::new(1, 2, TIMEOUT);
        let busy = new_id();
        let _permit = limiter.acquire(&busy).await;
        for _ in 0..CLEAN_ABOVE + 2 {
            drop(limiter.acquire(&new_id()).await);
        }
        let known = limiter.organizations.lock().unwrap();
        assert!(known.len() < 10 && known.contains_key(&busy), "{}", known.len());
    }
}
