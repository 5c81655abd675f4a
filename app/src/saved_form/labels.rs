use crate::text::settings;
use lexicontract::domain::account::users::Role;
use lexicontract::domain::connection::{Environment, LabelKey};
use lexicontract::domain::contract::NegotiationStatus;

/// The description of an action. `None` if forms for the action are not kept.
pub(crate) fn title(action: &str) -> Option<&'static str> {
    Some(match action.strip_prefix("/actions/")? {
        "change_status" => "Change the negotiation status",
        "retry_sync" => "Write the status again",
        "change_title" => "Change the title of a contract",
        "link_contract" => "Link a contract to a deal",
        "unlink_contract" => "Unlink a contract from its deal",
        "erase_contract" => "Erase a contract",
        "file_version" => "File a version at the provider",
        "choose_file" => "Choose another file of the deal",
        "retry_analysis" => "Analyse a document again",
        "invite_user" => "Invite a user",
        "invite_again" => "Create a new invitation",
        "update_user" => "Change a user",
        "remove_user" => "Remove a user",
        "create_api_token" => "Create an API token",
        "revoke_api_token" => "Revoke an API token",
        "connect" => "Connect an integration",
        "reconnect" => "Reconnect an integration",
        "disconnect" => "Disconnect an integration",
        "update_connection" => "Change a connection’s settings",
        "make_webhook_secret" => "Create a webhook secret",
        "end_previous_webhook_secrets" => "Revoke the previous webhook secret",
        "create_outbound_secret" => "Create an endpoint URL",
        "end_previous_outbound_secrets" => "Revoke the previous endpoint URL",
        "create_connect_link" => "Create a connect link",
        "revoke_connect_link" => "Revoke a connect link",
        "redeliver" => "Redeliver a delivery",
        _ => return None,
    })
}

/// The label and the value that the original form showed for a field. `None` if the field is hidden or empty.
pub(crate) fn label_and_value(name: &str, value: &str) -> Option<(String, String)> {
    if value.trim().is_empty() {
        return None;
    }
    let setting = name.strip_prefix("settings[").and_then(|rest| rest.split(']').next());
    Some(match setting {
        Some(setting) => (setting_label(setting, name)?, setting_value(setting, value)),
        None => (label(name)?.to_owned(), value_text(name, value).to_owned()),
    })
}

fn label(name: &str) -> Option<&'static str> {
    Some(match name {
        "negotiation_status" => "Negotiation status",
        "version" => "Version",
        "title" => "Title",
        "record" => "Deal",
        "name" => "Name",
        "email" => "Email",
        "role" => "Role",
        "is_disabled" => "Can sign in",
        "environment" => "Environment",
        "domain" => "My Domain",
        "is_enabled" => "The connection",
        "expires_in_days" => "Expires after (days)",
        _ => return None,
    })
}

fn value_text<'a>(name: &str, value: &'a str) -> &'a str {
    let text = match (name, value) {
        ("negotiation_status", _) => value.parse::<NegotiationStatus>().ok().map(NegotiationStatus::label),
        ("role", _) => value.parse::<Role>().ok().map(Role::label),
        ("environment", _) => value.parse::<Environment>().ok().map(Environment::label),
        ("is_disabled", "true") => Some("No"),
        ("is_disabled", _) => Some("Yes"),
        ("is_enabled", "true") => Some("Resume"),
        ("is_enabled", _) => Some("Pause"),
        _ => None,
    };
    text.unwrap_or(value)
}

