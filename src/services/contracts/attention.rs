//! Reasons why a user must look at a contract, and the dismissal of a newer version.

use crate::db;
use crate::db::contracts as table;
use crate::domain::account::users::Role;
use crate::domain::contract::attention::Attention;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::ContractId;
use crate::domain::problem::Problem;
use crate::hub::{Hub, Result};
use crate::services::Actor;

impl Hub {
    /// Dismisses the notice about a newer version. Has no effect if the contract has no such notice.
    pub async fn dismiss_newer_version(&self, actor: &Actor, id: &ContractId) -> Result<()> {
        actor.require(Role::Member)?;
        let mut tx = self.begin_as(actor, Role::Member).await?;
        let row = table::find_locked(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        if !row.has_newer_version {
            return Ok(());
        }
        table::set_newer_version(&mut tx, &actor.organization_id, id, false, self.clock().now()).await?;
        let summary = format!("{} dismissed the notice about a newer version", actor.name);
        let line = self.activity(actor, ActivityKind::AttentionDismissed, summary).contract(id);
        db::audit::activity::insert(&mut tx, line).await?;
        Ok(tx.commit().await?)
    }
}

/// Selects the reasons that apply.
pub(super) fn of(reasons: [(Attention, bool); Attention::ALL.len()]) -> Vec<Attention> {
    reasons.into_iter().filter_map(|(attention, applies)| applies.then_some(attention)).collect()
}
