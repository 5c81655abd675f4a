//! Erasure of contracts.

use crate::domain::ids::ContractId;
use serde::{Deserialize, Serialize};

/// What an erasure removed, for the receipt. Contains no content of the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasedContract {
    pub id: ContractId,
    pub counts: ErasureCounts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureCounts {
    /// Versions, each with its file, text and findings.
    pub versions: i64,
    /// Entries of the timeline and of the audit log.
    pub entries: i64,
    pub deliveries: i64,
}
