//! Salesforce connector: OAuth 2.0 web server flow with PKCE, reads of Opportunities and their files, and writes of the status.

mod checks;
mod data_use;
mod deals;
mod error_rules;
mod id;
mod messages;
mod oauth;
mod outbound_message;
mod package;
mod rest;
mod soql;
mod webhook;

#[cfg(test)]
mod tests;

use super::{AuthMethod, Connector, OAuth2, Scope, Variable};
use crate::domain::connection::catalogue::{Category, TestedAgainst};
use crate::domain::connection::connect_failure::ConnectFailure;
use crate::domain::connection::terms::Terms;
use oauth::login::{LOGIN_URL, SANDBOX_LOGIN_URL};
use rest::API_VERSION;
use std::time::Duration;

pub(super) static SALESFORCE: Connector = Connector {
    slug: "salesforce",
    name: "Salesforce",
    terms: &TERMS,
    description: "Turns the contract files of Opportunities into analysed contracts, and writes the negotiation status back.",
    category: Category::Crm,
    auth: &[AuthMethod::OAuth2(OAUTH2)],
    tested_against: TestedAgainst::Simulator,
    missing: "",
    connect_message: oauth::messages::connect_message,
    revocation_guide: "Setup → Connected Apps OAuth Usage → LexiContract → Block",
    // Excludes `lightning.force.com`, which serves the user interface and redirects API calls.
    hosts: &["salesforce.com", "salesforce.mil"],
    form_targets: &["https://login.salesforce.com", "https://test.salesforce.com", "https://*.my.salesforce.com"],
    variables: &[
        Variable::LoginHost { ending: LOGIN_URL, default: "https://login.salesforce.com" },
        Variable::LoginHost { ending: SANDBOX_LOGIN_URL, default: "https://test.salesforce.com" },
        Variable::Text { ending: API_VERSION, default: "v67.0", is_valid: is_api_version, must: "look like `v67.0`" },
    ],
    error_rules: error_rules::ERROR_RULES,
    error_body: rest::error_body,
    hides_error: rest::hides_error,
    api_limit: checks::api_limit::api_limit,
    identity: &Salesforce,
    deals: Some(&Salesforce),
    data_use: data_use::DATA_USE,
    file_back: Some(&Salesforce),
    webhooks: &[outbound_message::WEBHOOK, webhook::WEBHOOK],
    setup_package: Some(package::setup_package),
};

const OAUTH2: OAuth2 = OAuth2 {
    login_url: oauth::login::login_url,
    authorize_path: "/services/oauth2/authorize",
    token_path: "/services/oauth2/token",
    revoke_path: "/services/oauth2/revoke",
    scopes: &[
        Scope { name: "api", purpose: "Reads Opportunities and their files, and writes the status" },
        Scope { name: "refresh_token", purpose: "Works while no user of Salesforce is signed in" },
        Scope { name: "openid", purpose: "Reads which org and which user are connected" },
    ],
    // Default of Salesforce for refresh tokens. The administrator of an org can set another limit.
    idle_limit: Some(Duration::from_secs(30 * 24 * 60 * 60)),
    is_identity: oauth::identity::is_identity,
    callback_errors: &[
        ("access_denied", ConnectFailure::AccessDenied),
        ("access-denied", ConnectFailure::AccessDenied),
        ("invalid_app_access", ConnectFailure::ProviderError),
    ],
    guide: &oauth::guide::GUIDE,
};

fn is_api_version(text: &str) -> bool {
    let digits = text.strip_prefix('v').and_then(|rest| rest.strip_suffix(".0"));
    digits.is_some_and(|digits| (2..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

static TERMS: Terms = Terms {
    slug: "salesforce",
    provider: "Salesforce",
    account: "org",
    deal: "Opportunity",
    deals: "Opportunities",
    party: "Account",
    administrator: "Your Salesforce administrator",
    deal_id_example: "006…",
};

struct Salesforce;
