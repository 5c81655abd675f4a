//! Polling: finds the deals that entered a trigger stage, without a webhook. Each page of changes is stored in one transaction:
//! the deliveries, the keys of their events, and the position of the next page.

mod backlog;
mod cursor;
mod pace;
mod start;

pub use backlog::BacklogFilter;
pub(crate) use cursor::Cursor;
pub(crate) use start::{request_changed_starts, request_starts};

use super::session::Caller;
use crate::connectors::{ApiUsage, Changes, Deals};
use crate::db::account::organization_usage;
use crate::db::connections::{ConnectionRow, issues, sync_cursors};
use crate::db::deliveries::delivery_events::{self, NewEvent};
use crate::db::deliveries::ingestion::{self, Reporter};
use crate::db::deliveries::{self, NewDelivery};
use crate::db::jobs::JobRow;
use crate::db::{ReadConnection, Tx};
use crate::domain::account::quota::Quota;
use crate::domain::connection::deal::{Entry, TriggerRule};
use crate::domain::connection::polling::Polling;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::delivery::Origin;
use crate::domain::ids::{ConnectionId, OrganizationId};
use crate::domain::record::{RecordId, RecordRef};
use crate::domain::time::Timestamp;
use crate::fail_points::{Step, reach};
use crate::hub::{Hub, Result};
use crate::jobs::{self, JobError, JobResult};
use crate::services::{Actor, connections};
use start::Starter;
use std::collections::HashSet;
use std::time::Duration;

const CHANGES_PER_PAGE: usize = 500;
/// Maximum number of pages of one run. The next run continues after them.
const PAGES_PER_RUN: usize = 40;
/// Time after which a poll that did not finish is queued again.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(60);
const FOUND: Reporter<'static> =
    Reporter { name: "LexiContract", summary: "Found the deal in a stage that starts a review", kind: ActivityKind::DealFound };
const QUOTA: &str =
    "Too many deliveries of the organization are waiting, so new deals are read later. We continue automatically.";

impl Hub {
    /// Runs [`crate::jobs::Job::Poll`].
    pub(crate) async fn poll(&self, job: &JobRow, id: &ConnectionId) -> JobResult {
        let row = self.connection_of_job(job, id).await?.filter(|row| row.is_enabled);
        let Some(row) = row.filter(|row| row.metadata.settings.poll_interval().is_some()) else {
            return self.complete(job).await;
        };
        self.not_paused(job.into(), &row)?;
        let deals = self.usable(&row)?;
        self.make_starts(&row, deals, Starter::Poll).await?;
        let api_usage = ApiUsage::default();
        for _ in 0..PAGES_PER_RUN {
            if self.poll_page(&row, deals, &api_usage).await? {
                break;
            }
        }
        let now = self.clock().now();
        let (organization, settings) = (&row.organization_id, &row.metadata.settings);
        let mut tx = self.db.begin().await?;
        let mut cursor = Cursor::find_locked(&mut tx, organization, id).await?;
        cursor.polled_at = Some(now);
        cursor.api_limit = api_usage.read().or(cursor.api_limit);
        cursor.store(&mut tx, organization, id, now).await?;
        let interval = pace::pace(settings, &cursor).map_or(Duration::ZERO, |(interval, _)| interval);
        let seconds = i64::try_from(interval.as_secs()).unwrap_or(i64::MAX);
        sync_cursors::record_poll(&mut tx, organization, id, now + interval, seconds).await?;
        issues::record_success(&mut tx, organization, id, now).await?;
        jobs::complete(&mut tx, job).await?;
        Ok(tx.commit().await?)
    }

    /// Reads and stores one page of changes. Returns true if it was the last one.
    async fn poll_page(&self, row: &ConnectionRow, deals: &'static dyn Deals, api_usage: &ApiUsage) -> JobResult<bool> {
        let cursor = Cursor::find(&mut self.db.acquire().await?, &row.organization_id, &row.id).await?.unwrap_or_default();
        let (rule, from) = (row.metadata.settings.trigger_rule(), cursor.begin(self.clock().now()));
        let (rule, from) = (&rule, &from);
        let call = move |call: crate::connectors::Call| async move {
            let changes = deals.changed(&call, rule, from, CHANGES_PER_PAGE).await;
            api_usage.record(call.api_usage().read());
            changes
        };
        let changes = self.with_session(Caller::Schedule, row, call).await?;
        let is_last = changes.is_complete || changes.position == *from;
        let found = self.store_changes(row, rule, changes).await?;
        if found > 0 {
            metrics::counter!("lexicontract_deliveries_polled_total").increment(found as u64);
            self.notifier.notify();
        }
        Ok(is_last)
    }

    /// Returns the number of new deliveries.
    async fn store_changes(&self, row: &ConnectionRow, rule: &TriggerRule, changes: Changes) -> JobResult<usize> {
        let (organization, now) = (&row.organization_id, self.clock().now());
        let mut tx = self.db.begin().await?;
        if ingestion::lock_connection(&mut tx, organization, &row.id).await?.is_none() {
            return Ok(0);
        }
        let mut cursor = Cursor::find_locked(&mut tx, organization, &row.id).await?;
        let entries: Vec<&Entry> = changes.entries.iter().filter(|entry| cursor.is_after_start(entry)).collect();
        let found = insert_entries(&mut tx, row, rule, &entries, FOUND, now).await?;
        self.check_waiting(&mut tx, organization, found.accepted.len()).await?;
        cursor.count_reports(&entries, &found.new, &found.reported);
        cursor.advance(&changes.position, now);
        cursor.store(&mut tx, organization, &row.id, now).await?;
        if !found.new.is_empty() {
            sync_cursors::record_event(&mut tx, organization, &row.id, now).await?;
        }
        reach(Step::PollStoring);
        tx.commit().await?;
        reach(Step::PollStored);
        Ok(found.accepted.len())
    }

