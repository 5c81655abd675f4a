//! The rows of every type, and the bytes of files.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use serde_json::Value;

use super::schema::Type;
use crate::ids;

/// The fields of one record, by API name.
pub type Record = BTreeMap<String, Value>;

/// All records of one organization.
#[derive(Debug)]
pub struct Records {
    instance: &'static str,
    last: u64,
    tables: BTreeMap<&'static str, BTreeMap<String, Record>>,
    bytes: HashMap<String, Bytes>,
}

impl Records {
    /// No records; ids will carry `instance` (three characters).
    pub fn new(instance: &'static str) -> Self {
        Records { instance, last: 4_000_000, tables: BTreeMap::new(), bytes: HashMap::new() }
    }

    /// An id that no record has yet.
    pub fn new_id(&mut self, prefix: &str) -> String {
        self.last += 7;
        ids::make(prefix, self.instance, self.last)
    }

    /// Adds a record under a new id and answers the id.
    pub fn insert(&mut self, object: &Type, mut record: Record) -> String {
        let id = self.new_id(object.prefix);
        record.insert("Id".to_owned(), id.clone().into());
        record.entry("IsDeleted".to_owned()).or_insert(false.into());
        self.tables.entry(object.name).or_default().insert(id.clone(), record);
        id
    }

    /// The record, deleted or not.
    pub fn find(&self, object: &str, id: &str) -> Option<&Record> {
        self.tables.get(object)?.get(id)
    }

    /// The record, when it is not deleted.
    pub fn live(&self, object: &str, id: &str) -> Option<&Record> {
        self.find(object, id).filter(|record| !is_deleted(record))
    }

    /// The record to change, when it is not deleted.
    pub fn live_mut(&mut self, object: &str, id: &str) -> Option<&mut Record> {
        self.tables.get_mut(object)?.get_mut(id).filter(|record| !is_deleted(record))
    }

    /// All records of a type that are not deleted, by id.
    pub fn all(&self, object: &str) -> impl Iterator<Item = &Record> {
        self.tables.get(object).into_iter().flat_map(BTreeMap::values).filter(|record| !is_deleted(record))
    }

    /// Keeps the bytes of a record.
    pub fn store_bytes(&mut self, id: &str, bytes: Bytes) {
        self.bytes.insert(id.to_owned(), bytes);
    }

    /// The bytes of a record.
    pub fn bytes(&self, id: &str) -> Option<Bytes> {
        self.bytes.get(id).cloned()
    }
}

/// A text field of a record; empty when it is missing.
pub fn text<'a>(record: &'a Record, field: &str) -> &'a str {
    record.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Makes a record of pairs.
pub fn record<const N: usize>(fields: [(&str, Value); N]) -> Record {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn is_deleted(record: &Record) -> bool {
    record.get("IsDeleted") == Some(&Value::Bool(true))
}
