//! Connects to PostgreSQL and rejects servers that cannot be used safely.

use super::failover::Failover;
use super::pooler::shares_sessions;
use super::tls::connect_options;
use crate::db::Result;
use crate::db::engine::ACQUIRE_TIMEOUT;
use crate::db::errors::connect_error::ConnectError;
use crate::db::errors::error_text::without_values;
use sqlx::pool::PoolConnectionMetadata;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, PgPool, Row};
use std::time::{Duration, Instant};

/// Makes PostgreSQL end an idle transaction, so that an application server that hangs releases its locks. The timeout is shorter
/// than the lease of a job, so that the locks are gone when another server claims the job. A statement sets the timeout, because
/// poolers such as PgBouncer reject this startup parameter.
const IDLE_TRANSACTION_TIMEOUT: &str = "SET idle_in_transaction_session_timeout = '10s'";
/// A statement without effect on queries. After a `SET`, some poolers, such as Amazon RDS Proxy, keep one session for the
/// connection.
const SESSION_SETTING: &str = "SET lock_timeout = DEFAULT";
const POSTGRES_CONNECTIONS: u32 = 16;
/// Time limit for the ping of an idle connection. The pool replaces a connection that does not respond in time.
const PING_TIMEOUT: Duration = Duration::from_secs(2);

const TRANSACTION_POOLER: &str = "the address leads to a pooler that gives each transaction another session of PostgreSQL (such as PgBouncer \
    with `pool_mode = transaction`, or port 6543 of a hosted PostgreSQL), and prepared statements, settings and notifications need one \
    session for each connection. Use the address of PostgreSQL itself, or of a pooler with `pool_mode = session` (often port 5432)";
const READ_ONLY: &str = "PostgreSQL takes no writes there: it is a standby, or `default_transaction_read_only` is on. Use the address of \
    the primary";

/// Connects to PostgreSQL after verifying that the server accepts writes and that each connection has its own session.
pub(crate) async fn connect(url: &str) -> std::result::Result<(PgPool, Failover), ConnectError> {
    // Omits `extra_float_digits`, because PgBouncer rejects it and only values in text format need it.
    let options = connect_options(url)?.application_name("lexicontract").extra_float_digits(None).disable_statement_logging();
    // Checks without the pool, because the pool would hide the cause of an error and report only a timeout.
    tokio::time::timeout(ACQUIRE_TIMEOUT, check(&options)).await.map_err(|_| sqlx::Error::PoolTimedOut)??;
    let failover = Failover::default();
    Ok((pool(&failover).connect_with(options).await?, failover))
}

async fn check(options: &PgConnectOptions) -> std::result::Result<(), ConnectError> {
    let mut first = options.connect().await?;
    if is_read_only(&mut first).await? {
        return Err(ConnectError::Unsuitable(READ_ONLY.to_owned()));
    }
    let mut others = [options.connect().await?, options.connect().await?];
    for connection in std::iter::once(&mut first).chain(&mut others) {
        connection.execute(SESSION_SETTING).await?;
    }
    let is_pooler = shares_sessions(&mut first, &mut others).await?;
    for connection in std::iter::once(first).chain(others) {
        connection.close().await?;
    }
    if is_pooler { Err(ConnectError::Unsuitable(TRANSACTION_POOLER.to_owned())) } else { Ok(()) }
}

async fn is_read_only(connection: &mut PgConnection) -> Result<bool> {
    let row = sqlx::raw_sql("SHOW transaction_read_only").fetch_one(connection).await?;
    Ok(row.try_get::<String, _>(0)? == "on")
}

fn pool(failover: &Failover) -> PgPoolOptions {
    let (acquiring, releasing) = (failover.clone(), failover.clone());
    PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .after_connect(|connection, _| Box::pin(async move { connection.execute(IDLE_TRANSACTION_TIMEOUT).await.map(drop) }))
        // Disables the pool's ping, which has no time limit. `before_acquire` pings with a time limit, because a server that was
        // switched off never responds.
        .test_before_acquire(false)
        .before_acquire(move |connection, metadata| {
            let failover = acquiring.clone();
            Box::pin(async move { Ok(is_usable(connection, metadata, &failover).await) })
        })
        .after_release(move |_, metadata| {
            let is_retired = releasing.has_retired(metadata.age);
            Box::pin(std::future::ready(Ok(!is_retired)))
        })
}

async fn is_usable(connection: &mut PgConnection, metadata: PoolConnectionMetadata, failover: &Failover) -> bool {
    if failover.has_retired(metadata.age) {
        return false;
    }
    match tokio::time::timeout(PING_TIMEOUT, connection.ping()).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::info!(error = without_values(&error), "an idle connection to the database is gone");
            false
        }
        Err(_) => {
            tracing::warn!("an idle connection to the database does not answer");
            failover.retire(Instant::now());
            false
        }
    }
}
