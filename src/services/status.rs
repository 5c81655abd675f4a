//! The negotiation status, and its way to Salesforce.

use super::Actor;
use crate::{
    domain::{
        contract::{Contract, NegotiationStatus},
        ids::ContractId,
    },
    hub::{Hub, Result},
};

impl Hub {
    /// Changes the status and queues its write-back in one transaction. The value it has, already written, changes nothing.
    pub async fn change_status(&self, _actor: &Actor, _id: &ContractId, _status: NegotiationStatus) -> Result<Contract> {
        unimplemented!()
    }
    /// Tries the write-back again now.
    pub async fn retry_sync(&self, _actor: &Actor, _id: &ContractId) -> Result<Contract> {
        unimplemented!()
    }
}
