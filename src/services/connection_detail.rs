//! A connection with how it fares: what is wrong, who can change it, when it is tried next, and what the last comparison found.

use super::{Actor, connections, reconcile};
use crate::{
    db::{
        connection_details::{self as table, DetailRow},
        connections::ConnectionRow,
    },
    domain::{
        compatibility::ReconciliationFields,
        connection::{Connection, ConnectionStatus},
        ids::ConnectionId,
        time::Timestamp,
        upkeep::{ConnectionDetail, FixedBy, Reconciliation, Trouble},
    },
    hub::{Hub, Result},
};

impl Hub {
    /// The organization's connections with how they fare, oldest first; those that wait for confirmation come last.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn connection_details(&self, actor: &Actor) -> Result<Vec<ConnectionDetail>> {
        let rows = table::list(&mut self.db.glance().await?, &actor.organization_id, None).await?;
        let (now, may_have_pending) = (self.clock().now(), rows.first().is_none_or(|row| row.has_pending));
        let mut details = rows.into_iter().map(|row| self.connection_detail_view(row, now)).collect::<Result<Vec<_>>>()?;
        if may_have_pending {
            details.extend(self.pending_connections(actor).await?.into_iter().map(unused));
        }
        Ok(details)
    }

    /// One of them.
    ///
    /// # Errors
    /// There is no such connection.
    pub async fn connection_detail(&self, actor: &Actor, id: &ConnectionId) -> Result<ConnectionDetail> {
        let rows = table::list(&mut self.db.glance().await?, &actor.organization_id, Some(id)).await?;
        match rows.into_iter().next() {
            Some(row) => self.connection_detail_view(row, self.clock().now()),
            None => self.connection(actor, id).await.map(unused),
        }
    }

    fn connection_detail_view(&self, row: DetailRow, now: Timestamp) -> Result<ConnectionDetail> {
        Ok(ConnectionDetail {
            trouble: trouble(&row.connection, row.next_job_at, now),
            paused_until: row.connection.paused_until.filter(|until| *until > now),
            reconciliation: connections::connector(&row.connection)?.deals.map(|_| reconciliation(&row, now)),
            connection: self.connection_view(row.connection)?,
        })
    }
}

/// A connection that waits for confirmation: nothing has used it.
fn unused(connection: Connection) -> ConnectionDetail {
    ConnectionDetail { connection, trouble: None, paused_until: None, reconciliation: None }
}

fn trouble(row: &ConnectionRow, next_job_at: Option<Timestamp>, now: Timestamp) -> Option<Trouble> {
    let next_attempt_at = match row.status {
        ConnectionStatus::Connected | ConnectionStatus::NeedsConfirmation => return None,
        ConnectionStatus::NeedsReconnect => None,
        // What nothing waits for is looked at within a minute or two.
        ConnectionStatus::Degraded => next_job_at.map(|at| at.max(now)).max(row.paused_until.filter(|until| *until > now)),
    };
    Some(Trouble {
        cause: row.issue_cause.clone().unwrap_or_else(|| "unknown".to_owned()),
        fixed_by: row.issue_responsible.unwrap_or(FixedBy::Admin),
        since: row.failing_since.unwrap_or(row.updated_at),
        next_attempt_at,
    })
}

fn reconciliation(row: &DetailRow, now: Timestamp) -> Reconciliation {
    Reconciliation {
        // One that began so long ago ended with its server; the next one is due.
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
