//! A connection with how it fares: what is wrong, who can change it, when it is tried next, and what the last comparison found.

use super::{Actor, connections, reconcile};
use crate::{
    connectors::Access,
    db::{Tx, connections as table, jobs, reconciliations},
    domain::{
        connection::ConnectionStatus,
        ids::ConnectionId,
        time::Timestamp,
        upkeep::{ConnectionDetail, FixedBy, Reconciliation, Trouble},
    },
    hub::{Hub, Result},
};

/// What is known beside the rows of an organization's connections.
struct Beside {
    /// When the next waiting job of each connection runs, when one of them is degraded.
    next: Vec<(ConnectionId, Timestamp)>,
    comparisons: Vec<reconciliations::ReconciliationRow>,
}

impl Hub {
    /// The organization's connections with how they fare, oldest first.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn connection_details(&self, actor: &Actor) -> Result<Vec<ConnectionDetail>> {
        let now = self.clock().now();
        let mut tx = self.db.glance().await?;
        let rows = table::list(&mut tx, &actor.organization_id).await?;
        let beside = Beside::read(&mut tx, actor, &rows).await?;
        rows.into_iter().map(|row| beside.detail(self, row, now)).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// There is no such connection.
    pub async fn connection_detail(&self, actor: &Actor, id: &ConnectionId) -> Result<ConnectionDetail> {
        let mut tx = self.db.glance().await?;
        let row = connections::find(&mut tx, actor, id).await?;
        let beside = Beside::read(&mut tx, actor, std::slice::from_ref(&row)).await?;
        beside.detail(self, row, self.clock().now())
    }
}

impl Beside {
    async fn read(tx: &mut Tx, actor: &Actor, rows: &[table::ConnectionRow]) -> Result<Self> {
        let is_degraded = rows.iter().any(|row| row.status == ConnectionStatus::Degraded);
        Ok(Self {
            next: if is_degraded { jobs::next_of_lanes(tx, &actor.organization_id).await? } else { Vec::new() },
            comparisons: reconciliations::list(tx, &actor.organization_id).await?,
        })
    }

    fn detail(&self, hub: &Hub, row: table::ConnectionRow, now: Timestamp) -> Result<ConnectionDetail> {
        Ok(ConnectionDetail {
            trouble: self.trouble(&row, now),
            paused_until: row.paused_until.filter(|until| *until > now),
            reconciliation: match connections::access(&row)? {
                Access::OAuth2(_) => Some(self.reconciliation(&row, now)),
                Access::ApiKey(_) | Access::Planned => None,
            },
            connection: hub.connection_view(row)?,
        })
    }

    fn trouble(&self, row: &table::ConnectionRow, now: Timestamp) -> Option<Trouble> {
        let next = self.next.iter().find(|(id, _)| *id == row.id).map(|(_, at)| (*at).max(now));
        let next_attempt_at = match row.status {
            ConnectionStatus::Connected => return None,
            ConnectionStatus::NeedsReconnect => None,
            // What nothing waits for is looked at within a minute or two.
            ConnectionStatus::Degraded => next.max(row.paused_until.filter(|until| *until > now)),
        };
        Some(Trouble {
            cause: row.trouble_cause.clone().unwrap_or_else(|| "unknown".to_owned()),
            fixed_by: row.trouble_fixed_by.unwrap_or(FixedBy::Admin),
            since: row.troubled_at.unwrap_or(row.updated_at),
            next_attempt_at,
        })
    }

    fn reconciliation(&self, row: &table::ConnectionRow, now: Timestamp) -> Reconciliation {
        let known = self.comparisons.iter().find(|known| known.connection_id == row.id);
        // One that began so long ago ended with its server; the next one is due.
        let begun_at = known.and_then(|known| known.begun_at).filter(|begun| now.since(*begun) < reconcile::EVERY);
        Reconciliation {
            running_since: begun_at,
            opportunities: known.map_or(0, |known| known.opportunities),
            contracts: known.map_or(0, |known| known.contracts),
            last_run_at: known.and_then(|known| known.ran_at),
            found: known.map_or(0, |known| known.found),
            repaired: known.map_or(0, |known| known.repaired),
            note: known.and_then(|known| known.note.clone()),
            next_run_at: known.map_or(row.created_at + reconcile::EVERY, |known| known.due_at),
        }
    }
}
