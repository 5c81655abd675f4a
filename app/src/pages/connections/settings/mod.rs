mod conflict;
mod polling;
mod shown;
mod signatures;
mod stages;
mod status;
mod summary;

use super::data::connection_with_deals;
use crate::actions::SettingsForm;
use crate::form_state;
use crate::pages::prelude::*;
use crate::text::settings::{FILE_BACK, FILE_BACK_APPROVED, FILE_BACK_SIGNED, REOPEN_ON_NEW_VERSION};
use conflict::{conflict_notice, saved_settings};
use lexicontract::domain::connection::Settings;
use lexicontract::domain::connection::catalogue::Capability;
use lexicontract::domain::connection::settings::{FileBack, FileBackStatus};
use lexicontract::domain::file::rule::FileRule;
use polling::polling;
use shown::{InvalidSetting, ShownSettings, setting_checkbox};
use signatures::signatures;
use stages::stages;
use status::status;

pub(super) use summary::summary;

fn file_rule_text(rule: &FileRule) -> String {
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
        let connection = connection_with_deals(&hub, &actor, &id).await?;
        let saved = &connection.metadata;
        let invalid = submitted.as_ref().filter(|_| problem.as_deref() == Some("metadata"));
        let invalid = invalid.map(|submitted| InvalidSetting::of(submitted, saved));
        let is_conflict = problem.as_deref() == Some(Problem::ChangedMeanwhile.code());
        let settings = submitted.as_ref().map_or_else(|| saved.clone(), |submitted| submitted.settings(saved));
        let terms = connectors::terms(&connection.integration.slug);
        let schema = hub.deal_schema(&actor, &id).await.ok();
        let unread = schema.is_none().then(|| unread_schema(terms));
        let schema = schema.unwrap_or_default();
        let (messages, conflict) = match (invalid.as_ref(), is_conflict && submitted.is_some()) {
            (Some(invalid), _) => (invalid.notice(), None),
            (None, true) => {
                let change = hub.settings_change(&actor, &id).await?;
                let saved = saved_settings([saved, &settings], &schema, change.as_ref(), hub.clock().now());
                (conflict_notice(change.as_ref()), Some(saved))
            }
            (None, false) => (messages, None),
        };
        set_title(&format!("Settings · {}", connection.integration.name));
        let (submitted, invalid) = (submitted.as_ref(), invalid.as_ref());
        let shown = ShownSettings { settings: &settings, schema: &schema, terms, submitted, invalid };
        Ok(sections(view! {
            {back(connection.integration.name.clone(), format!("/integrations/{id}"))}
            {page_heading("Settings", connection.account_label.clone().unwrap_or_default(), ())}
            {messages}
            {conflict}
            {unread}
            {form(&connection, &shown)}
        }))
    })
}

fn unread_schema(terms: &Terms) -> AnyView {
    let text = format!(
        "The fields and stages could not be read from {}. Enter their names here; they are checked when the connection is tested.",
        terms.provider
    );
    notice(Tone::Warn, None, text)
}

fn form(connection: &Connection, shown: &ShownSettings<'_>) -> AnyView {
    // The form submits the settings that it showed, so that the server detects a concurrent change.
    let seen = serde_json::to_string(&connection.metadata).unwrap_or_default();
    let settings = shown.settings;
    let files_back = connection.integration.capabilities.contains(&Capability::FileBack);
    let file_back = files_back.then(|| card("file-back", FILE_BACK, (), file_back(&settings.file_back, shown.terms)));
    let buttons = row((
        submit("Save settings", Look::Primary),
        link_button("Cancel", format!("/integrations/{}", connection.id), Look::Secondary),
    ));
    any_view! {
        <form method="post" action="/actions/update_connection" class="flex flex-col gap-6">
            {hidden(vec![("connection", connection.id.to_string()), ("seen", seen)])}
            {card("stages", "Stages that start a review", (), stages(shown))}
            {card("polling", "How changes are found", (), polling(shown))}
            {card("file-rule", "Imported file", (), file_rule(&settings.file_rule, shown.error("file_rule")))}
            {card("new-file", "When a new file arrives", (), new_file(settings))}
            {file_back}
            {card("status-field", format!("Status in the {}", shown.terms.deal), (), status(shown))}
            {card("signatures", "Call signatures", (), signatures(settings.webhook_signature))}
            {buttons}
        </form>
    }
}

fn new_file(settings: &Settings) -> AnyView {
    let help = "Otherwise the contract stays approved.";
    setting_checkbox("reopen_on_new_version", REOPEN_ON_NEW_VERSION, settings.reopens_on_new_version(), help)
}

fn file_back(file_back: &FileBack, terms: &Terms) -> AnyView {
    let Terms { provider, deal, .. } = terms;
    let is_on = |status: FileBackStatus| file_back.on.contains(&status);
    stack((
        muted(format!(
            "A version that did not come from {provider} is stored in the {deal} once, as a new version of the contract’s file. If \
             someone has put a newer version there, it is stored as a separate file. Contracts that \
             have such a status already are not stored automatically. To store one, open the contract and choose “File in {provider}”."
        )),
        setting_checkbox("file_back_approved", FILE_BACK_APPROVED, is_on(FileBackStatus::Approved), ()),
        setting_checkbox("file_back_signed", FILE_BACK_SIGNED, is_on(FileBackStatus::Signed), ()),
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
