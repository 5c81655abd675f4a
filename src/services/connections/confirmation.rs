//! Pending connections, which are used only after an admin confirms them. A pending connection that no admin confirms or declines
//! within a day is revoked.
//!
//! A link on another site can start an OAuth flow. An attacker can use such a link to connect the attacker's account, so the
//! connection stays pending until an admin has checked the account. Pending connections have a separate table, so that jobs,
//! webhook calls and write-backs cannot use them.

use super::disconnect::receipt;
use super::target::{Target, authority, check_connection_limit, insert_error};
use crate::connectors::{Account, Credentials, Tokens};
use crate::db::audit::activity::NewActivity;
use crate::db::connections::disconnections::{self, CountsRow};
use crate::db::connections::oauth_flows::OAuthFlowRow;
use crate::db::connections::pending_connections::{self, PendingConnectionRow};
use crate::db::connections::{self as table};
use crate::db::{self, Tx};
use crate::domain::account::users::Role;
use crate::domain::connection::{Confirmation, Connection, ConnectionStatus, Disconnected};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::{ConnectionId, DisconnectionId};
use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::random::new_id;
use crate::services::Actor;
use crate::services::connections::polling;
use std::time::Duration;

const CONFIRM_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);
const EXPIRED_PER_RUN: i64 = 200;
const SYSTEM: &str = "LexiContract";

impl Hub {
    /// Returns the organization's pending connections, oldest first.
    pub async fn pending_connections(&self, actor: &Actor) -> Result<Vec<Connection>> {
        let rows =
            pending_connections::list(&mut self.db.acquire().await?, &actor.organization_id, None, self.clock().now()).await?;
        rows.into_iter().map(|row| self.pending_view(row)).collect()
    }

    /// Confirms a pending connection. Idempotent.
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
        check_connection_limit(&mut tx, &row.organization_id).await?;
        table::insert(&mut tx, &row).await.map_err(insert_error)?;
        polling::request_starts(&mut tx, &row, now).await?;
        self.record(&mut tx, actor, ActivityKind::ConnectionConfirmed, summary).await?;
        let connection = self.connection_view(row)?;
        tx.commit().await?;
        self.try_start_polling(actor, id, now).await;
        Ok(connection)
    }

    pub(crate) async fn hold_for_confirmation(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        flow: &OAuthFlowRow,
        account: Account,
        tokens: &Tokens,
    ) -> Result<Connection> {
        let row = self.insert_pending(tx, flow, account, tokens, &actor.name).await?;
        let summary = format!("{} connected {}, which an admin must confirm", actor.name, row.account_label);
        self.record(tx, actor, ActivityKind::ConnectionHeld, summary).await?;
        self.pending_view(row)
    }

    /// Stores the grant of a flow as a pending connection. `started_by` names the user or the connect link for the admin.
    pub(crate) async fn insert_pending(
        &self,
        tx: &mut Tx,
        flow: &OAuthFlowRow,
        account: Account,
        tokens: &Tokens,
        started_by: &str,
    ) -> Result<PendingConnectionRow> {
        let now = self.clock().now();
        let (organization, integration) = (&flow.organization_id, &flow.integration_id);
        if table::find_in_environment(tx, organization, integration, flow.environment, &flow.host).await?.is_some() {
            return Err(Problem::AlreadyConnected.into());
        }
        let row = PendingConnectionRow {
            id: new_id(),
            organization_id: organization.clone(),
            integration_id: integration.clone(),
            environment: flow.environment,
            host: flow.host.clone(),
            credentials: self.seal(organization, &Credentials::OAuth2(tokens.clone())),
            account_label: account.label,
            account_user: account.user,
            account_host: authority(&tokens.instance_url),
            external_account_id: account.external_id,
            started_by: started_by.to_owned(),
            created_at: now,
            confirm_until: now + CONFIRM_WITHIN,
        };
        pending_connections::insert(tx, &row).await.map_err(insert_error)?;
        Ok(row)
    }

    pub(crate) async fn decline(&self, tx: &mut Tx, actor: &Actor, pending: PendingConnectionRow) -> Result<Disconnected> {
        let name = pending.account_label.clone();
        let summary = format!("{} declined {}, which {} had connected", actor.name, name, pending.started_by);
        self.record(tx, actor, ActivityKind::ConnectionDeclined, summary).await?;
        let receipt = self.revoke_pending(tx, pending, &actor.name).await?;
        Ok(Disconnected { name, receipt })
    }

    /// Queues the revocation of the grants of expired pending connections in all organizations. Returns the number of these
    /// connections.
    pub(crate) async fn revoke_unconfirmed(&self, tx: &mut Tx) -> Result<u64> {
        let now = self.clock().now();
        let expired = pending_connections::take_expired(tx, now, EXPIRED_PER_RUN).await?;
        let revoked = expired.len() as u64;
        for pending in expired {
            let summary = format!("{} was not confirmed within 24 hours, so its access is revoked", pending.account_label);
            let line = NewActivity::new(&pending.organization_id, ActivityKind::ConnectionExpired, SYSTEM, summary, now);
            db::audit::activity::insert(tx, line).await?;
            self.revoke_pending(tx, pending, SYSTEM).await?;
        }
        Ok(revoked)
    }

    /// Queues the revocation of the grant of a removed pending connection, and stores the disconnection receipt.
    async fn revoke_pending(&self, tx: &mut Tx, pending: PendingConnectionRow, by: &str) -> Result<DisconnectionId> {
        let now = self.clock().now();
        let row = confirmed(pending, now);
        let revocation = self.revoke_grant(tx, &row).await?;
        let receipt = receipt(by, &row, CountsRow::default(), revocation, now)?;
        disconnections::insert(tx, &receipt).await?;
        Ok(receipt.id)
    }

    pub(crate) fn pending_view(&self, pending: PendingConnectionRow) -> Result<Connection> {
        let confirmation = Confirmation {
            user: pending.account_user.clone(),
            host: pending.account_host.clone(),
            started_by: pending.started_by.clone(),
            expires_at: pending.confirm_until,
        };
        let created_at = pending.created_at;
        Ok(Connection {
            status: ConnectionStatus::NeedsConfirmation,
            last_activity_at: None,
            confirmation: Some(confirmation),
            ..self.connection_view(confirmed(pending, created_at))?
        })
    }
}

/// Returns the connection that a confirmation creates. It keeps the id and the encrypted credentials of the pending connection.
pub(crate) fn confirmed(pending: PendingConnectionRow, now: Timestamp) -> table::ConnectionRow {
    let target = Target { integration: &pending.integration_id, environment: pending.environment, host: pending.host };
    let account = Account { external_id: pending.external_account_id, label: pending.account_label, user: pending.account_user };
    let row = target.new_row(&pending.organization_id, account, pending.credentials, &pending.started_by, now);
    let created_at = pending.created_at;
    table::ConnectionRow { id: pending.id, last_activity_at: Some(created_at), created_at, ..row }
}
