//! Warnings about the configuration of the server, for its operator.

use serde::{Deserialize, Serialize};

/// A setting that weakens the protection of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorWarning {
    /// `RATE_LIMIT_FACTOR=0`
    RateLimitsOff,
    /// `SALESFORCE_ALLOWED_HOSTS` is set.
    ExtraSalesforceHosts,
    /// `ALLOW_HTTP=true`
    HttpAllowed,
    /// `X-Forwarded-For` was received while `TRUSTED_PROXIES` is 0.
    ForwardedForIgnored,
}

impl OperatorWarning {
    /// The variable to change.
    pub fn variable(self) -> &'static str {
        match self {
            Self::RateLimitsOff => "RATE_LIMIT_FACTOR",
            Self::ExtraSalesforceHosts => "SALESFORCE_ALLOWED_HOSTS",
            Self::HttpAllowed => "ALLOW_HTTP",
            Self::ForwardedForIgnored => "TRUSTED_PROXIES",
        }
    }

    /// What is the case.
    pub fn what(self) -> &'static str {
        match self {
            Self::RateLimitsOff => "Rate limits are off.",
            Self::ExtraSalesforceHosts => "Hosts outside Salesforce are allowed as Salesforce hosts.",
            Self::HttpAllowed => "Connections without TLS are allowed.",
            Self::ForwardedForIgnored => "A proxy sends `X-Forwarded-For`, but no proxy is trusted.",
        }
    }

    /// Why it matters.
    pub fn why(self) -> &'static str {
        match self {
            Self::RateLimitsOff => "Attackers can try any number of passwords and webhook secrets.",
            Self::ExtraSalesforceHosts => {
                "Every organization can connect to these hosts, also without TLS, and tokens are sent to them. This is meant for \
                 simulators and tests."
            }
            Self::HttpAllowed => "Everybody on the way can read passwords and session cookies.",
            Self::ForwardedForIgnored => {
                "All clients count as one network: a few failed sign-ins of one client can refuse the sign-ins of all others, and \
                 the audit log shows the address of the proxy."
            }
        }
    }

    /// What to do.
    pub fn what_to_do(self) -> &'static str {
        match self {
            Self::RateLimitsOff => "Remove `RATE_LIMIT_FACTOR=0`.",
            Self::ExtraSalesforceHosts => "Remove `SALESFORCE_ALLOWED_HOSTS` unless this is a test installation.",
            Self::HttpAllowed => "Put a proxy with TLS in front, set `PUBLIC_URL` to its https address, and remove `ALLOW_HTTP`.",
            Self::ForwardedForIgnored => {
                "Set `TRUSTED_PROXIES` to the number of proxies in front of the server. If no proxy of yours sends the header, \
                 a client does, and there is nothing to do."
            }
        }
    }
}

impl std::fmt::Display for OperatorWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.what(), self.why(), self.what_to_do())
    }
}
