//! Connects and reconnects providers. OAuth 2.0 first sends the user to the provider's consent page.

use super::oauth_flow::{Flow, Start};
use super::refresh::KEEP_ALIVE_EVERY;
use super::target::{Target, check_connection_limit, insert_error};
use crate::connectors::{self, Account, Connector, Credentials, Kind};
use crate::db::Tx;
use crate::db::connections::{self as table, connection_tests, pending_connections, reconciliations, token_refreshes};
use crate::domain::account::users::Role;
use crate::domain::connection::{Authorization, Connection, Environment};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::{ConnectionId, IntegrationId, OrganizationId};
use crate::domain::problem::{Invalid, Problem};
use crate::hub::{Hub, Result, chain};
use crate::secret::Secret;
use crate::services::auth::idempotency::first_or_return;
use crate::services::connections::polling;
use crate::services::{Actor, connections};
use crate::vault::Field;
use std::collections::BTreeMap;

const MAX_KEY_BYTES: usize = 4096;

/// The values of a credential, such as a key and an account id, by the name of the form field.
pub(super) type KeyFields = BTreeMap<String, Secret<String>>;

#[derive(Default)]
pub struct ConnectRequest {
    /// Used only for OAuth 2.0. `None` means production.
    pub environment: Option<Environment>,
    /// For the environment `my_domain`: the host of the org, or the URL of any page of the org.
    pub domain: Option<String>,
    /// Used only for API keys.
    pub fields: KeyFields,
}

#[expect(clippy::large_enum_variant, reason = "one short-lived value per request")]
pub enum Connecting {
    Done(Connection),
    /// The user must give consent on the provider's consent page.
    Authorize(Authorization),
}

impl Hub {
    pub async fn connect(&self, actor: &Actor, id: &IntegrationId, request: ConnectRequest) -> Result<Connecting> {
        actor.require(Role::Admin)?;
        let connector = connectors::find(id.slug()).ok_or(Problem::NotFound)?;
        match connector.oauth() {
            None => Ok(Connecting::Done(self.connect_with_key(actor, id, connector, request.fields).await?)),
            Some(client) => {
                let environment = request.environment.unwrap_or(Environment::Production);
                let (target, login_url) = self.oauth_target(id, client, environment, request.domain.as_deref())?;
                if target.is_taken(&mut self.db.acquire().await?, &actor.organization_id).await? {
                    return Err(Problem::AlreadyConnected.into());
                }
                let flow = Flow { target, login_url, renews: None, start: Start::Button };
                Ok(Connecting::Authorize(self.store_flow(actor, client, flow).await?))
            }
        }
    }

    /// Connects an existing connection again. The connection keeps its id and history.
    pub async fn reconnect(&self, actor: &Actor, id: &ConnectionId, fields: KeyFields) -> Result<Connecting> {
        actor.require(Role::Admin)?;
        let row = connections::find(&mut self.db.acquire().await?, actor, id).await?;
        let connector = connections::connector(&row)?;
        match connector.oauth() {
            None => Ok(Connecting::Done(self.reconnect_with_key(actor, row, connector, fields).await?)),
            Some(client) => {
                let domain = Some(row.host.as_str()).filter(|host| !host.is_empty());
                let (target, login_url) = self.oauth_target(&row.integration_id, client, row.environment, domain)?;
                let flow = Flow { target, login_url, renews: Some(id.clone()), start: Start::Button };
                Ok(Connecting::Authorize(self.store_flow(actor, client, flow).await?))
            }
        }
    }

