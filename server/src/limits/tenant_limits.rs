//! Limits concurrent requests and requests per minute of each organization. Excess concurrent requests queue briefly. The limits
//! per minute only stop runaway scripts.

use lexicontract::domain::ids::OrganizationId;
use lexicontract::domain::problem::Problem;
use lexicontract::rate_limit::RateLimit;
use lexicontract::services::{Permit, TenantLimiter};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Concurrent requests of users and API tokens. This limit is higher than the number of requests that the database serves at
/// once.
const REQUESTS: usize = 64;
const REQUESTS_PER_MINUTE: u32 = 60_000;
/// Concurrent webhook calls, half the size of the ingestion queue.
const WEBHOOK_CALLS: usize = 512;
const WEBHOOK_CALLS_PER_MINUTE: u32 = 300_000;
/// Concurrent uploads, each of which holds a connection until its file has arrived.
const UPLOADS: usize = 4;
/// Uploads that are running or queued.
const UPLOAD_QUEUE: usize = 16;
/// Requests that are running or queued, half the number of connections that the server accepts.
const REQUEST_QUEUE: usize = 1_024;
/// Time limit in the queue, equal to the time limit for acquiring a database connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

pub struct TenantLimits {
    pub requests: TenantLimit,
    pub webhook_calls: TenantLimit,
    pub uploads: TenantLimit,
}

impl TenantLimits {
    /// `factor` multiplies the limits per minute. The value 0 disables these limits.
    pub fn new(factor: f64) -> Self {
        Self {
            requests: TenantLimit::new(REQUESTS, REQUEST_QUEUE, REQUESTS_PER_MINUTE, factor),
            webhook_calls: TenantLimit::new(WEBHOOK_CALLS, REQUEST_QUEUE, WEBHOOK_CALLS_PER_MINUTE, factor),
            // Uploads need no separate limit per minute, because they also count toward `requests`.
            uploads: TenantLimit::new(UPLOADS, UPLOAD_QUEUE, 1, 0.0),
        }
    }
}

pub struct TenantLimit {
    rate_limit: RateLimit<OrganizationId>,
    limiter: TenantLimiter,
}

impl TenantLimit {
    fn new(concurrent: usize, queue: usize, per_minute: u32, factor: f64) -> Self {
        Self {
            rate_limit: RateLimit::new(per_minute, Duration::from_secs(60), factor),
            limiter: TenantLimiter::new(concurrent, Semaphore::MAX_PERMITS, ACQUIRE_TIMEOUT).with_queue_limit(queue),
        }
    }

    /// # Errors
    /// [`Problem::TooManyRequests`] if the limit per minute is exceeded, [`Problem::Unavailable`] if the queue is full or the wait
    /// times out.
    pub async fn acquire(&self, organization: &OrganizationId) -> Result<Permit, Problem> {
        let permit = match self.rate_limit.spend(organization) {
            true => self.limiter.acquire(organization).await,
            false => Err(Problem::TooManyRequests),
        };
        if permit.is_err() {
            metrics::counter!("lexicontract_organization_limit_total").increment(1);
        }
        permit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use lexicontract::random::new_id;

    #[tokio::test]
    async fn an_organization_queues_above_its_concurrency_limit_and_others_do_not() {
        let limit = TenantLimit::new(2, 10, 100, 1.0);
        let (loud, quiet) = (new_id(), new_id());
        let first = limit.acquire(&loud).await.unwrap();
        let _second = limit.acquire(&loud).await.unwrap();
        let mut third = Box::pin(limit.acquire(&loud));
        assert!(third.as_mut().now_or_never().is_none(), "both permits are taken");
        assert!(limit.acquire(&quiet).now_or_never().unwrap().is_ok());
        drop(first);
        assert!(third.now_or_never().unwrap().is_ok());
    }

    #[tokio::test]
    async fn requests_above_the_limit_per_minute_are_rejected_for_that_organization_only() {
        let limit =
            TenantLimit { rate_limit: RateLimit::new(3, Duration::from_secs(86_400), 1.0), ..TenantLimit::new(2, 10, 1, 0.0) };
        let (loud, quiet) = (new_id(), new_id());
        for _ in 0..3 {
            assert!(limit.acquire(&loud).await.is_ok());
        }
        assert_eq!(limit.acquire(&loud).await.err(), Some(Problem::TooManyRequests));
        assert!(limit.acquire(&quiet).await.is_ok());
    }
}
