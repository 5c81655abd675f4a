//! Reconciliation of a connection with its account at the provider. A run finds missed deals and differing deals. A missed deal
//! entered a trigger stage after polling started, but no webhook call or poll reported the deal. The status field of a differing
//! deal has another value than its contract requires. For a missed deal, the run queues the same jobs as a webhook call. For a
//! differing deal, the run queues the same job as a status change.

use super::polling::{self, Cursor};
use super::session::Caller;
use crate::connectors::{ApiUsage, Deals};
use crate::db::audit::activity::NewActivity;
use crate::db::connections::reconciliations::{self, Outcome};
use crate::db::connections::{ConnectionRow, issues};
use crate::db::contracts;
use crate::db::contracts::contract_links::{self, LinkRow};
use crate::db::deliveries::ingestion::{self, Reporter};
use crate::db::deliveries::{self, DeliveryRow, NewDelivery};
use crate::db::jobs::JobRow;
use crate::db::{self};
use crate::domain::connection::deal::Entry;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::delivery::{DeliveryStatus, Origin};
use crate::domain::ids::ConnectionId;
use crate::domain::record::{RecordId, RecordRef};
use crate::hub::{Hub, Result};
use crate::jobs::{self, JobResult};
use crate::services::contracts::status::connection_of;
use crate::services::deliveries::ingest::is_erased;
use serde_json::json;
use std::time::Duration;

pub(crate) const EVERY: Duration = Duration::from_secs(60 * 60);
// Limits of one run. The next run continues where this run stopped.
const DEALS_PER_QUERY: usize = 500;
const DEAL_QUERIES: usize = 4;
const CONTRACTS_PER_QUERY: i64 = 100;
const CONTRACT_QUERIES: usize = 10;
/// Percentage of used API calls at which a run stops, to leave the remaining calls for more urgent work.
const API_USAGE_LIMIT: i64 = 80;
/// Minimum time after a failed delivery before a run queues the deal again.
const FAILURE_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);
/// Maximum number of repaired deals, and of repaired contracts, in one audit log entry.
const MAX_LISTED: usize = 10;

const STOPPED_EARLY: &str = "The reconciliation stopped early, because the account has used more than 80 percent of its API calls of the last 24 hours. It \
     continues in an hour where it stopped.";

const MISSED: Reporter<'static> = Reporter {
    name: "LexiContract",
    summary: "The reconciliation found the deal in a stage that starts a review, without a contract",
    kind: ActivityKind::Reconciled,
};

struct Run<'r> {
    row: &'r ConnectionRow,
    deals: &'static dyn Deals,
    api_usage: ApiUsage,
    outcome: Outcome,
    /// Ids of deals for which a delivery was queued.
    missed: Vec<String>,
    /// Ids of contracts for which a write-back was queued.
    differing: Vec<String>,
}

