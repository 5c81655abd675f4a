//! What came of the events of providers.

pub(crate) mod ingest;
pub(crate) mod ingestion;
pub(crate) mod receive;
pub(crate) mod same_file;
pub(crate) mod waiting_quota;
pub(crate) mod webhook_authentication;
pub(crate) mod webhook_signature;

use super::{
    Actor,
    auth::idempotency::{Begun, Submission},
    connections, pagination,
};
use crate::{
    db::deliveries as table,
    domain::{
        account::users::Role,
        compatibility::DeliveryFields,
        delivery::{Delivery, DeliveryStatus},
        ids::{ConnectionId, DeliveryId},
        page::{Page, PageRequest},
        problem::Problem,
    },
    hub::{Hub, Result},
    jobs::{Job, enqueue_for_user},
};

impl Hub {
    /// A connection's deliveries, newest first.
    ///
    /// # Errors
    /// There is no such connection.
    pub async fn deliveries(&self, actor: &Actor, connection: &ConnectionId, page: &PageRequest) -> Result<Page<Delivery>> {
        let before = pagination::cursor(page)?;
        let mut tx = self.db.acquire().await?;
        let connection_row = connections::find(&mut tx, actor, connection).await?;
        let provider = connection_row.integration_id.slug();
        let rows = table::list(&mut tx, &actor.organization_id, connection, before.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, |row| view(provider, row)))
    }

    /// Runs a delivery again, from the first attempt. One that is being worked on, or waits for a reconnect, is left as it is.
    ///
    /// # Errors
    /// The actor is only a viewer, or there is no such delivery.
    pub async fn redeliver(&self, submission: impl Into<Submission<'_>> + Send, id: &DeliveryId) -> Result<Delivery> {
        let submission = submission.into();
        let actor = submission.actor;
        actor.require(Role::Member)?;
        let now = self.clock().now();
        let mut tx = match self.begin_idempotent(submission, Role::Member).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
        let row = table::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        if !matches!(row.status, DeliveryStatus::Processing | DeliveryStatus::Parked) {
            table::restart(&mut tx, &row, now).await?;
            enqueue_for_user(&mut tx, &Job::Ingest(id.clone()), &actor.organization_id, Some(&row.connection_id), now).await?;
        }
        let row = table::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
        let connection = connections::find(&mut tx, actor, &row.connection_id).await?;
        let delivery = view(connection.integration_id.slug(), row);
        self.commit_idempotent(tx, submission, &delivery).await?;
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
