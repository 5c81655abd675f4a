//! Stores the records of all types, and the contents of files.

use super::schema::Type;
use crate::ids;
use bytes::Bytes;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Record types and their indexed reference fields. The values of these fields never change.
const INDEXED: [(&str, &str); 5] = [
    ("Attachment", "ParentId"),
    ("ContentDocumentLink", "ContentDocumentId"),
    ("ContentDocumentLink", "LinkedEntityId"),
    ("ContentVersion", "ContentDocumentId"),
    ("OpportunityHistory", "OpportunityId"),
];

const FIRST_NUMBER: u64 = 4_000_000;

pub type Record = BTreeMap<String, Value>;

#[derive(Debug)]
pub struct Records {
    instance: &'static str,
    /// Number in the newest id, by prefix.
    last: HashMap<String, u64>,
    tables: BTreeMap<&'static str, BTreeMap<String, Record>>,
    /// Ids of records by record type, indexed field, and referenced id.
    index: HashMap<(&'static str, &'static str, String), Vec<String>>,
    bytes: HashMap<String, Bytes>,
}

impl Records {
    /// Creates an empty store. Record ids contain the three characters of `instance`.
    pub fn new(instance: &'static str) -> Self {
        Records { instance, last: HashMap::new(), tables: BTreeMap::new(), index: HashMap::new(), bytes: HashMap::new() }
    }

    pub fn new_id(&mut self, prefix: &str) -> String {
        let last = self.last.entry(prefix.to_owned()).or_insert(FIRST_NUMBER);
        *last += 7;
        ids::make(prefix, self.instance, *last)
    }

    pub fn insert(&mut self, object: &Type, mut record: Record) -> String {
        let id = self.new_id(object.prefix);
        record.insert("Id".to_owned(), id.clone().into());
        record.entry("IsDeleted".to_owned()).or_insert(false.into());
        for (_, field) in INDEXED.iter().filter(|(name, _)| *name == object.name) {
            let key = (object.name, *field, text(&record, field).to_owned());
            self.index.entry(key).or_default().push(id.clone());
        }
        self.tables.entry(object.name).or_default().insert(id.clone(), record);
        id
    }

    pub fn find(&self, object: &str, id: &str) -> Option<&Record> {
        self.tables.get(object)?.get(id)
    }

    pub fn live(&self, object: &str, id: &str) -> Option<&Record> {
        self.find(object, id).filter(|record| !is_deleted(record))
    }

    pub fn live_mut(&mut self, object: &str, id: &str) -> Option<&mut Record> {
        self.tables.get_mut(object)?.get_mut(id).filter(|record| !is_deleted(record))
    }

    /// Lists the records of a type that are not deleted, sorted by id.
    pub fn all(&self, object: &str) -> impl Iterator<Item = &Record> {
        self.tables.get(object).into_iter().flat_map(BTreeMap::values).filter(|record| !is_deleted(record))
    }

    /// Lists the records whose field contains one of these ids, sorted by id. Returns `None` if the field has no index.
    pub fn with_ids(&self, object: &str, field: &str, ids: &[&str]) -> Option<Vec<&Record>> {
        let mut found: Vec<&str> = match INDEXED.iter().find(|known| **known == (object, field)) {
            _ if field == "Id" => ids.to_vec(),
            Some((object, field)) => {
                let of = |id: &&str| self.index.get(&(*object, *field, (*id).to_owned()));
                ids.iter().filter_map(of).flatten().map(String::as_str).collect()
            }
            None => return None,
        };
        found.sort_unstable();
        found.dedup();
        Some(found.into_iter().filter_map(|id| self.live(object, id)).collect())
    }

    pub fn store_bytes(&mut self, id: &str, bytes: Bytes) {
        self.bytes.insert(id.to_owned(), bytes);
    }

    pub fn bytes(&self, id: &str) -> Option<Bytes> {
        self.bytes.get(id).cloned()
    }
}

/// Returns the value of a text field, or an empty text.
pub fn text<'a>(record: &'a Record, field: &str) -> &'a str {
    record.get(field).and_then(Value::as_str).unwrap_or_default()
}

pub fn record<const N: usize>(fields: [(&str, Value); N]) -> Record {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn is_deleted(record: &Record) -> bool {
    record.get("IsDeleted") == Some(&Value::Bool(true))
}
