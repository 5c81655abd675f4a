//! The target of a connection: an environment of a provider. An organization has at most one connection to each target.

use crate::connectors::{Account, OAuthClient};
use crate::db::connections::{self as table, pending_connections};
use crate::db::{self, ReadConnection, Tx};
use crate::domain::connection::{ConnectionStatus, Environment};
use crate::domain::ids::{IntegrationId, OrganizationId};
use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;
use crate::hub::{Error, Hub, Result};
use crate::random::new_id;
use crate::services::Actor;
use sqlx::types::Json;

const MAX_CONNECTIONS: i64 = 100;

pub(crate) struct Target<'a> {
    pub(crate) integration: &'a IntegrationId,
    pub(crate) environment: Environment,
    /// The host, if the environment is `my_domain`; otherwise empty.
    pub(crate) host: String,
}

impl Target<'_> {
    /// Builds the row of a new connection. `credentials` must be encrypted.
    pub(crate) fn new_row(
        &self,
        organization: &OrganizationId,
        account: Account,
        credentials: Vec<u8>,
        connected_by: &str,
        now: Timestamp,
    ) -> table::ConnectionRow {
        table::ConnectionRow {
            id: new_id(),
            organization_id: organization.clone(),
            integration_id: self.integration.clone(),
            is_enabled: true,
            credentials,
            credentials_version: 1,
            metadata: Json(table::Metadata::default()),
            status: ConnectionStatus::Connected,
            account_label: account.label,
            environment: self.environment,
            host: self.host.clone(),
            external_account_id: account.external_id,
            connected_by: connected_by.to_owned(),
            last_error: None,
            issue_cause: None,
            issue_responsible: None,
            failing_since: None,
            paused_until: None,
            last_activity_at: Some(now),
            trigger_seen_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// True if a connection to the target exists, even if it is pending.
    pub(crate) async fn is_taken(&self, tx: &mut ReadConnection, organization: &OrganizationId) -> Result<bool> {
        let Self { integration, environment, host } = self;
        let is_pending = pending_connections::exists_in_environment(tx, organization, integration, *environment, host).await?;
        Ok(is_pending || table::find_in_environment(tx, organization, integration, *environment, host).await?.is_some())
    }
}

impl Hub {
    /// Returns the target of an OAuth connection, and the URL of the login host.
    pub(crate) fn oauth_target<'a>(
        &self,
        integration: &'a IntegrationId,
        client: OAuthClient,
        environment: Environment,
        domain: Option<&str>,
    ) -> Result<(Target<'a>, url::Url)> {
        client.availability(self.config()).map_err(|_| Problem::IntegrationUnavailable)?;
        let login_url = client.login_url(self.config(), environment, domain)?;
        let host = match environment {
            Environment::MyDomain => authority(&login_url),
            Environment::Production | Environment::Sandbox => String::new(),
        };
        Ok((Target { integration, environment, host }, login_url))
    }

    /// Returns the connection to the target, if any. Fails with [`Problem::NeedsConfirmation`] if a pending connection to the
    /// target exists.
    pub(crate) async fn find_target(&self, actor: &Actor, target: &Target<'_>) -> Result<Option<table::ConnectionRow>> {
        let (organization, Target { integration, environment, host }) = (&actor.organization_id, target);
        let mut tx = self.db.acquire().await?;
        if pending_connections::exists_in_environment(&mut tx, organization, integration, *environment, host).await? {
            return Err(Problem::NeedsConfirmation.into());
        }
        Ok(table::find_in_environment(&mut tx, organization, integration, *environment, host).await?)
    }
}

pub(crate) async fn check_connection_limit(tx: &mut Tx, organization: &OrganizationId) -> Result<()> {
    if table::count(tx, organization).await? < MAX_CONNECTIONS { Ok(()) } else { Err(Problem::TooManyConnections.into()) }
}

/// Converts the error of an insert. A unique violation means that the target is already connected.
pub(crate) fn insert_error(error: sqlx::Error) -> Error {
    if db::is_unique_violation(&error) { Problem::AlreadyConnected.into() } else { error.into() }
}

/// Returns the host of a URL, and its port unless the port is the default of the scheme.
pub(crate) fn authority(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
