//! Operation of a server: audit log, backup, housekeeping, key rotation and warnings.

mod audit_chain;
mod audit_log;
mod backup;
mod housekeeping;
mod key_rotation;
mod operator_warnings;
mod user_retries;
