//! Salesforce's entry in the catalogue: which function answers which call.

use super::{
    callback, checks, choices, compare, connect_messages, deal, download, files, guide,
    id::{SalesforceId, of_deal},
    identity, login, oauth, package, webhook, write,
};
use crate::{
    config::{Config, ProviderConfig},
    connectors::{
        Access, Account, ConnectorInfo, Ctx, Error, FileStream, OAuthConnector, RemoteFile, Session, SetupFor, Tokens, Variable,
    },
    domain::{
        catalogue::{AuthType, Category, TestedAgainst},
        connect_failure::ConnectFailure,
        connection::{Check, Environment},
        deal::{Deal, TriggerRule},
        deal_schema::DealSchema,
        problem::Invalid,
        record::RecordId,
        terms::Terms,
    },
    secret::Secret,
};
use async_trait::async_trait;
use url::Url;

pub(in crate::connectors) static SALESFORCE: ConnectorInfo = ConnectorInfo {
    slug: "salesforce",
    name: "Salesforce",
    terms: &TERMS,
    description: "Turns the contract files of Opportunities into analysed contracts, and writes the negotiation status back.",
    category: Category::Crm,
    auth_type: AuthType::OAuth2,
    tested_against: TestedAgainst::Simulator,
    missing: "",
    access: Access::OAuth2(&Salesforce),
    connect_message: connect_messages::sentence,
    revocation_guide: "Setup → Connected Apps OAuth Usage → LexiContract → Block",
    guide: Some(&guide::GUIDE),
    // `lightning.force.com` is missing on purpose: it is a user interface, and answers API calls with redirects.
    hosts: &["salesforce.com", "salesforce.mil"],
    api_origin: None,
    form_targets: &["https://login.salesforce.com", "https://test.salesforce.com", "https://*.my.salesforce.com"],
    variables: &[
        Variable::LoginHost { ending: LOGIN_URL, default: "https://login.salesforce.com" },
        Variable::LoginHost { ending: SANDBOX_LOGIN_URL, default: "https://test.salesforce.com" },
        Variable::Text { ending: API_VERSION, default: "v67.0", is_valid: is_api_version, must: "look like `v67.0`" },
    ],
    webhooks: &[webhook::WEBHOOK],
};

/// The login host of production orgs.
pub(super) const LOGIN_URL: &str = "LOGIN_URL";
/// The login host of sandboxes.
pub(super) const SANDBOX_LOGIN_URL: &str = "SANDBOX_LOGIN_URL";
/// The pinned version of the REST API.
const API_VERSION: &str = "API_VERSION";

fn is_api_version(text: &str) -> bool {
    let digits = text.strip_prefix('v').and_then(|rest| rest.strip_suffix(".0"));
    digits.is_some_and(|digits| (2..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Salesforce's variables.
pub(super) fn settings(config: &Config) -> &ProviderConfig {
    config.provider(SALESFORCE.slug)
}

/// The version of the REST API that is called.
pub(super) fn api_version(config: &Config) -> &str {
    settings(config).text(API_VERSION)
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
impl OAuthConnector for Salesforce {
    fn availability(&self, config: &Config) -> Result<(), &'static str> {
        oauth::availability(config)
    }

    fn login_url(&self, config: &Config, environment: Environment, domain: Option<&str>) -> Result<Url, Invalid> {
        login::login_url(settings(config), environment, domain)
    }

    fn authorize_url(
        &self,
        config: &Config,
        login_url: &Url,
        state: &Secret<String>,
        verifier: &Secret<String>,
    ) -> Result<Url, Error> {
        oauth::authorize_url(config, login_url, state, verifier)
    }

    async fn exchange(
        &self,
        ctx: &Ctx,
        login_url: &Url,
        code: &Secret<String>,
        verifier: &Secret<String>,
    ) -> Result<Tokens, Error> {
        oauth::exchange(ctx, login_url, code, verifier).await
    }

    async fn refresh(&self, ctx: &Ctx, tokens: &Tokens) -> Result<Tokens, Error> {
        oauth::refresh(ctx, tokens).await
    }

    async fn revoke(&self, ctx: &Ctx, tokens: &Tokens) -> Result<(), Error> {
        oauth::revoke(ctx, tokens).await
    }

    async fn identify(&self, ctx: &Ctx, session: &Session) -> Result<Account, Error> {
        identity::identify(ctx, session).await
    }

    fn callback_failure(&self, error: &str, description: &str) -> ConnectFailure {
        callback::callback_failure(error, description)
    }

    fn exchange_failure(&self, error: &Error) -> ConnectFailure {
        error.connect_failure.unwrap_or(ConnectFailure::ExchangeFailed)
    }

    fn parse_id(&self, pasted: &str) -> Option<RecordId> {
        SalesforceId::find_in(pasted, SalesforceId::OPPORTUNITY).map(RecordId::from)
    }

    async fn deal(&self, ctx: &Ctx, session: &Session, id: &RecordId) -> Result<Deal, Error> {
        deal::deal(ctx, session, &of_deal(id)?).await
    }

    fn hidden_files(&self) -> &'static str {
        files::HIDDEN_FILES
    }

    fn file_tiers(&self) -> u8 {
        2
    }

    async fn files(&self, ctx: &Ctx, session: &Session, deal: &RecordId, tier: u8) -> Result<Vec<RemoteFile>, Error> {
        let id = of_deal(deal)?;
        match tier {
            files::ATTACHMENTS => files::attachments(ctx, session, &id).await,
            _ => files::files(ctx, session, &id).await,
        }
    }

    async fn open(&self, ctx: &Ctx, session: &Session, file: &RemoteFile) -> Result<FileStream, Error> {
        download::download(ctx, session, file).await
    }

    async fn entered(
        &self,
        ctx: &Ctx,
        session: &Session,
        rule: &TriggerRule,
        after: Option<&RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordId>, Error> {
        compare::entered(ctx, session, rule, after, limit).await
    }

    async fn values(
        &self,
        ctx: &Ctx,
        session: &Session,
        deals: &[RecordId],
        field: &str,
    ) -> Result<Vec<(RecordId, Option<String>)>, Error> {
        compare::values(ctx, session, deals, field).await
    }

    async fn write(&self, ctx: &Ctx, session: &Session, deal: &RecordId, field: &str, value: &str) -> Result<(), Error> {
        write::write(ctx, session, deal, field, value).await
    }

    async fn checks(
        &self,
        ctx: &Ctx,
        session: &Session,
        account_id: &str,
        field: &str,
        labels: &[String],
    ) -> Result<Vec<Check>, Error> {
        checks::checks(ctx, session, account_id, field, labels).await
    }

    async fn schema(&self, ctx: &Ctx, session: &Session) -> Result<DealSchema, Error> {
        choices::schema(ctx, session).await
    }

    fn setup_package(&self, connection: &SetupFor<'_>) -> Vec<u8> {
        package::setup_package(connection)
    }
}
