//! What the OAuth endpoints and the callback answer, what it means, and who can change it.

use crate::{
    connectors::Kind,
    domain::connect_failure::ConnectFailure::{self, AccessDenied, AppBlocked, AppNotInstalled, SalesforceError},
};
use std::time::Duration;

/// One kind of refusal: the first that fits counts.
pub(super) struct TokenRule {
    /// The `error`, in lower case; empty fits all.
    error: &'static str,
    /// A part of `error_description`, in lower case; empty fits all.
    text: &'static str,
    /// What it means for a connection that exists.
    pub(super) kind: Kind,
    /// What it means while a person is connecting; `None`: the exchange failed.
    pub(super) failure: Option<ConnectFailure>,
    /// Who can do what; empty: the sentence of the kind.
    pub(super) advice: &'static str,
}

const fn rule(error: &'static str, text: &'static str, kind: Kind, advice: &'static str) -> TokenRule {
    TokenRule { error, text, kind, failure: None, advice }
}

const fn telling(error: &'static str, text: &'static str, failure: ConnectFailure) -> TokenRule {
    TokenRule { error, text, kind: Kind::GrantDead, failure: Some(failure), advice: failure.sentence() }
}

/// Salesforce counts logins by the hour.
const LOGIN_RATE: Kind = Kind::RateLimited { retry_after: Duration::from_secs(3_600) };

const USER_OFF: &str = "The Salesforce user who connected is deactivated or frozen. A Salesforce administrator must activate the user \
     (Setup → Users), or another user connects; then reconnect.";
const ORG_OFF: &str = "The Salesforce org is not active: a trial ended, the org is locked, or the sandbox was deleted. Your Salesforce \
     administrator must reactivate it; then reconnect.";
const ADDRESS: &str = "Salesforce refuses sign-ins from this server's address or at this hour. Your Salesforce administrator must allow it \
     (Setup → Profiles → Login IP Ranges and Login Hours, or the app's IP policy); then reconnect.";
const EXPIRED: &str = "Salesforce ended this connection: it was revoked, expired, or displaced by newer approvals of the same user. \
     An admin must reconnect it.";
const CREDENTIALS: &str = "Salesforce refuses this server's client id or secret. The operator of this server must check SALESFORCE_CLIENT_ID \
     and SALESFORCE_CLIENT_SECRET; a new app needs up to ten minutes. We try again by ourselves.";
const CALLBACK: &str = "The callback URL differs from the one in the External Client App. The operator of this server must register \
     PUBLIC_URL followed by /api/v1/integrations/salesforce/callback.";
const APPROVAL: &str = "The connected user must approve the app again. An admin must reconnect.";
const LOGINS: &str = "Salesforce counts too many sign-ins of this user. We go on by ourselves within an hour.";
const BUSY: &str = "Salesforce is renewing this session already. We try again by ourselves.";

