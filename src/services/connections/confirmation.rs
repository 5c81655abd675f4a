//! Connections that an admin must confirm before they are used: held after consent, then confirmed, declined, or revoked after a day.
//!
//! They come from flows that were started by a link from elsewhere, where the account may be another person's choice. Until the
//! confirmation they are in a table of their own, so no job, webhook call or write-back can find them.

use super::{connect::authority, disconnect::receipt};
use crate::{
    connectors::{Account, Credentials, Tokens},
    db::{
        self, Tx,
        audit::activity::NewActivity,
        connections::{
            self as table,
            disconnections::{self, CountsRow},
            oauth_flows::OAuthFlowRow,
            pending_connections::{self, PendingConnectionRow},
        },
    },
    domain::{
        account::users::Role,
        connection::{Confirmation, Connection, ConnectionStatus, Disconnected, Settings},
        contract::timeline::ActivityKind,
        ids::{ConnectionId, DisconnectionId},
        problem::Problem,
        time::Timestamp,
    },
    hub::{Error, Hub, Result},
    random::new_id,
    services::Actor,
    vault::Field,
};
use sqlx::types::Json;
use std::time::Duration;

/// How long an admin has to confirm.
const CONFIRM_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);
/// How many expired connections one transaction revokes; the rest follow a minute later.
const EXPIRED_AT_ONCE: i64 = 200;
/// Who ends what was not confirmed.
const OURSELVES: &str = "LexiContract";

