//! Records the responses that clients received. A response is recorded only after the client has read it completely.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Record of all calls and responses, shared by the clients.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Lines>);

/// Content of the ledger.
#[derive(Debug, Default)]
pub struct Lines {
    /// Ids of accepted deliveries, with the Opportunity of each delivery.
    pub accepted: BTreeMap<String, String>,
    /// Ids of the Opportunities in all calls, including calls without a response.
    pub named: BTreeSet<String>,
    /// Number of calls with a response.
    pub answered: u64,
    /// Number of calls without a response. Includes calls whose connection the client closed early.
    pub unanswered: u64,
    /// Number of calls that received the status 503 with `Retry-After`.
    pub put_off: u64,
    /// Responses that clients did not expect.
    pub wrong: Vec<String>,
    /// Last acknowledged status of each contract; `None` if the last change received no response.
    pub statuses: BTreeMap<String, Option<String>>,
}

impl Ledger {
    /// Locks the ledger for reading and writing. The guard must not be held across an await point.
    pub fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
