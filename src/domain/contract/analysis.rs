//! What an analysis says about the text of a contract.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a clause regulates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClauseKind {
    Parties,
    Agreement,
    EffectiveDate,
    ExpirationDate,
    Renewal,
    RenewalNotice,
    GoverningLaw,
    TerminationForConvenience,
    Assignment,
    ChangeOfControl,
    LiabilityCap,
    UncappedLiability,
    Indemnity,
    Confidentiality,
    Exclusivity,
    NonCompete,
    Audit,
    Insurance,
    IpOwnership,
    Warranty,
    Payment,
}

impl ClauseKind {
    /// Every kind, in the order a reader expects.
    pub const ALL: [Self; 21] = [
        Self::Parties,
        Self::Agreement,
        Self::EffectiveDate,
        Self::ExpirationDate,
        Self::Renewal,
        Self::RenewalNotice,
        Self::GoverningLaw,
        Self::TerminationForConvenience,
        Self::Assignment,
        Self::ChangeOfControl,
        Self::LiabilityCap,
        Self::UncappedLiability,
        Self::Indemnity,
        Self::Confidentiality,
        Self::Exclusivity,
        Self::NonCompete,
        Self::Audit,
        Self::Insurance,
        Self::IpOwnership,
        Self::Warranty,
        Self::Payment,
    ];

    /// The stable word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parties => "parties",
            Self::Agreement => "agreement",
            Self::EffectiveDate => "effective_date",
            Self::ExpirationDate => "expiration_date",
            Self::Renewal => "renewal",
            Self::RenewalNotice => "renewal_notice",
            Self::GoverningLaw => "governing_law",
            Self::TerminationForConvenience => "termination_for_convenience",
            Self::Assignment => "assignment",
            Self::ChangeOfControl => "change_of_control",
            Self::LiabilityCap => "liability_cap",
            Self::UncappedLiability => "uncapped_liability",
            Self::Indemnity => "indemnity",
            Self::Confidentiality => "confidentiality",
            Self::Exclusivity => "exclusivity",
            Self::NonCompete => "non_compete",
            Self::Audit => "audit",
            Self::Insurance => "insurance",
            Self::IpOwnership => "ip_ownership",
            Self::Warranty => "warranty",
            Self::Payment => "payment",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Parties => "Parties",
            Self::Agreement => "Agreement",
            Self::EffectiveDate => "Effective date",
            Self::ExpirationDate => "Expiration date",
            Self::Renewal => "Renewal",
            Self::RenewalNotice => "Renewal notice",
            Self::GoverningLaw => "Governing law",
            Self::TerminationForConvenience => "Termination for convenience",
            Self::Assignment => "Assignment",
            Self::ChangeOfControl => "Change of control",
            Self::LiabilityCap => "Liability cap",
            Self::UncappedLiability => "Uncapped liability",
            Self::Indemnity => "Indemnity",
            Self::Confidentiality => "Confidentiality",
            Self::Exclusivity => "Exclusivity",
            Self::NonCompete => "Non-compete",
            Self::Audit => "Audit rights",
            Self::Insurance => "Insurance",
            Self::IpOwnership => "IP ownership",
            Self::Warranty => "Warranty",
            Self::Payment => "Payment",
        }
    }
}

/// A passage of the document that regulates something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Clause {
    /// What it regulates.
    pub kind: ClauseKind,
    /// The passage, letter for letter as in the document's text.
    pub text: String,
    /// Where it begins, in Unicode code points of the document's text.
    pub start: i64,
    /// Where it ends (exclusive), in Unicode code points of the document's text.
    pub end: i64,
    /// From 0 (guess) to 1 (certain).
    pub confidence: f64,
}

/// How much a risk matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Medium,
    High,
}

impl Severity {
    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
        }
    }
}

/// Something a lawyer should look at, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Risk {
    /// How much it matters.
    pub severity: Severity,
    /// The risk in a few words.
    pub title: String,
    /// Why it is one, and what to look at.
    pub explanation: String,
    /// The kind of clause it comes from; `null` for a risk of the whole document.
    pub clause_kind: Option<ClauseKind>,
}

/// The result of an analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Findings {
    /// Two to four sentences.
    pub summary: String,
    /// The passages found, in the document's order.
    pub clauses: Vec<Clause>,
    /// The risks, most severe first.
    pub risks: Vec<Risk>,
    /// What found them.
    pub engine: String,
}

/// Where the analysis of a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnalysisStatus {
    Queued,
    Running,
    Completed,
    Failed,
}

impl AnalysisStatus {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// The status of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Queued, Self::Running, Self::Completed, Self::Failed].into_iter().find(|status| status.as_str() == text)
    }
}

/// The analysis of one version: its state and, when completed, its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Analysis {
    /// Where it stands.
    pub status: AnalysisStatus,
    /// Two to four sentences; `null` until completed.
    pub summary: Option<String>,
    /// The passages found.
    pub clauses: Vec<Clause>,
    /// The risks, most severe first.
    pub risks: Vec<Risk>,
    /// What found them.
    pub engine: Option<String>,
    /// Why it failed, for people.
    pub error: Option<String>,
    /// The same for programs: `too_large`, `timed_out`, `crashed`, `interrupted`, `damaged`, `encrypted`, `scanned`, `empty` or
    /// `not_supported`; `null` where the document is not the cause.
    #[serde(default)]
    pub error_code: Option<String>,
}
