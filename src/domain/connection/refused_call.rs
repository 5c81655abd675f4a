//! Refused calls: webhook calls that carried a secret of a connection and were not accepted.

use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Why a call was refused. Several reasons have the same response, so that the response does not reveal them to the caller.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum RefusalReason {
    /// The secret was replaced, and its 24-hour grace period has ended.
    SecretExpired,
    /// The secret was sent to another address than the one for which it was created.
    SecretForOtherEndpoint,
    /// The header contains the secret and other characters, such as quotes.
    SecretWithExtraCharacters,
    /// The call names another account than that of the connection.
    OtherAccount,
    /// The connection requires a signature, and the call has none that is complete and recent.
    NotSigned,
    WrongSignature,
    IntegrationDisabled,
    UnsupportedMediaType,
    PayloadTooLarge,
    RequestTimeout,
    InvalidJson,
    InvalidMessage,
    InvalidField,
    QuotaExceeded,
    TooManyRequests,
    /// The server had too many calls of the organization in progress, or could not store the call.
    Unavailable,
    WrongWebhookAddress,
    MethodNotAllowed,
}

impl RefusalReason {
    /// Returns the reason that a problem reveals to the caller; `None` for problems with several possible reasons, and for those
    /// that do not concern the call.
    pub fn of(problem: &Problem) -> Option<Self> {
        Some(match problem {
            Problem::IntegrationDisabled => Self::IntegrationDisabled,
            Problem::UnsupportedMediaType => Self::UnsupportedMediaType,
            Problem::PayloadTooLarge => Self::PayloadTooLarge,
            Problem::RequestTimeout => Self::RequestTimeout,
            Problem::InvalidJson => Self::InvalidJson,
            Problem::InvalidMessage(_) => Self::InvalidMessage,
            Problem::Invalid(_) => Self::InvalidField,
            Problem::QuotaExceeded(_) => Self::QuotaExceeded,
            Problem::TooManyRequests => Self::TooManyRequests,
            Problem::Unavailable => Self::Unavailable,
            Problem::NotFound | Problem::WrongWebhookAddress(_) => Self::WrongWebhookAddress,
            Problem::MethodNotAllowed => Self::MethodNotAllowed,
            _ => return None,
        })
    }

    /// HTTP status of the response.
    pub fn status(self) -> u16 {
        match self {
            Self::InvalidJson | Self::InvalidMessage => 400,
            Self::SecretExpired
            | Self::SecretForOtherEndpoint
            | Self::SecretWithExtraCharacters
            | Self::OtherAccount
            | Self::NotSigned
            | Self::WrongSignature => 401,
            Self::WrongWebhookAddress => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::IntegrationDisabled => 409,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::InvalidField => 422,
            Self::QuotaExceeded | Self::TooManyRequests => 429,
            Self::Unavailable => 503,
        }
    }

    /// What happened and what to do, for users.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::SecretExpired => {
                "The secret was replaced and has expired. Enter the current secret where the call is configured, or create a new \
                 one."
            }
            Self::SecretForOtherEndpoint => {
                "The secret belongs to another address: a webhook secret goes into the header X-Webhook-Secret, and the secret of \
                 Outbound Messages is part of their endpoint URL. Use each secret only at its own address."
            }
            Self::SecretWithExtraCharacters => {
                "The header X-Webhook-Secret contains the secret and other characters, such as quotes or an invisible character. \
                 Enter the secret again where the call is configured."
            }
            Self::OtherAccount => {
                "The call names another account than the connected one. Check that the caller is in the connected account, for \
                 example after a sandbox was copied."
            }
            Self::NotSigned => {
                "This connection requires signed calls, and the call has no complete signature of the last five minutes. Enter the \
                 signing key where the call is configured, and check the clock there."
            }
            Self::WrongSignature => {
                "The signature does not match the call. Enter the signing key that belongs to the current secret. If no one changed \
                 the key, the call may have been modified on its way."
            }
            Self::IntegrationDisabled => "The connection is paused. An admin can resume it on this page.",
            Self::UnsupportedMediaType => {
                "The content type is wrong. Webhook calls need application/json, and Outbound Messages text/xml."
            }
            Self::PayloadTooLarge => {
                "The body is too large: at most 64 KiB, for Outbound Messages 1 MiB. Send fewer deals per call."
            }
            Self::RequestTimeout => "The body did not arrive in time. Check the network between the caller and this server.",
            Self::InvalidJson => "The body is not JSON. The API documentation shows what is expected.",
            Self::InvalidMessage => "The body is not the expected message. Check what the provider is configured to send.",
            Self::InvalidField => {
                "A field of the body is missing or invalid, or there are too many deals. The API documentation shows what is \
                 expected."
            }
            Self::QuotaExceeded => {
                "Too many deliveries of your organization are waiting. Calls are accepted again when some have been processed."
            }
            Self::TooManyRequests => "The caller sends too many requests. Send several deals in one call.",
            Self::Unavailable => {
                "The server had too many calls in progress, or could not store the call. The caller should send it again."
            }
            Self::WrongWebhookAddress => "The call went to an address that is not the webhook. Copy the address from this page.",
            Self::MethodNotAllowed => "The call used another method than POST. Correct it where the call is configured.",
        }
    }
}

/// Refused calls with the same reason within ten minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedCall {
    /// Time of the last of these calls.
    pub at: Timestamp,
    /// Time of the first of these calls.
    pub first_at: Timestamp,
    /// Number of these calls.
    pub count: i64,
    pub reason: RefusalReason,
    /// HTTP status of the responses.
    pub status: u16,
    /// What happened and what to do.
    pub detail: String,
    /// IP address of the last caller.
    pub address: Option<String>,
}
