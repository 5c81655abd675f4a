use crate::delivery_query::DeliveryQuery;
use crate::pages::prelude::*;
use lexicontract::domain::connection::WebhookSecretInfo;
use lexicontract::domain::connection::fact_sheet::FactSheet;
use lexicontract::domain::connection::health::Work;
use lexicontract::domain::connection::polling::Polling;
use lexicontract::domain::connection::refused_call::RefusedCall;
use lexicontract::domain::delivery::Delivery;

/// Finds a connection of a provider with deals.
///
/// # Errors
/// [`Problem::NotFound`] also for a connection of another provider.
pub(super) async fn connection_with_deals(hub: &Hub, actor: &Actor, id: &ConnectionId) -> hub::Result<Connection> {
    let connection = hub.confirmed_connection(actor, id).await?;
    if connection.has_setup() { Ok(connection) } else { Err(Problem::NotFound.into()) }
}

/// Which deliveries the page shows.
pub(super) struct Selection {
    pub query: DeliveryQuery,
    pub cursor: Option<String>,
}

pub(super) struct ConnectionData {
    pub health: ConnectionHealth,
    pub work: Work,
    pub deliveries: Page<Delivery>,
    /// Which deliveries are shown.
    pub selection: Selection,
    /// Number of failed deliveries of the selected time.
    pub failed: usize,
    pub refused_calls: Page<RefusedCall>,
    pub facts: FactSheet,
    pub secrets: Vec<WebhookSecretInfo>,
    pub new_secret: Option<String>,
    pub webhook_address: String,
    /// `None` if the provider has no deals.
    pub polling: Option<Polling>,
    pub role: Role,
    pub now: Timestamp,
    pub fingerprint: String,
    /// True if the user has just tested the connection.
    pub is_tested: bool,
}

impl ConnectionData {
    /// Address of the page with the selected deliveries.
    pub(super) fn address(&self) -> String {
        self.selection.query.address(self.health.connection.id.as_str(), self.selection.cursor.as_deref())
    }

    pub(super) fn terms(&self) -> &'static Terms {
        connectors::terms(&self.health.connection.integration.slug)
    }

    pub(super) async fn read(
        hub: &Hub,
        actor: &Actor,
        id: &ConnectionId,
        selection: Selection,
        is_tested: bool,
    ) -> hub::Result<Self> {
        // The fingerprint is read before the data. If the data changes in between, the next poll finds a different fingerprint.
        let fingerprint = fingerprint(hub, actor, &Subject::Connection(id.clone())).await?;
        let health = hub.connection_health(actor, id).await?;
        Ok(Self {
            webhook_address: hub.webhook_address(&health.connection),
            health,
            work: hub.work(actor, id).await?,
            polling: hub.polling(actor, id).await?,
            deliveries: hub
                .filtered_deliveries(actor, id, &selection.query.filter(), &PageRequest::at(selection.cursor.clone()))
                .await?,
            secrets: hub.webhook_secrets(actor, id).await?,
            new_secret: flash::take(&format!("/integrations/{id}")),
            failed: hub.failed_deliveries(actor, id, selection.query.range()).await?,
            refused_calls: hub.refused_calls(actor, id, &PageRequest::default()).await?,
            facts: hub.fact_sheet(actor, id).await?,
            selection,
            role: actor.role,
            now: hub.clock().now(),
            fingerprint,
            is_tested,
        })
    }
}
