//! Whether a provider's file is the one that a contract has already: the one place that decides it.

use crate::{
    connectors::{Checksum, RemoteFile},
    db::versions::VersionRow,
};

/// Before the bytes are copied, and certain: the same revision. Files with the same MD5 can be made to differ, so that is no reason to
/// leave one where it is.
pub(super) fn is_same_revision(latest: &VersionRow, file: &RemoteFile) -> bool {
    latest.remote_id.as_ref() == Some(&file.id)
}

/// Before the bytes are copied, as a forecast: the same revision, or a checksum of the same bytes.
pub(super) fn is_likely_same(latest: &VersionRow, file: &RemoteFile) -> bool {
    is_same_revision(latest, file) || has_checksum(file, latest.md5.as_deref(), &latest.sha256) == Some(true)
}

/// After the bytes are copied.
pub(super) fn has_same_bytes(latest: &VersionRow, copy: &VersionRow) -> bool {
    latest.sha256 == copy.sha256 || latest.remote_id == copy.remote_id
}

/// Whether bytes with these checksums are those that the provider announced; `None` when it announced no checksum, or none that was
/// computed of them.
pub(super) fn has_checksum(file: &RemoteFile, md5: Option<&str>, sha256: &str) -> Option<bool> {
    match file.checksum.as_ref()? {
        Checksum::Md5(announced) => md5.map(|md5| announced.eq_ignore_ascii_case(md5)),
        Checksum::Sha256(announced) => Some(announced.eq_ignore_ascii_case(sha256)),
    }
}
