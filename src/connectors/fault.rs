//! How an answer can fail to arrive as it should, and what follows: nothing of it is used, and the call is made again later.

use super::Kind;
use crate::domain::connection::health::Responsible;

/// What happened to an answer on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody answered at the address. Nothing was sent.
    NoConnection,
    /// The name leads to an address inside a private network. Nothing was sent.
    NotPublic,
    /// The host's name cannot be resolved on this server, and the outbound proxy must not resolve it. Nothing was sent.
    NotResolved,
    /// The outbound proxy does not answer. Nothing was sent.
    ProxyUnreachable,
    /// The outbound proxy refused to connect. Nothing was sent.
    ProxyRefused,
    /// The answer did not come, or did not go on, in time.
    TimeOut,
    /// The connection was closed or reset before the answer was whole.
    BrokenOff,
    /// The answer did not end where it must.
    TooLong,
    /// The answer is not what it says it is.
    Malformed,
    /// A file arrived with another length than the provider gives for it.
    WrongLength,
    /// A file arrived with another checksum than the provider gives for it.
    WrongChecksum,
}

impl Fault {
    /// What it means.
    pub const fn kind(self) -> Kind {
        match self {
            Self::NotPublic => Kind::HostNotAllowed,
            Self::TooLong | Self::Malformed => Kind::Unexpected,
            Self::NoConnection | Self::NotResolved | Self::ProxyUnreachable | Self::ProxyRefused => Kind::Unavailable,
            Self::TimeOut | Self::BrokenOff | Self::WrongLength | Self::WrongChecksum => Kind::Unavailable,
        }
    }

    /// Who can change it.
    pub const fn responsible(self) -> Responsible {
        match self {
            Self::NotPublic | Self::NotResolved | Self::ProxyUnreachable | Self::ProxyRefused => Responsible::Operator,
            _ => Responsible::Transient,
        }
    }

    /// What to tell people, where that is more than the sentence of its kind; else empty.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotPublic => {
                "The provider's host leads to an address that is not on the public Internet, so nothing was sent there. The operator of \
                 this server must check its name servers."
            }
            Self::NotResolved => {
                "The name of the provider's host cannot be resolved on this server, so nothing was sent. We retry automatically. The \
                 operator of this server must check its name servers."
            }
            Self::ProxyUnreachable => {
                "The outbound proxy of this server does not answer, so nothing was sent. We retry automatically. The operator of this \
                 server must check the proxy and `OUTBOUND_PROXY`."
            }
            Self::ProxyRefused => {
                "The outbound proxy of this server refused to connect to the provider, so nothing was sent. We retry automatically. The \
                 operator of this server must allow the provider at the proxy, and check the user and password in `OUTBOUND_PROXY`."
            }
            _ => "",
        }
    }

    /// Its stable word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoConnection => "no_connection",
            Self::NotPublic => "address_not_public",
            Self::NotResolved => "name_not_resolved",
            Self::ProxyUnreachable => "proxy_unreachable",
            Self::ProxyRefused => "proxy_refused",
            Self::TimeOut => "time_out",
            Self::BrokenOff => "broken_off",
            Self::TooLong => "answer_too_long",
            Self::Malformed => "malformed_answer",
            Self::WrongLength => "wrong_length",
            Self::WrongChecksum => "wrong_checksum",
        }
    }
}
