//! Quotas: limits of what one organization may store or have waiting.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A limit that the operator sets for each organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quota {
    /// Bytes of contract files.
    StorageBytes,
    /// Contracts.
    Contracts,
    /// Uploads within one hour.
    UploadsPerHour,
    /// Webhook deliveries that have not ended.
    WaitingDeliveries,
    /// Users, also invited and disabled ones.
    Users,
}

impl Quota {
    /// Every quota.
    pub const ALL: [Self; 5] = [Self::StorageBytes, Self::Contracts, Self::UploadsPerHour, Self::WaitingDeliveries, Self::Users];

    /// The name in the API and in the metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StorageBytes => "storage_bytes",
            Self::Contracts => "contracts",
            Self::UploadsPerHour => "uploads_per_hour",
            Self::WaitingDeliveries => "waiting_deliveries",
            Self::Users => "users",
        }
    }

    /// The quota of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quota| quota.as_str() == text)
    }

    /// The name on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::StorageBytes => "Storage",
            Self::Contracts => "Contracts",
            Self::UploadsPerHour => "Uploads in the last hour",
            Self::WaitingDeliveries => "Waiting deliveries",
            Self::Users => "Users",
        }
    }

    /// Which limit was reached, and what to do.
    pub fn exceeded(self) -> &'static str {
        match self {
            Self::StorageBytes => {
                "The file does not fit into your organization's storage. Ask the operator of this server to raise the limit \
                 (`QUOTA_STORAGE_BYTES`). Settings shows how much is used."
            }
            Self::Contracts => {
                "Your organization has reached its limit of contracts. Ask the operator of this server to raise the limit \
                 (`QUOTA_CONTRACTS`). Settings shows how many there are."
            }
            Self::UploadsPerHour => {
                "Your organization has reached its limit of uploads per hour (`QUOTA_UPLOADS_PER_HOUR`). Try again later."
            }
            Self::WaitingDeliveries => {
                "Your organization has reached its limit of waiting deliveries (`QUOTA_WAITING_DELIVERIES`), and nothing of this \
                 call was accepted. Try again when some of them have been processed."
            }
            Self::Users => {
                "Your organization has reached its limit of users. Remove one, or ask the operator of this server to raise the \
                 limit (`QUOTA_USERS`)."
            }
        }
    }

    /// Of a limit that time alone lifts: when to try again, in seconds.
    pub fn retry_after(self) -> Option<u32> {
        match self {
            Self::UploadsPerHour => Some(600),
            Self::WaitingDeliveries => Some(60),
            Self::StorageBytes | Self::Contracts | Self::Users => None,
        }
    }
}

/// How much of a quota is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuotaUsage {
    /// How much is used now.
    pub used: i64,
    /// The limit; `null` without one.
    pub limit: Option<i64>,
}

/// How much of each quota an organization uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Usage {
    /// Bytes of contract files.
    pub storage_bytes: QuotaUsage,
    /// Contracts.
    pub contracts: QuotaUsage,
    /// Uploads within the last hour.
    pub uploads_per_hour: QuotaUsage,
    /// Webhook deliveries that have not ended.
    pub waiting_deliveries: QuotaUsage,
    /// Users, also invited and disabled ones.
    pub users: QuotaUsage,
}

impl Usage {
    /// The usage of one quota.
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
