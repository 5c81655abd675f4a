//! Transport faults: reasons why no usable response arrived.

use super::{Endpoint, ErrorRule, Match};
use crate::connectors::Error;
use crate::connectors::Kind::{HostNotAllowed, Unavailable, Unexpected};
use crate::domain::connection::health::Responsible::{Operator, Transient};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    // Faults before the request was sent.
    NoConnection,
    /// The host name resolves only to addresses that are not public.
    NotPublic,
    /// This server cannot resolve the host name, and must not let the outbound proxy resolve the name.
    NotResolved,
    ProxyUnreachable,
    ProxyRefused,
    // Faults after which the provider may have processed the request.
    TimeOut,
    /// The connection was closed or reset before the response was complete.
    BrokenOff,
    TooLong,
    Malformed,
    WrongLength,
    WrongChecksum,
}

const NOT_PUBLIC: &str = "The provider's host resolves to an address that is not on the public Internet, so nothing was sent there. The operator of \
     this server must check its name servers.";
const NOT_RESOLVED: &str = "The name of the provider's host cannot be resolved on this server, so nothing was sent. We retry automatically. The \
     operator of this server must check its name servers.";
const PROXY_UNREACHABLE: &str = "The outbound proxy of this server does not respond, so nothing was sent. We retry automatically. The operator of this \
     server must check the proxy and `OUTBOUND_PROXY`.";
const PROXY_REFUSED: &str = "The outbound proxy of this server refused to connect to the provider, so nothing was sent. We retry automatically. The \
     operator of this server must allow the provider at the proxy, and check the user and password in `OUTBOUND_PROXY`.";

impl Fault {
    pub const fn rule(self) -> ErrorRule {
        let (kind, responsible, cause, message) = match self {
            Self::NoConnection => (Unavailable, Transient, "no_connection", ""),
            Self::NotPublic => (HostNotAllowed, Operator, "address_not_public", NOT_PUBLIC),
            Self::NotResolved => (Unavailable, Operator, "name_not_resolved", NOT_RESOLVED),
            Self::ProxyUnreachable => (Unavailable, Operator, "proxy_unreachable", PROXY_UNREACHABLE),
            Self::ProxyRefused => (Unavailable, Operator, "proxy_refused", PROXY_REFUSED),
            Self::TimeOut => (Unavailable, Transient, "time_out", ""),
            Self::BrokenOff => (Unavailable, Transient, "broken_off", ""),
            Self::TooLong => (Unexpected, Transient, "answer_too_long", ""),
            Self::Malformed => (Unexpected, Transient, "malformed_answer", ""),
            Self::WrongLength => (Unavailable, Transient, "wrong_length", ""),
            Self::WrongChecksum => (Unavailable, Transient, "wrong_checksum", ""),
        };
        let (endpoint, status, criterion) = (Endpoint::Either, (0, 0), Match::Transport(self));
        ErrorRule { endpoint, status, criterion, kind, responsible, cause, connect_failure: None, message }
    }
}

impl Error {
    pub fn fault(fault: Fault, context: impl Into<String>) -> Self {
        fault.rule().error(context)
    }
}
