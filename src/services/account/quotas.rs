//! Usage of an organization and its limits. A transaction checks the limits after its inserts. The inserts lock the row with the
//! usage until commit, so concurrent transactions cannot exceed a limit together.

use super::quota_rejection::{exceeded, storage_full};
use crate::db::account::organization_usage as table;
use crate::db::{ReadConnection, Tx};
use crate::domain::account::quota::{Quota, QuotaUsage, Usage};
use crate::domain::ids::OrganizationId;
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::services::Actor;
use std::time::Duration;

pub(crate) const HOUR: Duration = Duration::from_secs(60 * 60);
/// Number at which counting stops if a quota is unlimited.
const MAX_COUNT: i64 = 1_000_000;

impl Hub {
    pub async fn usage(&self, actor: &Actor) -> Result<Usage> {
        let organization = &actor.organization_id;
        let mut tx = self.db.read().await?;
        let stored = table::find(&mut tx, organization).await?;
        let since = self.clock().now() - HOUR;
        let uploads = table::uploads_since(&mut tx, organization, since, MAX_COUNT).await?;
        let waiting = table::waiting_deliveries(&mut tx, organization, MAX_COUNT).await?;
        let usage = |quota, used| QuotaUsage { used, limit: self.quota(quota) };
        Ok(Usage {
            storage_bytes: usage(Quota::StorageBytes, stored.storage_bytes),
            contracts: usage(Quota::Contracts, stored.contracts),
            uploads_per_hour: usage(Quota::UploadsPerHour, uploads),
            waiting_deliveries: usage(Quota::WaitingDeliveries, waiting),
            users: usage(Quota::Users, stored.users),
        })
    }

    /// Fails if the storage quota is used up or the disk is full. The server calls this function to reject an upload before it
    /// reads the body.
    pub async fn check_room(&self, actor: &Actor) -> Result<()> {
        self.room_for_file(&mut self.db.acquire().await?, &actor.organization_id).await.map(drop)
    }

    /// Returns the maximum size of a file that the organization can store now.
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

    /// Fails if a quota has no room for one more item. This check does not lock the usage, so a concurrent transaction can still
    /// use up the quota. The transaction must therefore call [`Self::check_quotas`] after its inserts.
    pub(crate) async fn check_places(
        &self,
        tx: &mut ReadConnection,
        organization: &OrganizationId,
        quotas: &[Quota],
    ) -> Result<()> {
        self.check(tx, organization, quotas, 1).await
    }

    /// Fails if the changes of this transaction exceed a quota.
    pub(crate) async fn check_quotas(&self, tx: &mut Tx, organization: &OrganizationId, quotas: &[Quota]) -> Result<()> {
        self.check(tx, organization, quotas, 0).await
    }

    /// Returns the number of deliveries that the organization can add.
    pub(crate) async fn remaining_deliveries(&self, tx: &mut ReadConnection, organization: &OrganizationId) -> Result<usize> {
        let Some(limit) = self.quota(Quota::WaitingDeliveries) else { return Ok(usize::MAX) };
        let waiting = table::waiting_deliveries(tx, organization, limit).await?;
        Ok(usize::try_from(limit - waiting).unwrap_or(0))
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

/// Returns the usage of a quota. If the usage is not stored but counted, the count stops at `limit` + 1.
async fn used(tx: &mut ReadConnection, organization: &OrganizationId, quota: Quota, limit: i64, now: Timestamp) -> Result<i64> {
    let max_count = limit.saturating_add(1);
    Ok(match quota {
        Quota::StorageBytes => table::find(tx, organization).await?.storage_bytes,
        Quota::Contracts => table::find(tx, organization).await?.contracts,
        Quota::Users => table::find(tx, organization).await?.users,
        Quota::UploadsPerHour => table::uploads_since(tx, organization, now - HOUR, max_count).await?,
        Quota::WaitingDeliveries => table::waiting_deliveries(tx, organization, max_count).await?,
    })
}
