//! Tests of converting the settings form to settings and metadata.

use super::*;
use lexicontract::domain::connection::LabelKey;

const SELECTED: Option<CheckBox> = Some(CheckBox { shown: true, on: true });
const UNSELECTED: Option<CheckBox> = Some(CheckBox { shown: true, on: false });

fn map<const N: usize>(entries: [(&str, &str); N]) -> BTreeMap<String, String> {
    entries.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

fn complete() -> SettingsForm {
    SettingsForm {
        status_field: Some(" Legal__c ".into()),
        status_labels: map([("draft", ""), ("signed", " Done "), ("needs_file", "No file")]),
        stage_choices: map([("3", "Closing")]),
        trigger_stages: Some("Needs Legal Review; ;Closing".into()),
        record_types: map([("2", ""), ("1", "Renewal")]),
        only_if_still_there: UNSELECTED,
        poll_seconds: Some("300".into()),
        poll_api_share: Some(" 25 ".into()),
        file_rule: "type".into(),
        file_types: "pdf, docx;txt".into(),
        file_pattern: String::new(),
        write_on_create: UNSELECTED,
        reopen_on_new_version: UNSELECTED,
        file_back_approved: UNSELECTED,
        file_back_signed: SELECTED,
        webhook_signature: Some("required".into()),
    }
}

#[test]
fn all_fields_are_converted_and_values_are_trimmed() {
    let (form, before) = (complete(), Settings::default());
    let metadata = Value::Object(form.metadata(&before));
    assert_eq!(
        metadata,
        json!({
            "status_field": "Legal__c", "status_labels": {"signed": "Done", "needs_file": "No file"},
            "trigger_stages": ["Closing", "Needs Legal Review"],
            "trigger": {"record_types": ["Renewal"], "only_if_still_there": false},
            "poll_seconds": 300, "poll_api_share": 25, "file_rule": {"kind": "type", "types": ["pdf", "docx", "txt"]},
            "write_on_create": false, "reopen_on_new_version": false, "file_back": {"on": ["signed"]},
            "webhook_signature": "required"
        })
    );
    assert_eq!(form.invalid_setting(&before), None);
    assert_eq!(form.settings(&before), before.merged(&form.metadata(&before)).unwrap());
}

#[test]
fn empty_fields_and_defaults_remove_settings() {
    let before = Settings::default().merged(&complete().metadata(&Settings::default())).unwrap();
    let form = SettingsForm {
        status_field: Some("  ".into()),
        status_labels: map([("draft", ""), ("signed", " "), ("needs_file", "")]),
        trigger_stages: Some(String::new()),
        record_types: map([("2", "")]),
        only_if_still_there: SELECTED,
        poll_seconds: Some("60".into()),
        poll_api_share: Some(String::new()),
        file_rule: "documents".into(),
        write_on_create: SELECTED,
        reopen_on_new_version: SELECTED,
        file_back_signed: UNSELECTED,
        webhook_signature: Some("off".into()),
        ..SettingsForm::default()
    };
    let metadata = form.metadata(&before);
    assert_eq!((metadata.len(), metadata.values().all(Value::is_null)), (11, true), "{metadata:?}");
    assert_eq!(before.merged(&metadata).unwrap(), Settings::default());
}

#[test]
fn settings_that_the_form_does_not_contain_are_kept() {
    let before = Settings {
        status_labels: [(LabelKey::NeedsFile, "No file".to_owned())].into(),
        trigger: Trigger { pipeline: Some("12".to_owned()), field: Some("Legal_Stage__c".to_owned()), ..Trigger::default() },
        ..Settings::default()
    };
    assert_eq!(SettingsForm::default().metadata(&before), Map::new());
    assert_eq!(SettingsForm::default().settings(&before), before);
    let form = SettingsForm {
        status_labels: map([("signed", "Done")]),
        record_types: map([("2", ""), ("0", "Renewal")]),
        ..SettingsForm::default()
    };
    let after = before.merged(&form.metadata(&before)).unwrap();
    let labels = [(LabelKey::Signed, "Done".to_owned()), (LabelKey::NeedsFile, "No file".to_owned())];
    assert_eq!(after.status_labels, labels.into());
    assert_eq!(after.trigger, Trigger { record_types: vec!["Renewal".to_owned()], ..before.trigger.clone() });
    assert_eq!(form.settings(&before), after);
}

#[test]
fn invalid_setting_is_named_and_submitted_values_are_kept() {
    let form = SettingsForm {
        status_field: Some("not a name".into()),
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
    for (seconds, share, setting) in
        [("29", "10", "poll_seconds"), ("60", "300", "poll_api_share"), ("60", "ten", "poll_api_share")]
    {
        let polling =
            SettingsForm { poll_seconds: Some(seconds.into()), poll_api_share: Some(share.into()), ..SettingsForm::default() };
        assert_eq!(polling.invalid_setting(&before).as_deref(), Some(setting), "{seconds} {share}");
    }
}
