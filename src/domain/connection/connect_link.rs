//! Connect links: an admin sends one to an administrator of the provider, who gives consent without an account.

use super::Environment;
use super::catalogue::IntegrationSummary;
use crate::domain::ids::ConnectLinkId;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NewConnectLink {
    pub id: ConnectLinkId,
    /// It contains a secret and is shown only once.
    pub url: String,
    pub expires_at: Timestamp,
}

/// An open connect link, without its URL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectLink {
    pub id: ConnectLinkId,
    pub integration: IntegrationSummary,
    pub environment: Environment,
    /// Host of the environment `my_domain`; `null` for other environments.
    pub domain: Option<String>,
    /// Name of the user who created the link.
    pub created_by: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

impl ConnectLink {
    /// The environment for pages, such as `Production` or `acme.my.salesforce.com`.
    pub fn environment_name(&self) -> &str {
        self.domain.as_deref().unwrap_or(self.environment.label())
    }
}
