//! The quota of waiting deliveries per organization.
//!
//! The number of waiting deliveries is read from the database and cached, so that most webhook calls need no query. Accepted
//! webhook deliveries are added to the cached number. The cached number can be too high, because finished deliveries are not
//! subtracted. The cached number can be too low, because other servers accept deliveries, and redeliveries and reconciliations
//! are not added. The cached number therefore expires after some seconds.

use crate::db::Db;
use crate::db::account::organization_usage;
use crate::domain::ids::OrganizationId;
use crate::domain::time::Timestamp;
use crate::hub::error::Result;
use std::collections::HashMap;
use std::time::Duration;

/// Time to live of a cached number. During this time, several servers together can exceed the limit.
const COUNT_EVERY: Duration = Duration::from_secs(5);
/// Time to live of a number below half of the limit. It is longer, because counting delays the calls of all organizations.
const COUNT_SELDOM_EVERY: Duration = Duration::from_secs(30);
/// Time to live of a number that would cause a rejection.
const COUNT_FULL_EVERY: Duration = Duration::from_secs(1);
/// The cache is cleared if it contains this number of organizations.
const MAX_ORGANIZATIONS: usize = 10_000;

pub(crate) struct WaitingQuota {
    /// `None` if there is no limit.
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

    /// Returns the number of deliveries that an organization can add. `wanted` is the number of deliveries in the organization's
    /// calls.
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
