//! Contracts, their versions, and how their status reaches the deal.

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
use utoipa::ToSchema;

/// How far the negotiation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NegotiationStatus {
    Draft,
    InReview,
    InNegotiation,
    Approved,
    Signed,
    Rejected,
}

impl NegotiationStatus {
    /// Every status, in the order of a negotiation.
    pub const ALL: [Self; 6] = [Self::Draft, Self::InReview, Self::InNegotiation, Self::Approved, Self::Signed, Self::Rejected];

    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::InNegotiation => "in_negotiation",
            Self::Approved => "approved",
            Self::Signed => "signed",
            Self::Rejected => "rejected",
        }
    }

    /// What people read, and what the provider gets unless the connection's settings say otherwise.
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

    /// The status of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Whether the status has reached the deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SyncStatus {
    /// The contract was not made from a deal.
    NotLinked,
    /// Nothing to write yet.
    Idle,
    /// A write is waiting or under way.
    Pending,
    /// The last status was written.
    Synced,
    /// Given up, with the reason.
    Failed,
}

impl SyncStatus {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotLinked => "not_linked",
            Self::Idle => "idle",
            Self::Pending => "pending",
            Self::Synced => "synced",
            Self::Failed => "failed",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::NotLinked => "Not linked",
            Self::Idle => "Nothing to write yet",
            Self::Pending => "Status waiting",
            Self::Synced => "Status written",
            Self::Failed => "Not written",
        }
    }

    /// The status of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::NotLinked, Self::Idle, Self::Pending, Self::Synced, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// How a write-back stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Sync {
    /// Whether the status has reached the record.
    pub status: SyncStatus,
    /// The label as last written.
    pub last_synced_value: Option<String>,
    /// When it was written.
    pub last_synced_at: Option<Timestamp>,
    /// How often the current value was tried.
    pub attempts: i64,
    /// What went wrong last, for people.
    pub last_error: Option<String>,
}

impl Sync {
    /// Of a contract that was not made from a record.
    pub fn not_linked() -> Self {
        Self { status: SyncStatus::NotLinked, last_synced_value: None, last_synced_at: None, attempts: 0, last_error: None }
    }
}

/// A contract in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContractSummary {
    /// Its id.
    pub id: ContractId,
    /// Its title.
    pub title: String,
    /// How far the negotiation is.
    pub negotiation_status: NegotiationStatus,
    /// The slug of the provider it came from; `null` for an upload.
    pub provider: Option<String>,
    /// The name of the record it was made from.
    pub record_name: Option<String>,
    /// The name of the other party.
    pub party_name: Option<String>,
    /// The same for Salesforce.
    #[serde(flatten)]
    pub compatibility: SummaryFields,
    /// How many versions of its document there are.
    pub version_count: i64,
    /// Whether the status has reached the record.
    pub sync_status: SyncStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A contract, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// Its title.
    pub title: String,
    /// How far the negotiation is.
    pub negotiation_status: NegotiationStatus,
    /// The records that it belongs to, its source first.
    pub links: Vec<Link>,
    /// The same for Salesforce.
    #[serde(flatten)]
    pub compatibility: ContractFields,
    /// The versions of its document, oldest first.
    pub versions: Vec<Version>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Contract {
    /// The record that it was made from.
    pub fn source(&self) -> Option<&Link> {
        self.links.iter().find(|link| link.role == LinkRole::Source)
    }
}

/// Result of the virus scan of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScanStatus {
    /// The scanner found nothing.
    Clean,
    /// The scanner found malware. The file is withheld.
    Infected,
    /// The scan is not finished. The file is withheld until then.
    Pending,
    /// The server had no scanner when the version was stored.
    NotScanned,
}

impl ScanStatus {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Infected => "infected",
            Self::Pending => "pending",
            Self::NotScanned => "not_scanned",
        }
    }

    /// The status of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Clean, Self::Infected, Self::Pending, Self::NotScanned].into_iter().find(|status| status.as_str() == text)
    }

    /// Whether the file and its text are withheld.
    pub fn is_withheld(self) -> bool {
        matches!(self, Self::Infected | Self::Pending)
    }
}

/// The virus scan of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Scan {
    /// Its result.
    pub status: ScanStatus,
    /// What the scanner calls the malware that it found.
    pub name: Option<String>,
}

impl Scan {
    /// The result in words.
    pub fn words(&self) -> String {
        match (self.status, &self.name) {
            (ScanStatus::Clean, _) => "Clean".to_owned(),
            (ScanStatus::Infected, Some(name)) => format!("Infected: {name}"),
            (ScanStatus::Infected, None) => "Infected".to_owned(),
            (ScanStatus::Pending, _) => "Waiting for the virus scan".to_owned(),
            (ScanStatus::NotScanned, _) => "Not scanned for viruses".to_owned(),
        }
    }
}

/// One version of a contract's document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// 1, 2, 3 …
    pub number: i64,
    /// The file's name.
    pub file_name: String,
    /// Its media type, by its bytes.
    pub content_type: String,
    /// Its length.
    pub size_bytes: i64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The slug of the provider it came from, or `upload`.
    pub source: String,
    /// The file that it is a copy of, when it came from Salesforce.
    #[serde(flatten)]
    pub compatibility: VersionFields,
    /// When it was stored.
    pub created_at: Timestamp,
    /// The virus scan. The file of an infected or pending version is withheld: 409 `file_withheld`.
    pub scan: Scan,
    /// What the analysis says.
    pub analysis: Analysis,
}
