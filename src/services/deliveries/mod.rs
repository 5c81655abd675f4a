//! Deliveries: events about records, and the ingestion of the records as contracts.

pub(crate) mod deal_files;
pub(crate) mod deal_status;
pub(crate) mod ingest;
pub(crate) mod ingestion;
pub(crate) mod inspection;
pub(crate) mod own_filings;
pub(crate) mod receive;
pub(crate) mod redelivery;
pub(crate) mod same_file;
pub(crate) mod step_recorder;
pub(crate) mod waiting_quota;
pub(crate) mod webhook_authentication;
pub(crate) mod webhook_signature;

use super::{Actor, connections, pagination};
use crate::db::deliveries as table;
use crate::domain::compatibility::DeliveryFields;
use crate::domain::delivery::{Delivery, DeliveryFilter};
use crate::domain::ids::ConnectionId;
use crate::domain::page::{Page, PageRequest};
use crate::hub::{Hub, Result};

impl Hub {
    /// Returns the deliveries of a connection, newest first.
    pub async fn deliveries(&self, actor: &Actor, connection: &ConnectionId, page: &PageRequest) -> Result<Page<Delivery>> {
        self.filtered_deliveries(actor, connection, &DeliveryFilter::default(), page).await
    }

    /// Returns the deliveries of a connection that match the filter, newest first.
    pub async fn filtered_deliveries(
        &self,
        actor: &Actor,
        connection: &ConnectionId,
        filter: &DeliveryFilter,
        page: &PageRequest,
    ) -> Result<Page<Delivery>> {
        let before = pagination::cursor(page)?;
        let mut tx = self.db.acquire().await?;
        let row = connections::find(&mut tx, actor, connection).await?;
        let provider = row.integration_id.slug();
        let rows = table::list(&mut tx, &actor.organization_id, connection, filter, before.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, |row| view(provider, row)))
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
