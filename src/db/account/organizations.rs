//! `organizations`

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{account::organization::Organization, ids::OrganizationId, time::Timestamp},
};

/// Adds an organization.
pub async fn insert(tx: &mut Tx, id: &OrganizationId, name: &str, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO organizations (id, name, created_at) VALUES ($1, $2, $3)";
    tx.query(sql).bind(id).bind(name).bind(now).execute().await.map(drop)
}

/// The organization's settings.
pub async fn settings(tx: &mut ReadConnection, id: &OrganizationId) -> Result<Organization> {
    let query = tx.query("SELECT name, llm_analysis FROM organizations WHERE id = $1").bind(id);
    let (name, llm_analysis): (String, bool) = query.one().await?;
    Ok(Organization { name, llm_analysis })
}

/// Stores the organization's settings.
pub async fn set_settings(tx: &mut Tx, id: &OrganizationId, settings: &Organization) -> Result<()> {
    tx.query("UPDATE organizations SET name = $1, llm_analysis = $2 WHERE id = $3")
        .bind(settings.name.as_str())
        .bind(settings.llm_analysis)
        .bind(id)
        .execute()
        .await
        .map(drop)
}

/// The organization's name.
pub async fn name(tx: &mut ReadConnection, id: &OrganizationId) -> Result<String> {
    let row: (String,) = tx.query("SELECT name FROM organizations WHERE id = $1").bind(id).one().await?;
    Ok(row.0)
}

/// Lets no other transaction that locks the organization go on until this one ends. Rows can be added to it all the same.
pub async fn lock(tx: &mut Tx, id: &OrganizationId) -> Result<()> {
    tx.either(
        // A transaction that writes is the only one.
        "SELECT id FROM organizations WHERE id = $1",
        "SELECT id FROM organizations WHERE id = $1 FOR NO KEY UPDATE",
    )
    .bind(id)
    .execute()
    .await
    .map(drop)
}

/// An organization and how many users it has.
#[derive(sqlx::FromRow)]
pub struct OrganizationRow {
    /// The id.
    pub id: OrganizationId,
    /// The name, which others may have too.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The number of its users.
    pub users: i64,
}

/// The oldest ten organizations of that name, which need not be unique.
pub async fn named(tx: &mut ReadConnection, name: &str) -> Result<Vec<OrganizationRow>> {
    tx.query(
        "SELECT o.id, o.name, o.created_at, (SELECT count(*) FROM users u WHERE u.organization_id = o.id) AS users
         FROM organizations o WHERE o.name = $1 ORDER BY o.id LIMIT 10",
    )
    .bind(name)
    .all()
    .await
}

/// An organization.
pub async fn find(tx: &mut ReadConnection, id: &OrganizationId) -> Result<Option<OrganizationRow>> {
    tx.query(
        "SELECT o.id, o.name, o.created_at, (SELECT count(*) FROM users u WHERE u.organization_id = o.id) AS users
         FROM organizations o WHERE o.id = $1",
    )
    .bind(id)
    .optional()
    .await
}

/// The organizations after an id, in the order of their ids.
pub async fn after(tx: &mut ReadConnection, after: &str, limit: i64) -> Result<Vec<OrganizationId>> {
    let query = tx.query("SELECT id FROM organizations WHERE id > $1 ORDER BY id LIMIT $2").bind(after).bind(limit);
    let rows: Vec<(OrganizationId,)> = query.all().await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// The organizations after an id with their names, in the order of their ids; only those of a name where one is given.
pub async fn names_after(
    tx: &mut ReadConnection,
    after: &str,
    name: Option<&str>,
    limit: i64,
) -> Result<Vec<(OrganizationId, String)>> {
    tx.query("SELECT id, name FROM organizations WHERE id > $1 AND ($2 = '' OR name = $2) ORDER BY id LIMIT $3")
        .bind(after)
        .bind(name.unwrap_or_default())
        .bind(limit)
        .all()
        .await
}
