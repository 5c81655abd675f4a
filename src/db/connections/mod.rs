//! `organization_integrations`: the connections of an organization.

pub mod connection_tests;
pub mod disconnections;
pub mod health;
pub mod integrations;
pub mod issues;
pub mod oauth_flows;
pub mod pending_connections;
pub mod reconciliations;
pub mod revocations;
pub mod sealed;
pub mod token_refreshes;
pub mod webhook_secrets;

use super::{ReadConnection, Result, Tx, contracts::contract_links::AccountRef};
use crate::domain::{
    connection::{ConnectionStatus, Environment, Settings, SettingsChange, health::Responsible},
    ids::{ConnectionId, IntegrationId, OrganizationId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

/// The `metadata` column: what a person may change, and the digests of the webhook secrets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// What a person may change.
    #[serde(default)]
    pub settings: Settings,
    /// The webhook secrets that work, newest first, as keyed digests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub webhook_secrets: Vec<SecretDigest>,
    /// Who changed the settings last, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings_change: Option<SettingsChange>,
}

/// A webhook secret, as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecretDigest {
    /// HMAC-SHA256 of the secret, in hexadecimal.
    pub digest: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it works; absent for the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// A connection.
#[derive(Clone, sqlx::FromRow)]
pub struct ConnectionRow {
    /// Its id.
    pub id: ConnectionId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// What it connects to.
    pub integration_id: IntegrationId,
    /// Whether a person has left it switched on.
    pub is_enabled: bool,
    /// Sealed credentials.
    pub credentials: Vec<u8>,
    /// Counts every new token, so that a slow loser never overwrites a newer one.
    pub credentials_version: i64,
    /// Settings and digests.
    pub metadata: Json<Metadata>,
    /// Whether it works.
    pub status: ConnectionStatus,
    /// The account in words.
    pub account_label: String,
    /// Which of the provider's worlds.
    pub environment: Environment,
    /// The host of `my_domain`, else empty.
    pub host: String,
    /// The account's id at the provider.
    pub external_account_id: String,
    /// The name of the person who connected it.
    pub connected_by: String,
    /// What went wrong last, for people.
    pub last_error: Option<String>,
    /// The cause of what is wrong, as a stable word.
    pub issue_cause: Option<String>,
    /// Who can change it.
    pub issue_responsible: Option<Responsible>,
    /// Since when it is wrong.
    pub failing_since: Option<Timestamp>,
    /// Until when nothing calls by itself.
    pub paused_until: Option<Timestamp>,
    /// When the provider last called or answered.
    pub last_activity_at: Option<Timestamp>,
    /// When the webhook's first call was taken.
    pub trigger_seen_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl ConnectionRow {
    /// The account that it leads to.
    pub fn account(&self) -> AccountRef<'_> {
        AccountRef { organization: &self.organization_id, integration: &self.integration_id, account: &self.external_account_id }
    }
}

/// How many connections the organization has.
pub async fn count(tx: &mut ReadConnection, organization: &OrganizationId) -> Result<i64> {
    let sql = "SELECT count(*) FROM organization_integrations WHERE organization_id = $1";
    let row: (i64,) = tx.query(sql).bind(organization).one().await?;
    Ok(row.0)
}

/// Adds a connection. A unique violation means that this environment is connected already.
pub async fn insert(tx: &mut Tx, row: &ConnectionRow) -> Result<()> {
    tx.query(
        "INSERT INTO organization_integrations (id, organization_id, integration_id, is_enabled, credentials, credentials_version, metadata,
             status, account_label, environment, host, external_account_id, connected_by, last_error, last_activity_at, created_at, updated_at,
             connected_at, issue_cause, issue_responsible, failing_since, paused_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $16, $18, $19, $20, $21)",
    )
    .bind(&row.id)
    .bind(&row.organization_id)
    .bind(&row.integration_id)
    .bind(row.is_enabled)
    .bind(row.credentials.as_slice())
    .bind(row.credentials_version)
    .bind(&row.metadata)
    .bind(row.status)
    .bind(row.account_label.as_str())
    .bind(row.environment)
    .bind(row.host.as_str())
    .bind(row.external_account_id.as_str())
    .bind(row.connected_by.as_str())
    .bind(row.last_error.as_deref())
    .bind(row.last_activity_at)
    .bind(row.created_at)
    .bind(row.updated_at)
    .bind(row.issue_cause.as_deref())
    .bind(row.issue_responsible)
    .bind(row.failing_since)
    .bind(row.paused_until)
    .execute()
    .await
    .map(drop)
}

