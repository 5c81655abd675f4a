use super::settings_conflict::{conflict_notice, saved_settings};
use crate::actions::SettingsForm;
use crate::form_state;
use crate::pages::prelude::*;
use crate::text::problem;
use lexicontract::domain::connection::deal_schema::{DealSchema, StatusField};
use lexicontract::domain::connection::{DEFAULT_STATUS_FIELD, DEFAULT_TRIGGER_STAGE, Settings, SignatureRule};
use lexicontract::domain::file::rule::FileRule;

const MAX_LABEL_CHARACTERS: usize = 255;

pub(super) fn summary(connection: &Connection, is_admin: bool) -> AnyView {
    let settings = &connection.metadata;
    let labels = match settings.status_labels.len() {
        0 => "Status names".to_owned(),
        1 => "1 custom value".to_owned(),
        count => format!("{count} custom values"),
    };
    let change =
        is_admin.then(|| link_button("Change settings", format!("/integrations/{}/settings", connection.id), Look::Secondary));
    let rows = vec![
        ("Stages that start a review", settings.trigger_stages().join(", ").into_any()),
        ("Imported file", file_rule_text(&settings.file_rule).into_any()),
        ("Status field", code(settings.status_field().to_owned())),
        ("Written values", labels.into_any()),
        ("Call signatures", signature_text(settings.webhook_signature).into_any()),
    ];
    card("settings", "Settings", (), stack((facts(rows), row(change))))
}

/// The value, the label and the explanation of a signature rule.
fn signature_option(rule: Option<SignatureRule>) -> (&'static str, &'static str, &'static str) {
    match rule {
        None => ("off", "No signature", "Calls are authenticated only by the secret."),
        Some(SignatureRule::Optional) => (
            "optional",
            "Optional signature",
            "Calls from the setup package are signed. Calls without a valid signature are still accepted. The Webhook card \
             shows when the last signed call arrived.",
        ),
        Some(SignatureRule::Required) => (
            "required",
            "Required signature",
            "Protects calls against modification and replay. Calls without a valid signature are rejected.",
        ),
    }
}

pub(super) fn signature_text(rule: Option<SignatureRule>) -> &'static str {
    let (_, label, _) = signature_option(rule);
    label
}

fn signatures(rule: Option<SignatureRule>) -> AnyView {
    let (chosen, ..) = signature_option(rule);
    let options = [None, Some(SignatureRule::Optional), Some(SignatureRule::Required)].map(signature_option);
    radios("settings[webhook_signature]", "Call signatures", options, chosen)
}

pub(super) fn file_rule_text(rule: &FileRule) -> String {
    match rule {
        FileRule::Documents => "Newest document".to_owned(),
        FileRule::Newest => "Newest".to_owned(),
        FileRule::Type { types } => format!("Newest of type {}", types.join(", ")),
        FileRule::Name { pattern } => format!("Newest with a name like “{pattern}”"),
    }
}

/// The page with the form. The form is not on the page of the connection, because reading its choices needs a call to the
/// provider.
pub(crate) fn settings_page() -> WebPage {
    let (id, problem) = (parameter("id"), query("problem"));
    let submitted: Option<SettingsForm> = problem.is_some().then(|| form_state::take(&path())).flatten();
    let messages = messages();
    page("Settings", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Admin)?;
        let id: ConnectionId = parse_id(&id)?;
        let connection = hub.confirmed_connection(&actor, &id).await?;
        if !connection.has_setup() {
            return Err(Problem::NotFound.into());
        }
        let saved = &connection.metadata;
        let invalid = submitted.as_ref().filter(|_| problem.as_deref() == Some("metadata"));
        let invalid = invalid.map(|submitted| InvalidSetting::of(submitted, saved));
        let is_conflict = problem.as_deref() == Some(Problem::ChangedMeanwhile.code());
        let shown = submitted.as_ref().map_or_else(|| saved.clone(), |submitted| submitted.settings(saved));
        let choices = hub.deal_schema(&actor, &id).await.ok();
        let unread = choices.is_none().then(|| {
            let text = "The fields and stages could not be read from the provider. Enter their names here; they are checked when \
                 the connection is tested.";
            notice(Tone::Warn, None, text.to_owned())
        });
        let (messages, conflict) = match (invalid.as_ref(), is_conflict && submitted.is_some()) {
            (Some(invalid), _) => (invalid.notice(), None),
            (None, true) => {
                let change = hub.settings_change(&actor, &id).await?;
                (conflict_notice(change.as_ref()), Some(saved_settings(saved, &shown, change, hub.clock().now())))
            }
            (None, false) => (messages, None),
        };
        set_title(&format!("Settings · {}", connection.integration.name));
        Ok(sections(view! {
            {back(connection.integration.name.clone(), format!("/integrations/{id}"))}
            {page_heading("Settings", connection.account_label.clone().unwrap_or_default(), ())}
            {messages}
            {conflict}
            {unread}
            {form(&connection, &shown, &choices.unwrap_or_default(), invalid.as_ref())}
        }))
    })
}

