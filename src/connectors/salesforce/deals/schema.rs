//! Stages and status fields that a user can choose in the settings of a connection.

use super::describe::{FieldDescription, ObjectDescription};
use crate::domain::connection::deal_schema::{DealSchema, StatusField};

/// Collects the stages and the possible status fields. Omits standard fields, because they have a fixed meaning in Salesforce.
pub(super) fn deal_schema(description: ObjectDescription) -> DealSchema {
    let stages = description.field("StageName").map(values).unwrap_or_default();
    let can_edit = description.updateable;
    let mut fields: Vec<StatusField> = description
        .fields
        .into_iter()
        .filter(|field| can_edit && field.updateable && field.name.ends_with("__c") && field.holds_text())
        .map(|field| StatusField { values: values(&field), label: label(&field), name: field.name })
        .collect();
    fields.sort_by(|a, b| a.label.cmp(&b.label));
    DealSchema { fields, stages }
}

fn label(field: &FieldDescription) -> String {
    if field.label.is_empty() { field.name.clone() } else { field.label.clone() }
}

fn values(field: &FieldDescription) -> Vec<String> {
    field.picklist_values.iter().filter(|value| value.active).map(|value| value.value.clone()).collect()
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
             "picklistValues": [{"active": true, "value": "Prospecting"}, {"active": false, "value": "Old"}]},
            {"name": "Zone__c", "label": "Zone", "type": "string", "updateable": true},
            {"name": "Legal__c", "label": "Legal status", "type": "picklist", "updateable": true,
             "picklistValues": [{"active": true, "value": "Draft"}]},
            {"name": "Locked__c", "label": "Locked", "type": "string", "updateable": false},
            {"name": "Amount__c", "label": "Amount", "type": "currency", "updateable": true}
        ]}));
        let found = deal_schema(description.unwrap());
        assert_eq!(found.stages, ["Prospecting"]);
        let names: Vec<&str> = found.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["Legal__c", "Zone__c"]);
        assert_eq!(found.field("legal__C").unwrap().values, ["Draft"]);
    }

    #[test]
    fn no_field_is_offered_if_opportunities_are_read_only() {
        let description = serde_json::from_value(json!({"updateable": false, "fields": [
            {"name": "Legal__c", "type": "string", "updateable": true}
        ]}));
        assert_eq!(deal_schema(description.unwrap()), DealSchema::default());
    }
}
