//! What a delivery would do, asked without doing it.

use super::Actor;
use crate::{
    domain::{dry_run::DryRun, ids::ConnectionId, opportunity::SalesforceId},
    hub::{Hub, Result},
};

impl Hub {
    /// Reads the Opportunity and its files, and says what a delivery would make of them. Writes nothing.
    pub async fn dry_run(&self, _actor: &Actor, _id: &ConnectionId, _opportunity: &SalesforceId) -> Result<DryRun> {
        unimplemented!()
    }
}
