pub(crate) mod callback;
pub(crate) mod catalogue;
pub(crate) mod confirmation;
pub(crate) mod connect;
pub(crate) mod connect_link;
pub(crate) mod connect_link_flow;
pub(crate) mod deal_schema;
pub(crate) mod disconnect;
pub(crate) mod dry_run;
pub(crate) mod fact_sheet;
pub(crate) mod file_back;
pub(crate) mod health;
pub(crate) mod oauth_flow;
pub(crate) mod polling;
pub(crate) mod reconcile;
pub(crate) mod refresh;
pub(crate) mod refused_calls;
pub(crate) mod scheduler;
pub(crate) mod session;
pub(crate) mod setup_package;
pub(crate) mod target;
pub(crate) mod webhook_secret;
pub(crate) mod write_back;

use super::Actor;
use super::connections::session::Caller;
use super::deliveries::webhook_signature;
use crate::connectors::{self, Account, ApiKey, Call, CheckedConnection, Connector, Credentials, Deals, OAuthClient};
use crate::db::connections::{self as table, connection_tests, issues, pending_connections};
use crate::db::{self, ReadConnection, Tx};
use crate::domain::account::users::Role;
use crate::domain::connection::terms::Terms;
use crate::domain::connection::{Check, CheckCode, Connection, ConnectionTest, Settings, SettingsChange};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::{ConnectionId, IntegrationId, OrganizationId};
use crate::domain::problem::{Invalid, Problem};
use crate::domain::time::Timestamp;
use crate::hub::{Error, Hub, Result};
use crate::vault::Field;
use connect::KeyFields;
use serde_json::{Map, Value};

/// The properties to change. `None` keeps the current value.
#[derive(Default)]
pub struct ConnectionChange {
    pub is_enabled: Option<bool>,
    /// The settings to replace, by top-level key. The value `null` removes a setting.
    pub metadata: Option<Map<String, Value>>,
    /// The settings that the user saw before the change, to detect concurrent changes; `None` skips the check.
    pub seen: Option<Settings>,
}

impl Hub {
    /// Returns the organization's connections, oldest first. Pending connections come last.
    pub async fn connections(&self, actor: &Actor) -> Result<Vec<Connection>> {
        let rows = table::list(&mut self.db.acquire().await?, &actor.organization_id).await?;
        let mut connections = rows.into_iter().map(|row| self.connection_view(row)).collect::<Result<Vec<_>>>()?;
        connections.extend(self.pending_connections(actor).await?);
        Ok(connections)
    }

    /// Returns one connection, even if it is pending.
    pub async fn connection(&self, actor: &Actor, id: &ConnectionId) -> Result<Connection> {
        self.find_connection(&mut self.db.acquire().await?, &actor.organization_id, id).await
    }

    /// Returns one connection of an organization, even if it is pending.
    pub(super) async fn find_connection(
        &self,
        tx: &mut ReadConnection,
        organization: &OrganizationId,
        id: &ConnectionId,
    ) -> Result<Connection> {
        if let Some(row) = table::find(tx, organization, id).await? {
            return self.connection_view(row);
        }
        let pending = pending_connections::list(tx, organization, Some(id), self.clock().now()).await?;
        self.pending_view(pending.into_iter().next().ok_or(Problem::NotFound)?)
    }

    /// Returns one connection. Fails if it is pending.
    pub async fn confirmed_connection(&self, actor: &Actor, id: &ConnectionId) -> Result<Connection> {
        self.connection_view(find(&mut self.db.acquire().await?, actor, id).await?)
    }

    pub async fn settings_change(&self, actor: &Actor, id: &ConnectionId) -> Result<Option<SettingsChange>> {
        Ok(find(&mut self.db.acquire().await?, actor, id).await?.metadata.0.settings_change)
    }

