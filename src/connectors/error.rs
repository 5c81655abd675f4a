//! What can go wrong at a provider, and the one decision that follows: try again, wait for a person, or stop.

use super::Fault;
use crate::domain::connection::{connect_failure::ConnectFailure, health::Responsible, terms::Terms};
use std::time::Duration;

/// A call of a provider that did not do what it should.
#[derive(Debug, thiserror::Error)]
#[error("{kind:?}: {context}")]
pub struct Error {
    /// The provider's words; neutral ones until it is known which provider was called.
    pub terms: &'static Terms,
    /// What it means for us.
    pub kind: Kind,
    /// The cause, as a stable word for people's tools.
    pub cause: &'static str,
    /// Who can change it.
    pub responsible: Responsible,
    /// What the provider's answer was, for the log: status and error code, never a body, a token or an address with a query.
    pub context: String,
    /// What a person can do about it; `None`: the sentence of the kind.
    pub advice: Option<String>,
    /// What it means while a person is connecting, where that is known better than "the exchange failed".
    pub connect_failure: Option<ConnectFailure>,
    /// Whether the provider may have acted although its answer did not arrive: what must not be sent twice is not sent again.
    pub outcome_unknown: bool,
    /// The cause below.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What a provider's answer means for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The access token has ended; a refresh helps (`INVALID_SESSION_ID`, "Session expired or invalid").
    SessionExpired,
    /// The grant or the key is no longer accepted; only a person can connect again.
    GrantDead,
    /// Someone at the customer must change a setting; the same call will fail until then.
    Forbidden,
    /// The record does not exist, or we may not see it.
    NotFound,
    /// The provider will never accept this call (validation, missing field, malformed).
    Refused,
    /// Too many calls; not before `retry_after`.
    RateLimited {
        /// How long to leave the account alone.
        retry_after: Duration,
    },
    /// It passes: outage, maintenance, lock, time-out, broken connection.
    Unavailable,
    /// An answer nobody can make sense of. Tried again a few times.
    Unexpected,
    /// An address that may not be called. Nothing was sent.
    HostNotAllowed,
}

/// What to do after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Try again, not before this long when it is given.
    Later(Option<Duration>),
    /// Wait until a person reconnects.
    AfterReconnect,
    /// Give up and say why.
    Never,
}

impl Error {
    /// An error of that kind; `context` goes to the log.
    pub fn new(kind: Kind, context: impl Into<String>) -> Self {
        Self {
            terms: <&Terms>::default(),
            kind,
            cause: kind.word(),
            responsible: kind.responsible(),
            context: context.into(),
            advice: None,
            connect_failure: None,
            outcome_unknown: false,
            source: None,
        }
    }

    /// An answer that did not arrive as it should.
    pub fn fault(fault: Fault, context: impl Into<String>) -> Self {
        let advice = Some(fault.sentence().to_owned()).filter(|sentence| !sentence.is_empty());
        Self { cause: fault.word(), responsible: fault.responsible(), advice, ..Self::new(fault.kind(), context) }
    }

    /// Of this provider.
    #[must_use]
    pub fn of(mut self, terms: &'static Terms) -> Self {
        self.terms = terms;
        self
    }

    /// With the cause and who can change it.
    #[must_use]
    pub fn caused_by(mut self, cause: &'static str, responsible: Responsible) -> Self {
        (self.cause, self.responsible) = (cause, responsible);
        self
    }

    /// With a sentence for people that is better than the kind's own.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// With what it means while a person is connecting.
    #[must_use]
    pub fn while_connecting(mut self, failure: ConnectFailure) -> Self {
        self.connect_failure = Some(failure);
        self
    }

    /// With the cause below.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether to try again.
    pub fn retry(&self) -> Retry {
        match self.kind {
            Kind::SessionExpired | Kind::Unavailable | Kind::Unexpected => Retry::Later(None),
            Kind::RateLimited { retry_after } => Retry::Later(Some(retry_after)),
            Kind::GrantDead => Retry::AfterReconnect,
            Kind::Forbidden | Kind::NotFound | Kind::Refused | Kind::HostNotAllowed => Retry::Never,
        }
    }

    /// What happened and what to do next, for people.
    pub fn sentence(&self) -> String {
        self.advice.clone().unwrap_or_else(|| self.kind.sentence().to_owned())
    }
}

impl Kind {
    /// The stable word of the kind, for errors that have no better one.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::SessionExpired => "session_ended",
            Self::GrantDead => "grant_ended",
            Self::Forbidden => "not_allowed",
            Self::NotFound => "record_not_found",
            Self::Refused => "call_refused",
            Self::RateLimited { .. } => "too_many_calls",
            Self::Unavailable => "unavailable",
            Self::Unexpected => "unexpected_answer",
            Self::HostNotAllowed => "host_not_allowed",
        }
    }

    /// Who can change it, when the answer does not tell.
    pub(super) const fn responsible(self) -> Responsible {
        match self {
            Self::SessionExpired | Self::RateLimited { .. } | Self::Unavailable | Self::Unexpected => Responsible::Transient,
            Self::GrantDead => Responsible::Admin,
            Self::Forbidden | Self::NotFound | Self::Refused | Self::HostNotAllowed => Responsible::ProviderAdministrator,
        }
    }

    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::SessionExpired => "The provider ended our session. It is renewed by itself.",
            Self::GrantDead => "The provider no longer accepts this connection. An admin must reconnect it.",
            Self::Forbidden => "The connected user may not do this. The provider's administrator must grant access.",
            Self::NotFound => "The record was deleted, or the connected user may not see it.",
            Self::Refused => "The provider refused the call. The administrator of this connection must check its settings.",
            Self::RateLimited { .. } => {
                "The account has used up its calls for now. We go on by ourselves when it may call again."
            }
            Self::Unavailable => "The provider does not answer just now. We try again by ourselves.",
            Self::Unexpected => "The provider gave an answer that makes no sense. We try again by ourselves.",
            Self::HostNotAllowed => "The provider named an address that is not one of its hosts, so nothing was sent there.",
        }
    }
}
