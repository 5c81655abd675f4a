//! What clients were told. A line is written only after a whole answer was read.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What was promised.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Lines>);

/// Its lines.
#[derive(Debug, Default)]
pub struct Lines {
    /// Deliveries that were accepted, and their Opportunities.
    pub accepted: BTreeMap<String, String>,
    /// Every Opportunity that any call named, answered or not.
    pub named: BTreeSet<String>,
    /// How many calls were answered, and how many were hung up on or broke.
    pub answered: u64,
    /// Calls without an answer.
    pub unanswered: u64,
    /// Calls that were told to come back.
    pub put_off: u64,
    /// Answers that nobody should get.
    pub wrong: Vec<String>,
    /// The last status of each contract that was acknowledged; `None` once an answer is missing.
    pub statuses: BTreeMap<String, Option<String>>,
}

impl Ledger {
    /// The lines, to read or to write; never held across an await.
    pub fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
