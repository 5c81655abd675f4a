//! `contract_versions`

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        contract::ScanStatus,
        ids::{ContractId, OrganizationId, VersionId},
        problem::Problem,
        time::Timestamp,
    },
};

/// The source of versions that a person uploaded.
pub const UPLOAD: &str = "upload";

/// A version of a contract's document.
#[derive(Clone, sqlx::FromRow)]
pub struct VersionRow {
    /// Its id; also the name of the stored file.
    pub id: VersionId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The contract.
    pub contract_id: ContractId,
    /// 1, 2, 3 …
    pub number: i64,
    /// The file's name.
    pub file_name: String,
    /// Its media type, by its bytes.
    pub content_type: String,
    /// Its length.
    pub size_bytes: i64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The MD5, by which providers name the same bytes before they are downloaded; `None` where it was not computed.
    pub md5: Option<String>,
    /// The slug of the provider that it came from, or [`UPLOAD`].
    pub source: String,
    /// The provider's id of the file revision that it is a copy of.
    pub remote_id: Option<String>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// The result of its virus scan.
    pub scan_status: ScanStatus,
    /// What the scanner calls the malware that it found.
    pub scan_name: Option<String>,
}

impl VersionRow {
    /// Whether its file and its text may be handed out.
    ///
    /// # Errors
    /// [`Problem::FileWithheld`] while the scan is not finished, and when it found malware.
    pub fn check_released(&self) -> std::result::Result<(), Problem> {
        if self.scan_status.is_withheld() { Err(Problem::FileWithheld(self.scan_status)) } else { Ok(()) }
    }
}

/// Adds a version. A unique violation means that the number is taken.
pub async fn insert(tx: &mut Tx, row: &VersionRow) -> Result<()> {
    tx.query(
        "INSERT INTO contract_versions (id, organization_id, contract_id, number, file_name, content_type, size_bytes, sha256, md5,
             source, remote_id, created_at, scan_status, scan_name)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(&row.id)
    .bind(&row.organization_id)
    .bind(&row.contract_id)
    .bind(row.number)
    .bind(row.file_name.as_str())
    .bind(row.content_type.as_str())
    .bind(row.size_bytes)
    .bind(row.sha256.as_str())
    .bind(row.md5.as_deref())
    .bind(row.source.as_str())
    .bind(row.remote_id.as_deref())
    .bind(row.created_at)
    .bind(row.scan_status)
    .bind(row.scan_name.as_deref())
    .execute()
    .await
    .map(drop)
}

/// The latest version of a contract.
pub async fn latest(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<Option<VersionRow>> {
    tx.query("SELECT * FROM contract_versions WHERE organization_id = $1 AND contract_id = $2 ORDER BY number DESC LIMIT 1")
        .bind(organization)
        .bind(contract)
        .optional()
        .await
}

/// One version of the organization.
pub async fn find(tx: &mut ReadConnection, organization: &OrganizationId, id: &VersionId) -> Result<Option<VersionRow>> {
    tx.query("SELECT * FROM contract_versions WHERE organization_id = $1 AND id = $2")
        .bind(organization)
        .bind(id)
        .optional()
        .await
}

/// One version of a contract by its number.
pub async fn find_number(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
    number: i64,
) -> Result<Option<VersionRow>> {
    tx.query("SELECT * FROM contract_versions WHERE organization_id = $1 AND contract_id = $2 AND number = $3")
        .bind(organization)
        .bind(contract)
        .bind(number)
        .optional()
        .await
}

/// The versions of a contract, oldest first; the newest thousand.
pub async fn list(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<Vec<VersionRow>> {
    let mut rows: Vec<VersionRow> = tx
        .query("SELECT * FROM contract_versions WHERE organization_id = $1 AND contract_id = $2 ORDER BY number DESC LIMIT 1000")
        .bind(organization)
        .bind(contract)
        .all()
        .await?;
    rows.reverse();
    Ok(rows)
}

/// Remembers another id of the same bytes, so that the next call need not download them again.
pub async fn set_remote_id(tx: &mut Tx, organization: &OrganizationId, id: &VersionId, remote_id: &str) -> Result<()> {
    tx.query("UPDATE contract_versions SET remote_id = $1 WHERE organization_id = $2 AND id = $3")
        .bind(remote_id)
        .bind(organization)
        .bind(id)
        .execute()
        .await
        .map(drop)
}

/// Records the result of the virus scan.
pub async fn set_scan(
    tx: &mut Tx,
    organization: &OrganizationId,
    id: &VersionId,
    status: ScanStatus,
    name: Option<&str>,
) -> Result<()> {
    tx.query("UPDATE contract_versions SET scan_status = $1, scan_name = $2 WHERE organization_id = $3 AND id = $4")
        .bind(status)
        .bind(name)
        .bind(organization)
        .bind(id)
        .execute()
        .await
        .map(drop)
}
