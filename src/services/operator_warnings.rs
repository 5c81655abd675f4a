//! Warnings for the operator about settings and systems that weaken security.

use crate::{db, domain::operator_warning::OperatorWarning, hub::Hub, services::Isolation};
use std::sync::atomic::Ordering;

impl Hub {
    /// Returns the current warnings. The server logs them at startup, and a settings page shows them.
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
        .filter_map(|(applies, warning)| applies.then_some(warning))
        .chain(self.isolation.get().into_iter().flat_map(Isolation::warnings))
        .collect()
    }

    /// Records that `X-Forwarded-For` was received although no proxy is configured as trusted. Logs a warning the first time.
    pub fn record_ignored_forwarded_for(&self) {
        let flag = &self.forwarded_for_ignored;
        if !flag.load(Ordering::Relaxed) && !flag.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                variable = OperatorWarning::ForwardedForIgnored.variable(),
                "{}",
                OperatorWarning::ForwardedForIgnored
            );
        }
    }
}
