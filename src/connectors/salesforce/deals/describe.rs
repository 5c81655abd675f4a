//! Descriptions of objects. Salesforce omits fields that the connected user cannot see.

use crate::connectors::salesforce::rest::data_path;
use crate::connectors::{Call, Error};
use serde::Deserialize;

/// Maximum size of a description in bytes. Hundreds of fields with long picklists need several megabytes.
const DESCRIBE_LIMIT: usize = 16 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ObjectDescription {
    #[serde(default)]
    pub(crate) createable: bool,
    #[serde(default)]
    pub(crate) updateable: bool,
    pub(crate) fields: Vec<FieldDescription>,
    #[serde(default)]
    pub(crate) record_type_infos: Vec<RecordTypeInfo>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FieldDescription {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) label: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) updateable: bool,
    #[serde(default)]
    pub(crate) length: usize,
    #[serde(default)]
    pub(crate) restricted_picklist: bool,
    #[serde(default)]
    pub(crate) picklist_values: Vec<PicklistValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct PicklistValue {
    pub(crate) active: bool,
    pub(crate) value: String,
    pub(crate) label: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct RecordTypeInfo {
    pub(crate) name: String,
    pub(crate) developer_name: String,
    pub(crate) active: bool,
    /// True for the master record type, the type of records without another record type.
    pub(crate) master: bool,
}

pub(crate) async fn opportunity_description(call: &Call) -> Result<ObjectDescription, Error> {
    description(call, "describe the Opportunity", "Opportunity").await
}

/// Description of the revisions of files.
pub(crate) async fn version_description(call: &Call) -> Result<ObjectDescription, Error> {
    description(call, "describe the files", "ContentVersion").await
}

async fn description(call: &Call, what: &str, object: &str) -> Result<ObjectDescription, Error> {
    let path = data_path(call, &format!("sobjects/{object}/describe"));
    call.get(what, &path).resource().limit(DESCRIBE_LIMIT).json().await
}

impl ObjectDescription {
    /// Finds a field by its API name, without regard to case.
    pub(crate) fn field(&self, name: &str) -> Option<&FieldDescription> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }
}

impl FieldDescription {
    pub(crate) fn holds_text(&self) -> bool {
        matches!(self.kind.as_str(), "string" | "textarea" | "picklist")
    }
}
