//! Salesforce: OAuth 2.0 web server flow with PKCE, Opportunities, their files, and writing the status.

mod provider;

mod error_rules;
mod id;
mod messages;
mod rest;
mod soql;
mod webhook;

mod checks;
mod deals;
mod oauth;
mod package;

#[cfg(test)]
mod tests;

pub(super) use provider::SALESFORCE;
