//! Disconnects a connection. The credentials are deleted immediately. A job revokes the grant at the provider.

use crate::connectors::{Credentials, Tokens};
use crate::db::audit::activity::NewActivity;
use crate::db::connections::{self as table, disconnections, pending_connections, revocations};
use crate::db::jobs::JobRow;
use crate::db::{self, Tx};
use crate::domain::account::users::Role;
use crate::domain::connection::Disconnected;
use crate::domain::connection::disconnection::Revocation;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::ConnectionId;
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::jobs::{self, Job, JobResult, enqueue};
use crate::random;
use crate::services::auth::idempotency::first_or_return;
use crate::services::{Actor, connections};
use crate::vault::Field;

/// The error that is stored on pending write-backs when their connection is removed.
const DISCONNECTED: &str = "The provider was disconnected before this status could be written. An admin must connect it again. \
     Then choose Write again now.";
const DISCONNECTED_FILING: &str = "The provider was disconnected before this version could be filed. An admin must connect it \
     again. Then choose Try again.";

impl Hub {
    /// Removes a connection and invalidates its webhook secret. The contracts are kept. If the connection is pending, declines it
    /// instead.
    pub async fn disconnect(&self, actor: &Actor, id: &ConnectionId) -> Result<Disconnected> {
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        // Checks the pending connections first. A concurrent confirmation moves a row from the pending connections to the
        // connections, so the opposite order could miss this row.
        if let Some(pending) = pending_connections::take(&mut tx, &actor.organization_id, id, now).await? {
            let disconnected = self.decline(&mut tx, actor, pending).await?;
            self.commit_idempotent(tx, actor, &disconnected).await?;
            self.notifier.notify();
            return Ok(disconnected);
        }
        let row = connections::find_locked(&mut tx, actor, id).await?;
        let counts = disconnections::count(&mut tx, &row).await?;
        let revocation_id = self.revoke_grant(&mut tx, &row).await?;
        db::jobs::delete_of_key(&mut tx, &actor.organization_id, id).await?;
        db::contracts::contract_links::fail_pending(&mut tx, row.account(), DISCONNECTED, now).await?;
        db::contracts::filings::fail_pending(&mut tx, row.account(), DISCONNECTED_FILING, now).await?;
        db::deliveries::delete_entries(&mut tx, &actor.organization_id, id).await?;
        table::delete(&mut tx, &actor.organization_id, id).await?;
        let summary = format!("{} disconnected {}", actor.name, row.account_label);
        self.record(&mut tx, actor, ActivityKind::Disconnected, summary).await?;
        let receipt = receipt(&actor.name, &row, counts, revocation_id, now)?;
        disconnections::insert(&mut tx, &receipt).await?;
        let disconnected = Disconnected { name: row.account_label, receipt: receipt.id };
        self.commit_idempotent(tx, actor, &disconnected).await?;
        self.notifier.notify();
        Ok(disconnected)
    }

    /// Returns the OAuth grant of a connection; `None` if the connection uses an API key or the credentials cannot be decrypted.
    fn grant(&self, row: &table::ConnectionRow) -> Result<Option<Tokens>> {
        if connections::connector(row)?.oauth().is_none() {
            return Ok(None);
        }
        Ok(match self.credentials(row) {
            Ok(Credentials::OAuth2(tokens)) => Some(tokens),
            Ok(Credentials::ApiKey(_)) | Err(_) => None,
        })
    }

    /// Queues the revocation of a connection's grant and returns the id of the revocation; `None` if there is no grant.
    pub(crate) async fn revoke_grant(&self, tx: &mut Tx, row: &table::ConnectionRow) -> Result<Option<String>> {
        match self.grant(row)? {
            Some(tokens) => self.queue_revocation(tx, row, tokens).await.map(Some),
            None => Ok(None),
        }
    }

    async fn queue_revocation(&self, tx: &mut Tx, row: &table::ConnectionRow, tokens: Tokens) -> Result<String> {
        let json = Credentials::OAuth2(tokens).to_json();
        let revocation = revocations::RevocationRow {
            id: format!("rev_{}", random::hex(&random::bytes::<16>())),
            organization_id: row.organization_id.clone(),
            integration_id: row.integration_id.clone(),
            credentials: self.vault.encrypt(&row.organization_id, Field::Revocation, json.expose()),
        };
        let now = self.clock().now();
        revocations::insert(tx, &revocation, now).await?;
        enqueue(tx, &Job::Revoke(revocation.id.clone()), &row.organization_id, None, now).await?;
        Ok(revocation.id)
    }

