//! Finds what no event reported: deals in a stage that starts a review, without a contract; and fields at the provider that do not hold what
//! was written to them. Both are repaired by the jobs that do the same after an event or a change.

use super::session::Caller;
use crate::{
    connectors::{ApiUsage, Deals},
    db::{
        self, ReadConnection, Tx,
        audit::activity::NewActivity,
        connections::{
            ConnectionRow, issues,
            reconciliations::{self, Outcome},
        },
        contracts::contract_links::{self, LinkRow},
        deliveries::{self, NewDelivery, ingestion},
        jobs::JobRow,
    },
    domain::{
        connection::{
            deal::TriggerRule,
            record::{RecordId, RecordRef},
        },
        contract::timeline::ActivityKind,
        delivery::{DeliveryStatus, Origin},
        ids::ConnectionId,
    },
    hub::{Hub, Result},
    jobs::{Job, JobError, enqueue},
    services::contracts::status::connection_of,
};
use serde_json::json;
use std::time::Duration;

/// How often a connection is compared with its account.
pub(crate) const EVERY: Duration = Duration::from_secs(60 * 60);
/// How many deals one query asks for, and how many queries one run makes at most; the next run goes on.
const DEALS: usize = 500;
const DEAL_QUERIES: usize = 4;
/// How many contracts one query compares, and how many queries one run makes at most.
const CONTRACTS: i64 = 100;
const CONTRACT_QUERIES: usize = 10;
/// From this share of a hundred of the account's calls on, a comparison leaves the rest to what is urgent.
const ENOUGH_USED: i64 = 80;
/// A delivery that failed is tried again by a comparison after this long; its own reason stands in the list of deliveries.
const AFTER_FAILURE: Duration = Duration::from_secs(24 * 60 * 60);
/// How many repairs one line of the audit names.
const NAMED: usize = 10;

const BUDGET: &str = "The comparison stopped early, because the account has used more than 80 percent of its API calls of the last 24 hours. It \
     continues in an hour where it stopped.";

/// A comparison under way.
struct Run<'r> {
    row: &'r ConnectionRow,
    deals: &'static dyn Deals,
    api_usage: ApiUsage,
    outcome: Outcome,
    /// Deals whose delivery was queued, and contracts whose write-back was.
    missed: Vec<String>,
    differing: Vec<String>,
}

impl Hub {
    /// The job: compares a connection's contracts with its account.
    pub(crate) async fn reconcile(&self, job: &JobRow, id: &ConnectionId) -> std::result::Result<(), JobError> {
        let Some(row) = self.found(job, id).await?.filter(|row| row.is_enabled) else { return self.complete(job).await };
        self.not_paused(job.into(), &row)?;
        let deals = self.usable(&row)?;
        let mut tx = self.db.read().await?;
        let before = reconciliations::find(&mut tx, &row.organization_id, id).await?;
        drop(tx);
        let mut tx = self.db.begin().await?;
        reconciliations::record_start(&mut tx, &row.organization_id, id, self.clock().now()).await?;
        tx.commit().await?;
        let (last_record, last_link) = before.map(|before| (before.last_record, before.last_link)).unwrap_or_default();
        let mut run = Run {
            row: &row,
            deals,
            api_usage: ApiUsage::default(),
            outcome: Outcome { last_record, last_link, ..Outcome::default() },
            missed: Vec::new(),
            differing: Vec::new(),
        };
        self.find_missed(&mut run).await?;
        self.find_differing(&mut run).await?;
        self.record_reconciled(job, run).await
    }

