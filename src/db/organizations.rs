//! `organizations`

use super::{Result, Tx};
use crate::domain::{ids::OrganizationId, time::Timestamp};

/// Adds an organization.
pub async fn insert(tx: &mut Tx, id: &OrganizationId, name: &str, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO organizations (id, name, created_at) VALUES ($1, $2, $3)";
    tx.query(sql).bind(id).bind(name).bind(now).execute().await.map(drop)
}

/// The organization's name.
pub async fn name(tx: &mut Tx, id: &OrganizationId) -> Result<String> {
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

/// The organizations of that name; names need not be unique. At most two, which is enough to know that there are several.
pub async fn named(tx: &mut Tx, name: &str) -> Result<Vec<OrganizationId>> {
    let rows: Vec<(OrganizationId,)> =
        tx.query("SELECT id FROM organizations WHERE name = $1 ORDER BY id LIMIT 2").bind(name).all().await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// The organizations after an id, in the order of their ids.
pub async fn after(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<OrganizationId>> {
    let query = tx.query("SELECT id FROM organizations WHERE id > $1 ORDER BY id LIMIT $2").bind(after).bind(limit);
    let rows: Vec<(OrganizationId,)> = query.all().await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
