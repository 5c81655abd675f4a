//! The result of a live check of a connection: one finding each for what the product needs.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The result of a live check of a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionTest {
    /// Whether every check passed.
    pub ok: bool,
    /// How long the provider took, in milliseconds.
    pub latency_ms: i64,
    /// The account at the provider, in words.
    pub account_label: Option<String>,
    /// What was checked.
    pub checks: Vec<Check>,
}

impl ConnectionTest {
    /// Whether the provider answered, so that the checks describe what is there.
    pub fn is_answered(&self) -> bool {
        self.connection_failure().is_none()
    }

    /// Why the provider could not be asked.
    pub fn connection_failure(&self) -> Option<&str> {
        self.checks.iter().find(|check| check.code == CheckCode::Connection && !check.ok).map(|check| check.detail.as_str())
    }
}

/// What a check is about. Programs decide by it; its name and detail are for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckCode {
    /// Whether the provider could be asked at all.
    Connection,
    /// Whether the provider answers API calls.
    ApiAccess,
    /// Whether the needed scopes are granted.
    Scopes,
    /// Whether it is the account that was connected.
    SameAccount,
    /// Whether deals can be read.
    DealsReadable,
    /// Whether files can be read.
    FilesReadable,
    /// Whether the field that carries the status exists.
    StatusField,
    /// Whether that field can be written.
    StatusFieldWritable,
    /// Whether that field is of a type that can hold a status; `data` has its `type`.
    StatusFieldType,
    /// Whether that field accepts every label.
    StatusLabels,
    /// How many API calls are left.
    ApiUsage,
    /// Whether the connected user may do more than is needed.
    LeastPrivilege,
}

impl CheckCode {
    /// Whether it is about what the connected user may read.
    pub fn is_about_permissions(self) -> bool {
        matches!(self, Self::ApiAccess | Self::Scopes | Self::SameAccount | Self::DealsReadable | Self::FilesReadable)
    }

    /// Whether it is about the field that carries the status.
    pub fn is_about_status_field(self) -> bool {
        matches!(self, Self::StatusField | Self::StatusFieldWritable | Self::StatusFieldType | Self::StatusLabels)
    }
}

/// One thing that was checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// What it is about.
    pub code: CheckCode,
    /// The same in a few words.
    pub name: String,
    /// Whether it is as it must be.
    pub ok: bool,
    /// What was found, for programs.
    pub data: BTreeMap<String, String>,
    /// What was found and, when it is not as it must be, who can do what about it.
    pub detail: String,
}

impl Check {
    /// A finding without data.
    pub fn new(code: CheckCode, name: impl Into<String>, ok: bool, detail: impl Into<String>) -> Self {
        Self { code, name: name.into(), ok, data: BTreeMap::new(), detail: detail.into() }
    }

    /// With something that was found.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.data.insert(name.to_owned(), value.into());
        self
    }
}
