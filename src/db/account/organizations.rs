use crate::db::{ReadConnection, Result, Tx, params, query_locked};
use crate::domain::account::organization::Organization;
use crate::domain::ids::OrganizationId;
use crate::domain::time::Timestamp;

pub async fn insert(tx: &mut Tx, id: &OrganizationId, name: &str, now: Timestamp) -> Result<()> {
    tx.query("INSERT INTO organizations (id, name, created_at) VALUES ($1, $2, $3)", params![id, name, now]).execute().await
}

pub async fn settings(tx: &mut ReadConnection, id: &OrganizationId) -> Result<Organization> {
    let sql = "SELECT name, llm_analysis FROM organizations WHERE id = $1";
    let (name, llm_analysis) = tx.query(sql, params![id]).one().await?;
    Ok(Organization { name, llm_analysis })
}

pub async fn set_settings(tx: &mut Tx, id: &OrganizationId, settings: &Organization) -> Result<()> {
    let sql = "UPDATE organizations SET name = $1, llm_analysis = $2 WHERE id = $3";
    tx.query(sql, params![settings.name.as_str(), settings.llm_analysis, id]).execute().await
}

pub async fn name(tx: &mut ReadConnection, id: &OrganizationId) -> Result<String> {
    tx.query("SELECT name FROM organizations WHERE id = $1", params![id]).scalar().await
}

/// Locks the organization until commit. Concurrent calls of this function wait, but other transactions can still insert rows that
/// refer to the organization.
pub async fn lock(tx: &mut Tx, id: &OrganizationId) -> Result<()> {
    query_locked!(tx, "SELECT id FROM organizations WHERE id = $1", "FOR NO KEY UPDATE", params![id]).execute().await
}

#[derive(sqlx::FromRow)]
pub struct OrganizationRow {
    pub id: OrganizationId,
    pub name: String,
    pub created_at: Timestamp,
    pub users: i64,
}

/// Lists the ten oldest organizations with this name. Names are not unique.
pub async fn named(tx: &mut ReadConnection, name: &str) -> Result<Vec<OrganizationRow>> {
    let sql = "SELECT o.id, o.name, o.created_at, (SELECT count(*) FROM users u WHERE u.organization_id = o.id) AS users
        FROM organizations o WHERE o.name = $1 ORDER BY o.id LIMIT 10";
    tx.query(sql, params![name]).all().await
}

pub async fn find(tx: &mut ReadConnection, id: &OrganizationId) -> Result<Option<OrganizationRow>> {
    let sql = "SELECT o.id, o.name, o.created_at, (SELECT count(*) FROM users u WHERE u.organization_id = o.id) AS users
        FROM organizations o WHERE o.id = $1 AND o.erased_at IS NULL";
    tx.query(sql, params![id]).optional().await
}

pub async fn after(tx: &mut ReadConnection, after: &str, limit: i64) -> Result<Vec<OrganizationId>> {
    let query =
        tx.query("SELECT id FROM organizations WHERE id > $1 AND erased_at IS NULL ORDER BY id LIMIT $2", params![after, limit]);
    query.scalars().await
}

/// Lists ids and names of organizations in id order, starting after the id `after`. If `name` is given, lists only organizations
/// with this name.
pub async fn names_after(
    tx: &mut ReadConnection,
    after: &str,
    name: Option<&str>,
    limit: i64,
) -> Result<Vec<(OrganizationId, String)>> {
    let sql = "SELECT id, name FROM organizations
        WHERE id > $1 AND ($2 = '' OR name = $2) AND erased_at IS NULL ORDER BY id LIMIT $3";
    tx.query(sql, params![after, name.unwrap_or_default(), limit]).all().await
}
