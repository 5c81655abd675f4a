//! Checks that the status field exists, that the user is allowed to edit it, and that it accepts every label.

use super::CheckSpec;
use crate::connectors::salesforce::deals::describe::{FieldDescription, ObjectDescription};
use crate::domain::connection::{Check, CheckCode};

const EXISTS: CheckSpec = CheckSpec(CheckCode::StatusField, "Status field");
const WRITABLE: CheckSpec = CheckSpec(CheckCode::StatusFieldWritable, "Status field writable");
const TYPE: CheckSpec = CheckSpec(CheckCode::StatusFieldType, "Status field type");
const LABELS: CheckSpec = CheckSpec(CheckCode::StatusLabels, "Status labels");

pub(super) fn checks(description: &ObjectDescription, name: &str, labels: &[&str]) -> Vec<Check> {
    let Some(field) = description.field(name) else { return vec![EXISTS.failed(missing(name))] };
    let exists = EXISTS.passed(format!("Opportunity has the field {}.", field.name));
    vec![exists, writable(field, description.updateable), type_check(field), label_check(field, labels)]
}

fn missing(name: &str) -> String {
    format!(
        "Opportunity has no field {name}, or the connected user does not have access to it. Your Salesforce administrator must \
         create it (Setup → Object Manager → Opportunity → Fields & Relationships → New; the setup package does it) and make it \
         visible (Set Field-Level Security), or an admin must choose another field in the settings of this connection."
    )
}

fn path(field: &str) -> String {
    format!("Setup → Object Manager → Opportunity → Fields & Relationships → {field}")
}

fn writable(field: &FieldDescription, object_is_updateable: bool) -> Check {
    let name = &field.name;
    match (object_is_updateable, field.updateable) {
        (true, true) => WRITABLE.passed(format!("The connected user can edit {name}.")),
        (false, _) => WRITABLE.failed(
            "The connected user is not allowed to edit Opportunities. Your Salesforce administrator must allow it: Setup → \
             Permission Sets → Object Settings → Opportunities → Edit.",
        ),
        (true, false) => WRITABLE.failed(format!(
            "The connected user is not allowed to edit {name}. Your Salesforce administrator must allow it: {} → Set Field-Level \
             Security → Visible, not Read-Only.",
            path(name)
        )),
    }
}

fn type_check(field: &FieldDescription) -> Check {
    let (name, kind) = (&field.name, &field.kind);
    let check = if field.holds_text() {
        TYPE.passed(format!("{name} is of type {kind}."))
    } else {
        TYPE.failed(format!(
            "{name} is of type {kind}, which cannot store a status. Your Salesforce administrator must change it to a text field \
             or a picklist ({} → Change Field Type), or an admin must choose another field in the settings of this connection.",
            path(name)
        ))
    };
    check.with("type", kind.as_str())
}

fn label_check(field: &FieldDescription, labels: &[&str]) -> Check {
    let name = &field.name;
    let rejected: Vec<String> = labels.iter().filter(|label| !field.accepts(label)).map(|label| format!("“{label}”")).collect();
    if rejected.is_empty() {
        return LABELS.passed(format!("{name} accepts every status."));
    }
    let (rejected, path) = (rejected.join(", "), path(name));
    LABELS.failed(match field.kind == "picklist" {
        true => format!(
            "The picklist {name} lacks {rejected}. Your Salesforce administrator must add the missing values: {path} → Values → \
             New."
        ),
        false => format!(
            "{name} has room for {} characters, which is too few for {rejected}. Your Salesforce administrator must lengthen it: \
             {path} → Edit.",
            field.length
        ),
    })
}

impl FieldDescription {
    fn accepts(&self, label: &str) -> bool {
        match self.kind.as_str() {
            "picklist" if self.restricted_picklist => {
                self.picklist_values.iter().any(|value| value.active && value.value == label)
            }
            _ => self.length == 0 || label.chars().count() <= self.length,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    const NAME: &str = "LexiContract_Status__c";

    fn checks(field: Value) -> Vec<(String, bool, String)> {
        let description = serde_json::from_value(json!({"updateable": true, "fields": [field]})).unwrap();
        let labels = ["Draft", "In Review"];
        super::checks(&description, NAME, &labels).into_iter().map(|check| (check.name, check.ok, check.detail)).collect()
    }

    #[test]
    fn editable_text_field_passes() {
        let all = checks(json!({"name": "lexicontract_status__C", "type": "string", "length": 40, "updateable": true}));
        assert!(all.len() == 4 && all.iter().all(|(_, ok, _)| *ok), "{all:?}");
    }

    #[test]
    fn missing_field_is_one_failed_check_that_names_the_place_to_create_it() {
        let all = checks(json!({"name": "Other__c", "type": "string"}));
        assert_eq!(all.len(), 1);
        assert!(!all[0].1 && all[0].2.contains(NAME) && all[0].2.contains("Setup →"), "{all:?}");
    }

    #[test]
    fn restricted_picklist_check_names_the_missing_values() {
        let values = json!([{"active": true, "value": "Draft"}, {"active": false, "value": "In Review"}]);
        let picklist = |restricted: bool| {
            checks(json!({
                "name": NAME, "type": "picklist", "length": 255, "updateable": true,
                "restrictedPicklist": restricted, "picklistValues": values
            }))
        };
        let (_, ok, detail) = picklist(true).pop().unwrap();
        assert!(!ok && detail.contains("“In Review”") && !detail.contains("“Draft”"), "{detail}");
        assert!(picklist(false).pop().unwrap().1);
    }

    #[test]
    fn read_only_short_and_non_text_fields_fail() {
        let failing =
            |field: Value| -> Vec<String> { checks(field).into_iter().filter(|(_, ok, _)| !ok).map(|(name, ..)| name).collect() };
        assert_eq!(failing(json!({"name": NAME, "type": "string", "length": 40})), ["Status field writable"]);
        assert_eq!(failing(json!({"name": NAME, "type": "string", "length": 5, "updateable": true})), ["Status labels"]);
        assert_eq!(failing(json!({"name": NAME, "type": "boolean", "updateable": true})), ["Status field type"]);
    }
}