/// One connection of the organization.
pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &ConnectionId) -> Result<Option<ConnectionRow>> {
    tx.query("SELECT * FROM organization_integrations WHERE organization_id = $1 AND id = $2")
        .bind(organization)
        .bind(id)
        .optional()
        .await
}

/// The same for a transaction that will change it or what hangs on it: until its end, no other one does. Who locks several things locks
/// the connection first, then jobs, deliveries and contracts.
pub async fn find_locked(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId) -> Result<Option<ConnectionRow>> {
    tx.either(
        // A transaction that writes is the only one.
        "SELECT * FROM organization_integrations WHERE organization_id = $1 AND id = $2",
        "SELECT * FROM organization_integrations WHERE organization_id = $1 AND id = $2 FOR UPDATE",
    )
    .bind(organization)
    .bind(id)
    .optional()
    .await
}

/// The organization's connections, oldest first. There is one per integration, environment and host, so the list is short.
pub async fn list(tx: &mut ReadConnection, organization: &OrganizationId) -> Result<Vec<ConnectionRow>> {
    tx.query("SELECT * FROM organization_integrations WHERE organization_id = $1 ORDER BY id LIMIT 1000")
        .bind(organization)
        .all()
        .await
}

/// The organization's connection to an environment of an integration.
pub async fn find_in_environment(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    integration: &IntegrationId,
    environment: Environment,
    host: &str,
) -> Result<Option<ConnectionRow>> {
    tx.query(
        "SELECT * FROM organization_integrations
         WHERE organization_id = $1 AND integration_id = $2 AND environment = $3 AND host = $4",
    )
    .bind(organization)
    .bind(integration)
    .bind(environment)
    .bind(host)
    .optional()
    .await
}

/// The organization's connection to an account at a provider; one that works comes before one that does not.
pub async fn find_by_account(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    integration: &IntegrationId,
    external_account_id: &str,
) -> Result<Option<ConnectionRow>> {
    tx.query(
        "SELECT * FROM organization_integrations
         WHERE organization_id = $1 AND integration_id = $2 AND external_account_id = $3
         ORDER BY CASE status WHEN 'needs_reconnect' THEN 1 ELSE 0 END, id LIMIT 1",
    )
    .bind(organization)
    .bind(integration)
    .bind(external_account_id)
    .optional()
    .await
}

/// Stores what a person may change.
pub async fn update_settings(tx: &mut Tx, row: &ConnectionRow, now: Timestamp) -> Result<()> {
    tx.query("UPDATE organization_integrations SET is_enabled = $1, metadata = $2, updated_at = $3 WHERE organization_id = $4 AND id = $5")
        .bind(row.is_enabled)
        .bind(&row.metadata)
        .bind(now)
        .bind(&row.organization_id)
        .bind(&row.id)
        .execute()
        .await
        .map(drop)
}

/// Stores the credentials of a reconnect, and that it works again.
pub async fn reconnect(tx: &mut Tx, row: &ConnectionRow, now: Timestamp) -> Result<()> {
    tx.query(
        "UPDATE organization_integrations
         SET credentials = $1, credentials_version = credentials_version + 1, account_label = $2, connected_by = $3, connected_at = $4, status = 'connected',
             last_error = NULL, issue_cause = NULL, issue_responsible = NULL, failing_since = NULL, paused_until = NULL,
             last_activity_at = $4, updated_at = $4, refresh_lease = NULL, refresh_lease_until = NULL
         WHERE organization_id = $5 AND id = $6",
    )
    .bind(row.credentials.as_slice())
    .bind(row.account_label.as_str())
    .bind(row.connected_by.as_str())
    .bind(now)
    .bind(&row.organization_id)
    .bind(&row.id)
    .execute()
    .await
    .map(drop)
}

