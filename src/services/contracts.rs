//! Contracts: list and look.

use super::Actor;
use crate::{
    domain::{
        contract::{Contract, ContractSummary, NegotiationStatus},
        ids::ContractId,
        page::{Page, PageRequest},
        timeline::TimelineEntry,
    },
    hub::{Hub, Result},
};

/// Which contracts to list.
#[derive(Clone, Debug, Default)]
pub struct ContractFilter {
    /// Only those with this status.
    pub status: Option<NegotiationStatus>,
    /// Only those whose title, Opportunity or account holds this text, whatever the case.
    pub text: Option<String>,
    /// Which page.
    pub page: PageRequest,
}

impl Hub {
    /// The organization's contracts, newest first.
    pub async fn contracts(&self, _actor: &Actor, _filter: &ContractFilter) -> Result<Page<ContractSummary>> {
        unimplemented!()
    }
    /// One of them, whole.
    pub async fn contract(&self, _actor: &Actor, _id: &ContractId) -> Result<Contract> {
        unimplemented!()
    }
    /// What happened to it, oldest first.
    pub async fn timeline(&self, _actor: &Actor, _id: &ContractId, _page: &PageRequest) -> Result<Page<TimelineEntry>> {
        unimplemented!()
    }
}
