//! The HTTP API, with one file per resource. A handler reads the request, calls one method of the hub, and builds the response.

pub mod audit;
pub mod auth;
pub mod organization;
pub mod tokens;
pub mod users;

pub mod callback;
pub mod connections;
pub mod integrations;
pub mod setup_package;

pub mod deliveries;
pub mod webhook;

pub mod contracts;
pub mod download;
pub mod upload;

pub mod openapi;
pub mod operations;
pub mod problem;
pub mod rejection;
