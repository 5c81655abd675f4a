//! The rows of every type, and the bytes of files.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use serde_json::Value;

use super::schema::Type;
use crate::ids;

/// Fields by which files are found. Nothing changes them once a record is there.
const FIXED: [(&str, &str); 4] = [
    ("Attachment", "ParentId"),
    ("ContentDocumentLink", "ContentDocumentId"),
    ("ContentDocumentLink", "LinkedEntityId"),
    ("ContentVersion", "ContentDocumentId"),
];

/// The fields of one record, by API name.
pub type Record = BTreeMap<String, Value>;

/// All records of one organization.
#[derive(Debug)]
pub struct Records {
    instance: &'static str,
    last: u64,
    tables: BTreeMap<&'static str, BTreeMap<String, Record>>,
    /// Ids by what they belong to: a type's name, its field, and the id in it.
    belonging: HashMap<(&'static str, &'static str, String), Vec<String>>,
    bytes: HashMap<String, Bytes>,
}

impl Records {
    /// No records; ids will carry `instance` (three characters).
    pub fn new(instance: &'static str) -> Self {
        Records { instance, last: 4_000_000, tables: BTreeMap::new(), belonging: HashMap::new(), bytes: HashMap::new() }
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
        for (_, field) in FIXED.iter().filter(|(name, _)| *name == object.name) {
            let key = (object.name, *field, text(&record, field).to_owned());
            self.belonging.entry(key).or_default().push(id.clone());
        }
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

    /// Those of a type that are not deleted and have one of these ids in a field, by id; `None` when only a look at all tells.
    pub fn with_ids(&self, object: &str, field: &str, ids: &[&str]) -> Option<Vec<&Record>> {
        let mut found: Vec<&str> = match FIXED.iter().find(|known| **known == (object, field)) {
            _ if field == "Id" => ids.to_vec(),
            Some((object, field)) => {
                let of = |id: &&str| self.belonging.get(&(*object, *field, (*id).to_owned()));
                ids.iter().filter_map(of).flatten().map(String::as_str).collect()
            }
            None => return None,
        };
        found.sort_unstable();
        found.dedup();
        Some(found.into_iter().filter_map(|id| self.live(object, id)).collect())
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
