//! `invitations`: invitations of users, looked up by the digest of the link's token.

use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::ids::{InvitationId, OrganizationId, UserId};
use crate::domain::time::Timestamp;

#[derive(sqlx::FromRow)]
pub struct InvitationRow {
    pub id: InvitationId,
    pub organization_id: OrganizationId,
    pub user_id: UserId,
    pub organization_name: String,
    pub name: String,
    pub email: String,
}

pub async fn insert(
    tx: &mut Tx,
    id: &InvitationId,
    organization: &OrganizationId,
    user: &UserId,
    token_digest: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO invitations (id, organization_id, user_id, token_digest, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6)";
    tx.query(sql, params![id, organization, user, token_digest, now, expires_at]).execute().await
}

/// Finds the unexpired invitation with this digest; `None` if its user is disabled.
pub async fn find_live(tx: &mut ReadConnection, token_digest: &str, now: Timestamp) -> Result<Option<InvitationRow>> {
    let sql = "SELECT i.id, i.organization_id, i.user_id, o.name AS organization_name, u.name, u.email
        FROM invitations i JOIN organizations o ON o.id = i.organization_id JOIN users u ON u.id = i.user_id
        WHERE i.token_digest = $1 AND i.expires_at > $2 AND NOT u.is_disabled";
    tx.query(sql, params![token_digest, now]).optional().await
}

pub async fn delete_of_user(tx: &mut Tx, organization: &OrganizationId, user: &UserId) -> Result<()> {
    tx.query("DELETE FROM invitations WHERE organization_id = $1 AND user_id = $2", params![organization, user]).execute().await
}

/// Removes a redeemed invitation. Returns false if it was redeemed before.
pub async fn take(tx: &mut Tx, id: &InvitationId) -> Result<bool> {
    tx.query("DELETE FROM invitations WHERE id = $1", params![id]).affects_rows().await
}
