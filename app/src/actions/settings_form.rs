use lexicontract::domain::connection::{Settings, SignatureRule};
use lexicontract::domain::file::rule::FileRule;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The submitted settings of a connection. An empty field selects the default, except where noted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    pub status_field: String,
    pub status_labels: BTreeMap<String, String>,
    /// The stages whose check boxes are selected. Each key is the index of a check box.
    pub stage_choices: BTreeMap<String, String>,
    /// Further trigger stages, separated by semicolons.
    pub trigger_stages: String,
    /// The kind of the file rule. An empty value leaves the file rule unchanged.
    pub file_rule: String,
    pub file_types: String,
    pub file_pattern: String,
    /// The signature rule, or `off`. `None` leaves the signature rule unchanged.
    pub webhook_signature: Option<String>,
}

impl SettingsForm {
    /// The submitted settings, with which a rejected form is shown again. They can be invalid.
    pub(crate) fn settings(&self, before: &Settings) -> Settings {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Settings {
            status_field: text(&self.status_field),
            status_labels: self
                .status_labels
                .iter()
                .filter_map(|(status, label)| Some((status.parse().ok()?, text(label)?)))
                .collect(),
            trigger_stages: self.stages(),
            file_rule: match self.file_rule.as_str() {
                "type" => FileRule::Type { types: self.types() },
                "name" => FileRule::Name { pattern: self.file_pattern.clone() },
                "documents" => FileRule::Documents,
                "newest" => FileRule::Newest,
                _ => before.file_rule.clone(),
            },
            webhook_signature: match self.webhook_signature.as_deref() {
                Some("optional") => Some(SignatureRule::Optional),
                Some("required") => Some(SignatureRule::Required),
                Some(_) => None,
                None => before.webhook_signature,
            },
            ..before.clone()
        }
    }

    pub(crate) fn invalid_setting(&self, before: &Settings) -> Option<String> {
        let is_rejected = |name: &String, value: &Value| before.merged(&Map::from_iter([(name.clone(), value.clone())])).is_err();
        self.clone().metadata().into_iter().find(|(name, value)| is_rejected(name, value)).map(|(name, _)| name)
    }

    fn stages(&self) -> Vec<String> {
        let stages = self.stage_choices.values().map(String::as_str).chain(self.trigger_stages.split(';'));
        stages.map(str::trim).filter(|stage| !stage.is_empty()).map(str::to_owned).collect()
    }

    fn types(&self) -> Vec<String> {
        let is_separator = |c: char| c == ',' || c == ';' || c.is_whitespace();
        self.file_types.split(is_separator).filter(|ending| !ending.is_empty()).map(str::to_owned).collect()
    }

    /// Converts the form to a metadata change. The value `null` removes a key.
    pub(super) fn metadata(self) -> Map<String, Value> {
        let labels: Map<String, Value> = self
            .status_labels
            .iter()
            .filter(|(_, label)| !label.trim().is_empty())
            .map(|(status, label)| (status.clone(), json!(label.trim())))
            .collect();
        let (field, stages) = (self.status_field.trim(), self.stages());
        let file_rule = match self.file_rule.as_str() {
            "type" => Some(json!({ "kind": "type", "types": self.types() })),
            "name" => Some(json!({ "kind": "name", "pattern": self.file_pattern.trim() })),
            "newest" => Some(json!({ "kind": "newest" })),
            "documents" => Some(Value::Null),
            _ => None,
        };
        let unless = |is_default: bool, value: Value| if is_default { Value::Null } else { value };
        let values = [
            ("status_field", Some(unless(field.is_empty(), json!(field)))),
            ("status_labels", Some(unless(labels.is_empty(), Value::Object(labels)))),
            ("trigger_stages", Some(unless(stages.is_empty(), json!(stages)))),
            ("file_rule", file_rule),
            ("webhook_signature", self.webhook_signature.as_deref().map(|rule| unless(rule == "off", json!(rule)))),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_fields_remove_settings_and_values_are_trimmed() {
        let form = SettingsForm {
            status_field: "  ".into(),
            status_labels: [("draft".to_owned(), String::new()), ("signed".to_owned(), " Done ".to_owned())].into(),
            stage_choices: [("3".to_owned(), "Closing".to_owned())].into(),
            trigger_stages: "Needs Legal Review; ;".into(),
            file_rule: "type".into(),
            file_types: "pdf, docx;txt".into(),
            file_pattern: String::new(),
            webhook_signature: None,
        };
        let metadata = Value::Object(form.clone().metadata());
        assert_eq!(
            metadata,
            json!({
                "status_field": null, "status_labels": {"signed": "Done"}, "trigger_stages": ["Closing", "Needs Legal Review"],
                "file_rule": {"kind": "type", "types": ["pdf", "docx", "txt"]}
            })
        );
        let before = Settings::default();
        assert_eq!(form.invalid_setting(&before), None);
        assert_eq!(form.settings(&before), before.merged(&form.clone().metadata()).unwrap());
        assert_eq!(SettingsForm::default().metadata().get("file_rule"), None);
        let documents = SettingsForm { file_rule: "documents".into(), ..SettingsForm::default() };
        assert_eq!(documents.metadata().get("file_rule"), Some(&Value::Null));
        let signature = |rule: Option<&str>| {
            let form = SettingsForm { webhook_signature: rule.map(str::to_owned), ..SettingsForm::default() };
            form.metadata().get("webhook_signature").cloned()
        };
        assert_eq!(
            [signature(None), signature(Some("off")), signature(Some("required"))],
            [None, Some(Value::Null), Some(json!("required"))]
        );
    }

    #[test]
    fn invalid_setting_is_named_and_submitted_values_are_kept() {
        let form = SettingsForm {
            status_field: "not a name".into(),
            file_rule: "name".into(),
            file_pattern: "*signed*".into(),
            webhook_signature: Some("required".into()),
            ..SettingsForm::default()
        };
        let before = Settings::default();
        assert_eq!(form.invalid_setting(&before).as_deref(), Some("status_field"));
        let shown = form.settings(&before);
        assert_eq!(shown.status_field.as_deref(), Some("not a name"));
        assert_eq!(shown.file_rule, FileRule::Name { pattern: "*signed*".into() });
        assert_eq!(shown.webhook_signature, Some(SignatureRule::Required));
        let types = SettingsForm { file_rule: "type".into(), ..SettingsForm::default() };
        assert_eq!(types.invalid_setting(&before).as_deref(), Some("file_rule"));
    }
}
