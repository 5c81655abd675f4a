//! `api_tokens`, by the digest of the token.

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        account::users::Role,
        ids::{ApiTokenId, OrganizationId, UserId},
        page::PageRequest,
        time::Timestamp,
    },
};

/// A token to store.
pub struct NewApiTokenRow<'a> {
    /// Its id.
    pub id: &'a ApiTokenId,
    /// Its maker's organization.
    pub organization_id: &'a OrganizationId,
    /// Its maker.
    pub user_id: &'a UserId,
    /// What its maker called it.
    pub name: &'a str,
    /// Its first characters.
    pub prefix: &'a str,
    /// The digest of the token.
    pub token_digest: &'a str,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A token with its maker.
#[derive(sqlx::FromRow)]
pub struct ApiTokenRow {
    /// Its id.
    pub id: ApiTokenId,
    /// Its maker's organization.
    pub organization_id: OrganizationId,
    /// Its maker.
    pub user_id: UserId,
    /// What its maker called it.
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    /// Its maker's name.
    pub user_name: String,
    /// Its maker's e-mail address.
    pub user_email: String,
    /// The organization's name.
    pub organization_name: String,
    /// What its maker may do.
    pub role: Role,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// A token that was removed.
#[derive(sqlx::FromRow)]
pub struct RemovedTokenRow {
    /// Its id.
    pub id: ApiTokenId,
    /// What its maker called it.
    pub name: String,
    /// When it would have ended.
    pub expires_at: Timestamp,
}

/// Adds a token.
pub async fn insert(tx: &mut Tx, token: &NewApiTokenRow<'_>, now: Timestamp) -> Result<()> {
    tx.query(
        "INSERT INTO api_tokens (id, organization_id, user_id, name, prefix, token_digest, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(token.id)
    .bind(token.organization_id)
    .bind(token.user_id)
    .bind(token.name)
    .bind(token.prefix)
    .bind(token.token_digest)
    .bind(now)
    .bind(token.expires_at)
    .execute()
    .await
    .map(drop)
}

/// How many tokens of the user have not expired.
pub async fn count_of_user(tx: &mut ReadConnection, organization: &OrganizationId, user: &UserId, now: Timestamp) -> Result<i64> {
    let sql = "SELECT count(*) FROM api_tokens WHERE organization_id = $1 AND user_id = $2 AND expires_at > $3";
    let row: (i64,) = tx.query(sql).bind(organization).bind(user).bind(now).one().await?;
    Ok(row.0)
}

/// The token with that digest, when it has not expired and its maker may sign in.
pub async fn find_live(tx: &mut ReadConnection, token_digest: &str, now: Timestamp) -> Result<Option<ApiTokenRow>> {
    tx.query(
        "SELECT t.id, t.organization_id, t.user_id, t.name, t.prefix, u.name AS user_name, u.email AS user_email,
             o.name AS organization_name, u.role, t.created_at, t.expires_at, t.last_used_at
         FROM api_tokens t JOIN users u ON u.id = t.user_id JOIN organizations o ON o.id = t.organization_id
         WHERE t.token_digest = $1 AND t.expires_at > $2 AND NOT u.is_disabled",
    )
    .bind(token_digest)
    .bind(now)
    .optional()
    .await
}

/// The present role of a token's maker; `None` when the token was revoked or has expired, or its maker may not sign in. On
/// PostgreSQL it locks the maker's row until the transaction ends, as [`crate::db::auth::sessions::current_role`] does.
pub async fn current_role(
    tx: &mut ReadConnection,
    (organization, user, id): (&OrganizationId, &UserId, &ApiTokenId),
    now: Timestamp,
) -> Result<Option<Role>> {
    let row: Option<(Role,)> = tx
        .either(
            "SELECT u.role FROM api_tokens t JOIN users u ON u.id = t.user_id
             WHERE t.organization_id = $1 AND t.user_id = $2 AND t.id = $3 AND t.expires_at > $4 AND NOT u.is_disabled",
            "SELECT u.role FROM api_tokens t JOIN users u ON u.id = t.user_id
             WHERE t.organization_id = $1 AND t.user_id = $2 AND t.id = $3 AND t.expires_at > $4 AND NOT u.is_disabled
             FOR SHARE OF u",
        )
        .bind(organization)
        .bind(user)
        .bind(id)
        .bind(now)
        .optional()
        .await?;
    Ok(row.map(|(role,)| role))
}

/// Notes that a token is in use.
pub async fn touch(tx: &mut Tx, id: &ApiTokenId, now: Timestamp) -> Result<()> {
    tx.query("UPDATE api_tokens SET last_used_at = $1 WHERE id = $2").bind(now).bind(id).execute().await.map(drop)
}

/// Tokens of the organization, only those of `maker` when one is given, newest first, one more than the page holds.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    maker: Option<&UserId>,
    before: Option<&ApiTokenId>,
    page: &PageRequest,
) -> Result<Vec<ApiTokenRow>> {
    tx.query(
        "SELECT t.id, t.organization_id, t.user_id, t.name, t.prefix, u.name AS user_name, u.email AS user_email,
             o.name AS organization_name, u.role, t.created_at, t.expires_at, t.last_used_at
         FROM api_tokens t JOIN users u ON u.id = t.user_id JOIN organizations o ON o.id = t.organization_id
         WHERE t.organization_id = $1 AND ($2 = '' OR t.user_id = $2) AND ($3 = '' OR t.id < $3)
         ORDER BY t.id DESC LIMIT $4",
    )
    .bind(organization)
    .bind(maker.map_or("", UserId::as_str))
    .bind(before.map_or("", ApiTokenId::as_str))
    .bind(page.limit() + 1)
    .all()
    .await
}

/// Removes a token of the organization, only one of `maker` when one is given.
pub async fn delete(
    tx: &mut Tx,
    organization: &OrganizationId,
    maker: Option<&UserId>,
    id: &ApiTokenId,
) -> Result<Option<RemovedTokenRow>> {
    tx.query(
        "DELETE FROM api_tokens WHERE organization_id = $1 AND id = $2 AND ($3 = '' OR user_id = $3) RETURNING id, name, expires_at",
    )
    .bind(organization)
    .bind(id)
    .bind(maker.map_or("", UserId::as_str))
    .optional()
    .await
}

/// Removes every token of a user.
pub async fn delete_of_user(tx: &mut Tx, organization: &OrganizationId, user: &UserId) -> Result<Vec<RemovedTokenRow>> {
    tx.query("DELETE FROM api_tokens WHERE organization_id = $1 AND user_id = $2 RETURNING id, name, expires_at")
        .bind(organization)
        .bind(user)
        .all()
        .await
}

/// Removes tokens that expired before `before`, not more than `limit`.
pub async fn delete_expired(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<u64> {
    tx.query(
        "DELETE FROM api_tokens WHERE id IN (
             SELECT id FROM api_tokens WHERE expires_at < $1 ORDER BY expires_at, id LIMIT $2)",
    )
    .bind(before)
    .bind(limit)
    .execute()
    .await
}
