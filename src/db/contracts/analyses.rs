//! `analyses`: one per version.

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        contract::analysis::{AnalysisStatus, Findings},
        ids::{ContractId, OrganizationId, VersionId},
        time::Timestamp,
    },
};
use sqlx::types::Json;

/// The analysis of a version.
#[derive(Clone, sqlx::FromRow)]
pub struct AnalysisRow {
    /// The version.
    pub version_id: VersionId,
    /// Where it stands.
    pub status: AnalysisStatus,
    /// The result.
    pub findings: Option<Json<Findings>>,
    /// Why it failed, for people.
    pub error: Option<String>,
    /// The same for programs.
    pub error_code: Option<String>,
}

/// Queues the analysis of a new version.
pub async fn insert(
    tx: &mut Tx,
    organization: &OrganizationId,
    contract: &ContractId,
    version: &VersionId,
    now: Timestamp,
) -> Result<()> {
    tx.query(
        "INSERT INTO analyses (version_id, organization_id, contract_id, status, updated_at) VALUES ($1, $2, $3, 'queued', $4)",
    )
    .bind(version)
    .bind(organization)
    .bind(contract)
    .bind(now)
    .execute()
    .await
    .map(drop)
}

/// The analyses of a contract's versions.
pub async fn of_contract(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
) -> Result<Vec<AnalysisRow>> {
    tx.query(
        "SELECT version_id, status, findings, error, error_code FROM analyses WHERE organization_id = $1 AND contract_id = $2 LIMIT 1000",
    )
    .bind(organization)
    .bind(contract)
    .all()
    .await
}

/// The text of a version, once it is analysed.
pub async fn text(tx: &mut ReadConnection, organization: &OrganizationId, version: &VersionId) -> Result<Option<String>> {
    let sql = "SELECT document_text FROM analyses WHERE organization_id = $1 AND version_id = $2 AND document_text IS NOT NULL";
    let row: Option<(String,)> = tx.query(sql).bind(organization).bind(version).optional().await?;
    Ok(row.map(|row| row.0))
}

/// Why the analysis of a version has no result yet.
pub async fn error(tx: &mut ReadConnection, organization: &OrganizationId, version: &VersionId) -> Result<Option<String>> {
    let sql = "SELECT error FROM analyses WHERE organization_id = $1 AND version_id = $2";
    let row: Option<(Option<String>,)> = tx.query(sql).bind(organization).bind(version).optional().await?;
    Ok(row.and_then(|row| row.0))
}

/// Records the status of an analysis without a result, with its error and the stable code of that.
pub async fn set_status(
    tx: &mut Tx,
    organization: &OrganizationId,
    version: &VersionId,
    status: (AnalysisStatus, Option<&str>, Option<&str>),
    now: Timestamp,
) -> Result<()> {
    let (status, error, code) = status;
    let sql = "UPDATE analyses SET status = $1, error = $2, error_code = $3, updated_at = $4 WHERE organization_id = $5 AND version_id = $6";
    tx.query(sql).bind(status).bind(error).bind(code).bind(now).bind(organization).bind(version).execute().await.map(drop)
}

/// Stores the result and the text it refers to.
pub async fn complete(
    tx: &mut Tx,
    organization: &OrganizationId,
    version: &VersionId,
    result: (&Findings, &str),
    now: Timestamp,
) -> Result<()> {
    let (findings, text) = result;
    tx.query(
        "UPDATE analyses SET status = 'completed', findings = $1, document_text = $2, error = NULL, error_code = NULL, updated_at = $3
         WHERE organization_id = $4 AND version_id = $5",
    )
    .bind(Json(findings))
    .bind(text)
    .bind(now)
    .bind(organization)
    .bind(version)
    .execute()
    .await
    .map(drop)
}
