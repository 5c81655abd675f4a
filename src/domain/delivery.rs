//! Deliveries: events that providers report.

use super::compatibility::DeliveryFields;
use super::ids::{ContractId, DeliveryId};
use super::record::RecordRef;
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum DeliveryStatus {
    /// Queued for the first or next attempt.
    Accepted,
    Processing,
    /// Parked until a user reconnects or resumes the connection.
    Parked,
    /// The contract matches the record at the provider.
    Done,
    Failed,
}

impl DeliveryStatus {
    pub const ALL: [Self; 5] = [Self::Accepted, Self::Processing, Self::Parked, Self::Done, Self::Failed];

    pub fn label(self) -> &'static str {
        match self {
            Self::Accepted => "Waiting",
            Self::Processing => "Processing",
            Self::Parked => "Waiting for reconnect",
            Self::Done => "Done",
            Self::Failed => "Failed",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Origin {
    /// The provider called the organization's webhook.
    Webhook,
    /// LexiContract found the record by polling the provider.
    Poll,
    /// The provider called a webhook to which LexiContract had subscribed.
    Subscription,
    User,
}

/// Filter for the deliveries of a connection. A field that is `None` does not restrict the result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    pub status: Option<DeliveryStatus>,
    /// Only deliveries that were received at or after this time.
    pub since: Option<Timestamp>,
}

/// An accepted event for one record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    pub id: DeliveryId,
    pub received_at: Timestamp,
    pub record: RecordRef,
    #[serde(flatten)]
    pub compatibility: DeliveryFields,
    pub origin: Origin,
    pub status: DeliveryStatus,
    pub attempts: i64,
    /// Time of the next attempt; `null` if none is scheduled.
    pub next_attempt_at: Option<Timestamp>,
    pub contract_id: Option<ContractId>,
    pub error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Acceptance {
    Accepted,
    /// A delivery for the record was queued already. The receipt contains its id.
    Duplicate,
}

/// Response to a webhook call for one record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    pub delivery_id: DeliveryId,
    pub record: RecordRef,
    #[serde(flatten)]
    pub compatibility: DeliveryFields,
    pub status: Acceptance,
}
