//! Warnings for the operator about settings and missing system features that weaken security.

use crate::db;
use crate::domain::operator_warning::OperatorWarning;
use crate::hub::Hub;
use crate::services::Isolation;
use std::sync::atomic::Ordering;

impl Hub {
    /// Checks the isolation at the first call. Later calls return the first result.
    pub async fn check_isolation(&self) -> &Isolation {
        self.isolation.get_or_init(|| Isolation::check(&self.reader)).await
    }

    /// Returns the current warnings. Includes missing layers of isolation only after [`Self::check_isolation`].
    pub fn operator_warnings(&self) -> Vec<OperatorWarning> {
        let config = self.config();
        [
            (config.rate_limit_factor == 0.0, OperatorWarning::RateLimitsOff),
            (config.providers().any(|provider| !provider.allowed_hosts.is_empty()), OperatorWarning::ExtraProviderHosts),
            (config.allow_http, OperatorWarning::HttpAllowed),
            (db::may_skip_tls(&config.database_url), OperatorWarning::DatabaseWithoutTls),
            (self.db.uncertain_file_system().is_some(), OperatorWarning::DatabaseOnSharedFolder),
            (self.forwarded_for_ignored.load(Ordering::Relaxed), OperatorWarning::ForwardedForIgnored),
        ]
        .into_iter()
        .chain(self.isolation.get().into_iter().flat_map(Isolation::warnings))
        .filter_map(|(applies, warning)| applies.then_some(warning))
        .collect()
    }

    /// Records that a request contained `X-Forwarded-For` although no proxy is configured as trusted. The first call logs a
    /// warning.
    pub fn record_ignored_forwarded_for(&self) {
        let flag = &self.forwarded_for_ignored;
        if !flag.load(Ordering::Relaxed) && !flag.swap(true, Ordering::Relaxed) {
            let warning = OperatorWarning::ForwardedForIgnored;
            tracing::warn!(variable = warning.variable(), "{warning}");
        }
    }
}
