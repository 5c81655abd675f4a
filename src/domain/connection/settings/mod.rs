//! Settings of a connection.

mod file_back;

use crate::domain::connection::deal::TriggerRule;
use crate::domain::contract::NegotiationStatus;
use crate::domain::file::rule::FileRule;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

pub use file_back::{FileBack, FileBackStatus};

#[cfg(feature = "server")]
use crate::domain::connection::SignatureRule;

/// Settings of a connection; `metadata` in the API. An absent setting has its default value. The server rejects unknown settings,
/// and the browser ignores them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "server", serde(deny_unknown_fields))]
pub struct Settings {
    /// API name of the field to which the contract's status is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_field: Option<String>,
    /// Labels to write to the provider instead of [`NegotiationStatus::label`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub status_labels: BTreeMap<LabelKey, String>,
    /// Ids of the stages in which a deal leads to a contract.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trigger_stages: Vec<String>,
    /// Further conditions of the trigger rule.
    #[serde(default, skip_serializing_if = "Trigger::is_default")]
    pub trigger: Trigger,
    /// Seconds between two polls. 0 switches polling off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_seconds: Option<u32>,
    /// Percentage of the remaining API calls of the day that polling uses when they run low.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_api_share: Option<u8>,
    #[serde(default, skip_serializing_if = "FileRule::is_documents")]
    pub file_rule: FileRule,
    /// Whether the status is written to the deal as soon as the contract exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_on_create: Option<bool>,
    /// Whether a new version from the provider sets an approved contract back to `in_review`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reopen_on_new_version: Option<bool>,
    #[serde(default, skip_serializing_if = "FileBack::is_off")]
    pub file_back: FileBack,
    #[cfg(feature = "server")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_signature: Option<SignatureRule>,
}

/// Key of a label in the settings: a negotiation status, or `needs_file`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, EnumString, IntoStaticStr, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum LabelKey {
    Draft,
    InReview,
    InNegotiation,
    Approved,
    Signed,
    Rejected,
    /// Written instead of the status while the deal has no usable file. There is no default label.
    NeedsFile,
}

impl LabelKey {
    /// Name of the label for users.
    pub fn name(self) -> &'static str {
        let status = NegotiationStatus::ALL.iter().find(|status| Self::from(**status) == self);
        status.map_or("No usable file", |status| status.label())
    }
}

impl From<NegotiationStatus> for LabelKey {
    fn from(status: NegotiationStatus) -> Self {
        match status {
            NegotiationStatus::Draft => Self::Draft,
            NegotiationStatus::InReview => Self::InReview,
            NegotiationStatus::InNegotiation => Self::InNegotiation,
            NegotiationStatus::Approved => Self::Approved,
            NegotiationStatus::Signed => Self::Signed,
            NegotiationStatus::Rejected => Self::Rejected,
        }
    }
}

/// Conditions that a deal in a trigger stage must meet too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "server", serde(deny_unknown_fields))]
#[serde(default)]
pub struct Trigger {
    /// API names of the record types that match. All record types match if the list is empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub record_types: Vec<String>,
    /// Id of the pipeline that matches. All pipelines match if it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    /// API name of the field that contains the stage, if it is not the provider's stage field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Whether a deal that has left the stage before it was processed is skipped. If `field` is set, polling finds a deal only
    /// while it is in the stage, whatever the value is: providers keep no history of other fields.
    pub only_if_still_there: bool,
}

impl Default for Trigger {
    fn default() -> Self {
        Self { record_types: Vec::new(), pipeline: None, field: None, only_if_still_there: true }
    }
}

impl Trigger {
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

pub const DEFAULT_POLL_SECONDS: u32 = 60;
pub const DEFAULT_POLL_API_SHARE: u8 = 10;
pub const DEFAULT_STATUS_FIELD: &str = "LexiContract_Status__c";
pub const DEFAULT_TRIGGER_STAGE: &str = "Needs Legal Review";

impl Settings {
    pub fn status_field(&self) -> &str {
        self.status_field.as_deref().unwrap_or(DEFAULT_STATUS_FIELD)
    }

    pub fn trigger_stages(&self) -> Vec<String> {
        if self.trigger_stages.is_empty() { vec![DEFAULT_TRIGGER_STAGE.to_owned()] } else { self.trigger_stages.clone() }
    }

    pub fn trigger_rule(&self) -> TriggerRule {
        let Trigger { record_types, pipeline, field, only_if_still_there } = self.trigger.clone();
        TriggerRule { stages: self.trigger_stages(), record_types, pipeline, field, only_if_still_there }
    }

    pub fn status_label(&self, status: NegotiationStatus) -> &str {
        self.status_labels.get(&status.into()).map_or(status.label(), String::as_str)
    }

    /// Label to write while the deal has no usable file; `None` if the status is written.
    pub fn needs_file_label(&self) -> Option<&str> {
        self.status_labels.get(&LabelKey::NeedsFile).map(String::as_str)
    }

    /// Value that the status field of the deal must have. Write-back, reconciliation and dry run use this function.
    pub fn value_to_write(&self, status: NegotiationStatus, has_version: bool) -> &str {
        self.needs_file_label().filter(|_| !has_version).unwrap_or_else(|| self.status_label(status))
    }

