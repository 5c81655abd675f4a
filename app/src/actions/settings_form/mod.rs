use lexicontract::domain::connection::settings::{DEFAULT_POLL_API_SHARE, DEFAULT_POLL_SECONDS, FileBack, FileBackStatus};
use lexicontract::domain::connection::{Settings, SignatureRule, Trigger};
use lexicontract::domain::file::rule::FileRule;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The submitted settings of a connection. A field that the form does not contain leaves its setting unchanged. An empty field
/// selects the default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SettingsForm {
    pub status_field: Option<String>,
    pub status_labels: BTreeMap<String, String>,
    /// The stages whose check boxes are selected. Each key is the index of a check box.
    pub stage_choices: BTreeMap<String, String>,
    /// Further trigger stages, separated by semicolons.
    pub trigger_stages: Option<String>,
    /// The record types whose check boxes are selected. Each key is the index of a check box. A hidden field adds an empty entry.
    /// The form therefore contains an entry even if no check box is selected.
    pub record_types: BTreeMap<String, String>,
    pub only_if_still_there: Option<CheckBox>,
    pub poll_seconds: Option<String>,
    pub poll_api_share: Option<String>,
    /// The kind of the file rule. An empty value leaves the file rule unchanged.
    pub file_rule: String,
    pub file_types: String,
    pub file_pattern: String,
    pub write_on_create: Option<CheckBox>,
    pub reopen_on_new_version: Option<CheckBox>,
    pub file_back_approved: Option<CheckBox>,
    pub file_back_signed: Option<CheckBox>,
    /// The signature rule, or `off`. `None` leaves the signature rule unchanged.
    pub webhook_signature: Option<String>,
}

/// A check box, and a hidden field `shown` that is always sent. A browser sends nothing for a check box that is not selected, so
/// `shown` distinguishes this case from a form without the check box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckBox {
    pub shown: bool,
    pub on: bool,
}

impl SettingsForm {
    /// The submitted settings, for showing a rejected form again. The values can be invalid.
    pub(crate) fn settings(&self, before: &Settings) -> Settings {
        let mut labels = before.status_labels.clone();
        for (key, label) in &self.status_labels {
            let Ok(key) = key.parse() else { continue };
            match label.trim() {
                "" => labels.remove(&key),
                label => labels.insert(key, label.to_owned()),
            };
        }
        Settings {
            status_field: match &self.status_field {
                Some(name) => Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
                None => before.status_field.clone(),
            },
            status_labels: labels,
            trigger_stages: self.stages().unwrap_or_else(|| before.trigger_stages.clone()),
            trigger: self.trigger(before).unwrap_or_else(|| before.trigger.clone()),
            poll_seconds: submitted_or(self.poll_seconds.as_deref(), before.poll_seconds),
            poll_api_share: submitted_or(self.poll_api_share.as_deref(), before.poll_api_share),
            file_rule: match self.file_rule.as_str() {
                "type" => FileRule::Type { types: self.types() },
                "name" => FileRule::Name { pattern: self.file_pattern.clone() },
                "documents" => FileRule::Documents,
                "newest" => FileRule::Newest,
                _ => before.file_rule.clone(),
            },
            write_on_create: self.write_on_create.map(|check_box| check_box.on).or(before.write_on_create),
            reopen_on_new_version: self.reopen_on_new_version.map(|check_box| check_box.on).or(before.reopen_on_new_version),
            file_back: self.file_back(before).unwrap_or_else(|| before.file_back.clone()),
            webhook_signature: match self.webhook_signature.as_deref() {
                Some("optional") => Some(SignatureRule::Optional),
                Some("required") => Some(SignatureRule::Required),
                Some(_) => None,
                None => before.webhook_signature,
            },
        }
    }

    pub(crate) fn invalid_setting(&self, before: &Settings) -> Option<String> {
        let is_rejected = |name: &String, value: &Value| before.merged(&Map::from_iter([(name.clone(), value.clone())])).is_err();
        self.metadata(before).into_iter().find(|(name, value)| is_rejected(name, value)).map(|(name, _)| name)
    }

    fn stages(&self) -> Option<Vec<String>> {
        let mut stages: Vec<String> = self.stage_choices.values().cloned().collect();
        let others = self.trigger_stages.as_deref().unwrap_or_default().split(';').map(str::trim);
        for stage in others.filter(|stage| !stage.is_empty()) {
            if !self.stage_choices.values().any(|chosen| chosen == stage) {
                stages.push(stage.to_owned());
            }
        }
        (self.trigger_stages.is_some() || !stages.is_empty()).then_some(stages)
    }

