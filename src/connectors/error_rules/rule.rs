//! Error rules. A rule defines which responses it matches, and the error for these responses.

use super::Fault;
use crate::connectors::{Error, Kind};
use crate::domain::connection::connect_failure::ConnectFailure;
use crate::domain::connection::health::Responsible;

/// Kind of endpoint. Error codes can have different meanings at different endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    Data,
    /// An endpoint of the REST API whose URL contains no record id, such as a query. Rules for [`Self::Data`] also match this
    /// endpoint.
    Resource,
    Token,
    Either,
}

/// Target of a redirect. Redirects are never followed, because the request contains a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A host that does not belong to the provider, or a URL without HTTPS.
    Foreign,
    Provider,
    /// The host that was called. Also the target if the `Location` header cannot be parsed.
    Same,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The error code, and a part of the error message in lower case. An empty string matches every code or message.
    Error(&'static str, &'static str),
    Redirect(Target),
    RetryAfter,
    Html,
    NoCode,
    Any,
    /// A transport fault, after which there is no response. Only [`Error::fault`] uses rules with this criterion, because such
    /// rules match no response.
    Transport(Fault),
}

#[derive(Clone, Copy, Debug)]
pub struct ErrorRule {
    pub endpoint: Endpoint,
    /// Lowest and highest matching status. `(0, 999)` matches every status.
    pub status: (u16, u16),
    pub criterion: Match,
    pub kind: Kind,
    pub responsible: Responsible,
    /// Stable identifier of the cause. It is unique among the rules of a provider.
    pub cause: &'static str,
    /// Failure that a connect flow reports if it ends with this error. `None` means the general failure of the code exchange.
    pub connect_failure: Option<ConnectFailure>,
    /// User message with the placeholders `{field}`, `{value}` and `{message}`. Empty means the default message of `kind`.
    pub message: &'static str,
}

pub(in crate::connectors) struct ErrorResponse<'a> {
    pub endpoint: Endpoint,
    pub status: u16,
    pub code: &'a str,
    pub message: &'a str,
    pub redirect: Option<Target>,
    pub has_retry_after: bool,
    pub is_html: bool,
}

impl ErrorRule {
    pub(super) fn matches(&self, response: &ErrorResponse<'_>) -> bool {
        let is_endpoint = match self.endpoint {
            Endpoint::Either => true,
            Endpoint::Data => matches!(response.endpoint, Endpoint::Data | Endpoint::Resource),
            Endpoint::Resource | Endpoint::Token => self.endpoint == response.endpoint,
        };
        is_endpoint && (self.status.0..=self.status.1).contains(&response.status) && self.criterion.matches(response)
    }

    /// Returns the error of the rule. The caller must replace the placeholders in the message.
    pub(super) fn error(&self, context: impl Into<String>) -> Error {
        let message = (!self.message.is_empty()).then(|| self.message.to_owned());
        let error = Error::new(self.kind, context).with_cause(self.cause, self.responsible);
        Error { message, connect_failure: self.connect_failure, ..error }
    }
}

impl Match {
    fn matches(self, response: &ErrorResponse<'_>) -> bool {
        match self {
            Self::Error(code, part) => {
                let is_code = code.is_empty() || response.code.eq_ignore_ascii_case(code);
                !response.is_html && is_code && response.message.to_ascii_lowercase().contains(part)
            }
            Self::Redirect(target) => response.redirect == Some(target),
            Self::RetryAfter => response.has_retry_after,
            Self::Html => response.is_html,
            Self::NoCode => response.code.is_empty(),
            Self::Any => true,
            Self::Transport(_) => false,
        }
    }
}
