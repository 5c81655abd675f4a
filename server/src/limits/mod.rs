//! Limits on connections, request bodies, upload rates and concurrent requests per organization.

pub mod client_stream;
pub mod connections;
pub mod request_body;
pub mod tenant_limits;
pub mod upload_rate;
