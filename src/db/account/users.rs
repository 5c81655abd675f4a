use crate::db::{ReadConnection, Result, Tx, insert, params};
use crate::domain::account::users::Role;
use crate::domain::ids::{OrganizationId, UserId};
use crate::domain::page::PageRequest;
use crate::domain::time::Timestamp;

#[derive(Clone, sqlx::FromRow)]
pub struct UserRow {
    pub id: UserId,
    pub organization_id: OrganizationId,
    /// Email address as entered.
    pub email: String,
    pub name: String,
    pub role: Role,
    /// Hash of the password (Argon2id in PHC format); `None` until the user has accepted the invitation.
    pub password_hash: Option<String>,
    pub is_disabled: bool,
    pub created_at: Timestamp,
    pub last_signed_in_at: Option<Timestamp>,
}

/// Lookup key of an email address, which ignores case.
pub fn email_key(email: &str) -> String {
    email.to_lowercase()
}

/// Adds a user. A unique violation means that the email address is in use.
pub async fn insert(tx: &mut Tx, user: &UserRow) -> Result<()> {
    let query = insert! {
        tx, "users" (id, organization_id, email, name, role, password_hash, is_disabled, created_at, last_signed_in_at) = user,
        email_key = email_key(&user.email)
    };
    query.execute().await
}

/// Finds a user by email address, ignoring case. The organization is unknown at sign-in, so this query covers all organizations.
pub async fn find_by_email(tx: &mut ReadConnection, email: &str) -> Result<Option<UserRow>> {
    tx.query("SELECT * FROM users WHERE email_key = $1", params![email_key(email)]).optional().await
}

pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &UserId) -> Result<Option<UserRow>> {
    tx.query("SELECT * FROM users WHERE organization_id = $1 AND id = $2", params![organization, id]).optional().await
}

/// Lists the organization's users, oldest first. Returns one row more than the page size if a next page exists.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    after: Option<&UserId>,
    page: &PageRequest,
) -> Result<Vec<UserRow>> {
    let sql = "SELECT * FROM users WHERE organization_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    tx.query(sql, params![organization, after.map_or("", UserId::as_str), page.limit() + 1]).all().await
}

/// Stores name, role and `is_disabled`.
pub async fn update(tx: &mut Tx, user: &UserRow) -> Result<()> {
    let sql = "UPDATE users SET name = $1, role = $2, is_disabled = $3 WHERE organization_id = $4 AND id = $5";
    tx.query(sql, params![user.name.as_str(), user.role, user.is_disabled, &user.organization_id, &user.id]).execute().await
}

/// Replaces a password hash. Returns false if the stored hash is no longer `before`.
pub async fn replace_password(tx: &mut Tx, organization: &OrganizationId, id: &UserId, before: &str, hash: &str) -> Result<bool> {
    let sql = "UPDATE users SET password_hash = $1 WHERE organization_id = $2 AND id = $3 AND password_hash = $4";
    tx.query(sql, params![hash, organization, id, before]).affects_rows().await
}

pub async fn set_password(tx: &mut Tx, organization: &OrganizationId, id: &UserId, hash: &str) -> Result<()> {
    let sql = "UPDATE users SET password_hash = $1 WHERE organization_id = $2 AND id = $3";
    tx.query(sql, params![hash, organization, id]).execute().await
}

/// Records a sign-in and locks the user until commit. Returns false if the user is disabled or the hash is no longer
/// `password_hash`.
pub async fn record_sign_in(tx: &mut Tx, id: &UserId, password_hash: &str, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE users SET last_signed_in_at = $1 WHERE id = $2 AND password_hash = $3 AND NOT is_disabled";
    tx.query(sql, params![now, id, password_hash]).affects_rows().await
}

/// Removes a user with the user's sessions, tokens and invitation.
pub async fn delete(tx: &mut Tx, organization: &OrganizationId, id: &UserId) -> Result<bool> {
    tx.query("DELETE FROM users WHERE organization_id = $1 AND id = $2", params![organization, id]).affects_rows().await
}

/// Number of admins that can sign in, not counting the user `id`.
pub async fn other_admins(tx: &mut ReadConnection, organization: &OrganizationId, id: &UserId) -> Result<i64> {
    let sql = "SELECT count(*) FROM users
        WHERE organization_id = $1 AND id <> $2 AND role = 'admin' AND NOT is_disabled AND password_hash IS NOT NULL";
    tx.query(sql, params![organization, id]).scalar().await
}
