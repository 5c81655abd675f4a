//! `sessions`: sessions of signed-in browsers, looked up by the digest of the cookie's value.

use crate::db::{ReadConnection, Result, Tx, insert, params, query_locked};
use crate::domain::account::users::Role;
use crate::domain::ids::{OrganizationId, SessionId, UserId};
use crate::domain::time::Timestamp;

pub struct NewSession<'a> {
    pub id: &'a SessionId,
    pub organization_id: &'a OrganizationId,
    pub user_id: &'a UserId,
    pub token_digest: &'a str,
    /// Absolute expiry, which use of the session does not extend.
    pub expires_at: Timestamp,
}

/// A session with its user, the user's role and the organization.
#[derive(sqlx::FromRow)]
pub struct SessionRow {
    pub id: SessionId,
    pub organization_id: OrganizationId,
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    pub organization_name: String,
    pub role: Role,
    /// Time of the last use, with minute precision.
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
pub struct OpenSessionRow {
    pub id: SessionId,
    pub device: String,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
}

pub async fn insert(tx: &mut Tx, session: &NewSession<'_>, now: Timestamp) -> Result<()> {
    let query = insert! {
        tx, "sessions" (id, organization_id, user_id, token_digest, expires_at) = session, created_at = now, last_seen_at = now
    };
    query.execute().await
}

pub async fn keep_newest(tx: &mut Tx, organization: &OrganizationId, user: &UserId, number: i64) -> Result<u64> {
    let sql = "DELETE FROM sessions WHERE organization_id = $1 AND user_id = $2 AND id NOT IN (
            SELECT id FROM sessions WHERE organization_id = $1 AND user_id = $2 ORDER BY id DESC LIMIT $3)";
    tx.query(sql, params![organization, user, number]).rows_affected().await
}

/// Finds the unexpired session with this digest that was used after `idle_since`; `None` if its user is disabled.
pub async fn find_live(
    tx: &mut ReadConnection,
    token_digest: &str,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Option<SessionRow>> {
    let sql = "SELECT s.id, s.organization_id, s.user_id, u.name, u.email, o.name AS organization_name, u.role, s.last_seen_at,
            s.expires_at
        FROM sessions s JOIN users u ON u.id = s.user_id JOIN organizations o ON o.id = s.organization_id
        WHERE s.token_digest = $1 AND s.expires_at > $2 AND s.last_seen_at > $3 AND NOT u.is_disabled";
    tx.query(sql, params![token_digest, now, idle_since]).optional().await
}

/// Current role of a session's user; `None` if the session has expired or the user is disabled. On PostgreSQL, this query locks
/// the user's row until commit, so that a concurrent role change takes effect before or after the whole transaction.
pub async fn current_role(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    user: &UserId,
    id: &SessionId,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Option<Role>> {
    query_locked!(
        tx,
        "SELECT u.role FROM sessions s JOIN users u ON u.id = s.user_id
         WHERE s.organization_id = $1 AND s.user_id = $2 AND s.id = $3 AND s.expires_at > $4 AND s.last_seen_at > $5
           AND NOT u.is_disabled",
        "FOR SHARE OF u",
        params![organization, user, id, now, idle_since]
    )
    .optional_scalar()
    .await
}

pub async fn touch(tx: &mut Tx, id: &SessionId, now: Timestamp) -> Result<()> {
    tx.query("UPDATE sessions SET last_seen_at = $1 WHERE id = $2", params![now, id]).execute().await
}

pub async fn delete(tx: &mut Tx, token_digest: &str) -> Result<()> {
    tx.query("DELETE FROM sessions WHERE token_digest = $1", params![token_digest]).execute().await
}

/// Lists up to a hundred unexpired sessions of the user, most recently used first.
pub async fn of_user(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    user: &UserId,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Vec<OpenSessionRow>> {
    let sql = "SELECT id, device, created_at, last_seen_at FROM sessions
        WHERE organization_id = $1 AND user_id = $2 AND expires_at > $3 AND last_seen_at > $4
        ORDER BY last_seen_at DESC, id DESC LIMIT 100";
    tx.query(sql, params![organization, user, now, idle_since]).all().await
}

pub async fn set_device(tx: &mut Tx, token_digest: &str, device: &str) -> Result<()> {
    tx.query("UPDATE sessions SET device = $1 WHERE token_digest = $2", params![device, token_digest]).execute().await
}

pub async fn delete_one(tx: &mut Tx, organization: &OrganizationId, user: &UserId, id: &SessionId) -> Result<bool> {
    let sql = "DELETE FROM sessions WHERE organization_id = $1 AND user_id = $2 AND id = $3";
    tx.query(sql, params![organization, user, id]).affects_rows().await
}

pub async fn delete_others(tx: &mut Tx, organization: &OrganizationId, user: &UserId, kept: &SessionId) -> Result<u64> {
    let sql = "DELETE FROM sessions WHERE organization_id = $1 AND user_id = $2 AND id <> $3";
    tx.query(sql, params![organization, user, kept]).rows_affected().await
}

pub async fn delete_of_user(tx: &mut Tx, organization: &OrganizationId, user: &UserId) -> Result<()> {
    tx.query("DELETE FROM sessions WHERE organization_id = $1 AND user_id = $2", params![organization, user]).execute().await
}

pub async fn delete_expired(tx: &mut Tx, now: Timestamp, idle_since: Timestamp) -> Result<u64> {
    tx.query("DELETE FROM sessions WHERE expires_at <= $1 OR last_seen_at <= $2", params![now, idle_since]).rows_affected().await
}
