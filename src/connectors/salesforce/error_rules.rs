//! The one table: every answer of Salesforce, what it means for us, and who can change it. The first line that fits decides.
//!
//! `docs/salesforce-answers.md` is this table in words, and a test keeps them the same.

use super::{connect_messages, messages as say};
use crate::{
    connectors::{
        Endpoint::{self, Data, Either, Resource, Token},
        ErrorRule, Fault,
        Kind::{
            self, Forbidden, GrantDead, HostNotAllowed, NotFound, RateLimited, Refused, SessionExpired, Unavailable, Unexpected,
        },
        Match::{self, AsksToWait, Broken, NoCode, Page, Redirect, Says, Status},
        Target::{Foreign, Provider, Same},
    },
    domain::connection::{
        connect_failure::ConnectFailure::{self, AppBlocked, AppNotInstalled},
        health::Responsible::{self, Admin, Operator, ProviderAdministrator as Setup, Transient},
    },
};
use std::time::Duration;

/// When Salesforce does not say how long to wait: the pauses of each job grow from there.
const MOMENT: Kind = pause(5);
/// The daily limit counts the last 24 hours, so calls become possible again at any time.
const MINUTES: Kind = pause(300);
/// Logins are counted by the hour.
const HOUR: Kind = pause(3_600);

const fn pause(seconds: u64) -> Kind {
    RateLimited { retry_after: Duration::from_secs(seconds) }
}

type Statuses = (u16, u16);
const ANY: Statuses = (0, 999);

/// A refusal of the REST API, known by its status, its code and its words.
const fn api(
    status: Statuses,
    says: (&'static str, &'static str),
    kind: Kind,
    who: Responsible,
    cause: &'static str,
    sentence: &'static str,
) -> ErrorRule {
    line(Data, status, Says(says.0, says.1), kind, who, cause, sentence)
}

/// A refusal of the token endpoint.
const fn token(
    says: (&'static str, &'static str),
    kind: Kind,
    who: Responsible,
    cause: &'static str,
    sentence: &'static str,
) -> ErrorRule {
    line(Token, ANY, Says(says.0, says.1), kind, who, cause, sentence)
}

/// A refusal of the token endpoint that a person who is connecting is told in other words.
const fn consent(says: (&'static str, &'static str), failure: ConnectFailure, cause: &'static str) -> ErrorRule {
    ErrorRule { connecting: Some(failure), ..token(says, GrantDead, Setup, cause, connect_messages::sentence(failure)) }
}

/// No record is named, so what is not there is this version of the API.
const MISSING_VERSION: ErrorRule = ErrorRule {
    connecting: Some(ConnectFailure::VersionUnknown),
    ..line(Resource, only(404), Says("NOT_FOUND", ""), Unavailable, Operator, "version_unknown", say::NEWER_VERSION)
};

/// A scope that the app does not have, or that the org does not allow it.
const fn refused_scope(code: &'static str, cause: &'static str) -> ErrorRule {
    let failure = ConnectFailure::ScopeRefused;
    ErrorRule { connecting: Some(failure), ..token((code, ""), Refused, Setup, cause, connect_messages::sentence(failure)) }
}

/// An answer that did not arrive as it should.
const fn broken(fault: Fault) -> ErrorRule {
    line(Either, (0, 0), Broken(fault), fault.kind(), fault.responsible(), fault.word(), fault.sentence())
}

const fn line(
    endpoint: Endpoint,
    status: Statuses,
    sign: Match,
    kind: Kind,
    responsible: Responsible,
    cause: &'static str,
    sentence: &'static str,
) -> ErrorRule {
    ErrorRule { endpoint, status, sign, kind, responsible, cause, connecting: None, sentence }
}

const fn only(status: u16) -> Statuses {
    (status, status)
}

