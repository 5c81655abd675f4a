//! The audit log: what was done that matters to security, by whom, from where, when.

use super::{
    contract::timeline::ActivityKind,
    ids::{ActivityId, ConnectionId, ContractId, UserId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its id; ids sort by time.
    pub id: ActivityId,
    /// When it happened.
    pub at: Timestamp,
    /// What kind of thing happened.
    pub kind: String,
    /// What happened, in a sentence.
    pub summary: String,
    /// Who did it: a person's name, `Operator`, or `LexiContract`.
    pub actor: String,
    /// The person's id; `null` when it was no person, or one who was not signed in.
    pub actor_id: Option<UserId>,
    /// The session (`ses_…`) or API token (`tok_…`) that proved who it was.
    pub via: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// The request's id, as the log and the answer's header `X-Request-Id` have it.
    pub request_id: Option<String>,
    /// The header `X-Request-Id` of the request: what the client, or a proxy in front, called it.
    pub client_request_id: Option<String>,
    /// The connection it is about.
    pub connection_id: Option<ConnectionId>,
    /// The contract it is about.
    pub contract_id: Option<ContractId>,
    /// Its place in the organization's chain, without gaps; `null` for lines from before there was one.
    pub sequence: Option<i64>,
    /// The keyed hash of the line and of the hash before it.
    pub hash: Option<String>,
    /// The hash of the line before it.
    pub previous_hash: Option<String>,
}

/// Which lines of the audit log are asked for; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only this kind, one of [`ActivityKind::AUDITED`].
    pub kind: Option<ActivityKind>,
    /// Only what this person did, and failed attempts to sign in as this person.
    pub actor_id: Option<UserId>,
    /// Only from this time on.
    pub from: Option<Timestamp>,
    /// Only before this time.
    pub until: Option<Timestamp>,
}

impl ActivityKind {
    /// The kinds that the audit log keeps, in the order in which a form offers them.
    pub const AUDITED: [Self; 35] = [
        Self::SignedIn,
        Self::SignInFailed,
        Self::SignedOut,
        Self::Refused,
        Self::Registered,
        Self::UserInvited,
        Self::InvitationAccepted,
        Self::UserCreated,
        Self::UserChanged,
        Self::UserRemoved,
        Self::PasswordChanged,
        Self::SessionsEnded,
        Self::TokenCreated,
        Self::TokenRevoked,
        Self::Connected,
        Self::Reconnected,
        Self::Disconnected,
        Self::ConnectionRequested,
        Self::ConnectionHeld,
        Self::ConnectionConfirmed,
        Self::ConnectionDeclined,
        Self::ConnectionExpired,
        Self::ConnectionChanged,
        Self::ConnectionLost,
        Self::TokenRevocation,
        Self::WebhookSecretMade,
        Self::WebhookSecretEnded,
        Self::SetupPackageDownloaded,
        Self::DryRun,
        Self::VersionStored,
        Self::Downloaded,
        Self::StatusChanged,
        Self::Exported,
        Self::KeysRotated,
        Self::OrganizationChanged,
    ];

    /// Whether the audit log keeps it.
    pub fn is_audit_event(self) -> bool {
        Self::AUDITED.contains(&self)
    }

    /// The audited kind of that name.
    pub fn parse_audit_event(text: &str) -> Option<Self> {
        Self::AUDITED.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What people read of an audited kind.
    pub fn audit_label(self) -> &'static str {
        match self {
            Self::SignedIn => "Signed in",
            Self::SignInFailed => "Sign-in failed",
            Self::SignedOut => "Signed out",
            Self::Refused => "Access refused",
            Self::Registered => "Organization registered",
            Self::UserInvited => "Person invited",
            Self::InvitationAccepted => "Invitation accepted",
            Self::UserCreated => "Person added by the operator",
            Self::UserChanged => "Person changed",
            Self::UserRemoved => "Person removed",
            Self::PasswordChanged => "Password changed",
            Self::SessionsEnded => "Sessions ended",
            Self::TokenCreated => "API token made",
            Self::TokenRevoked => "API token ended",
            Self::Connected => "Connected",
            Self::Reconnected => "Reconnected",
            Self::Disconnected => "Disconnected",
            Self::ConnectionRequested => "Connection requested",
            Self::ConnectionHeld => "Connection waits for confirmation",
            Self::ConnectionConfirmed => "Connection confirmed",
            Self::ConnectionDeclined => "Connection declined",
            Self::ConnectionExpired => "Connection expired unconfirmed",
            Self::ConnectionChanged => "Connection settings changed",
            Self::ConnectionLost => "Connection lost",
            Self::TokenRevocation => "Access ended at the provider",
            Self::WebhookSecretMade => "Webhook secret made",
            Self::WebhookSecretEnded => "Previous webhook secret ended",
            Self::SetupPackageDownloaded => "Setup package downloaded",
            Self::DryRun => "Dry run",
            Self::VersionStored => "Document uploaded",
            Self::Downloaded => "Document downloaded",
            Self::StatusChanged => "Status changed",
            Self::Exported => "Data exported",
            Self::KeysRotated => "Keys rotated",
            Self::OrganizationChanged => "Organization settings changed",
            _ => "Activity",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_audited_kind_has_its_name_and_its_words() {
        for kind in ActivityKind::AUDITED {
            assert_eq!(ActivityKind::parse_audit_event(kind.as_str()), Some(kind));
            assert_ne!(kind.audit_label(), "Activity", "{kind:?}");
        }
        assert_eq!(ActivityKind::parse_audit_event("webhook_received"), None);
        assert!(!ActivityKind::StatusWritten.is_audit_event());
    }
}
