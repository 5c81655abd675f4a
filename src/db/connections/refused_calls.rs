//! `refused_calls`: calls that carried a secret of a connection and were refused.

use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::connection::refused_call::RefusalReason;
use crate::domain::ids::{ConnectionId, OrganizationId, RefusedCallId};
use crate::domain::page::PageRequest;
use crate::domain::time::Timestamp;
use crate::random::new_id;

/// Maximum number of kept rows per connection.
const MAX_ROWS: i64 = 200;

#[derive(sqlx::FromRow)]
pub struct RefusedCallRow {
    pub id: RefusedCallId,
    pub reason: RefusalReason,
    /// Client address of the last call.
    pub address: Option<String>,
    pub calls: i64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
}

/// Calls with one reason.
pub struct NewRefusedCalls<'a> {
    pub organization: &'a OrganizationId,
    pub connection: &'a ConnectionId,
    pub reason: RefusalReason,
    pub address: Option<&'a str>,
    pub calls: i64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
}

/// Adds the calls to the row with the same reason that began after `since`, or adds a row. Removes the oldest rows of the connection
/// above the limit.
pub async fn add(tx: &mut Tx, new: &NewRefusedCalls<'_>, since: Timestamp) -> Result<()> {
    let NewRefusedCalls { organization, connection, reason, address, calls, first_at, last_at } = *new;
    let sql = "UPDATE refused_calls SET calls = calls + $1, address = $2, last_at = $3
        WHERE organization_id = $4 AND connection_id = $5 AND reason = $6 AND first_at > $7";
    if tx.query(sql, params![calls, address, last_at, organization, connection, reason, since]).affects_rows().await? {
        return Ok(());
    }
    let id: RefusedCallId = new_id();
    let sql = "INSERT INTO refused_calls (id, organization_id, connection_id, reason, address, calls, first_at, last_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    tx.query(sql, params![id, organization, connection, reason, address, calls, first_at, last_at]).execute().await?;
    let sql = "DELETE FROM refused_calls WHERE organization_id = $1 AND connection_id = $2 AND id NOT IN (
            SELECT id FROM refused_calls WHERE connection_id = $2 ORDER BY id DESC LIMIT $3)";
    tx.query(sql, params![organization, connection, MAX_ROWS]).execute().await
}

/// Lists the refused calls of a connection, newest first. Returns one row more than the page size if a next page exists.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    connection: &ConnectionId,
    before: Option<&RefusedCallId>,
    page: &PageRequest,
) -> Result<Vec<RefusedCallRow>> {
    let sql = "SELECT id, reason, address, calls, first_at, last_at FROM refused_calls
        WHERE organization_id = $1 AND connection_id = $2 AND ($3 = '' OR id < $3)
        ORDER BY id DESC LIMIT $4";
    tx.query(sql, params![organization, connection, before.map_or("", RefusedCallId::as_str), page.limit() + 1]).all().await
}

pub async fn delete_older(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM refused_calls WHERE id IN (
            SELECT id FROM refused_calls WHERE last_at < $1 ORDER BY last_at, id LIMIT $2)";
    tx.query(sql, params![before, limit]).rows_affected().await
}
