//! Gauges for the whole installation: jobs, connections, quotas and free disk space.

use super::account::quotas::HOUR;
use crate::db;
use crate::domain::account::quota::Quota;
use crate::files::StorageIssue;
use crate::hub::{Hub, Result};
use std::time::Duration;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// Number of jobs for each kind and state. Dead letters have the state `dead`.
    pub jobs: Vec<(String, String, i64)>,
    /// Delay of the job that has been due for the longest time.
    pub oldest_due: Duration,
    /// Number of connections for each state.
    pub connections: Vec<(String, i64)>,
    pub quotas: Vec<QuotaMetric>,
    /// Free bytes, as the minimum over all disks that hold files or the SQLite database.
    pub free_disk: Option<u64>,
}

/// The usage of a quota in the whole installation. Metrics per organization are omitted, because the number of organizations is
/// unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaMetric {
    pub quota: Quota,
    pub used: i64,
    /// Number of organizations that use at least 80 % of the quota.
    pub high: i64,
    /// Number of organizations that have reached the quota.
    pub full: i64,
}

impl Hub {
    pub async fn measure(&self) -> Result<Metrics> {
        let now = self.clock().now();
        let mut tx = self.db.read().await?;
        let oldest = db::metrics::oldest_due(&mut tx, now).await?;
        let mut quotas = Vec::with_capacity(Quota::ALL.len());
        for &quota in Quota::ALL {
            let full = self.config().quotas.limit(quota).unwrap_or(i64::MAX);
            let (used, high, full) = db::metrics::quota(&mut tx, quota, full - full / 5, full, now - HOUR).await?;
            quotas.push(QuotaMetric { quota, used, high, full });
        }
        Ok(Metrics {
            quotas,
            free_disk: self.files.disks().free(),
            jobs: db::metrics::jobs(&mut tx).await?,
            oldest_due: oldest.map_or(Duration::ZERO, |due| now.since(due)),
            connections: db::metrics::connections(&mut tx).await?,
        })
    }

    /// Fails if the database does not accept writes.
    pub async fn can_write(&self) -> Result<()> {
        let mut tx = self.db.begin().await?;
        db::metrics::probe(&mut tx, self.clock().now()).await?;
        Ok(tx.commit().await?)
    }

    pub async fn check_storage(&self) -> std::result::Result<(), StorageIssue> {
        self.files.check().await
    }
}