    /// Queues the revocation of the old grant after a reconnect, because a user can have only five grants per app at Salesforce.
    /// Salesforce revokes only the grant that the token belongs to, so the new grant stays valid.
    pub(crate) async fn revoke_replaced_grant(&self, tx: &mut Tx, row: &table::ConnectionRow, new: &Credentials) -> Result<()> {
        if let (Some(old), Credentials::OAuth2(new)) = (self.grant(row)?, new)
            && old.refresh_token.expose() != new.refresh_token.expose()
        {
            self.queue_revocation(tx, row, old).await?;
        }
        Ok(())
    }

    /// Queues the revocation of a grant whose connection was reconnected or removed during a refresh. Uses the new tokens of the
    /// refresh, because the old tokens can no longer revoke the grant. If the connection was removed, its receipt shows the
    /// result of this revocation.
    pub(crate) async fn revoke_refreshed_grant(&self, tx: &mut Tx, row: &table::ConnectionRow, tokens: Tokens) -> Result<()> {
        let id = self.queue_revocation(tx, row, tokens).await?;
        Ok(disconnections::set_pending_revocation(tx, &row.organization_id, &row.id, &id).await?)
    }

    pub(crate) async fn revoke(&self, job: &JobRow, id: &str) -> JobResult {
        let row = revocations::find(&mut self.db.read().await?, &job.organization_id, id).await?;
        if let Some(row) = row {
            let client = connections::oauth(row.integration_id.slug())?.1;
            if let Credentials::OAuth2(tokens) =
                self.open_credentials(&row.organization_id, Field::Revocation, &row.credentials)?
            {
                client.revoke(&self.ctx, &tokens).await?;
            }
        }
        let mut tx = self.db.begin().await?;
        self.settle_revocation(&mut tx, job, id, Revocation::Done).await?;
        jobs::complete(&mut tx, job).await?;
        Ok(tx.commit().await?)
    }

    /// Stores the result of a revocation in the audit log and in the receipt, if a receipt exists. Deletes the tokens.
    pub(crate) async fn settle_revocation(&self, tx: &mut Tx, job: &JobRow, id: &str, result: Revocation) -> Result<()> {
        let (organization, now) = (&job.organization_id, self.clock().now());
        let has_receipt = disconnections::record_revocation(tx, organization, id, result, now).await?;
        let summary = match (result, has_receipt) {
            (Revocation::Failed, true) => {
                "We could not revoke our access at the provider. The provider's administrator must revoke it there."
            }
            (Revocation::Failed, false) => {
                "We could not revoke an earlier access at the provider. The provider's administrator must revoke it there."
            }
            (_, true) => "Our access was revoked at the provider",
            (_, false) => "An earlier access was revoked at the provider",
        };
        revocations::delete(tx, organization, id).await?;
        let line = NewActivity::new(organization, ActivityKind::TokenRevocation, "LexiContract", summary, now);
        Ok(db::audit::activity::insert(tx, line).await?)
    }
}

pub(crate) fn receipt(
    by: &str,
    row: &table::ConnectionRow,
    counts: disconnections::CountsRow,
    revocation_id: Option<String>,
    now: Timestamp,
) -> Result<disconnections::DisconnectionRow> {
    let connector = connections::connector(row)?;
    let revocation = match (connector.oauth(), &revocation_id) {
        (Some(_), Some(_)) => Revocation::Pending,
        (Some(_), None) => Revocation::Failed,
        (None, _) => Revocation::NotNeeded,
    };
    Ok(disconnections::DisconnectionRow {
        id: random::new_id(),
        organization_id: row.organization_id.clone(),
        connection_id: Some(row.id.clone()),
        provider: connector.name.to_owned(),
        account_label: row.account_label.clone(),
        environment: row.environment,
        disconnected_by: by.to_owned(),
        disconnected_at: now,
        revocation_id,
        revocation,
        revoked_at: None,
        counts,
    })
}
