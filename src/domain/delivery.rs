//! Deliveries: what came of an event of a provider.

use super::{
    compatibility::DeliveryFields,
    connection::record::RecordRef,
    ids::{ContractId, DeliveryId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Durable, and waiting for its first or next attempt.
    Accepted,
    /// Being worked on.
    Processing,
    /// Waiting until a person reconnects.
    Parked,
    /// The contract matches the record.
    Done,
    /// Given up, with the reason.
    Failed,
}

impl DeliveryStatus {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Processing => "processing",
            Self::Parked => "parked",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Accepted => "Waiting",
            Self::Processing => "Processing",
            Self::Parked => "Waiting for reconnect",
            Self::Done => "Done",
            Self::Failed => "Failed",
        }
    }

    /// The status of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Accepted, Self::Processing, Self::Parked, Self::Done, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// How we learned of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The provider called the webhook.
    Webhook,
    /// We asked the provider.
    Poll,
    /// The provider called a webhook that we subscribed to.
    Subscription,
    /// A user asked for it.
    User,
}

impl Origin {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Poll => "poll",
            Self::Subscription => "subscription",
            Self::User => "user",
        }
    }

    /// The origin of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Webhook, Self::Poll, Self::Subscription, Self::User].into_iter().find(|origin| origin.as_str() == text)
    }
}

/// One accepted event of one record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// When we learned of it.
    pub received_at: Timestamp,
    /// The record.
    pub record: RecordRef,
    /// The same for Salesforce.
    #[serde(flatten)]
    pub compatibility: DeliveryFields,
    /// How we learned of it.
    pub origin: Origin,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next; `null` when it is not.
    pub next_attempt_at: Option<Timestamp>,
    /// The contract that came of it.
    pub contract_id: Option<ContractId>,
    /// What went wrong last, for people.
    pub error: Option<String>,
}

/// Whether a call made a new delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Acceptance {
    /// It did.
    Accepted,
    /// One of the same record waits already; its id is answered.
    Duplicate,
}

/// The response for one record of a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// The delivery, new or waiting.
    pub delivery_id: DeliveryId,
    /// The record.
    pub record: RecordRef,
    /// The same for Salesforce.
    #[serde(flatten)]
    pub compatibility: DeliveryFields,
    /// Whether the call made it.
    pub status: Acceptance,
}
