use super::file_rule_text;
use super::polling::poll_seconds;
use super::signatures::signature_text;
use super::stages::{record_type_labels, stage_labels};
use crate::pages::prelude::*;
use crate::text::settings::{
    API_SHARE, FILE_BACK, ONLY_IF_STILL_THERE, POLLING_INTERVAL, RECORD_TYPES, REOPEN_ON_NEW_VERSION, WRITE_ON_CREATE, interval,
    yes_or_no,
};
use lexicontract::domain::connection::Settings;
use lexicontract::domain::connection::deal_schema::DealSchema;
use lexicontract::domain::connection::settings::{FileBack, FileBackStatus};

const STATUS_FIELD: &str = "Status field";

/// The card with the settings of a connection. It shows stages and record types by their ids, because reading their labels needs
/// a call to the provider.
pub(in crate::pages::connections) fn summary(connection: &Connection, is_admin: bool) -> AnyView {
    let settings = &connection.metadata;
    let labels = match settings.status_labels.len() {
        0 => "Status names".to_owned(),
        1 => "1 custom value".to_owned(),
        count => format!("{count} custom values"),
    };
    let change =
        is_admin.then(|| link_button("Change settings", format!("/integrations/{}/settings", connection.id), Look::Secondary));
    let view = |(name, text): (_, String)| match name {
        STATUS_FIELD => (name, code(text)),
        _ => (name, text.into_any()),
    };
    let rows = settings_texts(settings, &DealSchema::default()).into_iter().filter_map(|(name, text)| Some((name, text?)));
    let rows = rows.chain([("Written values", labels)]).map(view).collect();
    card("settings", "Settings", (), stack((facts(rows), row(change))))
}

/// The name and the value of each setting. The status labels are not included; the caller adds them if it shows them. The value of an optional setting that is not set is `None`.
pub(super) fn settings_texts(settings: &Settings, schema: &DealSchema) -> Vec<(&'static str, Option<String>)> {
    let trigger = &settings.trigger;
    let record_types = (!trigger.record_types.is_empty()).then(|| record_type_labels(&trigger.record_types, schema));
    let yes_or_no = |value: bool| Some(yes_or_no(value).to_owned());
    vec![
        ("Stages that start a review", Some(stage_labels(&settings.trigger_stages(), schema))),
        (RECORD_TYPES, record_types),
        ("Pipeline", trigger.pipeline.clone()),
        ("Stage field", trigger.field.clone()),
        (ONLY_IF_STILL_THERE, yes_or_no(trigger.only_if_still_there)),
        (POLLING_INTERVAL, Some(interval(poll_seconds(settings)))),
        (API_SHARE, Some(format!("{} percent of the rest, when they run low", settings.poll_api_share()))),
        ("Imported file", Some(file_rule_text(&settings.file_rule))),
        (REOPEN_ON_NEW_VERSION, yes_or_no(settings.reopens_on_new_version())),
        (FILE_BACK, Some(file_back_text(&settings.file_back))),
        (STATUS_FIELD, Some(settings.status_field().to_owned())),
        (WRITE_ON_CREATE, yes_or_no(settings.writes_on_create())),
        ("Call signatures", Some(signature_text(settings.webhook_signature).to_owned())),
    ]
}

fn file_back_text(file_back: &FileBack) -> String {
    let text = |status: &FileBackStatus| match status {
        FileBackStatus::Approved => "approved",
        FileBackStatus::Signed => "signed",
    };
    match file_back.on.iter().map(text).collect::<Vec<_>>().as_slice() {
        [] => "Off".to_owned(),
        statuses => format!("When {}", statuses.join(" or ")),
    }
}
