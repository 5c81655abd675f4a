//! Connection tests. A test has one check for each requirement.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConnectionTest {
    pub ok: bool,
    pub latency_ms: i64,
    pub account_label: Option<String>,
    pub checks: Vec<Check>,
}

impl ConnectionTest {
    /// Returns `false` if the provider did not answer. In that case, the other checks have no meaningful result.
    pub fn is_answered(&self) -> bool {
        self.connection_failure().is_none()
    }

    /// Returns the reason why the provider did not answer; `None` if it answered.
    pub fn connection_failure(&self) -> Option<&str> {
        self.checks.iter().find(|check| check.code == CheckCode::Connection && !check.ok).map(|check| check.detail.as_str())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckCode {
    Connection,
    ApiAccess,
    Scopes,
    /// The credentials still lead to the connected account.
    SameAccount,
    DealsReadable,
    FilesReadable,
    /// The connected user can create files. Checked if versions are filed at the provider.
    FilesCreatable,
    StatusField,
    StatusFieldWritable,
    /// The type of the status field can hold a status. `data` contains the type under the key `type`.
    StatusFieldType,
    StatusLabels,
    /// The trigger rule that is deployed at the provider is the rule in the settings.
    DeployedRule,
    /// Enough API calls remain.
    ApiUsage,
    /// The connected user has no more permissions than needed.
    LeastPrivilege,
}

impl CheckCode {
    pub fn is_about_permissions(self) -> bool {
        matches!(
            self,
            Self::ApiAccess | Self::Scopes | Self::SameAccount | Self::DealsReadable | Self::FilesReadable | Self::FilesCreatable
        )
    }

    pub fn is_about_status_field(self) -> bool {
        matches!(self, Self::StatusField | Self::StatusFieldWritable | Self::StatusFieldType | Self::StatusLabels)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    pub code: CheckCode,
    pub name: String,
    pub ok: bool,
    pub data: BTreeMap<String, String>,
    /// Result of the check. If the check failed, the text also says who can fix the problem and how.
    pub detail: String,
}

impl Check {
    pub fn new(code: CheckCode, name: impl Into<String>, ok: bool, detail: impl Into<String>) -> Self {
        Self { code, name: name.into(), ok, data: BTreeMap::new(), detail: detail.into() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.data.insert(name.to_owned(), value.into());
        self
    }
}