/// Whether somebody refreshes just now.
pub async fn refresh_is_under_way(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    id: &ConnectionId,
    now: Timestamp,
) -> Result<bool> {
    let row: (i64,) = tx
        .query(
            "SELECT count(*) FROM organization_integrations
             WHERE organization_id = $1 AND id = $2 AND refresh_lease IS NOT NULL AND refresh_lease_until > $3",
        )
        .bind(organization)
        .bind(id)
        .bind(now)
        .one()
        .await?;
    Ok(row.0 > 0)
}

/// Notes the first call of the webhook.
pub async fn record_trigger(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId, now: Timestamp) -> Result<()> {
    tx.query(
        "UPDATE organization_integrations SET trigger_seen_at = $1 WHERE organization_id = $2 AND id = $3 AND trigger_seen_at IS NULL",
    )
    .bind(now)
    .bind(organization)
    .bind(id)
    .execute()
    .await
    .map(drop)
}

/// Takes the right to refresh, when the tokens are still those of `version` and nobody else holds it.
pub async fn take_refresh_lease(tx: &mut Tx, row: &ConnectionRow, lease: &str, now: Timestamp, until: Timestamp) -> Result<bool> {
    let changed = tx
        .query(
            "UPDATE organization_integrations SET refresh_lease = $1, refresh_lease_until = $2
             WHERE organization_id = $3 AND id = $4 AND credentials_version = $5
               AND (refresh_lease IS NULL OR refresh_lease_until <= $6)",
        )
        .bind(lease)
        .bind(until)
        .bind(&row.organization_id)
        .bind(&row.id)
        .bind(row.credentials_version)
        .bind(now)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Stores refreshed tokens and gives the right back; `false` when the connection has other tokens by now.
///
/// Not the lease decides but the version: whoever lost the lease while Salesforce answered holds the only tokens that still work.
pub async fn finish_refresh(tx: &mut Tx, row: &ConnectionRow, credentials: &[u8], now: Timestamp) -> Result<bool> {
    let changed = tx
        .query(
            "UPDATE organization_integrations
             SET credentials = $1, credentials_version = credentials_version + 1, refresh_lease = NULL, refresh_lease_until = NULL, updated_at = $2,
                 last_error = CASE WHEN status = 'needs_reconnect' THEN NULL ELSE last_error END,
                 issue_cause = CASE WHEN status = 'needs_reconnect' THEN NULL ELSE issue_cause END,
                 issue_responsible = CASE WHEN status = 'needs_reconnect' THEN NULL ELSE issue_responsible END,
                 failing_since = CASE WHEN status = 'needs_reconnect' THEN NULL ELSE failing_since END,
                 status = CASE WHEN status = 'needs_reconnect' THEN 'connected' ELSE status END
             WHERE organization_id = $3 AND id = $4 AND credentials_version = $5",
        )
        .bind(credentials)
        .bind(now)
        .bind(&row.organization_id)
        .bind(&row.id)
        .bind(row.credentials_version)
        .execute()
        .await?;
    Ok(changed == 1)
}

/// Keeps the right to refresh.
pub async fn renew_refresh_lease(tx: &mut Tx, row: &ConnectionRow, lease: &str, until: Timestamp) -> Result<()> {
    tx.query(
        "UPDATE organization_integrations SET refresh_lease_until = $1 WHERE organization_id = $2 AND id = $3 AND refresh_lease = $4",
    )
    .bind(until)
    .bind(&row.organization_id)
    .bind(&row.id)
    .bind(lease)
    .execute()
    .await
    .map(drop)
}

/// Gives the right to refresh back.
pub async fn drop_refresh_lease(tx: &mut Tx, row: &ConnectionRow, lease: &str) -> Result<()> {
    tx.query(
        "UPDATE organization_integrations SET refresh_lease = NULL, refresh_lease_until = NULL
         WHERE organization_id = $1 AND id = $2 AND refresh_lease = $3",
    )
    .bind(&row.organization_id)
    .bind(&row.id)
    .bind(lease)
    .execute()
    .await
    .map(drop)
}

/// Removes a connection with its credentials, webhook secrets and deliveries.
pub async fn delete(tx: &mut Tx, organization: &OrganizationId, id: &ConnectionId) -> Result<bool> {
    let sql = "DELETE FROM organization_integrations WHERE organization_id = $1 AND id = $2";
    Ok(tx.query(sql).bind(organization).bind(id).execute().await? == 1)
}
