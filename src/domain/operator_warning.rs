//! Warnings about the configuration, for the operator of the server.

use serde::{Deserialize, Serialize};

/// A setting, or a missing system feature, that weakens security.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorWarning {
    RateLimitsOff,
    ExtraProviderHosts,
    HttpAllowed,
    DatabaseWithoutTls,
    DatabaseOnSharedFolder,
    ForwardedForIgnored,
    ReaderNotIsolated,
    ReaderWithoutSeccomp,
    ReaderWithoutLandlock,
    ProcessNotHardened,
}

impl OperatorWarning {
    /// Returns the environment variable to change, or the suffix of its name. Returns `None` if the system has to be changed.
    pub fn variable(self) -> Option<&'static str> {
        match self {
            Self::RateLimitsOff => Some("RATE_LIMIT_FACTOR"),
            Self::ExtraProviderHosts => Some("_ALLOWED_HOSTS"),
            Self::HttpAllowed => Some("ALLOW_HTTP"),
            Self::DatabaseWithoutTls | Self::DatabaseOnSharedFolder => Some("DATABASE_URL"),
            Self::ForwardedForIgnored => Some("TRUSTED_PROXIES"),
            Self::ReaderNotIsolated | Self::ReaderWithoutSeccomp | Self::ReaderWithoutLandlock | Self::ProcessNotHardened => None,
        }
    }

    pub fn what(self) -> &'static str {
        match self {
            Self::RateLimitsOff => "Rate limits are off.",
            Self::ExtraProviderHosts => "Additional hosts are allowed for a provider.",
            Self::HttpAllowed => "Connections without TLS are allowed.",
            Self::DatabaseWithoutTls => "The connection to the database might be unencrypted.",
            Self::DatabaseOnSharedFolder => {
                "The SQLite file is in a shared folder (FUSE, 9p, a folder of a virtual machine's host, or similar)."
            }
            Self::ForwardedForIgnored => "A proxy sends `X-Forwarded-For`, but no proxy is trusted.",
            Self::ReaderNotIsolated => "Documents can't be read.",
            Self::ReaderWithoutSeccomp => {
                "The document reader can make any system call, because this kernel has no seccomp filter."
            }
            Self::ReaderWithoutLandlock => {
                "The document reader is not confined by Landlock, because this kernel does not have it."
            }
            Self::ProcessNotHardened => "The process of the server is not fully protected.",
        }
    }

    /// Returns the consequence, and what the operator can do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::RateLimitsOff => "Attackers can try any number of passwords and webhook secrets. Remove `RATE_LIMIT_FACTOR=0`.",
            Self::ExtraProviderHosts => {
                "Every organization can connect to these hosts, even without TLS, and tokens are sent to them. This is meant for \
                 simulators and tests. Remove the variables that end in `_ALLOWED_HOSTS` unless this is a test installation."
            }
            Self::HttpAllowed => {
                "Anyone on the network path can read passwords and session cookies. Put a proxy with TLS in front, set \
                 `PUBLIC_URL` to its https address, and remove `ALLOW_HTTP`."
            }
            Self::DatabaseWithoutTls => {
                "Anyone on the network path to the database can read and change contracts and accounts. Set up TLS in PostgreSQL \
                 and remove `sslmode` from `DATABASE_URL`; for a private certificate authority, add `sslrootcert=PATH`."
            }
            Self::DatabaseOnSharedFolder => {
                "If the folder is on another machine, SQLite's locks do not protect the file, and a power cut can lose what was \
                 accepted. Put the file on a disk of this machine, or use PostgreSQL."
            }
            Self::ForwardedForIgnored => {
                "All clients count as one network: a few failed sign-ins of one client can block the sign-ins of all others, and \
                 the audit log shows the address of the proxy. Set `TRUSTED_PROXIES` to the number of proxies in front of the \
                 server. If none of your proxies sends this header, a client sent it, and no action is needed."
            }
            Self::ReaderNotIsolated => {
                "The process that reads them could not isolate itself from the system, so it refuses to start. Analyses fail. \
                 Look for the reason in the line `document reader sandbox` at the start of the log; a container may forbid the \
                 system calls `seccomp`, `prctl` or `landlock_restrict_self`."
            }
            Self::ReaderWithoutSeccomp | Self::ReaderWithoutLandlock => {
                "The server's data is less protected from a document that exploits a vulnerability in a parser. Use Linux 5.13 \
                 or newer on x86-64 or ARM64, with `CONFIG_SECCOMP_FILTER` and Landlock enabled, and a container that permits \
                 the Landlock system calls."
            }
            Self::ProcessNotHardened => {
                "Other programs that run as the same user might read the server’s memory, which holds keys and tokens, or other \
                 users of this machine might read its files. The line `document reader sandbox` at the start of the log shows \
                 which protection is off."
            }
        }
    }
}

impl std::fmt::Display for OperatorWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.what(), self.advice())
    }
}
