//! Error rules for responses from Salesforce. The first rule that matches a response applies.
//!
//! A test checks that `docs/salesforce-answers.md` lists these rules.

use super::messages as say;
use super::oauth::messages::connect_message;
use crate::connectors::Endpoint::{self, Data, Either, Resource, Token};
use crate::connectors::Kind::{
    self, Forbidden, GrantDead, HostNotAllowed, NotFound, RateLimited, Refused, SessionExpired, Unavailable, Unexpected,
};
use crate::connectors::Match::{self, Any, Html, NoCode, Redirect, RetryAfter};
use crate::connectors::Target::{Foreign, Provider, Same};
use crate::connectors::{ErrorRule, Fault};
use crate::domain::connection::connect_failure::ConnectFailure::{
    self, AppBlocked, AppNotInstalled, ScopeRefused, VersionUnknown,
};
use crate::domain::connection::health::Responsible::{self, Admin, Operator, ProviderAdministrator as Setup, Transient};
use std::time::Duration;

/// Delay after a short overload, as long as a job's first backoff. A `Retry-After` header overrides this and the next two delays.
const SECONDS: Kind = rate_limited(5);
/// Delay after the daily API limit. The limit counts the calls of the last 24 hours, so further calls can succeed at any time.
const MINUTES: Kind = rate_limited(300);
/// Delay after the login limit, which counts logins per hour.
const HOUR: Kind = rate_limited(3_600);

const fn rate_limited(seconds: u64) -> Kind {
    RateLimited { retry_after: Duration::from_secs(seconds) }
}

type Statuses = (u16, u16);
const ANY: Statuses = (0, 999);

const fn only(status: u16) -> Statuses {
    (status, status)
}

const fn rule(
    endpoint: Endpoint,
    status: Statuses,
    criterion: Match,
    kind: Kind,
    responsible: Responsible,
    cause: &'static str,
    message: &'static str,
) -> ErrorRule {
    ErrorRule { endpoint, status, criterion, kind, responsible, cause, connect_failure: None, message }
}

/// An error code, and a part of the error message, as in [`Match::Error`].
type Code = (&'static str, &'static str);

const fn api(
    status: Statuses,
    (code, part): Code,
    kind: Kind,
    who: Responsible,
    cause: &'static str,
    message: &'static str,
) -> ErrorRule {
    rule(Data, status, Match::Error(code, part), kind, who, cause, message)
}

const fn token((code, part): Code, kind: Kind, who: Responsible, cause: &'static str, message: &'static str) -> ErrorRule {
    rule(Token, ANY, Match::Error(code, part), kind, who, cause, message)
}

/// An error of the token endpoint that has a specific meaning in a connect flow.
const fn consent(code: Code, kind: Kind, failure: ConnectFailure, cause: &'static str) -> ErrorRule {
    ErrorRule { connect_failure: Some(failure), ..token(code, kind, Setup, cause, connect_message(failure)) }
}

const MISSING_VERSION: ErrorRule = ErrorRule {
    connect_failure: Some(VersionUnknown),
    ..rule(Resource, only(404), Match::Error("NOT_FOUND", ""), Unavailable, Operator, "version_unknown", say::NEWER_VERSION)
};

