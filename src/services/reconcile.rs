//! Finds what no call told us of: Opportunities in a stage that starts a review, without a contract; and fields in Salesforce that do not
//! hold what was written to them. Both are repaired by the jobs that do the same after a call or a change.

use super::{session::Caller, status::connection_of};
use crate::{
    connectors::{Meter, OAuthConnector},
    db::{
        self, Tx,
        activity::NewActivity,
        connection_health,
        connections::ConnectionRow,
        contracts::{self, ContractRow},
        deliveries::{self, NewDelivery},
        intake,
        jobs::JobRow,
        reconciliations::{self, Outcome},
    },
    domain::{delivery::DeliveryStatus, ids::ConnectionId, opportunity::SalesforceId, timeline::ActivityKind},
    hub::{Hub, Result},
    jobs::{Job, JobError, enqueue},
};
use serde_json::json;
use std::time::Duration;

/// How often a connection is compared with its org.
pub(super) const EVERY: Duration = Duration::from_secs(60 * 60);
/// How many Opportunities one query asks for, and how many queries one run makes at most; the next run goes on.
const OPPORTUNITIES: usize = 500;
const OPPORTUNITY_QUERIES: usize = 4;
/// How many contracts one query compares, and how many queries one run makes at most.
const CONTRACTS: i64 = 100;
const CONTRACT_QUERIES: usize = 10;
/// From this share of a hundred of the org's calls on, a comparison leaves the rest to what is urgent.
const ENOUGH_USED: i64 = 80;
/// A delivery that failed is tried again by a comparison after this long; its own reason stands in the list of deliveries.
const AFTER_FAILURE: Duration = Duration::from_secs(24 * 60 * 60);
/// How many repairs one line of the audit names.
const NAMED: usize = 10;

const BUDGET: &str = "The comparison stopped early, because the Salesforce org has used more than 80 percent of its API calls of the last 24 \
     hours. It goes on where it stopped in an hour.";

/// A comparison under way.
struct Run<'r> {
    row: &'r ConnectionRow,
    connector: &'static dyn OAuthConnector,
    meter: Meter,
    outcome: Outcome,
    /// Opportunities whose delivery was queued, and contracts whose write-back was.
    missed: Vec<String>,
    differing: Vec<String>,
}

impl Hub {
    /// The job: compares a connection's contracts with its org.
    pub(crate) async fn reconcile(&self, job: &JobRow, id: &ConnectionId) -> std::result::Result<(), JobError> {
        let Some(row) = self.found(job, id).await?.filter(|row| row.is_enabled) else { return self.complete(job).await };
        self.not_paused(job.into(), &row)?;
        let connector = self.usable(&row)?;
        let mut tx = self.db.read().await?;
        let before = reconciliations::find(&mut tx, &row.organization_id, id).await?;
        drop(tx);
        let mut tx = self.db.begin().await?;
        reconciliations::note_beginning(&mut tx, &row.organization_id, id, self.clock().now()).await?;
        tx.commit().await?;
        let (last_opportunity, last_contract) =
            before.map(|before| (before.last_opportunity, before.last_contract)).unwrap_or_default();
        let mut run = Run {
            row: &row,
            connector,
            meter: Meter::default(),
            outcome: Outcome { last_opportunity, last_contract, ..Outcome::default() },
            missed: Vec::new(),
            differing: Vec::new(),
        };
        self.find_missed(&mut run).await?;
        self.find_differing(&mut run).await?;
        self.note_reconciled(job, run).await
    }

