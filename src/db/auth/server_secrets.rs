//! `server_secrets`: encrypted secrets of the installation.

use crate::db::{ReadConnection, Result, Tx, params};

pub async fn find(tx: &mut ReadConnection, name: &str) -> Result<Option<Vec<u8>>> {
    tx.query("SELECT sealed FROM server_secrets WHERE name = $1", params![name]).optional_scalar().await
}

pub async fn insert_if_absent(tx: &mut Tx, name: &str, sealed: &[u8]) -> Result<()> {
    let sql = "INSERT INTO server_secrets (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    tx.query(sql, params![name, sealed]).execute().await
}
