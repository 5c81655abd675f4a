pub(crate) mod connect;
pub(crate) mod failover;
pub(crate) mod pooler;
pub(crate) mod session;
pub(crate) mod tls;
