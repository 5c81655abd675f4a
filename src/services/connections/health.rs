use super::reconcile;
use crate::db::connections::health::{self as table, HealthRow};
use crate::db::connections::{ConnectionRow, disconnections};
use crate::domain::compatibility::ReconciliationFields;
use crate::domain::connection::disconnection::Disconnection;
use crate::domain::connection::health::{
    ConnectionDetail, ConnectionHealth, Issue, Reconciliation, Responsible, TestRecord, Work,
};
use crate::domain::connection::setup::{SetupFacts, steps};
use crate::domain::connection::{Connection, ConnectionStatus};
use crate::domain::ids::{ConnectionId, DisconnectionId};
use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;
use crate::hub::{Error, Hub, Result};
use crate::services::{Actor, connections};

impl Hub {
    /// Returns the health of the organization's connections, oldest first, and the pending connections.
    pub async fn connection_healths(&self, actor: &Actor) -> Result<(Vec<ConnectionHealth>, Vec<Connection>)> {
        let now = self.clock().now();
        let rows = table::list(&mut self.db.acquire().await?, &actor.organization_id, None, now).await?;
        let pending =
            if rows.first().is_none_or(|row| row.has_pending) { self.pending_connections(actor).await? } else { Vec::new() };
        let healths = rows.into_iter().map(|row| self.connection_health_view(row, now)).collect::<Result<_>>()?;
        Ok((healths, pending))
    }

    pub async fn connection_health(&self, actor: &Actor, id: &ConnectionId) -> Result<ConnectionHealth> {
        let now = self.clock().now();
        let rows = table::list(&mut self.db.acquire().await?, &actor.organization_id, Some(id), now).await?;
        self.connection_health_view(rows.into_iter().next().ok_or(Problem::NotFound)?, now)
    }

    /// Returns the organization's connections for the API, oldest first. Pending connections come last.
    pub async fn connection_details(&self, actor: &Actor) -> Result<Vec<ConnectionDetail>> {
        let (healths, pending) = self.connection_healths(actor).await?;
        Ok(healths.into_iter().map(ConnectionDetail::from).chain(pending.into_iter().map(ConnectionDetail::from)).collect())
    }

    /// Returns one connection for the API, even if the connection is pending.
    pub async fn connection_detail(&self, actor: &Actor, id: &ConnectionId) -> Result<ConnectionDetail> {
        match self.connection_health(actor, id).await {
            Err(Error::Problem(Problem::NotFound)) => Ok(self.connection(actor, id).await?.into()),
            found => Ok(found?.into()),
        }
    }

    pub async fn work(&self, actor: &Actor, id: &ConnectionId) -> Result<Work> {
        let mut tx = self.db.read().await?;
        connections::find(&mut tx, actor, id).await?;
        Ok(table::work(&mut tx, &actor.organization_id, id).await?)
    }

    pub async fn disconnection(&self, actor: &Actor, id: &DisconnectionId) -> Result<Disconnection> {
        let row = disconnections::find(&mut self.db.acquire().await?, &actor.organization_id, id).await?;
        let row = row.ok_or(Problem::NotFound)?;
        Ok(Disconnection {
            id: row.id,
            provider: row.provider,
            account_label: row.account_label,
            environment: row.environment,
            disconnected_by: row.disconnected_by,
            disconnected_at: row.disconnected_at,
            revocation: row.revocation,
            revoked_at: row.revoked_at,
            counts: row.counts.into(),
        })
    }

    fn connection_health_view(&self, row: HealthRow, now: Timestamp) -> Result<ConnectionHealth> {
        let issue = issue(&row.connection, row.next_job_at, now);
        let paused_until = row.connection.paused_until.filter(|until| *until > now);
        let reconciliation = connections::connector(&row.connection)?.deals.map(|_| reconciliation(&row, now));
        let connected_by = row.connection.connected_by.clone();
        let connection = self.connection_view(row.connection)?;
        let test = row.test.zip(row.tested_by).zip(row.tested_at).map(|((result, tested_by), tested_at)| TestRecord {
            result: result.0,
            tested_by,
            tested_at,
        });
        let facts = SetupFacts {
            status: connection.status,
            test: test.as_ref().map(|test| &test.result),
            answered: row.answered.as_deref(),
            is_polled: connection.metadata.poll_interval().is_some(),
            has_polled: row.has_polled,
            poll_error: row.poll_error.as_deref(),
            has_secret: row.has_secret,
            has_call: row.last_event_at.is_some(),
            has_contract: row.has_contract,
            has_write: row.last_write_at.is_some(),
        };
        let setup = if connection.has_setup() { steps(&facts) } else { Vec::new() };
        Ok(ConnectionHealth {
            connection,
            issue,
            paused_until,
            reconciliation,
            connected_by,
            connected_at: row.last_connected_at,
            last_event_at: row.last_event_at,
            last_write_at: row.last_write_at,
            test,
            setup,
        })
    }
}

fn issue(row: &ConnectionRow, next_job_at: Option<Timestamp>, now: Timestamp) -> Option<Issue> {
    let next_attempt_at = match row.status {
        ConnectionStatus::Connected | ConnectionStatus::NeedsConfirmation => return None,
        ConnectionStatus::NeedsReconnect => None,
        ConnectionStatus::Degraded => next_job_at.map(|at| at.max(now)).max(row.paused_until.filter(|until| *until > now)),
    };
    Some(Issue {
        cause: row.issue_cause.clone().unwrap_or_else(|| "unknown".to_owned()),
        responsible: row.issue_responsible.unwrap_or(Responsible::Admin),
        since: row.failing_since.unwrap_or(row.updated_at),
        next_attempt_at,
    })
}

fn reconciliation(row: &HealthRow, now: Timestamp) -> Reconciliation {
    Reconciliation {
        // Ignores a run that began more than one interval ago, because its server must have stopped during the run.
        running_since: row.begun_at.filter(|begun| now.since(*begun) < reconcile::EVERY),
        compatibility: ReconciliationFields::of(row.connection.integration_id.slug(), row.records),
        records: row.records,
        contracts: row.contracts,
        last_run_at: row.ran_at,
        found: row.found,
        repaired: row.repaired,
        note: row.note.clone(),
        next_run_at: row.due_at.unwrap_or(row.connection.created_at + reconcile::EVERY),
    }
}
