use crate::domain::connection::connect_failure::ConnectFailure;
use crate::domain::connection::health::Responsible;
use crate::domain::connection::terms::Terms;
use std::time::Duration;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
#[error("{kind:?}: {context}")]
pub struct Error {
    /// The provider's vocabulary for user messages; neutral terms until the provider is known.
    pub terms: &'static Terms,
    pub kind: Kind,
    /// Stable identifier of the cause. Used in logs, metrics and stored state.
    pub cause: &'static str,
    pub responsible: Responsible,
    /// Text for the log. Never contains a body, a token, or a URL with a query.
    pub context: String,
    /// Message for users. `None` means the default message of `kind`.
    pub message: Option<String>,
    /// Failure that a connect flow reports if it ends with this error. `None` means the general failure of the code exchange.
    pub connect_failure: Option<ConnectFailure>,
    /// True if the provider may have processed the request although no usable response arrived.
    /// Only idempotent requests are repeated after such an error.
    pub outcome_unknown: bool,
    #[source]
    pub source: Option<BoxError>,
}

/// Category of an error, which determines whether and when the call is retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The access token has expired. The tokens must be refreshed.
    SessionExpired,
    /// The provider no longer accepts the OAuth grant or the API key. A user has to reconnect.
    GrantDead,
    /// The call keeps failing until the customer changes a setting at the provider.
    Forbidden,
    /// The record does not exist, or the connected user cannot see it.
    NotFound,
    /// The provider rejects this call permanently, for example because of a validation rule or a missing field.
    Refused,
    /// Too many calls. The call is not retried before `retry_after` has passed.
    RateLimited { retry_after: Duration },
    /// A transient failure: outage, maintenance, lock, timeout, broken connection.
    Unavailable,
    /// A response that we cannot interpret. The call is retried a few times.
    Unexpected,
    /// A host or IP address is not allowed, so no request was sent to it.
    HostNotAllowed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Retry after this delay. `None` means the delay of the job's backoff.
    Later(Option<Duration>),
    AfterReconnect,
    Never,
}

impl Error {
    pub fn new(kind: Kind, context: impl Into<String>) -> Self {
        let KindDefaults { cause, responsible, .. } = kind.defaults();
        Self {
            terms: <&Terms>::default(),
            kind,
            cause,
            responsible,
            context: context.into(),
            message: None,
            connect_failure: None,
            outcome_unknown: false,
            source: None,
        }
    }

    #[must_use]
    pub fn with_terms(mut self, terms: &'static Terms) -> Self {
        self.terms = terms;
        self
    }

    #[must_use]
    pub fn with_cause(mut self, cause: &'static str, responsible: Responsible) -> Self {
        (self.cause, self.responsible) = (cause, responsible);
        self
    }

    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub fn retry(&self) -> Retry {
        match self.kind {
            Kind::SessionExpired | Kind::Unavailable | Kind::Unexpected => Retry::Later(None),
            Kind::RateLimited { retry_after } => Retry::Later(Some(retry_after)),
            Kind::GrantDead => Retry::AfterReconnect,
            Kind::Forbidden | Kind::NotFound | Kind::Refused | Kind::HostNotAllowed => Retry::Never,
        }
    }

    pub fn user_message(&self) -> String {
        self.message.clone().unwrap_or_else(|| self.kind.defaults().message.to_owned())
    }
}

/// Defaults of a kind, which error rules can override.
struct KindDefaults {
    cause: &'static str,
    responsible: Responsible,
    message: &'static str,
}

impl Kind {
    fn defaults(self) -> KindDefaults {
        use Responsible::{Admin, ProviderAdministrator as Setup, Transient};
        let (cause, responsible, message) = match self {
            Self::SessionExpired => ("session_ended", Transient, "The provider ended our session. We renew it automatically."),
            Self::GrantDead => {
                ("grant_ended", Admin, "The provider no longer accepts this connection. An admin must reconnect it.")
            }
            Self::Forbidden => (
                "not_allowed",
                Setup,
                "The connected user is not allowed to do this. The provider's administrator must grant access.",
            ),
            Self::NotFound => {
                ("record_not_found", Setup, "The record was deleted, or the connected user does not have access to it.")
            }
            Self::Refused => (
                "call_refused",
                Setup,
                "The provider rejected the call. The provider's administrator must check the fields and permissions that this \
                 connection uses.",
            ),
            Self::RateLimited { .. } => (
                "too_many_calls",
                Transient,
                "The account has used up its API calls for now. We resume automatically when calls are allowed again.",
            ),
            Self::Unavailable => ("unavailable", Transient, "The provider isn't responding. We retry automatically."),
            Self::Unexpected => {
                ("unexpected_answer", Transient, "The provider sent an unexpected response. We retry automatically.")
            }
            Self::HostNotAllowed => (
                "host_not_allowed",
                Setup,
                "The provider named an address that is not one of its hosts, so nothing was sent there.",
            ),
        };
        KindDefaults { cause, responsible, message }
    }
}
