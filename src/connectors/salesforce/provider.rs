//! The Salesforce connector: its catalogue entry and its capabilities.

use super::{
    checks::{self, api_limit::api_limit},
    deals::{files, opportunity, reconciliation, schema, write},
    error_rules,
    id::{SalesforceId, opportunity_id},
    oauth::{
        guide, identity,
        login::{self, LOGIN_URL, SANDBOX_LOGIN_URL},
        messages,
    },
    package,
    rest::{API_VERSION, ERROR_BODY},
    webhook,
};
use crate::{
    connectors::{Account, AuthMethod, Call, Connector, Deals, Error, FileStream, Identity, OAuth2, RemoteFile, Variable},
    domain::connection::{
        Check,
        catalogue::{Category, TestedAgainst},
        connect_failure::ConnectFailure,
        deal::{Deal, TriggerRule},
        deal_schema::DealSchema,
        record::RecordId,
        terms::Terms,
    },
};
use async_trait::async_trait;

pub(in crate::connectors) static SALESFORCE: Connector = Connector {
    slug: "salesforce",
    name: "Salesforce",
    terms: &TERMS,
    description: "Turns the contract files of Opportunities into analysed contracts, and writes the negotiation status back.",
    category: Category::Crm,
    auth: &[AuthMethod::OAuth2(OAUTH2)],
    tested_against: TestedAgainst::Simulator,
    missing: "",
    connect_message: messages::connect_message,
    revocation_guide: "Setup → Connected Apps OAuth Usage → LexiContract → Block",
    // `lightning.force.com` is not listed, because it serves the user interface and redirects API calls.
    hosts: &["salesforce.com", "salesforce.mil"],
    form_targets: &["https://login.salesforce.com", "https://test.salesforce.com", "https://*.my.salesforce.com"],
    variables: &[
        Variable::LoginHost { ending: LOGIN_URL, default: "https://login.salesforce.com" },
        Variable::LoginHost { ending: SANDBOX_LOGIN_URL, default: "https://test.salesforce.com" },
        Variable::Text { ending: API_VERSION, default: "v67.0", is_valid: is_api_version, must: "look like `v67.0`" },
    ],
    error_rules: error_rules::ERROR_RULES,
    error_body: ERROR_BODY,
    api_limit,
    identity: &Salesforce,
    deals: Some(&Salesforce),
    webhooks: &[webhook::WEBHOOK],
    setup_package: Some(package::setup_package),
};

const OAUTH2: OAuth2 = OAuth2 {
    login_url: login::login_url,
    authorize_path: "/services/oauth2/authorize",
    token_path: "/services/oauth2/token",
    revoke_path: "/services/oauth2/revoke",
    // `api` allows API calls, `refresh_token` allows refreshes, and `openid` allows reading the user's identity.
    scopes: &["api", "refresh_token", "openid"],
    is_identity: identity::is_identity,
    callback_errors: &[
        ("access_denied", ConnectFailure::AccessDenied),
        ("access-denied", ConnectFailure::AccessDenied),
        ("invalid_app_access", ConnectFailure::ProviderError),
    ],
    guide: &guide::GUIDE,
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

#[async_trait]
impl Identity for Salesforce {
    async fn identify(&self, call: &Call) -> Result<Account, Error> {
        identity::identify(call).await
    }
}

#[async_trait]
impl Deals for Salesforce {
    fn parse_id(&self, pasted: &str) -> Option<RecordId> {
        SalesforceId::find_in(pasted, SalesforceId::OPPORTUNITY).map(RecordId::from)
    }

    async fn deal(&self, call: &Call, id: &RecordId) -> Result<Deal, Error> {
        opportunity::deal(call, &opportunity_id(id)?).await
    }

    fn hidden_files(&self) -> &'static str {
        files::HIDDEN_FILES
    }

    fn file_tiers(&self) -> u8 {
        2
    }

    async fn files(&self, call: &Call, deal: &RecordId, tier: u8) -> Result<Vec<RemoteFile>, Error> {
        let id = opportunity_id(deal)?;
        match tier {
            files::ATTACHMENTS => files::attachments(call, &id).await,
            _ => files::files(call, &id).await,
        }
    }

    async fn open(&self, call: &Call, file: &RemoteFile) -> Result<FileStream, Error> {
        files::download(call, file).await
    }

    async fn entered(
        &self,
        call: &Call,
        rule: &TriggerRule,
        after: Option<&RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordId>, Error> {
        reconciliation::entered(call, rule, after, limit).await
    }

    async fn values(&self, call: &Call, deals: &[RecordId], field: &str) -> Result<Vec<(RecordId, Option<String>)>, Error> {
        reconciliation::values(call, deals, field).await
    }

    async fn write(&self, call: &Call, deal: &RecordId, field: &str, value: &str) -> Result<(), Error> {
        write::write(call, deal, field, value).await
    }

    async fn checks(&self, call: &Call, account_id: &str, field: &str, labels: &[String]) -> Result<Vec<Check>, Error> {
        checks::checks(call, account_id, field, labels).await
    }

    async fn schema(&self, call: &Call) -> Result<DealSchema, Error> {
        schema::schema(call).await
    }
}
