//! Quotas: limits on the data that an organization can store or queue.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

/// A limit per organization, set by the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Quota {
    StorageBytes,
    Contracts,
    UploadsPerHour,
    WaitingDeliveries,
    Users,
}

impl Quota {
    pub const ALL: &[Self] = Self::VARIANTS;

    pub fn label(self) -> &'static str {
        match self {
            Self::StorageBytes => "Storage",
            Self::Contracts => "Contracts",
            Self::UploadsPerHour => "Uploads in the last hour",
            Self::WaitingDeliveries => "Waiting deliveries",
            Self::Users => "Users",
        }
    }

    /// Error message for a reached limit: what happened and what to do.
    pub fn exceeded(self) -> &'static str {
        match self {
            Self::StorageBytes => {
                "The file does not fit into your organization's storage. Ask the operator of this server to raise the limit \
                 (`QUOTA_STORAGE_BYTES`). The Settings page shows how much is used."
            }
            Self::Contracts => {
                "Your organization has reached its limit of contracts. Ask the operator of this server to raise the limit \
                 (`QUOTA_CONTRACTS`). The Settings page shows how many there are."
            }
            Self::UploadsPerHour => {
                "Your organization has reached its limit of uploads per hour (`QUOTA_UPLOADS_PER_HOUR`). Try again later."
            }
            Self::WaitingDeliveries => {
                "Your organization has reached its limit of waiting deliveries (`QUOTA_WAITING_DELIVERIES`), so nothing from \
                 this call was accepted. Send it again when some of them have been processed."
            }
            Self::Users => {
                "Your organization has reached its limit of users. Remove one, or ask the operator of this server to raise the \
                 limit (`QUOTA_USERS`)."
            }
        }
    }

    /// Number of seconds until a retry can succeed; `None` if waiting does not help.
    pub fn retry_after(self) -> Option<u32> {
        match self {
            Self::UploadsPerHour => Some(600),
            Self::WaitingDeliveries => Some(60),
            Self::StorageBytes | Self::Contracts | Self::Users => None,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuotaUsage {
    pub used: i64,
    /// `null` if there is no limit.
    pub limit: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Usage {
    pub storage_bytes: QuotaUsage,
    pub contracts: QuotaUsage,
    pub uploads_per_hour: QuotaUsage,
    /// Webhook deliveries that are not finished.
    pub waiting_deliveries: QuotaUsage,
    /// Users, including invited and disabled ones.
    pub users: QuotaUsage,
}

impl Usage {
    pub fn of(&self, quota: Quota) -> QuotaUsage {
        match quota {
            Quota::StorageBytes => self.storage_bytes,
            Quota::Contracts => self.contracts,
            Quota::UploadsPerHour => self.uploads_per_hour,
            Quota::WaitingDeliveries => self.waiting_deliveries,
            Quota::Users => self.users,
        }
    }
}
