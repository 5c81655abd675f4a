//! What the `error` of a callback means for the person who was connecting.

use super::{
    decision::{Asked, Seen},
    decisions::decide,
};
use crate::domain::connect_failure::ConnectFailure::{self, AccessDenied, ProviderError};

/// The contract names the codes; the rest is Salesforce's error.
pub(super) fn callback_failure(error: &str, description: &str) -> ConnectFailure {
    match error.to_ascii_lowercase().as_str() {
        "access_denied" | "access-denied" => AccessDenied,
        "invalid_app_access" => ProviderError,
        code => {
            let seen = Seen {
                asked: Asked::Token,
                status: 400,
                code,
                message: description,
                redirect: None,
                asks_to_wait: false,
                is_page: false,
            };
            decide(&seen).connecting.unwrap_or(ProviderError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::connect_failure::ConnectFailure::{AppBlocked, AppNotInstalled};

    #[test]
    fn a_callback_error_becomes_the_code_of_the_contract() {
        for (error, description, expected) in [
            ("access_denied", "end-user denied authorization", AccessDenied),
            ("access-denied", "", AccessDenied),
            ("ACCESS_DENIED", "", AccessDenied),
            ("OAUTH_EC_APP_NOT_FOUND", "", AppNotInstalled),
            ("oauth_ec_app_not_found", "", AppNotInstalled),
            ("invalid_client", "app must be installed into org", AppNotInstalled),
            ("invalid_client", "External client app is not installed in this org", AppNotInstalled),
            ("OAUTH_APP_BLOCKED", "this app is blocked by admin", AppBlocked),
            ("OAUTH_APP_ACCESS_DENIED", "", AppBlocked),
            ("OAUTH_APPROVAL_ERROR_GENERIC", "An unexpected error has occurred", ProviderError),
            ("invalid_client", "invalid client credentials", ProviderError),
            ("invalid_grant", "inactive user", ProviderError),
            ("", "", ProviderError),
            ("<script>", "<script>", ProviderError),
        ] {
            assert_eq!(callback_failure(error, description), expected, "{error} {description}");
        }
    }
}
