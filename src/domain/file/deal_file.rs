//! Files of a deal, from which a user chooses one for the contract.

use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DealFiles {
    /// Newest first, at most 500 files.
    pub items: Vec<DealFile>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DealFile {
    /// Id of the file's current revision at the provider.
    pub id: String,
    pub name: String,
    pub size_bytes: i64,
    /// Time of the last change of the content; `null` if the provider reports none.
    pub modified_at: Option<Timestamp>,
    /// True if the latest version of the contract was copied from this revision.
    pub is_current: bool,
    /// True if the file can be imported, judging by its name and size. The content is checked when the file is imported.
    pub is_usable: bool,
    /// Reason why the file can't be imported; `null` if it can.
    pub reason: Option<String>,
}
