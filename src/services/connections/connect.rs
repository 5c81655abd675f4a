//! From the button to a stored credential: with a key at once, with OAuth 2.0 by way of the provider's consent page.

use super::{
    oauth_flow::{Flow, Start},
    refresh::KEEP_ALIVE_EVERY,
};
use crate::{
    connectors::{self, Account, Call, Connector, Credentials, Kind, OAuthClient},
    db::{
        self, Tx,
        connections::{self as table, pending_connections, reconciliations, token_refreshes},
    },
    domain::{
        account::users::Role,
        connection::{Authorization, Connection, ConnectionStatus, Environment},
        contract::timeline::ActivityKind,
        ids::{ConnectionId, IntegrationId, OrganizationId},
        problem::{Invalid, Problem},
        time::Timestamp,
    },
    hub::{Error, Hub, Result},
    random::new_id,
    secret::Secret,
    services::{
        Actor,
        auth::idempotency::{Begun, Submission},
        connections,
    },
    vault::Field,
};
use sqlx::types::Json;
use std::collections::BTreeMap;

const MAX_KEY_BYTES: usize = 4096;
/// The most connections of an organization.
const MAX_CONNECTIONS: i64 = 100;

/// What a person gives to connect.
#[derive(Default)]
pub struct ConnectRequest {
    /// For OAuth 2.0; production when absent.
    pub environment: Option<Environment>,
    /// For `my_domain`: a host, or any address of the org.
    pub domain: Option<String>,
    /// For an API key: the fields by name.
    pub fields: BTreeMap<String, Secret<String>>,
}

/// What a request to connect leads to.
#[expect(clippy::large_enum_variant, reason = "made once per request, and taken apart at once")]
pub enum Connecting {
    /// The key was good and is stored.
    Done(Connection),
    /// The person must give consent at the provider.
    Authorize(Authorization),
}

/// Which of an organization's connections is meant.
pub(crate) struct Place<'a> {
    pub(crate) integration: &'a IntegrationId,
    pub(crate) environment: Environment,
    pub(crate) host: String,
}

impl Hub {
    /// Connects with a key, or begins the OAuth flow.
    ///
    /// # Errors
    /// The actor is no admin, it is connected already, it cannot be connected here, or the key is not accepted.
    pub async fn connect(
        &self,
        submission: impl Into<Submission<'_>> + Send,
        id: &IntegrationId,
        request: ConnectRequest,
    ) -> Result<Connecting> {
        let submission = submission.into();
        let actor = submission.actor;
        actor.require(Role::Admin)?;
        let connector = connectors::find(id.slug()).ok_or(Problem::NotFound)?;
        match connector.oauth() {
            None => Ok(Connecting::Done(self.connect_with_key(submission, id, connector, request.fields).await?)),
            Some(client) => {
                let environment = request.environment.unwrap_or(Environment::Production);
                let (place, login_url) = self.place(id, client, environment, request.domain.as_deref())?;
                match self.find_in(actor, &place).await {
                    Ok(None) => {}
                    // Whatever its status.
                    Ok(Some(_)) | Err(Error::Problem(Problem::NeedsConfirmation)) => return Err(Problem::AlreadyConnected.into()),
                    Err(error) => return Err(error),
                }
                let flow = Flow { place, login_url, renews: None, start: Start::Button };
                Ok(Connecting::Authorize(self.begin_flow(actor, client, flow).await?))
            }
        }
    }

    /// Connects an existing connection again; id and history stay.
    ///
    /// # Errors
    /// The actor is no admin, there is no such connection, or the new key is not accepted or belongs to another account.
    pub async fn reconnect(
        &self,
        submission: impl Into<Submission<'_>> + Send,
        id: &ConnectionId,
        fields: BTreeMap<String, Secret<String>>,
    ) -> Result<Connecting> {
        let submission = submission.into();
        let actor = submission.actor;
        actor.require(Role::Admin)?;
        let mut tx = self.db.acquire().await?;
        let row = connections::find(&mut tx, actor, id).await?;
        drop(tx);
        let connector = connections::connector(&row)?;
        match connector.oauth() {
            None => Ok(Connecting::Done(self.reconnect_with_key(submission, row, connector, fields).await?)),
            Some(client) => {
                let domain = Some(row.host.as_str()).filter(|host| !host.is_empty());
                let (place, login_url) = self.place(&row.integration_id, client, row.environment, domain)?;
                let flow = Flow { place, login_url, renews: Some(id.clone()), start: Start::Button };
                Ok(Connecting::Authorize(self.begin_flow(actor, client, flow).await?))
            }
        }
    }

