//! Sessions, server secrets, and idempotency keys of submitted forms.

pub mod idempotency;
pub mod server_secrets;
pub mod sessions;
