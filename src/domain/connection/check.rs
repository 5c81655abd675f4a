//! Connection tests. A test consists of one check per requirement.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionTest {
    pub ok: bool,
    /// Response time of the provider in milliseconds.
    pub latency_ms: i64,
    /// Display name of the account at the provider.
    pub account_label: Option<String>,
    pub checks: Vec<Check>,
}

impl ConnectionTest {
    /// Whether the provider answered. Otherwise, the other checks have no meaningful result.
    pub fn is_answered(&self) -> bool {
        self.connection_failure().is_none()
    }

    /// Reason why the provider could not be reached; `None` if it was reached.
    pub fn connection_failure(&self) -> Option<&str> {
        self.checks.iter().find(|check| check.code == CheckCode::Connection && !check.ok).map(|check| check.detail.as_str())
    }
}

/// Stable code of a check, for programs. The check's `name` and `detail` are for display.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckCode {
    /// Whether the provider is reachable.
    Connection,
    /// Whether the provider answers API calls.
    ApiAccess,
    /// Whether the required scopes are granted.
    Scopes,
    /// Whether the account is still the one that was connected.
    SameAccount,
    /// Whether deals can be read.
    DealsReadable,
    /// Whether files can be read.
    FilesReadable,
    /// Whether the status field exists.
    StatusField,
    /// Whether the status field is writable.
    StatusFieldWritable,
    /// Whether the type of the status field can hold a status. `data` contains the type under the key `type`.
    StatusFieldType,
    /// Whether the status field accepts every label.
    StatusLabels,
    /// Whether enough API calls remain.
    ApiUsage,
    /// Whether the connected user has no more permissions than needed.
    LeastPrivilege,
}

impl CheckCode {
    pub fn is_about_permissions(self) -> bool {
        matches!(self, Self::ApiAccess | Self::Scopes | Self::SameAccount | Self::DealsReadable | Self::FilesReadable)
    }

    pub fn is_about_status_field(self) -> bool {
        matches!(self, Self::StatusField | Self::StatusFieldWritable | Self::StatusFieldType | Self::StatusLabels)
    }
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    pub code: CheckCode,
    pub name: String,
    /// Whether the check passed.
    pub ok: bool,
    /// Details for programs.
    pub data: BTreeMap<String, String>,
    /// Text for display: the result and, if the check failed, who can fix the problem and how.
    pub detail: String,
}

impl Check {
    /// Creates a check result without `data`.
    pub fn new(code: CheckCode, name: impl Into<String>, ok: bool, detail: impl Into<String>) -> Self {
        Self { code, name: name.into(), ok, data: BTreeMap::new(), detail: detail.into() }
    }

    /// Adds an entry to `data`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.data.insert(name.to_owned(), value.into());
        self
    }
}
