//! A provider as data: its entry in the catalogue, and which capabilities it has.

use super::{
    ApiLimit, AuthMethod, Deals, Identity, OAuthClient, SetupFor,
    auth::ApiKey,
    error_rules::{ErrorBody, ErrorRule},
    http::{Answer, Client},
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

/// A provider, and how to reach it.
pub struct Connector {
    /// Its short name in addresses; the id in the catalogue is `int_` and this.
    pub slug: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it calls itself and its records.
    pub terms: &'static Terms,
    /// What connecting it brings.
    pub description: &'static str,
    /// What kind of system it is.
    pub category: Category,
    /// The ways to connect; the first is what the card offers.
    pub auth: &'static [AuthMethod],
    /// What it was tested against.
    pub tested_against: TestedAgainst,
    /// What does not work yet, as a sentence for its card; empty when nothing is missing.
    pub missing: &'static str,
    /// Its own words for a failed connection; empty where the general ones say as much.
    pub connect_message: fn(ConnectFailure) -> &'static str,
    /// Where an administrator ends our access at the provider, when we could not; empty when it is not known.
    pub revocation_guide: &'static str,
    /// Domains that it serves accounts from: a credential is sent to their hosts and to no others.
    pub hosts: &'static [&'static str],
    /// Where a browser is sent for consent: sources of the content security policy.
    pub form_targets: &'static [&'static str],
    /// Its variables beyond those that every provider has.
    pub variables: &'static [Variable],
    /// What its answers mean that are no success; the shared rules come after these.
    pub error_rules: &'static [ErrorRule],
    /// How an error is read from a body.
    pub(super) error_body: ErrorBody,
    /// How many calls are used up, as an answer says.
    pub(super) allowance: fn(&Answer) -> Option<ApiLimit>,
    /// Whose credential it is.
    pub identity: &'static dyn Identity,
    /// Deals, of a CRM.
    pub deals: Option<&'static dyn Deals>,
    /// The ways in which it calls us.
    pub webhooks: &'static [WebhookSpec],
    /// What an administrator deploys at the provider so that it calls our webhook, as a ZIP. The same values give the same bytes.
    pub setup_package: Option<fn(&SetupFor<'_>) -> Vec<u8>>,
}

/// A variable of the configuration, by its ending: the slug goes before it.
pub enum Variable {
    /// An origin where users sign in.
    LoginHost {
        /// Such as `LOGIN_URL`.
        ending: &'static str,
        /// The provider's own host.
        default: &'static str,
    },
    /// A text.
    Text {
        /// Such as `API_VERSION`.
        ending: &'static str,
        /// Its value when it is not set.
        default: &'static str,
        /// Whether a value can be used.
        is_valid: fn(&str) -> bool,
        /// What a value must be, after "must".
        must: &'static str,
    },
}

impl Variable {
    /// The ending of its name.
    pub fn ending(&self) -> &'static str {
        match self {
            Self::LoginHost { ending, .. } | Self::Text { ending, .. } => ending,
        }
    }
}

impl Connector {
    /// What it can do once it is connected.
    pub fn capabilities(&self) -> Vec<Capability> {
        let deals = self.deals.is_some().then_some(Capability::Deals);
        let webhook = (!self.webhooks.is_empty()).then_some(Capability::Webhook);
        deals.into_iter().chain(webhook).collect()
    }

    /// OAuth 2.0 at this provider, when it is connected that way.
    pub fn oauth(&'static self) -> Option<OAuthClient> {
        self.auth.iter().find_map(|method| match method {
            AuthMethod::OAuth2(method) => Some(OAuthClient::new(self, method)),
            AuthMethod::ApiKey(_) => None,
        })
    }

    /// The key that it takes, when it is connected that way.
    pub fn api_key(&self) -> Option<&'static ApiKey> {
        self.auth.iter().find_map(|method| match method {
            AuthMethod::ApiKey(method) => Some(method),
            AuthMethod::OAuth2(_) => None,
        })
    }

    /// The webhook of that name.
    pub fn webhook(&self, name: &str) -> Option<&'static WebhookSpec> {
        self.webhooks.iter().find(|webhook| webhook.name == name)
    }
}

/// What every call of a connector needs.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The guarded client: allow-listed hosts, no redirects, bounded bodies.
    pub http: Client,
    /// The time.
    pub clock: Clock,
    /// Hosts, apps and limits.
    pub config: Arc<Config>,
}
