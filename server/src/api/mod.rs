//! The HTTP API. A handler reads the request, calls one method of the hub, and builds the response.

pub mod audit;
pub mod auth;
pub mod backlog;
pub mod callback;
pub mod connect_links;
pub mod connections;
pub mod contracts;
pub mod deal_status;
pub mod deliveries;
pub mod download;
pub mod fact_sheet;
pub mod integrations;
pub mod openapi;
pub mod operations;
pub mod organization;
pub mod problem;
pub mod rejection;
pub mod setup_package;
pub mod tokens;
pub mod upload;
pub mod users;
pub mod webhook;
