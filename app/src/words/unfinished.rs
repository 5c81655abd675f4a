//! What people read about a form that was not sent.

/// What the form does; `None` for one that is not kept.
pub fn title(action: &str) -> Option<&'static str> {
    Some(match action.strip_prefix("/actions/")? {
        "change_status" => "Change the negotiation status",
        "retry_sync" => "Write the status to Salesforce again",
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
        "redeliver" => "Run a delivery again",
        _ => return None,
    })
}

/// What a field is called; `None` for one that people never saw.
pub fn label(name: &str) -> Option<String> {
    let is_hidden =
        matches!(name, "contract" | "connection" | "user" | "token" | "delivery" | "integration" | "session" | "seen");
    let words = name.rsplit('[').next().unwrap_or(name).trim_end_matches(']').replace('_', " ");
    let mut letters = words.chars();
    let first = letters.next().filter(|_| !is_hidden)?;
    Some(first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_names_that_people_saw() {
        assert_eq!(label("negotiation_status").as_deref(), Some("Negotiation status"));
        assert_eq!(label("settings[status_field]").as_deref(), Some("Status field"));
        assert_eq!(label("contract"), None);
        assert_eq!(label(""), None);
    }

    #[test]
    fn a_sign_in_is_not_kept() {
        for action in ["/actions/sign_in", "/actions/upload", "/actions/", "invite_user", "/login"] {
            assert_eq!(title(action), None, "{action}");
        }
    }
}