struct InvalidSetting {
    setting: Option<String>,
    message: &'static str,
}

impl InvalidSetting {
    fn of(submitted: &SettingsForm, before: &Settings) -> Self {
        let setting = submitted.invalid_setting(before);
        Self { message: problem::setting(setting.as_deref().unwrap_or_default(), &submitted.file_rule), setting }
    }

    fn notice(&self) -> AnyView {
        let text = format!("Nothing was saved, because one of the settings is invalid. {}", self.message);
        outcome_notice("Check your input".to_owned(), text)
    }
}

fn form(connection: &Connection, settings: &Settings, choices: &DealSchema, invalid: Option<&InvalidSetting>) -> AnyView {
    // The form submits the settings that it showed, so that the server detects a concurrent change.
    let seen = serde_json::to_string(&connection.metadata).unwrap_or_default();
    let error = |setting: &str| {
        invalid.filter(|invalid| invalid.setting.as_deref() == Some(setting)).map(|invalid| invalid.message.to_owned())
    };
    let buttons = row((
        submit("Save settings", Look::Primary),
        link_button("Cancel", format!("/integrations/{}", connection.id), Look::Secondary),
    ));
    any_view! {
        <form method="post" action="/actions/update_connection" class="flex flex-col gap-6">
            {hidden(vec![("connection", connection.id.to_string()), ("seen", seen)])}
            {card("stages", "Stages that start a review", (), stages(settings, choices, error("trigger_stages")))}
            {card("file-rule", "Imported file", (), file_rule(&settings.file_rule, error("file_rule")))}
            {card("status-field", "Status at the provider", (), status_field(settings, choices, &error))}
            {card("signatures", "Call signatures", (), signatures(settings.webhook_signature))}
            {buttons}
        </form>
    }
}

fn stages(settings: &Settings, choices: &DealSchema, error: Option<String>) -> AnyView {
    let chosen = &settings.trigger_stages;
    let is_chosen = |stage: &String| match chosen.is_empty() {
        true => stage == DEFAULT_TRIGGER_STAGE,
        false => chosen.contains(stage),
    };
    let known: Vec<(String, bool)> = choices.stages.iter().map(|stage| (stage.clone(), is_chosen(stage))).collect();
    let others: Vec<&str> = chosen.iter().filter(|stage| !choices.stages.contains(stage)).map(String::as_str).collect();
    let (label, placeholder) = if known.is_empty() { ("Stages", DEFAULT_TRIGGER_STAGE) } else { ("Other stages", "") };
    let other = Input {
        is_required: false,
        value: others.join("; "),
        placeholder: placeholder.to_owned(),
        error,
        ..Input::text("settings[trigger_stages]", label)
    };
    stack((
        (!known.is_empty()).then(|| checkboxes("settings[stage_choices]", "Stages at the provider", known)),
        other.help("Separate stages with semicolons.").view(),
        muted(
            "The setup package contains the stages. When you change them, the provider’s administrator must deploy it again, or \
             edit the custom metadata “LexiContract Stage” in Setup.",
        ),
    ))
}

