//! `organization_integrations`: the connections of an organization.

pub mod connect_links;
pub mod connection_tests;
pub mod disconnections;
pub mod health;
pub mod integrations;
pub mod issues;
pub mod oauth_flows;
pub mod pending_connections;
pub mod reconciliations;
pub mod refused_calls;
pub mod revocations;
pub mod sealed;
pub mod sync_cursors;
pub mod token_refreshes;
pub mod webhook_secrets;

use super::contracts::contract_links::AccountRef;
use super::{ReadConnection, Result, Tx, insert, params, query_locked};
use crate::domain::connection::health::Responsible;
use crate::domain::connection::{ConnectionStatus, Environment, Settings, SettingsChange};
use crate::domain::ids::{ConnectionId, IntegrationId, OrganizationId};
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    #[serde(default)]
    pub settings: Settings,
    /// Webhook secrets that are valid, newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub webhook_secrets: Vec<SecretDigest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings_change: Option<SettingsChange>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecretDigest {
    /// HMAC-SHA256 of the secret, in hexadecimal.
    pub digest: String,
    pub created_at: Timestamp,
    /// Expiry; `None` for the current secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// The id of a connection and the id of its organization, for lists that cover all organizations.
pub type OwnedConnectionId = (OrganizationId, ConnectionId);

#[derive(Clone, sqlx::FromRow)]
pub struct ConnectionRow {
    pub id: ConnectionId,
    pub organization_id: OrganizationId,
    pub integration_id: IntegrationId,
    pub is_enabled: bool,
    /// Encrypted by the vault.
    pub credentials: Vec<u8>,
    /// Incremented when new tokens are stored, so that a slow refresh never overwrites newer tokens.
    pub credentials_version: i64,
    pub metadata: Json<Metadata>,
    pub status: ConnectionStatus,
    pub account_label: String,
    pub environment: Environment,
    /// Host of the environment `my_domain`; empty for other environments.
    pub host: String,
    pub external_account_id: String,
    pub connected_by: String,
    pub last_error: Option<String>,
    pub issue_cause: Option<String>,
    pub issue_responsible: Option<Responsible>,
    pub failing_since: Option<Timestamp>,
    pub paused_until: Option<Timestamp>,
    /// Time of the last webhook call or response from the provider.
    pub last_activity_at: Option<Timestamp>,
    /// Time of the first webhook call.
    pub trigger_seen_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl ConnectionRow {
    pub fn account(&self) -> AccountRef<'_> {
        AccountRef { organization: &self.organization_id, integration: &self.integration_id, account: &self.external_account_id }
    }
}

pub async fn count(tx: &mut ReadConnection, organization: &OrganizationId) -> Result<i64> {
    tx.query("SELECT count(*) FROM organization_integrations WHERE organization_id = $1", params![organization]).scalar().await
}

/// Adds a connection. A unique violation means that the organization already has a connection to this environment.
pub async fn insert(tx: &mut Tx, row: &ConnectionRow) -> Result<()> {
    let query = insert! {
        tx, "organization_integrations" (id, organization_id, integration_id, is_enabled, credentials, credentials_version,
            metadata, status, account_label, environment, host, external_account_id, connected_by, last_error, last_activity_at,
            created_at, updated_at, issue_cause, issue_responsible, failing_since, paused_until) = row,
        connected_at = row.created_at
    };
    query.execute().await
}

pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &ConnectionId) -> Result<Option<ConnectionRow>> {
    let sql = "SELECT * FROM organization_integrations WHERE organization_id = $1 AND id = $2";
    tx.query(sql, params![organization, id]).optional().await
}

/// Finds a connection and locks it until commit. Lock order: connection, jobs, deliveries, contracts.
pub async fn find_locked(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId) -> Result<Option<ConnectionRow>> {
    query_locked!(
        tx,
        "SELECT * FROM organization_integrations WHERE organization_id = $1 AND id = $2",
        "FOR UPDATE",
        params![organization, id]
    )
    .optional()
    .await
}

/// Lists the organization's connections, oldest first. There is at most one connection per integration, environment and host.
pub async fn list(tx: &mut ReadConnection, organization: &OrganizationId) -> Result<Vec<ConnectionRow>> {
    let sql = "SELECT * FROM organization_integrations WHERE organization_id = $1 ORDER BY id LIMIT 1000";
    tx.query(sql, params![organization]).all().await
}

pub async fn find_in_environment(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    integration: &IntegrationId,
    environment: Environment,
    host: &str,
) -> Result<Option<ConnectionRow>> {
    let sql = "SELECT * FROM organization_integrations
        WHERE organization_id = $1 AND integration_id = $2 AND environment = $3 AND host = $4";
    tx.query(sql, params![organization, integration, environment, host]).optional().await
}

/// Finds the organization's connection to a provider account. Prefers a working connection if there are several.
pub async fn find_by_account(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    integration: &IntegrationId,
    account: &str,
) -> Result<Option<ConnectionRow>> {
    let sql = "SELECT * FROM organization_integrations
        WHERE organization_id = $1 AND integration_id = $2 AND external_account_id = $3
        ORDER BY CASE status WHEN 'needs_reconnect' THEN 1 ELSE 0 END, id LIMIT 1";
    tx.query(sql, params![organization, integration, account]).optional().await
}

