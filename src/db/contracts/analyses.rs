use crate::db::{ReadConnection, Result, Tx, params};
use crate::domain::contract::analysis::{AnalysisStatus, Findings};
use crate::domain::ids::{ContractId, OrganizationId, VersionId};
use crate::domain::time::Timestamp;
use sqlx::types::Json;

#[derive(Clone, sqlx::FromRow)]
pub struct AnalysisRow {
    pub version_id: VersionId,
    pub status: AnalysisStatus,
    pub findings: Option<Json<Findings>>,
    pub error: Option<String>,
    pub error_code: Option<String>,
    pub has_unread_pages: bool,
}

pub async fn insert(
    tx: &mut Tx,
    organization: &OrganizationId,
    contract: &ContractId,
    version: &VersionId,
    now: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO analyses (version_id, organization_id, contract_id, status, updated_at)
        VALUES ($1, $2, $3, 'queued', $4)";
    tx.query(sql, params![version, organization, contract, now]).execute().await
}

/// Lists the analyses of a contract's versions.
pub async fn of_contract(tx: &mut ReadConnection, organization: &OrganizationId, id: &ContractId) -> Result<Vec<AnalysisRow>> {
    let sql = "SELECT version_id, status, findings, error, error_code, has_unread_pages FROM analyses
        WHERE organization_id = $1 AND contract_id = $2 LIMIT 1000";
    tx.query(sql, params![organization, id]).all().await
}

/// Finds the analysis of a version, with the time of its last change.
pub async fn find(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    version: &VersionId,
) -> Result<Option<(AnalysisRow, Timestamp)>> {
    let sql = "SELECT version_id, status, findings, error, error_code, has_unread_pages, updated_at FROM analyses
        WHERE organization_id = $1 AND version_id = $2";
    let row: Option<TimedRow> = tx.query(sql, params![organization, version]).optional().await?;
    Ok(row.map(|row| (row.analysis, row.updated_at)))
}

#[derive(sqlx::FromRow)]
struct TimedRow {
    #[sqlx(flatten)]
    analysis: AnalysisRow,
    updated_at: Timestamp,
}

/// Text of a version; `None` until the version is analysed.
pub async fn text(tx: &mut ReadConnection, organization: &OrganizationId, version: &VersionId) -> Result<Option<String>> {
    let sql = "SELECT document_text FROM analyses WHERE organization_id = $1 AND version_id = $2 AND document_text IS NOT NULL";
    tx.query(sql, params![organization, version]).optional_scalar().await
}

/// Message for users about an analysis without a result.
pub async fn error(tx: &mut ReadConnection, organization: &OrganizationId, version: &VersionId) -> Result<Option<String>> {
    let sql = "SELECT error FROM analyses WHERE organization_id = $1 AND version_id = $2";
    Ok(tx.query(sql, params![organization, version]).optional_scalar::<Option<String>>().await?.flatten())
}

/// Stores status, error and error code of an analysis without a result.
pub async fn set_status(
    tx: &mut Tx,
    organization: &OrganizationId,
    version: &VersionId,
    status: AnalysisStatus,
    error: Option<&str>,
    code: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE analyses SET status = $1, error = $2, error_code = $3, has_unread_pages = FALSE, updated_at = $4
        WHERE organization_id = $5 AND version_id = $6";
    tx.query(sql, params![status, error, code, now, organization, version]).execute().await
}

pub async fn complete(
    tx: &mut Tx,
    organization: &OrganizationId,
    version: &VersionId,
    findings: &Findings,
    text: &str,
    has_unread_pages: bool,
    now: Timestamp,
) -> Result<()> {
    let sql = "UPDATE analyses SET status = 'completed', findings = $1, document_text = $2, error = NULL, error_code = NULL,
            has_unread_pages = $3, updated_at = $4
        WHERE organization_id = $5 AND version_id = $6";
    tx.query(sql, params![Json(findings), text, has_unread_pages, now, organization, version]).execute().await
}
