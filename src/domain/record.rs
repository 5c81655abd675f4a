//! Records at providers.

use serde::{Deserialize, Serialize};
use std::fmt;
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Id of a record. The connector normalizes the text, so a record has only one id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(String);

impl RecordId {
    /// Expects text that the connector has validated and normalized.
    pub fn new(normalized: impl Into<String>) -> Self {
        Self(normalized.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl utoipa::PartialSchema for RecordId {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

impl ToSchema for RecordId {}

/// Type of a record. The variants are in alphabetical order, so that they sort as in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[derive(ToSchema, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum RecordKind {
    Deal,
    File,
    Order,
    Party,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct RecordRef {
    #[serde(rename = "type")]
    pub kind: RecordKind,
    pub id: RecordId,
}

impl RecordRef {
    pub fn deal(id: RecordId) -> Self {
        Self { kind: RecordKind::Deal, id }
    }
}