    /// Fails if `added` deliveries exceed the quota of waiting deliveries. The deliveries are in the transaction already.
    pub(super) async fn check_waiting(&self, tx: &mut ReadConnection, organization: &OrganizationId, added: usize) -> JobResult {
        let Some(limit) = self.config().quotas.limit(Quota::WaitingDeliveries).filter(|_| added > 0) else { return Ok(()) };
        let waiting = organization_usage::waiting_deliveries(tx, organization, limit + 1).await?;
        if waiting > limit { Err(JobError::postpone(self.clock().now() + RETRY_AFTER, QUOTA)) } else { Ok(()) }
    }

    /// Returns how a connection is polled; `None` if the provider has no deals.
    pub async fn polling(&self, actor: &Actor, id: &ConnectionId) -> Result<Option<Polling>> {
        let mut tx = self.db.acquire().await?;
        let row = connections::find(&mut tx, actor, id).await?;
        let Some(found) = sync_cursors::find(&mut tx, &actor.organization_id, id).await? else { return Ok(None) };
        let cursor = Cursor::parse(&found)?;
        let (interval, slow_because) = pace::pace(&row.metadata.settings, &cursor).unwrap_or_default();
        Ok(Some(Polling {
            interval_seconds: interval.as_secs(),
            slow_because,
            polled_at: cursor.polled_at,
            last_event_at: found.last_event_at,
            last_error: found.last_error,
            api_calls_used: cursor.api_limit.map(|limit| limit.used),
            api_calls_max: cursor.api_limit.map(|limit| limit.max),
        }))
    }
}

/// What the entries of a page led to.
pub(super) struct Inserted {
    /// Deals that have a new delivery.
    pub(super) accepted: Vec<RecordId>,
    /// Keys of events that were unknown.
    new: HashSet<String>,
    /// Keys of events that somebody has reported already.
    reported: HashSet<String>,
}

/// Inserts the events that are unknown, and deliveries for those that match the rule. Events that do not match become known too:
/// a later change of the rule does not import them.
pub(super) async fn insert_entries(
    tx: &mut Tx,
    row: &ConnectionRow,
    rule: &TriggerRule,
    entries: &[&Entry],
    reporter: Reporter<'_>,
    now: Timestamp,
) -> Result<Inserted> {
    let (organization, connection) = (&row.organization_id, &row.id);
    let candidates: Vec<(NewEvent<'_>, Option<NewDelivery>)> = entries
        .iter()
        .map(|entry| {
            let delivery = rule.rejection_of_entry(entry).is_none().then(|| {
                NewDelivery::new(organization, connection, RecordRef::deal(entry.deal.clone()), Origin::Poll).with_rule()
            });
            let id = delivery.as_ref().map(|delivery| delivery.id.to_string()).unwrap_or_default();
            (NewEvent { organization, connection, key: entry.key(), delivery: id }, delivery)
        })
        .collect();
    let events: Vec<NewEvent<'_>> = candidates.iter().map(|(event, _)| event.clone()).collect();
    let recorded = delivery_events::insert_unless_known(tx, events.clone(), now).await?;
    let new: HashSet<String> = recorded.into_iter().map(|event| event.event_key).collect();
    let mut reported: HashSet<String> = if new.len() < events.len() {
        delivery_events::reported_first(tx, organization, connection, &events).await?.into_iter().collect()
    } else {
        HashSet::new()
    };
    let wanted: Vec<(String, NewDelivery)> = candidates
        .into_iter()
        .filter_map(|(event, delivery)| delivery.filter(|_| new.contains(&event.key)).map(|delivery| (event.key, delivery)))
        .collect();
    let inserts: Vec<NewDelivery> = wanted.iter().map(|(_, delivery)| delivery.clone()).collect();
    let accepted: HashSet<_> = ingestion::insert_unless_waiting(tx, &inserts, now).await?.into_iter().collect();
    // A delivery of the deal waits already, so somebody reported the entry first.
    reported.extend(wanted.into_iter().filter(|(_, delivery)| !accepted.contains(&delivery.id)).map(|(key, _)| key));
    let added = || inserts.iter().filter(|delivery| accepted.contains(&delivery.id));
    if !accepted.is_empty() {
        ingestion::insert_jobs(tx, added().map(|delivery| (delivery, reporter)), now).await?;
        tx.notify_job().await?;
    }
    Ok(Inserted { accepted: added().map(|delivery| delivery.record.id.clone()).collect(), new, reported })
}

/// Marks the entry of a deal as known, when a delivery has read the deal.
pub(crate) async fn record_entry(
    tx: &mut Tx,
    delivery: &deliveries::DeliveryRow,
    deal: &crate::domain::connection::deal::Deal,
    now: Timestamp,
) -> Result<()> {
    let (organization, connection) = (&delivery.organization_id, &delivery.connection_id);
    let event = NewEvent { organization, connection, key: deal.entry_key(), delivery: delivery.id.to_string() };
    delivery_events::insert_unless_known(tx, vec![event], now).await?;
    Ok(())
}
