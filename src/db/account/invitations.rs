//! `invitations`, by the digest of the link's token.

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        ids::{InvitationId, OrganizationId, UserId},
        time::Timestamp,
    },
};

/// An invitation with its person.
#[derive(sqlx::FromRow)]
pub struct InvitationRow {
    /// Its id.
    pub id: InvitationId,
    /// The organization that invites.
    pub organization_id: OrganizationId,
    /// The invited person.
    pub user_id: UserId,
    /// The organization's name.
    pub organization_name: String,
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
}

/// Adds an invitation.
pub async fn insert(
    tx: &mut Tx,
    invitation: (&InvitationId, &OrganizationId, &UserId),
    token_digest: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    let (id, organization, user) = invitation;
    tx.query(
        "INSERT INTO invitations (id, organization_id, user_id, token_digest, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(id)
    .bind(organization)
    .bind(user)
    .bind(token_digest)
    .bind(now)
    .bind(expires_at)
    .execute()
    .await
    .map(drop)
}

/// The invitation with that digest, while it can be accepted.
pub async fn find_live(tx: &mut ReadConnection, token_digest: &str, now: Timestamp) -> Result<Option<InvitationRow>> {
    tx.query(
        "SELECT i.id, i.organization_id, i.user_id, o.name AS organization_name, u.name, u.email
         FROM invitations i JOIN organizations o ON o.id = i.organization_id JOIN users u ON u.id = i.user_id
         WHERE i.token_digest = $1 AND i.expires_at > $2 AND NOT u.is_disabled",
    )
    .bind(token_digest)
    .bind(now)
    .optional()
    .await
}

/// Withdraws a person's invitation.
pub async fn delete_of_user(tx: &mut Tx, organization: &OrganizationId, user: &UserId) -> Result<()> {
    let sql = "DELETE FROM invitations WHERE organization_id = $1 AND user_id = $2";
    tx.query(sql).bind(organization).bind(user).execute().await.map(drop)
}

/// Uses an invitation up; `false` when it was used before.
pub async fn take(tx: &mut Tx, id: &InvitationId) -> Result<bool> {
    Ok(tx.query("DELETE FROM invitations WHERE id = $1").bind(id).execute().await? == 1)
}
