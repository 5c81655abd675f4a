//! The data for the integrations board.

use crate::pages::prelude::*;
use lexicontract::domain::{
    connection::{catalogue::Category, disconnection::Disconnection},
    ids::DisconnectionId,
};

pub(super) struct BoardData {
    pub catalogue: Vec<Integration>,
    pub healths: Vec<ConnectionHealth>,
    pub pending: Vec<Connection>,
    pub receipt: Option<Disconnection>,
    pub is_admin: bool,
    pub now: Timestamp,
    pub category: Option<Category>,
    pub search: String,
}

impl BoardData {
    pub(super) async fn read(
        hub: &Hub,
        actor: &Actor,
        receipt: Option<DisconnectionId>,
        category: Option<Category>,
        search: String,
    ) -> hub::Result<Self> {
        let (healths, pending) = hub.connection_healths(actor).await?;
        Ok(Self {
            catalogue: hub.catalogue(actor),
            healths,
            pending,
            receipt: match receipt {
                // A receipt that does not exist or belongs to another organization is ignored.
                Some(id) => hub.disconnection(actor, &id).await.ok(),
                None => None,
            },
            is_admin: actor.role >= Role::Admin,
            now: hub.clock().now(),
            category,
            search,
        })
    }

    /// Whether the newest connection to an integration waits for confirmation by an admin.
    pub(super) fn is_pending(&self, slug: &str) -> bool {
        let is_of = |connection: &Connection| connection.integration.slug == slug;
        let pending = self.pending.iter().filter(|connection| is_of(connection)).map(|connection| connection.created_at).max();
        let connected = self.healths.iter().filter(|health| is_of(&health.connection)).map(|health| health.connected_at).max();
        pending > connected
    }

    pub(super) fn matches(&self, integration: &Integration) -> bool {
        self.category.is_none_or(|category| integration.category == category)
            && searchable(integration).contains(self.search.trim_ascii().to_ascii_lowercase().as_str())
    }
}
