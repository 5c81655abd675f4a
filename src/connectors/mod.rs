//! Connectors: one for each provider. A new connector needs one file, and two lines in this module.
//!
//! Connectors do not depend on the database or on users. They get every input through [`Call`] or as an argument.

mod api_usage;
mod auth;
mod call;
mod capabilities;
mod connector;
mod credentials;
mod data_use;
mod error;
mod error_rules;
mod file;
mod oauth;

pub mod guide;
pub mod http;
mod multipart;
pub mod webhook;

mod hubspot;
mod pipedrive;
mod salesforce;

#[cfg(test)]
mod catalogue_tests;
#[cfg(test)]
mod test_support;

pub use api_usage::{ApiLimit, ApiUsage};
pub use auth::{ApiKey, AuthMethod, KeyFieldInfo, KeyScheme, OAuth2, Scope};
pub use call::Call;
pub use capabilities::{Account, Changes, CheckedConnection, Deals, FileBack, Identity, Position, SetupContext, Upload};
pub use connector::{Connector, Ctx, Variable};
pub use credentials::{Credentials, Tokens};
pub use data_use::{Field, ObjectUse};
pub use error::{Error, Kind, Retry};
pub use error_rules::{Endpoint, ErrorRule, Fault, Match, Target};
pub use file::{Checksum, FileState, FileStream, FiledAs, RemoteFile};
pub use oauth::OAuthClient;

use crate::domain::connection::connect_failure::ConnectFailure;
use crate::domain::connection::terms::Terms;

/// All connectors, in the order of the catalogue.
pub static CONNECTORS: &[&Connector] = &[&salesforce::SALESFORCE, &hubspot::HUBSPOT, &pipedrive::PIPEDRIVE];

/// Returns the vocabulary of a connector for user messages, or neutral terms if the connector does not exist.
pub fn terms(slug: &str) -> &'static Terms {
    find(slug).map_or_else(Default::default, |connector| connector.terms)
}

pub fn connect_message(slug: &str, failure: ConnectFailure) -> String {
    match find(slug).map(|connector| (connector.connect_message)(failure)).unwrap_or_default() {
        "" => failure.sentence(terms(slug)),
        message => message.to_owned(),
    }
}

pub fn find(slug: &str) -> Option<&'static Connector> {
    CONNECTORS.iter().copied().find(|connector| connector.slug == slug)
}
