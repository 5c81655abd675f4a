//! Rejections because of a quota or a full disk.

use crate::domain::account::quota::Quota;
use crate::domain::problem::Problem;

/// Returns the problem for a rejection because of a quota, and counts the rejection in the metrics.
pub(crate) fn exceeded(quota: Quota) -> Problem {
    metrics::counter!("lexicontract_quota_refusals_total", "quota" => quota.into_str()).increment(1);
    Problem::QuotaExceeded(quota)
}

/// Returns the problem for a rejection because of a full disk, and counts the rejection in the metrics.
pub(crate) fn storage_full() -> Problem {
    metrics::counter!("lexicontract_quota_refusals_total", "quota" => "free_disk").increment(1);
    Problem::StorageFull
}
