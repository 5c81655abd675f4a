//! A connector: its catalogue entry and its capabilities, as static data.

use super::{
    ApiLimit, AuthMethod, Deals, Identity, OAuthClient, SetupContext,
    auth::ApiKey,
    error_rules::{ErrorBody, ErrorRule},
    http::{Client, Response},
    webhook::WebhookSpec,
};
use crate::{
    clock::Clock,
    config::Config,
    domain::connection::{
        catalogue::{Capability, Category, TestedAgainst},
        connect_failure::ConnectFailure,
        terms::Terms,
    },
};
use std::sync::Arc;

pub struct Connector {
    /// Short name of the provider in URLs. The catalogue id is `int_` followed by the slug.
    pub slug: &'static str,
    pub name: &'static str,
    pub terms: &'static Terms,
    pub description: &'static str,
    pub category: Category,
    /// Supported ways to connect. The provider's card in the catalogue offers the first one.
    pub auth: &'static [AuthMethod],
    pub tested_against: TestedAgainst,
    /// Missing features, as a sentence for the provider's card in the catalogue. Empty if nothing is missing.
    pub missing: &'static str,
    /// User message with provider-specific advice for a failed connection. Empty if the general message is sufficient.
    pub connect_message: fn(ConnectFailure) -> &'static str,
    /// Tells an administrator where to revoke our access at the provider. Users see it if our own revocation failed.
    /// Empty if we know no such place.
    pub revocation_guide: &'static str,
    /// Domains of the provider. Credentials are only sent to these domains and their subdomains.
    pub hosts: &'static [&'static str],
    /// Origins of the consent pages, for the `form-action` directive of the content security policy.
    pub form_targets: &'static [&'static str],
    /// Provider-specific configuration variables. Variables that every provider has are not listed here.
    pub variables: &'static [Variable],
    /// Rules that map unsuccessful responses to errors. They take precedence over the shared rules.
    pub error_rules: &'static [ErrorRule],
    pub(super) error_body: ErrorBody,
    /// Reads the API usage from a response. Returns `None` if the response does not report it.
    pub(super) api_limit: fn(&Response) -> Option<ApiLimit>,
    pub identity: &'static dyn Identity,
    /// Access to deals. Only connectors of CRMs have it.
    pub deals: Option<&'static dyn Deals>,
    pub webhooks: &'static [WebhookSpec],
    /// Builds a ZIP with a setup package. After an administrator has deployed the package at the provider, the provider calls our
    /// webhook. The same context always gives the same bytes.
    pub setup_package: Option<fn(&SetupContext<'_>) -> Vec<u8>>,
}

/// A configuration variable. The name of the environment variable is the slug in upper case, an underscore, and `ending`.
pub enum Variable {
    /// An origin where users sign in at the provider.
    LoginHost {
        /// End of the variable's name, such as `LOGIN_URL`.
        ending: &'static str,
        default: &'static str,
    },
    Text {
        /// End of the variable's name, such as `API_VERSION`.
        ending: &'static str,
        default: &'static str,
        is_valid: fn(&str) -> bool,
        /// Requirement on the value. Error messages show it after the word "must".
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
        deals.into_iter().chain(webhook).collect()
    }

    pub fn oauth(&'static self) -> Option<OAuthClient> {
        self.auth.iter().find_map(|method| match method {
            AuthMethod::OAuth2(method) => Some(OAuthClient::new(self, method)),
            AuthMethod::ApiKey(_) => None,
        })
    }

    pub fn api_key(&self) -> Option<&'static ApiKey> {
        self.auth.iter().find_map(|method| match method {
            AuthMethod::ApiKey(method) => Some(method),
            AuthMethod::OAuth2(_) => None,
        })
    }

    pub fn webhook(&self, name: &str) -> Option<&'static WebhookSpec> {
        self.webhooks.iter().find(|webhook| webhook.name == name)
    }
}

/// Dependencies that every call needs.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// HTTP client that only reaches public addresses and the hosts that the operator listed. Follows no redirects.
    pub http: Client,
    pub clock: Clock,
    pub config: Arc<Config>,
}
