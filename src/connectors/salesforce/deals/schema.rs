//! Stages, record types and status fields that a user can choose in the settings of a connection.

use super::describe::{FieldDescription, ObjectDescription, PicklistValue, RecordTypeInfo};
use crate::domain::connection::deal_schema::{DealSchema, RecordType, Stage, StatusField};

/// Collects the stages, record types and possible status fields. Omits standard fields, which have a fixed meaning in Salesforce.
pub(super) fn deal_schema(description: ObjectDescription) -> DealSchema {
    let stages = description.field("StageName").map(stages).unwrap_or_default();
    let record_types = description.record_type_infos.into_iter().filter_map(record_type).collect();
    let values = |field: &FieldDescription| active_values(field).map(|value| value.value.clone()).collect();
    let can_edit = description.updateable;
    let mut fields: Vec<StatusField> = description
        .fields
        .into_iter()
        .filter(|field| can_edit && field.updateable && field.name.ends_with("__c") && field.holds_text())
        .map(|field| StatusField { values: values(&field), label: or_name(&field.label, &field.name), name: field.name })
        .collect();
    fields.sort_by(|a, b| a.label.cmp(&b.label));
    DealSchema { fields, stages, record_types }
}

fn stages(field: &FieldDescription) -> Vec<Stage> {
    let stage = |value: &PicklistValue| Stage { id: value.value.clone(), label: or_name(&value.label, &value.value) };
    active_values(field).map(stage).collect()
}

fn record_type(info: RecordTypeInfo) -> Option<RecordType> {
    let is_offered = info.active && !info.master && !info.developer_name.is_empty();
    is_offered.then(|| RecordType { label: or_name(&info.name, &info.developer_name), id: info.developer_name })
}

fn or_name(label: &str, name: &str) -> String {
    if label.is_empty() { name.to_owned() } else { label.to_owned() }
}

fn active_values(field: &FieldDescription) -> impl Iterator<Item = &PicklistValue> {
    field.picklist_values.iter().filter(|value| value.active)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_editable_custom_text_fields_are_offered() {
        let description = serde_json::from_value(json!({"updateable": true, "fields": [
            {"name": "Name", "label": "Name", "type": "string", "updateable": true},
            {"name": "StageName", "label": "Stage", "type": "picklist", "updateable": true,
             "picklistValues": [
                 {"active": true, "value": "Prospecting", "label": "Suche"}, {"active": false, "value": "Old", "label": "Old"},
                 {"active": true, "value": "Closing"}
             ]},
            {"name": "Zone__c", "label": "Zone", "type": "string", "updateable": true},
            {"name": "Legal__c", "label": "Legal status", "type": "picklist", "updateable": true,
             "picklistValues": [{"active": true, "value": "Draft"}]},
            {"name": "Locked__c", "label": "Locked", "type": "string", "updateable": false},
            {"name": "Amount__c", "label": "Amount", "type": "currency", "updateable": true}
        ]}));
        let found = deal_schema(description.unwrap());
        let stages: Vec<(&str, &str)> = found.stages.iter().map(|stage| (stage.id.as_str(), stage.label.as_str())).collect();
        assert_eq!(stages, [("Prospecting", "Suche"), ("Closing", "Closing")]);
        let names: Vec<&str> = found.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["Legal__c", "Zone__c"]);
        assert_eq!(found.field("legal__C").unwrap().values, ["Draft"]);
    }

    #[test]
    fn active_record_types_are_offered_by_their_api_name() {
        let record_type = |name: &str, id: &str, active: bool, master: bool| json!({"name": name, "developerName": id, "active": active, "available": false, "master": master});
        let description = serde_json::from_value(json!({"fields": [], "recordTypeInfos": [
            record_type("New Business", "New_Business", true, false),
            record_type("Old", "Old", false, false),
            record_type("Master", "Master", true, true)
        ]}));
        let expected = RecordType { id: "New_Business".to_owned(), label: "New Business".to_owned() };
        assert_eq!(deal_schema(description.unwrap()).record_types, [expected]);
    }

    #[test]
    fn no_field_is_offered_if_opportunities_are_read_only() {
        let description = serde_json::from_value(json!({"updateable": false, "fields": [
            {"name": "Legal__c", "type": "string", "updateable": true}
        ]}));
        assert_eq!(deal_schema(description.unwrap()), DealSchema::default());
    }
}
