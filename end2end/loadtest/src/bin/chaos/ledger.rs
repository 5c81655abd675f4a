//! Record of webhook calls, status changes and their responses. A response counts only if the client has read it completely.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
pub struct Ledger(Mutex<Lines>);

#[derive(Debug, Default)]
pub struct Lines {
    /// Opportunity ids of the accepted deliveries, by delivery id.
    pub accepted: BTreeMap<String, String>,
    /// Ids of the Opportunities in all calls, including calls without a response.
    pub named: BTreeSet<String>,
    /// Number of calls with a response.
    pub answered: u64,
    /// Number of calls without a response, including connections that the client closed early.
    pub unanswered: u64,
    /// Number of responses with status 503 and `Retry-After`.
    pub put_off: u64,
    pub wrong: Vec<String>,
    /// Last acknowledged status by contract id. `None` if the last change was not acknowledged.
    pub statuses: BTreeMap<String, Option<String>>,
}

impl Ledger {
    /// Locks the ledger. Callers must not hold the guard across an `.await`.
    pub fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
