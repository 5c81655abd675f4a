//! Salesforce's entry in the catalogue: which function answers which call.

use super::{callback, checks, choices, compare, download, files, identity, login, oauth, opportunity, package, write};
use crate::{
    config::Config,
    connectors::{Access, Account, ConnectorInfo, Ctx, Error, FileStream, OAuthConnector, RemoteFile, Session, SetupFor, Tokens},
    domain::{
        catalogue::{AuthType, Category},
        connect_failure::ConnectFailure,
        connection::{Check, Environment},
        opportunity::{Opportunity, SalesforceId},
        opportunity_fields::OpportunityFields,
        problem::Invalid,
    },
    secret::Secret,
};
use async_trait::async_trait;
use url::Url;

pub(in crate::connectors) static SALESFORCE: ConnectorInfo = ConnectorInfo {
    slug: "salesforce",
    name: "Salesforce",
    description: "Turns the contract files of Opportunities into analysed contracts, and writes the negotiation status back.",
    category: Category::Crm,
    auth_type: AuthType::OAuth2,
    access: Access::OAuth2(&Salesforce),
};

struct Salesforce;

#[async_trait]
impl OAuthConnector for Salesforce {
    fn availability(&self, config: &Config) -> Result<(), &'static str> {
        oauth::availability(config)
    }

    fn login_url(&self, config: &Config, environment: Environment, domain: Option<&str>) -> Result<Url, Invalid> {
        login::login_url(&config.salesforce, environment, domain)
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

    async fn opportunity(&self, ctx: &Ctx, session: &Session, id: &SalesforceId) -> Result<Opportunity, Error> {
        opportunity::opportunity(ctx, session, id).await
    }

    async fn files(&self, ctx: &Ctx, session: &Session, opportunity: &SalesforceId) -> Result<Vec<RemoteFile>, Error> {
        files::files(ctx, session, opportunity).await
    }

    fn hidden_files(&self) -> &'static str {
        files::HIDDEN_FILES
    }

    async fn attachments(&self, ctx: &Ctx, session: &Session, opportunity: &SalesforceId) -> Result<Vec<RemoteFile>, Error> {
        files::attachments(ctx, session, opportunity).await
    }

    async fn download(&self, ctx: &Ctx, session: &Session, file: &RemoteFile) -> Result<FileStream, Error> {
        download::download(ctx, session, file).await
    }

    async fn opportunities_in(
        &self,
        ctx: &Ctx,
        session: &Session,
        stages: &[String],
        after: Option<&SalesforceId>,
        limit: usize,
    ) -> Result<Vec<SalesforceId>, Error> {
        compare::opportunities_in(ctx, session, stages, after, limit).await
    }

    async fn field_values(
        &self,
        ctx: &Ctx,
        session: &Session,
        opportunities: &[SalesforceId],
        field: &str,
    ) -> Result<Vec<(SalesforceId, Option<String>)>, Error> {
        compare::field_values(ctx, session, opportunities, field).await
    }

    async fn write_field(&self, ctx: &Ctx, session: &Session, id: &SalesforceId, field: &str, value: &str) -> Result<(), Error> {
        write::write_field(ctx, session, id, field, value).await
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

    async fn opportunity_fields(&self, ctx: &Ctx, session: &Session) -> Result<OpportunityFields, Error> {
        choices::opportunity_fields(ctx, session).await
    }

    fn setup_package(&self, connection: &SetupFor<'_>) -> Vec<u8> {
        package::setup_package(connection)
    }

    fn record_url(&self, instance_url: &Url, id: &str) -> String {
        let mut url = instance_url.clone();
        url.set_path(id);
        url.into()
    }
}
