//! The extracted text of document versions, and the diff of two versions.

use super::scan::next_check;
use crate::db::ReadConnection;
use crate::db::contracts::{analyses, versions};
use crate::domain::account::users::Role;
use crate::domain::contract::analysis::AnalysisStatus;
use crate::domain::contract::diff::Diff;
use crate::domain::contract::{Contract, ScanStatus};
use crate::domain::ids::ContractId;
use crate::domain::problem::Problem;
use crate::hub::{Hub, Result};
use crate::jobs::enqueue_or_reschedule;
use crate::services::tenant_limiter::Permit;
use crate::services::{Actor, contracts};
use analysis::diff::compare;

impl Hub {
    /// Returns the text to which the positions of clauses refer; `None` before the analysis. Fails with
    /// [`Problem::FileWithheld`] if the virus scan is not finished or found malware.
    pub async fn version_text(&self, actor: &Actor, id: &ContractId, number: i64) -> Result<Option<String>> {
        let mut tx = self.db.read().await?;
        text(&mut tx, actor, id, number).await
    }

    /// Waits for a permit to compute a diff, because concurrent diffs are limited. [`Hub::compare_versions`] acquires this
    /// permit.
    pub async fn diff_permit(&self, actor: &Actor) -> Result<Permit> {
        Ok(self.diffs.acquire(&actor.organization_id).await?)
    }

    pub async fn compare_versions(&self, actor: &Actor, id: &ContractId, from: i64, to: i64) -> Result<Diff> {
        let permit = self.diff_permit(actor).await?;
        let mut tx = self.db.read().await?;
        let old = text(&mut tx, actor, id, from).await?.ok_or(Problem::NoText)?;
        let new = text(&mut tx, actor, id, to).await?.ok_or(Problem::NoText)?;
        drop(tx);
        let computed = tokio::task::spawn_blocking(move || {
            // Holds the permit until the end of the computation, even if the request is cancelled.
            let _permit = permit;
            compare(&old, &new)
        });
        let (passages, is_cut) = computed.await.map_err(|_| Problem::Internal)?;
        Ok(Diff { from, to, passages, is_cut })
    }

    /// Queues a failed analysis again. Has no effect if the analysis did not fail or the file is infected.
    pub async fn retry_analysis(&self, actor: &Actor, id: &ContractId, number: i64) -> Result<Contract> {
        actor.require(Role::Member)?;
        let now = self.clock().now();
        let mut tx = self.begin_as(actor, Role::Member).await?;
        let row = contracts::find(&mut tx, actor, id).await?;
        let version = versions::find_number(&mut tx, &actor.organization_id, id, number).await?.ok_or(Problem::NotFound)?;
        let before = contracts::whole(&mut tx, row).await?;
        let is_failed = before.versions.iter().any(|v| v.number == number && v.analysis.status == AnalysisStatus::Failed);
        if !is_failed || version.scan_status == ScanStatus::Infected {
            return Ok(before);
        }
        analyses::set_status(&mut tx, &actor.organization_id, &version.id, AnalysisStatus::Queued, None, None, now).await?;
        let (job, concurrency_key) = next_check(&version);
        enqueue_or_reschedule(&mut tx, &job, &actor.organization_id, concurrency_key.as_ref(), now).await?;
        self.commit_contract(tx, actor, id).await
    }
}

async fn text(tx: &mut ReadConnection, actor: &Actor, id: &ContractId, number: i64) -> Result<Option<String>> {
    contracts::find(tx, actor, id).await?;
    let version = versions::find_number(tx, &actor.organization_id, id, number).await?.ok_or(Problem::NotFound)?;
    version.check_released()?;
    Ok(analyses::text(tx, &actor.organization_id, &version.id).await?)
}
