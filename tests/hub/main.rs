//! Tests of the hub and the database functions, on SQLite and PostgreSQL.
//! PostgreSQL is skipped if `TEST_POSTGRES_URL` is unset. `scripts/test` sets this variable to the URL of a maintenance database.
#![expect(clippy::unwrap_used, reason = "a failing helper fails the test")]

mod bucket;
mod database_tls;
mod db;
mod failover;
mod flows;
mod own_server;
mod pooler;
mod waiting;
