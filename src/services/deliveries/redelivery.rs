//! Repeats deliveries that users request again.

use super::step_recorder::redelivered;
use super::view;
use crate::db::deliveries::attempts::{self, NewAttempt};
use crate::db::deliveries::failed::{self, ReceivedRange};
use crate::db::deliveries::{self as table, DeliveryRow, ingestion};
use crate::db::{self, Tx, jobs};
use crate::domain::account::quota::Quota;
use crate::domain::account::users::Role;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::delivery::{Delivery, DeliveryStatus};
use crate::domain::ids::{ConnectionId, DeliveryId};
use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::jobs::{Job, enqueue_or_reschedule};
use crate::services::account::quota_rejection::exceeded;
use crate::services::auth::idempotency::first_or_return;
use crate::services::{Actor, connections};

/// Maximum number of deliveries that one request repeats. It bounds the transaction; the request can be sent again.
pub const MAX_REDELIVERIES: usize = 10_000;

impl Hub {
    /// Queues a delivery again and resets its attempts. Has no effect on a delivery that is being processed or parked.
    pub async fn redeliver(&self, actor: &Actor, id: &DeliveryId) -> Result<Delivery> {
        actor.require(Role::Member)?;
        let now = self.clock().now();
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Member).await?);
        let row = table::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        if !matches!(row.status, DeliveryStatus::Processing | DeliveryStatus::Parked) {
            table::restart(&mut tx, &row, now).await?;
            record_request(&mut tx, actor, &row, now).await?;
            let job = Job::Ingest(id.clone());
            enqueue_or_reschedule(&mut tx, &job, &actor.organization_id, Some(&row.connection_id), now).await?;
            // Lets the next attempt run even while the connection is paused.
            jobs::mark_for_user(&mut tx, &actor.organization_id, job.kind(), job.subject()).await?;
        }
        let row = table::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        let connection = connections::find(&mut tx, actor, &row.connection_id).await?;
        let delivery = view(connection.integration_id.slug(), row);
        match &delivery.contract_id {
            Some(contract) => self.commit_idempotent_contract(tx, actor, &delivery, contract).await?,
            None => self.commit_idempotent(tx, actor, &delivery).await?,
        }
        self.notifier.notify();
        Ok(delivery)
    }

    /// Queues the failed deliveries of a connection again, oldest first, as many as the quota of waiting deliveries allows and at
    /// most [`MAX_REDELIVERIES`]. Returns their number. Unlike a single redelivery, they wait while the connection is paused. Fails
    /// with [`Problem::QuotaExceeded`] if the quota allows none.
    pub async fn redeliver_failed(&self, actor: &Actor, id: &ConnectionId, range: ReceivedRange) -> Result<usize> {
        actor.require(Role::Member)?;
        let (organization, now) = (&actor.organization_id, self.clock().now());
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Member).await?);
        // Waits for a concurrent disconnect, which locks the connection first.
        let row = connections::find(&mut tx, actor, id).await?;
        ingestion::lock_connection(&mut tx, organization, id).await?.ok_or(Problem::NotFound)?;
        let limit = self.remaining_deliveries(&mut tx, organization).await?.min(MAX_REDELIVERIES);
        let found = failed::list(&mut tx, organization, id, range, i64::try_from(limit.max(1)).unwrap_or(i64::MAX)).await?;
        if limit == 0 && !found.is_empty() {
            return Err(exceeded(Quota::WaitingDeliveries).into());
        }
        let restarted = failed::restart(&mut tx, organization, id, &found, now).await?;
        attempts::insert_for_all(&mut tx, organization, &restarted, redelivered(&actor.name, now)).await?;
        self.check_quotas(&mut tx, organization, &[Quota::WaitingDeliveries]).await?;
        if !restarted.is_empty() {
            let summary = format!("{} redelivered {} failed deliveries from {}", actor.name, restarted.len(), row.account_label);
            let line = self.activity(actor, ActivityKind::Redelivered, summary).connection(id);
            db::audit::activity::insert(&mut tx, line).await?;
            tx.notify_job().await?;
        }
        self.commit_idempotent(tx, actor, &restarted.len()).await?;
        self.notifier.notify();
        Ok(restarted.len())
    }

    /// Counts the failed deliveries of a connection, up to [`MAX_REDELIVERIES`].
    pub async fn failed_deliveries(&self, actor: &Actor, id: &ConnectionId, range: ReceivedRange) -> Result<usize> {
        let mut tx = self.db.read().await?;
        connections::find(&mut tx, actor, id).await?;
        let limit = i64::try_from(MAX_REDELIVERIES).unwrap_or(i64::MAX);
        let count = failed::count(&mut tx, &actor.organization_id, id, range, limit).await?;
        Ok(usize::try_from(count).unwrap_or(0))
    }
}

async fn record_request(tx: &mut Tx, actor: &Actor, row: &DeliveryRow, now: Timestamp) -> Result<()> {
    let request = NewAttempt {
        organization: &row.organization_id,
        delivery: &row.id,
        number: 0,
        is_postponed: false,
        started_at: now,
        ended_at: now,
        steps: vec![redelivered(&actor.name, now)],
    };
    Ok(attempts::insert(tx, request).await?)
}
