//! Salesforce: OAuth 2.0 web-server flow with PKCE, Opportunities, files, status write-back.

mod provider;

mod call;
mod id;
mod soql;

mod connect_messages;
mod error_rules;
mod guide;
mod login;
mod messages;

mod compare;
mod deal;
mod files;
mod identity;
mod webhook;
mod write;

mod api_limit;
mod checks;
mod deal_schema;
mod describe;
mod field_checks;

mod package;
mod privilege;

#[cfg(test)]
mod oauth_tests;
#[cfg(test)]
mod refusal_tests;
#[cfg(test)]
mod rest_tests;

pub(super) use provider::SALESFORCE;
