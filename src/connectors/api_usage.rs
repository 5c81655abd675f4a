//! What a provider says about an account's allowance while it is called.

use std::sync::{Arc, Mutex, PoisonError};

/// How many calls an account has used and how many it may make, in the provider's own period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiLimit {
    /// Used so far.
    pub used: i64,
    /// The most.
    pub max: i64,
}

impl ApiLimit {
    /// Whether more than this share of a hundred is used.
    pub fn is_above(self, percent: i64) -> bool {
        self.max > 0 && self.used.saturating_mul(100) >= self.max.saturating_mul(percent)
    }
}

/// Remembers the allowance that was told last. Its clones are the same meter.
#[derive(Clone, Debug, Default)]
pub struct ApiUsage(Arc<Mutex<Option<ApiLimit>>>);

impl ApiUsage {
    /// What an answer told; an answer that tells nothing changes nothing.
    pub fn note(&self, allowance: Option<ApiLimit>) {
        if let Some(allowance) = allowance {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(allowance);
        }
    }

    /// What was told last.
    pub fn read(&self) -> Option<ApiLimit> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
