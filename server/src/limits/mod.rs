//! Limits on connections, request bodies, transfer rates and concurrent requests per organization.

pub mod client_stream;
pub mod connections;
pub mod minimum_rate;
pub mod request_body;
pub mod tenant_limits;
