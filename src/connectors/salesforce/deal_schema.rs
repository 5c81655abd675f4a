//! What the settings of a connection can be chosen from, read from Salesforce's description of the Opportunity.

use super::{
    describe::{FieldDescription, ObjectDescription, opportunity_description},
    field_checks::TEXT_TYPES,
};
use crate::{
    connectors::{Call, Error},
    domain::connection::deal_schema::{DealSchema, StatusField},
};

const STAGE: &str = "StageName";

pub(super) async fn schema(call: &Call) -> Result<DealSchema, Error> {
    Ok(choices(opportunity_description(call).await?))
}

/// Standard fields mean something to Salesforce, so only custom ones are offered.
fn choices(description: ObjectDescription) -> DealSchema {
    let stages = description.field(STAGE).map(values).unwrap_or_default();
    let can_edit = description.updateable;
    let mut fields: Vec<StatusField> = description
        .fields
        .into_iter()
        .filter(|field| can_edit && field.updateable && is_custom(&field.name) && TEXT_TYPES.contains(&field.kind.as_str()))
        .map(|field| StatusField { values: values(&field), label: label(&field), name: field.name })
        .collect();
    fields.sort_by(|a, b| a.label.cmp(&b.label));
    DealSchema { fields, stages }
}

fn is_custom(name: &str) -> bool {
    name.ends_with("__c")
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
    fn only_what_can_hold_and_take_a_status_is_offered() {
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
        let found = choices(description.unwrap());
        assert_eq!(found.stages, ["Prospecting"]);
        let names: Vec<&str> = found.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["Legal__c", "Zone__c"]);
        assert_eq!(found.field("legal__C").unwrap().values, ["Draft"]);
    }

    #[test]
    fn a_user_who_may_not_edit_opportunities_is_offered_no_field() {
        let description = serde_json::from_value(json!({"updateable": false, "fields": [
            {"name": "Legal__c", "type": "string", "updateable": true}
        ]}));
        assert_eq!(choices(description.unwrap()), DealSchema::default());
    }
}
