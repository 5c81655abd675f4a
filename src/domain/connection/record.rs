//! Records of providers: deals, files, parties and orders.

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// The id of a record at its provider, in the one form that the connector gives it: equal ids are equal texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(String);

impl RecordId {
    /// An id that a connector has checked and normalized.
    pub fn new(normalized: impl Into<String>) -> Self {
        Self(normalized.into())
    }

    /// Its text.
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

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// An opportunity of a sale.
    Deal,
    /// A file of a folder.
    File,
    /// A customer or supplier.
    Party,
    /// A sales or purchase order.
    Order,
}

impl RecordKind {
    /// The word of the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deal => "deal",
            Self::File => "file",
            Self::Party => "party",
            Self::Order => "order",
        }
    }

    /// The kind of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Deal, Self::File, Self::Party, Self::Order].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A record of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct RecordRef {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: RecordKind,
    /// Its id.
    pub id: RecordId,
}

impl RecordRef {
    /// A deal.
    pub fn deal(id: RecordId) -> Self {
        Self { kind: RecordKind::Deal, id }
    }
}

impl PartialOrd for RecordKind {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RecordKind {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}