    pub(crate) fn place<'a>(
        &self,
        integration: &'a IntegrationId,
        client: OAuthClient,
        environment: Environment,
        domain: Option<&str>,
    ) -> Result<(Place<'a>, url::Url)> {
        client.availability(self.config()).map_err(|_| Problem::IntegrationUnavailable)?;
        let login_url = client.login_url(self.config(), environment, domain)?;
        let host = match environment {
            Environment::MyDomain => authority(&login_url),
            Environment::Production | Environment::Sandbox => String::new(),
        };
        Ok((Place { integration, environment, host }, login_url))
    }

    /// The connection to an environment, or the problem that one waits for confirmation.
    pub(crate) async fn find_in(&self, actor: &Actor, place: &Place<'_>) -> Result<Option<table::ConnectionRow>> {
        let (organization, Place { integration, environment, host }) = (&actor.organization_id, place);
        let mut tx = self.db.acquire().await?;
        if pending_connections::exists_in_environment(&mut tx, organization, integration, *environment, host).await? {
            return Err(Problem::NeedsConfirmation.into());
        }
        Ok(table::find_in_environment(&mut tx, organization, integration, *environment, host).await?)
    }

    async fn connect_with_key(
        &self,
        submission: Submission<'_>,
        id: &IntegrationId,
        connector: &'static Connector,
        fields: BTreeMap<String, Secret<String>>,
    ) -> Result<Connection> {
        let actor = submission.actor;
        let place = Place { integration: id, environment: Environment::Production, host: String::new() };
        if self.find_in(actor, &place).await?.is_some() {
            return self.answered(submission, Role::Admin).await?.ok_or_else(|| Problem::AlreadyConnected.into());
        }
        let (fields, account) = self.try_key(connector, fields).await?;
        let row = self.new_row(&actor.organization_id, &place, account, &Credentials::ApiKey(fields), &actor.name);
        let mut tx = match self.begin_idempotent(submission, Role::Admin).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
        let connection = self.insert_connection(&mut tx, actor, row).await?;
        self.commit_idempotent(tx, submission, &connection).await?;
        Ok(connection)
    }

    async fn reconnect_with_key(
        &self,
        submission: Submission<'_>,
        row: table::ConnectionRow,
        connector: &'static Connector,
        fields: BTreeMap<String, Secret<String>>,
    ) -> Result<Connection> {
        let actor = submission.actor;
        let (fields, account) = self.try_key(connector, fields).await?;
        if account.external_id != row.external_account_id {
            return Err(Problem::OrgMismatch.into());
        }
        let mut tx = match self.begin_idempotent(submission, Role::Admin).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
        let connection = self.renew_connection(&mut tx, actor, row, account, &Credentials::ApiKey(fields)).await?;
        self.commit_idempotent(tx, submission, &connection).await?;
        self.notifier.notify();
        Ok(connection)
    }

    /// Tries a key at the provider before anything of it is stored.
    async fn try_key(
        &self,
        connector: &'static Connector,
        mut given: BTreeMap<String, Secret<String>>,
    ) -> Result<(BTreeMap<String, Secret<String>>, Account)> {
        let method = connector.api_key().ok_or(Problem::NotFound)?;
        let mut fields = BTreeMap::new();
        for field in method.fields {
            let value = given
                .remove(field.name)
                .map(|value| Secret::new(value.expose().trim().to_owned()))
                .filter(is_key)
                .ok_or(Invalid::ApiKey)?;
            fields.insert(field.name.to_owned(), value);
        }
        let account = match Call::with_key(&self.ctx, connector, method, &fields) {
            Ok(call) => connector.identity.identify(&call).await,
            Err(error) => Err(error),
        };
        let account = account.map_err(|error| {
            tracing::info!(error = crate::hub::chain(&error), "a key was not accepted");
            Error::from(if error.kind == Kind::GrantDead { Problem::CredentialRejected } else { Problem::ProviderUnreachable })
        })?;
        Ok((fields, account))
    }

    /// A connection to store.
    pub(crate) fn new_row(
        &self,
        organization: &OrganizationId,
        place: &Place<'_>,
        account: Account,
        credentials: &Credentials,
        by: &str,
    ) -> table::ConnectionRow {
        let now = self.clock().now();
        table::ConnectionRow {
            id: new_id(),
            organization_id: organization.clone(),
            integration_id: place.integration.clone(),
            is_enabled: true,
            credentials: self.seal(organization, credentials),
            credentials_version: 1,
            metadata: Json(table::Metadata::default()),
            status: ConnectionStatus::Connected,
            account_label: account.label,
            environment: place.environment,
            host: place.host.clone(),
            external_account_id: account.external_id,
            connected_by: by.to_owned(),
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

    fn seal(&self, organization: &OrganizationId, credentials: &Credentials) -> Vec<u8> {
        self.vault.encrypt(organization, Field::Credentials, credentials.to_json().expose())
    }

    /// Stores a new connection.
    pub(crate) async fn insert_connection(&self, tx: &mut Tx, actor: &Actor, row: table::ConnectionRow) -> Result<Connection> {
        let (organization, integration) = (&row.organization_id, &row.integration_id);
        if pending_connections::exists_in_environment(tx, organization, integration, row.environment, &row.host).await? {
            return Err(Problem::AlreadyConnected.into());
        }
        self.insert_row(tx, &row).await?;
        self.note(tx, actor, ActivityKind::Connected, format!("{} connected {}", actor.name, row.account_label)).await?;
        self.connection_view(row)
    }

    /// Stores a row, and tells a connection that is there already from other faults.
    pub(crate) async fn insert_row(&self, tx: &mut Tx, row: &table::ConnectionRow) -> Result<()> {
        check_places(tx, &row.organization_id).await?;
        table::insert(tx, row).await.map_err(|error| match db::is_unique_violation(&error) {
            true => Problem::AlreadyConnected.into(),
            false => Error::from(error),
        })
    }

    /// Stores the credentials of a reconnect, ends the grant that it replaces, and runs what waited for it. The row is locked: a refresh
    /// that is under way must not replace the grant in between.
    pub(crate) async fn renew_connection(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        mut row: table::ConnectionRow,
        account: Account,
        credentials: &Credentials,
    ) -> Result<Connection> {
        let now: Timestamp = self.clock().now();
        self.end_replaced_grant(tx, &row, credentials).await?;
        row.credentials = self.seal(&row.organization_id, credentials);
        row.account_label = account.label;
        row.connected_by.clone_from(&actor.name);
        table::reconnect(tx, &row, now).await?;
        db::connections::connection_tests::forget(tx, &row.organization_id, &row.id).await?;
        token_refreshes::begin_anew(tx, &row.organization_id, &row.id, now + KEEP_ALIVE_EVERY).await?;
        // Calls may have been missed meanwhile.
        reconciliations::reschedule_now(tx, &row.organization_id, &row.id, now).await?;
        connections::unpark(tx, &row, now).await?;
        self.note(tx, actor, ActivityKind::Reconnected, format!("{} reconnected {}", actor.name, row.account_label)).await?;
        let row = table::find(tx, &row.organization_id, &row.id).await?.ok_or(Problem::NotFound)?;
        self.connection_view(row)
    }
}

pub(crate) async fn check_places(tx: &mut Tx, organization: &OrganizationId) -> Result<()> {
    match table::count(tx, organization).await? {
        ..MAX_CONNECTIONS => Ok(()),
        _ => Err(Problem::TooManyConnections.into()),
    }
}

fn is_key(value: &Secret<String>) -> bool {
    let value = value.expose();
    (1..=MAX_KEY_BYTES).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Host and port of an address.
pub(crate) fn authority(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
