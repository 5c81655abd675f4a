//! Sessions, server secrets and idempotency keys of posted forms.

pub mod idempotency;
pub mod server_secrets;
pub mod sessions;
