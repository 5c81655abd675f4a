//! Settings that somebody else saved while they were being changed: who, and what is saved now beside what was filled in.

use super::settings::{rule_words, signature_words};
use crate::parts::{
    layout::{card::card, list::facts_of, prose::muted, stack},
    status::{moment::moment, notice::outcome_notice},
};
use leptos::prelude::*;
use lexicontract::domain::{
    connection::{Settings, SettingsChange},
    contract::NegotiationStatus,
    time::Timestamp,
};

/// What happened, and what to do.
pub(crate) fn overtaken(change: Option<&SettingsChange>) -> AnyView {
    let who = change.map_or("Someone else", |change| &change.by);
    let text = format!(
        "{who} changed these settings after you opened them, and nothing of yours was saved. What you had filled in is below, beside what is \
         saved now. Saving again replaces it."
    );
    outcome_notice("Changed meanwhile".to_owned(), text)
}

/// What is saved now, where it is not what was filled in.
pub(crate) fn saved_now(saved: &Settings, typed: &Settings, change: Option<SettingsChange>, now: Timestamp) -> AnyView {
    let rows = differences(saved, typed);
    let when = change.map(|change| view! { <p>"Saved by " {change.by} " " {moment(change.at, now)} "."</p> });
    let words = match rows.is_empty() {
        true => muted("It is the same as what you had filled in: there is nothing left to save."),
        false => facts_of(rows),
    };
    card("saved-now", "What is saved now", ().into_any(), stack((when, words)))
}

/// The settings in which the two differ, with what is saved.
fn differences(saved: &Settings, typed: &Settings) -> Vec<(String, String)> {
    let settings = |settings: &Settings| {
        let mut rows = vec![
            ("Stages that start a review".to_owned(), settings.trigger_stages().join(", ")),
            ("File that is taken".to_owned(), rule_words(&settings.file_rule)),
            ("Field for the status".to_owned(), settings.status_field().to_owned()),
            ("Signatures of calls".to_owned(), signature_words(settings.webhook_signature).to_owned()),
        ];
        let label =
            |status: NegotiationStatus| (format!("Written for {}", status.label()), settings.status_label(status).to_owned());
        rows.extend(NegotiationStatus::ALL.map(label));
        rows
    };
    settings(saved).into_iter().zip(settings(typed)).filter(|(saved, typed)| saved != typed).map(|(saved, _)| saved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown_as_it_is_saved() {
        let saved = Settings { trigger_stages: vec!["A".to_owned(), "B".to_owned()], ..Settings::default() };
        let typed = Settings { status_labels: [(NegotiationStatus::Signed, "Done".to_owned())].into(), ..Settings::default() };
        let told: Vec<String> = differences(&saved, &typed).into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(told, ["Stages that start a review: A, B", "Written for Signed: Signed"]);
        assert_eq!(differences(&saved, &saved), []);
    }
}
