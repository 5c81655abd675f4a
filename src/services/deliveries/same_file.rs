//! Compares a file at the provider with the latest version of a contract.

use crate::connectors::{Checksum, RemoteFile};
use crate::db::contracts::versions::VersionRow;

/// True if the latest version was copied from this revision of the file, so that the download can be skipped. Does not compare
/// checksums, because attackers can create different files with equal MD5 checksums.
pub(crate) fn is_same_revision(latest: &VersionRow, file: &RemoteFile) -> bool {
    latest.remote_id.as_ref() == Some(&file.id)
}

/// Prediction for a dry run: compares the revision and the checksum.
pub(crate) fn is_likely_same(latest: &VersionRow, file: &RemoteFile) -> bool {
    is_same_revision(latest, file) || has_checksum(file, latest.md5.as_deref(), &latest.sha256) == Some(true)
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