impl Hub {
    pub(crate) async fn reconcile(&self, job: &JobRow, id: &ConnectionId) -> JobResult {
        let Some(row) = self.connection_of_job(job, id).await?.filter(|row| row.is_enabled) else {
            return self.complete(job).await;
        };
        self.not_paused(job.into(), &row)?;
        let deals = self.usable(&row)?;
        let before = reconciliations::find(&mut self.db.acquire().await?, &row.organization_id, id).await?;
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

    /// Queues deliveries for missed deals, in the order of the deals' ids. Does not import a deal again after its contract was
    /// erased, because the event of such a deal is known.
    async fn find_missed(&self, run: &mut Run<'_>) -> JobResult {
        let organization = &run.row.organization_id;
        let Some(cursor) = Cursor::find(&mut self.db.acquire().await?, organization, &run.row.id).await? else { return Ok(()) };
        let rule = run.row.metadata.settings.trigger_rule();
        for _ in 0..DEAL_QUERIES {
            if run.is_over_limit() {
                return Ok(());
            }
            let after = Some(&run.outcome.last_record).filter(|id| !id.is_empty()).map(RecordId::new);
            let (deals, api_usage) = (run.deals, &run.api_usage);
            let (rule, after) = (&rule, after.as_ref());
            let found = self
                .with_session(Caller::Schedule, run.row, move |call| async move {
                    let found = deals.in_stages(&call, rule, after, DEALS_PER_QUERY).await;
                    api_usage.record(call.api_usage().read());
                    found
                })
                .await?;
            let remaining = self.remaining_deliveries(&mut self.db.acquire().await?, organization).await?;
            let since: Vec<&Entry> = found.iter().filter(|entry| cursor.is_after_start(entry)).take(remaining).collect();
            self.queue_missed(run, &since).await?;
            self.queue_failed(run, &since).await?;
            run.outcome.records += count(&found);
            self.record_progress(run).await?;
            let last = found.last().filter(|_| found.len() >= DEALS_PER_QUERY);
            run.outcome.last_record = last.map(|entry| entry.deal.to_string()).unwrap_or_default();
            if last.is_none() {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn queue_missed(&self, run: &mut Run<'_>, entries: &[&Entry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        if !polling::is_current(&mut tx, run.row).await? {
            return Ok(());
        }
        let inserted = polling::insert_entries(&mut tx, run.row, entries, MISSED, now).await?;
        tx.commit().await?;
        run.outcome.found += count(&inserted.accepted);
        run.outcome.repaired += count(&inserted.accepted);
        run.missed.extend(inserted.accepted.iter().map(ToString::to_string));
        self.notifier.notify();
        Ok(())
    }

    /// Queues a new delivery for each deal without a contract whose last delivery failed some time ago.
    async fn queue_failed(&self, run: &mut Run<'_>, entries: &[&Entry]) -> Result<()> {
        let now = self.clock().now();
        let mut tx = self.db.read().await?;
        let mut failed = Vec::new();
        for entry in entries {
            let record = RecordRef::deal(entry.deal.clone());
            let latest = deliveries::latest_of(&mut tx, &run.row.organization_id, &run.row.id, &record).await?;
            let is_failed = |delivery: &DeliveryRow| {
                delivery.status == DeliveryStatus::Failed && now.since(delivery.received_at) >= FAILURE_PAUSE
            };
            let Some(delivery) = latest.filter(is_failed) else { continue };
            if contract_links::find_source(&mut tx, run.row.account(), &record).await?.is_none() {
                failed.push(delivery);
            }
        }
        drop(tx);
        for delivery in failed {
            run.outcome.found += 1;
            if self.deliver_again(run.row, &delivery).await? {
                run.outcome.repaired += 1;
                run.missed.push(delivery.record_id.to_string());
            }
        }
        Ok(())
    }

    /// Queues a new delivery of the deal. Returns `false` if a concurrent webhook call has queued one, or if the contract of the deal
    /// was erased.
    async fn deliver_again(&self, row: &ConnectionRow, failed: &DeliveryRow) -> Result<bool> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        if ingestion::lock_connection(&mut tx, &row.organization_id, &row.id).await?.is_none() {
            return Ok(false);
        }
        if is_erased(&mut tx, row, &failed.record()).await? {
            return Ok(false);
        }
        let delivery = NewDelivery {
            applies_rule: failed.applies_rule,
            ..NewDelivery::new(&row.organization_id, &row.id, failed.record(), Origin::Poll)
        };
        if ingestion::insert_unless_waiting(&mut tx, std::slice::from_ref(&delivery), now).await?.is_empty() {
            return Ok(false);
        }
        ingestion::insert_jobs(&mut tx, std::iter::once((&delivery, MISSED)), now).await?;
        tx.notify_job().await?;
        tx.commit().await?;
        self.notifier.notify();
        Ok(true)
    }

    /// Compares the status fields of the deals with the values to write, and queues write-backs for different values.
    async fn find_differing(&self, run: &mut Run<'_>) -> JobResult {
        for _ in 0..CONTRACT_QUERIES {
            if run.is_over_limit() {
                return Ok(());
            }
            let mut tx = self.db.read().await?;
            let page = contract_links::written(&mut tx, run.row.account(), &run.outcome.last_link, CONTRACTS_PER_QUERY).await?;
            drop(tx);
            let ids: Vec<RecordId> = page.iter().map(|row| row.link.record_id.clone()).collect();
            let (deals, api_usage, settings) = (run.deals, &run.api_usage, &run.row.metadata.settings);
            let (ids, field) = (&ids, settings.status_field());
            let values = self
                .with_session(Caller::Schedule, run.row, move |call| async move {
                    let values = deals.values(&call, ids, field).await;
                    api_usage.record(call.api_usage().read());
                    values
                })
                .await?;
            for row in &page {
                let expected = settings.value_to_write(row.negotiation_status, row.has_version);
                let found = values.iter().find(|(record, _)| *record == row.link.record_id);
                if found.is_some_and(|(_, value)| value.as_deref() != Some(expected)) {
                    self.write_again(run, &row.link).await?;
                }
            }
            run.outcome.contracts += count(&page);
            self.record_progress(run).await?;
            let last = page.last().filter(|_| count(&page) >= CONTRACTS_PER_QUERY);
            run.outcome.last_link = last.map(|last| last.link.id.to_string()).unwrap_or_default();
            if last.is_none() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Queues a write-back, unless the link has changed since `link` was read.
    async fn write_again(&self, run: &mut Run<'_>, link: &LinkRow) -> Result<()> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        // Skips links for which another connection to the same account is responsible, because its settings can differ.
        if connection_of(&mut tx, link).await?.is_none_or(|connection| connection.id != run.row.id) {
            return Ok(());
        }
        // Prevents an erasure until the commit.
        if contracts::find_locked(&mut tx, &link.organization_id, &link.contract_id).await?.is_none() {
            return Ok(());
        }
        run.outcome.found += 1;
        let current = contract_links::find(&mut tx, &link.organization_id, &link.id).await?;
        let is_unchanged = current
            .is_some_and(|current| current.sync_status == link.sync_status && current.last_synced_at == link.last_synced_at);
        if !is_unchanged {
            return Ok(());
        }
        self.queue_push(&mut tx, link).await?;
        let summary = "The reconciliation found that the deal does not show the written status, so the status is written again";
        let line = NewActivity::new(&link.organization_id, ActivityKind::Reconciled, "LexiContract", summary, now);
        db::audit::activity::insert(&mut tx, line.contract(&link.contract_id).connection(&run.row.id)).await?;
        tx.commit().await?;
        self.notifier.notify();
        run.outcome.repaired += 1;
        run.differing.push(link.contract_id.to_string());
        Ok(())
    }

    async fn record_progress(&self, run: &Run<'_>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        reconciliations::record_progress(&mut tx, &run.row.organization_id, &run.row.id, &run.outcome).await?;
        Ok(tx.commit().await?)
    }

    async fn record_reconciled(&self, job: &JobRow, mut run: Run<'_>) -> JobResult {
        let now = self.clock().now();
        let row = run.row;
        let (found, repaired) = (run.outcome.found, run.outcome.repaired);
        metrics::counter!("lexicontract_reconciliation_found_total").increment(found.unsigned_abs());
        metrics::counter!("lexicontract_reconciliation_repaired_total").increment(repaired.unsigned_abs());
        let mut tx = self.db.begin().await?;
        reconciliations::record_run(&mut tx, &row.organization_id, &row.id, &run.outcome, now).await?;
        issues::record_success(&mut tx, &row.organization_id, &row.id, now).await?;
        if found > 0 {
            let summary =
                format!("The reconciliation with {} found {found} differences and repairs {repaired}", row.account_label);
            run.missed.truncate(MAX_LISTED);
            run.differing.truncate(MAX_LISTED);
            let detail = json!({ "found": found, "repaired": repaired, "deals": run.missed, "contracts": run.differing });
            let line = NewActivity::new(&row.organization_id, ActivityKind::Reconciled, "LexiContract", summary, now);
            db::audit::activity::insert(&mut tx, line.connection(&row.id).detail(detail)).await?;
        }
        jobs::complete(&mut tx, job).await?;
        Ok(tx.commit().await?)
    }
}

impl Run<'_> {
    /// Returns `true` and adds a note to the outcome if the run must stop to save API calls.
    fn is_over_limit(&mut self) -> bool {
        let is_over = self.api_usage.read().is_some_and(|limit| limit.is_above(API_USAGE_LIMIT));
        if is_over {
            self.outcome.note = Some(STOPPED_EARLY.to_owned());
        }
        is_over
    }
}

fn count<T>(found: &[T]) -> i64 {
    i64::try_from(found.len()).unwrap_or(i64::MAX)
}
