use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};
use utoipa::ToSchema;

/// Subject of a clause. The variants are in the order in which readers of a contract expect the clauses.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
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
    pub const ALL: &[Self] = Self::VARIANTS;

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

/// A passage of the document about one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Clause {
    pub kind: ClauseKind,
    /// Exact slice of the document's text.
    pub text: String,
    /// Start offset in the document's text, in Unicode code points.
    pub start: i64,
    /// End offset (exclusive) in the document's text, in Unicode code points.
    pub end: i64,
    /// From 0 (guess) to 1 (certain).
    pub confidence: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Medium,
    High,
}

impl Severity {
    pub fn label(self) -> &'static str {
        self.into()
    }
}

/// An issue that a lawyer should review.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Risk {
    pub severity: Severity,
    pub title: String,
    /// Reason why the risk matters, and the points to check.
    pub explanation: String,
    /// Kind of the clause that causes the risk; `null` if the risk concerns the whole document.
    pub clause_kind: Option<ClauseKind>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Findings {
    /// Summary of two to four sentences.
    pub summary: String,
    /// Clauses in document order.
    pub clauses: Vec<Clause>,
    /// Risks, most severe first.
    pub risks: Vec<Risk>,
    /// Analyser that produced the findings: `embedded` or `llm:MODEL`.
    pub engine: String,
}