    /// All values that can be written to the status field.
    pub fn writable_values(&self) -> impl Iterator<Item = &str> {
        NegotiationStatus::ALL.iter().map(|status| self.status_label(*status)).chain(self.needs_file_label())
    }

    /// Interval of polling; `None` if polling is off.
    pub fn poll_interval(&self) -> Option<Duration> {
        let seconds = self.poll_seconds.unwrap_or(DEFAULT_POLL_SECONDS);
        (seconds > 0).then(|| Duration::from_secs(seconds.into()))
    }

    pub fn poll_api_share(&self) -> u8 {
        self.poll_api_share.unwrap_or(DEFAULT_POLL_API_SHARE)
    }

    pub fn writes_on_create(&self) -> bool {
        self.write_on_create.unwrap_or(true)
    }

    pub fn reopens_on_new_version(&self) -> bool {
        self.reopen_on_new_version.unwrap_or(true)
    }

    #[cfg(feature = "server")]
    pub fn requires_signature(&self) -> bool {
        self.webhook_signature == Some(SignatureRule::Required)
    }

    /// Replaces the given top-level keys, and removes the keys whose value is `null`. If a value is invalid, the error is a
    /// sentence with the key and its allowed values.
    pub fn merged(&self, changes: &Map<String, Value>) -> Result<Self, String> {
        let mut merged = match serde_json::to_value(self) {
            Ok(Value::Object(map)) => map,
            _ => Map::new(),
        };
        for (key, value) in changes {
            match value {
                Value::Null if KEYS.contains(&key.as_str()) => merged.remove(key),
                _ => merged.insert(key.clone(), value.clone()),
            };
        }
        let settings: Self = serde_json::from_value(Value::Object(merged)).map_err(|error| type_error(changes, &error))?;
        settings.validated()
    }

    fn validated(mut self) -> Result<Self, String> {
        self.file_rule = self.file_rule.validated()?;
        if self.status_field.as_deref().is_some_and(|name| !is_field_name(name)) {
            return Err("`metadata.status_field` must be the API name of a field, such as `LexiContract_Status__c`".to_owned());
        }
        if !self.status_labels.values().all(|label| is_label(label)) {
            return Err(format!("`metadata.status_labels` must contain {LABELS}"));
        }
        if self.trigger_stages.len() > MAX_STAGES || !self.trigger_stages.iter().all(|stage| is_label(stage)) {
            return Err(format!("`metadata.trigger_stages` must contain at most {MAX_STAGES} {LABELS}"));
        }
        let Trigger { record_types, pipeline, field, .. } = &self.trigger;
        if record_types.len() > MAX_STAGES || !record_types.iter().chain(pipeline).all(|text| is_label(text)) {
            return Err(format!(
                "`metadata.trigger` must contain at most {MAX_STAGES} record types, and a pipeline, as {LABELS}"
            ));
        }
        if field.as_deref().is_some_and(|name| !is_field_name(name)) {
            return Err("`metadata.trigger.field` must be the API name of a field, such as `Legal_Stage__c`".to_owned());
        }
        if self.poll_seconds.is_some_and(|seconds| seconds != 0 && !POLL_SECONDS.contains(&seconds)) {
            return Err("`metadata.poll_seconds` must be 30 to 3600, or 0 to switch polling off".to_owned());
        }
        if self.poll_api_share.is_some_and(|percent| !(1..=50).contains(&percent)) {
            return Err("`metadata.poll_api_share` must be 1 to 50, in percent of the API calls that are left".to_owned());
        }
        Ok(self)
    }
}

/// Names the changed key whose value has the wrong type, so that a change of several keys can be corrected.
fn type_error(changes: &Map<String, Value>, error: &serde_json::Error) -> String {
    let is_wrong = |(key, value): &(&String, &Value)| {
        !value.is_null()
            && KEYS.contains(&key.as_str())
            && serde_json::from_value::<Settings>(json!({ key.as_str(): value })).is_err()
    };
    match changes.iter().find(is_wrong) {
        Some((key, _)) => format!("`metadata.{key}`: {error}"),
        None => format!("`metadata`: {error}"),
    }
}

const KEYS: [&str; 11] = [
    "status_field",
    "status_labels",
    "trigger_stages",
    "trigger",
    "poll_seconds",
    "poll_api_share",
    "file_rule",
    "write_on_create",
    "reopen_on_new_version",
    "file_back",
    "webhook_signature",
];
const POLL_SECONDS: RangeInclusive<u32> = 30..=3_600;
/// Maximum length of a picklist label in Salesforce.
const MAX_LABEL_CHARACTERS: usize = 255;
const MAX_STAGES: usize = 50;
const LABELS: &str = "values of 1 to 255 characters, without line breaks or other control characters";

fn is_label(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_LABEL_CHARACTERS && !text.chars().any(char::is_control)
}

/// True for the format of Salesforce API names: a letter, then letters, digits and underscores. Consecutive underscores are
/// allowed, because the suffix `__c` and a namespace contain them.
fn is_field_name(name: &str) -> bool {
    name.len() <= 80
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !name.ends_with('_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests;
