//! What the connected user may see and change of Opportunities.

use super::call::data_path;
use crate::connectors::{Call, Error};
use serde::Deserialize;

/// An org with hundreds of fields and long picklists describes itself in megabytes.
const DESCRIBE_LIMIT: usize = 16 * 1024 * 1024;

/// The parts of a description that we look at.
#[derive(Deserialize)]
pub(super) struct ObjectDescription {
    #[serde(default)]
    pub(super) updateable: bool,
    pub(super) fields: Vec<FieldDescription>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FieldDescription {
    pub(super) name: String,
    #[serde(default)]
    pub(super) label: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) updateable: bool,
    #[serde(default)]
    pub(super) length: usize,
    #[serde(default)]
    pub(super) restricted_picklist: bool,
    #[serde(default)]
    pub(super) picklist_values: Vec<PicklistValue>,
}

#[derive(Deserialize)]
pub(super) struct PicklistValue {
    #[serde(default)]
    pub(super) active: bool,
    #[serde(default)]
    pub(super) value: String,
}

pub(super) async fn opportunity_description(call: &Call) -> Result<ObjectDescription, Error> {
    let path = data_path(call, "sobjects/Opportunity/describe");
    call.get("describe the Opportunity", &path).resource().limit(DESCRIBE_LIMIT).json().await
}

impl ObjectDescription {
    /// The field of that API name; Salesforce does not tell case apart.
    pub(super) fn field(&self, name: &str) -> Option<&FieldDescription> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}
