pub mod idempotency;
pub mod server_secrets;
pub mod sessions;
