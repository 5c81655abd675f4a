//! Limits how much costly work runs at once, for each organization and in all. Excess work waits briefly and is rejected then.

use crate::domain::{ids::OrganizationId, problem::Problem};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Idle organizations are forgotten once so many are known.
const FORGET_ABOVE: usize = 1_024;

/// How much may run at once.
pub(crate) struct TenantLimiter {
    per_organization: usize,
    acquire_timeout: Duration,
    in_all: Arc<Semaphore>,
    organizations: Mutex<HashMap<OrganizationId, Arc<Semaphore>>>,
}

/// The right to run, until it is dropped.
pub struct Permit {
    _of_organization: OwnedSemaphorePermit,
    _in_all: OwnedSemaphorePermit,
}

impl TenantLimiter {
    pub(crate) fn new(per_organization: usize, in_all: usize, acquire_timeout: Duration) -> Self {
        Self { per_organization, acquire_timeout, in_all: Arc::new(Semaphore::new(in_all)), organizations: Mutex::default() }
    }

    /// Waits for a permit. An organization waits for its own limit first, so that its excess work keeps no permit from others.
    ///
    /// # Errors
    /// There was none in time.
    pub(crate) async fn acquire(&self, organization: &OrganizationId) -> Result<Permit, Problem> {
        let permits = self.of(organization);
        let both = async {
            let of_organization = permits.acquire_owned().await.ok()?;
            let in_all = self.in_all.clone().acquire_owned().await.ok()?;
            Some(Permit { _of_organization: of_organization, _in_all: in_all })
        };
        let acquired = tokio::time::timeout(self.acquire_timeout, both).await;
        acquired.ok().flatten().ok_or(Problem::Unavailable)
    }

    fn of(&self, organization: &OrganizationId) -> Arc<Semaphore> {
        let mut organizations = self.organizations.lock().unwrap_or_else(PoisonError::into_inner);
        if organizations.len() > FORGET_ABOVE {
            // What waits or runs holds a second reference.
            organizations.retain(|_, permits| Arc::strong_count(permits) > 1);
        }
        organizations.entry(organization.clone()).or_insert_with(|| Arc::new(Semaphore::new(self.per_organization))).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::new_id;
    use futures::FutureExt;

    const TIMEOUT: Duration = Duration::from_millis(20);

    #[tokio::test]
    async fn excess_work_waits_until_a_permit_is_free_or_the_time_is_over() {
        let limiter = TenantLimiter::new(2, 3, TIMEOUT);
        let (loud, quiet) = (new_id(), new_id());
        let first = limiter.acquire(&loud).await.unwrap();
        let _second = limiter.acquire(&loud).await.unwrap();
        let mut third = Box::pin(limiter.acquire(&loud));
        assert!(third.as_mut().now_or_never().is_none(), "it waits");
        assert_eq!(third.await.err(), Some(Problem::Unavailable), "it has waited for too long");
        let _of_quiet = limiter.acquire(&quiet).now_or_never().unwrap().unwrap();
        let mut fourth = Box::pin(limiter.acquire(&quiet));
        assert!(fourth.as_mut().now_or_never().is_none(), "three run in all");
        drop(first);
        assert!(fourth.now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn idle_organizations_are_forgotten() {
        let limiter = TenantLimiter::new(1, 2, TIMEOUT);
        let busy = new_id();
        let _permit = limiter.acquire(&busy).await;
        for _ in 0..FORGET_ABOVE + 2 {
            drop(limiter.acquire(&new_id()).await);
        }
        let known = limiter.organizations.lock().unwrap();
        assert!(known.len() < 10 && known.contains_key(&busy), "{}", known.len());
    }
}
