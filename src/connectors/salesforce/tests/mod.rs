//! Tests the connector with a server that sends scripted responses.

mod error_rules;
mod oauth;
mod rest;
