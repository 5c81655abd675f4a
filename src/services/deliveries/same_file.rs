//! Compares a file at the provider with the versions of a contract.

use crate::connectors::{Checksum, RemoteFile};
use crate::db::contracts::versions::{self, VersionRow};
use crate::db::{ReadConnection, Result};
use crate::domain::ids::{ContractId, OrganizationId};

/// Versions of a contract with which a file is compared.
#[derive(Default)]
pub(crate) struct Imported {
    pub(crate) latest: Option<VersionRow>,
    /// File revisions of the compared versions.
    revisions: Vec<String>,
}

impl Imported {
    /// Loads all versions. A delivery does not import a revision again that a user has replaced by another file.
    pub(crate) async fn all(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<Self> {
        let latest = versions::latest(tx, organization, contract).await?;
        Ok(Self { latest, revisions: versions::remote_ids(tx, organization, contract).await? })
    }

    /// Loads only the latest version.
    pub(crate) async fn latest(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<Self> {
        let latest = versions::latest(tx, organization, contract).await?;
        let revisions = latest.iter().filter_map(|latest| latest.remote_id.clone()).collect();
        Ok(Self { latest, revisions })
    }

    /// True if a version was copied from this revision of the file, so that the download can be skipped. Does not compare
    /// checksums, because attackers can create different files with equal MD5 checksums.
    pub(crate) fn has_revision(&self, file: &RemoteFile) -> bool {
        self.revisions.contains(&file.id)
    }

    /// Prediction for a dry run: compares the revisions, and the checksum with the latest version.
    pub(crate) fn likely_has(&self, file: &RemoteFile) -> bool {
        let has_bytes = |latest: &VersionRow| has_checksum(file, latest.md5.as_deref(), &latest.sha256) == Some(true);
        self.has_revision(file) || self.latest.as_ref().is_some_and(has_bytes)
    }
}

/// True if the SHA-256 digests or the revisions are equal.
pub(crate) fn has_same_bytes(latest: &VersionRow, copy: &VersionRow) -> bool {
    latest.sha256 == copy.sha256 || latest.remote_id == copy.remote_id
}

/// Compares the digests with the checksum that the provider announced. Returns `None` if there is no checksum, or if the
/// checksum is MD5 and `md5` is `None`.
pub(crate) fn has_checksum(file: &RemoteFile, md5: Option<&str>, sha256: &str) -> Option<bool> {
    match file.checksum.as_ref()? {
        Checksum::Md5(announced) => md5.map(|md5| announced.eq_ignore_ascii_case(md5)),
        Checksum::Sha256(announced) => Some(announced.eq_ignore_ascii_case(sha256)),
    }
}
