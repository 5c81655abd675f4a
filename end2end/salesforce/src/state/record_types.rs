//! Record types of Opportunities in Salesforce's sense: variants of an object, such as `New_Business` and `Renewal`.

use super::organization::State;
use super::records::{Record, record, text};
use super::schema::{self, Type};
use serde_json::{Value, json};

/// Developer name of the record type that new Opportunities have.
pub const DEFAULT: &str = "New_Business";

const SEEDED: [(&str, &str); 2] = [(DEFAULT, "New Business"), ("Renewal", "Renewal")];
const MASTER: &str = "Master";
const MASTER_ID: &str = "012000000000000AAA";

pub fn seed(state: &mut State, at: &str) {
    for (developer_name, name) in SEEDED {
        let fields = record([
            ("Name", name.into()),
            ("DeveloperName", developer_name.into()),
            ("SobjectType", "Opportunity".into()),
            ("IsActive", true.into()),
            ("CreatedDate", at.into()),
            ("LastModifiedDate", at.into()),
            ("SystemModstamp", at.into()),
        ]);
        state.records.insert(schema::find("RecordType").expect("the schema has this type"), fields);
    }
}

/// Returns the id of the record type with this developer name.
pub fn id(state: &State, developer_name: &str) -> Option<String> {
    let found = state.records.all("RecordType").find(|known| text(known, "DeveloperName") == developer_name)?;
    Some(text(found, "Id").to_owned())
}

/// Returns the developer name of an Opportunity's record type, or `null`.
pub fn developer_name(state: &State, opportunity: &Record) -> Value {
    let found = state.records.live("RecordType", text(opportunity, "RecordTypeId"));
    found.map_or(Value::Null, |found| text(found, "DeveloperName").into())
}

/// Lists the record types of an object for its description. The last one is the master record type, which every object has.
pub fn infos(state: &State, object: &Type) -> Vec<Value> {
    let is_visible = object.field("RecordTypeId", state.view()).is_some();
    let own = state.records.all("RecordType").filter(|known| is_visible && text(known, "SobjectType") == object.name);
    let mut types: Vec<_> = own.map(|known| (text(known, "Id"), text(known, "Name"), text(known, "DeveloperName"))).collect();
    let default = if types.is_empty() { MASTER } else { DEFAULT };
    types.push((MASTER_ID, MASTER, MASTER));
    let info = |(id, name, developer_name)| {
        json!({
            "active": true, "available": true, "defaultRecordTypeMapping": developer_name == default,
            "developerName": developer_name, "master": developer_name == MASTER, "name": name, "recordTypeId": id,
        })
    };
    types.into_iter().map(info).collect()
}
