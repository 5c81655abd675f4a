//! One rule: which answer it is about, what follows, and who can change it.

use crate::{
    connectors::{Fault, Kind},
    domain::connection::{connect_failure::ConnectFailure, health::Responsible},
};

/// What was endpoint: the same words mean different things to the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// The REST API, with an access token.
    Data,
    /// A part of [`Self::Data`]: calls that name no record, such as queries and descriptions.
    Resource,
    /// The token and revoke endpoints, with a refresh token or a code.
    Token,
    /// Either.
    Either,
}

/// Where a redirect leads. It is never followed: the call carries a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a host that is not the provider's, or by http.
    Foreign,
    /// To another of the provider's hosts.
    Provider,
    /// To the same host, or to nothing that can be read.
    Same,
}

/// What marks an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The code, and a part of the message in lower case; empty fits all.
    Says(&'static str, &'static str),
    /// It sends us elsewhere.
    Redirect(Target),
    /// It asks us to wait (`Retry-After`).
    AsksToWait,
    /// It is a page for people.
    Page,
    /// No code can be read from it.
    NoCode,
    /// Nothing but its status.
    Status,
    /// It did not arrive as it should.
    Broken(Fault),
}

/// What an answer means that is no success.
#[derive(Clone, Copy, Debug)]
pub struct ErrorRule {
    /// What was called.
    pub endpoint: Endpoint,
    /// The first and the last status it is about; 0 to 999 are all.
    pub status: (u16, u16),
    /// What else marks the answer.
    pub sign: Match,
    /// What it means: try again, refresh, wait for a person, or stop.
    pub kind: Kind,
    /// Who can change it.
    pub responsible: Responsible,
    /// The cause, as a stable word; no two lines have the same.
    pub cause: &'static str,
    /// What it means while a person is connecting, where that is more than "the exchange failed".
    pub connecting: Option<ConnectFailure>,
    /// What to tell people, with `{field}`, `{value}` and `{message}`; empty: the sentence of the kind.
    pub sentence: &'static str,
}

/// An answer that is no success, as the rules look at it.
pub(in crate::connectors) struct Seen<'a> {
    pub(in crate::connectors) endpoint: Endpoint,
    pub(in crate::connectors) status: u16,
    pub(in crate::connectors) code: &'a str,
    pub(in crate::connectors) message: &'a str,
    pub(in crate::connectors) redirect: Option<Target>,
    pub(in crate::connectors) asks_to_wait: bool,
    pub(in crate::connectors) is_page: bool,
}

impl ErrorRule {
    pub(super) fn fits(&self, seen: &Seen<'_>) -> bool {
        let is_asked = match self.endpoint {
            Endpoint::Either => true,
            Endpoint::Data => matches!(seen.endpoint, Endpoint::Data | Endpoint::Resource),
            Endpoint::Resource | Endpoint::Token => self.endpoint == seen.endpoint,
        };
        is_asked && (self.status.0..=self.status.1).contains(&seen.status) && self.sign.fits(seen)
    }
}

impl Match {
    fn fits(self, seen: &Seen<'_>) -> bool {
        match self {
            Self::Says(code, part) => {
                let is_code = code.is_empty() || seen.code.eq_ignore_ascii_case(code);
                !seen.is_page && is_code && seen.message.to_ascii_lowercase().contains(part)
            }
            Self::Redirect(target) => seen.redirect == Some(target),
            Self::AsksToWait => seen.asks_to_wait,
            Self::Page => seen.is_page,
            Self::NoCode => seen.code.is_empty(),
            Self::Status => true,
            Self::Broken(_) => false,
        }
    }
}