    /// The trigger with the submitted conditions. Conditions without a form field keep their value from `before`. `None` if the
    /// form contains no condition.
    fn trigger(&self, before: &Settings) -> Option<Trigger> {
        let mut trigger = before.trigger.clone();
        if !self.record_types.is_empty() {
            trigger.record_types = self.record_types.values().filter(|name| !name.is_empty()).cloned().collect();
        }
        if let Some(check_box) = self.only_if_still_there {
            trigger.only_if_still_there = check_box.on;
        }
        (!self.record_types.is_empty() || self.only_if_still_there.is_some()).then_some(trigger)
    }

    /// The statuses whose check boxes are selected. `None` if the form contains no check box.
    fn file_back(&self, before: &Settings) -> Option<FileBack> {
        let mut on = before.file_back.on.clone();
        let check_boxes = [(FileBackStatus::Approved, self.file_back_approved), (FileBackStatus::Signed, self.file_back_signed)];
        let mut is_submitted = false;
        for (status, check_box) in check_boxes.into_iter().filter_map(|(status, check_box)| Some((status, check_box?))) {
            is_submitted = true;
            if check_box.on {
                on.insert(status)
            } else {
                on.remove(&status)
            };
        }
        is_submitted.then_some(FileBack { on })
    }

    fn types(&self) -> Vec<String> {
        let is_separator = |c: char| c == ',' || c == ';' || c.is_whitespace();
        self.file_types.split(is_separator).filter(|ending| !ending.is_empty()).map(str::to_owned).collect()
    }

    /// Converts the form to a metadata change. The value `null` removes a key. `before` contains the settings that the form
    /// showed. The labels and the trigger have parts without a form field, and the change keeps these parts from `before`.
    pub(crate) fn metadata(&self, before: &Settings) -> Map<String, Value> {
        let values = [
            ("status_field", self.status_field.as_deref().map(|name| unless(name.trim().is_empty(), json!(name.trim())))),
            ("status_labels", self.labels(before)),
            ("trigger_stages", self.stages().map(|stages| unless(stages.is_empty(), json!(stages)))),
            ("trigger", self.trigger(before).map(|trigger| unless(trigger.is_default(), json!(trigger)))),
            ("poll_seconds", self.poll_seconds.as_deref().map(|text| number(text, DEFAULT_POLL_SECONDS))),
            ("poll_api_share", self.poll_api_share.as_deref().map(|text| number(text, DEFAULT_POLL_API_SHARE.into()))),
            ("file_rule", self.rule()),
            ("write_on_create", self.write_on_create.map(|check_box| unless(check_box.on, json!(false)))),
            ("reopen_on_new_version", self.reopen_on_new_version.map(|check_box| unless(check_box.on, json!(false)))),
            ("file_back", self.file_back(before).map(|file_back| unless(file_back.is_off(), json!(file_back)))),
            ("webhook_signature", self.webhook_signature.as_deref().map(|rule| unless(rule == "off", json!(rule)))),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// The labels of the form, and the labels in `before` that have no field in the form.
    fn labels(&self, before: &Settings) -> Option<Value> {
        let mut labels: BTreeMap<String, &str> =
            before.status_labels.iter().map(|(key, label)| (<&str>::from(key).to_owned(), label.as_str())).collect();
        for (key, label) in &self.status_labels {
            match label.trim() {
                "" => labels.remove(key),
                label => labels.insert(key.clone(), label),
            };
        }
        (!self.status_labels.is_empty()).then(|| unless(labels.is_empty(), json!(labels)))
    }

    fn rule(&self) -> Option<Value> {
        match self.file_rule.as_str() {
            "type" => Some(json!({ "kind": "type", "types": self.types() })),
            "name" => Some(json!({ "kind": "name", "pattern": self.file_pattern.trim() })),
            "newest" => Some(json!({ "kind": "newest" })),
            "documents" => Some(Value::Null),
            _ => None,
        }
    }
}

fn unless(is_default: bool, value: Value) -> Value {
    if is_default { Value::Null } else { value }
}

/// The value of a number field. Text that is not a number stays text, so that the validation rejects it.
fn number(text: &str, default: u32) -> Value {
    match text.trim().parse::<u32>() {
        Ok(number) => unless(number == default, json!(number)),
        Err(_) => unless(text.trim().is_empty(), json!(text)),
    }
}

/// The submitted number; `None` if the field is empty. Returns `before` if the field is absent or does not contain a number.
fn submitted_or<N: std::str::FromStr>(text: Option<&str>, before: Option<N>) -> Option<N> {
    match text.map(str::trim) {
        Some("") => None,
        Some(text) => text.parse().ok().or(before),
        None => before,
    }
}

#[cfg(test)]
mod tests;
