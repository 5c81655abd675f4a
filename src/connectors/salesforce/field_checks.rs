//! Whether the status can be written: the field is there, this user may change it, and it takes every label.

use super::describe::{FieldDescription, ObjectDescription};
use crate::domain::connection::{Check, CheckCode};

/// Types of fields that hold a label.
pub(super) const TEXT_TYPES: [&str; 3] = ["string", "textarea", "picklist"];

/// The findings about the status field.
pub(super) fn field_checks(description: &ObjectDescription, name: &str, labels: &[String]) -> Vec<Check> {
    let Some(field) = description.field(name) else { return vec![missing(name)] };
    vec![present(field), writable(field, description.updateable), type_of(field), labels_of(field, labels)]
}

fn path(field: &str) -> String {
    format!("Setup → Object Manager → Opportunity → Fields & Relationships → {field}")
}

fn missing(name: &str) -> Check {
    Check::new(
        CheckCode::StatusField,
        "Status field",
        false,
        format!(
            "Opportunity has no field {name}, or the connected user may not see it. Your Salesforce administrator must create it (Setup → \
             Object Manager → Opportunity → Fields & Relationships → New; the set-up package does it) and make it visible \
             (Set Field-Level Security), or an admin names another field in the settings of this connection."
        ),
    )
}

fn present(field: &FieldDescription) -> Check {
    Check::new(CheckCode::StatusField, "Status field", true, format!("Opportunity has the field {}.", field.name))
}

fn writable(field: &FieldDescription, object_is_updateable: bool) -> Check {
    let name = &field.name;
    let detail = match (object_is_updateable, field.updateable) {
        (true, true) => format!("The connected user may edit {name}."),
        (false, _) => "The connected user may not edit Opportunities. Your Salesforce administrator must allow it: Setup → Permission Sets → \
             Object Settings → Opportunities → Edit."
            .to_owned(),
        (true, false) => format!(
            "The connected user may not edit {name}. Your Salesforce administrator must allow it: {} → Set Field-Level Security → \
             Visible, not Read-Only.",
            path(name)
        ),
    };
    Check::new(CheckCode::StatusFieldWritable, "Status field writable", object_is_updateable && field.updateable, detail)
}

fn type_of(field: &FieldDescription) -> Check {
    let ok = TEXT_TYPES.contains(&field.kind.as_str());
    let (name, kind) = (&field.name, &field.kind);
    let detail = match ok {
        true => format!("{name} is of type {kind}."),
        false => format!(
            "{name} is of type {kind} and cannot hold a status. Your Salesforce administrator must make it a text or a picklist ({} → \
             Change Field Type), or an admin names another field in the settings of this connection.",
            path(name)
        ),
    };
    Check::new(CheckCode::StatusFieldType, "Status field type", ok, detail).with("type", kind.as_str())
}

fn labels_of(field: &FieldDescription, labels: &[String]) -> Check {
    let refused: Vec<String> = labels.iter().filter(|label| !field.takes(label)).map(|label| format!("“{label}”")).collect();
    let name = &field.name;
    let detail = match (refused.is_empty(), field.kind == "picklist") {
        (true, _) => format!("{name} takes every status."),
        (false, true) => format!(
            "The picklist {name} lacks {}. Your Salesforce administrator must add what is missing: {} → Values → New.",
            refused.join(", "),
            path(name)
        ),
        (false, false) => format!(
            "{name} holds {} characters, too few for {}. Your Salesforce administrator must lengthen it: {} → Edit.",
            field.length,
            refused.join(", "),
            path(name)
        ),
    };
    Check::new(CheckCode::StatusLabels, "Status labels", refused.is_empty(), detail)
}

impl FieldDescription {
    fn takes(&self, label: &str) -> bool {
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
    use super::*;
    use serde_json::{Value, json};

    const NAME: &str = "LexiContract_Status__c";

    fn checks(field: Value) -> Vec<(String, bool, String)> {
        let description = serde_json::from_value(json!({"updateable": true, "fields": [field]})).unwrap();
        let labels = ["Draft".to_owned(), "In Review".to_owned()];
        field_checks(&description, NAME, &labels).into_iter().map(|check| (check.name, check.ok, check.detail)).collect()
    }

    #[test]
    fn a_text_field_that_may_be_edited_passes() {
        let all = checks(json!({"name": "lexicontract_status__C", "type": "string", "length": 40, "updateable": true}));
        assert!(all.len() == 4 && all.iter().all(|(_, ok, _)| *ok), "{all:?}");
    }

    #[test]
    fn a_missing_field_is_one_finding_that_names_the_way_to_make_it() {
        let all = checks(json!({"name": "Other__c", "type": "string"}));
        assert_eq!(all.len(), 1);
        assert!(!all[0].1 && all[0].2.contains(NAME) && all[0].2.contains("Setup →"), "{all:?}");
    }

    #[test]
    fn a_restricted_picklist_names_the_values_it_lacks() {
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
    fn what_cannot_be_edited_or_is_too_short_or_no_text_is_found() {
        let failing =
            |field: Value| -> Vec<String> { checks(field).into_iter().filter(|(_, ok, _)| !ok).map(|(name, ..)| name).collect() };
        assert_eq!(failing(json!({"name": NAME, "type": "string", "length": 40})), ["Status field writable"]);
        assert_eq!(failing(json!({"name": NAME, "type": "string", "length": 5, "updateable": true})), ["Status labels"]);
        assert_eq!(failing(json!({"name": NAME, "type": "boolean", "updateable": true})), ["Status field type"]);
    }
}
