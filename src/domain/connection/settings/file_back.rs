//! Filing back: when versions are stored at the provider.

use crate::domain::contract::NegotiationStatus;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use strum::{IntoStaticStr, VariantArray};
use utoipa::ToSchema;

/// When a version that did not come from the provider is filed there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "server", serde(deny_unknown_fields))]
pub struct FileBack {
    /// The statuses of a contract in which its latest version is filed. Nothing is filed if the list is empty.
    pub on: BTreeSet<FileBackStatus>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum FileBackStatus {
    Approved,
    Signed,
}

impl FileBackStatus {
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Returns `None` for a status in which no version is filed.
    pub fn of(status: NegotiationStatus) -> Option<Self> {
        match status {
            NegotiationStatus::Approved => Some(Self::Approved),
            NegotiationStatus::Signed => Some(Self::Signed),
            NegotiationStatus::Draft
            | NegotiationStatus::InReview
            | NegotiationStatus::InNegotiation
            | NegotiationStatus::Rejected => None,
        }
    }
}

impl FileBack {
    pub fn is_off(&self) -> bool {
        self.on.is_empty()
    }

    pub fn applies_to(&self, status: NegotiationStatus) -> bool {
        FileBackStatus::of(status).is_some_and(|status| self.on.contains(&status))
    }
}
