//! `api_tokens`: API tokens, looked up by the digest of the token.

use crate::db::{ReadConnection, Result, Tx, insert, params, query_locked};
use crate::domain::account::users::Role;
use crate::domain::ids::{ApiTokenId, OrganizationId, UserId};
use crate::domain::page::PageRequest;
use crate::domain::time::Timestamp;

pub struct NewApiTokenRow<'a> {
    pub id: &'a ApiTokenId,
    pub organization_id: &'a OrganizationId,
    pub user_id: &'a UserId,
    pub name: &'a str,
    pub prefix: &'a str,
    pub token_digest: &'a str,
    pub expires_at: Timestamp,
}

/// An API token with its owner and organization.
#[derive(sqlx::FromRow)]
pub struct ApiTokenRow {
    pub id: ApiTokenId,
    pub organization_id: OrganizationId,
    pub user_id: UserId,
    pub name: String,
    pub prefix: String,
    pub user_name: String,
    pub user_email: String,
    pub organization_name: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// Time of the last use, with minute precision.
    pub last_used_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
pub struct RemovedTokenRow {
    pub id: ApiTokenId,
    pub name: String,
    pub expires_at: Timestamp,
}

pub async fn insert(tx: &mut Tx, token: &NewApiTokenRow<'_>, now: Timestamp) -> Result<()> {
    let query = insert! {
        tx, "api_tokens" (id, organization_id, user_id, name, prefix, token_digest, expires_at) = token, created_at = now
    };
    query.execute().await
}

/// Number of the user's unexpired tokens.
pub async fn count_of_user(tx: &mut ReadConnection, organization: &OrganizationId, user: &UserId, now: Timestamp) -> Result<i64> {
    let sql = "SELECT count(*) FROM api_tokens WHERE organization_id = $1 AND user_id = $2 AND expires_at > $3";
    tx.query(sql, params![organization, user, now]).scalar().await
}

/// Finds the unexpired token with this digest; `None` if its owner is disabled.
pub async fn find_live(tx: &mut ReadConnection, token_digest: &str, now: Timestamp) -> Result<Option<ApiTokenRow>> {
    let sql = "SELECT t.*, u.name AS user_name, u.email AS user_email, o.name AS organization_name, u.role
        FROM api_tokens t JOIN users u ON u.id = t.user_id JOIN organizations o ON o.id = t.organization_id
        WHERE t.token_digest = $1 AND t.expires_at > $2 AND NOT u.is_disabled";
    tx.query(sql, params![token_digest, now]).optional().await
}

/// Current role of a token's owner; `None` if the token was revoked or has expired, or the owner is disabled. On PostgreSQL,
/// locks the owner's row, for the same reason as [`crate::db::auth::sessions::current_role`].
pub async fn current_role(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    user: &UserId,
    id: &ApiTokenId,
    now: Timestamp,
) -> Result<Option<Role>> {
    query_locked!(
        tx,
        "SELECT u.role FROM api_tokens t JOIN users u ON u.id = t.user_id
         WHERE t.organization_id = $1 AND t.user_id = $2 AND t.id = $3 AND t.expires_at > $4 AND NOT u.is_disabled",
        "FOR SHARE OF u",
        params![organization, user, id, now]
    )
    .optional_scalar()
    .await
}

pub async fn touch(tx: &mut Tx, id: &ApiTokenId, now: Timestamp) -> Result<()> {
    tx.query("UPDATE api_tokens SET last_used_at = $1 WHERE id = $2", params![now, id]).execute().await
}

/// Lists the tokens of the organization, or only those of `owner`, newest first. Returns one row more than the page size if a
/// next page exists.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    owner: Option<&UserId>,
    before: Option<&ApiTokenId>,
    page: &PageRequest,
) -> Result<Vec<ApiTokenRow>> {
    tx.query(
        "SELECT t.*, u.name AS user_name, u.email AS user_email, o.name AS organization_name, u.role
         FROM api_tokens t JOIN users u ON u.id = t.user_id JOIN organizations o ON o.id = t.organization_id
         WHERE t.organization_id = $1 AND ($2 = '' OR t.user_id = $2) AND ($3 = '' OR t.id < $3)
         ORDER BY t.id DESC LIMIT $4",
        params![organization, owner.map_or("", UserId::as_str), before.map_or("", ApiTokenId::as_str), page.limit() + 1],
    )
    .all()
    .await
}

/// Removes one of the organization's tokens. If `owner` is given, removes the token only if it belongs to this user.
pub async fn delete(
    tx: &mut Tx,
    organization: &OrganizationId,
    owner: Option<&UserId>,
    id: &ApiTokenId,
) -> Result<Option<RemovedTokenRow>> {
    let sql = "DELETE FROM api_tokens WHERE organization_id = $1 AND id = $2 AND ($3 = '' OR user_id = $3)
        RETURNING id, name, expires_at";
    tx.query(sql, params![organization, id, owner.map_or("", UserId::as_str)]).optional().await
}

pub async fn delete_of_user(tx: &mut Tx, organization: &OrganizationId, user: &UserId) -> Result<Vec<RemovedTokenRow>> {
    let sql = "DELETE FROM api_tokens WHERE organization_id = $1 AND user_id = $2 RETURNING id, name, expires_at";
    tx.query(sql, params![organization, user]).all().await
}

pub async fn delete_expired(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    let sql = "DELETE FROM api_tokens WHERE id IN (
            SELECT id FROM api_tokens WHERE expires_at < $1 ORDER BY expires_at, id LIMIT $2)";
    tx.query(sql, params![before, limit]).rows_affected().await
}
