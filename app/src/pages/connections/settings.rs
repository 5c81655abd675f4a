//! The settings of a CRM connection: in a few lines on its page, and as a form filled from the provider's description of deals.

use super::settings_conflict::{overtaken, saved_now};
use crate::{
    actions::SettingsForm,
    context::{actor, hub},
    flash,
    pages::{
        messages::messages,
        page::{WebPage, page, set_title},
        request::{parameter, path, query},
    },
    parts::{
        form::{
            button::{Look, hidden, link, submit},
            field::{Input, choice},
            options::{checkboxes, radios},
        },
        layout::{
            back_to,
            card::card,
            columns,
            list::facts,
            page_heading,
            prose::{code, muted},
            row, sections, stack, subheading,
        },
        status::{
            notice::{notice, outcome_notice},
            tone::Tone,
        },
    },
    text::problem,
};
use leptos::prelude::*;
use lexicontract::domain::{
    account::users::Role,
    connection::{
        Connection, DEFAULT_STATUS_FIELD, DEFAULT_TRIGGER_STAGE, Settings, SignatureRule,
        deal_schema::{DealSchema, StatusField},
    },
    contract::NegotiationStatus,
    file::rule::FileRule,
    ids::ConnectionId,
    problem::Problem,
};

/// Picklists of providers take no longer words.
const MAX_LABEL_CHARACTERS: usize = 255;

/// The settings as they are.
pub(crate) fn summary(connection: &Connection, is_admin: bool) -> AnyView {
    let settings = &connection.metadata;
    let labels = match settings.status_labels.len() {
        0 => "The names of the statuses".to_owned(),
        1 => "1 word of your own".to_owned(),
        count => format!("{count} words of your own"),
    };
    let change = is_admin.then(|| link("Change settings", format!("/integrations/{}/settings", connection.id), Look::Secondary));
    let rows = vec![
        ("Stages that start a review", settings.trigger_stages().join(", ").into_any()),
        ("File that is taken", rule_words(&settings.file_rule).into_any()),
        ("Field for the status", code(settings.status_field())),
        ("What is written", labels.into_any()),
        ("Signatures of calls", signature_words(settings.webhook_signature).into_any()),
    ];
    card("settings", "Settings", ().into_any(), stack((facts(rows), row(change))))
}

pub(crate) fn signature_words(rule: Option<SignatureRule>) -> &'static str {
    match rule {
        None => "Not signed",
        Some(SignatureRule::Optional) => "Signed, to try it",
        Some(SignatureRule::Required) => "Only signed calls",
    }
}

/// Whether calls carry a signature besides the secret.
fn signatures(rule: Option<SignatureRule>) -> AnyView {
    let chosen = match rule {
        None => "off",
        Some(SignatureRule::Optional) => "optional",
        Some(SignatureRule::Required) => "required",
    };
    let options = vec![
        ("off", signature_words(None), "The secret alone proves who calls."),
        (
            "optional",
            signature_words(Some(SignatureRule::Optional)),
            "The set-up package signs, and the secret shows when the last signed call came. Calls without a right signature are taken, too.",
        ),
        (
            "required",
            signature_words(Some(SignatureRule::Required)),
            "Nobody who sees a call on its way can change it or send it again later. Calls without a right signature are refused.",
        ),
    ];
    radios("settings[webhook_signature]", "Signatures of calls", options, chosen)
}

pub(crate) fn rule_words(rule: &FileRule) -> String {
    match rule {
        FileRule::Newest => "The newest".to_owned(),
        FileRule::Type { types } => format!("The newest of type {}", types.join(", ")),
        FileRule::Name { pattern } => format!("The newest named like “{pattern}”"),
    }
}