fn file_rule(rule: &FileRule, error: Option<String>) -> AnyView {
    let (chosen, types, pattern) = match rule {
        FileRule::Documents => ("documents", String::new(), String::new()),
        FileRule::Newest => ("newest", String::new(), String::new()),
        FileRule::Type { types } => ("type", types.join(", "), String::new()),
        FileRule::Name { pattern } => ("name", String::new(), pattern.clone()),
    };
    let (types_error, pattern_error) = if chosen == "type" { (error, None) } else { (None, error) };
    let options = [
        (
            "documents",
            "Newest document",
            "The PDF, DOCX, DOC, ODT, RTF or TXT file with the latest content change. Pictures, spreadsheets, e-mails, notes and \
             other files are skipped and listed in the contract’s timeline.",
        ),
        ("newest", "Newest", "The file with the latest content change among all files whose content is accepted."),
        ("type", "Newest of certain types", "Files of other types are skipped and listed in the contract’s timeline."),
        ("name", "Newest with a certain name", "Files with other names are skipped and listed in the contract’s timeline."),
    ];
    let types = Input {
        is_required: false,
        value: types,
        placeholder: "pdf, docx".to_owned(),
        pattern: Some((r"[\s,;.A-Za-z0-9]*", "File extensions such as pdf and docx, separated by commas")),
        error: types_error,
        ..Input::text("settings[file_types]", "Types")
    };
    let pattern = Input {
        is_required: false,
        value: pattern,
        placeholder: "*contract*.pdf".to_owned(),
        error: pattern_error,
        ..Input::text("settings[file_pattern]", "Name")
    };
    let types = types.help("Used by “Newest of certain types”. Separate types with commas.");
    let pattern = pattern.help(
        "Used by “Newest with a certain name”. * matches any characters, ? matches one. Without them, the file name must contain \
         this text.",
    );
    stack((radios("settings[file_rule]", "Which file", options, chosen), columns((types.view(), pattern.view()))))
}

fn status_field(settings: &Settings, choices: &DealSchema, error: &impl Fn(&str) -> Option<String>) -> AnyView {
    let field = choices.field(settings.status_field());
    let labels = NegotiationStatus::ALL.iter().map(|status| label(*status, settings, field, error("status_labels")));
    stack((
        status_field_input(settings, choices, error("status_field")),
        subheading("Value for each status"),
        columns(labels.collect_view()),
        muted("Leave a field empty to write the value shown in grey."),
    ))
}

fn status_field_input(settings: &Settings, choices: &DealSchema, error: Option<String>) -> AnyView {
    const HELP: &str = "A text field or picklist on the deal. The connected user must be able to edit it.";
    let current = settings.status_field();
    if choices.fields.is_empty() {
        let input = Input {
            is_required: false,
            value: settings.status_field.clone().unwrap_or_default(),
            error,
            placeholder: DEFAULT_STATUS_FIELD.to_owned(),
            pattern: Some((r"\s*[A-Za-z][A-Za-z0-9_]*\s*", "An API name such as LexiContract_Status__c")),
            ..Input::text("settings[status_field]", "Status field")
        };
        return input.help("The API name of the field on the deal.").view();
    }
    let mut options: Vec<(String, String)> = Vec::new();
    if choices.field(current).is_none() {
        options.push((current.to_owned(), format!("{current} (not found, or not editable)")));
    }
    let chosen = choices.field(current).map_or(current, |field| field.name.as_str());
    options.extend(choices.fields.iter().map(|field| (field.name.clone(), format!("{} ({})", field.label, field.name))));
    select("field-status-field", "settings[status_field]", "Status field", options, chosen, Some(HELP))
}

fn label(status: NegotiationStatus, settings: &Settings, field: Option<&StatusField>, error: Option<String>) -> AnyView {
    let value = settings.status_labels.get(&status.into()).cloned().unwrap_or_default();
    let input = Input {
        is_required: false,
        error: error.filter(|_| value.chars().count() > MAX_LABEL_CHARACTERS),
        value,
        placeholder: status.label().to_owned(),
        suggestions: field.map(|field| field.values.clone()).unwrap_or_default(),
        ..Input::text(format!("settings[status_labels][{}]", status.into_str()), status.label())
    };
    input.view()
}
