//! Tests of the hub and the database functions on SQLite and PostgreSQL.
//!
//! PostgreSQL is tested only if the environment variable `TEST_POSTGRES_URL` is the URL of a server's maintenance database.
//! `scripts/test` starts such a server.
#![expect(clippy::unwrap_used, reason = "a failing helper fails the test")]

mod bucket;
mod database_tls;
mod databases;
mod db;
mod failover;
mod flows;
mod own_server;
mod pooler;
mod raw;
mod waiting;
