//! Analysis of a contract version: status and result.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

pub use analysis::{Clause, ClauseKind, Findings, Risk, Severity};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum AnalysisStatus {
    Queued,
    Running,
    Completed,
    Failed,
}

/// Analysis of one version. The findings are empty until `status` is `completed`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Analysis {
    pub status: AnalysisStatus,
    /// Two to four sentences.
    pub summary: Option<String>,
    pub clauses: Vec<Clause>,
    /// The most severe first.
    pub risks: Vec<Risk>,
    pub engine: Option<String>,
    pub error: Option<String>,
    /// Stable code of the error, if the document caused it: `too_large`, `timed_out`, `crashed`, `interrupted`, `damaged`,
    /// `encrypted`, `scanned`, `empty` or `not_supported`. `null` for other errors.
    #[serde(default)]
    pub error_code: Option<String>,
}
