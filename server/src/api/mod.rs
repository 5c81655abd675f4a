//! The HTTP API, one file per noun. Handlers read the request, call one method of the hub, and answer.

pub mod audit;
pub mod auth;
pub mod disposition;
pub mod openapi;
pub mod organization;
pub mod problem;
pub mod rejection;
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

pub mod health;
pub mod security_txt;
