//! Files at the provider that this product has filed for a contract. A delivery ignores them.

use crate::connectors::RemoteFile;
use crate::db::contracts::filings;
use crate::db::{ReadConnection, Result};
use crate::domain::ids::{ContractId, OrganizationId};
use std::collections::HashSet;

/// Markers and revision ids of the filed versions of one contract.
#[derive(Default)]
pub(crate) struct OwnFilings(HashSet<String>);

impl OwnFilings {
    pub(crate) async fn of(tx: &mut ReadConnection, organization: &OrganizationId, contract: &ContractId) -> Result<Self> {
        Ok(Self(filings::marks(tx, organization, contract).await?.into_iter().collect()))
    }

    fn has(&self, file: &RemoteFile) -> bool {
        self.0.contains(&file.id) || file.filed.as_ref().is_some_and(|filed| self.0.contains(&filed.marker))
    }

    /// Returns the latest revision that users have put there: the file itself, or the revision below a filed version. `None` for a file
    /// that only this product has made.
    pub(crate) fn user_revision<'f>(&self, file: &'f RemoteFile) -> Option<&'f RemoteFile> {
        if self.has(file) { file.filed.as_ref()?.below.as_deref() } else { Some(file) }
    }

    /// Replaces filed versions by the revisions below them, so that a delivery chooses as if nothing had been filed.
    pub(crate) fn user_revisions(&self, files: Vec<RemoteFile>) -> Vec<RemoteFile> {
        files.into_iter().filter_map(|file| self.user_revision(&file).cloned()).collect()
    }
}
