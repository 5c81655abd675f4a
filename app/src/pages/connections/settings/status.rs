use super::shown::{ShownSettings, setting_checkbox};
use crate::pages::prelude::*;
use crate::text::settings::WRITE_ON_CREATE;
use lexicontract::domain::connection::deal_schema::StatusField;
use lexicontract::domain::connection::{DEFAULT_STATUS_FIELD, LabelKey};

const MAX_LABEL_CHARACTERS: usize = 255;

pub(super) fn status(shown: &ShownSettings<'_>) -> AnyView {
    let field = shown.schema.field(shown.settings.status_field());
    let labels = NegotiationStatus::ALL.iter().map(|status| label((*status).into(), status.label(), shown, field).view());
    let needs_file = label(LabelKey::NeedsFile, "", shown, field)
        .help(format!("Written while the {} has no file that can be used. Leave empty to write the status.", shown.terms.deal));
    stack((
        status_field(shown),
        setting_checkbox(
            "write_on_create",
            WRITE_ON_CREATE,
            shown.settings.writes_on_create(),
            "Otherwise the status is written when it changes for the first time.",
        ),
        subheading("Value for each status"),
        columns(labels.collect_view()),
        muted("Leave a field empty to write the value shown in grey."),
        needs_file.view(),
    ))
}

fn status_field(shown: &ShownSettings<'_>) -> AnyView {
    let (settings, schema) = (shown.settings, shown.schema);
    let current = settings.status_field();
    if schema.fields.is_empty() {
        let input = Input {
            is_required: false,
            value: settings.status_field.clone().unwrap_or_default(),
            error: shown.error("status_field"),
            placeholder: DEFAULT_STATUS_FIELD.to_owned(),
            pattern: Some((r"\s*[A-Za-z][A-Za-z0-9_]*\s*", "An API name such as LexiContract_Status__c")),
            ..Input::text("settings[status_field]", "Status field")
        };
        return input.help(format!("The API name of the field on the {}.", shown.terms.deal)).view();
    }
    let help = format!("A text field or picklist on the {}. The connected user must be able to edit it.", shown.terms.deal);
    let mut options: Vec<(String, String)> = Vec::new();
    if schema.field(current).is_none() {
        options.push((current.to_owned(), format!("{current} (not found, or not editable)")));
    }
    let chosen = schema.field(current).map_or(current, |field| field.name.as_str());
    options.extend(schema.fields.iter().map(|field| (field.name.clone(), format!("{} ({})", field.label, field.name))));
    select("field-status-field", "settings[status_field]", "Status field", options, chosen, Some(help))
}

/// The field for a label. `placeholder` is the text that is written if the field is empty.
fn label(key: LabelKey, placeholder: &str, shown: &ShownSettings<'_>, field: Option<&StatusField>) -> Input {
    let value = shown.settings.status_labels.get(&key).cloned().unwrap_or_default();
    Input {
        is_required: false,
        error: shown.error("status_labels").filter(|_| value.chars().count() > MAX_LABEL_CHARACTERS),
        value,
        placeholder: placeholder.to_owned(),
        suggestions: field.map(|field| field.values.clone()).unwrap_or_default(),
        ..Input::text(format!("settings[status_labels][{}]", key.into_str()), key.name())
    }
}
