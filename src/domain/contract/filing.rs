//! Filing of a contract's version at the provider.

use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum FilingStatus {
    /// The file is queued or being sent.
    Pending,
    Filed,
    /// The file could not be stored at the provider.
    Failed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Filing {
    pub status: FilingStatus,
    pub filed_at: Option<Timestamp>,
    /// Id of the file revision at the provider. In Salesforce, the id of a ContentVersion.
    pub remote_id: Option<String>,
    /// Number of attempts to file the version.
    pub attempts: i64,
    /// What happened and what to do; `null` if nothing failed.
    pub error: Option<String>,
}

/// Why a version is not filed when a user asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum FilingObstacle {
    NotSupported,
    FromProvider,
    NotLatest,
    NotDecided,
}

impl FilingObstacle {
    pub fn detail(self) -> &'static str {
        match self {
            Self::NotSupported => {
                "This provider does not accept files from LexiContract. Download the file and add it to the deal there."
            }
            Self::FromProvider => "This version came from the provider. Only versions that did not come from there are filed.",
            Self::NotLatest => "This contract has a newer version. Only the latest version is filed.",
            Self::NotDecided => "Only an approved or signed contract is filed. Change the status first.",
        }
    }
}
