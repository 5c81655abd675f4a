//! `erased_deals`: deals whose contract was erased. Only a user or a webhook call creates a contract from them again.

use crate::db::contracts::contract_links::AccountRef;
use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::record::RecordRef;

pub async fn contains(tx: &mut ReadConnection, account: AccountRef<'_>, record: &RecordRef) -> Result<bool> {
    let AccountRef { organization, integration, account } = account;
    let sql = "SELECT count(*) FROM erased_deals
        WHERE organization_id = $1 AND integration_id = $2 AND account_id = $3 AND record_type = $4 AND record_id = $5";
    let count: i64 = tx.query(sql, params![organization, integration, account, record.kind, &record.id]).scalar().await?;
    Ok(count > 0)
}

/// Forgets the erasure, because the deal belongs to a contract again.
pub async fn delete(tx: &mut Tx, account: AccountRef<'_>, record: &RecordRef) -> Result<()> {
    let AccountRef { organization, integration, account } = account;
    let sql = "DELETE FROM erased_deals
        WHERE organization_id = $1 AND integration_id = $2 AND account_id = $3 AND record_type = $4 AND record_id = $5";
    tx.query(sql, params![organization, integration, account, record.kind, &record.id]).execute().await
}