#[rustfmt::skip]
pub(super) static ERROR_RULES: &[ErrorRule] = &[
    // Not every 401 is a dead token: a refresh does not help these.
    api(only(401), ("INVALID_SESSION_ID", "not valid for use with the rest api"), Forbidden, Setup, "no_rest_access", say::NO_REST),
    api(only(401), ("INVALID_SESSION_ID", "not attached to agent"), Forbidden, Setup, "agents_only", say::NO_AGENT),
    api(only(401), ("INVALID_AUTH_HEADER", ""), Refused, Operator, "header_refused", ""),
    api(ANY, ("INVALID_SESSION_ID", ""), SessionExpired, Transient, "session_ended", ""),
    // Also with a page or XML in place of JSON, as from the edge: a renewal costs one call at worst.
    line(Data, only(401), Page, SessionExpired, Transient, "unauthorized_page", ""),
    MISSING_VERSION,
    api(only(403), ("", "bad_oauth_token"), SessionExpired, Transient, "token_refused", ""),
    api(only(403), ("", "missing_oauth_token"), SessionExpired, Transient, "token_missing", ""),
    // Limits: the org alone pauses.
    api(ANY, ("REQUEST_LIMIT_EXCEEDED", "concurrent"), MOMENT, Transient, "too_many_at_once", say::BUSY),
    api(ANY, ("REQUEST_LIMIT_EXCEEDED", ""), MINUTES, Transient, "daily_limit", say::DAILY_LIMIT),
    api(ANY, ("TOO_MANY_APEX_REQUESTS", ""), MOMENT, Transient, "too_many_apex_requests", say::BUSY),
    // What an administrator of the org has to allow.
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
    api(ANY, ("CONTENT_CUSTOMIZED_DOWNLOAD_EXCEPTION", ""), Forbidden, Setup, "download_blocked", say::DOWNLOAD),
    // The record is gone, or hidden from us.
    api(ANY, ("ENTITY_IS_DELETED", ""), NotFound, Setup, "record_deleted", say::DELETED),
    api(ANY, ("INVALID_CROSS_REFERENCE_KEY", ""), NotFound, Setup, "record_unknown", ""),
    api(ANY, ("NOT_FOUND", ""), NotFound, Setup, "record_not_found", ""),
    // It passes.
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

    // The token endpoint. What ends a grant waits for a person; what passes is tried again, but never with a token whose fate is unknown.
    consent(("", "app must be installed into org"), AppNotInstalled, "app_must_be_installed"),
    consent(("", "external client app is not installed in this org"), AppNotInstalled, "app_not_installed"),
    consent(("oauth_ec_app_not_found", ""), AppNotInstalled, "app_not_found"),
    consent(("oauth_app_blocked", ""), AppBlocked, "app_blocked"),
    consent(("oauth_app_access_denied", ""), AppBlocked, "app_access_denied"),
    consent(("invalid_app_access", ""), AppBlocked, "app_not_approved"),
    token(("invalid_grant", "already being processed"), Unavailable, Transient, "refresh_under_way", say::RENEWING),
    // Also what one of two refreshes at the same time gets; the next attempt shows whether the token itself is dead.
    token(("invalid_grant", "expired authorization code"), Unavailable, Transient, "refresh_collided", say::RENEWING),
    token(("invalid_grant", "inactive user"), GrantDead, Setup, "user_inactive", say::USER_OFF),
    token(("invalid_grant", "inactive org"), GrantDead, Setup, "org_inactive", say::ORG_OFF),
    token(("invalid_grant", "ip restricted"), GrantDead, Setup, "address_restricted", say::ADDRESS),
    token(("invalid_grant", "invalid login hours"), GrantDead, Setup, "hours_restricted", say::ADDRESS),
    token(("invalid_grant", "hasn't approved"), GrantDead, Admin, "approval_missing", say::APPROVE_AGAIN),
    token(("invalid_grant", ""), GrantDead, Admin, "grant_ended", say::EXPIRED),
    token(("inactive_user", ""), GrantDead, Setup, "user_deactivated", say::USER_OFF),
    token(("inactive_org", ""), GrantDead, Setup, "org_deactivated", say::ORG_OFF),
    // The operator's mistake must not cost every customer a reconnect, so these are tried again until they are put right.
    token(("invalid_client", ""), Unavailable, Operator, "client_refused", say::CREDENTIALS),
    token(("invalid_client_id", ""), Unavailable, Operator, "client_unknown", say::CREDENTIALS),
    token(("invalid_client_credentials", ""), Unavailable, Operator, "client_secret_refused", say::CREDENTIALS),
    token(("redirect_uri_mismatch", ""), Refused, Operator, "callback_mismatch", say::CALLBACK),
    token(("unsupported_grant_type", ""), Refused, Operator, "grant_type_refused", ""),
    token(("invalid_request", ""), Refused, Operator, "token_request_refused", ""),
    refused_scope("invalid_scope", "scope_refused"),
    refused_scope("oauth_disallowed_scopes", "scope_disallowed"),
    token(("rate_limit_exceeded", ""), HOUR, Transient, "login_rate", say::LOGINS),
    token(("", "login rate exceeded"), HOUR, Transient, "login_rate_words", say::LOGINS),
    token(("unknown_error", ""), Unavailable, Transient, "token_endpoint_failed", ""),
    token(("server_error", ""), Unavailable, Transient, "token_server_error", ""),
    token(("temporarily_unavailable", ""), Unavailable, Transient, "token_endpoint_busy", ""),

    // Redirects are never followed with a token. A refresh tells where an org moved to.
    line(Either, (301, 308), Redirect(Foreign), HostNotAllowed, Setup, "redirect_elsewhere", say::FOREIGN_HOST),
    line(Data, (301, 308), Redirect(Provider), SessionExpired, Transient, "org_moved", say::MOVED),
    line(Token, (301, 308), Redirect(Provider), Unavailable, Transient, "login_moved", say::MOVED),
    line(Either, (301, 308), Redirect(Same), Unavailable, Transient, "redirect", say::MOVED),
    // Overload and outages, with pages at any status.
    line(Either, only(429), Status, MOMENT, Transient, "too_many_calls", say::WAIT),
    line(Either, only(503), AsksToWait, MOMENT, Transient, "asks_to_wait", say::DOWN),
    line(Either, only(503), Status, Unavailable, Transient, "down", say::DOWN),
    line(Either, only(406), Status, Unavailable, Transient, "not_acceptable", ""),
    line(Either, only(408), Status, Unavailable, Transient, "server_time_out", ""),
    line(Either, only(409), Status, Unavailable, Transient, "conflict", ""),
    line(Either, only(412), Status, Unavailable, Transient, "precondition", ""),
    line(Either, only(420), Status, Unavailable, Transient, "no_route", say::DOWN),
    line(Either, only(425), Status, Unavailable, Transient, "too_early", ""),
    line(Either, (500, 599), Status, Unavailable, Transient, "outage", ""),
    line(Either, ANY, Page, Unavailable, Transient, "page", say::DOWN),
    // Answers whose body says nothing we know.
    line(Data, only(410), Status, Refused, Operator, "version_retired", say::VERSION),
    line(Data, only(400), NoCode, Unexpected, Transient, "refused_without_reason", ""),
    line(Data, only(401), Status, SessionExpired, Transient, "unauthorized", ""),
    line(Data, only(403), Status, Forbidden, Setup, "forbidden", ""),
    line(Data, only(404), Status, NotFound, Setup, "not_found", ""),
    line(Data, (400, 499), Status, Refused, Setup, "refused", ""),
    line(Either, ANY, Status, Unexpected, Transient, "unexpected_answer", ""),

    // Answers that did not arrive as they should. Nothing of them is used.
    broken(Fault::NoConnection),
    broken(Fault::TimeOut),
    broken(Fault::BrokenOff),
    broken(Fault::TooLong),
    broken(Fault::Malformed),
    broken(Fault::WrongLength),
    broken(Fault::WrongChecksum),
    broken(Fault::NotPublic),
    broken(Fault::NotResolved),
    broken(Fault::ProxyUnreachable),
    broken(Fault::ProxyRefused),
];
