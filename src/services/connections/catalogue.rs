use crate::connectors::{self, AuthMethod, Connector};
use crate::domain::connection::catalogue::{Integration, IntegrationSummary, KeyField};
use crate::domain::ids::IntegrationId;
use crate::hub::{Error, Hub, Result};
use crate::services::Actor;

impl Hub {
    pub fn catalogue(&self, _actor: &Actor) -> Vec<Integration> {
        connectors::CONNECTORS.iter().map(|connector| self.catalogue_entry(connector)).collect()
    }

    /// Returns the summary of an integration, for use in its connections.
    pub(crate) fn summary_of(&self, id: &IntegrationId) -> Result<IntegrationSummary> {
        let connector = connectors::find(id.slug()).ok_or(Error::Inconsistent("a connection without a catalogue entry"))?;
        Ok(IntegrationSummary {
            id: id.clone(),
            slug: connector.slug.to_owned(),
            name: connector.name.to_owned(),
            category: connector.category,
            auth_type: connector.auth[0].auth_type(),
            capabilities: connector.capabilities(),
        })
    }

    fn catalogue_entry(&self, connector: &'static Connector) -> Integration {
        let unavailable_reason = connector.oauth().and_then(|client| client.availability(self.config()).err());
        let fields = connector.api_key().map_or(&[][..], |key| key.fields).iter().map(|field| KeyField {
            name: field.name.to_owned(),
            label: field.label.to_owned(),
            help: field.help.to_owned(),
            help_url: field.help_url.to_owned(),
        });
        Integration {
            id: IntegrationId::from_suffix(connector.slug),
            slug: connector.slug.to_owned(),
            name: connector.name.to_owned(),
            description: connector.description.to_owned(),
            category: connector.category,
            auth_type: connector.auth[0].auth_type(),
            auth_methods: connector.auth.iter().map(AuthMethod::auth_type).collect(),
            capabilities: connector.capabilities(),
            tested_against: connector.tested_against,
            missing: Some(connector.missing.to_owned()).filter(|missing| !missing.is_empty()),
            available: unavailable_reason.is_none(),
            unavailable_reason,
            fields: fields.collect(),
        }
    }
}
