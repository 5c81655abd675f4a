//! The catalogue entry and the capabilities of a connector, as static data.

use super::auth::ApiKey;
use super::error_rules::{ApiError, ErrorRule};
use super::http::{Client, Response};
use super::webhook::WebhookSpec;
use super::{ApiLimit, AuthMethod, Deals, FileBack, Identity, OAuthClient, ObjectUse, SetupContext};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::connection::SecretPurpose;
use crate::domain::connection::catalogue::{Capability, Category, TestedAgainst};
use crate::domain::connection::connect_failure::ConnectFailure;
use crate::domain::connection::terms::Terms;
use std::sync::Arc;

pub struct Connector {
    /// Short name of the provider in URLs. The catalogue id is `int_` followed by the slug.
    pub slug: &'static str,
    pub name: &'static str,
    pub terms: &'static Terms,
    pub description: &'static str,
    pub category: Category,
    /// Supported authentication methods. The provider's card in the catalogue offers the first method.
    pub auth: &'static [AuthMethod],
    pub tested_against: TestedAgainst,
    /// Missing features, as a sentence for the provider's card in the catalogue. Empty if nothing is missing.
    pub missing: &'static str,
    /// User message with advice for a failed connect flow. Empty if the general message is sufficient.
    pub connect_message: fn(ConnectFailure) -> &'static str,
    /// Place at the provider where an administrator can revoke our access; empty if unknown. Users see this text if our
    /// revocation request fails.
    pub revocation_guide: &'static str,
    /// Domains of the provider. Credentials are only sent to these domains and their subdomains.
    pub hosts: &'static [&'static str],
    /// Origins of the consent pages, for the `form-action` directive of the content security policy.
    pub form_targets: &'static [&'static str],
    /// Configuration variables in addition to the variables of every provider.
    pub variables: &'static [Variable],
    /// Rules for unsuccessful responses. They take precedence over the shared rules.
    pub error_rules: &'static [ErrorRule],
    /// Parses the error in a response body. Returns `None` for a body without a readable error.
    pub(super) error_body: fn(&[u8]) -> Option<ApiError>,
    /// Returns true if the body of a response with a success status reports an error.
    pub(super) hides_error: fn(&[u8]) -> bool,
    pub(super) api_limit: fn(&Response) -> Option<ApiLimit>,
    pub identity: &'static dyn Identity,
    pub deals: Option<&'static dyn Deals>,
    /// Requires `deals`.
    pub file_back: Option<&'static dyn FileBack>,
    /// What the product reads and writes at the provider.
    pub data_use: &'static [ObjectUse],
    /// Webhooks of the provider. The webhook that takes the least effort to set up comes first.
    pub webhooks: &'static [WebhookSpec],
    /// Builds the ZIP of the setup package. The provider calls our webhook after an administrator has deployed the package.
    /// Equal contexts give identical bytes.
    pub setup_package: Option<fn(&SetupContext<'_>) -> Vec<u8>>,
}

/// A configuration variable. Its name is the slug in upper case, an underscore, and `ending`.
pub enum Variable {
    LoginHost {
        /// End of the variable's name, such as `LOGIN_URL`.
        ending: &'static str,
        default: &'static str,
    },
    Text {
        ending: &'static str,
        default: &'static str,
        is_valid: fn(&str) -> bool,
        /// Requirement on the value, as the end of the sentence "The variable must …".
        must: &'static str,
    },
}

impl Variable {
    pub fn ending(&self) -> &'static str {
        match self {
            Self::LoginHost { ending, .. } | Self::Text { ending, .. } => ending,
        }
    }
}

impl Connector {
    pub fn capabilities(&self) -> Vec<Capability> {
        let deals = self.deals.is_some().then_some(Capability::Deals);
        let webhook = (!self.webhooks.is_empty()).then_some(Capability::Webhook);
        let file_back = self.file_back.is_some().then_some(Capability::FileBack);
        deals.into_iter().chain(webhook).chain(file_back).collect()
    }

    pub fn oauth(&'static self) -> Option<OAuthClient> {
        self.auth.iter().find_map(|method| match method {
            AuthMethod::OAuth2(method) => Some(OAuthClient { connector: self, method }),
            AuthMethod::ApiKey(_) => None,
        })
    }

    pub fn api_key(&self) -> Option<&'static ApiKey> {
        self.auth.iter().find_map(|method| match method {
            AuthMethod::ApiKey(method) => Some(method),
            AuthMethod::OAuth2(_) => None,
        })
    }

    /// Finds the webhook whose calls are authenticated by a secret with this purpose.
    pub fn webhook_with(&self, purpose: SecretPurpose) -> Option<&'static WebhookSpec> {
        self.webhooks.iter().find(|webhook| webhook.secret == purpose)
    }

    pub fn webhook(&self, name: &str) -> Option<&'static WebhookSpec> {
        self.webhooks.iter().find(|webhook| webhook.name == name)
    }
}

#[derive(Clone, Debug)]
pub struct Ctx {
    pub http: Client,
    pub clock: Clock,
    pub config: Arc<Config>,
}
