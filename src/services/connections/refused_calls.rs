//! Refused calls of a connection. They are counted in memory, and stored every few seconds or when a user reads them, so a client
//! that sends many calls causes few writes, and no call waits for the database.

use crate::db::connections::refused_calls::{self as table, NewRefusedCalls, RefusedCallRow};
use crate::db::deliveries::ingestion;
use crate::db::is_row_error;
use crate::domain::connection::refused_call::{RefusalReason, RefusedCall};
use crate::domain::ids::{ConnectionId, OrganizationId};
use crate::domain::page::{Page, PageRequest};
use crate::domain::time::Timestamp;
use crate::hub::{Error, Hub, Result};
use crate::request_context::RequestContext;
use crate::services::{Actor, WebhookCaller, connections, pagination};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Retention of refused calls. A connection keeps at most 200 rows.
pub(crate) const REFUSED_CALL_RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Time during which calls with the same reason share a row.
const SHARED_FOR: Duration = Duration::from_secs(10 * 60);
/// Maximum number of connections with calls that are not stored yet. Calls of further connections are not recorded.
const MAX_CONNECTIONS: usize = 1_024;

/// Calls that are not stored yet, by connection.
#[derive(Default)]
pub(crate) struct RefusedCalls(Mutex<HashMap<ConnectionId, Pending>>);

struct Pending {
    organization: OrganizationId,
    by_reason: BTreeMap<RefusalReason, Count>,
}

#[derive(Clone)]
struct Count {
    calls: i64,
    first_at: Timestamp,
    last_at: Timestamp,
    address: Option<String>,
}

impl RefusedCalls {
    fn add(&self, organization: &OrganizationId, connection: &ConnectionId, reason: RefusalReason, count: Count) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MAX_CONNECTIONS && !all.contains_key(connection) {
            return;
        }
        let new = || Pending { organization: organization.clone(), by_reason: BTreeMap::new() };
        let by_reason = &mut all.entry(connection.clone()).or_insert_with(new).by_reason;
        let known = by_reason.entry(reason).or_insert_with(|| Count { calls: 0, ..count.clone() });
        known.calls = known.calls.saturating_add(count.calls);
        known.first_at = known.first_at.min(count.first_at);
        if count.last_at >= known.last_at {
            (known.last_at, known.address) = (count.last_at, count.address);
        }
    }

    fn take(&self, only: Option<&ConnectionId>) -> Vec<(ConnectionId, Pending)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extract_if(|connection, _| only.is_none_or(|only| only == connection)).collect()
    }
}

impl Hub {
    /// Records a refused call that carried a secret of the caller's connection.
    pub fn record_refused_call(&self, caller: &WebhookCaller, reason: RefusalReason) {
        let (now, address) = (self.clock().now(), RequestContext::current().address.map(|address| address.to_string()));
        let count = Count { calls: 1, first_at: now, last_at: now, address };
        self.refused_calls.add(&caller.organization_id, &caller.connection_id, reason, count);
        metrics::counter!("lexicontract_refused_calls_total", "reason" => reason.into_str()).increment(1);
    }

    /// Returns the refused calls of a connection, newest first.
    pub async fn refused_calls(&self, actor: &Actor, id: &ConnectionId, page: &PageRequest) -> Result<Page<RefusedCall>> {
        let before = pagination::cursor(page)?;
        connections::find(&mut self.db.acquire().await?, actor, id).await?;
        self.store_taken(self.refused_calls.take(Some(id))).await?;
        let rows = table::list(&mut self.db.acquire().await?, &actor.organization_id, id, before.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, refused_call))
    }

    /// Stores the recorded calls. If the database is unavailable, keeps them for the next time.
    pub async fn store_refused_calls(&self) -> Result<()> {
        self.store_taken(self.refused_calls.take(None)).await
    }

    async fn store_taken(&self, taken: Vec<(ConnectionId, Pending)>) -> Result<()> {
        let mut outcome = Ok(());
        for (connection, pending) in taken {
            match self.store_pending(&connection, &pending).await {
                Err(Error::Database(error)) if !is_row_error(&error) => {
                    let Pending { organization, by_reason } = pending;
                    by_reason
                        .into_iter()
                        .for_each(|(reason, count)| self.refused_calls.add(&organization, &connection, reason, count));
                    outcome = Err(error.into());
                }
                Err(error) => outcome = Err(error),
                Ok(()) => {}
            }
        }
        outcome
    }

    async fn store_pending(&self, connection: &ConnectionId, pending: &Pending) -> Result<()> {
        let Pending { organization, by_reason } = pending;
        let mut tx = self.db.begin().await?;
        if ingestion::lock_connection(&mut tx, organization, connection).await?.is_none() {
            return Ok(());
        }
        for (reason, Count { calls, first_at, last_at, address }) in by_reason {
            let (address, first_at, last_at) = (address.as_deref(), *first_at, *last_at);
            let new = NewRefusedCalls { organization, connection, reason: *reason, address, calls: *calls, first_at, last_at };
            table::add(&mut tx, &new, first_at - SHARED_FOR).await?;
        }
        Ok(tx.commit().await?)
    }
}

fn refused_call(row: RefusedCallRow) -> RefusedCall {
    RefusedCall {
        at: row.last_at,
        first_at: row.first_at,
        count: row.calls,
        status: row.reason.status(),
        detail: row.reason.explanation().to_owned(),
        reason: row.reason,
        address: row.address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::new_id;

    fn add(calls: &RefusedCalls, connection: &ConnectionId, at: i64) {
        let at = Timestamp::from_millis(at);
        let count = Count { calls: 1, first_at: at, last_at: at, address: Some(format!("192.0.2.{}", at.millis())) };
        calls.add(&new_id(), connection, RefusalReason::InvalidJson, count);
    }

    #[test]
    fn calls_of_a_connection_are_counted_by_reason() {
        let (calls, connection, other) = (RefusedCalls::default(), new_id(), new_id());
        for at in [5, 1, 9] {
            add(&calls, &connection, at);
        }
        add(&calls, &other, 1);
        let (_, pending) = calls.take(Some(&connection)).remove(0);
        let count = pending.by_reason[&RefusalReason::InvalidJson].clone();
        assert_eq!((count.calls, count.first_at.millis(), count.last_at.millis()), (3, 1, 9), "calls, first, last");
        assert_eq!(count.address.as_deref(), Some("192.0.2.9"));
        assert_eq!(calls.take(None).len(), 1);
    }

    #[test]
    fn the_number_of_connections_is_bounded() {
        let calls = RefusedCalls::default();
        (0..2 * MAX_CONNECTIONS).for_each(|_| add(&calls, &new_id(), 1));
        assert_eq!(calls.take(None).len(), MAX_CONNECTIONS);
    }
}
