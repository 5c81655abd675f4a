//! Errors for users and API clients: what happened and what to do.
//!
//! A serialized problem contains no free text, because the texts in variants are not serialized. A URL can therefore contain a
//! problem: a forged URL can only select one of the predefined messages.

pub(crate) mod invalid;

use super::account::quota::Quota;
use super::compatibility;
use super::connection::terms::Terms;
use super::contract::ScanStatus;
use super::contract::filing::FilingObstacle;
use super::file::file_type::FileRejection;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

pub use super::problem::invalid::Invalid;

/// An error that is shown to users and API clients. Its `Display` is [`Self::detail`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Problem {
    #[error("Sign in, or send a valid API token as `Authorization: Bearer`.")]
    NotSignedIn,
    #[error("The e-mail address or the password is wrong. Check both and try again.")]
    WrongCredentials,
    #[error("Your role does not allow this. Ask an admin of your organization.")]
    Forbidden,
    #[error("API tokens cannot do this. Sign in with a browser and do it there.")]
    SessionRequired,
    #[error("The request did not come from a page of LexiContract. Open the page in LexiContract and try again.")]
    CrossOrigin,
    #[error("Only the operator of this server can create organizations. Ask an admin of your organization for an invitation.")]
    RegistrationClosed,
    #[error("This does not exist, or it belongs to another organization.")]
    NotFound,
    #[error(
        "There is no such address. The webhook is at `/api/v1/integrations/{}/webhook`, as shown on the page of the connection. \
         Correct the URL that the caller uses.",
        .0.slug
    )]
    WrongWebhookAddress(#[serde(skip)] &'static Terms),
    #[error("The invitation was used or withdrawn, or is older than seven days. Ask an admin for a new one.")]
    InvitationInvalid,
    #[error(
        "This connect link does not work: it was used or revoked, is older than 24 hours, or the person who sent it is no longer an \
         admin. Ask that person for a new link."
    )]
    ConnectLinkInvalid,
    #[error("There is already an account with this e-mail address. Use another address, or sign in.")]
    EmailTaken,
    #[error("This is the only admin of the organization. Make another user an admin first.")]
    LastAdmin,
    #[error("This environment is connected already. Reconnect or disconnect it instead.")]
    AlreadyConnected,
    #[error("The operator of this server must set up this integration before it can be connected.")]
    IntegrationUnavailable,
    #[error("An admin has paused this connection. It can be used again when an admin resumes it.")]
    IntegrationDisabled,
    #[error("This is not the account that is connected. Use the connected account, or disconnect it first to connect this one.")]
    OrgMismatch,
    #[error("The provider no longer accepts this connection. An admin must reconnect it on the integrations page.")]
    NeedsReconnect,
    #[error("This connection is not used until an admin confirms its account on the integrations page.")]
    NeedsConfirmation,
    #[error("This contract has no document yet. Attach a file to the deal or upload one.")]
    NoDocument,
    #[error("The text of one of the two versions is not available, so they can't be compared. Download both instead.")]
    NoText,
    #[error("This contract is not linked to a deal, so there is no status to write and no file to choose.")]
    NotLinked,
    #[error("{}", .0.detail())]
    CannotFile(FilingObstacle),
    #[error("The account of this contract's deal is not connected. An admin can connect it on the integrations page.")]
    AccountNotConnected,
    #[error(
        "Another contract of your organization is linked to this deal. Unlink or erase that contract first, or choose another deal."
    )]
    RecordLinked,
    #[error(
        "Someone else changed this after you opened it, so your change was not saved. Check the current values, then decide again."
    )]
    ChangedMeanwhile,
    #[error("The current password is wrong, so nothing was changed. Try again.")]
    WrongPassword,
    #[error("{} has no such {}, or the connected user does not have access to it.", .0.provider, .0.deal)]
    RecordNotFound(#[serde(skip)] &'static Terms),
    #[error("The provider does not accept this key. Copy it again, or create a new one at the provider.")]
    CredentialRejected,
    #[error("The key could not be checked at the provider, so nothing was stored. Try again in a few minutes.")]
    ProviderUnreachable,
    /// Contains the connector's explanation.
    #[error("{}", provider_unavailable(.0, .1))]
    ProviderUnavailable(#[serde(skip)] &'static Terms, #[serde(skip)] String),
    #[strum(serialize = "invalid_field")]
    #[error("{0}")]
    Invalid(Invalid),
    #[error("Send a JSON object in UTF-8.")]
    InvalidJson,
    #[error("{}", invalid::or(.0, "The body is not what this webhook expects. `/api/docs` shows the expected format."))]
    InvalidMessage(#[serde(skip)] &'static str),
    #[error(
        "This address does not accept this content type. API requests need `Content-Type: application/json`, and Outbound Messages \
         `Content-Type: text/xml`."
    )]
    UnsupportedMediaType,
    #[error("{}", .0.detail())]
    UnsupportedFile(FileRejection),
    #[error("{}", file_withheld(*.0))]
    FileWithheld(ScanStatus),
    #[error("The body is larger than this address accepts.")]
    PayloadTooLarge,
    #[error("This address does not support this method. The header `Allow` lists the supported methods.")]
    MethodNotAllowed,
    #[error(
        "The request names a host that is not this server's public address. Use the address in `PUBLIC_URL`; a proxy in front must \
         pass on the header `Host`."
    )]
    MisdirectedRequest,
    #[error(
        "The body of the request did not arrive in time, so nothing was changed. Check the network connection and send it again."
    )]
    RequestTimeout,
    #[error("There were too many attempts or requests. Wait a minute, then try again.")]
    TooManyRequests,
    #[error("You have 100 API tokens, which is the most one user can have. Revoke one that is no longer used.")]
    TooManyTokens,
    #[error("Your organization has 100 connections, which is the most it can have. Disconnect one that is no longer used.")]
    TooManyConnections,
    #[error("Your organization has 20 open connect links, the maximum. Revoke one that is no longer needed.")]
    TooManyConnectLinks,
    #[error("{}", .0.exceeded())]
    QuotaExceeded(Quota),
    #[error(
        "This server is running out of disk space and stores no files for now. Try again later, or contact your administrator."
    )]
    StorageFull,
    /// Too many passwords are being hashed concurrently.
    #[error("Too many people are signing in at the moment. Try again in a few seconds.")]
    Busy,
    #[error("The server cannot store or read data at the moment. Try again shortly.")]
    Unavailable,
    #[error("Something went wrong on our side. Try again, and contact your administrator if it keeps happening.")]
    Internal,
}

