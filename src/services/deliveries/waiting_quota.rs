//! How many more deliveries each organization may have waiting, at next to no cost for a call.
//!
//! The database is asked when an organization calls first; what is accepted is added here, and what ends is not subtracted. So the number
//! is never too low for one server. It is counted again when it may be too high, and after some seconds, because other servers accept too.

use super::ingestion::Call;
use crate::{
    db::{Db, account::organization_usage},
    domain::{ids::OrganizationId, time::Timestamp},
    hub::Result,
};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

/// How long a number is used: several servers together exceed the limit by what the others accept in this time.
const COUNT_EVERY: Duration = Duration::from_secs(5);
/// The same while less than half of the limit is used: counting many deliveries would keep the calls of all organizations waiting.
const COUNT_SELDOM_EVERY: Duration = Duration::from_secs(30);
/// How long a number is used for refusing.
const COUNT_FULL_EVERY: Duration = Duration::from_secs(1);
/// Of so many organizations numbers are kept; beyond, all are counted again.
const MOST_ORGANIZATIONS: usize = 10_000;

/// The deliveries that wait, by organization.
pub(crate) struct WaitingQuota {
    limit: Option<i64>,
    waiting: HashMap<OrganizationId, Waiting>,
}

#[derive(Clone, Copy)]
struct Waiting {
    number: i64,
    counted_at: Timestamp,
}

impl WaitingQuota {
    pub(crate) fn new(limit: Option<i64>) -> Self {
        Self { limit, waiting: HashMap::new() }
    }

    /// For each call, whether it certainly fits, with all others of its organization.
    pub(crate) async fn fitting(&mut self, db: &Db, calls: &[Call], now: Timestamp) -> Result<Vec<bool>> {
        if self.limit.is_none() {
            return Ok(vec![true; calls.len()]);
        }
        let mut wanted: HashMap<&OrganizationId, usize> = HashMap::new();
        for call in calls {
            *wanted.entry(call.organization()).or_default() += call.records.len();
        }
        let mut tight = HashSet::new();
        for (organization, number) in wanted {
            if self.room(db, organization, number, now).await? < number {
                tight.insert(organization);
            }
        }
        Ok(calls.iter().map(|call| !tight.contains(call.organization())).collect())
    }

    /// How many more deliveries an organization that wants so many may have.
    pub(crate) async fn room(&mut self, db: &Db, of: &OrganizationId, wanted: usize, now: Timestamp) -> Result<usize> {
        let Some(limit) = self.limit else { return Ok(usize::MAX) };
        let room = |waiting: Waiting| usize::try_from(limit - waiting.number).unwrap_or(0);
        if let Some(known) = self.waiting.get(of) {
            let used_for = match room(*known) {
                room if room < wanted => COUNT_FULL_EVERY,
                _ if known.number < limit / 2 => COUNT_SELDOM_EVERY,
                _ => COUNT_EVERY,
            };
            if now.since(known.counted_at) < used_for {
                return Ok(room(*known));
            }
        }
        let number = organization_usage::waiting_deliveries(&mut db.acquire().await?, of, limit).await?;
        if self.waiting.len() >= MOST_ORGANIZATIONS {
            self.waiting.clear();
        }
        let counted = Waiting { number, counted_at: now };
        self.waiting.insert(of.clone(), counted);
        Ok(room(counted))
    }

    /// Adds deliveries that were accepted.
    pub(crate) fn accepted(&mut self, organization: &OrganizationId, number: usize) {
        if let Some(waiting) = self.waiting.get_mut(organization) {
            waiting.number = waiting.number.saturating_add(i64::try_from(number).unwrap_or(i64::MAX));
        }
    }
}
