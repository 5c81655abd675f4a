//! How each provider is reached. A new one is a file here and two lines below.
//!
//! Connectors know neither the database nor who asks: everything they need comes in through [`Ctx`].

mod connector;
mod credentials;
mod error;
mod fault;
mod meter;

pub mod http;
mod key;

mod hubspot;
mod pipedrive;
mod planned;
mod salesforce;

#[cfg(test)]
mod catalogue_tests;
#[cfg(test)]
mod test_support;

pub use connector::{
    Access, Account, ApiKeyConnector, ConnectorInfo, Ctx, FileKind, FileStream, KeyFieldInfo, OAuthConnector, RemoteFile,
    Session, SetupFor,
};
pub use credentials::{Credentials, Tokens};
pub use error::{Error, Kind, Retry};
pub use fault::Fault;
pub use meter::{Allowance, Meter};
pub use salesforce::{Asked, Decision as SalesforceDecision, Sign, Target, decisions as salesforce_decisions};

/// Every integration of the catalogue, in its order.
pub static CONNECTORS: &[&ConnectorInfo] = &[
    &salesforce::SALESFORCE,
    &hubspot::HUBSPOT,
    &pipedrive::PIPEDRIVE,
    &planned::DYNAMICS,
    &planned::ZOHO,
    &planned::NETSUITE,
    &planned::SAP,
    &planned::QUICKBOOKS,
    &planned::XERO,
    &planned::GOOGLE_DRIVE,
    &planned::ONEDRIVE,
    &planned::DROPBOX,
    &planned::BOX,
    &planned::DOCUSIGN,
];

/// The integration of that short name.
pub fn find(slug: &str) -> Option<&'static ConnectorInfo> {
    CONNECTORS.iter().copied().find(|info| info.slug == slug)
}
