//! Deliveries: events that providers report.

use super::{
    compatibility::DeliveryFields,
    ids::{ContractId, DeliveryId},
    record::RecordRef,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Status of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum DeliveryStatus {
    /// The delivery is stored and queued for its first or next attempt.
    Accepted,
    /// In progress.
    Processing,
    /// Parked until a user reconnects or resumes the connection.
    Parked,
    /// Completed: the contract matches the record at the provider.
    Done,
    /// Failed permanently.
    Failed,
}

impl DeliveryStatus {
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

/// Way in which LexiContract received an event.
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
    /// A user requested the import.
    User,
}

/// An accepted event for one record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    pub id: DeliveryId,
    pub received_at: Timestamp,
    pub record: RecordRef,
    /// Salesforce-specific names for the same values, for API compatibility.
    #[serde(flatten)]
    pub compatibility: DeliveryFields,
    pub origin: Origin,
    pub status: DeliveryStatus,
    pub attempts: i64,
    /// Time of the next attempt; `null` if none is scheduled.
    pub next_attempt_at: Option<Timestamp>,
    /// Contract that the delivery created or updated.
    pub contract_id: Option<ContractId>,
    /// A sentence about the last error.
    pub error: Option<String>,
}

/// Whether an event created a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Acceptance {
    /// A new delivery was created.
    Accepted,
    /// A delivery for the record is queued already. The response contains the id of that delivery.
    Duplicate,
}

/// Response to a webhook call for one record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// Id of the new delivery, or of the delivery that is queued already.
    pub delivery_id: DeliveryId,
    pub record: RecordRef,
    /// Salesforce-specific names for the same values, for API compatibility.
    #[serde(flatten)]
    pub compatibility: DeliveryFields,
    pub status: Acceptance,
}
