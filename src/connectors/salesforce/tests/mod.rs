//! Tests the connector with a server that sends scripted responses.

mod checks;
mod data_use;
mod entries;
mod error_rules;
mod oauth;
mod rest;
