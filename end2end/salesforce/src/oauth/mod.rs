//! The OAuth web server flow. Each organization has its own login host.

pub mod authorize;
pub mod client;
pub mod consent;
pub mod errors;
pub mod grants;
pub mod identity;
pub mod revoke;
pub mod routes;
pub mod settings;
pub mod token;
pub mod token_response;
