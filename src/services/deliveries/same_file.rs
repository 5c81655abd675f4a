//! Compares a file at the provider with the latest version of a contract.

use crate::{
    connectors::{Checksum, RemoteFile},
    db::contracts::versions::VersionRow,
};

/// Whether the file is the same revision as the latest version, so that the download can be skipped. Does not compare checksums,
/// because different files with the same MD5 checksum can be forged.
pub(crate) fn is_same_revision(latest: &VersionRow, file: &RemoteFile) -> bool {
    latest.remote_id.as_ref() == Some(&file.id)
}

/// Predicts for a dry run whether the file is the latest version: it has the same revision or the same checksum.
pub(crate) fn is_likely_same(latest: &VersionRow, file: &RemoteFile) -> bool {
    is_same_revision(latest, file) || has_checksum(file, latest.md5.as_deref(), &latest.sha256) == Some(true)
}

/// Whether a copied file is the latest version: it has the same SHA-256 digest or the same revision.
pub(crate) fn has_same_bytes(latest: &VersionRow, copy: &VersionRow) -> bool {
    latest.sha256 == copy.sha256 || latest.remote_id == copy.remote_id
}

/// Whether the file has the checksum that the provider announced. `None` if the provider announced no checksum, or if it
/// announced an MD5 checksum and `md5` is `None`.
pub(crate) fn has_checksum(file: &RemoteFile, md5: Option<&str>, sha256: &str) -> Option<bool> {
    match file.checksum.as_ref()? {
        Checksum::Md5(announced) => md5.map(|md5| announced.eq_ignore_ascii_case(md5)),
        Checksum::Sha256(announced) => Some(announced.eq_ignore_ascii_case(sha256)),
    }
}
