//! The end of a connection: credentials wiped at once, the grant ended at the provider, in the background until it is.

use crate::{
    connectors::{self, Credentials, OAuthClient, Tokens},
    db::{
        self, Tx,
        audit::activity::NewActivity,
        connections::{self as table, disconnections, pending_connections, revocations},
        jobs::JobRow,
    },
    domain::{
        account::users::Role,
        connection::{Disconnected, disconnection::Revocation},
        contract::timeline::ActivityKind,
        ids::{ConnectionId, OrganizationId},
        time::Timestamp,
    },
    hub::{Error, Hub, Result},
    jobs::{Job, JobError, JobOutcome, enqueue},
    random,
    services::{
        auth::idempotency::{Begun, Submission},
        connections,
    },
    vault::Field,
};

/// What contracts say that wait for a connection that is gone.
const DISCONNECTED: &str = "The provider was disconnected before this could be written. Connect it again, then retry.";

impl Hub {
    /// Removes a connection. Contracts stay; the webhook secret is dead at once; the revocation is retried in the background. One that
    /// waits for confirmation is declined.
    ///
    /// # Errors
    /// The actor is no admin, or there is no such connection.
    pub async fn disconnect(&self, submission: impl Into<Submission<'_>> + Send, id: &ConnectionId) -> Result<Disconnected> {
        let submission = submission.into();
        let actor = submission.actor;
        actor.require(Role::Admin)?;
        let now = self.clock().now();
        let mut tx = match self.begin_idempotent(submission, Role::Admin).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
        // First: a concurrent confirmation moves the row, and then it is found below.
        if let Some(pending) = pending_connections::take(&mut tx, &actor.organization_id, id, now).await? {
            let gone = self.decline(&mut tx, actor, pending).await?;
            self.commit_idempotent(tx, submission, &gone).await?;
            self.notifier.notify();
            return Ok(gone);
        }
        let row = connections::find_locked(&mut tx, actor, id).await?;
        let counts = disconnections::count(&mut tx, &row).await?;
        let revocation_id = match self.grant(&row)? {
            Some(tokens) => Some(self.queue_revocation(&mut tx, &row, tokens).await?),
            None => None,
        };
        db::jobs::delete_of_key(&mut tx, &actor.organization_id, id).await?;
        db::contracts::contract_links::fail_pending(&mut tx, row.account(), DISCONNECTED, now).await?;
        table::delete(&mut tx, &actor.organization_id, id).await?;
        self.note(&mut tx, actor, ActivityKind::Disconnected, format!("{} disconnected {}", actor.name, row.account_label))
            .await?;
        let receipt = receipt(&actor.name, &row, counts, revocation_id, now)?;
        disconnections::insert(&mut tx, &receipt).await?;
        let gone = Disconnected { name: row.account_label, receipt: receipt.id };
        self.commit_idempotent(tx, submission, &gone).await?;
        self.notifier.notify();
        Ok(gone)
    }

    /// The grant that a connection holds; `None` where there is none that we could end.
    pub(crate) fn grant(&self, row: &table::ConnectionRow) -> Result<Option<Tokens>> {
        if connections::connector(row)?.oauth().is_none() {
            return Ok(None);
        }
        // Credentials that do not open cannot be revoked by us; they are wiped all the same.
        Ok(match self.credentials(row) {
            Ok(Credentials::OAuth2(tokens)) => Some(tokens),
            Ok(Credentials::ApiKey(_)) | Err(_) => None,
        })
    }

