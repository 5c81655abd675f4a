//! Error rules that apply to every provider, after the provider's own rules.

use super::{ErrorRule, Match, rule::Endpoint::Either};
use crate::{
    connectors::Kind::{self, Forbidden, GrantDead, SessionExpired, Unavailable, Unexpected},
    domain::connection::health::Responsible::{self, Admin, ProviderAdministrator, Transient},
};
use std::time::Duration;

/// Delay before the next call if the response has no `Retry-After` header.
const RATE_LIMITED: Kind = Kind::RateLimited { retry_after: Duration::from_secs(60) };

const fn rule(criterion: Match, status: (u16, u16), kind: Kind, responsible: Responsible, cause: &'static str) -> ErrorRule {
    ErrorRule { endpoint: Either, status, criterion, kind, responsible, cause, connect_failure: None, message: "" }
}

/// Rule for providers with API keys: a rejected key means that a user has to reconnect, because a key cannot be refreshed.
pub(in crate::connectors) static KEY_RULES: &[ErrorRule] = &[rule(Match::Any, (401, 401), GrantDead, Admin, "key_refused")];

pub(super) static RULES: &[ErrorRule] = &[
    rule(Match::Any, (401, 401), SessionExpired, Transient, "unauthorized"),
    rule(Match::Any, (429, 429), RATE_LIMITED, Transient, "too_many_calls"),
    rule(Match::Any, (408, 408), Unavailable, Transient, "server_time_out"),
    rule(Match::Any, (500, 599), Unavailable, Transient, "outage"),
    rule(Match::Html, (0, 999), Unavailable, Transient, "page"),
    rule(Match::Any, (403, 403), Forbidden, ProviderAdministrator, "forbidden"),
];

pub(super) static FALLBACK: ErrorRule = rule(Match::Any, (0, 999), Unexpected, Transient, "unexpected_answer");
