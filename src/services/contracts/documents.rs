//! The text of documents, as the analysis read it: to look at, and to compare.

use super::scan::next_check;
use crate::{
    analysis::compare::compare,
    db::{
        ReadConnection,
        contracts::{analyses, versions},
    },
    domain::{
        account::users::Role,
        contract::{Contract, ScanStatus, analysis::AnalysisStatus, diff::Comparison},
        ids::ContractId,
        problem::Problem,
    },
    hub::{Hub, Result},
    jobs::enqueue_or_reschedule,
    services::{Actor, contracts, tenant_limiter::Permit},
};

impl Hub {
    /// The text of a version, to which the positions of its clauses refer; `None` until the version is analysed.
    ///
    /// # Errors
    /// There is no such version, or its virus scan withholds it.
    pub async fn version_text(&self, actor: &Actor, id: &ContractId, number: i64) -> Result<Option<String>> {
        let mut tx = self.db.read().await?;
        text(&mut tx, actor, id, number).await
    }

    /// The right to compare two versions, which is costly: few have it at once. [`Hub::compare_versions`] takes one.
    ///
    /// # Errors
    /// There was none in time.
    pub async fn diff_permit(&self, actor: &Actor) -> Result<Permit> {
        Ok(self.diffs.acquire(&actor.organization_id).await?)
    }

    /// What changed in the text from one version to another.
    ///
    /// # Errors
    /// There is no such version, one of the two has not been read or is withheld by its virus scan, or the server compares too many others.
    pub async fn compare_versions(&self, actor: &Actor, id: &ContractId, from: i64, to: i64) -> Result<Comparison> {
        let permit = self.diff_permit(actor).await?;
        let mut tx = self.db.read().await?;
        let old = text(&mut tx, actor, id, from).await?.ok_or(Problem::NoText)?;
        let new = text(&mut tx, actor, id, to).await?.ok_or(Problem::NoText)?;
        drop(tx);
        let computed = tokio::task::spawn_blocking(move || {
            // Held until the end, even when the request is cancelled.
            let _permit = permit;
            compare(&old, &new)
        });
        let (passages, is_cut) = computed.await.map_err(|_| Problem::Internal)?;
        Ok(Comparison { from, to, passages, is_cut })
    }

    /// Analyses a version again whose analysis failed. Any other is left as it is, and so is an infected one.
    ///
    /// # Errors
    /// The actor is only a viewer, or there is no such version.
    pub async fn retry_analysis(&self, actor: &Actor, id: &ContractId, number: i64) -> Result<Contract> {
        actor.require(Role::Member)?;
        let now = self.clock().now();
        let mut tx = self.begin_as(actor, Role::Member).await?;
        let row = contracts::find(&mut tx, actor, id).await?;
        let version = versions::find_number(&mut tx, &actor.organization_id, id, number).await?.ok_or(Problem::NotFound)?;
        let before = contracts::whole(&mut tx, row.clone()).await?;
        let is_failed = before.versions.iter().any(|v| v.number == number && v.analysis.status == AnalysisStatus::Failed);
        if !is_failed || version.scan_status == ScanStatus::Infected {
            return Ok(before);
        }
        analyses::set_status(&mut tx, &actor.organization_id, &version.id, (AnalysisStatus::Queued, None, None), now).await?;
        let (job, concurrency_key) = next_check(&version);
        enqueue_or_reschedule(&mut tx, &job, &actor.organization_id, concurrency_key.as_ref(), now).await?;
        let contract = contracts::whole(&mut tx, row).await?;
        tx.commit().await?;
        self.notifier.notify();
        Ok(contract)
    }
}

async fn text(tx: &mut ReadConnection, actor: &Actor, id: &ContractId, number: i64) -> Result<Option<String>> {
    contracts::find(tx, actor, id).await?;
    let version = versions::find_number(tx, &actor.organization_id, id, number).await?.ok_or(Problem::NotFound)?;
    version.check_released()?;
    Ok(analyses::text(tx, &actor.organization_id, &version.id).await?)
}