    /// Queues the end of a grant at the provider of a connection; gives its id.
    pub(crate) async fn queue_revocation(&self, tx: &mut Tx, row: &table::ConnectionRow, tokens: Tokens) -> Result<String> {
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

    /// Queues the end of the grant of `row` when a reconnect brings another. Salesforce ends the tokens of the grant that is named and no
    /// others of the same person, so the new one lives; the old one would count among the five that a person can give an app.
    pub(crate) async fn end_replaced_grant(&self, tx: &mut Tx, row: &table::ConnectionRow, new: &Credentials) -> Result<()> {
        match (self.grant(row)?, new) {
            (Some(old), Credentials::OAuth2(new)) if old.refresh_token.expose() != new.refresh_token.expose() => {
                self.queue_revocation(tx, row, old).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Queues the end of a grant that was renewed while its connection got another or was removed: only these tokens still end it. The
    /// receipt of a removal waits for that.
    pub(crate) async fn end_renewed_grant(&self, tx: &mut Tx, row: &table::ConnectionRow, tokens: Tokens) -> Result<()> {
        let id = self.queue_revocation(tx, row, tokens).await?;
        Ok(disconnections::wait_for(tx, &row.organization_id, &row.id, &id).await?)
    }

    /// The job: ends a grant at its provider.
    pub(crate) async fn revoke(&self, job: &JobRow, id: &str) -> std::result::Result<(), JobError> {
        let mut tx = self.db.read().await?;
        let row = revocations::find(&mut tx, &job.organization_id, id).await?;
        drop(tx);
        if let Some(row) = row {
            let (client, credentials) = self.grant_of(&row)?;
            if let Credentials::OAuth2(tokens) = credentials {
                client.revoke(&self.ctx, &tokens).await?;
            }
        }
        let mut tx = self.db.begin().await?;
        let now = self.clock().now();
        let summary = match disconnections::settle(&mut tx, &job.organization_id, id, Revocation::Done, now).await? {
            true => "The access was ended at the provider",
            false => "An access that was replaced was ended at the provider",
        };
        forget(&mut tx, &job.organization_id, id, summary, now).await?;
        if !db::jobs::complete(&mut tx, job).await? {
            return Err(JobError::claim_lost());
        }
        Ok(tx.commit().await?)
    }

    fn grant_of(&self, row: &revocations::RevocationRow) -> Result<(OAuthClient, Credentials)> {
        let client = connections::oauth(row.integration_id.slug())?.1;
        let json = self.vault.decrypt(&row.organization_id, Field::Revocation, &row.credentials)?;
        Ok((client, Credentials::from_json(&json).ok_or(Error::Inconsistent("credentials in an unknown form"))?))
    }

    /// A grant that could not be ended is forgotten here in the end, and the audit log says that someone must end it there.
    pub(crate) async fn record_revocation_outcome(&self, tx: &mut Tx, job: &JobRow, id: &str, ending: JobOutcome) -> Result<()> {
        match ending {
            JobOutcome::Dead => {
                let now = self.clock().now();
                let summary = match disconnections::settle(tx, &job.organization_id, id, Revocation::Failed, now).await? {
                    true => "The access could not be ended at the provider. Its administrator must remove it there.",
                    false => "An access that was replaced could not be ended at the provider. Its administrator must remove it.",
                };
                forget(tx, &job.organization_id, id, summary, now).await
            }
            JobOutcome::Waits(_) | JobOutcome::Postponed(_) | JobOutcome::Parked => Ok(()),
        }
    }
}

pub(crate) fn receipt(
    by: &str,
    row: &table::ConnectionRow,
    counts: disconnections::CountsRow,
    revocation_id: Option<String>,
    now: Timestamp,
) -> Result<disconnections::DisconnectionRow> {
    let slug = row.integration_id.slug();
    let revocation = match (connections::connector(row)?.oauth(), &revocation_id) {
        (Some(_), Some(_)) => Revocation::Pending,
        (Some(_), None) => Revocation::Failed,
        (None, _) => Revocation::NotNeeded,
    };
    Ok(disconnections::DisconnectionRow {
        id: random::new_id(),
        organization_id: row.organization_id.clone(),
        connection_id: Some(row.id.clone()),
        provider: connectors::find(slug).map_or(slug, |info| info.name).to_owned(),
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

async fn forget(tx: &mut Tx, organization: &OrganizationId, id: &str, summary: &str, now: Timestamp) -> Result<()> {
    revocations::delete(tx, organization, id).await?;
    let line = NewActivity::new(organization, ActivityKind::TokenRevocation, "LexiContract", summary, now);
    Ok(db::audit::activity::insert(tx, line).await?)
}
