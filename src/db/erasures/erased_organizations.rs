//! `erased_organizations`: one line for each erased organization, which remains. It contains no name.

use crate::db::{Result, Tx, params};
use crate::domain::ids::OrganizationId;
use crate::domain::time::Timestamp;

/// `erased_by` is the id of a user, or `operator`.
pub async fn insert(tx: &mut Tx, organization: &OrganizationId, erased_by: &str, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO erased_organizations (id, erased_by, erased_at) VALUES ($1, $2, $3)";
    tx.query(sql, params![organization, erased_by, now]).execute().await
}
