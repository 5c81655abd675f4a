//! What can be connected on this server.

use super::Actor;
use crate::{
    connectors::{self, Access},
    db::integrations::IntegrationRow,
    domain::{
        catalogue::{Integration, IntegrationSummary, KeyField},
        ids::IntegrationId,
    },
    hub::{Error, Hub, Result},
};

impl Hub {
    /// The catalogue, in its order.
    pub fn catalogue(&self, _actor: &Actor) -> Vec<Integration> {
        self.catalogue.iter().map(|row| self.catalogue_entry(row.clone())).collect()
    }

    /// The entry of a connection, in the form that the connection repeats.
    pub(super) fn summary_of(&self, id: &IntegrationId) -> Result<IntegrationSummary> {
        let row = self.catalogue.iter().find(|row| row.id == *id).cloned();
        let row = row.ok_or(Error::Inconsistent("a connection without a catalogue entry"))?;
        Ok(IntegrationSummary { id: row.id, slug: row.slug, name: row.name, category: row.category, auth_type: row.auth_type })
    }

    fn catalogue_entry(&self, row: IntegrationRow) -> Integration {
        let (unavailable_reason, fields) = match connectors::find(&row.slug).map(|info| &info.access) {
            Some(Access::ApiKey(connector)) => (None, connector.fields().iter().map(key_field).collect()),
            Some(Access::OAuth2(connector)) => (connector.availability(self.config()).err().map(str::to_owned), Vec::new()),
            Some(Access::Planned) | None => (Some("Planned, not available yet.".to_owned()), Vec::new()),
        };
        Integration {
            id: row.id,
            slug: row.slug,
            name: row.name,
            description: row.description,
            category: row.category,
            auth_type: row.auth_type,
            available: unavailable_reason.is_none(),
            unavailable_reason,
            fields,
        }
    }
}

fn key_field(field: &connectors::KeyFieldInfo) -> KeyField {
    KeyField {
        name: field.name.to_owned(),
        label: field.label.to_owned(),
        help: field.help.to_owned(),
        help_url: field.help_url.to_owned(),
    }
}
