//! The quota of waiting deliveries per organization, checked without a database query for every webhook call.
//!
//! The number of waiting deliveries is read from the database at an organization's first call, and cached. Accepted webhook
//! deliveries are added to the cached number. Finished deliveries are not subtracted, so the number can be too high. It can also
//! be too low: other servers accept deliveries, and redeliveries and reconciliations are not added. The number is therefore read
//! again after some seconds, and before a call is rejected if it is older than [`COUNT_FULL_EVERY`].

use crate::{
    db::{Db, account::organization_usage},
    domain::{ids::OrganizationId, time::Timestamp},
    hub::error::Result,
};
use std::{collections::HashMap, time::Duration};

/// Time to live of a cached number. During this time, a server does not see the deliveries that other servers accept, so several
/// servers together can exceed the limit.
const COUNT_EVERY: Duration = Duration::from_secs(5);
/// Time to live of a number below half of the limit. It is longer, because counting many deliveries delays the calls of all
/// organizations.
const COUNT_SELDOM_EVERY: Duration = Duration::from_secs(30);
/// Time to live of a number that would cause a rejection.
const COUNT_FULL_EVERY: Duration = Duration::from_secs(1);
/// Maximum number of cached organizations. If it is reached, the cache is cleared.
const MAX_ORGANIZATIONS: usize = 10_000;

/// The limit, and the cached numbers of waiting deliveries by organization.
pub(crate) struct WaitingQuota {
    /// The limit per organization; `None` if there is no limit.
    limit: Option<i64>,
    waiting: HashMap<OrganizationId, Waiting>,
}

struct Waiting {
    number: i64,
    counted_at: Timestamp,
}

impl WaitingQuota {
    pub(crate) fn new(limit: Option<i64>) -> Self {
        Self { limit, waiting: HashMap::new() }
    }

    /// Returns how many deliveries an organization can add. `wanted` is the number that it is about to add.
    pub(crate) async fn remaining(
        &mut self,
        db: &Db,
        organization: &OrganizationId,
        wanted: usize,
        now: Timestamp,
    ) -> Result<usize> {
        let Some(limit) = self.limit else { return Ok(usize::MAX) };
        let remaining = |number: i64| usize::try_from(limit - number).unwrap_or(0);
        if let Some(known) = self.waiting.get(organization) {
            let remaining = remaining(known.number);
            let time_to_live = match known.number {
                _ if remaining < wanted => COUNT_FULL_EVERY,
                number if number < limit / 2 => COUNT_SELDOM_EVERY,
                _ => COUNT_EVERY,
            };
            if now.since(known.counted_at) < time_to_live {
                return Ok(remaining);
            }
        }
        let number = organization_usage::waiting_deliveries(&mut db.acquire().await?, organization, limit).await?;
        if self.waiting.len() >= MAX_ORGANIZATIONS {
            self.waiting.clear();
        }
        self.waiting.insert(organization.clone(), Waiting { number, counted_at: now });
        Ok(remaining(number))
    }

    /// Adds accepted deliveries to the cached number.
    pub(crate) fn add(&mut self, organization: &OrganizationId, number: usize) {
        if let Some(waiting) = self.waiting.get_mut(organization) {
            waiting.number = waiting.number.saturating_add(i64::try_from(number).unwrap_or(i64::MAX));
        }
    }
}