/// The settings form, on a separate page because it queries the provider for its choices.
pub(crate) fn settings_page() -> WebPage {
    let (id, refused) = (parameter("id"), query("problem"));
    let typed: Option<SettingsForm> = refused.is_some().then(|| flash::take_form_state(&path())).flatten();
    let messages = messages();
    page("Settings", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Admin)?;
        let id: ConnectionId = id.parse().map_err(|_| Problem::NotFound)?;
        let connection = hub.confirmed_connection(&actor, &id).await?;
        if !connection.has_setup() {
            return Err(Problem::NotFound.into());
        }
        let fault = typed.as_ref().filter(|_| refused.as_deref() == Some("metadata"));
        let fault = fault.map(|typed| Fault::of(typed, &connection.metadata));
        let is_overtaken = refused.as_deref() == Some(Problem::ChangedMeanwhile.code());
        let shown = typed.as_ref().map_or_else(|| connection.metadata.clone(), |typed| typed.settings(&connection.metadata));
        let choices = hub.deal_schema(&actor, &id).await.ok();
        let unread = choices.is_none().then(|| {
            let text = "The provider could not be asked which fields and stages there are, so type their names. They are checked when you test the connection.";
            notice(Tone::Warn, None, text.to_owned())
        });
        let (messages, saved) = match (fault.as_ref(), is_overtaken && typed.is_some()) {
            (Some(fault), _) => (fault.notice(), None),
            (None, true) => {
                let change = hub.settings_change(&actor, &id).await?;
                (overtaken(change.as_ref()), Some(saved_now(&connection.metadata, &shown, change, hub.clock().now())))
            }
            (None, false) => (messages, None),
        };
        set_title(&format!("Settings · {}", connection.integration.name));
        Ok(sections(view! {
            {back_to(connection.integration.name.clone(), format!("/integrations/{id}"))}
            {page_heading("Settings", connection.account_label.clone().unwrap_or_default().into_any(), ().into_any())}
            {messages}
            {saved}
            {unread}
            {form(&connection, &shown, &choices.unwrap_or_default(), fault.as_ref())}
        }))
    })
}

/// Which of the settings was refused, and why.
struct Fault {
    setting: Option<String>,
    words: &'static str,
}

impl Fault {
    fn of(typed: &SettingsForm, before: &Settings) -> Self {
        let setting = typed.fault(before);
        Self { words: problem::setting(setting.as_deref().unwrap_or_default(), &typed.file_rule), setting }
    }

    fn notice(&self) -> AnyView {
        let text = format!("Nothing is saved yet, because one of the settings cannot be used. {}", self.words);
        outcome_notice("Check the input".to_owned(), text)
    }

    /// What to say beside an input.
    fn words_for(fault: Option<&Self>, setting: &str) -> Option<String> {
        fault.filter(|fault| fault.setting.as_deref() == Some(setting)).map(|fault| fault.words.to_owned())
    }
}

/// The settings that the form was made from.
fn seen(settings: &Settings) -> String {
    serde_json::to_string(settings).unwrap_or_default()
}

fn form(connection: &Connection, settings: &Settings, choices: &DealSchema, fault: Option<&Fault>) -> AnyView {
    let error = |setting: &str| Fault::words_for(fault, setting);
    let buttons = row((
        submit("Save settings", Look::Primary),
        link("Cancel", format!("/integrations/{}", connection.id), Look::Secondary),
    ));
    view! {
        <form method="post" action="/actions/update_connection" class="flex flex-col gap-6">
            {hidden(vec![("connection", connection.id.to_string()), ("seen", seen(&connection.metadata))])}
            {card("stages", "Stages that start a review", ().into_any(), stages(settings, choices, error("trigger_stages")))}
            {card("file-rule", "File that is taken", ().into_any(), file_rule(&settings.file_rule, error("file_rule")))}
            {card("status-field", "Status at the provider", ().into_any(), status_field(settings, choices, &error))}
            {card("signatures", "Signatures of calls", ().into_any(), signatures(settings.webhook_signature))}
            {buttons}
        </form>
    }
    .into_any()
}

