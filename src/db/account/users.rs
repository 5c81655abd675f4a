//! `users`

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        account::users::Role,
        ids::{OrganizationId, UserId},
        page::PageRequest,
        time::Timestamp,
    },
};

/// A person.
#[derive(Clone, sqlx::FromRow)]
pub struct UserRow {
    /// The id.
    pub id: UserId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The address as the person wrote it.
    pub email: String,
    /// The name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Argon2id in PHC form; absent until the invitation is accepted.
    pub password_hash: Option<String>,
    /// Whether the person is kept from signing in.
    pub is_disabled: bool,
    /// When the person was added.
    pub created_at: Timestamp,
    /// When the person last signed in.
    pub last_signed_in_at: Option<Timestamp>,
}

/// What an address is looked up by: the same for every spelling of its letters.
pub fn email_key(email: &str) -> String {
    email.to_lowercase()
}

/// Adds a person. A unique violation means that the address is taken.
pub async fn insert(tx: &mut Tx, user: &UserRow) -> Result<()> {
    tx.query(
        "INSERT INTO users (id, organization_id, email, email_key, name, role, password_hash, is_disabled, created_at, last_signed_in_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(&user.id)
    .bind(&user.organization_id)
    .bind(user.email.as_str())
    .bind(email_key(&user.email))
    .bind(user.name.as_str())
    .bind(user.role)
    .bind(user.password_hash.as_deref())
    .bind(user.is_disabled)
    .bind(user.created_at)
    .bind(user.last_signed_in_at)
    .execute()
    .await
    .map(drop)
}

/// The person with that address, in any spelling of its letters. Not filtered by organization: this is how people sign in.
pub async fn find_by_email(tx: &mut ReadConnection, email: &str) -> Result<Option<UserRow>> {
    tx.query("SELECT * FROM users WHERE email_key = $1").bind(email_key(email)).optional().await
}

/// A person of the organization.
pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &UserId) -> Result<Option<UserRow>> {
    tx.query("SELECT * FROM users WHERE organization_id = $1 AND id = $2").bind(organization).bind(id).optional().await
}

/// The organization's people, oldest first, one more than the page holds.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    after: Option<&UserId>,
    page: &PageRequest,
) -> Result<Vec<UserRow>> {
    tx.query("SELECT * FROM users WHERE organization_id = $1 AND id > $2 ORDER BY id LIMIT $3")
        .bind(organization)
        .bind(after.map_or("", UserId::as_str))
        .bind(page.limit() + 1)
        .all()
        .await
}

/// Stores name, role and whether the person is disabled.
pub async fn update(tx: &mut Tx, user: &UserRow) -> Result<()> {
    tx.query("UPDATE users SET name = $1, role = $2, is_disabled = $3 WHERE organization_id = $4 AND id = $5")
        .bind(user.name.as_str())
        .bind(user.role)
        .bind(user.is_disabled)
        .bind(&user.organization_id)
        .bind(&user.id)
        .execute()
        .await
        .map(drop)
}

/// Replaces a password; `false` when it is no longer the one with the hash `before`.
pub async fn replace_password(tx: &mut Tx, organization: &OrganizationId, id: &UserId, before: &str, hash: &str) -> Result<bool> {
    let sql = "UPDATE users SET password_hash = $1 WHERE organization_id = $2 AND id = $3 AND password_hash = $4";
    Ok(tx.query(sql).bind(hash).bind(organization).bind(id).bind(before).execute().await? == 1)
}

/// Stores a password.
pub async fn set_password(tx: &mut Tx, organization: &OrganizationId, id: &UserId, hash: &str) -> Result<()> {
    tx.query("UPDATE users SET password_hash = $1 WHERE organization_id = $2 AND id = $3")
        .bind(hash)
        .bind(organization)
        .bind(id)
        .execute()
        .await
        .map(drop)
}

/// Records a sign-in with the password of that hash, and locks the user until commit; `false` when the user may not sign in, or the
/// password was changed in the meantime.
pub async fn record_sign_in(tx: &mut Tx, id: &UserId, password_hash: &str, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE users SET last_signed_in_at = $1 WHERE id = $2 AND password_hash = $3 AND NOT is_disabled";
    Ok(tx.query(sql).bind(now).bind(id).bind(password_hash).execute().await? == 1)
}

/// Removes a person, with sessions, tokens and invitation.
pub async fn delete(tx: &mut Tx, organization: &OrganizationId, id: &UserId) -> Result<bool> {
    let sql = "DELETE FROM users WHERE organization_id = $1 AND id = $2";
    Ok(tx.query(sql).bind(organization).bind(id).execute().await? == 1)
}

/// How many admins could sign in, were it not for this person.
pub async fn other_admins(tx: &mut ReadConnection, organization: &OrganizationId, id: &UserId) -> Result<i64> {
    let row: (i64,) = tx
        .query(
            "SELECT count(*) FROM users
             WHERE organization_id = $1 AND id <> $2 AND role = 'admin' AND NOT is_disabled AND password_hash IS NOT NULL",
        )
        .bind(organization)
        .bind(id)
        .one()
        .await?;
    Ok(row.0)
}