impl Problem {
    /// Stable code in the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::RecordNotFound(terms) => compatibility::record_not_found(terms),
            Self::ProviderUnavailable(terms, _) => compatibility::provider_unavailable(terms),
            _ => self.into(),
        }
    }

    pub fn status(&self) -> u16 {
        match self {
            Self::InvalidJson | Self::InvalidMessage(_) => 400,
            Self::NotSignedIn | Self::WrongCredentials => 401,
            Self::Forbidden | Self::SessionRequired | Self::CrossOrigin | Self::RegistrationClosed => 403,
            Self::NotFound
            | Self::WrongWebhookAddress(_)
            | Self::InvitationInvalid
            | Self::ConnectLinkInvalid
            | Self::RecordNotFound(_) => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::EmailTaken
            | Self::LastAdmin
            | Self::AlreadyConnected
            | Self::IntegrationUnavailable
            | Self::IntegrationDisabled
            | Self::OrgMismatch
            | Self::NeedsReconnect
            | Self::NeedsConfirmation
            | Self::NoDocument
            | Self::NoText
            | Self::NotLinked
            | Self::CannotFile(_)
            | Self::AccountNotConnected
            | Self::RecordLinked
            | Self::ChangedMeanwhile
            | Self::TooManyTokens
            | Self::TooManyConnections
            | Self::TooManyConnectLinks
            | Self::FileWithheld(_) => 409,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType | Self::UnsupportedFile(_) => 415,
            Self::MisdirectedRequest => 421,
            Self::CredentialRejected | Self::WrongPassword | Self::Invalid(_) => 422,
            Self::TooManyRequests => 429,
            Self::QuotaExceeded(quota) if quota.retry_after().is_some() => 429,
            Self::Internal => 500,
            Self::ProviderUnreachable | Self::ProviderUnavailable(..) => 502,
            Self::Busy | Self::Unavailable => 503,
            Self::QuotaExceeded(_) | Self::StorageFull => 507,
        }
    }

    /// Value of the header `Retry-After`; `None` if waiting does not help.
    pub fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::Busy | Self::Unavailable => Some(5),
            Self::TooManyRequests => Some(60),
            Self::QuotaExceeded(quota) => quota.retry_after(),
            _ => None,
        }
    }

    /// Returns `true` if the log contains details about the problem. Full storage (507) is not a failure of the server.
    pub fn is_server_failure(&self) -> bool {
        matches!(self.status(), 500..507)
    }

    pub fn title(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "Not signed in",
            Self::WrongCredentials => "Sign-in failed",
            Self::Forbidden => "Not allowed",
            Self::SessionRequired => "Sign-in required",
            Self::CrossOrigin => "Request from another site",
            Self::RegistrationClosed => "Registration is closed",
            Self::NotFound => "Not found",
            Self::WrongWebhookAddress(_) => "No such address",
            Self::InvitationInvalid => "Invitation not valid",
            Self::ConnectLinkInvalid => "Link not valid",
            Self::EmailTaken => "E-mail address in use",
            Self::LastAdmin => "An organization needs an admin",
            Self::AlreadyConnected => "Already connected",
            Self::IntegrationUnavailable => "Not available on this server",
            Self::IntegrationDisabled => "Connection is paused",
            Self::OrgMismatch => "Another account",
            Self::NeedsReconnect => "Connection needs a reconnect",
            Self::NeedsConfirmation => "Connection needs confirmation",
            Self::NoDocument => "No document",
            Self::NoText => "No text to compare",
            Self::NotLinked => "Not linked to a deal",
            Self::CannotFile(_) => "Version is not filed",
            Self::AccountNotConnected => "Account is not connected",
            Self::RecordLinked => "Deal has another contract",
            Self::ChangedMeanwhile => "Changed by someone else",
            Self::WrongPassword => "Current password is wrong",
            Self::RecordNotFound(_) => "Record not found",
            Self::CredentialRejected => "Key rejected",
            Self::ProviderUnreachable => "Provider does not respond as expected",
            Self::ProviderUnavailable(..) => "The provider does not respond as expected",
            Self::Invalid(_) => "Check the input",
            Self::InvalidJson => "Body is not JSON",
            Self::InvalidMessage(_) => "Body is not the expected message",
            Self::UnsupportedMediaType => "Unsupported media type",
            Self::UnsupportedFile(_) => "File not accepted",
            Self::FileWithheld(_) => "File withheld",
            Self::PayloadTooLarge => "Too large",
            Self::MethodNotAllowed => "Method not allowed",
            Self::MisdirectedRequest => "Wrong host",
            Self::RequestTimeout => "Request took too long",
            Self::TooManyRequests => "Too many attempts",
            Self::TooManyTokens => "Too many API tokens",
            Self::TooManyConnections => "Too many connections",
            Self::TooManyConnectLinks => "Too many connect links",
            Self::QuotaExceeded(_) => "Limit reached",
            Self::StorageFull => "Storage is full",
            Self::Busy => "Too many sign-ins at once",
            Self::Unavailable => "Temporarily unavailable",
            Self::Internal => "Something went wrong",
        }
    }

    /// Message: what happened and what to do.
    pub fn detail(&self) -> String {
        self.to_string()
    }
}

fn provider_unavailable(terms: &Terms, explanation: &str) -> String {
    if explanation.is_empty() {
        return format!("{} could not be reached. Try again in a few minutes.", terms.provider);
    }
    explanation.to_owned()
}

fn file_withheld(status: ScanStatus) -> &'static str {
    match status {
        ScanStatus::Infected => {
            "The virus scanner found malware in this file, so it can't be opened or downloaded. Upload a clean copy."
        }
        _ => "This file is waiting for its virus scan. You can open and download it once the scan finds no malware.",
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}
