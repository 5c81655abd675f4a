use crate::db::account::organizations;
use crate::domain::account::organization::Organization;
use crate::domain::account::users::Role;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::problem::Invalid;
use crate::hub::{Hub, Result};
use crate::services::connections::target::authority;
use crate::services::{Actor, validation};

/// The settings to change. `None` keeps the current value.
#[derive(Clone, Debug, Default)]
pub struct OrganizationChange {
    pub name: Option<String>,
    pub llm_analysis: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LlmProvider {
    /// The host that receives contract texts, with the port if it is not the default.
    pub host: String,
    pub model: String,
}

impl Hub {
    pub async fn organization(&self, actor: &Actor) -> Result<Organization> {
        Ok(organizations::settings(&mut self.db.acquire().await?, &actor.organization_id).await?)
    }

    pub fn llm_provider(&self) -> Option<LlmProvider> {
        let llm = self.config().llm.as_ref()?;
        Some(LlmProvider { host: authority(&llm.base_url), model: llm.model.clone() })
    }

    /// Changes the settings. An admin can allow the language model even if no language model is configured.
    pub async fn update_organization(&self, actor: &Actor, change: OrganizationChange) -> Result<Organization> {
        actor.require(Role::Admin)?;
        let name = change.name.as_deref().map(|name| validation::name(name, Invalid::OrganizationName)).transpose()?;
        let provider = self.llm_provider();
        let mut tx = self.db.begin().await?;
        // Lock order: organization, user.
        organizations::lock(&mut tx, &actor.organization_id).await?;
        self.authorize(&mut tx, actor, Role::Admin).await?;
        let before = organizations::settings(&mut tx, &actor.organization_id).await?;
        let after = Organization {
            name: name.unwrap_or_else(|| before.name.clone()),
            llm_analysis: change.llm_analysis.unwrap_or(before.llm_analysis),
        };
        organizations::set_settings(&mut tx, &actor.organization_id, &after).await?;
        for summary in changes(&actor.name, &before, &after, provider.as_ref()) {
            self.record(&mut tx, actor, ActivityKind::OrganizationChanged, summary).await?;
        }
        tx.commit().await?;
        Ok(after)
    }
}

fn changes(actor: &str, before: &Organization, after: &Organization, provider: Option<&LlmProvider>) -> Vec<String> {
    let renamed = (before.name != after.name)
        .then(|| format!("{actor} renamed the organization from “{}” to “{}”", before.name, after.name));
    let switched = (before.llm_analysis != after.llm_analysis).then(|| match (after.llm_analysis, provider) {
        (true, Some(LlmProvider { host, model })) => {
            format!("{actor} allowed texts of contracts to be sent to the language model {model} at {host}")
        }
        (true, None) => {
            format!("{actor} allowed texts of contracts to be sent to a language model, but this server has none configured")
        }
        (false, _) => format!("{actor} stopped texts of contracts from being sent to a language model"),
    });
    renamed.into_iter().chain(switched).collect()
}
