//! The audit log of security-relevant activities.

use super::contract::timeline::ActivityKind;
use super::ids::{ActivityId, ConnectionId, ContractId, UserId};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    pub id: ActivityId,
    pub at: Timestamp,
    pub kind: String,
    pub summary: String,
    /// Name of the user, or `Operator`, `LexiContract` or `Connect link`.
    pub actor: String,
    /// `null` if the actor was not a signed-in user.
    pub actor_id: Option<UserId>,
    /// Id of the session (`ses_…`), API token (`tok_…`) or connect link (`cln_…`) that authenticated the actor.
    pub via: Option<String>,
    /// IP address of the client.
    pub address: Option<String>,
    /// Request id that the server assigned. It is also in the log and in the response header `X-Request-Id`.
    pub request_id: Option<String>,
    /// Value of the request header `X-Request-Id`, which the client or a proxy set.
    pub client_request_id: Option<String>,
    pub connection_id: Option<ConnectionId>,
    pub contract_id: Option<ContractId>,
    /// Position in the organization's hash chain. Positions have no gaps. `null` for entries that are older than the chain.
    pub sequence: Option<i64>,
    /// Keyed hash over the entry and the hash of the previous entry.
    pub hash: Option<String>,
    pub previous_hash: Option<String>,
}

/// Filter for the audit log. A field with the value `None` does not restrict the result. `kind` must be one of the kinds in
/// [`ActivityKind::AUDITED`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    pub kind: Option<ActivityKind>,
    /// Includes the activities of this user and failed sign-ins with the user's e-mail address.
    pub actor_id: Option<UserId>,
    /// Inclusive.
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub until: Option<Timestamp>,
}

impl ActivityKind {
    /// The audited kinds with their labels for pages, in the order of the filter form.
    pub const AUDITED: [(Self, &'static str); 47] = [
        (Self::SignedIn, "Signed in"),
        (Self::SignInFailed, "Sign-in failed"),
        (Self::SignedOut, "Signed out"),
        (Self::Refused, "Access denied"),
        (Self::Registered, "Organization registered"),
        (Self::UserInvited, "User invited"),
        (Self::InvitationAccepted, "Invitation accepted"),
        (Self::UserCreated, "User added by the operator"),
        (Self::UserChanged, "User changed"),
        (Self::UserRemoved, "User removed"),
        (Self::PasswordChanged, "Password changed"),
        (Self::SessionsEnded, "Sessions ended"),
        (Self::TokenCreated, "API token created"),
        (Self::TokenRevoked, "API token revoked"),
        (Self::Connected, "Connected"),
        (Self::Reconnected, "Reconnected"),
        (Self::Disconnected, "Disconnected"),
        (Self::ConnectionRequested, "Connection requested"),
        (Self::ConnectionHeld, "Connection needs confirmation"),
        (Self::ConnectionConfirmed, "Connection confirmed"),
        (Self::ConnectionDeclined, "Connection declined"),
        (Self::ConnectionExpired, "Connection expired unconfirmed"),
        (Self::ConnectLinkCreated, "Connect link created"),
        (Self::ConnectLinkUsed, "Connect link used"),
        (Self::ConnectLinkRevoked, "Connect link revoked"),
        (Self::ConnectionChanged, "Connection settings changed"),
        (Self::ConnectionLost, "Connection lost"),
        (Self::TokenRevocation, "Access revoked at the provider"),
        (Self::WebhookSecretMade, "Webhook secret created"),
        (Self::WebhookSecretEnded, "Previous webhook secret revoked"),
        (Self::SetupPackageDownloaded, "Setup package downloaded"),
        (Self::DryRun, "Dry run"),
        (Self::BacklogImported, "Older deals imported"),
        (Self::Redelivered, "Failed deliveries requested again"),
        (Self::FileSelected, "File of a deal chosen"),
        (Self::VersionStored, "Document uploaded"),
        (Self::Downloaded, "Document downloaded"),
        (Self::StatusChanged, "Status changed"),
        (Self::TitleChanged, "Title changed"),
        (Self::ContractLinked, "Contract linked to a deal"),
        (Self::ContractUnlinked, "Contract unlinked from its deal"),
        (Self::ContractErased, "Contract erased"),
        (Self::FilingRequested, "Filing requested"),
        (Self::AttentionDismissed, "Notice dismissed"),
        (Self::Exported, "Data exported"),
        (Self::KeysRotated, "Keys rotated"),
        (Self::OrganizationChanged, "Organization settings changed"),
    ];

    pub fn is_audit_event(self) -> bool {
        Self::AUDITED.iter().any(|(kind, _)| *kind == self)
    }

    /// Parses the name of an audited kind; `None` for other kinds.
    pub fn parse_audit_event(text: &str) -> Option<Self> {
        text.parse().ok().filter(|kind: &Self| kind.is_audit_event())
    }

    /// Label for pages; `Activity` for kinds that are not audited.
    pub fn audit_label(self) -> &'static str {
        Self::AUDITED.iter().find(|(kind, _)| *kind == self).map_or("Activity", |(_, label)| label)
    }
}