fn stages(settings: &Settings, choices: &DealSchema, error: Option<String>) -> AnyView {
    let chosen = &settings.trigger_stages;
    let is_chosen = |stage: &String| match chosen.is_empty() {
        true => stage == DEFAULT_TRIGGER_STAGE,
        false => chosen.contains(stage),
    };
    let known: Vec<(String, bool)> = choices.stages.iter().map(|stage| (stage.clone(), is_chosen(stage))).collect();
    let others: Vec<&str> = chosen.iter().filter(|stage| !choices.stages.contains(stage)).map(String::as_str).collect();
    let (label, placeholder) = match known.is_empty() {
        true => ("Stages", DEFAULT_TRIGGER_STAGE),
        false => ("Other stages", ""),
    };
    let other = Input {
        is_required: false,
        value: others.join("; "),
        placeholder: placeholder.to_owned(),
        error,
        ..Input::text("settings[trigger_stages]", label)
    };
    stack((
        (!known.is_empty()).then(|| checkboxes("settings[stage_choices]", "Stages at the provider", known)),
        other.help("Separate several with semicolons.").view(),
        muted(
            "They go into the set-up package. After a change, the provider’s administrator deploys it again, or edits the \
             custom metadata “LexiContract Stage” in Setup.",
        ),
    ))
}

fn file_rule(rule: &FileRule, error: Option<String>) -> AnyView {
    let (chosen, types, pattern) = match rule {
        FileRule::Newest => ("newest", String::new(), String::new()),
        FileRule::Type { types } => ("type", types.join(", "), String::new()),
        FileRule::Name { pattern } => ("name", String::new(), pattern.clone()),
    };
    let (of_types, of_name) = if chosen == "type" { (error, None) } else { (None, error) };
    let options = vec![
        ("newest", "Newest", "The file whose content changed last."),
        ("type", "Newest of certain types", "Other types are passed over, and the contract says so."),
        ("name", "Newest with a certain name", "Files with other names are passed over, and the contract says so."),
    ];
    let types = Input {
        is_required: false,
        value: types,
        placeholder: "pdf, docx".to_owned(),
        pattern: Some((r"[\s,;.A-Za-z0-9]*", "Endings such as pdf and docx, with commas between them")),
        error: of_types,
        ..Input::text("settings[file_types]", "Types")
    };
    let pattern = Input {
        is_required: false,
        value: pattern,
        placeholder: "*contract*.pdf".to_owned(),
        error: of_name,
        ..Input::text("settings[file_pattern]", "Name")
    };
    stack((
        radios("settings[file_rule]", "Which file", options, chosen),
        columns((
            types.help("For “certain types”. Separate several with commas.").view(),
            pattern
                .help("For “a certain name”. * stands for any characters, ? for one. Without them, the name must contain it.")
                .view(),
        )),
    ))
}

fn status_field(settings: &Settings, choices: &DealSchema, error: &impl Fn(&str) -> Option<String>) -> AnyView {
    let chosen = choices.field(settings.status_field());
    let labels = NegotiationStatus::ALL.into_iter().map(|status| label(status, settings, chosen, error("status_labels")));
    stack((
        field(settings, choices, error("status_field")),
        subheading("What is written for each status"),
        columns(labels.collect_view()),
        muted("Leave a line empty to write what it shows in grey."),
    ))
}

fn field(settings: &Settings, choices: &DealSchema, error: Option<String>) -> AnyView {
    const HELP: &str = "A text field or a picklist of the deal that the connected user may edit.";
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
        return input.help("Its API name.").view();
    }
    let mut options: Vec<(String, String)> = Vec::new();
    if choices.field(current).is_none() {
        options.push((current.to_owned(), format!("{current} (not found, or not editable)")));
    }
    options.extend(choices.fields.iter().map(|field| (field.name.clone(), format!("{} ({})", field.label, field.name))));
    choice("field-status-field", "settings[status_field]", "Status field", options, current, HELP.into_any())
}

fn label(status: NegotiationStatus, settings: &Settings, field: Option<&StatusField>, error: Option<String>) -> AnyView {
    let is_too_long = settings.status_labels.get(&status).is_some_and(|label| label.chars().count() > MAX_LABEL_CHARACTERS);
    let input = Input {
        is_required: false,
        value: settings.status_labels.get(&status).cloned().unwrap_or_default(),
        placeholder: status.label().to_owned(),
        suggestions: field.map(|field| field.values.clone()).unwrap_or_default(),
        error: error.filter(|_| is_too_long),
        ..Input::text(format!("settings[status_labels][{}]", status.as_str()), status.label())
    };
    input.view()
}
