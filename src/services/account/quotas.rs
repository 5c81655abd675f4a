//! Quotas: how much an organization uses, and what is refused beyond its limits.
//!
//! What is stored is checked in the transaction that adds it, after the insert: its usage row is locked until the commit, so of two
//! transactions at once only one gets the last place.

use crate::{
    db::{ReadConnection, Tx, account::organization_usage as table},
    domain::{
        account::quota::{Quota, QuotaUsage, Usage},
        ids::OrganizationId,
        problem::Problem,
        time::Timestamp,
    },
    hub::{Hub, Result},
    services::Actor,
};
use std::time::Duration;

/// The window of the quota of uploads.
pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);
/// What is shown of a quota that is not limited is counted no further.
const COUNTED_AT_MOST: i64 = 1_000_000;

impl Hub {
    /// How much the actor's organization uses of each quota. Every role may know.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn usage(&self, actor: &Actor) -> Result<Usage> {
        let organization = &actor.organization_id;
        let mut tx = self.db.read().await?;
        let stored = table::find(&mut tx, organization).await?;
        let since = self.clock().now() - HOUR;
        let uploads = table::uploads_since(&mut tx, organization, since, COUNTED_AT_MOST).await?;
        let waiting = table::waiting_deliveries(&mut tx, organization, COUNTED_AT_MOST).await?;
        let usage = |quota, used| QuotaUsage { used, limit: self.quota(quota) };
        Ok(Usage {
            storage_bytes: usage(Quota::StorageBytes, stored.storage_bytes),
            contracts: usage(Quota::Contracts, stored.contracts),
            uploads_per_hour: usage(Quota::UploadsPerHour, uploads),
            waiting_deliveries: usage(Quota::WaitingDeliveries, waiting),
            users: usage(Quota::Users, stored.users),
        })
    }

    /// Refuses a file before any of it is read: the storage is full, or the disk is.
    ///
    /// # Errors
    /// [`Problem::StorageFull`] or [`Problem::QuotaExceeded`].
    pub async fn check_room(&self, actor: &Actor) -> Result<()> {
        self.room_for_file(&mut self.db.acquire().await?, &actor.organization_id).await.map(drop)
    }

    /// The largest file that the organization may store now.
    pub(crate) async fn room_for_file(&self, tx: &mut ReadConnection, organization: &OrganizationId) -> Result<u64> {
        if !self.files.disks().has_room() {
            return Err(storage_full().into());
        }
        let largest = self.config().max_file_bytes;
        let Some(limit) = self.quota(Quota::StorageBytes) else { return Ok(largest) };
        match u64::try_from(limit - table::find(tx, organization).await?.storage_bytes) {
            Ok(room @ 1..) => Ok(room.min(largest)),
            _ => Err(exceeded(Quota::StorageBytes).into()),
        }
    }

    /// Refuses what would not be the last place of a quota, before it is begun. [`Self::check_quotas`] decides.
    pub(crate) async fn check_places(
        &self,
        tx: &mut ReadConnection,
        organization: &OrganizationId,
        quotas: &[Quota],
    ) -> Result<()> {
        self.check(tx, organization, quotas, 1).await
    }

    /// Refuses what this transaction has added beyond a quota.
    pub(crate) async fn check_quotas(&self, tx: &mut Tx, organization: &OrganizationId, quotas: &[Quota]) -> Result<()> {
        self.check(tx, organization, quotas, 0).await
    }

    async fn check(&self, tx: &mut ReadConnection, organization: &OrganizationId, quotas: &[Quota], more: i64) -> Result<()> {
        for quota in quotas {
            let Some(limit) = self.quota(*quota) else { continue };
            if limit.saturating_sub(more) < used(tx, organization, *quota, limit, self.clock().now()).await? {
                return Err(exceeded(*quota).into());
            }
        }
        Ok(())
    }

    fn quota(&self, quota: Quota) -> Option<i64> {
        self.config().quotas.limit(quota)
    }
}

/// How much is used of a quota; counts no further than one beyond the limit.
async fn used(tx: &mut ReadConnection, organization: &OrganizationId, quota: Quota, limit: i64, now: Timestamp) -> Result<i64> {
    let at_most = limit.saturating_add(1);
    Ok(match quota {
        Quota::StorageBytes => table::find(tx, organization).await?.storage_bytes,
        Quota::Contracts => table::find(tx, organization).await?.contracts,
        Quota::Users => table::find(tx, organization).await?.users,
        Quota::UploadsPerHour => table::uploads_since(tx, organization, now - HOUR, at_most).await?,
        Quota::WaitingDeliveries => table::waiting_deliveries(tx, organization, at_most).await?,
    })
}

/// The refusal, counted.
pub(crate) fn exceeded(quota: Quota) -> Problem {
    metrics::counter!("lexicontract_quota_refusals_total", "quota" => quota.as_str()).increment(1);
    Problem::QuotaExceeded(quota)
}

/// The same for the reserve of free disk.
pub(crate) fn storage_full() -> Problem {
    metrics::counter!("lexicontract_quota_refusals_total", "quota" => "free_disk").increment(1);
    Problem::StorageFull
}