    /// Changes the settings of a connection, pauses it or resumes it. Resuming also resumes parked work. Fails with
    /// [`Problem::ChangedMeanwhile`] if the current settings differ from `change.seen`.
    pub async fn update_connection(&self, actor: &Actor, id: &ConnectionId, change: ConnectionChange) -> Result<Connection> {
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let mut tx = self.begin_as(actor, Role::Admin).await?;
        let mut row = find_locked(&mut tx, actor, id).await?;
        let before = row.metadata.settings.clone();
        if let Some(metadata) = &change.metadata {
            let settings = row.metadata.settings.merged(metadata).map_err(Invalid::Metadata)?;
            // Settings that are already stored are no conflict, because the user may have submitted the form twice.
            if settings != row.metadata.settings {
                if change.seen.as_ref().is_some_and(|seen| *seen != row.metadata.settings) {
                    return Err(Problem::ChangedMeanwhile.into());
                }
                row.metadata.settings_change = Some(SettingsChange { by: actor.name.clone(), at: now });
                connection_tests::forget(&mut tx, &actor.organization_id, id).await?;
            }
            if settings.requires_signature() && !row.metadata.settings.requires_signature() {
                webhook_signature::require_key(&mut tx, &row, now).await?;
            }
            row.metadata.settings = settings;
        }
        if let Some(is_enabled) = change.is_enabled {
            if is_enabled && !row.is_enabled {
                unpark(&mut tx, &row, now).await?;
            }
            row.is_enabled = is_enabled;
        }
        row.updated_at = now;
        table::update_settings(&mut tx, &row, now).await?;
        if row.metadata.settings != before && connector(&row)?.deals.is_some() {
            polling::request_changed_starts(&mut tx, &row, &before, now).await?;
        }
        let summary = format!("{} changed the settings of the connection to {}", actor.name, row.account_label);
        self.record(&mut tx, actor, ActivityKind::ConnectionChanged, summary).await?;
        let connection = self.connection_view(row)?;
        tx.commit().await?;
        self.notifier.notify();
        self.try_start_polling(actor, id, now).await;
        Ok(connection)
    }

    /// Calls the provider and stores the result. A failure at the provider is returned as a failed check.
    pub async fn test_connection(&self, actor: &Actor, id: &ConnectionId) -> Result<ConnectionTest> {
        actor.require(Role::Member)?;
        let row = find(&mut self.db.acquire().await?, actor, id).await?;
        let started = std::time::Instant::now();
        let result = match connector(&row)?.deals {
            Some(deals) => self.check_session(&row, deals).await,
            None => self.check_key(&row).await,
        };
        let latency_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let failed = |detail| vec![Check::new(CheckCode::Connection, "Connection works", false, detail)];
        let checks = match result {
            Ok(checks) => checks,
            Err(Error::Connector(error)) => failed(error.user_message()),
            Err(Error::Problem(Problem::NeedsReconnect)) => {
                failed(row.last_error.clone().unwrap_or_else(|| Problem::NeedsReconnect.detail()))
            }
            Err(error) => return Err(error),
        };
        let ok = checks.iter().all(|check| check.ok);
        let test = ConnectionTest { ok, latency_ms, account_label: Some(row.account_label), checks };
        let mut tx = self.begin_as(actor, Role::Member).await?;
        connection_tests::store(&mut tx, &actor.organization_id, id, &test, &actor.name, self.clock().now()).await?;
        tx.commit().await?;
        Ok(test)
    }

    pub(super) async fn check_key(&self, row: &table::ConnectionRow) -> Result<Vec<Check>> {
        let connector = connector(row)?;
        let (Credentials::ApiKey(fields), Some(method)) = (self.credentials(row)?, connector.api_key()) else {
            return Err(Error::Inconsistent("a key connection without a key"));
        };
        let account = match self.identify_key(connector, method, &fields).await {
            Ok(account) => account,
            Err(error) => {
                let error = error.with_terms(connector.terms);
                self.record_call_failed(row, &error).await?;
                return Err(error.into());
            }
        };
        let mut tx = self.db.begin().await?;
        issues::record_key_accepted(&mut tx, &row.organization_id, &row.id, self.clock().now()).await?;
        tx.commit().await?;
        let is_same = account.external_id == row.external_account_id;
        let detail = if is_same {
            "The key belongs to the connected account."
        } else {
            "The key now belongs to another account. An admin must reconnect with a key of the connected account."
        };
        let accepted = format!("The key is accepted, and belongs to {}.", account.label);
        Ok(vec![
            Check::new(CheckCode::Connection, "Connection works", true, accepted),
            Check::new(CheckCode::SameAccount, "Same account", is_same, detail),
        ])
    }

