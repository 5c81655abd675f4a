//! How each provider is reached. A new one is a file here and two lines below.
//!
//! Connectors know neither the database nor who asks: everything they need comes in through [`Call`].

mod api_usage;
mod auth;
mod call;
mod capabilities;
mod connector;
mod credentials;
mod error;
mod error_rules;
mod fault;
mod file;
mod oauth;

pub mod guide;
pub mod http;
pub mod webhook;

mod hubspot;
mod pipedrive;
mod salesforce;

#[cfg(test)]
mod catalogue_tests;
#[cfg(test)]
mod test_support;

pub use api_usage::{ApiLimit, ApiUsage};
pub use auth::{ApiKey, AuthMethod, KeyFieldInfo, KeyScheme, OAuth2};
pub use call::Call;
pub use capabilities::{Account, Deals, Identity, SetupFor};
pub use connector::{Connector, Ctx, Variable};
pub use credentials::{Credentials, Tokens};
pub use error::{Error, Kind, Retry};
pub use error_rules::{Endpoint, ErrorRule, Match, Target};
pub use fault::Fault;
pub use file::{Checksum, FileState, FileStream, RemoteFile};
pub use oauth::OAuthClient;

use crate::domain::connection::{connect_failure::ConnectFailure, terms::Terms};

/// Every integration of the catalogue, in its order.
pub static CONNECTORS: &[&Connector] = &[&salesforce::SALESFORCE, &hubspot::HUBSPOT, &pipedrive::PIPEDRIVE];

/// The words of the integration of that short name; neutral ones when there is none.
pub fn terms(slug: &str) -> &'static Terms {
    find(slug).map_or_else(Default::default, |connector| connector.terms)
}

/// What happened when a connection to a provider failed, and what to do.
pub fn connect_message(slug: &str, failure: ConnectFailure) -> String {
    match find(slug).map(|connector| (connector.connect_message)(failure)).unwrap_or_default() {
        "" => failure.sentence(terms(slug)),
        words => words.to_owned(),
    }
}

/// The integration of that short name.
pub fn find(slug: &str) -> Option<&'static Connector> {
    CONNECTORS.iter().copied().find(|info| info.slug == slug)
}