    /// Deals that the rule admits, page by page, each page from after the last id of the one before.
    async fn find_missed(&self, run: &mut Run<'_>) -> std::result::Result<(), JobError> {
        let rule = TriggerRule { stages: run.row.metadata.settings.trigger_stages() };
        for _ in 0..DEAL_QUERIES {
            if run.has_used_enough() {
                return Ok(());
            }
            let after = Some(&run.outcome.last_record).filter(|id| !id.is_empty()).map(RecordId::new);
            let (deals, api_usage) = (run.deals, &run.api_usage);
            let (rule, after) = (&rule, after.as_ref());
            let found = self
                .with_session(Caller::Schedule, run.row, move |call| async move {
                    let found = deals.entered(&call, rule, after, DEALS).await;
                    api_usage.note(call.api_usage().read());
                    found
                })
                .await?;
            self.queue_missed(run, &found).await?;
            run.outcome.records += count(&found);
            self.record_progress(run).await?;
            match found.last() {
                Some(last) if found.len() >= DEALS => run.outcome.last_record = last.to_string(),
                _ => {
                    run.outcome.last_record.clear();
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn queue_missed(&self, run: &mut Run<'_>, found: &[RecordId]) -> Result<()> {
        let mut tx = self.db.read().await?;
        let mut missed = Vec::new();
        for id in found {
            let record = RecordRef::deal(id.clone());
            if self.is_missed(&mut tx, run.row, &record).await? {
                missed.push(record);
            }
        }
        drop(tx);
        if missed.is_empty() {
            return Ok(());
        }
        // As in the intake: first the connection, then the records in one order.
        missed.sort();
        let mut tx = self.db.begin().await?;
        if ingestion::hold_connection(&mut tx, (&run.row.organization_id, &run.row.id)).await?.is_none() {
            return Ok(());
        }
        for record in missed {
            run.outcome.found += 1;
            if self.deliver_missed(&mut tx, run.row, &record).await? {
                run.outcome.repaired += 1;
                run.missed.push(record.id.to_string());
            }
        }
        tx.commit().await?;
        self.notifier.notify();
        Ok(())
    }

    /// Whether a deal has no contract, and nothing is about to make one. One that failed lately is not tried every hour.
    async fn is_missed(&self, tx: &mut ReadConnection, row: &ConnectionRow, record: &RecordRef) -> Result<bool> {
        if contract_links::find_source(tx, row.account(), record).await?.is_some() {
            return Ok(false);
        }
        let latest = deliveries::latest_of(tx, &row.organization_id, &row.id, record).await?;
        Ok(latest.is_none_or(|delivery| match delivery.status {
            DeliveryStatus::Accepted | DeliveryStatus::Processing | DeliveryStatus::Parked => false,
            DeliveryStatus::Done => true,
            DeliveryStatus::Failed => self.clock().now().since(delivery.received_at) >= AFTER_FAILURE,
        }))
    }

    /// The same delivery that a call makes; `false` when a call was faster.
    async fn deliver_missed(&self, tx: &mut Tx, row: &ConnectionRow, record: &RecordRef) -> Result<bool> {
        let now = self.clock().now();
        let delivery = NewDelivery::new((&row.organization_id, &row.id), record.clone(), Origin::Poll);
        if ingestion::insert_unless_waiting(tx, std::slice::from_ref(&delivery), now).await?.is_empty() {
            return Ok(false);
        }
        let id = delivery.id;
        enqueue(tx, &Job::Ingest(id.clone()), &row.organization_id, Some(&row.id), now).await?;
        let summary = "The comparison with the provider found the deal in a stage that starts a review, without a contract";
        let line = NewActivity::new(&row.organization_id, ActivityKind::Reconciled, "LexiContract", summary, now);
        db::audit::activity::insert(tx, line.delivery(&id).connection(&row.id)).await?;
        Ok(true)
    }

    /// Links whose value was written, page by page: what the field holds now is compared with what was written last.
    async fn find_differing(&self, run: &mut Run<'_>) -> std::result::Result<(), JobError> {
        for _ in 0..CONTRACT_QUERIES {
            if run.has_used_enough() {
                return Ok(());
            }
            let mut tx = self.db.read().await?;
            let page = contract_links::written(&mut tx, run.row.account(), &run.outcome.last_link, CONTRACTS).await?;
            drop(tx);
            let ids: Vec<RecordId> = page.iter().map(|link| link.record_id.clone()).collect();
            let (deals, api_usage) = (run.deals, &run.api_usage);
            let (ids, field) = (&ids, run.row.metadata.settings.status_field());
            let values = self
                .with_session(Caller::Schedule, run.row, move |call| async move {
                    let values = deals.values(&call, ids, field).await;
                    api_usage.note(call.api_usage().read());
                    values
                })
                .await?;
            for link in &page {
                let value = values.iter().find(|(found, _)| *found == link.record_id);
                if value.is_some_and(|(_, value)| *value != link.last_synced_value) {
                    self.write_again(run, link).await?;
                }
            }
            run.outcome.contracts += count(&page);
            self.record_progress(run).await?;
            match page.last() {
                Some(last) if count(&page) >= CONTRACTS => run.outcome.last_link = last.id.to_string(),
                _ => {
                    run.outcome.last_link.clear();
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Queues the same write-back as a change does, unless one was queued concurrently.
    async fn write_again(&self, run: &mut Run<'_>, link: &LinkRow) -> Result<()> {
        run.outcome.found += 1;
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        let current = contract_links::find(&mut tx, &link.organization_id, &link.id).await?;
        let is_as_read = current
            .as_ref()
            .is_some_and(|current| current.sync_status == link.sync_status && current.last_synced_at == link.last_synced_at);
        let leads_here = connection_of(&mut tx, link).await?.is_some_and(|connection| connection.id == run.row.id);
        if !is_as_read || !leads_here {
            return Ok(());
        }
        self.queue_push(&mut tx, link).await?;
        let summary =
            "The comparison with the provider found that the deal does not show the status that was written; it is written again";
        let line = NewActivity::new(&link.organization_id, ActivityKind::Reconciled, "LexiContract", summary, now);
        db::audit::activity::insert(&mut tx, line.contract(&link.contract_id).connection(&run.row.id)).await?;
        tx.commit().await?;
        self.notifier.notify();
        run.outcome.repaired += 1;
        run.differing.push(link.contract_id.to_string());
        Ok(())
    }

    /// Tells the connection's page how far a run is.
    async fn record_progress(&self, run: &Run<'_>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        reconciliations::record_progress(&mut tx, &run.row.organization_id, &run.row.id, &run.outcome).await?;
        Ok(tx.commit().await?)
    }

    async fn record_reconciled(&self, job: &JobRow, mut run: Run<'_>) -> std::result::Result<(), JobError> {
        let now = self.clock().now();
        let row = run.row;
        metrics::counter!("lexicontract_reconciliation_found_total").increment(u64::try_from(run.outcome.found).unwrap_or(0));
        metrics::counter!("lexicontract_reconciliation_repaired_total")
            .increment(u64::try_from(run.outcome.repaired).unwrap_or(0));
        let mut tx = self.db.begin().await?;
        reconciliations::record_run(&mut tx, &row.organization_id, &row.id, &run.outcome, now).await?;
        issues::record_success(&mut tx, &row.organization_id, &row.id, now).await?;
        if run.outcome.found > 0 {
            let (found, repaired) = (run.outcome.found, run.outcome.repaired);
            let summary = format!("The comparison with {} found {found} differences and repairs {repaired}", row.account_label);
            run.missed.truncate(NAMED);
            run.differing.truncate(NAMED);
            let detail = json!({
                "found": found, "repaired": repaired, "deals": run.missed, "contracts": run.differing,
            });
            let line = NewActivity::new(&row.organization_id, ActivityKind::Reconciled, "LexiContract", summary, now);
            db::audit::activity::insert(&mut tx, line.connection(&row.id).detail(detail)).await?;
        }
        if !db::jobs::complete(&mut tx, job).await? {
            return Err(JobError::claim_lost());
        }
        Ok(tx.commit().await?)
    }

    /// Tells the connection's page why a comparison did not come to its end.
    pub(crate) async fn record_reconciliation_outcome(
        &self,
        tx: &mut Tx,
        job: &JobRow,
        id: &ConnectionId,
        sentence: &str,
    ) -> Result<()> {
        Ok(reconciliations::record_failure(tx, &job.organization_id, id, sentence).await?)
    }
}

impl Run<'_> {
    /// Whether the account's calls are needed for what is urgent; says so in the outcome.
    fn has_used_enough(&mut self) -> bool {
        let has = self.api_usage.read().is_some_and(|allowance| allowance.is_above(ENOUGH_USED));
        if has {
            self.outcome.note = Some(BUDGET.to_owned());
        }
        has
    }
}

fn count<T>(found: &[T]) -> i64 {
    i64::try_from(found.len()).unwrap_or(i64::MAX)
}
