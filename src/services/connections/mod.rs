//! An organization's connections: list, look, change, test.

pub(crate) mod callback;
pub(crate) mod catalogue;
pub(crate) mod confirmation;
pub(crate) mod connect;
pub(crate) mod deal_schema;
pub(crate) mod disconnect;
pub(crate) mod dry_run;
pub(crate) mod health;
pub(crate) mod oauth_flow;
pub(crate) mod reconcile;
pub(crate) mod refresh;
pub(crate) mod scheduler;
pub(crate) mod session;
pub(crate) mod setup_package;
pub(crate) mod webhook_secret;
pub(crate) mod write_back;

use super::{Actor, connections::session::Caller, deliveries::webhook_signature};
use crate::{
    connectors::{self, Call, Connector, Credentials, Deals, OAuthClient},
    db::{
        self, ReadConnection, Tx,
        connections::{self as table, connection_tests, issues, pending_connections},
    },
    domain::{
        account::users::Role,
        connection::{Check, CheckCode, Connection, ConnectionTest, Settings, SettingsChange, terms::Terms},
        contract::timeline::ActivityKind,
        ids::{ConnectionId, IntegrationId},
        problem::{Invalid, Problem},
    },
    hub::{Error, Hub, Result},
    vault::Field,
};
use serde_json::{Map, Value};

/// What to change of a connection; `None` leaves it.
#[derive(Default)]
pub struct ConnectionChange {
    /// Whether webhook and write-back work.
    pub is_enabled: Option<bool>,
    /// Settings to replace by top-level key; `null` removes one.
    pub metadata: Option<Map<String, Value>>,
    /// The settings that were seen when this was decided; without them, nobody asks.
    pub seen: Option<Settings>,
}

