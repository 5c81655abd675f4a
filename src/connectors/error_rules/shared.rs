//! What answers mean at every provider whose own rules say nothing about them.

use super::{
    ErrorRule, Match,
    rule::Endpoint::{self, Either},
};
use crate::{
    connectors::Kind::{self, Forbidden, GrantDead, SessionExpired, Unavailable, Unexpected},
    domain::connection::health::Responsible::{self, Admin, ProviderAdministrator, Transient},
};
use std::time::Duration;

/// How long to wait when a provider does not say.
const PAUSE: Kind = Kind::RateLimited { retry_after: Duration::from_secs(60) };

const fn by_status(status: (u16, u16), kind: Kind, responsible: Responsible, cause: &'static str) -> ErrorRule {
    ErrorRule { sign: Match::Status, ..rule(Either, status, kind, responsible, cause) }
}

const fn rule(endpoint: Endpoint, status: (u16, u16), kind: Kind, responsible: Responsible, cause: &'static str) -> ErrorRule {
    ErrorRule { endpoint, status, sign: Match::Page, kind, responsible, cause, connecting: None, sentence: "" }
}

/// Providers that take a key: a key that is refused stays refused, because nothing renews it.
pub(in crate::connectors) static KEY_RULES: &[ErrorRule] = &[by_status((401, 401), GrantDead, Admin, "key_refused")];

pub(super) static RULES: &[ErrorRule] = &[
    by_status((401, 401), SessionExpired, Transient, "unauthorized"),
    by_status((429, 429), PAUSE, Transient, "too_many_calls"),
    by_status((408, 408), Unavailable, Transient, "server_time_out"),
    by_status((500, 599), Unavailable, Transient, "outage"),
    rule(Either, (0, 999), Unavailable, Transient, "page"),
    by_status((403, 403), Forbidden, ProviderAdministrator, "forbidden"),
];

pub(super) static OTHERWISE: ErrorRule = by_status((0, 999), Unexpected, Transient, "unexpected_answer");
