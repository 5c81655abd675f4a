//! Records the responses that clients have read completely.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
pub struct Ledger(Mutex<Lines>);

#[derive(Debug, Default)]
pub struct Lines {
    /// Opportunities by the ids of accepted deliveries.
    pub accepted: BTreeMap<String, String>,
    /// Opportunities in all calls, including calls without a response.
    pub named: BTreeSet<String>,
    /// Number of calls with a response.
    pub answered: u64,
    /// Number of calls without a response, including connections that the client closed early.
    pub unanswered: u64,
    /// Number of responses with status 503 and `Retry-After`.
    pub put_off: u64,
    pub wrong: Vec<String>,
    /// Last acknowledged status by contract. `None` if the last change received no response.
    pub statuses: BTreeMap<String, Option<String>>,
}

impl Ledger {
    /// Locks the ledger. Callers must not hold the guard across an `.await`.
    pub fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
