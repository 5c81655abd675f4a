//! Errors for users and API clients: what happened and what to do.
//!
//! All sentences are our own and contain no external input. A problem can therefore be encoded in a URL.

pub(crate) mod invalid;

use super::{
    account::quota::Quota, compatibility, connection::terms::Terms, contract::ScanStatus, file::file_type::FileRejection,
};
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

pub use super::problem::invalid::Invalid;

/// An error that is shown to users and API clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Problem {
    NotSignedIn,
    WrongCredentials,
    Forbidden,
    SessionRequired,
    CrossOrigin,
    RegistrationClosed,
    NotFound,
    WrongWebhookAddress(#[serde(skip)] &'static Terms),
    InvitationInvalid,
    EmailTaken,
    LastAdmin,
    AlreadyConnected,
    IntegrationUnavailable,
    IntegrationDisabled,
    OrgMismatch,
    NeedsReconnect,
    NeedsConfirmation,
    NoDocument,
    NoText,
    NotLinked,
    ChangedMeanwhile,
    WrongPassword,
    RecordNotFound(#[serde(skip)] &'static Terms),
    CredentialRejected,
    ProviderUnreachable,
    /// Contains the terms of the provider and the connector's explanation, which are not serialized.
    ProviderUnavailable(#[serde(skip)] &'static Terms, #[serde(skip)] String),
    #[strum(serialize = "invalid_field")]
    Invalid(Invalid),
    InvalidJson,
    UnsupportedMediaType,
    UnsupportedFile(FileRejection),
    /// The virus scan of the version found malware or is not finished.
    FileWithheld(ScanStatus),
    PayloadTooLarge,
    MethodNotAllowed,
    MisdirectedRequest,
    RequestTimeout,
    TooManyRequests,
    TooManyTokens,
    TooManyConnections,
    QuotaExceeded(Quota),
    StorageFull,
    /// Too many passwords are being hashed at the same time.
    Busy,
    Unavailable,
    Internal,
}

impl Problem {
    /// Stable code of the error in the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::RecordNotFound(terms) => compatibility::record_not_found(terms),
            Self::ProviderUnavailable(terms, _) => compatibility::provider_unavailable(terms),
            _ => self.into(),
        }
    }

    pub fn status(&self) -> u16 {
        match self {
            Self::InvalidJson => 400,
            Self::NotSignedIn | Self::WrongCredentials => 401,
            Self::Forbidden | Self::SessionRequired | Self::CrossOrigin | Self::RegistrationClosed => 403,
            Self::NotFound | Self::WrongWebhookAddress(_) | Self::InvitationInvalid | Self::RecordNotFound(_) => 404,
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
            | Self::ChangedMeanwhile
            | Self::TooManyTokens
            | Self::TooManyConnections
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

    /// Whether this is a server error with details in the log. Full storage (507) does not count as a server error.
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
            Self::ChangedMeanwhile => "Changed by someone else",
            Self::WrongPassword => "Current password is wrong",
            Self::RecordNotFound(_) => "Record not found",
            Self::CredentialRejected => "Key rejected",
            Self::ProviderUnreachable => "Provider does not answer as expected",
            Self::ProviderUnavailable(..) => "The provider does not answer as expected",
            Self::Invalid(_) => "Check the input",
            Self::InvalidJson => "Body is not JSON",
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
            Self::QuotaExceeded(_) => "Limit reached",
            Self::StorageFull => "Storage is full",
            Self::Busy => "Too many sign-ins at once",
            Self::Unavailable => "Temporarily unavailable",
            Self::Internal => "Something went wrong",
        }
    }

    /// Message: what happened and what to do.
    pub fn detail(&self) -> String {
        match self {
            Self::Invalid(Invalid::Metadata(sentence)) if !sentence.is_empty() => sentence.clone(),
            Self::Invalid(invalid) => invalid.hint().to_owned(),
            Self::QuotaExceeded(quota) => quota.exceeded().to_owned(),
            Self::UnsupportedFile(rejection) => rejection.detail(),
            Self::RecordNotFound(terms) => {
                format!("{} has no such {}, or the connected user does not have access to it.", terms.provider, terms.deal)
            }
            Self::WrongWebhookAddress(terms) => format!(
                "There is no such address. The webhook is at `/api/v1/integrations/{}/webhook`, as on the page of the connection; correct the \
                 URL that the caller uses.",
                terms.slug
            ),
            Self::ProviderUnavailable(_, sentence) if !sentence.is_empty() => sentence.clone(),
            Self::ProviderUnavailable(terms, _) => {
                format!("{} could not be reached. Try again in a few minutes.", terms.provider)
            }
            _ => self.fixed_detail().to_owned(),
        }
    }

    fn fixed_detail(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "Sign in, or send a valid API token as `Authorization: Bearer`.",
            Self::WrongCredentials => "The e-mail address or the password is not right. Check both and try again.",
            Self::Forbidden => "Your role does not allow this. Ask an admin of your organization.",
            Self::SessionRequired => "API tokens cannot do this. Sign in with a browser and do it there.",
            Self::CrossOrigin => "The request did not come from this site's own pages. Open the page here and try again.",
            Self::RegistrationClosed => "Only the operator of this server can create organizations. Ask for an invitation.",
            Self::NotFound => "There is nothing here, or it belongs to another organization.",
            Self::InvitationInvalid => {
                "The invitation was used or withdrawn, or is older than seven days. Ask an admin for a new one."
            }
            Self::EmailTaken => "Someone already signs in with this e-mail address. Use another one, or sign in.",
            Self::LastAdmin => "Make someone else an admin first.",
            Self::AlreadyConnected => "This environment is connected already. Reconnect or disconnect it instead.",
            Self::IntegrationUnavailable => {
                "The operator of this server must set this integration up before it can be connected."
            }
            Self::IntegrationDisabled => "An admin has paused this connection. Resume it to continue.",
            Self::OrgMismatch => {
                "You signed in to another account than the one connected. Sign in to the same one, or disconnect first."
            }
            Self::NeedsReconnect => {
                "The provider no longer accepts this connection. An admin must reconnect it on the integrations page."
            }
            Self::NeedsConfirmation => {
                "This connection is not used until an admin confirms its account. Confirm or decline it on the integrations page."
            }
            Self::NoDocument => "This contract has no document yet. Attach a file to the deal or upload one.",
            Self::NoText => {
                "The text of one of the two versions is not available, so they can't be compared. Download both instead."
            }
            Self::ChangedMeanwhile => {
                "Someone else changed this after you opened it, so your change was not saved. Check the current values, then decide again."
            }
            Self::WrongPassword => "The current password is not right, so nothing was changed. Try again.",
            Self::NotLinked => "This contract is not linked to a deal, so there is no status to write.",
            Self::CredentialRejected => {
                "The provider does not accept this key. Copy it again, or make a new one at the provider."
            }
            Self::ProviderUnreachable => "The key could not be tried, and nothing was stored. Try again in a few minutes.",
            Self::InvalidJson => "Send a JSON object in UTF-8.",
            Self::UnsupportedMediaType => {
                "This address does not accept this content type. API requests need `Content-Type: application/json`."
            }
            Self::FileWithheld(ScanStatus::Infected) => {
                "The virus scanner found malware in this file, so it can't be opened or downloaded. Upload a clean copy."
            }
            Self::FileWithheld(_) => {
                "This file is waiting for its virus scan. It can be opened and downloaded when the scan has found nothing."
            }
            Self::PayloadTooLarge => "The body is larger than this address accepts.",
            Self::MethodNotAllowed => "This address does not support that method. The header `Allow` lists those it supports.",
            Self::MisdirectedRequest => {
                "The request names a host that is not this server's public address. Use the address in `PUBLIC_URL`; a proxy in front must \
                 pass on the header `Host`."
            }
            Self::RequestTimeout => {
                "The body of the request did not arrive in time, so nothing was changed. Check the network connection and send it again."
            }
            Self::TooManyRequests => "Wait a minute, then try again.",
            Self::TooManyTokens => {
                "You have 100 API tokens, which is the most one user can have. Revoke one that is no longer used."
            }
            Self::TooManyConnections => {
                "Your organization has 100 connections, which is the most it can have. Disconnect one that is no longer used."
            }
            Self::StorageFull => {
                "This server is running out of disk space and stores no files for now. Try again later, or contact your administrator."
            }
            Self::Busy => "Too many people are signing in at the moment. Try again in a few seconds.",
            Self::Unavailable => "The server cannot store or read data just now. Try again shortly.",
            Self::Internal
            | Self::Invalid(_)
            | Self::QuotaExceeded(_)
            | Self::UnsupportedFile(_)
            | Self::RecordNotFound(_)
            | Self::WrongWebhookAddress(_)
            | Self::ProviderUnavailable(..) => {
                "Something went wrong on our side. Try again, and contact your administrator if it keeps happening."
            }
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.title(), self.detail())
    }
}

impl std::error::Error for Problem {}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}
