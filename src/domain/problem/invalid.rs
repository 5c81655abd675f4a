//! Invalid input values and their messages.

use crate::domain::compatibility;
use serde::{Deserialize, Serialize};

/// An invalid input value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Invalid {
    Email,
    PasswordTooShort,
    PasswordTooLong,
    PasswordTooCommon,
    PasswordRepeated,
    OrganizationName,
    PersonName,
    TokenName,
    TokenLifetime,
    Role,
    Status,
    Title,
    FileMissing,
    FileEmpty,
    FileTooLarge,
    Limit,
    Cursor,
    Environment,
    /// Contains a description of the expected host, which is not serialized.
    Domain(#[serde(skip)] &'static str),
    ApiKey,
    RecordId,
    StatusFieldType,
    /// Contains a description of the expected body, which is not serialized.
    WebhookBody(#[serde(skip)] &'static str),
    AuditKind,
    AuditActor,
    Since,
    /// Contains a sentence about `metadata`, which is not serialized.
    Metadata(#[serde(skip)] String),
    Body,
}

impl Invalid {
    /// Message that names the value and the allowed values.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Email => "`email` must be an e-mail address, such as `ada@example.com`.",
            Self::PasswordTooShort => "`password` must have at least 12 characters.",
            Self::PasswordRepeated => "The new password and its repetition must be the same.",
            Self::PasswordTooLong => "`password` may have at most 1,024 bytes.",
            Self::PasswordTooCommon => {
                "`password` is too easy to guess: it is a common one or a pattern, or it is made from the name of the product, the \
                 organization or the person, or from the e-mail address. Use several unrelated words."
            }
            Self::OrganizationName => "The name of the organization must have 1 to 100 characters.",
            Self::PersonName => "`name` must have 1 to 100 characters.",
            Self::TokenName => "`name` must have 1 to 100 characters; it tells you later what the token is for.",
            Self::TokenLifetime => "`expires_in_days` must be a whole number from 1 to 365.",
            Self::Role => "`role` must be `admin`, `member` or `viewer`.",
            Self::Status => {
                "`negotiation_status` must be `draft`, `in_review`, `in_negotiation`, `approved`, `signed` or `rejected`."
            }
            Self::Title => "`title` must have 1 to 255 characters.",
            Self::FileMissing => "Choose a `file`.",
            Self::FileEmpty => "The file is empty. Choose another one.",
            Self::FileTooLarge => "The file is larger than this server accepts.",
            Self::Limit => "`limit` must be a number from 1 to 100.",
            Self::Cursor => "`cursor` must be the `next_cursor` of a list.",
            Self::Environment => "`environment` must be `production`, `sandbox` or `my_domain`.",
            Self::Domain("") => "`domain` must be the host of your account at the provider.",
            Self::Domain(hint) => hint,
            Self::ApiKey => "`api_key` must hold the key, without spaces or line breaks.",
            Self::RecordId => compatibility::RECORD_ID_HINT,
            Self::StatusFieldType => "`status_field` must be `picklist`, `text` or `existing`.",
            Self::WebhookBody("") => "The body is not what this webhook expects. `/api/docs` shows it.",
            Self::WebhookBody(hint) => hint,
            Self::AuditKind => "`kind` must be a kind of event of the audit log, such as `signed_in`.",
            Self::AuditActor => "`actor` must be the id of a user, such as `usr_0199…`.",
            Self::Since => "`since` must be a time such as `2026-11-22T16:00:00Z`.",
            Self::Metadata(_) => "`metadata` holds an unknown key or a value that cannot be used.",
            Self::Body => {
                "The body lacks a field, or a field is unknown, repeated or of the wrong type. `/api/docs` shows what is expected."
            }
        }
    }
}
