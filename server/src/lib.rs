//! The web server around `lexicontract`: it reads requests, asks the hub, and answers.
//!
//! - [`cli`], [`commands`], [`progress`], [`serve`], [`connections`], [`client_stream`], [`telemetry`], [`measures`], [`readiness`]: the process
//! - [`router`]: every route and every layer on one page
//! - [`api`], [`audit_file`], [`pages`], [`docs`], [`static_files`]: what answers
//! - the layers, outermost first: [`uncancellable`], [`request_log`], [`headers`], [`host`], [`error_page`], [`client_address`],
//!   [`authentication`], [`refused`], [`origin`], [`access`] with [`webhook_address`], [`request_body`], [`fairness`], [`panics`], [`form_posts`]
//! - [`extract`], [`incoming`], [`multipart`], [`pace`], [`problem`], [`refusal`], [`unfinished`], [`disposition`], [`openapi`]: what handlers share

pub mod cli;
pub mod client_stream;
pub mod commands;
pub mod connections;
pub mod measures;
mod pasted_secret;
mod plain_form;
pub mod progress;
pub mod readiness;
pub mod serve;
pub mod telemetry;

pub mod router;
pub mod site;
pub mod state;

pub mod api;
pub mod audit_file;
pub mod docs;
pub mod openapi;
pub mod pages;
pub mod static_files;

pub mod access;
pub mod authentication;
pub mod client_address;
pub mod error_page;
pub mod fairness;
pub mod form_posts;
pub mod headers;
pub mod host;
pub mod origin;
pub mod panics;
pub mod refused;
pub mod request_body;
pub mod request_log;
pub mod uncancellable;
pub mod webhook_address;

pub mod disposition;
pub mod extract;
pub mod incoming;
pub mod multipart;
pub mod pace;
pub mod problem;
pub mod refusal;
pub mod unfinished;
