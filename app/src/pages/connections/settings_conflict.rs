use super::settings::{file_rule_text, signature_text};
use crate::pages::prelude::*;
use lexicontract::domain::connection::{Settings, SettingsChange};

pub(super) fn conflict_notice(change: Option<&SettingsChange>) -> AnyView {
    let who = change.map_or("Someone else", |change| &change.by);
    let text = format!(
        "{who} changed these settings after you opened them, so yours were not saved. The form below has your values, and the saved ones are \
         above it. Saving again overwrites them."
    );
    outcome_notice("Settings were changed".to_owned(), text)
}

/// The saved settings that differ from the submitted settings. `change` contains the user and the time of the save.
pub(super) fn saved_settings(saved: &Settings, submitted: &Settings, change: Option<SettingsChange>, now: Timestamp) -> AnyView {
    let rows = differences(saved, submitted);
    let when = change.map(|change| view! { <p>"Saved by " {change.by} " " {moment(change.at, now)} "."</p> });
    let content = if rows.is_empty() {
        muted("The saved settings are the same as yours. There is nothing to save.")
    } else {
        fact_rows(rows)
    };
    card("saved-now", "Saved settings", (), stack((when, content)))
}

fn differences(saved: &Settings, submitted: &Settings) -> Vec<(String, String)> {
    let settings = |settings: &Settings| {
        let mut rows = vec![
            ("Stages that start a review".to_owned(), settings.trigger_stages().join(", ")),
            ("Imported file".to_owned(), file_rule_text(&settings.file_rule)),
            ("Status field".to_owned(), settings.status_field().to_owned()),
            ("Call signatures".to_owned(), signature_text(settings.webhook_signature).to_owned()),
        ];
        let label =
            |status: NegotiationStatus| (format!("Value for {}", status.label()), settings.status_label(status).to_owned());
        rows.extend(NegotiationStatus::ALL.iter().copied().map(label));
        rows
    };
    settings(saved)
        .into_iter()
        .zip(settings(submitted))
        .filter(|(saved, submitted)| saved != submitted)
        .map(|(saved, _)| saved)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lexicontract::domain::connection::LabelKey;

    #[test]
    fn only_different_settings_are_shown() {
        let saved = Settings { trigger_stages: vec!["A".to_owned(), "B".to_owned()], ..Settings::default() };
        let submitted = Settings { status_labels: [(LabelKey::Signed, "Done".to_owned())].into(), ..Settings::default() };
        let rows: Vec<String> =
            differences(&saved, &submitted).into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(rows, ["Stages that start a review: A, B", "Value for Signed: Signed"]);
        assert_eq!(differences(&saved, &saved), []);
    }
}