    async fn identify_key(
        &self,
        connector: &'static Connector,
        method: &ApiKey,
        fields: &KeyFields,
    ) -> std::result::Result<Account, connectors::Error> {
        connector.identity.identify(&Call::with_key(&self.ctx, connector, method, fields)?).await
    }

    async fn check_session(&self, row: &table::ConnectionRow, deals: &'static dyn Deals) -> Result<Vec<Check>> {
        let connection = CheckedConnection { account_id: &row.external_account_id, settings: &row.metadata.settings };
        let checks =
            self.with_session(Caller::User, row, move |call| async move { deals.checks(&call, connection).await }).await?;
        self.record_call_succeeded(row).await?;
        Ok(checks)
    }

    pub(super) fn connection_view(&self, row: table::ConnectionRow) -> Result<Connection> {
        Ok(Connection {
            integration: self.summary_of(&row.integration_id)?,
            id: row.id,
            is_enabled: row.is_enabled,
            status: row.status,
            account_label: Some(row.account_label),
            environment: row.environment,
            external_account_id: Some(row.external_account_id),
            last_error: row.last_error,
            last_activity_at: row.last_activity_at,
            trigger_seen_at: row.trigger_seen_at,
            metadata: row.metadata.0.settings,
            confirmation: None,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }

    pub(super) fn credentials(&self, row: &table::ConnectionRow) -> Result<Credentials> {
        self.open_credentials(&row.organization_id, Field::Credentials, &row.credentials)
    }

    fn open_credentials(&self, organization: &OrganizationId, field: Field, sealed: &[u8]) -> Result<Credentials> {
        let json = self.vault.decrypt(organization, field, sealed)?;
        Credentials::from_json(&json).ok_or(Error::Inconsistent("credentials in an unknown form"))
    }
}

pub(super) fn connector(row: &table::ConnectionRow) -> Result<&'static Connector> {
    connectors::find(row.integration_id.slug()).ok_or(Error::Inconsistent("a connection to an unknown integration"))
}

/// Fails with [`Problem::NotFound`] if the provider does not support deals.
pub(super) fn deals(row: &table::ConnectionRow) -> Result<&'static dyn Deals> {
    connector(row)?.deals.ok_or_else(|| Problem::NotFound.into())
}

/// Returns the provider's terminology, such as its name for an account.
pub(super) fn terms(row: &table::ConnectionRow) -> &'static Terms {
    connectors::terms(row.integration_id.slug())
}

/// Returns the id and the OAuth client of a provider. Fails if connections to this provider do not use OAuth 2.0.
pub(super) fn oauth(slug: &str) -> Result<(IntegrationId, OAuthClient)> {
    let client = connectors::find(slug).and_then(Connector::oauth).ok_or(Problem::NotFound)?;
    Ok((IntegrationId::from_suffix(slug), client))
}

/// Finds a connection of the actor's organization. Fails with [`Problem::NeedsConfirmation`] if the connection is pending.
pub(super) async fn find(tx: &mut ReadConnection, actor: &Actor, id: &ConnectionId) -> Result<table::ConnectionRow> {
    let found = table::find(tx, &actor.organization_id, id).await?;
    found_or_problem(tx, actor, id, found).await
}

/// Like [`find`], but also locks the row.
pub(super) async fn find_locked(tx: &mut Tx, actor: &Actor, id: &ConnectionId) -> Result<table::ConnectionRow> {
    let found = table::find_locked(tx, &actor.organization_id, id).await?;
    found_or_problem(tx, actor, id, found).await
}

async fn found_or_problem(
    tx: &mut ReadConnection,
    actor: &Actor,
    id: &ConnectionId,
    found: Option<table::ConnectionRow>,
) -> Result<table::ConnectionRow> {
    match found {
        Some(row) => Ok(row),
        None if pending_connections::exists(tx, &actor.organization_id, id).await? => Err(Problem::NeedsConfirmation.into()),
        None => Err(Problem::NotFound.into()),
    }
}

pub(super) async fn unpark(tx: &mut Tx, row: &table::ConnectionRow, now: Timestamp) -> Result<()> {
    db::deliveries::unpark(tx, &row.organization_id, &row.id, now).await?;
    db::jobs::unpark(tx, &row.organization_id, &row.id, now).await?;
    Ok(tx.notify_job().await?)
}
