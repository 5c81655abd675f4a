//! The columns of contracts that hold search keys.

use super::{Db, Result, Tx, contracts::ContractRow};
use crate::domain::search_key::{SEPARATOR, search_key};

/// Sorts behind every account.
const NO_ACCOUNT: &str = "\u{10ffff}";
/// How many keys are filled in one transaction.
const KEYS_PER_COMMIT: i64 = 500;

/// Title, Opportunity and account. The title comes first, so it also decides the order.
pub fn of_contract(row: &ContractRow) -> String {
    let parts = [Some(&row.title), row.opportunity_name.as_ref(), row.account_name.as_ref()];
    let keys: Vec<String> = parts.map(|part| part.map_or_else(String::new, |text| search_key(text))).into();
    keys.join(&SEPARATOR.to_string())
}

/// The account's name; contracts without one come last.
pub fn of_account(row: &ContractRow) -> String {
    row.account_name.as_deref().map(search_key).filter(|key| !key.is_empty()).unwrap_or_else(|| NO_ACCOUNT.to_owned())
}

/// Fills the keys of contracts from before the columns. May run on several servers at once, and again.
pub async fn fill(db: &Db) -> Result<()> {
    loop {
        let mut tx = db.begin().await?;
        let rows: Vec<ContractRow> =
            tx.query("SELECT * FROM contracts WHERE search_key = '' ORDER BY id LIMIT $1").bind(KEYS_PER_COMMIT).all().await?;
        for row in &rows {
            fill_one(&mut tx, row).await?;
        }
        tx.commit().await?;
        if rows.is_empty() {
            return Ok(());
        }
    }
}

async fn fill_one(tx: &mut Tx, row: &ContractRow) -> Result<()> {
    tx.query("UPDATE contracts SET search_key = $1, account_key = $2 WHERE organization_id = $3 AND id = $4")
        .bind(of_contract(row))
        .bind(of_account(row))
        .bind(&row.organization_id)
        .bind(&row.id)
        .execute()
        .await
        .map(drop)
}
