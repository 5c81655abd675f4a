//! An error rule: which responses it matches, what they mean, and who can fix the problem.

use super::Fault;
use crate::{
    connectors::Kind,
    domain::connection::{connect_failure::ConnectFailure, health::Responsible},
};

/// Kind of the endpoint that was called. The same error code can have different meanings at different endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// The REST API, with an access token.
    Data,
    /// A REST API request whose URL contains no record id, such as a query or a description.
    /// Rules for [`Self::Data`] match such requests too.
    Resource,
    /// The token and revocation endpoints. Requests contain a refresh token or an authorization code.
    Token,
    Either,
}

/// Target of a redirect. We never follow redirects, because the request contains a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A host that does not belong to the provider, or a URL without HTTPS.
    Foreign,
    Provider,
    /// The host that was called, or a `Location` header that cannot be parsed.
    Same,
}

/// Criterion that a response must match, in addition to endpoint and status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The error code, and a part of the error message in lower case. An empty string matches every code or message.
    Error(&'static str, &'static str),
    Redirect(Target),
    RetryAfter,
    Html,
    NoCode,
    Any,
    /// No intact response arrived.
    Transport(Fault),
}

/// An error rule: the responses that it matches, and what they mean.
#[derive(Clone, Copy, Debug)]
pub struct ErrorRule {
    pub endpoint: Endpoint,
    /// Lowest and highest matching status. `(0, 999)` matches every status.
    pub status: (u16, u16),
    pub criterion: Match,
    pub kind: Kind,
    /// Who can fix the problem.
    pub responsible: Responsible,
    /// Stable identifier of the cause. It is unique among the rules of a provider.
    pub cause: &'static str,
    /// What the error means while a user is connecting an account. `None` means the general failure of the code exchange.
    pub connect_failure: Option<ConnectFailure>,
    /// Message for users. May contain the placeholders `{field}`, `{value}` and `{message}`.
    /// If it is empty, the default message of `kind` is used.
    pub message: &'static str,
}

/// Properties of an unsuccessful response. Rules are matched against them.
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

    /// The message template, with unreplaced placeholders. `None` if the rule has no message.
    pub(in crate::connectors) fn user_message(&self) -> Option<String> {
        (!self.message.is_empty()).then(|| self.message.to_owned())
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
