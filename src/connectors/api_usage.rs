use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

/// Number of API calls that the account has used in the provider's current counting period, and the maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiLimit {
    pub used: i64,
    pub max: i64,
}

impl ApiLimit {
    /// Returns true if the used calls have reached this percentage of the maximum.
    pub fn is_above(self, percent: i64) -> bool {
        self.max > 0 && self.used.saturating_mul(100) >= self.max.saturating_mul(percent)
    }
}

/// The API usage that the provider last reported. Clones share the value.
#[derive(Clone, Debug, Default)]
pub struct ApiUsage(Arc<Mutex<Option<ApiLimit>>>);

impl ApiUsage {
    /// Stores the API limit that a response reported. `None` keeps the previous limit.
    pub fn record(&self, limit: Option<ApiLimit>) {
        if limit.is_some() {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = limit;
        }
    }

    pub fn read(&self) -> Option<ApiLimit> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