    /// Opportunities in the stages that call, page by page, each page from after the last id of the one before.
    async fn find_missed(&self, run: &mut Run<'_>) -> std::result::Result<(), JobError> {
        let stages = run.row.metadata.settings.trigger_stages();
        for _ in 0..OPPORTUNITY_QUERIES {
            if run.has_used_enough() {
                return Ok(());
            }
            let after: Option<SalesforceId> = run.outcome.last_opportunity.parse().ok();
            let (ctx, connector, meter) = (&self.ctx, run.connector, &run.meter);
            let (stages, after) = (&stages, after.as_ref());
            let found = self
                .with_session(Caller::Schedule, run.row, connector, move |session| async move {
                    let found = connector.opportunities_in(ctx, &session, stages, after, OPPORTUNITIES).await;
                    meter.note(session.meter.read());
                    found
                })
                .await?;
            self.queue_missed(run, &found).await?;
            run.outcome.opportunities += count(&found);
            self.note_progress(run).await?;
            match found.last() {
                Some(last) if found.len() >= OPPORTUNITIES => run.outcome.last_opportunity = last.to_string(),
                _ => {
                    run.outcome.last_opportunity.clear();
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn queue_missed(&self, run: &mut Run<'_>, found: &[SalesforceId]) -> Result<()> {
        let mut tx = self.db.read().await?;
        let mut missed = Vec::new();
        for opportunity in found {
            if self.is_missed(&mut tx, run.row, opportunity).await? {
                missed.push(opportunity);
            }
        }
        drop(tx);
        if missed.is_empty() {
            return Ok(());
        }
        // As in the intake: first the connection, then the Opportunities in one order.
        missed.sort_by_key(|opportunity| opportunity.as_str());
        let mut tx = self.db.begin().await?;
        if intake::hold_connection(&mut tx, (&run.row.organization_id, &run.row.id)).await?.is_none() {
            return Ok(());
        }
        for opportunity in missed {
            run.outcome.found += 1;
            if self.deliver_missed(&mut tx, run.row, opportunity).await? {
                run.outcome.repaired += 1;
                run.missed.push(opportunity.to_string());
            }
        }
        tx.commit().await?;
        self.wake.wake();
        Ok(())
    }

    /// Whether an Opportunity has no contract, and nothing is about to make one. One that failed lately is not tried every hour.
    async fn is_missed(&self, tx: &mut Tx, row: &ConnectionRow, opportunity: &SalesforceId) -> Result<bool> {
        if contracts::find_by_opportunity(tx, &row.organization_id, opportunity.as_str()).await?.is_some() {
            return Ok(false);
        }
        let latest = deliveries::latest_of(tx, &row.organization_id, &row.id, opportunity).await?;
        Ok(latest.is_none_or(|delivery| match delivery.status {
            DeliveryStatus::Accepted | DeliveryStatus::Processing | DeliveryStatus::Parked => false,
            DeliveryStatus::Done => true,
            DeliveryStatus::Failed => self.clock().now().since(delivery.received_at) >= AFTER_FAILURE,
        }))
    }

    /// The same delivery that a call makes; `false` when a call was faster.
    async fn deliver_missed(&self, tx: &mut Tx, row: &ConnectionRow, opportunity: &SalesforceId) -> Result<bool> {
        let now = self.clock().now();
        let delivery = NewDelivery::new((&row.organization_id, &row.id), opportunity);
        if intake::insert_unless_waiting(tx, std::slice::from_ref(&delivery), now).await?.is_empty() {
            return Ok(false);
        }
        let id = delivery.id;
        enqueue(tx, &Job::Ingest(id.clone()), &row.organization_id, Some(&row.id), now).await?;
        let summary = "The comparison with Salesforce found the Opportunity in a stage that starts a review, without a contract";
        let line = NewActivity::new(&row.organization_id, ActivityKind::Reconciled, "LexiContract", summary, now);
        db::activity::insert(tx, line.delivery(&id).connection(&row.id)).await?;
        Ok(true)
    }

    /// Contracts whose status was written, page by page: what the field holds now against what was written last.
    async fn find_differing(&self, run: &mut Run<'_>) -> std::result::Result<(), JobError> {
        for _ in 0..CONTRACT_QUERIES {
            if run.has_used_enough() {
                return Ok(());
            }
            let mut tx = self.db.read().await?;
            let (organization, account) = (&run.row.organization_id, &run.row.external_account_id);
            let page = contracts::written(&mut tx, organization, account, &run.outcome.last_contract, CONTRACTS).await?;
            drop(tx);
            let ids: Vec<SalesforceId> = page.iter().filter_map(opportunity_of).collect();
            let (ctx, connector, meter) = (&self.ctx, run.connector, &run.meter);
            let (ids, field) = (&ids, run.row.metadata.settings.status_field());
            let values = self
                .with_session(Caller::Schedule, run.row, connector, move |session| async move {
                    let values = connector.field_values(ctx, &session, ids, field).await;
                    meter.note(session.meter.read());
                    values
                })
                .await?;
            for contract in &page {
                let value = opportunity_of(contract).and_then(|id| values.iter().find(|(found, _)| *found == id));
                if value.is_some_and(|(_, value)| *value != contract.last_synced_value) {
                    self.write_again(run, contract).await?;
                }
            }
            run.outcome.contracts += count(&page);
            self.note_progress(run).await?;
            match page.last() {
                Some(last) if count(&page) >= CONTRACTS => {
                    run.outcome.last_contract = last.id.to_string();
                }
                _ => {
                    run.outcome.last_contract.clear();
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The same write-back that a change makes, unless one came meanwhile.
    async fn write_again(&self, run: &mut Run<'_>, contract: &ContractRow) -> Result<()> {
        run.outcome.found += 1;
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        let current = contracts::find(&mut tx, &contract.organization_id, &contract.id).await?;
        let is_as_read = current.as_ref().is_some_and(|current| {
            current.sync_status == contract.sync_status && current.last_synced_at == contract.last_synced_at
        });
        let leads_here = connection_of(&mut tx, contract).await?.is_some_and(|connection| connection.id == run.row.id);
        if !is_as_read || !leads_here {
            return Ok(());
        }
        self.queue_push(&mut tx, contract).await?;
        let summary = "The comparison with Salesforce found that the Opportunity does not show the status that was written; it is written again";
        let line = NewActivity::new(&contract.organization_id, ActivityKind::Reconciled, "LexiContract", summary, now);
        db::activity::insert(&mut tx, line.contract(&contract.id).connection(&run.row.id)).await?;
        tx.commit().await?;
        self.wake.wake();
        run.outcome.repaired += 1;
        run.differing.push(contract.id.to_string());
        Ok(())
    }

    /// Tells the connection's page how far a run is.
    async fn note_progress(&self, run: &Run<'_>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        reconciliations::note_progress(&mut tx, &run.row.organization_id, &run.row.id, &run.outcome).await?;
        Ok(tx.commit().await?)
    }

    async fn note_reconciled(&self, job: &JobRow, mut run: Run<'_>) -> std::result::Result<(), JobError> {
        let now = self.clock().now();
        let row = run.row;
        metrics::counter!("lexicontract_reconciliation_found_total").increment(u64::try_from(run.outcome.found).unwrap_or(0));
        metrics::counter!("lexicontract_reconciliation_repaired_total")
            .increment(u64::try_from(run.outcome.repaired).unwrap_or(0));
        let mut tx = self.db.begin().await?;
        reconciliations::note_run(&mut tx, &row.organization_id, &row.id, &run.outcome, now).await?;
        connection_health::note_success(&mut tx, &row.organization_id, &row.id, now).await?;
        if run.outcome.found > 0 {
            let (found, repaired) = (run.outcome.found, run.outcome.repaired);
            let summary = format!("The comparison with {} found {found} differences and repairs {repaired}", row.account_label);
            run.missed.truncate(NAMED);
            run.differing.truncate(NAMED);
            let detail = json!({
                "found": found, "repaired": repaired, "opportunities": run.missed, "contracts": run.differing,
            });
            let line = NewActivity::new(&row.organization_id, ActivityKind::Reconciled, "LexiContract", summary, now);
            db::activity::insert(&mut tx, line.connection(&row.id).detail(detail)).await?;
        }
        if !db::jobs::complete(&mut tx, job).await? {
            return Err(JobError::claim_lost());
        }
        Ok(tx.commit().await?)
    }

    /// Tells the connection's page why a comparison did not come to its end.
    pub(crate) async fn note_reconciliation_ending(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        id: &ConnectionId,
        sentence: &str,
    ) -> Result<()> {
        Ok(reconciliations::note_failure(tx, &job.organization_id, id, sentence).await?)
    }
}

impl Run<'_> {
    /// Whether the org's calls are needed for what is urgent; says so in the outcome.
    fn has_used_enough(&mut self) -> bool {
        let has = self.meter.read().is_some_and(|allowance| allowance.is_above(ENOUGH_USED));
        if has {
            self.outcome.note = Some(BUDGET.to_owned());
        }
        has
    }
}

fn count<T>(found: &[T]) -> i64 {
    i64::try_from(found.len()).unwrap_or(i64::MAX)
}

fn opportunity_of(contract: &ContractRow) -> Option<SalesforceId> {
    contract.salesforce_opportunity_id.as_deref()?.parse().ok()
}