impl Hub {
    /// The organization's connections that wait for confirmation, oldest first.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn pending_connections(&self, actor: &Actor) -> Result<Vec<Connection>> {
        let rows =
            pending_connections::list(&mut self.db.acquire().await?, &actor.organization_id, None, self.clock().now()).await?;
        rows.into_iter().map(|row| self.pending_view(row)).collect()
    }

    /// Confirms the account of a connection, which is used from now on. A connection that is confirmed already stays as it is.
    ///
    /// # Errors
    /// The actor is no admin, there is no such connection (an unconfirmed one is gone after a day), or its environment was connected by
    /// another flow.
    pub async fn confirm_connection(&self, actor: &Actor, id: &ConnectionId) -> Result<Connection> {
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let mut tx = self.begin_as(actor, Role::Admin).await?;
        let Some(pending) = pending_connections::take(&mut tx, &actor.organization_id, id, now).await? else {
            let row = table::find(&mut tx, &actor.organization_id, id).await?.ok_or(Problem::NotFound)?;
            return self.connection_view(row);
        };
        let summary = format!("{} confirmed {}, which {} had connected", actor.name, pending.account_label, pending.started_by);
        let row = confirmed(pending, now);
        self.insert_row(&mut tx, &row).await?;
        self.note(&mut tx, actor, ActivityKind::ConnectionConfirmed, summary).await?;
        let connection = self.connection_view(row)?;
        tx.commit().await?;
        Ok(connection)
    }

    /// Stores a grant that nothing uses before an admin confirms it.
    pub(crate) async fn hold_for_confirmation(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        flow: &OAuthFlowRow,
        account: Account,
        tokens: &Tokens,
    ) -> Result<Connection> {
        let now = self.clock().now();
        let (organization, integration) = (&flow.organization_id, &flow.integration_id);
        if table::find_in_environment(tx, organization, integration, flow.environment, &flow.host).await?.is_some() {
            return Err(Problem::AlreadyConnected.into());
        }
        let credentials = Credentials::OAuth2(tokens.clone()).to_json();
        let row = PendingConnectionRow {
            id: new_id(),
            organization_id: organization.clone(),
            integration_id: integration.clone(),
            environment: flow.environment,
            host: flow.host.clone(),
            credentials: self.vault.encrypt(organization, Field::Credentials, credentials.expose()),
            account_label: account.label,
            account_user: account.user,
            account_host: authority(&tokens.instance_url),
            external_account_id: account.external_id,
            started_by: actor.name.clone(),
            created_at: now,
            confirm_until: now + CONFIRM_WITHIN,
        };
        pending_connections::insert(tx, &row).await.map_err(|error| match db::is_unique_violation(&error) {
            true => Problem::AlreadyConnected.into(),
            false => Error::from(error),
        })?;
        let summary = format!("{} connected {}, which an admin must confirm", actor.name, row.account_label);
        self.note(tx, actor, ActivityKind::ConnectionHeld, summary).await?;
        self.pending_view(row)
    }

    /// Ends a connection that an admin does not confirm.
    pub(crate) async fn decline(&self, tx: &mut Tx, actor: &Actor, pending: PendingConnectionRow) -> Result<Disconnected> {
        let name = pending.account_label.clone();
        let summary = format!("{} declined {}, which {} had connected", actor.name, name, pending.started_by);
        self.note(tx, actor, ActivityKind::ConnectionDeclined, summary).await?;
        let receipt = self.revoke_pending(tx, pending, &actor.name).await?;
        Ok(Disconnected { name, receipt })
    }

    /// Revokes what was not confirmed in time, for every organization. Returns how many there were.
    pub(crate) async fn revoke_unconfirmed(&self, tx: &mut Tx) -> Result<u64> {
        let now = self.clock().now();
        let expired = pending_connections::take_expired(tx, now, EXPIRED_AT_ONCE).await?;
        let mut revoked = 0;
        for pending in expired {
            let summary = format!("{} was not confirmed within 24 hours, so its access is revoked", pending.account_label);
            let line = NewActivity::new(&pending.organization_id, ActivityKind::ConnectionExpired, OURSELVES, summary, now);
            db::audit::activity::insert(tx, line).await?;
            self.revoke_pending(tx, pending, OURSELVES).await?;
            revoked += 1;
        }
        Ok(revoked)
    }

    /// Queues the revocation of a grant whose row is removed, with its receipt. Nothing else refers to such a connection.
    async fn revoke_pending(&self, tx: &mut Tx, pending: PendingConnectionRow, by: &str) -> Result<DisconnectionId> {
        let now = self.clock().now();
        let row = confirmed(pending, now);
        let revocation = match self.grant(&row)? {
            Some(tokens) => Some(self.queue_revocation(tx, &row, tokens).await?),
            None => None,
        };
        let receipt = receipt(by, &row, CountsRow::default(), revocation, now)?;
        disconnections::insert(tx, &receipt).await?;
        Ok(receipt.id)
    }

    /// A connection that waits for confirmation, as people and programs see it.
    pub(crate) fn pending_view(&self, row: PendingConnectionRow) -> Result<Connection> {
        Ok(Connection {
            integration: self.summary_of(&row.integration_id)?,
            id: row.id,
            is_enabled: true,
            status: ConnectionStatus::NeedsConfirmation,
            account_label: Some(row.account_label),
            environment: row.environment,
            external_account_id: Some(row.external_account_id),
            last_error: None,
            last_activity_at: None,
            trigger_seen_at: None,
            metadata: Settings::default(),
            confirmation: Some(Confirmation {
                user: row.account_user,
                host: row.account_host,
                started_by: row.started_by,
                expires_at: row.confirm_until,
            }),
            created_at: row.created_at,
            updated_at: row.created_at,
        })
    }
}

/// The connection that a confirmation makes; the id and the sealed credentials stay.
fn confirmed(pending: PendingConnectionRow, now: Timestamp) -> table::ConnectionRow {
    table::ConnectionRow {
        id: pending.id,
        organization_id: pending.organization_id,
        integration_id: pending.integration_id,
        is_enabled: true,
        credentials: pending.credentials,
        credentials_version: 1,
        metadata: Json(table::Metadata::default()),
        status: ConnectionStatus::Connected,
        account_label: pending.account_label,
        environment: pending.environment,
        host: pending.host,
        external_account_id: pending.external_account_id,
        connected_by: pending.started_by,
        last_error: None,
        issue_cause: None,
        issue_responsible: None,
        failing_since: None,
        paused_until: None,
        last_activity_at: Some(pending.created_at),
        trigger_seen_at: None,
        created_at: pending.created_at,
        updated_at: now,
    }
}
