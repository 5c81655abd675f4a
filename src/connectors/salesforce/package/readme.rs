//! Values for the placeholders in the README of the package.

use super::contents::StatusField;
use super::template::{Value, code};
use crate::connectors::SetupContext;
use crate::domain::connection::{SignatureRule, StatusFieldType, Trigger};

const NOT_PUBLIC: &str = "**Salesforce cannot call this address**: it needs `https` and a public host name. The operator of LexiContract must \
     set `PUBLIC_URL`; then download this package again.\n";

pub(super) fn values(connection: &SetupContext<'_>, field: &StatusField<'_>) -> Vec<Value> {
    let stages = connection.settings.trigger_stages();
    let is_public = connection.origin.starts_with("https://");
    vec![
        ("account", code(connection.account)),
        ("environment", connection.environment.label().to_owned()),
        ("webhook_origin", connection.origin.to_owned()),
        ("webhook_path", connection.webhook_path.to_owned()),
        ("callback_url", code(connection.callback_url)),
        ("address_note", if is_public { String::new() } else { NOT_PUBLIC.to_owned() }),
        ("stages", stages.iter().map(|stage| format!("- {}", code(stage.trim()))).collect::<Vec<_>>().join("\n")),
        ("rule_note", rule_note(&connection.settings.trigger)),
        ("login_url", connection.login_url.trim_end_matches('/').to_owned()),
        ("status_row", status_row(connection, field)),
        ("field_note", field_note(field)),
        ("layout_note", layout_note(field)),
        ("signing_note", signing_note(connection.settings.webhook_signature).to_owned()),
    ]
}

fn rule_note(trigger: &Trigger) -> String {
    let field = match trigger.field.as_deref() {
        None => String::new(),
        Some(name) => format!("The stage is the value of the field {}, not of `StageName`.\n", code(name)),
    };
    let record_types = match trigger.record_types.as_slice() {
        [] => String::new(),
        names => {
            let names: Vec<String> = names.iter().map(|name| code(name.trim())).collect();
            format!("Only Opportunities of these record types count: {}.\n", names.join(", "))
        }
    };
    let still_there = if trigger.only_if_still_there {
        "An Opportunity that has left the stage again before Salesforce makes the call is skipped."
    } else {
        "An Opportunity counts even if it has left the stage again before Salesforce makes the call."
    };
    format!("{field}{record_types}{still_there}")
}

fn status_row(connection: &SetupContext<'_>, field: &StatusField<'_>) -> String {
    let name = code(field.name);
    match (field.template, connection.status_field) {
        (None, _) => format!("| Nothing for the status | {name} | the field is in your org already |"),
        (Some(_), StatusFieldType::Text) => format!("| Text field on Opportunity | {name} | holds the status |"),
        (Some(_), _) => format!("| Restricted picklist on Opportunity | {name} | holds the status |"),
    }
}

fn field_note(field: &StatusField<'_>) -> String {
    if field.template.is_none() {
        return String::new();
    }
    let name = code(field.name);
    format!(
        "**Does Opportunity have a field {name} already, made by someone else?** Deploying would change it. Download the package again \
         with *No field* chosen for the status, and your field stays as it is. *A text field* makes a text field instead of a restricted \
         picklist.\n"
    )
}

fn signing_note(rule: Option<SignatureRule>) -> &'static str {
    match rule {
        None => {
            "Calls are **not signed**: the secret alone proves who calls. To have them signed, choose *Call signatures: Optional signature* in the \
             settings of the connection in LexiContract and download this package again; it then lists what else to enter."
        }
        Some(SignatureRule::Optional) => {
            "5. Again **Add**. Name: `SigningKey`, exactly. Value: the signing key that LexiContract showed below the secret. **Save**.\n\nCalls are \
             **signed on trial**: LexiContract also accepts calls without a valid signature. When its connection page says *last signed call*, set \
             *Call signatures: Required signature* there."
        }
        Some(SignatureRule::Required) => {
            "5. Again **Add**. Name: `SigningKey`, exactly. Value: the signing key that LexiContract showed below the secret. **Save**.\n\nLexiContract \
             accepts **only signed calls**: without the key, or with a wrong one, every call gets a 401."
        }
    }
}

fn layout_note(field: &StatusField<'_>) -> String {
    let name = code(field.name);
    let placed = format!(
        "Setup → Object Manager → Opportunity → Page Layouts → *your layout*: drag {name} onto it and save. (Lightning record page with \
         dynamic forms: Setup → Object Manager → Opportunity → Lightning Record Pages → Edit.)"
    );
    if field.is_custom {
        return placed;
    }
    format!(
        "{placed}\n\n{name} is a standard field: the permission sets of this package do not include it. Give the connected user the right to \
         edit it: Setup → Object Manager → Opportunity → Fields & Relationships → {name} → Set Field-Level Security."
    )
}
