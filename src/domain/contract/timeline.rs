//! Timeline of activities.

use crate::domain::ids::DeliveryId;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Clients must accept unknown kinds, because new kinds can be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum ActivityKind {
    Registered,
    SignedIn,
    SignInFailed,
    SignedOut,
    Refused,
    InvitationAccepted,
    UserCreated,
    UserInvited,
    UserChanged,
    UserRemoved,
    PasswordChanged,
    SessionsEnded,
    TokenCreated,
    TokenRevoked,
    Connected,
    Reconnected,
    Disconnected,
    ConnectionRequested,
    ConnectionHeld,
    ConnectionConfirmed,
    ConnectionDeclined,
    ConnectionExpired,
    ConnectionChanged,
    ConnectionLost,
    ConnectLinkCreated,
    ConnectLinkUsed,
    ConnectLinkRevoked,
    TokenRevocation,
    WebhookSecretMade,
    WebhookSecretEnded,
    SetupPackageDownloaded,
    DryRun,
    Exported,
    KeysRotated,
    OrganizationChanged,
    WebhookReceived,
    /// A poll or an import found a deal.
    DealFound,
    /// A deal does not match the trigger rule.
    DealSkipped,
    BacklogImported,
    /// A user requested failed deliveries again.
    Redelivered,
    DealRead,
    /// A user chose a file of the deal.
    FileSelected,
    /// A delivery chose a file of the deal.
    FileChosen,
    FilePassedOver,
    NoFile,
    VersionStored,
    FileScanned,
    FileUnchanged,
    ContractCreated,
    TextSentToModel,
    AnalysisCompleted,
    AnalysisFailed,
    Downloaded,
    StatusChanged,
    TitleChanged,
    ContractLinked,
    ContractUnlinked,
    ContractErased,
    NewerVersion,
    AttentionDismissed,
    StatusWritten,
    /// A user asked to file a version at the provider.
    FilingRequested,
    /// A version was filed at the provider.
    VersionFiled,
    AttemptFailed,
    GivenUp,
    Reconciled,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    pub at: Timestamp,
    pub kind: String,
    pub summary: String,
    /// Name of the user or the provider, or `LexiContract`.
    pub actor: String,
    #[schema(value_type = Option<Object>)]
    pub detail: Option<Value>,
    /// The delivery that caused the entry; `null` if there is none, or if it was removed after its retention.
    pub delivery_id: Option<DeliveryId>,
}
