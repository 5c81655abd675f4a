//! Records at providers: deals, files, orders and parties.

use serde::{Deserialize, Serialize};
use std::fmt;
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

/// Id of a record at the provider. The connector normalizes it, so that the same record always has the same text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(String);

impl RecordId {
    /// Creates an id from text that the connector has validated and normalized.
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

/// Type of a record. Types sort by their text, as in the database.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum RecordKind {
    /// A sales opportunity.
    Deal,
    /// A file in a folder.
    File,
    /// A sales or purchase order.
    Order,
    /// A customer or supplier.
    Party,
}

/// A record in an account at the provider.
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
