//! The hub and its tables, on SQLite and on PostgreSQL. PostgreSQL takes part when `TEST_POSTGRES_URL` leads to its maintenance
//! database; `scripts/test` starts one.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

/// Documents in a bucket.
mod bucket;
/// PostgreSQL on another machine.
mod database_tls;
/// The two databases.
mod databases;
/// Each function of each table.
mod db;
/// PostgreSQL servers that stop taking writes.
mod failover;
/// What people and Salesforce do, and what comes of it.
mod flows;
/// PostgreSQL servers of single tests.
mod own_server;
/// PgBouncer.
mod pooler;
/// SQL that no service runs.
mod raw;
/// Transactions that wait for each other.
mod waiting;
