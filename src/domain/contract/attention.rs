//! Reasons why a user must look at a contract.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

/// In the order of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(ToSchema, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Attention {
    /// The provider has a newer version of a contract that was approved, signed or rejected before. A user dismisses this notice.
    NewerVersion,
    /// The status or a version could not be written to the record.
    SyncFailed,
    /// The deal has no usable file, so the contract has no version.
    NeedsFile,
    /// The latest version could not be analysed.
    AnalysisFailed,
    /// Pages of the latest version could not be read.
    UnreadPages,
}

impl Attention {
    pub const ALL: &[Self] = Self::VARIANTS;

    pub fn label(self) -> &'static str {
        match self {
            Self::NewerVersion => "Newer version",
            Self::SyncFailed => "Deal not updated",
            Self::NeedsFile => "No document",
            Self::AnalysisFailed => "Analysis failed",
            Self::UnreadPages => "Unread pages",
        }
    }

    /// What happened and what the user can do, as sentences for the page of the contract.
    pub fn advice(self) -> &'static str {
        match self {
            Self::NewerVersion => {
                "A newer version arrived after the contract was approved, signed or rejected. Compare it with the previous version. \
                 Then change the status or dismiss this notice."
            }
            Self::SyncFailed => {
                "The status or a file could not be written to the deal. Fix the cause shown under Negotiation or Versions. Then \
                 choose Write again now or Try again there."
            }
            Self::NeedsFile => {
                "The deal has no usable file. Upload the contract here under Manage. Or attach it to the deal, share it with the \
                 connected user, and move the deal to a stage that starts a review again."
            }
            Self::AnalysisFailed => {
                "The latest version could not be analysed. The reason and what to do are shown under Analysis."
            }
            Self::UnreadPages => {
                "Some pages of the latest version are pictures, so their text was not analysed. Read these pages, or attach a copy \
                 with text recognition (OCR)."
            }
        }
    }
}