static TOKEN_RULES: &[TokenRule] = &[
    telling("", "app must be installed into org", AppNotInstalled),
    telling("", "external client app is not installed in this org", AppNotInstalled),
    telling("oauth_ec_app_not_found", "", AppNotInstalled),
    telling("oauth_app_blocked", "", AppBlocked),
    telling("oauth_app_access_denied", "", AppBlocked),
    telling("invalid_app_access", "", AppBlocked),
    rule("invalid_grant", "already being processed", Kind::Unavailable, BUSY),
    // Also what one of two refreshes at the same time gets; the next attempt shows whether the token itself is dead.
    rule("invalid_grant", "expired authorization code", Kind::Unavailable, BUSY),
    rule("invalid_grant", "inactive user", Kind::GrantDead, USER_OFF),
    rule("invalid_grant", "inactive org", Kind::GrantDead, ORG_OFF),
    rule("invalid_grant", "ip restricted", Kind::GrantDead, ADDRESS),
    rule("invalid_grant", "invalid login hours", Kind::GrantDead, ADDRESS),
    rule("invalid_grant", "hasn't approved", Kind::GrantDead, APPROVAL),
    rule("invalid_grant", "", Kind::GrantDead, EXPIRED),
    rule("inactive_user", "", Kind::GrantDead, USER_OFF),
    rule("inactive_org", "", Kind::GrantDead, ORG_OFF),
    // The operator's mistake must not cost every customer a reconnect, so these are tried again until they are put right.
    rule("invalid_client", "", Kind::Unavailable, CREDENTIALS),
    rule("invalid_client_id", "", Kind::Unavailable, CREDENTIALS),
    rule("invalid_client_credentials", "", Kind::Unavailable, CREDENTIALS),
    rule("redirect_uri_mismatch", "", Kind::Refused, CALLBACK),
    rule("unsupported_grant_type", "", Kind::Refused, ""),
    rule("invalid_request", "", Kind::Refused, ""),
    rule("invalid_scope", "", Kind::Refused, ""),
    rule("rate_limit_exceeded", "", LOGIN_RATE, LOGINS),
    rule("", "login rate exceeded", LOGIN_RATE, LOGINS),
    rule("unknown_error", "", Kind::Unavailable, ""),
    rule("server_error", "", Kind::Unavailable, ""),
    rule("temporarily_unavailable", "", Kind::Unavailable, ""),
];

/// The rule for a refusal.
pub(super) fn find(error: &str, description: &str) -> Option<&'static TokenRule> {
    let (error, description) = (error.to_ascii_lowercase(), description.to_ascii_lowercase());
    if error.is_empty() && description.is_empty() {
        return None;
    }
    TOKEN_RULES.iter().find(|rule| (rule.error.is_empty() || rule.error == error) && description.contains(rule.text))
}

/// What the `error` of a callback means. The contract names the codes; the rest is Salesforce's error.
pub(super) fn callback_failure(error: &str, description: &str) -> ConnectFailure {
    let code = error.to_ascii_lowercase();
    match code.as_str() {
        "access_denied" | "access-denied" => AccessDenied,
        "invalid_app_access" => SalesforceError,
        _ => find(&code, description).and_then(|rule| rule.failure).unwrap_or(SalesforceError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ("OAUTH_APPROVAL_ERROR_GENERIC", "An unexpected error has occurred", SalesforceError),
            ("invalid_client", "invalid client credentials", SalesforceError),
            ("invalid_grant", "inactive user", SalesforceError),
            ("", "", SalesforceError),
            ("<script>", "<script>", SalesforceError),
        ] {
            assert_eq!(callback_failure(error, description), expected, "{error} {description}");
        }
    }

    #[test]
    fn a_refused_refresh_says_whether_waiting_helps() {
        for (error, description, expected) in [
            ("invalid_grant", "expired access/refresh token", Kind::GrantDead),
            ("invalid_grant", "inactive user", Kind::GrantDead),
            ("invalid_grant", "inactive organization", Kind::GrantDead),
            ("invalid_grant", "ip restricted or invalid login hours", Kind::GrantDead),
            ("invalid_grant", "some words of tomorrow", Kind::GrantDead),
            ("invalid_grant", "expired authorization code", Kind::Unavailable),
            ("invalid_grant", "Token request is already being processed", Kind::Unavailable),
            ("invalid_client", "invalid client credentials", Kind::Unavailable),
            ("invalid_client_id", "client identifier invalid", Kind::Unavailable),
            ("OAUTH_APP_BLOCKED", "", Kind::GrantDead),
            ("rate_limit_exceeded", "login rate exceeded", LOGIN_RATE),
            ("unknown_error", "retry your request", Kind::Unavailable),
            ("redirect_uri_mismatch", "redirect_uri must match configuration", Kind::Refused),
        ] {
            assert_eq!(find(error, description).unwrap().kind, expected, "{error} {description}");
        }
        assert!(find("", "").is_none() && find("new_error", "").is_none());
    }
}
