//! Salesforce: OAuth 2.0 web-server flow with PKCE, Opportunities, files, status write-back.

mod provider;

mod identity;
mod login;
mod oauth;
mod token_answer;

mod call;
mod callback;
mod classify;
mod decision;
mod decisions;
mod refused;
mod sentences;

mod compare;
mod download;
mod files;
mod opportunity;
mod soql;
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
