//! Warnings about the configuration of the server, for its operator.

use serde::{Deserialize, Serialize};

/// A setting, or a lack of the system, that weakens the protection of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorWarning {
    /// `RATE_LIMIT_FACTOR=0`
    RateLimitsOff,
    /// The variable `{SLUG}_ALLOWED_HOSTS` of a provider is set.
    ExtraProviderHosts,
    /// `ALLOW_HTTP=true`
    HttpAllowed,
    /// `DATABASE_URL` permits a connection to another machine without TLS.
    DatabaseWithoutTls,
    /// The SQLite file is on a file system that may be on another machine.
    DatabaseOnSharedFolder,
    /// `X-Forwarded-For` was received while `TRUSTED_PROXIES` is 0.
    ForwardedForIgnored,
    /// The process that reads documents cannot isolate itself, and refuses to read.
    ReaderNotIsolated,
    /// The kernel has no seccomp.
    ReaderWithoutSeccomp,
    /// The kernel has no Landlock.
    ReaderWithoutLandlock,
    /// Other processes of the user may read the memory or the files of the server.
    ProcessNotHardened,
}

impl OperatorWarning {
    /// The variable to change; `None` where the system is to change.
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

    /// What is the case.
    pub fn what(self) -> &'static str {
        match self {
            Self::RateLimitsOff => "Rate limits are off.",
            Self::ExtraProviderHosts => "Hosts outside of a provider are allowed as its hosts.",
            Self::HttpAllowed => "Connections without TLS are allowed.",
            Self::DatabaseWithoutTls => "The connection to the database may be without TLS.",
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

    /// Why it matters.
    pub fn why(self) -> &'static str {
        match self {
            Self::RateLimitsOff => "Attackers can try any number of passwords and webhook secrets.",
            Self::ExtraProviderHosts => {
                "Every organization can connect to these hosts, also without TLS, and tokens are sent to them. This is meant for \
                 simulators and tests."
            }
            Self::HttpAllowed => "Everybody on the way can read passwords and session cookies.",
            Self::DatabaseWithoutTls => "Everybody on the way to the database can read and change contracts and accounts.",
            Self::DatabaseOnSharedFolder => {
                "If the folder is on another machine, SQLite's locks do not protect the file, and a power cut can lose what was accepted."
            }
            Self::ForwardedForIgnored => {
                "All clients count as one network: a few failed sign-ins of one client can refuse the sign-ins of all others, and \
                 the audit log shows the address of the proxy."
            }
            Self::ReaderNotIsolated => {
                "The process that reads them could not isolate itself from the system, so it refuses to start. Analyses fail."
            }
            Self::ReaderWithoutSeccomp | Self::ReaderWithoutLandlock => {
                "One layer less protects the data of the server from a document that exploits a fault in a parser."
            }
            Self::ProcessNotHardened => {
                "Other programs of the same user may read its memory with keys and tokens, or users of this machine its files."
            }
        }
    }

    /// What to do.
    pub fn what_to_do(self) -> &'static str {
        match self {
            Self::RateLimitsOff => "Remove `RATE_LIMIT_FACTOR=0`.",
            Self::ExtraProviderHosts => "Remove the variables that end in `_ALLOWED_HOSTS` unless this is a test installation.",
            Self::HttpAllowed => "Put a proxy with TLS in front, set `PUBLIC_URL` to its https address, and remove `ALLOW_HTTP`.",
            Self::DatabaseWithoutTls => {
                "Set up TLS in PostgreSQL and remove `sslmode` from `DATABASE_URL`; a private authority is named by `sslrootcert=PATH`."
            }
            Self::DatabaseOnSharedFolder => "Put the file on a disk of this machine, or use PostgreSQL.",
            Self::ForwardedForIgnored => {
                "Set `TRUSTED_PROXIES` to the number of proxies in front of the server. If no proxy of yours sends the header, \
                 a client does, and there is nothing to do."
            }
            Self::ReaderNotIsolated => {
                "Look for the reason in the line `document reader sandbox` at the start of the log; a container may forbid the system \
                 calls `seccomp`, `prctl` or `landlock_restrict_self`."
            }
            Self::ReaderWithoutSeccomp => "Use a kernel with `CONFIG_SECCOMP_FILTER`, on x86-64 or ARM64.",
            Self::ReaderWithoutLandlock => {
                "Use Linux 5.13 or newer with Landlock among its security modules, and a container that permits its system calls."
            }
            Self::ProcessNotHardened => {
                "See which protection is off in the line `document reader sandbox` at the start of the log."
            }
        }
    }
}

impl std::fmt::Display for OperatorWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.what(), self.why(), self.what_to_do())
    }
}
