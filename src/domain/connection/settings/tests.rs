//! Tests of merging and validating connection settings.

use super::*;

fn merge(settings: &Settings, changes: Value) -> Result<Settings, String> {
    settings.merged(changes.as_object().unwrap())
}

#[test]
fn merge_replaces_top_level_values_and_null_removes_them() {
    let first = merge(&Settings::default(), json!({"status_labels": {"draft": "New", "signed": "Done"}})).unwrap();
    let second = merge(&first, json!({"status_labels": {"in_review": "With Legal"}, "status_field": "Legal__c"})).unwrap();
    assert_eq!(second.status_label(NegotiationStatus::InReview), "With Legal");
    assert_eq!(second.status_label(NegotiationStatus::Draft), "Draft");
    assert_eq!(merge(&second, json!({"status_field": null})).unwrap().status_field(), DEFAULT_STATUS_FIELD);
    let third = merge(&second, json!({"file_rule": {"kind": "type", "types": ["PDF"]}})).unwrap();
    assert_eq!(third.file_rule, FileRule::Type { types: vec!["pdf".to_owned()] });
    assert!(merge(&third, json!({"file_rule": null})).unwrap().file_rule.is_documents());
}

#[test]
fn unknown_keys_and_invalid_values_are_rejected() {
    for changes in [
        json!({"webhook_secrets": []}),
        json!({"unknown": null}),
        json!({"status_field": "a b"}),
        json!({"status_field": ""}),
        json!({"status_field": 1}),
        json!({"status_labels": {"lost": "Lost"}}),
        json!({"status_labels": {"draft": ""}}),
        json!({"status_labels": {"draft": "Ne\u{0}w"}}),
        json!({"trigger_stages": "Closed"}),
        json!({"trigger_stages": ["Needs Legal\nReview"]}),
        json!({"file_rule": "newest"}),
        json!({"file_rule": {"kind": "oldest"}}),
        json!({"file_rule": {"kind": "type", "types": []}}),
        json!({"file_rule": {"kind": "name", "pattern": "a", "types": ["pdf"]}}),
        json!({"webhook_signature": "off"}),
        json!({"poll_seconds": 29}),
        json!({"poll_seconds": 3601}),
        json!({"poll_seconds": "60"}),
        json!({"poll_api_share": 0}),
        json!({"poll_api_share": 51}),
        json!({"trigger": {"record_types": [""]}}),
        json!({"trigger": {"stages": ["Closed"]}}),
        json!({"trigger": {"field": "a b"}}),
        json!({"write_on_create": "yes"}),
    ] {
        assert!(merge(&Settings::default(), changes.clone()).is_err(), "{changes}");
    }
}

#[test]
fn value_of_the_wrong_type_is_named() {
    for (changes, start) in [
        (json!({"status_labels": null, "poll_seconds": 60, "poll_api_share": 300}), "`metadata.poll_api_share`: "),
        (json!({"write_on_create": "yes"}), "`metadata.write_on_create`: "),
        (json!({"file_back": {"on": ["draft"]}}), "`metadata.file_back`: "),
        (json!({"unknown": 1}), "`metadata`: unknown field `unknown`"),
    ] {
        let error = merge(&Settings::default(), changes).unwrap_err();
        assert!(error.starts_with(start), "{error}");
    }
}

#[test]
fn labels_have_the_name_of_their_status() {
    assert_eq!([LabelKey::InReview, LabelKey::NeedsFile].map(LabelKey::name), ["In Review", "No usable file"]);
}

#[test]
fn settings_of_polling_and_the_trigger_have_defaults() {
    let settings = Settings::default();
    assert_eq!(settings.poll_interval(), Some(Duration::from_secs(60)));
    assert_eq!(merge(&settings, json!({"poll_seconds": 0})).unwrap().poll_interval(), None);
    let stored = merge(&settings, json!({"trigger": {"record_types": ["Renewal"]}, "status_labels": {"needs_file": "No file"}}));
    let stored = stored.unwrap();
    assert_eq!(stored.trigger, Trigger { record_types: vec!["Renewal".to_owned()], ..Trigger::default() });
    assert!(stored.trigger.only_if_still_there, "only_if_still_there");
    assert_eq!((settings.needs_file_label(), stored.needs_file_label()), (None, Some("No file")));
    let written = serde_json::to_value(&stored).unwrap();
    assert_eq!(written["trigger"], json!({"record_types": ["Renewal"], "only_if_still_there": true}));
    assert_eq!(serde_json::to_value(Settings::default()).unwrap(), json!({}));
}