/// The label of a setting. `name` is the full name of the form field. For the setting `status_labels`, `name` also contains the
/// key of the status label. `None` for the hidden fields of check boxes.
fn setting_label(setting: &str, name: &str) -> Option<String> {
    let label = match setting {
        _ if name.ends_with("[shown]") => return None,
        "status_field" => "Status field",
        "stage_choices" => "Stage that starts a review",
        "trigger_stages" => "Other stages",
        "record_types" => "Record type",
        "only_if_still_there" => settings::ONLY_IF_STILL_THERE,
        "poll_seconds" => settings::POLLING_INTERVAL,
        "poll_api_share" => settings::API_SHARE,
        "file_rule" => "Imported file",
        "file_types" => "Types",
        "file_pattern" => "Name of the file",
        "write_on_create" => settings::WRITE_ON_CREATE,
        "reopen_on_new_version" => settings::REOPEN_ON_NEW_VERSION,
        "file_back_approved" | "file_back_signed" => settings::FILE_BACK,
        "webhook_signature" => "Call signatures",
        "status_labels" => {
            let key = name.rsplit('[').next()?.trim_end_matches(']');
            return Some(format!("Value for {}", key.parse::<LabelKey>().ok()?.name()));
        }
        _ => return None,
    };
    Some(label.to_owned())
}

fn setting_value(setting: &str, value: &str) -> String {
    let text = match (setting, value) {
        ("poll_seconds", _) => return value.parse().map_or(value.to_owned(), settings::interval),
        ("poll_api_share", _) => return format!("{value} percent"),
        ("only_if_still_there" | "write_on_create" | "reopen_on_new_version", _) => settings::yes_or_no(true),
        ("file_back_approved", _) => settings::FILE_BACK_APPROVED,
        ("file_back_signed", _) => settings::FILE_BACK_SIGNED,
        ("file_rule", "documents") => "Newest document",
        ("file_rule", "newest") => "Newest",
        ("file_rule", "type") => "Newest of certain types",
        ("file_rule", "name") => "Newest with a certain name",
        ("webhook_signature", "off") => "No signature",
        ("webhook_signature", "optional") => "Optional signature",
        ("webhook_signature", "required") => "Required signature",
        _ => value,
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_labels_and_values_of_their_form() {
        for (name, value, expected) in [
            ("negotiation_status", "in_review", "Negotiation status: In Review"),
            ("is_enabled", "false", "The connection: Pause"),
            ("is_disabled", "true", "Can sign in: No"),
            ("role", "viewer", "Role: Viewer"),
            ("environment", "my_domain", "Environment: My Domain"),
            ("settings[status_field]", "State__c", "Status field: State__c"),
            ("settings[status_labels][in_review]", "With Legal", "Value for In Review: With Legal"),
            ("settings[stage_choices][0]", "Closed Won", "Stage that starts a review: Closed Won"),
            ("settings[status_labels][needs_file]", "No file", "Value for No usable file: No file"),
            ("settings[record_types][0]", "Renewal", "Record type: Renewal"),
            ("settings[only_if_still_there][on]", "true", "Only if still in the stage: Yes"),
            ("settings[poll_seconds]", "300", "Polling interval: Every 5 minutes"),
            ("settings[poll_api_share]", "25", "Share of the API calls: 25 percent"),
            ("settings[file_back_signed][on]", "true", "File versions in the deal: When the contract is signed"),
            ("settings[file_rule]", "name", "Imported file: Newest with a certain name"),
            ("name", "Grace", "Name: Grace"),
        ] {
            let (label, text) = label_and_value(name, value).unwrap();
            assert_eq!(format!("{label}: {text}"), expected);
        }
    }

    #[test]
    fn hidden_and_empty_fields_are_left_out() {
        for (name, value) in [
            ("contract", "ctr_1"),
            ("seen", "draft"),
            ("", "x"),
            ("settings[new]", "x"),
            ("settings[write_on_create][shown]", "true"),
            ("domain", " "),
        ] {
            assert_eq!(label_and_value(name, value), None, "{name}");
        }
    }

    #[test]
    fn sign_in_and_upload_forms_have_no_title() {
        for action in ["/actions/sign_in", "/actions/upload", "/actions/", "invite_user", "/login"] {
            assert_eq!(title(action), None, "{action}");
        }
    }
}
