use super::summary::settings_texts;
use crate::pages::prelude::*;
use lexicontract::domain::connection::deal_schema::DealSchema;
use lexicontract::domain::connection::{LabelKey, Settings, SettingsChange};

pub(super) fn conflict_notice(change: Option<&SettingsChange>) -> AnyView {
    let who = change.map_or("Someone else", |change| &change.by);
    let text = format!(
        "{who} changed these settings after you opened them, so yours were not saved. The form below has your values, and the saved ones are \
         above it. Saving again overwrites them."
    );
    outcome_notice("Settings were changed".to_owned(), text)
}

/// The saved settings that differ from the submitted settings. `change` contains the user and the time of the save.
pub(super) fn saved_settings(
    [saved, submitted]: [&Settings; 2],
    schema: &DealSchema,
    change: Option<&SettingsChange>,
    now: Timestamp,
) -> AnyView {
    let rows = differences(saved, submitted, schema);
    let when = change.map(|change| view! { <p>"Saved by " {change.by.clone()} " " {moment(change.at, now)} "."</p> });
    let content = if rows.is_empty() {
        muted("The saved settings are the same as yours. There is nothing to save.")
    } else {
        fact_rows(rows)
    };
    card("saved-now", "Saved settings", (), stack((when, content)))
}

fn differences(saved: &Settings, submitted: &Settings, schema: &DealSchema) -> Vec<(String, String)> {
    let rows = |settings: &Settings| {
        let texts = settings_texts(settings, schema).into_iter().map(|(name, text)| (name.to_owned(), text));
        let statuses =
            NegotiationStatus::ALL.iter().map(|status| (label(*status), Some(settings.status_label(*status).to_owned())));
        let needs_file = (label(LabelKey::NeedsFile), settings.needs_file_label().map(str::to_owned));
        texts.chain(statuses).chain([needs_file]).collect::<Vec<_>>()
    };
    rows(saved)
        .into_iter()
        .zip(rows(submitted))
        .filter(|(saved, submitted)| saved != submitted)
        .map(|((name, text), _)| (name, text.unwrap_or("Not set".to_owned())))
        .collect()
}

fn label(key: impl Into<LabelKey>) -> String {
    format!("Value for {}", key.into().name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lexicontract::domain::connection::Trigger;
    use lexicontract::domain::connection::deal_schema::{RecordType, Stage};
    use lexicontract::domain::connection::settings::{FileBack, FileBackStatus};

    fn texts(saved: &Settings, submitted: &Settings) -> Vec<String> {
        let schema = DealSchema {
            stages: vec![Stage { id: "A".to_owned(), label: "Abschluss".to_owned() }],
            record_types: vec![RecordType { id: "New_Business".to_owned(), label: "New Business".to_owned() }],
            ..DealSchema::default()
        };
        differences(saved, submitted, &schema).into_iter().map(|(name, value)| format!("{name}: {value}")).collect()
    }

    #[test]
    fn only_different_settings_are_shown() {
        let saved = Settings { trigger_stages: vec!["A".to_owned(), "B".to_owned()], ..Settings::default() };
        let submitted = Settings { status_labels: [(LabelKey::Signed, "Done".to_owned())].into(), ..Settings::default() };
        assert_eq!(texts(&saved, &submitted), ["Stages that start a review: Abschluss, B", "Value for Signed: Signed"]);
        assert_eq!(texts(&saved, &saved), Vec::<String>::new());
    }

    #[test]
    fn settings_of_trigger_polling_and_new_files_are_shown() {
        let saved = Settings {
            trigger: Trigger {
                record_types: vec!["New_Business".to_owned()],
                field: Some("Legal_Stage__c".to_owned()),
                only_if_still_there: false,
                pipeline: None,
            },
            poll_seconds: Some(0),
            poll_api_share: Some(25),
            write_on_create: Some(false),
            reopen_on_new_version: Some(false),
            file_back: FileBack { on: [FileBackStatus::Signed].into() },
            ..Settings::default()
        };
        let submitted = Settings { status_labels: [(LabelKey::NeedsFile, "No file".to_owned())].into(), ..Settings::default() };
        let expected = [
            "Record types: New Business",
            "Stage field: Legal_Stage__c",
            "Only if still in the stage: No",
            "Polling interval: Off",
            "Share of the API calls: 25 percent of the rest, when they run low",
            "Set an approved contract back to In Review: No",
            "File versions in the deal: When signed",
            "Write the status as soon as the contract exists: No",
            "Value for No usable file: Not set",
        ];
        assert_eq!(texts(&saved, &submitted), expected);
    }
}
