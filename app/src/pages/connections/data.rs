use crate::pages::prelude::*;
use lexicontract::domain::connection::WebhookSecretInfo;
use lexicontract::domain::connection::health::Work;
use lexicontract::domain::connection::polling::Polling;
use lexicontract::domain::delivery::Delivery;

/// Finds a connection of a provider with deals.
///
/// # Errors
/// [`Problem::NotFound`] also for a connection of another provider.
pub(super) async fn connection_with_deals(hub: &Hub, actor: &Actor, id: &ConnectionId) -> hub::Result<Connection> {
    let connection = hub.confirmed_connection(actor, id).await?;
    if connection.has_setup() { Ok(connection) } else { Err(Problem::NotFound.into()) }
}

pub(super) struct ConnectionData {
    pub health: ConnectionHealth,
    pub work: Work,
    pub deliveries: Page<Delivery>,
    pub secrets: Vec<WebhookSecretInfo>,
    pub new_secret: Option<String>,
    pub webhook_address: String,
    /// `None` if the provider has no deals.
    pub polling: Option<Polling>,
    pub scopes: Vec<String>,
    pub role: Role,
    pub now: Timestamp,
    pub fingerprint: String,
    /// True if the user has just tested the connection.
    pub is_tested: bool,
}

impl ConnectionData {
    pub(super) fn terms(&self) -> &'static Terms {
        connectors::terms(&self.health.connection.integration.slug)
    }

    pub(super) async fn read(
        hub: &Hub,
        actor: &Actor,
        id: &ConnectionId,
        cursor: Option<String>,
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
            deliveries: hub.deliveries(actor, id, &PageRequest::at(cursor)).await?,
            secrets: hub.webhook_secrets(actor, id).await?,
            new_secret: flash::take(&format!("/integrations/{id}")),
            // The page does not need the scopes, so it is shown even if the credentials cannot be decrypted.
            scopes: hub.granted_scopes(actor, id).await.unwrap_or_default(),
            role: actor.role,
            now: hub.clock().now(),
            fingerprint,
            is_tested,
        })
    }
}
