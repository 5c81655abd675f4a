//! Invalid input values and their messages.

use crate::domain::compatibility::RECORD_ID_HINT;
use serde::{Deserialize, Serialize};

/// An invalid input value. If a variant contains a text, the text is the message. An empty text is replaced by a default message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Invalid {
    #[error("`email` must be an e-mail address, such as `ada@example.com`.")]
    Email,
    #[error("`password` must have at least 12 characters.")]
    PasswordTooShort,
    #[error("`password` must have at most 1,024 bytes.")]
    PasswordTooLong,
    #[error(
        "`password` is too easy to guess: it is common, follows a pattern, or contains the user's name, the e-mail address, or \
         the name of the organization or the product. Use several unrelated words."
    )]
    PasswordTooCommon,
    #[error("The new password and its repetition must match.")]
    PasswordRepeated,
    #[error("The name of the organization must have 1 to 100 characters.")]
    OrganizationName,
    #[error("`name` must be the name of the organization, exactly as it is shown. Nothing was deleted.")]
    TypedOrganizationName,
    #[error("`name` must have 1 to 100 characters.")]
    PersonName,
    #[error("`name` must have 1 to 100 characters, and should say what the token is for.")]
    TokenName,
    #[error("`expires_in_days` must be a whole number from 1 to 365.")]
    TokenLifetime,
    #[error("`role` must be `admin`, `member` or `viewer`.")]
    Role,
    #[error("`negotiation_status` must be `draft`, `in_review`, `in_negotiation`, `approved`, `signed` or `rejected`.")]
    Status,
    #[error("`attention` must be `newer_version`, `sync_failed`, `needs_file`, `analysis_failed` or `unread_pages`.")]
    Attention,
    #[error("`title` must have 1 to 255 characters.")]
    Title,
    #[error("Choose a `file`.")]
    FileMissing,
    #[error("The file is empty. Choose another one.")]
    FileEmpty,
    #[error("The file is larger than this server accepts.")]
    FileTooLarge,
    #[error("`file_id` must be the id of a file from the list `deal-files` of the contract.")]
    FileId,
    #[error("`limit` must be a number from 1 to 100.")]
    Limit,
    #[error("`cursor` must be the `next_cursor` of a list.")]
    Cursor,
    #[error("`environment` must be `production`, `sandbox` or `my_domain`.")]
    Environment,
    #[error("{}", or(.0, "`domain` must be the host of your account at the provider."))]
    Domain(#[serde(skip)] &'static str),
    #[error(
        "Connect links are only for providers with a consent page (OAuth 2.0). Connect this integration with an API key instead."
    )]
    ConnectLink,
    #[error("`api_key` must be the key, without spaces or line breaks.")]
    ApiKey,
    #[error("{RECORD_ID_HINT}")]
    RecordId,
    #[error("`status_field` must be `picklist`, `text` or `existing`.")]
    StatusFieldType,
    #[error("{}", or(.0, "The body is not what this webhook expects. `/api/docs` shows the expected format."))]
    WebhookBody(#[serde(skip)] &'static str),
    #[error("`kind` must be a kind of event of the audit log, such as `signed_in`.")]
    AuditKind,
    #[error("`actor` must be the id of a user, such as `usr_0199…`.")]
    AuditActor,
    #[error("`since` must be a time such as `2026-11-22T16:00:00Z`.")]
    Since,
    #[error("`until` must be a time such as `2026-11-22T16:00:00Z`.")]
    Until,
    #[error("`status` must be `accepted`, `processing`, `parked`, `done` or `failed`.")]
    DeliveryStatus,
    #[error("`status` must be `failed`: only failed deliveries can be redelivered together.")]
    RedeliveredStatus,
    #[error("`stages` and `record_types` must contain at most 50 values of at most 255 characters each.")]
    BacklogFilter,
    #[error("More than 20,000 deals are in these stages. Choose fewer stages.")]
    BacklogTooLarge,
    #[error("{}", or(.0, "`metadata` contains an unknown key or an invalid value."))]
    Metadata(#[serde(skip)] String),
    #[error("The body lacks a field, or a field is unknown, repeated or of the wrong type. `/api/docs` shows what is expected.")]
    Body,
}

pub(super) fn or<'a>(text: &'a str, default: &'a str) -> &'a str {
    if text.is_empty() { default } else { text }
}
