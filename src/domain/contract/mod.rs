//! Contracts, their versions, and the write-back of their status.

pub mod analysis;
pub mod attention;
pub mod diff;
pub mod erasure;
pub mod filing;
pub mod link;
pub mod sync;
pub mod timeline;

use super::compatibility::{ContractFields, SummaryFields, VersionFields};
use super::contract::analysis::Analysis;
use super::contract::attention::Attention;
use super::contract::filing::Filing;
use super::contract::link::{Link, LinkRole};
use super::ids::ContractId;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

pub use super::contract::sync::{Sync, SyncStatus};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(ToSchema, EnumString, IntoStaticStr, VariantArray)]
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

    /// Text on pages. This text is also written to the provider, unless the settings of the connection contain another label for
    /// the status.
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

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContractSummary {
    pub id: ContractId,
    pub title: String,
    pub negotiation_status: NegotiationStatus,
    /// `null` if the contract was uploaded.
    pub provider: Option<String>,
    pub record_name: Option<String>,
    /// Name of the counterparty, such as the customer.
    pub party_name: Option<String>,
    #[serde(flatten)]
    pub compatibility: SummaryFields,
    pub version_count: i64,
    pub sync_status: SyncStatus,
    /// Reasons why a user must look at the contract.
    #[serde(default)]
    pub attention: Vec<Attention>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Contract {
    pub id: ContractId,
    pub title: String,
    pub negotiation_status: NegotiationStatus,
    /// The source record comes first.
    pub links: Vec<Link>,
    #[serde(flatten)]
    pub compatibility: ContractFields,
    /// Oldest first.
    pub versions: Vec<Version>,
    /// Reasons why a user must look at the contract.
    #[serde(default)]
    pub attention: Vec<Attention>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Contract {
    /// Returns the link to the record from which the contract was created.
    pub fn source(&self) -> Option<&Link> {
        self.links.iter().find(|link| link.role == LinkRole::Source)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum ScanStatus {
    Clean,
    /// The file is withheld, because the scanner found malware.
    Infected,
    /// The file is withheld until the scan is finished.
    Pending,
    /// The server had no virus scanner when the version was stored.
    NotScanned,
}

impl ScanStatus {
    /// True if users have no access to the file and its text.
    pub fn is_withheld(self) -> bool {
        matches!(self, Self::Infected | Self::Pending)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Scan {
    pub status: ScanStatus,
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
    pub number: i64,
    pub file_name: String,
    /// Media type that was detected from the content.
    pub content_type: String,
    pub size_bytes: i64,
    /// In hexadecimal.
    pub sha256: String,
    /// Slug of the provider, or `upload` for an uploaded version.
    pub source: String,
    #[serde(flatten)]
    pub compatibility: VersionFields,
    pub created_at: Timestamp,
    /// If the status is `infected` or `pending`, requests for the file get the error 409 `file_withheld`.
    pub scan: Scan,
    pub analysis: Analysis,
    /// Filing of this version at the provider; `null` if it is not filed there.
    #[serde(default)]
    pub filed: Option<Filing>,
}
