//! Contracts, their versions, and the write-back of their status.

pub mod analysis;
pub mod diff;
pub mod link;
pub mod timeline;

use super::{
    compatibility::{ContractFields, SummaryFields, VersionFields},
    contract::{
        analysis::Analysis,
        link::{Link, LinkRole},
    },
    ids::ContractId,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum NegotiationStatus {
    Draft,
    InReview,
    InNegotiation,
    Approved,
    Signed,
    Rejected,
}

impl NegotiationStatus {
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Text on pages. It is also written to the provider, unless the connection's settings contain another label.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::InReview => "In Review",
            Self::InNegotiation => "In Negotiation",
            Self::Approved => "Approved",
            Self::Signed => "Signed",
            Self::Rejected => "Rejected",
        }
    }
}

/// State of the write-back of a contract's status to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum SyncStatus {
    /// The contract was not created from a deal.
    NotLinked,
    /// The status has not changed yet, so nothing was written.
    Idle,
    /// A write is queued or in progress.
    Pending,
    /// The latest status was written.
    Synced,
    /// The write failed permanently.
    Failed,
}

impl SyncStatus {
    pub fn label(self) -> &'static str {
        match self {
            Self::NotLinked => "Not linked",
            Self::Idle => "Nothing to write yet",
            Self::Pending => "Write pending",
            Self::Synced => "Status written",
            Self::Failed => "Not written",
        }
    }
}

/// State of the write-back of a status.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Sync {
    /// Status of the write-back.
    pub status: SyncStatus,
    pub last_synced_value: Option<String>,
    pub last_synced_at: Option<Timestamp>,
    /// Number of attempts to write the current value.
    pub attempts: i64,
    /// A sentence about the last error.
    pub last_error: Option<String>,
}

impl Sync {
    /// State for a contract that was not created from a record.
    pub fn not_linked() -> Self {
        Self { status: SyncStatus::NotLinked, last_synced_value: None, last_synced_at: None, attempts: 0, last_error: None }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContractSummary {
    pub id: ContractId,
    pub title: String,
    pub negotiation_status: NegotiationStatus,
    /// Slug of the provider; `null` if the contract was uploaded.
    pub provider: Option<String>,
    /// Name of the source record.
    pub record_name: Option<String>,
    /// Name of the counterparty, such as the customer.
    pub party_name: Option<String>,
    /// Salesforce-specific names for the same values, for API compatibility.
    #[serde(flatten)]
    pub compatibility: SummaryFields,
    pub version_count: i64,
    /// State of the write-back of the status to the record.
    pub sync_status: SyncStatus,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A contract with its versions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Contract {
    pub id: ContractId,
    pub title: String,
    pub negotiation_status: NegotiationStatus,
    /// Records to which the contract is linked. The source record comes first.
    pub links: Vec<Link>,
    /// Salesforce-specific names for the same values, for API compatibility.
    #[serde(flatten)]
    pub compatibility: ContractFields,
    /// Versions, oldest first.
    pub versions: Vec<Version>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Contract {
    /// Link to the record from which the contract was created.
    pub fn source(&self) -> Option<&Link> {
        self.links.iter().find(|link| link.role == LinkRole::Source)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum ScanStatus {
    /// The scanner found no malware.
    Clean,
    /// The scanner found malware. The file is withheld.
    Infected,
    /// The scan is not finished. The file is withheld until the scan is finished.
    Pending,
    /// The server had no virus scanner when the version was stored.
    NotScanned,
}

impl ScanStatus {
    /// Whether users have no access to the file and its text.
    pub fn is_withheld(self) -> bool {
        matches!(self, Self::Infected | Self::Pending)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Scan {
    pub status: ScanStatus,
    /// Name of the malware, as the scanner reports it.
    pub name: Option<String>,
}

impl Scan {
    pub fn label(&self) -> String {
        match (self.status, &self.name) {
            (ScanStatus::Clean, _) => "Clean".to_owned(),
            (ScanStatus::Infected, Some(name)) => format!("Infected: {name}"),
            (ScanStatus::Infected, None) => "Infected".to_owned(),
            (ScanStatus::Pending, _) => "Waiting for the virus scan".to_owned(),
            (ScanStatus::NotScanned, _) => "Not scanned for viruses".to_owned(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// Number of the version, starting at 1.
    pub number: i64,
    pub file_name: String,
    /// Media type, detected from the content.
    pub content_type: String,
    pub size_bytes: i64,
    /// SHA-256 of the content in hexadecimal.
    pub sha256: String,
    /// Slug of the provider, or `upload` for an uploaded version.
    pub source: String,
    /// Salesforce-specific id of the file from which the version was copied.
    #[serde(flatten)]
    pub compatibility: VersionFields,
    pub created_at: Timestamp,
    /// Result of the virus scan. If it is `infected` or `pending`, requests for the file get the error 409 `file_withheld`.
    pub scan: Scan,
    pub analysis: Analysis,
}
