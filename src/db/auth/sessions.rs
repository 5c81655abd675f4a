//! `sessions`: signed-in browsers, by the digest of their cookie.

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        account::users::Role,
        ids::{OrganizationId, SessionId, UserId},
        time::Timestamp,
    },
};

/// A session to store.
pub struct NewSession<'a> {
    /// Its id.
    pub id: &'a SessionId,
    /// The person's organization.
    pub organization_id: &'a OrganizationId,
    /// The person.
    pub user_id: &'a UserId,
    /// The digest of the cookie's value.
    pub token_digest: &'a str,
    /// When it ends, used or not.
    pub expires_at: Timestamp,
}

/// A session with its person.
#[derive(sqlx::FromRow)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// The person's organization.
    pub organization_id: OrganizationId,
    /// The person.
    pub user_id: UserId,
    /// The person's name.
    pub name: String,
    /// The person's e-mail address.
    pub email: String,
    /// The organization's name.
    pub organization_name: String,
    /// What the person may do.
    pub role: Role,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends, used or not.
    pub expires_at: Timestamp,
}

/// A session, as its person looks at it.
#[derive(sqlx::FromRow)]
pub struct OpenSessionRow {
    /// Its id.
    pub id: SessionId,
    /// What it was opened with, for people.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_seen_at: Timestamp,
}

/// Adds a session.
pub async fn insert(tx: &mut Tx, session: &NewSession<'_>, now: Timestamp) -> Result<()> {
    tx.query(
        "INSERT INTO sessions (id, organization_id, user_id, token_digest, created_at, last_seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
    )
    .bind(session.id)
    .bind(session.organization_id)
    .bind(session.user_id)
    .bind(session.token_digest)
    .bind(now)
    .bind(session.expires_at)
    .execute()
    .await
    .map(drop)
}

/// Removes all sessions of a user but the newest ones.
pub async fn keep_newest(tx: &mut Tx, organization: &OrganizationId, user: &UserId, number: i64) -> Result<u64> {
    tx.query(
        "DELETE FROM sessions WHERE organization_id = $1 AND user_id = $2 AND id NOT IN (
             SELECT id FROM sessions WHERE organization_id = $1 AND user_id = $2 ORDER BY id DESC LIMIT $3)",
    )
    .bind(organization)
    .bind(user)
    .bind(number)
    .execute()
    .await
}

/// The session with that digest, when it was used since `idle_since`, has not ended, and its person may sign in.
pub async fn find_live(
    tx: &mut ReadConnection,
    token_digest: &str,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Option<SessionRow>> {
    tx.query(
        "SELECT s.id, s.organization_id, s.user_id, u.name, u.email, o.name AS organization_name, u.role, s.last_seen_at, s.expires_at
         FROM sessions s JOIN users u ON u.id = s.user_id JOIN organizations o ON o.id = s.organization_id
         WHERE s.token_digest = $1 AND s.expires_at > $2 AND s.last_seen_at > $3 AND NOT u.is_disabled",
    )
    .bind(token_digest)
    .bind(now)
    .bind(idle_since)
    .optional()
    .await
}

/// The present role of a session's user; `None` when the session has ended or the user may not sign in. On PostgreSQL it locks the
/// user's row until the transaction ends, so that a concurrent change of the role counts either before or after all of the transaction.
pub async fn current_role(
    tx: &mut ReadConnection,
    (organization, user, id): (&OrganizationId, &UserId, &SessionId),
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Option<Role>> {
    let row: Option<(Role,)> = tx
        .either(
            "SELECT u.role FROM sessions s JOIN users u ON u.id = s.user_id
             WHERE s.organization_id = $1 AND s.user_id = $2 AND s.id = $3 AND s.expires_at > $4 AND s.last_seen_at > $5
               AND NOT u.is_disabled",
            "SELECT u.role FROM sessions s JOIN users u ON u.id = s.user_id
             WHERE s.organization_id = $1 AND s.user_id = $2 AND s.id = $3 AND s.expires_at > $4 AND s.last_seen_at > $5
               AND NOT u.is_disabled
             FOR SHARE OF u",
        )
        .bind(organization)
        .bind(user)
        .bind(id)
        .bind(now)
        .bind(idle_since)
        .optional()
        .await?;
    Ok(row.map(|(role,)| role))
}

/// Notes that a session is in use.
pub async fn touch(tx: &mut Tx, id: &SessionId, now: Timestamp) -> Result<()> {
    tx.query("UPDATE sessions SET last_seen_at = $1 WHERE id = $2").bind(now).bind(id).execute().await.map(drop)
}

/// Ends the session with that digest.
pub async fn delete(tx: &mut Tx, token_digest: &str) -> Result<()> {
    tx.query("DELETE FROM sessions WHERE token_digest = $1").bind(token_digest).execute().await.map(drop)
}

/// A person's sessions that have not ended, the last used first; the newest hundred.
pub async fn of_user(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    user: &UserId,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Vec<OpenSessionRow>> {
    tx.query(
        "SELECT id, device, created_at, last_seen_at FROM sessions
         WHERE organization_id = $1 AND user_id = $2 AND expires_at > $3 AND last_seen_at > $4
         ORDER BY last_seen_at DESC, id DESC LIMIT 100",
    )
    .bind(organization)
    .bind(user)
    .bind(now)
    .bind(idle_since)
    .all()
    .await
}

/// Notes what a session was opened with.
pub async fn set_device(tx: &mut Tx, token_digest: &str, device: &str) -> Result<()> {
    tx.query("UPDATE sessions SET device = $1 WHERE token_digest = $2").bind(device).bind(token_digest).execute().await.map(drop)
}

/// Ends one session of a person; `false` when it has ended.
pub async fn delete_one(tx: &mut Tx, organization: &OrganizationId, user: &UserId, id: &SessionId) -> Result<bool> {
    let sql = "DELETE FROM sessions WHERE organization_id = $1 AND user_id = $2 AND id = $3";
    Ok(tx.query(sql).bind(organization).bind(user).bind(id).execute().await? == 1)
}

/// Ends a person's sessions but for one.
pub async fn delete_others(tx: &mut Tx, organization: &OrganizationId, user: &UserId, kept: &SessionId) -> Result<u64> {
    let sql = "DELETE FROM sessions WHERE organization_id = $1 AND user_id = $2 AND id <> $3";
    tx.query(sql).bind(organization).bind(user).bind(kept).execute().await
}

/// Ends a person's sessions.
pub async fn delete_of_user(tx: &mut Tx, organization: &OrganizationId, user: &UserId) -> Result<()> {
    let sql = "DELETE FROM sessions WHERE organization_id = $1 AND user_id = $2";
    tx.query(sql).bind(organization).bind(user).execute().await.map(drop)
}

/// Removes sessions that have ended.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp, idle_since: Timestamp) -> Result<u64> {
    tx.query("DELETE FROM sessions WHERE expires_at <= $1 OR last_seen_at <= $2").bind(now).bind(idle_since).execute().await
}