#[rustfmt::skip]
pub(super) static ERROR_RULES: &[ErrorRule] = &[
    // For the next three rules, the tokens are not refreshed, because a new access token would get the same response.
    api(only(401), ("INVALID_SESSION_ID", "not valid for use with the rest api"), Forbidden, Setup, "no_rest_access", say::NO_REST),
    api(only(401), ("INVALID_SESSION_ID", "not attached to agent"), Forbidden, Setup, "agents_only", say::NO_AGENT),
    api(only(401), ("INVALID_AUTH_HEADER", ""), Refused, Operator, "header_refused", say::HEADER),
    api(ANY, ("INVALID_SESSION_ID", ""), SessionExpired, Transient, "session_ended", ""),
    // Salesforce's edge servers respond to an expired token with HTML or XML.
    rule(Data, only(401), Html, SessionExpired, Transient, "unauthorized_page", ""),
    MISSING_VERSION,
    api(only(403), ("", "bad_oauth_token"), SessionExpired, Transient, "token_refused", ""),
    api(only(403), ("", "missing_oauth_token"), SessionExpired, Transient, "token_missing", ""),
    api(ANY, ("REQUEST_LIMIT_EXCEEDED", "concurrent"), SECONDS, Transient, "too_many_at_once", say::BUSY),
    api(ANY, ("REQUEST_LIMIT_EXCEEDED", ""), MINUTES, Transient, "daily_limit", say::DAILY_LIMIT),
    api(ANY, ("TOO_MANY_APEX_REQUESTS", ""), SECONDS, Transient, "too_many_apex_requests", say::BUSY),
    // Errors that the org's administrator must fix in permissions or settings.
    api(ANY, ("API_DISABLED_FOR_ORG", ""), Forbidden, Setup, "api_disabled", say::NO_API),
    api(ANY, ("FUNCTIONALITY_NOT_ENABLED", ""), Forbidden, Setup, "not_enabled", say::NO_API),
    api(ANY, ("INSUFFICIENT_ACCESS", ""), Forbidden, Setup, "no_access", say::NO_ACCESS),
    api(ANY, ("INSUFFICIENT_ACCESS_OR_READONLY", ""), Forbidden, Setup, "read_only", say::NO_ACCESS),
    api(ANY, ("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", ""), Forbidden, Setup, "no_access_to_related", say::NO_ACCESS),
    api(ANY, ("INVALID_TYPE", ""), Forbidden, Setup, "object_hidden", say::NO_ACCESS),
    api(ANY, ("INVALID_FIELD_FOR_INSERT_UPDATE", ""), Forbidden, Setup, "field_not_editable", say::NO_EDIT),
    api(ANY, ("INVALID_FIELD", "relationship"), Refused, Setup, "related_object_hidden", say::NO_RELATED),
    api(ANY, ("INVALID_FIELD", ""), Refused, Setup, "field_missing", say::NO_FIELD),
    api(ANY, ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ""), Refused, Setup, "value_missing", say::NO_VALUE),
    api(ANY, ("STRING_TOO_LONG", ""), Refused, Setup, "value_too_long", say::TOO_LONG),
    api(ANY, ("FIELD_CUSTOM_VALIDATION_EXCEPTION", ""), Refused, Setup, "validation_rule", say::VALIDATION),
    api(ANY, ("FIELD_INTEGRITY_EXCEPTION", ""), Refused, Setup, "integrity_rule", say::VALIDATION),
    api(ANY, ("REQUIRED_FIELD_MISSING", ""), Refused, Setup, "required_field_empty", say::REQUIRED),
    api(ANY, ("CANNOT_EXECUTE_FLOW_TRIGGER", ""), Refused, Setup, "flow_failed", say::TRIGGER),
    api(ANY, ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", ""), Refused, Setup, "trigger_failed", say::TRIGGER),
    api(ANY, ("APEX_ERROR", ""), Refused, Setup, "apex_failed", say::TRIGGER),
    api(ANY, ("ENTITY_IS_LOCKED", ""), Refused, Setup, "approval_lock", say::APPROVAL),
    api(ANY, ("STORAGE_LIMIT_EXCEEDED", ""), Refused, Setup, "storage_full", say::STORAGE),
    api(ANY, ("", "maximum size of request"), Refused, Setup, "request_too_large", say::TOO_LARGE),
    api(ANY, ("CONTENT_CUSTOMIZED_DOWNLOAD_EXCEPTION", ""), Forbidden, Setup, "download_blocked", say::DOWNLOAD),
    api(ANY, ("ENTITY_IS_DELETED", ""), NotFound, Setup, "record_deleted", say::DELETED),
    api(ANY, ("INVALID_CROSS_REFERENCE_KEY", ""), NotFound, Setup, "record_unknown", ""),
    api(ANY, ("NOT_FOUND", ""), NotFound, Setup, "record_not_found", ""),
    api(ANY, ("API_CURRENTLY_DISABLED", ""), Unavailable, Transient, "api_paused", ""),
    api(ANY, ("UNABLE_TO_LOCK_ROW", ""), Unavailable, Transient, "record_locked", say::LOCKED),
    api(ANY, ("RECORD_IN_USE_BY_WORKFLOW", ""), Unavailable, Transient, "record_in_use", say::LOCKED),
    api(ANY, ("REQUEST_RUNNING_TOO_LONG", ""), Unavailable, Transient, "call_took_too_long", say::BUSY),
    api(ANY, ("QUERY_TIMEOUT", ""), Unavailable, Transient, "query_took_too_long", say::BUSY),
    api(ANY, ("INVALID_QUERY_LOCATOR", ""), Unavailable, Transient, "query_ended", ""),
    api(ANY, ("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", ""), Unavailable, Transient, "read_only_maintenance", say::READ_ONLY),
    api(ANY, ("INVALID_READ_ONLY_USER_DML", ""), Unavailable, Transient, "read_only_window", say::READ_ONLY),
    api(ANY, ("SERVER_UNAVAILABLE", ""), Unavailable, Transient, "server_unavailable", ""),
    api(ANY, ("UNKNOWN_EXCEPTION", ""), Unavailable, Transient, "server_error", ""),

    // The token endpoint.
    consent(("", "app must be installed into org"), GrantDead, AppNotInstalled, "app_must_be_installed"),
    consent(("", "external client app is not installed in this org"), GrantDead, AppNotInstalled, "app_not_installed"),
    consent(("oauth_ec_app_not_found", ""), GrantDead, AppNotInstalled, "app_not_found"),
    consent(("oauth_app_blocked", ""), GrantDead, AppBlocked, "app_blocked"),
    consent(("oauth_app_access_denied", ""), GrantDead, AppBlocked, "app_access_denied"),
    consent(("invalid_app_access", ""), GrantDead, AppBlocked, "app_not_approved"),
    token(("invalid_grant", "already being processed"), Unavailable, Transient, "refresh_under_way", say::RENEWING),
    // Salesforce also sends this response to one of two concurrent refreshes, so the refresh token can still be valid.
    token(("invalid_grant", "expired authorization code"), Unavailable, Transient, "refresh_collided", say::RENEWING),
    token(("invalid_grant", "inactive user"), GrantDead, Setup, "user_inactive", say::USER_OFF),
    token(("invalid_grant", "inactive org"), GrantDead, Setup, "org_inactive", say::ORG_OFF),
    token(("invalid_grant", "ip restricted"), GrantDead, Setup, "address_restricted", say::ADDRESS),
    token(("invalid_grant", "invalid login hours"), GrantDead, Setup, "hours_restricted", say::LOGIN_HOURS),
    token(("invalid_grant", "hasn't approved"), GrantDead, Admin, "approval_missing", say::APPROVE_AGAIN),
    token(("invalid_grant", ""), GrantDead, Admin, "grant_ended", say::EXPIRED),
    token(("inactive_user", ""), GrantDead, Setup, "user_deactivated", say::USER_OFF),
    token(("inactive_org", ""), GrantDead, Setup, "org_deactivated", say::ORG_OFF),
    // These errors are retried, so that users need not reconnect after the operator has fixed the configuration.
    token(("invalid_client", ""), Unavailable, Operator, "client_refused", say::CREDENTIALS),
    token(("invalid_client_id", ""), Unavailable, Operator, "client_unknown", say::CREDENTIALS),
    token(("invalid_client_credentials", ""), Unavailable, Operator, "client_secret_refused", say::CREDENTIALS),
    token(("redirect_uri_mismatch", ""), Refused, Operator, "callback_mismatch", say::CALLBACK),
    token(("unsupported_grant_type", ""), Refused, Operator, "grant_type_refused", say::TOKEN_REQUEST),
    token(("invalid_request", ""), Refused, Operator, "token_request_refused", say::TOKEN_REQUEST),
    consent(("invalid_scope", ""), Refused, ScopeRefused, "scope_refused"),
    consent(("oauth_disallowed_scopes", ""), Refused, ScopeRefused, "scope_disallowed"),
    token(("rate_limit_exceeded", ""), HOUR, Transient, "login_rate", say::LOGINS),
    token(("", "login rate exceeded"), HOUR, Transient, "login_rate_words", say::LOGINS),
    token(("unknown_error", ""), Unavailable, Transient, "token_endpoint_failed", ""),
    token(("server_error", ""), Unavailable, Transient, "token_server_error", ""),
    token(("temporarily_unavailable", ""), Unavailable, Transient, "token_endpoint_busy", ""),

    // Redirects are never followed, because the request contains a token. After a redirect within the provider's hosts, a token
    // refresh returns the new host of a moved org.
    rule(Either, (301, 308), Redirect(Foreign), HostNotAllowed, Setup, "redirect_elsewhere", say::FOREIGN_HOST),
    rule(Data, (301, 308), Redirect(Provider), SessionExpired, Transient, "org_moved", say::MOVED),
    rule(Token, (301, 308), Redirect(Provider), Unavailable, Transient, "login_moved", say::MOVED),
    rule(Either, (301, 308), Redirect(Same), Unavailable, Transient, "redirect", say::MOVED),
    // Overload and outages. An HTML page can have any status.
    rule(Either, only(429), Any, SECONDS, Transient, "too_many_calls", say::WAIT),
    rule(Either, only(503), RetryAfter, SECONDS, Transient, "asks_to_wait", say::DOWN),
    rule(Either, only(503), Any, Unavailable, Transient, "down", say::DOWN),
    rule(Either, only(406), Any, Unavailable, Transient, "not_acceptable", ""),
    rule(Either, only(408), Any, Unavailable, Transient, "server_time_out", ""),
    rule(Either, only(409), Any, Unavailable, Transient, "conflict", ""),
    rule(Either, only(412), Any, Unavailable, Transient, "precondition", ""),
    rule(Either, only(420), Any, Unavailable, Transient, "no_route", say::DOWN),
    rule(Either, only(425), Any, Unavailable, Transient, "too_early", ""),
    rule(Either, (500, 599), Any, Unavailable, Transient, "outage", ""),
    rule(Either, ANY, Html, Unavailable, Transient, "page", say::DOWN),
    // Responses without a known error code.
    rule(Data, only(413), Any, Refused, Setup, "too_large", say::TOO_LARGE),
    rule(Data, only(410), Any, Refused, Operator, "version_retired", say::VERSION),
    rule(Data, only(400), NoCode, Unexpected, Transient, "refused_without_reason", ""),
    rule(Data, only(401), Any, SessionExpired, Transient, "unauthorized", ""),
    rule(Data, only(403), Any, Forbidden, Setup, "forbidden", ""),
    rule(Data, only(404), Any, NotFound, Setup, "not_found", ""),
    rule(Data, (400, 499), Any, Refused, Setup, "refused", ""),
    rule(Either, ANY, Any, Unexpected, Transient, "unexpected_answer", ""),

    Fault::NoConnection.rule(),
    Fault::TimeOut.rule(),
    Fault::BrokenOff.rule(),
    Fault::TooLong.rule(),
    Fault::Malformed.rule(),
    Fault::WrongLength.rule(),
    Fault::WrongChecksum.rule(),
    Fault::NotPublic.rule(),
    Fault::NotResolved.rule(),
    Fault::ProxyUnreachable.rule(),
    Fault::ProxyRefused.rule(),
];
