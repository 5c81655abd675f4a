//! What people read about a form that was not sent.

use lexicontract::domain::{account::users::Role, connection::Environment, contract::NegotiationStatus};

/// What the form does; `None` for one that is not kept.
pub fn title(action: &str) -> Option<&'static str> {
    Some(match action.strip_prefix("/actions/")? {
        "change_status" => "Change the negotiation status",
        "retry_sync" => "Write the status again",
        "retry_analysis" => "Analyse a document again",
        "invite_user" => "Invite someone",
        "invite_again" => "Make a new invitation",
        "update_user" => "Change a person",
        "remove_user" => "Remove a person",
        "create_api_token" => "Make an API token",
        "revoke_api_token" => "Revoke an API token",
        "connect" => "Connect an integration",
        "reconnect" => "Reconnect an integration",
        "disconnect" => "Disconnect an integration",
        "update_connection" => "Change a connection’s settings",
        "make_webhook_secret" => "Make a webhook secret",
        "end_previous_webhook_secrets" => "End the previous webhook secret",
        "redeliver" => "Run a delivery again",
        _ => return None,
    })
}

/// A field as its form showed it, name and value; `None` for one that people never saw or left empty.
pub fn shown(name: &str, value: &str) -> Option<(String, String)> {
    if value.trim().is_empty() {
        return None;
    }
    let setting = name.strip_prefix("settings[").and_then(|rest| rest.split(']').next());
    let (label, value) = match setting {
        Some(setting) => (setting_label(setting, name)?, setting_value(setting, value)),
        None => (label(name)?.to_owned(), value_of(name, value)),
    };
    Some((label, value))
}

fn label(name: &str) -> Option<&'static str> {
    Some(match name {
        "negotiation_status" => "Negotiation status",
        "version" => "Version",
        "name" => "Name",
        "email" => "Email",
        "role" => "Role",
        "is_disabled" => "May sign in",
        "environment" => "Environment",
        "domain" => "My Domain",
        "is_enabled" => "The connection",
        "expires_in_days" => "Expires after days",
        _ => return None,
    })
}

fn value_of(name: &str, value: &str) -> String {
    let words = match (name, value) {
        ("negotiation_status", _) => NegotiationStatus::parse(value).map(NegotiationStatus::label),
        ("role", _) => Role::parse(value).map(Role::label),
        ("environment", _) => Environment::parse(value).map(Environment::label),
        ("is_disabled", "true") => Some("No"),
        ("is_disabled", _) => Some("Yes"),
        ("is_enabled", "true") => Some("Resume"),
        ("is_enabled", _) => Some("Pause"),
        _ => None,
    };
    words.map_or_else(|| value.to_owned(), str::to_owned)
}

/// `name` is the whole one, which says of which status a label is.
fn setting_label(setting: &str, name: &str) -> Option<String> {
    let words = match setting {
        "status_field" => "Status field",
        "stage_choices" => "Stage that starts a review",
        "trigger_stages" => "Other stages",
        "file_rule" => "File that is taken",
        "file_types" => "Types",
        "file_pattern" => "Name of the file",
        "webhook_signature" => "Signatures of calls",
        "status_labels" => {
            let status = name.rsplit('[').next()?.trim_end_matches(']');
            return Some(format!("Written for {}", NegotiationStatus::parse(status)?.label()));
        }
        _ => return None,
    };
    Some(words.to_owned())
}

fn setting_value(setting: &str, value: &str) -> String {
    let words = match (setting, value) {
        ("file_rule", "newest") => "The newest",
        ("file_rule", "type") => "The newest of certain types",
        ("file_rule", "name") => "The newest with a certain name",
        ("webhook_signature", "off") => "Not signed",
        ("webhook_signature", "optional") => "Signed, to try it",
        ("webhook_signature", "required") => "Only signed calls",
        _ => value,
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_names_and_the_values_that_people_saw() {
        for (name, value, told) in [
            ("negotiation_status", "in_review", "Negotiation status: In Review"),
            ("is_enabled", "false", "The connection: Pause"),
            ("is_disabled", "true", "May sign in: No"),
            ("role", "viewer", "Role: Viewer"),
            ("environment", "my_domain", "Environment: My Domain"),
            ("settings[status_field]", "State__c", "Status field: State__c"),
            ("settings[status_labels][in_review]", "With Legal", "Written for In Review: With Legal"),
            ("settings[stage_choices][0]", "Closed Won", "Stage that starts a review: Closed Won"),
            ("settings[file_rule]", "name", "File that is taken: The newest with a certain name"),
            ("name", "Grace", "Name: Grace"),
        ] {
            let (label, words) = shown(name, value).unwrap();
            assert_eq!(format!("{label}: {words}"), told);
        }
    }

    #[test]
    fn what_nobody_saw_or_filled_in_is_not_told() {
        for (name, value) in [("contract", "ctr_1"), ("seen", "draft"), ("", "x"), ("settings[new]", "x"), ("domain", " ")] {
            assert_eq!(shown(name, value), None, "{name}");
        }
    }

    #[test]
    fn a_sign_in_is_not_kept() {
        for action in ["/actions/sign_in", "/actions/upload", "/actions/", "invite_user", "/login"] {
            assert_eq!(title(action), None, "{action}");
        }
    }
}
