//! Code that only PostgreSQL needs: connecting, TLS, poolers, failover, session checks.

pub(crate) mod connect;
pub(crate) mod failover;
pub(crate) mod pooler;
pub(crate) mod session;
pub(crate) mod tls;
