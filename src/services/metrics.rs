//! Whether it works, in numbers: what waits, since when, what was given up, and how the connections are.

use super::account::quotas::HOUR;
use crate::{
    db,
    domain::account::quota::Quota,
    files::StorageIssue,
    hub::{Hub, Result},
};
use std::time::Duration;

/// Numbers over the whole installation, as they are now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// Jobs by kind and state. The state `dead` holds the dead letters.
    pub jobs: Vec<(String, String, i64)>,
    /// How long the job has been due that has waited for longest.
    pub oldest_due: Duration,
    /// Connections by state.
    pub connections: Vec<(String, i64)>,
    /// The quotas.
    pub quotas: Vec<QuotaMetric>,
    /// The free bytes of the disk with the fewest, of those that files and the SQLite database are on.
    pub free_disk: Option<u64>,
}

/// How much of a quota is used over the whole installation: the number of organizations is not bounded, so none is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaMetric {
    /// The quota.
    pub quota: Quota,
    /// What all organizations use together.
    pub used: i64,
    /// How many organizations use four fifths of it or more.
    pub high: i64,
    /// How many organizations have reached it.
    pub full: i64,
}

impl Hub {
    /// Counts what there is.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn measure(&self) -> Result<Metrics> {
        let now = self.clock().now();
        let mut tx = self.db.read().await?;
        let oldest = db::metrics::oldest_due(&mut tx, now).await?;
        let mut quotas = Vec::with_capacity(Quota::ALL.len());
        for quota in Quota::ALL {
            let full = self.config().quotas.limit(quota).unwrap_or(i64::MAX);
            let (used, high, full) = db::metrics::quota(&mut tx, quota, (full - full / 5, full), now - HOUR).await?;
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

    /// Whether a row can be written durably: what a delivery needs.
    ///
    /// # Errors
    /// It cannot.
    pub async fn can_write(&self) -> Result<()> {
        let mut tx = self.db.begin().await?;
        db::metrics::probe(&mut tx, self.clock().now()).await?;
        Ok(tx.commit().await?)
    }

    /// Whether files can be read and written.
    ///
    /// # Errors
    /// Why they cannot.
    pub async fn check_storage(&self) -> std::result::Result<(), StorageIssue> {
        self.files.check().await
    }
}
