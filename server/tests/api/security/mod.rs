//! Tests of authorization, tenant isolation, hostile requests, leaks of secrets, and hardening of the process.

pub mod access;
pub mod delayed_bodies;
mod hardening;
mod hostile_requests;
pub mod isolation;
mod leaks;
