use super::shown::{ShownSettings, setting_checkbox};
use crate::pages::prelude::*;
use crate::text::settings::RECORD_TYPES;
use lexicontract::domain::connection::DEFAULT_TRIGGER_STAGE;
use lexicontract::domain::connection::deal_schema::DealSchema;

pub(super) fn stages(shown: &ShownSettings<'_>) -> AnyView {
    let deal = shown.terms.deal;
    let other = Input {
        is_required: false,
        value: shown.typed_stages().to_owned(),
        error: shown.error("trigger_stages"),
        ..Input::text("settings[trigger_stages]", "Other stages")
    };
    let other_help = format!(
        "Stages that are not listed, separated by semicolons. If no stage is selected or entered, {DEFAULT_TRIGGER_STAGE} applies."
    );
    stack((
        checkboxes("settings[stage_choices]", "Stages", stage_choices(shown)),
        other.help(other_help).view(),
        record_types(shown),
        setting_checkbox(
            "only_if_still_there",
            format!("Only if the {deal} is still in the stage when it is read"),
            shown.settings.trigger.only_if_still_there,
            format!("Skips {} that leave the stage before LexiContract reads them.", shown.terms.deals),
        ),
        muted(
            "The setup package contains the stages. When you change them, the provider’s administrator must deploy it again, or \
             edit the custom metadata “LexiContract Stage” in Setup.",
        ),
    ))
}

fn stage_choices(shown: &ShownSettings<'_>) -> Vec<(String, String, bool)> {
    let known = shown.schema.stages.iter().map(|stage| (stage.id.as_str(), stage.label.as_str())).collect();
    let is_typed = |stage: &str| shown.typed_stages().split(';').any(|typed| typed.trim() == stage);
    let is_listed = |stage: &str| shown.schema.stages.iter().any(|known| known.id == stage);
    let mut chosen = shown.settings.trigger_stages();
    chosen.retain(|stage| is_listed(stage) || !is_typed(stage));
    choices(known, &chosen, shown.terms)
}

/// The choice of record types; nothing if the account does not use record types.
fn record_types(shown: &ShownSettings<'_>) -> AnyView {
    let known: Vec<(&str, &str)> = shown.schema.record_types.iter().map(|kind| (kind.id.as_str(), kind.label.as_str())).collect();
    let chosen = &shown.settings.trigger.record_types;
    if known.is_empty() && chosen.is_empty() {
        return ().into_any();
    }
    let choices = choices(known, chosen, shown.terms);
    // Distinguishes a form in which no record type is selected from a form without record types.
    let last = format!("settings[record_types][{}]", choices.len());
    any_view! {
        <div class="flex flex-col gap-2">
            {hidden(vec![(last, String::new())])}
            {checkboxes("settings[record_types]", RECORD_TYPES, choices)}
            {muted("If no record type is selected, all record types start a review.")}
        </div>
    }
}

/// The known values with their labels, and the chosen values that are not known. If there are known values, a note marks the
/// others.
fn choices(known: Vec<(&str, &str)>, chosen: &[String], terms: &Terms) -> Vec<(String, String, bool)> {
    let is_chosen = |value: &str| chosen.iter().any(|chosen| chosen == value);
    let others: Vec<&String> = chosen.iter().filter(|value| !known.iter().any(|(known, _)| known == value)).collect();
    let note = if known.is_empty() { String::new() } else { format!(" (not found in {})", terms.provider) };
    let others = others.into_iter().map(|value| (value.clone(), format!("{value}{note}"), true));
    known.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned(), is_chosen(value))).chain(others).collect()
}

/// The labels of stages, separated by commas. A stage that is not in the schema is shown by its id.
pub(super) fn stage_labels(stages: &[String], schema: &DealSchema) -> String {
    let label = |id: &String| schema.stages.iter().find(|stage| stage.id == *id).map_or(id.clone(), |stage| stage.label.clone());
    stages.iter().map(label).collect::<Vec<_>>().join(", ")
}

pub(super) fn record_type_labels(record_types: &[String], schema: &DealSchema) -> String {
    let label =
        |id: &String| schema.record_types.iter().find(|kind| kind.id == *id).map_or(id.clone(), |kind| kind.label.clone());
    record_types.iter().map(label).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::choices;
    use lexicontract::domain::connection::terms::{NEUTRAL, Terms};

    fn texts(known: Vec<(&str, &str)>, chosen: &[&str]) -> Vec<String> {
        let chosen: Vec<String> = chosen.iter().map(|value| (*value).to_owned()).collect();
        let terms = Terms { provider: "Salesforce", ..NEUTRAL };
        let text = |(value, label, is_chosen)| format!("{value}: {label}{}", if is_chosen { ", chosen" } else { "" });
        choices(known, &chosen, &terms).into_iter().map(text).collect()
    }

    #[test]
    fn stored_values_that_no_longer_exist_are_offered_with_a_note() {
        let known = vec![("Closing", "Abschluss"), ("Won", "Gewonnen")];
        assert_eq!(
            texts(known, &["Won", "Old; stage"]),
            ["Closing: Abschluss", "Won: Gewonnen, chosen", "Old; stage: Old; stage (not found in Salesforce), chosen"]
        );
    }

    #[test]
    fn stored_values_have_no_note_if_the_known_values_could_not_be_read() {
        assert_eq!(texts(Vec::new(), &["Won"]), ["Won: Won, chosen"]);
    }
}
