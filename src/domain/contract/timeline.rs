//! What happened, in plain words.

use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What kind of thing happened. An open set: new kinds appear as the product learns new things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
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
    TokenRevocation,
    WebhookSecretMade,
    WebhookSecretEnded,
    SetupPackageDownloaded,
    DryRun,
    Exported,
    KeysRotated,
    OrganizationChanged,
    WebhookReceived,
    DealRead,
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
    StatusWritten,
    AttemptFailed,
    GivenUp,
    Reconciled,
}

impl ActivityKind {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::SignedOut => "signed_out",
            Self::Refused => "refused",
            Self::InvitationAccepted => "invitation_accepted",
            Self::UserCreated => "user_created",
            Self::UserInvited => "user_invited",
            Self::UserChanged => "user_changed",
            Self::UserRemoved => "user_removed",
            Self::PasswordChanged => "password_changed",
            Self::SessionsEnded => "sessions_ended",
            Self::TokenCreated => "token_created",
            Self::TokenRevoked => "token_revoked",
            Self::Connected => "connected",
            Self::Reconnected => "reconnected",
            Self::Disconnected => "disconnected",
            Self::ConnectionRequested => "connection_requested",
            Self::ConnectionHeld => "connection_held",
            Self::ConnectionConfirmed => "connection_confirmed",
            Self::ConnectionDeclined => "connection_declined",
            Self::ConnectionExpired => "connection_expired",
            Self::ConnectionChanged => "connection_changed",
            Self::ConnectionLost => "connection_lost",
            Self::TokenRevocation => "token_revocation",
            Self::WebhookSecretMade => "webhook_secret_made",
            Self::WebhookSecretEnded => "webhook_secret_ended",
            Self::SetupPackageDownloaded => "setup_package_downloaded",
            Self::DryRun => "dry_run",
            Self::Exported => "exported",
            Self::KeysRotated => "keys_rotated",
            Self::OrganizationChanged => "organization_changed",
            Self::WebhookReceived => "webhook_received",
            Self::DealRead => "deal_read",
            Self::FileChosen => "file_chosen",
            Self::FilePassedOver => "file_passed_over",
            Self::NoFile => "no_file",
            Self::VersionStored => "version_stored",
            Self::FileScanned => "file_scanned",
            Self::FileUnchanged => "file_unchanged",
            Self::ContractCreated => "contract_created",
            Self::TextSentToModel => "text_sent_to_model",
            Self::AnalysisCompleted => "analysis_completed",
            Self::AnalysisFailed => "analysis_failed",
            Self::Downloaded => "downloaded",
            Self::StatusChanged => "status_changed",
            Self::StatusWritten => "status_written",
            Self::AttemptFailed => "attempt_failed",
            Self::GivenUp => "given_up",
            Self::Reconciled => "reconciled",
        }
    }
}

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    /// When it happened.
    pub at: Timestamp,
    /// What kind of thing happened.
    pub kind: String,
    /// What happened, in a sentence.
    pub summary: String,
    /// Who did it: a person's name, a provider's, or `LexiContract`.
    pub actor: String,
    /// More about it, by name; `null` when the sentence says it all.
    #[schema(value_type = Option<Object>)]
    pub detail: Option<Value>,
}
