//! `server_secrets`: values of the installation itself, sealed by the vault.

use crate::db::{ReadConnection, Result, Tx};

/// The sealed value of that name.
pub async fn find(tx: &mut ReadConnection, name: &str) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> = tx.query("SELECT sealed FROM server_secrets WHERE name = $1").bind(name).optional().await?;
    Ok(row.map(|row| row.0))
}

/// Stores a value unless there is one.
pub async fn insert_if_absent(tx: &mut Tx, name: &str, sealed: &[u8]) -> Result<()> {
    let sql = "INSERT INTO server_secrets (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    tx.query(sql).bind(name).bind(sealed).execute().await.map(drop)
}