    async fn connect_with_key(
        &self,
        actor: &Actor,
        id: &IntegrationId,
        connector: &'static Connector,
        fields: KeyFields,
    ) -> Result<Connection> {
        let target = Target { integration: id, environment: Environment::Production, host: String::new() };
        if self.find_target(actor, &target).await?.is_some() {
            return self.replay(actor, Role::Admin).await?.ok_or_else(|| Problem::AlreadyConnected.into());
        }
        let (fields, account) = self.try_key(connector, fields).await?;
        let credentials = self.seal(&actor.organization_id, &Credentials::ApiKey(fields));
        let row = target.new_row(&actor.organization_id, account, credentials, &actor.name, self.clock().now());
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        let connection = self.insert_connection(&mut tx, actor, row).await?;
        self.commit_idempotent(tx, actor, &connection).await?;
        self.try_start_polling(actor, &connection.id, connection.created_at).await;
        Ok(connection)
    }

    async fn reconnect_with_key(
        &self,
        actor: &Actor,
        row: table::ConnectionRow,
        connector: &'static Connector,
        fields: KeyFields,
    ) -> Result<Connection> {
        let (fields, account) = self.try_key(connector, fields).await?;
        if account.external_id != row.external_account_id {
            return Err(Problem::OrgMismatch.into());
        }
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        let connection = self.renew_connection(&mut tx, actor, row, account, &Credentials::ApiKey(fields)).await?;
        self.commit_idempotent(tx, actor, &connection).await?;
        self.notifier.notify();
        Ok(connection)
    }

    async fn try_key(&self, connector: &'static Connector, mut given: KeyFields) -> Result<(KeyFields, Account)> {
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
        let account = self.identify_key(connector, method, &fields).await.map_err(|error| {
            tracing::info!(error = chain(&error), "a key was not accepted");
            if error.kind == Kind::GrantDead { Problem::CredentialRejected } else { Problem::ProviderUnreachable }
        })?;
        Ok((fields, account))
    }

    pub(super) fn seal(&self, organization: &OrganizationId, credentials: &Credentials) -> Vec<u8> {
        self.vault.encrypt(organization, Field::Credentials, credentials.to_json().expose())
    }

    pub(crate) async fn insert_connection(&self, tx: &mut Tx, actor: &Actor, row: table::ConnectionRow) -> Result<Connection> {
        let (organization, integration) = (&row.organization_id, &row.integration_id);
        if pending_connections::exists_in_environment(tx, organization, integration, row.environment, &row.host).await? {
            return Err(Problem::AlreadyConnected.into());
        }
        check_connection_limit(tx, organization).await?;
        table::insert(tx, &row).await.map_err(insert_error)?;
        polling::request_starts(tx, &row, row.created_at).await?;
        self.record(tx, actor, ActivityKind::Connected, format!("{} connected {}", actor.name, row.account_label)).await?;
        self.connection_view(row)
    }

    /// Stores the credentials from a reconnect, revokes the replaced grant and resumes parked work. The caller must have locked
    /// `row`, because a concurrent refresh could otherwise replace the grant.
    pub(crate) async fn renew_connection(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        mut row: table::ConnectionRow,
        account: Account,
        credentials: &Credentials,
    ) -> Result<Connection> {
        let now = self.clock().now();
        self.revoke_replaced_grant(tx, &row, credentials).await?;
        row.credentials = self.seal(&row.organization_id, credentials);
        row.account_label = account.label;
        row.connected_by.clone_from(&actor.name);
        table::reconnect(tx, &row, now).await?;
        connection_tests::forget(tx, &row.organization_id, &row.id).await?;
        token_refreshes::reset(tx, &row.organization_id, &row.id, now + KEEP_ALIVE_EVERY).await?;
        // Schedules a reconciliation, because webhook calls may have been lost while the connection did not work.
        reconciliations::reschedule_now(tx, &row.organization_id, &row.id, now).await?;
        connections::unpark(tx, &row, now).await?;
        self.record(tx, actor, ActivityKind::Reconnected, format!("{} reconnected {}", actor.name, row.account_label)).await?;
        let row = table::find(tx, &row.organization_id, &row.id).await?.ok_or(Problem::NotFound)?;
        self.connection_view(row)
    }
}

fn is_key(value: &Secret<String>) -> bool {
    let value = value.expose();
    (1..=MAX_KEY_BYTES).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic())
}
