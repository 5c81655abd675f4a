//! Salesforce: OAuth 2.0 web-server flow with PKCE, Opportunities, files, status write-back.

mod provider;

mod id;
mod identity;
mod login;
mod oauth;
mod token_answer;

mod call;
mod callback;
mod classify;
mod connect_messages;
mod decision;
mod decisions;
mod guide;
mod refused;
mod sentences;

mod compare;
mod deal;
mod download;
mod files;
mod soql;
mod webhook;
mod write;

mod budget;
mod checks;
mod choices;
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

pub use decision::{Asked, Decision, Sign, Target};
pub use decisions::decisions;
pub(super) use provider::SALESFORCE;
