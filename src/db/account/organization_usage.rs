//! `organization_usage`: what each organization stores, counted by triggers; and what is counted when it is asked for.

use crate::{
    db::{ReadConnection, Result},
    domain::{ids::OrganizationId, time::Timestamp},
};

/// What an organization stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct UsageRow {
    /// Bytes of contract files.
    pub storage_bytes: i64,
    /// Contracts.
    pub contracts: i64,
    /// Users.
    pub users: i64,
}

/// What the organization stores. After an insert of this transaction it includes that, and everything committed before.
pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId) -> Result<UsageRow> {
    let sql = "SELECT storage_bytes, contracts, users FROM organization_usage WHERE organization_id = $1";
    tx.query(sql).bind(organization).one().await
}

/// How many versions the organization uploaded after `since`; counts no further than `at_most`.
pub async fn uploads_since(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    since: Timestamp,
    at_most: i64,
) -> Result<i64> {
    let row: (i64,) = tx
        .query(
            "SELECT count(*) FROM (SELECT 1 FROM contract_versions
                 WHERE organization_id = $1 AND source = 'upload' AND created_at > $2 LIMIT $3) AS uploads",
        )
        .bind(organization)
        .bind(since)
        .bind(at_most)
        .one()
        .await?;
    Ok(row.0)
}

/// How many of the organization's deliveries have not ended; counts no further than `at_most`.
pub async fn waiting_deliveries(tx: &mut ReadConnection, organization: &OrganizationId, at_most: i64) -> Result<i64> {
    let row: (i64,) = tx
        .query(
            "SELECT count(*) FROM (SELECT 1 FROM organization_integrations c JOIN deliveries d ON d.connection_id = c.id
                 WHERE c.organization_id = $1 AND d.status IN ('accepted', 'processing', 'parked') LIMIT $2) AS waiting",
        )
        .bind(organization)
        .bind(at_most)
        .one()
        .await?;
    Ok(row.0)
}
