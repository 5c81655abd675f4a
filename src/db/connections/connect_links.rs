//! `connect_links`: links for a provider's administrators without an account, looked up by the digest of the link's token.

use crate::db::{ReadConnection, Result, Tx, params, query_locked};
use crate::domain::account::users::Role;
use crate::domain::connection::Environment;
use crate::domain::ids::{ConnectLinkId, IntegrationId, OrganizationId, UserId};
use crate::domain::time::Timestamp;

pub struct NewConnectLinkRow<'a> {
    pub id: &'a ConnectLinkId,
    pub organization_id: &'a OrganizationId,
    pub user_id: &'a UserId,
    pub token_digest: &'a str,
    pub integration_id: &'a IntegrationId,
    pub environment: Environment,
    pub host: &'a str,
    pub expires_at: Timestamp,
}

/// A link with its organization and the user who created it.
#[derive(Clone, sqlx::FromRow)]
pub struct ConnectLinkRow {
    pub id: ConnectLinkId,
    pub organization_id: OrganizationId,
    pub organization_name: String,
    pub user_id: UserId,
    pub user_name: String,
    pub user_email: String,
    pub user_role: Role,
    pub user_is_disabled: bool,
    pub integration_id: IntegrationId,
    pub environment: Environment,
    /// Host of the environment `my_domain`; empty for other environments.
    pub host: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// Time of the completed consent.
    pub used_at: Option<Timestamp>,
}

impl ConnectLinkRow {
    /// True if the link is unused and unexpired, and the user who created it is still an admin.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.used_at.is_none() && self.expires_at > now && self.user_role >= Role::Admin && !self.user_is_disabled
    }
}

/// The columns of [`ConnectLinkRow`].
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT l.id, l.organization_id, o.name AS organization_name, l.user_id, u.name AS user_name, u.email AS user_email,
                u.role AS user_role, u.is_disabled AS user_is_disabled, l.integration_id, l.environment, l.host, l.created_at,
                l.expires_at, l.used_at
            FROM connect_links l JOIN organizations o ON o.id = l.organization_id JOIN users u ON u.id = l.user_id WHERE ",
            $condition
        )
    };
}

pub async fn insert(tx: &mut Tx, row: &NewConnectLinkRow<'_>, now: Timestamp) -> Result<()> {
    let sql =
        "INSERT INTO connect_links (id, organization_id, user_id, token_digest, integration_id, environment, host, created_at,
            expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    tx.query(
        sql,
        params![
            row.id,
            row.organization_id,
            row.user_id,
            row.token_digest,
            row.integration_id,
            row.environment,
            row.host,
            now,
            row.expires_at
        ],
    )
    .execute()
    .await
}

/// Finds a link, even if it is no longer open. A visitor identifies the link only by its token, so this query does not filter by
/// organization.
pub async fn find_by_token(tx: &mut ReadConnection, token_digest: &str) -> Result<Option<ConnectLinkRow>> {
    tx.query(select!("l.token_digest = $1"), params![token_digest]).optional().await
}

/// Finds a link, even if it is no longer open. On PostgreSQL, the user's row is locked until commit, so that a concurrent role
/// change takes effect before or after the whole transaction. [`take`] and [`delete_unused`] detect a concurrent use.
pub async fn find_locked(tx: &mut Tx, organization: &OrganizationId, id: &ConnectLinkId) -> Result<Option<ConnectLinkRow>> {
    let user: Option<UserId> = query_locked!(
        tx,
        "SELECT u.id FROM users u WHERE u.organization_id = $1
            AND u.id = (SELECT l.user_id FROM connect_links l WHERE l.organization_id = $1 AND l.id = $2)",
        "FOR SHARE OF u",
        params![organization, id]
    )
    .optional_scalar()
    .await?;
    if user.is_none() {
        return Ok(None);
    }
    tx.query(select!("l.organization_id = $1 AND l.id = $2"), params![organization, id]).optional().await
}

/// Marks a link as used. Returns false if it was used or removed before.
pub async fn take(tx: &mut Tx, organization: &OrganizationId, id: &ConnectLinkId, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE connect_links SET used_at = $1 WHERE organization_id = $2 AND id = $3 AND used_at IS NULL";
    tx.query(sql, params![now, organization, id]).affects_rows().await
}

/// Lists the organization's open links, oldest first.
pub async fn list_open(tx: &mut ReadConnection, organization: &OrganizationId, now: Timestamp) -> Result<Vec<ConnectLinkRow>> {
    let sql = select!(
        "l.organization_id = $1 AND l.used_at IS NULL AND l.expires_at > $2 AND u.role = 'admin' AND NOT u.is_disabled
         ORDER BY l.id LIMIT 1000"
    );
    tx.query(sql, params![organization, now]).all().await
}

pub async fn unused_of_user(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    user: &UserId,
) -> Result<Vec<ConnectLinkRow>> {
    let sql = select!("l.organization_id = $1 AND l.user_id = $2 AND l.used_at IS NULL ORDER BY l.id LIMIT 1000");
    tx.query(sql, params![organization, user]).all().await
}

pub async fn count_open(tx: &mut ReadConnection, organization: &OrganizationId, now: Timestamp) -> Result<i64> {
    let sql = "SELECT count(*) FROM connect_links WHERE organization_id = $1 AND used_at IS NULL AND expires_at > $2";
    tx.query(sql, params![organization, now]).scalar().await
}

/// Removes an unused link. Returns false if there is none.
pub async fn delete_unused(tx: &mut Tx, organization: &OrganizationId, id: &ConnectLinkId) -> Result<bool> {
    let sql = "DELETE FROM connect_links WHERE organization_id = $1 AND id = $2 AND used_at IS NULL";
    tx.query(sql, params![organization, id]).affects_rows().await
}

pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.query("DELETE FROM connect_links WHERE expires_at <= $1", params![now]).rows_affected().await
}
