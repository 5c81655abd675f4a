//! Polling: finds the deals that entered a trigger stage, without a webhook.

mod backlog;
mod cursor;
mod entries;
mod pace;
mod run;
mod start;

pub use backlog::BacklogFilter;
pub(crate) use cursor::Cursor;
pub(crate) use entries::{insert_entries, record_entry};
pub(crate) use start::{request_changed_starts, request_starts};

use crate::db::Tx;
use crate::db::connections::{self as table, ConnectionRow, sync_cursors};
use crate::db::deliveries::ingestion;
use crate::domain::connection::ConnectionStatus;
use crate::domain::connection::polling::Polling;
use crate::domain::ids::ConnectionId;
use crate::hub::{Hub, Result};
use crate::services::{Actor, connections};
use std::time::Duration;

/// Time after which a poll that did not finish is queued again.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(60);

impl Hub {
    /// Returns how a connection is polled; `None` if the provider has no deals.
    pub async fn polling(&self, actor: &Actor, id: &ConnectionId) -> Result<Option<Polling>> {
        let mut tx = self.db.acquire().await?;
        let row = connections::find(&mut tx, actor, id).await?;
        let Some(found) = sync_cursors::find(&mut tx, &actor.organization_id, id).await? else { return Ok(None) };
        let cursor = Cursor::parse(&found)?;
        let (interval, slow_because) = pace::pace(&row.metadata.settings, &cursor).unwrap_or_default();
        let is_polled = !interval.is_zero() && row.is_enabled && row.status != ConnectionStatus::NeedsReconnect;
        Ok(Some(Polling {
            interval_seconds: interval.as_secs(),
            slow_because,
            polled_at: cursor.polled_at,
            next_poll_at: is_polled.then(|| found.due_at.max(row.paused_until.unwrap_or(found.due_at))),
            last_event_at: found.last_event_at,
            last_error: found.last_error,
            api_calls_used: cursor.api_limit.map(|limit| limit.used),
            api_calls_max: cursor.api_limit.map(|limit| limit.max),
        }))
    }
}

/// Locks a connection until the commit. Returns false if it was removed, or if its trigger rule differs from that of `row`: what was
/// read from the provider then belongs to another rule.
pub(crate) async fn is_current(tx: &mut Tx, row: &ConnectionRow) -> Result<bool> {
    if ingestion::lock_connection(tx, &row.organization_id, &row.id).await?.is_none() {
        return Ok(false);
    }
    let current = table::find(tx, &row.organization_id, &row.id).await?;
    Ok(current.is_some_and(|current| current.metadata.settings.trigger_rule() == row.metadata.settings.trigger_rule()))
}
