//! Deliveries: events about records, and the ingestion of the records as contracts.

pub(crate) mod deal_files;
pub(crate) mod deal_status;
pub(crate) mod ingest;
pub(crate) mod ingestion;
pub(crate) mod own_filings;
pub(crate) mod receive;
pub(crate) mod same_file;
pub(crate) mod waiting_quota;
pub(crate) mod webhook_authentication;
pub(crate) mod webhook_signature;

use super::auth::idempotency::first_or_return;
use super::{Actor, connections, pagination};
use crate::db::{deliveries as table, jobs};
use crate::domain::account::users::Role;
use crate::domain::compatibility::DeliveryFields;
use crate::domain::delivery::{Delivery, DeliveryStatus};
use crate::domain::ids::{ConnectionId, DeliveryId};
use crate::domain::page::{Page, PageRequest};
use crate::domain::problem::Problem;
use crate::hub::{Hub, Result};
use crate::jobs::{Job, enqueue_or_reschedule};

impl Hub {
    /// Returns the deliveries of a connection, newest first.
    pub async fn deliveries(&self, actor: &Actor, connection: &ConnectionId, page: &PageRequest) -> Result<Page<Delivery>> {
        let before = pagination::cursor(page)?;
        let mut tx = self.db.acquire().await?;
        let row = connections::find(&mut tx, actor, connection).await?;
        let provider = row.integration_id.slug();
        let rows = table::list(&mut tx, &actor.organization_id, connection, before.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, |row| view(provider, row)))
    }

    /// Queues a delivery again and resets its attempts. Has no effect on a delivery that is being processed or parked.
    pub async fn redeliver(&self, actor: &Actor, id: &DeliveryId) -> Result<Delivery> {
        actor.require(Role::Member)?;
        let now = self.clock().now();
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Member).await?);
        let row = table::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        if !matches!(row.status, DeliveryStatus::Processing | DeliveryStatus::Parked) {
            table::restart(&mut tx, &row, now).await?;
            let job = Job::Ingest(id.clone());
            enqueue_or_reschedule(&mut tx, &job, &actor.organization_id, Some(&row.connection_id), now).await?;
            // Lets the next attempt run even while the connection is paused.
            jobs::mark_for_user(&mut tx, &actor.organization_id, job.kind(), job.subject()).await?;
        }
        let row = table::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        let connection = connections::find(&mut tx, actor, &row.connection_id).await?;
        let delivery = view(connection.integration_id.slug(), row);
        self.commit_idempotent(tx, actor, &delivery).await?;
        self.notifier.notify();
        Ok(delivery)
    }
}

fn view(provider: &str, row: table::DeliveryRow) -> Delivery {
    let record = row.record();
    Delivery {
        id: row.id,
        received_at: row.received_at,
        compatibility: DeliveryFields::of(provider, &record),
        record,
        origin: row.origin,
        status: row.status,
        attempts: row.attempts,
        next_attempt_at: row.next_attempt_at,
        contract_id: row.contract_id,
        error: row.error,
    }
}