pub async fn update_settings(tx: &mut Tx, row: &ConnectionRow, now: Timestamp) -> Result<()> {
    let sql = "UPDATE organization_integrations SET is_enabled = $1, metadata = $2, updated_at = $3
        WHERE organization_id = $4 AND id = $5";
    tx.query(sql, params![row.is_enabled, &row.metadata, now, &row.organization_id, &row.id]).execute().await
}

/// Stores new credentials and clears the issue, the pause and the refresh lease.
pub async fn reconnect(tx: &mut Tx, row: &ConnectionRow, now: Timestamp) -> Result<()> {
    let sql = "UPDATE organization_integrations
        SET credentials = $1, credentials_version = credentials_version + 1, account_label = $2, connected_by = $3,
            connected_at = $4, last_activity_at = $4, updated_at = $4, status = 'connected', last_error = NULL,
            issue_cause = NULL, issue_responsible = NULL, failing_since = NULL, paused_until = NULL,
            refresh_lease = NULL, refresh_lease_until = NULL
        WHERE organization_id = $5 AND id = $6";
    let ConnectionRow { credentials, account_label, connected_by, organization_id, id, .. } = row;
    tx.query(sql, params![credentials, account_label, connected_by, now, organization_id, id]).execute().await
}

/// Returns true if a server holds the lease for refreshing the connection's tokens.
pub async fn is_refreshing(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    id: &ConnectionId,
    now: Timestamp,
) -> Result<bool> {
    let sql = "SELECT count(*) FROM organization_integrations
        WHERE organization_id = $1 AND id = $2 AND refresh_lease IS NOT NULL AND refresh_lease_until > $3";
    Ok(tx.query(sql, params![organization, id, now]).scalar::<i64>().await? > 0)
}

pub async fn record_trigger(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId, now: Timestamp) -> Result<()> {
    let sql = "UPDATE organization_integrations SET trigger_seen_at = $1
        WHERE organization_id = $2 AND id = $3 AND trigger_seen_at IS NULL";
    tx.query(sql, params![now, organization, id]).execute().await
}

/// Acquires the lease for refreshing the tokens. Returns false if the lease is held or the credentials have changed.
pub async fn take_refresh_lease(tx: &mut Tx, row: &ConnectionRow, lease: &str, now: Timestamp, until: Timestamp) -> Result<bool> {
    let sql = "UPDATE organization_integrations SET refresh_lease = $1, refresh_lease_until = $2
        WHERE organization_id = $3 AND id = $4 AND credentials_version = $5
          AND (refresh_lease IS NULL OR refresh_lease_until <= $6)";
    tx.query(sql, params![lease, until, &row.organization_id, &row.id, row.credentials_version, now]).affects_rows().await
}

/// Stores refreshed tokens and releases the lease. Returns false if the credentials have changed.
///
/// Compares the version of the credentials, not the lease, because the lease can expire while the server waits for the response.
/// The new tokens must be stored even after the lease has expired, because only the new tokens are valid.
pub async fn finish_refresh(tx: &mut Tx, row: &ConnectionRow, credentials: &[u8], now: Timestamp) -> Result<bool> {
    let sql = "UPDATE organization_integrations
        SET credentials = $1, credentials_version = credentials_version + 1, updated_at = $2,
            refresh_lease = NULL, refresh_lease_until = NULL,
            last_error = CASE WHEN status = 'needs_reconnect' THEN NULL ELSE last_error END,
            issue_cause = CASE WHEN status = 'needs_reconnect' THEN NULL ELSE issue_cause END,
            issue_responsible = CASE WHEN status = 'needs_reconnect' THEN NULL ELSE issue_responsible END,
            failing_since = CASE WHEN status = 'needs_reconnect' THEN NULL ELSE failing_since END,
            status = CASE WHEN status = 'needs_reconnect' THEN 'connected' ELSE status END
        WHERE organization_id = $3 AND id = $4 AND credentials_version = $5";
    tx.query(sql, params![credentials, now, &row.organization_id, &row.id, row.credentials_version]).affects_rows().await
}

pub async fn renew_refresh_lease(tx: &mut Tx, row: &ConnectionRow, lease: &str, until: Timestamp) -> Result<()> {
    let sql = "UPDATE organization_integrations SET refresh_lease_until = $1
        WHERE organization_id = $2 AND id = $3 AND refresh_lease = $4";
    tx.query(sql, params![until, &row.organization_id, &row.id, lease]).execute().await
}

pub async fn release_refresh_lease(tx: &mut Tx, row: &ConnectionRow, lease: &str) -> Result<()> {
    let sql = "UPDATE organization_integrations SET refresh_lease = NULL, refresh_lease_until = NULL
        WHERE organization_id = $1 AND id = $2 AND refresh_lease = $3";
    tx.query(sql, params![&row.organization_id, &row.id, lease]).execute().await
}

/// Removes a connection with its credentials, webhook secrets and deliveries.
pub async fn delete(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId) -> Result<bool> {
    let sql = "DELETE FROM organization_integrations WHERE organization_id = $1 AND id = $2";
    tx.query(sql, params![organization, id]).affects_rows().await
}
