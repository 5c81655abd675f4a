//! Compares a provider's file with the latest version of a contract.

use crate::{
    connectors::{Checksum, RemoteFile},
    db::contracts::versions::VersionRow,
};

/// Whether the download can be skipped. Compares revisions only, because files with equal MD5 can be forged.
pub(crate) fn is_same_revision(latest: &VersionRow, file: &RemoteFile) -> bool {
    latest.remote_id.as_ref() == Some(&file.id)
}

/// Prediction for a dry run: same revision or equal checksum.
pub(crate) fn is_likely_same(latest: &VersionRow, file: &RemoteFile) -> bool {
    is_same_revision(latest, file) || has_checksum(file, latest.md5.as_deref(), &latest.sha256) == Some(true)
}

/// Compares the copied bytes.
pub(crate) fn has_same_bytes(latest: &VersionRow, copy: &VersionRow) -> bool {
    latest.sha256 == copy.sha256 || latest.remote_id == copy.remote_id
}

/// Whether bytes with these checksums are those that the provider announced; `None` when it announced no checksum, or none that was
/// computed of them.
pub(crate) fn has_checksum(file: &RemoteFile, md5: Option<&str>, sha256: &str) -> Option<bool> {
    match file.checksum.as_ref()? {
        Checksum::Md5(announced) => md5.map(|md5| announced.eq_ignore_ascii_case(md5)),
        Checksum::Sha256(announced) => Some(announced.eq_ignore_ascii_case(sha256)),
    }
}