impl Hub {
    /// The organization's connections, oldest first; those that wait for confirmation come last.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn connections(&self, actor: &Actor) -> Result<Vec<Connection>> {
        let rows = table::list(&mut self.db.acquire().await?, &actor.organization_id).await?;
        let mut connections = rows.into_iter().map(|row| self.connection_view(row)).collect::<Result<Vec<_>>>()?;
        connections.extend(self.pending_connections(actor).await?);
        Ok(connections)
    }

    /// One of them.
    ///
    /// # Errors
    /// There is no such connection.
    pub async fn connection(&self, actor: &Actor, id: &ConnectionId) -> Result<Connection> {
        let mut tx = self.db.acquire().await?;
        if let Some(row) = table::find(&mut tx, &actor.organization_id, id).await? {
            return self.connection_view(row);
        }
        let pending = pending_connections::list(&mut tx, &actor.organization_id, Some(id), self.clock().now()).await?;
        self.pending_view(pending.into_iter().next().ok_or(Problem::NotFound)?)
    }

    /// One of them that is in use.
    ///
    /// # Errors
    /// There is no such connection, or it waits for confirmation.
    pub async fn confirmed_connection(&self, actor: &Actor, id: &ConnectionId) -> Result<Connection> {
        let row = find(&mut self.db.acquire().await?, actor, id).await?;
        self.connection_view(row)
    }

    /// Who changed the settings of a connection last; `None` before the first change.
    ///
    /// # Errors
    /// There is no such connection.
    pub async fn settings_change(&self, actor: &Actor, id: &ConnectionId) -> Result<Option<SettingsChange>> {
        let mut tx = self.db.acquire().await?;
        Ok(find(&mut tx, actor, id).await?.metadata.0.settings_change)
    }

    /// Changes switches and settings. Switching on runs what waited for it. When somebody else has changed the settings that were seen,
    /// nothing is changed.
    ///
    /// # Errors
    /// The actor is no admin, there is no such connection, a setting cannot be used, or [`Problem::ChangedMeanwhile`].
    pub async fn update_connection(&self, actor: &Actor, id: &ConnectionId, change: ConnectionChange) -> Result<Connection> {
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let mut tx = self.begin_as(actor, Role::Admin).await?;
        let mut row = find_locked(&mut tx, actor, id).await?;
        if let Some(metadata) = &change.metadata {
            let settings = row.metadata.settings.merged(metadata).map_err(Invalid::Metadata)?;
            // A second click finds what the first one did.
            if settings != row.metadata.settings {
                if change.seen.as_ref().is_some_and(|seen| *seen != row.metadata.settings) {
                    return Err(Problem::ChangedMeanwhile.into());
                }
                row.metadata.settings_change = Some(SettingsChange { by: actor.name.clone(), at: now });
                // What a check found about another field or other labels says nothing about these.
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
        let summary = format!("{} changed the settings of the connection to {}", actor.name, row.account_label);
        self.note(&mut tx, actor, ActivityKind::ConnectionChanged, summary).await?;
        let connection = self.connection_view(row)?;
        tx.commit().await?;
        self.notifier.notify();
        Ok(connection)
    }

    /// Asks the provider now whether everything is as it must be. What was found is kept for the connection's page.
    ///
    /// # Errors
    /// The actor is only a viewer, or there is no such connection. What is wrong at the provider is a failed check, not an error.
    pub async fn test_connection(&self, actor: &Actor, id: &ConnectionId) -> Result<ConnectionTest> {
        actor.require(Role::Member)?;
        let mut tx = self.db.acquire().await?;
        let row = find(&mut tx, actor, id).await?;
        drop(tx);
        let begun = std::time::Instant::now();
        let outcome = match connector(&row)?.deals {
            Some(deals) => self.try_grant(&row, deals).await,
            None => self.try_stored_key(&row).await,
        };
        let latency_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        let checks = match outcome {
            Ok(checks) => checks,
            Err(Error::Connector(error)) => {
                vec![Check::new(CheckCode::Connection, "Connection works", false, error.sentence())]
            }
            Err(Error::Problem(Problem::NeedsReconnect)) => {
                let detail = row.last_error.clone().unwrap_or_else(|| Problem::NeedsReconnect.detail());
                vec![Check::new(CheckCode::Connection, "Connection works", false, detail)]
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

    pub(super) async fn try_stored_key(&self, row: &table::ConnectionRow) -> Result<Vec<Check>> {
        let connector = connector(row)?;
        let (Credentials::ApiKey(fields), Some(method)) = (self.credentials(row)?, connector.api_key()) else {
            return Err(Error::Inconsistent("a key connection without a key"));
        };
        let identified = match Call::with_key(&self.ctx, connector, method, &fields) {
            Ok(call) => connector.identity.identify(&call).await,
            Err(error) => Err(error),
        };
        let account = match identified.map_err(|error| error.of(connector.terms)) {
            Ok(account) => account,
            Err(error) => {
                self.record_call_failed(row, &error).await?;
                return Err(error.into());
            }
        };
        self.record_key_accepted(row).await?;
        let same = account.external_id == row.external_account_id;
        let detail = match same {
            true => "It is the account that was connected.",
            false => "The key now belongs to another account. An admin must reconnect with a key of the connected one.",
        };
        let accepted = format!("The key is accepted, and belongs to {}.", account.label);
        Ok(vec![
            Check::new(CheckCode::Connection, "Connection works", true, accepted),
            Check::new(CheckCode::SameAccount, "Same account", same, detail),
        ])
    }

    async fn record_key_accepted(&self, row: &table::ConnectionRow) -> Result<()> {
        let mut tx = self.db.begin().await?;
        issues::record_key_accepted(&mut tx, &row.organization_id, &row.id, self.clock().now()).await?;
        Ok(tx.commit().await?)
    }

    async fn try_grant(&self, row: &table::ConnectionRow, deals: &'static dyn Deals) -> Result<Vec<Check>> {
        let settings = &row.metadata.settings;
        let labels: Vec<String> =
            crate::domain::contract::NegotiationStatus::ALL.map(|status| settings.status_label(status).to_owned()).to_vec();
        let (field, labels) = (settings.status_field(), &labels);
        let checks = self
            .with_session(Caller::User, row, move |call| async move {
                deals.checks(&call, &row.external_account_id, field, labels).await
            })
            .await?;
        self.record_call_succeeded(row).await?;
        Ok(checks)
    }

    /// A connection as people see it, with its catalogue entry.
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

    /// The credentials of a connection, opened.
    pub(super) fn credentials(&self, row: &table::ConnectionRow) -> Result<Credentials> {
        let json = self.vault.decrypt(&row.organization_id, Field::Credentials, &row.credentials)?;
        Credentials::from_json(&json).ok_or(Error::Inconsistent("credentials in an unknown form"))
    }
}

/// The provider of a connection.
pub(super) fn connector(row: &table::ConnectionRow) -> Result<&'static Connector> {
    connectors::find(row.integration_id.slug()).ok_or(Error::Inconsistent("a connection to an unknown integration"))
}

/// The deals of a connection; a problem for one whose provider has none.
pub(super) fn deals(row: &table::ConnectionRow) -> Result<&'static dyn Deals> {
    connector(row)?.deals.ok_or_else(|| Problem::NotFound.into())
}

/// The words of a connection's provider.
pub(super) fn terms(row: &table::ConnectionRow) -> &'static Terms {
    connectors::terms(row.integration_id.slug())
}

/// The provider of that slug, which is connected with OAuth 2.0.
pub(super) fn oauth(slug: &str) -> Result<(IntegrationId, OAuthClient)> {
    let client = connectors::find(slug).and_then(Connector::oauth).ok_or(Problem::NotFound)?;
    Ok((IntegrationId::from_suffix(slug), client))
}

/// A connection of the actor's organization that may be used, or the problem that there is none.
pub(super) async fn find(tx: &mut ReadConnection, actor: &Actor, id: &ConnectionId) -> Result<table::ConnectionRow> {
    let found = table::find(tx, &actor.organization_id, id).await?;
    found_or_problem(tx, actor, id, found).await
}

/// The same, for a transaction that will change it.
pub(super) async fn find_locked(tx: &mut Tx, actor: &Actor, id: &ConnectionId) -> Result<table::ConnectionRow> {
    let found = table::find_locked(tx, &actor.organization_id, id).await?;
    found_or_problem(tx, actor, id, found).await
}

/// The one place that tells a connection which waits for confirmation from one that does not exist.
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

/// Runs what waited for a connection.
pub(super) async fn unpark(tx: &mut Tx, row: &table::ConnectionRow, now: crate::domain::time::Timestamp) -> Result<()> {
    db::deliveries::unpark(tx, &row.organization_id, &row.id, now).await?;
    db::jobs::unpark(tx, &row.organization_id, &row.id, now).await?;
    Ok(tx.announce_job().await?)
}
